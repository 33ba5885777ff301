-- Tests of sales.lua.

local function deal(id, more)
  local row = { ["Record ID"] = id, ["Deal Stage"] = "Closed Won", Amount = "500.00", Currency = "EUR",
    ["Create Date"] = "2026-02-01 09:00", ["Close Date"] = "2026-04-01 12:00", ["Associated Contact IDs"] = "P1" }
  for column, value in pairs(more or {}) do row[column] = value end
  return row
end

local function call(id, to) return { ["Call ID"] = id, ["Call date"] = "2026-02-10 15:27", ["Associated Deal ID"] = to } end

test "a demo leads to the deal of the person who asked for it" {
  metric = "demos",
  rows   = { demos = { { ["Demo ID"] = "DM1", ["Requested at"] = "2026-02-03 08:16", Email = "ada@harbour.example" } },
    contacts = { { ["Record ID"] = "P1", Email = "ada@harbour.example" } }, deals = { deal "D1" } },
  expect = { verdict = "linked", won = 1 },
}

test "content that was sent to a deal leads to it" {
  metric = "content_shared",
  rows   = { content_shared = { { ["Deal ID"] = "D1", ["Content ID"] = "C1", ["Sent on"] = "2026-02-03 15:03" } },
    deals = { deal "D1" } },
  expect = { verdict = "linked", won = 1 },
}

test "an open deal is no won deal" {
  metric = "content_shared",
  rows   = { content_shared = { { ["Deal ID"] = "D2", ["Content ID"] = "C1", ["Sent on"] = "2026-02-03 15:03" } },
    deals = { deal "D1", deal("D2", { ["Deal Stage"] = "Proposal", ["Close Date"] = "" }) } },
  expect = { verdict = "unlinked", code = "PL104", won = 0, open = 1 },
}

test "content that a rep did not find useful does not count" {
  metric = "content_found_useful",
  rows   = { content_feedback = { { Date = "2026-02-05", ["Deal ID"] = "D1", ["Content ID"] = "C1", Useful = "no" },
      { Date = "2026-02-05", ["Deal ID"] = "D2", ["Content ID"] = "C2", Useful = "yes" } },
    deals = { deal "D1", deal("D2", { Amount = "70.00" }) } },
  expect = { verdict = "linked", won = 1, amount = "70.00" },
}

test "a question leads to the deal of its call" {
  metric = "prospect_questions",
  rows   = { questions = { { ["Call ID"] = "CL1", ["Heard on"] = "2026-02-10", Topic = "cost" } },
    calls = { call("CL1", "D1") }, deals = { deal "D1" } },
  expect = { verdict = "linked", won = 1 },
}

-- Twenty deals, half of them won, and a call with nearly each.
local deals, calls = {}, {}
for i = 1, 20 do
  local id = "D" .. i
  deals[i] = deal(id, { ["Deal Stage"] = i <= 10 and "Closed Won" or "Closed Lost" })
  if i ~= 1 and i ~= 20 then calls[#calls + 1] = call("CL" .. i, id) end
end

test "where nine in ten deals have a call, calls are no signal" {
  metric = "calls",
  rows   = { calls = calls, deals = deals },
  expect = { verdict = "no_difference", standard = "linked", won = 9, lost = 9, text = "calls are how we work" },
}

test "with few deals the usual verdict stands" {
  metric = "calls",
  rows   = { calls = { call("CL1", "D1") }, deals = { deal "D1" } },
  expect = { verdict = "linked", standard = "linked", won = 1 },
}

test "the rule that is broken says which column is missing" {
  metric = "long_calls",
  rows   = { calls = { call("CL1", "D1") }, deals = { deal "D1" } },
  expect = { verdict = "error", code = "PL110", message = 'no column "Talk time"' },
}
