-- Tests of marketing.lua.

local person = { ["Record ID"] = "P1", Email = "ada@harbour.example", ["Website Visitor IDs"] = "11.22" }

local function deal(id, more)
  local row = { ["Record ID"] = id, ["Deal Stage"] = "Closed Won", Amount = "500.00", Currency = "EUR",
    ["Create Date"] = "2026-02-01 09:00", ["Close Date"] = "2026-03-01 12:00",
    ["Associated Contact IDs"] = "P1", ["Associated Company IDs"] = "K" .. id }
  for column, value in pairs(more or {}) do row[column] = value end
  return row
end

local function session(id, more)
  local row = { session_id = id, client_id = "11.22", session_start = "2026-02-05T12:00:00Z", page_views = 1,
    source = "google", medium = "organic", campaign = "(not set)" }
  for column, value in pairs(more or {}) do row[column] = value end
  return row
end

-- 1770292800000 is 2026-02-05 12:00 UTC in milliseconds.
local function page_view(path)
  return { event_timestamp = "1770292800000", client_id = "11.22", page_location = "https://www.larkfield.example" .. path }
end

test "a visit leads to the visitor's deal" {
  metric = "website_traffic",
  rows   = { sessions = { session "S1" }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", won = 1, amount = "500.00" },
}

test "the home page is the address without a path" {
  metric = "home_page_views",
  rows   = { page_views = { page_view "/", page_view "/about" }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "the price list counts with whatever stands behind its address" {
  metric = "pricing_page_views",
  rows   = { page_views = { page_view "/pricing?plan=team", page_view "/" }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "five pages are enough, four are not" {
  metric = "pages_per_session",
  rows   = { sessions = { session("S1", { page_views = 5 }), session("S2", { page_views = 4 }) },
    contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "a search engine that is not listed, and a paid click, do not count" {
  metric = "organic_search",
  rows   = { sessions = { session "S1", session("S2", { source = "yahoo" }), session("S3", { medium = "cpc" }) },
    contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "a subscriber leads to the deal of the same address" {
  metric = "email_subscribers",
  rows   = { subscribers = { { ["Email Address"] = "ada@harbour.example", OPTIN_TIME = "2026-01-15 06:24:29" } },
    contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", won = 1 },
}

-- 1770292800 is 2026-02-05 12:00 UTC.
local function event(kind, url)
  return { event = kind, email = "ada@harbour.example", campaign_id = "k1", timestamp = 1770292800, url = url }
end

test "an open leads to a deal, a bounce does not" {
  metric = "email_open_rate",
  rows   = { email_events = { event "open", event "bounce" }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "only clicks on our own pages count" {
  metric = "email_click_rate",
  rows   = { email_events = { event("click", "https://www.larkfield.example/pricing"),
      event("click", "https://www.larkfield.example.elsewhere.example/") },
    contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", origins = 1, won = 1 },
}

test "a newsletter of three weeks is too young to have won anything" {
  metric = "shift_notes",
  cycle  = "60d",       -- how long a deal takes; with more rows the audit would find out
  rows   = {
    email_campaigns = { { ["Unique Id"] = "k1", List = "Shift Notes", ["Send Date"] = "Jun 10, 2026 09:30 am" } },
    -- 1781172000 is 2026-06-11 10:00 UTC
    email_events    = { { event = "open", email = "ada@harbour.example", campaign_id = "k1", timestamp = 1781172000 } },
    contacts        = { person },
    deals           = { deal "D1" },
  },
  expect = { verdict = "too_early", code = "PL107", flagged = false, won = 0 },
}

test "posts without a campaign in their links lead nowhere" {
  metric = "linkedin_impressions",
  rows   = { linkedin_posts = { { ["Post link"] = "https://www.linkedin.example/posts/1", ["Created date"] = "2026-02-01" } },
    sessions = { session "S1" }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "unlinked", code = "PL102", breaks = 1 },
}

test "a post whose campaign is in its links is followed" {
  metric = "linkedin_impressions",
  rows   = { linkedin_posts = { { ["Post link"] = "https://www.linkedin.example/posts/1", ["Created date"] = "2026-02-01",
      ["Campaign name"] = "spring" } },
    sessions = { session("S1", { campaign = "spring" }) }, contacts = { person }, deals = { deal "D1" } },
  expect = { verdict = "linked", breaks = false, won = 1 },
}

test "a lead that was never called qualified does not count" {
  metric = "qualified_leads",
  rows   = { contacts = {
      { ["Record ID"] = "P1", ["Became a Marketing Qualified Lead Date"] = "2026-02-03 10:00", ["Original Source"] = "Organic Search" },
      { ["Record ID"] = "P2", ["Original Source"] = "Organic Search" } },
    qualified_leads = {
      { ["Record ID"] = "P1", ["Became a Marketing Qualified Lead Date"] = "2026-02-03 10:00", ["Original Source"] = "Organic Search" },
      { ["Record ID"] = "P2", ["Original Source"] = "Organic Search" } },
    deals = { deal "D1", deal("D2", { ["Associated Contact IDs"] = "P2" }) } },
  expect = { verdict = "linked", origins = 1, won = 1, amount = "500.00" },
}

local function referral(code, company)
  return { ["Referral code"] = code, ["Referred company"] = company, ["Referred on"] = "2026-02-01" }
end

test "two deals are an accident" {
  metric = "referral_programme",
  rows   = { referrals = { referral("R1", "KD1"), referral("R2", "KD2") }, deals = { deal "D1", deal "D2" } },
  expect = { verdict = "unlinked", code = "PL114", won = 2 },
}

test "three deals carry the programme; dollars are turned into euros" {
  metric = "referral_programme",
  rows   = { referrals = { referral("R1", "KD1"), referral("R2", "KD2"), referral("R3", "KD3") },
    rates = { { valid_from = "2026-03-01", currency = "USD", eur_per_unit = "0.90" } },
    deals = { deal "D1", deal "D2", deal("D3", { Currency = "USD", Amount = "100.00" }) } },
  expect = { verdict = "linked", won = 3, amount = "1090.00" },
}
