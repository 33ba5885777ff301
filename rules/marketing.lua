-- Marketing. Lesson 4 of 5: ranges, patterns, functions as conditions, and cost.

department "Marketing"

-- The way from the website to a deal, shared by many metrics below: a small
-- function keeps it in one place.
local function by_visitor(trace)
  return trace :to("contacts", { client_id = "visitor" }) :to "deals"
end
local function by_email(trace, column)
  return trace :to("contacts", { [column] = "Email" }) :to "deals"
end

-- ---- the website -----------------------------------------------------------------

metric "website_traffic" {
  title    = "Website traffic",
  owner    = "Web team",
  question = "Do people who visit the site become customers?",
  unit     = "visits",
  cost     = { money = 3800, per = "month" },
  trace    = by_visitor(from "sessions"),
  by       = "medium",
}

-- Nearly every buyer sees the home page, those who sign and those who do not. It
-- is linked to deals and still tells nothing: the verdict is "no difference".
metric "home_page_views" {
  title    = "Page views of the home page",
  owner    = "Web team",
  unit     = "page views",
  trace    = by_visitor(from "page_views" :where { path = "/" }),
}

metric "pricing_page_views" {
  title    = "Page views of the price list",
  owner    = "Web team",
  question = "Is looking at prices a sign that somebody will buy?",
  unit     = "page views",
  trace    = by_visitor(from "page_views" :where { path = "/pricing" }),
}

-- Numbers compare with gt, gte, lt, lte and between(low, high).
metric "pages_per_session" {
  title      = "Visits of five pages or more",
  owner      = "Web team",
  definition = "Pages per session, as far as it can be followed: visits with at least five pages.",
  unit       = "visits",
  trace      = by_visitor(from "sessions" :where { page_views = gte(5) }),
}

metric "bounce_rate" {
  title      = "Bounce rate",
  owner      = "Web team",
  question   = "Do fewer people leave after one page?",
  definition = "Share of visits with one page. The tool exports it by page only.",
}

-- A condition may be a function of one value. It is asked once for each value
-- that occurs, not for each record, and answers true or false.
local engines = { google = true, bing = true, duckduckgo = true }
metric "organic_search" {
  title    = "Visits from search",
  owner    = "Search team",
  question = "Does being found in search bring in deals?",
  unit     = "visits",
  cost     = { money = 2600, hours = 30, per = "month" },
  trace    = by_visitor(from "sessions" :where {
    medium = "organic",
    source = function(name) return engines[name] == true end,
  }),
  by       = "source",
}

-- ---- e-mail ------------------------------------------------------------------------

metric "email_subscribers" {
  title    = "E-mail subscribers",
  owner    = "E-mail team",
  unit     = "subscribers",
  trace    = by_email(from "subscribers", "Email Address"),
}

metric "email_open_rate" {
  title      = "E-mail open rate",
  owner      = "E-mail team",
  definition = "Opens that the tool recorded. Some mail programs open everything by themselves.",
  unit       = "opens",
  trace      = by_email(from "email_events" :where { event = "open" }, "email"),
}

-- `matches` takes a regular expression: here, clicks on our own pages only.
metric "email_click_rate" {
  title    = "E-mail click rate",
  owner    = "E-mail team",
  question = "Are people who click closer to buying?",
  unit     = "clicks",
  trace    = by_email(from "email_events" :where {
    event = "click",
    url   = matches [[^https://www\.larkfield\.example/]],
  }, "email"),
}

-- Three weeks old: no deal can have been closed because of it yet. It is not
-- blamed; the verdict is "too early".
metric "shift_notes" {
  title    = "Shift Notes, the new newsletter",
  owner    = "E-mail team",
  question = "Does a shorter newsletter bring in buyers?",
  unit     = "issues",
  trace    = from "email_campaigns" :where { List = "Shift Notes" }
               :to("email_events", { ["Unique Id"] = "campaign_id" })
               :to("contacts", { email = "Email" }) :to "deals",
}

-- ---- social media, leads, referrals ------------------------------------------------

-- Posts lead to visits by the campaign in their links, if somebody puts it there.
metric "linkedin_impressions" {
  title    = "LinkedIn impressions",
  owner    = "Social media",
  question = "Do posts bring visitors who buy?",
  unit     = "posts",
  cost     = { hours = 24, per = "month" },
  trace    = by_visitor(from "linkedin_posts" :to("sessions", { ["Campaign name"] = "campaign" })),
}

metric "qualified_leads" {
  title    = "Marketing qualified leads",
  owner    = "Lead desk",
  question = "Do the leads that we pass on turn into deals?",
  unit     = "leads",
  trace    = from "qualified_leads" :to("deals", { ["Record ID"] = "contact" }),
  by       = "Original Source",
}

-- A programme has to carry more than an accident: three won deals at least.
metric "referral_programme" {
  title    = "Referral programme",
  owner    = "Partner desk",
  question = "Is the programme worth its discounts?",
  unit     = "referrals",
  cost     = { money = 900, per = "month" },
  min_won  = 3,
  trace    = from "referrals" :to("deals", { ["Referred company"] = "company" }),
}
