-- A page of the manual, for the terminal or as the source of a man page.
-- subject: { name, commands = JSON of verbs and options, header = plumbline.h }
local pages = require "plumbline.manual.pages"
local words = require "plumbline.views.words"

-- ---- reading the marks of a page --------------------------------------------------

-- A page's text as blocks: { kind = "section" | "part" | "term" | "text" | "code" }.
-- A term's text and its code carry `under`; a code block is a list of lines.
local function blocks_of(page)
  local blocks, open = {}, nil
  local function add(kind, text, under)
    open = { kind = kind, text = text, under = under, lines = kind == "code" and { text } or nil }
    blocks[#blocks + 1] = open
  end
  local in_term = false
  for line in (page.text .. "\n"):gmatch("(.-)\n") do
    local code = line:match("^    (.*)$")
    local body = in_term and line:match("^  (%S.*)$")
    local field = line:match("^@(%l+)$")
    if field then
      local example = page[field]:gsub("\n$", "")
      add("code", nil)
      for row in (example .. "\n"):gmatch("(.-)\n") do open.lines[#open.lines + 1] = row end
      open = nil
    elseif line:find("^## ") then
      add("part", line:sub(4))
      in_term = false
    elseif line:find("^# ") then
      add("section", line:sub(3))
      in_term = false
    elseif line:find("^%* ") then
      add("term", line:sub(3))
      in_term = true
    elseif line == "" then
      if open and open.kind == "code" then open.lines[#open.lines + 1] = "" else open = nil end
    elseif code then
      if open and open.kind == "code" then open.lines[#open.lines + 1] = code else add("code", code) end
    elseif body then
      if open and open.under then open.text = open.text .. " " .. body else add("text", body, true) end
    else
      in_term = false
      if open and open.kind == "text" and not open.under then
        open.text = open.text .. " " .. line
      else
        add("text", line)
      end
    end
  end
  for _, block in ipairs(blocks) do
    while block.lines and block.lines[#block.lines] == "" do block.lines[#block.lines] = nil end
  end
  return blocks
end

-- ---- the terminal -------------------------------------------------------------------

local function terminal(page, options)
  local width = math.min(options.width, 100)
  local function bold(text)
    return options.color and "\27[1m" .. text .. "\27[0m" or text
  end
  local function marked(text)
    if not options.color then return text end
    return (text:gsub("`(.-)`", "\27[1m%1\27[0m"))
  end
  local out = { bold(page.name .. "(" .. page.section .. ")") .. ": " .. page.title }
  local function wrapped(text, indent)
    for _, line in ipairs(words.wrap(text, width - indent)) do
      out[#out + 1] = (" "):rep(indent) .. line
    end
  end
  local last = nil
  for _, block in ipairs(blocks_of(page)) do
    if not (last and last.kind == "term" and block.under) then out[#out + 1] = "" end
    if block.kind == "section" or block.kind == "part" then
      out[#out + 1] = bold(block.text)
    elseif block.kind == "term" then
      local from = #out + 1
      wrapped((block.text:gsub("`", "")), 2)
      for i = from, #out do out[i] = bold(out[i]) end
    elseif block.kind == "code" then
      for _, line in ipairs(block.lines) do out[#out + 1] = line == "" and "" or "    " .. line end
    else
      local from = #out + 1
      wrapped(block.text, block.under and 6 or 2)
      -- A mark never spans lines that are drawn apart.
      local text = marked(table.concat(out, "\n", from))
      for i = #out, from, -1 do out[i] = nil end
      out[from] = text
    end
    last = block
  end
  return table.concat(out, "\n") .. "\n"
end

-- ---- man pages -----------------------------------------------------------------------

local roff = { ["\\"] = "\\e", ["'"] = "\\(aq", ["`"] = "\\(ga", ["^"] = "\\(ha", ["~"] = "\\(ti",
  ["-"] = "\\-", ['"'] = "\\(dq" }

local function escaped(text)
  text = text:gsub("[\\'`^~\"-]", roff):gsub("…", "...")
  return (text:gsub("^%.", "\\&."))
end

-- Running text: hyphens may stay hyphens; what is marked becomes bold.
local function flowing(text)
  local out = {}
  for plain, code in (text .. "``"):gmatch("(.-)`(.-)`") do
    out[#out + 1] = (escaped(plain):gsub("(%w)\\%-(%a)", "%1-%2"))
    if code ~= "" then
      local name, section = code:match("^([%a-]+)(%([1-8]%))$")
      out[#out + 1] = name and "\\fB" .. escaped(name) .. "\\fR" .. section or "\\fB" .. escaped(code) .. "\\fR"
    end
  end
  return (table.concat(out):gsub("^%.", "\\&."))
end

local function man(page)
  local out = {
    ".\\\" Made by `plumbline help --man`.",
    (".TH %s %d \"\" \"plumbline %s\" \"plumbline\""):format(escaped(page.name:upper()), page.section, plumbline.version),
    ".nh", ".ad l", ".SH NAME", escaped(page.name) .. " \\- " .. escaped(page.title),
  }
  local function add(...)
    for _, line in ipairs { ... } do out[#out + 1] = line end
  end
  local in_term = false
  for _, block in ipairs(blocks_of(page)) do
    if block.kind == "section" then
      add(".SH " .. escaped(block.text))
    elseif block.kind == "part" then
      add(".SS " .. escaped(block.text))
    elseif block.kind == "term" then
      add(".TP", flowing(block.text))
    elseif block.kind == "code" then
      add(in_term and ".IP" or ".PP", ".in +4n", ".EX")
      for _, line in ipairs(block.lines) do add(line == "" and "\\&" or escaped(line)) end
      add(".EE", ".in")
    elseif block.under then
      add(flowing(block.text))
    else
      add(".PP", flowing(block.text))
    end
    in_term = block.kind == "term" or block.under
  end
  return table.concat(out, "\n") .. "\n"
end

return function(subject, options)
  local page = pages(subject)
  return options.view == "man" and man(page) or terminal(page, options)
end
