-- A workspace made by hand: every verdict and every code but PL109, with numbers
-- that can be added up with a pencil, and every view of it compared with a file.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/golden_test.lua
--   UPDATE=1 PLUMBLINE=… lua5.4 tests/golden_test.lua   writes tests/golden/expected/ anew
local here = arg[0]:match "^(.*)/" or "."
local shell = dofile(here .. "/runner.lua")
local check, equal = shell.check, shell.equal

local workspace = shell.scratch .. "/workspace"
local golden = here .. "/golden/expected/"
os.execute(("cp -r %s %s"):format(shell.quote(here .. "/golden/workspace"), shell.quote(workspace)))

-- 10 rows of 106 cannot be used, more than the usual 1 %; the rest is audited.
local AUDIT = "audit --max-rejects 50%"
local audit = shell.plumbline(workspace, AUDIT)
equal("some metrics were not audited: exit code", audit.code, 4)
local found, report = shell.report(workspace .. "/report/report.json")

-- ---- the deals ---------------------------------------------------------------------
--
-- Won: D01 100, D02 200, D03 400, D04 800, D05 3,200 USD at 0.50 = 1,600, D06 3,200,
-- D07 with no amount, D08 -50. Powers of two, so that a sum names its deals.
-- Lost: D11 10, D12 20, D13 30, D14 40, D15 50, D16 with no amount.
-- Open: D21 1,000, D22 2,000 (blank stage), D23 4,000 (won, but after the day of the audit).
-- D91 is a test and ignored, D92 to D94 are rejected. Contact Cnn has deal Dnn.
local function triple(name, got, deals, amount, unknown)
  equal(name .. ": deals", got.deals, deals)
  equal(name .. ": amount", got.amount, amount)
  equal(name .. ": unknown amounts", got.unknown_amounts, unknown)
end

triple("won", report.deals.won, 8, "6250.00", 1) -- 100+200+400+800+1600+3200-50
triple("lost", report.deals.lost, 6, "150.00", 1) -- 10+20+30+40+50
triple("open", report.deals.open, 3, "7000.00", 0) -- 1000+2000+4000
equal("refunds", report.deals.refunds.amount, "-50.00")

-- ---- every metric --------------------------------------------------------------------
--
-- verdict, code, records it starts from, won deals, amount, unknown amounts, lost, open
local METRICS = {
  -- V41 C03 and V42 C04 read the guide; F2 C05, F3 C03 and F4 C99 (no such contact) took
  -- the checklist: 2 + 3 records, D03 + D04 + D05 = 400 + 800 + 1,600, D03 counted once.
  ["Editorial/guide"] = { "linked", nil, 5, 3, "2800.00", 0, 0, 0 },
  -- F1 on 15 January; D03 closed on 1 March, 46 days later, and 10 are allowed.
  ["Editorial/annual_report"] = { "unlinked", "PL113", 1, 0, "0.00", 0, 0, 0 },
  -- B1 to B4; three carry an address and none is spelt as contacts spell it.
  ["Events/badge_scans"] = { "unlinked", "PL103", 4, 0, "0.00", 0, 0, 0 },
  -- No visit to /webinar.
  ["Events/webinars"] = { "unlinked", "PL106", 0, 0, "0.00", 0, 0, 0 },
  -- Newest record 20 January: 11 + 29 + 31 + 30 + 31 + 30 = 162 days before 30 June, over 30.
  ["Events/booth_visits"] = { "error", "PL115" },
  -- C01 to C08, C11 to C16, C21 to C23, and C31 with no deal: every deal there is.
  ["Marketing/new_contacts"] = { "linked", nil, 18, 8, "6250.00", 1, 6, 3 },
  -- V01 to V08: C01 to C08. The second V08 is the same record once more.
  ["Marketing/pricing_page"] = { "linked", nil, 8, 8, "6250.00", 1, 0, 0 },
  -- V21 to V24: C01 to C04, 100 + 200 + 400 + 800; V25 to V27: C11 to C13, lost; V28 names
  -- no contact; V83: C03 again. V29 is after the day of the audit and is no record.
  ["Marketing/home_page"] = { "linked", nil, 9, 4, "1500.00", 0, 3, 0 },
  -- V11: C01, 100; V12 to V17: C11 to C16, all six lost deals.
  ["Marketing/special_offer"] = { "no_difference", "PL108", 7, 1, "100.00", 0, 6, 0 },
  -- R1 and R3 Acme: C01 to C05, 100 + 200 + 400 + 800 + 1,600; R2 Bolt: C06, 3,200.
  ["Marketing/referrals"] = { "linked", nil, 3, 6, "6300.00", 0, 0, 0 },
  ["Marketing/brand_awareness"] = { "untraced", "PL101" },
  -- P1 to P3: the campaign is blank in all three.
  ["Marketing/posts"] = { "unlinked", "PL102", 3, 0, "0.00", 0, 0, 0 },
  -- V31 C21 (D21, open) and V32 C31 (no deal); the older is 10 days old, the cycle is 60.
  ["Marketing/summer_campaign"] = { "too_early", "PL107", 2, 0, "0.00", 0, 0, 1 },
  -- V52 C01 and V53 C02: 100 + 200; three are asked for.
  ["Marketing/careers_page"] = { "unlinked", "PL114", 2, 2, "300.00", 0, 0, 0 },
  -- V51 C08: D08, -50, does not count toward the one deal asked for.
  ["Marketing/returns_page"] = { "unlinked", "PL114", 1, 1, "-50.00", 0, 0, 0 },
  ["Marketing/blog"] = { "error", "PL110" },
  ["Marketing/odd_pages"] = { "error", "PL111" },
  -- 60 seconds and more: V01 90 C01, V03 120 C03, V07 60 C07: 100 + 400, D07 unknown.
  ["Marketing/long_visits"] = { "linked", nil, 3, 3, "500.00", 1, 0, 0 },
  -- K01 C11, K02 C12, K03 C21: two lost, one open.
  ["Sales/cancelled_calls"] = { "unlinked", "PL104", 3, 0, "0.00", 0, 2, 1 },
  -- S1 and S2 are a month and more after D01 and D02 closed; S3 has no day.
  ["Sales/satisfaction"] = { "unlinked", "PL105", 3, 0, "0.00", 0, 0, 0 },
  -- K11 C01, K12 C02: 100 + 200; K13 C11 lost. Linked; the judge says otherwise.
  ["Sales/demos"] = { "no_difference", "PL108", 3, 2, "300.00", 0, 1, 0 },
  ["Sales/check_ins"] = { "error", "PL110" },
  ["Sales/cold_calls"] = { "error", "PL110" },
}

for id, want in pairs(METRICS) do
  local f = found[id]
  check(id .. " is in the report", f)
  if f then
    equal(id .. ": verdict", f.verdict, want[1])
    equal(id .. ": code", f.code, want[2])
    equal(id .. ": flagged", f.flagged, want[1] == "unlinked" or want[1] == "untraced")
    equal(id .. ": has evidence", f.evidence ~= nil, want[3] ~= nil)
  end
  if f and f.evidence and want[3] then
    local deals = f.evidence.deals
    equal(id .. ": records", f.evidence.origins.records, want[3])
    triple(id .. ": won", deals.won.reached, want[4], want[5], want[6])
    equal(id .. ": lost", deals.lost.reached.deals, want[7])
    equal(id .. ": open", deals.open.reached.deals, want[8])
  end
end
for id in pairs(found) do check(id .. " is expected", METRICS[id]) end

-- linked: guide, new_contacts, pricing_page, home_page, referrals, long_visits.
local TOTALS = { metrics = 23, flagged = 9, linked = 6, no_difference = 2, too_early = 1, error = 5, untraced = 1,
  unlinked = 8, departments = 5 }
for name, want in pairs(TOTALS) do equal("totals: " .. name, report.totals[name], want) end

-- ---- every code ------------------------------------------------------------------------

local codes = {}
for _, finding in ipairs(report.findings) do
  if finding.code then codes[finding.code] = true end
  for _, note in ipairs(finding.notes) do
    if note.code then codes[note.code] = true end
  end
end
for code = 101, 115 do
  if code ~= 109 then check("a metric carries PL" .. code, codes["PL" .. code]) end
end
check("PL109 is reserved", not codes.PL109)

-- ---- won against lost ----------------------------------------------------------------------
--
-- won with, won without, lost with, lost without; then as R says, for example
-- fisher.test(matrix(c(8,0,0,6),2)): estimate, conf.int, p.value to four digits; and q as
-- p.adjust(p, "BH") over the twelve p-values, check_ins (1,7,0,6: p = 1) among them:
-- .000333*12/1, .004662*12/2, .009657*12/3, .2088*12/6 (which is also the least for .1648).
local ODDS = {
  ["Marketing/pricing_page"] = { 8, 0, 0, 6, "inf", "4.885", "inf", "0.000333", "0.003996", "tells" },
  ["Marketing/special_offer"] = { 1, 7, 6, 0, "0", "0", "0.3986", "0.004662", "0.02797", "no_difference" },
  ["Marketing/referrals"] = { 6, 2, 0, 6, "inf", "1.512", "inf", "0.009657", "0.03863", "tells" },
  ["Marketing/home_page"] = { 4, 4, 3, 3, "1", "0.07675", "13.03", "1", "1", "cannot_tell" },
  ["Marketing/long_visits"] = { 3, 5, 0, 6, "inf", "0.3288", "inf", "0.2088", "0.4176", "cannot_tell" },
  ["Sales/demos"] = { 2, 6, 1, 5, "1.608", "0.06434", "117.6", "1", "1", "cannot_tell" },
}
local KEYS = { "odds_ratio", "low", "high", "p", "q", "answer" }

for id, want in pairs(ODDS) do
  local d = found[id].evidence.difference
  for i, key in ipairs { "won_with", "won_without", "lost_with", "lost_without" } do
    equal(id .. ": " .. key, d.table[key], want[i])
  end
  for i, key in ipairs(KEYS) do
    -- R's own interval is the root of an equation, found to about four digits.
    local got, expected = tonumber(d[key]), tonumber(want[4 + i])
    local near = got and expected and math.abs(got - expected) <= 0.001 * math.abs(expected)
    check(id .. ": " .. key, near or d[key] == want[4 + i], ("got %s, expected %s"):format(d[key], want[4 + i]))
  end
end
check("what tells says so", found["Marketing/pricing_page"].tells:find("^tells won from lost"))
check("what cannot tell says so", found["Marketing/home_page"].tells:find("^cannot tell won from lost"))
-- Only D21 is reached and closed deals since 20 June are none: no test.
equal("too few to compare", found["Marketing/summer_campaign"].evidence.difference.answer, "too_few")

-- ---- particulars -----------------------------------------------------------------------------

-- B1 is C01 in capitals, B2 is C07 with a space: D01 100 and D07 unknown.
local near = found["Events/badge_scans"].evidence.branches[1].steps[1].near
equal("near misses: keys", near.keys, 2)
triple("near misses: won", near.won, 2, "100.00", 1)
equal("the trail of the badges ends at step", found["Events/badge_scans"].evidence.branches[1].breaks_at, 1)

-- Acme carries D01 to D05, five of six.
local few = found["Marketing/referrals"].evidence.few_keys
equal("few keys: key", few.key, "Acme")
equal("few keys: won", few.won, 5)

-- search: C01 C02 C07, C11 C15 C16, C22: 100 + 200. mail: C03 C04 C08, C12, C21: 400 + 800 - 50.
-- unknown: C06, C14. blank: C05, C13, apart from "unknown". fair: C23, C31.
local BY = { { "mail", 5, 3, "1150.00", 0, 1, 1 }, { "search", 7, 3, "300.00", 1, 3, 1 },
  { "unknown", 2, 1, "3200.00", 0, 1, 0 }, { nil, 2, 1, "1600.00", 0, 1, 0 }, { "fair", 2, 0, "0.00", 0, 0, 1 } }
local by = found["Marketing/new_contacts"].evidence.by.rows
equal("by channel: values", #by, #BY)
for i, want in ipairs(BY) do
  local name = "by channel: " .. (want[1] or "(blank)")
  equal(name .. " is in its place", by[i].value, want[1])
  equal(name .. ": blank", by[i].blank or false, want[1] == nil)
  equal(name .. ": records", by[i].origins, want[2])
  triple(name .. ": won", by[i].won, want[3], want[4], want[5])
  equal(name .. ": lost", by[i].lost.deals, want[6])
  equal(name .. ": open", by[i].open.deals, want[7])
end

-- Days from 5 January to each close (C01 … C08): 27, 36, 56, 65, 87, 96, 117, 126; lower median 65.
equal("first to close", found["Marketing/new_contacts"].evidence.first_to_close.text, "65 days")

local demos = found["Sales/demos"]
equal("the judge departs from", demos.standard.verdict, "linked")
equal("the judge says", demos.judge.text, "everybody who asks gets a demo")
equal("a misspelt column: hint", found["Marketing/blog"].error.hint, 'did you mean "page"?')
check("a judge that stops: where", found["Sales/check_ins"].error.line == 29, found["Sales/check_ins"].error.line)
check("a judge that asks for too much: why", found["Sales/cold_calls"].error.message:find("does not permit", 1, true))
check("a pattern without end: why", found["Marketing/odd_pages"].error.message:find("more steps", 1, true))

-- ---- rows accounted for ------------------------------------------------------------------------

-- read, used, rejected, filtered, after_as_of, duplicates, ignored. Visits: V01 to V86 are 40
-- rows; V81 to V86 rejected, V71 (/test) filtered, V29 too late, V08 twice.
local ROWS = {
  visits = { 40, 32, 5, 1, 1, 1, 0 }, deals = { 21, 17, 3, 0, 0, 0, 1 }, badges = { 5, 4, 1, 0, 0, 0, 0 },
  contacts = { 18, 18, 0, 0, 0, 0, 0 }, posts = { 3, 3, 0, 0, 0, 0, 0 }, surveys = { 3, 3, 0, 0, 0, 0, 0 },
}
for _, source in ipairs(report.sources) do
  local want, skipped = ROWS[source.name], source.skipped
  if want then
    local got = { source.read, source.used, source.rejected, skipped.filtered, skipped.after_as_of, skipped.duplicates,
      skipped.ignored }
    for i, count in ipairs(got) do got[i] = ("%d"):format(count) end
    equal("rows of " .. source.name, table.concat(got, " "), table.concat(want, " "))
  end
end

local rejected = {}
for code in shell.read(workspace .. "/report/rejects.csv"):gmatch(",(PL2%d%d),") do
  rejected[code] = (rejected[code] or 0) + 1
end
-- D93 is PL203, D94 and V84 are PL204.
local REJECTS = { PL201 = 1, PL202 = 1, PL203 = 1, PL204 = 2, PL205 = 1, PL206 = 1, PL207 = 1, PL209 = 1 }
for code = 201, 209 do
  equal("rejects with PL" .. code, rejected["PL" .. code], REJECTS["PL" .. code])
end

-- ---- every view, as a file ------------------------------------------------------------------------

-- The version changes with each release, and nothing else in these files may.
local function without_version(text)
  return (text:gsub('("plumbline": )"[^"\n]*"', '%1"VERSION"'))
end

local function compare(name, text)
  text = without_version(text)
  if os.getenv "UPDATE" == "1" then shell.write(golden .. name, text) end
  local same = text == shell.read(golden .. name)
  check("golden: " .. name, same)
  if not same then
    shell.write(shell.scratch .. "/.got", text)
    print(shell.capture(("diff -u %s %s 2>&1 | head -60"):format(shell.quote(golden .. name),
      shell.quote(shell.scratch .. "/.got"))))
  end
end

compare("audit.txt", audit.out)
for _, name in ipairs { "report.md", "flags.csv", "report.json", "rejects.csv" } do
  compare(name, assert(shell.read(workspace .. "/report/" .. name)))
end
compare("audit-verbose.txt", shell.plumbline(workspace, AUDIT .. " -v").out)
for _, metric in ipairs { "new_contacts", "badge_scans", "satisfaction" } do
  compare("trace-" .. metric .. ".txt", shell.plumbline(workspace, "trace --max-rejects 50% " .. metric).out)
end
compare("explain-PL103.txt", shell.plumbline(workspace, "explain PL103").out)
for _, what in ipairs { "metrics", "rules", "sources", "codes" } do
  compare("list-" .. what .. ".txt", shell.plumbline(workspace, "list " .. what).out)
end
for _, name in ipairs { "audit.txt", "trace-new_contacts.txt", "trace-badge_scans.txt", "trace-satisfaction.txt",
  "explain-PL103.txt" } do
  for line in shell.read(golden .. name):gmatch "[^\n]+" do
    check(name .. " fits 80 columns", utf8.len(line) <= 80, line)
  end
end

-- ---- variants ---------------------------------------------------------------------------------------

-- A copy of the workspace with one thing changed in one file.
local function variant(name, path, from, to)
  local dir = shell.scratch .. "/" .. name
  os.execute(("cp -r %s %s && rm -rf %s/report"):format(shell.quote(here .. "/golden/workspace"), shell.quote(dir),
    shell.quote(dir)))
  local text = shell.read(dir .. "/" .. path)
  local at, stop = text:find(from, 1, true)
  assert(at, path .. " holds no " .. from)
  shell.write(dir .. "/" .. path, text:sub(1, at - 1) .. to .. text:sub(stop + 1))
  local ran = shell.plumbline(dir, AUDIT)
  equal(name .. ": exit code", ran.code, 4)
  return shell.report(dir .. "/report/report.json")
end

-- Without lost deals there is nothing to compare with, and the special offer is linked.
local all_won, without_lost = variant("no_lost", "audit.lua", 'lost   = { "Lost" },\n    open   = { "Negotiation", "" },\n'
  .. '    ignore = { "Test" },', 'open = { "Negotiation", "" }, ignore = { "Test", "Lost" },')
equal("no lost deals", without_lost.deals.lost.deals, 0)
equal("no lost deals: verdict", all_won["Marketing/special_offer"].verdict, "linked")
equal("no lost deals: tells", all_won["Marketing/special_offer"].tells,
  "no lost deals in these exports, so nothing to compare with")
-- The judge of demos cannot say "no difference" where nothing was compared.
equal("no lost deals: the judge is refused", all_won["Sales/demos"].code, "PL110")

-- A value of 1 MiB and one byte is too long (PL208).
local _, long = variant("long_value", "exports/calls.csv", "K21,", "K20,2024-01-26,C05," .. ("x"):rep(1024 * 1024 + 1) .. "\nK21,")
equal("a value that is too long", shell.read(shell.scratch .. "/long_value/report/rejects.csv"):match(",(PL208),"), "PL208")
equal("the row is counted", long.rejects.rows, report.rejects.rows + 1)

-- 29 June is a day before the audit, so the export of the booth is fresh: C01, D01 too late,
-- X1 19 January C01 100; X2 20 January C02 200; X3 no contact.
local fresh = variant("fresh", "exports/booth.csv", "X2,2024-01-20,C02\n", "X2,2024-01-20,C02\nX3,2024-06-29,\n")
equal("a fresh export: verdict", fresh["Events/booth_visits"].verdict, "linked")
equal("a fresh export: amount", fresh["Events/booth_visits"].evidence.deals.won.reached.amount, "300.00")

shell.finish()
