department "Marketing"

-- Linked: all eight won deals, and a line for each channel, blank apart from "unknown".
metric "new_contacts" {
  title = "New contacts",
  owner = "Demand team",
  question = "Where do buyers come from?",
  trace = from "contacts" :to "deals",
  by    = "channel",
}

-- Linked, and it tells won from lost: every won deal and no lost one.
metric "pricing_page" {
  title = "Visits to the pricing page",
  trace = from "visits" :where { page = "/pricing" } :to "deals",
}

-- Linked, and it cannot tell: half of the won deals and half of the lost ones.
metric "home_page" {
  title = "Visits to the home page",
  trace = from "visits" :where { page = "/home" } :to "deals",
}

-- PL108: one won deal of eight, and every lost one.
metric "special_offer" {
  title = "Visits to the special offer",
  trace = from "visits" :where { page = "/offer" } :to "deals",
}

-- PL112: five of the six won deals come by one account.
metric "referrals" {
  title = "Referrals by partners",
  trace = from "referrals" :to("contacts", "account") :to "deals",
}

-- PL101: in the catalogue, and nobody has said how it leads to a deal.
metric "brand_awareness" { title = "Brand awareness", owner = "Brand team" }

-- PL102: posts go out without their campaign.
metric "posts" {
  title = "Posts",
  trace = from "posts" :to("visits", "campaign") :to "deals",
}

-- PL107: younger than the 60 days that a deal takes.
metric "summer_campaign" {
  title = "Summer campaign",
  trace = from "visits" :where { page = "/summer" } :to "deals",
}

-- PL114: two won deals, three asked for.
metric "careers_page" {
  title   = "Visits to the careers page",
  min_won = 3,
  trace   = from "visits" :where { page = "/careers" } :to "deals",
}

-- PL114: its one won deal has a negative amount, which does not count.
metric "returns_page" {
  title = "Visits to the returns page",
  trace = from "visits" :where { page = "/returns" } :to "deals",
}

-- PL110: a misspelt column.
metric "blog" {
  title = "Visits to the blog",
  trace = from "visits" :where { pgae = "/blog" } :to "deals",
}

-- PL111: a pattern that tries everything.
metric "odd_pages" {
  title = "Visits to odd pages",
  trace = from "visits" :where { page = matches "^/(a+)+$" } :to "deals",
}

-- Seconds are a number here; a visit that holds none (V83) is left out and named.
metric "long_visits" {
  title = "Visits of a minute or more",
  trace = from "visits" :where { seconds = gte(60) } :to "deals",
}
