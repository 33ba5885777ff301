profile "gsc_search_appearance" {
  title = "Search Console search appearance",
  made_by = "Google Search Console",
  seen = "three public tests of tools that read the zip, November 2026",
  columns = {
    "Search Appearance",
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Search Appearance", "Clicks", "Impressions" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_appearances", title = "Search appearances", question = "How are we shown in search?" } },
}
