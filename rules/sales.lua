-- Sales. Lesson 5 of 5: `judge`, a department's own reading of the evidence.

department "Sales"

metric "demos" {
  title    = "Demos requested",
  owner    = "Demo team",
  question = "Do buyers who ask for a demo sign more often?",
  unit     = "demos",
  trace    = from "demos" :to("contacts", "Email") :to "deals",
  by       = "Requested on",
}

metric "content_shared" {
  title    = "Content shared by reps",
  owner    = "Sales enablement",
  question = "Does sending content help to close?",
  unit     = "pieces sent",
  trace    = from "content_shared" :to "deals",
  by       = "Shared by",
}

metric "content_found_useful" {
  title    = "Content that reps found useful",
  owner    = "Sales enablement",
  unit     = "answers",
  trace    = from "content_feedback" :where { Useful = "yes" } :to "deals",
  by       = "Content ID",
}

-- What buyers ask in calls: cost, problems, comparisons, reviews, best-of.
metric "prospect_questions" {
  title    = "Questions heard in calls",
  owner    = "Sales enablement",
  question = "What do buyers want to know before they sign?",
  unit     = "questions",
  trace    = from "questions" :to "calls" :to "deals",
  by       = "Topic",
}

-- `judge` is called last, with everything that was found. It answers with a
-- verdict and, if it likes, a sentence; with nothing, the usual verdict stands.
-- It can be stricter than the usual rules and it cannot invent: only verdicts
-- that the evidence allows are taken, and the usual one is printed beside it.
--
-- Here: "linked" is no news when nearly all deals have a call, whether they were
-- won or not. The table counts won and lost deals with and without one.
metric "calls" {
  title    = "Sales calls",
  owner    = "Sales team",
  question = "Do more calls mean more deals?",
  unit     = "calls",
  trace    = from "calls" :to "deals",
  judge    = function(evidence)
    local difference = evidence.difference
    local seen = difference and difference.table
    if not seen or difference.answer ~= "cannot_tell" then return nil end
    local won, lost = seen.won_with + seen.won_without, seen.lost_with + seen.lost_without
    if seen.won_with * 10 >= won * 9 and seen.lost_with * 10 >= lost * 9 then
      return "no_difference",
        "nine in ten deals have a call, won or lost: calls are how we work, not a signal"
    end
  end,
}

-- This rule is broken, as rules are one day: the telephone tool renamed its
-- column "Talk time" to "Talk time (s)". The others go on, this metric is "not
-- audited", and the report says which line to mend.
metric "long_calls" {
  title    = "Calls of ten minutes or more",
  owner    = "Sales team",
  unit     = "calls",
  trace    = from "calls" :where { ["Talk time"] = gte(600) } :to "deals",
}
