-- A company small enough to hold in the head, for one row of the contract at a
-- time. Its deals are worth 100 (key a), 20 (key b), 3 (key c), so that the sum of
-- the won deals that were reached names them: 103 is a and c.
local Small = {}

Small.DEALS = [[
did,k,stage,amt,closed,created
D1,a,won,100,2024-03-01,2024-01-15
D2,b,won,20,2024-04-01,2024-01-20
D3,c,won,3,2024-05-01,2024-01-25
D4,x,lost,7,2024-05-02,2024-01-25
D5,y,open,5,,2024-01-25
]]
Small.RECORDS = [[
id,k,n,c,day,at
1,a,5,Red,2024-01-05,2024-01-10
2,b,10,blue,2024-01-06,2024-01-11
3,c,,,,2024-01-12
4,x,7,Red,2024-01-07,2024-01-13
]]
Small.SOURCE = 'key = "id", time = "at"'
Small.DEAL_FIELDS = 'key = "did", status = "stage", amount = "amt", closed = "closed", created = "created"'

local function audit_file(w)
  return ([[
audit "Small" { as_of = %s, rules = "rules/*.lua" %s }
source "t" { %s, %s }
deals { %s, %s }
%s
]]):format(w.as_of or '"2024-12-31"', w.audit and ", " .. w.audit or "", w.path or '"t.csv"', w.t or Small.SOURCE,
    w.deals_path or '"d.csv"', w.deals or Small.DEAL_FIELDS, w.also or "")
end

-- One metric "m" by `trace` and `metric` (more fields), or whole traces by name.
local function rule_file(w)
  local out = { 'department "M"' }
  for name, trace in pairs(w.traces or {}) do out[#out + 1] = ("metric %q { trace = %s }"):format(name, trace) end
  if not w.traces then
    out[#out + 1] = ('metric "m" { trace = %s%s }'):format(w.trace or 'from "t" :to("deals", "k")',
      w.metric and ", " .. w.metric or "")
  end
  table.sort(out, function(a, b) return a < b end) -- department comes before metric
  return table.concat(out, "\n") .. "\n"
end

-- Makes the functions of one test run: audit, won, …
function Small.new(run)
  local small, count = {}, 0

  -- Writes the company as `w` changes it and audits it. `w`: audit, t, deals (fields
  -- of the declarations), path, deals_path (what stands before them), also (more of
  -- audit.lua), trace, metric, traces, rule (the whole rule file), files, words.
  function small.audit(w)
    count = count + 1
    local dir = ("%s/%d"):format(run.scratch, count)
    local files = { ["audit.lua"] = w.audit_file or audit_file(w), ["t.csv"] = Small.RECORDS, ["d.csv"] = Small.DEALS,
      ["rules/m.lua"] = w.rule or rule_file(w) }
    for path, text in pairs(w.files or {}) do files[path] = text end
    run.files(dir, files)
    local got = run.plumbline(dir, w.words or "audit --max-rejects 1000")
    got.dir, got.rejects = dir, run.read(dir .. "/report/rejects.csv") or ""
    if run.read(dir .. "/report/report.json") then
      local found
      found, got.report = run.report(dir .. "/report/report.json")
      got.found, got.sources = {}, {}
      for id, finding in pairs(found) do got.found[id:match "/(.*)$"] = finding end
      for _, source in ipairs(got.report.sources) do got.sources[source.name] = source end
      got.m = got.found.m
    end
    return got
  end

  local function said(got) return got.line .. ": " .. got.code .. " " .. got.err .. got.out end

  -- The evidence of metric "m", or of the one named.
  function small.evidence(got, name)
    local finding = got.found and got.found[name or "m"]
    if not finding or not finding.evidence then
      error("no evidence: " .. (finding and finding.error and finding.error.message or said(got)), 2)
    end
    return finding.evidence
  end

  function small.same(got, want, what)
    if got ~= want then
      error(("%sgot %s, expected %s"):format(what and what .. ": " or "", tostring(got), tostring(want)), 2)
    end
  end

  -- The sum of the won deals reached: 100 a, 20 b, 3 c.
  function small.won(got, want, name)
    local amount = small.evidence(got, name).deals.won.reached.amount
    if tonumber(amount) ~= want then error(("reached %s, expected %s"):format(amount, want), 2) end
  end

  -- audit.lua is refused: exit 2, and why.
  function small.refused(got, text, code)
    if got.code ~= (code or 2) then error(("exit %d expected\n%s"):format(code or 2, said(got)), 2) end
    if not got.err:find(text, 1, true) then error(("expected: %s\ngot: %s"):format(text, got.err), 2) end
  end

  -- Metric "m" does not bind: exit 4, and why; the rest is audited.
  function small.unbound(got, text, name)
    local finding = got.found and got.found[name or "m"]
    if got.code ~= 4 or not finding or not finding.error then error("an error expected\n" .. said(got), 2) end
    local message = finding.error.message .. "\n" .. (finding.error.hint or "")
    if not message:find(text, 1, true) then error(("expected: %s\ngot: %s"):format(text, message), 2) end
  end

  function small.notes(got, name)
    local out = {}
    for _, note in ipairs(got.found[name or "m"].notes) do out[#out + 1] = note.text end
    return table.concat(out, "\n")
  end

  function small.holds(text, part)
    if not text:find(part, 1, true) then error(("%q does not hold %q"):format(text, part), 2) end
  end

  return small
end

return Small
