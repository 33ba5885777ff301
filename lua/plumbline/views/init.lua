-- `plumbline init DIR`: what was found, what was written, what to do next.
local words = require "plumbline.views.words"

local function add_wrapped(out, value, width, indent, hang)
  for i, line in ipairs(words.wrap(value, width - #indent - #hang)) do
    out[#out + 1] = indent .. (i == 1 and "" or hang) .. line
  end
end

local roles = { deals = "the deals", rates = "rates of exchange", lookup = "looked up from the deals",
  other_deals = "deals as well; not used" }

local function leads_to(t)
  if t.role then return roles[t.role] end
  return t.way and "→ " .. table.concat(t.way, " → ") or "no way to the deals yet"
end

local NAME_MOST = 36

local function cut(value, width)
  if words.width(value) <= width then return value end
  local out = ""
  for _, code in utf8.codes(words.valid(value)) do
    local char = utf8.char(code)
    if words.width(out .. char) > width - 1 then return out .. "…" end
    out = out .. char
  end
end

local function tables(result, width, paint, out)
  local widths, rows = { 0, 0 }, {}
  for i, t in ipairs(result.tables) do
    rows[i] = { cut(words.clean(t.name), NAME_MOST), words.count(t.records, "record") }
    for k = 1, 2 do widths[k] = math.max(widths[k], words.width(rows[i][k])) end
  end
  for i, row in ipairs(rows) do
    local t = result.tables[i]
    local line = "  " .. words.pad(row[1], widths[1]) .. "  " .. (" "):rep(widths[2] - words.width(row[2])) .. row[2]
      .. "  " .. leads_to(t)
    local profile = t.profile and " · " .. words.clean(t.profile) or ""
    if words.width(line .. profile) <= width then line = line .. profile end
    out[#out + 1] = (t.way or t.role and t.role ~= "other_deals") and line or paint("2", line)
  end
end

local function section(out, paint, title)
  out[#out + 1] = ""
  out[#out + 1] = paint("1", title)
end

local ASKS = 8

local function asks(result, width, paint, out)
  if #result.asks == 0 then return end
  section(out, paint, words.count(#result.asks, "thing") .. " to check")
  for i = 1, math.min(#result.asks, ASKS) do
    local ask = result.asks[i]
    add_wrapped(out, ("%s:%d  %s"):format(words.clean(ask.file), ask.line, ask.text), width, "  ", "    ")
  end
  if #result.asks > ASKS then
    out[#out + 1] = ("  and %d more, marked with \"check:\" in audit.lua"):format(#result.asks - ASKS)
  end
end

local function files(result, width, paint, out)
  local written, kept, editor = {}, {}, 0
  for _, file in ipairs(result.files) do
    local name = words.clean(file.path)
    if file.kept then
      kept[#kept + 1] = name
    elseif name:find "^%." then
      editor = editor + 1
    else
      table.insert(written, name == "audit.lua" and 1 or #written + 1, name)
    end
  end
  if editor > 0 then written[#written + 1] = "and files for editors (.luarc.json, .plumbline/)" end
  section(out, paint, "Written")
  add_wrapped(out, #written > 0 and table.concat(written, ", ") or "nothing", width, "  ", "")
  if #kept > 0 then
    section(out, paint, "Kept as they were")
    add_wrapped(out, table.concat(kept, ", "), width, "  ", "")
  end
end

return function(result, options)
  local out = {}
  local width = math.max(60, math.min(options.width, 110))
  local function paint(code, value) return options.color and "\27[" .. code .. "m" .. value .. "\27[0m" or value end
  out[1] = paint("1", words.count(#result.tables, "table"))
  tables(result, width, paint, out)
  if #result.refused > 0 then
    section(out, paint, words.count(#result.refused, "file") .. " that cannot be read")
    for _, r in ipairs(result.refused) do
      add_wrapped(out, words.clean(r.file) .. ": " .. r.why, width, "  ", "    ")
    end
  end
  local skipped = {}
  for _, t in ipairs(result.tables) do
    if t.skipped > 0 then skipped[#skipped + 1] = words.count(t.skipped, "row") .. " of " .. words.clean(t.name) end
  end
  if #result.copies > 0 or #skipped > 0 then
    section(out, paint, "Left out")
    if #skipped > 0 then
      add_wrapped(out, table.concat(skipped, ", ") .. ": titles, totals and the like, which are no records; audit.lua quotes them",
        width, "  ", "    ")
    end
    for _, copy in ipairs(result.copies) do
      add_wrapped(out, ("%s is the same file as %s, byte for byte; counting both would count everything twice"):format(
        words.clean(copy.file), words.clean(copy.of)), width, "  ", "    ")
    end
  end
  if not result.deals.sure then
    section(out, paint, "The deals")
    local others = {}
    for i = 2, #result.choices do others[#others + 1] = words.clean(result.choices[i]) end
    add_wrapped(out, ("%s was taken for the deals; it may be another file: %s. To choose: plumbline init --deals FILE")
      :format(words.clean(result.deals.file), table.concat(others, ", ")), width, "  ", "")
  end
  asks(result, width, paint, out)
  files(result, width, paint, out)
  section(out, paint, "Next")
  local untraced = result.metrics.untraced
  add_wrapped(out, ("%s followed to the deals%s."):format(words.count(result.metrics.traced, "metric is", "metrics are"),
    untraced > 0 and ", " .. words.count(untraced, "is", "are") .. " not yet" or ""), width, "  ", "")
  out[#out + 1] = "  plumbline check    do all rules fit the exports?"
  out[#out + 1] = "  plumbline audit    the audit, and a report in report/"
  return table.concat(out, "\n") .. "\n"
end
