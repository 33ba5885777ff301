-- What a test file may say: test. A few rows in, the expected finding out; the
-- core runs each test (core/plumbline_test*.c).
local P = ...
local type, pairs, rawset, find, sub, format = type, pairs, rawset, string.find, string.sub, string.format

local declared = { tests = {} }
local by_name = {}

-- ---- rows: table -> list of { column = cell } --------------------------------------------

local function cell(value, what)
  if type(value) == "number" then return { number = P.number(value, what) } end
  if type(value) == "boolean" then return value and "true" or "false" end
  if type(value) ~= "string" then P.wrong(what, "a text, a number, true or false", value) end
  return P.text(value, what)
end

local function row(given, what)
  if not P.is_plain(given) then P.wrong(what, "a row { column = value }", given) end
  local out = {}
  for column, value in pairs(given) do
    if type(column) ~= "string" then
      P.fail(what .. " has a value without a column: " .. P.shown(value), 'write { column = "value" }')
    end
    P.name(column, what .. ": a column")
    out[#out + 1] = { column = column, value = cell(value, what .. ": " .. column) }
  end
  return out
end

local function rows(given, what)
  if not P.is_plain(given) then P.wrong(what, "a table { source = { row, row } }", given) end
  local out = {}
  for name, list in pairs(given) do
    if type(name) ~= "string" then
      P.fail(what .. " names no source for " .. P.shown(list), 'rows = { leads = { { id = "a" } } }')
    end
    if not P.is_plain(list) then P.wrong(what .. ": " .. name, "a list of rows", list) end
    local entry = { table = P.name(name, what), rows = {} }
    for i, one in pairs(list) do
      if i ~= #entry.rows + 1 then
        P.fail(what .. ": " .. name .. " must be a plain list of rows, and has " .. P.shown(i),
          name .. " = { { id = \"a\" }, { id = \"b\" } }")
      end
      entry.rows[i] = row(one, what .. ": " .. name .. " " .. format("%d", i))
    end
    if #entry.rows > 10000 then P.fail(what .. ": " .. name .. " has more than 10,000 rows") end
    out[#out + 1] = entry
  end
  return out
end

-- ---- expect: what the finding must say ----------------------------------------------------

local verdict = P.one_of("linked", "no_difference", "unlinked", "too_early", "untraced", "error")

local function code(value, what)
  if value == false then return "none" end
  local text = type(value) == "number" and format("PL%d", value // 1) or value
  if type(text) ~= "string" or not find(text, "^PL%d%d%d$") then
    P.wrong(what, 'a code such as "PL103", or false for none', value)
  end
  return text
end

local function breaks(value, what)
  if value == false then return "no" end
  return format("%d", P.count(value, what))
end

local function count(value, what)
  if type(value) ~= "number" or value % 1 ~= 0 or value < 0 or value > 1e9 then
    P.wrong(what, "a whole number from 0 on", value)
  end
  return format("%d", value // 1)
end

local function flag(value, what)
  if type(value) ~= "boolean" then P.wrong(what, "true or false", value) end
  return value and "true" or "false"
end

local function amount(value, what)
  if type(value) == "string" then
    P.decimal(value, what)
    return value
  end
  return P.decimal(value, what)
end

local expect_fields = { verdict = verdict, code = code, breaks = breaks, flagged = flag, standard = verdict,
  won = count, lost = count, open = count, amount = amount, origins = count, text = P.name, message = P.name }

local function expect(value, what)
  local f = P.fields(what, value, expect_fields)
  local out = {}
  for field, text in pairs(f) do out[#out + 1] = { field = field, text = text } end
  if #out == 0 then P.fail(what .. " is empty", 'expect = { verdict = "linked", won = 1 }') end
  return out
end

-- ---- test ------------------------------------------------------------------------------------

local function as_of(value, what)
  if type(value) ~= "string" or not find(value, "^%d%d%d%d%-%d%d%-%d%d") or #value > 40 then
    P.wrong(what, "a date or a time", value, 'write it as "2024-12-31"')
  end
  return value
end

local fields = { metric = P.name, as_of = as_of, cycle = P.duration, rows = rows, expect = expect,
  todo = P.name }

local function test(name)
  local file, line = P.place()
  P.name(name, "test")
  if by_name[name] then
    P.fail('test "' .. sub(name, 1, 100) .. '" is declared twice, first on line ' .. by_name[name])
  end
  by_name[name] = line
  P.at(file, line)
  local example = 'test "' .. name .. '" { metric = "…", rows = { … }, expect = { verdict = "linked" } }'
  local entry = P.open("test", name, example)
  return function(given)
    entry.done = true
    local what = 'test "' .. name .. '"'
    local out = P.fields(what, given, fields)
    if not out.metric then P.fail(what .. " names no metric", example, file, line) end
    if not out.expect then P.fail(what .. " expects nothing", example, file, line) end
    out.name, out.file, out.line = name, file, line
    out.rows = out.rows or {}
    if #declared.tests >= 5000 then P.fail("a file has at most 5,000 tests") end
    declared.tests[#declared.tests + 1] = out
  end
end

P.finishers.test = function() return declared end

P.extensions.test = function(globals, elsewhere)
  for name in pairs(P.constructors) do rawset(globals, name, elsewhere(name, "a rule file or audit.lua")) end
  for name in pairs(P.audit_names) do rawset(globals, name, elsewhere(name, "audit.lua")) end
  for _, name in pairs { "department", "metric" } do rawset(globals, name, elsewhere(name, "a rule file")) end
  rawset(globals, "test", test)
end
