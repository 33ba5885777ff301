-- design.md §4.2, time: the order, the window, days and seconds, as_of.
return function(row, s, run)
  local HEAD = "did,k,stage,amt,closed,created\n"
  local function files(records, deals) return { ["t.csv"] = "id,k,at\n" .. records, ["d.csv"] = HEAD .. deals } end

  -- D1 was created on 1 February and won on 1 March. The records of the day before
  -- its creation, that day, the day of the close and the day after it:
  local around = files("1,a,2024-01-31\n2,b,2024-02-01\n3,c,2024-03-01\n4,d,2024-03-02\n",
    "D1,a,won,100,2024-03-01,2024-02-01\nD2,b,won,20,2024-03-01,2024-02-01\nD3,c,won,3,2024-03-01,2024-02-01\n"
    .. "D4,d,won,0.5,2024-03-01,2024-02-01\n")
  for before, want in pairs { closed = 123, created = 120, any = 123.5 } do
    row('before = "' .. before .. '"; the day itself is included', "metric.before before." .. before, function()
      s.won(s.audit { files = around, metric = ('before = "%s"'):format(before) }, want)
    end)
  end

  row("before of the audit stands in for every metric's, whose own wins; closed is the default", "audit.before", function()
    s.won(s.audit { files = around, audit = 'before = "created"' }, 120)
    s.won(s.audit { files = around, audit = 'before = "created"', metric = 'before = "any"' }, 123.5)
    s.won(s.audit { files = around }, 123)
  end)

  row('"created" needs the column created', "", function()
    s.unbound(s.audit { deals = 'key = "did", status = "stage", amount = "amt", closed = "closed"', metric = 'before = "created"' },
      "created")
  end)

  -- ---- the window ----------------------------------------------------------------------------------
  -- Record 2 comes 10 days before its deal closed, record 1 11, record 3 0.
  local window = files("1,a,2024-02-19\n2,b,2024-02-20\n3,c,2024-03-01\n",
    "D1,a,won,100,2024-03-01,\nD2,b,won,20,2024-03-01,\nD3,c,won,3,2024-03-01,\n")
  row("within: of the metric, both ends included", "metric.within", function()
    s.won(s.audit { files = window, metric = 'within = "10d"' }, 23)
    s.won(s.audit { files = window, metric = 'within = "11d"' }, 123)
    s.won(s.audit { files = window, metric = 'within = "0d"' }, 3)
    s.won(s.audit { files = window, metric = 'within = "1w"' }, 3)
    local got = s.audit { files = window, metric = 'within = "10d"', trace = 'from "t" :where { k = "a" } :to("deals", "k")' }
    s.same(got.m.code, "PL113")
    s.same(s.evidence(got).deals.won.in_order.deals, 1)
  end)
  row("within: of the audit", "audit.within", function() s.won(s.audit { files = window, audit = 'within = "10d"' }, 23) end)
  row("within: of the step", "to.within", function()
    s.won(s.audit { files = window, trace = 'from "t" :to("deals", "k", { within = "10d" })' }, 23)
    s.won(s.audit { files = window, also = 'link { "t", "deals", "k" }', trace = 'from "t" :to("deals", nil, { within = "10d" })' }, 23)
  end)
  row("within: the metric's replaces the audit's; with a step's the tightest counts", "", function()
    s.won(s.audit { files = window, audit = 'within = "0d"', metric = 'within = "10d"' }, 23)
    s.won(s.audit { files = window, metric = 'within = "0d"', trace = 'from "t" :to("deals", "k", { within = "10d" })' }, 3)
    s.won(s.audit { files = window, metric = 'within = "10d"', trace = 'from "t" :to("deals", "k", { within = "30d" })' }, 23)
    s.won(s.audit { files = window, audit = 'within = "10d"', trace = 'from "t" :to("deals", "k", { within = "0d" })' }, 3)
  end)

  row("within reaches to the creation where that is the anchor", "", function()
    s.won(s.audit { files = around, metric = 'before = "created", within = "0d"' }, 20)
  end)

  -- ---- days and seconds --------------------------------------------------------------------------------
  -- The record of 18:00 against a close at 17:59 and at 18:00 of that day.
  local clock = files("1,a,2024-03-01 18:00\n2,b,2024-03-01 18:00\n",
    "D1,a,won,100,2024-03-01 17:59:59,\nD2,b,won,20,2024-03-01 18:00:00,\n")
  row("two columns of times are compared in seconds", "", function()
    local got = s.audit { files = clock }
    s.won(got, 20)
    s.same(s.evidence(got).order.compared, "seconds")
    local apart = files("1,a,2024-03-01 18:00\n", "D1,a,won,100,2024-03-02 18:00:00,\n")
    s.won(s.audit { files = apart, metric = 'within = "24h"' }, 100)
    s.won(s.audit { files = apart, metric = 'within = "23h"' }, 0)
    s.won(s.audit { files = apart, metric = 'within = "86400s"' }, 100)
    s.won(s.audit { files = apart, metric = 'within = "1439m"' }, 0)
  end)
  row("a column of dates makes it a comparison of days, in the audit's timezone", "", function()
    local dates = files("1,a,2024-03-01\n", "D1,a,won,100,2024-03-01 00:00:00,\n")
    local got = s.audit { files = dates }
    s.won(got, 100)
    s.same(s.evidence(got).order.compared, "days")
    -- 03:00Z on the 2nd is the 1st in Lima: a close on the 1st is the same day there.
    local night = files("1,a,2024-03-02T03:00:00Z\n", "D1,a,won,100,2024-03-01,\n")
    s.won(s.audit { files = night }, 0)
    s.won(s.audit { files = night, audit = 'timezone = "America/Lima"' }, 100)
  end)
  row("hours cannot be checked on days", "", { "tests/core/test_trace_bind_metric.c", "hours_cannot_be_checked_on_days" })

  -- ---- as_of -------------------------------------------------------------------------------------------
  row("the anchor of an open deal is as_of, never an expected close", "", function()
    local open = files("1,a,2024-03-10\n2,x,2024-01-01\n", "D1,a,open,5,2024-03-01,2024-02-01\nD2,x,won,100,2024-02-01,2024-01-15\n")
    local function reached(metric)
      return s.evidence(s.audit { files = open, metric = metric, as_of = '"2024-04-09"' }).deals.open.reached.deals
    end
    s.same(reached(), 1) -- expected to close before the record, and that says nothing
    s.same(reached 'within = "29d"', 0) -- 10 March to 9 April are 30 days
    s.same(reached 'within = "30d"', 1)
    s.same(reached 'before = "created"', 0)
  end)

  row("as_of is the end of that day, or a time", "audit.as_of", function()
    local late = files("1,a,2024-03-01 23:00\n", "D1,a,won,100,2024-03-01 23:30,\nD2,x,won,1,2024-01-01 00:00,\n")
    s.won(s.audit { files = late, as_of = '"2024-03-01"' }, 100)
    s.won(s.audit { files = late, as_of = '"2024-03-01 23:29"' }, 0)
    s.won(s.audit { files = late, as_of = '"2024-02-29"' }, 0)
    s.won(s.audit { files = late, as_of = '"2024-02-29"', words = "audit --as-of 2024-03-01" }, 100)
  end)

  row("records after as_of are skipped and counted", "", function()
    local got = s.audit { as_of = '"2024-06-30"', files = { ["t.csv"] = "id,k,at\n1,a,2024-01-01\n2,b,2024-07-01\n" } }
    s.same(s.evidence(got).origins.records, 1)
    s.same(s.evidence(got).origins.after_as_of, 1)
    s.same(got.sources.t.skipped.after_as_of, 1)
  end)

  row("deals closed later count as open, deals created later do not exist", "", function()
    local got = s.audit { as_of = '"2024-03-15"', files = { ["d.csv"] = HEAD .. "D1,a,won,100,2024-03-15,2024-01-01\n"
      .. "D2,b,won,20,2024-03-16,2024-03-15\nD3,c,lost,3,2024-03-16,2024-01-01\nD4,x,won,1,2024-03-17,2024-03-16\n" } }
    s.same(got.report.deals.won.deals, 1)
    s.same(got.report.deals.open.deals, 2)
    s.same(got.report.deals.lost.deals, 0)
    s.same(got.sources.deals.skipped.created_later, 1)
  end)

  -- ---- no time -------------------------------------------------------------------------------------------
  row("a source with no time is not checked, and every view says so", "", function()
    local got = s.audit { t = 'key = "id"', files = { ["t.csv"] = "id,k\n1,a\n2,b\n", ["d.csv"] =
      HEAD .. "D1,a,won,100,2024-03-01,\nD2,b,won,20,1999-01-01,\n" } }
    s.won(got, 120)
    s.same(s.evidence(got).order.compared, "not checked")
    for _, words in ipairs { "audit", "audit --format markdown", "audit --format json", "audit --format csv", "trace m" } do
      s.holds(run.plumbline(got.dir, words).out:gsub("%s+", " "), "not checked")
    end
  end)
  row("within there, or with \"any\", is an error", "", function()
    s.unbound(s.audit { t = 'key = "id"', metric = 'within = "5d"' }, "time")
    s.unbound(s.audit { metric = 'within = "5d", before = "any"' }, "any")
    s.unbound(s.audit { metric = 'before = "any"', trace = 'from "t" :to("deals", "k", { within = "5d" })' }, "any")
  end)
  row("within of the audit is passed over where a metric's times are not compared", "", function()
    s.won(s.audit { audit = 'within = "5d"', metric = 'before = "any"' }, 123)
    s.won(s.audit { audit = 'within = "5d"', t = 'key = "id"' }, 123)
  end)
  row("a blank origin time or anchor passes no time check and is counted as undated", "", function()
    local got = s.audit { files = files("1,a,\n2,b,2024-01-01\n3,c,2024-01-01\n",
      "D1,a,won,100,2024-03-01,\nD2,b,won,20,,\nD3,c,won,3,2024-03-01,\n") }
    local e = s.evidence(got)
    s.won(got, 3)
    s.same(e.undated.origins, 1)
    s.same(e.undated.deals, 1)
    s.same(e.origins.undated, 1)
    s.same(e.deals.won.matched.deals, 3)
    s.same(got.sources.t.blank_time, 1)
    got = s.audit { files = files("1,a,\n2,b,2024-01-01\n", "D1,a,won,100,2024-03-01,\nD2,b,won,20,,\n"), metric = 'before = "any"' }
    s.won(got, 120)
  end)
end
