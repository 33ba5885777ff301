-- design.md §4.2: from, where and its conditions, to and its keys, any.
return function(row, s)
  -- ---- from, where -----------------------------------------------------------------------
  row("from takes the records of a table; a metric is declared in a department",
    "global.from global.department global.metric metric.trace method.to", function()
      local got = s.audit {}
      s.won(got, 123)
      s.same(s.evidence(got).origins.records, 4)
      s.same(s.evidence(got).branches[1].from, "t")
      s.same(got.m.department, "M")
    end)

  local MID = 'source "mid" { "mid.csv" }'
  local function mid(text) return { ["mid.csv"] = text } end

  row("where belongs to the step before it, at any step, deals included", "method.where", function()
    local files = mid "k,kk,kind\na,a,good\nb,b,bad\nc,c,good\n"
    local function with(trace) return s.audit { also = MID, files = files, trace = trace } end
    s.won(with 'from "t" :to("mid", "k") :to("deals", { kk = "k" })', 123)
    s.won(with 'from "t" :where { c = "Red" } :to("mid", "k") :to("deals", { kk = "k" })', 100)
    s.won(with 'from "t" :to("mid", "k") :where { kind = "good" } :to("deals", { kk = "k" })', 103)
    s.won(with 'from "t" :to("mid", "k") :to("deals", { kk = "k" }) :where { created = gt "2024-01-19" }', 23)
    s.won(with 'from "deals" :where { k = { "a", "b" } }', 120)
  end)

  row("all conditions of a where must hold, and where may be said again", "", function()
    s.won(s.audit { trace = 'from "t" :where { c = { "Red", "blue" }, n = gt(5) } :to("deals", "k")' }, 20)
    s.won(s.audit { trace = 'from "t" :where { c = { "Red", "blue" } } :where { n = gt(5) } :to("deals", "k")' }, 20)
  end)

  row("a trace is a value: a step added to it leaves it as it was", "", function()
    s.won(s.audit { rule = [[
department "M"
local records = from "t"
local red = records :where { c = "Red" }
metric "m" { trace = records :to("deals", "k") }
metric "r" { trace = red :to("deals", "k") }
]] }, 123)
  end)

  row("a column or a table that is not there is an error of its metric, with the nearest name", "", function()
    local got = s.audit { traces = { m = 'from "t" :where { dya = "2024-01-05" } :to("deals", "k")', ok = 'from "t" :to("deals", "k")' } }
    s.unbound(got, 'did you mean "day"?')
    s.won(got, 123, "ok")
    s.unbound(s.audit { trace = 'from "dales" :to("deals", "k")' }, 'did you mean "deals"?')
  end)

  -- ---- conditions ------------------------------------------------------------------------------
  -- Records 1 (a): n 5, Red, 5 January; 2 (b): n 10, blue, 6 January; 3 (c): all blank.
  for condition, want in pairs {
    ['c = "Red"'] = 100, ['c = "red"'] = 0, ["n = 5"] = 100, ['n = "5"'] = 100,
    ['c = { "Red", "blue", "green" }'] = 120, ["n = { 5, 10 }"] = 120,
    ['c = not_("Red")'] = 23, ['c = not_ { "Red", "blue" }'] = 3,
  } do
    row("equality, and a list means any of: " .. condition, "", function()
      s.won(s.audit { trace = 'from "t" :where { ' .. condition .. ' } :to("deals", "k")' }, want)
    end)
  end

  local CONDITIONS = {
    like = { ['c = like "R*"'] = 100, ['c = like { "R*", "b?ue" }'] = 120, ['c = like "*"'] = 120, ['c = like "e"'] = 0,
      ['c = like "*e*"'] = 120, ['c = not_(like "R*")'] = 23 },
    matches = { ['c = matches "^[Rb]"'] = 120, ['c = matches "e$"'] = 20, ['c = matches "l"'] = 20,
      ['c = not_(matches "l")'] = 103 },
    between = { ["n = between(5, 9.99)"] = 100, ["n = between(5, 10)"] = 120, ["n = between(5.01, 10)"] = 20,
      ['day = between("2024-01-05", "2024-01-05")'] = 100, ["n = not_(between(5, 9))"] = 23 },
    gt = { ["n = gt(5)"] = 20, ["n = gt(4.9999)"] = 120, ['day = gt "2024-01-05"'] = 20, ["n = not_(gt(5))"] = 103 },
    gte = { ["n = gte(5)"] = 120, ["n = gte(5.0001)"] = 20, ['day = gte "2024-01-06"'] = 20, ["n = not_(gte(10))"] = 103 },
    lt = { ["n = lt(10)"] = 100, ["n = lt(10.0001)"] = 120, ['day = lt "2024-01-06"'] = 100, ["n = not_(lt(10))"] = 23 },
    lte = { ["n = lte(10)"] = 120, ["n = lte(9.9999)"] = 100, ['day = lte "2024-01-05"'] = 100, ["n = not_(lte(9))"] = 23 },
    blank = { ["c = blank()"] = 3, ["c = not_(blank())"] = 120 },
    not_ = { ['c = not_(not_("Red"))'] = 100, ["c = not_(function(v) return v == 'Red' end)"] = 23 },
  }
  for name, cases in pairs(CONDITIONS) do
    for condition, want in pairs(cases) do
      row("condition: " .. condition, "global." .. name, function()
        s.won(s.audit { trace = 'from "t" :where { ' .. condition .. ' } :to("deals", "k")' }, want)
      end)
    end
  end

  row("condition: a Lua function of one value, asked once for each", "", function()
    local got = s.audit { trace = 'from "t" :where { c = function(v) print("asked", v) return v == "Red" end } :to("deals", "k")' }
    s.won(got, 100)
    s.same(select(2, got.err:gsub("asked", "")), 2) -- Red and blue
  end)

  row("matches has limits: a pattern that runs away fails its metric alone", "", function()
    local got = s.audit { files = { ["t.csv"] = "id,k,c,at\n1,a," .. ("a"):rep(60) .. "!,2024-01-01\n" },
      traces = { m = 'from "t" :where { c = matches "^(a+)+$" } :to("deals", "k")', ok = 'from "t" :to("deals", "k")' } }
    s.same(got.m.code, "PL111")
    s.won(got, 100, "ok")
  end)

  for _, column in ipairs { "stage", "amt", "closed", "fate", "worth", "late" } do
    row("a condition on a deal's status, amount or close, or what is computed from them: " .. column, "", function()
      local function with(trace, columns)
        return s.audit { trace = trace, t = s.SOURCE .. (columns or ""), deals = s.DEAL_FIELDS
          .. ', columns = { fate = clean("stage", "upper"), worth = map("amt", { ["3"] = "few" }), '
          .. 'late = derive("k", "closed", function(k, day) return day end) }' }
      end
      s.unbound(with('from "t" :to("deals", "k") :where { ' .. column .. ' = not_(blank()) }'), "would select the outcome")
      s.unbound(with('from "deals" :where { ' .. column .. ' = not_(blank()) }'), "would select the outcome")
      s.unbound(with('from "t" :where { got = not_(blank()) } :to("deals", "k")',
        ', columns = { got = lookup { "deals", on = "k", take = "' .. column .. '" } }'), "would select the outcome")
    end)
  end

  -- ---- steps --------------------------------------------------------------------------------------
  row("to steps by the declared link, in both directions, also with names that differ", "global.link", function()
    local files = mid "k,deal_key\na,a\nb,b\n"
    local got = s.audit { also = MID .. '\nlink { "t", "mid", "k" }\nlink { "deals", "mid", { k = "deal_key" } }', files = files,
      trace = 'from "t" :to "mid" :to "deals"' }
    s.won(got, 120)
    s.same(s.evidence(got).branches[1].steps[2].keys[1].there, "k")
  end)

  row("to without a link is an error; two links are an error that lists them", "", function()
    s.unbound(s.audit { trace = 'from "t" :to "deals"' }, "link")
    local got = s.audit { also = 'link { "t", "deals", "k" }\nlink { "t", "deals", { c = "k" } }', trace = 'from "t" :to "deals"' }
    s.unbound(got, "audit.lua:4")
    s.unbound(got, "audit.lua:5")
  end)

  row("a key given at the step goes before the link", "", function()
    s.won(s.audit { also = 'link { "t", "deals", { c = "k" } }', trace = 'from "t" :to("deals", "k")' }, 123)
  end)

  row("to by names that differ", "", function()
    s.won(s.audit { trace = 'from "t" :to("deals", { id = "amt2" })', deals = s.DEAL_FIELDS
      .. ', columns = { amt2 = map("k", { a = "3" }) }' }, 100)
  end)

  row("to by several columns is a composite key", "", function()
    local files = { ["d.csv"] = "did,k,c,stage,amt,closed,created\nD1,a,Red,won,100,2024-03-01,\nD2,b,Red,won,20,2024-03-01,\n" }
    s.won(s.audit { files = files, trace = 'from "t" :to("deals", { "k", "c" })' }, 100)
    s.won(s.audit { files = files, trace = 'from "t" :to("deals", { k = "k", c = "c" })' }, 100)
    s.won(s.audit { files = files, trace = 'from "t" :to("deals", "c")' }, 120)
  end)

  row("a blank key matches nothing, not even a blank one; nor does a composite key with a blank part", "", function()
    local files = { ["t.csv"] = "id,k,c,at\n1,,x,2024-01-01\n2,a,,2024-01-01\n",
      ["d.csv"] = "did,k,c,stage,amt,closed,created\nD1,,x,won,100,2024-03-01,\nD2,a,,won,20,2024-03-01,\n" }
    local got = s.audit { files = files }
    s.won(got, 20)
    s.same(s.evidence(got).branches[1].steps[1].with_key, 1)
    s.same(s.evidence(got).last_step.blank_key, 1)
    got = s.audit { files = files, trace = 'from "t" :to("deals", { "k", "c" })' }
    s.won(got, 0)
    s.same(got.m.code, "PL102")
  end)

  row("keys are compared as they are: case and spaces matter", "", function()
    s.won(s.audit { files = { ["t.csv"] = 'id,k,at\n1,A,2024-01-01\n2,"b ",2024-01-01\n3,c,2024-01-01\n' } }, 3)
  end)

  row("many-to-many is normal: every deal counts once", "", function()
    local got = s.audit { also = MID, files = mid "k,kk\na,a\na,b\nb,a\nb,b\nx,y\n",
      trace = 'from "t" :to("mid", "k") :to("deals", { kk = "k" })' }
    s.won(got, 120)
    s.same(s.evidence(got).deals.won.reached.deals, 2)
    s.same(s.evidence(got).branches[1].steps[1].fan_out.max, 2)
  end)

  row("steps back to a table already visited are normal", "", function()
    -- Record 1 (Red, a) comes back by its colour to record 4 (x) and to itself.
    local got = s.audit { trace = 'from "t" :where { k = "a" } :to("t", "c") :to("t", "c") :to("deals", "k")' }
    s.won(got, 100)
    s.same(s.evidence(got).deals.lost.reached.deals, 1)
  end)

  row("at most 16 steps", "", function()
    local function steps(n) return 'from "t"' .. (' :to("t", "id")'):rep(n - 1) .. ' :to("deals", "k")' end
    s.won(s.audit { trace = steps(16) }, 123)
    s.unbound(s.audit { trace = steps(17) }, "16 steps")
  end)

  row('which = "next": only the first deal at or after the origin', "to.which which.next which.all", function()
    local files = { ["t.csv"] = "id,k,at\n1,a,2024-02-01\n", ["d.csv"] = "did,k,stage,amt,closed,created\n"
      .. "D0,a,won,4,2024-01-31,2024-01-31\nD1,a,won,100,2024-02-01,2024-02-01\nD2,a,won,20,2024-03-01,2024-03-01\n" }
    s.won(s.audit { files = files, trace = 'from "t" :to("deals", "k", { which = "next" })' }, 100)
    s.won(s.audit { files = files, trace = 'from "t" :to("deals", "k", { which = "all" })' }, 120)
    s.won(s.audit { files = files }, 120)
    s.unbound(s.audit { also = MID, files = mid "k\na\n",
      trace = 'from "t" :to("mid", "k", { which = "next" }) :to("deals", "k")' }, "deals")
    s.unbound(s.audit { t = 'key = "id"', trace = 'from "t" :to("deals", "k", { which = "next" })' }, "time")
  end)

  row('from "deals" with no step is legal', "", function()
    local got = s.audit { trace = 'from "deals"' }
    s.won(got, 123)
    s.same(#s.evidence(got).branches[1].steps, 0)
  end)

  row("a trace ends in deals", "", function() s.unbound(s.audit { trace = 'from "t" :to("t", "id")' }, "deals") end)

  -- ---- any -----------------------------------------------------------------------------------------
  row("any: the union; origins are united by source and record; steps stand for each branch", "global.any", function()
    local got = s.audit { trace = 'any { from "t" :where { c = "Red" } :to("deals", "k"), '
      .. 'from "t" :where { n = lte(10) } :to("deals", "k") }' }
    s.won(got, 120)
    local e = s.evidence(got)
    s.same(e.origins.records, 3) -- 1 and 4, 1 and 2 and 4
    s.same(e.origins.united, true)
    s.same(#e.branches, 2)
    s.same(e.branches[1].origins, 2)
    s.same(e.branches[2].origins, 3)
    s.same(e.deals.won.reached.deals, 2)
  end)

  row("any: records of different sources stay apart, and any inside any is one", "", function()
    local got = s.audit { also = 'source "u" { "t.csv", key = "id", time = "at" }',
      trace = 'any { from "t" :to("deals", "k"), any { from "u" :to("deals", "k"), from "u" :where { c = "Red" } :to("deals", "k") } }' }
    s.won(got, 123)
    s.same(s.evidence(got).origins.records, 8)
    s.same(#s.evidence(got).branches, 3)
  end)

  row("any: where and to go on in every branch", "", function()
    s.won(s.audit { trace = 'any { from "t" :where { c = "Red" }, from "t" :where { c = "blue" } } '
      .. ':where { n = lt(7) } :to("deals", "k")' },
      100)
  end)

  -- ---- pairs ------------------------------------------------------------------------------------------
  row("a chain needs every key and every condition on the same way", "", function()
    -- b leads to deal b only by the bad row, and to a by the good one.
    local got = s.audit { also = MID, files = mid "k,kk,kind\nb,b,bad\nb,a,good\n",
      trace = 'from "t" :to("mid", "k") :where { kind = "good" } :to("deals", { kk = "k" })' }
    s.won(got, 100)
  end)

  row("paths are never counted: three ways to one deal are one deal", "", function()
    local got = s.audit { also = MID, files = mid "k,kk\na,a\na,a\na,a\n", trace = 'from "t" :to("mid", "k") :to("deals", { kk = "k" })' }
    s.won(got, 100)
    s.same(s.evidence(got).deals.won.matched.deals, 1)
  end)

  row("matches has limits of steps and of memory", "", { "tests/core/test_trace_condition.c", "a_pattern_that_runs_away_is_stopped" })
  row("nor does a key select the outcome", "", { "tests/engine_test.lua", "outcome: key" })
  row("every count, sum and step of random traces is SQL's", "",
    { "tests/trace_diff.lua", "oracle:metric" }, { "tests/diff/oracle.lua", "steps as sets of pairs" })
end
