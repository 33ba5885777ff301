-- A row that describes the columns stands above the header; older files say
-- "Update title". Dates are month/day/year in the English interface.
profile "linkedin_page_posts" {
  title = "LinkedIn page posts",
  made_by = "LinkedIn",
  seen = "the header of a real export, November 2026",
  columns = {
    ["Post title"] = { "Update title" }, "Post link", "Post type", "Campaign name", "Posted by", "Created date",
    "Campaign start date", "Campaign end date", "Audience", "Impressions",
    "Views (Excluding offsite video views)", "Offsite Views", "Clicks", "Click through rate (CTR)", "Likes",
    "Comments", "Reposts", "Follows", "Engagement rate", "Content Type",
  },
  required = { "Post title", "Post link", "Created date", "Impressions" },
  key = "Post link", time = "Created date",
  department = "Marketing",
  metrics = { { name = "linkedin_posts", title = "LinkedIn posts", by = "Post title",
    question = "Which posts reach people who buy?" } },
}
