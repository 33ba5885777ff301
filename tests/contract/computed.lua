-- design.md §4.1, computed columns, and that they serve wherever a column does.
return function(row, s)
  local columns = function(text) return s.SOURCE .. ", columns = { " .. text .. " }" end
  local LOOK = 'source "look" { "look.csv" }'
  local look = function(text) return { ["look.csv"] = text } end

  row("lookup: the column of the one record there with this key; a miss is blank and counted",
    "source.columns global.lookup lookup.on lookup.take", function()
      local got = s.audit { also = LOOK, t = columns 'kk = lookup { "look", on = "c", take = "deal" }',
        files = look "c,deal\nRed,c\nblue,b\ngreen,a\n", trace = 'from "t" :to("deals", { kk = "k" })' }
      s.won(got, 23)
      s.same(s.evidence(got).origins.with_key, 3) -- record 3 has no c
      got = s.audit { also = LOOK, t = columns 'kk = lookup { "look", on = { c = "colour" }, take = "deal" }',
        files = look "colour,deal\nblue,b\n", trace = 'from "t" :to("deals", { kk = "k" })' }
      s.won(got, 20)
      s.same(got.sources.t.blank_lookups, 2) -- Red, twice; a blank key asks for nothing
    end)

  row("lookup: a key that is not unique there is an error", "", function()
    s.refused(s.audit { also = LOOK, t = columns 'kk = lookup { "look", on = "c", take = "deal" }',
      files = look "c,deal\nRed,a\nRed,b\n", trace = 'from "t" :to("deals", { kk = "k" })' }, "Red", 3)
  end)

  row("lookup: by several columns", "", function()
    s.won(s.audit { also = LOOK, t = columns 'kk = lookup { "look", on = { "c", "n" }, take = "deal" }',
      files = look "c,n,deal\nRed,5,b\nRed,7,c\nblue,7,a\n", trace = 'from "t" :to("deals", { kk = "k" })' }, 23)
  end)

  row("sum: over all rows there with this key", "global.sum sum.on sum.take", function()
    -- Red 2.5 + 2.6 = 5.1, blue 5.
    local got = s.audit { also = LOOK, t = columns 'total = sum { "look", on = "c", take = "x" }',
      files = look "c,x\nRed,2.5\nblue,5\nRed,2.6\n", trace = 'from "t" :where { total = gt(5) } :to("deals", "k")' }
    s.won(got, 100)
    s.same(s.evidence(got).origins.records, 2) -- both Red ones
  end)

  row("constant", "global.constant", function()
    s.won(s.audit { t = columns 'fix = constant "b"', trace = 'from "t" :to("deals", { fix = "k" })' }, 20)
  end)

  -- word -> a cell, and what it becomes
  local CLEANED = {
    trim = { "  a b ", "a b" }, lower = { "A b", "a b" }, upper = { "A b", "A B" }, nospace = { " A  b ", "Ab" },
    alnum = { "A-b 1_", "Ab1" }, digits = { "+49 (0) 12-3", "490123" }, nozeros = { "00120", "120" },
    url = { "https://www.example.com/Page/?q=1", "example.com/Page" }, path = { "https://www.example.com/page?q=1", "/page" },
    domain = { "https://shop.example.com/page", "shop.example.com" }, email = { "mailto:Ann@Example.com", "ann@example.com" },
  }
  for word, case in pairs(CLEANED) do
    row("clean: " .. word, "global.clean clean." .. word, function()
      local got = s.audit { t = columns(('new = clean("c", "%s")'):format(word)), metric = 'by = "new"',
        files = { ["t.csv"] = ('id,k,c,at\n1,a,"%s",2024-01-01\n'):format(case[1]) } }
      s.same(s.evidence(got).by.rows[1].value, case[2])
    end)
  end

  row("clean: steps are applied in order", "", function()
    local got = s.audit { t = columns 'new = clean("c", "trim", "upper", "nospace")', metric = 'by = "new"',
      files = { ["t.csv"] = 'id,k,c,at\n1,a," p q ",2024-01-01\n' } }
    s.same(s.evidence(got).by.rows[1].value, "PQ")
    got = s.audit { t = columns 'new = clean("c", "url", "domain")', metric = 'by = "new"',
      files = { ["t.csv"] = 'id,k,c,at\n1,a,https://www.example.com/x/,2024-01-01\n' } }
    s.same(s.evidence(got).by.rows[1].value, "example.com")
  end)

  row("map: whole values are replaced, others stay", "global.map", function()
    s.won(s.audit { t = columns 'kk = map("k", { a = "c", b = "zz" })', trace = 'from "t" :to("deals", { kk = "k" })' }, 3)
    s.won(s.audit { t = columns 'kk = map("k", { a = "zz" })', trace = 'from "t" :to("deals", { kk = "k" })' }, 23)
  end)

  row("list: a cell with several ids matches by each", "global.list", function()
    local got = s.audit { t = columns 'ks = list("k", ";")', files = { ["t.csv"] =
      "id,k,at\n1,a; c;,2024-01-01\n2,zz,2024-01-01\n" }, trace = 'from "t" :to("deals", { ks = "k" })' }
    s.won(got, 103)
    s.same(s.evidence(got).branches[1].steps[1].matched, 1)
  end)

  row("derive: a function of several columns, asked once for each combination", "global.derive", function()
    local got = s.audit { t = columns('kk = derive("c", "n", function(c, n) print("asked", c, n) '
      .. 'if c == "Red" and n == "5" then return "b" end end)'), files = { ["t.csv"] =
      "id,c,n,at\n1,Red,5,2024-01-01\n2,Red,5,2024-01-02\n3,,5,2024-01-01\n" },
      trace = 'from "t" :to("deals", { kk = "k" })' }
    s.won(got, 20)
    s.same(s.evidence(got).origins.with_key, 2)
    s.same(select(2, got.err:gsub("asked", "")), 2)
  end)

  row("a computed column serves as key of a source", "", function()
    local got = s.audit { t = 'key = clean("id", "lower"), time = "at"', files = { ["t.csv"] =
      "id,k,at\nX,a,2024-01-01\nx,b,2024-01-01\n" } }
    s.refused(got, 'the same key "x"', 3)
  end)

  row("a computed column serves as condition, key and breakdown", "", function()
    local got = s.audit { t = columns 'low = clean("c", "lower"), kk = map("k", { b = "a" })',
      trace = 'from "t" :where { low = "blue" } :to("deals", { kk = "k" })', metric = 'by = "low"' }
    s.won(got, 100)
    s.same(s.evidence(got).by.rows[1].value, "blue")
  end)

  row("a computed column serves as condition of a source, and as input of another", "", function()
    s.won(s.audit { t = columns('low = clean("c", "lower"), short = map("low", { red = "r" })'
      .. ' }, where = { short = "r"') }, 100)
  end)

  row("a computed column serves as status, amount, currency and key of deals", "deals.columns", function()
    local got = s.audit { audit = 'currency = "EUR", rates = { USD = "0.5" }', also = 'source "lines" { "lines.csv" }',
      deals = 'key = clean("did", "lower"), closed = "closed", '
        .. 'status = { column = map("stage", { won = "W", lost = "L" }), won = "W", lost = "L", open = others() }, '
        .. 'amount = sum { "lines", on = "did", take = "x" }, currency = map("stage", { won = "USD", lost = "EUR", open = "EUR" })',
      files = { ["lines.csv"] = "did,x\nD1,10\nD1,30\nD2,7\n" } }
    s.won(got, 23.5) -- (10 + 30) / 2 + 7 / 2
    s.same(s.evidence(got).proofs[1].deal, "d1")
    s.same(got.report.deals.won.unknown_amounts, 1) -- D3 has no line
  end)

  row("an amount that is looked up", "", function()
    local got = s.audit { also = 'source "perf" { "perf.csv", key = "did" }', deals =
      'key = "did", closed = "closed", status = "stage", amount = lookup { "perf", on = "did", take = "x" }',
      files = { ["perf.csv"] = "did,x\nD1,12.5\nD3,1\n" } }
    s.won(got, 13.5)
  end)

  row("a computed column cannot need itself, nor two tables each other", "",
    { "tests/core/test_trace_bind.c", "columns_cannot_need_themselves" },
    { "tests/core/test_trace_bind.c", "tables_cannot_need_each_other" })
  row("a list is looked up by each of its values", "",
    { "tests/core/test_trace_expression.c", "lists_look_up_each_of_their_values" })
  row("a sum that overflows rejects its record", "",
    { "tests/core/test_trace_expression.c", "a_sum_beyond_64_bits_rejects_the_record" })
end
