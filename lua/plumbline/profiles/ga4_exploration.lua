-- A free-form exploration has the columns that its author put into it; this is the
-- one by day and landing page. Copy it for others.
profile "ga4_exploration" {
  title = "GA4 free-form exploration by day and landing page",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export, November 2026",
  columns = {
    "Date", ["Landing page"] = { "Landing page + query string" }, "Sessions", "Active users", "New users",
    "Average engagement time per session",
  },
  required = { "Date", "Landing page", "Sessions" },
  time = { "Date", format = "%Y%m%d" },
  blank = "(not set)",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "sessions_per_day", title = "Sessions per day", question = "How do visits develop?" } },
}
