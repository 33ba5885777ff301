-- Events. Lesson 3 of 5: several ways in (`any`), and keys that nearly match.

department "Events"

-- "email" is cleaned in audit.lua: people type their address as they like. Where
-- keys differ only in their spelling, clean them there and not in the rule.
metric "event_attendees" {
  title    = "Event attendees",
  owner    = "Event team",
  question = "Do people who meet us in person buy more often?",
  unit     = "tickets",
  cost     = { money = 21000, hours = 90, per = "quarter" },
  trace    = from "attendees" :to("contacts", { email = "Email" }) :to "deals",
  by       = "Event",
}

-- Here nobody cleaned anything: the scanner writes LF7K3Q9A where the customer
-- records say lf-7k3q9a. No badge matches. The report names the near misses and
-- says what mending the key would bring; `plumbline trace badge_scans` shows all.
metric "badge_scans" {
  title    = "Badges scanned",
  owner    = "Event team",
  question = "Does a visit to a stand lead to a deal?",
  unit     = "scans",
  trace    = from "badge_scans" :to("contacts", { ["Badge ID"] = "Event Badge ID" }) :to "deals",
}

-- A trace is a value. What two metrics share can be given a name, and each use
-- of it makes a new trace.
local joined = from "webinar_attendees"
local partner_day = like "Partner webinar*"     -- * stands for any text

-- `any` unites traces: who joined the webinar or watched the recording later. A
-- deal that both lead to is counted once.
metric "webinars" {
  title    = "Webinars, live or recorded",
  owner    = "Webinar host",
  question = "Do webinars bring in deals?",
  unit     = "views",
  cost     = { hours = 22, per = "month" },
  trace    = any {
    joined :where { Webinar = not_(partner_day) } :to("contacts", "Email") :to "deals",
    from "webinar_recordings" :where { ["Percent watched"] = gte(25) }
      :to("contacts", { ["Viewer email"] = "Email" }) :to "deals",
  },
}

metric "partner_webinar" {
  title    = "Webinar with a partner",
  owner    = "Webinar host",
  question = "Should we do it again?",
  unit     = "guests",
  trace    = joined :where { Webinar = partner_day } :to("contacts", "Email") :to "deals",
}

metric "booth_visits" {
  title    = "Visits to our booth",
  owner    = "Event team",
  unit     = "visits",
  trace    = from "booth_visits" :to("contacts", "Email") :to "deals",
}

metric "speaking_slots" {
  title    = "Speaking slots",
  owner    = "Event team",
  question = "Do talks at other people's events bring in buyers?",
  unit     = "talks",
  trace    = from "speaking_slots" :to("contacts", { ["Listener email"] = "Email" }) :to "deals",
}
