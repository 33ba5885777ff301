-- Differential test: random workspaces, audited by plumbline and computed again
-- by SQLite. Every count, sum and step must be equal.
--
--   lua5.4 tests/trace_diff.lua --binary build/plumbline [--seed 1] [--count 500]
--
-- A failing workspace is kept and its directory named.
package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local Random = require "diff.random"
local Workspace = require "diff.workspace"
local Oracle = require "diff.oracle"
local cjson = require "cjson"

local options = { seed = 1, count = 500, binary = "build/plumbline" }
for i = 1, #arg, 2 do
  local name = arg[i]:match("^%-%-(%a+)$")
  if not name or options[name] == nil then error("unknown option " .. arg[i]) end
  options[name] = tonumber(arg[i + 1]) or arg[i + 1]
end

local base = io.popen("mktemp -d"):read("l")

-- ---- comparing ---------------------------------------------------------------

local Difference = {}
Difference.__index = Difference

function Difference:check(what, got, want)
  self.checked = self.checked + 1
  if got == cjson.null then got = nil end
  if type(got) == "number" and type(want) == "number" then
    if got == want then return end
  elseif got == want then
    return
  end
  self.found[#self.found + 1] = string.format("%s: plumbline %s, SQLite %s", what, tostring(got), tostring(want))
end

function Difference:deals(what, got, want)
  got = got or {}
  self:check(what .. ".deals", got.deals or 0, want.deals)
  self:check(what .. ".amount", got.amount or "0.00", want.amount)
  self:check(what .. ".unknown_amounts", got.unknown_amounts or 0, want.unknown_amounts)
end

function Difference:step(what, got, want)
  for _, f in ipairs { "in", "with_key", "matched", "out", "followed" } do
    self:check(what .. "." .. f, got[f], want[f])
  end
  for _, f in ipairs { "median", "max", "keys" } do
    self:check(what .. ".fan_out." .. f, got.fan_out and got.fan_out[f], want.fan_out and want.fan_out[f])
  end
  self:check(what .. ".not_unique", got.not_unique and got.not_unique.keys or 0, want.not_unique or 0)
  local near = got.near or {}
  self:check(what .. ".near.keys", near.keys or 0, want.near_keys)
  self:check(what .. ".near.records", near.records or 0, want.near_records)
  if want.near_won then self:deals(what .. ".near.won", near.won, want.near_won) end
end

function Difference:table22(what, got, want)
  for _, f in ipairs { "won_with", "won_without", "lost_with", "lost_without" } do
    self:check(what .. "." .. f, got and got[f] or 0, want[f])
  end
end

function Difference:by(what, got, want)
  local seen = 0
  for _, row in ipairs(got.rows) do
    local value = row.blank and "" or row.value
    local w = want[value]
    if not w then
      self:check(what .. " value " .. value, "there", "not there")
    else
      seen = seen + 1
      self:check(what .. "[" .. value .. "].origins", row.origins, w.origins)
      for _, status in ipairs { "won", "lost", "open" } do
        self:deals(what .. "[" .. value .. "]." .. status, row[status],
          { deals = w[status][1], amount = Oracle.money(w[status][2]), unknown_amounts = w[status][3] })
      end
    end
  end
  local n = 0
  for _ in pairs(want) do n = n + 1 end
  self:check(what .. " values", seen, n)
end

function Difference:metric(finding, want)
  local what, e = finding.metric, finding.evidence
  if not e then
    return self:check(what, "no evidence: " .. (finding.error and finding.error.message or finding.verdict), "evidence")
  end
  self:check(what .. ".origins", e.origins.records, want.origins)
  for _, status in ipairs { "won", "lost", "open" } do
    for _, stage in ipairs { "matched", "in_order", "reached" } do
      self:deals(what .. "." .. status .. "." .. stage, e.deals[status][stage], want.deals[status][stage])
    end
  end
  for i, b in ipairs(want.branches) do
    self:check(what .. ".branch" .. i .. ".origins", e.branches[i].origins, b.origins)
    for k, step in ipairs(b.steps) do
      self:step(string.format("%s.branch%d.step%d", what, i, k), e.branches[i].steps[k], step)
    end
  end
  for f, n in pairs(want.last_step) do self:check(what .. ".last_step." .. f, e.last_step[f], n) end
  self:check(what .. ".landmark", e.difference.landmark, want.difference.landmark)
  self:table22(what .. ".difference", e.difference.table, want.difference.main)
  if want.difference.landmark then
    self:table22(what .. ".naive", e.difference.naive and e.difference.naive.table, want.difference.naive)
  end
  local first = e.first_to_close
  self:check(what .. ".first_to_close", first and first.median_seconds,
    want.first_to_close and want.first_to_close.median_seconds)
  self:check(what .. ".first_to_close.deals", first and first.deals,
    want.first_to_close and want.first_to_close.deals)
  if want.by then self:by(what .. ".by", e.by, want.by) end
end

-- ---- one workspace ---------------------------------------------------------------

local function audit(dir, threads)
  local command = string.format("%s audit -C %s --json --max-rejects 0 --threads %d 2>%s/stderr",
    options.binary, dir, threads, dir)
  local pipe = io.popen(command)
  local text = pipe:read("a")
  local ok, _, code = pipe:close()
  if not ok then
    local message = io.open(dir .. "/stderr"):read("a")
    return nil, "exit " .. tostring(code) .. ": " .. message
  end
  return cjson.decode(text)
end

local function try(seed)
  local rnd = Random.new(seed)
  local ws = Workspace.new(rnd)
  local dir = base .. "/" .. seed
  os.execute("mkdir -p " .. dir)
  Workspace.write(ws, rnd, dir)
  local result, message = audit(dir, 1 + seed % 3)
  local diff = setmetatable({ found = {}, checked = 0 }, Difference)
  if not result then
    diff.found[1] = message
    return diff, dir
  end
  local oracle = Oracle.new(ws)
  for i, m in ipairs(ws.metrics) do diff:metric(result.findings[i], oracle:metric(m)) end
  oracle:close()
  if #diff.found == 0 then os.execute("rm -rf " .. dir) end
  return diff, dir
end

local passed, failed, checked = 0, 0, 0
for seed = options.seed, options.seed + options.count - 1 do
  local diff, dir = try(seed)
  checked = checked + diff.checked
  if #diff.found == 0 then
    passed = passed + 1
  else
    failed = failed + 1
    print(string.format("seed %d, kept in %s:", seed, dir))
    for i = 1, math.min(#diff.found, 12) do print("  " .. diff.found[i]) end
  end
end
if failed == 0 then os.execute("rm -rf " .. base) end
print(string.format("trace_diff: %d workspaces from seed %d, %d figures compared", options.count, options.seed, checked))
print(string.format("%d passed, %d failed", passed, failed))
os.exit(failed == 0 and 0 or 1)
