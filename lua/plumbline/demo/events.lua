-- Events and webinars: who came, whose badge was scanned, who watched.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Sheet = require "plumbline.demo.sheet"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local events = {}

local TOWNS = { "Berlin", "Hamburg", "Vienna", "Utrecht", "Leipzig", "Cologne" }

-- One planners' day every three weeks.
local function fairs()
  local list = {}
  for i = 0, 33 do
    list[#list + 1] = { name = "Planners' Day " .. TOWNS[i % #TOWNS + 1], day = Calendar.FIRST + 10 + i * 21 }
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

local function write_attendees(write, world, list)
  local random = Random.new("attendees")
  local sheet = Sheet.new({ "Ticket", "First Name", "Last Name", "Email", "Event", "Event date", "Ticket type",
    "Price", "Checked in" }, { delimiter = ";" })
  local n = 0
  local function add(contact, fair)
    n = n + 1
    local kind = random:weighted { "Standard", 7, "Guest", 2, "Team", 1 }
    local price = kind == "Standard" and 14900 or kind == "Team" and 129000 or 0
    sheet:row { string.format("T%05d", n), contact.first, contact.last, as_typed(random, contact.email),
      fair.name, Calendar.german(fair.day), kind, german_money(price), random:chance(870) and "yes" or "no" }
  end
  for _, deal in ipairs(signals.met(world, "event")) do
    local early = math.min(deal.created + 2, deal.last - 22)
    add(crm.buyer(random, deal), fair_after(list, random:int(deal.created - 40, early)))
  end
  local others = crm.others(world)
  for _ = 1, 640 do
    add(random:pick(others), random:pick(list))
  end
  write("exports/events/attendees.csv", sheet:text())
end

-- The scanner writes badge numbers in its own way: LF7K3Q9A for lf-7k3q9a.
local function write_badges(write, world, list)
  local random, rows = Random.new("badges"), {}
  local function scan(badge, fair)
    rows[#rows + 1] = { "LF" .. badge:upper(), Calendar.second(Calendar.moment(fair.day, random:int(9 * 3600, 17 * 3600))),
      random:pick { "Stand A", "Stand B", "Stage" }, fair.name }
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
  for _, r in ipairs(rows) do sheet:row(r) end
  write("exports/events/badge_scans.csv", sheet:text())
end

-- ---- webinars ------------------------------------------------------------------------

local TOPICS = { "Bank holidays without tears", "From spreadsheet to rota", "Sick calls at six in the morning",
  "Fair weekends", "Payroll in ten minutes" }

local function webinar_after(day)
  local at = (day - Calendar.FIRST - 5 + 13) // 14
  at = math.max(0, math.min(51, at))
  return TOPICS[at % #TOPICS + 1], Calendar.FIRST + 5 + at * 14
end

local function write_webinars(write, world)
  local random = Random.new("webinars")
  local sheet = Sheet.new { "Webinar", "Email", "Joined at", "Minutes" }
  local function add(webinar, contact, day)
    sheet:row { webinar, contact.email, Calendar.second(Calendar.moment(day, 11 * 3600 + random:int(0, 1500))), random:int(5, 58) }
  end
  for _, deal in ipairs(signals.met(world, "webinar")) do
    local webinar, day = webinar_after(random:int(deal.created - 40, deal.created + 8))
    add(webinar, crm.buyer(random, deal), day)
  end
  local others = crm.others(world)
  for _ = 1, 330 do
    local webinar, day = webinar_after(random:int(Calendar.FIRST, Calendar.LAST - 20))
    add(webinar, random:pick(others), day)
  end
  -- The partner's guests: none of them bought.
  local partner, day = 0, Calendar.day(2026, 3, 18)
  for _, deal in ipairs(world.deals) do
    local contact = deal.contacts[1]
    if deal.status ~= "won" and not crm.has_won(contact) and not deal.no_contacts and partner < 26 and
       deal.created > day - 90 and deal.created < day + 20 and deal.last > day + 3 then
      partner = partner + 1
      add("Partner webinar: payroll and rotas in one", contact, day)
    end
  end
  for _ = 1, 41 do add("Partner webinar: payroll and rotas in one", random:pick(others), day) end
  write("exports/events/webinar_attendees.csv", sheet:text())
end

local function write_recordings(write, world)
  local random = Random.new("recordings")
  local sheet = Sheet.new { "Recording", "Viewer email", "Watched at", "Percent watched" }
  for _, deal in ipairs(signals.met(world, "recording")) do
    local day = crm.day_of(random, deal, 850)
    sheet:row { random:pick(TOPICS), crm.buyer(random, deal).email, Calendar.second(Calendar.at_any_hour(random, day)), random:int(10, 100) }
  end
  local others = crm.others(world)
  for _ = 1, 190 do
    local day = random:int(Calendar.FIRST + 10, Calendar.LAST - 1)
    sheet:row { random:pick(TOPICS), random:pick(others).email, Calendar.second(Calendar.at_any_hour(random, day)), random:int(3, 100) }
  end
  write("exports/events/webinar_recordings.csv", sheet:text())
end

-- Nobody has exported the visits to the booth since the scanner's contract ended.
local function write_booth(write, world)
  local random, last = Random.new("booth"), Calendar.day(2026, 2, 19)
  local sheet = Sheet.new { "Email", "Visited at", "Booth", "Interested in" }
  for _, deal in ipairs(signals.met(world, "booth")) do
    local day = crm.day_of(random, deal, 700)
    if day < last then
      sheet:row { crm.buyer(random, deal).email, Calendar.minute(Calendar.at_work(random, day)),
        random:pick { "Spring fair", "Autumn fair" }, random:pick { "Rota", "Timesheets", "Payroll" } }
    end
  end
  sheet:row { crm.others(world)[7].email, Calendar.minute(Calendar.at_work(random, last)), "Winter fair", "Rota" }
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
