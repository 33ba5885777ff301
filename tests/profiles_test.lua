-- Profiles of exports, as a person who writes audit.lua meets them: every built-in one
-- on a small file of its kind, columns under other names, a profile of one's own, and
-- profiles that are wrong or hostile. The fixtures in tests/profiles/exports have the
-- headers that the profiles' sources show, shuffled, with a column that nobody knows
-- and with the localised or older names where there are some; their rows are invented.
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, workspace, test, expect, refuse, read, write, capture, quote, scratch =
  run.shell, run.workspace, run.test, run.expect, run.refuse, run.read, run.write, run.capture, run.quote,
  run.scratch
local fixtures = capture("realpath " .. quote(here .. "/profiles/exports")):gsub("\n", "")
local built_in = capture("ls " .. quote(here .. "/../lua/plumbline/profiles"))

local function fixture(name) return assert(read(fixtures .. "/" .. name .. ".csv"), "no fixture " .. name) end

-- A workspace of its own: audit.lua with this body, and the files.
local function with(body, files)
  local all = { ["rules/marketing.lua"] = false, ["rules/sales.lua"] = [[
department "Sales"
metric "all_deals" { title = "All deals", trace = from "deals" }
]], ["exports/leads.csv"] = false,
    ["audit.lua"] = 'audit "A" { as_of = "2026-06-30", currency = "EUR" }\n' .. body }
  for path, text in pairs(files or {}) do all[path] = text end
  local dir = workspace(all)
  os.execute(("mkdir -p %s/%s/profiles"):format(scratch, dir))
  for path, text in pairs(files or {}) do
    if path:find "^profiles/" and text then write(("%s/%s/%s"):format(scratch, dir, path), text) end
  end
  return dir
end

-- JSON without the blanks between its parts.
local function squeezed(got)
  got.out = got.out:gsub("\n%s*", ""):gsub('": ', '":')
  return got
end

local plain_deals = 'deals { "exports/deals.csv", key = "deal_id", closed = "closed", amount = "amount",\n'
  .. '  status = { "stage", won = "won", lost = "lost" } }\n'

-- ---- every built-in profile on a file of its kind ----------------------------------------------

-- What the deals of a fixture come to: won deals and their sum, as its rows say.
local deals_of = {
  hubspot_deals = { won = 2, sum = "1,280.50", lost = 1 },
  salesforce_opportunity_report = { won = 1, sum = "1,200.00", lost = 1, option = 'rates = { EUR = "1" }' },
  salesforce_opportunities = { won = 1, sum = "1,200.00", lost = 1 },
  pipedrive_deals = { won = 1, sum = "1,200.00", lost = 1, open = 1 },
  zoho_deals = { won = 1, sum = "1,200.00", lost = 1 },
}

-- For the others: a column that the profile names, and how many records the file has.
local sources_of = {
  hubspot_contacts = { "First Page Seen", 3 }, hubspot_companies = { "Industry", 2 },
  ga4_pages_and_screens = { "Page path and screen class", 2 }, ga4_landing_page = { "Landing page", 2 },
  ga4_traffic_acquisition = { "Session primary channel group (Default Channel Group)", 2 },
  ga4_exploration = { "Landing page", 2 }, ga4_overview = { "Event count", 1 },
  ga4_overview_pages = { "Page title and screen class", 2 },
  ga4_overview_first_sources = { "First user source / medium", 2 },
  ga4_overview_session_sources = { "Session source / medium", 2 },
  gsc_queries = { "Top queries", 2 }, gsc_pages = { "Top pages", 2 }, gsc_chart = { "Date", 2 },
  gsc_countries = { "Country", 2 }, gsc_devices = { "Device", 2 },
  gsc_search_appearance = { "Search Appearance", 2 },
  google_ads_campaigns = { "Campaign", 2 }, mailchimp_campaigns = { "Title", 2 },
  mailchimp_single_campaign = { "Subject Line", 1 }, mailchimp_campaign_links = { "URL", 2 },
  mailchimp_audience = { "Email Address", 2 }, linkedin_page_posts = { "Post title", 2 },
  linkedin_page_metrics = { "Date", 2 }, linkedin_ads_campaigns = { "Campaign Name", 2 },
  surveymonkey_responses = { "Email Address", 2 }, nps_responses = { "Email", 2 },
}

test("every built-in profile has a fixture here", function()
  for name in built_in:gmatch "([%w_]+)%.lua" do
    assert(deals_of[name] or sources_of[name], name .. " is not tested")
  end
end)

for name, want in pairs(deals_of) do
  test(name .. ": the export serves as deals, with nothing else said", function()
    local dir = with(('deals { "exports/x.csv", profile = "%s" }\n'):format(name), { ["exports/x.csv"] = fixture(name) })
    local got = shell("plumbline audit " .. dir)
    expect(got, 0, "out", ("%d won deal%s · EUR %s"):format(want.won, want.won == 1 and "" or "s", want.sum),
      want.lost .. " lost", (want.open or 0) .. " open")
  end)
end

for name, want in pairs(sources_of) do
  test(name .. ": the export is a source whose columns have the profile's names", function()
    local dir = with(plain_deals .. ('source "it" { "exports/x.csv", profile = "%s" }\n'):format(name), {
      ["exports/x.csv"] = fixture(name),
      ["rules/sales.lua"] = ('department "Sales"\nmetric "one" { title = "One", by = "%s",\n'):format(want[1])
        .. '  trace = from "it" :to("deals", { ["' .. want[1] .. '"] = "deal_id" }) }\n' })
    expect(shell("plumbline check " .. dir), 0, "out", "all sound")
    local got = shell("plumbline audit " .. dir .. " --json")
    expect(squeezed(got), 0, "out", '"in":' .. want[2])
  end)
end

-- ---- names -----------------------------------------------------------------------------------------

local deals = 'deals { "exports/x.csv", profile = "hubspot_deals"%s }\n'
local header = "Record ID,Deal Name,Deal Stage,Amount,Close Date\n"
local row = "7001,Lamps,Closed Won,10,2026-03-01\n"

test("headers are matched without letter case and surrounding blanks, in any order", function()
  local dir = with(deals:format "", { ["exports/x.csv"] =
    " close  date ,DEAL STAGE,deal name,AMOUNT,record id\n2026-03-01,Closed Won,Lamps,10,7001\n" })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 10.00")
end)

test("a required column that is missing: which, the nearest, and the line to write", function()
  local dir = with(deals:format "", { ["exports/x.csv"] =
    "Record ID,Deal Name,Stage of the deal,Amount\n7001,Lamps,Closed Won,10\n" })
  local got = shell("plumbline check " .. dir)
  assert(got.code == 2, run.show(got))
  local want = [[
audit.lua:2:34: "deals" has no column "Deal Stage", which the profile "hubspot_deals" needs (exports/x.csv)
    deals { "exports/x.csv", profile = "hubspot_deals" }
                                        ^
  nearest in the file is "Stage of the deal"; if that is it, write in "deals": names = { ["Deal Stage"] = "Stage of the deal" }
]]
  -- the column of the caret is where the error's own quotes point
  assert(got.err:gsub("^audit.lua:2:%d+:", "audit.lua:2:") == want:gsub("^audit.lua:2:%d+:", "audit.lua:2:"), got.err)
  write(("%s/%s/audit.lua"):format(scratch, dir), 'audit "A" { as_of = "2026-06-30", currency = "EUR" }\n'
    .. deals:format ', names = { ["Deal Stage"] = "Stage of the deal" }')
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
end)

test("nothing in the file is like it: the line to write all the same", function()
  local dir = with(deals:format "", { ["exports/x.csv"] = "Record ID,Deal Name,Phase,Betrag\n7001,Lamps,Closed Won,10\n" })
  expect(shell("plumbline check " .. dir), 2, "err", 'no column "Deal Stage"',
    'if the file has it under another name, write in "deals": names = { ["Deal Stage"] = "header in the file" }')
end)

test("a column of the profile that a rule needs and the file lacks", function()
  local dir = with(deals:format "", { ["exports/x.csv"] = header:gsub("Amount", "Deal own.") .. row,
    ["rules/sales.lua"] = 'department "Sales"\nmetric "m" { title = "M", trace = from "deals", by = "Deal owner" }\n' })
  expect(shell("plumbline check " .. dir), 2, "err", 'no column "Deal owner"', 'nearest in the file is "Deal own."',
    'names = { ["Deal owner"] = "Deal own." }')
end)

test("two headers that fit one name: both, and the line that settles it", function()
  local files = { ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage,deal stage,Close Date\n"
    .. "7001,Lamps,Closed Lost,Closed Won,2026-03-01\n" }
  local dir = with(deals:format "", files)
  expect(shell("plumbline check " .. dir), 2, "err",
    'two columns of exports/x.csv may be "Deal Stage" of "deals": "Deal Stage" and "deal stage"',
    'say which: names = { ["Deal Stage"] = "Deal Stage" }')
  dir = with(deals:format ', names = { ["Deal Stage"] = "deal stage" }', files)
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal")
  -- and what nobody asks for is no error
  dir = with(deals:format "", { ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage,Pipeline,pipeline\n1,L,Closed Won,a,b\n" })
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
end)

test("a header that a name hides is told apart", function()
  local dir = with(deals:format ', names = { Amount = "Betrag in EUR" }', {
    ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage,Amount,Betrag in EUR\n1,L,Closed Won,99,10\n",
    ["rules/sales.lua"] = 'department "Sales"\nmetric "m" { title = "M", trace = from "deals", by = "Amount (in the file)" }\n' })
  expect(shell("plumbline audit " .. dir), 0, "out", "EUR 10.00")
  -- the file's own name is no name any more, and the error says what it is called
  write(("%s/%s/rules/sales.lua"):format(scratch, dir),
    'department "Sales"\nmetric "m" { title = "M", trace = from "deals", by = "Betrag in EUR" }\n')
  expect(shell("plumbline check " .. dir), 2, "err", 'has no column "Betrag in EUR"',
    'that column of the file is called "Amount" here')
end)

test("names without a profile", function()
  local body = 'deals { "exports/deals.csv", names = { id = "deal_id", stage = "Phase" }, key = "id",\n'
    .. '  status = { "stage", won = "won", lost = "lost" } }\n'
  local dir = with(body, { ["exports/deals.csv"] = "deal_id,phase\nD1,won\nD2,lost\n" })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal")
  dir = with(body, { ["exports/deals.csv"] = "deal_id,phases\nD1,won\n" })
  expect(shell("plumbline check " .. dir), 2, "err",
    '`names` of "deals" says that "stage" is "Phase", but exports/deals.csv has no such column',
    'did you mean: names = { ["stage"] = "phases" }')
end)

test("files of one source may differ in language, and repeats across them are found", function()
  local dir = with(plain_deals .. 'source "q" { { "exports/a.csv", "exports/b.csv" }, profile = "gsc_queries",\n'
    .. '  key = "Top queries" }\n', {
    ["exports/a.csv"] = "Top queries,Clicks,Impressions\nlamp,1,10\nframe,2,20\n",
    ["exports/b.csv"] = "Impressionen,Häufigste Suchanfragen,Klicks\n10,lamp,1\n30,door,3\n",
    ["rules/sales.lua"] = 'department "Sales"\nmetric "m" { title = "M",\n'
      .. '  trace = from "q" :to("deals", { ["Top queries"] = "deal_id" }) }\n' })
  local got = shell("plumbline audit " .. dir .. " --json")
  expect(squeezed(got), 0, "out", '"in":3')
  -- the same key with other clicks
  write(("%s/%s/exports/b.csv"):format(scratch, dir), "Impressionen,Häufigste Suchanfragen,Klicks\n10,lamp,7\n")
  expect(shell("plumbline audit " .. dir), 3, "err", "exports/a.csv:2", "exports/b.csv:2")
end)

test("names and aliases in JSON, by path", function()
  local dir = with('deals { "exports/x.json", profile = "hubspot_deals",\n'
    .. '  names = { ["Record ID"] = "id", ["Deal Name"] = "properties.dealname", ["Deal Stage"] = "properties.dealstage",\n'
    .. '    ["Close Date"] = "properties.closedate", Amount = "properties.amount" }, lists = false }\n', {
    ["exports/x.json"] = '[{"id":"7001","properties":{"dealname":"L","dealstage":"Closed Won","amount":"10","closedate":"2026-03-01"}}]' })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 10.00")
end)

test("lists of a profile are for CSV: what to write for JSON", function()
  local dir = with('deals { "exports/x.json", profile = "hubspot_deals" }\n', {
    ["exports/x.json"] = '[{"Record ID":"7001","Deal Name":"L","Deal Stage":"Closed Won"}]' })
  expect(shell("plumbline check " .. dir), 2, "err", '`lists` of "deals" is for CSV files, and exports/x.json is none',
    'write lists = false, columns = { several = list("Associated Company IDs", ";") }')
end)

-- ---- what audit.lua says stands ------------------------------------------------------------------------

test("explicit fields win over the profile's, and false takes a default out", function()
  local files = { ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage,Amount,Net,Close Date\n"
    .. "7001,Lamps,Signed,10,8,2026-03-01\n7002,Frames,Closed Lost,5,4,2026-03-02\n" }
  local dir = with(deals:format ', amount = "Net", status = { won = "Signed" }', files)
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 8.00", "1 lost")
  dir = with(deals:format ', amount = false, status = { won = "Signed" }', files)
  local got = shell("plumbline audit " .. dir)
  expect(got, 0, "out", "1 won deal")
  refuse(got, "out", "EUR 10.00")
end)

test("a stage that the profile does not list is an error until audit.lua says what it means", function()
  local files = { ["exports/x.csv"] = header .. row .. "7002,Frames,Proposal,5,2026-03-02\n" }
  expect(shell("plumbline audit " .. with(deals:format "", files)), 2, "err", "audit.lua:2",
    '"Proposal" (1)', 'status = { column = "Deal Stage"')
  local got = shell("plumbline audit " .. with(deals:format ", status = { open = others() }", files))
  expect(got, 0, "out", "1 won deal", "0 lost", "1 open")
  -- a value that audit.lua puts elsewhere leaves the profile's list
  got = shell("plumbline audit " .. with(deals:format ', status = { won = "Proposal", lost = "Closed Won" }', files))
  expect(got, 0, "out", "1 won deal · EUR 5.00", "1 lost")
end)

test("a role whose column the export lacks is left out, and the report says so", function()
  local dir = with(deals:format "", { ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage\n1,L,Closed Won\n" })
  local got = shell("plumbline audit " .. dir)
  expect(got, 0, "out", "1 won deal")
  -- but one that audit.lua names must be there
  dir = with(deals:format ', amount = "Amount"', { ["exports/x.csv"] = "Record ID,Deal Name,Deal Stage\n1,L,Closed Won\n" })
  expect(shell("plumbline check " .. dir), 2, "err", '"deals" has no column "Amount"')
end)

test("associated ids joined by ; match one by one", function()
  local dir = with('deals { "exports/d.csv", profile = "hubspot_deals" }\n'
    .. 'source "contacts" { "exports/c.csv", profile = "hubspot_contacts" }\n'
    .. 'link { "contacts", "deals", { ["Associated Deal IDs"] = "Record ID" } }\n', {
    ["exports/d.csv"] = fixture "hubspot_deals", ["exports/c.csv"] = fixture "hubspot_contacts",
    ["rules/sales.lua"] = 'department "Sales"\nmetric "pages" { title = "P", by = "First Page Seen",\n'
      .. '  trace = from "contacts" :to "deals" }\n'
      .. 'metric "back" { title = "B", trace = from "contacts" :to("deals", { ["Record ID"] = "Associated Contact IDs" }) }\n' })
  -- 8001 and 8002 lead to deal 7001, 8003 to 7002 (lost) and 7003: two won deals by either way
  local got = shell("plumbline audit " .. dir)
  expect(got, 0, "out", "LINKED   pages", "LINKED   back", "contacts → deals: 3 records, 3 lead to a deal")
  local count = select(2, got.out:gsub("2 won deals · EUR 1,280.50", ""))
  assert(count >= 3, got.out) -- the deals themselves, and each metric
end)

-- ---- lists, and unknown names ------------------------------------------------------------------------------

test("an unknown profile: the nearest, or all of them", function()
  expect(shell("plumbline check " .. with 'deals { "exports/deals.csv", profile = "hubspot_deal" }\n'), 2, "err",
    'there is no profile "hubspot_deal"', 'did you mean "hubspot_deals"?')
  expect(shell("plumbline check " .. with 'deals { "exports/deals.csv", profile = "crm" }\n'), 2, "err",
    'there is no profile "crm"', "there are ga4_exploration, ", "the workspace's folder profiles adds others")
end)

test("list profiles: name, title and where each is from", function()
  local dir = with(plain_deals, { ["profiles/our_crm.lua"] = 'profile "our_crm" { title = "Our CRM",\n'
    .. '  columns = { "Id" }, required = { "Id" } }\n', ["profiles/gsc_pages.lua"] = "x x\n" })
  local got = shell("plumbline list profiles " .. dir)
  expect(got, 0, "out", "Our CRM", "profiles/our_crm.lua:1", "HubSpot deals", "built in", "cannot be used: ",
    "(in place of the built-in one)")
  local data = squeezed(shell("plumbline list profiles --json " .. dir))
  expect(data, 0, "out", '"name":"our_crm"', '"from":"workspace"', '"from":"built in"', '"replaces":true', '"error":{')
  expect(shell "plumbline list profiles", 0, "out", "hubspot_deals")
  expect(shell "plumbline list profile", 2, "err", "did you mean profiles?")
end)

for _, case in ipairs {
  { 'names = { "Amount" }', "names has a header without a name", 'names = { ["Close Date"] = "Closing date" }' },
  { "names = { a = 5 }", "names: a must be a text, not 5" },
  { 'names = { a = "X", b = "X" }', 'is given to both "a" and "b"', "has one name" },
  { "lists = { ids = \";;\" }", "lists: ids must be one character between the values" },
  { 'lists = ";"', "lists must be a table" },
  { 'lists = { idz = ";" }', 'has no column "idz"' },
  { "profile = 5", "profile must be a text, not 5" },
} do
  test("in audit.lua: " .. case[1], function()
    local dir = with('deals { "exports/deals.csv", key = "deal_id", status = { "stage", won = "won", lost = "lost" }, '
      .. case[1] .. " }\n")
    expect(shell("plumbline check " .. dir), 2, "err", "audit.lua:2", table.unpack(case, 2))
  end)
end

-- ---- a profile of one's own ------------------------------------------------------------------------------------

local own = [[
profile "our_crm" {
  title = "Our CRM",
  columns = { "Nr", ["State"] = { "Zustand" }, ["Sum"] = { "Summe" }, ["Day"] = { "Tag" }, "Kind" },
  required = { "Nr", "State", "Kind" },
  deals = true,
  key = "Nr", closed = { "Day", format = "%d.%m.%Y" }, amount = "Sum",
  status = { "State", won = "signed", lost = "lost" },
  delimiter = ";", numbers = "1.234,56",
  where = { Kind = like "deal*" }, blank = { "-" },
}
]]
local own_rows = "Zustand;Nr;Summe;Tag;Kind\nsigned;1;1.200,50;01.03.2026;deal\nlost;2;-;02.03.2026;deal new\n"
  .. "signed;3;9.000,00;03.03.2026;quote\n"

test("a user's own profile in the folder profiles", function()
  local dir = with('deals { "exports/x.csv", profile = "our_crm" }\n', { ["profiles/our_crm.lua"] = own, ["exports/x.csv"] = own_rows })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 1,200.50", "1 lost")
end)

test("a copy of a built-in profile takes its place", function()
  local text = own:gsub("our_crm", "hubspot_deals")
  local dir = with('deals { "exports/x.csv", profile = "hubspot_deals" }\n', { ["profiles/hubspot_deals.lua"] = text,
    ["exports/x.csv"] = own_rows })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 1,200.50")
  -- the built-in ones can be copied as they are
  local copy = assert(read(here .. "/../lua/plumbline/profiles/hubspot_deals.lua"))
  dir = with(deals:format "", { ["profiles/hubspot_deals.lua"] = copy, ["exports/x.csv"] = header .. row })
  expect(shell("plumbline audit " .. dir), 0, "out", "1 won deal · EUR 10.00")
end)

-- ---- profiles that are wrong ---------------------------------------------------------------------------------------

for _, case in ipairs {
  { 'profile "p" { titel = "x" }', 'profile "p" has no field "titel"', 'did you mean "title"?' },
  { 'profile "p" { }', 'profile "p" has no title' },
  { 'profile "p" { title = "T" }', 'profile "p" names no columns' },
  { 'profile "p" { title = "T", columns = { "A" } }', "does not say which columns make it what it is" },
  { 'profile "p" { title = "T", columns = {}, required = { "A" } }', "columns is empty" },
  { 'profile "p" { title = "T", columns = { "Abc" }, required = { "Abd" } }', 'required names "Abd", which is not under columns',
    'did you mean "Abc"?' },
  { 'profile "p" { title = "T", columns = { "A", B = { "a" } }, required = { "A" } }', 'stands for both "A" and "B"', "one column only" },
  { 'profile "p" { title = "T", columns = { "A", "A" }, required = { "A" } }', 'names "A" twice' },
  { 'profile "p" { title = "T", columns = { A = 5 }, required = { "A" } }', 'columns: "A" must be a list of other names' },
  { 'profile "p" { title = "T", columns = { "A", "B" }, required = { "A" }, key = "B" }', 'key rests on "B", which is not required' },
  { 'profile "p" { title = "T", columns = { "A", "B" }, required = { "A" }, where = { B = "x" } }', 'where rests on "B"' },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, where = { A = function() return true end } }',
    "where holds a function", "a profile is data" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, deals = true }', "may serve as deals but names no status" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, deals = "yes" }', "deals must be true or false" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, aggregate = true, key = "A" }', "is aggregate, so it has no key" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, status = { "A", won = "x", lost = "x" } }',
    '"x" stands under both won and lost' },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, time = "B" }', 'time names "B", which is not under columns' },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, metrics = { { title = "x" } } }', "metrics 1 needs a name" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, joins = { { here = "A" } } }', "joins 1 has no" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" }, delimiter = "x" }', "delimiter must be one of" },
  { 'profile "p" { title = "T", columns = { "A", "B" }, required = { "A" }, numbers = { B = "1,234.56" } }', 'numbers rests on "B"' },
  { 'profile "q" { title = "T" }', 'profiles/p.lua holds the profile "q"', 'write profile "p"' },
  { 'profile "p"', 'profile "p" is named but has no { … }' },
  { "local x = 1", "profiles/p.lua declares no profile" },
  { 'profile "p" { title = "T", columns = { "A" }, required = { "A" } } profile "p" { }', "a file holds one profile" },
  { 'deals { "x.csv" }', '"deals" does not exist in a profile', "deals belongs in audit.lua" },
  { 'metric "x" { }', '"metric" does not exist in a profile', "metric belongs in a rule file" },
  { 'require "x"', '"require" does not exist in a profile', "stands alone" },
  { 'io.open "/etc/passwd"', '"io" does not exist in a profile' },
  { "profile = 1 + {}", "attempt to perform arithmetic" },
  { 'profile "p" { title = "T" columns = {} }', "'}' expected near 'columns'" },
  { "\27Lua", "bytecode" },
} do
  test("a profile that says: " .. case[1]:gsub("%c", "?"), function()
    local dir = with('deals { "exports/deals.csv", profile = "p" }\n', { ["profiles/p.lua"] = case[1] .. "\n" })
    expect(shell("plumbline check " .. dir), 2, "err", "profiles/p.lua:1", table.unpack(case, 2))
    -- the list shows it, and all others
    local got = shell("plumbline list profiles " .. dir)
    expect(got, 0, "out", "cannot be used: ", "hubspot_contacts")
  end)
end

-- Which limit a loop meets first depends on how busy the machine is.
for _, case in ipairs {
  { "while true do end", "never ends" },
  { "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", "256 MiB of memory", "grows without end" },
} do
  test("a hostile profile: " .. case[1], function()
    local dir = with('deals { "exports/deals.csv", profile = "p" }\n', { ["profiles/p.lua"] = case[1] .. "\n" })
    expect(shell("plumbline check " .. dir), 2, "err", "profiles/p.lua:1", table.unpack(case, 2))
    expect(shell("plumbline list profiles " .. dir), 0, "out", "cannot be used: ", "hubspot_contacts")
  end)
end

test("a broken profile that no source names is in nobody's way", function()
  local dir = with(plain_deals .. 'source "s" { "exports/x.csv", profile = "gsc_pages" }\n', {
    ["profiles/p.lua"] = "while true do end\n", ["exports/x.csv"] = fixture "gsc_pages" })
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
end)

test("a profile sees nothing of audit.lua, and audit.lua nothing of it", function()
  local dir = with('secret = 5\nsource "s" { "exports/x.csv", profile = "p" }\n' .. plain_deals, {
    ["profiles/p.lua"] = 'other = secret\nprofile "p" { title = "T", columns = { "A" }, required = { "A" } }\n',
    ["exports/x.csv"] = "A\n1\n" })
  expect(shell("plumbline check " .. dir), 2, "err", "profiles/p.lua:1", '"secret" does not exist in a profile')
  write(("%s/%s/profiles/p.lua"):format(scratch, dir),
    'other = 5\nprofile "p" { title = "T", columns = { "A" }, required = { "A" } }\n')
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
  write(("%s/%s/audit.lua"):format(scratch, dir), 'audit "A" { as_of = "2026-06-30", currency = "EUR" }\n'
    .. 'source "s" { "exports/x.csv", profile = "p" }\nprint(other)\n' .. plain_deals)
  expect(shell("plumbline check " .. dir), 2, "err", "audit.lua:3", '"other" is not defined')
end)

test("a profile outside the workspace is not read", function()
  local dir = with('deals { "exports/deals.csv", profile = "p" }\n')
  write(scratch .. "/outside.lua", 'profile "p" { title = "T", columns = { "A" }, required = { "A" } }\n')
  os.execute(("ln -s ../../outside.lua %s/%s/profiles/p.lua"):format(scratch, dir))
  expect(shell("plumbline check " .. dir), 2, "err", "profiles/p.lua lies outside of the workspace")
end)

-- ---- a program that declares its own audit ---------------------------------------------------------------------------

local module = (os.getenv "PLUMBLINE":match "^(.*)/" or ".") .. "/plumbline.so"
if read(module) then
  test("require \"plumbline\": a source of a program names a built-in profile", function()
    local dir = with("", { ["c.csv"] = fixture "hubspot_contacts", ["d.csv"] = fixture "hubspot_deals" })
    write(scratch .. "/host.lua", ([[
local plumbline = require "plumbline"
local audit = plumbline.new { title = "T", as_of = "2026-06-30", currency = "USD", directory = %q,
  sources = { contacts = { "c.csv", profile = "hubspot_contacts" } },
  deals = { "d.csv", profile = "hubspot_deals" },
  links = { { "contacts", "deals", { ["Associated Deal IDs"] = "Record ID" } } },
  metrics = { ["Marketing/pages"] = { title = "P", trace = plumbline.from "contacts" :to "deals" } } }
audit:run()
print(audit:findings()[1].verdict)
local ok, e = pcall(plumbline.new, { deals = { "d.csv", profile = "hubspot_deal" } })
print(ok, e.message, e.hint)
ok, e = pcall(plumbline.new, { deals = { "d.csv", profile = "our_crm" } })
print(ok, e.hint:match "; (.*)")
]]):format(scratch .. "/" .. dir))
    local got = shell(run.lua .. " host.lua")
    expect(got, 0, "out", "linked\n", 'false\tthere is no profile "hubspot_deal"\tdid you mean "hubspot_deals"?',
      "false\tplumbline.new has no others; plumbline.open reads those of a workspace")
  end)
else
  print("skipped: the module, as there is no " .. module)
end

-- ---- the rule author's tests ---------------------------------------------------------------------------------------

test("plumbline test: rows have the profile's names", function()
  local dir = with('deals { "exports/x.csv", profile = "hubspot_deals" }\n', {
    ["exports/x.csv"] = "Record ID,Deal Name,DEAL STAGE,Amount,Close Date\n1,L,Closed Won,5,2026-03-01\n",
    ["rules/sales_test.lua"] = [[
test "a won deal" { metric = "all_deals",
  rows = { deals = { { ["Record ID"] = "1", ["Deal Stage"] = "Closed Won", Amount = "10", ["Close Date"] = "2026-02-01" } } },
  expect = { verdict = "linked", won = 1, amount = "10.00" } }
]] })
  expect(shell("plumbline test " .. dir), 0, "out", "1 passed, 0 failed")
end)

run.finish()
