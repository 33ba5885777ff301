-- Exports as tools write them, read by the binary as a user runs it: what was read,
-- what was skipped, what the report says of it, and the messages in full.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/dialects_test.lua [word]
package.path = (arg[0]:match "^(.*)/" or ".") .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, workspace, test, expect, read, scratch =
  run.shell, run.workspace, run.test, run.expect, run.read, run.scratch
local cjson = require "cjson"

local records = "L1,2024-01-05,search\nL2,2024-01-06,mail\nL3,2024-01-07,search\n"
local head = "lead_id,seen,channel\n"

-- Audits the small workspace with another leads.csv; its source as the report has it.
local function leads(text, fields)
  local audit = run.base["audit.lua"]:gsub('key = "lead_id", time', (fields or "") .. ' key = "lead_id", time')
  local dir = workspace { ["audit.lua"] = audit, ["exports/leads.csv"] = text }
  local got = shell("plumbline audit " .. dir)
  if got.code ~= 0 then return nil, got end
  local report = cjson.decode(read(("%s/%s/report/report.json"):format(scratch, dir)))
  for _, source in ipairs(report.sources) do
    if source.name == "leads" then return source, got, report end
  end
end

-- What is right of every shape: three leads, two of search; a row is used, rejected or skipped.
local function same(text, fields, skipped)
  local source, got, report = leads(text, fields)
  assert(source, got.err)
  assert(source.used == 3, "used " .. source.used)
  local n = source.used + source.rejected
  for kind, rows in pairs(source.skipped) do
    n = n + rows
    assert(rows == (skipped and skipped[kind] or 0), kind .. ": " .. rows)
  end
  assert(source.read == n, ("read %d, accounted for %d"):format(source.read, n))
  return source, report
end

local function says(report, text)
  for _, note in ipairs(report.notes) do
    if note.text == text then return end
  end
  error("no note says: " .. text .. "\n" .. cjson.encode(report.notes))
end

test("plain: nothing is skipped", function() same(head .. records) end)

for name, delimiter in pairs { semicolon = ";", tab = "\t", pipe = "|" } do
  test("a " .. name .. " is found", function() same(((head .. records):gsub(",", delimiter))) end)
end

test("titles, comments and key: value lines above the header", function()
  local source = same("Leads of spring\n# exported today\nAccount:,Acme\n\n" .. head .. records, nil, { preamble = 3 })
  local line = source.skipped_lines[1]
  assert(line.file == "exports/leads.csv" and line.line == 1 and line.lines == 4 and line.rows == 3 and
    line.kind == "preamble" and line.text == "Leads of spring", cjson.encode(line))
end)

test("totals and remarks below the records", function()
  local _, report = same(head .. records .. "\n\"Grand Totals (3 records)\"\n\nConfidential\n\"Copyright (c) 2026\"\n", nil,
    { total = 1, footer = 2 })
  says(report, "3 rows of totals and remarks were not read as records (exports/leads.csv:6)")
end)

test("a row that may be a total is kept, and a note says how to settle it", function()
  local text = head .. "L1,2024-01-05,search\nL2,2024-01-06,mail\nTotal,2024-01-07,search\n"
  local _, report = same(text)
  says(report, "exports/leads.csv:4 was read as a record, but may be a total: Total,2024-01-07,search. If it is one, "
    .. "say so in source \"leads\": footer = 1; if not: footer = 0")
  local source = assert(leads(text, "footer = 1,"))
  assert(source.used == 2 and source.skipped.total == 1)
  source = assert(leads(text, "footer = 0,"))
  assert(source.used == 3 and not source.maybe_totals)
end)

test("totals above the records", function()
  local _, report = same(head .. "Grand total,,3\n" .. records, nil, { total = 1 })
  says(report, "1 row of totals was not read as a record (exports/leads.csv:2)")
end)

test("a row above the records that may be a total is kept, and a note says how to settle it", function()
  local text = "lead_id,users\nTotal,60\nL1,20\nL2,30\nL3,10\n"
  local audit = run.base["audit.lua"]:gsub(', time = "seen"', "")
  local function leads_with(field)
    local dir = workspace { ["audit.lua"] = audit:gsub('key = "lead_id"', field .. ' key = "lead_id"', 1),
      ["exports/leads.csv"] = text, ["rules/marketing.lua"] =
      'department "Marketing"\nmetric "searches" { trace = from "leads" :to "deals" }\n',
      ["rules/sales.lua"] = 'department "Sales"\nmetric "leads" { trace = from "leads" :to "deals" }\n' }
    expect(shell("plumbline audit " .. dir), 0, "out", "searches")
    local report = cjson.decode(read(("%s/%s/report/report.json"):format(scratch, dir)))
    for _, source in ipairs(report.sources) do
      if source.name == "leads" then return source, report end
    end
  end
  local source, report = leads_with ""
  assert(source.used == 4 and #source.maybe_totals == 1, cjson.encode(source))
  says(report, "exports/leads.csv:2 was read as a record, but may be a total: Total,60. If it is one, "
    .. "say so in source \"leads\": description = 1; if not: description = 0")
  source = leads_with "description = 1,"
  assert(source.used == 3 and source.skipped.description == 1, cjson.encode(source))
  source = leads_with "description = 0,"
  assert(source.used == 4 and not source.maybe_totals, cjson.encode(source))
end)

test("a second header that repeats the header's words is no record: skipped, and said", function()
  local _, report = same(head .. "Lead_ID (key),Seen (UTC),Channel\n" .. records, nil, { description = 1 })
  says(report, "1 row describes the columns and was not read as a record (exports/leads.csv:2); in source \"leads\" "
    .. "description = 0 reads it")
  -- said by the config, it needs no note
  _, report = same(head .. "Lead_ID (key),Seen (UTC),Channel\n" .. records, "description = 1,", { description = 1 })
  for _, note in ipairs(report.notes) do assert(not note.text:find "describes the columns", note.text) end
end)

-- leads.csv without times; the source and the report.
local function timeless(text, field)
  local audit = run.base["audit.lua"]:gsub(', time = "seen"', ""):gsub('key = "lead_id"', field .. ' key = "lead_id"', 1)
  local dir = workspace { ["audit.lua"] = audit, ["exports/leads.csv"] = text, ["rules/marketing.lua"] =
    'department "Marketing"\nmetric "searches" { trace = from "leads" :to "deals" }\n',
    ["rules/sales.lua"] = 'department "Sales"\nmetric "leads" { trace = from "leads" :to "deals" }\n' }
  expect(shell("plumbline audit " .. dir), 0, "out", "searches")
  local report = cjson.decode(read(("%s/%s/report/report.json"):format(scratch, dir)))
  for _, source in ipairs(report.sources) do
    if source.name == "leads" then return source, report end
  end
end

test("a second header that is only likely is kept, and a note says how to settle it", function()
  local text = "lead_id,users\nwhich,how many\nL1,20\nL2,30\nL3,10\n"
  local source, report = timeless(text, "")
  assert(source.used == 4 and #source.maybe_headers == 1 and not source.maybe_totals, cjson.encode(source))
  says(report, "exports/leads.csv:2 was read as a record, but may describe the columns: which,how many. If it does, "
    .. "say so in source \"leads\": description = 1; if not: description = 0")
  source = timeless(text, "description = 1,")
  assert(source.used == 3 and source.skipped.description == 1 and not source.maybe_headers, cjson.encode(source))
  source = timeless(text, "description = 0,")
  assert(source.used == 4 and not source.maybe_headers, cjson.encode(source))
end)

test("names of texts behind a blank line are kept, and a note says how to settle it", function()
  local text = "lead_id,channel\nL1,search\nL2,mail\nL3,search\n\nTeam,Owner\nBlue,Ann\nRed,Bob\n"
  local source, report = timeless(text, "")
  assert(source.used == 6 and #source.maybe_headers == 1, cjson.encode(source))
  says(report, "exports/leads.csv:6 was read as a record, but may be the header of another table: Team,Owner. If it "
    .. "is one, say in source \"leads\" which to read: block = \"lead_id\" is the one above it; if not: header = 1")
  source, report = timeless(text, "block = \"lead_id\",")
  assert(source.used == 3 and source.skipped.block == 3 and not source.maybe_headers, cjson.encode(source))
  says(report, "1 other table of exports/leads.csv was not read")
  source = timeless(text, "header = 1,")
  assert(source.used == 6 and not source.maybe_headers, cjson.encode(source))
end)

test("two exports put one behind the other: the second header is rejected, with its line", function()
  local text = head .. records .. head .. "L4,2024-01-08,mail\n"
  local audit = run.base["audit.lua"]
  local dir = workspace { ["audit.lua"] = audit, ["exports/leads.csv"] = text }
  shell("plumbline audit --max-rejects 1 " .. dir)
  local rejects = read(("%s/%s/report/rejects.csv"):format(scratch, dir))
  assert(rejects:find('"exports/leads.csv",5,1,PL210,"the header again', 1, true), rejects)
end)

test("two tables of one width with a blank line between them are two tables", function()
  local _, got = leads("lead_id,users\nL1,20\nL2,30\n\nsource,visits\nads,5\n")
  expect(got, 2, "err", "exports/leads.csv:1", 'the file holds 2 tables: "lead_id" (line 1), "source" (line 5)',
    'block = "lead_id" reads that one; header = 1 reads all as one table')
end)

test("delimiters behind the last column", function()
  same(((head .. records):gsub("\n", ",\n")))
  same(head .. (records:gsub("\n", ",,\n")))
end)

test("rows of delimiters that a spreadsheet leaves at the end", function()
  same(head .. records .. ",,\n,,\n", nil, { footer = 2 })
end)

test("description rows: declared below the header", function()
  same(head .. "The lead,When,Where from\n" .. records, "header = 1, description = 1,", { description = 1 })
end)

local two = "# Leads\n" .. head .. records .. "\n# Devices\ndevice,clicks\nphone,3\n"

test("several tables: an error with their names, and one of them by its name", function()
  local _, got = leads(two)
  assert(got.code == 2, got.code)
  expect(got, 2, "err", "exports/leads.csv:2", 'the file holds 2 tables: "Leads" (line 2), "Devices" (line 8)',
    'block = "Leads"')
  local _, report = same(two, 'block = "Leads",', { preamble = 1, block = 3 })
  says(report, "1 other table of exports/leads.csv was not read")
end)

test("a header that cannot be told is an error, until it is declared", function()
  local text = "Report: a, b, c\n\n" .. head .. "L1,2024-01-05,search\nL2,2024-01-06,mail\nL3,2024-01-07,search\n"
  local _, got = leads(text)
  expect(got, 2, "err", "exports/leads.csv:1:1",
    "the header cannot be told: is it line 1, Report: a, b, c, or line 3, lead_id,seen,channel?", "header = 1, or header = 3")
  same(text, "header = 3,", { preamble = 1 })
end)

test("two delimiters that fit alike are an error", function()
  local _, got = leads("a,b;c\n1,2;3\n4,5;6\n")
  expect(got, 2, "err", "exports/leads.csv:1:1", "the delimiter cannot be told: 2 columns with ',' and 2 with ';'",
    'delimiter = ";"')
end)

test("JSON: the array in an object, and one of two by its path", function()
  local one = '{"lead_id":"L1","seen":"2024-01-05","channel":"search"}'
  local function file(text, fields)
    local audit = run.base["audit.lua"]:gsub('exports/leads.csv", ', 'exports/leads.json", ' .. (fields or ""))
    return shell("plumbline audit " .. workspace { ["audit.lua"] = audit, ["exports/leads.json"] = text })
  end
  expect(file('{"results":[' .. one .. '],"paging":{"next":null}}'), 0, "out", "searches")
  local both = '{"data":{"items":[' .. one .. ']},"gone":[{"lead_id":"L9"}]}'
  expect(file(both), 2, "err", "the file holds 2 arrays of objects: data.items (line 1), gone (line 1)",
    'records = "data.items"')
  expect(file(both, 'records = "data.items", '), 0, "out", "searches")
end)

-- ---- published corpora ---------------------------------------------------------------------------
-- The quirks of csv-spectrum (https://github.com/max-mapper/csv-spectrum) and of the lists that parsers
-- are measured by, each written anew: columns, then cells. Where plumbline differs, the case says why.
local corpus = {
  { "comma in quotes", 'first,address\nJohn,"120 any st., Suite 2"\n', { "first", "address" }, 1 },
  { "empty", "a,b,c\n1,\"\",\"\"\n2,3,4\n", { "a", "b", "c" }, 2 },
  { "empty, CRLF", "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", { "a", "b", "c" }, 2 },
  { "escaped quotes", 'a,b\n1,"ha ""ha"" ha"\n3,4\n', { "a", "b" }, 2 },
  { "JSON in a cell", 'key,val\n1,"{""type"": ""Point"", ""at"": [1.5, 2.5]}"\n', { "key", "val" }, 1 },
  { "newlines", 'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n', { "a", "b", "c" }, 3 },
  { "newlines, CRLF", 'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n', { "a", "b", "c" }, 3 },
  { "quotes and newlines", 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n', { "a", "b" }, 2 },
  { "simple", "a,b,c\n1,2,3\n", { "a", "b", "c" }, 1 },
  { "simple, CRLF", "a,b,c\r\n1,2,3\r\n", { "a", "b", "c" }, 1 },
  { "UTF-8", "a,b,c\n1,2,3\n4,5,ʤ\n", { "a", "b", "c" }, 2 },
  -- others of their kind
  { "CR only", "a,b\r1,2\r3,4\r", { "a", "b" }, 2 },
  { "no line end at the end", "a,b\n1,2", { "a", "b" }, 1 },
  { "blank lines", "a,b\n\n1,2\n\n\n3,4\n\n", { "a", "b" }, 2 },
  { "one column", "a\n1\n2\n", { "a" }, 2 },
  { "spaces and a quote in the middle", 'a,b\n x ,5" nail\n', { "a", "b" }, 1 },
}

-- Reads a file as it is through `sniff`; gives its first table.
local function sniffed(path)
  local got = shell("plumbline sniff --json " .. run.quote(path))
  if got.code ~= 0 then return nil, got end
  local result = cjson.decode(got.raw)
  return (result.files or result.tables or result)[1] or result, got
end

local function names(t)
  local out = {}
  for i, c in ipairs(t.columns) do out[i] = c.name end
  return table.concat(out, "|")
end

for i, case in ipairs(corpus) do
  test("corpus: " .. case[1], function()
    local path = ("%s/corpus%d.csv"):format(scratch, i)
    run.write(path, case[2])
    local t, got = sniffed(path)
    assert(t, got.err)
    assert(names(t) == table.concat(case[3], "|"), names(t))
    assert(t.records == case[4], "records: " .. tostring(t.records))
  end)
end

-- ---- what the tools really wrote: read in place ------------------------------------------------------
-- Columns and records counted by hand.
local samples = (arg[0]:match "^(.*)/" or ".") .. "/../../shared/data/export_samples/"
local expected = {
  ["ga4_freeform_exploration.csv"] = { 6, 2 },
  ["ga4_landing_page_bom_crlf.csv"] = { 8, 3 },
  ["ga4_pages_and_screens_real.csv"] = { 8, 1 },
  ["ga4_report_overview_multiblock.csv"] = { 4, 1 }, -- the first of four tables
  ["google_ads_campaign_report_real.csv"] = { 31, 1 },
  ["google_ads_german_ui.csv"] = { 7, 2 },
  ["gsc_Chart.csv"] = { 5, 2 },
  ["gsc_Filters.csv"] = { 2, 2 },
  ["gsc_Pages.csv"] = { 5, 1 },
  ["gsc_Queries.csv"] = { 5, 2 },
  ["gsc_Queries_semicolon_decimal_comma.csv"] = { 5, 2 },
  ["hubspot_companies_synthetic.csv"] = { 5, 3 },
  ["hubspot_contacts_header_full.csv"] = { 181, 0 },
  ["hubspot_deals_associations_synthetic.csv"] = { 13, 2 },
  ["hubspot_deals_header.csv"] = { 14, 0 },
  ["hubspot_deals_synthetic_rows.csv"] = { 9, 3 },
  ["hubspot_mql_view_header.csv"] = { 18, 0 },
  ["linkedin_ads_campaign_performance.csv"] = { 11, 1 },
  ["linkedin_page_metrics_header.csv"] = { 20, 0 },
  ["linkedin_page_posts_header.csv"] = { 20, 0 },
  ["mailchimp_audience_header.csv"] = { 19, 0 },
  ["mailchimp_campaigns_aggregated_real.csv"] = { 40, 1 },
  ["mailchimp_single_campaign_keyvalue.csv"] = { 15, 1 }, -- transposed
  ["pipedrive_vendor_sample_header.csv"] = { 13, 0 },
  ["salesforce_opportunity_report_composite.csv"] = { 20, 1 },
  ["surveymonkey_two_row_header.csv"] = { 12, 1 },
  ["zoho_deals_synthetic.csv"] = { 8, 2 },
}
local there = io.open(samples .. "gsc_Pages.csv")
if there then
  there:close()
  local order = {}
  for name in pairs(expected) do order[#order + 1] = name end
  table.sort(order)
  for _, name in ipairs(order) do
    test("sample: " .. name, function()
      local t, got = sniffed((run.capture("realpath " .. run.quote(samples .. name)):gsub("\n", "")))
      assert(t, got.err)
      assert(#t.columns == expected[name][1], "columns: " .. #t.columns)
      assert(t.records == expected[name][2], "records: " .. tostring(t.records))
    end)
  end
else
  print "skipped: the samples of exports are not here"
end

run.finish()
