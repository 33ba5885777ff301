-- Tests of editorial.lua.

local person = { ["Record ID"] = "P1", Email = "ada@harbour.example", ["Website Visitor IDs"] = "11.22;33.44" }

-- A won deal; `more` changes single columns.
local function deal(id, more)
  local row = { ["Record ID"] = id, ["Deal Stage"] = "Closed Won", Amount = "500.00", Currency = "EUR",
    ["Create Date"] = "2026-02-01 09:00", ["Close Date"] = "2026-03-01 12:00", ["Associated Contact IDs"] = "P1" }
  for column, value in pairs(more or {}) do row[column] = value end
  return row
end

local function sent(content, to, more)
  local row = { ["Deal ID"] = to, ["Content ID"] = content, ["Sent on"] = "2026-02-10 10:00", ["Opened by buyer"] = "yes" }
  for column, value in pairs(more or {}) do row[column] = value end
  return row
end

local library = {
  { id = "C1", url = "https://www.larkfield.example/learn/what-a-rota-costs", category = "cost", published = "2026-01-02" },
  { id = "C2", url = "https://www.larkfield.example/learn/three-planners", category = "comparisons", published = "2026-01-03" },
}

test "an article is followed by its page, a reader and the reader's deal" {
  metric = "content_volume",
  rows   = {
    content    = library,
    -- 2026-02-05 12:00 UTC in milliseconds; the visitor is the second of two ids
    page_views = { { event_timestamp = "1770292800000", client_id = "33.44",
      page_location = "https://www.larkfield.example/learn/what-a-rota-costs?utm_source=mail" } },
    contacts   = { person },
    deals      = { deal "D1" },
  },
  expect = { verdict = "linked", won = 1, amount = "500.00", origins = 2 },
}

test "content is used in the deal that it was sent to" {
  metric = "content_used_in_deals",
  rows   = { content = library, content_shared = { sent("C1", "D1"), sent("C2", "D2") },
    deals = { deal "D1", deal("D2", { ["Deal Stage"] = "Closed Lost" }) } },
  expect = { verdict = "linked", won = 1, lost = 1, amount = "500.00" },
}

test "only comparisons count as comparisons" {
  metric = "comparison_articles",
  rows   = { content = library, content_shared = { sent("C1", "D1"), sent("C2", "D2") },
    deals = { deal "D1", deal("D2", { Amount = "70.00" }) } },
  expect = { verdict = "linked", won = 1, amount = "70.00" },
}

test "a piece that nobody opened does not count" {
  metric = "cost_and_reviews",
  rows   = { content = library, content_shared = { sent("C1", "D1", { ["Opened by buyer"] = "no" }) },
    deals = { deal "D1" } },
  expect = { verdict = "unlinked", code = "PL106", origins = 0 },
}

test "a download more than half a year before is outside the window" {
  metric = "planning_guide_2023",
  rows   = {
    downloads = { { Asset = "Planning guide 2023", Email = "ada@harbour.example", ["Downloaded at"] = "2025-07-01 10:00:00" } },
    contacts  = { person },
    deals     = { deal "D1" },
  },
  expect = { verdict = "unlinked", code = "PL113", won = 0 },
}

test "a piece that was late is no deadline met" {
  metric = "deadlines_met",
  rows   = {
    production = {
      { Item = "I1", Started = "2026-01-05", ["Due date"] = "2026-01-20", Finished = "2026-01-20", ["Content ID"] = "C1" },
      { Item = "I2", Started = "2026-01-05", ["Due date"] = "2026-01-20", Finished = "2026-01-21", ["Content ID"] = "C2" },
      { Item = "I3", Started = "2026-01-05", ["Due date"] = "2026-01-20", ["Content ID"] = "C2" },
    },
    content        = library,
    content_shared = { sent("C1", "D1"), sent("C2", "D2") },
    deals          = { deal "D1", deal("D2", { Amount = "70.00" }) },
  },
  expect = { verdict = "linked", origins = 1, won = 1, amount = "500.00" },
}
