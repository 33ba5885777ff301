-- design.md §4.4: the verdicts in their order, thresholds, judge; and the fields of
-- a metric that a report repeats.
return function(row, s)
  local HEAD = "did,k,stage,amt,closed,created\n"
  local GOLDEN = "tests/golden_test.lua"

  -- code -> the metric of the workspace made by hand that has it
  for code, metric in pairs { PL101 = "Marketing/brand_awareness", PL102 = "Marketing/posts", PL103 = "Events/badge_scans",
    PL104 = "Sales/cancelled_calls", PL105 = "Sales/satisfaction", PL106 = "Events/webinars", PL107 = "Marketing/summer_campaign",
    PL108 = "Marketing/special_offer", PL110 = "Marketing/blog", PL111 = "Marketing/odd_pages", PL112 = "Marketing/referrals",
    PL113 = "Editorial/annual_report", PL114 = "Marketing/careers_page", PL115 = "Events/booth_visits" } do
    row("a metric has " .. code, "", { GOLDEN, metric }, { GOLDEN, code == "PL112" and "a metric carries PL" or code })
  end

  row("untraced: in the catalogue, with no trace; flagged", "", function()
    local got = s.audit { rule = 'department "M"\nmetric "m" { title = "Reach" }\n' }
    s.same(got.m.code, "PL101")
    s.same(got.m.flagged, true)
    s.same(got.code, 0)
  end)

  row("error comes first: what is not fresh is not audited, even with no records", "", function()
    local got = s.audit { t = s.SOURCE .. ', fresh = "8d"', trace = 'from "t" :where { k = "nobody" } :to("deals", "k")' }
    s.same(got.m.code, "PL115")
  end)

  -- ---- min_won ---------------------------------------------------------------------------
  row("min_won: of the metric, of the policy, of the audit", "audit.min_won audit.policy policy.min_won", function()
    s.same(s.audit { metric = "min_won = 3" }.m.verdict, "linked")
    s.same(s.audit { metric = "min_won = 4" }.m.code, "PL114")
    s.same(s.audit { audit = "min_won = 4" }.m.code, "PL114")
    s.same(s.audit { audit = "min_won = 4", metric = "min_won = 3" }.m.verdict, "linked")
    s.same(s.audit { audit = "policy = { min_won = 4 }" }.m.code, "PL114")
  end)

  -- ---- the sales cycle -----------------------------------------------------------------------
  -- Origins of 1 December, as_of 31 December; they reach only an open deal.
  local function young(extra, deals)
    return s.audit { audit = extra, files = { ["t.csv"] = "id,k,at\n1,y,2024-12-01\n", ["d.csv"] = deals or (HEAD ..
      "D1,a,won,1,2024-03-01,2024-01-01\nD5,y,open,1,,2024-12-01\n") } }.m
  end
  row("too_early: every origin with a usable key is younger than audit.cycle", "audit.cycle", function()
    s.same(young('cycle = "31d"').code, "PL107")
    s.same(young('cycle = "30d"').code, "PL104")
    s.same(young('cycle = "31d"').flagged, false)
  end)
  row("too_early: else the median of close - created over at least 5 won deals; else never", "", function()
    local function won(n)
      local out = { HEAD .. "D9,y,open,1,,2024-12-01\n" }
      for i = 1, n do out[#out + 1] = ("W%d,a,won,1,2024-0%d-20,2024-01-01\n"):format(i, i + 1) end
      return table.concat(out)
    end
    s.same(young(nil, won(5)).code, "PL107") -- 50, 79, 110, 140, 171: 110 days
    s.same(young(nil, won(4)).code, "PL104")
  end)

  row("too_early: an older origin without a key does not speak against it", "", function()
    local deals = HEAD .. "D1,a,won,1,2024-03-01,2024-01-01\nD5,y,open,1,,2024-12-01\n"
    local function with(records) return s.audit { audit = 'cycle = "31d"', files = { ["t.csv"] = records, ["d.csv"] = deals } }.m.code end
    s.same(with "id,k,at\n1,y,2024-12-01\n2,,2024-01-01\n", "PL107")
    s.same(with "id,k,at\n1,y,2024-12-01\n2,y,2024-01-01\n", "PL104")
  end)

  row("the order of unlinked: blank keys before too_early, and that before keys that match nothing", "", function()
    local function young_records(records)
      return s.audit { audit = 'cycle = "60d"', files = { ["t.csv"] = "id,k,at\n" .. records } }.m.code
    end
    s.same(young_records "1,,2024-12-01\n2,,2024-12-02\n", "PL102")
    s.same(young_records "1,zz,2024-12-01\n", "PL107")
    s.same(young_records "1,zz,2024-01-01\n", "PL103")
    s.same(young_records "", "PL106")
  end)

  row("the order of unlinked: only after the close, only outside the window, only lost or open, below min_won", "", function()
    local function code(metric, deals) return s.audit { metric = metric, files = { ["d.csv"] = HEAD .. deals,
      ["t.csv"] = "id,k,at\n1,a,2024-02-01\n" } }.m.code end
    local before, after, lost, other = "D1,a,won,1,2024-01-01,\n", "D2,a,won,1,2024-12-01,\n", "D3,a,lost,1,2024-02-02,\n",
      "D4,zz,won,1,2024-02-01,\n"
    s.same(code(nil, before), "PL105")
    s.same(code('within = "5d"', after), "PL113")
    s.same(code(nil, lost .. other), "PL104")
    s.same(code("min_won = 2", after), "PL114")
    s.same(code('within = "5d"', before .. after .. lost), "PL113")
    s.same(code(nil, before .. lost), "PL105")
  end)

  -- ---- the policy ------------------------------------------------------------------------------
  -- `met` of 20 won and 20 lost deals are met by a record.
  local function compared(met_won, met_lost, audit)
    local t, d = { "id,k,at" }, { HEAD:sub(1, -2) }
    for i = 1, 40 do
      local stage, n = i <= 20 and "won" or "lost", (i - 1) % 20 + 1
      d[#d + 1] = ("D%d,k%d,%s,1,2024-06-01,2024-01-02"):format(i, i, stage)
      if n <= (stage == "won" and met_won or met_lost) then t[#t + 1] = ("%d,k%d,2024-01-10"):format(i, i) end
    end
    local got = s.audit { audit = audit, files = { ["t.csv"] = table.concat(t, "\n") .. "\n",
      ["d.csv"] = table.concat(d, "\n") .. "\n" } }
    return got.m, got
  end
  row("no_difference: the upper end of the odds ratio's interval is below policy.no_difference_below",
    "policy.no_difference_below", function()
      -- R: fisher.test(matrix(c(2,18,18,2),2))$conf.int is 0.0010 to 0.1277
      local finding = compared(2, 18)
      s.same(finding.verdict, "no_difference")
      s.same(finding.code, "PL108")
      s.same(finding.flagged, false)
      s.same(compared(2, 18, "policy = { no_difference_below = 0.1 }").verdict, "linked")
    end)
  row("tells won from lost: the lower end above 1 and q at most policy.q", "policy.q", function()
    -- R: fisher.test(matrix(c(12,8,4,16),2)): p 0.02244, lower end 1.24
    s.holds(compared(12, 4).tells, "tells won from lost")
    s.holds(compared(12, 4, "policy = { q = 0.02 }").tells, "cannot tell")
    s.holds(compared(10, 10).tells, "cannot tell")
  end)
  row("few keys: one value carries over policy.few_keys of the won deals reached, with at least few_keys_from",
    "policy.few_keys policy.few_keys_from", function()
      -- Key a has 2 of 6 deals, a third.
      local function noted(audit)
        local got = s.audit { audit = audit, files = { ["t.csv"] = "id,k,at\n1,a,2024-01-01\n2,b,2024-01-01\n3,c,2024-01-01\n"
          .. "4,d,2024-01-01\n5,e,2024-01-01\n", ["d.csv"] = HEAD .. "D1,a,won,1,2024-03-01,\nD2,a,won,1,2024-03-01,\n"
          .. "D3,b,won,1,2024-03-01,\nD4,c,won,1,2024-03-01,\nD5,d,won,1,2024-03-01,\nD6,e,won,1,2024-03-01,\n" } }
        for _, note in ipairs(got.m.notes) do
          if note.code == "PL112" then return true end
        end
        return false
      end
      s.same(noted(), true)
      s.same(noted "policy = { few_keys = 0.4 }", false)
      s.same(noted "policy = { few_keys_from = 7 }", false)
    end)

  -- ---- judge ---------------------------------------------------------------------------------------
  local function judged(answer) return s.audit { metric = "judge = function(evidence) " .. answer .. " end" } end
  row("judge: of a metric, of the audit; a departure prints the standard verdict beside it",
    "metric.judge audit.judge", function()
      local got = judged 'return "unlinked", "one order is no proof"'
      s.same(got.m.verdict, "unlinked")
      s.same(got.m.standard.verdict, "linked")
      s.same(got.m.flagged, true)
      s.holds(got.out, "one order is no proof")
      s.same(judged("return nil").m.verdict, "linked")
      got = s.audit { audit = 'judge = function(e) return "unlinked", "by the audit" end' }
      s.same(got.m.verdict, "unlinked")
      got = s.audit { audit = 'judge = function(e) return "unlinked" end', metric = 'judge = function() return nil end' }
      s.same(got.m.verdict, "linked")
    end)
  row("judge may only choose what the evidence permits", "", function()
    for _, word in ipairs { "too_early", "no_difference", "untraced", "error", "fine" } do
      s.same(judged(("return %q"):format(word)).m.code, "PL110", word)
    end
    local unreached = s.audit { metric = 'judge = function() return "linked" end', trace = 'from "t" :where { k = "x" } :to("deals", "k")' }
    s.same(unreached.m.code, "PL110")
  end)
  row("judge sees the evidence and cannot change it", "", function()
    local got = judged('local n = evidence.origins.records; '
      .. 'pcall(function() evidence.deals.won.reached.deals = 0 end) return n == 4 and "unlinked"')
    s.same(got.m.verdict, "unlinked")
    s.same(s.evidence(got).deals.won.reached.deals, 3.0)
  end)

  -- ---- mistakes -------------------------------------------------------------------------------------
  row("an unknown field or a wrong type in audit.lua: exit 2, the place, the nearest valid name", "", function()
    local got = s.audit { audit = 'curency = "EUR"' }
    s.refused(got, "audit.lua:1:")
    s.holds(got.err, "currency")
    s.refused(s.audit { t = "key = 5" }, "audit.lua:2:")
  end)
  row("an unknown field in a rule: that metric is an error with its place, the rest goes on, check fails", "", function()
    local rule = 'department "M"\nmetric "m" { trce = from "t" :to("deals", "k") }\nmetric "ok" { trace = from "t" :to("deals", "k") }\n'
    local got = s.audit { rule = rule }
    s.unbound(got, "trace")
    s.same(got.m.error.file .. ":" .. got.m.error.line // 1, "rules/m.lua:2.0")
    s.won(got, 123, "ok")
    s.same(s.audit { rule = rule, words = "check" }.code, 2)
  end)
  row("a metric declared twice is an error that names both lines", "", function()
    s.unbound(s.audit { rule = 'department "M"\nmetric "m" { title = "1" }\nmetric "m" { title = "2" }\n' }, "lines 2 and 3")
  end)
  row("messages say where, what and how to fix it", "", { "tests/messages_test.lua", "whole(" },
    { "tests/golden/messages.txt", "did you mean" })

  -- ---- what a metric says of itself ------------------------------------------------------------------
  row("title, owner, question, definition, unit and note stand in the report",
    "metric.title metric.owner metric.question metric.definition metric.unit metric.note", function()
      local got = s.audit { metric = 'title = "The T", owner = "The O", question = "The Q?", definition = "The D", '
        .. 'unit = "The U", note = "The N"' }
      for field, want in pairs { title = "The T", owner = "The O", question = "The Q?", definition = "The D", unit = "The U",
        note = "The N" } do
        s.same(got.m[field], want, field)
      end
      s.same(got.report.audit.title, "Small")
    end)
  for _, per in ipairs { "once", "day", "week", "month", "quarter", "year" } do
    row("cost: money, hours, per = " .. per, "metric.cost cost.money cost.hours cost.per per." .. per, function()
      local cost = s.audit { metric = ('cost = { money = 12.5, hours = "6", per = "%s" }'):format(per) }.m.cost
      s.same(("%s %s %s"):format(cost.money, cost.hours, cost.per), "12.5 6 " .. per)
    end)
  end
end
