-- Conditions and traces. Both are immutable values: each method of a trace gives
-- a new one, so that a prefix can be shared by several metrics.
local P = ...
local type, pairs, setmetatable, rawget = type, pairs, setmetatable, rawget
local find = string.find

-- ---- conditions ---------------------------------------------------------------------

local function condition(fields)
  fields.plumbline = "condition"
  return setmetatable(fields, { __metatable = "plumbline", __name = "condition" })
end

local function is_condition(value)
  return type(value) == "table" and rawget(value, "plumbline") == "condition"
end

local function patterns(value, what)
  local texts = P.list_of(P.name, 1000)(value, what)
  local out = {}
  for i = 1, #texts do out[i] = { text = texts[i], number = false } end
  return out
end

local function bound(value, what)
  local literal = P.literal(value, what)
  if literal.text == "" then P.fail(what .. " is empty") end
  if not literal.number and not find(literal.text, "^%d%d%d%d%-%d%d%-%d%d") then
    P.wrong(what, "a number or a date", value, 'compare numbers as 5, dates as "2024-03-14"')
  end
  return literal
end

local make = {}
function make.like(value) return condition { kind = "like", values = patterns(value, "like") } end
function make.matches(value)
  return condition { kind = "matches", values = { { text = P.name(value, "matches"), number = false } } }
end
function make.between(low, high)
  low, high = bound(low, "between: low"), bound(high, "between: high")
  if low.number ~= high.number then
    P.fail("between needs two numbers or two dates", 'between(1, 5) or between("2024-01-01", "2024-03-31")')
  end
  return condition { kind = "range", low = low, high = high }
end
function make.gt(x) return condition { kind = "range", low = bound(x, "gt"), low_open = true } end
function make.gte(x) return condition { kind = "range", low = bound(x, "gte") } end
function make.lt(x) return condition { kind = "range", high = bound(x, "lt"), high_open = true } end
function make.lte(x) return condition { kind = "range", high = bound(x, "lte") } end
function make.blank() return condition { kind = "blank" } end

local function equal(value)
  local values = P.list_of(P.literal, 100000)(value, "a condition")
  for i = 1, #values do
    if values[i].text == "" then
      P.fail("an empty text equals nothing", "write blank() for cells that hold nothing")
    end
  end
  return condition { kind = "equal", values = values }
end

-- Whatever may stand after `column =`.
local function as_condition(value)
  P.sound(value)
  if is_condition(value) then return value end
  if type(value) == "function" then return condition { kind = "call", fn = P.keep(value) } end
  if type(value) == "table" then
    if not P.is_plain(value) then P.wrong("a condition", "a value or a condition", value) end
    for _, item in pairs(value) do
      if is_condition(item) then
        P.fail("a list may hold plain values only", 'one `like` takes several: like { "a*", "b*" }')
      end
    end
  end
  return equal(value)
end

function make.not_(value) return condition { kind = "not", child = as_condition(value) } end

local function placed(c, column, file, line)
  local out = { column = column, file = file, line = line }
  for key, value in pairs(c) do
    if key ~= "plumbline" then out[key] = value end
  end
  if c.child then out.child = placed(c.child, column, file, line) end
  return out
end

-- { column = …, … } -> a list, sorted by column.
function P.conditions(given, what)
  P.sound(given)
  what = what or "where"
  if not P.is_plain(given) then P.wrong(what, "a table { column = value }", given) end
  local file, line = P.place()
  local out = {}
  for column, value in pairs(given) do
    if type(column) ~= "string" then
      P.fail(what .. " has a condition without a column: " .. P.shown(value),
        'write { column = "value" }')
    end
    out[#out + 1] = placed(as_condition(value), P.name(column, "a column"), file, line)
  end
  return out
end

-- ---- traces --------------------------------------------------------------------------

local methods = {}
local Trace = { __metatable = "plumbline", __name = "trace" }
function Trace.__index(_, name)
  if methods[name] then return methods[name] end
  local file, line = P.place()
  local fail = P.guarded(function()
    P.fail("a trace has no :" .. P.shown(name), P.did_you_mean(name, { "to", "where" })
      or 'a trace is written as from "a" :where { … } :to "deals"', file, line)
  end)
  return fail
end

local function trace(branches)
  return setmetatable({ plumbline = "trace", branches = branches }, Trace)
end

function P.is_trace(value)
  return type(value) == "table" and rawget(value, "plumbline") == "trace"
end

local function copy(t)
  local out = {}
  for key, value in pairs(t) do out[key] = value end
  return out
end

local function joined(a, b)
  local out = {}
  for i = 1, #a do out[i] = a[i] end
  for i = 1, #b do out[#out + 1] = b[i] end
  return out
end

-- `from "a" .to "deals"`: the trace itself is missing among the arguments.
local function check_self(self)
  P.sound(self)
  if not P.is_trace(self) then
    P.fail("a trace's method is called with a colon, not with a dot", 'write from "a" :to "deals"')
  end
end

local function each_branch(self, change)
  local out = {}
  for i = 1, #self.branches do out[i] = change(copy(self.branches[i])) end
  return trace(out)
end

methods.where = P.guarded(function(self, given)
  check_self(self)
  local conditions = P.conditions(given, "where")
  return each_branch(self, function(branch)
    local n = #branch.steps
    if n == 0 then
      branch.where = joined(branch.where, conditions)
    else
      branch.steps = copy(branch.steps)
      branch.steps[n] = copy(branch.steps[n])
      branch.steps[n].where = joined(branch.steps[n].where, conditions)
    end
    return branch
  end)
end)

local step_options = { which = P.one_of("next", "all"), within = P.duration }

methods.to = P.guarded(function(self, name, key, options)
  check_self(self)
  local file, line = P.place()
  local step = { table = P.name(name, "to: the table"), file = file, line = line, where = {} }
  if key ~= nil then step.here, step.there = P.key(key, 'to "' .. step.table .. '": the key') end
  if options ~= nil then
    local given = P.fields('to "' .. step.table .. '": the options', options, step_options)
    step.within, step.next = given.within, given.which == "next"
    if step.next and step.table ~= "deals" then
      P.fail('which = "next" belongs to the step into deals', "move it to the last step, or take it out")
    end
  end
  return each_branch(self, function(branch)
    if #branch.steps >= 16 then P.fail("a trace has at most 16 steps", "a shorter way counts the same deals") end
    branch.steps = joined(branch.steps, { step })
    return branch
  end)
end)

make.from = function(name)
  local file, line = P.place()
  return trace { { table = P.name(name, "from: the table"), file = file, line = line,
    where = {}, steps = {} } }
end

make.any = function(list)
  P.sound(list)
  if not P.is_plain(list) then P.wrong("any", "a list of traces { trace, trace }", list) end
  local branches = {}
  for key, value in pairs(list) do
    P.sound(value)
    if type(key) ~= "number" or not P.is_trace(value) then
      P.wrong("any", "a list of traces { trace, trace }", value)
    end
    branches = joined(branches, value.branches)
  end
  if #branches == 0 then P.fail("any has no trace in it", 'write any { from "a" :to "deals", from "b" :to "deals" }') end
  if #branches > 32 then P.fail("any has at most 32 traces") end
  return trace(branches)
end

-- What `metric` puts into its declaration.
function P.branches(value, what)
  P.sound(value)
  if not P.is_trace(value) then
    P.wrong(what, "a trace", value, 'write trace = from "leads" :to "deals"')
  end
  for i = 1, #value.branches do
    local b = value.branches[i]
    local last = #b.steps > 0 and b.steps[#b.steps].table or b.table
    if last ~= "deals" then
      P.fail('the trace ends in "' .. last .. '", not in "deals"',
        'end it with :to "deals"; a metric that cannot get there is declared without a trace')
    end
  end
  return value.branches
end

P.constructors = {}
for name, f in pairs(make) do P.constructors[name] = P.guarded(f) end
