-- Running one engine and measuring it: wall clock, CPU, peak memory, and how much of the
-- machine others used meanwhile.
local Answers = require "answers"
local Harness = {}

function Harness.quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
local quote = Harness.quote

function Harness.capture(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

function Harness.must(command)
  if not os.execute(command) then error("failed: " .. command, 0) end
end

-- Seconds that all processors were busy since the machine started.
local function busy()
  local file = assert(io.open("/proc/stat"))
  local user, nice, system, irq, soft, steal =
    file:read("l"):match("^cpu +(%d+) (%d+) (%d+) %d+ %d+ (%d+) (%d+) (%d+)")
  file:close()
  return (user + nice + system + irq + soft + steal) / 100
end

-- One run of `command`, a list of words; `variables` go into its environment. What it prints
-- goes to `log`. Gives wall and cpu in seconds, peak in KiB, the exit code, and `others`: the
-- processors that other programs kept busy.
function Harness.measure(bench, command, variables, log)
  local words = {}
  for i, word in ipairs(command) do words[i] = quote(word) end
  local before = busy()
  local out = bench .. "/measured"
  Harness.must(("env %s %s %s %s >%s 2>&1 </dev/null"):format(variables or "", quote(bench .. "/measure"), quote(out),
    table.concat(words, " "), quote(log)))
  local after = busy()
  local file = assert(io.open(out))
  local wall, cpu, peak, code = file:read("n", "n", "n", "n")
  file:close()
  return { wall = wall, cpu = cpu, peak = peak, code = code,
    others = math.max(0, (after - before - cpu) / math.max(wall, 0.01)) }
end

-- ---- the exports -------------------------------------------------------------------------
Harness.sizes = {
  S = { touches = 1000000, contacts = 100000 },
  M = { touches = 20000000, contacts = 2000000 },
  L = { touches = 100000000, contacts = 2000000 }, -- M's contacts and deals
}

local function read(path)
  local file = io.open(path)
  local text = file and file:read("a")
  if file then file:close() end
  return text
end
Harness.read = read

-- Builds the exports of a size once: again only when the generator or what it was asked for
-- has changed. Gives their folder.
function Harness.exports(bench, size, seed)
  local dir = ("%s/%s/exports"):format(bench, size)
  local asked = Harness.sizes[size]
  local made = ("%d touches, %d contacts, seed %d, generator %s\n"):format(asked.touches, asked.contacts, seed,
    Harness.capture("cksum <" .. quote(bench .. "/generate")))
  if read(dir .. "/made") ~= made then
    print(("building %s: %s"):format(size, made:match("^(.-), gen")))
    Harness.must(("rm -rf %s && mkdir -p %s"):format(quote(dir), quote(dir)))
    Harness.must(("%s %s %d %d %d"):format(quote(bench .. "/generate"), quote(dir), asked.touches, asked.contacts, seed))
    local file = assert(io.open(dir .. "/made", "w"))
    file:write(made)
    file:close()
  end
  return dir
end

-- The page cache is warm: what is measured is the work, not the disk.
function Harness.warm(dir)
  Harness.must(("cat %s/*.csv >/dev/null"):format(quote(dir)))
end

-- ---- the engines ---------------------------------------------------------------------------

-- An engine has a name, a command (words), variables, the file of its answers, and a function
-- that reads them.
function Harness.plumbline(o, workspace, exports, threads)
  return {
    name = "plumbline", threads = threads, log = workspace .. "/log",
    command = { o.binary, "audit", "-q", "-C", workspace, "--allow", exports, "--threads", tostring(threads) },
    out = workspace .. "/report/report.json", answers = Answers.of_report,
  }
end

function Harness.peers(o, exports, dir)
  local peers = {}
  for _, peer in ipairs {
    { "DuckDB, streamed", "duckdb_streamed.js", "@duckdb/node-api" },
    { "DuckDB, kept", "duckdb_kept.js", "@duckdb/node-api" },
    { "ClickHouse (chdb)", "chdb.js", "chdb" },
    { "Polars", "polars.js", "nodejs-polars" },
  } do
    local out = ("%s/%s.answers"):format(dir, peer[2])
    peers[#peers + 1] = {
      name = peer[1], threads = 2, log = out .. ".log", out = out, answers = Answers.of_file,
      command = { "node", o.here .. "/peers/" .. peer[2], exports, out, "2" },
      variables = "BENCH_MODULES=" .. quote(o.bench),
      missing = not os.execute(("cd %s && node -e 'require(\"%s\")' >/dev/null 2>&1"):format(quote(o.bench), peer[3])),
    }
  end
  local out = dir .. "/sqlite.answers"
  peers[#peers + 1] = {
    name = "SQLite", threads = 1, log = out .. ".log", out = out, answers = Answers.of_file,
    command = { "bash", o.here .. "/peers/sqlite.sh", exports, out },
    missing = not os.execute("command -v sqlite3 >/dev/null"),
  }
  return peers
end

-- Runs an engine once; its answers must be there and be fresh.
function Harness.run(o, engine)
  os.remove(engine.out)
  local run = Harness.measure(o.bench, engine.command, engine.variables, engine.log)
  if run.code ~= 0 then
    return nil, ("%s ended with exit code %d:\n%s"):format(engine.name, run.code, (read(engine.log) or ""):sub(-2000))
  end
  return run
end

function Harness.median(runs, field)
  local list = {}
  for i, run in ipairs(runs) do list[i] = run[field] end
  table.sort(list)
  local half = #list // 2
  return #list % 2 == 1 and list[half + 1] or (list[half] + list[half + 1]) / 2
end

return Harness
