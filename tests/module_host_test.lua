-- require "plumbline" and the process that loads it: coroutines, signals, workers,
-- threads, memory, the end; the host is left as it was.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/module_host_test.lua [word]

local host = dofile((arg[0]:match "^(.*)/" or ".") .. "/module/host.lua")
local plumbline, folder, demo, bad, equal, small = host.plumbline, host.folder, host.demo, host.bad, host.equal, host.small
local runner = host.runner
local test, capture, read, write = runner.test, runner.capture, runner.read, runner.write
local program, scratch, sanitized = runner.program, runner.scratch, host.sanitized

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
    runner.leave "no German locale can be made here"
  end
  local german = elsewhere("LOCPATH=" .. scratch .. "/locale WANTED=de_DE.UTF-8", body)
  equal(german, plain)
end)

test("editors know every function of the module, and no other", function()
  local meta = read(runner.project .. "/lua/plumbline/_meta/plumbline.lua")
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

-- In a host of its own: what earlier tests left in pieces of the allocator's memory would be
-- reused here and there, and the resident size would move by a megabyte or two.
test("two hundred workspaces leave nothing behind", function()
  local text = elsewhere("", ([[
    local function count()
      collectgarbage()
      collectgarbage()
      local kib
      for line in io.lines "/proc/self/status" do
        kib = kib or line:match "^VmRSS:%%s+(%%d+)"
      end
      local pipe = io.popen "ls /proc/$PPID/fd | wc -l"
      local files = pipe:read "n"
      pipe:close()
      return tonumber(kib), files
    end
    local rounds, middle, open_files = %d
    for i = 1, rounds do
      local audit = plumbline.open { directory = %q, worker = program }
      audit:run()
      if i %% 2 == 0 then audit:close() end
      audit = nil
      if i %% 20 == 0 then collectgarbage() end -- the collector does not see what C holds
      if i == rounds // 2 then middle, open_files = count() end
    end
    local last, still_open = count()
    assert(still_open <= open_files, still_open .. " open files, " .. open_files .. " after half of the rounds")
    -- An open workspace takes about 140 KiB: the fifty that only the collector closes would be 7,000.
    assert(%s or last <= middle + 1024, "grew from " .. middle .. " to " .. last .. " KiB")]])
    :format(sanitized and 8 or 200, bad, tostring(sanitized)))
  equal(text, " exit 0\n")
end)

-- ---- a C host with threads ------------------------------------------------------------------

-- tests/module/threads.c says what it does.
test("two Lua states on two threads, and a child after fork", function()
  if sanitized then return runner.skip "a C host under the sanitizer" end
  local built = scratch .. "/threads"
  local line = "gcc -std=gnu11 -Wall -Wextra -Werror -rdynamic %s/module/threads.c -o %s "
    .. "$(pkg-config --cflags --libs lua5.4) -lpthread 2>&1"
  equal(capture(line:format(runner.quote(runner.here), runner.quote(built))), "", "the compiler")
  equal(capture(("%s %s 2>&1"):format(runner.quote(built), runner.quote(folder))), "ok\n")
end)

host.finish()
