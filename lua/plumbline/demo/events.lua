-- Events and webinars: who came, whose badge was scanned, who watched.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local events = {}

local TOWNS = { "Berlin", "Hamburg", "Vienna", "Utrecht", "Leipzig", "Cologne" }

-- One planners' day every three weeks.
local function fairs()
  local list = {}
  for i = 0, 33 do
    local town = TOWNS[i % #TOWNS + 1]
    list[#list + 1] = { name = "Planners' Day " .. town, day = Calendar.FIRST + 10 + i * 21 }
  end
  return list
end

local function fair_after(list, day)
  local at = (day - Calendar.FIRST - 10 + 20) // 21 + 1
  return list[math.max(1, math.min(#list, at))]
end

-- People type their address into the form as they like.
local function as_typed(random, address)
  local kind = random:int(1, 10)
  if kind == 1 then return address:upper() end
  if kind <= 3 then return address:sub(1, 1):upper() .. address:sub(2) end
  return address
end

-- "149,00" and "1.290,00": the ticket shop is German.
local function german_money(cents)
  local euros = string.format("%d", cents // 100)
  if #euros > 3 then euros = euros:sub(1, -4) .. "." .. euros:sub(-3) end
  return string.format("%s,%02d", euros, cents % 100)
end

-- Tickets as the shop sells them: people who buy from us later, and others.
local function write_attendees(write, world, list)
  local random, rows = Random.new("attendees"), Chronicle.new()
  local function add(contact, fair)
    local kind = random:weighted { "Standard", 7, "Guest", 2, "Team", 1 }
    local price = kind == "Standard" and 14900 or kind == "Team" and 129000 or 0
    rows:add(fair.day, { "", contact.first, contact.last, as_typed(random, contact.email),
      fair.name, Calendar.german(fair.day), kind, german_money(price),
      random:chance(870) and "yes" or "no" })
  end
  for _, deal in ipairs(signals.met(world, "event")) do
    local early = math.min(deal.created + 2, deal.last - 22)
    add(crm.buyer(random, deal), fair_after(list, random:int(deal.created - 40, early)))
  end
  local others = crm.others(world)
  for _ = 1, 640 do add(random:pick(others), random:pick(list)) end
  local sheet = Sheet.new({ "Ticket", "First Name", "Last Name", "Email", "Event", "Event date",
    "Ticket type", "Price", "Checked in" }, { delimiter = ";" })
  for i, row in ipairs(rows:sorted()) do
    row[1] = string.format("T%05d", i)
    sheet:row(row)
  end
  write("exports/events/attendees.csv", sheet:text())
end

-- The scanner writes badge numbers in its own way: LF7K3Q9A for lf-7k3q9a.
local function write_badges(write, world, list)
  local random, rows = Random.new("badges"), Chronicle.new()
  local function scan(badge, fair)
    local t = Calendar.moment(fair.day, random:int(9 * 3600, 17 * 3600))
    rows:add(t, { "LF" .. badge:upper(), Calendar.second(t),
      random:pick { "Stand A", "Stand B", "Stage" }, fair.name })
  end
  local met = signals.met_set(world, "badge")
  for _, deal in ipairs(world.deals) do
    for _, contact in ipairs(deal.contacts) do
      if met[deal] and contact.badge then
        scan(contact.badge, fair_after(list, random:int(deal.created - 40, deal.last - 24)))
      end
    end
  end
  for _ = 1, 310 do scan(random:code(6), random:pick(list)) end
  local sheet = Sheet.new { "Badge ID", "Scanned at", "Stand", "Event" }
  for _, row in ipairs(rows:sorted()) do sheet:row(row) end
  write("exports/events/badge_scans.csv", sheet:text())
end

-- ---- webinars ------------------------------------------------------------------------

local TOPICS = { "Bank holidays without tears", "From spreadsheet to rota",
  "Sick calls at six in the morning", "Fair weekends", "Payroll in ten minutes" }
local PARTNER, PARTNER_DAY = "Partner webinar: payroll and rotas in one", Calendar.day(2026, 3, 18)

-- One of our own every two weeks: its topic and its day.
local function webinar_after(day)
  local at = (day - Calendar.FIRST - 5 + 13) // 14
  at = math.max(0, math.min(51, at))
  return TOPICS[at % #TOPICS + 1], Calendar.FIRST + 5 + at * 14 - 3
end

-- The partner's guests: some of them are buyers, and none of them bought.
local function partner_guests(world)
  local out = {}
  for _, deal in ipairs(world.deals) do
    local contact = deal.contacts[1]
    local then_open = deal.created > PARTNER_DAY - 90 and deal.created < PARTNER_DAY + 20 and
      deal.last > PARTNER_DAY + 3
    if then_open and not crm.has_won(contact) and not deal.no_contacts and #out < 26 then
      out[#out + 1] = contact
    end
  end
  return out
end

local function write_webinars(write, world)
  local random, rows = Random.new("webinars"), Chronicle.new()
  local function add(webinar, day, contact)
    local t = Calendar.moment(day, 11 * 3600 + random:int(0, 1500))
    rows:add(t, { webinar, contact.email, Calendar.second(t), random:int(5, 58) })
  end
  for _, deal in ipairs(signals.met(world, "webinar")) do
    local webinar, day = webinar_after(random:int(deal.created - 40, deal.created + 8))
    add(webinar, day, crm.buyer(random, deal))
  end
  local others = crm.others(world)
  for _ = 1, 330 do
    local webinar, day = webinar_after(random:int(Calendar.FIRST, Calendar.LAST - 20))
    add(webinar, day, random:pick(others))
  end
  for _, contact in ipairs(partner_guests(world)) do add(PARTNER, PARTNER_DAY, contact) end
  for _ = 1, 41 do add(PARTNER, PARTNER_DAY, random:pick(others)) end
  local sheet = Sheet.new { "Webinar", "Email", "Joined at", "Minutes" }
  for _, row in ipairs(rows:sorted()) do sheet:row(row) end
  write("exports/events/webinar_attendees.csv", sheet:text())
end

local function write_recordings(write, world)
  local random, rows = Random.new("recordings"), Chronicle.new()
  local function add(day, contact, least)
    local t = Calendar.at_any_hour(random, day)
    rows:add(t, { random:pick(TOPICS), contact.email, Calendar.second(t), random:int(least, 100) })
  end
  for _, deal in ipairs(signals.met(world, "recording")) do
    add(crm.day_of(random, deal, 850), crm.buyer(random, deal), 10)
  end
  local others = crm.others(world)
  for _ = 1, 190 do
    add(random:int(Calendar.FIRST + 10, Calendar.LAST - 1), random:pick(others), 3)
  end
  local sheet = Sheet.new { "Recording", "Viewer email", "Watched at", "Percent watched" }
  for _, row in ipairs(rows:sorted()) do sheet:row(row) end
  write("exports/events/webinar_recordings.csv", sheet:text())
end

-- Nobody has exported the visits to the booth since the scanner's contract ended.
local function write_booth(write, world)
  local random, rows, last = Random.new("booth"), Chronicle.new(), Calendar.day(2026, 2, 19)
  local function add(day, contact, fair)
    local t = Calendar.at_work(random, day)
    rows:add(t, { contact.email, Calendar.minute(t), fair,
      random:pick { "Rota", "Timesheets", "Payroll" } })
  end
  for _, deal in ipairs(signals.met(world, "booth")) do
    local day = crm.day_of(random, deal, 700)
    if day < last then
      add(day, crm.buyer(random, deal), random:pick { "Spring fair", "Autumn fair" })
    end
  end
  add(last, crm.others(world)[7], "Winter fair")
  local sheet = Sheet.new { "Email", "Visited at", "Booth", "Interested in" }
  for _, row in ipairs(rows:sorted()) do sheet:row(row) end
  write("exports/events/booth_visits.csv", sheet:text())
end

function events.write(write, world)
  local list = fairs()
  write_attendees(write, world, list)
  write_badges(write, world, list)
  write_webinars(write, world)
  write_recordings(write, world)
  write_booth(write, world)
  -- A tracker that was set up and never filled in.
  write("exports/events/speaking_slots.csv", "Event,Speaker,Date,Topic,Listener email\n")
end

return events
