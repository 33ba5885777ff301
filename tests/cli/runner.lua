-- What the tests of the command line share: a shell, small workspaces, expectations.
-- Usage of those tests: PLUMBLINE=path/to/plumbline lua5.4 tests/cli_test.lua [word]
-- With a word, only the tests whose name holds it are run.

local program = assert(os.getenv("PLUMBLINE"), "set PLUMBLINE to the program")
local only = arg[1]

-- ---- a small shell --------------------------------------------------------------
local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  assert(file:close())
end

local function capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

program = capture("realpath " .. quote(program)):gsub("\n", "")
local scratch = capture("mktemp -d"):gsub("\n", "")

-- Runs a shell line; `plumbline` in it is the program. Gives what came out.
local function shell(line)
  local out, err = scratch .. "/.out", scratch .. "/.err"
  local script = ("plumbline() { %s \"$@\"; }\ncd %s\n%s"):format(quote(program), quote(scratch), line)
  write(scratch .. "/.script", script)
  local _, kind, code = os.execute(("env -u NO_COLOR -u COLUMNS TERM=xterm sh %s >%s 2>%s </dev/null")
    :format(quote(scratch .. "/.script"), quote(out), quote(err)))
  -- JSON may write a slash as "\\/"; it is the same text.
  return { code = kind == "exit" and code or 128 + code, raw = read(out), err = read(err), line = line,
    out = (read(out):gsub("\\/", "/")) }
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

-- ---- expectations ------------------------------------------------------------------
local passed, failed = 0, 0

local function show(got)
  return ("  $ %s\n  exit %d\n  out: %s\n  err: %s"):format(got.line, got.code, got.out:sub(1, 600),
    got.err:sub(1, 600))
end

local function expect(got, code, where, ...)
  if got.code ~= code then error(("expected exit %d\n%s"):format(code, show(got)), 2) end
  for _, text in ipairs { ... } do
    if not got[where]:find(text, 1, true) then
      error(("expected in %s: %s\n%s"):format(where, text, show(got)), 2)
    end
  end
end

local function refuse(got, where, text)
  if got[where]:find(text, 1, true) then
    error(("not expected in %s: %s\n%s"):format(where, text, show(got)), 2)
  end
end

local function test(name, body)
  if only and not name:find(only, 1, true) then return end
  local ok, message = pcall(body)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print(("FAILED %s\n%s"):format(name, message))
  end
end

local function exists(path) return read(scratch .. "/" .. path) ~= nil end
local function files_in(dir)
  return capture(("ls -A %s/%s 2>/dev/null | sort | tr '\\n' ' '"):format(scratch, dir))
end

-- Call it last: cleans up, and says how it went.
local function finish()
  os.execute("chmod -R u+w " .. quote(scratch) .. "; rm -rf " .. quote(scratch))
  print(("%d passed, %d failed"):format(passed, failed))
  os.exit(failed == 0 and passed > 0)
end

return {
  shell = shell,
  workspace = workspace,
  changed = changed,
  base = base,
  test = test,
  expect = expect,
  refuse = refuse,
  read = read,
  write = write,
  exists = exists,
  files_in = files_in,
  capture = capture,
  show = show,
  quote = quote,
  program = program,
  scratch = scratch,
  finish = finish,
}
