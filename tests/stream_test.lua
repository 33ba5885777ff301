-- A compressed export that is decoded while it is read: nothing in the reports may
-- tell it from the same export as plain text, whatever the number of threads, and no
-- temporary file is made. PLUMBLINE_HELD=0 makes every compressed file such a file.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/stream_test.lua [word]
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local check, shell = run.check, run.shell

local audit = [[
audit "Small company" { as_of = "2024-12-31", currency = "EUR", rules = "rules/*.lua" }

source "visits" { "exports/visits.csv%s", time = "seen" }
source "people" { "exports/people.csv", key = "person_id" }

deals { "exports/deals.csv", key = "deal_id", closed = "closed", amount = "amount",
  status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() },
}

link { "visits", "people", "person_id" }
link { "people", "deals", "person_id" }
]]
local rule = [[
department "Marketing"

metric "pages" { title = "Visits by page", trace = from "visits" :to "people" :to "deals", by = "page" }
]]

-- 24,000 visits (1.5 MiB, six blocks): a title above the header, line ends inside quotes,
-- letters of two and three bytes, 24 rows that cannot be used (a cell too few), a total.
local visits = { "Visits of 2024\n\nvisit_id,person_id,seen,page,note\n" }
for i = 1, 24000 do
  local note = i % 7 == 0 and '"one line,\nand ""two"""' or i % 5 == 0 and "Málaga – 5 €" or "nothing to be said here at all"
  visits[#visits + 1] = i % 1000 == 0 and ("V%d,P%d\n"):format(i, i % 900)
    or ("V%d,P%d,2024-%02d-%02d,page %d,%s\n"):format(i, i % 900, 1 + i % 12, 1 + i % 28, i % 37, note)
end
visits = table.concat(visits) .. "Total,,,,24000\n"
local people, deals = { "person_id,name\n" }, { "deal_id,person_id,stage,closed,amount\n" }
for i = 0, 899 do
  people[#people + 1] = ("P%d,Somebody\n"):format(i)
  if i % 3 == 0 then
    deals[#deals + 1] = ("D%d,P%d,%s,2024-12-%02d,%d.50\n"):format(i, i, i % 2 == 0 and "won" or "lost", 1 + i % 28, i)
  end
end

local function workspace(name, ending, packed)
  run.files(run.scratch .. "/" .. name, {
    ["audit.lua"] = audit:format(ending), ["rules/marketing.lua"] = rule,
    ["exports/visits.csv" .. ending] = packed,
    ["exports/people.csv"] = table.concat(people), ["exports/deals.csv"] = table.concat(deals),
  })
end

-- The packed bytes of `text` by a command that reads standard input.
local function packed(command, text)
  local path = run.scratch .. "/packing"
  run.files(run.scratch, { packing = text })
  local pipe = assert(io.popen(command .. " <" .. path))
  local bytes = pipe:read "a"
  assert(pipe:close())
  return bytes
end

-- In pieces of their own: members, frames.
local function in_parts(command, text, parts)
  local out, size = {}, #text // parts + 1
  for at = 1, #text, size do out[#out + 1] = packed(command, text:sub(at, at + size - 1)) end
  return table.concat(out)
end

-- What is written, without what names the file and how it was read.
local function written(name)
  local dir = run.scratch .. "/" .. name .. "/report/"
  local report = assert(run.read(dir .. "report.json")):gsub("visits%.csv%.?%a*", "VISITS")
  report = report:gsub(',?%s*"read_as": %b{}', "")
  report = report:gsub(',%s*{%s*"text": "exports/VISITS was read as[^}]*}', "")
  return report .. assert(run.read(dir .. "rejects.csv")):gsub("visits%.csv%.?%a*", "VISITS")
    .. assert(run.read(dir .. "flags.csv"))
end

local function audited(name, before, threads)
  return shell(("export TMPDIR=/nowhere %s; plumbline audit -C %s --threads %d"):format(before, name, threads))
end

workspace("plain", "", visits)
local got = audited("plain", "PLUMBLINE_HELD=64", 1)
check("the plain file is read", got.code == 0, got.err)
local wanted = written "plain"
run.holds("all visits but 24 are used", wanted, '"records": 23976')
run.holds("the title above the header is passed over", wanted, "Visits of 2024")
run.holds("the 24 are told", wanted, "2 cells, the header has 5")

local ways = {
  { "gzip", ".gz", packed("gzip -nc", visits) },
  { "gzip in five members", ".gz", in_parts("gzip -nc", visits, 5) },
  { "zstd", ".zst", packed("zstd -qc", visits) },
  { "zstd in five frames", ".zst", in_parts("zstd -qc", visits, 5) },
}
for i, way in ipairs(ways) do
  local name = "w" .. i
  workspace(name, way[2], way[3])
  for _, held in ipairs { 0, 1, 64 } do
    for _, threads in ipairs { 1, 2, 5 } do
      local said = ("%s, %d MiB held, %d threads"):format(way[1], held, threads)
      got = audited(name, "PLUMBLINE_HELD=" .. held, threads)
      check(said, got.code == 0, got.err)
      check(said .. ": the same report", written(name) == wanted)
    end
  end
end

run.finish()
