---@meta plumbline.rules
-- For editors that read LuaCATS: what a rule file may say. Nothing runs this file.

---A column's name, or columns that together make a key: `{ here = "there" }`
---where the names differ.
---@alias plumbline.Key string|string[]|table<string, string>

---A whole number and a unit: s, m, h, d or w. "180d", "36h", "2w".
---@alias plumbline.Duration string

---"2024-12-31"
---@alias plumbline.Date string

---@alias plumbline.Before "closed"|"created"|"any"
---@alias plumbline.Verdict "linked"|"no_difference"|"unlinked"|"too_early"

---What stands behind `column =`: a value, a list of values, a condition, or a
---function that is asked once for each value.
---@alias plumbline.Test string|number|boolean|(string|number|boolean)[]|plumbline.Condition|fun(value: string?): boolean?
---@alias plumbline.Conditions table<string, plumbline.Test>

---Made by like, matches, between, gt, gte, lt, lte, blank, not_.
---@class plumbline.Condition

---How records lead to deals. It never changes: each method gives a new trace.
---@class plumbline.Trace
local Trace = {}

---Keeps the records of the step before it for which all conditions hold.
---@param conditions plumbline.Conditions
---@return plumbline.Trace
function Trace:where(conditions) end

---A step to another table: by the link of audit.lua, by a column of the same name,
---or by `{ here = "there" }`. A blank key matches nothing.
---@param table string
---@param key? plumbline.Key
---@param options? plumbline.StepOptions
---@return plumbline.Trace
function Trace:to(table, key, options) end

---@class plumbline.StepOptions
---@field which? "next"|"all" "next": only the first deal at or after the origin (into deals only)
---@field within? plumbline.Duration how long this step may take

---What tracking a metric costs.
---@class plumbline.Cost
---@field money? number|string
---@field hours? number|string
---@field per? "once"|"day"|"week"|"month"|"quarter"|"year"

---@class plumbline.Metric
---@field title? string what people call it
---@field owner? string who decides about it
---@field question? string what it is meant to answer
---@field definition? string how it is counted
---@field unit? string what one record is called, in the plural: "visits"
---@field note? string anything else the report should say
---@field cost? plumbline.Cost what tracking it costs
---@field trace? plumbline.Trace how its records lead to deals; it ends in "deals"
---@field within? plumbline.Duration how long after the record a deal may close
---@field before? plumbline.Before what a record must not come after
---@field by? string|string[] a column, or { "table", "column" }: a line for each of its values
---@field min_won? integer won deals that it must reach to count as linked
---@field judge? fun(evidence: plumbline.Evidence): plumbline.Verdict?, string? the department's own reading

---@class plumbline.Count
---@field deals integer distinct deals
---@field amount string exact, "1200.00"
---@field unknown_amounts integer of these, deals whose amount is blank

---@class plumbline.DealCounts
---@field matched plumbline.Count keys match, whenever
---@field in_order plumbline.Count and the record came first
---@field reached plumbline.Count and within the window

---What `plumbline trace METRIC --json` prints under "evidence".
---@class plumbline.Evidence
---@field standard { verdict: string, code?: string } what stands if judge gives nil
---@field origins { records: integer, first?: string, last?: string, undated: integer, with_key: integer, after_as_of: integer }
---@field branches { from: string, records: integer, origins: integer, breaks_at?: integer, steps: table[] }[]
---@field deals { won: plumbline.DealCounts, lost: plumbline.DealCounts, open: plumbline.DealCounts }
---@field difference { tested: boolean, answer?: string, table?: { won_with: integer, won_without: integer, lost_with: integer, lost_without: integer }, odds_ratio?: string, low?: string, high?: string, p?: string, q?: string }
---@field share? string of the won amount; shares of metrics overlap
---@field first_to_close? { median_seconds: integer, text: string, deals: integer }
---@field few_keys? { key: string, won: integer }
---@field proofs table[]

---Whose metrics these are: once, before the first metric.
---@param name string
function department(name) end

---A metric: `metric "name" { … }`. The name is made of a-z, 0-9 and _.
---@param name string
---@return fun(fields: plumbline.Metric)
function metric(name) end

---The records of a source: where a trace begins.
---@param table string
---@return plumbline.Trace
function from(table) end

---The union of traces.
---@param traces plumbline.Trace[]
---@return plumbline.Trace
function any(traces) end

---A pattern, or several: * is anything, ? one character, [a-z] one of a set.
---@param pattern string|string[]
---@return plumbline.Condition
function like(pattern) end

---A regular expression (PCRE2) that matches anywhere in the cell.
---@param regex string
---@return plumbline.Condition
function matches(regex) end

---From low to high, both included: two numbers, or two dates.
---@param low number|string
---@param high number|string
---@return plumbline.Condition
function between(low, high) end

---Greater than a number or a date.
---@param x number|string
---@return plumbline.Condition
function gt(x) end

---Greater or equal.
---@param x number|string
---@return plumbline.Condition
function gte(x) end

---Less than a number or a date.
---@param x number|string
---@return plumbline.Condition
function lt(x) end

---Less or equal.
---@param x number|string
---@return plumbline.Condition
function lte(x) end

---The cell holds nothing.
---@return plumbline.Condition
function blank() end

---The opposite of a condition or a value.
---@param condition plumbline.Test
---@return plumbline.Condition
function not_(condition) end

---Runs name.lua beside this file, once, and gives what it returns.
---@param name string
---@return any
function require(name) end
