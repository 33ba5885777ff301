-- A table of the report overview: read it with `block`, by its first column.
profile "ga4_overview_first_sources" {
  title = "GA4 report overview, where new users came from",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export, November 2026",
  columns = { "First user source / medium", "Active users" },
  required = { "First user source / medium", "Active users" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "users_by_first_source", title = "Users by their first source",
    question = "Which sources bring new users?" } },
}
