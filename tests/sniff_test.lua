-- plumbline sniff: what it says about files of every kind, as text, as JSON, and as a
-- source that audits what it was sniffed from.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/sniff_test.lua [word]
-- UPDATE=1 writes the golden texts anew: read the difference before keeping it.
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, test, expect, refuse, read, write, scratch, quote = run.shell, run.test, run.expect, run.refuse,
  run.read, run.write, run.scratch, run.quote

local function put(name, text)
  write(scratch .. "/" .. name, text)
  return name
end

local function sniffed(name, ...)
  local got = shell("plumbline sniff " .. quote(name) .. " --format json")
  expect(got, 0, "out", ...)
  return got.out
end

-- ---- golden texts: the whole of what a person sees ----------------------------------------------

local leads = "lead_id,Created,Source,Amount,Tags\n"
for i = 1, 40 do
  leads = leads .. ("L%d,2024-03-%02d,%s,\"1,%03d.50\",%s\n"):format(i, i % 28 + 1, ({ "search", "fair", "mail" })[i % 3 + 1],
    i * 7, i % 2 == 0 and "T1;T2" or "T3")
end

local fixtures = {
  { "leads.csv", leads },
  { "german.csv", "Bericht\nZeitraum: M\195\164rz\n\nTag;Kampagne;Kosten\n14.03.2024;Fr\195\188hling;1.234,56\n"
    .. "15.03.2024;Herbst;99,90\nGesamt;;1.334,46\n" },
  { "ambiguous.csv", "id,when,amount\n1,03/04/2024,\"1,234\"\n2,05/06/2024,\"2,345\"\n" },
  { "events.ndjson", '{"id":"E1","at":"2024-03-14T09:30:00Z","who":{"mail":"ada@x.example"},"ids":["a","b"]}\n'
    .. '{"id":"E2","at":"2024-03-15T10:00:00Z","who":{"mail":"bob@x.example"},"ids":["c"]}\n' },
  { "blocks.csv", "# Overview\nActive users,New users\n876,873\n\n# Pages\nPage,Views\n/home,12\n/pricing,7\n" },
  { "bad_rows.csv", "id,name,amount\n1,a,10\n2,b\n3,c,x\n4,d,12\n5,e,13\n6,f,14\n" },
}

for _, fixture in ipairs(fixtures) do
  test("golden: " .. fixture[1], function()
    local got = shell("plumbline sniff " .. put(fixture[1], fixture[2]))
    expect(got, 0, "out", fixture[1])
    local golden = here .. "/sniff/" .. fixture[1] .. ".txt"
    if os.getenv "UPDATE" then write(golden, got.raw) end
    local want = assert(read(golden), golden .. " is missing")
    assert(got.raw == want, ("%s\n--- expected\n%s\n--- got\n%s"):format(golden, want, got.raw))
    for line in got.raw:gmatch "[^\n]+" do
      assert(#line <= 80 or line:find("source", 1, true) or utf8.len(line) <= 80, "longer than 80 columns: " .. line)
    end
  end)
end

-- ---- facts ------------------------------------------------------------------------------------------

test("counts: records, blanks, distinct values, uniqueness", function()
  put("counts.csv", "id,kind,note\n1,a,\n2,b,x\n3,a,\n4,a,\n")
  local out = sniffed("counts.csv", '"records": 4'):gsub("%s+", "")
  -- 3 of 4 notes are blank; 2 kinds, one of them three times; 4 ids
  for _, part in ipairs { '"name":"id","blank":0,"values":4,"distinct":4,"exact":true,"unique":true',
    '"name":"kind","blank":0,"values":4,"distinct":2,"exact":true,"unique":false',
    '"listed":[{"text":"a","count":3},{"text":"b","count":1}]',
    '"name":"note","blank":3,"values":1' } do
    assert(out:find(part, 1, true), part .. "\nnot in\n" .. out)
  end
end)

test("many distinct values are counted exactly up to the limit, and said to be about so many beyond", function()
  local lines = { "n" }
  for i = 1, 600000 do lines[#lines + 1] = "v" .. i end
  put("many.csv", table.concat(lines, "\n") .. "\n")
  local out = sniffed("many.csv", '"exact": false')
  -- 524,288 are remembered; the sample estimates 600,000 within 1 %
  local distinct = tonumber(out:match '"distinct": (%d+)')
  assert(distinct > 594000 and distinct < 606000, distinct)
  local again = sniffed("many.csv")
  assert(again == out, "two runs differ")
end)

test("the order of the records changes nothing but the samples", function()
  local forward, backward = { "n,k" }, { "n,k" }
  for i = 1, 3000 do
    forward[#forward + 1] = i .. ",k" .. i % 7
    backward[#backward + 1] = (3001 - i) .. ",k" .. (3001 - i) % 7
  end
  local function facts(lines)
    put("order.csv", table.concat(lines, "\n") .. "\n")
    return (sniffed("order.csv"):gsub('"samples": %[.-%]', ""))
  end
  assert(facts(forward) == facts(backward))
end)

test("an identical repeat does not cost a key, one that differs does", function()
  put("same.csv", "id,v\nA1,1\nA2,2\nA1,1\n")
  expect(shell("plumbline sniff same.csv"), 0, "out", 'key = "id"')
  put("differs.csv", "id,v\nA1,1\nA2,2\nA1,3\n")
  refuse(shell("plumbline sniff differs.csv"), "out", "key")
end)

test("least and most in the column's own style, and not at all where that is open", function()
  put("style.csv", "id;day;sum\n1;14.03.2024;1.234,56\n2;01.02.2024;99,90\n")
  local out = sniffed("style.csv", '"least": "2024-02-01"', '"most": "2024-03-14"', '"least": "99.90"', '"most": "1234.56"')
  assert(out:find('"numbers": "1.234,56"', 1, true) and out:find('"format": "%d.%m.%Y"', 1, true), out)
  put("open.csv", "id,day\n1,03/04/2024\n2,05/06/2024\n")
  refuse(shell("plumbline sniff open.csv --json"), "out", '"least": "2024')
end)

test("digits with a zero in front are texts: postal codes and ids, also where the first comes late", function()
  local lines = { "plz,n,amount" }
  for i = 1, 3000 do lines[#lines + 1] = ("%s,%d,0.%02d"):format(i == 2999 and "01067" or 10000 + i, i, i % 100) end
  put("zeros.csv", table.concat(lines, "\n") .. "\n")
  local out = sniffed("zeros.csv"):gsub("%s+", "")
  assert(out:find('"name":"plz".-"kind":"text".-"zeros":true.-"name":"n".-"kind":"number".-"name":"amount".-"kind":"number"'), out)
  -- an amount with a point or a sign is none the less a number
  put("padded.csv", "id,amount\n1,007.50\n2,0012.25\n3,00.10\n")
  assert(sniffed("padded.csv"):gsub("%s+", ""):find('"name":"amount".-"kind":"number"'))
end)

test("a slip in a column of numbers is named with its line", function()
  local lines = { "id,amount" }
  for i = 1, 20 do lines[#lines + 1] = i .. "," .. (i == 7 and "soon" or i * 10) end
  put("slip.csv", table.concat(lines, "\n") .. "\n")
  expect(shell("plumbline sniff slip.csv"), 0, "out", "all but 1 of 20 values are numbers", '"soon"', "line 8")
end)

test("a row that may be a total is named with the line that leaves it out, in text and in JSON", function()
  put("foot.csv", "lead_id,created,origin\nL1,2024-01-05,search\nL2,2024-01-06,mail\nTotal,2024-01-07,search\n")
  expect(shell("plumbline sniff foot.csv"), 0, "out", "3 records", "To settle",
    'line 4 may be a total, "Total,2024-01-07,search": footer = 1 leaves it out,')
  local out = sniffed("foot.csv"):gsub("%s+", "")
  assert(out:find('"maybe_totals":[{"file":"foot.csv","line":4,"field":"footer","rows":1,"text":"Total,2024-01-07,search"}]', 1, true), out)
  put("top.csv", "lead_id,users\nTotal,60\nL1,20\nL2,30\nL3,10\n")
  expect(shell("plumbline sniff top.csv"), 0, "out", "4 records",
    'line 2 may be a total, "Total,60": description = 1 leaves it out,')
  -- below it a row that is left out already: two rows then
  put("both.csv", "lead_id,created,origin\nL1,2024-01-05,search\nL2,2024-01-06,mail\nTotal,2024-01-07,search\n"
    .. "Confidential\n")
  expect(shell("plumbline sniff both.csv"), 0, "out", "footer = 2 leaves it out,", "footer = 1 keeps it as a record")
  put("none.csv", "lead_id,users\nL1,20\nL2,30\n")
  refuse(shell("plumbline sniff none.csv --json"), "out", "maybe_totals")
end)

test("a row that may describe the columns, or begin another table, is named with the lines that settle it", function()
  put("second.csv", "name,amount\nWho,How much\nAcme,100\nBeta,20\n")
  expect(shell("plumbline sniff second.csv"), 0, "out", "3 records", "To settle",
    'line 2 may describe the columns, "Who,How much": description = 1 leaves it', "description = 0 keeps it")
  local out = sniffed("second.csv"):gsub("%s+", "")
  assert(out:find('"maybe_headers":[{"file":"second.csv","line":2,"field":"description","rows":1,"text":"Who,Howmuch"}]',
    1, true), out)
  put("tables.csv", "Source,Medium\ngoogle,cpc\nbing,organic\n\nTeam,Owner\nBlue,Ann\nRed,Bob\n")
  expect(shell("plumbline sniff tables.csv"), 0, "out", "5 records", "To settle",
    'line 5 may be the header of another table, "Team,Owner": block = "Source"', "header = 1 reads all as one")
  -- what the columns prove is skipped, and shown
  put("units.csv", "name,amount,age\n,USD,days\nAcme,100,3\nBeta,20,5\n")
  expect(shell("plumbline sniff units.csv"), 0, "out", "2 records", "line 2, describes the columns: ,USD,days")
end)

test("an encoding that may be another is not called certain", function()
  put("mac.csv", "name;n\nJ\x9arg K\x9aln;1\n")
  expect(shell("plumbline sniff mac.csv"), 0, "out", "Windows-1252, or one like it")
  expect(shell("plumbline sniff mac.csv --json"), 0, "out", '"encoding_open": true')
  put("quotes.csv", "name;n\nthe \x93best\x94 one;1\n")
  refuse(shell("plumbline sniff quotes.csv"), "out", "or one like it")
end)

-- ---- the source to paste -----------------------------------------------------------------------------

test("what is printed can be pasted: check and audit take it, and the roles are right", function()
  put("plain.csv", "lead_id,created_at,origin\nL1,2024-01-05,x\nL2,2024-01-06,y\n")
  local got = shell("plumbline sniff german.csv; plumbline sniff plain.csv")
  local sources = {}
  for line in got.raw:gmatch "[^\n]*" do
    if line:find "^  source " then sources[#sources + 1] = "" end
    if #sources > 0 and (line:find "^  source " or line:find "^    " or line:find "^  }") then
      sources[#sources] = sources[#sources] .. line .. "\n"
    end
  end
  assert(#sources == 2, got.raw)
  os.execute("mkdir -p " .. scratch .. "/pasted/rules")
  for _, name in ipairs { "german.csv", "plain.csv" } do put("pasted/" .. name, read(scratch .. "/" .. name)) end
  put("pasted/deals.csv", "id,lead_id,stage,closed\nD1,L1,won,2024-02-01\n")
  put("pasted/audit.lua", 'audit "Pasted" { as_of = "2024-12-31", rules = "rules/*.lua" }\n' .. table.concat(sources)
    .. 'deals { "deals.csv", key = "id", closed = "closed", status = { column = "stage", won = "won" } }\n')
  put("pasted/rules/a.lua", 'department "A"\nmetric "m" { title = "M", trace = from "plain" :to("deals", "lead_id") }\n')
  expect(shell("plumbline check pasted"), 0, "err")
  expect(shell("plumbline audit pasted"), 0, "out", "1 won deal", "LINKED")
  expect(got, 0, "out", 'key = "lead_id", time = "created_at"', 'numbers   = "1.234,56"')
end)

test("names and paths are data: quotes, backslashes and steering marks are escaped", function()
  local odd = 'he "said" \\ it\u{202e}.csv'
  put(odd, 'the "id",b\n1,2\n3,4\n')
  local got = shell("plumbline sniff " .. quote(odd))
  expect(got, 0, "out", [["he \"said\" \\ it\u{202e}.csv"]])
  assert(not got.raw:find("\u{202e}", 1, true), "a mark that turns the line came through")
end)

test("--json holds the same source", function()
  expect(shell("plumbline sniff plain.csv --json"), 0, "out", [[source \"plain\" { \"plain.csv\"]])
end)

test("a terminal sees how far the reading is; a pipe and -q see nothing of it", function()
  local lines = { "id,at,name,n" }
  for i = 1, 200000 do lines[#lines + 1] = ("s%06d,2024-01-%02d,name %d,%d"):format(i, i % 28 + 1, i % 977, i) end
  put("long.csv", table.concat(lines, "\n") .. "\n")
  local function seen(verb)
    return run.capture(("cd %s && TERM=xterm timeout 60 script -qec %s /dev/null </dev/null"):format(quote(scratch),
      quote(quote(run.program) .. " " .. verb)))
  end
  assert(seen("sniff long.csv"):find("reading the exports", 1, true), "no progress bar")
  assert(not seen("sniff -q long.csv"):find("reading the exports", 1, true), "a bar in spite of -q")
  refuse(shell("plumbline sniff long.csv"), "err", "reading")
  os.execute("mkdir -p " .. scratch .. "/long && mv " .. scratch .. "/long.csv " .. scratch .. "/long/")
  put("long/deals.csv", "id,stage,closed\nD1,won,2024-01-01\n")
  assert(seen("init --no-input long"):find("reading the exports", 1, true), "no progress bar of init")
end)

-- ---- what cannot be read --------------------------------------------------------------------------------

test("a missing file, a folder, an empty file: exit 3 and why", function()
  expect(shell("plumbline sniff nowhere.csv"), 3, "err", "nowhere.csv")
  expect(shell("mkdir -p afolder; plumbline sniff afolder"), 3, "err", "afolder")
  put("empty.csv", "")
  expect(shell("plumbline sniff empty.csv"), 3, "err", "empty")
  expect(shell("plumbline sniff"), 2, "err", "FILE")
end)

test("standard input", function()
  expect(shell("plumbline sniff - < plain.csv"), 0, "out", "standard input", 'source "records"')
  expect(shell("cat plain.csv | plumbline sniff -"), 0, "out", 'source "records"', "lead_id")
end)

run.finish()
