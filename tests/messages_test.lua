-- Every way in which a rule author goes wrong, tried as a new user would, and what
-- plumbline says: tests/golden/messages.txt holds each mistake with its message.
-- Each message must say where (file:line), what, and how to mend it.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/messages_test.lua [--update]
-- luacheck: no max line length
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local capture, read, program, scratch = runner.capture, runner.read, runner.program, runner.scratch
local update = arg[1] == "--update"
local golden = "tests/golden/messages.txt"

local base = {
  ["audit.lua"] = [[
audit "Small company" { as_of = "2024-06-30", currency = "EUR", rules = "rules/*.lua" }
source "leads" { "exports/leads.csv", key = "lead_id", time = "seen" }
source "posts" { "exports/posts.csv", key = "post_id" }
deals { "exports/deals.csv", key = "deal_id", closed = "closed", amount = "amount",
  status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() } }
link { "leads", "deals", "lead_id" }
]],
  ["rules/marketing.lua"] = 'department "Marketing"\nmetric "searches" { trace = from "leads" :to "deals" }\n'
    .. 'metric "posts" { trace = from "posts" :to("deals", { campaign = "lead_id" }) }\n',
  ["exports/leads.csv"] = "lead_id,seen,channel\nL1,2024-01-05,search\nL2,2024-01-06,mail\n",
  ["exports/posts.csv"] = "post_id,campaign\nP1,spring\n",
  ["exports/deals.csv"] = "deal_id,lead_id,stage,closed,amount\nD1,L1,won,2024-03-01,100.00\nD2,L2,lost,2024-03-02,50.00\n",
}

local function write(path, text) runner.write(scratch .. "/w/" .. path, text) end

-- What `plumbline VERB` says on the small workspace with these files instead.
local function said(files, verb)
  assert(os.execute("rm -rf " .. scratch .. "/w"))
  for path, text in pairs(base) do
    if files[path] == nil then write(path, text) end
  end
  for path, text in pairs(files) do
    if text then write(path, text) end
  end
  -- A run shows what it could not audit among its results; check only in messages.
  local out = capture(("cd %s/w && '%s' %s 2>&1 %s </dev/null"):format(scratch, program, verb,
    verb == "check" and ">/dev/null" or ""))
  return (out:gsub(scratch, "DIR"))
end

local cases = {}
-- A mistake in audit.lua, in a rule file, or in other files. `verb` is check
-- unless reading only the beginning of the exports cannot show it.
local function audit(name, old, new, verb)
  local a, b = base["audit.lua"]:find(old, 1, true)
  assert(a, name .. ": nothing to replace")
  local text = base["audit.lua"]:sub(1, a - 1) .. new .. base["audit.lua"]:sub(b + 1)
  cases[#cases + 1] = { name = name, shown = new, files = { ["audit.lua"] = text }, verb = verb or "check" }
end
local function rule(name, text, verb)
  cases[#cases + 1] = { name = name, shown = text, verb = verb or "check",
    files = { ["rules/marketing.lua"] = 'department "Marketing"\n' .. text .. "\n" } }
end
local function whole(name, text, verb)
  cases[#cases + 1] = { name = name, shown = text, verb = verb or "check", files = { ["rules/marketing.lua"] = text .. "\n" } }
end
local function files(name, shown, list, verb)
  cases[#cases + 1] = { name = name, shown = shown, verb = verb or "check", files = list }
end
-- What only a whole run finds out.
local run = "trace searches"

-- ---- a rule file: its shape -----------------------------------------------------------
whole("no department", 'metric "searches" { title = "Searches" }')
rule("two departments", 'department "Sales"')
files("two files for one department", 'rules/other.lua: department "Marketing"', { ["rules/other.lua"] = 'department "Marketing"\n' })
whole("a department with a slash", 'department "Marketing/Web"')
whole("a department that is no text", "department(5)")
rule("a comma is missing", 'metric "searches" {\n  title = "Searches"\n  owner = "Team"\n}')
rule("a brace is missing", 'metric "searches" {\n  title = "Searches",\n')
rule("a text is not closed", 'metric "searches" { title = "Searches }')
rule("an end is missing", 'local function to_deals(t)\n  return t :to "deals"\n')
rule("a name that is not defined", 'metric "searches" { trace = form "leads" :to "deals" }')
rule("a field of nil", "local team\nmetric \"searches\" { owner = team.name }")
rule("a call of nil", 'local team = {}\nmetric "searches" { owner = team.name() }')
rule("two metrics of one name", 'metric "searches" {}\nmetric "searches" {}')
rule("a metric's name with capitals", 'metric "Paid search" {}')
rule("a metric without its table", 'metric "searches"')
rule("a metric that is given a text", 'metric "searches" "Searches"')
rule("require of a file that is not there", 'local shared = require "shraed"')
rule("require of a path", 'local shared = require "../shared"')
rule("the file system", 'local f = io.open("exports/leads.csv")')
rule("the clock", 'metric "searches" { title = os.date("%Y") }')
rule("chance", "local n = math.random(5)")
rule("a source in a rule file", 'source "leads" { "exports/leads.csv" }')
rule("a computed column in a rule file", 'local c = lookup { "leads", on = "lead_id", take = "channel" }')
rule("an error of one's own", 'error("no owner is known")')
rule("a loop that has no end", 'while true do end')
rule("too much memory", 'local t = {}\nfor i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end')

-- ---- a metric's fields -------------------------------------------------------------------
rule("a field that does not exist", 'metric "searches" { titel = "Searches" }')
rule("a field that resembles none", 'metric "searches" { colour = "red" }')
rule("a value without a field", 'metric "searches" { "Searches" }')
rule("a title that is a number", 'metric "searches" { title = 5 }')
rule("an empty title", 'metric "searches" { title = "" }')
rule("a window that is a number", 'metric "searches" { within = 180 }')
rule("a window in words", 'metric "searches" { within = "180 days" }')
rule("a window without records' times", 'metric "searches" { within = "180d", trace = from "posts" :to("deals", { campaign = "lead_id" }) }')
rule("an anchor that does not exist", 'metric "searches" { before = "close" }')
rule("min_won of nought", 'metric "searches" { min_won = 0 }')
rule("min_won as a text", 'metric "searches" { min_won = "3" }')
rule("cost as a number", 'metric "searches" { cost = 1200 }')
rule("cost per fortnight", 'metric "searches" { cost = { money = 5, per = "monthly" } }')
rule("judge that is no function", 'metric "searches" { judge = "linked" }')
rule("by a column that does not exist", 'metric "searches" { by = "chanel", trace = from "leads" :to "deals" }')
rule("by a table that the trace does not meet", 'metric "searches" { by = { "posts", "campaign" }, trace = from "leads" :to "deals" }')

-- ---- traces ---------------------------------------------------------------------------------
rule("an unknown source", 'metric "searches" { trace = from "leeds" :to "deals" }')
rule("an unknown source at a step", 'metric "searches" {\n  trace = from "posts" :to("leds", { campaign = "channel" }) :to "deals",\n}')
rule("a trace that never reaches deals", 'metric "searches" { trace = from "posts" :to("leads", { campaign = "channel" }) }')
rule("a trace that is a text", 'metric "searches" { trace = "leads" }')
rule("a dot instead of a colon", 'metric "searches" { trace = from "leads" .to "deals" }')
rule("a method that does not exist", 'metric "searches" { trace = from "leads" :too "deals" }')
rule("no link and no key", 'metric "searches" { trace = from "posts" :to "deals" }')
rule("a key that does not exist here", 'metric "searches" {\n  trace = from "posts"\n    :to("leads", { campain = "channel" }) :to "deals",\n}')
rule("a key that does not exist there", 'metric "searches" { trace = from "posts" :to("leads", { campaign = "chanel" }) :to "deals" }')
rule("a key that is a number", 'metric "searches" { trace = from "leads" :to("deals", 5) }')
rule("an option that does not exist", 'metric "searches" { trace = from "leads" :to("deals", nil, { wich = "next" }) }')
rule("which that is not next", 'metric "searches" { trace = from "leads" :to("deals", nil, { which = "first" }) }')
rule("which before the deals", 'metric "searches" { trace = from "posts" :to("leads", { campaign = "channel" }, { which = "next" }) :to "deals" }')
rule("any of nothing", 'metric "searches" { trace = any {} }')
rule("any of texts", 'metric "searches" { trace = any { "leads", "posts" } }')

-- ---- conditions ------------------------------------------------------------------------------
rule("a misspelt column", 'metric "searches" {\n  trace = from "leads" :where { chanel = "search" } :to "deals",\n}')
rule("a column that resembles none", 'metric "searches" { trace = from "leads" :where { price = 5 } :to "deals" }')
rule("a condition without a column", 'metric "searches" { trace = from "leads" :where { "search" } :to "deals" }')
rule("a condition that is no table", 'metric "searches" { trace = from "leads" :where "search" :to "deals" }')
rule("an unknown condition", 'metric "searches" { trace = from "leads" :where { channel = contains "a" } :to "deals" }')
rule("a condition in a list", 'metric "searches" { trace = from "leads" :where { channel = { like "a*", "b" } } :to "deals" }')
rule("an empty text", 'metric "searches" { trace = from "leads" :where { channel = "" } :to "deals" }')
rule("an empty list", 'metric "searches" { trace = from "leads" :where { channel = {} } :to "deals" }')
rule("a bad pattern", 'metric "searches" {\n  trace = from "leads" :where { channel = matches "(search" } :to "deals",\n}')
rule("a bad bound", 'metric "searches" { trace = from "leads" :where { seen = gte("last week") } :to "deals" }')
rule("a number and a date", 'metric "searches" { trace = from "leads" :where { seen = between(5, "2024-01-01") } :to "deals" }')
rule("the outcome as a condition", 'metric "searches" { trace = from "leads" :to "deals" :where { stage = "won" } }')

-- ---- what only a run finds out: functions and judges ---------------------------------------------
local function traced(name, text) rule(name, text, "trace searches") end
traced("a function that errors", 'metric "searches" {\n  trace = from "leads" :where { channel = function(v) return v.name.x end } :to "deals",\n}')
traced("a function that gives a text", 'metric "searches" {\n  trace = from "leads" :where { channel = function(v) return "yes" end } :to "deals",\n}')
traced("a judge that errors", 'metric "searches" { trace = from "leads" :to "deals",\n  judge = function(e) return e.won.deals end }')
traced("a judge that returns nonsense", 'metric "searches" { trace = from "leads" :to "deals",\n  judge = function(e) return "great" end }')
traced("a judge that returns a number", 'metric "searches" { trace = from "leads" :to "deals",\n  judge = function(e) return 5 end }')
traced("a judge that claims too much", 'metric "searches" { trace = from "leads" :where { channel = "mail" } :to "deals",\n  judge = function(e) return "linked" end }')

-- ---- audit.lua -----------------------------------------------------------------------------------
audit("audit: a field that does not exist", "currency =", "curency =")
audit("audit: as_of that is no date", '"2024-06-30"', '"30.06.2024"')
audit("audit: as_of of a day that does not exist", '"2024-06-30"', '"2024-06-31"')
audit("audit: a zone that does not exist", 'currency = "EUR"', 'timezone = "Europe/Berln"')
audit("audit: a bad window", 'currency = "EUR"', 'within = "half a year"')
audit("audit: rules that match nothing", '"rules/*.lua"', '"rule/*.lua"')
audit("audit: a rate that is no number", 'currency = "EUR"', 'rates = { USD = "0,92" }')
audit("audit: a period that ends before it begins", 'currency = "EUR"', 'period = { "2024-12-31", "2024-01-01" }')
audit("audit: missing", 'audit "Small company" { as_of = "2024-06-30", currency = "EUR", rules = "rules/*.lua" }', "")
audit("audit: a comma is missing", '"exports/leads.csv", key', '"exports/leads.csv" key')
audit("audit: a metric in audit.lua", "link {", 'metric "m" {}\nlink {')
audit("source: a file that does not exist", '"exports/leads.csv"', '"exports/lead.csv"')
audit("source: a pattern that matches nothing", '"exports/leads.csv"', '"exports/lead_*.csv"')
audit("source: a path outside", '"exports/leads.csv"', '"/etc/passwd", format = "csv"')
audit("source: no file", '"exports/leads.csv", key', "key")
audit("source: a misspelt key", 'key = "lead_id"', 'key = "leadid"')
audit("source: a misspelt time", 'time = "seen"', 'time = "sene"')
audit("source: a wrong delimiter", 'time = "seen"', 'time = "seen", delimiter = ";"')
audit("source: a delimiter that is none", 'time = "seen"', 'time = "seen", delimiter = "/"')
audit("source: an encoding that is none", 'time = "seen"', 'time = "seen", encoding = "utf8"')
audit("source: quotes that are none", 'time = "seen"', 'time = "seen", quotes = "double"')
audit("source: a header that is none", 'time = "seen"', 'time = "seen", header = 0')
audit("source: a header behind the end", 'time = "seen"', 'time = "seen", header = 90')
audit("source: a footer of more rows than there are", 'time = "seen"', 'time = "seen", footer = 90')
audit("source: a block that is none", 'time = "seen"', 'time = "seen", block = "Landing pages"')
audit("source: records of a file that is no JSON", 'time = "seen"', 'time = "seen", records = "data.items"')
audit("source: an unknown profile", 'time = "seen"', 'time = "seen", profile = "hubspot_deal"')
audit("source: a profile of another export", 'time = "seen"', 'profile = "hubspot_contacts"')
audit("source: names of columns that are not there", 'time = "seen"', 'time = "seen", names = { seen_at = "sean" }')
audit("source: numbers of a column by no style", 'key = "post_id"', 'numbers = { campaign = "1,234" }')
audit("source: a wrong time format", 'time = "seen"', 'time = { "seen", format = "%d/%m/%Y" }', run)
audit("source: a time format that does not exist", 'time = "seen"', 'time = { "seen", format = "%Q" }')
audit("source: a time that is none", 'time = "seen"', 'time = "channel"')
audit("source: two of one name", 'source "posts"', 'source "leads"')
audit("source: named deals", 'source "posts"', 'source "deals"')
audit("source: an unknown number style", 'key = "post_id"', 'numbers = "1,234"')
audit("source: a bad span", 'key = "post_id"', 'fresh = "8 days"')
audit("source: a computed column that is none", 'key = "post_id"', 'columns = { c = "campaign" }')
audit("source: a lookup of an unknown table", 'key = "post_id"', 'columns = { c = lookup { "leeds", on = "post_id", take = "seen" } }')
audit("source: a lookup without take", 'key = "post_id"', 'columns = { c = lookup { "leads", on = "post_id" } }')
audit("source: a step of clean that does not exist", 'key = "post_id"', 'columns = { c = clean("campaign", "lowercase") }')
audit("source: columns that need each other", 'key = "post_id"', 'columns = { a = clean("b", "trim"), b = clean("a", "trim") }')
audit("source: derive without a function", 'key = "post_id"', 'columns = { c = derive("campaign", "post_id") }')
audit("source: derive that errors", 'key = "post_id"', 'columns = { c = derive("campaign", function(c) return c.x.y end) }, key = "c"', "trace posts")
audit("deals: missing", "deals {", "local _ = {")
audit("deals: no status", 'status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() }', "")
audit("deals: the status lost is not listed", 'lost = { "lost" }, open = others()', 'open = { "open" }', run)
audit("deals: a status in two lists", 'lost = { "lost" }', 'lost = { "won" }')
audit("deals: no value is won", 'won = { "won" }, ', "")
audit("deals: a misspelt amount", 'amount = "amount"', 'amount = "ammount"')
audit("deals: an amount that is none", 'amount = "amount"', 'amount = "stage"', run)
audit("deals: no won deal", 'won = { "won" }', 'won = { "Won!" }', run)
audit("link: an unknown table", 'link { "leads"', 'link { "lead"')
audit("link: a column that does not exist", '"lead_id" }\n', '"lead" }\n')
audit("link: no key", '"deals", "lead_id" }', '"deals" }')
files("repeats that differ", "exports/leads.csv: L1 twice", { ["exports/leads.csv"] = "lead_id,seen,channel\nL1,2024-01-05,search\nL1,2024-01-06,mail\n" }, run)
files("dates that can be read in two ways", "exports/leads.csv: 03/04/2024", { ["exports/leads.csv"] = "lead_id,seen,channel\nL1,03/04/2024,search\n" })
files("an empty export", "exports/leads.csv: nothing in it", { ["exports/leads.csv"] = "" })
files("a column named twice", "exports/leads.csv: seen,seen", { ["exports/leads.csv"] = "lead_id,seen,seen\nL1,2024-01-05,x\n" })
files("no audit.lua", "rm audit.lua", { ["audit.lua"] = false })

-- ---- the golden file ---------------------------------------------------------------------------

local function block(case)
  local text = said(case.files, case.verb)
  return ("== %s\n%s\n-- plumbline %s\n%s"):format(case.name, (case.shown:gsub("\n$", "")), case.verb, text), text
end

local expected, current = {}, nil
for line in (read(golden) or ""):gmatch("([^\n]*)\n") do
  current = line:match("^== (.*)") or current
  if current then expected[current] = (expected[current] or "") .. line .. "\n" end
end

local function check(ok, message) runner.check(message, ok) end

-- Nothing can be added to what these say.
local says_all = {}
for _, name in ipairs { "an error of one's own", "an empty export" } do says_all[name] = true end

-- The place is file:line; a whole file that is missing or empty has no line.
local no_line = {}
for _, name in ipairs { "no audit.lua", "audit: missing", "an empty export", "two files for one department" } do
  no_line[name] = true
end

local all, names = {}, {}
for _, case in ipairs(cases) do
  local shown, text = block(case)
  all[#all + 1] = shown
  assert(not names[case.name], case.name .. " stands twice")
  names[case.name] = true
  if not update then
    check(expected[case.name] == shown .. "\n" or expected[case.name] == shown, ("%s: the message differs from %s\n%s"):format(case.name, golden, shown))
  end
  check(no_line[case.name] or text:find("[%w_/]+%.%a+:%d"), case.name .. ": no place in\n" .. text)
  local fixed = ("\n" .. text):find("\n  %S") or text:find("\n *fix ")
  check(says_all[case.name] or fixed, case.name .. ": no fix in\n" .. text)
end

assert(#cases >= 40)
if update then
  local file = assert(io.open(golden, "wb"))
  file:write(table.concat(all, "\n"))
  assert(file:close())
end
runner.finish()
