profile "gsc_devices" {
  title = "Search Console devices",
  made_by = "Google Search Console",
  seen = "three public tests of tools that read the zip, November 2026",
  columns = {
    "Device",
    ["Clicks"] = { "Klicks", "Clics", "Clic", "Klikken" },
    ["Impressions"] = { "Impressionen", "Impresiones", "Impressioni", "Vertoningen" },
    ["CTR"] = { "Klickrate" },
    ["Position"] = { "Durchschnittliche Position", "Position moyenne", "Posición media", "Posizione media",
      "Positie", "Average position" },
  },
  required = { "Device", "Clicks", "Impressions" },
  aggregate = true,
  department = "Marketing",
  metrics = { { name = "search_devices", title = "Searches by device", question = "On which devices are we found?" } },
}
