-- Web analytics: sessions, page views and the page report. Most visitors are
-- nobody that the company knows.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"
local editorial = require "plumbline.demo.editorial"

local SITE = "https://www.larkfield.example"
local ANONYMOUS, CUSTOMER_VISITS = 4700, 1300

local web = {}

local PLAIN_PAGES = { "/product", "/product/rota", "/product/timesheets", "/product/payroll",
  "/customers", "/about", "/help" }
local CHANNELS = {
  { "(direct)", "(none)", "(not set)" }, 5, { "google", "cpc", "brand-search" }, 3,
  { "newsletter", "email", "the-rota" }, 2, { "linkedin.com", "social", "(not set)" }, 1,
  { "partner-blog.example", "referral", "(not set)" }, 1,
}
local ORGANIC = {
  { "google", "organic", "(not set)" }, 8, { "bing", "organic", "(not set)" }, 1,
  { "duckduckgo", "organic", "(not set)" }, 1,
}

local function article_path(world, random, day)
  local n = editorial.published_by(world.articles, day)
  -- Readers find what is new: the last 30 pieces, mostly.
  local low = random:chance(700) and math.max(1, n - 30) or 1
  return world.articles[random:int(low, n)].path
end

local function fill(world, random, day, pages, n)
  while #pages < n do
    pages[#pages + 1] = random:chance(380) and article_path(world, random, day) or
      random:pick(PLAIN_PAGES)
  end
  return pages
end

-- ---- who visits --------------------------------------------------------------------

local function new_session(sessions, random, day, client, user, channel, pages)
  sessions:add(Calendar.at_any_hour(random, day),
    { client = client, user = user, channel = channel, pages = pages })
end

-- What one deal's people do on the site: each flag brings one early visit, and
-- the rest of their visits shows nothing special.
local function visit_of(world, random, deal, flags, add)
  local early = crm.day_of(random, deal, 1000)
  if flags.home then
    local pages = fill(world, random, early, { "/" }, random:int(1, 3))
    add(early, random:weighted(CHANNELS), pages)
  end
  if flags.organic then
    local day = crm.day_of(random, deal, 900)
    local pages = fill(world, random, day, { article_path(world, random, day) }, random:int(1, 4))
    add(day, random:weighted(ORGANIC), pages)
  end
  if flags.deep then
    local day = crm.day_of(random, deal, 900)
    add(day, random:weighted(CHANNELS), fill(world, random, day, {}, random:int(5, 9)))
  end
  if flags.pricing then
    local day = crm.day_of(random, deal, 850)
    local pages = fill(world, random, day, { "/product", "/pricing" }, random:int(2, 4))
    add(day, random:weighted(CHANNELS), pages)
  end
  for _ = 1, random:int(1, 3) do
    local day = crm.day_of(random, deal, 550)
    add(day, random:weighted(CHANNELS), fill(world, random, day, {}, random:int(1, 4)))
  end
end

local function buyers_visit(world, sessions)
  local random = Random.new("buyers on the web")
  local home, organic = signals.met_set(world, "home_page"), signals.met_set(world, "organic")
  local deep, pricing = signals.met_set(world, "deep_visit"), signals.met_set(world, "pricing")
  for _, deal in ipairs(signals.met(world, "website")) do
    local flags = { home = home[deal], organic = organic[deal], deep = deep[deal],
      pricing = pricing[deal] }
    visit_of(world, random, deal, flags, function(day, channel, pages)
      local contact = crm.visitor(random, deal)
      if contact then
        new_session(sessions, random, day, random:pick(contact.visitors), "", channel, pages)
      end
    end)
  end
end

local function leads_visit(world, sessions)
  local random = Random.new("leads on the web")
  for _, contact in ipairs(crm.others(world)) do
    if #contact.visitors > 0 then
      for _ = 1, random:int(0, 3) do
        local day = random:int(contact.created, Calendar.LAST)
        local pages = random:chance(300) and { "/" } or random:chance(120) and { "/pricing" } or {}
        local channel = random:chance(400) and random:weighted(ORGANIC) or random:weighted(CHANNELS)
        new_session(sessions, random, day, random:pick(contact.visitors), "", channel,
          fill(world, random, day, pages, random:int(1, 5)))
      end
    end
  end
end

-- Customers come back to sign in, long after they bought.
local function customers_visit(world, sessions)
  local random, customers = Random.new("customers on the web"), {}
  for _, contact in ipairs(world.contacts) do
    local deal = contact.deals[1]
    if #contact.deals == 1 and deal.status == "won" and #contact.visitors > 0 then
      customers[#customers + 1] = contact
    end
  end
  for _ = 1, CUSTOMER_VISITS do
    local contact = random:pick(customers)
    local from = contact.deals[1].close + 1
    if from < Calendar.LAST then
      new_session(sessions, random, random:int(from, Calendar.LAST), random:pick(contact.visitors),
        contact.id, CHANNELS[1], random:chance(300) and { "/login", "/help" } or { "/login" })
    end
  end
end

local function strangers_visit(world, sessions)
  local random = Random.new("strangers on the web")
  for _ = 1, ANONYMOUS do
    local day = random:int(Calendar.FIRST, Calendar.LAST)
    local client = string.format("%d.%d", random:int(100000000, 2147483646),
      day * 86400 + random:int(0, 80000))
    local channel = random:chance(550) and random:weighted(ORGANIC) or random:weighted(CHANNELS)
    local pages = random:chance(350) and { "/" } or random:chance(60) and { "/pricing" } or
      random:chance(40) and { "/careers" } or {}
    local bounce = random:chance(520)
    new_session(sessions, random, day, client, "", channel,
      fill(world, random, day, pages, bounce and 1 or random:int(2, 5)))
  end
end

-- ---- exports -----------------------------------------------------------------------

local DEVICES = { "desktop", 6, "mobile", 4 }

-- The tool exports a calendar year at a time, and the last day of one export is
-- in the next one too: the same records twice.
local function write_sessions(write, sessions)
  local random = Random.new("session details")
  local header = { "session_id", "client_id", "user_id", "session_start", "landing_page", "source",
    "medium", "campaign", "page_views", "device" }
  local years = { Sheet.new(header), Sheet.new(header), Sheet.new(header) }
  for _, s in ipairs(sessions) do
    local start = Calendar.utc(s.t)
    local line = table.concat({ s.id, s.client, s.user, start, s.pages[1], s.channel[1],
      s.channel[2], s.channel[3], #s.pages, random:weighted(DEVICES) }, ",")
    local year = math.tointeger(tonumber(start:sub(1, 4)))
    years[year - 2023]:line(line)
    if start:sub(6, 10) == "12-31" then years[year - 2022]:line(line) end
  end
  for i, sheet in ipairs(years) do
    write(string.format("exports/web/sessions_%d.csv", 2023 + i), sheet:text())
  end
end

-- Views and readers by page, for the report that has no record in it.
local function count_view(pages, order, path, client, seconds)
  local page = pages[path]
  if not page then
    page = { views = 0, users = 0, seconds = 0, seen = {} }
    pages[path] = page
    order[#order + 1] = path
  end
  page.views = page.views + 1
  page.seconds = page.seconds + seconds
  if not page.seen[client] then
    page.seen[client] = true
    page.users = page.users + 1
  end
end

local function write_page_views(write, sessions)
  local random = Random.new("page views")
  local sheet = Sheet.new { "event_timestamp", "session_id", "client_id", "page_location",
    "engagement_time_msec" }
  local pages, order = {}, {}
  for _, s in ipairs(sessions) do
    local t = s.t * 1000
    for i, path in ipairs(s.pages) do
      local seconds = random:int(4, 190)
      local tail = i == 1 and s.channel[2] == "email" and
        "?utm_medium=email&utm_campaign=" .. s.channel[3] or ""
      sheet:line(string.format("%d,%s,%s,%s%s%s,%d", t, s.id, s.client, SITE, path, tail,
        seconds * 1000))
      count_view(pages, order, path, s.client, seconds)
      t = t + seconds * 1000 + random:int(0, 999)
    end
  end
  write("exports/web/page_views.csv", sheet:text())
  return pages, order
end

local function write_page_report(write, pages, order)
  table.sort(order, function(a, b)
    if pages[a].views ~= pages[b].views then return pages[a].views > pages[b].views end
    return a < b
  end)
  local sheet = Sheet.new({ "Page path and screen class", "Views", "Active users",
    "Average engagement time per active user", "Bounce rate", "Scroll depth" },
      { bom = true, ending = "\r\n" })
  local random = Random.new("page report")
  for _, path in ipairs(order) do
    local p = pages[path]
    sheet:row { path, p.views, p.users, p.seconds // p.users,
      string.format("0.%03d", random:int(280, 690)),
      string.format("0.%02d", random:int(25, 88)) }
  end
  write("exports/web/pages_and_screens.csv", sheet:text())
end

function web.write(write, world)
  local sessions = Chronicle.new()
  buyers_visit(world, sessions)
  leads_visit(world, sessions)
  customers_visit(world, sessions)
  strangers_visit(world, sessions)
  for i, s in ipairs(sessions:sorted()) do s.id = string.format("S%06d", i) end
  write_sessions(write, sessions)
  write_page_report(write, write_page_views(write, sessions))
end

return web
