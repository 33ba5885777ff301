-- Title lines above the header and totals ("Total: Account", "Gesamt: Konto",
-- "Total : compte") are skipped by the reader; " --" stands for nothing.
profile "google_ads_campaigns" {
  title = "Google Ads campaign report",
  made_by = "Google Ads",
  seen = "a real export; German and French headers in three public tests of tools that read one, November 2026",
  columns = {
    ["Day"] = { "Tag", "Jour" },
    ["Campaign"] = { "Kampagne", "Campagne" },
    "Campaign ID", "Campaign status", "Campaign type", "Status",
    ["Currency code"] = { "Währungscode", "Code de la devise" },
    ["Cost"] = { "Kosten", "Coût" },
    ["Impr."] = { "Impressionen" },
    ["Clicks"] = { "Klicks", "Clics" },
    "CTR", "Conversions", "Conv. rate", "Conv. value", "Cost / conv.", "Conv. value / cost", "Budget",
  },
  required = { "Campaign", "Impr.", "Clicks", "Cost" },
  time = "Day",
  blank = "--",
  department = "Marketing",
  metrics = { { name = "ad_campaigns", title = "Google Ads campaigns", by = "Campaign",
    question = "Which campaigns bring people who buy?" } },
}
