---@meta plumbline.audit
-- For editors that read LuaCATS: what audit.lua may say. Nothing runs this file.

---In a rule file, what the audit says, to read.
---@class plumbline.AuditFacts
---@field title string
---@field as_of string
---@field currency string
---@field timezone string
---@overload fun(title: string): fun(fields: plumbline.Audit)

---In audit.lua `audit "Title" { … }`; in a rule file audit.as_of and others.
---@type plumbline.AuditFacts
audit = {}

---@class plumbline.Audit
---@field as_of? string what counts as today: "2024-12-31" is the end of that day; otherwise now
---@field currency? string of all sums
---@field timezone? string for times that carry no offset; otherwise UTC
---@field rules? string|string[] the rule files: "rules/*.lua"
---@field within? plumbline.Duration for metrics that say nothing else
---@field before? plumbline.Before for metrics that say nothing else
---@field min_won? integer for metrics that say nothing else
---@field cycle? plumbline.Duration how long a sale takes
---@field period? plumbline.Period selects won and lost deals by their close
---@field rates? plumbline.Rates|table<string, number|string> what one unit of another currency is worth
---@field policy? plumbline.Policy the thresholds of verdicts
---@field judge? fun(evidence: plumbline.Evidence): plumbline.Verdict?, string? for metrics that have none of their own

---Also `{ "2024-01-01", "2024-12-31" }`.
---@class plumbline.Period
---@field [1]? plumbline.Date
---@field [2]? plumbline.Date
---@field since? plumbline.Date
---@field until? plumbline.Date

---@class plumbline.Rates
---@field source string
---@field currency string the column of the currency's code
---@field rate string the column of the rate
---@field date? string the column of the day from which it counts
---@field max_age? plumbline.Duration

---@class plumbline.Policy
---@field min_won? integer
---@field no_difference_below? number
---@field q? number
---@field few_keys? number
---@field few_keys_from? integer

---A column with times: its name, or its name and how they are written.
---@class plumbline.Time
---@field [1]? string the column
---@field column? string
---@field format? string "epoch", "epoch_ms", "excel", "excel_1904" or %d/%m/%Y and the like; otherwise by looking at the whole column
---@field timezone? string

---@class plumbline.Duplicates
---@field keep "first"|"last"|"all"
---@field by? string a column with times; otherwise the source's time

---How numbers are written.
---@alias plumbline.Numbers "plain"|"1,234.56"|"1.234,56"|"1 234,56"|"1'234.56"

---Positions hold paths: `source "leads" { "exports/leads.csv", key = "id" }`.
---@class plumbline.Source
---@field [integer] string|string[]
---@field profile? string the tool that wrote the export; `plumbline list profiles` lists them
---@field names? table<string, string> columns under other names than the file's: the name, and the header
---@field lists? table<string, string> columns whose cells hold several values, with the separator between them
---@field format? "csv"|"tsv"|"json"|"ndjson"
---@field delimiter? ","|";"|"\t"|"|" otherwise by looking
---@field header? integer the line with the names of the columns; otherwise by looking
---@field description? integer rows right below the header that describe the columns
---@field footer? integer rows at the end that are no records: totals, remarks
---@field block? string which table of a file that holds several
---@field records? string JSON: the path of the array that holds the records
---@field encoding? "utf-8"|"utf-16le"|"utf-16be"|"windows-1252"|"latin-1" otherwise by looking
---@field quotes? "doubled"|"backslash" how a quote is written inside a quoted cell
---@field numbers? plumbline.Numbers|table<string, plumbline.Numbers> of all columns, or column by column; otherwise by looking at the whole column
---@field key? string|plumbline.Computed|(string|plumbline.Computed)[] what makes a record
---@field time? string|plumbline.Time when the record happened
---@field timezone? string for all times of this source
---@field formats? table<string, string|plumbline.Time> of further columns with times
---@field where? plumbline.Conditions takes only these records
---@field blank? string|string[] cells that mean nothing, beside the empty ones
---@field fresh? plumbline.Duration how old the newest record may be
---@field duplicates? "first"|"last"|"all"|plumbline.Duplicates which of several records with one key counts
---@field columns? table<string, plumbline.Computed> computed columns

---@class plumbline.Deals: plumbline.Source
---@field closed? string|plumbline.Time when it was won or lost
---@field created? string|plumbline.Time when it was opened
---@field status string|plumbline.Computed|plumbline.Status which values mean won, lost, open
---@field amount? string|plumbline.Computed
---@field currency? string|plumbline.Computed

---@class plumbline.Status
---@field [1]? string|plumbline.Computed the column
---@field column? string|plumbline.Computed
---@field won? string|string[]|plumbline.Others
---@field lost? string|string[]|plumbline.Others
---@field open? string|string[]|plumbline.Others
---@field ignore? string|string[]|plumbline.Others

---@class plumbline.Others
---@class plumbline.Computed

---`{ "table", on = "key", take = "column" }`
---@class plumbline.Joining
---@field [1] string the table
---@field on plumbline.Key
---@field take string

---Binds exports to a table.
---@param name string
---@return fun(fields: plumbline.Source)
function source(name) end

---The one table that every trace ends in.
---@param fields plumbline.Deals
function deals(fields) end

---Declares the key between two tables: `link { "leads", "deals", "lead_id" }`.
---@param fields { [1]: string, [2]: string, [3]: plumbline.Key }
function link(fields) end

---All status values that are not listed.
---@return plumbline.Others
function others() end

---The column of the one record there with this key.
---@param fields plumbline.Joining
---@return plumbline.Computed
function lookup(fields) end

---The sum of a column over all records there with this key.
---@param fields plumbline.Joining
---@return plumbline.Computed
function sum(fields) end

---The same in every record.
---@param value string|number|boolean
---@return plumbline.Computed
function constant(value) end

---@alias plumbline.Cleaning "trim"|"lower"|"upper"|"nospace"|"alnum"|"digits"|"nozeros"|"url"|"path"|"domain"|"email"

---The column with steps applied in order.
---@param column string
---@param ... plumbline.Cleaning
---@return plumbline.Computed
function clean(column, ...) end

---Replaces whole values; others stay as they are.
---@param column string
---@param values table<string|number, string|number>
---@return plumbline.Computed
function map(column, values) end

---A cell that holds several values.
---@param column string
---@param separator string
---@return plumbline.Computed
function list(column, separator) end

---Columns and, last, a function of their values, asked once for each combination.
---@param column string
---@param ... string|fun(...: string?): string|number|boolean|nil
---@return plumbline.Computed
function derive(column, ...) end
