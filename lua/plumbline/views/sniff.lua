-- `plumbline sniff FILE`: what the reader sees, and the source to paste.
local names = require "plumbline.init.names"
local source = require "plumbline.init.source"
local words = require "plumbline.views.words"

local BULLET = "  "

local function painter(options)
  return function(code, value) return options.color and "\27[" .. code .. "m" .. value .. "\27[0m" or value end
end

local delimiters = { [","] = "comma", [";"] = "semicolon", ["\t"] = "tab", ["|"] = "pipe" }
local formats = { csv = "CSV", json = "JSON", ndjson = "NDJSON, a record a line" }
local encodings = { ["utf-8"] = "UTF-8", ["utf-16le"] = "UTF-16 (LE)", ["utf-16be"] = "UTF-16 (BE)",
  ["windows-1252"] = "Windows-1252", ["latin-1"] = "Latin-1" }

-- "CSV · comma · UTF-8 with a byte order mark · CRLF"
local function shape(t)
  local parts = { formats[t.format] or t.format }
  if t.delimiter and t.delimiter ~= "" then parts[#parts + 1] = delimiters[t.delimiter] or t.delimiter end
  local encoding = encodings[t.encoding] or t.encoding
  if t.bom then encoding = encoding .. " with a byte order mark" end
  parts[#parts + 1] = encoding .. (t.encoding_open and ", or one like it" or "")
  if t.quotes == "backslash" then parts[#parts + 1] = "quotes behind backslashes" end
  if t.line_ends and t.line_ends ~= "LF" then parts[#parts + 1] = t.line_ends .. " line ends" end
  if t.trailing then parts[#parts + 1] = "a delimiter at each line's end" end
  if t.compression then parts[#parts + 1] = t.compression end
  return table.concat(parts, " · ")
end

local function counts(t)
  local text = words.count(t.records, "record") .. " · " .. words.count(#t.columns, "column")
  if t.header and t.header > 1 then text = text .. " · header on line " .. t.header end
  if t.path then text = text .. " · records in " .. words.clean(t.path) end
  if t.cut then text = text .. " · only the first records were read" end
  return text
end

-- ---- columns ----------------------------------------------------------------------------------

local function kind(c)
  if c.ambiguous then return c.kind .. "?" end
  if c.kind ~= "time" then return c.separator and "list" or c.kind end
  return c.clocks and not c.dates and "time" or c.dates and not c.clocks and "date" or "date or time"
end

local function style(c)
  if c.ambiguous then return "" end
  local parts = {}
  if c.numbers and c.numbers ~= "plain" then parts[#parts + 1] = c.numbers end
  if c.currency then parts[#parts + 1] = c.currency end
  if c.percent then parts[#parts + 1] = "%" end
  if c.format then parts[#parts + 1] = c.format end
  if c.separator then parts[#parts + 1] = c.separator == "\31" and "array" or "by " .. c.separator end
  return words.clean(table.concat(parts, " "))
end

local function blank(t, c)
  if c.blank == 0 then return "" end
  if c.values == 0 then return "all" end
  local share = c.blank * 100 // t.records
  return share == 0 and "<1 %" or share .. " %"
end

local function distinct(c)
  if c.values == 0 then return "" end
  return (c.exact and "" or "~") .. words.group(c.distinct) .. (c.unique and c.values > 1 and " *" or "")
end

-- Cut at a width, with a mark that something is missing.
local function fit(text, width)
  text = words.clean(text)
  if words.width(text) <= width then return text end
  local out, used = {}, 0
  for _, code in utf8.codes(words.valid(text)) do
    local char = utf8.char(code)
    used = used + words.width(char)
    if used > width - 1 then break end
    out[#out + 1] = char
  end
  return table.concat(out) .. "…"
end

-- "2024-03-14T09:30:00Z" -> "2024-03-14 09:30", "120.00" -> "120"
local function shown(value)
  return (value:gsub("T(%d%d:%d%d)", " %1"):gsub("Z$", ""):gsub("^(.* %d%d:%d%d):00$", "%1"):gsub("^(%-?%d+)%.00$", "%1"))
end

local function examples(c)
  local range = c.kind == "time" or c.kind == "number" and not (c.unique and names.is_id(c.name))
  if range and c.least and not c.ambiguous then
    local least, most = shown(c.least), shown(c.most)
    return least == most and least or least .. " to " .. most
  end
  return (table.concat(c.samples, " · "):gsub("\31", ", "))
end

local HEADS = { "column", "type", "written", "blank", "values", "holds" }
local MOST = { 30, 12, 16, 6, 12 }

local function table_lines(t, width, paint)
  local rows, widths = {}, {}
  for i, head in ipairs(HEADS) do widths[i] = #head end
  for r, c in ipairs(t.columns) do
    rows[r] = { words.clean(c.name), kind(c), style(c), blank(t, c), distinct(c), examples(c) }
    for i = 1, 5 do widths[i] = math.min(MOST[i], math.max(widths[i], words.width(rows[r][i]))) end
  end
  local used = 2
  for i = 1, 5 do used = used + widths[i] + 2 end
  widths[6] = math.max(12, width - used)
  local function line(row)
    local cells = {}
    for i = 1, 6 do
      local cell = fit(row[i], widths[i])
      local right = i == 4 or i == 5
      cells[i] = right and (" "):rep(widths[i] - words.width(cell)) .. cell or words.pad(cell, widths[i])
    end
    return (BULLET .. table.concat(cells, "  "):gsub("%s+$", ""))
  end
  local out = { paint("2", line(HEADS)) }
  for r, row in ipairs(rows) do out[r + 1] = line(row) end
  return out
end

-- ---- what was skipped, what is open ------------------------------------------------------------

local function add_wrapped(out, value, width, indent)
  for i, line in ipairs(words.wrap(value, width - #indent - 2)) do
    out[#out + 1] = indent .. (i == 1 and "" or "  ") .. line
  end
end

local function skipped_lines(t, width, out)
  for _, s in ipairs(t.skipped or {}) do
    out[#out + 1] = "  " .. fit(source.skipped(s), width - 2)
  end
end

local function rejected_lines(t, width, out)
  for _, r in ipairs(t.rejects or {}) do
    add_wrapped(out, ("line %d, %s: %s"):format(r.line, r.code, r.message), width, "  ")
  end
  local more = t.rejected - #(t.rejects or {})
  if more > 0 then out[#out + 1] = "  and " .. words.group(more) .. " more" end
end

local function profile_line(p)
  if p.fits then return ("This is an export that plumbline knows: %s (profile %s)."):format(p.title, p.name) end
  local missing, required = {}, 0
  for _, c in ipairs(p.columns) do
    required = required + (c.required and 1 or 0)
    if c.required and not c.header then
      missing[#missing + 1] = '"' .. c.name .. '"' .. (c.nearest and ' (is it "' .. c.nearest .. '"?)' or "")
    end
  end
  -- With more missing it is another export that has a few words in common.
  if #missing == 0 or #missing * 3 > required then return nil end
  return ("This is nearly %s (profile %s); it lacks %s."):format(p.title, p.name, table.concat(missing, ", "))
end

local function section(out, paint, title, lines)
  if #lines == 0 then return end
  out[#out + 1] = ""
  out[#out + 1] = paint("1", title)
  table.move(lines, 1, #lines, #out + 1, out)
end

local function draw(t, width, paint, out)
  out[#out + 1] = "  " .. shape(t)
  out[#out + 1] = "  " .. counts(t)
  local line = t.profile and profile_line(t.profile)
  if line then add_wrapped(out, line, width, "  ") end
  out[#out + 1] = ""
  table.move(table_lines(t, width, paint), 1, #t.columns + 1, #out + 1, out)
  for _, c in ipairs(t.columns) do
    if c.unique and c.values > 1 then
      out[#out + 1] = paint("2", "  * every value is different")
      break
    end
  end
  local lines = {}
  skipped_lines(t, width, lines)
  section(out, paint, "Skipped, because it is no record", lines)
  lines = {}
  rejected_lines(t, width, lines)
  section(out, paint, words.count(t.rejected, "row") .. " cannot be used", lines)
  lines = {}
  for _, note in ipairs(t.notes) do
    local first, rest = note:gsub("^check: ", ""):match "^([^\n]*)\n?(.*)$"
    add_wrapped(lines, first, width, "  ")
    for l in rest:gmatch "[^\n]+" do lines[#lines + 1] = "      " .. words.clean(l) end
  end
  section(out, paint, "To settle", lines)
  out[#out + 1] = ""
  out[#out + 1] = paint("1", "For audit.lua")
  for l in (t.source .. "\n"):gmatch "([^\n]*)\n" do out[#out + 1] = l == "" and "" or "  " .. l end
end

return function(result, options)
  local paint, out = painter(options), {}
  local width = math.max(60, math.min(options.width, 140))
  for i, t in ipairs(result.tables) do
    if i > 1 then out[#out + 1] = "" end
    local title = words.clean(result.file)
    if #result.tables > 1 then
      title = ("%s · table %d of %d%s"):format(title, i, #result.tables, t.block and ": " .. words.clean(t.block) or "")
    end
    out[#out + 1] = paint("1", title)
    draw(t, width, paint, out)
  end
  return table.concat(out, "\n") .. "\n"
end
