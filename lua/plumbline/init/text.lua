-- Lua source as a person would write it: quoted texts, names, tables, comments.
-- Everything that comes from an export is data and goes through `quote` or `comment`.
local words = require "plumbline.views.words"

local text = {}

local WIDTH = 98

local short = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

-- A text in quotes. What would steer a terminal or turn a line around is escaped.
function text.quote(value)
  value = words.valid(value):gsub('[%c"\\\127]', function(char)
    return short[char] or ("\\%03d"):format(char:byte())
  end)
  return '"' .. value:gsub(utf8.charpattern, function(char)
    local code = utf8.codepoint(char)
    return words.is_steering(code) and ("\\u{%x}"):format(code) or nil
  end) .. '"'
end

-- What stands behind "--": one line, whatever was in it.
function text.comment(value)
  return (words.clean(value):gsub("%c", "\u{fffd}"):gsub("%s+", " "))
end

local reserved = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch "%a+" do
  reserved[word] = true
end

-- name = … or ["any text"] = …
function text.field(name)
  if name:find("^[%a_][%w_]*$") and not reserved[name] then return name end
  return "[" .. text.quote(name) .. "]"
end

-- { "a", "b" }, or "a" alone.
function text.list(values)
  local out = {}
  for i, value in ipairs(values) do out[i] = text.quote(value) end
  if #out == 1 then return out[1] end
  return "{ " .. table.concat(out, ", ") .. " }"
end

-- { name = "value", … } from a list of pairs, values already source.
function text.table(pairs_)
  local out = {}
  for i, pair in ipairs(pairs_) do out[i] = text.field(pair[1]) .. " = " .. pair[2] end
  return "{ " .. table.concat(out, ", ") .. " }"
end

-- Comment lines that fit, each behind `indent` and "-- "; what belongs to the line
-- above stands two columns further in. What follows a line end is config to choose
-- from, and stays on its line.
function text.comments(value, indent)
  local out = {}
  local first, rest = value:match("^([^\n]*)\n?(.*)$")
  for i, line in ipairs(words.wrap(text.comment(first), WIDTH - #indent - 5)) do
    out[#out + 1] = indent .. (i == 1 and "-- " or "--   ") .. line
  end
  for line in rest:gmatch "[^\n]+" do out[#out + 1] = indent .. "--     " .. text.comment(line) end
  return out
end

-- A long text as several joined by "..", broken at spaces.
function text.broken(value, indent)
  local out = words.wrap(value, WIDTH - indent - 8)
  for i, line in ipairs(out) do out[i] = text.quote(line .. (i < #out and " " or "")) end
  return table.concat(out, " ..\n" .. (" "):rep(indent))
end

-- head { first, name = value, … } from fields {name, source, notes}: on one line
-- where it fits, else a line each, names padded to a column.
function text.body(head, first, fields)
  local parts, noted = { first ~= "" and first or nil }, false
  for _, f in ipairs(fields) do
    if f.source then parts[#parts + 1] = f.name .. " = " .. f.source end
    noted = noted or f.notes and #f.notes > 0
  end
  local line = head .. " { " .. table.concat(parts, ", ") .. " }"
  if not noted and #fields < 4 and words.width(line) <= WIDTH and not line:find("\n", 1, true) then return line end
  local width = 0
  for _, f in ipairs(fields) do width = f.source and math.max(width, #f.name) or width end
  local out = { head .. " { " .. first .. (first ~= "" and "," or "") }
  if first == "" then out[1] = head .. " {" end
  for _, f in ipairs(fields) do
    for _, note in ipairs(f.notes or {}) do
      for _, l in ipairs(text.comments(note, "  ")) do out[#out + 1] = l end
    end
    if f.source then
      local start = "  " .. f.name .. (" "):rep(width - #f.name) .. " = "
      local long = words.width(start .. f.source) >= WIDTH
      local body = long and f.parts and "{ " .. table.concat(f.parts, ",\n" .. (" "):rep(#start + 2)) .. " }" or f.source
      if body == f.source and long and f.broken then body = text.broken(f.broken, #start) end
      out[#out + 1] = start .. body .. ","
    end
  end
  out[#out + 1] = "}"
  return table.concat(out, "\n")
end

-- A name of a source or a metric, from any text.
function text.slug(value)
  local slug = value:gsub("(%l)(%u)", "%1_%2"):lower():gsub("[^a-z0-9]+", "_"):gsub("^_+", ""):gsub("_+$", "")
  slug = slug:sub(1, 60):gsub("_+$", "")
  if slug == "" then return "export" end
  return slug:find("^%d") and "t_" .. slug or slug
end

-- "paid_search_leads" -> "Paid search leads"
function text.title(slug)
  return (slug:gsub("_+", " "):gsub("^%l", string.upper))
end

-- At most so many characters, with a mark that something is missing.
function text.cut(value, most)
  value = words.clean(value)
  if words.width(value) <= most then return value end
  local out = ""
  for _, code in utf8.codes(words.valid(value)) do
    if words.width(out) >= most - 1 then break end
    out = out .. utf8.char(code)
  end
  return out .. "…"
end

-- "12,480"
function text.number(n) return words.group(n) end

-- "1 value", "12,480 values"
function text.counted(n, noun) return words.count(n, noun) end

-- "92.4 %", never "100 %" or "0 %" where that is not so.
function text.percent(part, whole)
  if whole == 0 then return "0 %" end
  local tenths = part * 1000 // whole
  if tenths == 0 and part > 0 then return "less than 0.1 %" end
  if tenths % 10 == 0 then return ("%d %%"):format(tenths // 10) end
  return ("%d.%d %%"):format(tenths // 10, tenths % 10)
end

return text
