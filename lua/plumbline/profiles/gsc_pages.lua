profile "gsc_pages" {
  title = "Search Console pages",
  made_by = "Google Search Console",
  seen = "a public sample of the zip; localised headers in public tests of tools that read it, November 2026",
  columns = {
    ["Top pages"] = { "Häufigste Seiten" },
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Top pages", "Clicks", "Impressions" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_pages", title = "Pages found in search", question = "Which pages are found?" } },
}
