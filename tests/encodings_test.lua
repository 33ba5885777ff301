-- What tools write, as a user meets it: one small workspace whose export is written
-- in every encoding, compressed, with backslash quotes, or comes from standard input,
-- gives one report; and what cannot be read says what it is and what to do.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/encodings_test.lua [word]
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local expect, refuse, shell = run.expect, run.refuse, run.shell

local audit = [[
audit "Small company" { as_of = "2024-06-30", currency = "EUR", rules = "rules/*.lua" }

source "leads" { %s, key = "lead_id", time = "seen" }

deals { "exports/deals.csv",
  key = "deal_id", closed = "closed", amount = "amount",
  status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() },
}

link { "leads", "deals", "lead_id" }
]]
local rule = [[
department "Marketing"

metric "towns" { title = "Leads by town", trace = from "leads" :to "deals", by = "town" }
metric "quotes" { title = "Leads that say hi", trace = from "leads" :where { note = 'say "hi"' } :to "deals" }
]]
-- "Zürich", "Málaga", "l’Été", "5 €" and a quoted cell with quotes, a line end and a delimiter
local leads = "lead_id,seen,town,note\n"
  .. 'L1,2024-01-05,Zürich,"say ""hi"""\n'
  .. 'L2,2024-01-06,Málaga,"l’Été, 5 €\nand more"\n'
  .. 'L3,2024-01-07,Zürich,\n'
local deals = "deal_id,lead_id,stage,closed,amount\n"
  .. "D1,L1,won,2024-02-01,100.50\nD2,L2,lost,2024-02-02,50\nD3,L3,won,2024-02-03,200\n"

local made = 0
-- A workspace whose source "leads" is declared as `source` and whose files are given.
local function workspace(source, files)
  made = made + 1
  local dir = "w" .. made
  local all = { ["audit.lua"] = audit:format(source), ["rules/marketing.lua"] = rule, ["exports/deals.csv"] = deals }
  for path, text in pairs(files) do all[path] = text end
  run.files(run.scratch .. "/" .. dir, all)
  return dir
end

-- The report without what names the file and how it was read.
local function essence(dir)
  local text = assert(run.read(run.scratch .. "/" .. dir .. "/report.json"))
  text = text:gsub('exports\\?/leads[%w._]*', "LEADS"):gsub('"stdin"', '"LEADS"')
  text = text:gsub('"path": "LEADS",?%s*', ""):gsub(',?%s*"read_as": %b{}', "")
  return (text:gsub(',%s*{%s*"text": "LEADS was read as[^}]*}', ""))
end

local function audited(dir, before, behind)
  return shell(("%s plumbline audit -C %s --format json -o %s/report.json %s"):format(before or "", dir, dir, behind or ""))
end

local plain = workspace('"exports/leads.csv"', { ["exports/leads.csv"] = leads })
expect(audited(plain), 0, "err")
local wanted = essence(plain)
assert(wanted:find("Zürich", 1, true) and wanted:find('"linked"', 1, true))

local function same(name, dir, before, behind)
  run.test(name, function()
    expect(audited(dir, before, behind), 0, "err")
    local got = essence(dir)
    if got ~= wanted then
      for a, b in (got .. "\n"):gmatch "(.-)\n()" do
        local from = wanted:find(a, 1, true)
        if not from then error("not in the report of the plain file: " .. a .. " at " .. b) end
      end
      error "lines are missing"
    end
  end)
end

-- ---- encodings ------------------------------------------------------------------
local function converted(encoding, text) -- through iconv(1)
  run.write(run.scratch .. "/.in", text)
  os.execute(("iconv -f UTF-8 -t %s %s/.in > %s/.converted"):format(encoding, run.scratch, run.scratch))
  return assert(run.read(run.scratch .. "/.converted"))
end

local BOM = { ["UTF-8"] = "\xEF\xBB\xBF", ["UTF-16LE"] = "\xFF\xFE", ["UTF-16BE"] = "\xFE\xFF" }
for _, encoding in ipairs { "UTF-8", "UTF-16LE", "UTF-16BE", "WINDOWS-1252" } do
  local bytes = converted(encoding, leads)
  same(encoding, workspace('"exports/leads.csv"', { ["exports/leads.csv"] = bytes }))
  if BOM[encoding] then
    same(encoding .. " with a mark",
      workspace('"exports/leads.csv"', { ["exports/leads.csv"] = BOM[encoding] .. bytes }))
  end
  local word = encoding:lower()
  same(encoding .. ", declared",
    workspace(('"exports/leads.csv", encoding = %q'):format(word), { ["exports/leads.csv"] = bytes }))
end
same("CR LF line ends in UTF-16", workspace('"exports/leads.csv"',
  { ["exports/leads.csv"] = converted("UTF-16LE", (leads:gsub("\n", "\r\n"))) }))

run.test("an assumed encoding is said", function()
  local dir = workspace('"exports/leads.csv"', { ["exports/leads.csv"] = converted("WINDOWS-1252", leads) })
  local got = shell("plumbline audit -C " .. dir)
  local words = got.out:gsub("%s+", " ")
  run.holds("the note", words, "exports/leads.csv was read as Windows-1252, because its text is not UTF-8 and "
    .. 'makes sense so. If its letters look right, settle it: encoding = "windows-1252" in source "leads"')
  local _, report = run.report(run.scratch .. "/" .. dir .. "/report/report.json")
  for _, source in ipairs(report.sources) do
    local as = source.files[1].read_as
    if source.name == "leads" then
      run.equal("encoding", as.encoding, "windows-1252")
      run.equal("by", as.encoding_by, "looking")
      run.equal("certain", as.encoding_certain, true) -- ’ and € lie in 80–9F
    else
      run.equal("a plain file says nothing", as, nil)
    end
  end
  dir = workspace('"exports/leads.csv", encoding = "windows-1252"',
    { ["exports/leads.csv"] = converted("WINDOWS-1252", leads) })
  refuse(shell("plumbline audit -C " .. dir), "out", "was read as")
end)

-- ---- compression, quotes ---------------------------------------------------------------
local function packed(command, text)
  run.write(run.scratch .. "/.in", text)
  os.execute(("%s < %s/.in > %s/.packed"):format(command, run.scratch, run.scratch))
  return assert(run.read(run.scratch .. "/.packed"))
end

for _, how in ipairs { { "gzip -c", "gz" }, { "zstd -qc", "zst" } } do
  local command, ending = how[1], how[2]
  if run.has(command:match "%a+") then
    local bytes = packed(command, leads)
    local path = "exports/leads.csv." .. ending
    same(ending, workspace(("%q"):format(path), { [path] = bytes }))
    same(ending .. " under another name", workspace('"exports/leads.csv"', { ["exports/leads.csv"] = bytes }))
    same(ending .. " in two parts", workspace(("%q"):format(path),
      { [path] = packed(command, leads:sub(1, 50)) .. packed(command, leads:sub(51)) }))
    same(ending .. " of UTF-16", workspace(("%q"):format(path),
      { [path] = packed(command, BOM["UTF-16LE"] .. converted("UTF-16LE", leads)) }))
  else
    run.skip("no " .. command)
  end
end

local backslash = leads:gsub('""hi""', '\\"hi\\"')
assert(backslash ~= leads)
same("backslash quotes", workspace('"exports/leads.csv"', { ["exports/leads.csv"] = backslash }))
same("backslash quotes, declared",
  workspace('"exports/leads.csv", quotes = "backslash"', { ["exports/leads.csv"] = backslash }))

-- ---- names that do not tell, standard input ---------------------------------------------
same("an ending that tells nothing", workspace('"exports/leads.txt"', { ["exports/leads.txt"] = leads }))
same("no ending", workspace('"exports/leads"', { ["exports/leads"] = leads }))
local stdin = workspace('"-"', { ["leads.csv"] = leads })
same("standard input", stdin, ("cat %s/leads.csv |"):format(stdin))
same("a file as standard input", stdin, nil, ("< %s/leads.csv"):format(stdin))
run.write(run.scratch .. "/leads.gz", packed("gzip -c", leads))
same("compressed standard input", stdin, "cat leads.gz |")

run.test("JSON by looking", function()
  local ndjson = '{"lead_id":"L1","seen":"2024-01-05","town":"Zürich","note":"x"}\n'
  for _, text in ipairs { ndjson, "[" .. ndjson .. "]", ndjson:rep(1) .. "\n" } do
    local dir = workspace('"exports/leads.txt"', { ["exports/leads.txt"] = text })
    expect(shell("plumbline audit -C " .. dir), 0, "out", "exports/leads.txt:1")
  end
end)

-- ---- what cannot be read ------------------------------------------------------------------
-- The whole message for a file of these bytes.
local function says(name, source, bytes, code, message, line)
  run.test(name, function()
    local dir = workspace(source, { ["exports/leads.csv"] = bytes })
    local got = shell((line or "plumbline check -C %s"):format(dir))
    expect(got, code, "err")
    if got.err ~= message then error(("got:\n%s\nexpected:\n%s"):format(got.err, message)) end
  end)
end

local CSV = '"exports/leads.csv"'
local NOT = ", not a CSV or JSON export\n"
says("xlsx", CSV, "PK\3\4\20\0\6\0[Content_Types].xml", 3, "exports/leads.csv: this is an Excel workbook (.xlsx)" .. NOT
  .. '  Open it and save the sheet as "CSV UTF-8", or let the tool export CSV.\n')
says("zip", CSV, "PK\3\4\20\0\6\0leads.csv", 3, "exports/leads.csv: this is a zip archive" .. NOT
  .. "  Unzip it and name the files that were in it.\n")
says("xls", CSV, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 3,
  "exports/leads.csv: this is an old Excel workbook (.xls)" .. NOT
  .. '  Open it and save the sheet as "CSV UTF-8", or let the tool export CSV.\n')
says("PDF", CSV, "%PDF-1.4\n", 3, "exports/leads.csv: this is a PDF" .. NOT .. "  Export the table itself, as CSV.\n")
says("HTML", CSV, "<html><body>Please log in", 3, "exports/leads.csv: this is an HTML page" .. NOT
  .. "  Is it the page of a log-in, or a table that was saved as a page? Export CSV.\n")
says("UTF-32", CSV, "\xFF\xFE\0\0a\0\0\0", 3, "exports/leads.csv:1:1: the file is UTF-32\n  Export it as UTF-8.\n")
local gz = packed("gzip -nc", leads)
says("a cut gzip file", CSV, gz:sub(1, -5), 3, ("exports/leads.csv: the gzip data stops in the middle, at byte %d: "
  .. "the file is not whole\n  Copy or export it again.\n"):format(#gz - 4))
says("a damaged gzip file", CSV, gz:sub(1, -5) .. "\0\0\0\0", 3,
  ("exports/leads.csv: the gzip data is damaged before byte %d: incorrect length check\n"):format(#gz)
  .. "  Copy or export it again.\n")
says("a declared encoding that a mark contradicts", CSV .. ', encoding = "windows-1252"',
  BOM["UTF-16LE"] .. converted("UTF-16LE", leads), 2,
  'exports/leads.csv:1:1: it begins with the mark of UTF-16LE, but encoding = "windows-1252" is declared\n'
  .. '  encoding = "utf-16le", or leave it out\n')
says("quotes that read in two ways", CSV, '"a\\"",b\\"\n"c\\"",d\\"\n', 2,
  'exports/leads.csv:1:3: \\" may be a quote inside the cell, or a backslash that stands before a quote\n'
  .. '    "a\\"",b\\"\n      ^\n'
  .. '  quotes = "backslash", or quotes = "doubled"\n')
says("a full temporary folder", '"-"', "", 3, "stdin: no temporary copy of it can be made in /nowhere: "
  .. "No such file or directory\n  Set TMPDIR to a folder that can be written to.\n",
  "export TMPDIR=/nowhere PLUMBLINE_HELD=0; echo lead_id | plumbline check -C %s")
says("nothing on standard input", '"-"', "", 3, "stdin: nothing came from standard input\n",
  "plumbline check -C %s </dev/null")
says("two sources of standard input", '"-" }\nsource "more" { "-"', "", 2,
  'audit.lua:4: source "more" reads standard input, and source "leads" does too\n'
  .. '    source "more" { "-", key = "lead_id", time = "seen" }\n'
  .. "  it can be read once: name a file in one of them\n")

if run.has "script" then
  run.test("a terminal as standard input", function()
    local dir = workspace('"-"', {})
    local got = run.capture(("cd %s && timeout 10 script -qec %s /dev/null"):format(run.quote(run.scratch),
      run.quote(("%s check -C %s"):format(run.program, dir))))
    run.holds("said", got, "stdin: standard input is a terminal, and no export comes from it")
  end)
else
  run.skip("no script(1), which makes a terminal")
end

run.test("bytes that make no sense are rejected, and explained", function()
  local dir = workspace(CSV, { ["exports/leads.csv"] = leads .. "L4,2024-01-08,Caf\xE9,\n" })
  expect(shell("plumbline audit --max-rejects 1 -C " .. dir), 0, "out", "1 row could not be used")
  run.holds("rejects.csv", run.read(run.scratch .. "/" .. dir .. "/report/rejects.csv"),
    "PL205,\"town: bytes that are not UTF-8\"")
  expect(shell "plumbline explain PL205", 0, "out", "encoding")
end)

run.finish()
