-- design.md §4.1, deals: identity, status, amounts, currencies, the period; and the
-- fields of `audit` that concern them.
return function(row, s)
  local HEAD = "did,k,stage,amt,closed,created\n"
  local function deals(text) return { ["d.csv"] = HEAD .. text } end
  local NO_STATUS = 'key = "did", amount = "amt", closed = "closed", created = "created"'
  local function status(text) return NO_STATUS .. ", status = " .. text end
  local function total(got, won, lost, open)
    if not got.report then error(got.err, 2) end
    local d = got.report.deals
    s.same(("%d %d %d"):format(d.won.deals, d.lost.deals, d.open.deals), ("%d %d %d"):format(won, lost, open))
  end

  -- ---- identity; fields that every source has -------------------------------------------
  row("a deal's identity is its key, else its row", "global.deals deals.key", function()
    s.same(s.evidence(s.audit {}).proofs[1].deal, "D1")
    local no_key = 'status = "stage", amount = "amt", closed = "closed"'
    s.same(s.evidence(s.audit { deals = no_key }).proofs[1].deal, "d.csv:2")
    local twice = deals "D1,a,won,100,2024-03-01,\nD1,a,won,100,2024-03-01,\n"
    total(s.audit { files = twice }, 1, 0, 0)
    total(s.audit { files = twice, deals = no_key }, 2, 0, 0)
  end)

  row("deals read like any source: format, delimiter, numbers", "deals.format deals.delimiter deals.numbers", function()
    local got = s.audit { deals_path = '"d.dat"', deals = s.DEAL_FIELDS .. ', format = "csv", delimiter = ";", numbers = "1.234,56"',
      files = { ["d.dat"] = "did;k;stage;amt;closed;created\nD1;a;won;1.234,5;2024-03-01;\n" } }
    s.won(got, 1234.5)
  end)

  row("deals read like any source: time, timezone, formats", "deals.time deals.timezone deals.formats", function()
    local files = { ["d.csv"] = "did,k,stage,amt,closed,day\nD1,a,won,100,2024-01-09 23:30,1.2.2024\n"
      .. "D2,b,won,20,2024-03-01 00:00,2.2.2024\n" }
    local fields = 'key = "did", status = "stage", amount = "amt", closed = "closed"'
    s.won(s.audit { files = files, deals = fields }, 20) -- D1 closed the day before record 1
    s.won(s.audit { files = files, deals = fields .. ', timezone = "America/Lima"' }, 120) -- 04:30 UTC on the 10th
    s.won(s.audit { files = files, deals = fields .. ', formats = { day = "%d.%m.%Y" }', trace =
      'from "t" :to("deals", "k") :where { day = lt "2024-02-02" }' }, 0)
    local got = s.audit { files = { ["d.csv"] = "did,k,stage,amt,closed,day\nD1,a,won,100,2024-03-01,2024-02-01\n"
      .. "D2,b,won,20,2024-03-01,2025-02-01\n" }, deals = fields .. ', time = "day"' }
    s.same(got.sources.deals.skipped.after_as_of, 1)
    total(got, 1, 0, 0)
  end)

  row("deals read like any source: where, blank, fresh", "deals.where deals.blank deals.fresh", function()
    local got = s.audit { deals = s.DEAL_FIELDS .. ', where = { k = not_ "a" }, blank = { "b" }' }
    s.won(got, 3)
    total(got, 2, 1, 1)
    s.same(got.sources.deals.skipped.filtered, 1)
    s.same(s.evidence(got).last_step.blank_key, 1)
    got = s.audit { deals = s.DEAL_FIELDS .. ', time = "created", fresh = "8d"' }
    s.same(got.m.code, "PL115")
  end)

  row("deals read like any source: duplicates", "deals.duplicates", function()
    local files = deals "D1,a,open,1,,2024-01-01\nD1,a,won,2,2024-03-01,2024-01-02\nD2,b,won,20,2024-03-01,2024-01-01\n"
    s.refused(s.audit { files = files }, "the same key", 3)
    total(s.audit { files = files, deals = s.DEAL_FIELDS .. ', duplicates = { keep = "last", by = "created" }' }, 2, 0, 0)
    total(s.audit { files = files, deals = s.DEAL_FIELDS .. ', duplicates = { keep = "first", by = "created" }' }, 1, 0, 1)
  end)

  -- ---- status -----------------------------------------------------------------------------
  local staged = deals "D1,a,Closed Won,100,2024-03-01,\nD2,b,Lost,20,2024-03-01,\nD3,c,,3,,\nD4,x,Test,4,2024-03-01,\nD5,y,New,,,\n"
  local LISTS = 'won = { "Closed Won" }, lost = { "Lost" }, open = { "New", "" }, ignore = { "Test" }'

  row("status: every value stands under won, lost, open or ignore, blank included",
    "deals.status status.column status.won status.lost status.open status.ignore", function()
      local got = s.audit { files = staged, deals = status('{ column = "stage", ' .. LISTS .. " }") }
      total(got, 1, 1, 2)
      s.same(got.sources.deals.skipped.ignored, 1)
      local means = {}
      for _, v in ipairs(got.report.deals.statuses) do means[#means + 1] = ("%s=%s %d"):format(v.value, v.means, v.deals) end
      s.same(table.concat(means, ", "), "=open 1, Closed Won=won 1, Lost=lost 1, New=open 1, Test=ignore 1")
      total(s.audit { files = staged, deals = status('{ "stage", ' .. LISTS .. " }") }, 1, 1, 2)
    end)

  row("status: an unlisted value is an error with its count", "", function()
    local got = s.audit { files = staged, deals = status '{ "stage", won = "Closed Won", lost = "Lost", ignore = "Test", open = "New" }' }
    s.refused(got, "1", 2)
    s.holds(got.err, "blank")
    got = s.audit { files = deals "D1,a,Won,1,2024-03-01,\nD2,b,Old,1,,\nD3,c,Old,1,,\n", deals = status '{ "stage", won = "Won" }' }
    s.refused(got, '"Old"', 2)
    s.holds(got.err, "2 deals")
  end)

  for _, meaning in ipairs { "won", "lost", "open", "ignore" } do
    row("status: others() takes the rest under " .. meaning, "global.others", function()
      local got = s.audit { files = deals "D1,a,W,1,2024-03-01,\nD2,b,P,1,2024-03-01,\nD3,c,,1,2024-03-01,\n",
        deals = status('{ "stage", ' .. (meaning ~= "won" and 'won = "W", ' or 'lost = "P", ') .. meaning .. " = others() }") }
      local want = { won = { 2, 1, 0 }, lost = { 1, 2, 0 }, open = { 1, 0, 2 }, ignore = { 1, 0, 0 } }
      total(got, table.unpack(want[meaning]))
    end)
  end

  row("status: a column that says won, lost and open needs no lists", "", function() total(s.audit {}, 3, 1, 1) end)

  row("status: constant", "", function()
    total(s.audit { deals = status 'constant "won"', files = deals "D1,a,,1,2024-03-01,\nD2,b,x,1,2024-03-01,\n" }, 2, 0, 0)
  end)

  row("no won deal at all: exit 3, no verdicts", "", function()
    local got = s.audit { files = deals "D1,a,lost,1,2024-03-01,\n" }
    s.refused(got, "won", 3)
    s.same(got.report, nil)
  end)

  -- ---- amounts --------------------------------------------------------------------------------
  row("a blank amount: the deal counts, and stands beside every sum", "deals.amount", function()
    local got = s.audit { files = deals "D1,a,won,,2024-03-01,\nD2,b,won,20,2024-03-01,\n", metric = 'by = "k"' }
    local e = s.evidence(got)
    for where, sum in pairs { deals = got.report.deals.won, reached = e.deals.won.reached, matched = e.deals.won.matched,
      in_order = e.deals.won.in_order } do
      s.same(("%d %s %d"):format(sum.deals, sum.amount, sum.unknown_amounts), "2 20.00 1", where)
    end
    for _, line in ipairs(e.by.rows) do
      if line.value ~= "x" then s.same(line.won.unknown_amounts, line.value == "a" and 1 or 0, line.value) end
    end
    s.holds(got.out, "2 won deals · 20.00 (1 amount unknown)")
  end)

  row("a bad amount rejects the deal with its line", "", function()
    s.holds(s.audit { files = deals "D1,a,won,many,2024-03-01,\nD2,b,won,20,2024-03-01,\n" }.rejects, '"d.csv",2,')
  end)

  row("a negative won amount is netted, shown apart, and does not count toward min_won", "metric.min_won", function()
    local files = deals "D1,a,won,100,2024-03-01,\nD2,b,won,-30,2024-03-01,\n"
    local got = s.audit { files = files, metric = "min_won = 1" }
    s.won(got, 70)
    s.same(s.evidence(got).refunds.amount, "-30.00")
    s.same(got.report.deals.refunds.deals, 1)
    s.same(got.m.verdict, "linked")
    s.same(s.audit { files = files, metric = "min_won = 2" }.m.code, "PL114")
  end)

  row("a share is blank where its total is not positive", "", function()
    local got = s.audit { files = deals "D1,a,won,100,2024-03-01,\nD2,zz,won,-100,2024-03-01,\n" }
    s.same(tostring(s.evidence(got).share):match "%d", nil)
    s.same(s.evidence(s.audit {}).share, "1.0000")
    s.same(s.evidence(s.audit { trace = 'from "t" :where { k = "b" } :to("deals", "k")' }).share, "0.1626") -- 20 of 123
  end)

  -- ---- currencies --------------------------------------------------------------------------------
  local FOREIGN = "did,k,stage,amt,closed,created,ccy\n"
  local CCY = s.DEAL_FIELDS .. ', currency = "ccy"'
  row("fixed rates convert each deal, half-even to 1/10,000, before summing",
    "audit.currency audit.rates deals.currency", function()
      -- 0.0001 * 0.5 = 0.00005 -> 0.0000; 0.0003 * 0.5 = 0.00015 -> 0.0002; summing first would give 0.0002 too,
      -- so twice 0.0001: 0.0000 and not 0.0001.
      local function sum(...)
        local text = FOREIGN
        for i, amount in ipairs { ... } do text = text .. ("D%d,a,won,%s,2024-03-01,,USD\n"):format(i, amount) end
        local got = s.audit { audit = 'currency = "EUR", rates = { USD = "0.5" }', deals = CCY, files = { ["d.csv"] = text } }
        s.same(got.report.audit.currency, "EUR")
        return got.report.deals.won.amount
      end
      s.same(sum "100", "50.00")
      s.same(sum("0.0001", "0.0001"), "0.00")
      s.same(sum("0.0003"), "0.0002")
      s.same(sum("0.0005"), "0.0002")
    end)

  row("the audit's own currency needs no rate; no rate is a rejected deal, never 1:1", "", function()
    local got = s.audit { audit = 'currency = "EUR", rates = { USD = "0.5" }', deals = CCY, files = { ["d.csv"] =
      FOREIGN .. "D1,a,won,100,2024-03-01,,EUR\nD2,b,won,20,2024-03-01,,GBP\n" } }
    s.won(got, 100)
    s.holds(got.rejects, '"d.csv",3,')
    s.holds(got.rejects, "PL207")
  end)

  local RATES = 'source "fx" { "fx.csv" }'
  local function converted(rates, closed)
    local got = s.audit { audit = 'currency = "EUR", rates = ' .. rates, deals = CCY, also = RATES, files = {
      ["fx.csv"] = "code,day,rate\nUSD,2024-02-01,0.5\nUSD,2024-03-01,0.25\nUSD,2024-06-01,2\n",
      ["d.csv"] = FOREIGN .. ("D1,a,won,100,%s,,USD\nD2,b,won,1,2024-03-01,,EUR\n"):format(closed) } }
    if not got.report then error(got.err, 2) end
    return got.report.deals.won.amount
  end
  row("rates of a source: the latest on or before the close counts",
    "rates.source rates.currency rates.rate rates.date", function()
      local by_day = '{ source = "fx", currency = "code", rate = "rate", date = "day" }'
      s.same(converted(by_day, "2024-02-29"), "51.00")
      s.same(converted(by_day, "2024-03-01"), "26.00")
      s.same(converted(by_day, "2024-12-30"), "201.00")
      s.same(converted(by_day, "2024-01-31"), "1.00") -- none yet: rejected
    end)
  row("rates of a source: none older than max_age", "rates.max_age", function()
    local young = '{ source = "fx", currency = "code", rate = "rate", date = "day", max_age = "7d" }'
    s.same(converted(young, "2024-03-08"), "26.00")
    s.same(converted(young, "2024-03-09"), "1.00")
  end)
  row("rates of a source without dates: one rate for each currency", "",
    { "tests/core/test_trace_deals.c", "two_rates_for_one_day_are_an_error" })
  row("a currency column needs the audit's currency", "", function()
    s.refused(s.audit { deals = CCY, files = { ["d.csv"] = FOREIGN .. "D1,a,won,1,2024-03-01,,EUR\n" } }, "currency", 2)
  end)

  -- ---- closed, created, period ---------------------------------------------------------------------
  row("closed and created are written like time", "deals.closed deals.created", function()
    local got = s.audit { deals = 'key = "did", status = "stage", amount = "amt", '
      .. 'closed = { "closed", format = "%d/%m/%Y" }, created = { column = "created", format = "%m/%d/%Y" }',
      files = deals "D1,a,won,100,03/04/2024,02/01/2024\n", as_of = '"2024-04-02"', trace = 'from "deals"', metric =
      'before = "any"', words = "audit" }
    s.refused(got, "won", 3) -- closed on 3 April is open on the 2nd: no won deal
    got = s.audit { files = deals "D1,a,won,100,2024-03-01,2024-01-11\nD2,b,won,20,2024-03-01,2024-01-10\n", metric = 'before = "created"' }
    s.won(got, 100) -- record 2 is of the 11th, D2 was created on the 10th
  end)

  local closes = deals("D1,a,won,100,2024-02-29,\nD2,b,won,20,2024-03-01,\nD3,c,won,3,2024-04-30,\nD4,x,lost,7,2024-05-01,\n"
    .. "D5,y,open,5,,\n")
  for words, case in pairs {
    ['period = { since = "2024-03-01", ["until"] = "2024-04-30" }'] = { 2, 0, 1 },
    ['period = { "2024-03-01", "2024-04-29" }'] = { 1, 0, 1 },
    ['period = { since = "2024-04-01" }'] = { 1, 1, 1 },
    ['period = { ["until"] = "2024-03-01" }'] = { 2, 0, 1 },
  } do
    row(words .. " selects won and lost deals by close, both days included", "audit.period period.since period.until", function()
      local got = s.audit { files = closes, audit = words }
      total(got, table.unpack(case))
      s.same(got.sources.deals.skipped.outside_period, 5 - case[1] - case[2] - case[3])
    end)
  end

  -- ---- the audit itself ------------------------------------------------------------------------------
  row("rules: a pattern, a path or a list", "audit.rules global.audit", function()
    for _, rules in ipairs { '"rules/m.lua"', '{ "rules/m.lua" }', '"*/*.lua"' } do
      local got = s.audit { audit_file = ('audit "T" { as_of = "2024-12-31", rules = %s }\n'
        .. 'source "t" { "t.csv", %s }\ndeals { "d.csv", %s }\n')
        :format(rules, s.SOURCE, s.DEAL_FIELDS) }
      s.won(got, 123)
    end
    s.refused(s.audit { audit_file = 'audit "T" { rules = "none/*.lua" }\ndeals { "d.csv", ' .. s.DEAL_FIELDS .. " }\n" },
      "none/*.lua", 2)
  end)
end
