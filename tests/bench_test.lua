-- The benchmark's question at a small size, against SQLite: every metric and every row of a
-- breakdown, on one and on two threads. The workload is generated as `make bench` does.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/bench_test.lua
local here = arg[0]:match("^(.*)/") or "."
package.path = here .. "/bench/?.lua;" .. package.path
local sqlite = require("luasql.sqlite3").sqlite3()
local Workspace = require "workspace"
local Answers = require "answers"

local program = assert(os.getenv("PLUMBLINE"), "set PLUMBLINE to the program")
local touches, contacts = 20000, 2000

local function capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

program = capture("realpath '" .. program .. "'")
local scratch = capture("mktemp -d")
local exports = scratch .. "/exports"

local function must(command) assert(os.execute(command), "failed: " .. command) end

-- ---- the workload ---------------------------------------------------------------------------
must(("gcc -std=gnu11 -O1 -o %s/generate %s/bench/generate.c"):format(scratch, here))
must(("mkdir -p %s && %s/generate %s %d %d 7"):format(exports, scratch, exports, touches, contacts))

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- The fields of a line; quotes as RFC 4180 has them. No field holds a newline.
local function fields(line)
  local out, at = {}, 1
  while at <= #line + 1 do
    local value, stop
    if line:sub(at, at) == '"' then
      local i = at + 1
      repeat
        i = line:find('"', i, true)
        local doubled = line:sub(i + 1, i + 1) == '"'
        stop = i + 1
        i = i + 2
      until not doubled
      value = line:sub(at + 1, stop - 2):gsub('""', '"')
    else
      stop = line:find(",", at, true) or #line + 1
      value = line:sub(at, stop - 1)
    end
    out[#out + 1] = value
    at = stop + 1
  end
  return out
end

local function load(db, name)
  local first = true
  assert(db:execute("BEGIN"))
  for line in io.lines(("%s/%s.csv"):format(exports, name)) do
    local row = fields(line)
    if first then
      assert(db:execute(("CREATE TABLE %s (%s TEXT)"):format(name, table.concat(row, " TEXT, "))))
      first = false
    else
      for i, value in ipairs(row) do row[i] = "'" .. value:gsub("'", "''") .. "'" end
      assert(db:execute(("INSERT INTO %s VALUES (%s)"):format(name, table.concat(row, ","))))
    end
  end
  assert(db:execute("COMMIT"))
end

local function lines_of(db, statement, lines)
  local cursor = assert(db:execute(statement))
  local row = {}
  while cursor:fetch(row, "n") do
    for i, value in ipairs(row) do row[i] = math.type(value) == "float" and ("%.0f"):format(value) or tostring(value) end
    lines[#lines + 1] = table.concat(row, "\t")
  end
  cursor:close()
end

-- ---- what SQLite answers -----------------------------------------------------------------------
-- peers/sqlite.sql says it for the benchmark; the breakdown of every metric is added here.
local each = [[
SELECT 'asset', t.metric, t.asset, t.touches,
  ifnull(won, 0), ifnull(won_usd, 0), ifnull(lost, 0), ifnull(lost_usd, 0), ifnull(open, 0), ifnull(open_usd, 0)
FROM (SELECT metric, asset, count(*) AS touches FROM touches GROUP BY metric, asset) t
LEFT JOIN (SELECT metric, asset,
    sum(stage = 'won') AS won, sum(iif(stage = 'won', usd, 0)) AS won_usd,
    sum(stage = 'lost') AS lost, sum(iif(stage = 'lost', usd, 0)) AS lost_usd,
    sum(stage = 'open') AS open, sum(iif(stage = 'open', usd, 0)) AS open_usd
  FROM (SELECT DISTINCT metric, asset, n FROM gap WHERE gap BETWEEN 0 AND 180 * 86400) JOIN deal USING (n)
  GROUP BY metric, asset) r USING (metric, asset)]]

local function ask_sqlite()
  local db = assert(sqlite:connect(":memory:"))
  for _, name in ipairs { "touches", "contacts", "deals" } do load(db, name) end
  local lines = {}
  local sql = read(here .. "/bench/peers/sqlite.sql"):gsub("%-%-[^\n]*", "")
  for statement in sql:gmatch("%s*([^;]+);") do
    if statement:match("^SELECT") then lines_of(db, statement, lines) else assert(db:execute(statement)) end
  end
  local main = table.move(lines, 1, #lines, 1, {})
  lines_of(db, each, lines)
  db:close()
  table.sort(main)
  table.sort(lines)
  return { main = main, each = lines }
end

-- ---- what plumbline answers ----------------------------------------------------------------------
local function audit(variant, threads)
  local dir = ("%s/%s"):format(scratch, variant)
  Workspace.write("../exports", dir, variant, exports .. "/metrics.tsv")
  must(("%s audit -q -C %s --allow %s --max-rejects 0 --threads %d >%s/log 2>&1 || { cat %s/log; exit 1; }"):format(
    program, dir, exports, threads, dir, dir))
  return dir .. "/report/report.json"
end

-- ---- the tests -------------------------------------------------------------------------------------
local passed, failed = 0, 0

local function test(name, body)
  local ok, message = pcall(body)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print(("FAILED %s\n%s"):format(name, message))
  end
end

local function count(lines, pattern)
  local n = 0
  for _, line in ipairs(lines) do
    if line:find(pattern) then n = n + 1 end
  end
  return n
end

local wanted = ask_sqlite()

test("the workload is what issue 4 describes", function()
  local got = { rows = 0, blank = 0, orphans = 0, quoted = 0 }
  for line in io.lines(exports .. "/touches.csv") do
    local contact = fields(line)[2]
    got.rows = got.rows + 1
    if contact == "" then got.blank = got.blank + 1 end
    if contact:match("^c%d+$") and tonumber(contact:sub(2)) > contacts then got.orphans = got.orphans + 1 end
    if line:find('"', 1, true) then got.quoted = got.quoted + 1 end
  end
  assert(got.rows == touches + 1, got.rows)
  -- 2 %, 1 %, 2 %, within a quarter of that
  for name, share in pairs { blank = 0.02, orphans = 0.01, quoted = 0.02 } do
    assert(math.abs(got[name] / touches - share) < share / 4, ("%s: %d"):format(name, got[name]))
  end
  -- 40 metrics and "content"; the 4 in vain reach no won deal and some lost ones
  assert(count(wanted.main, "^metric\t") == 41)
  assert(count(wanted.main, "^metric\t[^\t]+\t%d+\t%d+\t%d+\t%d+\t0\t0\t[1-9]") == 4)
  assert(count(wanted.each, '^asset\t[^\t]+\t[^\t]*[",]') > 100, "no breakdown value needs quotes")
end)

test("the same seed gives the same bytes, another gives others", function()
  must(("mkdir -p %s/again %s/other"):format(scratch, scratch))
  must(("%s/generate %s/again %d %d 7"):format(scratch, scratch, touches, contacts))
  must(("%s/generate %s/other %d %d 8"):format(scratch, scratch, touches, contacts))
  for _, name in ipairs { "touches", "contacts", "deals" } do
    assert(read(("%s/%s.csv"):format(exports, name)) == read(("%s/again/%s.csv"):format(scratch, name)), name)
    assert(read(("%s/%s.csv"):format(exports, name)) ~= read(("%s/other/%s.csv"):format(scratch, name)), name)
  end
end)

-- "main": 41 metrics, one of them by asset; "each": the other 40 by asset too.
for _, variant in ipairs { "main", "each" } do
  local reports = {}
  for _, threads in ipairs { 1, 2 } do
    test(("%s on %d threads: every line as SQLite has it"):format(variant, threads), function()
      local path = audit(variant, threads)
      reports[threads] = read(path)
      local difference = Answers.difference(wanted[variant], Answers.of_report(path))
      assert(not difference, "SQLite, then plumbline: " .. tostring(difference))
    end)
  end
  test(variant .. ": the same report on one and two threads", function()
    assert(reports[1] and reports[1] == reports[2])
  end)
end

test("a difference of one line is found", function()
  local other = table.move(wanted.main, 1, #wanted.main, 1, {})
  other[17] = other[17]:gsub("%d$", function(digit) return (digit + 1) % 10 end)
  assert(Answers.difference(wanted.main, wanted.main) == nil)
  assert(Answers.difference(wanted.main, other))
  assert(Answers.difference(wanted.main, table.move(wanted.main, 2, #wanted.main, 1, {})))
end)

os.execute("rm -rf '" .. scratch .. "'")
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
