-- Tests for a person: what failed, with expected and got; then the sums.
local words = require "plumbline.views.words"

local clean = words.clean
local marks = { failed = "31;1", todo_passed = "33;1" }

local function place(at)
  return at.line and at.line > 0 and clean(at.file) .. ":" .. at.line or clean(at.file)
end

local function add_error(out, test)
  local e = test.error
  if not e then return end
  out[#out + 1] = "  " .. clean(e.message)
  if e.file and (e.file ~= test.file or e.line ~= test.line) then out[#out + 1] = "    at " .. place(e) end
  if e.hint then out[#out + 1] = "    " .. clean(e.hint) end
end

local function add_failed(out, test, color)
  local title = test.outcome == "todo_passed" and "PASSES" or "FAILED"
  if color then title = "\27[" .. marks[test.outcome] .. "m" .. title .. "\27[0m" end
  out[#out + 1] = title .. "  " .. clean(test.name) .. "  " .. place(test)
  if test.outcome == "todo_passed" then
    out[#out + 1] = "  it is marked todo (" .. clean(test.todo) .. ") and passes: take the mark away"
  end
  for _, d in ipairs(test.differs or {}) do
    out[#out + 1] = ("  %-8s expected %s, got %s"):format(d.field, clean(d.expected), clean(d.got))
  end
  if test.differs and #test.differs > 0 and test.headline and not test.error then
    out[#out + 1] = "  found    " .. clean(test.headline)
  end
  add_error(out, test)
  out[#out + 1] = ""
end

local function add_todo(out, test)
  out[#out + 1] = "todo    " .. clean(test.name) .. "  " .. place(test) .. "  " .. clean(test.todo)
end

local function sums(totals)
  local parts = { totals.passed .. " passed", totals.failed .. " failed" }
  if totals.todo > 0 then parts[#parts + 1] = totals.todo .. " todo" end
  return table.concat(parts, ", ")
end

return function(outcome, options)
  local out, todos = {}, {}
  for _, test in ipairs(outcome.tests) do
    if test.outcome == "failed" or test.outcome == "todo_passed" then
      add_failed(out, test, options.color)
    elseif test.outcome == "todo" then
      add_todo(todos, test)
    elseif options.verbose then
      out[#out + 1] = "passed  " .. clean(test.name) .. "  " .. place(test)
    end
  end
  for _, line in ipairs(todos) do out[#out + 1] = line end
  if #outcome.untested > 0 then
    out[#out + 1] = "no test for:"
    for _, metric in ipairs(outcome.untested) do
      out[#out + 1] = "  " .. clean(metric.metric) .. "  " .. place(metric)
    end
  end
  out[#out + 1] = sums(outcome.totals)
  return table.concat(out, "\n") .. "\n"
end
