-- Amounts and dates as exports write them: the same workspace in every way of
-- writing gives the same sums and the same windows, and what fits two readings is
-- an error that shows both.
-- luacheck: no max line length
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local scratch, write = runner.scratch, runner.write

local function equal(what, got, expected)
  runner.check(what, got == expected, ("got      %s\n        expected %s"):format(got, expected))
end

local AUDIT = [[
audit "Values" { as_of = "2024-12-31", %s rules = "rules/*.lua" }
source "leads" { "leads.csv", key = "id", time = "seen" %s }
deals { "deals.csv", key = "id", closed = "closed", amount = "amount", status = constant "won" %s }
link { "leads", "deals", { id = "lead" } }
]]

-- Two leads within 30 days of their deal, one 31 days before it.
local RULES = [[
department "M"
metric "all"   { trace = from "leads" :to "deals" }
metric "month" { within = "30d", trace = from "leads" :to "deals" }
metric "large" { trace = from "leads" :where { spent = gt(1000) } :to "deals" }
]]

local function csv(rows)
  local out = {}
  for i = 1, #rows do
    local cells = {}
    for k = 1, #rows[i] do cells[k] = '"' .. rows[i][k] .. '"' end
    out[i] = table.concat(cells, ",")
  end
  return table.concat(out, "\n") .. "\n"
end

local runs = 0
-- `amounts`, `spent`: of three records; `seen`, `closed`: their days.
local function workspace(w)
  runs = runs + 1
  local dir = ("%s/v%d"):format(scratch, runs)
  os.execute(("mkdir -p %s/rules"):format(dir))
  local leads, deals = { { "id", "seen", "spent" } }, { { "id", "lead", "closed", "amount" } }
  for i = 1, #w.amounts do
    leads[i + 1] = { "l" .. i, w.seen[i], w.spent[i] }
    deals[i + 1] = { "d" .. i, "l" .. i, w.closed[i], w.amounts[i] }
  end
  write(dir .. "/leads.csv", csv(leads))
  write(dir .. "/deals.csv", csv(deals))
  write(dir .. "/rules/m.lua", RULES)
  write(dir .. "/audit.lua", AUDIT:format(w.audit or "", w.source or "", w.deals or ""))
  return dir
end

local PLAIN = {
  amounts = { "1234.5", "2000", "-10.25" },
  spent = { "999.5", "1500", "2500" },
  seen = { "2024-03-14", "2024-04-02", "2024-05-25" },
  closed = { "2024-04-13", "2024-05-03", "2024-06-01" }, -- 30, 31 and 7 days later
}

local function with(changes)
  local out = {}
  for key, value in pairs(PLAIN) do out[key] = value end
  for key, value in pairs(changes) do out[key] = value end
  return out
end

-- "all 3 3224.25 | month 2 1224.25 | large 2 1989.75": won deals reached, and their sum
local function outcome(dir)
  local ended = runner.plumbline(dir, "audit -q")
  if ended.code ~= 0 then return ("exit %d: %s"):format(ended.code, ended.err) end
  local found, out = runner.report(dir .. "/report/report.json"), {}
  for _, name in ipairs { "all", "month", "large" } do
    local reached = found["M/" .. name].evidence.deals.won.reached
    out[#out + 1] = ("%s %d %s"):format(name, reached.deals, reached.amount)
  end
  return table.concat(out, " | ")
end

-- 1234.50 + 2000.00 - 10.25; the first and the third within 30 days (1234.50 -
-- 10.25); the second and the third with more than 1000 spent (2000.00 - 10.25).
local expected = "all 3 3224.25 | month 2 1224.25 | large 2 1989.75"
equal("plain numbers and ISO dates", outcome(workspace(PLAIN)), expected)

for name, changes in pairs {
  ["1,234.50"] = { amounts = { "1,234.50", "2,000.00", "-10.25" }, spent = { "999.50", "1,500", "2,500.0" } },
  ["1.234,50"] = { amounts = { "1.234,50", "2.000", "-10,25" }, spent = { "999,5", "1.500", "2.500" } },
  ["1 234,50"] = { amounts = { "1 234,50", "2\u{A0}000", "-10,25" }, spent = { "999,5", "1\u{202F}500", "2\u{2009}500" } },
  ["1'234.50"] = { amounts = { "1'234.50", "2’000", "−10.25" }, spent = { "999.5", "1'500", "2’500" } },
  ["dollars"] = { amounts = { "$1,234.50", "$2,000.00", "($10.25)" }, spent = { "$999.50", "$1,500.00", "$2,500.00" } },
  ["euros behind"] = { amounts = { "1.234,50 €", "2.000,00 €", "-10,25 €" }, spent = { "999,50 €", "1.500,00 €", "2.500,00 €" } },
  ["codes"] = { amounts = { "EUR 1234.50", "EUR 2000.00", "EUR -10.25" }, audit = 'currency = "EUR",' },
  ["thousands"] = { amounts = { "$1.2345K", "$2K", "-$10.25" }, spent = { "0.9995K", "1.5K", "0.0025M" } },
  ["a dash for no decimals"] = { amounts = { "1.234,50", "2.000,-", "-10,25" }, spent = { "CHF 999.50", "CHF 1500.-", "CHF 2500.–" } },
  ["minus behind"] = { amounts = { "1234.5", "2000", "10.25-" } },
  ["declared"] = { amounts = { "1234,5", "2000", "-10,25" }, deals = ', numbers = "1.234,56"' },
  ["declared by column"] = { spent = { "1,000", "1,500", "2,500" }, source = ', numbers = { spent = "1,234.56" }' },
  ["US dates"] = { seen = { "3/14/2024", "4/2/2024", "5/25/2024" }, closed = { "04/13/2024", "05/03/2024", "06/01/2024" } },
  ["UK dates"] = { seen = { "14/03/2024", "02/04/2024", "25/05/2024" }, closed = { "13/04/2024", "03/05/2024", "01/06/2024" } },
  ["German dates"] = { seen = { "14.03.2024", "02.04.2024", "25.05.2024" }, closed = { "13.04.2024", "03.05.2024", "01.06.2024" } },
  ["dates with slashes, year first"] = { seen = { "2024/03/14", "2024/04/02", "2024/05/25" } },
  ["dates with dots, year first"] = { seen = { "2024.3.14", "2024.4.2", "2024.5.25" } },
  ["digits"] = { seen = { "20240314", "20240402", "20240525" }, closed = { "20240413", "20240503", "20240601" } },
  ["short years"] = { seen = { "3/14/24", "4/2/24", "5/25/24" }, closed = { "4/13/24", "5/3/24", "6/1/24" } },
  ["names of months"] = { seen = { "14 Mar, 2024", "2 Apr, 2024", "25 May, 2024" },
    closed = { "Apr 13, 2024", "May 03, 2024", "Jun 01, 2024" } },
  ["names with hyphens"] = { seen = { "14-Mar-2024", "2-Apr-2024", "25-May-2024" },
    closed = { "13 April 2024", "03 May 2024", "01 June 2024" } },
  ["names of months in German"] = { seen = { "14. März 2024", "2. April 2024", "25. Mai 2024" },
    closed = { "13-Apr-24", "03-Mai-24", "01-Jun-24" } },
  ["names of months in French"] = { seen = { "14 mars 2024", "2 avr. 2024", "25 MAI 2024" },
    closed = { "13 avril 2024", "3 mai 2024", "1 juin 2024" } },
  ["names of months in Spanish"] = { seen = { "14 mar 2024 09:30", "2 abr 2024 09:30", "25 may 2024 09:30" } },
  ["times of day"] = { seen = { "Mar 14, 2024 09:30 pm", "Apr 2, 2024 09:30 am", "May 25, 2024 12:00 am" } },
  ["serial days"] = { seen = { "45365", "45384", "45437.5" }, source = ', formats = { seen = "excel" }' },
} do
  equal(name, outcome(workspace(with(changes))), expected)
end

-- ---- errors, whole ---------------------------------------------------------------------
local function refusal(changes)
  local dir = workspace(with(changes))
  local ended = runner.plumbline(dir, "check")
  return ("%d\n%s"):format(ended.code, ended.err)
end

equal("amounts that read in two ways", refusal { amounts = { "1,234", "2,000", "10" } }, [[
2
deals.csv:2:24: column "amount" of "deals": "1,234" can be read as 1234 (numbers = "1,234.56") or as 1.234 (numbers = "1.234,56"); 1 other value reads both ways as well
    "d1","l1","2024-04-13","1,234"
                           ^
  say which, at audit.lua:3: numbers = "1,234.56" or numbers = "1.234,56"; for this column alone: numbers = { ["amount"] = "1,234.56" }
]])
equal("amounts of two styles", refusal { amounts = { "1,234.50", "2.000,00", "10" } }, [[
2
deals.csv:3:24: column "amount" of "deals": "1,234.50" (deals.csv:2) and "2.000,00" (deals.csv:3) are not written in one style of numbers
    "d2","l2","2024-05-03","2.000,00"
                           ^
  export the column in one style; or say at audit.lua:3 which one holds, and what is written otherwise is rejected: numbers = { ["amount"] = "1,234.56" }
]])
equal("amounts in two currencies", refusal { amounts = { "$5", "€7", "10" } }, [[
2
deals.csv:3:24: column "amount" of "deals": "$5" (deals.csv:2) and "€7" (deals.csv:3) are amounts in different currencies
    "d2","l2","2024-05-03","€7"
                           ^
  name the column that holds each deal's currency, at audit.lua:3: currency = "…"; what one is worth in another, audit says: rates = { … }
]])
equal("amounts in another currency than the audit", refusal { amounts = { "$5", "$7", "10" }, audit = 'currency = "EUR",' }, [[
2
audit.lua:3: the amounts in column "amount" of "deals" are written in $, and the audit's currency is EUR
    deals { "deals.csv", key = "id", closed = "closed", amount = "amount", status = constant "won"  }
  set currency of audit to that of the amounts; or say in deals which it is, currency = constant "…", and in audit what it is worth, rates = { … }
]])
equal("percents and none", refusal { amounts = { "12%", "7", "10" } }, [[
2
deals.csv:3:24: column "amount" of "deals": "12%" (deals.csv:2) and "7" (deals.csv:3) are with and without a percent sign
    "d2","l2","2024-05-03","7"
                           ^
  12% is read as 12: export the column with a percent sign throughout, or without any
]])
equal("dates that read in two ways", refusal { seen = { "03/04/2024", "05/06/2024", "" } }, [[
2
leads.csv:2:6: column "seen" of "leads": "03/04/2024" can be read as 2024-03-04 (format = "%m/%d/%Y") or as 2024-04-03 (format = "%d/%m/%Y"); 1 other value reads both ways as well
    "l1","03/04/2024","999.5"
         ^
  say which, at audit.lua:2: time = { "seen", format = "%m/%d/%Y" } or time = { "seen", format = "%d/%m/%Y" }
]])

-- ---- beyond the sample -------------------------------------------------------------------
-- Thousands of records that read in two ways, and one at the end that tells.
local function long(usual, last)
  local dir = workspace(PLAIN)
  local rows = { "id,seen,spent" }
  for i = 1, 5000 do rows[#rows + 1] = ("x%d,%s,%s"):format(i, usual[1], usual[2]) end
  rows[#rows + 1] = ("l1,%s,%s"):format(last[1], last[2])
  write(dir .. "/leads.csv", table.concat(rows, "\n") .. "\n")
  return dir
end
-- The last lead is 30 days before its deal, read as the 14th of March.
equal("the end of a column settles its dates",
  outcome(long({ "03/04/2024", "1" }, { "3/14/2024", "5" })), "all 1 1234.50 | month 1 1234.50 | large 0 0.00")
equal("the end of a column settles its numbers",
  outcome(long({ "2024-03-04", '"1,234"' }, { "2024-03-14", '"1,234.5"' })),
  "all 1 1234.50 | month 1 1234.50 | large 1 1234.50")
equal("a number with a comma behind thousands without",
  outcome(long({ "2024-03-04", "12.5" }, { "2024-03-14", '"1,234.5"' })),
  "all 1 1234.50 | month 1 1234.50 | large 1 1234.50")
do -- nothing tells: only the metric that compares the numbers is not audited
  local dir = long({ "2024-03-04", '"1,234"' }, { "2024-03-14", '"2,345"' })
  local ended = runner.plumbline(dir, "audit -q")
  local found = runner.report(dir .. "/report/report.json")
  equal("numbers of a rule that stay ambiguous: exit", ended.code, 4)
  equal("the others are audited", found["M/all"].verdict, "linked")
  runner.holds("and the error says why", found["M/large"].error.message,
    'column "spent" of "leads": "1,234" can be read as 1234 (numbers = "1,234.56") or as 1.234 '
    .. '(numbers = "1.234,56"); 5000 other values read both ways as well')
end

-- ---- files of one source that different tools wrote ------------------------------------------
-- The deals come from the files of `texts`; `more` is said of them in audit.lua.
local function files(texts, more)
  local dir = workspace(PLAIN)
  local names = {}
  for name, text in pairs(texts) do
    names[#names + 1] = ("%q"):format(name)
    write(dir .. "/" .. name, text)
  end
  table.sort(names)
  write(dir .. "/audit.lua", AUDIT:format("", "", more or "")
    :gsub('"deals%.csv"', "{ " .. table.concat(names, ", ") .. " }"))
  return dir
end

local function whole_refusal(dir)
  local ended = runner.plumbline(dir, "check")
  return ("%d\n%s"):format(ended.code, ended.err)
end

-- The first file alone reads as 1234 or 1.234, and the second says nothing about it.
equal("another tool's file proves no style of numbers", whole_refusal(files {
  ["de.csv"] = "id;lead;closed;amount\nd1;l1;2024-04-13;1.234\nd2;l2;2024-05-03;2.500\n",
  ["us.csv"] = 'id,lead,closed,amount\nd3,l3,2024-06-01,"1,234.56"\n',
}), [[
2
de.csv:2:18: column "amount" of "deals": "1.234" can be read as 1.234 (numbers = "plain") or as 1234 (numbers = "1.234,56"); 1 other value reads both ways as well
    d1;l1;2024-04-13;1.234
                     ^
  say which, at audit.lua:3: numbers = "plain" or numbers = "1.234,56"; for this column alone: numbers = { ["amount"] = "plain" }
]])
equal("nor a JSON file", whole_refusal(files {
  ["de.csv"] = "id;lead;closed;amount\nd1;l1;2024-04-13;1.234\nd2;l2;2024-05-03;2.500\n",
  ["us.json"] = '[{"id":"d3","lead":"l3","closed":"2024-06-01","amount":1234.56}]',
}):match "^2\nde.csv:2:18: column \"amount\" of \"deals\": \"1.234\" can be read as", [[
2
de.csv:2:18: column "amount" of "deals": "1.234" can be read as]])
equal("nor one order of dates", whole_refusal(files {
  ["uk.csv"] = "id;lead;closed;amount\nd1;l1;04/03/2024;5\n",
  ["us.csv"] = "id,lead,closed,amount\nd3,l3,3/14/2024,7\n",
}), [[
2
uk.csv:2:7: column "closed" of "deals": "04/03/2024" can be read as 2024-04-03 (format = "%m/%d/%Y") or as 2024-03-04 (format = "%d/%m/%Y")
    d1;l1;04/03/2024;5
          ^
  say which, at audit.lua:3: closed = { "closed", format = "%m/%d/%Y" } or closed = { "closed", format = "%d/%m/%Y" }
]])
equal("two styles, each proven", whole_refusal(files {
  ["de.csv"] = "id;lead;closed;amount\nd1;l1;2024-04-13;1.234,5\n",
  ["us.csv"] = 'id,lead,closed,amount\nd3,l3,2024-06-01,"1,234.56"\n',
}), [[
2
us.csv:2:18: column "amount" of "deals": "1.234,5" (de.csv:2) and "1,234.56" (us.csv:2) are not written in one style of numbers
    d3,l3,2024-06-01,"1,234.56"
                     ^
  export the column in one style; or say at audit.lua:3 which one holds, and what is written otherwise is rejected: numbers = { ["amount"] = "1,234.56" }
]])
equal("two formats of dates, the second in few records", whole_refusal(files {
  ["a.csv"] = "id,lead,closed,amount\nd1,l1,2024-04-13,5\nd2,l2,2024-05-03,5\nd4,l2,2024-05-03,5\n",
  ["b.csv"] = "id;lead;closed;amount\nd3;l3;14.06.2024;7\n",
}), [[
2
b.csv:2:7: column "closed" of "deals": "2024-04-13" (a.csv:2) and "14.06.2024" (b.csv:2) are not dates or times of one format
    d3;l3;14.06.2024;7
          ^
  export the column in one format; a declared one rejects what is written otherwise
]])

local function sum(dir)
  local ended = runner.plumbline(dir, "audit -q")
  if ended.code ~= 0 then return ("exit %d: %s"):format(ended.code, ended.err) end
  local _, report = runner.report(dir .. "/report/report.json")
  return ("%s, %d rejects"):format(report.deals.won.amount, report.rejects.rows)
end

-- 1234.00 + 2500.50: one tool wrote both, so that 2.500,50 tells how to read 1.234
equal("files of one tool inform each other", sum(files {
  ["jan.csv"] = "id;lead;closed;amount\nd1;l1;2024-04-13;1.234\n",
  ["feb.csv"] = "id;lead;closed;amount\nd2;l2;2024-05-03;2.500,50\n",
}), "3734.50, 0 rejects")
-- 5.00 + 7.50: whole numbers read alike however the other file is written
equal("whole numbers beside a style", sum(files {
  ["a.csv"] = "id;lead;closed;amount\nd1;l1;2024-04-13;5\n",
  ["b.csv"] = "id,lead,closed,amount\nd2,l2,2024-05-03,7.50\n",
}), "12.50, 0 rejects")
-- 1234.00 + 2500.50 in texts; 1.25 + 1234.50 in JSON, whose points are decimal points
local JSON = '[{"id":"d3","lead":"l3","closed":"2024-06-01","amount":1.250},'
  .. '{"id":"d4","lead":"l3","closed":"2024-06-02","amount":1234.5}]'
local GERMAN = "id;lead;closed;amount\nd1;l1;2024-04-13;1.234\nd2;l2;2024-05-03;%s\n"
equal("JSON beside a proven style", sum(files {
  ["a.csv"] = GERMAN:format "2.500,50", ["b.json"] = JSON }), "4970.25, 0 rejects")
equal("JSON beside a declared style", sum(files({
  ["a.csv"] = GERMAN:format "2.500", ["b.json"] = JSON }, ', numbers = "1.234,56"')), "4969.75, 0 rejects")
equal("JSON alone, a style declared", sum(files({ ["b.json"] = JSON }, ', numbers = "1.234,56"')),
  "1235.75, 0 rejects")
runner.holds("a condition cannot compare both", whole_refusal(files({
  ["a.csv"] = GERMAN:format "2.500", ["b.json"] = JSON },
  ', numbers = "1.234,56", where = { amount = 1234 }')),
  'a condition compares the numbers in column "amount" of "deals", which JSON files write with a point and others as "1.234,56"')

-- In JSON "1.234" is the number that it is as JSON, unless the column holds texts in the
-- declared style too, or nothing else that tells: then it may be either.
local function json(amounts)
  local rows = {}
  for i, amount in ipairs(amounts) do
    rows[i] = ('{"id":"d%d","lead":"l1","closed":"2024-06-01","amount":%s}'):format(i, amount)
  end
  return files({ ["b.json"] = "[" .. table.concat(rows, ",") .. "]" }, ', numbers = "1.234,56"')
end
local EITHER = '2\nb.json:1: column "amount" of "deals": "1.234" is 1.234 as JSON writes numbers, and 1234.00 as numbers = "1.234,56" says\n'
equal("JSON: numbers, one of which could be a text", sum(json { "1.234", "2.5" }), "3.734, 0 rejects")
equal("JSON: texts in the declared style, beside numbers", sum(json { '"1.234,5"', "2.5", '"2.000.000"' }), "2001237.00, 0 rejects")
runner.holds("JSON: a text in the declared style, and one that could be a number",
  whole_refusal(json { '"1.234"', '"2.500,5"' }), EITHER)
runner.holds("JSON: nothing tells", whole_refusal(json { '"1.234"', '"2"' }), EITHER)
do -- what could be a number stands behind the sample
  local amounts = {}
  for i = 1, 3000 do amounts[i] = '"1.234,5"' end
  amounts[3001] = '"1.234"'
  local dir = json(amounts)
  equal("JSON: beyond the sample, check", runner.plumbline(dir, "check").code, 0)
  local ended = runner.plumbline(dir, "audit -q")
  equal("JSON: beyond the sample, exit", ended.code, 2)
  runner.holds("JSON: beyond the sample, why", ended.err, '"1.234" is 1.234 as JSON writes numbers')
end

-- Rates in JSON: 10 dollars at 0.5, and 2 pounds at the text 1,5, are 5 + 3.
do
  local dir = workspace(PLAIN)
  write(dir .. "/rates.json", '[{"code":"USD","rate":0.5},{"code":"GBP","rate":"1,5"}]')
  write(dir .. "/deals.csv", "id,lead,closed,amount,code\nd1,l1,2024-05-01,10,USD\nd2,l2,2024-05-01,2,GBP\n")
  write(dir .. "/audit.lua", AUDIT:format('currency = "EUR", rates = { source = "rates", currency = "code", rate = "rate" },',
    "", ', currency = "code"') .. 'source "rates" { "rates.json", numbers = "1.234,56" }\n')
  equal("rates in JSON under a declared style", sum(dir), "8.00, 0 rejects")
end

-- A month without an accent is no other tool's: 1.234 + 2500.50, as its neighbour proves.
equal("plain letters beside accents, UTF-8", sum(files {
  ["jan.csv"] = "id;lead;closed;amount;note\nd1;l1;2024-04-13;1.234;a\n",
  ["feb.csv"] = "id;lead;closed;amount;note\nd2;l2;2024-05-03;2.500,50;für\n",
}), "3734.50, 0 rejects")
equal("plain letters beside accents, Windows-1252", sum(files {
  ["jan.csv"] = "id;lead;closed;amount;note\nd1;l1;2024-04-13;1.234;a\n",
  ["feb.csv"] = "id;lead;closed;amount;note\nd2;l2;2024-05-03;2.500,50;f\xfcr M\xfcller\n",
}), "3734.50, 0 rejects")
runner.holds("but not beside accents of two encodings", whole_refusal(files {
  ["jan.csv"] = "id;lead;closed;amount;note\nd1;l1;2024-04-13;1.234;a\n",
  ["feb.csv"] = "id;lead;closed;amount;note\nd2;l2;2024-05-03;2.500,50;f\xfcr M\xfcller\n",
  ["mar.csv"] = "id;lead;closed;amount;note\nd3;l3;2024-05-03;2.500,50;für\n",
}), 'jan.csv:2:18: column "amount" of "deals": "1.234" can be read as')
runner.holds("nor with another delimiter", whole_refusal(files {
  ["jan.csv"] = "id;lead;closed;amount;note\nd1;l1;2024-04-13;1.234;a\n",
  ["feb.csv"] = 'id,lead,closed,amount,note\nd2,l2,2024-05-03,"2.500,50",für\n',
}), 'jan.csv:2:18: column "amount" of "deals": "1.234" can be read as')

do -- a file whose first records say nothing, and then what only it could settle
  local rows = { "id;lead;closed;amount" }
  for i = 1, 5000 do rows[#rows + 1] = ("x%d;l1;2024-04-13;%d"):format(i, i % 7) end
  rows[#rows + 1] = "x;l1;2024-04-13;1.234"
  local ended = runner.plumbline(files {
    ["de.csv"] = table.concat(rows, "\n") .. "\n",
    ["us.csv"] = 'id,lead,closed,amount\nd3,l3,2024-06-01,"1,234.56"\n',
  }, "audit -q")
  equal("beyond the sample: exit", ended.code, 2)
  runner.holds("beyond the sample: the value", ended.err, 'de.csv:5002: column "amount" of "deals": "1.234" can be read as')
end
do
  local rows = { "id;lead;closed;amount" }
  for i = 1, 9000 do rows[#rows + 1] = ("x%d;l1;;5"):format(i) end
  rows[#rows + 1] = "x;l1;04/03/2024;5"
  local ended = runner.plumbline(files {
    ["uk.csv"] = table.concat(rows, "\n") .. "\n",
    ["us.csv"] = "id,lead,closed,amount\nd3,l3,3/14/2024,7\n",
  }, "audit -q")
  equal("dates beyond the sample: exit", ended.code, 2)
  runner.holds("dates beyond the sample: the value", ended.err, 'uk.csv:9002: column "closed" of "deals": "04/03/2024" can be read as')
end

-- ---- no value, and currencies beside their column ------------------------------------------
do
  local dir = workspace(with { amounts = { "--", "n/a", "5" }, seen = { "(not set)", "2024-04-02", "—" } })
  local ended = runner.plumbline(dir, "audit -q")
  local _, report = runner.report(dir .. "/report/report.json")
  equal("no value: exit", ended.code, 0)
  equal("no value: nothing is rejected", report.rejects.rows, 0)
  equal("no value: the deals count, their sum is unknown", report.deals.won.unknown_amounts, 2)
end
do
  local dir = workspace(with { amounts = { "$5", "€7", "€9" }, audit = 'currency = "EUR", rates = { USD = "0.5" },',
    deals = ', currency = "closed_in"' })
  write(dir .. "/deals.csv", "id,lead,closed,amount,closed_in\n"
    .. "d1,l1,2024-04-13,$5,USD\nd2,l2,2024-05-03,€7,EUR\nd3,l3,2024-06-01,€9,USD\n")
  local ended = runner.plumbline(dir, "audit -q --max-rejects 1")
  local _, report = runner.report(dir .. "/report/report.json")
  equal("a currency column allows signs: exit", ended.code, 0)
  equal("$5 at 0.50 and €7", report.deals.won.amount, "9.50")
  runner.holds("€9 of a deal in dollars is rejected", runner.read(dir .. "/report/rejects.csv"),
    "has the sign of another currency than its deal")
end

runner.finish()
