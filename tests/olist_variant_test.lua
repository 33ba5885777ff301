-- The Olist exports as another tool wrote them (byte order mark, semicolons, CR LF,
-- `2018.04.24 3:00`, other labels), read with nothing declared about how they are
-- written, against the figures of ../shared/data/olist/expected. The data's licence
-- keeps it out of this repository: it is read in place, or the test is skipped.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/olist_variant_test.lua
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local cjson = require "cjson"

local data = run.project .. "/../shared/data/olist"
if not run.read(data .. "/variant_bom_semicolon/olist_marketing_qualified_leads_dataset.csv") then
  run.skip "the Olist data is not at ../shared/data/olist"
  run.finish()
end

local folder = run.scratch .. "/w"
run.files(folder, {
  ["audit.lua"] = [[
audit "Olist, as another tool exported it" {
  as_of = "2018-11-14", currency = "BRL", timezone = "America/Sao_Paulo", rules = "rules/*.lua",
}
source "leads" { "exports/variant_bom_semicolon/olist_marketing_qualified_leads_dataset.csv",
  key = "mql_id", time = "first_contact_date" }
source "revenue" { "exports/seller_performance.csv", key = "seller_id" }
deals { "exports/variant_bom_semicolon/olist_marketing_closed_deals_dataset.csv",
  key = "mql_id", closed = "won_date",
  status = constant "won",
  amount = lookup { "revenue", on = "seller_id", take = "product_revenue" },
}
link { "leads", "deals", "mql_id" }
]],
  ["rules/marketing.lua"] = [[
department "Marketing"
metric "origins_any" { trace = from "leads" :to "deals", by = "origin", before = "any" }
metric "pages_any" { trace = from "leads" :to "deals", by = "landing_page_id", before = "any" }
metric "leads" { trace = from "leads" :to "deals" }
metric "paid_search_180d" { trace = from "leads" :where { origin = "Paid Search" } :to "deals", within = "180d" }
]],
})
os.execute(("ln -s %s %s/exports"):format(run.quote(data), run.quote(folder)))

local got = run.plumbline(folder, "audit --json --allow " .. run.quote(data))
run.check("the audit runs", got.code == 0, run.show(got))
local result = got.code == 0 and cjson.decode(got.out) or { deals = { won = {} }, findings = {} }
local findings = {}
for _, finding in ipairs(result.findings) do findings[finding.metric] = finding end
local function evidence(metric) return findings[metric] and findings[metric].evidence end

-- expected/summary.csv: total_closed_deals, total_product_revenue, deals_without_delivered_revenue
run.equal("deals", result.deals.won.deals, 842)
run.equal("money", result.deals.won.amount, "664858.00")
run.equal("deals with no known amount", result.deals.won.unknown_amounts, 466)

-- expected/summary.csv: total_deals_with_negative_days is 1. `2018.04.24 3:00` must be
-- read as April for these to come out.
if evidence "leads" then
  run.equal("in order: deals", evidence("leads").deals.won.reached.deals, 841)
  run.equal("in order: money", evidence("leads").deals.won.reached.amount, "664835.10")
  run.equal("paid search within 180 days", evidence("paid_search_180d").deals.won.reached.deals, 175)
end

-- expected/by_origin.csv. The one difference that the data's note explains: the 60
-- blank origins read `Direct Traffic` here, so those two rows are one.
local expected = {}
for line in run.read(data .. "/expected/by_origin.csv"):gmatch "[^\r\n]+" do
  local origin, leads, deals, known, amount = line:match "^([^,]+),(%d+),(%d+),[^,]*,(%d+),[^,]*,[^,]*,([%d.]+),"
  if origin then
    local label = (origin == "(blank)" and "direct_traffic" or origin):gsub("_", " ")
      :gsub("%f[%a]%a", string.upper)
    local row = expected[label] or { leads = 0, deals = 0, known = 0, cents = 0 }
    row.leads, row.deals, row.known = row.leads + leads, row.deals + deals, row.known + known
    row.cents = row.cents + math.tointeger(tonumber((amount:gsub("%.", ""))))
    expected[label] = row
  end
end
local n = 0
for _, row in ipairs(evidence "origins_any" and evidence("origins_any").by.rows or {}) do
  local want = expected[row.value]
  n = n + 1
  run.check("origin " .. tostring(row.value) .. " is one of the ten", want and not row.blank)
  if want then
    run.equal(row.value .. ": leads", row.origins, math.tointeger(want.leads))
    run.equal(row.value .. ": deals", row.won.deals, math.tointeger(want.deals))
    run.equal(row.value .. ": known amounts", row.won.deals - row.won.unknown_amounts, math.tointeger(want.known))
    run.equal(row.value .. ": amount", row.won.amount, ("%d.%02d"):format(want.cents // 100, want.cents % 100))
  end
end
run.equal("origins", n, 10)
run.equal("direct traffic and the blank ones together", expected["Direct Traffic"].leads | 0, 559) -- the data's note
run.equal("and their deals", expected["Direct Traffic"].deals | 0, 70)

-- expected/unlinked_landing_pages.csv: 361 pages, 1,460 leads
local pages, leads = 0, 0
for _, row in ipairs(evidence "pages_any" and evidence("pages_any").by.rows or {}) do
  if row.won.deals == 0 then pages, leads = pages + 1, leads + row.origins end
end
run.equal("pages that reach nothing", pages, 361)
run.equal("leads on them", leads, 1460)

run.finish()
