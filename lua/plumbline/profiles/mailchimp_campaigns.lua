-- "Unique Id" stands in links of the campaign as mc_cid.
profile "mailchimp_campaigns" {
  title = "Mailchimp campaign list",
  made_by = "Mailchimp",
  seen = "the 40 headers of a real export, November 2026",
  columns = {
    "Title", "Subject", "List", "Send Date", "Send Weekday", "Total Recipients", "Successful Deliveries",
    "Soft Bounces", "Hard Bounces", "Total Bounces", "Times Forwarded", "Forwarded Opens", "Unique Opens",
    "Open Rate", "Total Opens", "Unique Clicks", "Click Rate", "Total Clicks", "Unsubscribes",
    "Abuse Complaints", "Folder Id", "Unique Id", "Total Orders", "Total Gross Sales", "Total Revenue",
    "Campaign Cost", "Revenue Created", "Visits", "New Visits", "Bounce Rate",
  },
  required = { "Title", "Subject", "Send Date", "Total Recipients", "Unique Id" },
  key = "Unique Id",
  time = { "Send Date", format = "%b %d, %Y %I:%M %p" },
  blank = "n/a",
  department = "Marketing",
  metrics = { { name = "email_campaigns", title = "E-mail campaigns", by = "Title",
    question = "Which e-mails reach people who buy?" } },
}
