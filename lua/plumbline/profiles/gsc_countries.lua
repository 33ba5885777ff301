profile "gsc_countries" {
  title = "Search Console countries",
  made_by = "Google Search Console",
  seen = "four public tests of tools that read the zip, November 2026",
  columns = {
    "Country",
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Country", "Clicks", "Impressions" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_countries", title = "Searches by country", question = "Where are we searched for?" } },
}
