-- What every engine must answer, in one form: a line per metric and a line per asset, fields
-- separated by tabs, amounts in 1/10,000 of a dollar. Engines write lines in any order.
--   metric NAME touches with_key known followed won won_amount lost lost_amount open open_amount
--   asset NAME VALUE touches won won_amount lost lost_amount open open_amount
-- `touches` is the number of them; `with_key` those with a contact id; `known` those whose
-- contact exists; `followed` those whose contact's company has a deal. Deals are distinct
-- ones, reached in time. NAME of an asset line is the metric that it breaks down.
local cjson = require "cjson"
local Answers = {}

local function units(amount)
  local sign, whole, part = amount:match("^(%-?)(%d+)%.(%d+)$")
  return sign .. tostring(math.tointeger(tonumber(whole)) * 10000 + math.tointeger(tonumber((part .. "0000"):sub(1, 4))))
end

local function money(into, reached)
  for _, status in ipairs { "won", "lost", "open" } do
    local got = reached(status)
    into[#into + 1] = ("%d"):format(got.deals)
    into[#into + 1] = units(got.amount)
    assert(got.unknown_amounts == 0)
  end
end

local function lines_of(finding, lines)
  local e = finding.evidence
  assert(e, finding.id .. ": not audited")
  local steps = e.branches[1].steps
  local line = { "metric", finding.metric, ("%d"):format(e.origins.records), ("%d"):format(steps[1].with_key),
    ("%d"):format(steps[1].matched), ("%d"):format(steps[2].followed) }
  money(line, function(status) return e.deals[status].reached end)
  lines[#lines + 1] = table.concat(line, "\t")
  if not e.by then return end
  assert(not e.by.other, "some values have no row of their own")
  for _, row in ipairs(e.by.rows) do
    line = { "asset", finding.metric, row.blank and "" or row.value, ("%d"):format(row.origins) }
    money(line, function(status) return row[status] end)
    lines[#lines + 1] = table.concat(line, "\t")
  end
end

-- The answers in a report.json of plumbline.
function Answers.of_report(path)
  local file = assert(io.open(path, "rb"))
  local report = cjson.decode(file:read("a"))
  file:close()
  local lines = {}
  for _, finding in ipairs(report.findings) do lines_of(finding, lines) end
  table.sort(lines)
  return lines
end

-- The answers in a file that a peer wrote.
function Answers.of_file(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  table.sort(lines)
  return lines
end

-- nil if both are equal, else the first difference in words.
function Answers.difference(one, other)
  for i = 1, math.max(#one, #other) do
    if one[i] ~= other[i] then
      return ("line %d of %d and %d:\n    %s\n    %s"):format(i, #one, #other, tostring(one[i]), tostring(other[i]))
    end
  end
end

return Answers
