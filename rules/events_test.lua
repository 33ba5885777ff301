-- Tests of events.lua.

local person = { ["Record ID"] = "P1", Email = "ada@harbour.example", ["Event Badge ID"] = "lf-7k3q9a" }
local signed = { ["Record ID"] = "D1", ["Deal Stage"] = "Closed Won", Amount = "900.00", Currency = "EUR",
  ["Create Date"] = "2026-05-01 09:00", ["Close Date"] = "2026-06-20 12:00", ["Associated Contact IDs"] = "P1" }
local lost = { ["Record ID"] = "D2", ["Deal Stage"] = "Closed Lost", Amount = "300.00", Currency = "EUR",
  ["Create Date"] = "2026-05-01 09:00", ["Close Date"] = "2026-06-20 12:00", ["Associated Contact IDs"] = "P2" }

test "people type their address as they like" {
  metric = "event_attendees",
  rows   = {
    -- as the ticket shop writes it: German dates and numbers
    attendees = { { Ticket = "T1", Email = " Ada@Harbour.example", Event = "Planners' Day",
      ["Event date"] = "14.05.2026", Price = 1290.5 } },
    contacts  = { person },
    deals     = { signed },
  },
  expect = { verdict = "linked", won = 1, amount = "900.00" },
}

test "no badge matches, because nobody cleaned the ids" {
  metric = "badge_scans",
  rows   = {
    badge_scans = { { ["Badge ID"] = "LF7K3Q9A", ["Scanned at"] = "2026-05-14 10:04:47" } },
    contacts    = { person },
    deals       = { signed },
  },
  expect = { verdict = "unlinked", code = "PL103", breaks = 1 },
}

test "a badge whose id is cleaned leads to the deal" {
  metric = "badge_scans",
  todo   = "clean both ids with clean(…, \"alnum\", \"lower\") in audit.lua",
  rows   = {
    badge_scans = { { ["Badge ID"] = "LF7K3Q9A", ["Scanned at"] = "2026-05-14 10:04:47" } },
    contacts    = { person },
    deals       = { signed },
  },
  expect = { verdict = "linked", won = 1 },
}

test "a deal that both the webinar and its recording lead to is counted once" {
  metric = "webinars",
  rows   = {
    webinar_attendees  = { { Webinar = "Rotas in spring", Email = "ada@harbour.example", ["Joined at"] = "2026-05-03 11:00:00" } },
    webinar_recordings = { { Recording = "Rotas in spring", ["Viewer email"] = "ada@harbour.example",
      ["Watched at"] = "2026-05-04 11:00:00", ["Percent watched"] = 80 } },
    contacts           = { person },
    deals              = { signed },
  },
  expect = { verdict = "linked", won = 1, amount = "900.00", origins = 2 },
}

test "a recording that was closed at once does not count, and neither does the partner's webinar" {
  metric = "webinars",
  rows   = {
    webinar_attendees  = { { Webinar = "Partner webinar: payroll", Email = "ada@harbour.example", ["Joined at"] = "2026-05-03 11:00:00" } },
    webinar_recordings = { { ["Viewer email"] = "ada@harbour.example", ["Watched at"] = "2026-05-04 11:00:00", ["Percent watched"] = 24 } },
    contacts           = { person },
    deals              = { signed },
  },
  expect = { verdict = "unlinked", code = "PL106", origins = 0 },
}

test "guests of the partner's webinar whose deals were all lost" {
  metric = "partner_webinar",
  rows   = {
    webinar_attendees = { { Webinar = "Partner webinar: payroll", Email = "bo@quay.example", ["Joined at"] = "2026-05-03 11:00:00" } },
    contacts          = { person, { ["Record ID"] = "P2", Email = "bo@quay.example" } },
    deals             = { signed, lost },
  },
  expect = { verdict = "unlinked", code = "PL104", won = 0, lost = 1 },
}

test "a visit to the booth leads to a deal" {
  metric = "booth_visits",
  rows   = { booth_visits = { { Email = "ada@harbour.example", ["Visited at"] = "2026-06-01 10:00" } },
    contacts = { person }, deals = { signed } },
  expect = { verdict = "linked", won = 1 },
}

test "an old export of the booth is not audited, and nobody is blamed" {
  metric = "booth_visits",
  rows   = { booth_visits = { { Email = "ada@harbour.example", ["Visited at"] = "2026-03-01 10:00" } },
    contacts = { person }, deals = { signed } },
  expect = { verdict = "error", code = "PL115", flagged = false, message = "is not fresh" },
}

test "a talk leads to the deal of a listener" {
  metric = "speaking_slots",
  rows   = { speaking_slots = { { Event = "Care congress", Date = "2026-05-02", ["Listener email"] = "ada@harbour.example" } },
    contacts = { person }, deals = { signed } },
  expect = { verdict = "linked", won = 1 },
}
