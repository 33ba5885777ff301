-- What a view file may say: view. It runs in a worker as rules do, and receives
-- what built-in views receive: the result, options, and the table `plumbline`.
local P = ...
local type, pairs, getmetatable, find, rawset, globals = type, pairs, getmetatable, string.find, rawset, _G

local declared = { views = {} }
local by_name = {}
local built_in = { terminal = true, json = true, csv = true, markdown = true, tap = true, junit = true,
  html = true, trace = true, list = true, explain = true, text = true }

local fields = { title = P.name, render = P.callable }

local function view(name)
  local file, line = P.place()
  P.name(name, "view")
  if not find(name, "^[a-z][a-z0-9_-]*$") or #name > 40 then
    P.fail('"' .. name .. '" cannot be a view\'s name',
      "a name is made of a-z, 0-9, - and _, and begins with a letter")
  end
  if built_in[name] then
    P.fail('"' .. name .. '" is a view that is built in', "give yours another name")
  end
  if by_name[name] then
    P.fail('view "' .. name .. '" is declared twice, first on line ' .. by_name[name])
  end
  by_name[name] = line
  local example = 'view "' .. name .. '" { render = function(result, options) return "…" end }'
  local entry = P.open("view", name, example)
  return function(given)
    entry.done = true
    local out = P.fields('view "' .. name .. '"', given, fields)
    if not out.render then P.fail('view "' .. name .. '" has no render', example, file, line) end
    declared.views[#declared.views + 1] =
      { name = name, title = out.title, fn = out.render, file = file, line = line }
  end
end

P.finishers.view = function() return declared end

-- The keys of an object in the order in which they were built, and whether a
-- value is a list: both stand in the metatable that the value came with. Tables
-- of the view's own have their keys sorted, and are lists if they have an item 1.
local function keys(object)
  if type(object) ~= "table" then P.fail("plumbline.keys needs an object, not " .. P.shown(object)) end
  local meta = getmetatable(object)
  if type(meta) == "table" and meta.keys then return meta.keys end
  local names = {}
  for name in pairs(object) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  P.sort(names)
  return names
end

local function is_list(value)
  if type(value) ~= "table" then return false end
  local meta = getmetatable(value)
  if meta == nil then return value[1] ~= nil end
  return type(meta) == "table" and meta.__name == "plumbline.list"
end

local function json(value)
  return (globals.require "plumbline.views.json"(value):gsub("\n$", ""))
end

P.extensions.view = function(_, elsewhere)
  for name in pairs(P.constructors) do rawset(globals, name, elsewhere(name, "a rule file or audit.lua")) end
  for name in pairs(P.audit_names) do rawset(globals, name, elsewhere(name, "audit.lua")) end
  for _, name in pairs { "department", "metric" } do rawset(globals, name, elsewhere(name, "a rule file")) end
  rawset(globals, "view", view)
  rawset(globals, "plumbline", { keys = keys, is_list = is_list, json = json, version = P.version })
end
