department "Events"

-- PL103, with near misses: the badge writes addresses in its own way.
metric "badge_scans" {
  title = "Badges scanned",
  trace = from "badges" :to("contacts", { mail = "email" }) :to "deals",
}

-- PL106: nobody has visited that page.
metric "webinars" {
  title = "Webinar visits",
  trace = from "visits" :where { page = "/webinar" } :to "deals",
}

-- PL115: the newest record is 162 days old and the limit is 30.
metric "booth_visits" {
  title = "Visits to the booth",
  trace = from "booth" :to "deals",
}
