---@meta plumbline.view
-- For editors that read LuaCATS: what a file in the workspace's folder views may
-- say. Nothing runs this file.

---@class plumbline.ViewOptions
---@field width integer columns of the terminal
---@field color boolean colours by escape sequences
---@field verbose boolean more of the evidence

---What `plumbline audit --json` prints, as tables.
---@class plumbline.Result
---@field audit { title: string, as_of: string, currency?: string }
---@field totals table<string, integer>
---@field departments table[]
---@field sources table[]
---@field findings plumbline.Finding[]
---@field deals table
---@field notes table[]

---@class plumbline.Finding
---@field id string "Marketing/website_traffic"
---@field department string
---@field metric string
---@field title? string
---@field owner? string
---@field verdict plumbline.Verdict|"untraced"|"error"
---@field code? string "PL103"
---@field flagged boolean a candidate to stop tracking
---@field headline string one sentence
---@field where? string
---@field tells? string
---@field notes table[]
---@field todo { action: string, text: string }[]
---@field evidence? plumbline.Evidence
---@field error? { message: string, file?: string, line?: integer, hint?: string }

---@class plumbline.ViewFields
---@field title? string
---@field render fun(result: plumbline.Result, options: plumbline.ViewOptions): string

---A view: `view "slack" { render = function(result, options) … end }`, drawn by
---`plumbline audit --format slack`. A name that is built in cannot be taken.
---@param name string
---@return fun(fields: plumbline.ViewFields)
function view(name) end

---What built-in views have, too. These can be built on with require:
---plumbline.views.terminal, .markdown, .csv, .json and .words.
---@class plumbline.ViewTools
---@field version string of plumbline
plumbline = {}

---The keys of an object in their order.
---@param object table
---@return string[]
function plumbline.keys(object) end

---Tells a list from an object, empty ones too.
---@param value any
---@return boolean
function plumbline.is_list(value) end

---The value as JSON, keys in their order.
---@param value any
---@return string
function plumbline.json(value) end
