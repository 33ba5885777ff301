-- The export of the list view. The vendor's import sample has "Deal - Title" and
-- "Deal - Value" too, but no id and no status, and is none of these.
profile "pipedrive_deals" {
  title = "Pipedrive deals",
  made_by = "Pipedrive",
  seen = "headers in four public scripts that read exports, November 2026",
  columns = {
    "Deal - ID", "Deal - Title", "Deal - Status", "Deal - Stage", "Deal - Pipeline",
    "Deal - Value", "Deal - Currency of Value", "Deal - Weighted value", "Deal - Currency of Weighted value",
    "Deal - Owner", "Deal - Creator", "Deal - Probability", "Deal - Label",
    "Deal - Organization", "Deal - Organization ID", "Deal - Contact person", "Deal - Contact person ID",
    "Deal - Deal created", "Deal - Update time", "Deal - Won time", "Deal - Lost time", "Deal - Deal closed on",
    "Deal - Expected close date", "Deal - Lost reason", "Deal - Source origin", "Deal - Source channel",
  },
  required = { "Deal - ID", "Deal - Title", "Deal - Status" },
  deals = true,
  key = "Deal - ID", closed = "Deal - Deal closed on", created = "Deal - Deal created",
  amount = "Deal - Value", currency = "Deal - Currency of Value",
  status = { "Deal - Status", won = { "Won", "won" }, lost = { "Lost", "lost" }, open = { "Open", "open" } },
  department = "Sales",
  metrics = {
    { name = "source_channels", title = "Deals by source channel", by = "Deal - Source channel",
      question = "Which channels bring deals that close?" },
  },
}
