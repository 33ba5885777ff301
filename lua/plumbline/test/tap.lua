-- TAP version 14: https://testanything.org/tap-version-14-specification.html
local words = require "plumbline.views.words"

-- "#" begins a directive, and a backslash escapes it.
local function described(text)
  return (words.clean(text):gsub("[\\#]", "\\%0"))
end

-- A YAML text in double quotes: JSON's form, without the line ends.
local function quoted(text)
  return '"' .. words.clean(text):gsub('[\\"]', "\\%0") .. '"'
end

local function add_block(out, test)
  if test.outcome == "passed" or test.outcome == "todo_passed" then return end
  out[#out + 1] = "  ---"
  out[#out + 1] = "  at: " .. quoted(test.file .. ":" .. test.line)
  if test.metric then out[#out + 1] = "  metric: " .. quoted(test.metric) end
  for _, d in ipairs(test.differs or {}) do
    out[#out + 1] = "  " .. d.field .. ":"
    out[#out + 1] = "    expected: " .. quoted(d.expected)
    out[#out + 1] = "    got: " .. quoted(d.got)
  end
  if test.error then
    out[#out + 1] = "  error: " .. quoted(test.error.message)
    if test.error.hint then out[#out + 1] = "  hint: " .. quoted(test.error.hint) end
  end
  out[#out + 1] = "  ..."
end

return function(outcome)
  local out = { "TAP version 14", "1.." .. #outcome.tests }
  for i, test in ipairs(outcome.tests) do
    local ok = test.outcome == "passed" or test.outcome == "todo_passed"
    local line = (ok and "ok " or "not ok ") .. i .. " - " .. described(test.name)
    if test.todo then line = line .. " # TODO " .. described(test.todo) end
    out[#out + 1] = line
    add_block(out, test)
  end
  for _, metric in ipairs(outcome.untested) do
    out[#out + 1] = "# no test for " .. words.clean(metric.metric)
  end
  return table.concat(out, "\n") .. "\n"
end
