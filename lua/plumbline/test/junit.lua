-- JUnit's XML, as CI servers read it: a suite for each test file.
local words = require "plumbline.views.words"

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&apos;" }
local function escaped(text)
  return (words.clean(text):gsub("[&<>\"']", entities))
end

local function message(test)
  local parts = {}
  for _, d in ipairs(test.differs or {}) do
    parts[#parts + 1] = d.field .. ": expected " .. d.expected .. ", got " .. d.got
  end
  if test.error then
    parts[#parts + 1] = test.error.message .. (test.error.hint and " (" .. test.error.hint .. ")" or "")
  end
  return table.concat(parts, "; ")
end

local function add_case(out, test)
  local head = ('    <testcase name="%s" classname="%s" file="%s" line="%d"'):format(escaped(test.name),
    escaped(test.metric or test.file), escaped(test.file), test.line)
  if test.outcome == "passed" or test.outcome == "todo_passed" then
    out[#out + 1] = head .. "/>"
    return
  end
  out[#out + 1] = head .. ">"
  if test.outcome == "todo" then
    out[#out + 1] = '      <skipped message="' .. escaped(test.todo) .. '"/>'
  else
    local at = test.file .. ":" .. test.line
    out[#out + 1] = '      <failure message="' .. escaped(message(test)) .. '">' .. escaped(at) .. "</failure>"
  end
  out[#out + 1] = "    </testcase>"
end

local function suites(tests)
  local list, by_file = {}, {}
  for _, test in ipairs(tests) do
    local suite = by_file[test.file]
    if not suite then
      suite = { file = test.file, tests = {}, failed = 0, todo = 0 }
      by_file[test.file], list[#list + 1] = suite, suite
    end
    suite.tests[#suite.tests + 1] = test
    if test.outcome == "failed" then suite.failed = suite.failed + 1 end
    if test.outcome == "todo" then suite.todo = suite.todo + 1 end
  end
  return list
end

return function(outcome)
  local totals = outcome.totals
  local out = { '<?xml version="1.0" encoding="UTF-8"?>',
    ('<testsuites name="%s" tests="%d" failures="%d">'):format(escaped(outcome.title), totals.tests, totals.failed) }
  for _, suite in ipairs(suites(outcome.tests)) do
    out[#out + 1] = ('  <testsuite name="%s" tests="%d" failures="%d" skipped="%d">'):format(escaped(suite.file),
      #suite.tests, suite.failed, suite.todo)
    for _, test in ipairs(suite.tests) do add_case(out, test) end
    out[#out + 1] = "  </testsuite>"
  end
  out[#out + 1] = "</testsuites>"
  return table.concat(out, "\n") .. "\n"
end
