-- The command line, as a user meets it: every verb, option and exit code. What goes
-- wrong with rows, rules, pipes and output is in cli2_test.lua.
package.path = (arg[0]:match "^(.*)/" or ".") .. "/cli/?.lua;" .. package.path
local run = require "runner"
local shell, workspace, changed, base, test, expect, refuse, read, exists, files_in, capture, show, program,
  scratch =
run.shell, run.workspace, run.changed, run.base, run.test, run.expect, run.refuse, run.read, run.exists,
  run.files_in, run.capture, run.show, run.program, run.scratch

-- ---- usage ----------------------------------------------------------------------------
test("no verb: says what to do", function()
  expect(shell "plumbline", 2, "err", "what should be done?", "--help")
end)

test("--help lists the verbs that work and no others", function()
  local got = shell "plumbline --help"
  expect(got, 0, "out", "init", "sniff", "check", "audit", "trace", "explain", "list", "Exit codes")
  for _, verb in ipairs { "report ", "decide", "diff", "--worker" } do
    refuse(got, "out", "plumbline " .. verb)
  end
  refuse(got, "out", "--worker")
end)

test("VERB --help shows only that verb's options", function()
  local got = shell "plumbline trace --help"
  expect(got, 0, "out", "plumbline trace METRIC", "--deal")
  refuse(got, "out", "--fail-on")
  expect(shell "plumbline -h audit", 0, "out", "--fail-on")
end)

test("--version", function()
  local got = shell "plumbline --version"
  expect(got, 0, "out")
  assert(got.out:match("^plumbline %d+%.%d+%.%d+\n$"), got.out)
end)

test("an unknown verb names the nearest and runs nothing", function()
  local dir = workspace()
  expect(shell("plumbline audti " .. dir), 2, "err", 'no verb "audti"', "plumbline audit")
  assert(not exists(dir .. "/report/report.json"))
end)

test("verbs of later versions say so", function()
  for _, verb in ipairs { "report weekly", "decide m stop", "diff 1 2" } do
    expect(shell("plumbline " .. verb), 2, "err", "is not in version")
  end
end)

for _, case in ipairs {
  { "audit --jsn", "no option --jsn", "did you mean --json?" },
  { "audit -z", "no option -z" },
  { "audit --format xml", '--format cannot be "xml"', "terminal, json, csv or markdown" },
  { "audit --format=jsno", '--format cannot be "jsno"', "did you mean json?" },
  { "audit --json --format csv", "contradict" },
  { "audit --json=1", "takes no value" },
  { "audit -o", "--output needs a value" },
  { "audit -o report.pdf", 'ending of "report.pdf"', ".json, .md, .csv or .txt" },
  { "audit --deal D1", "audit takes no --deal" },
  { "audit one two", 'what to do with "two"' },
  { "audit -C one two", "two workspaces" },
  { "audit --color sometimes", '--color cannot be "sometimes"' },
  { "audit --fail-on flaged", '--fail-on cannot be "flaged"', "did you mean flagged?" },
  { "audit --fail-on new", "history of earlier runs" },
  { "audit --fail-on expired", "history of earlier runs" },
  { "audit --threads 0", '--threads cannot be "0"' },
  { "audit --threads two", '--threads cannot be "two"' },
  { "trace", "trace needs more" },
  { "trace m --format csv", "trace cannot be drawn as csv" },
  { "list", "list needs more" },
  { "list metric", 'no list of "metric"', "did you mean metrics?" },
  { "list decisions", "keeps no decisions" },
  { "explain PL9999", 'no code "PL9999"' },
  { "explain PL103 PL104", 'what to do with "PL104"' },
  { "init --demo", "needs a folder" },
} do
  test("usage: plumbline " .. case[1], function()
    expect(shell("plumbline " .. case[1]), 2, "err", table.unpack(case, 2))
  end)
end

test("options stand anywhere, with = or a space, letters together", function()
  local dir = workspace()
  for _, line in ipairs {
    "plumbline -q --format json audit " .. dir,
    "plumbline audit --format=json -qC " .. dir,
    "plumbline --directory=" .. dir .. " audit --json --quiet",
    "plumbline -C" .. dir .. " --json -q -- audit",
    "cd " .. dir .. " && plumbline audit -qv --json",
  } do
    local got = shell(line)
    expect(got, 0, "out", '"schema"')
    assert(got.err == "", show(got))
  end
end)

-- ---- audit --------------------------------------------------------------------------------
test("audit: summary on stdout, report/ written, exit 0 though metrics are flagged", function()
  local dir = workspace()
  local got = shell("plumbline audit " .. dir)
  expect(got, 0, "out", "searches", "fairs", "PL101")
  expect(got, 0, "err", "report.json")
  assert(files_in(dir .. "/report") == "flags.csv report.json report.md ", files_in(dir .. "/report"))
  -- D1 is the one won deal with a search lead: 100.50, of 300.50 won in all.
  local json = read(("%s/%s/report/report.json"):format(scratch, dir))
  assert(json:find('"100.50"', 1, true) and json:find('"300.50"', 1, true), json)
end)

test("audit: the formats, by --format and by the ending of -o", function()
  local dir = workspace()
  for _, format in ipairs { "terminal", "json", "csv", "markdown" } do
    local ending = ({ terminal = "txt", markdown = "md" })[format] or format
    local got = shell(("plumbline audit %s -q --format %s"):format(dir, format))
    expect(got, 0, "out", "searches")
    expect(shell(("plumbline audit %s -o out.%s"):format(dir, ending)), 0, "err", "wrote out." .. ending)
    assert(read(scratch .. "/out." .. ending) == got.raw, "-o out." .. ending .. " differs from stdout")
  end
  expect(shell(("plumbline audit %s -o out.dat --format json"):format(dir)), 0, "err", "wrote out.dat")
  expect(shell(("plumbline audit %s -qo -"):format(dir)), 2, "err", "ending")
end)

test("audit: report.json is what --json prints, on any number of threads", function()
  local dir = workspace()
  local one = shell(("plumbline audit %s --json --threads 1"):format(dir))
  local four = shell(("plumbline audit %s --json --threads 4"):format(dir))
  expect(one, 0, "out", '"findings"')
  assert(one.out == four.out, "threads change the result")
  assert(read(("%s/%s/report/report.json"):format(scratch, dir)) == one.raw)
end)

test("audit --department: only that one, report/ left alone", function()
  local dir = workspace()
  local got = shell(("plumbline audit %s --department Sales"):format(dir))
  expect(got, 0, "out", "mails")
  refuse(got, "out", "fairs")
  expect(got, 0, "err", "report/ was left as it is")
  assert(not exists(dir .. "/report/report.json"))
  expect(shell(("plumbline audit %s --department Salse"):format(dir)), 2, "err", "Salse", "Sales")
end)

test("audit --as-of: what counts as today", function()
  local dir = workspace()
  -- On 2024-02-02 D3, closed on the 3rd, is still open: 100.50 is all that is won.
  local got = shell(("plumbline audit %s --json --as-of 2024-02-02"):format(dir))
  expect(got, 0, "out", '"2024-02-02"', '"100.50"')
  refuse(got, "out", '"300.50"')
  expect(shell(("plumbline audit %s --as-of 2024-02-30"):format(dir)), 2, "err", "2024-02-30")
end)

test("audit --fail-on: 1 where a metric is flagged", function()
  local dir = workspace()
  expect(shell(("plumbline audit %s --fail-on flagged"):format(dir)), 1, "out", "fairs")
  expect(shell(("plumbline audit %s --fail-on none"):format(dir)), 0, "out", "fairs")
  local fine = workspace {
    ["rules/marketing.lua"] = changed("rules/marketing.lua", 'metric "fairs" { title = "Visitors at fairs" }', ""),
    ["rules/sales.lua"] = false,
  }
  expect(shell(("plumbline audit %s --fail-on flagged"):format(fine)), 0, "out", "searches")
end)

test("audit -q: nothing on stderr; -v: more", function()
  local dir = workspace()
  local quiet = shell(("plumbline audit %s -q"):format(dir))
  expect(quiet, 0, "out", "searches")
  assert(quiet.err == "", quiet.err)
  expect(shell(("plumbline audit %s -v"):format(dir)), 0, "out", "searches")
end)

test("colour and width follow the options and the environment", function()
  local dir = workspace()
  refuse(shell(("plumbline audit %s"):format(dir)), "out", "\27[")
  expect(shell(("plumbline audit %s --color always"):format(dir)), 0, "out", "\27[")
  expect(shell(("NO_COLOR=1 plumbline audit %s --color always"):format(dir)), 0, "out", "\27[")
  local terminal = "TERM=%s %s script -qec '%s audit %s -q%s' /dev/null </dev/null"
  local function on_terminal(term, before, more)
    return shell(terminal:format(term, before, program, dir, more))
  end
  if os.execute("command -v script >/dev/null 2>&1") then
    expect(on_terminal("xterm", "", ""), 0, "out", "\27[")
    refuse(on_terminal("dumb", "", ""), "out", "\27[")
    refuse(on_terminal("xterm", "NO_COLOR=1", ""), "out", "\27[")
    refuse(on_terminal("xterm", "", " --color never"), "out", "\27[")
  end
  for line in shell(("plumbline audit %s"):format(dir)).out:gmatch("[^\n]+") do
    assert(utf8.len(line) <= 80, "over 80 columns: " .. line)
  end
end)

-- ---- exports that cannot be used: one message each ----------------------------------------------
for _, case in ipairs {
  { "missing", false, 3, "exports/leads.csv", "no file" },
  { "empty", "", 3, "exports/leads.csv", "the file is empty" },
  { "blank lines only", "\n\n\n", 3, "exports/leads.csv", "empty" },
  { "duplicate column", "lead_id,seen,channel,seen\n", 3, "exports/leads.csv:1", "same name" },
  { "blank column name", "lead_id,,channel\n", 3, "exports/leads.csv:1", "has no name" },
  { "quote that never ends", 'lead_id,seen,channel\nL1,2024-01-05,"search\nL2,2024-01-06,mail\n', 3,
    "exports/leads.csv:2" },
  { "column that audit.lua names is missing", "lead,seen,channel\nL1,2024-01-05,search\n", 2,
    "audit.lua:", '"leads" has no column "lead_id"', "lead, seen, channel" },
  { "two readings of a date", "lead_id,seen,channel\nL1,03/04/2024,search\n", 2, "03/04/2024", "format" },
} do
  test("export: " .. case[1], function()
    local dir = workspace { ["exports/leads.csv"] = case[2] }
    local got = shell("plumbline audit " .. dir)
    expect(got, case[3], "err", table.unpack(case, 4))
    assert(got.out == "" and not exists(dir .. "/report/report.json"), show(got))
  end)
end

test("export: header only is no error, its metrics are PL106", function()
  local dir = workspace { ["exports/leads.csv"] = "lead_id,seen,channel\n" }
  expect(shell("plumbline audit " .. dir), 0, "out", "PL106")
end)

test("export: unreadable", function()
  if capture("id -u"):match("^0") then return end -- root reads everything
  local dir = workspace()
  os.execute(("chmod 000 %s/%s/exports/leads.csv"):format(scratch, dir))
  expect(shell("plumbline audit " .. dir), 3, "err", "exports/leads.csv", "Permission denied")
end)

test("export: a folder where a file should be", function()
  local dir = workspace { ["exports/leads.csv"] = false }
  os.execute(("mkdir %s/%s/exports/leads.csv"):format(scratch, dir))
  expect(shell("plumbline audit " .. dir), 3, "err", "exports/leads.csv", "director")
end)

test("deals: no won deal is exit 3; an unlisted status is exit 2", function()
  local dir = workspace { ["exports/deals.csv"] = "deal_id,lead_id,stage,closed,amount\nD2,L2,lost,2024-02-02,50\n" }
  expect(shell("plumbline audit " .. dir), 3, "err", "won")
  dir = workspace { ["audit.lua"] = changed("audit.lua", ", open = others()", "") ,
    ["exports/deals.csv"] = base["exports/deals.csv"] .. "D4,L3,talks,,10\n" }
  expect(shell("plumbline audit " .. dir), 2, "err", "talks")
end)

test("paths stay inside the workspace unless --allow", function()
  local outside = workspace()
  local dir = workspace { ["exports/leads.csv"] = false }
  os.execute(("ln -s ../../%s/exports/leads.csv %s/%s/exports/leads.csv"):format(outside, scratch, dir))
  expect(shell("plumbline audit " .. dir), 2, "err", "outside the workspace", "--allow")
  expect(shell(("plumbline audit %s --allow %s"):format(dir, outside)), 0, "out", "searches")
  expect(shell(("plumbline audit %s --allow=%s/exports/leads.csv"):format(dir, outside)), 0, "out", "searches")
  expect(shell(("plumbline audit %s --allow nowhere"):format(dir)), 2, "err", "cannot allow", "nowhere")
end)

-- ---- configuration and rules ----------------------------------------------------------------------
test("workspace: none, no audit.lua", function()
  expect(shell "plumbline audit nowhere", 2, "err", "nowhere")
  os.execute("mkdir " .. scratch .. "/bare")
  expect(shell "plumbline audit bare", 2, "err", "no audit.lua", "init --demo")
end)

test("an error in audit.lua: place, line, caret or hint; exit 2", function()
  local dir = workspace { ["audit.lua"] = changed("audit.lua", "currency", "curency") }
  expect(shell("plumbline audit " .. dir), 2, "err", "audit.lua:1", 'audit "Small company"', "curency", "currency")
  dir = workspace { ["audit.lua"] = base["audit.lua"] .. "link {\n" }
  expect(shell("plumbline check " .. dir), 2, "err", "audit.lua:1")
end)

local broken = changed("rules/marketing.lua", 'channel = "search"', 'chanel = "search"')

test("a rule that does not bind: exit 4, the rest is audited; check lists all, exit 2", function()
  local dir = workspace {
    ["rules/marketing.lua"] = broken,
    ["rules/sales.lua"] = changed("rules/sales.lua", 'channel = "mail"', 'canal = "mail"'),
  }
  expect(shell("plumbline audit " .. dir), 4, "out", "chanel", "canal", "fairs")
  assert(exists(dir .. "/report/report.json"))
  local got = shell("plumbline check " .. dir)
  expect(got, 2, "err", "rules/marketing.lua:", "chanel", "rules/sales.lua:", "canal", "channel")
  assert(got.out == "", got.out)
end)

test("a rule file that does not parse: its department is not audited, exit 4", function()
  local dir = workspace { ["rules/sales.lua"] = 'department "Sales"\nmetric "mails" {\n' }
  expect(shell("plumbline audit " .. dir), 4, "out", "rules/sales.lua", "searches")
  expect(shell("plumbline check " .. dir), 2, "err", "rules/sales.lua:")
end)

test("--fail-on holds before exit 4: a broken rule does not open the gate", function()
  local dir = workspace { ["rules/sales.lua"] = changed("rules/sales.lua", 'channel = "mail"', 'canal = "mail"') }
  expect(shell(("plumbline audit %s --fail-on flagged"):format(dir)), 1, "out", "fairs")
end)

test("check: sound", function()
  local dir = workspace()
  -- two files with two metrics each; leads and deals
  expect(shell("plumbline check " .. dir), 0, "out", "2 rule files, 4 metrics, 2 sources: all sound")
  expect(shell(("cd %s && plumbline check"):format(dir)), 0, "out", "all sound")
end)

test("check reads headers and the first 64 KiB only", function()
  local rows = { "lead_id,seen,channel" }
  for i = 1, 20000 do rows[#rows + 1] = ("L%d,2024-01-05,search"):format(i) end
  rows[#rows + 1] = "too,few"
  local dir = workspace { ["exports/leads.csv"] = table.concat(rows, "\n") .. "\n" }
  expect(shell("plumbline check " .. dir), 0, "out", "all sound")
end)

test("what a rule prints goes to stderr, with its file", function()
  local dir = workspace { ["rules/sales.lua"] = base["rules/sales.lua"] .. 'print("hello", "\\27[31mred")\n' }
  local got = shell("plumbline audit " .. dir)
  expect(got, 0, "err", "rules/sales.lua", "hello")
  refuse(got, "err", "\27")
  refuse(got, "out", "hello")
end)

test("a Lua function in a condition is asked; judge is heard", function()
  local dir = workspace {
    ["rules/marketing.lua"] = [[
department "Marketing"
metric "searches" {
  trace = from "leads" :where { channel = function(v) return v == "search" end } :to "deals",
  judge = function(evidence) return "unlinked", "one deal is not enough" end,
}
]],
    ["rules/sales.lua"] = false,
  }
  local got = shell(("plumbline audit %s --json"):format(dir))
  expect(got, 0, "out", '"100.50"', '"standard"', "one deal is not enough")
end)

test("judge cannot claim what the evidence does not hold: that metric is not audited", function()
  local dir = workspace {
    ["rules/marketing.lua"] = 'department "Marketing"\nmetric "fairs" {\n'
      .. '  trace = from "leads" :where { channel = "fair" } :to "deals",\n'
      .. '  judge = function() return "linked" end,\n}\n',
  }
  expect(shell("plumbline audit " .. dir), 4, "out", "PL110", "rules/marketing.lua:", "reaches no won deal")
end)

-- ---- trace ------------------------------------------------------------------------------------------
test("trace: every step, with the proof's lines", function()
  local dir = workspace()
  -- D1 is on line 2 of deals.csv, its lead L1 on line 2 of leads.csv.
  expect(shell(("plumbline trace Marketing/searches %s"):format(dir)), 0, "out", "exports/leads.csv:2",
    "exports/deals.csv:2")
  local got = shell(("plumbline trace mails -C %s"):format(dir))
  expect(got, 0, "out", "mails")
  assert(not exists(dir .. "/report/report.json"), "trace wrote a report")
end)

test("trace: json is the finding", function()
  local dir = workspace()
  local got = shell(("plumbline trace mails %s --json"):format(dir))
  expect(got, 0, "out", '"Sales/mails"', '"PL104"')
  refuse(got, "out", '"findings"')
  expect(shell(("plumbline trace mails %s -o trace.json"):format(dir)), 0, "err", "wrote trace.json")
  assert(read(scratch .. "/trace.json") == got.raw)
end)

test("trace --deal: its chain, a deal not reached, a deal that is not there", function()
  local dir = workspace()
  expect(shell(("plumbline trace Marketing/searches %s --deal D1"):format(dir)), 0, "out", "D1", "exports/leads.csv:2")
  expect(shell(("plumbline trace Marketing/searches %s --deal D1 --json"):format(dir)), 0, "out", '"proof"')
  local got = shell(("plumbline trace Marketing/searches %s --deal D3 --json"):format(dir))
  expect(got, 0, "out", '"deal"')
  refuse(got, "out", '"proof"')
  expect(shell(("plumbline trace Marketing/searches %s --deal D9"):format(dir)), 2, "err", 'no deal "D9"')
end)

test("trace: names", function()
  local dir = workspace()
  expect(shell(("plumbline trace searches %s"):format(dir)), 2, "err", "several departments",
    "Marketing/searches, Sales/searches")
  expect(shell(("plumbline trace mail %s"):format(dir)), 2, "err", 'no metric "mail"', 'did you mean "mails"?')
  expect(shell(("plumbline trace revenue %s"):format(dir)), 2, "err", "list metrics")
end)

test("trace of a metric that could not be audited: exit 4; others do not matter", function()
  local dir = workspace { ["rules/marketing.lua"] = broken }
  expect(shell(("plumbline trace Marketing/searches %s"):format(dir)), 4, "out", "chanel")
  expect(shell(("plumbline trace mails %s"):format(dir)), 0, "out", "mails")
end)

-- ---- explain, list, init --------------------------------------------------------------------------------
test("explain: one code in any spelling, all of them, json", function()
  local one = shell "plumbline explain PL103"
  expect(one, 0, "out", "PL103")
  refuse(one, "out", "PL104")
  for _, spelling in ipairs { "pl103", "103" } do
    assert(shell("plumbline explain " .. spelling).out == one.out)
  end
  local all = shell "plumbline explain"
  for code = 101, 115 do expect(all, 0, "out", "PL" .. code) end
  for code = 201, 209 do expect(all, 0, "out", "PL" .. code) end
  expect(shell "plumbline explain PL103 --json", 0, "out", '"meaning"')
  expect(shell "plumbline explain PL1O3", 2, "err", 'no code "PL1O3"', "did you mean PL103?")
end)

test("list: metrics, rules, sources, codes", function()
  local dir = workspace { ["exports/leads.csv"] = false } -- no export is read
  expect(shell("plumbline list metrics " .. dir), 0, "out", "mails", "fairs", "Leads from search")
  expect(shell("plumbline list rules " .. dir), 0, "out", "Marketing", "rules/sales.lua")
  expect(shell("plumbline list sources " .. dir), 0, "out", "leads", "exports/leads.csv", "deals")
  expect(shell "plumbline list codes", 0, "out", "PL101", "PL115", "PL201")
  expect(shell("plumbline list metrics --json " .. dir), 0, "out", '"Sales/mails"')
  expect(shell("plumbline list rules --json -C " .. dir), 0, "out", '"rules/sales.lua"')
  expect(shell("plumbline list sources --json " .. dir), 0, "out", '"exports/deals.csv"')
  expect(shell "plumbline list codes --json", 0, "out", '"PL101"')
  expect(shell("plumbline list codes " .. dir), 2, "err", "same in every workspace")
  local sales = shell(("plumbline list metrics %s --department Sales"):format(dir))
  expect(sales, 0, "out", "mails")
  refuse(sales, "out", "fairs")
end)

test("init --demo: a workspace with one renamed column that check finds; never over something", function()
  expect(shell "plumbline init --demo demo", 0, "err", "plumbline audit demo")
  -- the one story of a broken rule: the calls export renamed a column
  expect(shell "plumbline check demo", 2, "err", 'no column "Talk time"', "1 wrong")
  expect(shell "plumbline init --demo demo", 2, "err", "demo", "not an empty folder")
  expect(shell "plumbline init --demo /proc/demo", 5, "err", "/proc/demo")
end)

run.finish()
