-- `plumbline test`, views of the workspace's own, and audit.lua's judge, as a rule
-- author meets them.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/rules_test.lua [word]
local cjson = require "cjson"
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local read, capture, test, program, scratch = runner.read, runner.capture, runner.test, runner.program, runner.scratch
assert(os.execute(("mkdir %s/tmp && '%s' init -q --demo %s/demo"):format(scratch, program, scratch)))

local function write(path, text) runner.write(scratch .. "/" .. path, text) end

local function shell(line)
  local script = ("plumbline() { '%s' \"$@\"; }\ncd %s\n%s\n"):format(program, scratch, line)
  write(".script", script)
  local _, kind, code = os.execute(("env TMPDIR=%s/tmp TERM=dumb sh %s/.script >%s/.out 2>%s/.err </dev/null")
    :format(scratch, scratch, scratch, scratch))
  return { code = kind == "exit" and code or 128 + code, out = read(scratch .. "/.out"), err = read(scratch .. "/.err") }
end

local function expect(got, code, ...)
  local shown = ("exit %d\nout: %s\nerr: %s"):format(got.code, got.out:sub(1, 1500), got.err:sub(1, 1500))
  if got.code ~= code then error(("expected exit %d, got %s"):format(code, shown), 2) end
  for _, text in ipairs { ... } do
    if not (got.out .. got.err):find(text, 1, true) then error(("expected %q\n%s"):format(text, shown), 2) end
  end
end

-- ---- a small workspace ------------------------------------------------------------------

local base = {
  ["audit.lua"] = [[
audit "Small company" { as_of = "2024-06-30", currency = "EUR" }
source "leads" { "exports/leads.csv", key = "lead_id", time = "seen",
  columns = { mail = clean("Mail", "email") } }
deals { "exports/deals.csv", key = "deal_id", closed = "closed", amount = "amount",
  numbers = "1.234,56", delimiter = ";",
  status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() } }
link { "leads", "deals", "lead_id" }
]],
  ["rules/marketing.lua"] = [[
department "Marketing"
metric "searches" { trace = from "leads" :where { channel = "search" } :to "deals" }
metric "fairs" { trace = from "leads" :where { channel = "fair" } :to "deals" }
metric "fame" { title = "Fame" }
]],
  ["rules/sales.lua"] = [[
department "Sales"
metric "mails" { trace = from "leads" :where { channel = "mail" } :to "deals" }
metric "fame" { title = "Fame in Sales" }
]],
  ["exports/leads.csv"] = "lead_id,seen,channel,Mail\nL1,2024-01-05,search,a@b.example\n",
  ["exports/deals.csv"] = "deal_id;lead_id;stage;closed;amount\nD1;L1;won;2024-03-01;100,00\n",
}

local made = 0
local function workspace(files)
  made = made + 1
  local dir = "w" .. made
  for path, text in pairs(base) do
    if files[path] == nil then write(dir .. "/" .. path, text) end
  end
  for path, text in pairs(files) do
    if text then write(dir .. "/" .. path, text) end
  end
  return dir
end

-- One lead that a search brought, and its won deal; `expect` is the test's.
local function one(name, expectation, more)
  return ([[
test "%s" { metric = "searches", %s
  rows = { leads = { { lead_id = "A", seen = "2024-01-02", channel = "search" } },
    deals = { { deal_id = "D", lead_id = "A", stage = "won", closed = "2024-02-02", amount = 1234.5 } } },
  expect = { %s },
}
]]):format(name, more or "", expectation)
end

local function tested(text, line)
  return shell("plumbline test " .. workspace { ["rules/marketing_test.lua"] = text } .. " " .. (line or ""))
end

-- ---- plumbline test ------------------------------------------------------------------------

test("test: what is true passes, every field", function()
  -- 1234.5 is written as the source writes numbers, 1234,5
  expect(tested(one("a", 'verdict = "linked", code = false, breaks = false, flagged = false, standard = "linked", ' ..
    'won = 1, lost = 0, open = 0, amount = "1234.50", origins = 1')), 0, "1 passed, 0 failed")
end)

-- Each alone, so that each field is seen to be compared.
local wrong = {
  { 'verdict = "unlinked"', "verdict  expected unlinked, got linked" },
  { 'code = "PL103"', "code     expected PL103, got none" },
  { "code = 103", "code     expected PL103, got none" },
  { "breaks = 1", "breaks   expected 1, got no" },
  { "flagged = true", "flagged  expected true, got false" },
  { 'standard = "unlinked"', "standard expected unlinked, got linked" },
  { "won = 2", "won      expected 2, got 1" },
  { "lost = 2", "lost     expected 2, got 0" },
  { "open = 2", "open     expected 2, got 0" },
  { 'amount = "1234.51"', "amount   expected 1234.51, got 1234.50" },
  { "origins = 2", "origins  expected 2, got 1" },
  { 'text = "x"', "text     expected x, got none" },
  { 'message = "x"', "message  expected x, got none" },
}
for _, case in ipairs(wrong) do
  test("test: a difference is shown with its place: " .. case[1], function()
    expect(tested("\n\n" .. one("a", case[1])), 1, "FAILED  a  rules/marketing_test.lua:3", case[2], "0 passed, 1 failed")
  end)
end

test("test: several differences are all shown, and what was found", function()
  expect(tested(one("a", 'verdict = "unlinked", won = 0')), 1, "expected unlinked", "expected 0", "found")
end)

test("test: test files are no rule files", function()
  local dir = workspace { ["rules/marketing_test.lua"] = one("a", "won = 1") }
  expect(shell("plumbline check " .. dir), 0, "2 rule files, 5 metrics")
end)

test("test: the workspace and its exports are not touched, and nothing is left behind", function()
  local dir = workspace { ["rules/marketing_test.lua"] = one("a", "won = 1") .. one("b", "won = 2") }
  local before = capture(("cd %s/%s && find . -type f -exec sha256sum {} + | sort"):format(scratch, dir))
  expect(shell("plumbline test " .. dir), 1)
  assert(capture(("cd %s/%s && find . -type f -exec sha256sum {} + | sort"):format(scratch, dir)) == before)
  assert(capture("ls -A " .. scratch .. "/tmp") == "", "rows were left in TMPDIR")
end)

test("test: the exports need not be there", function()
  local dir = workspace { ["rules/marketing_test.lua"] = one("a", "won = 1"), ["exports/leads.csv"] = false,
    ["exports/deals.csv"] = false }
  expect(shell("plumbline test " .. dir), 0, "1 passed")
end)

test("test: todo is run, told, and does not fail; one that passes is pointed out", function()
  expect(tested(one("a", "won = 2", 'todo = "wait for May",')), 0, "todo    a", "wait for May", "0 passed, 0 failed, 1 todo")
  expect(tested(one("a", "won = 1", 'todo = "wait for May",')), 0, "PASSES  a", "take the mark away")
end)

test("test: as_of and cycle stand in for the audit's", function()
  -- on 31 January the deal of February is still open
  expect(tested(one("a", "won = 1", 'as_of = "2024-02-03",')), 0)
  expect(tested(one("a", 'verdict = "linked"', 'as_of = "2024-01-31",')), 1, "no won deal")
  local rows = [[rows = { leads = { { lead_id = "A", seen = "2024-06-20", channel = "search" } },
    deals = { { deal_id = "D", lead_id = "B", stage = "won", closed = "2024-02-02" } } }, ]]
  local young = 'test "y" { metric = "searches", ' .. rows
  expect(tested(young .. 'cycle = "30d", expect = { verdict = "too_early", code = "PL107" } }'), 0)
  expect(tested(young .. 'expect = { verdict = "unlinked", code = "PL103", breaks = 1 } }'), 0)
end)

test("test: metrics with a trace and without a test are listed", function()
  local got = tested(one("a", "won = 1"))
  expect(got, 0, "no test for:", "Marketing/fairs  rules/marketing.lua:3", "Sales/mails")
  assert(not got.out:find("fame", 1, true) and not got.out:find("searches", 1, true), got.out)
end)

test("test: --department, --name and files choose", function()
  local dir = workspace { ["rules/marketing_test.lua"] = one("first", "won = 1") .. one("second", "won = 1"),
    ["rules/sales_test.lua"] = 'test "third" { metric = "mails", rows = { deals = {} }, expect = { won = 1 } }' }
  expect(shell("plumbline test " .. dir .. " --department Marketing"), 0, "2 passed, 0 failed")
  expect(shell("plumbline test " .. dir .. " --department Sales"), 1, "0 passed, 1 failed")
  expect(shell("plumbline test " .. dir .. " --department Sale"), 2, 'no department "Sale"', 'did you mean "Sales"?')
  expect(shell("plumbline test " .. dir .. " --name sec"), 0, "1 passed, 0 failed")
  expect(shell("plumbline test " .. dir .. " --name nothing"), 2, 'no test has "nothing" in its name')
  expect(shell(("plumbline test %s %s/rules/sales_test.lua"):format(dir, dir)), 1, "0 passed, 1 failed")
  expect(shell(("cd %s && plumbline test rules/marketing_test.lua"):format(dir)), 0, "2 passed, 0 failed")
  expect(shell(("plumbline test %s %s/rules/sales.lua"):format(dir, dir)), 2, "is not a test of this workspace")
  expect(shell(("plumbline test %s %s/rules/none_test.lua"):format(dir, dir)), 2, "cannot open")
end)

test("test: a workspace without tests says how one looks", function()
  expect(shell("plumbline test " .. workspace {}), 2, "there are no tests", "_test.lua")
end)

-- Mistakes in a test: the file's line, what is wrong and how to mend it.
local mistakes = {
  { one("a", "won = 1"):gsub("channel =", "chanel ="), 'export of "leads" has no column "chanel"', 'did you mean "channel"?' },
  { one("a", "won = 1"):gsub("leads = {", "leeds = {"), 'no source "leeds"', 'did you mean "leads"?' },
  { one("a", "won = 1"):gsub("channel =", "mail ="), "is computed", "audit.lua:3" },
  { one("a", "won = 1"):gsub("searches", "serches"), 'no metric "serches"', 'did you mean "searches"?' },
  { one("a", "won = 1"):gsub("searches", "fame"), "several departments", "Marketing/fame, Sales/fame" },
  { one("a", "won = 1"):gsub('"2024%-02%-02"', '"yesterday"'), "row 1 of deals", "yesterday" },
  { one("a", "wons = 1"), 'has no field "wons"', 'did you mean "won"?' },
  { one("a", 'verdict = "linkd"'), "must be one of", 'did you mean "linked"?' },
  { one("a", 'code = "103"'), 'a code such as "PL103"' },
  { one("a", 'won = "1"'), "a whole number from 0 on" },
  { one("a", ""), "is empty" },
  { one("a", "won = 1") .. one("a", "won = 1"), "declared twice, first on line 1" },
  { 'test "a" { expect = { won = 1 } }', "names no metric" },
  { 'test "a" { metric = "searches" }', "expects nothing" },
  { 'test "a"', "named but has no { … }" },
  { "metric 'x' {}", "metric belongs in a rule file" },
  { "local x = = 1", "unexpected symbol" },
  { "os.execute 'ls'", "rules cannot reach the system" },
}
for _, case in ipairs(mistakes) do
  test("test: a mistake: " .. case[2], function()
    expect(tested(case[1]), 1, "rules/marketing_test.lua:", case[2], case[3], "1 failed")
  end)
end

test("test: a broken test file fails alone", function()
  local dir = workspace { ["rules/marketing_test.lua"] = "nonsense", ["rules/sales_test.lua"] = one("a", "won = 1") }
  expect(shell("plumbline test " .. dir), 1, "rules/marketing_test.lua:1", "1 passed, 1 failed")
end)

test("test: a broken audit.lua is exit 2", function()
  local dir = workspace { ["audit.lua"] = "audit", ["rules/sales_test.lua"] = one("a", "won = 1") }
  expect(shell("plumbline test " .. dir), 2, "audit.lua:1")
end)

test("test: TAP", function()
  local got = tested(one("a # b", "won = 1") .. one("c", "won = 2") .. one("d", "won = 3", 'todo = "later",'), "--format tap")
  expect(got, 1, "TAP version 14\n1..3\nok 1 - a \\# b\nnot ok 2 - c\n", 'expected: "2"', 'got: "1"',
    "not ok 3 - d # TODO later", "# no test for Sales/mails", 'at: "rules/marketing_test.lua:6"')
end)

test("test: JUnit, and by the ending of -o", function()
  local got = tested(one("a < b", "won = 1") .. one("c", "won = 2") .. one("d", "won = 3", 'todo = "later",'), "--format junit")
  expect(got, 1, '<testsuite name="rules/marketing_test.lua" tests="3" failures="1" skipped="1">', 'name="a &lt; b"',
    '<failure message="won: expected 2, got 1">rules/marketing_test.lua:6</failure>', '<skipped message="later"/>')
  write("junit.xml", got.out)
  assert(os.execute(("python3 -c 'import xml.dom.minidom as m; m.parse(\"%s/junit.xml\")'"):format(scratch)))
  local dir = workspace { ["rules/marketing_test.lua"] = one("a", "won = 1") }
  expect(shell("plumbline test -o out.xml " .. dir), 0)
  assert(read(scratch .. "/out.xml"):find("<testsuites", 1, true))
end)

test("test: JSON", function()
  local got = cjson.decode(tested(one("a", "won = 2"), "--json").out)
  assert(got.totals.failed == 1 and got.tests[1].outcome == "failed" and got.tests[1].line == 1)
  assert(got.tests[1].differs[1].field == "won" and got.tests[1].differs[1].expected == "2" and got.tests[1].differs[1].got == "1")
end)

test("test: the cookbook: all tests pass and every traced metric has one", function()
  local got = cjson.decode(shell("plumbline test demo --json").out)
  assert(got.totals.failed == 0, cjson.encode(got.totals))
  assert(#got.untested == 0, got.untested[1] and got.untested[1].metric)
  assert(got.totals.passed >= 33, "33 metrics of the cookbook have a trace")
end)

test("test: a cookbook rule that is changed makes its test fail", function()
  assert(os.execute(("cp -r %s/demo %s/changed && sed -i 's/gte(5)/gte(4)/' %s/changed/rules/marketing.lua"):format(scratch,
    scratch, scratch)))
  expect(shell("plumbline test changed --department Marketing"), 1, "five pages are enough", "origins  expected 1, got 2")
end)

-- ---- views ------------------------------------------------------------------------------------

local slack = [[
view "slack" { title = "A message", render = function(result, options)
  local out = {}
  for _, f in ipairs(result.findings) do out[#out + 1] = f.id .. "=" .. f.verdict end
  return table.concat(out, "\n") .. "\n" .. options.width .. "\n"
end }
]]

test("view: draws the result to the terminal and to a file", function()
  local dir = workspace { ["views/slack.lua"] = slack }
  expect(shell("plumbline audit -q --format slack " .. dir), 0, "Marketing/searches=linked\nMarketing/fairs=unlinked\n")
  expect(shell("plumbline audit --format slack -o out.slack " .. dir), 0, "wrote out.slack")
  assert(read(scratch .. "/out.slack"):find("Sales/mails=unlinked\n", 1, true))
end)

test("view: built-in views are written against the same interface: they run as a user's, byte for byte", function()
  write("demo/views/mine.lua", 'for _, n in ipairs { "terminal", "markdown", "csv", "json" } do\n' ..
    'view("my-" .. n) { render = require("plumbline.views." .. n) } end')
  for _, name in ipairs { "terminal", "markdown", "csv", "json" } do
    local a = shell("plumbline audit -q demo --format " .. name)
    local b = shell("plumbline audit -q demo --format my-" .. name)
    assert(a.out == b.out and #a.out > 100, name .. " differs: " .. b.err)
  end
end)

test("view: plumbline.keys, is_list and json", function()
  local dir = workspace { ["views/v.lua"] = [[
view "v" { render = function(result)
  return table.concat(plumbline.keys(result.totals), ",") .. "\n" .. tostring(plumbline.is_list(result.notes)) ..
    tostring(plumbline.is_list(result.totals)) .. plumbline.json { b = 'q"\n', a = { 1, 2.5, true } }
end }]] }
  local got = shell("plumbline audit -q --format v " .. dir)
  local report = read(scratch .. "/" .. dir .. "/report/report.json")
  local keys = {}
  for key in report:match('"totals": {(.-)}'):gmatch('"([%w_]+)":') do keys[#keys + 1] = key end
  expect(got, 0, table.concat(keys, ",") .. "\ntruefalse")
  local json = cjson.decode(got.out:match("truefalse(.*)$"))
  assert(json.b == 'q"\n' and json.a[1] == 1 and json.a[2] == 2.5 and json.a[3] == true)
end)

local bad_views = {
  { 'view "v" { render = function(r) return r.x.y end }', 5, "views/v.lua:1", "attempt to index a nil value" },
  { 'view "v" { render = function() return 5 end }', 5, "views/v.lua:1", "render gave a number, not a text" },
  { 'view "v" { render = function() return "\\xff" end }', 5, "views/v.lua:1", "not UTF-8" },
  { 'view "v" { render = function() return io.open("x") end }', 5, "views/v.lua:1", "rules cannot touch files" },
  { 'view "v" {}', 2, "views/v.lua:1", "has no render" },
  { 'view "v" { rendr = print }', 2, 'has no field "rendr"', 'did you mean "render"?' },
  { 'view "vv" { render = function() return "" end }', 2, 'there is no view "v"' },
  { 'view "V" { render = function() return "" end }', 2, "cannot be a view's name" },
  { 'view "json" { render = function() return "" end }', 2, "is a view that is built in" },
  { "x = = 1", 2, "views/v.lua:1", "unexpected symbol" },
}
for _, case in ipairs(bad_views) do
  test("view: a mistake: " .. case[1], function()
    local dir = workspace { ["views/v.lua"] = case[1] }
    expect(shell("plumbline audit -q --format v " .. dir), case[2], case[3], case[4])
  end)
end

test("view: two files with one view", function()
  local v = 'view "v" { render = function() return "" end }'
  local dir = workspace { ["views/a.lua"] = v, ["views/b.lua"] = v }
  expect(shell("plumbline audit -q --format v " .. dir), 2, "views/b.lua", "declared in views/a.lua too")
end)

test("view: an unknown name costs no run; the nearest is named", function()
  local dir = workspace { ["views/slack.lua"] = slack }
  expect(shell("plumbline audit --format slak " .. dir), 2, 'there is no view "slak"', "did you mean slack?")
  assert(not read(scratch .. "/" .. dir .. "/report/report.json"))
end)

-- ---- audit.lua's own judge ------------------------------------------------------------------------

local function judged(audit_judge, metric_judge)
  return workspace { ["audit.lua"] = (base["audit.lua"]:gsub('currency = "EUR"', 'currency = "EUR", judge = ' .. audit_judge)),
    ["rules/marketing.lua"] = metric_judge and (base["rules/marketing.lua"]:gsub('channel = "search" } :to "deals"',
      '%0, judge = ' .. metric_judge)) or base["rules/marketing.lua"] }
end

local function verdict(dir, id)
  for _, finding in ipairs(cjson.decode(shell("plumbline audit -q --json " .. dir).out).findings) do
    if finding.id == id then return finding end
  end
end

test("judge: of audit.lua, for metrics without their own", function()
  local strict = [[function(e) if e.deals.won.reached.deals == 1 then return "unlinked", "one is no proof" end end]]
  local found = verdict(judged(strict), "Marketing/searches")
  assert(found.verdict == "unlinked" and found.standard.verdict == "linked" and found.judge.text == "one is no proof")
  found = verdict(judged(strict, 'function() return nil, "mine" end'), "Marketing/searches")
  assert(found.verdict == "linked" and found.judge.text == "mine")
end)

test("judge: of audit.lua, when it fails, points into audit.lua", function()
  local found = verdict(judged "function(e) return e.x.y end", "Marketing/searches")
  assert(found.verdict == "error" and found.error.file == "audit.lua" and found.error.line == 1, cjson.encode(found.error))
end)

runner.finish()
