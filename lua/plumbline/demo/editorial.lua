-- The editorial team: what is published and in production, what the people who
-- sell send to buyers, and what they think of it.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local words = require "plumbline.demo.words"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local editorial = {}

-- Five pieces in every 15 days, the oldest half a year before the story begins.
function editorial.articles()
  local random, list, taken = Random.new("articles"), {}, {}
  local day, last = Calendar.FIRST - 180, Calendar.LAST - 2
  while day <= last do
    local category = random:weighted { "cost", 4, "problems", 5, "comparisons", 3, "reviews", 3,
      "best-of", 3, "company news", 4 }
    local title
    repeat
      title = random:pick(words.article[category]) .. random:pick(words.fields)
      if taken[title] then title = title .. ", part " .. taken[title] + 1 end
    until not taken[title]
    local base = title:gsub(", part %d+$", "")
    taken[base] = (taken[base] or 0) + 1
    taken[title] = taken[title] or 1
    local slug = title:lower():gsub("[^a-z]+", "-")
    if title ~= base then slug = slug .. taken[base] end
    list[#list + 1] = {
      id = string.format("C-%04d", #list + 1), title = title, category = category,
      path = "/learn/" .. slug, published = Calendar.workday(day), words = random:int(60, 240) * 10,
      desk = random:pick { "Industry desk", "Product desk", "Guest author" },
      due = Calendar.workday(day + random:weighted { -9, 1, -4, 2, 0, 4, 1, 3, 5, 3 }),
    }
    day = day + random:int(1, 5)
  end
  return list
end

-- How many articles were out on a day: they are sorted by day.
function editorial.published_by(articles, day)
  local low, high = 0, #articles
  while low < high do
    local middle = (low + high + 1) // 2
    if articles[middle].published <= day then low = middle else high = middle - 1 end
  end
  return low
end

local function write_inventory(write, articles)
  local rows = {}
  for i, a in ipairs(articles) do
    rows[i] = Sheet.object { "id", a.id, "title", a.title, "url",
      "https://www.larkfield.example" .. a.path, "category", a.category, "desk", a.desk,
      "published", Calendar.date(a.published), "words", a.words }
  end
  write("exports/content/inventory.json", "[\n" .. table.concat(rows, ",\n") .. "\n]\n")
end

-- Everything that was planned since the story began, and what is being written
-- now: no end, no article yet, due in the weeks to come.
local function write_production(write, articles)
  local random = Random.new("production")
  local sheet = Sheet.new { "Item", "Working title", "Category", "Desk", "Started", "Due date",
    "Finished", "Status", "Content ID" }
  local n = 0
  local function add(a, started, finished, status, id)
    n = n + 1
    sheet:row { string.format("P-%04d", n), a.title, a.category, a.desk, Calendar.date(started),
      Calendar.date(a.due), finished and Calendar.date(finished) or "", status, id }
  end
  for _, a in ipairs(articles) do
    if a.published >= Calendar.FIRST then
      add(a, a.published - random:int(14, 45), a.published, "Published", a.id)
    end
  end
  for i = 1, 14 do
    local category = words.categories[(i - 1) % 5 + 1]
    local a = { title = random:pick(words.article[category]) .. random:pick(words.fields),
      category = category, desk = "Industry desk",
        due = Calendar.workday(Calendar.LAST + i * 4 - 12) }
    add(a, Calendar.LAST - random:int(3, 20), nil, i < 5 and "In review" or "Writing", "")
  end
  write("exports/content/production.csv", sheet:text())
end

-- ---- content in sales ---------------------------------------------------------------

-- The article to send: one comparison is everybody's favourite.
local function choose(random, articles, day, comparison)
  local n = editorial.published_by(articles, day)
  if comparison and random:chance(330) then return articles.favourite end
  for _ = 1, 60 do
    local a = articles[random:int(1, n)]
    if (a.category == "comparisons") == comparison then return a end
  end
  return articles.favourite
end

local function shared_content(world, articles)
  local random, out = Random.new("shared"), Chronicle.new()
  local function share(deal, comparison)
    local day = crm.day_of(random, deal, 800)
    local article = choose(random, articles, day, comparison)
    out:add(Calendar.at_work(random, day), { deal = deal, article = article,
      opened = random:chance(640) })
  end
  for _, deal in ipairs(signals.met(world, "content")) do
    for _ = 1, random:int(1, 3) do share(deal, false) end
  end
  for _, deal in ipairs(signals.met(world, "comparison")) do share(deal, true) end
  return out:sorted()
end

local function write_shared(write, shared)
  local sheet = Sheet.new { "Deal ID", "Content ID", "Shared by", "Sent on", "Opened by buyer" }
  for _, s in ipairs(shared) do
    sheet:row { s.deal.id, s.article.id, s.deal.owner, Calendar.minute(s.t),
      s.opened and "yes" or "no" }
  end
  write("exports/sales/content_shared.csv", sheet:text())
end

local PRAISE = { "Answered the question at once", "They sent it on to their finance team",
  "Used it in the second call" }
local BLAME = { "Too long for this buyer", "No numbers in it", "They had read it before" }

local function write_feedback(write, world, shared)
  local random, gives = Random.new("feedback"), signals.met_set(world, "feedback")
  local sheet = Sheet.new { "Date", "Rep", "Deal ID", "Content ID", "Useful", "Comment" }
  for _, s in ipairs(shared) do
    if gives[s.deal] then
      local useful = random:chance(s.article.category == "comparisons" and 850 or 560)
      local day = math.min((Calendar.wall(s.t)) + 1, s.deal.last - 1)
      sheet:row { Calendar.date(day), s.deal.owner, s.deal.id, s.article.id,
        useful and "yes" or "no",
        random:chance(500) and random:pick(useful and PRAISE or BLAME) or "" }
    end
  end
  write("exports/sales/content_feedback.csv", sheet:text())
end

-- ---- downloads -------------------------------------------------------------------------

-- The old planning guide was downloaded in the first summer only; those who did
-- and signed later did so long after.
local function guide_readers(world)
  local out = {}
  for _, contact in ipairs(world.contacts) do
    local deal = contact.deals[1]
    if #contact.deals == 1 and #out < 34 and not deal.no_contacts and
       deal.close > Calendar.FIRST + 92 + 190 then
      out[#out + 1] = contact
    end
  end
  return out
end

local function write_downloads(write, world)
  local random, rows = Random.new("downloads"), Chronicle.new()
  local function add(asset, contact, day)
    rows:add(Calendar.at_any_hour(random, day), { asset = asset, contact = contact })
  end
  for _, contact in ipairs(guide_readers(world)) do
    add("Planning guide 2023", contact, Calendar.FIRST + random:int(1, 90))
  end
  local others = crm.others(world)
  for _ = 1, 60 do
    add("Planning guide 2023", random:pick(others), Calendar.FIRST + random:int(1, 90))
  end
  for _ = 1, 240 do
    local contact = random:pick(world.contacts)
    add("Rota template", contact, random:int(Calendar.FIRST, Calendar.LAST - 1))
  end
  local sheet = Sheet.new { "Asset", "Email", "Downloaded at" }
  for _, r in ipairs(rows:sorted()) do
    sheet:row { r.asset, r.contact.email, Calendar.second(r.t) }
  end
  write("exports/content/downloads.csv", sheet:text())
end

function editorial.write(write, world)
  local articles = world.articles
  for _, a in ipairs(articles) do
    if a.category == "comparisons" and not articles.favourite then articles.favourite = a end
  end
  local shared = shared_content(world, articles)
  write_inventory(write, articles)
  write_production(write, articles)
  write_shared(write, shared)
  write_feedback(write, world, shared)
  write_downloads(write, world)
end

return editorial
