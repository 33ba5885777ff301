department "Editorial"

-- A union: visits to the guide and downloads of the checklist.
metric "guide" {
  title = "Readers of the guide",
  trace = any {
    from "visits" :where { page = "/guide" } :to "deals",
    from "downloads" :where { file = "checklist" } :to "deals",
  },
}

-- PL113: the deal closed 46 days later and 10 are allowed.
metric "annual_report" {
  title  = "Downloads of the annual report",
  within = "10d",
  trace  = from "downloads" :where { file = "report" } :to "deals",
}
