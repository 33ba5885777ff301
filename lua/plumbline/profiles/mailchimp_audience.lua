profile "mailchimp_audience" {
  title = "Mailchimp audience",
  made_by = "Mailchimp",
  seen = "the header of a real export and of six more in public tests and scripts, November 2026",
  columns = {
    ["Email Address"] = { "Email" }, "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP",
    "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION",
    "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS", "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID",
  },
  required = { "Email Address", "MEMBER_RATING", "OPTIN_TIME" },
  key = "Email Address", time = "CONFIRM_TIME",
  joins = { { here = "Email Address", profile = "hubspot_contacts", there = "Email" } },
  department = "Marketing",
  metrics = { { name = "subscribers", title = "Newsletter subscribers", by = "MEMBER_RATING",
    question = "Do subscribers buy?" } },
}
