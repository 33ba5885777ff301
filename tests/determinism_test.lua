-- The same inputs give the same bytes: on any number of threads, in any locale
-- and timezone of the machine, in any order in which files are given.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/determinism_test.lua
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local check, read, write, BINARY, dir = runner.check, runner.read, runner.write, runner.program, runner.scratch

local function run(environment, arguments)
  local pipe = io.popen(string.format("env %s %s %s 2>%s/stderr", environment, BINARY, arguments, dir))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

-- ---- the demo -----------------------------------------------------------------

local _, made = run("", "init --demo " .. dir .. "/demo")
check("the demo is written: " .. read(dir .. "/stderr"), made == 0)

local first, code = run("", "audit -C " .. dir .. "/demo --json")
check("the demo is audited (4: one rule of the story fails): " .. tostring(code), code == 4)
check("and has a report", #first > 10000)
local folder = read(dir .. "/demo/report/report.json")
check("stdout and report.json are the same bytes", folder == first)

for _, threads in ipairs { 1, 2, 3, 8 } do
  check("threads " .. threads, run("", "audit -C " .. dir .. "/demo --json --threads " .. threads) == first)
end
for _, environment in ipairs { "LC_ALL=C", "LC_ALL=C.UTF-8", "LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8", "TZ=Pacific/Apia",
  "TZ=America/Sao_Paulo LC_NUMERIC=de_DE.UTF-8", "MALLOC_PERTURB_=165" } do
  check("environment " .. environment, run(environment, "audit -C " .. dir .. "/demo --json") == first)
end
check("from another directory", run("", "audit --json " .. dir .. "/demo") == first)

-- ---- the order of files ----------------------------------------------------------

os.execute("mkdir " .. dir .. "/w")
for part = 1, 4 do
  local rows = { "id,contact,at" }
  for i = 1, 200 do
    -- parts overlap: identical repeats collapse
    local id = (part - 1) * 150 + i
    rows[#rows + 1] = string.format("t%d,c%d,2024-0%d-%02d", id, id * 7 % 90, 1 + id % 6, 1 + id % 28)
  end
  write(dir .. "/w/touches" .. part .. ".csv", table.concat(rows, "\n") .. "\n")
end
local deals = { "id,contact,stage,amount,closed" }
for i = 1, 90 do
  deals[#deals + 1] = string.format("d%d,c%d,%s,%d.%02d,2024-07-%02d", i, i, i % 3 == 0 and "lost" or "won", i * 13, i, 1 + i % 28)
end
write(dir .. "/w/deals.csv", table.concat(deals, "\n") .. "\n")
write(dir .. "/w/rules.lua", [[department "D"
metric "touches" { trace = from "touches" :to("deals", "contact"), by = "contact" }
]])

local reference
for _, order in ipairs { { 1, 2, 3, 4 }, { 4, 3, 2, 1 }, { 2, 4, 1, 3 }, { 3, 3, 1, 2, 4 } } do
  local paths = {}
  for i, part in ipairs(order) do paths[i] = '"touches' .. part .. '.csv"' end
  write(dir .. "/w/audit.lua", string.format([[
audit "order" { as_of = "2024-12-31", rules = "rules.lua" }
source "touches" { %s, key = "id", time = "at" }
deals { "deals.csv", key = "id", closed = "closed", amount = "amount", status = "stage" }
]], table.concat(paths, ", ")))
  local text, status = run("", "audit -C " .. dir .. "/w --json")
  check("files " .. table.concat(order, " ") .. ": " .. read(dir .. "/stderr"), status == 0)
  reference = reference or text
  check("files " .. table.concat(order, " ") .. " give the same bytes", text == reference)
end

runner.finish()
