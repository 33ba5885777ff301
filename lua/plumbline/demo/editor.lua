-- What an editor needs to complete and check rules, for somebody who has only the
-- binary: the API's descriptions beside the workspace, and where they are.
--
-- Returns function(write, source); source(path) is a text of the product.
local META = { "audit", "rules", "test", "view" }

local LUARC = [==[
{
  "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
  "runtime.version": "Lua 5.4",
  "runtime.builtin": {
    "coroutine": "disable",
    "debug": "disable",
    "io": "disable",
    "os": "disable",
    "package": "disable"
  },
  "workspace.library": [".plumbline/_meta"],
  "workspace.checkThirdParty": false
}
]==]

local LUACHECKRC = [==[
-- For luacheck: the names that plumbline gives to the files of this workspace.
stds.plumbline_values = { read_globals = {
  "from", "any", "like", "matches", "between", "gt", "gte", "lt", "lte", "blank", "not_",
} }
stds.plumbline_audit = { read_globals = {
  "audit", "source", "deals", "link", "others",
  "lookup", "sum", "constant", "clean", "map", "list", "derive",
} }
stds.plumbline_rules = { read_globals = { "department", "metric", "audit" } }
stds.plumbline_test = { read_globals = { "test" } }
stds.plumbline_view = { read_globals = { "view", "plumbline" } }

-- What is left of Lua 5.4: no files, no system, no chance.
stds.plumbline_lua = { read_globals = {
  "_G", "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print",
  "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber",
  "tostring", "type", "xpcall", "string", "table", "math", "utf8",
} }

std = "plumbline_lua"
max_line_length = false
exclude_files = { ".plumbline" }
files["audit.lua"] = { std = "+plumbline_values+plumbline_audit" }
files["rules"] = { std = "+plumbline_values+plumbline_rules" }
files["rules/*_test.lua"] = { std = "+plumbline_test" }
files["views"] = { std = "+plumbline_view" }
]==]

return function(write, source)
  for _, name in ipairs(META) do
    write(".plumbline/_meta/" .. name .. ".lua", source("_meta/" .. name .. ".lua"))
  end
  write(".luarc.json", LUARC)
  write(".luacheckrc", LUACHECKRC)
end
