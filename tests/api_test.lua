-- The API for rule authors stands in four places: what a worker really has, the
-- descriptions for editors (lua/plumbline/_meta), the manual, and the names that
-- luacheck is told. A name in one and not in the others fails here.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/api_test.lua [word]
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local read, capture, test, program, scratch = runner.read, runner.capture, runner.test, runner.program, runner.scratch
local function write(path, text) runner.write(scratch .. "/" .. path, text) end

-- ---- sets ------------------------------------------------------------------------------

local function set(list)
  local out = {}
  for _, name in ipairs(list) do out[name] = true end
  return out
end

local function names(of)
  local out = {}
  for name in pairs(of) do out[#out + 1] = name end
  table.sort(out)
  return out
end

local function same(what, a, where_a, b, where_b)
  local wrong = {}
  for _, name in ipairs(names(a)) do
    if not b[name] then wrong[#wrong + 1] = name .. " is in " .. where_a .. " and not in " .. where_b end
  end
  for _, name in ipairs(names(b)) do
    if not a[name] then wrong[#wrong + 1] = name .. " is in " .. where_b .. " and not in " .. where_a end
  end
  if next(a) == nil then wrong[#wrong + 1] = "nothing in " .. where_a end
  if #wrong > 0 then error(what .. ":\n    " .. table.concat(wrong, "\n    "), 2) end
end

-- ---- what a worker has --------------------------------------------------------------------

-- Prints each global and, of a table, its members; a stub says what to use instead.
local ask = [==[
local function is_stub(f)
  local _, e = pcall(f)
  local text = type(e) == "table" and rawget(e, "message") or ""
  return text:find(" belongs in ", 1, true) or text:find(" does not exist in rules", 1, true)
end
for name, value in pairs(_G) do
  local kind = type(value)
  if kind == "function" and is_stub(value) then kind = "stub" end
  if kind == "table" and name ~= "_G" then
    local stubs, members = 0, {}
    for member, f in pairs(value) do
      members[#members + 1] = member
      if type(f) == "function" and is_stub(f) then stubs = stubs + 1 end
    end
    if stubs > 0 and stubs == #members then kind = "stub" end
    table.sort(members)
    print("MEMBERS " .. name .. " " .. table.concat(members, " "))
  end
  print("GLOBAL " .. name .. " " .. kind)
end
]==]

local plain_audit = 'audit "A" { as_of = "2024-12-31" }\ndeals { "d.csv", key = "id", status = "status" }\n'
local plain_rule = 'department "D"\nmetric "m" { title = "M" }\n'
local verbs = { audit = "check", rules = "check", test = "test", view = "audit --format mine" }

local function workspace(files)
  os.execute("rm -rf " .. scratch .. "/w")
  local all = { ["audit.lua"] = plain_audit, ["rules/d.lua"] = plain_rule, ["d.csv"] = "id,status\n1,won\n" }
  for path, text in pairs(files) do all[path] = text end
  for path, text in pairs(all) do write("w/" .. path, text) end
end

local function run(kind)
  return capture(("'%s' %s -C %s/w 2>&1 </dev/null"):format(program, verbs[kind], scratch))
end

local paths = { audit = "audit.lua", rules = "rules/d.lua", test = "rules/d_test.lua", view = "views/v.lua" }
local before = { audit = "", rules = 'department "D"\n', test = "", view = "" }
local real = {}
for kind, path in pairs(paths) do
  local after = kind == "view" and 'view "mine" { render = function() return "" end }' or ""
  workspace { [path] = before[kind] .. ask .. after }
  real[kind] = { globals = {}, members = {} }
  for line in run(kind):gmatch("[^\n]+") do
    local name, value_kind = line:match("GLOBAL (%S+) (%S+)$")
    if name and value_kind ~= "stub" then real[kind].globals[name] = value_kind end
    local table_name, members = line:match("MEMBERS (%S+) (.*)$")
    if table_name then
      real[kind].members[table_name] = {}
      for member in members:gmatch("%S+") do real[kind].members[table_name][member] = true end
    end
  end
end

local lua = set { "_G", "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print",
  "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber", "tostring", "type",
  "xpcall", "string", "table", "math", "utf8" }

local function own(kind)
  local out = {}
  for name in pairs(real[kind].globals) do
    if not lua[name] then out[name] = true end
  end
  return out
end

-- ---- the descriptions for editors ------------------------------------------------------------

local meta = {} -- file -> its text
for _, kind in ipairs { "audit", "rules", "test", "view" } do
  meta[kind] = read("lua/plumbline/_meta/" .. kind .. ".lua")
end

local function described(kind)
  local out = {}
  for name in ("\n" .. meta[kind]):gmatch("\nfunction ([%w_]+)%(") do out[name] = true end
  for name in ("\n" .. meta[kind]):gmatch("\n([%w_]+) = {}") do out[name] = true end
  return out
end

local all_meta = {}
for _, text in pairs(meta) do all_meta[#all_meta + 1] = text end
all_meta = table.concat(all_meta, "\n")

-- The fields of a class, its positions left out.
local function class_fields(class)
  local body = ("\n" .. all_meta .. "\n\n"):match("\n%-%-%-@class " .. class:gsub("%.", "%%.") .. "%f[^%w][^\n]*(.-)\n[^-]")
  if not body then error("there is no class " .. class) end
  local out = {}
  for field in body:gmatch("@field ([%w_]+)%??") do out[field] = true end
  return out
end

-- ---- the manual ---------------------------------------------------------------------------------

local manual = ""
for _, page in ipairs { "rules", "audit" } do
  manual = manual .. dofile("lua/plumbline/manual/" .. page .. ".lua").text
end

local function in_manual(name)
  for code in manual:gmatch("`([^`]+)`") do
    if (" " .. code .. " "):find("[^%w_]" .. name .. "[^%w_]") then return true end
  end
  return false
end

-- ---- globals -------------------------------------------------------------------------------------

-- Conditions and traces stand in rules.lua, computed columns in audit.lua; an
-- editor reads both. Which file may use which is the worker's to say.
local values = set { "from", "any", "like", "matches", "between", "gt", "gte", "lt", "lte", "blank", "not_" }

test("globals: the worker of audit.lua and the descriptions", function()
  local want = described "audit"
  for name in pairs(values) do want[name] = true end
  same("audit.lua", own "audit", "the worker", want, "_meta")
end)

test("globals: the worker of a rule file and the descriptions", function()
  local want = described "rules"
  want.require, want.audit = nil, true
  same("a rule file", own "rules", "the worker", want, "_meta/rules.lua")
end)

for _, kind in ipairs { "test", "view" } do
  test("globals: the worker of a " .. kind .. " file and the descriptions", function()
    same(kind, own(kind), "the worker", described(kind), "_meta/" .. kind .. ".lua")
  end)
end

test("globals: the tools of views", function()
  local want = { version = true }
  for name in meta.view:gmatch("function plumbline%.([%w_]+)") do want[name] = true end
  same("plumbline", real.view.members.plumbline or {}, "the worker", want, "_meta/view.lua")
end)

test("globals: Lua's own are the same in every kind of file", function()
  for kind in pairs(paths) do
    local has = {}
    for name in pairs(real[kind].globals) do
      if lua[name] then has[name] = true end
    end
    same(kind, has, "the worker", lua, "the list")
  end
end)

test("globals: each stands in the manual", function()
  for kind in pairs(paths) do
    for _, name in ipairs(names(own(kind))) do
      assert(in_manual(name), name .. " (" .. kind .. ") is not in the manual")
    end
  end
end)

test("traces: their methods", function()
  workspace { ["rules/d.lua"] = 'department "D"\nmetric "m" { trace = from("deals"):zzzzz() }' }
  for name in meta.rules:gmatch("function Trace:([%w_]+)") do
    assert(in_manual(name), ":" .. name .. " is not in the manual")
    workspace { ["rules/d.lua"] = 'department "D"\nmetric "m" { trace = from("deals"):' .. name .. "() }" }
    assert(not run("rules"):find("a trace has no", 1, true), "a trace has no :" .. name)
  end
end)

-- ---- luacheck's names -------------------------------------------------------------------------

assert(os.execute(("'%s' init -q --demo %s/demo"):format(program, scratch)))
local luacheck = {}
assert(load(read(scratch .. "/demo/.luacheckrc"), "luacheckrc", "t",
  setmetatable({ stds = luacheck, files = {} }, { __index = function() return nil end })))()

for kind, path in pairs(paths) do
  test("luacheck: the names of " .. path, function()
    local has = {}
    local stds = { "plumbline_lua", "plumbline_" .. kind }
    if kind == "audit" or kind == "rules" then stds[3] = "plumbline_values" end
    for _, std in ipairs(stds) do
      for _, name in ipairs(luacheck[std].read_globals) do has[name] = true end
    end
    local want = own(kind)
    for name in pairs(lua) do want[name] = true end
    same(path, want, "the worker", has, ".luacheckrc")
  end)
end

test("luacheck: the demo workspace is clean", function()
  local ok = os.execute("command -v luacheck >/dev/null")
  if not ok then return end
  local out = capture(("cd %s/demo && luacheck -q --no-color ."):format(scratch))
  assert(out:find("Total: 0 warnings / 0 errors", 1, true), out)
end)

test("editor: the demo holds the descriptions that the repository holds", function()
  for kind, text in pairs(meta) do
    assert(read(scratch .. "/demo/.plumbline/_meta/" .. kind .. ".lua") == text, kind)
  end
  assert(read(scratch .. "/demo/.luarc.json"):find('"workspace.library": [".plumbline/_meta"]', 1, true))
end)

-- ---- fields --------------------------------------------------------------------------------------

-- A field that does not exist makes the worker list those that do.
local X = "zzzzzzzzzzzz = 1"
local in_deals = 'audit "A" {}\ndeals { "d.csv", key = "id", %s }\n'
local fields = {
  { "plumbline.Audit", "audit", ('audit "A" { %s }'):format(X) },
  { "plumbline.Period", "audit", ('audit "A" { period = { %s } }'):format(X) },
  { "plumbline.Rates", "audit", ('audit "A" { rates = { source = "s", %s } }'):format(X) },
  { "plumbline.Policy", "audit", ('audit "A" { policy = { %s } }'):format(X) },
  { "plumbline.Source", "audit", ('audit "A" {}\nsource "s" { "d.csv", %s }'):format(X) },
  { "plumbline.Time", "audit", ('audit "A" {}\nsource "s" { "d.csv", time = { "t", %s } }'):format(X) },
  { "plumbline.Duplicates", "audit", ('audit "A" {}\nsource "s" { "d.csv", duplicates = { %s } }'):format(X) },
  { "plumbline.Status", "audit", in_deals:format("status = { " .. X .. " }") },
  { "plumbline.Joining", "audit", in_deals:format('status = "status", amount = lookup { "s", ' .. X .. " }"),
    positions = 1 },
  { "plumbline.Joining", "audit", in_deals:format('status = "status", amount = sum { "s", ' .. X .. " }") },
  { "plumbline.Metric", "rules", ('department "D"\nmetric "m" { %s }'):format(X) },
  { "plumbline.Cost", "rules", ('department "D"\nmetric "m" { cost = { %s } }'):format(X) },
  { "plumbline.StepOptions", "rules",
    ('department "D"\nmetric "m" { trace = from "deals" :to("deals", "id", { %s }) }'):format(X) },
  { "plumbline.TestFields", "test", ('test "t" { %s }'):format(X) },
  { "plumbline.Expect", "test", ('test "t" { metric = "m", expect = { %s } }'):format(X) },
  { "plumbline.ViewFields", "view", ('view "mine" { %s }'):format(X) },
}

local function listed(kind, text)
  workspace { [paths[kind]] = text }
  local out = run(kind)
  local list = out:match("it has: ([^\n]+)")
  if not list then error("no list of fields in:\n" .. out) end
  local found = {}
  for name in list:gmatch("[%w_]+") do found[name] = true end
  return found
end

for i, case in ipairs(fields) do
  test("fields: " .. case[1] .. " " .. i, function()
    same(case[1], listed(case[2], case[3]), "the worker", class_fields(case[1]), "_meta")
  end)
end

test("fields: plumbline.Deals is a source and more", function()
  local want = class_fields "plumbline.Source"
  for name in pairs(class_fields "plumbline.Deals") do want[name] = true end
  same("deals", listed("audit", in_deals:format(X)), "the worker", want, "_meta")
end)

test("fields: each stands in the manual", function()
  for _, case in ipairs(fields) do
    for _, name in ipairs(names(listed(case[2], case[3]))) do
      assert(in_manual(name), name .. " of " .. case[1] .. " is not in the manual")
    end
  end
end)

test("fields: the steps of clean", function()
  workspace { ["audit.lua"] = in_deals:format('status = clean("status", "zzzzzzzz")') }
  local want, has = {}, {}
  for name in (run("audit"):match("must be one of ([^\n]+), not") or ""):gmatch('"([a-z]+)"') do want[name] = true end
  for name in (all_meta:match("plumbline%.Cleaning ([^\n]+)") or ""):gmatch('"([a-z]+)"') do has[name] = true end
  same("clean", want, "the worker", has, "_meta")
  for name in pairs(want) do assert(in_manual(name), name .. " is not in the manual") end
end)

runner.finish()
