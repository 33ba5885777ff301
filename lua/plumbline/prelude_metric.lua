-- What a rule file may say: department and metric; and the globals of each kind
-- of file.
local P = ...
local type, pairs, pcall, error, rawget = type, pairs, pcall, error, rawget
local setmetatable, find, globals = setmetatable, string.find, _G

local declared = { metrics = {} }
local by_name = {}

local function department(name)
  local file, line = P.place()
  P.name(name, "department")
  if find(name, "/", 1, true) then P.fail('a department has no "/" in its name', "it would not be told apart from a metric's id") end
  if find(name, "%c") then P.fail("a department's name is one line") end
  if declared.department then
    P.fail("a rule file has one department; the first is on line " .. declared.department.line,
      "move the other department into a file of its own")
  end
  if #declared.metrics > 0 then P.fail("department comes first, before its metrics", "move it to the top of the file") end
  declared.department = { name = name, file = file, line = line }
  P.at(file, line, name)
end

-- ---- metric ------------------------------------------------------------------------------

local function cost(value, what)
  return P.fields(what, value, { money = P.decimal, hours = P.decimal,
    per = P.one_of("once", "day", "week", "month", "quarter", "year") })
end

local function by(value, what)
  P.sound(value)
  if type(value) == "string" then return { column = P.name(value, what) } end
  if not P.is_plain(value) then P.wrong(what, 'a column, or { "table", "column" }', value) end
  P.fields(what, value, {}, 2)
  return { table = P.name(value[1], what .. ": the table"), column = P.name(value[2], what .. ": the column") }
end

local fields = {
  title = P.name, owner = P.name, question = P.text, definition = P.text, unit = P.name,
  note = P.text, cost = cost, trace = P.branches, within = P.duration,
  before = P.one_of("closed", "created", "any"), by = by, min_won = P.count, judge = P.callable,
}

local function read_metric(name, given)
  local out = P.fields('metric "' .. name .. '"', given, fields)
  out.branches, out.trace = out.trace, nil
  out.fn, out.judge = out.judge, nil
  if out.by then out.by_table, out.by = out.by.table, out.by.column end
  return out
end

local function failure(e)
  return { message = rawget(e, "message"), hint = rawget(e, "hint"), file = rawget(e, "file"),
    line = rawget(e, "line") }
end

-- A mistake inside fails this metric and no other.
local function declare(name, given, file, line)
  local ok, out = pcall(read_metric, name, given)
  if not ok then
    if not P.is_placed(out) then error(out, 0) end
    out = { failed = failure(out) }
  end
  out.name, out.file, out.line = name, file, line
  local first = by_name[name]
  if first then
    first.failed = { file = file, line = line,
      message = 'metric "' .. name .. '" is declared twice: on lines ' .. first.line .. " and " .. line,
      hint = "give one of them another name" }
    return
  end
  by_name[name] = out
  declared.metrics[#declared.metrics + 1] = out
end

local function metric(name)
  local file, line = P.place()
  P.name(name, "metric")
  if not find(name, "^[a-z][a-z0-9_]*$") then
    P.fail('"' .. name .. '" cannot be a metric\'s name',
      "a name is made of a-z, 0-9 and _, and begins with a letter; the title may be anything")
  end
  if not declared.department then
    P.fail('metric "' .. name .. '" stands before its department',
      'begin the file with department "…", the name of the department that owns it')
  end
  if #declared.metrics >= 5000 then P.fail("a department has at most 5,000 metrics") end
  P.at(file, line)
  local entry = P.open("metric", name, 'metric "' .. name .. '" { title = "…" }')
  return function(given)
    entry.done = true
    declare(name, given, file, line)
  end
end

P.metric_fields = fields
P.rule_names = { department = department, metric = metric }

P.finishers.rules = function() return declared end

-- ---- globals -------------------------------------------------------------------------------

local function elsewhere(name, where)
  return function() P.fail(name .. " belongs in " .. where, "move it there, or take it out") end
end

-- In a rule file `audit` is what the audit says, to read.
local function audit_facts(facts)
  return setmetatable({}, {
    __metatable = "protected",
    __index = function(_, key)
      if facts[key] ~= nil then return facts[key] end
      if key == "as_of" then
        P.fail("the audit names no as_of", 'add as_of = "2024-12-31" in audit.lua, or run with --as-of')
      end
      P.fail("audit." .. P.shown(key) .. " is not known",
        "a rule can read audit.title, audit.as_of, audit.currency and audit.timezone")
    end,
    __newindex = function() P.fail("a rule cannot change the audit") end,
    __call = elsewhere("audit", "audit.lua"),
  })
end

-- Kinds of files beside rules (tests, views): name -> function(globals, elsewhere).
P.extensions = {}

function P.install(what, facts)
  if P.extensions[what] then
    P.extensions[what](globals, elsewhere)
    P.install_globals(globals)
    return
  end
  local own = {}
  for name, f in pairs(P.constructors) do own[name] = f end
  if what == "audit" then
    for name, f in pairs(P.audit_names) do own[name] = f end
    for _, name in pairs { "department", "metric" } do own[name] = elsewhere(name, "a rule file") end
  else
    for _, name in pairs(P.compute_names) do
      own[name] = elsewhere(name, "audit.lua, where columns are declared")
    end
    for name in pairs(P.audit_names) do own[name] = elsewhere(name, "audit.lua") end
    own.department, own.metric, own.audit = department, metric, audit_facts(facts)
  end
  P.install_globals(globals, own)
end
