-- plumbline init on folders as odd as they come: what it writes passes `check`, and the
-- audit ends with anything but a complaint about what init itself wrote (exit 2).
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/init_stress_test.lua
-- FOLDERS=400 SEED=3 tries more of them, and others; KEEP=dir keeps those that fail.
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/cli/?.lua;" .. package.path
local folders, seed = tonumber(os.getenv "FOLDERS") or 32, tonumber(os.getenv "SEED") or 1
local run = require "runner"
local shell, test, write, scratch, quote, read = run.shell, run.test, run.write, run.scratch, run.quote, run.read

-- ---- chance, the same on every machine ---------------------------------------------------------

local state
local function random(n)
  state = (state * 6364136223846793005 + 1442695040888963407)
  return (state >> 33) % n + 1
end
local function one_of(list) return list[random(#list)] end
local function chance(percent) return random(100) <= percent end

-- ---- what a table is about ------------------------------------------------------------------------

local languages = {
  { deal = "Deal ID", stage = "Deal Stage", won = "Closed Won", lost = "Closed Lost", open = "Proposal", opened = "Create Date",
    closed = "Close Date", amount = "Amount", lead = "Lead ID", source = "Source", when = "Created", campaign = "Campaign" },
  { deal = "Deal-ID", stage = "Phase", won = "Gewonnen", lost = "Verloren", open = "Angebot", opened = "Erstellt am",
    closed = "Abgeschlossen am", amount = "Betrag", lead = "Lead-Nr.", source = "Quelle", when = "Datum", campaign = "Kampagne" },
  { deal = "ID", stage = "Étape", won = "gagné", lost = "perdu", open = "Négociation", opened = "Date de création",
    closed = "Date de clôture", amount = "Montant", lead = "Code prospect", source = "Origine", when = "Le", campaign = "Campagne" },
  { deal = "deal_id", stage = "status", won = "won", lost = "lost", open = "new", opened = "created_at", closed = "closed_at",
    amount = "amount", lead = "lead_id", source = "utm_source", when = "at", campaign = "utm_campaign" },
  { deal = "the \"id\"", stage = "is won, or not", won = "Won", lost = "Lost", open = "x", opened = "and", closed = "end",
    amount = "nil", lead = "for", source = "--[[", when = "[\"at\"]", campaign = "a = b" },
}

local dates = {
  function(d, m) return ("2024-%02d-%02d"):format(m, d) end,
  function(d, m) return ("%02d.%02d.2024"):format(d, m) end,
  function(d, m) return ("%d/%d/2024"):format(m, d) end,
  function(d, m) return ("%02d/%02d/2024"):format(d, m) end,
  function(d, m) return ("2024-%02d-%02d 09:30:00"):format(m, d) end,
  function(d, m) return ("2024-%02d-%02dT09:30:00Z"):format(m, d) end,
  function(d, m) return tostring(1704067200 + (m * 30 + d) * 86400) end,
  function(d, m) return ("%s %02d, 2024"):format(({ "Jan", "Feb", "Mar" })[m % 3 + 1], d) end,
}
local amounts = {
  function(n) return ("%d.%02d"):format(n, n % 100) end,
  function(n) return ("%d.%03d,%02d"):format(n // 1000 + 1, n % 1000, n % 100) end,
  function(n) return ("$%d,%03d"):format(n // 1000 + 1, n % 1000) end,
  function(n) return n .. " €" end,
  function(n) return chance(10) and "n/a" or tostring(n) end,
  function(n) return ("%d,%03d"):format(n // 1000 + 1, n % 1000) end,
  function() return "" end,
}
local ids = {
  function(i) return tostring(i) end, function(i) return ("%05d"):format(i) end, function(i) return "L" .. i end,
  function(i) return ("user%d@Mail.example"):format(i) end, function(i) return ("7f3a-%06x"):format(i * 7919) end,
}

local function deals_table(w)
  local l = w.words
  local date = one_of(dates)
  local amount = one_of(amounts)
  local header = { l.deal, l.lead, l.stage, l.opened, l.closed, l.amount, l.campaign }
  local rows = {}
  for i = 1, one_of { 0, 2, 5, 12, 40, 40 } do
    local status = one_of { l.won, l.lost, l.open }
    rows[i] = { "D" .. i, chance(80) and w.id(random(30)) or "", status, date(random(28), random(6)),
      status ~= l.open and date(random(28), random(6) + 6) or "", amount(random(90000)), one_of { "Spring", "Summer", "" } }
  end
  if chance(15) then
    local drop = random(#header)
    table.remove(header, drop)
    for _, row in ipairs(rows) do table.remove(row, drop) end
  end
  return header, rows
end

local function leads_table(w)
  local l, date = w.words, one_of(dates)
  local header, rows = { l.lead, l.when, l.source, l.campaign }, {}
  for i = 1, one_of { 0, 1, 3, 30 } do
    rows[i] = { w.id(i), date(random(28), random(12)), one_of { "fair", "search", "(not set)", "" },
      one_of { "Spring", "Summer", "Autumn" } }
  end
  return header, rows
end

local function other_table()
  local header, rows, n = {}, {}, random(6)
  for i = 1, n do header[i] = one_of { "page", "views", "Datum", "", "x y", "País", "value", "id", "Total", "comment;note" } end
  for r = 1, one_of { 0, 1, 4, 25 } do
    rows[r] = {}
    for i = 1, n do
      rows[r][i] = one_of { "", tostring(random(1000)), "text", "a \"b\"", "1,5", "2024-01-0" .. random(9), "line\nbreak",
        "00" .. random(99) }
    end
  end
  return header, rows
end

-- ---- how it is written ------------------------------------------------------------------------------

local function cell(value, delimiter)
  if value:find '["\r\n]' or value:find(delimiter, 1, true) then return '"' .. value:gsub('"', '""') .. '"' end
  return value
end

local function csv(header, rows)
  local delimiter, line_end = one_of { ",", ";", "\t", "|" }, one_of { "\n", "\r\n" }
  local out = {}
  if chance(10) then out[1] = "# A report\n# of something" end
  for _, row in ipairs { header, table.unpack(rows) } do
    local cells = {}
    for i, value in ipairs(row) do cells[i] = cell(value, delimiter) end
    out[#out + 1] = table.concat(cells, delimiter)
  end
  if chance(10) then out[#out + 1] = "Total" .. delimiter .. "12" end
  if chance(10) then out[#out + 1] = "" end
  return table.concat(out, line_end) .. (chance(90) and line_end or "")
end

local function json(header, rows, lines)
  local out = {}
  local function text(value)
    return '"' .. value:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
  end
  for i, row in ipairs(rows) do
    local fields = {}
    for k, name in ipairs(header) do fields[k] = text(name) .. ":" .. text(row[k] or "") end
    out[i] = "{" .. table.concat(fields, ",") .. "}"
  end
  return lines and table.concat(out, "\n") .. "\n" or "[" .. table.concat(out, ",") .. "]"
end

local function utf16(text)
  local out = { "\255\254" }
  for _, code in utf8.codes(text) do out[#out + 1] = string.pack("<I2", code < 65536 and code or 63) end
  return table.concat(out)
end

local function latin(text)
  return (text:gsub(utf8.charpattern, function(c)
    local code = utf8.codepoint(c)
    return code < 256 and string.char(code) or code == 0x20ac and "\x80" or "?"
  end))
end

-- The bytes of a table and the ending of its file.
local function written(header, rows)
  if chance(12) then return json(header, rows, true), ".ndjson" end
  if chance(6) then return json(header, rows, false), ".json" end
  local text = csv(header, rows)
  if chance(12) then return "\239\187\191" .. text, ".csv" end
  if chance(10) then return utf16(text), ".csv" end
  if chance(10) then return latin(text), ".txt" end
  return text, one_of { ".csv", ".csv", ".CSV", ".tsv", ".txt" }
end

local noise = { "", "\n\n\n", "\0\1\2\255garbage\0", "just one line", "a,b\n\"1,2\n3", "a,b\n1,2\n1,2,3\n1\n", "{}", "[]", "[1,2]",
  '{"a":', "\239\187\191", "a\n", ",,,\n,,,\n", "a,a,a\n1,2,3\n", ("x"):rep(300) .. ",b\n1,2\n" }
local names = { "deals", "Leads 2024", "opportunities", "page views", "it's", 'he "said"', "Geschäfte", "ads (1)", "ads (2)",
  "ads", "and", "rules", "audit", "-x", "données d'été", "a;b", "sessions_2024", "sessions_2025", "contacts", "[brackets]",
  "source", "deals.deals", "100%", "日本語", "$(touch z)" }
local inner = { "", "", "", "exports/", "a b/", "crm/x/", "Ordner ü/", "rules/", "report/", "1/2/3/4/" }

local function make_folder(dir)
  os.execute("mkdir -p " .. quote(scratch .. "/" .. dir))
  local w = { words = one_of(languages), id = one_of(ids) }
  local bodies, taken = {}, {}
  for i = 1, random(6) do
    local kind = i == 1 and (chance(85) and deals_table or other_table) or one_of { deals_table, leads_table, leads_table, other_table }
    local body, ending = written(kind(w))
    if chance(8) then body = one_of(noise) end
    if #bodies > 0 and chance(10) then body = one_of(bodies) end
    bodies[#bodies + 1] = body
    local path = one_of(inner) .. one_of(names) .. ending
    if not taken[path] then
      taken[path] = true
      os.execute("mkdir -p " .. quote(scratch .. "/" .. dir .. "/" .. (path:match "^(.*)/" or "")))
      write(scratch .. "/" .. dir .. "/" .. path, body)
      if chance(5) then shell("chmod 0 " .. quote(dir .. "/" .. path)) end
      if chance(6) then shell("gzip -n " .. quote(dir .. "/" .. path)) end
    end
  end
end

-- ---- the test ----------------------------------------------------------------------------------------

local ends = {}
local function keep(what, got)
  ends[what .. " " .. got.code] = (ends[what .. " " .. got.code] or 0) + 1
end

local function fail(dir, what, got)
  local kept = os.getenv "KEEP"
  if kept then os.execute(("mkdir -p %s && cp -r %s %s/"):format(quote(kept), quote(scratch .. "/" .. dir), quote(kept))) end
  error(("%s of %s: exit %d\n%s\n%s\n%s"):format(what, dir, got.code, got.out:sub(1, 1500), got.err:sub(1, 1500),
    read(scratch .. "/" .. dir .. "/audit.lua") or ""), 0)
end

for i = 1, folders do
  test(("folder %d of seed %d"):format(i, seed), function()
    state = seed * 1000003 + i
    for _ = 1, 4 do random(2) end
    local dir = ("s%d_%d"):format(seed, i)
    make_folder(dir)
    local got = shell("plumbline init --no-input " .. dir)
    keep("init", got)
    -- 3: nothing here can be read, or none of it holds deals
    if got.code == 3 then
      local why = got.err:gsub("%s+", " "):sub(1, 400)
      if not (why:find "no export here looks" or why:find "can be read" or why:find "there are no exports") then fail(dir, "init", got) end
      return
    end
    if got.code ~= 0 then fail(dir, "init", got) end
    got = shell("plumbline check " .. dir)
    keep("check", got)
    if got.code ~= 0 then fail(dir, "check", got) end
    got = shell("plumbline audit --json " .. dir)
    keep("audit", got)
    -- 3: no won deal, or too many rows that cannot be used: what the exports say, not what init wrote
    if got.code ~= 0 and got.code ~= 3 then fail(dir, "audit", got) end
    if got.code == 3 and not (got.err:find "won" or got.err:find "cannot be used") then fail(dir, "audit", got) end
  end)
end

test("the folders are not all of one kind", function()
  assert(folders < 20 or (ends["audit 0"] or 0) * 4 >= folders, "too few audits that go through: " .. (ends["audit 0"] or 0))
  local list = {}
  for what, n in pairs(ends) do list[#list + 1] = what .. ": " .. n end
  table.sort(list)
  print("exits  " .. table.concat(list, " · "))
end)

run.finish()
