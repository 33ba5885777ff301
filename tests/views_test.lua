-- The views for people: they fit the terminal, keep colours where they belong, agree
-- with each other, and nothing that an export or a rule holds can steer a terminal,
-- break out of Markdown or run in a spreadsheet.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/views_test.lua
local here = arg[0]:match "^(.*)/" or "."
local shell = dofile(here .. "/runner.lua")
local check, equal, plumbline = shell.check, shell.equal, shell.plumbline

local golden, demo, hostile = shell.scratch .. "/golden", shell.scratch .. "/demo", shell.scratch .. "/hostile"
os.execute(("cp -r %s %s"):format(shell.quote(here .. "/golden/workspace"), shell.quote(golden)))
equal("the demo is written", plumbline(shell.scratch, "init -q --demo demo").code, 0)

-- ---- what is looked for in texts -----------------------------------------------------

-- Code points that steer: controls but the line end, C1, marks and overrides of direction,
-- line separators, the byte order mark.
local function steers(c)
  return c < 32 and c ~= 10 or c >= 127 and c < 160 or c == 0x61c or c == 0xfeff or c == 0x200e or c == 0x200f
    or c >= 0x2028 and c <= 0x202e or c >= 0x2066 and c <= 0x2069
end

-- The first place in `text` that steers or is no UTF-8, or nil.
local function steering(text)
  local _, bad = utf8.len(text)
  if bad then return ("byte %d is no UTF-8: %q"):format(bad, text:sub(bad - 20, bad + 5)) end
  for at, c in utf8.codes(text) do
    if steers(c) then return ("U+%04X: %q"):format(c, text:sub(math.max(1, at - 30), at + 10)) end
  end
end

for _, sample in ipairs { "a\27b", "a\rb", "a\tb", "a\194\155b", "a\226\128\174b", "a\255b" } do
  check("the search finds " .. ("%q"):format(sample), steering(sample))
end
check("the search passes ordinary texts", not steering("Größe → 7 €, naïve\n"))

-- A line is too long when a word of it could have gone to the next one.
local function too_long(text, width)
  for line in text:gmatch "[^\n]+" do
    local words = select(2, line:gsub("%S+", ""))
    local length = utf8.len(line)
    local indent = #line:match "^ *"
    local label = line:match "^  %l[%l ]%l* +%l* *" -- "  where  ", "  decide relink "
    local rest = label and words - select(2, label:gsub("%S+", "")) or words
    if length > width and rest > 1 then return ("%d: %s"):format(length, line) end
    assert(indent <= length)
  end
end

check("the search finds a long line", too_long(("word "):rep(10), 40))
check("the search passes one long word", not too_long("  proof  " .. ("x"):rep(60), 40))

-- ---- widths ---------------------------------------------------------------------------

local TERMINAL = {
  { golden, "audit --max-rejects 50%" }, { golden, "audit -v --max-rejects 50%" }, { demo, "audit" }, { demo, "audit -v" },
  { golden, "trace new_contacts --max-rejects 50%" }, { golden, "trace badge_scans --max-rejects 50%" },
  { golden, "trace blog --max-rejects 50%" }, { demo, "trace content_volume" }, { demo, "trace -v webinars" },
  { demo, "trace linkedin_impressions" }, { demo, "explain" }, { golden, "explain PL103" },
}
for _, width in ipairs { 40, 80, 120 } do
  for _, one in ipairs(TERMINAL) do
    local got = plumbline(one[1], one[2], "COLUMNS=" .. width)
    local name = ("%s of %s at %d columns"):format(one[2], one[1]:match "[^/]+$", width)
    check(name .. " says something", #got.out > 100, got.err)
    check(name .. " fits", not too_long(got.out, width), too_long(got.out, width))
  end
end

-- ---- colours and progress -----------------------------------------------------------------

local AUDIT = "audit --max-rejects 50%"
local plain = plumbline(golden, AUDIT).out
check("no colours in a file or pipe", not plain:find "\27")
local colored = plumbline(golden, AUDIT .. " --color always").out
check("--color always: colours", colored:find "\27%[%d+m")
equal("colours change nothing else", colored:gsub("\27%[%d+m", ""), plain)
check("--color always with NO_COLOR: the option wins", plumbline(golden, AUDIT .. " --color always", "NO_COLOR=1").out:find "\27")
check("trace in colours", plumbline(golden, "trace new_contacts --max-rejects 50% --color always").out:find "\27%[1m")
for _, format in ipairs { "json", "csv", "markdown" } do
  local got = plumbline(golden, AUDIT .. " --color always --format " .. format).out
  check(format .. " has no colours", not got:find "\27")
end

-- Runs it on a terminal of its own; stdout and stderr come out together.
local function on_terminal(dir, words, before)
  local line = ("cd %s && %s %s"):format(shell.quote(dir), shell.quote(shell.program), words)
  return shell.capture(("env -u NO_COLOR -u COLUMNS TERM=xterm %s script -qec %s /dev/null </dev/null")
    :format(before or "", shell.quote(line)))
end

if os.execute "command -v script >/dev/null 2>&1" then
  check("a terminal: colours", on_terminal(golden, AUDIT):find "\27%[33m")
  check("a terminal with NO_COLOR: none", not on_terminal(golden, AUDIT, "NO_COLOR=1"):find "\27%[%d*m")
  check("a terminal with an empty NO_COLOR: colours", on_terminal(golden, AUDIT, "NO_COLOR="):find "\27%[33m")
  check("a dumb terminal: nothing that steers", not on_terminal(golden, AUDIT, "TERM=dumb"):find "\27")
  check("--color never: none", not on_terminal(golden, AUDIT .. " --color never"):find "\27%[%d*m")
  -- The bar is drawn over itself with carriage returns that no line end follows.
  check("a terminal: progress", on_terminal(demo, "audit"):gsub("\r+\n", "\n"):find "\r")
  check("-q: no progress", not on_terminal(demo, "audit -q"):gsub("\r+\n", "\n"):find "\r")
else
  print "skipped: no `script` (bsdutils), so no terminal to test on"
end
local piped = plumbline(demo, "audit")
check("a pipe: no progress", not piped.err:find "[\r\27]" and not piped.out:find "\r", piped.err)

-- ---- hostile texts ------------------------------------------------------------------------------

-- What cells, titles and names try: a terminal's escape sequences, also as C1 controls, a
-- turned direction, a line end, a heading, a table, code, a tag, a link, a formula.
local ESC, C1, RLO = "\27[31mred\27]0;title\7", "\194\155" .. "31m", "\226\128\174gnp.exe"
local EVIL = {
  ESC, C1, RLO, "two\nlines", "a | b", "`code`", "<script>alert(1)</script>", "=cmd()", "+1+cmd()", "-1+cmd()", "@SUM(1)",
  "\t=tab()", "\r=cr()", "=HYPERLINK(\"http://x\")", "# heading", "[a](javascript:b)", "*bold*", "-5", "a;=cmd()",
  "\239\187\191=bom()", "\226\128\168line", "&lt;b&gt;", "~~gone~~", "_under_", "\\`",
}

local function csv_cell(text) return '"' .. text:gsub('"', '""') .. '"' end
local function lua_text(text) return ("%q"):format(text):gsub("\\\n", "\\n"):gsub("\r", "\\r") end

os.execute(("mkdir -p %s/rules %s/exports"):format(shell.quote(hostile), shell.quote(hostile)))
local leads, deals, rules = { "id,kind,when" }, { "deal,id,stage,closed,amount" }, { 'department "=Dept | `x` <b>"' }
for i, evil in ipairs(EVIL) do
  leads[#leads + 1] = ("%s,%s,2024-01-0%d"):format(csv_cell("k" .. evil), csv_cell(evil), i % 9 + 1)
  deals[#deals + 1] = ("%s,%s,won,2024-02-01,%d.50"):format(csv_cell(evil), csv_cell("k" .. evil), i)
  rules[#rules + 1] = ("metric \"m%d\" { title = %s, owner = %s, question = %s, by = \"kind\",\n"
    .. "  trace = from \"leads\" :where { kind = %s } :to(\"deals\", \"id\") }"):format(i, lua_text(evil), lua_text(evil),
    lua_text(evil), lua_text(evil))
  rules[#rules + 1] = ("metric \"n%d\" { title = %s, definition = %s, note = %s,\n"
    .. "  trace = from \"leads\" :where { kind = { %s, \"x\" } } :to(\"posts\", \"kind\") :to(\"deals\", \"id\") }")
    :format(i, lua_text(evil), lua_text(evil), lua_text(evil), lua_text(evil))
end
rules[#rules + 1] = "metric \"wrong\" { title = \"wrong\", trace = from \"leads\" :where { [" .. lua_text(ESC .. RLO)
  .. "] = 1 } :to(\"deals\", \"id\") }"
rules[#rules + 1] = "metric \"stops\" { title = \"stops\", trace = from \"leads\" :to(\"deals\", \"id\"),\n  judge = function() error("
  .. lua_text(ESC .. RLO .. "<b>|`") .. ") end }"
local FILE = "exports/=a" .. ESC:gsub("/", "") .. RLO .. "\n|`<b>.csv"
shell.write(hostile .. "/" .. FILE, table.concat(leads, "\r\n") .. "\r\n" .. "=short\27[2J\r\n")
shell.write(hostile .. "/exports/posts.csv", "kind,id\nRED,9\n\"TWO lines\",8\n\"A  b\",k=cmd()\n")
shell.write(hostile .. "/exports/deals.csv", table.concat(deals, "\n") .. "\n")
shell.write(hostile .. "/rules/a.lua", table.concat(rules, "\n") .. "\n")
shell.write(hostile .. "/rules/b\27[31m.lua", "department \"\27[31mB\"\nnothing()\n")
shell.write(hostile .. "/audit.lua", ([[
audit "=Audit \27[31m | `x` <script> \u{202e}" { as_of = "2024-06-30", currency = "EUR", rules = "rules/*.lua" }
source "leads" { %s, key = "id", time = "when" }
source "posts" { "exports/posts.csv" }
deals { "exports/deals.csv", key = "deal", closed = "closed", amount = "amount", status = { column = "stage", won = { "won" } } }
]]):format(lua_text(FILE)))

local run = plumbline(hostile, "audit --max-rejects 50%")
equal("hostile texts: exit code", run.code, 4)
local terminal = run.out
check("terminal: nothing steers", not steering(terminal), steering(terminal))
check("messages: nothing steers", not steering(run.err), steering(run.err))
local OTHERS = { "audit -v --max-rejects 50%", "list metrics", "list rules", "list sources", "check" }
for i = 1, #EVIL do OTHERS[#OTHERS + 1] = ("trace m%d --max-rejects 50%%"):format(i) end
for i = 1, #EVIL do OTHERS[#OTHERS + 1] = ("trace n%d --max-rejects 50%%"):format(i) end
for _, words in ipairs(OTHERS) do
  local got = plumbline(hostile, words)
  check(words .. ": something was said", #got.out > 0 or #got.err > 0)
  check(words .. ": nothing steers", not steering(got.out), steering(got.out))
  check(words .. ": messages do not steer", not steering(got.err), steering(got.err))
end

-- ---- Markdown

local markdown = assert(shell.read(hostile .. "/report/report.md"))
check("markdown: nothing steers", not steering(markdown), steering(markdown))
-- Outside of what the view itself writes there is no tag, code or link left unescaped.
local function unescaped(text, what)
  for line in text:gmatch "[^\n]+" do
    local at = 1
    while true do
      local from = line:find(what, at)
      if not from then break end
      local slashes = #line:sub(1, from - 1):match "\\*$"
      if slashes % 2 == 0 then return line end
      at = from + 1
    end
  end
end
for _, what in ipairs { "<", "`", "%[", "~", "&" } do
  check("markdown: no open " .. what, not unescaped(markdown, what), unescaped(markdown, what))
end
for line in markdown:gmatch "[^\n]+" do
  if line:find "^#" then check("markdown: a heading is the view's own", line:find "^##?#? [^#]", line) end
  if line:find "^|" then
    local bare = line:gsub("\\\\", ""):gsub("\\|", "")
    local cells = select(2, bare:gsub("|", "")) - 1
    check("markdown: the cells of a row", cells == 4 or cells == 6 or cells == 7, line)
  end
end

-- ---- CSV

-- A reader of its own, after RFC 4180: rows of cells.
local function parse_csv(text)
  local rows, row, at = {}, {}, 1
  while at <= #text do
    local value
    if text:sub(at, at) == '"' then
      local parts = {}
      while true do
        local stop = assert(text:find('"', at + 1, true), "a quote that never ends")
        parts[#parts + 1] = text:sub(at + 1, stop - 1)
        at = stop + 1
        if text:sub(at, at) ~= '"' then break end
      end
      value = table.concat(parts, '"')
    else
      local stop = text:find("[,\r]", at) or #text + 1
      value = text:sub(at, stop - 1)
      assert(not value:find '["\n]', "a quote or line end outside quotes: " .. value)
      at = stop
    end
    row[#row + 1] = value
    if text:sub(at, at + 1) == "\r\n" then
      rows[#rows + 1], row, at = row, {}, at + 2
    else
      assert(text:sub(at, at) == ",", "neither a comma nor a line end at byte " .. at)
      at = at + 1
    end
  end
  return rows
end

-- Rows by metric id, each a table by column name.
local function csv_findings(path)
  local rows, found = parse_csv(assert(shell.read(path))), {}
  for i = 2, #rows do
    local row = {}
    equal("csv: cells of line " .. i, #rows[i], #rows[1])
    for c, name in ipairs(rows[1]) do row[name] = rows[i][c] end
    found[row.department .. "/" .. row.metric] = row
  end
  return found, rows
end

local hostile_csv = shell.read(hostile .. "/report/flags.csv")
check("csv: nothing steers", not steering(hostile_csv:gsub("\r\n", "\n")), steering((hostile_csv:gsub("\r\n", "\n"))))
local rows, cells = csv_findings(hostile .. "/report/flags.csv")
for _, row in ipairs(cells) do
  for _, cell in ipairs(row) do
    local number = cell:find "^%-?%d+%.?%d*$"
    check("csv: no formula", number or not cell:find "^%s*[=+%-@]", cell)
  end
end
local function title(i) return (rows["'=Dept | `x` <b>/m" .. i] or {}).title end
local TITLES = { ["=cmd()"] = "'=cmd()", ["+1+cmd()"] = "'+1+cmd()", ["-1+cmd()"] = "'-1+cmd()", ["@SUM(1)"] = "'@SUM(1)",
  ["\t=tab()"] = "' =tab()", ["\r=cr()"] = "' =cr()", ["-5"] = "-5", ["a | b"] = "a | b", ["two\nlines"] = "two lines",
  ['=HYPERLINK("http://x")'] = "'=HYPERLINK(\"http://x\")" }
for i, evil in ipairs(EVIL) do
  if TITLES[evil] then equal(("csv: title %q"):format(evil), title(i), TITLES[evil]) end
end

-- ---- JSON

local hostile_found, hostile_report = shell.report(hostile .. "/report/report.json")
check("json: no byte that steers", not steering(shell.read(hostile .. "/report/report.json")))
for i, evil in ipairs(EVIL) do
  local f = hostile_found["=Dept | `x` <b>/m" .. i]
  equal(("json: the title is whole %q"):format(evil), f and f.title, evil)
end
equal("json: the file's name is whole", hostile_report.sources[1].files[1].path, FILE)

-- ---- rejects.csv: its rows are what the export held, and no formula

local rejects = parse_csv((assert(shell.read(hostile .. "/report/rejects.csv")):gsub("\r?\n", "\r\n")))
equal("rejects.csv: the row with too few cells", #rejects, 2)
for _, cell in ipairs(rejects[2]) do check("rejects.csv: no formula", not cell:find "^[=+%-@]", cell) end
check("rejects.csv: the row is there", rejects[2][6]:find("^'=short"), rejects[2][6])

-- ---- the same number in every view --------------------------------------------------------------

local found, report = shell.report(demo .. "/report/report.json")
local by_csv = csv_findings(demo .. "/report/flags.csv")
local page = shell.read(demo .. "/report/report.md")
local screen = plumbline(demo, "audit", "COLUMNS=200").out

local function group(number)
  local sign, whole, rest = number:match "^(%-?)(%d+)(.*)$"
  local grouped = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. grouped .. rest
end

-- "12 won deals · EUR 3.50 (1 amount unknown)", as a person would write it.
local function won_words(won)
  local n = ("%d"):format(won.deals)
  return group(n) .. (n == "1" and " won deal" or " won deals")
    .. (won.deals > won.unknown_amounts and " · EUR " .. group(won.amount) or "")
end

-- The part of the Markdown page about one finding.
local function part(id)
  local from = assert(page:find("\n" .. id .. "[ \n]"), id .. " is not in report.md")
  return page:sub(from, (page:find("\n##", from + 1, true) or #page))
end

local compared = 0
for id, f in pairs(found) do
  local row = by_csv[id]
  check(id .. " is in flags.csv", row)
  equal(id .. ": verdict in csv", row.verdict, f.verdict)
  equal(id .. ": code in csv", row.code, f.code or "")
  equal(id .. ": flagged in csv", row.flagged, f.flagged and "yes" or "no")
  local text = part(id:gsub("%p", "%%%0"))
  if f.code then check(id .. ": code in markdown", text:find(f.code, 1, true)) end
  if f.evidence then
    local reached = f.evidence.deals.won.reached
    equal(id .. ": won deals in csv", row.won_deals, ("%d"):format(reached.deals))
    equal(id .. ": amount in csv", row.won_amount, reached.amount)
    equal(id .. ": unknown amounts in csv", row.won_unknown_amounts, ("%d"):format(reached.unknown_amounts))
    equal(id .. ": records in csv", row.origins, ("%d"):format(f.evidence.origins.records))
    equal(id .. ": share in csv", row.share_of_won_amount, f.evidence.share or "")
    for _, branch in ipairs(f.evidence.branches) do
      check(id .. ": records in markdown", text:find(group(("%d"):format(branch.origins)) .. " of ", 1, true), text)
    end
    if f.verdict == "linked" or f.verdict == "no_difference" then
      check(id .. ": deals in the terminal", screen:find(won_words(reached), 1, true), won_words(reached))
      check(id .. ": deals in markdown", text:find(group(("%d"):format(reached.deals)) .. " won deal", 1, true), text)
      if f.verdict == "linked" then check(id .. ": amount in markdown", text:find(group(reached.amount), 1, true), text) end
      compared = compared + 1
    end
  end
end
check("some metrics were compared", compared > 15, compared)
for _, view in ipairs { { "terminal", screen }, { "markdown", page } } do
  check(view[1] .. ": all won deals", view[2]:find(won_words(report.deals.won), 1, true))
  check(view[1] .. ": metrics flagged", view[2]:find(("%d flagged"):format(report.totals.flagged), 1, true))
end

-- The trace of a metric draws from the same result.
local traced = plumbline(demo, "trace pricing_page_views", "COLUMNS=200").out
local pricing = found["Marketing/pricing_page_views"].evidence
check("trace: won deals", traced:find(won_words(pricing.deals.won.reached), 1, true), traced)
check("trace: the table", traced:find(("won %d with it, %d without"):format(pricing.difference.table.won_with,
  pricing.difference.table.won_without), 1, true), traced)

-- Nothing is promised that this version cannot do.
for _, text in ipairs { screen, page, plumbline(demo, "audit -v").out, traced, plumbline(demo, "explain").out } do
  for verb in text:gmatch "`?plumbline (%l+)" do
    check("a verb of this version: " .. verb, (" init check audit trace explain list "):find(" " .. verb .. " ", 1, true))
  end
end

shell.finish()
