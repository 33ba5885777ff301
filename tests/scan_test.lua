-- However CSV is looked through (PLUMBLINE_SCAN), a workspace's report and its rejects
-- are the same bytes: the demo, the Olist data where it is there, exports written in
-- other dialects, and a file of many chunks with every kind of row that is rejected.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/scan_test.lua
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local check, read, write, BINARY, dir = runner.check, runner.read, runner.write, runner.program, runner.scratch
local DATA = runner.project .. "/../shared/data/olist"

local scans = { "libcsv", "bytes", "sse2", "avx2" }

local function audit(scan, workspace, arguments)
  local pipe = io.popen(("env PLUMBLINE_SCAN=%s %s audit -C %s --json %s 2>%s/stderr"):format(scan, BINARY, workspace,
    arguments or "", dir))
  local text = pipe:read "a"
  local _, _, code = pipe:close()
  return text, code, read(workspace .. "/report/rejects.csv") or ""
end

-- A processor without AVX2 says so, with the ways that it has.
local function possible(scan, workspace)
  local _, code = audit(scan, workspace)
  return not (code ~= 0 and read(dir .. "/stderr"):find("is no way to scan", 1, true))
end

-- `rejected`: how many rows the report must have rejected at least, so that the test sees some.
local function alike(name, workspace, arguments, rejected)
  local report, code, rejects = audit("libcsv", workspace, arguments)
  check(name .. ": is audited: " .. read(dir .. "/stderr"), #report > 1000 and (code == 0 or code == 4))
  local lines = select(2, rejects:gsub("PL2%d%d", ""))
  check(("%s: %d rejects"):format(name, lines), lines >= (rejected or 0))
  for i = 2, #scans do
    for threads = 1, 2 do
      if possible(scans[i], workspace) then
        local text, same, rows = audit(scans[i], workspace, (arguments or "") .. " --threads " .. threads)
        check(("%s: %s on %d threads"):format(name, scans[i], threads),
          text == report and same == code and rows == rejects)
      else
        runner.skip(scans[i] .. ": not on this processor")
      end
    end
  end
end

-- ---- the demo ---------------------------------------------------------------------

assert(runner.shell("plumbline init --demo " .. dir .. "/demo").code == 0)
alike("demo", dir .. "/demo")

-- Its exports with CR LF; with CR alone; every cell in quotes; gzip.
local function rewritten(name, change)
  os.execute(("cp -r %s/demo %s/%s && rm -rf %s/%s/report"):format(dir, dir, name, dir, name))
  local files = 0
  for path in io.popen(("find %s/%s -name '*.csv'"):format(dir, name)):lines() do
    local before = read(path)
    write(path, change(before))
    files = files + (read(path) ~= before and 1 or 0)
  end
  check(name .. ": files were rewritten", files > 3)
  alike(name, dir .. "/" .. name)
end

rewritten("crlf", function(text) return (text:gsub("\n", "\r\n")) end)
rewritten("cr", function(text) return (text:gsub("\n", "\r")) end)
rewritten("spaced", function(text) return (text:gsub("\n", "\n\n \t\n")) end)
-- lines without quotes only: the others stay as they are
rewritten("quoted", function(text)
  if text:match("^[^\n]*"):find(";", 1, true) then return text end -- attendees
  return (text:gsub("[^\n]+", function(line)
    if line:find('"', 1, true) then return line end
    return '"' .. line:gsub(",", '","') .. '"'
  end))
end)

-- ---- many chunks ------------------------------------------------------------------

-- 4 MB, so that both threads have several chunks; every tenth row has a quoted cell with
-- a line end or a quote in it, every hundredth is one that is rejected.
local bad = { '"a"b,c1,2024-01-01', "x,c2", "x,c3,2024-01-01,y", "\xFF,c4,2024-01-01", "id,contact,at", "n\0l,c5,2024-01-01" }
local odd = { '"x\ny"', '"say ""hi"""', '5" nail', ' " z" ', "\xC3\xBC", '"1,2"', '"\r\n\r\n"' }
local rows = { "id,contact,at" }
for i = 1, 120000 do
  if i % 100 == 0 then
    rows[#rows + 1] = bad[i // 100 % #bad + 1]
  else
    local id = i % 10 == 0 and odd[i // 10 % #odd + 1] or "touch"
    rows[#rows + 1] = ("%s,c%d,2024-%02d-%02d"):format(id, i * 7 % 900, 1 + i % 6, 1 + i % 28)
  end
end
local deals = { "id,contact,stage,amount,closed" }
for i = 1, 900 do
  deals[#deals + 1] = ("d%d,c%d,%s,%d.%02d,2024-07-%02d"):format(i, i, i % 3 == 0 and "lost" or "won", i, i % 100, 1 + i % 28)
end
os.execute("mkdir " .. dir .. "/many")
write(dir .. "/many/touches.csv", table.concat(rows, "\n") .. "\n")
write(dir .. "/many/deals.csv", table.concat(deals, "\n") .. "\n")
write(dir .. "/many/rules.lua", [[department "D"
metric "touches" { trace = from "touches" :to("deals", "contact"), by = "id" }
]])
write(dir .. "/many/audit.lua", [[audit "Many" { as_of = "2024-08-01", currency = "EUR", rules = "rules.lua" }
source "touches" { "touches.csv", time = "at" }
deals { "deals.csv", key = "id", amount = "amount", closed = "closed",
  status = { column = "stage", won = { "won" }, lost = { "lost" } } }
]])
-- 120,000 / 100 rows are of the rejected kind
alike("many", dir .. "/many", "--max-rejects 5%", 100)

-- ---- the real thing ----------------------------------------------------------------

if not read(DATA .. "/olist_closed_deals_dataset.csv") then
  runner.skip "the Olist data is not at ../shared/data/olist"
  runner.finish()
end
os.execute(("mkdir -p %s/olist/rules && ln -s %s %s/olist/exports"):format(dir, DATA, dir))
write(dir .. "/olist/audit.lua", [[
audit "Olist seller acquisition" {
  as_of = "2018-11-14", currency = "BRL", timezone = "America/Sao_Paulo", rules = "rules/*.lua",
}
source "leads" { "exports/olist_marketing_qualified_leads_dataset.csv", key = "mql_id", time = "first_contact_date" }
source "revenue" { "exports/seller_performance.csv", key = "seller_id" }
deals { "exports/olist_closed_deals_dataset.csv",
  key = "mql_id", closed = "won_date",
  status = constant "won",
  amount = lookup { "revenue", on = "seller_id", take = "product_revenue" },
}
link { "leads", "deals", "mql_id" }
]])
write(dir .. "/olist/rules/marketing.lua", [[
department "Marketing"
metric "leads" { trace = from "leads" :to "deals", by = "landing_page_id" }
metric "paid_search_180d" { trace = from "leads" :where { origin = "paid_search" } :to "deals", within = "180d" }
]])
alike("olist", dir .. "/olist", "--allow " .. DATA)

runner.finish()
