-- What rules do not have, each with what to use instead; a stable sort; require;
-- and an error for a name that does not exist.
local P = ...
local type, next, pairs, rawset, setmetatable = type, next, pairs, rawset, setmetatable
local find, sub = string.find, string.sub

local advice = {
  load = "write the function in the rule file", loadstring = "write the function in the rule file",
  loadfile = 'use require "name" for a file beside the rules',
  dofile = 'use require "name" for a file beside the rules',
  collectgarbage = "memory is looked after", warn = "use print",
  setfenv = "it left Lua long ago", getfenv = "it left Lua long ago", unpack = "use table.unpack",
}

local no_time = "rules do not know the time; use audit.as_of"
local no_files = "rules cannot touch files; name exports in audit.lua and let plumbline read them"
local no_system = "rules cannot reach the system; they only describe metrics and traces"
local no_threads = "a rule describes; it needs no coroutines"
local tables = {
  os = { time = no_time, date = no_time, clock = no_time, difftime = no_time, execute = no_system,
    exit = "a rule simply ends", getenv = no_system, remove = no_files, rename = no_files,
    tmpname = no_files, setlocale = "results never depend on a locale" },
  io = { open = no_files, popen = no_system, read = no_files, write = "use print",
    lines = no_files, input = no_files, output = no_files, tmpfile = no_files, close = no_files,
    stdout = "use print", stderr = "use print" },
  debug = { getinfo = no_system, traceback = "errors show their place already",
    sethook = no_system, getlocal = no_system, getmetatable = "use getmetatable",
    setmetatable = "use setmetatable", getupvalue = no_system, setupvalue = no_system,
    getregistry = no_system, debug = no_system, upvaluejoin = no_system },
  coroutine = { create = no_threads, wrap = no_threads, yield = no_threads, resume = no_threads,
    running = no_threads, status = no_threads, isyieldable = no_threads, close = no_threads },
  package = { loadlib = no_system, searchpath = 'use require "name"' },
}
local random = "results must be the same in every run; chance has no place in a rule"
local members = {
  { string, "string", { dump = "bytecode is refused", pack = "exports are read as text",
    unpack = "exports are read as text", packsize = "exports are read as text" } },
  { math, "math", { random = random, randomseed = random } },
}

local function stub(name, what)
  return function() P.fail(name .. " does not exist in rules", what) end
end

local function install_stubs(globals)
  for name, what in pairs(advice) do rawset(globals, name, stub(name, what)) end
  for name, list in pairs(tables) do
    local t = {}
    for member, what in pairs(list) do t[member] = stub(name .. "." .. member, what) end
    rawset(globals, name, t)
  end
  for i = 1, #members do
    local t, name, list = members[i][1], members[i][2], members[i][3]
    for member, what in pairs(list) do t[member] = stub(name .. "." .. member, what) end
  end
end

-- ---- table.sort: stable, and with no clock in its choice of pivots ------------------

local function merge(from, to, low, middle, high, before)
  local i, j = low, middle + 1
  for k = low, high do
    if i <= middle and (j > high or not before(from[j], from[i])) then
      to[k], i = from[i], i + 1
    else
      to[k], j = from[j], j + 1
    end
  end
end

local function less(a, b) return a < b end

function P.sort(t, before)
  before = before or less
  local n = #t
  if n > 1000000 then P.fail("a list may have at most 1,000,000 items") end
  local a, b = {}, {}
  for i = 1, n do a[i] = t[i] end
  local width = 1
  while width < n do
    for low = 1, n, 2 * width do
      local middle, high = low + width - 1, low + 2 * width - 1
      if middle > n then middle = n end
      if high > n then high = n end
      merge(a, b, low, middle, high, before)
    end
    a, b, width = b, a, width * 2
  end
  for i = 1, n do t[i] = a[i] end
end
rawset(table, "sort", function(t, before)
  if type(t) ~= "table" then P.fail("table.sort needs a list") end
  P.sort(t, before)
end)

-- ---- require ------------------------------------------------------------------------

local loaded, loading = {}, {}
local function require_beside(name)
  if type(name) ~= "string" then P.fail('require needs a name: require "shared"') end
  if loading[name] then P.fail('"' .. name .. '" requires itself') end
  if loaded[name] ~= nil then return loaded[name] end
  local product = P.what == "view" and find(name, "^plumbline%.[%a.]+$")
  if not product and not find(name, "^[%w_%-]+$") then
    P.fail('require "' .. sub(name, 1, 100) .. '" is not a plain name',
      'require finds files beside the rules only: require "shared" is shared.lua there')
  end
  local chunk = P.module(name)
  if not chunk then
    P.fail('there is no file "' .. name .. '.lua" beside this one',
      P.did_you_mean(name, P.modules()) or "require finds files beside the rules only")
  end
  loading[name] = true
  local value = chunk(name)
  loading[name] = nil
  if value == nil then value = true end
  loaded[name] = value
  return value
end

-- ---- globals ------------------------------------------------------------------------

local function names_of(globals)
  local names = {}
  for name in pairs(globals) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  return names
end

-- Where a field belongs, as this kind of file would have it.
local function place_of(name)
  local places = { { P.metric_fields, 'metric "…" { … }' }, { P.audit_fields, 'audit "…" { … }' },
    { P.source_fields, 'source "…" { … }' }, { P.deals_fields, "deals { … }" } }
  if P.what == "audit" then places[1], places[4] = places[4], places[1] end
  if P.what == "audit" then places[1], places[3] = places[3], places[1] end
  for i = 1, #places do
    if places[i][1] and places[i][1][name] then return places[i][2] end
  end
end

-- A field that stands by itself is a global like any other to Lua, and would say
-- nothing; and a global that takes the place of one of these names would silence it.
function P.refuse_field(name)
  local place = type(name) == "string" and place_of(name)
  if not place then return end
  P.fail('"' .. name .. '" is set outside of any { … }, where it says nothing',
    "write it inside " .. place .. "; a variable of your own is local " .. name .. " = …")
end

local function refuse_own(name)
  P.fail('"' .. name .. '" is a word of plumbline and cannot be set',
    "it is called, never set; a variable of your own needs another name, or local before it")
end

-- `own`: words that may not be set, and the fields that may not stand alone with
-- them; nil: any global may be set.
function P.install_globals(globals, own)
  install_stubs(globals)
  rawset(globals, "require", require_beside)
  setmetatable(globals, {
    __metatable = "protected",
    __index = function(_, name)
      if type(name) ~= "string" then return nil end
      if own and own[name] ~= nil then return own[name] end
      P.fail('"' .. sub(name, 1, 100) .. '" is not defined',
        P.did_you_mean(name, names_of(globals))
          or "a name must be set before it is read; `plumbline help rules` lists what there is")
    end,
    __newindex = own and function(_, name, value)
      if own[name] ~= nil then refuse_own(name) end
      P.refuse_field(name)
      rawset(globals, name, value)
    end or nil,
    __pairs = own and function()
      local all = {}
      for name, value in next, globals do all[name] = value end
      for name, value in pairs(own) do all[name] = value end
      return pairs(all)
    end or nil,
  })
end
