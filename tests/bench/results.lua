-- The tables: on the screen, and in RESULTS.md, which is drawn from what the last run of each
-- size left in build/bench.
local cjson = require "cjson"
local Harness = require "harness"
local Results = {}

local function ratio(over, under) return ("%.1f×"):format(over / under) end

-- Lines of a table with columns as wide as what is in them; Markdown.
local function draw(rows)
  local width, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do width[i] = math.max(width[i] or 3, utf8.len(cell)) end
  end
  for n, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local pad = (" "):rep(width[i] - utf8.len(cell))
      cells[i] = i == 1 and cell .. pad or pad .. cell
    end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if n == 1 then
      for i, w in ipairs(width) do cells[i] = i == 1 and ("-"):rep(w) or ("-"):rep(w - 1) .. ":" end
      lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    end
  end
  return table.concat(lines, "\n") .. "\n"
end
Results.draw = draw

-- Wall clock, CPU and memory of each engine, and how many times plumbline's.
local function engines(size)
  local mine, one = size.engines[1], size.engines[2]
  local rows = { { "engine", "threads", "runs", "wall s", "CPU s", "peak MB", "wall / plumbline", "on one thread",
    "peak / plumbline" } }
  for _, e in ipairs(size.engines) do
    rows[#rows + 1] = { e.name, ("%d"):format(e.threads), ("%d"):format(e.runs), ("%.2f"):format(e.wall),
      ("%.2f"):format(e.cpu), ("%.0f"):format(e.peak * 1024 / 1e6), ratio(e.wall, mine.wall), ratio(e.wall, one.wall),
      ratio(e.peak, mine.peak) }
  end
  return draw(rows)
end

local function best(size, field)
  local found
  for _, e in ipairs(size.engines) do
    if e.name ~= "plumbline" and (not found or e[field] < found[field]) then found = e end
  end
  return found
end

-- The same in a sentence, against the goals of the issue.
local function verdict(size)
  local fast, lean = best(size, "wall"), best(size, "peak")
  if not fast then return "No peer could be run.\n" end
  local mine, one = size.engines[1], size.engines[2]
  return ("The fastest peer is %s: it takes %s plumbline's time (goal: 5×, at least 4×), %s that of plumbline on one " ..
    "thread.\nThe leanest is %s: it takes %s plumbline's memory (goal: 10×, at least 6×).\n"):format(fast.name,
    ratio(fast.wall, mine.wall), ratio(fast.wall, one.wall), lean.name, ratio(lean.peak, mine.peak))
end

function Results.summary(size)
  local out = { engines(size), "\n", verdict(size), ("All answers are equal: %d lines.\n"):format(size.answers) }
  for _, name in ipairs(size.missing) do out[#out + 1] = ("Missing, could not be installed: %s.\n"):format(name) end
  if size.others > 0.1 then
    out[#out + 1] = ("**The machine was not quiet**: other programs kept %.1f of its cores busy (median over runs), so " ..
      "wall clocks say little; CPU and memory hold.\n"):format(size.others)
  else
    out[#out + 1] = ("The machine was quiet: other programs kept %.2f of its cores busy.\n"):format(size.others)
  end
  return table.concat(out)
end

function Results.keep(o, name, result)
  Harness.must("mkdir -p " .. Harness.quote(o.bench .. "/results"))
  local file = assert(io.open(("%s/results/%s.json"):format(o.bench, name), "w"))
  file:write(cjson.encode(result))
  file:close()
end

local function kept(o, name)
  local text = Harness.read(("%s/results/%s.json"):format(o.bench, name))
  return text and cjson.decode(text)
end

local head = [[
# Results of the benchmark

Written by `make bench`; `make bench-quick` and `make bench-parts` add their parts. What is asked is
in [answers.lua](answers.lua) and [workspace.lua](workspace.lua), how the peers answer it in
[peers/](peers). Each run is a whole process, from CSV in the page cache to answers in a file; engines
take turns; medians. Peak memory is the largest process's. "on one thread": against plumbline's
second line.
]]

function Results.write(o)
  local out = { head }
  for _, name in ipairs { "S", "M", "L" } do
    local size = kept(o, name)
    if size then
      out[#out + 1] = ("\n## %s: %s touches, %.2f GB\n\n%s\n%s\n\n"):format(name, size.touches, size.bytes / 1e9,
        size.machine, size.versions)
      out[#out + 1] = Results.summary(size)
    end
  end
  local small, large = kept(o, "M"), kept(o, "L")
  if small and large then
    local m, l = small.engines[1], large.engines[1]
    out[#out + 1] = ("\nFrom M to L: %s the time, %+.1f %% memory.\n"):format(ratio(l.wall, m.wall),
      (l.peak / m.peak - 1) * 100)
  end
  local parts = kept(o, "parts")
  if parts then out[#out + 1] = "\n## Parts\n\n" .. parts.machine .. "\n\n" .. parts.text end
  local file = assert(io.open(o.here .. "/RESULTS.md", "w"))
  file:write(table.concat(out))
  file:close()
end

return Results
