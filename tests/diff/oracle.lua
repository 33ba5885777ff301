-- What SQLite says about a random workspace. Written from design.md §4.2 and
-- §4.3 alone: tables, joins and aggregates, nothing of the engine's ways.
local sqlite = require "luasql.sqlite3"

local Oracle = {}
Oracle.__index = Oracle

local DAY_US = 86400 * 1000000
local LANDMARK = 30

local function literal(v)
  if v == nil or v == "" then return "NULL" end
  if type(v) == "number" then return tostring(v) end
  return "'" .. v:gsub("'", "''") .. "'"
end

function Oracle:run(sql)
  local ok, message = self.db:execute(sql)
  if not ok then error(message .. "\nin: " .. sql, 2) end
  return ok
end

function Oracle:rows(sql)
  local cursor, out = self:run(sql), {}
  local row = cursor:fetch({}, "n")
  while row do
    out[#out + 1] = row
    row = cursor:fetch({}, "n")
  end
  cursor:close()
  return out
end

function Oracle:one(sql)
  local row = self:rows(sql)[1]
  return row and tonumber(row[1])
end

-- ---- loading -----------------------------------------------------------------------

local COLUMNS = "rid INTEGER PRIMARY KEY, id, k1, k2, cat, num INTEGER, t_us INTEGER, t_day INTEGER"
local DEAL_COLUMNS = COLUMNS ..
  ", status, amount INTEGER, created_us INTEGER, created_day INTEGER, closed_us INTEGER, closed_day INTEGER"

function Oracle:load(t, deals)
  self:run(string.format("CREATE TABLE %s (%s)", t.name, deals and DEAL_COLUMNS or COLUMNS))
  self:run(string.format("CREATE TABLE %s_ml (rid, v)", t.name))
  for i, r in ipairs(t.rows) do
    local values = { i, literal(r.id), literal(r.k1), literal(r.k2), literal(r.cat),
      literal(r.num_units), literal(r.t_us), literal(r.t_day) }
    if deals then
      for _, c in ipairs { "status", "amount_units", "created_us", "created_day", "closed_us", "closed_day" } do
        values[#values + 1] = literal(r[c])
      end
    end
    self:run(string.format("INSERT INTO %s VALUES (%s)", t.name, table.concat(values, ",")))
    for v in pairs(r.elements) do
      self:run(string.format("INSERT INTO %s_ml VALUES (%d, %s)", t.name, i, literal(v)))
    end
  end
end

-- As of a day: what came later does not exist, what closed later is open.
function Oracle:cut(t, style)
  if not t.time then return end
  local sql = style == "date" and string.format("t_day > %d", self.as_of_day)
    or string.format("t_us > %d", self.as_of_us)
  self:run(string.format("DELETE FROM %s WHERE %s", t.name, sql))
end

function Oracle:settle_deals()
  local ws = self.ws
  local function later(name)
    return ws[name] == "date" and string.format("%s_day > %d", name, self.as_of_day)
      or string.format("%s_us > %d", name, self.as_of_us)
  end
  self:run "DELETE FROM deals WHERE status = 'ignored'"
  self:run("DELETE FROM deals WHERE " .. later "created")
  self:run("UPDATE deals SET status = 'open' WHERE status <> 'open' AND " .. later "closed")
  self:run "UPDATE deals SET closed_us = NULL, closed_day = NULL WHERE status = 'open'"
end

-- The moments that origins are held against.
function Oracle:anchors()
  self:run(string.format([[CREATE TABLE anchor AS SELECT rid,
    CASE status WHEN 'open' THEN %d ELSE closed_us END AS closed_us,
    CASE status WHEN 'open' THEN %d ELSE closed_day END AS closed_day,
    created_us, created_day,
    created_us + %d AS mark_us, created_day + %d AS mark_day FROM deals]],
    self.as_of_us, self.as_of_day, LANDMARK * DAY_US, LANDMARK))
  self:run "ALTER TABLE anchor ADD COLUMN early_us"
  self:run "ALTER TABLE anchor ADD COLUMN early_day"
  self:run [[UPDATE anchor SET
    early_us = CASE WHEN closed_us IS NULL OR mark_us <= closed_us THEN mark_us ELSE closed_us END,
    early_day = CASE WHEN closed_us IS NULL OR mark_us <= closed_us THEN mark_day ELSE closed_day END
    WHERE mark_us IS NOT NULL]]
end

function Oracle.new(ws)
  local self = setmetatable({ ws = ws }, Oracle)
  self.env = sqlite.sqlite3()
  self.db = self.env:connect(":memory:")
  self.as_of_day = ws.as_of_day
  self.as_of_us = (ws.as_of_day + 1) * DAY_US - ws.offset * 1000000 - 1
  self.edges = {}
  for _, t in ipairs(ws.all) do self:load(t, t == ws.deals) end
  for _, t in ipairs(ws.all) do self:cut(t, t.time) end
  self:settle_deals()
  for i = 2, #ws.all do self:compute(ws.all[i]) end
  self:compute(ws.deals)
  self:anchors()
  return self
end

function Oracle:compute(t)
  for _, c in ipairs(t.computed) do
    if c.sql then
      self:run(string.format("ALTER TABLE %s ADD COLUMN %s", t.name, c.name))
      self:run(string.format("UPDATE %s SET %s = %s", t.name, c.name, c.sql))
    end
  end
end

function Oracle:close()
  self.db:close()
  self.env:close()
end

-- ---- steps as sets of pairs ------------------------------------------------------------

-- (rid, v) of every non-blank key value of a column.
local function keyed(t, column)
  if column == "ml" then
    return string.format("(SELECT rid, v FROM %s_ml WHERE rid IN (SELECT rid FROM %s))", t.name, t.name)
  end
  return string.format("(SELECT rid, %s AS v FROM %s WHERE %s IS NOT NULL)", column, t.name, column)
end

-- (rid, v) of every composite key.
local function composite(t, keys, side)
  local from, on, v = {}, {}, {}
  for i, k in ipairs(keys) do
    from[i] = string.format("%s a%d", keyed(t, k[side]), i)
    v[i] = string.format("a%d.v", i)
    if i > 1 then on[#on + 1] = string.format("a%d.rid = a1.rid", i) end
  end
  return string.format("(SELECT DISTINCT a1.rid AS rid, %s AS v FROM %s%s)",
    table.concat(v, " || char(31) || "), table.concat(from, ", "),
    #on > 0 and " WHERE " .. table.concat(on, " AND ") or "")
end

local function holds(where, alias)
  if not where then return "1" end
  return "coalesce(" .. where.sql:gsub("%%s", alias) .. ", 0)"
end

local serial = 0
function Oracle:materialise(sql)
  serial = serial + 1
  local name = "x" .. serial
  self:run("CREATE TEMP TABLE " .. name .. " AS " .. sql)
  return name
end

local FOLD = "replace(lower(%s), '-', '')"

function Oracle:step(s)
  local e = {}
  e.here = self:materialise("SELECT rid, v FROM " .. composite(s.from, s.keys, "here"))
  e.there = self:materialise("SELECT rid, v FROM " .. composite(s.to, s.keys, "there"))
  self:run(string.format("CREATE INDEX temp.%s_v ON %s (v)", e.there, e.there))
  e.match = self:materialise(string.format(
    "SELECT DISTINCT h.rid AS f, t.rid AS t FROM %s h JOIN %s t ON t.v = h.v", e.here, e.there))
  e.pass = self:materialise(string.format(
    "SELECT m.f, m.t FROM %s m JOIN %s r ON r.rid = m.t WHERE %s", e.match, s.to.name,
    holds(s.where, "r")))
  -- keys that match nothing but would after folding
  e.near = self:materialise(string.format([[SELECT DISTINCT h.rid AS f, h.v AS v, t.rid AS t
    FROM %s h JOIN %s t ON %s = %s WHERE h.v NOT IN (SELECT v FROM %s)]],
    e.here, e.there, FOLD:format("h.v"), FOLD:format("t.v"), e.there))
  e.near_pass = self:materialise(string.format(
    "SELECT m.f, m.t FROM %s m JOIN %s r ON r.rid = m.t WHERE %s", e.near, s.to.name,
    holds(s.where, "r")))
  return e
end

-- Chains from origins to the records after step k; `near` swaps in the near
-- misses at that step.
local function walk(b, upto, near)
  local sql = { string.format("SELECT DISTINCT o.rid AS o, %s AS d FROM %s o",
    upto == 0 and "o.rid" or "e" .. upto .. ".t", b.origins) }
  for k = 1, upto do
    sql[#sql + 1] = string.format("JOIN %s e%d ON e%d.f = %s", near == k and b.edges[k].near_pass
      or b.edges[k].pass, k, k, k == 1 and "o.rid" or "e" .. (k - 1) .. ".t")
  end
  return table.concat(sql, " ")
end

function Oracle:branch(b)
  local out = { plan = b, edges = {} }
  out.origins = self:materialise(string.format("SELECT rid FROM %s r WHERE %s", b.from.name,
    holds(b.where, "r")))
  for k, s in ipairs(b.steps) do out.edges[k] = self:step(s) end
  out.chains = self:materialise(walk(out, #b.steps))
  return out
end

-- ---- the time check ------------------------------------------------------------------------

local function in_days(ws, m, t)
  if not t.time or m.before == "any" then return t.time == "date" end
  return t.time == "date" or ws[m.before] == "date"
end

local function gap(days, name)
  if days then return string.format("(a.%s_day - r.t_day) * %d", name, DAY_US) end
  return string.format("(a.%s_us - r.t_us)", name)
end

-- Pairs of one branch with: gap to the anchor, gap to the landmark, checked or not.
function Oracle:pairs_of(m, b, chains)
  local t = b.plan.from
  local checked = t.time and m.before ~= "any"
  local days = in_days(self.ws, m, t)
  local early_name = m.before == "closed" and "early" or m.before == "created" and "created" or "mark"
  local early_days = days or self.ws.created == "date"
  local limit = (checked and m.within) and tostring(m.within * DAY_US) or "9e18"
  local now = checked and gap(days, m.before) or "0"
  local early = t.time and gap(early_days, early_name) or "NULL"
  return string.format([[SELECT p.o AS o, p.d AS d, %s AS t_us,
    coalesce(%s >= 0, 0) AS in_order, coalesce(%s BETWEEN 0 AND %s, 0) AS reached,
    coalesce(%s BETWEEN 0 AND %s, 0) AS early FROM %s p JOIN %s r ON r.rid = p.o
    JOIN anchor a ON a.rid = p.d]], t.time and "r.t_us" or "NULL", now, now, limit, early, limit,
    chains, t.name)
end

-- which = "next": of the deals behind an origin, the first at or after it.
function Oracle:only_next(m, b, chains)
  local t = b.plan.from
  local days = in_days(self.ws, m, t)
  return self:materialise(string.format([[SELECT o, d FROM (
    SELECT p.o AS o, p.d AS d, row_number() OVER (PARTITION BY p.o ORDER BY %s, p.d) AS n
    FROM %s p JOIN %s r ON r.rid = p.o JOIN anchor a ON a.rid = p.d WHERE %s >= 0) WHERE n = 1]],
    days and "a." .. m.before .. "_day" or "a." .. m.before .. "_us", chains or b.chains, t.name,
    gap(days, m.before)))
end

-- ---- evidence ----------------------------------------------------------------------------------

local function money(units)
  if units == nil then units = 0 end
  local sign = units < 0 and "-" or ""
  units = math.abs(units)
  local text = string.format("%s%d.%04d", sign, units // 10000, units % 10000)
  return (text:gsub("00$", ""):gsub("(%.%d%d%d)0$", "%1"))
end
Oracle.money = money

-- {deals, amount, unknown_amounts} of the deals in a set.
function Oracle:deals_in(set)
  local r = self:rows(string.format([[SELECT count(*), coalesce(sum(amount), 0),
    coalesce(sum(amount IS NULL), 0) FROM deals WHERE rid IN (%s)]], set))[1]
  return { deals = tonumber(r[1]), amount = money(math.tointeger(tonumber(r[2]))),
    unknown_amounts = tonumber(r[3]) }
end

local function lower_median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

function Oracle:step_evidence(m, b, k, reached)
  local e = b.edges[k]
  local before = "SELECT d FROM (" .. walk(b, k - 1) .. ")"
  local out = {
    ["in"] = self:one("SELECT count(*) FROM (" .. before .. ") ") or 0,
  }
  out["in"] = self:one("SELECT count(DISTINCT d) FROM (" .. walk(b, k - 1) .. ")")
  local function count(of, column)
    return self:one(string.format("SELECT count(DISTINCT %s) FROM %s WHERE %s IN (%s)", column, of, column, before))
  end
  out.with_key = count(e.here, "rid")
  out.matched = count(e.match, "f")
  out.out = self:one("SELECT count(DISTINCT d) FROM (" .. walk(b, k) .. ")")
  out.followed = self:one("SELECT count(DISTINCT o) FROM (" .. walk(b, k) .. ")")
  local fans = {}
  for _, r in ipairs(self:rows(string.format([[SELECT count(DISTINCT t.rid) FROM %s t
    WHERE t.v IN (SELECT v FROM %s WHERE rid IN (%s)) GROUP BY t.v]], e.there, e.here, before))) do
    fans[#fans + 1] = tonumber(r[1])
  end
  if #fans > 0 then
    local not_unique = 0
    for _, n in ipairs(fans) do not_unique = not_unique + (n > 1 and 1 or 0) end
    out.fan_out = { median = lower_median(fans), max = math.max(table.unpack(fans)), keys = #fans }
    out.not_unique = not_unique
  end
  out.near_keys = self:one(string.format("SELECT count(DISTINCT v) FROM %s WHERE f IN (%s)", e.near, before))
  out.near_records = self:one(string.format("SELECT count(DISTINCT f) FROM %s WHERE f IN (%s)", e.near, before))
  local near = self:materialise(walk(b, #b.plan.steps, k))
  if b.plan.steps[#b.plan.steps].next then near = self:only_next(m, b, near) end
  out.near_won = self:deals_in(string.format(
    "SELECT d FROM (%s) WHERE reached AND d IN (SELECT rid FROM deals WHERE status = 'won') AND d NOT IN (%s)",
    self:pairs_of(m, b, near), reached))
  return out
end

function Oracle:last_step(branches, matched, reached)
  local classes = {}
  for i, b in ipairs(branches) do
    local n = #b.plan.steps
    if n == 0 then
      classes[i] = "SELECT rid, 0 AS c FROM deals"
    else
      classes[i] = string.format([[SELECT r.rid AS rid, CASE WHEN NOT %s THEN 0
        WHEN r.rid NOT IN (SELECT rid FROM %s) THEN 1 ELSE 2 END AS c FROM deals r]],
        holds(b.plan.steps[n].where, "r"), b.edges[n].there)
    end
  end
  local r = self:rows(string.format([[SELECT count(*), sum(c = 4), sum(c = 3), sum(c = 2), sum(c = 1), sum(c = 0)
    FROM (SELECT CASE WHEN rid IN (%s) THEN 4 WHEN rid IN (%s) THEN 3 ELSE max(c) END AS c
      FROM (%s) GROUP BY rid) WHERE 1]], reached, matched,
    "SELECT x.rid AS rid, x.c AS c FROM (" .. table.concat(classes, " UNION ALL ") ..
    ") x JOIN deals d ON d.rid = x.rid WHERE d.status = 'won'"))[1]
  local function at(i) return tonumber(r[i]) or 0 end
  return { won = at(1), reached = at(2), out_of_time = at(3), no_match = at(4), blank_key = at(5),
    left_out = at(6) }
end

function Oracle:difference(branches, all)
  local ws = self.ws
  local timed, dates = true, ws.closed == "date"
  local firsts = {}
  for _, b in ipairs(branches) do
    if not b.plan.from.time then
      timed = false
    else
      dates = dates or b.plan.from.time == "date"
      firsts[#firsts + 1] = string.format(
        "SELECT t_us, t_day FROM %s WHERE rid IN (SELECT rid FROM %s) AND t_us IS NOT NULL",
        b.plan.from.name, b.origins)
    end
  end
  local began = "1"
  if timed then
    local f = self:rows(table.concat(firsts, " UNION ALL ") .. " ORDER BY 1 LIMIT 1")[1]
    if f then
      began = dates and "closed_day >= " .. f[2] or "closed_us >= " .. f[1]
    end
  end
  local universe = "status IN ('won','lost') AND " .. began
  local function table22(more, flag)
    local set = string.format("(SELECT d FROM (%s) WHERE %s)", all, flag)
    local r = self:rows(string.format([[SELECT sum(status = 'won' AND rid IN %s), sum(status = 'won' AND rid NOT IN %s),
      sum(status = 'lost' AND rid IN %s), sum(status = 'lost' AND rid NOT IN %s) FROM deals WHERE %s%s]],
      set, set, set, set, universe, more))[1]
    return { won_with = tonumber(r[1]) or 0, won_without = tonumber(r[2]) or 0,
      lost_with = tonumber(r[3]) or 0, lost_without = tonumber(r[4]) or 0 }
  end
  local naive = table22("", "reached")
  if not timed then return { landmark = false, main = naive } end
  local days = ws.closed == "date" or ws.created == "date"
  local still = days and string.format(" AND closed_day >= created_day + %d", LANDMARK)
    or string.format(" AND closed_us >= created_us + %d", LANDMARK * DAY_US)
  return { landmark = true, main = table22(still, "early"), naive = naive }
end

function Oracle:first_to_close(branches, all)
  local days = self.ws.closed == "date"
  local timed = false
  for _, b in ipairs(branches) do
    days = days or b.plan.from.time == "date"
    timed = timed or b.plan.from.time ~= nil
  end
  if not timed then return nil end
  local gaps = {}
  for _, r in ipairs(self:rows(string.format([[SELECT d.closed_us, d.closed_day, min(p.t_us)
    FROM (%s) p JOIN deals d ON d.rid = p.d WHERE p.reached AND d.status = 'won'
    AND d.closed_us IS NOT NULL AND p.t_us IS NOT NULL GROUP BY d.rid]], all))) do
    local first = math.tointeger(tonumber(r[3]))
    if days then
      local day = (first + self.ws.offset * 1000000) // DAY_US
      gaps[#gaps + 1] = (tonumber(r[2]) - day) * 86400
    else
      gaps[#gaps + 1] = (math.tointeger(tonumber(r[1])) - first) // 1000000
    end
  end
  if #gaps == 0 then return nil end
  return { median_seconds = math.tointeger(lower_median(gaps)), deals = #gaps }
end

-- value -> {origins, won, lost, open}; blank is "".
function Oracle:breakdown(m, branches)
  local union, origins = {}, {}
  for _, b in ipairs(branches) do
    local by = m.by
    local chains = b.chains
    if b.plan.steps[#b.plan.steps] and b.plan.steps[#b.plan.steps].next then chains = self:only_next(m, b) end
    local values = by.column == "ml"
      and "(SELECT r.rid AS rid, v.v AS v FROM %s r LEFT JOIN %s_ml v ON v.rid = r.rid)"
      or "(SELECT r.rid AS rid, r.cat AS v FROM %s r)"
    if by.origin then
      local own = values:format(b.plan.from.name, b.plan.from.name)
      union[#union + 1] = string.format("SELECT v.v AS v, p.d AS d FROM (%s) p JOIN %s v ON v.rid = p.o WHERE p.reached",
        self:pairs_of(m, b, chains), own)
      origins[#origins + 1] = string.format(
        "SELECT v.v AS v, '%s' || o.rid AS o FROM %s o JOIN %s v ON v.rid = o.rid", b.plan.from.name, b.origins, own)
    else
      local k
      for i = #b.plan.steps, 1, -1 do
        if b.plan.steps[i].to == by.table then k = i end
      end
      local own = values:format(by.table.name, by.table.name)
      local chain = walk(b, #b.plan.steps):gsub("^SELECT DISTINCT o.rid AS o,",
        "SELECT DISTINCT e" .. k .. ".t AS via, o.rid AS o,")
      local name = self:materialise(chain)
      local chosen = b.plan.steps[#b.plan.steps].next
        and string.format(" AND EXISTS (SELECT 1 FROM %s n WHERE n.o = c.o AND n.d = c.d)", chains) or ""
      union[#union + 1] = string.format([[SELECT v.v AS v, c.d AS d FROM %s c JOIN %s v ON v.rid = c.via
        JOIN (%s) p ON p.o = c.o AND p.d = c.d WHERE p.reached%s]], name, own,
        self:pairs_of(m, b, chains), chosen)
      if chosen == "" then
        origins[#origins + 1] = string.format(
          "SELECT v.v AS v, c.o AS o FROM %s c JOIN %s v ON v.rid = c.via", name, own)
      end
    end
  end
  local out = {}
  local function row(v)
    v = v or ""
    out[v] = out[v] or { origins = 0, won = { 0, 0, 0 }, lost = { 0, 0, 0 }, open = { 0, 0, 0 } }
    return out[v]
  end
  if #origins == 0 then return nil end
  for _, r in ipairs(self:rows("SELECT v, count(DISTINCT o) FROM (" .. table.concat(origins, " UNION ALL ") .. ") GROUP BY v")) do
    row(r[1]).origins = tonumber(r[2])
  end
  for _, r in ipairs(self:rows([[SELECT p.v, d.status, count(*), coalesce(sum(d.amount), 0), sum(d.amount IS NULL)
    FROM (SELECT DISTINCT v, d FROM (]] .. table.concat(union, " UNION ALL ") ..
    ")) p JOIN deals d ON d.rid = p.d GROUP BY p.v, d.status")) do
    row(r[1])[r[2]] = { tonumber(r[3]), math.tointeger(tonumber(r[4])), tonumber(r[5]) }
  end
  return out
end

function Oracle:metric(m)
  local branches, all, origins, passed = {}, {}, {}, {}
  for i, b in ipairs(m.branches) do
    branches[i] = self:branch(b)
    local chains = branches[i].chains
    if #b.steps > 0 and b.steps[#b.steps].next then chains = self:only_next(m, branches[i]) end
    all[i] = self:pairs_of(m, branches[i], chains)
    passed[i] = self:pairs_of(m, branches[i], branches[i].chains)
    origins[i] = string.format("SELECT '%s' || rid AS o FROM %s", b.from.name, branches[i].origins)
  end
  local union = self:materialise(table.concat(all, " UNION ALL "))
  all = "SELECT * FROM " .. union
  -- which = "next" reaches one deal, but all of them match
  local every = self:materialise(table.concat(passed, " UNION ALL "))
  local out = { deals = {}, branches = {} }
  out.origins = self:one("SELECT count(DISTINCT o) FROM (" .. table.concat(origins, " UNION ALL ") .. ")")
  for _, status in ipairs { "won", "lost", "open" } do
    local of = {}
    for name, flag in pairs { matched = "1", in_order = "in_order", reached = "reached" } do
      of[name] = self:deals_in(string.format(
        "SELECT d FROM %s WHERE %s AND d IN (SELECT rid FROM deals WHERE status = '%s')",
        name == "reached" and union or every, flag, status))
    end
    out.deals[status] = of
  end
  local matched = "SELECT d FROM " .. every
  local reached = "SELECT d FROM " .. union .. " WHERE reached"
  for i, b in ipairs(branches) do
    local steps = {}
    for k = 1, #b.plan.steps do steps[k] = self:step_evidence(m, b, k, reached) end
    out.branches[i] = { steps = steps, origins = self:one("SELECT count(*) FROM " .. b.origins) }
  end
  out.last_step = self:last_step(branches, matched, reached)
  out.difference = self:difference(branches, all)
  out.first_to_close = self:first_to_close(branches, all)
  if m.by then out.by = self:breakdown(m, branches) end
  return out
end

return Oracle
