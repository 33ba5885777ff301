-- Ids carry the prefix zcrm_ in some exports and none in others; clean them in
-- audit.lua where two exports differ.
profile "zoho_deals" {
  title = "Zoho CRM deals",
  made_by = "Zoho CRM",
  seen = "a public sample of the export and headers in seven public scripts that read one, November 2026",
  columns = {
    ["Record Id"] = { "Deal Id" },
    "Deal Name", "Deal Owner", "Deal Owner.id",
    ["Account Name"] = { "Company Name" }, ["Account Name.id"] = { "Company Name.id" },
    "Contact Name", "Contact Name.id", "Stage", "Amount", "Currency", "Closing Date", "Created Time",
    "Modified Time", "Last Activity Time", "Pipeline", "Sub-Pipeline", "Description",
  },
  required = { "Record Id", "Deal Name", "Stage", "Closing Date" },
  deals = true,
  key = "Record Id", closed = "Closing Date", created = "Created Time", amount = "Amount", currency = "Currency",
  status = { "Stage", won = "Closed Won", lost = "Closed Lost" },
  department = "Sales",
  metrics = {
    { name = "deals_by_account", title = "Deals by account", by = "Account Name",
      question = "Which accounts close?" },
  },
}
