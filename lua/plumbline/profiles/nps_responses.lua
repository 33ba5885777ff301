-- No tool's own: the headers that hand-made and exported lists of net promoter
-- answers share.
profile "nps_responses" {
  title = "Net promoter answers",
  seen = "headers of four public import and export scripts of survey tools, November 2026",
  columns = {
    ["Email"] = { "User Email", "Customer Email" },
    ["Score"] = { "NPS Score", "NPS" },
    ["Comment"] = { "Comments" },
    ["Date"] = { "Response Date", "Submitted At", "Created At" },
    ["Name"] = { "User Name", "Customer Name" },
  },
  required = { "Email", "Score", "Date" },
  time = "Date",
  joins = { { here = "Email", profile = "hubspot_contacts", there = "Email" } },
  department = "Customer Success",
  metrics = { { name = "nps_answers", title = "Net promoter answers", by = "Score",
    question = "Do people who recommend us buy?" } },
}
