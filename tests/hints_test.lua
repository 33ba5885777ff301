-- What an audit tells the person who runs it: the lines that errors propose, pasted
-- where they say, and then it runs; the notes beside what was a matter of judgement;
-- options that stand where they say nothing.
-- luacheck: no max line length
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local test, expect, refuse = run.test, run.expect, run.refuse

local made = 0
-- A folder with audit.lua (its head is given), a rule file and exports.
local function workspace(audit, rules, files, head)
  made = made + 1
  local dir = ("%s/w%d"):format(run.scratch, made)
  run.write(dir .. "/audit.lua", ('audit "A" { as_of = "2024-12-31", rules = "rules/*.lua"%s }\n'):format(head or "") .. audit)
  run.write(dir .. "/rules/m.lua", 'department "M"\n' .. rules)
  run.files(dir, files)
  return dir
end

-- `word` stands for what is pasted, in the source that is called `into`.
local function paste(dir, into, words)
  local text = run.read(dir .. "/audit.lua")
  local _, at = text:find(into, 1, true)
  local close = assert(text:find("}\n", assert(at, into), true))
  run.write(dir .. "/audit.lua", text:sub(1, close - 1) .. ", " .. words .. " " .. text:sub(close))
end

local function findings(dir, options)
  local got = run.plumbline(dir, "audit -q " .. (options or ""))
  if got.code ~= 0 then error(run.show(got)) end
  return run.report(dir .. "/report/report.json")
end

local function has_note(notes, part)
  for _, note in ipairs(notes) do
    if note.text:find(part, 1, true) then return note.text end
  end
end

local DEALS = 'deals { "deals.csv", key = "id", closed = "closed", amount = "amount", status = constant "won" }\n'
local ONE_DEAL = "id,lead,closed,amount\nd1,l1,2024-05-01,5\n"

-- ---- all open columns of a source in one line -----------------------------------------------

local OPEN = "id,spent,cost,reach,d1,d2\n" .. 'l1,"1,234","2,345","3,456",03/04/2024,05/06/2024\n'
local OPEN_RULES = 'metric "a" { trace = from "leads" :where { spent = gt(1) } :to("deals", { id = "lead" }) }\n'
  .. 'metric "b" { trace = from "leads" :where { cost = gt(1) } :to("deals", { id = "lead" }) }\n'
  .. 'metric "c" { trace = from "leads" :where { reach = gt(1) } :to("deals", { id = "lead" }) }\n'
  .. 'metric "d" { trace = from "leads" :where { d1 = gt("2024-03-31") } :to("deals", { id = "lead" }) }\n'
  .. 'metric "e" { trace = from "leads" :where { d2 = gt("2024-05-31") } :to("deals", { id = "lead" }) }\n'
local LEADS = 'source "leads" { "leads.csv", key = "id" }\n'

test("three columns of numbers that read in two ways: one line settles all of them", function()
  local dir = workspace(LEADS .. DEALS, OPEN_RULES, { ["leads.csv"] = OPEN, ["deals.csv"] = ONE_DEAL })
  local got = run.plumbline(dir, "check")
  local line = 'numbers = { ["spent"] = "1,234.56", ["cost"] = "1,234.56", ["reach"] = "1,234.56" }'
  expect(got, 2, "err", 'column "spent" of "leads"', 'column "cost" of "leads"', 'column "reach" of "leads"', line)
  local _, count = got.err:gsub("numbers = { %[\"spent\"%]", "")
  assert(count == 3, "the whole line in each of three errors, not in " .. count)
  paste(dir, LEADS:match '^[^{]*', line)
  got = run.plumbline(dir, "check")
  refuse(got, "err", "numbers =")
  -- then the two columns of dates, which have no role: month first, so that 2024-03-04
  -- is not after 2024-03-31, and 2024-05-06 not after 2024-05-31
  local formats = 'formats = { ["d1"] = "%m/%d/%Y", ["d2"] = "%m/%d/%Y" }'
  expect(got, 2, "err", formats, 'formats = { ["d1"] = "%d/%m/%Y", ["d2"] = "%d/%m/%Y" }')
  paste(dir, LEADS:match '^[^{]*', formats)
  local found = findings(dir)
  for name, reached in pairs { a = 1, b = 1, c = 1, d = 0, e = 0 } do
    local deals = found["M/" .. name].evidence.deals.won.reached.deals
    assert(deals == reached, ("%s reached %d deals, expected %d"):format(name, deals, reached))
  end
end)

test("columns that audit.lua declares already stand in the line", function()
  local dir = workspace('source "leads" { "leads.csv", key = "id", numbers = { cost = "plain" }, formats = { d1 = { "%d/%m/%Y", timezone = "Asia/Tokyo" } } }\n' .. DEALS,
    OPEN_RULES, { ["leads.csv"] = OPEN:gsub('"2,345"', "2345"), ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 2, "err",
    'numbers = { ["cost"] = "plain", ["spent"] = "1,234.56", ["reach"] = "1,234.56" }, or "1.234,56" for "spent"',
    'formats = { ["d1"] = { "%d/%m/%Y", timezone = "Asia/Tokyo" }, ["d2"] = "%m/%d/%Y" }')
end)

test("the line for a time with a timezone keeps the timezone", function()
  local dir = workspace('source "leads" { "leads.csv", key = "id", time = { "d1", timezone = "Asia/Tokyo" } }\n' .. DEALS,
    'metric "a" { trace = from "leads" :to("deals", { id = "lead" }) }\n', { ["leads.csv"] = OPEN, ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 2, "err", 'time = { "d1", format = "%m/%d/%Y", timezone = "Asia/Tokyo" }')
end)

test("sniff: a line for all open columns, beside those that are known", function()
  local dir = workspace(DEALS, "", { ["deals.csv"] = ONE_DEAL, ["leads.csv"] = "id,a,b,n\n1,\"1,234\",\"1,235\",\"1,234.50\"\n2,\"1,236\",\"1,237\",\"1,234.50\"\n" })
  expect(run.plumbline(dir, "sniff leads.csv"), 0, "out",
    'numbers = { a = "1,234.56", b = "1,234.56", n = "1,234.56" }',
    'numbers = { a = "1.234,56", b = "1.234,56", n = "1,234.56" }')
end)

-- ---- what a profile says of dates ---------------------------------------------------------------

local ADS = "Start Date (in UTC),Campaign Name,Total Spent\n03/04/2024,x,5\n05/06/2024,x,7\n"
local ADS_SOURCE = 'source "ads" { "ads.csv", profile = "linkedin_ads_campaigns" }\n'
local ADS_RULES = 'metric "a" { trace = from "ads" :to("deals", { ["Campaign Name"] = "lead" }) }\n'
local ADS_DEALS = "id,lead,closed,amount\nd1,x,2024-03-20,5\n"

test("dates whose order is a profile's word: sniff and the report say whose", function()
  local dir = workspace(ADS_SOURCE .. DEALS, ADS_RULES, { ["ads.csv"] = ADS, ["deals.csv"] = ADS_DEALS })
  local sniffed = run.plumbline(dir, "sniff ads.csv")
  local out = sniffed.out:gsub("%s+", " ")
  assert(out:find('the profile linkedin_ads_campaigns settles it: format = "%m/%d/%Y"; if that is wrong, write formats = { ["Start Date (in UTC)"] = "%d/%m/%Y" }', 1, true), run.show(sniffed))
  assert(not out:find('formats = { ["Start Date (in UTC)"] = "%m/%d/%Y" }', 1, true), "the profile's own order is no choice")
  expect(run.plumbline(dir, "check"), 0, "out", "all sound")
  local found, report = findings(dir)
  local note = assert(has_note(report.notes, "linkedin_ads_campaigns says so"), "a note expected")
  assert(note:find('"03/04/2024" in column "Start Date (in UTC)" of ads was read as 2024-03-04 (format = "%m/%d/%Y")', 1, true), note)
  -- the fourth of March is before the deal of the 20th
  assert(found["M/a"].evidence.deals.won.reached.deals == 1)
  -- and the line that both propose works beside the profile: now it is the third of April
  paste(dir, 'source "ads" {', 'formats = { ["Start Date (in UTC)"] = "%d/%m/%Y" }')
  found, report = findings(dir)
  assert(found["M/a"].evidence.deals.won.reached.deals == 0, "the third of April is after the deal")
  assert(not has_note(report.notes, "linkedin_ads_campaigns"), "audit.lua says it, not the profile")
end)

test("values that read in one order only need no note", function()
  local dir = workspace(ADS_SOURCE .. DEALS, ADS_RULES, { ["ads.csv"] = ADS:gsub("05/06", "05/26"), ["deals.csv"] = ADS_DEALS })
  local _, report = findings(dir)
  assert(not has_note(report.notes, "linkedin_ads_campaigns"))
end)

local OUR = 'profile "ours" { title = "Ours", columns = { "id", "day", "other", "n", "m" }, required = { "id" },\n'
  .. '  formats = { day = "%d/%m/%Y", other = "%d.%m.%Y" }, numbers = { n = "1.234,56" } }\n'
test("what audit.lua says of one column leaves the profile's others", function()
  -- id 1 has the fourth of March and a thousand; the profile's n is not the m of audit.lua
  -- (a profile's `numbers` must name required columns)
  local dir = workspace('source "t" { "t.csv", profile = "ours", formats = { other = "%m.%d.%Y" }, numbers = { m = "1,234.56" } }\n' .. DEALS,
    'metric "day" { trace = from "t" :where { day = lt("2024-03-31") } :to("deals", { id = "lead" }) }\n'
    .. 'metric "other" { trace = from "t" :where { other = lt("2024-03-31") } :to("deals", { id = "lead" }) }\n'
    .. 'metric "n" { trace = from "t" :where { n = gt(1000) } :to("deals", { id = "lead" }) }\n'
    .. 'metric "m" { trace = from "t" :where { m = gt(1000) } :to("deals", { id = "lead" }) }\n',
    { ["t.csv"] = 'id,day,other,n,m\nl1,04/03/2024,03.04.2024,1.234,"1,234"\n', ["deals.csv"] = ONE_DEAL,
      ["profiles/ours.lua"] = OUR:gsub('required = { "id" }', 'required = { "id", "n" }') })
  local found = findings(dir)
  for _, name in ipairs { "day", "other", "n", "m" } do
    assert(found["M/" .. name].evidence.deals.won.reached.deals == 1, name)
  end
end)

-- ---- fields that stand outside of any braces -----------------------------------------------------

local PLAIN_RULES = 'metric "a" { trace = from "deals" }\n'

for name, case in pairs {
  ["a field of a source"] = { 'encoding = "utf-16"', 'audit.lua:2:1: "encoding" is set outside of any { … }, where it says nothing', 'write it inside source "…" { … }; a variable of your own is local encoding = …' },
  ["a field of the audit"] = { 'currency = "EUR"', '"currency" is set outside', 'write it inside audit "…" { … }' },
  ["a field of the deals"] = { 'closed = "x"', '"closed" is set outside', "write it inside deals { … }" },
  ["by way of _G"] = { '_G.numbers = "plain"', '"numbers" is set outside' },
  ["as a function"] = { "function within() end", '"within" is set outside' },
  ["a word of plumbline"] = { 'deals = { "deals.csv" }', '"deals" is a word of plumbline and cannot be set' },
} do
  test("audit.lua: " .. name, function()
    local dir = workspace(case[1] .. "\n" .. DEALS, PLAIN_RULES, { ["deals.csv"] = ONE_DEAL })
    expect(run.plumbline(dir, "check"), 2, "err", table.unpack(case, 2))
  end)
end

for name, case in pairs {
  ["a field of a metric"] = { 'title = "Leads"', 'rules/m.lua:3:1: "title" is set outside of any { … }, where it says nothing', 'write it inside metric "…" { … }; a variable of your own is local title = …' },
  ["a field of a source"] = { "header = 3", '"header" is set outside', 'write it inside source "…" { … }' },
  ["a word of plumbline"] = { "metric = 4", '"metric" is a word of plumbline and cannot be set' },
  ["a word for conditions"] = { "list = {}", '"list" is a word of plumbline' },
} do
  test("a rule file: " .. name, function()
    local dir = workspace(DEALS, PLAIN_RULES .. case[1] .. "\n", { ["deals.csv"] = ONE_DEAL })
    expect(run.plumbline(dir, "check"), 2, "err", table.unpack(case, 2))
  end)
end

test("variables of one's own, local or global, are fine", function()
  local dir = workspace('local key = "id"\nfolder = "."\nfunction path(name) return folder .. "/" .. name end\n'
    .. DEALS:gsub('"deals.csv", key = "id"', 'path "deals.csv", key = key'),
    'local title = "T"\nhelper = "deals"\nmetric "a" { title = title, trace = from(helper) }\n', { ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 0, "out", "all sound")
end)

test("a profile: a field outside of its braces", function()
  local dir = workspace('source "t" { "t.csv", profile = "ours" }\n' .. DEALS, PLAIN_RULES,
    { ["t.csv"] = "id\n1\n", ["deals.csv"] = ONE_DEAL, ["profiles/ours.lua"] = 'encoding = "utf-8"\nprofile "ours" { title = "T", columns = { "id" }, required = { "id" } }\n' })
  expect(run.plumbline(dir, "check"), 2, "err", 'profiles/ours.lua:1', '"encoding" is set outside of profile "…" { … }')
end)

-- ---- what check leaves to the audit ------------------------------------------------------------------

test("check says what it did not look at", function()
  local rows = { "id,lead,closed,amount" }
  for i = 1, 5000 do rows[#rows + 1] = ('d%d,l1,03/04/2024,"1,234"'):format(i) end
  local dir = workspace(DEALS, PLAIN_RULES, { ["deals.csv"] = table.concat(rows, "\n") .. "\n" })
  local got = run.plumbline(dir, "check")
  expect(got, 0, "err", "`plumbline audit` looks further: at statuses, repeated keys and single values, and behind the first 64 KiB of deals.csv\n",
    'how "closed" of deals is written is not settled', 'how "amount" of deals is written is not settled')
  assert(run.plumbline(dir, "check -q").err == "")
  -- a file that was looked at whole has nothing behind
  run.write(dir .. "/deals.csv", ONE_DEAL)
  got = run.plumbline(dir, "check")
  assert(got.err == "`plumbline audit` looks further: at statuses, repeated keys and single values\n", run.show(got))
end)

-- ---- notes about times ---------------------------------------------------------------------------------

local BOTH = 'deals { "deals.csv", key = "id", closed = "closed", created = "%s", amount = "amount", status = constant "won" }\n'
local TIMES = "id,lead,made,closed,amount\nd1,l1,2024-05-01,2024-05-01,5\nd2,l2,%s,2024-06-01,5\n"

test("deals that are created and closed at once", function()
  local dir = workspace(BOTH:format "made", PLAIN_RULES, { ["deals.csv"] = TIMES:format "2024-06-01" })
  local _, report = findings(dir)
  assert(has_note(report.notes, "created and closed are the same in all 2 deals that have ended: no deal takes any time"))
  run.write(dir .. "/deals.csv", TIMES:format "2024-05-31")
  _, report = findings(dir)
  assert(not has_note(report.notes, "created and closed"), "one deal takes a day")
end)

test("one column as both created and closed", function()
  local dir = workspace(BOTH:format "closed", PLAIN_RULES, { ["deals.csv"] = TIMES:format "2024-05-31" })
  local _, report = findings(dir)
  assert(has_note(report.notes, 'created and closed of deals are one column, "closed": no deal takes any time'))
end)

test("the audit's window where a source has no time", function()
  local rules = 'metric "a" { trace = from "leads" :to("deals", { id = "lead" }) }\n'
    .. 'metric "any" { before = "any", trace = from "dated" :to("deals", { id = "lead" }) }\n'
    .. 'metric "dated" { trace = from "dated" :to("deals", { id = "lead" }) }\n'
    .. 'metric "both" { trace = any { from "dated" :to("deals", { id = "lead" }), from "leads" :to("deals", { id = "lead" }) } }\n'
  local dir = workspace(LEADS .. 'source "dated" { "leads.csv", key = "id", time = "d" }\n' .. DEALS, rules,
    { ["leads.csv"] = "id,d\nl1,2024-04-30\n", ["deals.csv"] = ONE_DEAL }, ', within = "180d"')
  local found = findings(dir)
  assert(has_note(found["M/a"].notes, 'was not checked: leads names no time column, so within = "180d" of the audit does not apply'))
  assert(has_note(found["M/any"].notes, 'the rule asks for any order, so within = "180d" of the audit does not apply'))
  assert(not has_note(found["M/dated"].notes, "within"))
  local both = found["M/both"].notes
  assert(has_note(both, 'within = "180d" of the audit does not apply') and has_note(both, "leads"))
end)

-- ---- a header that has moved --------------------------------------------------------------------------------

local PINNED = 'source "leads" { %s, key = "id", header = 2 }\n' .. DEALS
local PINNED_RULES = 'metric "a" { trace = from "leads" :to("deals", { id = "lead" }) }\n'
test("header = 2, and the title has grown by a line", function()
  local dir = workspace(PINNED:format '"leads.csv"', PINNED_RULES,
    { ["leads.csv"] = "Report\nAll of them\nid,name\nl1,x\n", ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 2, "err", '"leads" has no column "id" (leads.csv)',
    "header = 2 names line 2, which reads: All of them. The names are on line 3: write header = 3, or leave header out, and it is looked for")
  run.write(dir .. "/audit.lua", (run.read(dir .. "/audit.lua"):gsub("header = 2", "header = 3")))
  expect(run.plumbline(dir, "check"), 0, "out", "all sound")
end)

test("header = 2 in two files, and one has no title", function()
  local dir = workspace(PINNED:format '"a.csv", "b.csv"', PINNED_RULES,
    { ["a.csv"] = "Report\nid,name\nl1,x\n", ["b.csv"] = "id,name\nl2,y\nl3,z\n", ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 3, "err", 'the files of "leads" differ: a.csv has a column "id", b.csv has not',
    "header = 2 names line 2, which reads: l2, y. The names are on line 1: leave header out, and it is looked for in each file")
end)

test("a column that is nowhere is no matter of the header", function()
  local dir = workspace(PINNED:format '"leads.csv"', PINNED_RULES, { ["leads.csv"] = "Report\nno,name\nl1,x\n", ["deals.csv"] = ONE_DEAL })
  local got = run.plumbline(dir, "check")
  expect(got, 2, "err", '"leads" has no column "id"')
  refuse(got, "err", "header = 2 names")
end)

test("bytes in the header that are not UTF-8: which cell", function()
  local dir = workspace(DEALS, PLAIN_RULES, { ["deals.csv"] = "id,na\xffm\x81e,closed,amount\n1,x,2024-01-01,5\n" })
  expect(run.plumbline(dir, "check"), 3, "err", "the header cannot be read: cell 2: bytes that are not UTF-8")
end)

-- ---- months by name ---------------------------------------------------------------------------------------------

test("months in other languages than English", function()
  local dir = workspace(DEALS, PLAIN_RULES, { ["deals.csv"] = "id,lead,closed,amount\nd1,l1,14. März 2024,5\nd2,l2,2. Oktober 2024,7\n" })
  local _, report = findings(dir)
  assert(report.deals.won.deals == 2)
  expect(run.plumbline(dir, "sniff deals.csv"), 0, "out", "%d. %b %Y", "2024-03-14 to 2024-10-02")
end)

test("months in a language that is not known: which are", function()
  local dir = workspace(DEALS, PLAIN_RULES, { ["deals.csv"] = "id,lead,closed,amount\nd1,l1,14 marca 2024,5\nd2,l2,15 lipca 2024,7\n" })
  expect(run.plumbline(dir, "check"), 2, "err", '"14 marca 2024" in column "closed" of "deals" is not a date',
    "months are known by their names in English, Dutch, French, German, Italian, Portuguese and Spanish")
end)

-- ---- a row that may be a total ------------------------------------------------------------------------------------

local TOTAL = "id,lead,closed,amount\nd1,l1,2024-05-01,5\nd2,l2,2024-05-01,6\nTotal energies,,2024-05-01,11\n\nCopyright X Inc\n"
local MAY_BE = "deals.csv:4 was read as a record, but may be a total: Total energies,,2024-05-01,11. If it is one, say so in deals: "

test("a row that may be a total, above one that is skipped: both count", function()
  local dir = workspace(DEALS, PLAIN_RULES, { ["deals.csv"] = TOTAL })
  local _, report = findings(dir)
  assert(has_note(report.notes, MAY_BE .. "footer = 2; if not: footer = 1"))
  -- 5 + 6 without the total, and 11 more with it; the remark is no record in either
  for footer, sum in pairs { [2] = "11.00", [1] = "22.00" } do
    dir = workspace((DEALS:gsub("status", "footer = " .. footer .. ", %0")), PLAIN_RULES, { ["deals.csv"] = TOTAL })
    _, report = findings(dir)
    assert(report.deals.won.amount == sum, report.deals.won.amount)
    assert(not has_note(report.notes, "may be a total"))
  end
end)

test("where other files of the source have no such row: by what it says", function()
  local dir = workspace(DEALS:gsub('"deals.csv"', '"deals.csv", "more.csv"'), PLAIN_RULES,
    { ["deals.csv"] = TOTAL, ["more.csv"] = "id,lead,closed,amount\nd3,l1,2024-05-01,1\n" })
  local _, report = findings(dir)
  local where = 'where = { ["id"] = not_("Total energies") }'
  assert(has_note(report.notes, MAY_BE .. where))
  paste(dir, "deals {", where)
  _, report = findings(dir)
  assert(report.deals.won.amount == "12.00", report.deals.won.amount) -- 5 + 6 + 1
end)

-- ---- counts of one ---------------------------------------------------------------------------------------------

test("one metric is not one metrics", function()
  local dir = workspace(DEALS, 'metric "a" { trace = from "nobody" }\n', { ["deals.csv"] = ONE_DEAL })
  expect(run.plumbline(dir, "check"), 2, "err", "1 wrong; 1 metric in 1 rule file was looked at")
end)

run.finish()
