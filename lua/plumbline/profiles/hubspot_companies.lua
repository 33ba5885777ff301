profile "hubspot_companies" {
  title = "HubSpot companies",
  made_by = "HubSpot",
  seen = "a public sample of the export and the labels in a public report definition, November 2026",
  columns = {
    "Record ID", ["Company name"] = { "Name" },
    "Company Domain Name",
    "Website URL", "Company owner", "Industry", "Create Date",
    "Associated Contact IDs", "Associated Deal IDs",
  },
  required = { "Record ID", "Company name", "Company owner" },
  key = "Record ID", time = "Create Date",
  lists = { ["Associated Contact IDs"] = ";", ["Associated Deal IDs"] = ";" },
  joins = {
    { here = "Associated Deal IDs", profile = "hubspot_deals", there = "Record ID" },
    { here = "Associated Contact IDs", profile = "hubspot_contacts", there = "Record ID" },
  },
  department = "Sales",
  metrics = {
    { name = "industries", title = "Companies by industry", by = "Industry",
      question = "In which industries do companies buy?" },
  },
}
