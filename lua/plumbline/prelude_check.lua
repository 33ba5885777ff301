-- Checking what a declaration says: every field's name and type, with the place
-- of the mistake and the nearest valid name.
local P = ...
local type, pairs, rawget, tostring, utf8_len = type, pairs, rawget, tostring, utf8.len
local find, sub, gsub, concat = string.find, string.sub, string.gsub, table.concat

P.MAX_TEXT, P.MAX_NAME = 16384, 256

local kinds = { string = "a text", number = "a number", table = "a table", ["nil"] = "nothing",
  boolean = "true or false", ["function"] = "a function" }

function P.shown(value)
  if type(value) == "string" then
    local cut = #value > 60 and sub(value, 1, 60) .. "…" or value
    return utf8_len(cut) and '"' .. cut .. '"' or "a text that is not UTF-8"
  end
  if type(value) == "number" or type(value) == "boolean" then return tostring(value) end
  return kinds[type(value)] or type(value)
end

-- How each kind of value is written, for whoever wrote another.
local written = {
  ["a text"] = 'write it in quotes: "…"', ["a number"] = "write digits without quotes",
  ["a whole number from 1 on"] = "write digits without quotes, such as 3",
  ["a whole number from 0 on"] = "write digits without quotes, such as 3",
  ["a number from 0 on"] = "write digits without quotes, such as 0.2",
  ["a table { … }"] = "write { name = value }", ["a function"] = "write function(…) … end",
  ["a computed column such as lookup { … }"] = 'columns of the file need no entry; columns = { new = clean("old", "trim") }',
  ["true or false"] = "write it without quotes",
  ["a table { column = value }"] = 'write { column = "value" }',
  ["a list of traces { trace, trace }"] = 'write any { from "a" :to "deals", from "b" :to "deals" }',
  ["a column, or { here = \"there\" }"] = 'write "key" or { here = "there" }',
  ['a plain number such as 12.50 or "12.50"'] = "a point before the decimals, and nothing between the thousands",
}

function P.wrong(what, expected, value, hint)
  P.fail(what .. " must be " .. expected .. ", not " .. P.shown(value), hint or written[expected])
end

function P.text(value, what, limit)
  P.sound(value)
  if type(value) ~= "string" then P.wrong(what, "a text", value) end
  if #value > (limit or P.MAX_TEXT) then P.fail(what .. " is too long") end
  if not utf8_len(value) then P.fail(what .. " is not valid UTF-8") end
  if find(value, "\0", 1, true) then P.fail(what .. " holds a zero byte") end
  return value
end

-- A name that must say something: a table, a column, a title.
function P.name(value, what)
  P.text(value, what, P.MAX_NAME)
  if value == "" then P.fail(what .. " is empty", "write something, or leave the field out") end
  return value
end

function P.number(value, what)
  local text = type(value) == "number" and P.number_text(value)
  if not text then P.wrong(what, "a number", value) end
  return text
end

-- A decimal as a text or as a Lua number: the text of it.
function P.decimal(value, what)
  if type(value) == "number" then return P.number(value, what) end
  if type(value) ~= "string" or not find(value, "^%-?%d+%.?%d*$") then
    P.wrong(what, 'a plain number such as 12.50 or "12.50"', value)
  end
  return value
end

function P.count(value, what)
  if type(value) ~= "number" or value % 1 ~= 0 or value < 1 or value > 1e9 then
    P.wrong(what, "a whole number from 1 on", value)
  end
  return value // 1 | 0
end

function P.count_or_0(value, what)
  if value == 0 then return 0 end
  return P.count(value, what)
end

function P.duration(value, what)
  if type(value) ~= "string" or not find(value, "^%d+[smhdw]$") or #value > 12 then
    P.wrong(what, "a time span", value, 'write days as "180d", hours as "36h", weeks as "2w"')
  end
  return value
end

function P.date(value, what)
  if type(value) ~= "string" or not find(value, "^%d%d%d%d%-%d%d%-%d%d$") then
    P.wrong(what, "a date", value, 'write it as "2024-12-31"')
  end
  return value
end

function P.one_of(...)
  local words = { ... }
  local expected = gsub('"' .. concat(words, '", "') .. '"', "\t", "\\t")
  return function(value, what)
    P.sound(value)
    for i = 1, #words do
      if value == words[i] then return value end
    end
    local near = type(value) == "string" and P.did_you_mean(value, words) or "write one of these, in quotes"
    P.wrong(what, "one of " .. expected, value, near)
  end
end

function P.callable(value, what)
  P.sound(value)
  if type(value) ~= "function" then P.wrong(what, "a function", value) end
  return P.keep(value)
end

-- "x" or {"x", "y"} -> {"x", "y"}, each through `check`.
function P.list_of(check, limit)
  return function(value, what)
    P.sound(value)
    if type(value) ~= "table" then return { check(value, what) } end
    local out = {}
    for key, item in pairs(value) do
      if type(key) ~= "number" or key ~= #out + 1 then
        P.fail(what .. " must be a plain list, and has " .. P.shown(key))
      end
      out[key] = check(item, what .. " " .. key)
    end
    if #out == 0 then P.fail(what .. " is an empty list", 'write at least one: { "a", "b" }') end
    if #out > (limit or 100000) then P.fail(what .. " has too many entries") end
    return out
  end
end

-- A text as it is, a number or true/false as its text: what a cell may hold.
function P.cell(value, what)
  if type(value) == "number" then return P.number(value, what) end
  if type(value) == "boolean" then return value and "true" or "false" end
  return P.text(value, what)
end

-- The same, remembering whether it was a Lua number.
function P.literal(value, what)
  P.sound(value)
  if type(value) == "table" or type(value) == "function" then
    P.wrong(what, "a text or a number", value)
  end
  return { text = P.cell(value, what), number = type(value) == "number" }
end

local function sorted_names(spec)
  local names = {}
  for name in pairs(spec) do names[#names + 1] = name end
  return names
end

-- Checks a table of named fields: spec is name -> check(value, what). Positions
-- 1..positions are left to the caller.
function P.fields(what, given, spec, positions)
  P.sound(given)
  if type(given) ~= "table" then P.wrong(what, "a table { … }", given) end
  local out = {}
  for key, value in pairs(given) do
    if type(key) == "number" and key >= 1 and key <= (positions or 0) then
      P.sound(value)
    elseif type(key) ~= "string" then
      P.fail(what .. " has a field without a name: " .. P.shown(value),
        "fields are written as name = value")
    elseif not spec[key] then
      P.fail(what .. ' has no field "' .. sub(key, 1, 100) .. '"',
        P.did_you_mean(key, sorted_names(spec))
          or "it has: " .. concat(sorted_names(spec), ", "))
    else
      out[key] = spec[key](value, what .. ": " .. key)
    end
  end
  return out
end

-- A join key: "k", {"k1", "k2"} or {here = "there"} -> here, there.
function P.key(value, what)
  P.sound(value)
  if type(value) == "string" then value = { value } end
  if type(value) ~= "table" then
    P.wrong(what, "a column, or { here = \"there\" }", value)
  end
  local here, there = {}, {}
  for key, name in pairs(value) do
    there[#there + 1] = P.name(name, what)
    here[#here + 1] = type(key) == "string" and P.name(key, what) or name
  end
  if #here == 0 then P.fail(what .. " names no column", 'write "key" or { here = "there" }') end
  if #here > 8 then P.fail(what .. " has more than 8 columns") end
  return here, there
end

function P.is_plain(value)
  return type(value) == "table" and rawget(value, "plumbline") == nil
end
