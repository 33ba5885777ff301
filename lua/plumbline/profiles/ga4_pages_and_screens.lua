profile "ga4_pages_and_screens" {
  title = "GA4 pages and screens",
  made_by = "Google Analytics 4",
  seen = "a real export; German headers in a public import script and a public table of the labels; the French "
    .. "name of the first column in two public scripts, November 2026",
  columns = {
    ["Page path and screen class"] = { "Seitenpfad und Bildschirmklasse", "Chemin de la page et classe de l'écran" },
    ["Views"] = { "Aufrufe", "Vues" },
    ["Active users"] = { "Aktive Nutzer" },
    ["Views per active user"] = { "Aufrufe pro Nutzer" },
    ["Average engagement time per active user"] = { "Durchschnittliche Interaktionsdauer pro aktivem Nutzer" },
    ["Event count"] = { "Ereignisanzahl" },
    ["Key events"] = { "Schlüsselereignisse", "Événements clés" },
    ["Total revenue"] = { "Gesamtumsatz" },
  },
  required = { "Page path and screen class", "Views" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "page_views", title = "Page views", question = "Which pages are seen?" } },
}
