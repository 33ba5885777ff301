-- One line for each metric, for a spreadsheet. Texts that a spreadsheet would
-- run as a formula get an apostrophe in front.
local words = require "plumbline.views.words"

-- What spreadsheets take as the start of a formula, also in its wide forms.
local STARTS = { ["="] = true, ["+"] = true, ["-"] = true, ["@"] = true,
  ["\u{ff1d}"] = true, ["\u{ff0b}"] = true, ["\u{ff0d}"] = true, ["\u{ff20}"] = true }

local function is_number(text)
  return text:find("^%-?%d+$") or text:find("^%-?%d+%.%d+$")
end

local function cell(value)
  local raw = value == nil and "" or tostring(value)
  local text = words.clean(raw)
  if STARTS[raw:gsub("^[%s%c]+", ""):match("^" .. utf8.charpattern)] and not is_number(raw) then
    text = "'" .. text
  end
  if text:find('[",;]') or text:find("^%s") or text:find("%s$") then
    text = '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local COLUMNS = {
  { "department", function(f) return f.department end },
  { "metric", function(f) return f.metric end },
  { "title", function(f) return f.title end },
  { "owner", function(f) return f.owner end },
  { "verdict", function(f) return f.verdict end },
  { "code", function(f) return f.code end },
  { "flagged", function(f) return f.flagged and "yes" or "no" end },
  { "what", function(f) return f.headline end },
  { "where", function(f) return f.where end },
  { "tells", function(f) return f.tells end },
  { "order", function(f) return f.evidence and f.evidence.order and f.evidence.order.compared end },
  { "origins", function(f) return f.evidence and f.evidence.origins.records end },
  { "won_deals", function(f) return f.evidence and f.evidence.deals.won.reached.deals end },
  { "won_amount", function(f) return f.evidence and f.evidence.deals.won.reached.amount end },
  { "won_unknown_amounts", function(f) return f.evidence and f.evidence.deals.won.reached.unknown_amounts end },
  { "lost_deals", function(f) return f.evidence and f.evidence.deals.lost.reached.deals end },
  { "open_deals", function(f) return f.evidence and f.evidence.deals.open.reached.deals end },
  { "share_of_won_amount", function(f) return f.evidence and f.evidence.share end },
  { "todo", function(f) return f.todo[1] and f.todo[1].action .. ": " .. f.todo[1].text end },
  { "rule", function(f) return f.file and words.place(f) end },
}

return function(result)
  local names, lines = {}, {}
  for i, column in ipairs(COLUMNS) do
    names[i] = column[1]
  end
  lines[1] = table.concat(names, ",")
  for _, finding in ipairs(result.findings) do
    local cells = {}
    for i, column in ipairs(COLUMNS) do
      cells[i] = cell(column[2](finding))
    end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\r\n") .. "\r\n"
end
