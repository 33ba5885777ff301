-- The object itself, as the data loader or a weekly export writes it: field names
-- instead of labels, in any letter case.
profile "salesforce_opportunities" {
  title = "Salesforce opportunities (object export)",
  made_by = "Salesforce",
  seen = "field lists in public export and synchronisation scripts, November 2026",
  columns = {
    "Id", "Name", "AccountId", "StageName", "Amount", "CurrencyIsoCode", "CloseDate", "CreatedDate", "IsWon",
    "IsClosed", "IsDeleted", "CampaignId", "LeadSource", "OwnerId", "Type", "SystemModstamp",
  },
  required = { "Id", "StageName", "CloseDate" },
  deals = true,
  key = "Id", closed = "CloseDate", created = "CreatedDate", amount = "Amount", currency = "CurrencyIsoCode",
  status = { "StageName", won = "Closed Won", lost = "Closed Lost" },
  department = "Sales",
  metrics = {
    { name = "lead_sources", title = "Opportunities by lead source", by = "LeadSource",
      question = "Where do opportunities that close come from?" },
  },
}
