-- Customer Success. Lesson 1 of 5: the simplest rules.
--
-- A rule file belongs to one department. It says what the department tracks (a
-- metric) and how the records of that metric should lead to a deal (a trace). It
-- never counts anything: plumbline follows the records and does the counting.
--
-- Read a trace aloud: "from the tickets, to the contacts, to the deals".

department "Customer Success"

-- `from` names a source of audit.lua. `:to` steps to the next one; here the
-- column "requester.email" of the tickets must equal "Email" of the contacts.
-- The last step needs no columns: audit.lua declares how contacts and deals
-- belong together (`link`).
metric "support_tickets" {
  title    = "Support tickets",
  owner    = "Support",
  question = "Do buyers who ask support while they try Larkfield sign more often?",
  unit     = "tickets",
  trace    = from "tickets" :to("contacts", { ["requester.email"] = "Email" }) :to "deals",
}

-- A touch counts only if it came before the deal was closed. This one never
-- does, because only customers are asked; the report will say so.
metric "nps" {
  title    = "Net promoter score",
  owner    = "Customer research",
  question = "Would customers recommend us, and does that bring in deals?",
  unit     = "answers",
  trace    = from "nps" :to("contacts", { ["Email Address"] = "Email" }) :to "deals",
}

-- A key may have the same name on both sides, or another one: here / there.
metric "trial_onboarding" {
  title    = "Trials that finished the checklist",
  owner    = "Onboarding",
  question = "Does a finished trial lead to a deal?",
  unit     = "trials",
  trace    = from "trials" :to("deals", { ["Company ID"] = "company" }),
}

-- `within` on a metric replaces the one of audit.lua: customers who agreed to
-- speak to buyers do so for years. The first :to has one column name, because
-- both exports call it "Reference ID".
metric "reference_customers" {
  title    = "Customers who speak to buyers",
  owner    = "Customer marketing",
  question = "Which reference customers help to close deals?",
  unit     = "reference customers",
  note     = "Time is counted from the day a customer agreed, not from each call with a buyer.",
  within   = "800d",
  trace    = from "reference_customers" :to("reference_calls", "Reference ID")
               :to("deals", { ["Deal ID"] = "Record ID" }),
  by       = "Reference ID",      -- one verdict, and a line for each customer
}

-- A metric without a trace is allowed. The report asks the department how it
-- could be followed to a deal, or whether it should go.
metric "health_score" {
  title      = "Customer health score",
  owner      = "Customer success",
  question   = "Which customers are likely to stay?",
  definition = "An average of five figures, worked out anew each night. Old values are not kept.",
}
