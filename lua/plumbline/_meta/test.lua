---@meta plumbline.test
-- For editors that read LuaCATS: what a test file beside the rules may say.
-- Nothing runs this file. A test gives a few rows and says what must come out:
--
--   test "a search leads to a deal" {
--     metric = "paid_search_leads",
--     as_of  = "2024-06-30",
--     rows   = {
--       leads = { { mql_id = "a", first_contact_date = "2024-01-02", origin = "paid_search" } },
--       deals = { { mql_id = "a", won_date = "2024-03-01", amount = "100.00" } },
--     },
--     expect = { verdict = "linked", code = false, breaks = false, won = 1, amount = "100.00" },
--   }
--
-- Rows are written as the export writes them, in the source's own formats of
-- numbers and times (a Lua number is turned into its style). Columns that a row
-- leaves out are blank; a source that is not named has no rows. A column that the
-- export does not have is an error; where the exports are not there, the columns
-- are those that audit.lua, the rules and the rows name. Everything else stands in
-- audit.lua as always: keys, computed columns, links, rates, windows.

---@alias plumbline.Row table<string, string|number|boolean>

---@class plumbline.TestFields
---@field metric string its name, or department/name
---@field as_of? string what counts as today, instead of audit.lua's
---@field cycle? plumbline.Duration how long a sale takes, instead of audit.lua's
---@field rows? table<string, plumbline.Row[]> by source; deals among them
---@field expect plumbline.Expect only what is named is compared
---@field todo? string why it fails for now: it is run, and does not count as a failure

---@class plumbline.Expect
---@field verdict? plumbline.Verdict|"untraced"|"error"
---@field code? string|integer|false "PL103" or 103; false: none
---@field breaks? integer|false the step after which nothing is followed; false: it does not break
---@field flagged? boolean
---@field standard? plumbline.Verdict the usual verdict, where judge gave another
---@field won? integer won deals reached
---@field lost? integer lost deals reached
---@field open? integer open deals reached
---@field amount? string|number of the won deals reached
---@field origins? integer records that the trace begins with
---@field text? string a part of what judge said
---@field message? string a part of the error

---A test: `test "what it shows" { … }`.
---@param name string
---@return fun(fields: plumbline.TestFields)
function test(name) end
