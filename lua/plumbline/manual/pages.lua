-- Puts a page of the manual together: its own text, or a text around the tables
-- of the command line, or around the comments of plumbline.h.
local header = require "plumbline.manual.header"

local others = { "plumbline(1)", "plumbline-rules(5)", "plumbline-audit(5)", "plumbline(3)" }

local function see_also(page)
  local own, list = page.name .. "(" .. page.section .. ")", {}
  for _, name in ipairs(others) do
    if name ~= own then list[#list + 1] = "`" .. name .. "`" end
  end
  return "\n# SEE ALSO\n\n" .. table.concat(list, ", ") .. "\n"
end

local function ended(text)
  return text:find("[.?!]$") and text or text .. "."
end

local function capital(text)
  return (text:gsub("^%l", string.upper))
end

-- "`-o`, `--output FILE`"
local function option_term(option)
  local long = "`--" .. option.name .. (option.value and " " .. option.value or "") .. "`"
  return option.letter and "`-" .. option.letter .. "`, " .. long or long
end

local function lines_of(text)
  return (text:gsub("\n", " "):gsub("%s+$", ""))
end

-- The code of each meaning stands in codes.lua, which `explain` prints.
local function command(page, facts)
  local out = { page.before, "# VERBS\n" }
  local function add(...)
    out[#out + 1] = string.format(...)
  end
  for _, verb in ipairs(facts.verbs) do
    add("* `plumbline %s %s`", verb.name, verb.arguments)
    add("  %s %s", ended(capital(verb.summary)), lines_of(verb.more))
    local options = {}
    for i, name in ipairs(verb.options) do options[i] = "--" .. name end
    add("  Options: %s.\n", table.concat(options, ", "))
  end
  add("# OPTIONS\n\nThey may stand in any place. `--name=value` and `--name value` are the same.\n")
  for _, option in ipairs(facts.options) do
    add("* %s\n  %s\n", option_term(option), ended(capital(option.help)))
  end
  add("# EXIT STATUS\n")
  for _, exit in ipairs(facts.exits) do
    add("* `%d`\n  %s\n", exit.code, ended(capital(exit.meaning)))
  end
  out[#out + 1] = page.after
  return table.concat(out, "\n")
end

local sources = { plumbline = "command", rules = "rules", audit = "audit", library = "library" }

return function(subject)
  local page = require("plumbline.manual." .. sources[subject.name])
  local text = page.text
  if subject.name == "plumbline" then
    text = command(page, plumbline.cjson.decode(subject.commands))
  elseif subject.name == "library" then
    text = page.before .. "\n" .. header(subject.header) .. page.after
  end
  return { name = page.name, section = page.section, title = page.title, example = page.example,
    tests = page.tests, text = text .. see_also(page) }
end
