---@meta plumbline
-- For editors that read LuaCATS: require "plumbline" in a Lua 5.4 host. Nothing
-- runs this file.
--
--   local plumbline = require "plumbline"
--   local audit <close> = plumbline.open { directory = "workspace" }
--   audit:run(function(done, total) … end)
--   for _, finding in ipairs(audit:findings()) do print(finding.id, finding.verdict) end
--
-- Errors are plumbline.Error, raised. Callbacks run on the thread that called, and
-- cannot yield. What progress, print or an iterator of records raises comes out of
-- the call; a function of a metric that raises makes its metric *not audited*.
-- An audit is for one thread at a time, as its Lua state is. After fork a child
-- opens its own. A host's globals, locale, signal handlers and hooks stay as they are.

---What is raised. tostring(e) shows it as the command line would.
---@class plumbline.Error
---@field code plumbline.ErrorCode
---@field message string
---@field file? string where the mistake stands: a rule file, an export, the host's own code
---@field line? integer
---@field column? integer in bytes, from 1
---@field hint? string how to fix it
---@field excerpt? string the line itself

---"usage": the call, the configuration or a binding is wrong; "input": an export
---cannot be used; "partial": something was not audited, the rest was; "output": a
---result could not be written; "rule": a rule failed; "closed", "busy", "process":
---the audit cannot be used, cannot be used now, or not in this process.
---@alias plumbline.ErrorCode "usage"|"input"|"partial"|"output"|"memory"|"rule"|"cancelled"|"closed"|"busy"|"process"

---Bytes read so far, and in all. At least once in a run, the last time at its end.
---@alias plumbline.Progress fun(done: integer, total: integer)

---@class plumbline.RunOptions
---@field directory? string the workspace; paths are relative to it. Default "."
---@field allow? string|string[] files and folders outside it that sources may read
---@field threads? integer 0, the default: one for each core
---@field max_rejects? string|integer 200: rows in all; "5%", the default: of each source's records
---@field progress? plumbline.Progress
---@field print? fun(line: string) what rules print; otherwise dropped

---@class plumbline.OpenOptions: plumbline.RunOptions
---@field as_of? string instead of the one in audit.lua
---@field department? string only this one's metrics
---@field worker? string the program `plumbline`, which runs the rule files. Otherwise what the
---  variable PLUMBLINE_WORKER names, else near this module, else in PATH

---A row: column = value. Numbers become their exact decimals; amounts beyond what a
---number holds, and ids, are best given as texts. A column that is left out is blank.
---@alias plumbline.HostRow table<string, string|number|boolean>

---Like a source of audit.lua, or with `rows` or `records` in place of paths.
---@class plumbline.HostSource: plumbline.Source
---@field rows? plumbline.HostRow[]
---@field records? fun(): plumbline.HostRow? an iterator: called until it gives nil

---@class plumbline.HostDeals: plumbline.Deals
---@field rows? plumbline.HostRow[]
---@field records? fun(): plumbline.HostRow?

---Like a metric of a rule file. In a list it names its department and itself.
---@class plumbline.HostMetric: plumbline.Metric
---@field department? string
---@field name? string

---@class plumbline.NewOptions: plumbline.RunOptions
---@field title? string
---@field as_of? string
---@field currency? string
---@field timezone? string
---@field within? plumbline.Duration
---@field before? plumbline.Before
---@field min_won? integer
---@field cycle? plumbline.Duration
---@field period? plumbline.Period
---@field rates? plumbline.Rates|table<string, string|number>
---@field policy? plumbline.Policy
---@field sources? table<string, plumbline.HostSource>
---@field deals plumbline.HostDeals
---@field links? table[] { "leads", "deals", "lead_id" } each, as link in audit.lua
---@field metrics? table<string, plumbline.HostMetric>|plumbline.HostMetric[] by "Department/name", or a list

---How a view is drawn. The last two are for `trace`.
---@class plumbline.DrawOptions
---@field width? integer columns of the terminal; default 80
---@field color? boolean
---@field verbose? boolean
---@field deal? string a deal's key: its chain of records
---@field view? "terminal"|"json"

---@class plumbline.Totals
---@field departments integer
---@field metrics integer
---@field sources integer
---@field flagged integer candidates to stop tracking
---@field not_audited integer
---@field rejects integer rows that could not be used

---An open audit. It is closed by close(), by `<close>` or when it is collected.
---@class plumbline.HostAudit
local Audit = {}

---Binds every plan to the headers of its exports; reads at most 64 KiB of each file.
---@return boolean fine
---@return plumbline.Error[]? problems single metrics and rule files that are wrong
function Audit:check() end

---The whole audit, once.
---@param progress? plumbline.Progress
---@return plumbline.Totals totals
---@return plumbline.Error? partial some metrics were not audited
function Audit:run(progress) end

---From a callback or another coroutine: the audit stops soon, with "cancelled".
function Audit:cancel() end

---@return plumbline.Totals
function Audit:totals() end

---Rule files and metrics that are wrong.
---@return plumbline.Error[]
function Audit:problems() end

---Rows that could not be used, also after a run that failed over them.
---@param limit? integer
---@return plumbline.Error[]
function Audit:rejects(limit) end

---The whole result as plain tables, which outlive the audit. Amounts and ids are texts.
---@return plumbline.Result
function Audit:result() end

---@return plumbline.Finding[]
function Audit:findings() end

---@param metric string its id, or its name where that is unique
---@return plumbline.Finding
function Audit:finding(metric) end

---Steps, deals reached, proofs. nil for a metric without a trace or not audited.
---@param metric string
---@return plumbline.Evidence?
function Audit:evidence(metric) end

---@param view? string "terminal", "json", "csv", "markdown" or one of the workspace's own
---@param options? plumbline.DrawOptions
---@return string
function Audit:render(view, options) end

---Every step of one metric, with its proofs.
---@param metric string
---@param options? plumbline.DrawOptions
---@return string
function Audit:trace(metric, options) end

---@param what "metrics"|"rules"|"sources"
---@param view? "terminal"|"json"
---@return string
function Audit:list(what, view) end

---Writes a view to a file, whole or not at all.
---@param path string
---@param view? string otherwise by the ending of the path
---@param options? plumbline.DrawOptions
function Audit:write(path, view, options) end

---Writes the report folder.
---@param directory string
function Audit:report(directory) end

---Ends the workers and frees the memory. Closing twice is fine.
function Audit:close() end

---@class plumbline.Module
---@field version string
local plumbline = {}

---Opens a workspace; a text is its directory.
---@param options? plumbline.OpenOptions|string
---@return plumbline.HostAudit
function plumbline.open(options) end

---An audit declared in the host's own code. Needs no file and starts no process, and
---so knows the built-in profiles only: those of a workspace run in workers.
---@param options plumbline.NewOptions
---@return plumbline.HostAudit
function plumbline.new(options) end

---What a code means and what to do about it; nil explains all.
---@param code? string
---@param view? "terminal"|"json"
---@return string
function plumbline.explain(code, view) end

---Writes the demo workspace, an invented company.
---@param directory string does not exist, or is empty
function plumbline.demo(directory) end

---@class plumbline.SniffOptions
---@field directory? string a workspace, whose own profiles are known too
---@field name? string of the source to paste; otherwise from the file's name
---@field worker? string the program plumbline

---What is in an export: `tables`, each with its columns and a source to paste. The
---keys are those of `plumbline sniff --json`.
---@param path string
---@param options? plumbline.SniffOptions
---@return table
function plumbline.sniff(path, options) end

---@class plumbline.InitOptions
---@field deals? string which of the exports holds the deals; otherwise found by looking
---@field dry_run? boolean propose, and write nothing
---@field worker? string the program plumbline

---Looks at every export in a folder and writes audit.lua and starter rules where none
---are. Gives what was found, proposed and written.
---@param directory? string otherwise where the program runs
---@param options? plumbline.InitOptions
---@return table
function plumbline.init(directory, options) end

-- The constructors of audit.lua and of rule files.
plumbline.from, plumbline.any = from, any
plumbline.like, plumbline.matches, plumbline.between = like, matches, between
plumbline.gt, plumbline.gte, plumbline.lt, plumbline.lte = gt, gte, lt, lte
plumbline.blank, plumbline.not_ = blank, not_
plumbline.lookup, plumbline.sum, plumbline.constant, plumbline.clean = lookup, sum, constant, clean
plumbline.map, plumbline.list, plumbline.derive, plumbline.others = map, list, derive, others

return plumbline
