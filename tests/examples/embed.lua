-- An audit inside a Lua program, without any file: sources from the program's own
-- tables, metrics in its own code. Run it with a stock lua5.4.
local plumbline = require "plumbline"

local won = {
  { id = "D-1", lead = "L-1", closed = "2024-03-01", amount = "1200.50" },
  { id = "D-2", lead = "L-3", closed = "2024-04-15", amount = "90071992547409.93" },
  { id = "D-3", closed = "2024-05-20", amount = "10" },
}

-- A source may also be a function that gives a record, and nil at the end.
local function leads()
  local i = 0
  return function()
    i = i + 1
    if i <= 4 then
      return { id = "L-" .. i, day = "2024-02-0" .. i, origin = i < 3 and "ad" or "search" }
    end
  end
end

local from = plumbline.from

local audit <close> = plumbline.new {
  title = "Embedded", as_of = "2024-12-31", currency = "EUR",
  sources = { leads = { records = leads(), key = "id", time = "day" } },
  deals = { rows = won, key = "id", closed = "closed", amount = "amount", status = plumbline.constant "won" },
  links = { { "leads", "deals", { id = "lead" } } },
  metrics = {
    ["Marketing/leads"] = { title = "Leads", trace = from "leads" :to "deals", by = "origin" },
    ["Marketing/paid_leads"] = {
      title = "Paid leads",
      trace = from "leads" :where { origin = function(origin) return origin == "ad" end } :to "deals",
    },
    ["Marketing/followers"] = { title = "Followers" }, -- no trace: a candidate to stop tracking
  },
}

audit:run()
for _, finding in ipairs(audit:findings()) do
  local reached = finding.evidence and finding.evidence.deals.won.reached
  print(("%s: %s, %d won deals, %s"):format(finding.id, finding.verdict,
    reached and reached.deals or 0, reached and reached.amount or "0.00"))
end
