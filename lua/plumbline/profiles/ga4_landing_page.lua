profile "ga4_landing_page" {
  title = "GA4 landing page",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export; German headers in a public test and a public table of the labels; the "
    .. "French name of the first column in two public scripts, November 2026",
  columns = {
    ["Landing page"] = { "Landing page + query string", "Landingpage", "Landingpage + Abfragestring",
      "Page de destination + chaîne de requête" },
    ["Sessions"] = { "Sitzungen" },
    ["Active users"] = { "Aktive Nutzer" },
    ["New users"] = { "Neue Nutzer" },
    ["Average engagement time per session"] = { "Durchschnittliche Interaktionsdauer pro Sitzung" },
    ["Key events"] = { "Schlüsselereignisse", "Événements clés" },
    ["Total revenue"] = { "Gesamtumsatz" },
    ["Session key event rate"] = { "Sitzung-Schlüsselereignisrate" },
  },
  required = { "Landing page", "Sessions" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "landing_page_sessions", title = "Sessions by landing page",
    question = "Where do visits begin?" } },
}
