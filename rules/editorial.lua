-- Editorial. Lesson 2 of 5: `where` picks records, `by` breaks a metric down.
--
-- (Lesson 1 is in customer_success.lua.)

department "Editorial"

-- Three steps: a piece was published, somebody read it, we know who that is, and
-- the person is part of a deal. "visitor" is a column that audit.lua computes.
metric "content_volume" {
  title    = "Articles published",
  owner    = "Industry desk",
  question = "Does what we publish reach people who buy?",
  unit     = "articles",
  cost     = { money = 9400, hours = 160, per = "month" },
  trace    = from "content" :to("page_views", "path")
               :to("contacts", { client_id = "visitor" }) :to "deals",
  by       = "category",
}

-- The same department may look at the same work in another way: not who read a
-- piece, but in which deals it was used.
metric "content_used_in_deals" {
  title    = "Content used in deals",
  owner    = "Industry desk",
  question = "Which kinds of content are used in deals that we win?",
  unit     = "pieces sent",
  trace    = from "content_shared" :to "deals",
  by       = "category",          -- cost, problems, comparisons, reviews, best-of, …
}

-- `:where` belongs to the step before it. A plain value means "is exactly".
metric "comparison_articles" {
  title    = "Comparisons used in deals",
  owner    = "Industry desk",
  question = "Do honest comparisons help buyers decide?",
  unit     = "pieces sent",
  trace    = from "content_shared" :where { category = "comparisons" } :to "deals",
  by       = "Content ID",
}

-- A list means "any of these". All conditions in one :where must hold.
metric "cost_and_reviews" {
  title    = "Cost articles and reviews that buyers opened",
  owner    = "Industry desk",
  unit     = "pieces opened",
  trace    = from "content_shared"
               :where { category = { "cost", "reviews" }, ["Opened by buyer"] = "yes" }
               :to "deals",
}

metric "planning_guide_2023" {
  title    = "Planning guide 2023",
  owner    = "Product desk",
  question = "Is the old guide still worth keeping on the site?",
  unit     = "downloads",
  trace    = from "downloads" :where { Asset = "Planning guide 2023" }
               :to("contacts", "Email") :to "deals",
}

-- Was a piece ready when it was promised? "on_time" is computed in audit.lua from
-- two dates. Pieces still being written are neither: the column is blank.
metric "deadlines_met" {
  title    = "Deadlines met",
  owner    = "Managing editor",
  question = "Do pieces that are ready on time matter for deals?",
  unit     = "pieces",
  note     = "Only a piece that was sent to a buyer can lead to a deal, so read it beside " ..
             "content_used_in_deals.",
  trace    = from "production" :where { on_time = "yes" }
               :to("content_shared", "Content ID") :to "deals",
}

-- Averages by page. There is no record in the export that says who read.
metric "time_on_page" {
  title      = "Time on page",
  owner      = "Web analyst",
  question   = "Do people who read longer buy more often?",
  definition = "Average engagement time per active user, by page.",
}
metric "heat_map_engagement" {
  title      = "Heat-map engagement",
  owner      = "Web analyst",
  question   = "Do buyers reach the end of a page?",
  definition = "How far down readers scroll, averaged by page. The tool keeps no visitor ids.",
}
