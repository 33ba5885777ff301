profile "gsc_chart" {
  title = "Search Console chart (per day)",
  made_by = "Google Search Console",
  seen = "a public sample of the zip, November 2026",
  columns = {
    "Date",
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Date", "Clicks", "Impressions" },
  time = "Date",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_clicks", title = "Clicks from search per day", question = "How do clicks from search develop?" } },
}
