-- design.md §4.1, sources: paths, dialects, keys, what is let in.
return function(row, s, run)
  local function paths(got, source)
    local out = {}
    for _, file in ipairs(got.sources[source or "t"].files) do out[#out + 1] = file.path end
    return table.concat(out, " ")
  end
  local A, B, C = "id,k,at\n1,a,2024-01-01\n", "id,k,at\n2,b,2024-01-01\n", "id,k,at\n3,c,2024-01-01\n"

  -- ---- paths ----------------------------------------------------------------------
  row("a source is one path", "global.source", function() s.won(s.audit {}, 123) end)

  row("several paths, one after the other", "", function()
    local got = s.audit { path = '"1.csv", "3.csv"', files = { ["1.csv"] = A, ["2.csv"] = B, ["3.csv"] = C } }
    s.won(got, 103)
    s.same(paths(got), "1.csv 3.csv")
  end)

  row("a list of paths", "", function()
    s.won(s.audit { path = '{ "1.csv", "2.csv" }', files = { ["1.csv"] = A, ["2.csv"] = B } }, 120)
  end)

  row("a pattern takes files sorted by name, whatever order they were made in", "", function()
    local got = s.audit { path = '"e/*.csv"', files = { ["e/b.csv"] = B, ["e/c.csv"] = C, ["e/a.csv"] = A,
      ["e/d.txt"] = "no export" } }
    s.won(got, 123)
    s.same(paths(got), "e/a.csv e/b.csv e/c.csv")
  end)

  row("a path that is not there is an error", "", function() s.refused(s.audit { path = '"none.csv"' }, "none.csv", 3) end)

  row("paths stay inside the workspace, also where a link leads out", "", function()
    run.files(run.scratch .. "/outside", { ["t.csv"] = A })
    s.refused(s.audit { path = '"../outside/t.csv"' }, "--allow", 2)
    local got = s.audit { path = '"link.csv"' } -- not there yet
    os.execute(("ln -s %s/outside/t.csv %s/link.csv"):format(run.quote(run.scratch), run.quote(got.dir)))
    local again = run.plumbline(got.dir, "audit")
    s.same(again.code, 2)
    s.holds(again.err, "--allow")
    s.same(run.plumbline(got.dir, "audit --allow ../outside").code, 0, "--allow PATH")
  end)

  row("several sources bind one file", "", function()
    local got = s.audit { also = 'source "red" { "t.csv", key = "id", where = { c = "Red" } }',
      traces = { m = 'from "t" :to("deals", "k")', r = 'from "red" :to("deals", "k")' } }
    s.won(got, 123)
    s.won(got, 100, "r") -- only record 1 is Red and won
  end)

  row("formats mix in one source", "source.format", function()
    local got = s.audit { path = '"1.csv", "2.ndjson", "3.json", "4.tsv"', files = { ["1.csv"] = A,
      ["2.ndjson"] = '{"id":"2","k":"b","at":"2024-01-01"}\n', ["3.json"] = '[{"id":"3","k":"c","at":"2024-01-01"}]',
      ["4.tsv"] = "id\tk\tat\n4\tx\t2024-01-01\n" } }
    s.won(got, 123)
    s.same(s.evidence(got).origins.records, 4)
  end)

  for word, text in pairs { csv = A, tsv = A:gsub(",", "\t"), ndjson = '{"id":1,"k":"a","at":"2024-01-01"}\n',
    json = '[{"id":1,"k":"a","at":"2024-01-01"}]' } do
    row('format = "' .. word .. '" wins over the ending', "format." .. word .. " deals.format", function()
      s.won(s.audit { path = '"t.dat"', t = s.SOURCE .. ', format = "' .. word .. '"', files = { ["t.dat"] = text } }, 100)
    end)
  end

  for word, name in pairs { [","] = "comma", [";"] = "semicolon", ["\t"] = "tab", ["|"] = "pipe" } do
    row("delimiter: a " .. name .. ", declared; other delimiters are text", "source.delimiter delimiter." .. name, function()
      local other = word == ";" and "," or ";"
      local function line(...) return table.concat({ ... }, word) .. "\n" end
      local got = s.audit { t = s.SOURCE .. (", delimiter = %q"):format(word):gsub("\\9", "\\t"),
        files = { ["t.csv"] = line("id", "k", "at", "c") .. line("1", "a", "2024-01-01", "p" .. other .. "q") },
        trace = ('from "t" :where { c = "p%sq" } :to("deals", "k")'):format(other) }
      s.won(got, 100)
    end)
  end

  -- ---- numbers and times ------------------------------------------------------------
  for style, text in pairs { plain = "1234.56", ["1,234.56"] = '"1,234.56"', ["1.234,56"] = '"1.234,56"',
    ["1 234,56"] = '"1 234,56"', ["1'234.56"] = "1'234.56" } do
    row('numbers = "' .. style .. '"', "source.numbers numbers." .. style:gsub(" ", "_"), function()
      local got = s.audit { deals = s.DEAL_FIELDS .. (', numbers = "%s"'):format(style), deals_path = '"v.csv"',
        files = { ["v.csv"] = "did,k,stage,amt,closed,created\nD1,a,won," .. text .. ",2024-03-01,\n" } }
      s.same(got.report.deals.won.amount, "1234.56")
    end)
  end

  row("a number in another style than the declared is rejected, never read otherwise", "", function()
    local got = s.audit { deals = s.DEAL_FIELDS .. ', numbers = "1.234,56"', files = {
      ["d.csv"] = "did,k,stage,amt,closed,created\nD1,a,won,5,2024-03-01,\nD2,b,won,1.5,2024-03-01,\n" } }
    s.same(got.report.deals.won.amount, "5.00")
    s.holds(got.rejects, "PL203")
  end)

  row("time: a column", "source.time", function()
    s.same(s.evidence(s.audit {}).origins.first, "2024-01-10")
  end)

  row("time: format, in a table of its own", "time.column time.format", function()
    local records = "id,k,at\n1,a,03/04/2024\n" -- 3 April: D1 closed on 1 March
    local got = s.audit { t = 'key = "id", time = { "at", format = "%d/%m/%Y" }', files = { ["t.csv"] = records } }
    s.same(s.evidence(got).origins.first, "2024-04-03")
    s.won(got, 0)
    got = s.audit { t = 'key = "id", time = { column = "at", format = "%m/%d/%Y" }', files = { ["t.csv"] = records } }
    s.same(s.evidence(got).origins.first, "2024-03-04")
  end)

  row("an ambiguous date is an error that shows both readings", "", function()
    local got = s.audit { files = { ["t.csv"] = "id,k,at\n1,a,03/04/2024\n" } }
    for _, part in ipairs { "t.csv:2:", '"03/04/2024"', "2024-04-03", "2024-03-04", "%d/%m/%Y" } do s.refused(got, part, 2) end
  end)

  -- 00:30 in Berlin on 2 March is 23:30 UTC on 1 March, the day on which D1 closed.
  local late = { ["t.csv"] = "id,k,at\n1,a,2024-03-02 00:30\n" }
  row("timezone: of the audit, of the source, of the column; the nearest wins",
    "audit.timezone source.timezone time.timezone", function()
      s.won(s.audit { files = late }, 0)
      s.won(s.audit { files = late, t = s.SOURCE .. ', timezone = "Europe/Berlin"' }, 100)
      s.won(s.audit { files = late, t = s.SOURCE .. ', timezone = "America/Lima"' }, 0)
      s.won(s.audit { files = late, t = 'timezone = "America/Lima", time = { "at", timezone = "Europe/Berlin" }' }, 100)
      -- With the audit in Berlin the days of the deals are Berlin's as well.
      s.won(s.audit { files = late, audit = 'timezone = "Europe/Berlin"' }, 0)
      s.won(s.audit { files = late, audit = 'timezone = "Europe/Berlin"', t = s.SOURCE .. ', timezone = "UTC"' }, 0)
      s.same(s.audit { audit = 'timezone = "Europe/Berlin"' }.report.audit.timezone, "Europe/Berlin")
    end)

  row("formats: the format and the timezone of further columns", "source.formats formats.format formats.timezone", function()
    local files = { ["t.csv"] = "id,k,day,at\n1,a,01.02.2024 00:30,2024-01-01\n2,b,02.02.2024 12:00,2024-01-01\n" }
    local trace = 'from "t" :where { day = lte "2024-01-31" } :to("deals", "k")'
    local function with(formats) return s.audit { files = files, trace = trace, t = s.SOURCE .. ", formats = " .. formats } end
    s.won(with '{ day = "%d.%m.%Y %H:%M" }', 0)
    s.won(with '{ day = { format = "%d.%m.%Y %H:%M", timezone = "Europe/Berlin" } }', 100)
    s.won(with '{ day = { "%m.%d.%Y %H:%M" } }', 100) -- 2 January
  end)

  -- ---- key, duplicates ------------------------------------------------------------------
  row("key: identical repeats in overlapping exports collapse and are counted", "source.key", function()
    local got = s.audit { path = '"1.csv", "2.csv"', files = { ["1.csv"] = A, ["2.csv"] = A .. "2,b,2024-01-01\n" } }
    s.same(s.evidence(got).origins.records, 2)
    s.same(got.sources.t.skipped.duplicates, 1)
    s.same(got.sources.t.read, 3)
  end)

  row("key: repeats that differ are an error that shows both lines", "", function()
    local got = s.audit { path = '"1.csv", "2.csv"', files = { ["1.csv"] = A, ["2.csv"] = "id,k,at\n1,b,2024-01-01\n" } }
    s.refused(got, "1.csv:2", 3)
    s.holds(got.err, "2.csv:2")
    s.holds(got.err, '"k": "a" and "b"')
    s.holds(got.err, "duplicates")
  end)

  row("key: several columns make one key", "", function()
    local files = { ["t.csv"] = "id,part,k,at\n1,x,a,2024-01-01\n1,y,b,2024-01-01\n" }
    s.refused(s.audit { files = files }, "the same key", 3)
    s.won(s.audit { files = files, t = 'key = { "id", "part" }, time = "at"' }, 120)
  end)

  row("no key: every row is a record", "", function()
    local got = s.audit { t = 'time = "at"', files = { ["t.csv"] = A .. "1,a,2024-01-01\n" } }
    s.same(s.evidence(got).origins.records, 2)
  end)

  local versions = { ["t.csv"] = "id,k,at,upd\n1,a,2024-01-02,2024-01-09\n1,b,2024-01-03,2024-01-08\n1,c,2024-01-01,2024-01-10\n" }
  for keep, want in pairs { first = 3, last = 20, all = 123 } do -- by `at`: c is first, b last
    row('duplicates = "' .. keep .. '" of records that differ', "source.duplicates keep." .. keep, function()
      local got = s.audit { files = versions, t = s.SOURCE .. (', duplicates = "%s"'):format(keep) }
      s.won(got, want)
      s.same(got.sources.t.skipped.duplicates, keep == "all" and 0 or 2)
    end)
  end

  row("duplicates by another time", "duplicates.keep duplicates.by", function() -- by `upd`: b is first, c last
    s.won(s.audit { files = versions, t = s.SOURCE .. ', duplicates = { keep = "first", by = "upd" }' }, 20)
    s.won(s.audit { files = versions, t = s.SOURCE .. ', duplicates = { keep = "last", by = "upd" }' }, 3)
  end)

  -- ---- where, blank, fresh ----------------------------------------------------------------
  row("where filters on the way in, and what it leaves out is counted", "source.where", function()
    local got = s.audit { t = s.SOURCE .. ', where = { c = "Red" }' }
    s.won(got, 100)
    s.same(s.evidence(got).origins.records, 2)
    s.same(got.sources.t.skipped.filtered, 2)
    s.same(got.sources.t.read, 4)
    s.same(got.sources.t.used, 2)
  end)

  row("blank adds to what counts as blank", "source.blank", function()
    s.won(s.audit { t = s.SOURCE .. ', blank = { "a", "(not set)" }' }, 23)
    s.won(s.audit { t = s.SOURCE .. ', blank = { "5", 10 }', trace = 'from "t" :where { n = blank() } :to("deals", "k")' },
      123)
    -- A blank still is one where `blank` names others.
    s.won(s.audit { t = s.SOURCE .. ', blank = "zz"', trace = 'from "t" :where { n = blank() } :to("deals", "k")' }, 3)
  end)

  row("fresh: an export that is too old makes its metrics not audited, never unlinked", "source.fresh", function()
    -- The newest record is of 13 January.
    local function with(fresh) return s.audit { as_of = '"2024-05-12"', t = s.SOURCE .. (', fresh = "%s"'):format(fresh) } end
    local got = with "119d" -- 18 + 29 + 31 + 30 + 12 = 120 days
    s.same(got.code, 4)
    s.same(got.m.verdict, "error")
    s.same(got.m.code, "PL115")
    s.same(got.m.flagged, false)
    s.same(with("120d").m.verdict, "linked")
  end)

  row("fresh: of a source that the trace only steps into", "", function()
    local got = s.audit { also = 'source "mid" { "mid.csv", time = "at", fresh = "8d" }', files = {
      ["mid.csv"] = "k,kk,at\na,a,2024-01-01\n" }, trace = 'from "t" :to("mid", "k") :to("deals", { kk = "k" })' }
    s.same(got.m.code, "PL115")
  end)

  row("every row is accounted for: read = used + rejected + skipped", "", function()
    local got = s.audit { t = s.SOURCE .. ', where = { k = not_ "x" }', files = { ["t.csv"] =
      "id,k,at\n1,a,2024-01-01\n1,a,2024-01-01\n2,b,2025-02-01\n3,x,2024-01-01\n4,c,soon\n5,c\n6,c,2024-01-01\n" } }
    local t = got.sources.t
    s.same(t.read, 7)
    s.same(t.used, 2) -- 1 and 6
    s.same(t.rejected, 2) -- 4 and 5
    s.same(t.skipped.duplicates, 1)
    s.same(t.skipped.after_as_of, 1) -- 2
    s.same(t.skipped.filtered, 1) -- 3
  end)
end
