-- Exports as text: delimited sheets and JSON, written into one buffer each.
local Sheet = {}
Sheet.__index = Sheet

-- Sheet.new({ "Column", … }, { delimiter = ";", ending = "\r\n", bom = true })
function Sheet.new(header, options)
  options = options or {}
  local delimiter = options.delimiter or ","
  local self = setmetatable({
    delimiter = delimiter,
    ending = options.ending or "\n",
    quoted = "[\"\r\n" .. delimiter .. "]", -- what must stand in quotes
    lines = {},
    width = #header,
  }, Sheet)
  self:row(header)
  if options.bom then self.lines[1] = "\239\187\191" .. self.lines[1] end
  return self
end

-- Adds one record; the table may be reused by the caller.
function Sheet:row(cells)
  local out, quoted = {}, self.quoted
  for i = 1, self.width do
    local cell = cells[i]
    if cell == nil then
      cell = ""
    elseif type(cell) == "number" then
      cell = string.format("%d", cell)
    elseif cell:find(quoted) then
      cell = '"' .. cell:gsub('"', '""') .. '"'
    end
    out[i] = cell
  end
  self.lines[#self.lines + 1] = table.concat(out, self.delimiter)
end

-- Adds a record that is a text already: for long exports whose cells need no quotes.
function Sheet:line(text)
  self.lines[#self.lines + 1] = text
end

function Sheet:text()
  return table.concat(self.lines, self.ending) .. self.ending
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n" }
local function json_text(text)
  return '"' .. text:gsub('["\\\n]', ESCAPES) .. '"'
end

-- { "name", value, "name", value, … } as one JSON object: an order of its own,
-- which a Lua table would not have. A nested list is a nested object.
function Sheet.object(fields)
  local out = {}
  for i = 1, #fields, 2 do
    local value = fields[i + 1]
    if type(value) == "table" then
      value = Sheet.object(value)
    elseif type(value) == "string" then
      value = json_text(value)
    else
      value = tostring(value)
    end
    out[#out + 1] = json_text(fields[i]) .. ":" .. value
  end
  return "{" .. table.concat(out, ",") .. "}"
end

return Sheet
