-- The questions of the survey stand behind these columns, under their own wording,
-- and a second header row holds the answers' names; the reader skips it.
profile "surveymonkey_responses" {
  title = "SurveyMonkey responses",
  made_by = "SurveyMonkey",
  seen = "the header of a real export, November 2026",
  columns = {
    "Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
    "Last Name", "Custom Data 1",
  },
  required = { "Respondent ID", "Collector ID", "Start Date", "End Date" },
  key = "Respondent ID", time = "End Date",
  joins = { { here = "Email Address", profile = "hubspot_contacts", there = "Email" } },
  department = "Customer Success",
  metrics = { { name = "survey_responses", title = "Survey responses",
    question = "Do people who answer our surveys buy?" } },
}
