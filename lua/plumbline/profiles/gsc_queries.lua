profile "gsc_queries" {
  title = "Search Console queries",
  made_by = "Google Search Console",
  seen = "a public sample of the zip; localised headers in public tests of tools that read it, November 2026",
  columns = {
    ["Top queries"] = { "Häufigste Suchanfragen", "Requêtes les plus fréquentes", "Consultas principales",
      "Query principali", "Populairste zoekopdrachten" },
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Top queries", "Clicks", "Impressions" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_queries", title = "Search queries", question = "What do people search before they find us?" } },
}
