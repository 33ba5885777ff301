-- The export of one campaign is a list of "key:", "value" with one table in it, the
-- links and their clicks; that table is what can be read.
profile "mailchimp_campaign_links" {
  title = "Mailchimp single campaign, clicks by URL",
  made_by = "Mailchimp",
  seen = "a real export, November 2026",
  columns = { "URL", "Total Clicks", "Unique Clicks" },
  required = { "URL", "Total Clicks", "Unique Clicks" },
  block = "Clicks by URL",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "email_clicks", title = "Clicks in the e-mail", question = "Which links are clicked?" } },
}
