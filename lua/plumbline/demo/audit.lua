-- The audit.lua of the demo workspace, as its reader finds it.
return [==[
-- What is audited, and from which exports. Lines that begin with two dashes are
-- notes for people. Start reading here, then open rules/customer_success.lua.
--
--   plumbline audit               the report
--   plumbline trace demos         every step of one metric
--   plumbline explain PL103       what a code means and what to do

audit "Larkfield: from every metric to closed deals" {
  as_of    = "2026-06-30",      -- the end of that day; without it: now
  currency = "EUR",
  timezone = "Europe/Berlin",   -- for times that do not say where they were taken
  rules    = "rules/*.lua",     -- one file a department

  within   = "180d",            -- a touch counts if the deal was won within half a year
  min_won  = 1,                 -- one won deal is enough to be linked

  -- Some deals are in dollars and pounds. Each is turned into euros with the
  -- rate of the month in which it was closed.
  rates = { source = "rates", currency = "currency", rate = "eur_per_unit",
            date = "valid_from", max_age = "31d" },
}

-- ---- customer records (the CRM) ------------------------------------------------

source "companies" { "exports/crm/companies.csv", key = "Record ID" }

source "contacts" { "exports/crm/contacts.csv",
  key  = "Record ID",
  time = "Create Date",
  -- One person, several browsers: the ids stand in one cell, joined by ";".
  columns = { visitor = list("Website Visitor IDs", ";") },
}

-- The same file a second time, for those whom marketing called qualified: the
-- moment that counts is another one.
source "qualified_leads" { "exports/crm/contacts.csv",
  key   = "Record ID",
  time  = "Became a Marketing Qualified Lead Date",
  where = { ["Became a Marketing Qualified Lead Date"] = not_(blank()) },
}

source "rates" { "exports/finance/rates_by_month.csv", time = "valid_from" }

-- Every trace ends here. Each stage of the pipeline must be listed, so that a
-- stage that somebody renames is noticed and not counted as something else.
deals { "exports/crm/deals.csv",
  key     = "Record ID",
  created = "Create Date",
  closed  = "Close Date",
  status  = { column = "Deal Stage",
              won    = { "Closed Won" },
              lost   = { "Closed Lost", "Closed Lost - No Decision" },
              ignore = { "Duplicate", "Test" },
              open   = others() },
  amount   = "Amount",
  currency = "Currency",
  columns  = {
    contact = list("Associated Contact IDs", ";"),
    company = list("Associated Company IDs", ";"),
  },
}

-- With links declared, a rule can say `:to "deals"` and need not name a key.
link { "contacts",  "deals", { ["Record ID"] = "contact" } }
link { "companies", "deals", { ["Record ID"] = "company" } }

-- ---- the website -----------------------------------------------------------------

-- One file a year; the last day of a year is in two of them. Records that are
-- the same are counted once, because `key` says what makes a record.
source "sessions" { "exports/web/sessions_*.csv",
  key   = "session_id",
  time  = "session_start",
  blank = { "(not set)" },        -- how this tool writes "nothing"
}

source "page_views" { "exports/web/page_views.csv",
  time    = { "event_timestamp", format = "epoch_ms" },
  columns = { path = clean("page_location", "path") },   -- "/pricing", without the rest
}

-- Averages by page: no record of anybody in it, so no rule can start here. It is
-- named all the same, and the report says that nothing uses it.
source "page_report" { "exports/web/pages_and_screens.csv" }

-- ---- e-mail and social media -----------------------------------------------------

source "email_campaigns" { "exports/email/email_campaigns.csv",
  key  = "Unique Id",
  time = { "Send Date", format = "%b %d, %Y %I:%M %p" },   -- Mar 14, 2025 09:30 am
}
source "email_events" { "exports/email/email_events.ndjson",
  time = { "timestamp", format = "epoch" },
}
source "subscribers" { "exports/email/subscribers.tsv",     -- columns parted by tabs
  key  = "Email Address",
  time = "OPTIN_TIME",
}
source "linkedin_posts" { "exports/social/linkedin_posts.csv",
  key  = "Post link",
  time = "Created date",
}

-- ---- content -----------------------------------------------------------------------

source "content" { "exports/content/inventory.json",
  key     = "id",
  time    = "published",
  columns = { path = clean("url", "path") },
}
source "downloads" { "exports/content/downloads.csv", time = "Downloaded at" }

source "production" { "exports/content/production.csv",
  key  = "Item",
  time = "Started",
  -- A computed column: was the piece finished by its due date? The function is
  -- asked once for each pair of values. Dates written year-month-day can be
  -- compared as text.
  columns = {
    on_time = derive("Due date", "Finished", function(due, finished)
      if not finished then return nil end       -- still being written: blank
      return finished <= due and "yes" or "no"
    end),
  },
}

-- ---- sales ---------------------------------------------------------------------------

source "content_shared" { "exports/sales/content_shared.csv",
  time    = "Sent on",
  -- What kind of piece it was stands in another export: look it up there.
  columns = { category = lookup { "content", on = { ["Content ID"] = "id" }, take = "category" } },
}
source "content_feedback" { "exports/sales/content_feedback.csv", time = "Date" }
source "demos"     { "exports/sales/demos.csv", key = "Demo ID", time = "Requested at" }
source "calls"     { "exports/sales/calls.csv", key = "Call ID", time = "Call date" }
source "questions" { "exports/sales/prospect_questions.csv", time = "Heard on" }
source "referrals" { "exports/sales/referrals.csv", key = "Referral code", time = "Referred on" }

link { "content_shared",   "deals", { ["Deal ID"] = "Record ID" } }
link { "content_feedback", "deals", { ["Deal ID"] = "Record ID" } }
link { "calls",            "deals", { ["Associated Deal ID"] = "Record ID" } }
link { "questions", "calls", "Call ID" }

-- ---- events ----------------------------------------------------------------------------

-- The ticket shop is German: semicolons, 14.03.2025, and 1.290,00 for a price.
source "attendees" { "exports/events/attendees.csv",
  delimiter = ";",
  numbers   = "1.234,56",
  key       = "Ticket",
  time      = { "Event date", format = "%d.%m.%Y" },
  columns   = { email = clean("Email", "email") },   -- Ada@X.example is ada@x.example
}
source "badge_scans" { "exports/events/badge_scans.csv", time = "Scanned at" }
source "webinar_attendees"  { "exports/events/webinar_attendees.csv", time = "Joined at" }
source "webinar_recordings" { "exports/events/webinar_recordings.csv", time = "Watched at" }

-- An export older than this was probably forgotten: its metrics are then "not
-- audited" rather than blamed.
source "booth_visits" { "exports/events/booth_visits.csv", time = "Visited at", fresh = "45d" }

source "speaking_slots" { "exports/events/speaking_slots.csv", time = "Date" }

-- ---- customers -----------------------------------------------------------------------

source "nps" { "exports/survey/nps_responses.csv",
  key  = "Respondent ID",
  time = { "End Date", format = "%m/%d/%Y %H:%M:%S" },   -- American: month first
}
source "tickets" { "exports/support/tickets.ndjson", key = "id", time = "created_at" }
source "trials"  { "exports/product/trial_onboarding.csv", time = "Checklist finished" }
source "reference_customers" { "exports/customers/reference_customers.csv",
  key = "Reference ID", time = "Agreed on" }
source "reference_calls" { "exports/customers/reference_calls.csv", time = "Held on" }
]==]
