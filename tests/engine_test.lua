-- What the engine does with awkward exports: each case is a small workspace, one
-- thing changed in it, and what the report, the rejects or the message say.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/engine_test.lua
local here = arg[0]:match "^(.*)/" or "."
local shell = dofile(here .. "/runner.lua")
local check, equal = shell.check, shell.equal

local BASE = {
  ["audit.lua"] = [[
audit "T" { as_of = "2024-12-31", timezone = "UTC", rules = "rules/*.lua" }
source "t" { "t.csv", key = "id", time = "at" }
deals { "d.csv", key = "did", status = "stage", amount = "amt", closed = "closed" }
]],
  ["t.csv"] = "id,k,at\n1,a,2024-01-01\n2,b,2024-02-01\n",
  ["d.csv"] = "did,k,stage,amt,closed\nD1,a,won,100,2024-03-01\nD2,b,lost,50,2024-04-01\nD3,,open,5,\n",
  ["rules/m.lua"] = [[
department "M"
metric "m" { trace = from "t" :to("deals", "k") }
]],
}

local count = 0
-- A workspace like BASE with `changes`; runs the audit. Gives how it ended, the
-- findings by name, the report and rejects.csv.
local function audit(changes, words)
  count = count + 1
  local dir = shell.scratch .. "/" .. count
  os.execute("mkdir -p " .. shell.quote(dir .. "/rules"))
  local files = {}
  for name, text in pairs(BASE) do files[name] = text end
  for name, text in pairs(changes) do files[name] = text end
  for name, text in pairs(files) do shell.write(dir .. "/" .. name, text) end
  local ended = shell.plumbline(dir, words or "audit --max-rejects 100")
  local found, report = {}, nil
  if shell.read(dir .. "/report/report.json") then
    local by_id
    by_id, report = shell.report(dir .. "/report/report.json")
    for id, finding in pairs(by_id) do found[id:match "/(.*)$"] = finding end
    for _, source in ipairs(report.sources) do report.sources[source.name] = source end
  end
  return ended, found, report, shell.read(dir .. "/report/rejects.csv") or ""
end

local function holds(name, text, part)
  check(name, (text or ""):find(part, 1, true), ("%q does not hold %q"):format(text or "", part))
end

local function notes(finding)
  local out = {}
  for _, note in ipairs(finding.notes) do out[#out + 1] = note.text end
  return table.concat(out, "\n")
end

local function rules(...)
  local out = { 'department "M"' }
  for i, trace in ipairs { ... } do out[#out + 1] = ('metric "m%d" { trace = %s }'):format(i, trace) end
  return table.concat(out, "\n") .. "\n"
end

-- A condition on numbers or times in one rule file -------------------------------
do -- one record holds no number: only this metric leaves it out
  local ended, found, report = audit {
    ["t.csv"] = "id,k,n,at\n1,a,7,2024-01-01\n2,b,many,2024-02-01\n3,,2,2024-02-01\n",
    ["rules/a.lua"] = 'department "A" metric "all" { trace = from "t" :to("deals", "k") }',
    ["rules/m.lua"] = rules('from "t" :where { n = gt(5) } :to("deals", "k")',
      'from "t" :where { n = not_(gt(5)) } :to("deals", "k")'),
  }
  equal("numbers: nothing fails", ended.code, 0)
  equal("numbers: the other department keeps all records", found.all.evidence.origins.records, 3)
  equal("numbers: no record is rejected", report.sources.t.rejected, 0)
  equal("numbers: one record is above 5", found.m1.evidence.origins.records, 1)
  equal("numbers: a word is counted", found.m1.evidence.unreadable, 1)
  equal("numbers: a word is not above 5, nor not above 5", found.m2.evidence.origins.records, 1)
  equal("numbers: and counted there too", found.m2.evidence.unreadable, 1)
  holds("numbers: the finding says so", notes(found.m1), '1 record of t holds no number in "n" and is left out')
  equal("numbers: nothing to say elsewhere", found.all.evidence.unreadable, 0)
end

do -- the same on a step
  local _, found = audit {
    ["d.csv"] = "did,k,stage,amt,closed,seats\nD1,a,won,100,2024-03-01,12\nD2,a,won,50,2024-04-01,many\n",
    ["rules/m.lua"] = rules 'from "t" :to("deals", "k") :where { seats = gte(10) }',
  }
  equal("a step: one deal has 10 seats", found.m1.evidence.deals.won.reached.deals, 1)
  holds("a step: the other is named", notes(found.m1), '1 deal holds no number in "seats" and is left out')
end

do -- a column of texts: this metric is an error, nothing else changes
  local ended, found, report = audit {
    ["rules/a.lua"] = 'department "A" metric "all" { trace = from "t" :to("deals", "k") }',
    ["rules/m.lua"] = rules('from "t" :where { k = gt(5) } :to("deals", "k")',
      'from "t" :where { k = gt "2024-01-01" } :to("deals", "k")'),
  }
  equal("wrong column: the rest is audited", ended.code, 4)
  equal("wrong column: the other department's verdict", found.all.verdict, "linked")
  equal("wrong column: no record is rejected", report.sources.t.rejected, 0)
  equal("wrong column: an error", found.m1.code, "PL110")
  holds("wrong column: which", found.m1.error.message, '"k" of "t" holds no number')
  equal("wrong column of times: an error", found.m2.code, "PL110")
end

do -- times: what is none is left out, whatever its reading a sample saw
  local ended, found, report = audit {
    ["t.csv"] = "id,k,on,at\n1,a,2024-03-01,2024-01-01\n2,b,soon,2024-02-01\n3,b,1710000000,2024-02-01\n"
      .. "4,b,,2024-02-01\n",
    ["rules/a.lua"] = 'department "A" metric "all" { trace = from "t" :to("deals", "k") }',
    ["audit.lua"] = BASE["audit.lua"],
    ["rules/m.lua"] = rules 'from "t" :where { on = gte "2024-02-01" } :to("deals", "k")',
  }
  equal("times: one way of writing is mixed with another, so this metric is an error", found.m1.code, "PL110")
  equal("times: the others run", found.all.evidence.origins.records, 4)
  equal("times: nothing is rejected", report.sources.t.rejected, 0)
  equal("times: exit", ended.code, 4)
  found = select(2, audit {
    ["t.csv"] = "id,k,on,at\n1,a,2024-03-01,2024-01-01\n2,b,soon,2024-02-01\n3,b,2024-01-01,2024-02-01\n",
    ["rules/m.lua"] = rules 'from "t" :where { on = gte "2024-02-01" } :to("deals", "k")',
  })
  equal("times: one is late enough", found.m1.evidence.origins.records, 1)
  holds("times: soon is none", notes(found.m1), '1 record of t holds no time in "on" and is left out')
end

do -- what audit.lua says rejects for everybody, as before
  local _, _, report, rejects = audit {
    ["t.csv"] = "id,k,n,at\n1,a,7,2024-01-01\n2,b,many,2024-02-01\n",
    ["audit.lua"] = BASE["audit.lua"]:gsub('time = "at" }', 'time = "at", where = { n = gt(5) } }'),
  }
  equal("a source's where rejects", report.sources.t.rejected, 1)
  holds("a source's where: PL203", rejects, "PL203")
end

-- Selecting the outcome -----------------------------------------------------------
do
  local _, found = audit {
    ["audit.lua"] = [[
audit "T" { as_of = "2024-12-31", timezone = "UTC", rules = "rules/*.lua" }
source "t" { "t.csv", key = "id", time = "at", columns = {
  fate = lookup { "deals", on = { k = "k" }, take = "stage" } } }
deals { "d.csv", key = "did", status = "stage", amount = "amt", closed = "closed", columns = {
  both = derive("k", "stage", function(k, stage) return (k or "") .. stage end) } }
]],
    ["d.csv"] = "did,k,stage,amt,closed,w\nD1,a,won,100,2024-03-01,won\nD2,b,lost,50,2024-04-01,won\n",
    ["t.csv"] = "id,k,w,at\n1,a,won,2024-01-01\n2,b,won,2024-02-01\n",
    ["rules/m.lua"] = rules('from "t" :to("deals", { w = "stage" })', 'from "t" :to("deals", { k = "both" })',
      'from "t" :to("deals", { k = "amt" })', 'from "t" :to("deals", { k = "closed" })',
      'from "t" :to("deals", { fate = "w" })', 'from "t" :to("deals", "k")'),
  }
  for i = 1, 5 do
    equal("outcome: key " .. i, found["m" .. i].code, "PL110")
    holds("outcome: key " .. i, (found["m" .. i].error or {}).message, "would select the outcome")
  end
  equal("outcome: an honest key", found.m6.verdict, "linked")
end

do
  local ended = audit {
    ["audit.lua"] = [[
audit "T" { as_of = "2024-12-31", timezone = "UTC", rules = "rules/*.lua" }
source "t" { "t.csv", key = "id", time = "at", where = { fate = "won" }, columns = {
  fate = lookup { "deals", on = { k = "k" }, take = "stage" } } }
deals { "d.csv", key = "did", status = "stage", amount = "amt", closed = "closed" }
]],
  }
  equal("outcome: a source's where", ended.code, 2)
  holds("outcome: a source's where", ended.err, "would select the outcome")
end

-- JSON ----------------------------------------------------------------------------
local JSON_AUDIT = BASE["audit.lua"]:gsub("t%.csv", "t.ndjson")
do -- null in all that the head shows
  local ended, found = audit {
    ["audit.lua"] = JSON_AUDIT,
    ["t.ndjson"] = '{"id":1,"k":null,"at":"2024-01-01"}\n',
  }
  equal("JSON: a null column exists", ended.code, 0)
  equal("JSON: and is blank", found.m.code, "PL102")
end

local head = {}
for i = 1, 2000 do head[i] = ('{"id":"%d","at":"2024-01-01","pad":"%s"}'):format(i, ("x"):rep(20)) end
head = table.concat(head, "\n") .. "\n" -- more than 64 KiB, none with a key
do
  local ended, found = audit {
    ["audit.lua"] = JSON_AUDIT,
    ["t.ndjson"] = head .. '{"id":"last","k":"a","at":"2024-01-01"}\n',
  }
  equal("JSON: a column behind the head", ended.code, 0)
  equal("JSON: its one record is followed", found.m.verdict, "linked")
  local ended2, found2 = audit {
    ["audit.lua"] = JSON_AUDIT,
    ["t.ndjson"] = head .. '{"id":"last","kk":"a","at":"2024-01-01"}\n',
    ["rules/m.lua"] = rules 'from "t" :to("deals", { pda = "k" })',
  }
  equal("JSON: a misspelt column", ended2.code, 4)
  holds("JSON: a misspelt column", found2.m1.error.message, 'no column "pda"')
  holds("JSON: did you mean", found2.m1.error.hint, '"pad"')
end

do -- several files: a column that the head of one does not show
  local _, found = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('"t%.csv"', '{ "t1.ndjson", "t2.ndjson" }'),
    ["t1.ndjson"] = '{"id":"x","k":"zz","at":"2024-01-01"}\n',
    ["t2.ndjson"] = head .. '{"id":"last","k":"a","at":"2024-01-01"}\n',
  }
  equal("JSON: two files", found.m.verdict, "linked")
end

do -- two fields of one name
  local _, _, report, rejects = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub("t%.csv", "t.ndjson"):gsub('to%("deals", "k"%)', ""),
    ["t.ndjson"] = '{"id":1,"k":"a","at":"2024-01-01"}\n{"id":2,"k":"a","at":"2024-01-01","k":"b"}\n'
      .. '{"id":3,"k":"a","at":"2024-01-01","\\u006b":"b"}\n'
      .. '{"id":4,"k":"a","at":"2024-01-01","x":{"y":1},"z":[{"y":1},{"y":2}],"w":{"k":"c"}}\n'
      .. '{"id":5,"k":"a","at":"2024-01-01","w":{"k":"c"},"w.k":"d"}\n',
  }
  equal("JSON: three records name a field twice", report.sources.t.rejected, 3)
  equal("JSON: others have names of their own", report.sources.t.used, 2)
  holds("JSON: PL209", rejects, [[2,,PL209,"two fields of one object have the name ""k"""]])
  holds("JSON: an escape is the same name", rejects, [[3,,PL209,"two fields of one object have the name ""k"""]])
  holds("JSON: one path in two ways", rejects, [[5,,PL209,"w.k: two values of one name"]])
end

do -- an array on one line: records are told apart by more than their line
  local ended = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub("t%.csv", "t.json"),
    ["t.json"] = '[{"id":1,"k":"a","at":"2024-01-01"},{"id":7,"k":"b","at":"2024-01-01"},'
      .. '{"id":7,"k":"c","at":"2024-01-01"}]',
  }
  equal("one line: differing repeats", ended.code, 3)
  holds("one line: the right two records", ended.err, 'the same key "7"')
  holds("one line: the right two values", ended.err, '"k": "b" and "c"')
  local _, found = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('"d%.csv", key = "did"', '"d.json"'),
    ["d.json"] = '[{"k":"a","stage":"won","amt":9,"closed":"2024-03-01"},'
      .. '{"k":"a","stage":"won","amt":8,"closed":"2024-03-01"}]',
  }
  equal("one line: the first deal", found.m.evidence.proofs[1].deal, "d.json:1, byte 2")
  equal("one line: the second deal", found.m.evidence.proofs[2].deal, "d.json:1, byte 56")
end

do -- a list in a message
  local _, _, _, rejects = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('"d%.csv"', '"d.ndjson"'),
    ["d.ndjson"] = '{"did":1,"k":"a","stage":"won","amt":9,"closed":"2024-03-01"}\n'
      .. '{"did":2,"k":"a","stage":"won","amt":[5,6],"closed":"2024-03-01"}\n',
  }
  holds("a list in a message", rejects, 'amt: ""5, 6"" is not a number')
end

-- Fresh ---------------------------------------------------------------------------
do
  local function run(columns, extra, deals)
    return audit {
      ["audit.lua"] = 'audit "T" { as_of = "2024-12-31", timezone = "UTC", currency = "EUR", rules = "rules/*.lua"'
        .. (extra or "") .. ' }\n'
        .. 'source "t" { "t.csv", key = "id", time = "at", columns = {' .. columns .. '} }\n'
        .. 'source "old" { "old.csv", time = "at", fresh = "8d" }\n'
        .. 'deals { "d.csv", key = "did", status = "stage", amount = "amt", closed = "closed"'
        .. (deals or "") .. ' }\n',
      ["old.csv"] = "k,deal_key,code,rate,at\na,a,USD,0.5,2024-01-01\n",
      ["d.csv"] = "did,k,stage,amt,closed,ccy\nD1,a,won,100,2024-03-01,USD\nD2,b,lost,50,2024-04-01,EUR\n",
      ["rules/m.lua"] = rules('from "t" :to("deals", "k")', (columns ~= "")
        and 'from "t" :to("deals", { dk = "k" })' or 'from "t" :to("deals", "k")'),
    }
  end
  local ended, found = run 'dk = lookup { "old", on = { k = "k" }, take = "deal_key" }'
  equal("fresh: a metric that does not look there", found.m1.verdict, "linked")
  equal("fresh: one that does", found.m2.code, "PL115")
  equal("fresh: exit", ended.code, 4)
  found = select(2, run("", "", ', columns = { more = lookup { "old", on = { k = "k" }, take = "deal_key" } }'))
  equal("fresh: a column that nobody uses", found.m1.verdict, "linked")
  local report
  found, report = select(2, run("", ', rates = { source = "old", currency = "code", rate = "rate" }',
    ', currency = "ccy"'))
  equal("fresh: old rates", (found.m1 or {}).code, "PL115")
  equal("the rates have a role", report and report.sources.old.role, "rates")
end

-- Sentences -----------------------------------------------------------------------
do
  local _, found = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('time = "at" }', 'time = "at", where = { k = "zz" } }'),
  }
  equal("PL106 for a source that filters all", found.m.code, "PL106")
  equal("PL106 says why", found.m.headline,
    "There is nothing to follow: none of 2 records of t passes the source's own `where`")
end

do -- the key is computed
  local ended = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('key = "id", time = "at" }',
      'key = "low", time = "at", columns = { low = clean("id", "lower") } }'),
    ["t.csv"] = "id,k,at\nX,a,2024-01-01\nx,b,2024-02-01\n",
  }
  equal("a computed key: differing repeats", ended.code, 3)
  holds("a computed key is shown", ended.err, 'the same key "x"')
end

-- Rejects -------------------------------------------------------------------------
do
  local _, _, _, rejects = audit {
    ["audit.lua"] = [[
audit "T" { as_of = "2024-12-31", timezone = "UTC", currency = "EUR", rules = "rules/*.lua",
  rates = { source = "r", currency = "code", rate = "rate" } }
source "t" { "t.csv", key = "id", time = "at" }
source "r" { "r.csv" }
deals { "d.csv", key = "did", status = "stage", amount = "amt", closed = "closed", currency = "ccy" }
]],
    ["t.csv"] = "id,k,at\n1,a,2024-01-01\n2,b,2024-02-01,more\n3,b\n",
    ["r.csv"] = "code,rate\nUSD,0.5\nGBP,0\nCHF,-1\nSEK,many\n",
    ["d.csv"] = "did,k,stage,amt,closed,ccy\nD1,a,won,100,2024-03-01,USD\nD2,b,won,50,2024-04-01,XXX\n"
      .. "D3,b,won,1.23456,2024-04-01,EUR\n",
  }
  holds("a rate of 0", rejects, '"r.csv",3,5,PL203,"rate: ""0"" is no rate: a rate must be above 0"')
  holds("a negative rate", rejects, '"r.csv",4,5,PL203,"rate: ""-1"" is no rate: a rate must be above 0"')
  holds("no rate at all", rejects, '"r.csv",5,5,PL203,"rate: ""many"" is not a number"')
  holds("no rate for a currency", rejects, '"d.csv",3,24,PL207,"ccy: ""XXX"" is a currency with no rate"')
  holds("too many decimals", rejects, '"d.csv",4,10,PL203,"amt: ""1.23456"" has more than four decimals"')
  holds("too many cells: the first of them", rejects, '"t.csv",3,16,PL202,')
  holds("too few cells: where the record ends", rejects, '"t.csv",4,4,PL201,')
end

-- Deals that close later ------------------------------------------------------------
do
  local _, _, report = audit {
    ["audit.lua"] = BASE["audit.lua"]:gsub('closed = "closed" }', 'closed = "closed", time = "closed" }'),
    ["d.csv"] = "did,k,stage,amt,closed\nD1,a,won,100,2024-03-01\nD2,b,won,50,2025-04-01\n",
  }
  equal("closed after as_of: not skipped", report.sources.deals.skipped.after_as_of, 0)
  equal("closed after as_of: open", report.deals.open.deals, 1)
  equal("newest is not a day to come", report.sources.deals.newest, "2024-03-01")
end

-- blank ----------------------------------------------------------------------------
do
  local function run(columns, trace)
    local _, found = audit {
      ["audit.lua"] = BASE["audit.lua"]:gsub('time = "at" }', 'time = "at", blank = { "a" }, columns = {'
        .. columns .. '} }'),
      ["t.csv"] = "id,k,ks,x,at\n1,b,a;b,z,2024-01-01\n2,b,a;a,q,2024-02-01\n",
      ["look.csv"] = "x,v\nz,a\nq,b\n",
      ["d.csv"] = "did,k,stage,amt,closed\nD1,a,won,100,2024-03-01\nD2,b,won,50,2024-04-01\n",
      ["rules/m.lua"] = rules(trace),
    }
    return found.m1.evidence
  end
  local e = run('l = list("ks", ";")', 'from "t" :to("deals", { l = "k" })')
  equal("blank: in a list only the others count", e.deals.won.reached.deals, 1)
  equal("blank: a list of blanks is blank", e.origins.with_key, 1)
  e = run('m = map("x", { z = "a", q = "b" })', 'from "t" :to("deals", { m = "k" })')
  equal("blank: what map gives", e.origins.with_key, 1)
  e = run('m = derive("x", function(x) return x == "z" and "a" or "b" end)', 'from "t" :to("deals", { m = "k" })')
  equal("blank: what a function gives", e.origins.with_key, 1)
  e = run('l = list("ks", ";")', 'from "t" :where { l = "a" } :to("deals", "k")')
  equal("blank: no condition meets it", e.origins.records, 0)
end

-- subtotals between the deals -----------------------------------------------------
do
  -- Not dropped, since nothing proves that they are totals; not counted without a word.
  local _, _, report = audit {
    ["d.csv"] = "did,k,stage,amt,closed\nD1,a,won,100,2024-03-01\nSubtotal,,won,100,\n"
      .. "D2,b,won,50,2024-04-01\n,,won,150,\nD3,b,won,5,2024-04-01\n",
  }
  local said = notes(report)
  holds("a deal without an id is said", said, '1 record of deals holds nothing in "did", the key, and is counted '
    .. 'all the same. If it is a total or a blank row, leave it out: where = { ["did"] = not_(blank()) } in deals')
  holds("a deal called Subtotal is said", said, 'the deal "Subtotal" is counted, but may be a total. If it is one, '
    .. 'leave it out: where = { ["did"] = not_("Subtotal") } in deals')
  _, _, report = audit {}
  check("nothing is said of plain deals", not notes(report):find("total", 1, true), notes(report))
end

-- words for nothing as keys ----------------------------------------------------------
do
  for _, word in ipairs { "NULL", "\\N", "(not set)" } do
    local files = {
      ["t.csv"] = "id,k,at\n1," .. word .. ",2024-01-01\n2,b,2024-02-01\n",
      ["d.csv"] = "did,k,stage,amt,closed\nD1," .. word .. ",won,100,2024-03-01\nD2,b,won,50,2024-04-01\n",
    }
    local _, found = audit(files)
    holds(word .. " as a key is said", notes(found.m), ('"%s" joins as a key from t to deals, like any other value. '
      .. 'If it means that there is none, say so in deals: blank = { "%s" }'):format(word, word:gsub("\\", "\\\\"), nil))
    files["audit.lua"] = BASE["audit.lua"]:gsub('key = "did"', '%0, blank = { "' .. word:gsub("\\", "\\\\") .. '" }')
    _, found = audit(files)
    equal(word .. " is blank once said so", found.m.evidence.deals.won.reached.deals, 1)
    check(word .. ": nothing more is said", not notes(found.m):find("joins as a key", 1, true))
  end
end

shell.finish()
