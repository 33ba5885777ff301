-- The result object as JSON, its keys in the order in which they were built, so
-- that equal results are equal bytes; lua-cjson would write objects in hash order
-- and numbers with 14 digits. Plain Lua, so that it runs where a user's view does.
-- U+FFFD for what is not UTF-8: a file's name or a rule's text can be any bytes.
local words = require "plumbline.views.words"

-- Invisible code points that could steer a terminal are escaped.
local function escaped(char)
  local code = utf8.codepoint(char)
  return words.is_steering(code) and string.format("\\u%04x", code) or nil
end

local short = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t" }

local function encode(text)
  text = words.valid(text)
  if text:find('[%c"\\\127]') then
    text = text:gsub('[%c"\\\127]', function(char)
      return short[char] or string.format("\\u%04x", char:byte())
    end)
  end
  text = '"' .. text .. '"'
  if text:find("[\194\216\226\239]") then
    text = text:gsub(utf8.charpattern, escaped)
  end
  return text
end

local function scalar(value)
  if type(value) == "string" then
    return encode(value)
  end
  if math.type(value) == "integer" then
    return string.format("%d", value)
  end
  if type(value) == "number" then
    return string.format("%.17g", value)
  end
  return tostring(value)
end

local write

local function write_list(value, out, indent)
  if #value == 0 then
    out[#out + 1] = "[]"
    return
  end
  local inner = indent .. " "
  for i, item in ipairs(value) do
    out[#out + 1] = (i == 1 and "[\n" or ",\n") .. inner
    write(item, out, inner)
  end
  out[#out + 1] = "\n" .. indent .. "]"
end

local function write_object(value, out, indent)
  local keys = plumbline.keys(value)
  if #keys == 0 then
    out[#out + 1] = "{}"
    return
  end
  local inner = indent .. " "
  for i, key in ipairs(keys) do
    out[#out + 1] = (i == 1 and "{\n" or ",\n") .. inner .. encode(key) .. ": "
    write(value[key], out, inner)
  end
  out[#out + 1] = "\n" .. indent .. "}"
end

function write(value, out, indent)
  if type(value) ~= "table" then
    out[#out + 1] = scalar(value)
  elseif plumbline.is_list(value) then
    write_list(value, out, indent)
  else
    write_object(value, out, indent)
  end
end

return function(result)
  local out = {}
  write(result, out, "")
  out[#out + 1] = "\n"
  return table.concat(out)
end
