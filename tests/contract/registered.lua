-- What the program accepts, asked of the program itself: a word that it cannot know
-- is written into each place, and its answer lists the words that it does know. So
-- a field that somebody adds is missed here, and not by a reader of this file.

-- Each place: a name; what calls P.fields or P.one_of for it (a part of that line
-- in the file); the text of audit.lua, or of a rule file, with the unknown word.
local AUDIT, METRIC, COMPUTE, TRACE = "prelude_audit.lua", "prelude_metric.lua", "prelude_compute.lua", "prelude_trace.lua"
local PLACES = {
  { "audit", AUDIT, 'P.fields("audit"', 'audit "T" { zqzqzq = 1 }' },
  { "source", AUDIT, "spec, #given)", 'source "s" { "s.csv", zqzqzq = 1 }' },
  { "deals", AUDIT, "spec, #given)", 'deals { "s.csv", zqzqzq = 1 }' },
  { "time", AUDIT, "time_fields", 'source "s" { "s.csv", time = { zqzqzq = 1 } }' },
  { "formats", AUDIT, "P.fields(what, format, {", 'source "s" { "s.csv", formats = { a = { zqzqzq = 1 } } }' },
  { "duplicates", AUDIT, "keep = kept", 'source "s" { "s.csv", duplicates = { zqzqzq = 1 } }' },
  { "status", AUDIT, "status_fields", 'deals { "s.csv", status = { zqzqzq = 1 } }' },
  { "link", AUDIT, 'P.fields("link"', 'link { "a", "b", "c", zqzqzq = 1 }' },
  { "period", AUDIT, "since = P.date", 'audit "T" { period = { zqzqzq = 1 } }' },
  { "rates", AUDIT, "source = P.name", 'audit "T" { rates = { source = "r", zqzqzq = 1 } }' },
  { "policy", AUDIT, "no_difference_below = above_0", 'audit "T" { policy = { zqzqzq = 1 } }' },
  { "format", AUDIT, "format = P.one_of", 'source "s" { "s.csv", format = "zqzqzq" }' },
  { "delimiter", AUDIT, "delimiter = P.one_of", 'source "s" { "s.csv", delimiter = "zqzqzq" }' },
  { "numbers", AUDIT, "local number_style = P.one_of", 'source "s" { "s.csv", numbers = "zqzqzq" }' },
  { "encoding", AUDIT, "encoding = P.one_of", 'source "s" { "s.csv", encoding = "zqzqzq" }' },
  { "quotes", AUDIT, "quotes = P.one_of", 'source "s" { "s.csv", quotes = "zqzqzq" }' },
  { "keep", AUDIT, "local kept = P.one_of", 'source "s" { "s.csv", duplicates = "zqzqzq" }' },
  { "before", AUDIT, "before = P.one_of", 'audit "T" { before = "zqzqzq" }' },
  { "lookup", COMPUTE, "P.fields(kind", 'source "s" { "s.csv", columns = { a = lookup { "t", zqzqzq = 1 } } }' },
  { "sum", COMPUTE, "P.fields(kind", 'source "s" { "s.csv", columns = { a = sum { "t", zqzqzq = 1 } } }' },
  { "clean", COMPUTE, "local cleaning = P.one_of", 'source "s" { "s.csv", columns = { a = clean("b", "zqzqzq") } }' },
  { "metric", METRIC, "P.fields('metric", rule = 'metric "m" { zqzqzq = 1 }' },
  { "cost", METRIC, "money = P.decimal", rule = 'metric "m" { cost = { zqzqzq = 1 } }' },
  { "per", METRIC, "per = P.one_of", rule = 'metric "m" { cost = { per = "zqzqzq" } }' },
  { "by", METRIC, "P.fields(what, value, {}, 2)", rule = 'metric "m" { by = { "a", "b", zqzqzq = 1 } }' },
  { "before", METRIC, "before = P.one_of", rule = 'metric "m" { before = "zqzqzq" }' },
  { "to", TRACE, "step_options)", rule = 'metric "m" { trace = from "s" :to("deals", "k", { zqzqzq = 1 }) }' },
  { "which", TRACE, "which = P.one_of", rule = 'metric "m" { trace = from "s" :to("deals", "k", { which = "zqzqzq" }) }' },
}

-- How a word is written in the rows, where it holds signs or spaces.
local SPELLED = { ["delimiter.,"] = "delimiter.comma", ["delimiter.;"] = "delimiter.semicolon",
  ["delimiter.\\t"] = "delimiter.tab", ["delimiter.|"] = "delimiter.pipe" }

return function(run, small)
  local known = {} -- "source.key" -> true
  local function add(name)
    name = SPELLED[name] or name:gsub(" ", "_")
    known[name] = true
  end

  -- One place: what its answer lists. A place that takes no field at all lists none.
  local function ask(place)
    local got = place.rule and small.audit { rule = 'department "M"\n' .. place.rule .. "\n", words = "check" }
      or small.audit { audit_file = (place[1] ~= "audit" and not place[4]:find '^audit' and 'audit "T" {}\n' or "") .. place[4] .. "\n",
        words = "check" }
    local said = got.err .. got.out
    local words = said:match "must be one of (.-), not \"zqzqzq\""
    local fields = said:match 'has no field "zqzqzq".-\n%s*it has: ([^\n]*)'
    assert(words or fields, ("%s: no list of what is known in\n%s"):format(place[1], said))
    assert(not fields or not fields:find "…", place[1] .. ": the list of fields is cut")
    for word in (words or ""):gmatch '"([^"]*)"' do add(place[1] .. "." .. word) end
    for field in (fields or ""):gmatch "[%w_]+" do add(place[1] .. "." .. field) end
  end

  local function source_of(file) return assert(run.read(run.project .. "/lua/plumbline/" .. file)) end

  for _, place in ipairs(PLACES) do
    run.test("asked: " .. place[1] .. " (" .. place[2] .. ")", function()
      -- A field that is not there (any more) needs no list of its words.
      if place[4] and not source_of(place[2]):find(place[3], 1, true) then return end
      ask(place)
    end)
  end

  run.test("every call of P.fields and P.one_of is asked for its list", function()
    for _, file in ipairs { AUDIT, METRIC, COMPUTE, TRACE } do
      local number = 0
      for line in source_of(file):gmatch "([^\n]*)\n" do
        number = number + 1
        if line:find "P%.fields%(" or line:find "P%.one_of%(" then
          local asked = false
          for _, place in ipairs(PLACES) do
            asked = asked or place[2] == file and line:find(place[3], 1, true) ~= nil
          end
          assert(asked, ("%s:%d: add it to the places of tests/contract/registered.lua: %s"):format(file, number, line))
        end
      end
    end
  end)

  -- What a rule and audit.lua can call, beside what Lua has.
  run.test("asked: the names of rules and of audit.lua", function()
    local list = "for name in pairs(_G) do print('a name', name) end\n" -- a print is cut where it is long
    local got = small.audit { audit_file = 'audit "T" { rules = "rules/*.lua" }\ndeals { "d.csv", status = "stage" }\n' .. list,
      rule = 'department "M"\n' .. list, words = "check" }
    local listed = ""
    local absent = source_of "prelude_absent.lua"
    for file, name in got.err:gmatch "(%S+): a name%s+(%S+)" do
      if _G[name] == nil and not absent:find("%f[%w]" .. name .. " = [\"']") then add("global." .. name) end
      if name == "_VERSION" then listed = listed .. file .. " " end
    end
    assert(listed:find "audit.lua" and listed:find "m.lua", "a list of audit.lua and one of a rule expected\n" .. got.err)
  end)

  run.test("asked: the methods of a trace", function()
    for name in source_of(TRACE):gmatch "methods%.(%w+) =" do add("method." .. name) end
    assert(known["method.to"] and known["method.where"])
  end)

  -- A row for everything known, and nothing in a row that is not known.
  return function(covered, todo)
    local names = {}
    for name in pairs(known) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do
      run.test("a row for " .. name, function()
        assert(covered[name], todo[name] and "only a row that is to do" or "no row of tests/contract names it")
      end)
    end
    run.test("rows name only what the program accepts", function()
      for name in pairs(covered) do assert(known[name], name .. " is in a row, and the program does not accept it") end
    end)
  end
end
