-- The report overview holds several tables; this is the first of them. The others
-- are read with `block`; their profiles are ga4_overview_pages and so on.
profile "ga4_overview" {
  title = "GA4 report overview, key figures",
  made_by = "Google Analytics 4",
  seen = "a public sample of the export, November 2026",
  columns = { "Active users", "New users", "Average engagement time per active user", "Event count" },
  required = { "Active users", "New users", "Average engagement time per active user", "Event count" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "active_users", title = "Active users", question = "How many people use the site?" } },
}
