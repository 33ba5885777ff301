-- The export of one campaign: lines of "key:","value", which are read as one record,
-- and behind them the table of its links (mailchimp_campaign_links). Counts come
-- with their share: "141 (8.1%)".
profile "mailchimp_single_campaign" {
  title = "Mailchimp single campaign",
  made_by = "Mailchimp",
  seen = "a real export, November 2026",
  columns = {
    "Title", "Subject Line", "Delivery Date/Time", "Total Recipients", "Successful Deliveries", "Bounces",
    "Times Forwarded", "Forwarded Opens", "Recipients Who Opened", "Total Opens", "Last Open Date",
    "Recipients Who Clicked", "Total Clicks", "Total Unsubs", "Total Abuse Complaints",
  },
  required = { "Title", "Subject Line", "Total Recipients", "Recipients Who Opened" },
  block = "Email Campaign Report",
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "email_opens", title = "Opens of the e-mail", question = "How many people open it?" } },
}
