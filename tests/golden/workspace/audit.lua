-- A small company, made by hand so that every number of its audit can be added
-- up with a pencil. tests/golden_test.lua says what each must be, and why.
audit "A small company" {
  as_of    = "2024-06-30",
  currency = "EUR",
  rules    = "rules/*.lua",
  cycle    = "60d",
  rates    = { USD = "0.50" },
}

source "contacts" { "exports/contacts.tsv", key = "contact_id", time = "seen" }

source "visits" { "exports/visits.csv",
  key   = "visit_id",
  time  = "day",
  where = { page = not_ "/test" },
}

source "posts"     { "exports/posts.csv", delimiter = ";", numbers = "1.234,56", key = "post_id", time = "day" }
source "badges"    { "exports/badges.ndjson", key = "badge", time = "day" }
source "calls"     { "exports/calls.csv", key = "call_id", time = "day" }
source "surveys"   { "exports/surveys.csv", key = "survey_id", time = "day" }
source "downloads" { "exports/downloads.csv", key = "download_id", time = "day" }
source "referrals" { "exports/referrals.csv", key = "referral_id", time = "day" }
source "booth"     { "exports/booth.csv", key = "visit", time = "day", fresh = "30d" }

deals { "exports/deals.csv",
  key      = "deal_id",
  closed   = "closed",
  amount   = "amount",
  currency = "currency",
  status   = {
    column = "stage",
    won    = { "Won" },
    lost   = { "Lost" },
    open   = { "Negotiation", "" },
    ignore = { "Test" },
  },
}

link { "contacts", "deals", "contact_id" }
link { "visits", "deals", "contact_id" }
link { "calls", "deals", "contact_id" }
link { "surveys", "deals", "contact_id" }
link { "downloads", "deals", "contact_id" }
link { "booth", "deals", "contact_id" }
