-- The rule API. These files run inside a worker, before the rule file, each with
-- the same table P: the C functions of core/rule/native.c, and whatever the
-- files before it added. Rules never see P. What a rule declares is collected
-- here as plain tables; core/rule/decode*.c checks all of it again.
--
-- This file: errors with a place, and the functions that are kept by id.
local P = ...
local type, pcall, error, getmetatable, setmetatable = type, pcall, error, getmetatable, setmetatable

-- Raises an error at the user's running line, or at a given place.
function P.fail(message, hint, file, line)
  if not file then file, line = P.place() end
  P.raise(message, hint, file, line)
end

-- An error that P.fail raised, as opposed to one of Lua's.
function P.is_placed(e)
  return type(e) == "table" and getmetatable(e) == "plumbline"
end

function P.did_you_mean(word, names)
  local near = P.nearest(word, names)
  return near and ('did you mean "' .. near .. '"?') or nil
end

-- Functions stay in the worker; the audit knows them by number.
P.functions, P.function_places = {}, {}
function P.keep(f)
  local id = #P.functions
  local file, line = P.function_place(f)
  if line == 0 then file, line = P.place() end
  P.functions[id + 1] = f
  P.function_places[id + 1] = { file = file, line = line }
  return id
end

-- A mistake inside `trace = from …` must fail its metric only, but it happens
-- before `metric` is called. So in a rule file such a constructor gives a
-- "broken" value, which every method passes on and which `metric` reports.
local Broken = { __metatable = "plumbline", __name = "broken" }
local broken = {}
Broken.__index = function(self) return function() return self end end

function P.broken(e)
  local value = setmetatable({ reason = e }, Broken)
  broken[#broken + 1] = value
  return value
end

-- Raises the mistake again where a broken value is used.
function P.sound(value)
  if type(value) == "table" and rawget(value, "reason") and P.is_broken(value) then
    rawset(value, "used", true)
    error(value.reason, 0)
  end
  return value
end

function P.is_broken(value)
  for i = 1, #broken do
    if rawequal(broken[i], value) then return true end
  end
  return false
end

-- One that no metric used is an error of the whole file.
function P.check_broken()
  for i = 1, #broken do
    if not rawget(broken[i], "used") then error(broken[i].reason, 0) end
  end
end

function P.guarded(make)
  return function(...)
    local ok, value = pcall(make, ...)
    if ok then return value end
    if P.what == "audit" or not P.is_placed(value) then error(value, 0) end
    return P.broken(value)
  end
end

-- Things that were named but not given their table yet: metric "x" alone.
P.pending = {}
function P.open(what, name, example)
  local file, line = P.place()
  local entry = { what = what, name = name, file = file, line = line, example = example }
  P.pending[#P.pending + 1] = entry
  return entry
end

function P.check_pending()
  for i = 1, #P.pending do
    local e = P.pending[i]
    if not e.done then
      P.fail(e.what .. ' "' .. e.name .. '" is named but has no { … }', e.example, e.file, e.line)
    end
  end
end

P.finishers = {}
function P.declare(what, main, audit)
  P.what = what
  P.install(what, audit)
  main()
  P.check_pending()
  P.check_broken()
  local result = P.finishers[what]()
  result.functions = P.function_places
  return result
end
