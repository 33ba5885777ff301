-- require "plumbline" in a host: the half that is written in Lua. It runs in the
-- host's state, in an environment of its own, and declares through the same
-- prelude that rule files have, so that a host and a rule file say and are told
-- the same. What is sent to the engine is plain data; functions stay here.
local C = ...
local type, next, error, pcall, rawget, table_sort = type, next, error, pcall, rawget, table.sort

-- ---- pairs in an order that never changes: messages and reports depend on it ----------

local function before(a, b)
  local x, y = type(a), type(b)
  if x ~= y then return x == "number" or (x == "string" and y ~= "number") end
  if x == "number" or x == "string" then return a < b end
  return false
end

local function ordered(t)
  local keys, at = {}, 0
  for key in next, t do keys[#keys + 1] = key end
  table_sort(keys, before)
  return function()
    local value
    repeat
      at = at + 1
      value = rawget(t, keys[at])
    until value ~= nil or at > #keys
    return keys[at], value
  end
end
_G.pairs = ordered -- of this environment, not the host's

-- A prelude of its own for each audit, because declarations collect in it. Its
-- functions are the host's, kept as they are.
local function fresh(what)
  local P = {}
  for name, f in next, C.native do P[name] = f end
  function P.at() end
  for i = 1, #C.prelude do C.prelude[i](P) end
  function P.keep(f) return f end
  P.what = what
  P.built_in_only = true -- a workspace's profiles are run in workers, never in the host
  return P
end

local P = fresh "audit" -- constructors, and the checks of this file

-- ---- options ---------------------------------------------------------------------------

local function path(value, what) return P.text(value, what) end
local function callback(value, what)
  if type(value) ~= "function" then P.wrong(what, "a function", value) end
  return value
end
local function threads(value, what)
  if type(value) ~= "number" or value % 1 ~= 0 or value < 0 or value > 1024 then
    P.wrong(what, "a number of threads", value, "0 means one for each core")
  end
  return value // 1 | 0
end
local function max_rejects(value, what)
  if type(value) == "number" then return P.number(value, what) end
  return P.text(value, what, 32)
end

local run_options = { directory = path, allow = P.list_of(path, 1000), threads = threads,
  max_rejects = max_rejects, progress = callback, print = callback }

local function with(fields, more)
  local out = {}
  for name, check in next, fields do out[name] = check end
  for name, check in next, more do out[name] = check end
  return out
end

local open_options = with(run_options, { as_of = P.name, department = P.name, worker = path })

local function nothing() end

local function open(given)
  if type(given) == "string" then given = { directory = given } end
  local options = P.fields("plumbline.open", given or {}, open_options)
  options.nothing = nothing
  return C.open(options)
end

-- ---- records -----------------------------------------------------------------------------

local function add_rows(records, rows, what)
  for i = 1, #rows do
    local row = rows[i]
    if type(row) ~= "table" then P.wrong(what .. ": row " .. i, "a table { column = value }", row) end
    local ok, e = pcall(records.add, records, row)
    if not ok then P.fail(what .. ": row " .. i .. ": " .. e) end
  end
end

local function add_all(records, give, what)
  local i = 0
  while true do
    local row = give()
    if row == nil then return end
    i = i + 1
    if type(row) ~= "table" then P.wrong(what .. ": record " .. i, "a table or nil", row) end
    local ok, e = pcall(records.add, records, row)
    if not ok then P.fail(what .. ": record " .. i .. ": " .. e) end
  end
end

-- { rows = … } or { records = … } becomes a path that the engine is given records for.
local function take_records(body, name, into)
  if type(body) ~= "table" then P.wrong('source "' .. name .. '"', "a table { … }", body) end
  local rows, give = rawget(body, "rows"), rawget(body, "records")
  if rows == nil and give == nil then return body end
  local what = name == "deals" and "deals" or 'source "' .. name .. '"'
  if (rows ~= nil and give ~= nil) or rawget(body, 1) ~= nil then
    P.fail(what .. " has more than one of a path, rows and records")
  end
  if rows ~= nil and type(rows) ~= "table" then P.wrong(what .. ": rows", "a list of rows", rows) end
  if give ~= nil then callback(give, what .. ": records") end
  local out = {}
  for key, value in next, body do
    if key ~= "rows" and key ~= "records" then out[key] = value end
  end
  out[1] = name
  local records = C.records(name)
  into[#into + 1] = records
  if rows ~= nil then add_rows(records, rows, what) else add_all(records, give, what) end
  return out
end

-- ---- declaring ------------------------------------------------------------------------------

local audit_fields = { "as_of", "currency", "timezone", "within", "before", "min_won", "cycle",
  "period", "rates", "policy" }

local function declare_audit(given, records)
  local D = fresh "audit"
  local facts = {}
  for i = 1, #audit_fields do facts[audit_fields[i]] = given[audit_fields[i]] end
  D.audit_names.audit(given.title or "Audit")(facts)
  local sources = given.sources or {}
  if not P.is_plain(sources) then P.wrong("sources", "a table { name = { … } }", sources) end
  for name, body in ordered(sources) do
    P.name(name, "sources: a name")
    D.audit_names.source(name)(take_records(body, name, records))
  end
  if given.deals == nil then
    P.fail("plumbline.new names no deals", "every trace ends in deals: deals = { rows = …, … }")
  end
  D.audit_names.deals(take_records(given.deals, "deals", records))
  local links = given.links or {}
  if not P.is_plain(links) then P.wrong("links", "a list { { \"a\", \"b\", \"key\" } }", links) end
  for i = 1, #links do D.audit_names.link(links[i]) end
  return D.finishers.audit()
end

-- "Marketing/leads" = { … }, or { department = "Marketing", name = "leads", … }
local function named_metric(key, body)
  local department, name
  if type(key) == "string" then
    department, name = key:match "^([^/]+)/([^/]+)$"
    if not department then
      P.fail('metric "' .. key .. '" names no department', '["Marketing/' .. key .. '"] = { … }')
    end
  end
  if type(body) ~= "table" then P.wrong("a metric", "a table { … }", body) end
  local fields = {}
  for field, value in next, body do
    if field == "department" and not department then
      department = P.name(value, "a metric: department")
    elseif field == "name" and not name then
      name = P.name(value, "a metric: name")
    else
      fields[field] = value
    end
  end
  if not department or not name then
    P.fail("a metric needs a department and a name",
      '["Marketing/leads"] = { … }, or { department = "Marketing", name = "leads", … }')
  end
  return department, name, fields
end

local function by_department(metrics)
  if not P.is_plain(metrics) then P.wrong("metrics", "a table of metrics", metrics) end
  local departments, names = {}, {}
  for key, body in ordered(metrics) do
    local department, name, fields = named_metric(key, body)
    if not departments[department] then
      departments[department] = {}
      names[#names + 1] = department
    end
    local list = departments[department]
    list[#list + 1] = { name = name, fields = fields }
  end
  table_sort(names)
  return departments, names
end

-- In a rule file a mistake costs its metric; in a program it is raised at once.
local function declare_department(name, metrics)
  local D = fresh "rules"
  D.rule_names.department(name)
  for i = 1, #metrics do D.rule_names.metric(metrics[i].name)(metrics[i].fields) end
  local out = D.finishers.rules()
  for i = 1, #out.metrics do
    local failed = out.metrics[i].failed
    if failed then P.fail(failed.message, failed.hint, failed.file, failed.line) end
  end
  return out
end

-- The same tree with every function as a number, and the functions by number.
local function numbered(tree)
  local functions, places, ids = {}, {}, {}
  local function id_of(f)
    if not ids[f] then
      local file, line = C.native.function_place(f)
      functions[#functions + 1], places[#places + 1] = f, { file = file, line = line }
      ids[f] = #functions - 1
    end
    return ids[f]
  end
  local function copy(value)
    if type(value) == "function" then return id_of(value) end
    if type(value) ~= "table" then return value end
    local out = {}
    for key, item in ordered(value) do out[key] = copy(item) end
    return out
  end
  local out = copy(tree)
  out.audit.functions = places
  return out, functions
end

local new_fields = with(run_options, { title = P.name })
local function keep(value) return value end
for i = 1, #audit_fields do new_fields[audit_fields[i]] = keep end
for _, name in next, { "sources", "deals", "links", "metrics" } do new_fields[name] = keep end

local function declare(given, options, records)
  local tree = { audit = declare_audit(given, records), departments = {} }
  local departments, names = by_department(given.metrics or {})
  for i = 1, #names do
    tree.departments[i] = declare_department(names[i], departments[names[i]])
  end
  local plain, functions = numbered(tree)
  options.declared, options.functions = C.encode(plain), functions
end

local function new(given)
  local options, records = { nothing = nothing }, {}
  local checked = P.fields("plumbline.new", given, new_fields)
  for name in next, run_options do options[name] = checked[name] end
  local ok, audit = pcall(function()
    declare(checked, options, records)
    options.records = records
    return C.open(options)
  end)
  for i = 1, #records do records[i]:close() end
  if not ok then error(audit, 0) end
  return audit
end

-- ---- looking at exports -----------------------------------------------------------------------

local function sniff(file, given)
  local options = P.fields("plumbline.sniff", given or {}, { directory = P.name, name = P.name, worker = P.name })
  return C.sniff(P.text(file, "plumbline.sniff: the path", 4096), options)
end

local function truth(value, what)
  if type(value) ~= "boolean" then P.wrong(what, "true or false", value) end
  return value
end

local function init(directory, given)
  local options = P.fields("plumbline.init", given or {}, { deals = P.name, worker = P.name, dry_run = truth })
  return C.init(directory and P.text(directory, "plumbline.init: the folder", 4096) or nil, options)
end

-- ---- the module ------------------------------------------------------------------------------

local M = { open = open, new = new, sniff = sniff, init = init, explain = C.explain, demo = C.demo, version = C.version,
  others = P.audit_names.others }
for name, f in next, P.constructors do M[name] = f end
return M
