department "Sales"

-- PL104: two lost deals and an open one.
metric "cancelled_calls" {
  title = "Calls that were cancelled",
  trace = from "calls" :where { kind = "cancelled" } :to "deals",
}

-- PL105: answers come after the sale, one has no day.
metric "satisfaction" {
  title = "Satisfaction of customers",
  trace = from "surveys" :to "deals",
}

-- A departure: linked by the standard, and the rule says otherwise.
metric "demos" {
  title = "Demos",
  trace = from "calls" :where { kind = "demo" } :to "deals",
  judge = function(evidence)
    return "no_difference", "everybody who asks gets a demo"
  end,
}

-- PL110: the judge stops with an error.
metric "check_ins" {
  title = "Check-in calls",
  trace = from "calls" :where { kind = "check-in" } :to "deals",
  judge = function(evidence)
    return evidence.difference.tabel.won_with > 3 and "linked" or nil
  end,
}

-- PL110: the judge asks for a verdict that the evidence does not permit.
metric "cold_calls" {
  title = "Cold calls",
  trace = from "calls" :where { kind = "cold" } :to "deals",
  judge = function(evidence) return "linked" end,
}
