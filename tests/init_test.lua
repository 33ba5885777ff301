-- plumbline init: a folder of exports becomes a workspace that passes `check` and runs,
-- without a hand on it; and what cannot be known is asked, not guessed.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/init_test.lua [word]
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, test, expect, read, write, scratch, quote, capture = run.shell, run.test, run.expect,
  run.read, run.write, run.scratch, run.quote, run.capture
local data = here .. "/../../shared/data/"

local folders = 0
-- A folder with these files in it.
local function folder(files)
  folders = folders + 1
  local dir = "f" .. folders
  os.execute("mkdir -p " .. scratch .. "/" .. dir)
  for path, text in pairs(files or {}) do
    local inner = path:match "^(.*)/[^/]*$"
    if inner then os.execute("mkdir -p " .. quote(scratch .. "/" .. dir .. "/" .. inner)) end
    write(scratch .. "/" .. dir .. "/" .. path, text)
  end
  return dir
end

local function text_of(dir, path)
  return assert(read(scratch .. "/" .. dir .. "/" .. path), dir .. "/" .. path .. " is not there")
end

local function holds(text, ...)
  for _, part in ipairs { ... } do
    assert(text:find(part, 1, true), "expected: " .. part .. "\nin:\n" .. text)
  end
end

local function lacks(text, ...)
  for _, part in ipairs { ... } do
    assert(not text:find(part, 1, true), "not expected: " .. part .. "\nin:\n" .. text)
  end
end

-- init, check, audit; `code` is what the audit may end with.
local function sound(dir, code)
  local got = shell("plumbline init --no-input " .. dir)
  expect(got, 0, "out", "Written")
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
  local audit = shell("plumbline audit --json " .. dir)
  expect(audit, code or 0, "out", "")
  return got.out, audit.out
end

-- The won deals and their amount in a report.
local function won(json)
  local part = assert(json:match '"won": {(.-)}', json:sub(1, 400))
  return tonumber(part:match '"deals": (%d+)'), part:match '"amount": "([^"]*)"'
end

local small = {
  ["exports/leads.csv"] = "lead_id,created_at,channel\nL1,2024-01-05,search\nL2,2024-01-06,mail\nL3,2024-01-07,search\n"
    .. "L4,2024-01-08,search\n",
  ["exports/deals.csv"] = "deal_id,lead_id,stage,created,closed,amount\n"
    .. "D1,L1,Closed Won,2024-01-20,2024-02-01,100.50\nD2,L2,Closed Lost,2024-01-20,2024-02-02,50\n"
    .. "D3,L3,Closed Won,2024-01-21,2024-02-03,200\nD4,,Proposal,2024-01-22,,10\n",
}

-- ---- whole workspaces --------------------------------------------------------------------------------

-- Forty people, each with three deals in mixed order, and every one of them has any.
test("values that repeat count once in what is measured", function()
  local leads, deals = { "contact,seen\n" }, { "deal_id,contact,stage,created,closed,amount\n" }
  for i = 1, 40 do leads[#leads + 1] = ("person%d@mail.example,2024-01-05\n"):format(i) end
  for i = 1, 120 do
    deals[#deals + 1] = ("D%d,person%d@mail.example,Closed Won,2024-01-20,2024-02-01,10\n"):format(i, i * 7 % 40 + 1)
  end
  local dir = folder { ["exports/people.csv"] = table.concat(leads), ["exports/deals.csv"] = table.concat(deals) }
  sound(dir)
  holds(text_of(dir, "audit.lua"), '100 % of the values of "contact" in people are in deals, 100 % the other way')
end)

test("an id that one export has once links small exports too", function()
  local leads, deals = { "Customer No,seen\n" }, { "deal_id,Customer No,stage,created,closed,amount\n" }
  for i = 1, 6 do leads[#leads + 1] = ("C-10%d,2024-01-05\n"):format(i) end
  for i = 1, 12 do
    deals[#deals + 1] = ("D%d,C-10%d,Closed Won,2024-01-20,2024-02-01,10\n"):format(i, i % 6 + 1)
  end
  local dir = folder { ["exports/customers.csv"] = table.concat(leads), ["exports/deals.csv"] = table.concat(deals) }
  sound(dir)
  holds(text_of(dir, "audit.lua"), 'link { "customers", "deals", "Customer No" }')
end)

test("two small exports: sources, the link with its measure, the deals, a rule with a breakdown", function()
  local dir = folder(small)
  local _, audit = sound(dir)
  local config = text_of(dir, "audit.lua")
  holds(config, 'source "leads" {', 'key = "lead_id", time = "created_at"',
    -- 3 of 4 lead ids are on deals, and each of the 3 on deals is a lead
    '75 % of the values of "lead_id" in leads are in deals, 100 % the other way', 'link { "leads", "deals", "lead_id" }',
    'key     = "deal_id"', 'created = "created"', 'closed  = "closed"', 'amount  = "amount"',
    'won = "Closed Won"', 'lost = "Closed Lost"', "open = others()", '"Proposal"')
  holds(text_of(dir, "rules/marketing.lua"), 'trace = from "leads" :to "deals", by = "channel"')
  local deals, amount = won(audit)
  assert(deals == 2 and amount == "300.50", deals .. " " .. amount) -- D1 and D3
end)

test("a row that may be a total is asked about", function()
  local dir = folder { ["exports/deals.csv"] = small["exports/deals.csv"],
    ["exports/leads.csv"] = small["exports/leads.csv"] .. "Total,2024-01-09,search\n" }
  sound(dir)
  holds(text_of(dir, "audit.lua"),
    '-- check: line 6 may be a total, "Total,2024-01-09,search": footer = 1 leaves it out, footer = 0')
  -- of two files of one table, in the second
  dir = folder { ["exports/deals.csv"] = small["exports/deals.csv"], ["exports/leads_2023.csv"] =
    "lead_id,created_at,channel\nM1,2023-01-05,search\nM2,2023-01-06,mail\n",
    ["exports/leads_2024.csv"] = small["exports/leads.csv"] .. "Total,2024-01-09,search\n" }
  sound(dir)
  holds(text_of(dir, "audit.lua"), '-- check: line 6 of exports/leads_2024.csv may be a total')
end)

test("the demo's exports alone give the demo's own deals and won amount", function()
  expect(shell("plumbline init --demo demo"), 0, "err", "wrote a demo")
  expect(shell("mkdir bare && cp -r demo/exports bare/"), 0, "out", "")
  -- The demo's audit ends with 4 over two metrics that are wrong on purpose; `bare` has none.
  local own = shell("plumbline audit --json demo")
  expect(own, 4, "out", "")
  local out, audit = sound("bare")
  local deals, amount = won(own.out)
  local got_deals, got_amount = won(audit)
  assert(deals == got_deals and amount == got_amount, ("%s %s, not %s %s"):format(got_deals, got_amount, deals, amount))
  holds(out, "sessions", "→ contacts → deals", "rates of exchange")
  -- aggregates and keys that meet nothing are asked about, not forgotten
  holds(text_of("bare", "rules/marketing.lua"), "sums, not records of single people", "No column has values in common")
  -- one table of three files, joined over a list of ids
  holds(text_of("bare", "audit.lua"), '"exports/web/sessions_2024.csv", "exports/web/sessions_2025.csv"',
    '["Website Visitor IDs"] = ";"', 'rates    = { source = "rates_by_month"')
end)

test("olist: 842 won deals, their amounts looked up, the link measured", function()
  if not read(data .. "olist/olist_closed_deals_dataset.csv") then
    print "skipped: ../shared/data/olist is not there"
    return
  end
  os.execute(("mkdir -p %s/olist && cp %solist/*.csv %s/olist/"):format(scratch, data, scratch))
  local _, audit = sound("olist")
  local deals, amount = won(audit)
  -- olist/expected: 842 closed deals; 664,858.00 is the revenue of the sellers that delivered
  assert(deals == 842 and amount == "664858.00", deals .. " " .. amount)
  -- 842 of 8,000 leads are 10.5 %; each deal has its lead
  holds(text_of("olist", "audit.lua"), '10.5 % of the values of "mql_id" in marketing_qualified_leads are in deals, 100 %',
    'link { "marketing_qualified_leads", "deals", "mql_id" }', 'status = constant "won"',
    "check: there is no status here; every row with a won_date counts as won",
    'amount = lookup { "seller_performance", on = "seller_id", take = "product_revenue" }')
  holds(text_of("olist", "rules/marketing.lua"), 'by    = "origin"', '_by_landing_page_id"')
end)

test("samples of many tools: all of it passes check, and the audit says what it can", function()
  if not read(data .. "export_samples/gsc_Pages.csv") then
    print "skipped: ../shared/data/export_samples is not there"
    return
  end
  os.execute(("cp -r %sexport_samples %s/samples"):format(data, scratch))
  local out, audit = sound("samples")
  assert(won(audit) == 1) -- hubspot_deals_synthetic_rows.csv: one Closed Won
  holds(out, "was taken for the deals; it may be another", "zoho_deals_synthetic.csv")
  holds(text_of("samples", "audit.lua"), 'profile = "google_ads_campaigns"', "can be read as")
end)

-- ---- the deals -----------------------------------------------------------------------------------------

test("nothing that may hold deals: exit 3, nothing is written", function()
  local dir = folder { ["pages.csv"] = "page,views\n/a,1\n/b,2\n" }
  expect(shell("plumbline init " .. dir), 3, "err", "no export here looks as if it held the deals", "--deals FILE")
  assert(run.files_in(dir) == "pages.csv ", run.files_in(dir))
end)

test("--deals names the file; what means won is asked, and check still passes", function()
  local dir = folder { ["pages.csv"] = "page,views\n/a,1\n/b,2\n", ["orders.csv"] = "id,phase,value\nO1,new,5\nO2,done,6\n" }
  expect(shell("plumbline init --deals orders.csv " .. dir), 0, "out", "the deals")
  holds(text_of(dir, "audit.lua"), 'check: which values mean won? None of these says so: "done", "new"')
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
  expect(shell("plumbline audit " .. dir), 3, "err", "won") -- no won deal: no verdicts
  expect(shell("plumbline init --deals nowhere.csv " .. folder(small)), 2, "err", "nowhere.csv", "exports/deals.csv")
end)

test("a status that only sounds like won is taken with a question; other stages are never won", function()
  local dir = folder { ["deals.csv"] = "id,stage,closed\nD1,6 - Deal won (signed),2024-01-01\nD2,Almost won,2024-01-02\n"
    .. "D3,Verloren,2024-01-03\n" }
  sound(dir)
  local config = text_of(dir, "audit.lua")
  holds(config, 'won = "6 - Deal won (signed)"', 'check: "6 - Deal won (signed)" is listed by what its name says',
    'lost = "Verloren"', '"Almost won"')
end)

test("several currencies and no rates: no sums, and the lines that give them", function()
  local dir = folder { ["deals.csv"] = "id,stage,closed,amount,currency\nD1,Won,2024-01-01,10,EUR\nD2,Won,2024-01-02,10,USD\n" }
  local _, audit = sound(dir)
  local _, amount = won(audit)
  assert(amount == nil or amount == "0.00", amount)
  holds(text_of(dir, "audit.lua"), "check: deals are in EUR, USD", 'rates = { USD = "…" }')
  -- nor where a known export would bring its amount along
  dir = folder { ["deals.csv"] = "Record ID,Deal Name,Deal Stage,Close Date,Amount,Currency\n"
    .. "1,a,Closed Won,2024-01-01,10,EUR\n2,b,Closed Won,2024-01-02,10,USD\n" }
  _, audit = sound(dir)
  _, amount = won(audit)
  assert(amount == nil or amount == "0.00", amount)
  lacks(text_of(dir, "audit.lua"), "profile")
end)

test("days that can be read in two ways are not used; both lines are there to choose from", function()
  local dir = folder { ["deals.csv"] = "id,stage,Close Date,amount\nD1,Won,03/04/2024,10\nD2,Lost,05/06/2024,10\n" }
  sound(dir)
  local config = text_of(dir, "audit.lua")
  holds(config, "check: Close Date:", 'closed = { "Close Date", format = "%m/%d/%Y" }',
    'closed = { "Close Date", format = "%d/%m/%Y" }')
  assert(not config:find('\n  closed'), config)
end)

-- ---- the day of the closing ----------------------------------------------------------------------------

-- Deals with these two headers for the opening and the closing, in one of several languages.
local function closed_as(opened, closed, says_won, says_lost)
  local dir = folder { ["deals.csv"] = ("Deal-ID;Phase;%s;%s\n1;%s;03.01.2024;14.02.2024\n2;%s;04.01.2024;15.02.2024\n"):format(
    opened, closed, says_won, says_lost) }
  sound(dir)
  return text_of(dir, "audit.lua")
end

test("the closing day goes by its name in the languages of the CRMs", function()
  for _, case in ipairs { { "Erstellt am", "Abgeschlossen am" }, { "Erstelldatum", "Abschlussdatum" },
    { "Erstellungsdatum", "Schlusstermin" }, { "Angelegt am", "Geschlossen am" }, { "Erstellt am", "Gewonnen am" },
    { "Date de création", "Date de clôture" }, { "Créé le", "Date de fermeture" }, { "Fecha de creación", "Fecha de cierre" },
    { "Aangemaakt op", "Sluitingsdatum" }, { "Data di creazione", "Data di chiusura" },
    { "Data de criação", "Data de fechamento" } } do
    local config = closed_as(case[1], case[2], "Gewonnen", "Verloren")
    holds(config:gsub(" +", " "), ('closed = { "%s", format = "%%d.%%m.%%Y" }'):format(case[2]),
      ('created = { "%s"'):format(case[1]))
  end
end)

test("a day that is only expected is not the day of the closing", function()
  for _, header in ipairs { "Voraussichtliches Abschlussdatum", "Date de clôture prévue", "Fecha prevista de cierre",
    "Verwachte sluitingsdatum", "Expected Close Date", "Verloren am" } do
    lacks(closed_as("Erstellt am", header, "Gewonnen", "Verloren"), "\n  closed ")
  end
end)

test("no known closing day: the dates that are left are named, each as the line to write; check and audit go through", function()
  local files = { ["leads.csv"] = "lead_id,created,source\nL1,2024-01-02,fair\nL2,2024-01-02,search\n",
    ["deals.csv"] = "deal_id,lead_id,stage,Created,Day A,Day B,Last Modified\n"
      .. "D1,L1,Closed Won,2024-01-03,14.02.2024,2024-02-15,2024-03-01\nD2,L2,Closed Lost,2024-01-04,15.02.2024,2024-02-15,2024-03-02\n" }
  local dir = folder(files)
  local out = sound(dir)
  local config = text_of(dir, "audit.lua")
  holds(config, "check: no column is known to say when a deal was closed. If one of these does, write",
    '--     closed = { "Day A", format = "%d.%m.%Y" }', '--     closed = "Day B"', '  before   = "any",')
  lacks(config, 'closed = "Last Modified"', 'closed = "Created"')
  holds(out:gsub("%s+", " "), 'If one of these does, write: closed = { "Day A", format = "%d.%m.%Y" } or closed = "Day B"')
  -- the line, pasted, and the other one taken out, is an audit with the order checked
  config = config:gsub('  status', '  closed = "Day B",\n  status', 1):gsub('  before   = "any",\n', "")
  write(scratch .. "/" .. dir .. "/audit.lua", config)
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
  -- and with nothing but an opening day there is no line to choose
  files["deals.csv"] = "deal_id,lead_id,stage,Created\nD1,L1,Closed Won,2024-01-03\nD2,L2,Closed Lost,2024-01-04\n"
  dir = folder(files)
  sound(dir)
  holds(text_of(dir, "audit.lua"), 'no column says when a deal was closed: "Created" says something else')
end)

test("a closing day that is the opening day in every record is asked about; so is an only date with a weak name", function()
  local dir = folder { ["deals.csv"] = "deal_id,stage,Close Date,Create Date\nD1,Won,2024-02-01,2024-02-01 10:00\n"
    .. "D2,Lost,2024-02-02,2024-02-02 11:30\nD3,Open,,2024-02-05 09:00\n" }
  sound(dir)
  holds(text_of(dir, "audit.lua"), 'check: "Close Date" is the same day as "Create Date" in every record that has both')
  -- one record that differs, and there is nothing to ask
  dir = folder { ["deals.csv"] = "deal_id,stage,Close Date,Create Date\nD1,Won,2024-02-01,2024-02-01 10:00\n"
    .. "D2,Lost,2024-02-03,2024-02-02 11:30\n" }
  sound(dir)
  lacks(text_of(dir, "audit.lua"), "same day as")
  dir = folder { ["deals.csv"] = "deal_id,stage,Order Date\nD1,Won,2024-02-01\nD2,Lost,2024-02-03\n" }
  sound(dir)
  holds(text_of(dir, "audit.lua"), 'check: "Order Date" is the only date here', 'created = "Order Date"')
end)

test("rows that are no records are quoted where their source is, and counted on the terminal", function()
  local dir = folder { ["deals.csv"] = "deal_id,stage,closed,amount,email\nD1,Closed Won,2024-02-01,100,a@x.example\n"
    .. "D2,Closed Lost,2024-02-02,50,b@x.example\nTotal,,,150,\n",
    ["survey.csv"] = "Export of 2024\nRespondent ID,Date Created,Email\n,,Open-Ended Response\nR1,2024-01-01,a@x.example\n"
      .. "R2,2024-01-02,b@x.example\n" }
  local out, audit = sound(dir)
  holds(text_of(dir, "audit.lua"), "-- left out, being no record: line 4, totals: Total,,,150,",
    "-- left out, being no record: line 1, above the header: Export of 2024",
    "-- left out, being no record: line 3, describes the columns: ,,Open-Ended Response")
  holds(out, "1 row of deals, 2 rows of survey")
  assert(won(audit) == 1)
end)

-- ---- the same records twice ---------------------------------------------------------------------------------

test("a file that is another one byte for byte is left out, and that is said", function()
  local dir = folder { ["deals (1).csv"] = small["exports/deals.csv"], ["deals.csv"] = small["exports/deals.csv"],
    ["a/leads.csv"] = small["exports/leads.csv"], ["b/leads copy.csv"] = small["exports/leads.csv"],
    -- as long as the deals, and not the same
    ["other.csv"] = (small["exports/deals.csv"]:gsub("Closed", "Opened")) }
  local out, audit = sound(dir)
  holds(out:gsub("%s+", " "), "deals (1).csv is the same file as deals.csv", "b/leads copy.csv is the same file as a/leads.csv")
  local config = text_of(dir, "audit.lua")
  holds(config, '-- "deals (1).csv" is the same file again and is left out', 'deals { "deals.csv",', '"other.csv"')
  lacks(config, '{ "deals (1).csv"', '{ "b/leads copy.csv"')
  local deals, amount = won(audit)
  assert(deals == 2 and amount == "300.50", deals .. " " .. amount) -- as without the copy
  -- the copy, named, is the file that it is a copy of
  dir = folder { ["x (1).csv"] = small["exports/deals.csv"], ["x.csv"] = small["exports/deals.csv"] }
  expect(shell(("plumbline init --deals 'x (1).csv' %s"):format(dir)), 0, "out", "Written")
  holds(text_of(dir, "audit.lua"), 'deals { "x.csv"')
end)

test("exports of the same deals at two times: the newest of each counts where a column says which; else it is asked", function()
  local function month(updated, rows)
    local out = { "deal_id,stage,closed,amount" .. (updated and ",updated" or "") }
    for _, row in ipairs(rows) do out[#out + 1] = updated and row or row:gsub(",[^,]*$", "") end
    return table.concat(out, "\n") .. "\n"
  end
  local first = { "D1,Closed Won,2024-02-01,100,2024-02-01", "D2,Proposal,,50,2024-02-02" }
  local second = { "D1,Closed Won,2024-02-01,100,2024-02-01", "D2,Closed Won,2024-03-02,50,2024-03-02", "D3,Proposal,,70,2024-03-03" }
  local dir = folder { ["deals_2024-02.csv"] = month(true, first), ["deals_2024-03.csv"] = month(true, second) }
  local _, audit = sound(dir)
  holds(text_of(dir, "audit.lua"),
    'check: the same "deal_id" stands in several of these files', 'duplicates = { keep = "last", by = "updated" }')
  local deals, amount = won(audit)
  assert(deals == 2 and amount == "150.00", deals .. " " .. amount) -- D1 once, D2 as it is in March
  dir = folder { ["deals_2024-02.csv"] = month(false, first), ["deals_2024-03.csv"] = month(false, second) }
  sound(dir)
  holds(text_of(dir, "audit.lua"), "they count more than once. Keep the", '--     deals { "deals_2024-03.csv",')
end)

-- ---- links -------------------------------------------------------------------------------------------------

test("values that overlap by chance are no link", function()
  local files = { ["deals.csv"] = small["exports/deals.csv"] }
  local a, b = { "number,city,visits" }, { "count,city" }
  for i = 1, 60 do
    a[#a + 1] = ("%d,City %d,%d"):format(i, i, i % 9)
    b[#b + 1] = ("%d,City %d"):format(i, i)
  end
  files["shops.csv"], files["fairs.csv"] = table.concat(a, "\n") .. "\n", table.concat(b, "\n") .. "\n"
  local dir = folder(files)
  sound(dir)
  lacks(text_of(dir, "audit.lua"), "link {")
end)

test("e-mail addresses meet whatever their letters, through clean()", function()
  local visits, deals = { "visitor email,at" }, { "id,stage,closed,contact email" }
  for i = 1, 12 do
    visits[#visits + 1] = ("User%d@Mail.Example,2024-01-%02d"):format(i, i)
    deals[#deals + 1] = ("D%d,%s,2024-02-01,user%d@mail.example"):format(i, i < 4 and "Won" or "Lost", i)
  end
  local dir = folder { ["visits.csv"] = table.concat(visits, "\n") .. "\n", ["deals.csv"] = table.concat(deals, "\n") .. "\n" }
  local _, audit = sound(dir)
  holds(text_of(dir, "audit.lua"), 'clean("visitor email", "email")', 'link { "visits", "deals", "email" }')
  holds(audit, '"verdict": "linked"')
end)

test("tables of more values than are remembered are compared by a sample, the same each time", function()
  local leads, deals = { "lead_id,created" }, { "id,lead_id,stage,closed" }
  for i = 1, 60000 do
    leads[#leads + 1] = ("LEAD-%06d,2024-01-01"):format(i)
    if i % 2 == 0 then deals[#deals + 1] = ("D%06d,LEAD-%06d,Won,2024-02-01"):format(i, i) end
  end
  local dir = folder { ["leads.csv"] = table.concat(leads, "\n") .. "\n", ["deals.csv"] = table.concat(deals, "\n") .. "\n" }
  sound(dir)
  local config = text_of(dir, "audit.lua")
  holds(config, "from a sample", "100 % the other way")
  -- half of the leads have a deal; a sample of more than 7,500 values is within 2 %
  local share = tonumber(config:match '%-%- ([%d.]+) %% of the values of "lead_id" in leads')
  assert(share > 48 and share < 52, share)
end)

test("few values in common are measured and shown, with the reason for no link and the trace to paste", function()
  local dir = folder { ["deals.csv"] = "deal_id,stage,closed,amount,campaign\nD1,Closed Won,2024-02-01,100,Spring\n"
    .. "D2,Closed Lost,2024-02-02,50,Spring\nD3,Closed Won,2024-02-03,200,Summer\nD4,Closed Won,2024-02-04,200,Winter\n",
    ["ads.csv"] = "date,campaign_name,clicks\n2024-01-01,Spring,10\n2024-01-02,Summer,12\n2024-01-03,Winter,15\n"
      .. "2024-01-04,Spring,9\n" }
  local out = sound(dir)
  local rules = text_of(dir, "rules/marketing.lua")
  holds(rules, '3 of the 3 values of "campaign_name" are in "campaign" of deals, but so few values',
    '--     trace = from "ads" :to("deals", { campaign_name = "campaign" })')
  lacks(rules, "No column has values in common")
  holds(out:gsub("%s+", " "), '3 of the 3 values of "campaign_name" are in "campaign" of deals')
  -- pasted, it is the trace: 3 won deals have one of the three campaigns
  write(scratch .. "/" .. dir .. "/rules/marketing.lua",
    (rules:gsub('  note .*', '  trace = from "ads" :to("deals", { campaign_name = "campaign" }),\n}\n')))
  expect(shell("plumbline audit " .. dir), 0, "out", "LINKED   ads", "3 won deals")
end)

test("zeros in front: such a column holds texts, and meets the one that lost them", function()
  local dir = folder { ["deals.csv"] = "deal_id,customer_no,stage,closed\nD1,123,Closed Won,2024-02-01\nD2,456,Closed Lost,2024-02-02\n"
    .. "D3,7,Closed Won,2024-02-03\n",
    ["visits.csv"] = "visit,customer_no,visited,plz\nV1,00123,2024-01-01,01067\nV2,00456,2024-01-02,10115\n"
      .. "V3,00007,2024-01-03,04109\n" }
  local _, audit = sound(dir)
  holds(text_of(dir, "audit.lua"), 'customer_no_short = clean("customer_no", "nozeros")',
    'link { "visits", "deals", { customer_no_short = "customer_no" } }', "with zeros in front left out")
  holds(audit, '"verdict": "linked"')
end)

test("a status that another export holds too is no link: a trace must not select how deals end", function()
  local function deals(n)
    local out = { "id,is won,closed" }
    for i = 1, 12 do
      out[#out + 1] = ("%s%d,%s %d,2024-02-%02d"):format(n, i, i % 2 == 0 and "won" or "lost", i, i)
    end
    return table.concat(out, "\n") .. "\n"
  end
  local dir = folder { ["deals.csv"] = deals "D", ["opportunities.csv"] = deals "O" }
  sound(dir)
  lacks(text_of(dir, "audit.lua"), '"is won" }')
end)

test("a file that ends with .tsv and is written with commas is declared so", function()
  local dir = folder { ["deals.tsv"] = small["exports/deals.csv"] }
  sound(dir)
  holds(text_of(dir, "audit.lua"), 'delimiter = ","')
end)

-- ---- files ------------------------------------------------------------------------------------------------------

test("what is there is kept: rule files by name; audit.lua ends it with 2 and writes nothing", function()
  local files = { ["rules/marketing.lua"] = 'department "Marketing"\nmetric "own" { title = "Own" }\n', [".luarc.json"] = "{}" }
  for path, text in pairs(small) do files[path] = text end
  local dir = folder(files)
  expect(shell("plumbline init " .. dir), 0, "out", "Kept as they were", "rules/marketing.lua", ".luarc.json")
  assert(text_of(dir, "rules/marketing.lua") == files["rules/marketing.lua"] and text_of(dir, ".luarc.json") == "{}")
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
  local before = capture(("cd %s/%s && find . -type f | sort | xargs cksum"):format(scratch, dir))
  expect(shell("plumbline init " .. dir), 2, "err", "audit.lua is there already", "sniff")
  assert(capture(("cd %s/%s && find . -type f | sort | xargs cksum"):format(scratch, dir)) == before)
end)

test("the same exports give the same bytes, in any folder", function()
  local a, b = folder(small), folder(small)
  os.execute(("mv %s/%s %s/x1 && mkdir %s/y && mv %s/%s %s/y/x1"):format(scratch, a, scratch, scratch, scratch, b, scratch))
  shell("plumbline init x1; cd y; plumbline init x1")
  for _, path in ipairs { "audit.lua", "rules/marketing.lua", ".luarc.json" } do
    assert(text_of("x1", path) == text_of("y/x1", path), path)
  end
end)

test("a folder that cannot be written is exit 5, and nothing is left half", function()
  local dir = folder(small)
  -- a file where the folder `rules` must be, which also root cannot write through
  write(scratch .. "/" .. dir .. "/rules", "not a folder")
  expect(shell("plumbline init " .. dir), 5, "err", "rules")
  assert(not read(scratch .. "/" .. dir .. "/audit.lua"), "audit.lua was written though its rules were not")
  assert(capture(("find %s/%s -name '*.tmp'"):format(scratch, dir)) == "")
end)

test("a link for `rules` that leads elsewhere is not written through", function()
  local dir = folder(small)
  shell("mkdir elsewhere; ln -s ../elsewhere " .. dir .. "/rules")
  expect(shell("plumbline init " .. dir), 5, "err", "rules")
  assert(run.files_in "elsewhere" == "", run.files_in "elsewhere")
end)

test("editors find the rule API: .luarc.json names what was written", function()
  local dir = folder(small)
  sound(dir)
  holds(text_of(dir, ".luarc.json"), ".plumbline/_meta")
  holds(text_of(dir, ".plumbline/_meta/rules.lua"), "---@meta")
end)

-- ---- folders as they are ------------------------------------------------------------------------------------------

test("a hostile folder: a line for each file that cannot be read, and the rest is used", function()
  local files = {
    ["noise.csv"] = "\0\1\2\255\254garbage\0\0\n\0", ["empty.csv"] = "", ["open quote.csv"] = 'a,b\n"1,2\n3,4\n',
    ["odd name's \"x\".csv"] = 'id,"a ""q"" \\ b"\n1,2\n3,4\n', ["broken.json"] = '[{"a": 1,',
    ["utf16.csv"] = "\255\254" .. ("id,name\n1,x\n2,y\n"):gsub(".", "%0\0"), ["sheet.xlsx"] = "PK\3\4", ["all.zip"] = "PK\3\4",
    ["twice.csv"] = "a,a\n1,2\n", ["notes.md"] = "# no export", ["deep/a/b/c/far.csv"] = "id\n1\n", [".hidden.csv"] = "id\n1\n",
    ["report/flags.csv"] = "metric\nx\n", ["cut.csv.gz"] = "\31\139\8\0\0", ["ambiguous.csv"] = "id,day\n1,03/04/2024\n2,05/06/2024\n",
  }
  for path, text in pairs(small) do files[path] = text end
  local dir = folder(files)
  shell(("cd %s; ln -s . loop; ln -s ../.. up.csv; ln -s nowhere gone.csv; ln -s /etc/passwd out.csv; mkdir folder.csv; "
    .. "mkfifo pipe.csv; printf 'id\\n1\\n' > \"$(printf 'new\\nline.csv')\"; cp exports/leads.csv closed.csv; chmod 0 closed.csv")
    :format(dir))
  local out = sound(dir)
  for _, name in ipairs { "noise.csv", "empty.csv", "open quote.csv", "broken.json", "sheet.xlsx", "all.zip",
    "twice.csv", "cut.csv.gz", "gone.csv", "out.csv", "folder.csv", "pipe.csv", "new line.csv" } do
    holds(out, name .. ": ")
  end
  lacks(out, "notes.md", "far.csv", ".hidden", "flags.csv", "loop")
  local config = text_of(dir, "audit.lua")
  holds(config, [["odd name's \"x\".csv"]], 'encoding = "utf-16le"')
  lacks(config, "passwd", "flags.csv")
end)

test("names of columns are data: quotes, line ends and Lua in them stay inside their quotes", function()
  local evil = '"id"" } os.exit(9) --","x\n]] y","$(touch z)"\n'
  local dir = folder { ["exports/deals.csv"] = small["exports/deals.csv"], ["evil.csv"] = evil .. "1,2024-01-01,3\n2,2024-01-02,4\n" }
  sound(dir)
  local deals = '"id","stage","Won on ""}, evil = {""","amount"\nD1,"won",2024-01-01,5\nD2,"x"" } --",,6\n'
  dir = folder { ["deals.csv"] = deals }
  sound(dir)
  holds(text_of(dir, "audit.lua"), [["x\" } --"]])
end)

test("an empty folder, a missing one, one with too little: exit and advice", function()
  expect(shell("plumbline init " .. folder()), 3, "err", "no exports", "--demo")
  expect(shell("plumbline init nowhere"), 2, "err", "nowhere")
  expect(shell("plumbline init " .. folder { ["a.csv"] = "" }), 3, "err", "a.csv", "empty")
end)

test("gzip and NDJSON are exports like any other", function()
  local dir = folder { ["deals.ndjson"] = '{"id":"D1","lead":"L1","stage":"won","closed":"2024-02-01"}\n'
    .. '{"id":"D2","lead":"L2","stage":"lost","closed":"2024-02-01"}\n', ["leads.csv"] = "lead,created\nL1,2024-01-01\nL2,2024-01-01\n" }
  shell("gzip -n " .. dir .. "/leads.csv")
  sound(dir)
  holds(text_of(dir, "audit.lua"), '"leads.csv.gz"', 'deals { "deals.ndjson"')
end)

test("--json tells the same as data; nothing is asked without a terminal", function()
  local dir = folder(small)
  expect(shell("plumbline init --json " .. dir), 0, "out", '"kept": false', '"sure": true', '"file": "exports/deals.csv"')
end)

test("next month's export need not end with a total, as this one does", function()
  local plain = small["exports/deals.csv"]
  local dir = folder { ["exports/leads.csv"] = small["exports/leads.csv"],
    ["exports/deals.csv"] = plain .. "Total,,,,,360.50\nCopyright (c) 2024 The CRM. All rights reserved.\n" }
  local _, with = sound(dir)
  assert(not text_of(dir, "audit.lua"):find("footer", 1, true), text_of(dir, "audit.lua"))
  write(scratch .. "/" .. dir .. "/exports/deals.csv", plain)
  local without = shell("plumbline audit --json " .. dir)
  -- 100.50 + 200, both times; and no deal lost for want of a footer
  for name, out in pairs { with = with, without = without.out } do
    local deals = require "cjson".decode(out).deals
    assert(deals.won.deals == 2 and deals.won.amount == "300.50" and deals.open.deals == 1, name .. out:sub(1, 900))
  end
end)

test("the Lua module looks and writes as the command line does", function()
  local dir, other = folder(small), folder(small)
  if not read(run.program:match "^(.*)/" .. "/plumbline.so") then
    print "skipped: no plumbline.so beside the program"
    return
  end
  write(scratch .. "/host.lua", ([[
    local plumbline = require "plumbline"
    local facts = plumbline.sniff("%s/exports/leads.csv", { name = "people" })
    assert(facts.tables[1].records == 4 and facts.tables[1].columns[3].distinct == 2)
    assert(facts.tables[1].source:find('source "people"', 1, true), facts.tables[1].source)
    local plan = plumbline.init("%s", { dry_run = true })
    assert(plan.deals.file == "exports/deals.csv" and plan.metrics.traced == 1)
    assert(not io.open("%s/audit.lua"), "a dry run wrote")
    plumbline.init("%s")
    local ok, failure = pcall(plumbline.init, "%s")
    assert(not ok and failure.message:find("audit.lua is there already", 1, true), tostring(failure))
    ok, failure = pcall(plumbline.sniff, "%s/nowhere.csv")
    assert(not ok and tostring(failure):find("nowhere.csv", 1, true), tostring(failure))
    assert(not pcall(plumbline.sniff, "x.csv", { nmae = "x" }), "an unknown option was taken")
  ]]):gsub("%%s", dir))
  expect(shell(run.lua .. " host.lua"), 0, "out", "")
  expect(shell("plumbline init " .. other), 0, "out", "Written")
  assert(text_of(dir, "rules/marketing.lua") == text_of(other, "rules/marketing.lua"))
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
end)

run.finish()
