-- The benchmark of issue 4: plumbline and its peers, on the same exports, in turn.
--   lua5.4 bench.lua --binary build/plumbline --bench build/bench --size S|M|L --rounds N [--seed 1] [--write no]
-- Exit code 1 when an engine fails or an answer differs.
local here = arg[0]:match("^(.*)/") or "."
package.path = here .. "/?.lua;" .. package.path
local Harness = require "harness"
local Workspace = require "workspace"
local Answers = require "answers"
local Machine = require "machine"
local Results = require "results"

io.stdout:setvbuf "line" -- rounds are long
local o = { binary = "build/plumbline", bench = "build/bench", size = "S", rounds = 3, seed = 1, write = "yes" }
for i = 1, #arg, 2 do
  local name = arg[i]:match("^%-%-(%a+)$")
  if not name or o[name] == nil then error("unknown option " .. arg[i], 0) end
  o[name] = math.tointeger(tonumber(arg[i + 1])) or arg[i + 1]
end
if not Harness.sizes[o.size] then error("the size is S, M or L, not " .. o.size, 0) end
o.binary, o.bench = Harness.capture("realpath " .. o.binary), Harness.capture("realpath " .. o.bench)
o.here = Harness.capture("realpath " .. here)

-- An engine that takes longer than this runs once: its figure is far from the others' anyway.
local patience = 60

local dir = ("%s/%s"):format(o.bench, o.size)
local exports = Harness.exports(o.bench, o.size, o.seed)
Workspace.write(exports, dir .. "/main", "main", exports .. "/metrics.tsv")

local engines, missing = {}, {}
for _, threads in ipairs { 2, 1 } do
  engines[#engines + 1] = Harness.plumbline(o, dir .. "/main", exports, threads)
end
for _, peer in ipairs(Harness.peers(o, exports, dir)) do
  if peer.missing then
    missing[#missing + 1] = peer.name
    print(("missing, could not be installed: %s"):format(peer.name))
  else
    engines[#engines + 1] = peer
  end
end

Harness.warm(exports)
local expected, failures = nil, 0

local function check(engine)
  local answers = engine.answers(engine.out)
  expected = expected or answers
  local difference = Answers.difference(expected, answers)
  if difference then
    failures = failures + 1
    print(("%s answers something else than %s:\n  %s"):format(engine.name, engines[1].name, difference))
  end
end

local function turn(engine, round)
  local before = engine.runs and engine.runs[1]
  if engine.failed or (before and before.wall > patience) then return end
  local run, message = Harness.run(o, engine)
  if not run then
    failures = failures + 1
    engine.failed = true
    print(message)
    return
  end
  engine.runs = engine.runs or {}
  table.insert(engine.runs, run)
  print(("round %d  %-18s %d  %8.2f s wall  %8.2f s CPU  %7.0f MB  (others: %.1f cores)"):format(round, engine.name,
    engine.threads, run.wall, run.cpu, run.peak * 1024 / 1e6, run.others))
  check(engine)
end

-- Each round begins with another engine, so that none always follows the same one. Plumbline
-- is first in the first: its answers are what the others are held against.
for round = 1, o.rounds do
  for i = 0, #engines - 1 do turn(engines[(i + round - 1) % #engines + 1], round) end
end

local size = { engines = {}, missing = missing, answers = expected and #expected or 0,
  touches = ("%d"):format(Harness.sizes[o.size].touches), machine = Machine.describe(), versions = Machine.versions(o),
  bytes = tonumber(Harness.capture("cat " .. Harness.quote(exports) .. "/*.csv | wc -c")) }
local all = {}
for _, engine in ipairs(engines) do
  if engine.runs then
    local row = { name = engine.name, threads = engine.threads, runs = #engine.runs }
    for _, field in ipairs { "wall", "cpu", "peak" } do row[field] = Harness.median(engine.runs, field) end
    table.insert(size.engines, row)
    for _, run in ipairs(engine.runs) do all[#all + 1] = run end
  end
end
if failures > 0 then
  print(("%d failures: nothing is written"):format(failures))
  os.exit(1)
end
size.others = Harness.median(all, "others")
print(("\n%s: %s touches; %s\n%s\n"):format(o.size, size.touches, size.machine, size.versions))
print(Results.summary(size))
Results.keep(o, o.size, size)
if o.write == "yes" then Results.write(o) end
