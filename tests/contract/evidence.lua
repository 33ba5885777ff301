-- design.md §4.3: what is counted, deal by deal and step by step.
return function(row, s)
  local HEAD = "did,k,stage,amt,closed,created\n"

  -- ---- steps -----------------------------------------------------------------------------
  -- Four records: no key; no such contact; a contact without a deal; a contact (twice) with one.
  local STEPS = { also = 'source "mid" { "mid.csv" }', files = {
    ["t.csv"] = "id,k,at\n1,,2024-01-01\n2,none,2024-01-01\n3,q,2024-01-01\n4,p,2024-01-01\n",
    ["mid.csv"] = "k,kk\np,a\np,\nq,zz\n" }, trace = 'from "t" :to("mid", "k") :to("deals", { kk = "k" })' }
  row("steps: records in, with a key, matched, distinct records out, origins still followed", "", function()
    local first, second = table.unpack(s.evidence(s.audit(STEPS)).branches[1].steps)
    local function counts(step)
      return ("%d in, %d with key, %d matched, %d out, %d followed"):format(step["in"], step.with_key, step.matched,
        step.out, step.followed)
    end
    s.same(counts(first), "4 in, 3 with key, 2 matched, 3 out, 2 followed")
    s.same(counts(second), "3 in, 2 with key, 1 matched, 1 out, 1 followed")
  end)

  row("steps: fan-out is the median and the maximum of matches per key", "", function()
    -- a leads to 3 rows, b to 4, c to 1, x to 2: of 1, 2, 3, 4 the lower median is 2.
    local got = s.audit { also = STEPS.also, trace = STEPS.trace, files = { ["mid.csv"] =
      "k,kk\na,a\na,b\na,c\nb,b\nb,a\nb,c\nb,x\nc,c\nx,x\nx,a\n" } }
    local fan = s.evidence(got).branches[1].steps[1].fan_out
    s.same(("%d %d %d"):format(fan.median, fan.max, fan.keys), "2 4 4")
  end)

  row("steps: target keys that are not unique are named", "", function()
    local got = s.audit { also = STEPS.also, trace = STEPS.trace, files = { ["mid.csv"] = "k,kk\na,a\na,b\nb,b\n" } }
    local step = s.evidence(got).branches[1].steps[1]
    assert(step.not_unique, "no word of the key a")
    s.same(step.not_unique.keys, 1.0)
    s.same(step.not_unique.samples[1], "a")
  end)

  row("steps: the trace breaks after the step at which no origin is followed", "", function()
    local got = s.audit { also = STEPS.also, trace = STEPS.trace, files = { ["mid.csv"] = "k,kk\na,zz\nb,zz\n" } }
    s.same(s.evidence(got).branches[1].breaks_at, 2)
    s.same(s.evidence(s.audit(STEPS)).branches[1].breaks_at, nil)
    s.same(got.m.code, "PL103")
  end)

  -- ---- deals --------------------------------------------------------------------------------
  row("deals: each of won, lost and open as matched, in order, in the window", "", function()
    -- A record on 10 January; deals that closed before it, 20 days and 51 days after.
    local rows = ""
    for i, stage in ipairs { "won", "lost" } do
      rows = rows .. ("A%d,a,%s,1,2024-01-09,\nB%d,a,%s,20,2024-01-30,\nC%d,a,%s,300,2024-03-01,\n"):format(i, stage, i, stage, i, stage)
    end
    local got = s.audit { as_of = '"2024-03-10"', metric = 'within = "30d"', files = {
      ["t.csv"] = "id,k,at\n1,a,2024-01-10\n2,b,2024-02-20\n3,c,2024-03-11\n", -- 3 is later than as_of
      ["d.csv"] = HEAD .. rows .. "O1,a,open,5,,\nO2,b,open,6,,\nO3,c,open,7,,\n" } }
    local deals = s.evidence(got).deals
    local function amounts(of) return of.matched.amount .. " " .. of.in_order.amount .. " " .. of.reached.amount end
    s.same(amounts(deals.won), "321.00 320.00 20.00")
    s.same(amounts(deals.lost), "321.00 320.00 20.00")
    s.same(amounts(deals.open), "11.00 11.00 6.00")
  end)

  row("the deal side of the last step: won deals whose key is blank, matches nothing, is out of time, is reached", "", function()
    local got = s.audit { files = { ["d.csv"] = HEAD .. "D1,a,won,1,2024-03-01,\nD2,,won,1,2024-03-01,\nD3,,won,1,2024-03-01,\n"
      .. "D4,zz,won,1,2024-03-01,\nD5,zz,won,1,2024-03-01,\nD6,yy,won,1,2024-03-01,\nD7,b,won,1,2024-01-01,\nD8,b,lost,1,2024-03-01,\n" } }
    local last = s.evidence(got).last_step
    s.same(("%d: %d blank, %d no match, %d out of time, %d reached"):format(last.won, last.blank_key, last.no_match,
      last.out_of_time, last.reached), "7: 2 blank, 3 no match, 1 out of time, 1 reached")
  end)

  row("the share of the won amount, always with the note that metrics overlap", "", function()
    local e = s.evidence(s.audit { trace = 'from "t" :where { c = "Red" } :to("deals", "k")' })
    s.same(e.share, "0.8130") -- 100 of 123
    s.holds(e.share_note, "overlap")
  end)

  row("first and last origin; first_to_close is the lower median over won deals of close minus earliest origin", "", function()
    -- Earliest reaching origins: a 1 January (31 days), b 10 January (10), c 1 January (60), d 1 January (20).
    local got = s.audit { files = { ["t.csv"] = "id,k,at\n1,a,2024-01-05\n2,a,2024-01-01\n3,b,2024-01-10\n4,c,2024-01-01\n"
      .. "5,d,2024-01-01\n6,x,2024-01-31\n", ["d.csv"] = HEAD .. "D1,a,won,1,2024-02-01,\nD2,b,won,1,2024-01-20,\n"
      .. "D3,c,won,1,2024-03-01,\nD4,d,won,1,2024-01-21,\n" } }
    local e = s.evidence(got)
    s.same(e.origins.first, "2024-01-01")
    s.same(e.origins.last, "2024-01-31")
    s.same(e.first_to_close.median_seconds, 20 * 86400.0) -- of 10, 20, 31, 60
    s.same(e.first_to_close.deals, 4)
  end)

  -- ---- won against lost ----------------------------------------------------------------------
  -- n won deals and n lost ones; the first of each are met by a record.
  local function many(won, lost, met_won, met_lost, created)
    local t, d = { "id,k,at" }, { "did,k,stage,amt,closed,created" }
    local function deal(stage, i, met)
      local k = stage .. i
      d[#d + 1] = ("%s,%s,%s,1,2024-06-01,%s"):format(k, k, stage, created or "2024-01-02")
      if i <= met then t[#t + 1] = ("%s,%s,2024-01-10"):format(k, k) end
    end
    for i = 1, won do deal("won", i, met_won) end
    for i = 1, lost do deal("lost", i, met_lost) end
    return { ["t.csv"] = table.concat(t, "\n") .. "\n", ["d.csv"] = table.concat(d, "\n") .. "\n" }
  end
  local function difference(files, deals)
    return s.evidence(s.audit { files = files, deals = deals }).difference
  end
  local function cells(t) return ("%d %d %d %d"):format(t.won_with, t.won_without, t.lost_with, t.lost_without) end

  row("won against lost: 5 won and 5 lost are needed, else no test, in words", "", function()
    s.same(difference(many(5, 5, 3, 1)).tested, true)
    local four = difference(many(5, 4, 3, 1))
    s.same(four.tested, false)
    s.holds(four.text, "at least 5 of each")
    s.holds(difference(many(5, 0, 3, 0)).text, "no lost deals")
  end)

  row("won against lost: the odds ratio, its interval and p are R's", "",
    { "tests/core/test_trace_stats.c", "fisher_is_what_r_prints" }, { "tests/core/test_trace_stats.c", "q_values_are_what_r_prints" })

  row("won against lost: deals that closed before the metric's first origin are no part of it", "", function()
    local files = many(6, 6, 3, 1)
    files["d.csv"] = files["d.csv"] .. "old,won1,won,1,2023-12-01,2023-11-01\n"
    s.same(cells(difference(files, s.DEAL_FIELDS:gsub(', created = "created"', "")).table), "3 3 1 5")
  end)

  row("won against lost: a landmark of 30 days where created is mapped, the naive table beside it", "", function()
    -- Deals created on 2 January; a record on 20 February meets one after day 30.
    local files = many(6, 6, 3, 1)
    files["t.csv"] = files["t.csv"] .. "late,won6,2024-02-20\n"
    -- Closed within 30 days: no longer open at day 30, so no part of the landmark.
    files["d.csv"] = files["d.csv"] .. "quick,won1,won,1,2024-01-20,2024-01-02\n"
    local d = difference(files)
    s.same(d.landmark, true)
    s.same(cells(d.table), "3 3 1 5")
    s.same(cells(d.naive.table), "5 2 1 5") -- won1 twice, won2, won3, won6
    local without = difference(files, s.DEAL_FIELDS:gsub(', created = "created"', ""))
    s.same(without.landmark, false)
    s.same(cells(without.table), "5 2 1 5")
  end)

  -- ---- proofs ------------------------------------------------------------------------------------
  row("proofs: the three best deals, by amount and then key, each with its smallest chain", "", function()
    local got = s.audit { files = { ["t.csv"] = "id,k,at\n1,a,2024-01-02\n2,a,2024-01-01\n3,a,2024-01-01\n4,b,2024-01-01\n",
      ["d.csv"] = HEAD .. "D9,a,won,50,2024-03-01,\nD2,a,won,50,2024-03-01,\nD3,a,won,70,2024-03-01,\nD4,b,won,10,2024-03-01,\n"
        .. "D5,b,lost,900,2024-03-01,\n" } }
    local proofs = s.evidence(got).proofs
    s.same(#proofs, 3)
    s.same(proofs[1].deal .. proofs[2].deal .. proofs[3].deal, "D3D2D9")
    local chain = proofs[1].chain -- the earliest, and of two on one day the upper
    s.same(("%s:%d %s:%d"):format(chain[1].file, chain[1].line, chain[2].file, chain[2].line), "t.csv:3 d.csv:4")
  end)

  row("proofs: a chain names file and line at every step", "", function()
    local chain = s.evidence(s.audit(STEPS)).proofs[1].chain
    local places = {}
    for i, link in ipairs(chain) do places[i] = ("%s %s:%d"):format(link.table, link.file, link.line) end
    s.same(table.concat(places, " > "), "t t.csv:5 > mid mid.csv:2 > deals d.csv:2")
  end)

  row("proofs and every number are the same on any number of threads", "", { "tests/determinism_test.lua", "threads" })

  -- ---- near ----------------------------------------------------------------------------------------
  for what, case in pairs { case = { "A-1", "a-1" }, spaces = { "a 1", "a1" }, punctuation = { "a_1", "a-1" },
    ["a trailing slash"] = { "a.com/p/", "a.com/p" }, ["the scheme"] = { "https://a.com/p", "a.com/p" },
    ["www."] = { "www.a.com/p", "a.com/p" }, ["zeros in front"] = { "00123", "123" } } do
    row("near: keys that would match after folding " .. what, "", function()
      local got = s.audit { files = { ["t.csv"] = "id,k,at\n1," .. case[1] .. ",2024-01-01\n2,none,2024-01-01\n",
        ["d.csv"] = HEAD .. "D1," .. case[2] .. ",won,100,2024-03-01,\n" } }
      local near = s.evidence(got).branches[1].steps[1].near
      assert(near, "nothing near")
      s.same(near.keys, 1.0)
      s.same(near.samples[1].here .. " " .. near.samples[1].there, case[1] .. " " .. case[2])
      s.same(near.won.deals, 1.0)
      s.same(near.won.amount, "100.00")
    end)
  end

  row("near: what the remedy says, pasted, makes the keys match", "", function()
    for _, case in ipairs { { "00123", "123", '"nozeros"' }, { "A-1", "a-1", '"lower"' }, { "a 1", "a1", '"nospace"' },
      { "https://www.a.com/p/", "a.com/p", '"url"' } } do
      local files = { ["t.csv"] = "id,k,at\n1," .. case[1] .. ",2024-01-01\n2,none,2024-01-01\n",
        ["d.csv"] = HEAD .. "D1," .. case[2] .. ",won,100,2024-03-01,\n" }
      local told = s.audit { files = files }.m.todo[1].text
      local columns, trace = told:match "add (columns = %b{}) to source \"t\" in audit.lua, and in the trace write (:to%b())"
      assert(columns and columns:find(case[3], 1, true), told)
      s.won(s.audit { files = files, t = columns, trace = 'from "t" ' .. trace }, 100)
    end
  end)

  row("near: at every step, and counting only deals that are not reached already", "", function()
    local got = s.audit { also = STEPS.also, trace = STEPS.trace, files = { ["mid.csv"] = "k,kk\na,A\nA,b\nb,b\nc,c\n",
      ["t.csv"] = "id,k,at\n1,a,2024-01-01\n2,B,2024-01-01\n3,c,2024-01-01\n" } }
    local steps = s.evidence(got).branches[1].steps
    s.won(got, 3)
    s.same(steps[1].near.samples[1].here, "B")
    s.same(steps[1].near.won.amount, "20.00") -- B is b, and b leads to deal b
    s.same(steps[2].near.samples[1].here, "A")
    s.same(steps[2].near.won.amount, "100.00")
  end)

  -- ---- by --------------------------------------------------------------------------------------------
  local function lines(got)
    local out = {}
    for _, line in ipairs(s.evidence(got).by.rows) do
      out[#out + 1] = ("%s=%d:%s"):format(line.value or "(blank)", line.won.deals, line.won.amount)
    end
    table.sort(out)
    return table.concat(out, " ")
  end
  row("by: deals and amount for each value; blank is a row of its own, apart from a literal such as unknown", "metric.by", function()
    local got = s.audit { metric = 'by = "c"', files = { ["t.csv"] =
      "id,k,c,at\n1,a,x,2024-01-01\n2,b,,2024-01-01\n3,c,unknown,2024-01-01\n4,a,y,2024-01-01\n5,b,blank,2024-01-01\n" } }
    s.same(lines(got), "(blank)=1:20.00 blank=1:20.00 unknown=1:3.00 x=1:100.00 y=1:100.00")
    s.same(s.evidence(got).by.rows[1].tested, nil)
  end)
  row("by: a column of another table on the way", "", function()
    local got = s.audit { also = STEPS.also, trace = STEPS.trace, metric = 'by = { "mid", "kind" }',
      files = { ["mid.csv"] = "k,kk,kind\na,a,good\na,b,bad\nc,c,good\n" } }
    s.same(lines(got), "bad=1:20.00 good=2:103.00")
    s.unbound(s.audit { metric = 'by = "cc_none"' }, "cc_none")
  end)
  row("by: above 100,000 values a row of other values", "", { "tests/core/test_trace_run.c", "a_wide_breakdown_ends_in_other_values" })
end
