-- The source to paste for each table of one file, and what a person should decide.
local names = require "plumbline.init.names"
local roles = require "plumbline.init.roles"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

-- "exports/Page report (2024).csv" -> "page_report_2024"
local function name_of(file)
  local base = file:match("[^/]*$"):gsub("%.gz$", ""):gsub("%.zst$", ""):gsub("%.%w+$", "")
  return base == "standard input" and "records" or text.slug(base)
end

local function propose(facts, i)
  local t = facts.tables[i]
  local plan = roles.plan(t, facts.known[i], { facts.file })
  plan.name = facts.name or name_of(facts.file)
  if i > 1 then plan.name = plan.name .. "_" .. (t.block and text.slug(t.block) or i) end
  if plan.name == "deals" then plan.name = "deals_export" end
  roles.add_keys { plan }
  for _, c in ipairs(t.columns) do
    if c.separator and c.separator ~= "\31" and names.is_id(c.name) and not plan.lists[c.name] then plan.lists[c.name] = c.separator end
  end
  local unsettled = not plan.time and roles.unsettled(t, names.times)
  return { source = source.write(plan), notes = source.doubts(plan, unsettled and { [unsettled] = "time" } or {}) }
end

return function(facts)
  local out = {}
  for i = 1, #facts.tables do out[i] = propose(facts, i) end
  return out
end
