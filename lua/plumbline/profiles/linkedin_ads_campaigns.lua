-- The title and the period above the header and the "Total" row at the end are
-- skipped by the reader. The interface writes month/day/year in UTC, and says so in
-- the header of the column.
profile "linkedin_ads_campaigns" {
  title = "LinkedIn campaign performance",
  made_by = "LinkedIn Campaign Manager",
  seen = "a public sample of the export and headers in three public tests of tools that read one, November 2026",
  columns = {
    ["Start Date (in UTC)"] = {}, "Account Name", "Campaign Group Name", "Campaign Name", "Campaign ID",
    "Ad ID", "Ad Name", "Currency", "Total Spent", "Impressions", "Clicks", "Clicks to Landing Page",
    "Conversions", "Total Conversion Value", "Leads",
  },
  required = { "Start Date (in UTC)", "Campaign Name", "Total Spent" },
  time = { "Start Date (in UTC)", format = "%m/%d/%Y", timezone = "UTC" },
  department = "Marketing",
  metrics = { { name = "linkedin_campaigns", title = "LinkedIn campaigns", by = "Campaign Name",
    question = "Which campaigns bring people who buy?" } },
}
