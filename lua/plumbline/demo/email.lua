-- E-mail: campaigns, what readers did with them, subscribers. The newsletter
-- "Shift Notes" began three weeks before the audit.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local email = {}

local function campaigns()
  local random, list = Random.new("campaigns"), {}
  local function add(title, tag, subject, audience, day)
    list[#list + 1] = { id = random:code(10), title = title, tag = tag, subject = subject,
      audience = audience, day = day, sent = Calendar.moment(day, 9 * 3600 + 1800), opens = 0,
      clicks = 0, openers = {}, clickers = {} }
  end
  local issue = 0
  for day = Calendar.FIRST + 1, Calendar.LAST - 22, 12 do
    issue = issue + 1
    add("The Rota #" .. issue, "the-rota", random:pick { "Three ways to plan a bank holiday",
      "What a late swap costs", "Planners ask, planners answer", "Before the next rush" },
      "All subscribers", day)
  end
  for i = 1, 3 do
    add("Shift Notes #" .. i, "shift-notes", "Shift Notes: five minutes on planning",
      "Shift Notes", Calendar.LAST - 21 + (i - 1) * 7)
  end
  return list
end

-- The next issue of The Rota at or after a day.
local function issue_after(list, day)
  local at = (day - Calendar.FIRST - 1 + 11) // 12 + 1
  return list[math.max(1, math.min(#list - 3, at))]
end

local function add_event(events, random, kind, campaign, contact)
  local t = math.min(campaign.sent + random:int(300, 30 * 3600),
    (Calendar.LAST + 1) * Calendar.DAY - 7300)
  events:add(t, { kind = kind, campaign = campaign, contact = contact })
  local total, who = kind .. "s", kind == "open" and campaign.openers or campaign.clickers
  campaign[total] = campaign[total] + 1
  if not who[contact] then
    who[contact] = true
    campaign[kind .. "_unique"] = (campaign[kind .. "_unique"] or 0) + 1
  end
  contact.first_mail = math.min(contact.first_mail or campaign.day, campaign.day)
end

local function buyers_read(world, list, events)
  local random, clicks = Random.new("buyers read"), signals.met_set(world, "email_click")
  for _, deal in ipairs(signals.met(world, "email_open")) do
    local contact = crm.buyer(random, deal)
    local early = issue_after(list, math.min(crm.day_of(random, deal, 1000), deal.created + 10))
    add_event(events, random, "open", early, contact)
    if clicks[deal] then add_event(events, random, "click", early, contact) end
    for _ = 1, random:int(0, 4) do
      add_event(events, random, "open", issue_after(list, crm.day_of(random, deal, 500)), contact)
    end
  end
end

local function others_read(world, list, events)
  local random = Random.new("others read")
  for _, contact in ipairs(crm.others(world)) do
    if random:chance(700) then
      for _ = 1, random:int(2, 9) do
        local campaign = issue_after(list, random:int(contact.created, Calendar.LAST))
        add_event(events, random, "open", campaign, contact)
        if random:chance(160) then add_event(events, random, "click", campaign, contact) end
      end
    end
  end
end

-- Nobody who has bought is on the list of Shift Notes: it is for new contacts.
local function new_newsletter(world, list, events)
  local random = Random.new("shift notes")
  for _, contact in ipairs(world.contacts) do
    local deal = contact.deals[#contact.deals]
    local chance = not deal and 90 or deal.status == "open" and 420 or 0
    if not crm.has_won(contact) and random:chance(chance) then
      for i = 2, 0, -1 do
        if random:chance(600) then add_event(events, random, "open", list[#list - i], contact) end
      end
    end
  end
end

local LINKS = { "/learn", "/pricing", "/product", "/customers" }

local function write_events(write, events)
  local random, lines = Random.new("email details"), {}
  for i, e in ipairs(events:sorted()) do
    local url = e.kind == "click" and
      string.format(',"url":"https://www.larkfield.example%s?utm_campaign=%s"',
      random:pick(LINKS), e.campaign.tag) or ""
    lines[i] = string.format('{"event":"%s","email":"%s","campaign_id":"%s","timestamp":%d%s}',
      e.kind, e.contact.email, e.campaign.id, e.t, url)
  end
  write("exports/email/email_events.ndjson", table.concat(lines, "\n") .. "\n")
end

-- 27.78% of 108, in whole numbers.
local function percent(part, whole)
  local hundredths = (part * 20000 + whole) // (2 * whole)
  return string.format("%d.%02d%%", hundredths // 100, hundredths % 100)
end

local function write_campaigns(write, list)
  local random = Random.new("campaign details")
  local sheet = Sheet.new { "Title", "Subject", "List", "Send Date", "Total Recipients",
    "Successful Deliveries", "Unique Opens", "Open Rate", "Total Opens", "Unique Clicks",
    "Click Rate", "Total Clicks", "Unsubscribes", "Unique Id" }
  for _, c in ipairs(list) do
    local opens, clicks = c.open_unique or 0, c.click_unique or 0
    local recipients = opens * random:int(24, 38) // 10 + random:int(5, 40)
    local delivered = recipients - random:int(0, 4)
    sheet:row { c.title, c.subject, c.audience, Calendar.mailing(c.sent), recipients, delivered,
      opens, percent(opens, delivered), c.opens, clicks, percent(clicks, delivered), c.clicks,
      random:int(0, 6), c.id }
  end
  write("exports/email/email_campaigns.csv", sheet:text())
end

local function write_subscribers(write, world)
  local random = Random.new("subscribers")
  local sheet = Sheet.new({ "Email Address", "First Name", "Last Name", "MEMBER_RATING",
    "OPTIN_TIME", "LAST_CHANGED" },
    { delimiter = "\t" })
  for _, contact in ipairs(world.contacts) do
    local first = contact.first_mail
    if first or random:chance(crm.has_won(contact) and 230 or 90) then
      local day = (first or contact.created) - random:int(1, 40)
      local t = Calendar.at_any_hour(random, math.max(Calendar.FIRST, day))
      sheet:row { contact.email, contact.first, contact.last, random:int(1, 5), Calendar.second(t),
        Calendar.second(t + random:int(60, 9000)) }
    end
  end
  write("exports/email/subscribers.tsv", sheet:text())
end

function email.write(write, world)
  local list, events = campaigns(), Chronicle.new()
  buyers_read(world, list, events)
  others_read(world, list, events)
  new_newsletter(world, list, events)
  write_events(write, events)
  write_campaigns(write, list)
  write_subscribers(write, world)
end

return email
