-- plumbline.h as text with the marks of the manual: its comments are the text,
-- each declaration stands as code in front of the comment that tells about it.

-- "/* …", " * …", "… */" -> the lines of the comment.
local function comment_lines(lines, at)
  local out = {}
  repeat
    local line = lines[at]
    local last = line:find("*/", 1, true)
    line = line:gsub("%s*%*/.*$", ""):gsub("^/%* ?", ""):gsub("^ %* ?", "")
    if line == " *" or line == "/*" then line = "" end
    out[#out + 1] = line
    at = at + 1
  until last or not lines[at]
  return out, at
end

-- Lines between #if… and #endif are for the compiler, but for the outermost.
local function without_directives(text)
  local out, depth = {}, 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    if line:find("^#if") then
      depth = depth + (line:find("_H$") and 0 or 1)
    elseif line:find("^#endif") then
      depth = math.max(depth - 1, 0)
    elseif depth == 0 and not line:find("^#include") and not line:find("_H$") then
      out[#out + 1] = line
    end
  end
  return out
end

-- Text of a comment: what is indented stays as it is.
local function paragraphs(lines)
  local out = {}
  for _, line in ipairs(lines) do
    local code = line:match("^    +(.*)$")
    out[#out + 1] = code and "    " .. line:gsub("^    ", "") or (line:gsub("^ +", ""))
    local before = out[#out - 1]
    -- Code and text need a blank line between them.
    if before and before ~= "" and line ~= "" and (before:find("^    ") == nil) ~= (code == nil) then
      table.insert(out, #out, "")
    end
  end
  return table.concat(out, "\n")
end

local function is_declaration(line)
  return line and line ~= "" and not line:find("^/%*")
end

return function(text)
  local lines, out = without_directives(text), {}
  local at = 1
  local function add(piece)
    out[#out + 1] = piece .. "\n"
  end
  while at <= #lines do
    local line = lines[at]
    if line:find("^/%*") then
      local comment
      comment, at = comment_lines(lines, at)
      local title = comment[1]:match("^%-%-%-%-+ (.-) %-*$")
      if title then
        add("# " .. title:upper())
        table.remove(comment, 1)
      end
      local declaration = {}
      while is_declaration(lines[at]) do
        declaration[#declaration + 1] = "    " .. lines[at]:gsub("^PL_API ", "")
        at = at + 1
        -- A struct may have blank lines in it; a declaration ends with its semicolon.
      end
      if #declaration > 0 then add(table.concat(declaration, "\n")) end
      local told = paragraphs(comment)
      if told:find("%S") then add(told) end
    elseif is_declaration(line) then
      local declaration = {}
      while is_declaration(lines[at]) do
        declaration[#declaration + 1] = "    " .. lines[at]:gsub("^PL_API ", "")
        at = at + 1
      end
      add(table.concat(declaration, "\n"))
    else
      at = at + 1
    end
  end
  return table.concat(out, "\n")
end
