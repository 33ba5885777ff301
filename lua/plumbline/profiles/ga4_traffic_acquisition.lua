-- The first column's name has changed several times; all of these were met.
profile "ga4_traffic_acquisition" {
  title = "GA4 traffic acquisition",
  made_by = "Google Analytics 4",
  seen = "headers in two public tests, a public import configuration and public queries over exports; German "
    .. "headers in a public test and a public table of the labels, November 2026",
  columns = {
    ["Session primary channel group (Default Channel Group)"] = { "Session primary channel group",
      "Session default channel group", "Sitzung – primäre Channelgruppe (Standard-Channelgruppe)",
      "Sitzung – Standardchannelgruppe" },
    ["Sessions"] = { "Sitzungen" },
    ["Engaged sessions"] = { "Sitzungen mit Interaktionen" },
    ["Engagement rate"] = { "Engagement-Rate" },
    ["Average engagement time per session"] = { "Durchschnittliche Interaktionsdauer pro Sitzung" },
    ["Events per session"] = { "Ereignisse pro Sitzung" },
    ["Event count"] = { "Ereignisanzahl" },
    ["Key events"] = { "Schlüsselereignisse" },
    ["Session key event rate"] = { "Sitzung-Schlüsselereignisrate" },
    ["Total revenue"] = { "Gesamtumsatz" },
  },
  required = { "Session primary channel group (Default Channel Group)", "Sessions", "Engaged sessions" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "sessions_by_channel", title = "Sessions by channel",
    question = "Which channels bring visits?" } },
}
