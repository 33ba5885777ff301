-- A table of the report overview: read it with `block`, by its first column.
profile "ga4_overview_session_sources" {
  title = "GA4 report overview, where sessions came from",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export, November 2026",
  columns = { "Session source / medium", "Sessions" },
  required = { "Session source / medium", "Sessions" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "sessions_by_source", title = "Sessions by source",
    question = "Which sources bring visits?" } },
}
