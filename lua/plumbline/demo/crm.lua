-- The company's customer records: companies, contacts, deals and rates by month.
-- What the other exports do is told around these.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Sheet = require "plumbline.demo.sheet"
local words = require "plumbline.demo.words"

local COMPANIES, WITH_DEALS, CONTACTS, DEALS = 700, 640, 4000, 900

local crm = {}

-- ---- companies and contacts --------------------------------------------------

local function make_companies()
  local random, list = Random.new("companies"), {}
  local names = #words.firms * #words.trades
  for i = 1, COMPANIES do
    local at = (i * 287) % names -- 287 and 720 share no factor: each name once
    local trade = at % #words.trades + 1
    local firm = words.firms[at // #words.trades + 1]
    local name = firm .. " " .. words.trades[trade]
    list[i] = {
      id = string.format("%d", 41200000000 + i * 7919),
      name = name,
      domain = name:lower():gsub("[^a-z]", "") .. ".example",
      industry = words.industries[trade],
      country = random:weighted(words.countries),
      size = random:int(2, 90) * 10,
      owner = random:pick(words.reps),
      created = Calendar.at_work(random, Calendar.FIRST - random:int(20, 400)),
      contacts = {},
      deals = {},
    }
  end
  return list
end

local function new_contact(random, i, company, taken)
  local first = random:pick(words.first)
  local last = random:pick(words.family_a) .. random:pick(words.family_b)
  local domain = company and company.domain or "mailbox.example"
  local stem = (first .. "." .. last):lower()
  local email, n = stem .. "@" .. domain, 1
  while taken[email] do
    n = n + 1
    email = stem .. n .. "@" .. domain
  end
  taken[email] = true
  return {
    id = string.format("%d", 70100000000 + i * 6151),
    first = first, last = last, email = email, company = company,
    title = random:pick(words.titles),
    visitors = {}, deals = {},
  }
end

-- Three people at every company, then chance; one in ten works nowhere we know.
local function make_contacts(companies)
  local random, list, taken = Random.new("contacts"), {}, {}
  for i = 1, CONTACTS do
    local company = i <= 3 * COMPANIES and companies[(i - 1) % COMPANIES + 1] or
      (not random:chance(100) and random:pick(companies) or nil)
    local contact = new_contact(random, i, company, taken)
    list[i] = contact
    if company then company.contacts[#company.contacts + 1] = contact end
  end
  return list
end

-- A web analytics tool knows a browser, not a person: some people have two, some
-- were never recognised.
local function give_visitors(contacts)
  local random = Random.new("visitors")
  for _, contact in ipairs(contacts) do
    local known = #contact.deals > 0 and 950 or 620
    local n = random:chance(known) and (random:chance(250) and 2 or 1) or 0
    for i = 1, n do
      contact.visitors[i] = string.format("%d.%d", random:int(100000000, 2147483646),
        random:int(1690000000, 1719700000))
    end
  end
end

-- ---- deals ---------------------------------------------------------------------

-- Buyers of a second deal are other people, as far as the company has any.
local function pick_buyers(random, company)
  local buyers, n = {}, random:int(2, 3)
  for _, contact in ipairs(company.contacts) do
    if #buyers < n and #contact.deals == 0 then buyers[#buyers + 1] = contact end
  end
  if #buyers == 0 then buyers[1] = company.contacts[#company.contacts] end
  return buyers
end

local OPEN_STAGES = {
  "Appointment Scheduled", 3, "Qualified To Buy", 4, "Presentation Scheduled", 4,
  "Decision Maker Bought-In", 3, "Contract Sent", 2,
}

-- The stage says how a deal ended, in the words of this company's pipeline.
local function settle(random, deal)
  local over = deal.close <= Calendar.LAST and not random:chance(40)
  local won = random:chance(430)
  deal.status = over and (won and "won" or "lost") or "open"
  if deal.status == "won" then
    deal.stage = "Closed Won"
  elseif deal.status == "lost" then
    deal.stage = random:chance(300) and "Closed Lost - No Decision" or "Closed Lost"
    deal.reason = random:weighted { "Price", 4, "Chose another tool", 3, "No budget this year", 3,
      "No answer", 2 }
  else
    deal.stage = random:weighted(OPEN_STAGES)
  end
end

-- Cents; most deals are a round number of seats times a price.
local function amount_of(random)
  local seats = random:int(1, 12) * 10 + random:int(0, 9)
  return seats * random:weighted { 19200, 5, 22800, 4, 27550, 2 }
end

local function new_deal(random, i, company)
  local created = Calendar.workday(random:int(Calendar.FIRST + 25, Calendar.LAST - 12))
  local length = 20 + random:int(0, 50) + random:int(0, 50) + random:int(0, 25)
  local close = Calendar.workday(created + length)
  local deal = {
    id = string.format("%d", 22600000000 + i * 4241),
    company = company,
    created = created, close = close,
    created_at = Calendar.at_work(random, created),
    close_at = Calendar.at_work(random, close),
    owner = random:pick(words.reps),
    source = random:weighted { "Inbound", 45, "Outbound", 30, "Partner", 10, "Event", 15 },
    currency = random:weighted { "EUR", 82, "USD", 11, "GBP", 7 },
    amount = amount_of(random),
    contacts = pick_buyers(random, company),
  }
  -- Prices abroad are round hundreds, so that euros come out in whole cents.
  if deal.currency ~= "EUR" then deal.amount = deal.amount // 10000 * 10000 end
  settle(random, deal)
  -- Until when something can still have an influence.
  deal.last = deal.status == "open" and Calendar.LAST or deal.close
  return deal
end

-- Real records have holes: deals nobody tied to a person, amounts nobody typed
-- in, and credits written as deals of their own.
local function make_holes(deals)
  local random, won = Random.new("holes"), 0
  for _, deal in ipairs(deals) do
    if random:chance(35) then deal.no_contacts = true end
    if deal.status == "won" then
      won = won + 1
      if won % 61 == 30 then deal.amount = nil end
      if won % 140 == 77 then
        deal.amount, deal.credit = -deal.amount // 40000 * 10000, true
      end
    elseif random:chance(90) then
      deal.amount = nil
    end
  end
end

local function make_deals(companies)
  local random, list = Random.new("deals"), {}
  for i = 1, DEALS do
    local company = companies[i <= WITH_DEALS and i or random:int(1, WITH_DEALS)]
    local deal = new_deal(random, i, company)
    list[i] = deal
    company.deals[#company.deals + 1] = deal
    for _, contact in ipairs(deal.contacts) do
      contact.deals[#contact.deals + 1] = deal
    end
  end
  make_holes(list)
  return list
end

-- Until which a contact's first touch must have happened: nobody knows a person
-- before the first record of them.
local function date_contacts(contacts)
  local random = Random.new("contact dates")
  for _, contact in ipairs(contacts) do
    local day = random:int(Calendar.FIRST, Calendar.LAST - 5)
    for _, deal in ipairs(contact.deals) do
      day = math.min(day, deal.created - random:int(0, 20))
    end
    contact.created = math.max(day, Calendar.FIRST)
    contact.created_at = Calendar.at_work(random, contact.created)
    local first = contact.deals[1]
    local lead = not first and 160 or first.status == "won" and 420 or 270
    if random:chance(lead) then
      contact.qualified = math.min(contact.created + random:int(0, 20), Calendar.LAST)
    end
    if #contact.deals > 0 and random:chance(180) then
      contact.badge = random:code(6)
    elseif random:chance(25) then
      contact.badge = random:code(6)
    end
  end
end

function crm.world()
  local world = {}
  world.companies = make_companies()
  world.contacts = make_contacts(world.companies)
  world.deals = make_deals(world.companies)
  give_visitors(world.contacts)
  date_contacts(world.contacts)
  return world
end

-- ---- what the others ask ---------------------------------------------------------

local function within_story(day) return math.max(Calendar.FIRST, math.min(Calendar.LAST, day)) end

-- A day on which a buyer meets something: mostly early, when the outcome is open.
function crm.day_of(random, deal, early_per_mille)
  local last = deal.last - 2
  if random:chance(early_per_mille) then last = math.min(last, deal.created + 25) end
  return within_story(random:int(deal.created - 40, last))
end

-- One of the deal's people.
function crm.buyer(random, deal) return random:pick(deal.contacts) end

-- One of the deal's people whom web analytics recognises, or nil.
function crm.visitor(random, deal)
  local start = random:int(1, #deal.contacts)
  for i = 0, #deal.contacts - 1 do
    local contact = deal.contacts[(start + i - 1) % #deal.contacts + 1]
    if #contact.visitors > 0 then return contact end
  end
end

function crm.has_won(contact)
  for _, deal in ipairs(contact.deals) do
    if deal.status == "won" then return true end
  end
  return false
end

-- Contacts that no deal names.
function crm.others(world)
  local out = {}
  for _, contact in ipairs(world.contacts) do
    if #contact.deals == 0 then out[#out + 1] = contact end
  end
  return out
end

-- ---- exports ----------------------------------------------------------------------

function crm.money(cents)
  if not cents then return "" end
  local sign = cents < 0 and "-" or ""
  cents = math.abs(cents)
  if cents % 100 == 0 then return string.format("%s%d", sign, cents // 100) end
  return string.format("%s%d.%02d", sign, cents // 100, cents % 100)
end

local function ids(list)
  local out = {}
  for i, item in ipairs(list) do out[i] = item.id end
  return table.concat(out, ";")
end

local function write_companies(write, world)
  local sheet = Sheet.new { "Record ID", "Company name", "Company Domain Name", "Company owner",
    "Industry", "Number of Employees", "Country/Region", "Create Date" }
  for _, c in ipairs(world.companies) do
    sheet:row { c.id, c.name, c.domain, c.owner, c.industry, c.size, c.country,
      Calendar.minute(c.created) }
  end
  write("exports/crm/companies.csv", sheet:text())
end

local function write_contacts(write, world)
  local random = Random.new("contact details")
  local sheet = Sheet.new { "Record ID", "First Name", "Last Name", "Email", "Job Title",
    "Associated Company IDs", "Contact owner", "Create Date",
    "Became a Marketing Qualified Lead Date", "Original Source", "Website Visitor IDs",
    "Event Badge ID" }
  for _, c in ipairs(world.contacts) do
    sheet:row { c.id, c.first, c.last, c.email, c.title, c.company and c.company.id or "",
      c.company and c.company.owner or "", Calendar.minute(c.created_at),
      c.qualified and Calendar.date(c.qualified) or "",
      random:weighted { "Organic Search", 35, "Direct Traffic", 20, "Email Marketing", 12,
        "Paid Search", 12, "Social Media", 8, "Referrals", 8, "", 5 },
      table.concat(c.visitors, ";"), c.badge and "lf-" .. c.badge or "" }
  end
  write("exports/crm/contacts.csv", sheet:text())
end

local function deal_cells(deal, name)
  local closed = deal.close_at
  return { deal.id, name, deal.stage, deal.status == "open" and "" or (deal.reason or ""),
    "Sales Pipeline", crm.money(deal.amount), deal.currency, Calendar.minute(closed),
    Calendar.minute(deal.created_at), deal.owner, deal.source, deal.company.id,
    deal.no_contacts and "" or ids(deal.contacts) }
end

local function write_deals(write, world)
  local sheet = Sheet.new { "Record ID", "Deal Name", "Deal Stage", "Closed Lost Reason",
    "Pipeline", "Amount", "Currency", "Close Date", "Create Date", "Deal owner", "Lead source",
    "Associated Company IDs", "Associated Contact IDs" }
  for i, deal in ipairs(world.deals) do
    local name = deal.company.name .. (deal.credit and " - Credit" or
      deal == deal.company.deals[1] and " - Larkfield" or " - Extension")
    sheet:row(deal_cells(deal, name))
    if i % 75 == 0 then -- what somebody typed in twice, or to try something out
      local cells = deal_cells(deal, i % 150 == 0 and "Test, please ignore" or name .. " (copy)")
      cells[1] = string.format("%d", 29900000000 + i)
      cells[3] = i % 150 == 0 and "Test" or "Duplicate"
      sheet:row(cells)
    end
  end
  write("exports/crm/deals.csv", sheet:text())
end

-- How many euros one unit was worth, from the first of each month on.
local function write_rates(write)
  local random = Random.new("rates")
  local sheet = Sheet.new { "valid_from", "currency", "eur_per_unit" }
  local usd, gbp = 9240, 11720 -- in 1/10,000
  for month = 0, 24 do
    local day = Calendar.day(2024 + (5 + month) // 12, (5 + month) % 12 + 1, 1)
    sheet:row { Calendar.date(day), "USD", string.format("0.%04d", usd) }
    sheet:row { Calendar.date(day), "GBP", string.format("1.%04d", gbp - 10000) }
    usd = math.max(8300, math.min(9900, usd + random:int(-110, 100)))
    gbp = math.max(11200, math.min(12300, gbp + random:int(-90, 90)))
  end
  write("exports/finance/rates_by_month.csv", sheet:text())
end

function crm.write(write, world)
  write_companies(write, world)
  write_contacts(write, world)
  write_deals(write, world)
  write_rates(write)
end

return crm
