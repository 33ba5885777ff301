-- The real thing: the Olist workspace of the design, against figures that two
-- independent tools computed (../shared/data/olist/expected). The data's licence
-- keeps it out of this repository: it is read in place, or the test is skipped.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/olist_test.lua
local cjson = require "cjson"

local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local check, read, BINARY, dir = run.equal, run.read, run.program, run.scratch
local DATA = run.project .. "/../shared/data/olist"

if not read(DATA .. "/olist_closed_deals_dataset.csv") then
  run.skip "the Olist data is not at ../shared/data/olist"
  run.finish()
end

-- The expected files hold no quoted cells.
local function csv(path)
  local rows, names = {}, nil
  for line in read(path):gmatch("[^\r\n]+") do
    local cells = {}
    for cell in (line .. ","):gmatch("([^,]*),") do cells[#cells + 1] = cell end
    if not names then
      names = cells
    else
      local row = {}
      for i, name in ipairs(names) do row[name] = cells[i] end
      rows[#rows + 1] = row
    end
  end
  return rows
end

local function write(name, text) run.write(dir .. "/" .. name, text) end

os.execute("mkdir " .. dir .. "/rules && ln -s " .. DATA .. " " .. dir .. "/exports")
write("audit.lua", [[
audit "Olist seller acquisition" {
  as_of = "2018-11-14", currency = "BRL", timezone = "America/Sao_Paulo", rules = "rules/*.lua",
}
source "leads" { "exports/olist_marketing_qualified_leads_dataset.csv", key = "mql_id", time = "first_contact_date" }
source "revenue" { "exports/seller_performance.csv", key = "seller_id" }
deals { "exports/olist_closed_deals_dataset.csv",
  key = "mql_id", closed = "won_date",
  status = constant "won",
  amount = lookup { "revenue", on = "seller_id", take = "product_revenue" },
}
link { "leads", "deals", "mql_id" }
]])
write("rules/marketing.lua", [[
department "Marketing"
metric "pages_any" { trace = from "leads" :to "deals", by = "landing_page_id", before = "any" }
metric "origins_any" { trace = from "leads" :to "deals", by = "origin", before = "any" }
metric "leads" { trace = from "leads" :to "deals" }
metric "paid_search_leads" { trace = from "leads" :where { origin = "paid_search" } :to "deals" }
metric "paid_search_180d" { trace = from "leads" :where { origin = "paid_search" } :to "deals", within = "180d" }
]])

local function audit(extra)
  local pipe = io.popen(string.format("%s audit -C %s --allow %s --json %s 2>%s/stderr", BINARY, dir, DATA, extra or "", dir))
  local text = pipe:read("a")
  local ok, _, code = pipe:close()
  if not ok then error("audit: exit " .. tostring(code) .. ": " .. read(dir .. "/stderr")) end
  return cjson.decode(text), text
end

local result, text = audit()
local findings = {}
for _, f in ipairs(result.findings) do findings[f.metric] = f end
local function won(metric, stage) return findings[metric].evidence.deals.won[stage or "reached"] end

-- expected/summary.csv: total_closed_deals, total_product_revenue, deals_without_delivered_revenue
check("deals in all", result.deals.won.deals, 842)
check("money in all", result.deals.won.amount, "664858.00")
check("deals with no known amount", result.deals.won.unknown_amounts, 466)
check("any order: deals", won("pages_any").deals, 842)
check("any order: money", won("pages_any").amount, "664858.00")
check("any order: unknown amounts", won("pages_any").unknown_amounts, 466)

-- expected/summary.csv: total_deals_with_negative_days is 1; its revenue is 22.90,
-- so the default order leaves 841 deals and 664858.00 - 22.90.
check("default order: matched", won("leads", "matched").deals, 842)
check("default order: deals", won("leads").deals, 841)
check("default order: money", won("leads").amount, "664835.10")
check("default order: out of time", findings.leads.evidence.last_step.out_of_time, 1)

-- The deal won before its lead's first contact is named in the report.
-- Its line: awk -F, 'NR==FNR{f[$1]=$2;next} FNR>1 && substr($5,1,10)<f[$1]{print FNR}' LEADS DEALS
local early = (findings.leads.evidence.out_of_time or {})[1] or {}
check("the deal won too early is named", early.amount, "22.90")
check("why", early.why, "after")
check("in which file", early.file, "exports/olist_closed_deals_dataset.csv")
check("on which line", early.line, 669)

-- design.md: paid_search reaches 195 deals, 175 of them within 180 days.
check("paid search", won("paid_search_leads").deals, 195)
check("paid search within 180 days", won("paid_search_180d").deals, 175)

local function by(metric)
  local values, blank = {}, nil
  for _, row in ipairs(findings[metric].evidence.by.rows) do
    if row.blank then blank = row else values[row.value] = row end
  end
  return values, blank
end

-- expected/by_origin.csv, every row
local origins, blank = by "origins_any"
local n = 0
for _, row in ipairs(csv(DATA .. "/expected/by_origin.csv")) do
  local got = row.origin == "(blank)" and blank or origins[row.origin]
  n = n + 1
  check("origin " .. row.origin .. ": leads", got and got.origins, math.tointeger(tonumber(row.mqls)))
  check("origin " .. row.origin .. ": deals", got and got.won.deals, math.tointeger(tonumber(row.closed_deals)))
  check("origin " .. row.origin .. ": amount", got and got.won.amount, row.product_revenue)
  check("origin " .. row.origin .. ": known amounts", got and got.won.deals - got.won.unknown_amounts,
    math.tointeger(tonumber(row.deals_with_delivered_revenue)))
end
check("origins", n, 11)
check("blank origins stand apart", blank.origins, 60)
check("from those that say unknown", origins.unknown.origins, 1099)

-- expected/unlinked_landing_pages.csv, every row; and nothing else
local pages = by "pages_any"
local unlinked, leads = 0, 0
for _, row in pairs(pages) do
  if row.won.deals == 0 then
    unlinked = unlinked + 1
    leads = leads + row.origins
  end
end
check("pages that reach nothing", unlinked, 361)
check("leads on them", leads, 1460)
for _, row in ipairs(csv(DATA .. "/expected/unlinked_landing_pages.csv")) do
  local got = pages[row.landing_page_id]
  check("page " .. row.landing_page_id, got and got.won.deals == 0 and got.origins, math.tointeger(tonumber(row.mqls)))
end

-- Every page's leads, deals and amounts, joined by SQLite from the same files.
local sqlite = require "luasql.sqlite3"
local db = sqlite.sqlite3():connect(":memory:")
local function load(name, path, columns)
  db:execute(string.format("CREATE TABLE %s (%s)", name, table.concat(columns, ",")))
  db:execute "BEGIN"
  for _, row in ipairs(csv(path)) do
    local values = {}
    for i, c in ipairs(columns) do values[i] = "'" .. row[c]:gsub("'", "''") .. "'" end
    db:execute(string.format("INSERT INTO %s VALUES (%s)", name, table.concat(values, ",")))
  end
  db:execute "COMMIT"
end
load("leads", DATA .. "/olist_marketing_qualified_leads_dataset.csv", { "mql_id", "landing_page_id" })
load("deals", DATA .. "/olist_closed_deals_dataset.csv", { "mql_id", "seller_id" })
-- seller_performance.csv quotes no cell but names of cities; the cells used stand before and after them
load("revenue", DATA .. "/seller_performance.csv", { "seller_id", "product_revenue" })
local cursor = db:execute [[SELECT l.landing_page_id, count(*), count(d.mql_id),
  coalesce(sum(CAST(round(r.product_revenue * 100) AS INTEGER)), 0)
  FROM leads l LEFT JOIN deals d ON d.mql_id = l.mql_id LEFT JOIN revenue r ON r.seller_id = d.seller_id
  GROUP BY l.landing_page_id]]
local row = cursor:fetch({}, "n")
local seen = 0
while row do
  local got = pages[row[1]]
  local cents = math.tointeger(tonumber(row[4]))
  seen = seen + 1
  check("page " .. row[1] .. " leads", got and got.origins, math.tointeger(tonumber(row[2])))
  check("page " .. row[1] .. " deals", got and got.won.deals, math.tointeger(tonumber(row[3])))
  check("page " .. row[1] .. " amount", got and got.won.amount, string.format("%d.%02d", cents // 100, cents % 100))
  row = cursor:fetch({}, "n")
end
check("landing pages", seen, 495)

-- The same bytes on any number of threads.
for threads = 1, 4 do
  local _, again = audit("--threads " .. threads)
  check("report.json on " .. threads .. " threads", again == text, true)
end

run.finish()
