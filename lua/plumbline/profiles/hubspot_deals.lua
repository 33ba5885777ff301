-- Columns follow the view that was exported, so little is required. Whether a deal
-- is won is only the name of its stage, which every portal may rename: stages that
-- are not listed here are an error until audit.lua says what they mean.
profile "hubspot_deals" {
  title = "HubSpot deals",
  made_by = "HubSpot",
  seen = "headers of a real export and of two public samples of the export, November 2026",
  columns = {
    "Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Amount in company currency",
    "Close Date", "Create Date", "Last Activity Date", "Deal owner", "Deal probability",
    "Associated Company", "Associated Contact IDs", "Associated Company IDs", "Associated Product IDs",
    "Lead source",
  },
  required = { "Record ID", "Deal Name", "Deal Stage" },
  deals = true,
  key = "Record ID", closed = "Close Date", created = "Create Date", amount = "Amount",
  status = { "Deal Stage", won = { "Closed Won", "Closed won" }, lost = { "Closed Lost", "Closed lost" } },
  lists = { ["Associated Contact IDs"] = ";", ["Associated Company IDs"] = ";", ["Associated Product IDs"] = ";" },
  joins = {
    { here = "Associated Contact IDs", profile = "hubspot_contacts", there = "Record ID" },
    { here = "Associated Company IDs", profile = "hubspot_companies", there = "Record ID" },
  },
  department = "Sales",
  metrics = {
    { name = "deals_by_owner", title = "Deals by owner", by = "Deal owner",
      question = "Who closes which deals?" },
  },
}
