-- require "plumbline" in stock Lua 5.4: what it gives and what it refuses. What it does
-- to the process that loads it is in module_host_test.lua.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/module_test.lua [word]

local host = dofile((arg[0]:match "^(.*)/" or ".") .. "/module/host.lua")
local plumbline, folder, demo, equal, fails, small = host.plumbline, host.folder, host.demo, host.equal, host.fails, host.small
local runner = host.runner
local test, quote, capture, read, write = runner.test, runner.quote, runner.capture, runner.read, runner.write
local program, scratch = runner.program, runner.scratch

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

local bad = host.bad

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
  local ok, e = pcall(plumbline.new, { title = "x", deals = { rows = {}, key = "id", closd = "c", status = "s" } })
  assert(not ok and e.code == "usage" and tostring(e):find 'did you mean "closed"', tostring(e))
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

host.finish()
