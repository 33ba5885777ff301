-- A report holds the columns that its author chose and no id unless asked for one;
-- its footer (grand totals, confidential, copyright) is skipped by the reader.
profile "salesforce_opportunity_report" {
  title = "Salesforce opportunity report",
  made_by = "Salesforce",
  seen = "a public sample of an exported report, a public script with the French headers of one, November 2026",
  columns = {
    ["Opportunity ID"] = {}, ["Opportunity Number"] = {},
    "Opportunity Name", "Account Name",
    ["Opportunity Owner"] = { "Propriétaire de l'opportunité" },
    ["Stage"] = { "Etape" },
    ["Amount"] = { "Total Amount" },
    ["Total Amount Currency"] = {},
    ["Close Date"] = { "Date de clôture" },
    ["Created Date"] = { "Date de création" },
    "Type", "Forecast Category", "Fiscal Period", "Probability",
  },
  required = { "Opportunity Owner", "Stage", "Close Date" },
  deals = true,
  closed = "Close Date", created = "Created Date", amount = "Amount", currency = "Total Amount Currency",
  status = { "Stage", won = "Closed Won", lost = "Closed Lost" },
  department = "Sales",
  metrics = {
    { name = "opportunity_types", title = "Opportunities by type", by = "Type",
      question = "Which kinds of business close?" },
  },
}
