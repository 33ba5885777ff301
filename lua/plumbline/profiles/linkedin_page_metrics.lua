profile "linkedin_page_metrics" {
  title = "LinkedIn page, figures per day",
  made_by = "LinkedIn",
  seen = "the header of a real export, November 2026",
  columns = {
    "Date", "Impressions (organic)", "Impressions (sponsored)", "Impressions (total)",
    "Unique impressions (organic)", "Clicks (organic)", "Clicks (sponsored)", "Clicks (total)",
    "Reactions (organic)", "Reactions (sponsored)", "Reactions (total)", "Comments (organic)",
    "Comments (sponsored)", "Comments (total)", "Shares (organic)", "Shares (sponsored)", "Shares (total)",
    "Engagement rate (organic)", "Engagement rate (sponsored)", "Engagement rate (total)",
  },
  required = { "Date", "Impressions (total)", "Clicks (total)" },
  time = "Date",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "linkedin_impressions", title = "LinkedIn impressions",
    question = "How often are our posts seen?" } },
}
