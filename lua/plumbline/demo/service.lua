-- Customer success: the survey, support tickets, trials, reference customers.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local service = {}

-- Customers are asked four weeks after they signed, and then twice a year. Only
-- people with no other deal are asked, so that nobody is asked before a sale.
local function write_nps(write, world)
  local random, rows = Random.new("nps"), Chronicle.new()
  for _, contact in ipairs(world.contacts) do
    local deal = contact.deals[1]
    if #contact.deals == 1 and deal.status == "won" and not deal.no_contacts then
      for day = deal.close + 28, Calendar.LAST - 3, 182 do
        if random:chance(310) then
          rows:add(Calendar.at_work(random, day + 2 + random:int(0, 1)), { contact = contact })
        end
      end
    end
  end
  local sheet = Sheet.new { "Respondent ID", "Collector ID", "Start Date", "End Date",
    "Email Address", "How likely are you to recommend Larkfield?", "What is the main reason?" }
  for i, r in ipairs(rows:sorted()) do
    sheet:row { string.format("%d", 118200000 + i * 13), "40871", Calendar.american(r.t),
      Calendar.american(r.t + random:int(40, 300)),
      r.contact.email, random:weighted { "10", 3, "9", 4, "8", 4, "7", 2, "6", 1, "3", 1 },
      random:pick { "", "Saves us an hour a day", "Support answers fast",
        "Swaps on the phone, finally" } }
  end
  write("exports/survey/nps_responses.csv", sheet:text())
end

local function write_tickets(write, world)
  local random, rows = Random.new("tickets"), Chronicle.new()
  local function add(contact, day, trial)
    rows:add(Calendar.at_work(random, day), { contact = contact, trial = trial })
  end
  for _, deal in ipairs(signals.met(world, "ticket")) do
    for _ = 1, random:int(1, 2) do
      add(crm.buyer(random, deal), crm.day_of(random, deal, 850), true)
    end
  end
  for _, deal in ipairs(world.deals) do
    if deal.status == "won" and #deal.company.deals == 1 then
      for _ = 1, random:int(0, 4) do
        local day = deal.close + random:int(3, 300)
        if day < Calendar.LAST then add(crm.buyer(random, deal), day, false) end
      end
    end
  end
  local lines = {}
  for i, r in ipairs(rows:sorted()) do
    lines[i] = Sheet.object { "id", string.format("TK-%05d", i), "created_at", Calendar.utc(r.t),
      "requester", { "email", r.contact.email, "name", r.contact.first .. " " .. r.contact.last },
      "type", random:pick { "question", "question", "problem" }, "priority",
      random:pick { "low", "normal", "normal", "high" }, "phase",
      r.trial and "trial" or "customer" }
  end
  write("exports/support/tickets.ndjson", table.concat(lines, "\n") .. "\n")
end

local function write_trials(write, world)
  local random = Random.new("trials")
  local rows = Chronicle.new()
  for _, deal in ipairs(signals.met(world, "trial")) do
    local day = math.min(deal.created + random:int(-20, 14), deal.last - 4)
    local done = random:chance(780) and math.min(day + random:int(2, 10), deal.last - 2)
    day = math.max(Calendar.FIRST, day)
    rows:add(day, { deal.company.id, Calendar.date(day),
      done and Calendar.date(math.max(day, done)) or "", random:int(4, 400) })
  end
  local sheet = Sheet.new { "Company ID", "Trial started", "Checklist finished", "Planned shifts" }
  for _, row in ipairs(rows:sorted()) do sheet:row(row) end
  write("exports/product/trial_onboarding.csv", sheet:text())
end

-- Twelve customers speak to buyers. One of them is asked almost every other time.
local function write_references(write, world)
  local random, customers = Random.new("references"), {}
  for i = 1, 12 do
    customers[i] = { id = string.format("REF-%02d", i), company = world.companies[640 + i],
      day = Calendar.FIRST + i * 4 }
  end
  local sheet = Sheet.new { "Reference ID", "Customer company ID", "Agreed on", "Topics" }
  for _, c in ipairs(customers) do
    sheet:row { c.id, c.company.id, Calendar.date(c.day),
      random:pick { "cost", "reviews", "comparisons" } }
  end
  write("exports/customers/reference_customers.csv", sheet:text())
  local rows = Chronicle.new()
  for _, deal in ipairs(signals.met(world, "reference")) do
    if deal.created > Calendar.FIRST + 60 then
      local c = random:chance(420) and customers[4] or random:pick(customers)
      local day = Calendar.workday(random:int(deal.created + 5, deal.last - 1))
      rows:add(day, { c.id, deal.id, Calendar.date(day) })
    end
  end
  local calls = Sheet.new { "Reference ID", "Deal ID", "Held on" }
  for _, row in ipairs(rows:sorted()) do calls:row(row) end
  write("exports/customers/reference_calls.csv", calls:text())
end

function service.write(write, world)
  write_nps(write, world)
  write_tickets(write, world)
  write_trials(write, world)
  write_references(write, world)
end

return service
