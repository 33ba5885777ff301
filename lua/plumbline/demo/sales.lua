-- Sales: demos, calls, what buyers asked in them, referrals; and the posts of
-- the company's LinkedIn page, whose links nobody tagged.
local Random = require "plumbline.demo.random"
local Calendar = require "plumbline.demo.calendar"
local Chronicle = require "plumbline.demo.chronicle"
local Sheet = require "plumbline.demo.sheet"
local words = require "plumbline.demo.words"
local signals = require "plumbline.demo.signals"
local crm = require "plumbline.demo.crm"

local sales = {}

local function write_demos(write, world)
  local random, rows = Random.new("demos"), Chronicle.new()
  local function add(contact, day)
    rows:add(Calendar.at_work(random, day), { contact = contact })
  end
  for _, deal in ipairs(signals.met(world, "demo")) do
    add(crm.buyer(random, deal), crm.day_of(random, deal, 800))
  end
  for _, contact in ipairs(crm.others(world)) do
    if random:chance(130) then add(contact, random:int(contact.created, Calendar.LAST)) end
  end
  local sheet = Sheet.new { "Demo ID", "Requested at", "Email", "Requested on", "Held" }
  for i, r in ipairs(rows:sorted()) do
    sheet:row { string.format("DM-%04d", i), Calendar.minute(r.t), r.contact.email,
      random:weighted { "/demo", 5, "/pricing", 3, "Phone", 2, "", 1 },
      random:chance(820) and "yes" or "no" }
  end
  write("exports/sales/demos.csv", sheet:text())
end

-- The telephone tool renamed its column "Talk time" in the spring.
local function write_calls(write, world)
  local random, rows = Random.new("calls"), Chronicle.new()
  local function add(day, deal, contact)
    rows:add(Calendar.at_work(random, day), { deal = deal, contact = contact })
  end
  for _, deal in ipairs(signals.met(world, "call")) do
    add(math.min(deal.created + random:int(0, 12), deal.last - 1), deal, crm.buyer(random, deal))
    for _ = 1, random:int(0, 4) do
      add(random:int(deal.created, deal.last - 1), deal, crm.buyer(random, deal))
    end
  end
  local others = crm.others(world)
  for _ = 1, 260 do add(random:int(Calendar.FIRST, Calendar.LAST - 1), nil, random:pick(others)) end
  local sheet = Sheet.new { "Call ID", "Call date", "Owner", "Direction", "Outcome",
    "Talk time (s)", "Associated Contact ID", "Associated Deal ID" }
  for i, r in ipairs(rows:sorted()) do
    r.id = string.format("CL%05d", i)
    sheet:row { r.id, Calendar.minute(r.t), r.deal and r.deal.owner or random:pick(words.reps),
      random:chance(650) and "Outbound" or "Inbound",
      random:weighted { "Connected", 7, "Left voicemail", 2, "No answer", 1 }, random:int(20, 2700),
      r.contact.id, r.deal and r.deal.id or "" }
  end
  write("exports/sales/calls.csv", sheet:text())
  return rows
end

local function write_questions(write, world, calls)
  local random, asks = Random.new("questions"), signals.met_set(world, "question")
  local sheet = Sheet.new { "Call ID", "Heard on", "Question", "Topic" }
  for _, call in ipairs(calls) do
    if call.deal and asks[call.deal] and random:chance(620) then
      local won = call.deal.status == "won"
      local topic = random:weighted { "cost", 5, "problems", 3, "comparisons", won and 4 or 2,
        "reviews", 2, "best-of", 1, "other", 2 }
      sheet:row { call.id, Calendar.local_date(call.t), random:pick(words.questions[topic]), topic }
    end
  end
  write("exports/sales/prospect_questions.csv", sheet:text())
end

-- Two customers came by referral, and a few more companies are talking.
local function write_referrals(write, world)
  local random, need, n = Random.new("referrals"), { won = 2, lost = 2, open = 4 }, 0
  local sheet = Sheet.new { "Referral code", "Referred by company", "Referred company",
    "Referred on" }
  for _, deal in ipairs(world.deals) do
    if #deal.company.deals == 1 and deal.created > Calendar.day(2025, 9, 1) and
      need[deal.status] > 0 then
      need[deal.status] = need[deal.status] - 1
      n = n + 1
      sheet:row { string.format("REFER-%03d", n), random:pick(world.companies).id, deal.company.id,
        Calendar.date(deal.created - random:int(2, 15)) }
    end
  end
  write("exports/sales/referrals.csv", sheet:text())
end

local function write_posts(write)
  local random = Random.new("posts")
  local sheet = Sheet.new { "Post title", "Post link", "Post type", "Campaign name", "Posted by",
    "Created date", "Impressions", "Clicks", "Click through rate (CTR)", "Likes", "Comments",
    "Reposts" }
  for i = 0, 71 do
    local impressions = random:int(900, 6200)
    local clicks = impressions * random:int(4, 30) // 1000
    sheet:row { random:pick { "Five minutes on ", "We asked planners about ",
      "New on our pages: " } .. random:pick(words.fields),
      string.format("https://www.linkedin.example/posts/larkfield-%05d", 10000 + i * 37),
      random:pick { "Organic", "Organic", "Video" }, "", "Larkfield page",
      Calendar.date(Calendar.FIRST + i * 10 + random:int(0, 6)), impressions, clicks,
      string.format("0.%04d", clicks * 10000 // impressions), random:int(3, 90), random:int(0, 14),
      random:int(0, 9) }
  end
  write("exports/social/linkedin_posts.csv", sheet:text())
end

function sales.write(write, world)
  write_demos(write, world)
  write_questions(write, world, write_calls(write, world))
  write_referrals(write, world)
  write_posts(write)
end

return sales
