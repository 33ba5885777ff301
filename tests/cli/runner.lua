-- What the tests of the command line share: a shell, small workspaces, expectations.
-- Usage of those tests: PLUMBLINE=path/to/plumbline lua5.4 tests/cli_test.lua [word]
-- With a word, only the tests whose name holds it are run.

local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local runner = dofile(here .. "/../runner.lua")
local quote, read, write, capture, scratch = runner.quote, runner.read, runner.write, runner.capture, runner.scratch

-- Runs a shell line; `plumbline` in it is the program. Gives what came out. JSON may
-- write a slash as "\\/"; it is the same text, so `out` has it plain and `raw` as is.
local function shell(line)
  local got = runner.shell(line)
  got.raw, got.out = got.out, (got.out:gsub("\\/", "/"))
  return got
end

-- ---- small workspaces ------------------------------------------------------------
local workspaces = 0
local base = {
  ["audit.lua"] = [[
audit "Small company" { as_of = "2024-06-30", currency = "EUR", rules = "rules/*.lua" }

source "leads" { "exports/leads.csv", key = "lead_id", time = "seen" }

deals { "exports/deals.csv",
  key = "deal_id", closed = "closed", amount = "amount",
  status = { column = "stage", won = { "won" }, lost = { "lost" }, open = others() },
}

link { "leads", "deals", "lead_id" }
]],
  ["rules/marketing.lua"] = [[
department "Marketing"

metric "searches" {
  title = "Leads from search",
  trace = from "leads" :where { channel = "search" } :to "deals",
}

metric "fairs" { title = "Visitors at fairs" }
]],
  ["rules/sales.lua"] = [[
department "Sales"

metric "mails"    { title = "Leads from mail", trace = from "leads" :where { channel = "mail" } :to "deals" }
metric "searches" { title = "Searches that Sales follows", trace = from "leads" :to "deals" }
]],
  ["exports/leads.csv"] = "lead_id,seen,channel\n"
    .. "L1,2024-01-05,search\nL2,2024-01-06,mail\nL3,2024-01-07,search\n",
  ["exports/deals.csv"] = "deal_id,lead_id,stage,closed,amount\n"
    .. "D1,L1,won,2024-02-01,100.50\nD2,L2,lost,2024-02-02,50\nD3,,won,2024-02-03,200\n",
}

-- A workspace in a folder of its own: the one above, with `changes` laid over it
-- (false: no such file).
local function workspace(changes)
  workspaces = workspaces + 1
  local dir = ("w%d"):format(workspaces)
  local files = {}
  for path, text in pairs(base) do files[path] = text end
  for path, text in pairs(changes or {}) do files[path] = text end
  os.execute(("mkdir -p %s/%s/rules %s/%s/exports"):format(scratch, dir, scratch, dir))
  for path, text in pairs(files) do
    if text then write(("%s/%s/%s"):format(scratch, dir, path), text) end
  end
  return dir
end

local function changed(path, from, to)
  local at, stop = base[path]:find(from, 1, true)
  assert(at, path .. " holds no " .. from)
  return base[path]:sub(1, at - 1) .. to .. base[path]:sub(stop + 1)
end

local function exists(path) return read(scratch .. "/" .. path) ~= nil end
local function files_in(dir)
  return capture(("ls -A %s/%s 2>/dev/null | sort | tr '\\n' ' '"):format(scratch, dir))
end

return {
  shell = shell,
  workspace = workspace,
  changed = changed,
  base = base,
  exists = exists,
  files_in = files_in,
  read = read,
  write = write,
  capture = capture,
  quote = quote,
  scratch = scratch,
  program = runner.program,
  lua = runner.lua,
  test = runner.test,
  expect = runner.expect,
  refuse = runner.refuse,
  show = runner.show,
  finish = runner.finish,
}
