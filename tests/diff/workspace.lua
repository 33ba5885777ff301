-- Random workspaces: tables, deals, metrics. Each thing is made twice from the
-- same facts: as files and Lua rules for plumbline, and as rows for SQLite.
local DAY = 86400

local Workspace = {}

local ZONES = { -- no daylight saving: the offset is a fact, not a computation
  { "UTC", 0 }, { "America/Bogota", -5 * 3600 }, { "Asia/Kolkata", 19800 },
}
local CATS = { "alpha", "beta", "gamma", "delta", "Alpha", "a-b", "zeta" }
local EPOCH = 1704067200 -- 2024-01-01T00:00:00Z

local function civil(day) -- days since 1970 -> y, m, d (Hinnant 2013, days_from_civil inverse)
  local z = day + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1
end

function Workspace.date(day)
  return string.format("%04d-%02d-%02d", civil(day))
end

-- A moment in one of the styles a column may have: text, microseconds, local day.
local function moment(rnd, style, offset, seconds)
  local loc = seconds + offset
  local day = loc // DAY
  if style == "date" then
    return Workspace.date(day), (day * DAY - offset) * 1000000, day
  end
  if style == "epoch" then
    return tostring(seconds), seconds * 1000000, day
  end
  local s = loc % DAY
  local clock = string.format("%s%s%02d:%02d:%02d", Workspace.date(day), rnd:pick { " ", "T" },
    s // 3600, s // 60 % 60, s % 60)
  if style == "offset" then
    local utc = seconds
    local us = utc % DAY
    clock = string.format("%sT%02d:%02d:%02dZ", Workspace.date(utc // DAY), us // 3600,
      us // 60 % 60, us % 60)
  end
  return clock, seconds * 1000000, day
end

-- Keys come from a small pool, so that they repeat, miss, and nearly match.
local function key(rnd, pool)
  if rnd:chance(12) then return "" end
  local k = "k" .. rnd:int(1, pool)
  if rnd:chance(8) then k = k:upper() end
  if rnd:chance(5) then k = k:sub(1, 1) .. "-" .. k:sub(2) end
  return k
end

local function number(rnd)
  if rnd:chance(10) then return "", nil end
  local units = rnd:int(-200000, 3000000)
  local text = string.format("%s%d.%04d", units < 0 and "-" or "", math.abs(units) // 10000,
    math.abs(units) % 10000)
  return text, units
end

local function quoted(text)
  if text:find('[,;"\n]') or text:find("^%s") or text:find("%s$") then
    return '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local function record(rnd, t, i, ws)
  local r = { id = t.name .. i, k1 = key(rnd, ws.pool), k2 = key(rnd, ws.pool) }
  local parts, seen = {}, {}
  for _ = 1, rnd:int(0, 3) do
    local k = key(rnd, ws.pool)
    parts[#parts + 1] = k
    if k ~= "" and not seen[k] then seen[k] = true end
  end
  r.m, r.elements = table.concat(parts, ";"), seen
  r.cat = rnd:chance(15) and "" or rnd:pick(CATS)
  r.num, r.num_units = number(rnd)
  r.t = ""
  if t.time and not rnd:chance(6) then
    r.t, r.t_us, r.t_day = moment(rnd, t.time, ws.offset, EPOCH + rnd:int(0, ws.span))
  end
  return r
end

local function table_def(rnd, ws, i)
  local t = { name = "t" .. i, rows = {}, delimiter = rnd:pick { ",", ";", "\t" } }
  t.time = rnd:chance(85) and rnd:pick { "date", "local", "offset", "epoch" } or nil
  t.format = rnd:pick { "csv", "csv", "csv", "ndjson", "json" }
  t.key = rnd:chance(50)
  for n = 1, rnd:int(0, 1) == 0 and rnd:int(0, 6) or rnd:int(5, 40) do
    t.rows[n] = record(rnd, t, n, ws)
  end
  if #t.rows == 0 then t.format = "csv" end -- JSON without records has no columns
  return t
end

local function deal(rnd, ws, i)
  local r = record(rnd, ws.deals, i, ws)
  r.id = "d" .. i
  r.status = rnd:pick { "won", "won", "lost", "open", "ignored" }
  r.amount, r.amount_units = number(rnd)
  local created = EPOCH + rnd:int(0, ws.span)
  r.created = ""
  if not rnd:chance(8) then
    r.created, r.created_us, r.created_day = moment(rnd, ws.created, ws.offset, created)
  end
  r.closed = ""
  if not rnd:chance(8) then
    r.closed, r.closed_us, r.closed_day =
      moment(rnd, ws.closed, ws.offset, created + rnd:int(-2 * DAY, 90 * DAY))
  end
  return r
end

-- ---- computed columns: Lua for plumbline, SQL for SQLite -----------------------

local function computed(rnd, t, i)
  t.computed = { { name = "ml", lua = 'list("m", ";")' } }
  local function add(name, lua, sql)
    t.computed[#t.computed + 1] = { name = name, lua = lua, sql = sql }
  end
  if rnd:chance(40) then add("low", 'clean("k1", "trim", "lower")', "lower(k1)") end
  if rnd:chance(30) then
    add("mapped", 'map("cat", { alpha = "one", beta = "two" })',
      "CASE cat WHEN 'alpha' THEN 'one' WHEN 'beta' THEN 'two' ELSE cat END")
  end
  if rnd:chance(25) then
    add("derived", 'derive("cat", "k2", function(c, k) if c and k then return c .. k end end)',
      "cat || k2")
  end
  if i > 1 and rnd:chance(40) then
    local other = "t" .. rnd:int(1, i - 1)
    add("looked", string.format('lookup { %q, on = { k1 = "id" }, take = "cat" }', other),
      string.format("(SELECT x.cat FROM %s x WHERE x.id = %s.k1)", other, t.name))
    add("summed", string.format('sum { %q, on = { k1 = "k1" }, take = "num" }', other),
      string.format("(SELECT sum(x.num) FROM %s x WHERE x.k1 = %s.k1)", other, t.name))
  end
end

-- ---- conditions ------------------------------------------------------------------

local function text_column(rnd, t)
  local names = { "cat", "cat", "k1" }
  for _, c in ipairs(t.computed) do
    if c.name == "mapped" or c.name == "derived" or c.name == "looked" then
      names[#names + 1] = c.name
    end
  end
  return rnd:pick(names)
end

local CONDITIONS = {
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, '"alpha"', "%s." .. c .. " = 'alpha'"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, '{ "alpha", "beta", "k1" }', "%s." .. c .. " IN ('alpha','beta','k1')"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, 'like "*a"', "%s." .. c .. " GLOB '*a'"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, 'matches "^[ab]"', "%s." .. c .. " GLOB '[ab]*'"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, "blank()", "%s." .. c .. " IS NULL"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, 'not_("alpha")', "%s." .. c .. " IS NOT 'alpha'"
  end,
  function(rnd, t)
    local c = text_column(rnd, t)
    return c, "function(v) return v ~= nil and #v > 4 end", "length(%s." .. c .. ") > 4"
  end,
  function() return "num", "gt(100)", "%s.num > 1000000" end,
  function() return "num", "lte(100.5)", "%s.num <= 1005000" end,
  function() return "num", "between(-5, 150.25)", "%s.num BETWEEN -50000 AND 1502500" end,
  function() return "num", "not_(gte(50))", "(%s.num IS NULL OR %s.num < 500000)" end,
}
local TIME_CONDITION = function()
  return "t", 'between("2024-02-01", "2024-05-31")', "%s.t_day BETWEEN 19754 AND 19874"
end

local function conditions(rnd, t)
  if not rnd:chance(35) then return nil end
  local make = rnd:pick(CONDITIONS)
  if t.time and rnd:chance(15) then make = TIME_CONDITION end
  local column, lua, sql = make(rnd, t)
  return { lua = string.format("{ %s = %s }", column, lua), sql = sql }
end

-- ---- metrics -----------------------------------------------------------------------

local function key_column(rnd, t)
  local names = { "k1", "k1", "k2", "ml", "id" }
  for _, c in ipairs(t.computed) do
    if c.name == "low" then names[#names + 1] = "low" end
  end
  return rnd:pick(names)
end

local function keys(rnd, from, to)
  local pairs_n = rnd:chance(15) and 2 or 1
  local out = {}
  local used = {}
  while #out < pairs_n do
    local here, there = key_column(rnd, from), key_column(rnd, to)
    if not used[here] then
      used[here] = true
      out[#out + 1] = { here = here, there = there }
    end
  end
  return out
end

local function branch(rnd, ws, deals_only)
  local b = { from = deals_only and ws.deals or rnd:pick(ws.tables), steps = {} }
  b.where = conditions(rnd, b.from)
  local at = b.from
  local n = rnd:pick { 1, 1, 1, 2, 2, 3, 4 }
  if deals_only and rnd:chance(50) then n = 0 end
  for k = 1, n do
    local to = k == n and ws.deals or rnd:pick(ws.all)
    local step = { from = at, to = to, keys = keys(rnd, at, to), where = conditions(rnd, to) }
    if step.where and step.where.sql:find("t_day") and to == ws.deals then step.where = nil end
    b.steps[k] = step
    at = to
  end
  return b
end

local function metric(rnd, ws, i)
  local m = { name = "m" .. i, branches = {}, before = rnd:pick { "closed", "closed", "created", "any" } }
  for _ = 1, rnd:chance(25) and rnd:int(2, 3) or 1 do
    m.branches[#m.branches + 1] = branch(rnd, ws, rnd:chance(10))
  end
  local timed = true
  for _, b in ipairs(m.branches) do timed = timed and b.from.time ~= nil end
  if timed and m.before ~= "any" and rnd:chance(50) then m.within = rnd:int(0, 90) end
  if timed and m.before ~= "any" and #m.branches == 1 and #m.branches[1].steps > 0 and rnd:chance(12) then
    m.branches[1].steps[#m.branches[1].steps].next = true
  end
  if rnd:chance(40) then
    local b = m.branches[1]
    local k = (#m.branches > 1 or rnd:chance(65)) and 0 or rnd:int(0, #b.steps)
    local t = k == 0 and b.from or b.steps[k].to
    m.by = { table = t, column = rnd:chance(70) and "cat" or "ml", named = k > 0,
      -- the origin's table is where the trace meets it first
      origin = k == 0 or t == b.from }
  end
  return m
end

-- A column without a value holds no dates: there is nothing to compare as days.
local function has_value(rows, column)
  for _, r in ipairs(rows) do
    if r[column] ~= "" then return true end
  end
  return false
end

function Workspace.new(rnd)
  local ws = { tables = {}, span = 150 * DAY, pool = rnd:int(3, 14), metrics = {} }
  local zone = rnd:pick(ZONES)
  ws.zone, ws.offset = zone[1], zone[2]
  ws.created = rnd:pick { "date", "local", "offset" }
  ws.closed = rnd:pick { "date", "local", "offset" }
  ws.as_of_day = EPOCH // DAY + rnd:int(100, 260)
  for i = 1, rnd:int(1, 3) do ws.tables[i] = table_def(rnd, ws, i) end
  ws.deals = { name = "deals", rows = {}, key = true, format = "csv", delimiter = ",",
    time = rnd:chance(50) and rnd:pick { "date", "local" } or nil }
  for i = 1, rnd:int(4, 30) do ws.deals.rows[i] = deal(rnd, ws, i) end
  ws.deals.rows[1].status = "won"
  ws.deals.rows[1].created, ws.deals.rows[1].created_us, ws.deals.rows[1].created_day = "", nil, nil
  ws.deals.rows[1].closed, ws.deals.rows[1].closed_us, ws.deals.rows[1].closed_day =
    moment(rnd, ws.closed, ws.offset, EPOCH + 20 * DAY)
  if ws.deals.time then
    ws.deals.rows[1].t, ws.deals.rows[1].t_us, ws.deals.rows[1].t_day =
      moment(rnd, ws.deals.time, ws.offset, EPOCH + DAY)
  end
  if not has_value(ws.deals.rows, "created") then ws.created = "local" end
  for _, t in ipairs(ws.tables) do
    if t.time and not has_value(t.rows, "t") then t.time = "local" end
  end
  ws.all = { ws.deals }
  for i, t in ipairs(ws.tables) do
    computed(rnd, t, i)
    ws.all[#ws.all + 1] = t
  end
  computed(rnd, ws.deals, #ws.tables + 1)
  for i = 1, rnd:int(3, 7) do ws.metrics[i] = metric(rnd, ws, i) end
  return ws
end

-- ---- files ---------------------------------------------------------------------------

local COLUMNS = { "id", "k1", "k2", "m", "cat", "num", "t" }
local DEAL_COLUMNS = { "id", "k1", "k2", "m", "cat", "num", "t", "status", "amount", "created", "closed" }

local function csv_line(r, columns, delimiter)
  local cells = {}
  for i, c in ipairs(columns) do cells[i] = quoted(r[c]) end
  return table.concat(cells, delimiter) .. "\n"
end

local function json_object(r, columns)
  local fields = {}
  for _, c in ipairs(columns) do
    local bare = (c == "num" or (c == "t" and r[c]:match("^%d+$"))) and r[c] ~= ""
    fields[#fields + 1] = string.format(bare and '"%s":%s' or '"%s":"%s"', c, r[c])
  end
  return "{" .. table.concat(fields, ",") .. "}"
end

local function write(path, text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
end

-- Keyed tables may be exported in two overlapping files.
local function export(rnd, dir, t, columns)
  local parts = t.key and t.format == "csv" and #t.rows > 3 and rnd:chance(40) and 2 or 1
  t.paths = {}
  for p = 1, parts do
    local out = {}
    local first, last = 1, #t.rows
    if parts == 2 then
      local middle = #t.rows // 2
      if p == 1 then last = middle + 1 else first = middle end
    end
    if t.format == "csv" then out[1] = table.concat(columns, t.delimiter) .. "\n" end
    for i = first, last do
      local r = t.rows[i]
      if t.format == "csv" then
        out[#out + 1] = csv_line(r, columns, t.delimiter)
        if t.key and rnd:chance(3) then out[#out + 1] = csv_line(r, columns, t.delimiter) end
      elseif t.format == "ndjson" then
        out[#out + 1] = json_object(r, columns) .. "\n"
      else
        out[#out + 1] = (i == first and "[" or ",\n") .. json_object(r, columns)
      end
    end
    local text = table.concat(out)
    if t.format == "json" then text = (text == "" and "[" or text) .. "]\n" end
    local ending = t.format
    t.paths[p] = string.format("%s_%d.%s", t.name, p, ending)
    write(dir .. "/" .. t.paths[p], text)
  end
end

local function options(t)
  local out = {}
  for _, p in ipairs(t.paths) do out[#out + 1] = string.format("%q", p) end
  if t.format == "csv" and t.delimiter ~= "," then
    out[#out + 1] = string.format("delimiter = %q", t.delimiter)
  end
  if t.key then out[#out + 1] = 'key = "id"' end
  if t.time then out[#out + 1] = 'time = "t"' end
  local columns = {}
  for i, c in ipairs(t.computed) do columns[i] = c.name .. " = " .. c.lua end
  out[#out + 1] = "columns = { " .. table.concat(columns, ", ") .. " }"
  return table.concat(out, ",\n  ")
end

local function trace(b)
  local out = { string.format("from %q", b.from.name) }
  if b.where then out[#out + 1] = ":where " .. b.where.lua end
  for _, s in ipairs(b.steps) do
    local ks = {}
    for i, k in ipairs(s.keys) do ks[i] = k.here .. " = " .. string.format("%q", k.there) end
    out[#out + 1] = string.format(":to(%q, { %s }%s)", s.to.name, table.concat(ks, ", "),
      s.next and ', { which = "next" }' or "")
    if s.where then out[#out + 1] = ":where " .. s.where.lua end
  end
  return table.concat(out, " ")
end

local function rule(ws)
  local out = { 'department "Test"\n' }
  for _, m in ipairs(ws.metrics) do
    local traces = {}
    for i, b in ipairs(m.branches) do traces[i] = trace(b) end
    local t = #traces == 1 and traces[1] or "any { " .. table.concat(traces, ",\n    ") .. " }"
    out[#out + 1] = string.format('metric %q {\n  before = %q,\n  trace = %s,\n', m.name, m.before, t)
    if m.within then out[#out + 1] = string.format('  within = "%dd",\n', m.within) end
    if m.by then
      out[#out + 1] = not m.by.named and string.format("  by = %q,\n", m.by.column)
        or string.format("  by = { %q, %q },\n", m.by.table.name, m.by.column)
    end
    out[#out + 1] = "}\n"
  end
  return table.concat(out)
end

function Workspace.write(ws, rnd, dir)
  for _, t in ipairs(ws.tables) do export(rnd, dir, t, COLUMNS) end
  export(rnd, dir, ws.deals, DEAL_COLUMNS)
  local out = { string.format('audit "diff" { as_of = %q, timezone = %q, rules = "rules.lua" }\n',
    Workspace.date(ws.as_of_day), ws.zone) }
  for _, t in ipairs(ws.tables) do
    out[#out + 1] = string.format("source %q { %s }\n", t.name, options(t))
  end
  out[#out + 1] = string.format([[deals { %s,
  closed = "closed", created = "created", amount = "amount",
  status = { column = "status", won = { "won" }, lost = { "lost" }, open = { "open" }, ignore = { "ignored" } } }
]], options(ws.deals))
  write(dir .. "/audit.lua", table.concat(out))
  write(dir .. "/rules.lua", rule(ws))
end

return Workspace
