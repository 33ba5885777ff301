-- The demo workspace: an invented company, its exports of two years, the
-- audit.lua that binds them and the cookbook's rules. Whole numbers only and a
-- chance of our own (random.lua): every machine writes the same bytes.
--
-- Returns function(write, cookbook). write(path, text) writes one file below the
-- workspace; cookbook is the source of each rules file by its name, or a
-- function that gives the source of "rules/<name>".
local crm = require "plumbline.demo.crm"
local editorial = require "plumbline.demo.editorial"

local RULES = { "customer_success.lua", "editorial.lua", "events.lua", "marketing.lua",
  "sales.lua" }

local function rule_source(cookbook, name)
  if type(cookbook) == "function" then return cookbook("rules/" .. name) end
  return assert(cookbook[name], "the cookbook has no " .. name)
end

return function(write, cookbook)
  local world = crm.world()
  world.articles = editorial.articles()
  crm.write(write, world)
  require("plumbline.demo.web").write(write, world)
  require("plumbline.demo.email").write(write, world)
  editorial.write(write, world)
  require("plumbline.demo.events").write(write, world)
  require("plumbline.demo.sales").write(write, world)
  require("plumbline.demo.service").write(write, world)
  write("audit.lua", require "plumbline.demo.audit")
  for _, name in ipairs(RULES) do
    local test = name:gsub("%.lua$", "_test.lua")
    write("rules/" .. name, rule_source(cookbook, name))
    write("rules/" .. test, rule_source(cookbook, test))
  end
  if type(cookbook) == "function" then require("plumbline.demo.editor")(write, cookbook) end
end
