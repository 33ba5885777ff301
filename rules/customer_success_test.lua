-- Tests of customer_success.lua: `plumbline test` runs them. Each gives a few rows
-- as the exports hold them, and says what the audit must find. Columns that a row
-- leaves out are blank.

-- One person of one company, and the deal that the company signed.
local person = { ["Record ID"] = "P1", Email = "ada@harbour.example" }
local signed = { ["Record ID"] = "D1", ["Deal Stage"] = "Closed Won", Amount = "1200.00", Currency = "EUR",
  ["Create Date"] = "2026-02-01 09:00", ["Close Date"] = "2026-03-01 12:00",
  ["Associated Contact IDs"] = "P1", ["Associated Company IDs"] = "K1" }

test "a ticket leads to the deal of the person who wrote it" {
  metric = "support_tickets",
  rows   = {
    tickets  = { { id = "T1", created_at = "2026-02-10T08:00:00Z", ["requester.email"] = "ada@harbour.example" } },
    contacts = { person },
    deals    = { signed },
  },
  expect = { verdict = "linked", code = false, won = 1, amount = "1200.00" },
}

test "a ticket of somebody we do not know leads nowhere" {
  metric = "support_tickets",
  rows   = {
    tickets  = { { id = "T1", created_at = "2026-02-10T08:00:00Z", ["requester.email"] = "eve@other.example" } },
    contacts = { person },
    deals    = { signed },
  },
  expect = { verdict = "unlinked", code = "PL103", breaks = 1, won = 0, flagged = true },
}

test "customers who answer after they have signed cannot have been won by it" {
  metric = "nps",
  rows   = {
    nps      = { { ["Respondent ID"] = 1, ["End Date"] = "04/01/2026 10:00:00", ["Email Address"] = "ada@harbour.example" } },
    contacts = { person },
    deals    = { signed },
  },
  expect = { verdict = "unlinked", code = "PL105", won = 0 },
}

test "a finished trial leads to the deal of its company" {
  metric = "trial_onboarding",
  rows   = {
    trials = { { ["Company ID"] = "K1", ["Checklist finished"] = "2026-02-15" } },
    deals  = { signed },
  },
  expect = { verdict = "linked", won = 1, amount = 1200, origins = 1 },
}

test "a customer who agreed two years ago still helps today" {
  metric = "reference_customers",
  rows   = {
    reference_customers = { { ["Reference ID"] = "REF-1", ["Agreed on"] = "2024-04-01" } },
    reference_calls     = { { ["Reference ID"] = "REF-1", ["Deal ID"] = "D1", ["Held on"] = "2026-02-20" } },
    deals               = { signed },
  },
  expect = { verdict = "linked", won = 1 },
}
