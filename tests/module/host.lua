-- What the tests of the module share: a host that has loaded plumbline, what it was
-- like before, and a small audit from rows. From a test in the folder above:
--
--   local host = dofile((arg[0]:match "^(.*)/" or ".") .. "/module/host.lua")
--
-- The module is looked for in PLUMBLINE_MODULE_DIR, else beside the program.
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local quote = runner.quote
local program = runner.program
local folder = os.getenv("PLUMBLINE_MODULE_DIR") or program:match("^(.*)/")

-- A sanitizer must be in the process before anything else is; so start again with it.
if program:find("/asan/", 1, true) and not os.getenv("PLUMBLINE_PRELOADED") then
  local libasan = runner.line("gcc -print-file-name=libasan.so 2>/dev/null")
  if not libasan:find("^/") then
    runner.skip "the sanitizer cannot be loaded before the host"
    runner.finish()
  end
  os.execute("rm -rf " .. quote(runner.scratch))
  local line = "PLUMBLINE_PRELOADED=1 LD_PRELOAD=%s ASAN_OPTIONS=detect_leaks=0 lua5.4 %s %s"
  local _, _, code = os.execute(line:format(quote(libasan), quote(arg[0]), arg[1] and quote(arg[1]) or ""))
  os.exit(code)
end

package.cpath = folder .. "/?.so;" .. package.cpath

-- ---- what the host has, before the module is loaded ----------------------------------

local function status_lines()
  local found = {}
  for line in io.lines("/proc/self/status") do
    local key, value = line:match("^(Sig%a+):%s+(%x+)")
    -- 32 and 33 are glibc's own; it takes them when a process starts its first thread.
    if key and key ~= "SigQ" and key ~= "SigPnd" then found[key] = tonumber(value, 16) & ~(3 << 31) end
  end
  return found
end

local function copy_of(t)
  local out = {}
  for key, value in next, t do out[key] = value end
  return out
end

local function host_now()
  return {
    globals = copy_of(_G), string = copy_of(string), table = copy_of(table), math = copy_of(math),
    strings = copy_of(getmetatable("")), loaded = copy_of(package.loaded), signals = status_lines(),
    locale = { os.setlocale(nil) }, hook = { debug.gethook() }, path = { package.path, package.cpath },
    searchers = copy_of(package.searchers), gc = { collectgarbage("isrunning") },
    registry_strings = { tostring(debug.getregistry()[1]) },
  }
end

local before = host_now()
local plumbline = require "plumbline"

-- ---- expectations --------------------------------------------------------------------------

local function equal(got, expected, what)
  if got ~= expected then
    error(("%s: got %s, expected %s"):format(what or "value", tostring(got), tostring(expected)), 2)
  end
end

local function fails(code, pattern, run, ...)
  local ok, e = pcall(run, ...)
  if ok then error("it did not fail", 2) end
  if type(e) ~= "table" then error("raised no table but: " .. tostring(e), 2) end
  equal(e.code, code, "code of <" .. tostring(e) .. ">")
  if not tostring(e):find(pattern) then error("<" .. tostring(e) .. "> has no " .. pattern, 2) end
  return e
end

-- Two leads, one of which became deal D1, worth 12.50; D2 (100) came from nowhere.
local function small(change)
  local given = {
    title = "Small", as_of = "2024-12-31", currency = "EUR",
    sources = {
      leads = { key = "id", time = "day", rows = {
        { id = "1", day = "2024-01-02", origin = "ad" }, { id = 2, day = "2024-02-02", origin = "seo" } } },
    },
    deals = { key = "id", closed = "closed", amount = "value", status = plumbline.constant "won", rows = {
      { id = "D1", lead = "1", closed = "2024-03-01", value = 12.5 },
      { id = "D2", lead = "9", closed = "2024-03-01", value = 100 } } },
    links = { { "leads", "deals", { id = "lead" } } },
    metrics = { ["Marketing/leads"] = { trace = plumbline.from "leads" :to "deals" } },
  }
  for key, value in next, change or {} do given[key] = value end
  return given
end

local demo = runner.scratch .. "/demo"
plumbline.demo(demo)

-- A workspace with a rule that prints, and one that names no table.
local bad = runner.scratch .. "/bad"
runner.write(bad .. "/deals.csv", "id,closed\nD1,2024-01-01\n")
runner.write(bad .. "/audit.lua", [[
audit "Bad" { as_of = "2024-12-31" }
deals { "deals.csv", key = "id", closed = "closed", status = constant "won" }
]])
runner.write(bad .. "/rules/sales.lua", [[
department "Sales"
print "hello from a rule"
metric "good" { trace = from "deals" }
metric "broken" { trace = from "leads" :to("deals", "id") }
]])

-- ---- the host is as it was ------------------------------------------------------------

-- Call it last, in place of the runner's own.
local function finish()
  runner.test("globals, libraries, locale, signals and hooks are as before", function()
    local after = host_now()
    for part, values in next, before do
      for key, value in next, values do
        if part ~= "loaded" or key ~= "plumbline" then
          equal(after[part][key], value, part .. "." .. tostring(key))
        end
      end
      for key in next, after[part] do
        if values[key] == nil and not (part == "loaded" and key == "plumbline") then
          error("new: " .. part .. "." .. tostring(key))
        end
      end
    end
  end)
  runner.finish()
end

return { runner = runner, plumbline = plumbline, folder = folder, demo = demo, bad = bad, equal = equal, fails = fails,
  small = small, sanitized = os.getenv("PLUMBLINE_PRELOADED") ~= nil, finish = finish }
