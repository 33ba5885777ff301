-- What single things cost plumbline, without peers: ten times the metrics, a breakdown of
-- every metric, a second thread, start-up.
--   lua5.4 parts.lua --binary build/plumbline --bench build/bench --size S --rounds 3 [--only data]
local here = arg[0]:match("^(.*)/") or "."
package.path = here .. "/?.lua;" .. package.path
local Harness = require "harness"
local Workspace = require "workspace"
local Machine = require "machine"
local Results = require "results"

local o = { binary = "build/plumbline", bench = "build/bench", size = "S", rounds = 3, seed = 1, only = "", write = "yes" }
for i = 1, #arg, 2 do
  local name = arg[i]:match("^%-%-(%a+)$")
  if not name or o[name] == nil then error("unknown option " .. arg[i], 0) end
  o[name] = math.tointeger(tonumber(arg[i + 1])) or arg[i + 1]
end
if not Harness.sizes[o.size] then error("the size is S, M or L, not " .. o.size, 0) end
o.bench, o.here = Harness.capture("realpath " .. o.bench), Harness.capture("realpath " .. here)
local dir = ("%s/%s"):format(o.bench, o.size)
local exports = Harness.exports(o.bench, o.size, o.seed)
if o.only == "data" then os.exit(true) end
o.binary = Harness.capture("realpath " .. o.binary)

for _, variant in ipairs(Workspace.variants) do
  Workspace.write(exports, ("%s/%s"):format(dir, variant), variant, exports .. "/metrics.tsv")
end
local demo = o.bench .. "/demo"
Harness.must(("rm -rf %s && %s init --demo %s >/dev/null 2>&1"):format(Harness.quote(demo), Harness.quote(o.binary),
  Harness.quote(demo)))

local function audit(variant, threads)
  local run = Harness.plumbline(o, ("%s/%s"):format(dir, variant), exports, threads)
  run.code = 0
  return run
end

-- Two of the demo's metrics are wrong on purpose: its audit ends with 4.
local function small(command, code)
  return { command = command, code = code, log = o.bench .. "/log", rounds = o.rounds * 5 }
end

local parts = {
  { "41 metrics", audit("main", 2) },
  { "41 metrics, 1 thread", audit("main", 1) },
  { "401 metrics", audit("many", 2), of = "41 metrics", goal = "below 2" },
  { "40 metrics by asset", audit("each", 2), of = "41 metrics" },
  { "the demo", small({ o.binary, "audit", "-q", "-C", demo }, 4), goal = "below 0.15 s" },
  { "`plumbline --version`", small({ o.binary, "--version" }, 0) },
}
parts[2].of = "41 metrics"

Harness.warm(exports)
local failed, runs, all = false, {}, {}
for round = 1, o.rounds * 5 do
  for _, part in ipairs(parts) do
    if round <= (part[2].rounds or o.rounds) and not failed then
      local run = Harness.measure(o.bench, part[2].command, nil, part[2].log)
      if run.code ~= part[2].code then
        print(("%s: exit code %d\n%s"):format(part[1], run.code, (Harness.read(part[2].log) or ""):sub(-2000)))
        failed = true
      end
      runs[part[1]] = runs[part[1]] or {}
      table.insert(runs[part[1]], run)
      all[#all + 1] = run
    end
  end
end
if failed then os.exit(1) end

local rows = { { "part", "runs", "wall s", "CPU s", "peak MB", "wall, times", "CPU, times", "goal" } }
for _, part in ipairs(parts) do
  local mine, other = runs[part[1]], runs[part.of or part[1]]
  local function times(field)
    return part.of and ("%.2f× %s"):format(Harness.median(mine, field) / Harness.median(other, field), part.of) or ""
  end
  rows[#rows + 1] = { part[1], ("%d"):format(#mine), ("%.3f"):format(Harness.median(mine, "wall")),
    ("%.3f"):format(Harness.median(mine, "cpu")), ("%.0f"):format(Harness.median(mine, "peak") * 1024 / 1e6),
    times("wall"), times("cpu"), part.goal or "" }
end
local others = Harness.median(all, "others")
local text = ("Size %s; 2 threads where nothing else is said; medians. Other programs kept %.2f cores busy%s.\n\n%s"):format(
  o.size, others, others > 0.1 and ", so **the machine was not quiet**" or "", Results.draw(rows))
print(text)
Results.keep(o, "parts", { text = text, machine = Machine.describe() })
if o.write == "yes" then Results.write(o) end
