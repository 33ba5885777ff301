-- require "plumbline" in stock Lua 5.4: what it gives, what it refuses, and that
-- it leaves its host as it was.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/module_test.lua [word]
-- The module is looked for in PLUMBLINE_MODULE_DIR, else beside the program.

local program = assert(os.getenv("PLUMBLINE"), "set PLUMBLINE to the program")
local only = arg[1]

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
local function capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end
local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  assert(file:close())
end

program = capture("realpath " .. quote(program)):gsub("\n", "")
local folder = os.getenv("PLUMBLINE_MODULE_DIR") or program:match("^(.*)/")
local self = capture("realpath " .. quote(arg[0])):gsub("\n", "")

-- A sanitizer must be in the process before anything else is; so start again with it.
if program:find("/asan/", 1, true) and not os.getenv("PLUMBLINE_PRELOADED") then
  local libasan = capture("gcc -print-file-name=libasan.so 2>/dev/null"):gsub("\n", "")
  if not libasan:find("^/") then
    print("skipped: the sanitizer cannot be loaded before the host")
    os.exit(0)
  end
  local line = "PLUMBLINE_PRELOADED=1 LD_PRELOAD=%s ASAN_OPTIONS=detect_leaks=0 lua5.4 %s %s"
  local _, _, code = os.execute(line:format(quote(libasan), quote(self), only and quote(only) or ""))
  os.exit(code)
end
local sanitized = os.getenv("PLUMBLINE_PRELOADED") ~= nil

package.cpath = folder .. "/?.so;" .. package.cpath
local scratch = capture("mktemp -d"):gsub("\n", "")

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

-- ---- a small harness --------------------------------------------------------------------

local passed, failed = 0, 0
local function test(name, run)
  if only and not name:find(only, 1, true) then return end
  local ok, e = xpcall(run, function(e) return debug.traceback(tostring(e), 2) end)
  if ok then passed = passed + 1 else failed = failed + 1 end
  if not ok then print("FAILED " .. name .. "\n  " .. e) end
end

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

local demo = scratch .. "/demo"
plumbline.demo(demo)

-- ---- the library as a file -----------------------------------------------------------------

test("the module needs no liblua, and shows the host one name", function()
  local so = folder .. "/plumbline.so"
  local needs = capture("readelf -d " .. quote(so))
  assert(needs:find("NEEDED"), "readelf says nothing")
  assert(not needs:find("liblua5%.4%.so"), "it links liblua")
  local shown = {}
  for name in capture("nm -D --defined-only " .. quote(so)):gmatch("%x+ [TDBRVW] (%S+)") do
    if not name:find("^_") and not name:find("asan") then shown[#shown + 1] = name end
  end
  equal(table.concat(shown, " "), "luaopen_plumbline")
end)

test("LUA_CPATH finds it, and a broken LUA_PATH does not matter", function()
  local line = "env LUA_CPATH=%s LUA_PATH='/nowhere/?.lua' lua5.4 -e %s"
  local text = capture(line:format(quote(folder .. "/?.so"), quote('io.write(require "plumbline".version)')))
  equal(text, plumbline.version)
end)

-- ---- an audit without files ------------------------------------------------------------------

test("rows in, findings out, amounts and ids as texts", function()
  local audit <close> = plumbline.new(small())
  local totals, partial = audit:run()
  equal(partial, nil)
  equal(totals.metrics, 1)
  equal(totals.flagged, 0)
  local finding = audit:finding "leads"
  equal(finding.id, "Marketing/leads")
  equal(finding.verdict, "linked")
  local reached = audit:evidence("Marketing/leads").deals.won.reached
  equal(reached.deals, 1)
  equal(math.type(reached.deals), "integer")
  equal(reached.amount, "12.50")
  local proof = finding.evidence.proofs[1]
  equal(proof.deal, "D1")
  equal(proof.chain[1].file .. ":" .. proof.chain[1].line, "leads:1")
  equal(#audit:findings(), 1)
  equal(audit:result().deals.won.amount, "112.50")
end)

test("an iterator of records, its texts kept to the byte", function()
  local odd = 'a "quoted" \\ line\nand ünïcode\t\1'
  local n = 0
  local given = small { metrics = { ["Marketing/calls"] = {
    trace = plumbline.from "calls" :to("deals", { deal = "id" }), by = "note" } } }
  given.sources.calls = { key = "id", records = function()
    n = n + 1
    if n <= 3 then return { id = n, deal = "D" .. n, note = odd, blank = nil } end
  end }
  local audit <close> = plumbline.new(given)
  audit:run()
  equal(n, 4, "calls of the iterator")
  local evidence = audit:evidence "calls"
  equal(evidence.origins.records, 3)
  equal(evidence.deals.won.reached.deals, 2) -- D1 and D2; there is no D3
  equal(evidence.by.rows[1].value, odd)
end)

test("numbers that a double cannot hold stay exact as texts", function()
  local given = small()
  given.deals.rows[1].value = "90071992547409.9300" -- 2^53 * 100 + 1 in units of 1/10,000
  local audit <close> = plumbline.new(given)
  audit:run()
  equal(audit:evidence("leads").deals.won.reached.amount, "90071992547409.93")
end)

test("a source without rows is a metric without records", function()
  local given = small()
  given.sources.leads.rows = {}
  local audit <close> = plumbline.new(given)
  audit:run()
  equal(audit:finding("leads").code, "PL106")
end)

test("sources from files and from rows may be mixed", function()
  write(scratch .. "/leads.csv", "id,day\n1,2024-01-02\n2,2024-02-02\n")
  local given = small { directory = scratch }
  given.sources.leads = { "leads.csv", key = "id", time = "day" }
  local audit <close> = plumbline.new(given)
  audit:run()
  equal(audit:finding("leads").evidence.proofs[1].chain[1].file, "leads.csv")
end)

test("conditions, derived columns and judges are the host's own functions", function()
  local asked = {}
  local given = small { metrics = {
    ["Marketing/ads"] = {
      trace = plumbline.from "leads" :where { origin = function(v) asked[#asked + 1] = v return v == "ad" end }
        :to "deals",
      judge = function(evidence) return evidence.standard.verdict, "heard " .. #evidence.branches end,
    },
  } }
  given.sources.leads.columns = { short = plumbline.derive("origin", function(v) return v:sub(1, 1) end) }
  given.metrics["Marketing/ads"].by = "short"
  local audit <close> = plumbline.new(given)
  audit:run()
  local finding = audit:finding "ads"
  equal(table.concat(asked, " "), "ad seo", "each distinct value once, sorted")
  equal(finding.evidence.origins.records, 1)
  equal(finding.evidence.by.rows[1].value, "a")
  equal(finding.judge.text, "heard 1")
end)

test("several departments, metrics by list and by id", function()
  local audit <close> = plumbline.new(small { metrics = {
    { department = "Sales", name = "b_metric", title = "B" },
    { department = "Sales", name = "a_metric", title = "A" },
    ["Events/booths"] = { trace = plumbline.any { plumbline.from "leads" :to "deals" } },
  } })
  audit:run()
  local ids = {}
  for i, finding in ipairs(audit:findings()) do ids[i] = finding.id end
  equal(table.concat(ids, " "), "Events/booths Sales/b_metric Sales/a_metric")
end)

test("others() means the same in a host as in a file", function()
  local given = small()
  given.deals.status = { column = "stage", won = "Closed", open = plumbline.others() }
  given.deals.rows[1].stage, given.deals.rows[2].stage = "Closed", "Talking"
  local audit <close> = plumbline.new(given)
  audit:run()
  equal(audit:result().deals.open.deals, 1)
end)

-- ---- a workspace ------------------------------------------------------------------------------------

test("a workspace gives the same bytes as the command line", function()
  local audit <close> = plumbline.open { directory = demo, worker = program }
  audit:run()
  for _, view in ipairs { "json", "markdown", "csv" } do
    local shown = capture(("%s audit -q -C %s --format %s"):format(quote(program), quote(demo), view))
    assert(#shown > 1000, "the command line gave little")
    equal(audit:render(view) == shown, true, view .. " is the same")
  end
end)

test("check, list, trace, write and report", function()
  local audit <close> = plumbline.open { directory = demo, worker = program }
  assert(audit:list("metrics"):find("badge_scans", 1, true))
  audit:run()
  assert(audit:trace("badge_scans"):find("Badges scanned", 1, true))
  assert(audit:trace("badge_scans", { view = "json" }):find("^{"))
  audit:write(scratch .. "/out.json")
  equal(read(scratch .. "/out.json"), audit:render "json")
  audit:write(scratch .. "/any", "markdown")
  equal(read(scratch .. "/any"), audit:render "markdown")
  audit:report(scratch .. "/report")
  equal(read(scratch .. "/report/report.json"), audit:render "json")
  local checked <close> = plumbline.new(small())
  equal(checked:check(), true)
  fails("usage", "ending", audit.write, audit, scratch .. "/out.xyz")
  fails("output", "cannot write", audit.write, audit, "/nowhere/at/all.json")
  fails("usage", "did you mean", audit.finding, audit, "badge_scan")
end)

test("only a department, and another day", function()
  local audit <close> = plumbline.open { directory = demo, worker = program, department = "Events",
    as_of = "2026-01-31" }
  audit:run()
  local result = audit:result()
  equal(#result.departments, 1)
  equal(result.audit.as_of, "2026-01-31")
end)

local bad = scratch .. "/bad"
os.execute("mkdir -p " .. bad .. "/rules")
write(bad .. "/deals.csv", "id,closed\nD1,2024-01-01\n")
write(bad .. "/audit.lua", [[
audit "Bad" { as_of = "2024-12-31" }
deals { "deals.csv", key = "id", closed = "closed", status = constant "won" }
]])
write(bad .. "/rules/sales.lua", [[
department "Sales"
print "hello from a rule"
metric "good" { trace = from "deals" }
metric "broken" { trace = from "leads" :to("deals", "id") }
]])

test("what rules print goes to the host's callback", function()
  local lines = {}
  local audit <close> = plumbline.open { directory = bad, worker = program,
    print = function(line) lines[#lines + 1] = line end }
  equal(#lines, 1)
  assert(lines[1]:find("hello from a rule", 1, true))
  local fine, problems = audit:check()
  equal(fine, false)
  equal(#problems, 1)
  equal(problems[1].file, "rules/sales.lua")
  equal(problems[1].line, 4)
end)

test("a partial audit gives its result, and says so", function()
  local audit <close> = plumbline.open { directory = bad, worker = program }
  local totals, partial = audit:run()
  equal(totals.not_audited, 1)
  equal(partial.code, "partial")
  equal(audit:finding("good").verdict, "linked")
  equal(audit:finding("broken").error.line, 4)
end)

test("a worker that is nowhere is said with what to do", function()
  local script = [[package.cpath = %q; local p = require "plumbline"
    local ok, e = pcall(p.open, { directory = %q })
    if ok then io.write "true" else io.write("false ", e.code, " ", e.message) end]]
  os.execute("mkdir -p " .. scratch .. "/alone && cp " .. quote(folder .. "/plumbline.so") .. " " .. scratch .. "/alone/")
  write(scratch .. "/alone.lua", script:format(scratch .. "/alone/?.so", demo))
  local run = "env -u PLUMBLINE_WORKER PATH=/nowhere %s " .. scratch .. "/alone.lua"
  local lua = capture("command -v lua5.4"):gsub("\n", "")
  local text = capture(run:format(lua))
  -- A plumbline that is installed on this machine may be found by its place.
  assert(text:find("^false usage the program plumbline") or text:find("^true"), text)
  text = capture("env PLUMBLINE_WORKER=/nowhere/plumbline " .. lua .. " " .. scratch .. "/alone.lua")
  assert(text:find("^false usage PLUMBLINE_WORKER names"), text)
  text = capture("env PLUMBLINE_WORKER=" .. quote(program) .. " " .. lua .. " " .. scratch .. "/alone.lua 2>&1")
  equal(text, "true")
end)

-- ---- errors -------------------------------------------------------------------------------------------

test("errors are tables with a place and a fix", function()
  local e = fails("usage", "did you mean \"closed\"", plumbline.new,
    { title = "x", deals = { rows = {}, key = "id", closd = "c", status = "s" } })
  assert(e.file:find("module_test.lua", 1, true))
  assert(e.line > 1)
  equal(e.message, 'deals has no field "closd"')
  fails("usage", "No such file", plumbline.open, scratch .. "/nothing")
  fails("usage", "titel.*\n.*title", plumbline.new, { titel = "x" })
  fails("usage", "row 2: field \"b\" holds a table", plumbline.new, small {
    deals = { rows = { { a = 1 }, { b = {} } }, key = "a", closed = "c", status = plumbline.constant "won" } })
  fails("usage", "names no department", plumbline.new, small { metrics = { leads = {} } })
  fails("usage", "must be a trace", plumbline.new, small { metrics = { ["M/leads"] = { trace = 5 } } })
  fails("usage", "not in \"deals\"", plumbline.new, small { metrics = { ["M/leads"] = { trace = plumbline.from "leads" } } })
  fails("usage", "declared twice", plumbline.new, small { metrics = {
    { department = "M", name = "x" }, { department = "M", name = "x" } } })
  fails("usage", "more than one of", plumbline.new, small { deals = { "a.csv", rows = {} } })
  fails("usage", "did you mean \"to\"", function() return plumbline.from "leads" :tto "deals" end)
  fails("input", "no won deal", function()
    local given = small()
    given.deals.rows = {}
    plumbline.new(given):run()
  end)
end)

test("a metric whose function fails is not audited; the others are", function()
  local audit <close> = plumbline.new(small { metrics = {
    ["M/good"] = { trace = plumbline.from "leads" :to "deals" },
    ["M/bad"] = { trace = plumbline.from "leads" :where { origin = function(v) error("boom " .. v) end } :to "deals" },
    ["M/odd"] = { trace = plumbline.from "leads" :where { origin = function() return 7 end } :to "deals" },
    ["M/verdict"] = { trace = plumbline.from "leads" :to "deals", judge = function() return "splendid" end },
  } })
  local totals, partial = audit:run()
  equal(totals.not_audited, 3)
  equal(partial.code, "partial")
  equal(audit:finding("good").verdict, "linked")
  equal(audit:finding("bad").error.message, "boom ad")
  assert(audit:finding("bad").error.file:find("module_test.lua", 1, true))
  assert(audit:finding("odd").error.message:find("must give true or false", 1, true))
  assert(audit:finding("verdict").error.message:find("splendid", 1, true))
end)

test("what a callback raises comes out, whatever it is", function()
  local thing = {}
  local audit = plumbline.new(small())
  local ok, e = pcall(audit.run, audit, function() error(thing) end)
  equal(ok, false)
  equal(e, thing)
  audit:close()
  ok, e = pcall(plumbline.new, small { deals = { records = function() error(thing) end, key = "id", closed = "c",
    status = plumbline.constant "won" } })
  equal(ok, false)
  equal(e, thing)
  ok, e = pcall(plumbline.open, { directory = bad, worker = program, print = function() error(thing, 0) end })
  equal(ok, false)
  equal(e, thing)
end)

-- ---- life and death of a handle -----------------------------------------------------------------------------

test("a closed audit says so, and may be closed again", function()
  local audit = plumbline.new(small())
  audit:run()
  audit:close()
  audit:close()
  for _, name in ipairs { "run", "check", "result", "findings", "totals", "render", "problems", "rejects" } do
    fails("closed", "was closed", audit[name], audit)
  end
  fails("closed", "was closed", audit.finding, audit, "leads")
  assert(tostring(audit):find("closed", 1, true))
end)

test("no result before run; one run is all", function()
  local audit <close> = plumbline.new(small())
  fails("usage", "audit:run()", audit.result, audit)
  fails("usage", "no result", audit.render, audit)
  audit:run()
  fails("usage", "already", audit.run, audit)
end)

test("two audits at once, closed and collected in any order", function()
  for round = 1, 6 do
    local a = plumbline.open { directory = demo, worker = program }
    local b = plumbline.new(small())
    local c = plumbline.open { directory = demo, worker = program, department = "Events" }
    b:run()
    a:run()
    c:run()
    local expected = b:render "json"
    local findings = a:findings()
    if round % 3 == 0 then a:close() elseif round % 3 == 1 then c:close() else c, a = nil, nil end -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    equal(b:render "json", expected)
    assert(#findings > 10)
    a, b, c = nil, nil, nil -- luacheck: ignore
    collectgarbage()
  end
end)

test("a result outlives its audit", function()
  local audit = plumbline.new(small())
  audit:run()
  local result = audit:result()
  audit:close()
  collectgarbage()
  equal(result.findings[1].id, "Marketing/leads")
end)

-- ---- progress, cancel ---------------------------------------------------------------------------------------------

test("progress comes at least once, and ends at the whole", function()
  local last, total
  local audit <close> = plumbline.new(small())
  audit:run(function(done, all) last, total = done, all end)
  assert(total and total > 0)
  equal(last, total)
end)

local function many(n)
  local i = 0
  local given = small()
  given.sources.leads = { key = "id", time = "day", records = function()
    i = i + 1
    if i <= n then return { id = i, day = "2024-01-02" } end
  end }
  return given
end

test("cancel from a callback, and what else a callback may not do", function()
  local audit = plumbline.new(many(300000))
  local busy = {}
  fails("cancelled", "stopped", audit.run, audit, function()
    for _, name in ipairs { "run", "close", "result", "render" } do
      local _, e = pcall(audit[name], audit)
      busy[name] = e.code
    end
    audit:cancel()
  end)
  for _, name in ipairs { "run", "close", "result", "render" } do equal(busy[name], "busy", name) end
  audit:close()
end)

test("cancel before run", function()
  local audit <close> = plumbline.new(small())
  audit:cancel()
  fails("cancelled", "stopped", audit.run, audit)
end)

test("a debug hook is heard while the engine works, as lua's Ctrl-C needs it", function()
  local audit = plumbline.new(many(300000))
  local started = false
  local ok, e = pcall(audit.run, audit, function()
    if not started then
      started = true
      debug.sethook(function()
        debug.sethook()
        error("interrupted!", 0)
      end, "", 1)
    end
  end)
  debug.sethook()
  equal(ok, false)
  equal(e, "interrupted!")
  audit:close()
end)

-- ---- coroutines, signals, the end of the host ---------------------------------------------------------------------

test("coroutines may call; a callback cannot yield, an iterator can", function()
  local audit = coroutine.wrap(function() return plumbline.new(small()) end)()
  coroutine.wrap(function() audit:run() end)()
  equal(audit:finding("leads").verdict, "linked")
  local second = plumbline.new(small())
  local ok, e = coroutine.resume(coroutine.create(function() second:run(function() coroutine.yield() end) end))
  equal(ok, false)
  assert(tostring(e):find("yield", 1, true), tostring(e))
  local rows, i = { { id = "1", day = "2024-01-02" } }, 0
  local given = small()
  given.sources.leads = { key = "id", time = "day", records = function()
    coroutine.yield("waiting")
    i = i + 1
    return rows[i]
  end }
  local thread = coroutine.create(function() return plumbline.new(given) end)
  local result
  repeat
    ok, result = coroutine.resume(thread)
    assert(ok, tostring(result))
  until coroutine.status(thread) == "dead"
  equal(result:run().metrics, 1)
end)

-- Runs a script in a lua5.4 of its own, under `prefix`; gives what it wrote.
local function elsewhere(prefix, body)
  write(scratch .. "/host.lua", ("package.cpath = %q\nlocal plumbline = require 'plumbline'\nlocal demo, program = %q, %q\n")
    :format(folder .. "/?.so", demo, program) .. body)
  return capture(prefix .. " lua5.4 " .. scratch .. "/host.lua 2>&1; echo \" exit $?\"")
end

test("a host that ignores SIGCHLD", function()
  local text = elsewhere("perl -e '$SIG{CHLD} = \"IGNORE\"; exec @ARGV'", [[
    for line in io.lines "/proc/self/status" do
      local bits = line:match "^SigIgn:%s+(%x+)"
      if bits then assert(tonumber(bits, 16) & 0x10000 ~= 0, "SIGCHLD is not ignored") end
    end
    local audit = plumbline.open { directory = demo, worker = program }
    local totals = audit:run()
    audit:close()
    io.write("flagged ", totals.flagged > 0 and "some" or "none")]])
  equal(text, "flagged some exit 0\n")
end)

test("no worker is left behind", function()
  local text = elsewhere("", [[
    local audit = plumbline.open { directory = demo, worker = program }
    audit:run()
    local pid = io.open("/proc/self/stat"):read("n")
    local function children()
      local n = 0
      for _ in io.open(("/proc/%d/task/%d/children"):format(pid, pid)):read("a"):gmatch("%d+") do n = n + 1 end
      return n
    end
    local during = children()
    audit:close()
    io.write(during > 3 and "some" or "few", " ", children())]])
  equal(text, "some 0 exit 0\n")
end)

test("a host that ends without closing, or in the middle of a callback", function()
  local text = elsewhere("", [[
    local audit = plumbline.open { directory = demo, worker = program }
    audit:run()
    io.write("bye")]])
  equal(text, "bye exit 0\n")
  text = elsewhere("", [[
    local audit = plumbline.open { directory = demo, worker = program }
    audit:run(function() io.write("out") os.exit(7, true) end)]])
  equal(text, "out exit 7\n")
  text = elsewhere("", [[
    local audit = plumbline.open { directory = demo, worker = program }
    audit:run(function() io.write("out") os.exit(7, false) end)]])
  equal(text, "out exit 7\n")
end)

test("standard input, output and error closed", function()
  local text = elsewhere("", [[
    io.stdout:setvbuf "no"
    local audit = plumbline.open { directory = demo, worker = program }
    io.write(audit:run().metrics > 10 and "fine" or "few")]])
  equal(text, "fine exit 0\n")
  os.execute("lua5.4 " .. scratch .. "/host.lua <&- >&- 2>&-")
end)

test("a host with another locale gets the same report", function()
  local made = os.execute("mkdir -p " .. scratch .. "/locale && localedef -i de_DE -f UTF-8 " .. scratch
    .. "/locale/de_DE.UTF-8 >/dev/null 2>&1")
  local body = [[
    local got = os.setlocale(os.getenv "WANTED" or "C")
    if not got then io.write "no such locale" return end
    local rows, leads = {}, {}
    for i = 1, 40 do
      rows[i] = { id = i, lead = i, closed = "2024-03-01", value = 0.5 + i, stage = i % 3 == 0 and "lost" or "won" }
      leads[i] = { id = i % 2 == 0 and i or -i, day = "2024-01-01" }
    end
    local audit = plumbline.new { title = "x", as_of = "2024-12-31", policy = { q = 0.25 },
      sources = { leads = { rows = leads, key = "id", time = "day" } },
      deals = { rows = rows, key = "id", closed = "closed", amount = "value", status = "stage" },
      metrics = { ["M/a"] = { trace = plumbline.from "leads" :to("deals", { id = "lead" }) } } }
    audit:run()
    io.write(audit:render "json", audit:render "markdown", audit:render("terminal", { verbose = true }))
    assert(os.setlocale(nil) == got)]]
  local plain = elsewhere("", body)
  assert(plain:find('"p"', 1, true), plain)
  if not made then
    print("skipped: no German locale can be made here")
    return
  end
  local german = elsewhere("LOCPATH=" .. scratch .. "/locale WANTED=de_DE.UTF-8", body)
  equal(german, plain)
end)

test("editors know every function of the module, and no other", function()
  local meta = read(self:gsub("tests/[^/]*$", "lua/plumbline/_meta/plumbline.lua"))
  local known, there = {}, {}
  for name in meta:gmatch("function Audit:([%w_]+)") do known["audit:" .. name] = true end
  for name in meta:gmatch("function plumbline%.([%w_]+)") do known[name] = true end
  for line in meta:gmatch("\n(plumbline%.[^\n]-) = ") do
    for name in line:gmatch("plumbline%.([%w_]+)") do known[name] = true end
  end
  local audit <close> = plumbline.new(small())
  for name, value in next, plumbline do
    if type(value) == "function" then there[name] = true end
  end
  for name in next, debug.getmetatable(audit).__index do there["audit:" .. name] = true end
  for name in next, known do assert(there[name], name .. " is in the meta file only") end
  for name in next, there do assert(known[name], name .. " is not in the meta file") end
end)

-- ---- the same again and again -----------------------------------------------------------------------------------------

local function resident()
  return tonumber(read("/proc/self/status"):match("VmRSS:%s+(%d+)"))
end
local function descriptors()
  local n = 0
  for _ in capture("ls /proc/" .. read("/proc/self/stat"):match("^%d+") .. "/fd"):gmatch("%d+") do n = n + 1 end
  return n
end

test("ten thousand audits leave nothing behind", function()
  local rounds = sanitized and 300 or 10000
  local open_files
  local middle
  for i = 1, rounds do
    local audit = plumbline.new(small())
    audit:run()
    audit:close()
    if i == rounds // 2 then
      collectgarbage()
      middle, open_files = resident(), descriptors()
    end
  end
  collectgarbage()
  equal(descriptors(), open_files, "open files")
  -- Five thousand rounds that each kept but 256 bytes would grow by 1,250 KiB.
  if not sanitized and resident() > middle + 1024 then
    error(("grew from %d to %d KiB in %d rounds"):format(middle, resident(), rounds - rounds // 2))
  end
end)

test("a hundred workspaces leave nothing behind", function()
  local rounds = sanitized and 4 or 100
  local open_files, middle
  for i = 1, rounds do
    local audit = plumbline.open { directory = bad, worker = program }
    audit:run()
    if i % 2 == 0 then audit:close() end
    if i == rounds // 2 then
      collectgarbage()
      collectgarbage()
      middle, open_files = resident(), descriptors()
    end
    audit = nil -- luacheck: ignore
  end
  collectgarbage()
  collectgarbage()
  equal(descriptors(), open_files, "open files")
  if not sanitized and resident() > middle + 1024 then
    error(("grew from %d to %d KiB"):format(middle, resident()))
  end
end)

-- ---- the host is as it was ----------------------------------------------------------------------------------------------

test("globals, libraries, locale, signals and hooks are as before", function()
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

os.execute("rm -rf " .. quote(scratch))
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1, true)
