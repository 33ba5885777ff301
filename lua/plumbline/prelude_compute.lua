-- Computed columns: lookup, sum, constant, clean, map, list, derive.
local P = ...
local type, pairs, setmetatable, rawget, select = type, pairs, setmetatable, rawget, select

local function compute(fields)
  fields.plumbline = "compute"
  fields.file, fields.line = P.place()
  return setmetatable(fields, { __metatable = "plumbline", __name = "computed column" })
end

function P.is_compute(value)
  return type(value) == "table" and rawget(value, "plumbline") == "compute"
end

-- The same as plain data under a name.
function P.named_compute(c, name)
  local out = { name = name }
  for key, value in pairs(c) do
    if key ~= "plumbline" then out[key] = value end
  end
  return out
end

local function column(value, what)
  if P.is_compute(value) then
    P.fail(what .. " is a computed column itself",
      "give the inner one a name under columns = { … } first, and use that name")
  end
  return P.name(value, what)
end

local function keep(value) return value end

local function joining(kind)
  return function(given)
    local f = P.fields(kind, given, { on = keep, take = column }, 1)
    local name = P.name(given[1], kind .. ": the table")
    if f.on == nil then P.fail(kind .. ' needs on = "key"', kind .. ' { "table", on = "key", take = "column" }') end
    if not f.take then P.fail(kind .. ' needs take = "column"', kind .. ' { "table", on = "key", take = "column" }') end
    local here, there = P.key(f.on, kind .. ": on")
    return compute { kind = kind, table = name, here = here, there = there, take = f.take }
  end
end

local make = { lookup = joining "lookup", sum = joining "sum" }

function make.constant(value)
  return compute { kind = "constant", value = P.literal(value, "constant") }
end

local cleaning = P.one_of("trim", "lower", "upper", "nospace", "alnum", "digits", "nozeros", "url",
  "path", "domain", "email")
function make.clean(name, ...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = cleaning((select(i, ...)), "clean: step " .. i) end
  if #words == 0 then P.fail("clean needs at least one step", 'clean("column", "trim", "lower")') end
  return compute { kind = "clean", inputs = { column(name, "clean: the column") }, words = words }
end

function make.map(name, given)
  if not P.is_plain(given) then P.wrong("map", 'a table { old = "new" }', given) end
  local from, new = {}, {}
  for key, value in pairs(given) do
    local old = P.cell(key, "map: a value")
    from[#from + 1] = old
    new[old] = P.cell(value, "map: the new value")
  end
  if #from == 0 then P.fail("map is empty", 'map("column", { old = "new" })') end
  P.sort(from)
  local to = {}
  for i = 1, #from do
    if from[i] == from[i - 1] then P.fail('map names "' .. from[i] .. '" twice') end
    to[i] = new[from[i]]
  end
  return compute { kind = "map", inputs = { column(name, "map: the column") }, from = from, to = to }
end

function make.list(name, separator)
  local text = P.text(separator, "list: the separator", 16)
  if text == "" then P.fail("list: the separator is empty", 'list("column", ";")') end
  return compute { kind = "list", inputs = { column(name, "list: the column") }, words = { text } }
end

function make.derive(...)
  local n = select("#", ...)
  local inputs = {}
  for i = 1, n - 1 do inputs[i] = column((select(i, ...)), "derive: column " .. i) end
  local f = n > 0 and (select(n, ...)) or nil
  if #inputs == 0 or type(f) ~= "function" then
    P.fail("derive needs columns and a function", 'derive("first", "last", function(first, last) … end)')
  end
  if #inputs > 8 then P.fail("derive takes at most 8 columns") end
  return compute { kind = "derive", inputs = inputs, fn = P.keep(f) }
end

for name, f in pairs(make) do P.constructors[name] = P.guarded(f) end
P.compute_names = {}
for name in pairs(make) do P.compute_names[#P.compute_names + 1] = name end
