-- The command line when something goes wrong: rows and functions that cannot be used,
-- rule files that are none, pipes that are silent, output that cannot be written.
package.path = (arg[0]:match "^(.*)/" or ".") .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, workspace, changed, base, test, expect, refuse, read, write, exists, files_in, capture, show,
  quote, program, scratch =
run.shell, run.workspace, run.changed, run.base, run.test, run.expect, run.refuse, run.read, run.write,
  run.exists, run.files_in, run.capture, run.show, run.quote, run.program, run.scratch

-- ---- rows that cannot be used ------------------------------------------------------------------
local few_cells = changed("exports/leads.csv", "L2,2024-01-06,mail\n", "L2,2024-01-06\n")

test("rejected rows: over the limit is exit 3 and leaves the earlier report alone", function()
  local dir = workspace()
  shell("plumbline audit " .. dir)
  local before = read(("%s/%s/report/report.json"):format(scratch, dir))
  write(("%s/%s/exports/leads.csv"):format(scratch, dir), few_cells)
  -- one of three records is more than 5 %
  local got = shell("plumbline audit " .. dir)
  expect(got, 3, "err", "exports/leads.csv:3", "PL201", "max-rejects", "left as it is")
  refuse(got, "err", "searches")
  assert(got.out == "", got.out)
  assert(read(("%s/%s/report/report.json"):format(scratch, dir)) == before)
end)

test("rejected rows: --max-rejects as rows and as a share; rejects.csv comes and goes", function()
  local dir = workspace { ["exports/leads.csv"] = few_cells }
  for _, limit in ipairs { "1", "34%", "33.4%", "100%" } do
    expect(shell(("plumbline audit %s --max-rejects %s"):format(dir, limit)), 0, "err", "rejects.csv")
  end
  local rejects = read(("%s/%s/report/rejects.csv"):format(scratch, dir))
  assert(rejects:find('"exports/leads.csv",3,', 1, true) and rejects:find("PL201", 1, true), rejects)
  for _, limit in ipairs { "0", "33%", "0%" } do
    expect(shell(("plumbline audit %s --max-rejects %s"):format(dir, limit)), 3, "err", "PL201")
  end
  for _, limit in ipairs { "x", "-1", "5x", "101%", "%", "" } do
    expect(shell(("plumbline audit %s --max-rejects=%s"):format(dir, limit)), 2, "err", "max-rejects")
  end
  write(("%s/%s/exports/leads.csv"):format(scratch, dir), base["exports/leads.csv"])
  expect(shell("plumbline audit " .. dir), 0, "out", "searches")
  assert(not exists(dir .. "/report/rejects.csv"), "a stale rejects.csv stayed")
end)

test("over --max-rejects: rejects.csv of this run, and what is said about the rest", function()
  local dir = workspace { ["exports/leads.csv"] = few_cells }
  local got = shell("plumbline audit " .. dir)
  expect(got, 3, "err", dir .. "/report/rejects.csv")
  refuse(got, "err", "earlier run")
  assert(files_in(dir .. "/report") == "rejects.csv ", files_in(dir .. "/report"))
  local rejects = read(("%s/%s/report/rejects.csv"):format(scratch, dir))
  assert(rejects:find('"exports/leads.csv",3,', 1, true) and rejects:find("PL201", 1, true), rejects)
  -- another reason to stop: the file of the run before is named as such
  write(("%s/%s/exports/leads.csv"):format(scratch, dir), "")
  expect(shell("plumbline audit " .. dir), 3, "err", "the file is empty", "earlier run")
  assert(read(("%s/%s/report/rejects.csv"):format(scratch, dir)) == rejects)
end)

-- ---- rule files that cannot be used: the other departments are audited ------------------------------
for _, case in ipairs {
  { "another file has the same department", 'department "Sales"\n', "too" },
  { "bytecode", "\27Lua", "bytecode" },
  { "a condition that was forged", 'department "Y"\nmetric "y" { trace = from "leads"\n'
    .. '  :where { channel = { plumbline = "condition", kind = "call", fn = 99 } } :to "deals" }\n', "makes no sense" },
} do
  test("rule file: " .. case[1], function()
    local dir = workspace { ["rules/y.lua"] = case[2] }
    for _, format in ipairs { "terminal", "json", "csv", "markdown" } do
      local got = shell(("plumbline audit %s --format %s"):format(dir, format))
      expect(got, 4, "out", "fairs")
      if format ~= "csv" then expect(got, 4, "out", case[3], "rules/y.lua") end
    end
    assert(exists(dir .. "/report/report.json"))
  end)
end

test("rule file: a folder of that name", function()
  local dir = workspace()
  os.execute(("mkdir %s/%s/rules/y.lua"):format(scratch, dir))
  expect(shell("plumbline audit " .. dir), 4, "out", "fairs", "not a plain file", "rules/y.lua")
end)

test("an error says where: the line of the metric, of the department", function()
  local dir = workspace { ["rules/y.lua"] = '-- one\ndepartment "Sales"\n' }
  expect(shell("plumbline audit " .. dir), 4, "out", "rules/y.lua:2", "rules/sales.lua:1")
end)

-- ---- functions of audit.lua that fail: nothing can be audited, exit 2 -------------------------------
local function deals_with(field, from)
  return changed("audit.lua", from, field .. ' = derive("deal_id", function(id)\n  error("broken for " .. id)\nend),')
end

for _, case in ipairs {
  { "status of deals", changed("audit.lua", 'column = "stage"',
    'column = derive("stage", function(s)\n  error("broken for " .. s)\nend)') },
  { "amount of deals", deals_with("amount", 'amount = "amount",') },
  { "key of deals", deals_with("key", 'key = "deal_id",') },
  { "currency of deals", deals_with('amount = "amount", currency', 'amount = "amount",')
    :gsub('currency = "EUR",', 'currency = "EUR", rates = { USD = "0.5" },') },
  { "rate", changed("audit.lua", 'amount = "amount",', 'amount = "amount", currency = "stage",')
    :gsub('currency = "EUR",', 'currency = "EUR", rates = { source = "rates", currency = "stage", rate = "r" },')
    .. 'source "rates" { "exports/deals.csv", columns = { r = derive("amount", function(a)\n'
    .. '  error("broken for " .. a)\nend) } }\n' },
  { "where of a source", changed("audit.lua", 'key = "lead_id",',
    'key = "lead_id", where = { channel = function(c)\n  error("broken for " .. c)\nend },') },
} do
  test("audit.lua: a function fails: " .. case[1], function()
    local dir = workspace { ["audit.lua"] = case[2] }
    local got = shell("plumbline audit " .. dir)
    local line = 1
    for before in case[2]:gmatch("([^\n]*)\n") do
      if before:find("error(", 1, true) then break end
      line = line + 1
    end
    -- the function's own error, at its line, and no explanation that follows from the blanks
    expect(got, 2, "err", ("audit.lua:%d"):format(line), "broken for")
    refuse(got, "err", "status other than")
    refuse(got, "err", "PL207")
    assert(got.out == "" and not exists(dir .. "/report"), show(got))
  end)
end

test("a function of a computed column fails: exit 2 with its place", function()
  local dir = workspace {
    ["audit.lua"] = changed("audit.lua", 'time = "seen"',
      'time = "seen", columns = { z = derive("channel", function(c)\n  error("broken for " .. c)\nend) }'),
    ["rules/sales.lua"] = 'department "Sales"\n'
      .. 'metric "z" { trace = from "leads" :where { z = "x" } :to "deals" }\n',
  }
  expect(shell("plumbline audit " .. dir), 2, "err", "audit.lua:4", "broken for")
end)

-- ---- judge, names, hints ----------------------------------------------------------------------------
test("judge: a text over the limit names the limit", function()
  local function judging(bytes)
    return workspace { ["rules/marketing.lua"] = 'department "Marketing"\nmetric "searches" {\n'
      .. '  trace = from "leads" :to "deals",\n'
      .. ('  judge = function() return "linked", ("x"):rep(%d) end,\n}\n'):format(bytes) }
  end
  local got = shell("plumbline audit --json " .. judging(16385))
  expect(got, 4, "out", "judge gave a text of 16385 bytes; at most 16384 are allowed", "rules/marketing.lua")
  expect(shell("plumbline audit --json " .. judging(16384)), 0, "out", "xxx")
end)

test("trace --deal: deals without a key are named as the hint says", function()
  local dir = workspace { ["audit.lua"] = changed("audit.lua", 'key = "deal_id", ', "") }
  expect(shell(("plumbline trace Marketing/searches %s --deal nobody"):format(dir)), 2, "err", "file:line")
  expect(shell(("plumbline trace Marketing/searches %s --deal exports/deals.csv:2"):format(dir)), 0, "out",
    "exports/leads.csv:2")
end)

test("--allow: what the hint says works where the user stands", function()
  local outside = workspace()
  os.execute(("mkdir '%s/out side'; cp %s/%s/exports/leads.csv '%s/out side/'"):format(scratch, scratch, outside, scratch))
  local dir = workspace { ["audit.lua"] = changed("audit.lua", "exports/leads.csv", "../out side/leads.csv") }
  for _, line in ipairs { "plumbline audit " .. dir, "plumbline audit -C " .. dir, "cd " .. dir .. " && plumbline audit" } do
    local got = shell(line)
    expect(got, 2, "err", "--allow")
    local option = got.err:match("(%-%-allow [^\n]+)")
    expect(shell(line .. " " .. option), 0, "out", "searches")
  end
end)

-- ---- pipes ------------------------------------------------------------------------------------------
test("Ctrl-C while an export is a pipe: nobody writes to it, or somebody does not end", function()
  local dir = workspace { ["exports/leads.csv"] = false }
  local pipe = dir .. "/exports/leads.csv"
  os.execute(("mkfifo %s/%s"):format(scratch, pipe))
  for _, verb in ipairs { "audit", "check", "trace mails" } do
    local got = shell(("timeout --preserve-status -k 5 -s INT 0.3 %s %s %s"):format(quote(program), verb, dir))
    expect(got, 130, "err", "stopped")
  end
  local got = shell(("{ echo lead_id,seen,channel; sleep 1; } >%s &\n"
    .. "timeout --preserve-status -k 5 -s INT 0.4 %s audit %s"):format(pipe, quote(program), dir))
  expect(got, 130, "err", "stopped")
  got = shell(("{ echo lead_id,seen,channel; sleep 0.3; echo L1,2024-01-05,search; } >%s &\n"
    .. "plumbline audit %s"):format(pipe, dir))
  expect(got, 0, "out", "100.50")
end)

-- ---- links where output goes ----------------------------------------------------------------------------
test("report/: a link among the files is replaced, never followed", function()
  local dir = workspace { ["exports/leads.csv"] = few_cells }
  write(scratch .. "/precious", "keep me")
  os.execute(("mkdir %s/%s/report; cd %s/%s/report; for f in report.json report.md flags.csv rejects.csv;"
    .. " do ln -s %s/precious $f; done"):format(scratch, dir, scratch, dir, scratch))
  expect(shell(("plumbline audit %s --max-rejects 50%%"):format(dir)), 0, "out", "searches")
  assert(read(scratch .. "/precious") == "keep me")
  assert(capture(("find %s/%s/report -type l"):format(scratch, dir)) == "")
  assert(read(("%s/%s/report/report.json"):format(scratch, dir)):find('"findings"', 1, true))
end)

test("report/ is a link: inside the workspace it is followed, out of it refused", function()
  local dir = workspace()
  os.execute(("mkdir %s/%s/kept; ln -s kept %s/%s/report"):format(scratch, dir, scratch, dir))
  expect(shell("plumbline audit " .. dir), 0, "out", "searches")
  assert(exists(dir .. "/kept/report.json"))
  dir = workspace()
  os.execute(("mkdir %s/elsewhere; ln -s ../elsewhere %s/%s/report"):format(scratch, scratch, dir))
  expect(shell("plumbline audit " .. dir), 5, "err", "report is a link that leads out of the workspace")
  assert(files_in("elsewhere") == "", files_in("elsewhere"))
end)

-- ---- output that cannot be written ------------------------------------------------------------------------
test("a full disk, a closed pipe, a closed stdout: exit 5", function()
  local dir = workspace()
  expect(shell(("plumbline audit -q %s >/dev/full"):format(dir)), 5, "err", "No space left on device")
  expect(shell "plumbline --help >/dev/full", 5, "err", "No space left on device")
  expect(shell(("plumbline audit -q %s >&-"):format(dir)), 5, "err", "standard output")
  expect(shell(("plumbline audit -q %s -o /dev/full --format json"):format(dir)), 5, "err", "/dev/full")
  local got = shell(("{ plumbline audit -q %s; echo $? >code; } | true; sleep 0.2; cat code"):format(dir))
  expect(got, 0, "out")
  assert(got.err == "", "noise about a reader that went away: " .. got.err)
  got = shell(("{ sleep 0.2; plumbline audit -q %s; echo $? >code; } | true; cat code"):format(dir))
  expect(got, 0, "out", "5")
end)

test("report/ that cannot be written: exit 5, nothing left behind", function()
  local dir = workspace()
  write(("%s/%s/report"):format(scratch, dir), "in the way")
  expect(shell("plumbline audit -q " .. dir), 5, "err", "report")
  assert(read(("%s/%s/report"):format(scratch, dir)) == "in the way")
  dir = workspace()
  os.execute(("mkdir -p %s/%s/report/report.md"):format(scratch, dir))
  expect(shell("plumbline audit -q " .. dir), 5, "err", "report.md")
  assert(not files_in(dir .. "/report"):find("tmp", 1, true), files_in(dir .. "/report"))
  expect(shell(("plumbline audit -q %s -o no/such/out.json"):format(dir)), 5, "err", "no/such/out.json")
end)

test("-o replaces a file as a whole and keeps its permissions", function()
  local dir = workspace()
  write(scratch .. "/kept.json", "old")
  os.execute("chmod 640 " .. scratch .. "/kept.json; ln -s kept.json " .. scratch .. "/link.json")
  expect(shell(("plumbline audit %s -o link.json"):format(dir)), 0, "err", "wrote link.json")
  assert(read(scratch .. "/kept.json"):find('"findings"', 1, true))
  assert(capture("stat -c %a " .. scratch .. "/kept.json") == "640\n")
end)

-- ---- stopping -----------------------------------------------------------------------------------------------
test("Ctrl-C: exit 130, nothing written, nothing left behind", function()
  -- A rule that works for a while, so that there is something to stop.
  local dir = workspace { ["rules/sales.lua"] = 'department "Sales"\nlocal n = 0\n'
    .. 'for i = 1, 2e8 do n = n + i end\nmetric "mails" { trace = from "leads" :to "deals" }\n' }
  for signal, code in pairs { INT = 130, TERM = 143 } do
    local got = shell(("timeout --preserve-status -s %s 0.3 %s audit %s"):format(signal, quote(program), dir))
    expect(got, code, "err", "stopped")
    assert(got.out == "", got.out)
    assert(files_in(dir .. "/report") == "", files_in(dir .. "/report"))
  end
end)

run.finish()
