-- A table of the report overview: read it with `block`, by its first column.
profile "ga4_overview_pages" {
  title = "GA4 report overview, pages",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export, November 2026",
  columns = { "Page title and screen class", "Views", "Active users", "Event count", "Bounce rate" },
  required = { "Page title and screen class", "Views", "Bounce rate" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "page_title_views", title = "Page views by title",
    question = "Which pages are seen?" } },
}
