-- The demo's exports in a SQLite database, read without plumbline: what
-- demo_test.lua recomputes its expected numbers from. Everything here (CSV,
-- JSON, summer time, rates) is written a second time on purpose.
local cjson = require "cjson"
local sqlite = require "luasql.sqlite3"

local books = {}

-- ---- reading -------------------------------------------------------------------

function books.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- One record after the other as a table by column name. Quoted cells may hold
-- delimiters and doubled quotes; the demo writes no line ends in cells.
local function split(line, delimiter)
  local cells, at = {}, 1
  while true do
    if line:sub(at, at) == '"' then
      local from, cell = at + 1, ""
      while true do
        local stop = line:find('"', from, true)
        cell = cell .. line:sub(from, stop - 1)
        at = stop + 1
        if line:sub(at, at) ~= '"' then break end
        cell, from = cell .. '"', at + 1
      end
      cells[#cells + 1] = cell
    else
      local stop = line:find(delimiter, at, true) or #line + 1
      cells[#cells + 1] = line:sub(at, stop - 1)
      at = stop
    end
    if at > #line then return cells end
    at = at + 1
    if at > #line then
      cells[#cells + 1] = ""
      return cells
    end
  end
end

function books.sheet(path, delimiter)
  local header, rows = nil, {}
  for line in books.read(path):gsub("^\239\187\191", ""):gmatch "([^\r\n]+)\r?\n" do
    local cells = split(line, delimiter or ",")
    if header then
      local row = {}
      for i, name in ipairs(header) do row[name] = cells[i] end
      assert(#cells == #header, path .. ": " .. line)
      rows[#rows + 1] = row
    else
      header = cells
    end
  end
  return rows
end

function books.lines(path)
  local rows = {}
  for line in books.read(path):gmatch "[^\n]+" do rows[#rows + 1] = cjson.decode(line) end
  return rows
end

-- ---- time ------------------------------------------------------------------------

-- Days since 1970 by the Julian day number (Fliegel and Van Flandern 1968).
local function day_of(y, m, d)
  local a = (14 - m) // 12
  local yy, mm = y + 4800 - a, m + 12 * a - 3
  return d + (153 * mm + 2) // 5 + 365 * yy + yy // 4 - yy // 100 + yy // 400 - 32045 - 2440588
end

local function summer(day) -- by local days: nothing in the demo happens at night
  local y = 1970 + day // 365
  if day < day_of(y, 1, 1) then y = y - 1 end
  local march, october = day_of(y, 3, 31), day_of(y, 10, 31)
  march, october = march - (march + 4) % 7, october - (october + 4) % 7
  return day >= march and day < october
end

local function at(y, m, d, hh, mm, ss)
  local day = day_of(y, m, d)
  return day * 86400 + hh * 3600 + mm * 60 + ss - (summer(day) and 7200 or 3600), day
end

local function numbers(text, pattern)
  local out = { text:match(pattern) }
  assert(out[1], text)
  for i, n in ipairs(out) do out[i] = tonumber(n) end
  return table.unpack(out)
end

-- Each reader gives seconds (nil for a date) and the day in Berlin.
local function berlin(t)
  local day = (t + 3600) // 86400
  if summer(day) then day = (t + 7200) // 86400 end
  return t, day
end
function books.minute(text)
  local y, m, d, hh, mm = numbers(text, "^(%d+)-(%d+)-(%d+) (%d+):(%d+)$")
  return at(y, m, d, hh, mm, 0)
end
function books.second(text) return at(numbers(text, "^(%d+)-(%d+)-(%d+) (%d+):(%d+):(%d+)$")) end
function books.american(text)
  local m, d, y, hh, mm, ss = numbers(text, "^(%d+)/(%d+)/(%d+) (%d+):(%d+):(%d+)$")
  return at(y, m, d, hh, mm, ss)
end
function books.utc(text)
  local y, m, d, hh, mm, ss = numbers(text, "^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)Z$")
  return berlin(day_of(y, m, d) * 86400 + hh * 3600 + mm * 60 + ss)
end
function books.epoch(number) return berlin(math.tointeger(number)) end
-- Milliseconds: whole seconds are enough where no limit is cut that fine.
function books.epoch_ms(text) return berlin(math.tointeger(tonumber(text)) // 1000) end
function books.date(text)
  if text == "" then return nil, nil end
  return nil, day_of(numbers(text, "^(%d+)-(%d+)-(%d+)$"))
end
function books.german(text)
  local d, m, y = numbers(text, "^(%d+)%.(%d+)%.(%d+)$")
  return nil, day_of(y, m, d)
end

-- ---- money ------------------------------------------------------------------------

-- A decimal text as a whole number of 1/10,000.
function books.units(text)
  local sign, whole, part = text:match "^(-?)(%d+)%.?(%d*)$"
  assert(whole and #part <= 4, text)
  local n = math.tointeger(tonumber(whole .. part .. ("0"):rep(4 - #part)))
  return sign == "-" and -n or n
end

-- amount × rate, both in 1/10,000, rounded half to even.
local function convert(amount, rate)
  local product, base = amount * rate, 10000
  local low, rest = product // base, product % base
  if rest * 2 > base or (rest * 2 == base and low % 2 == 1) then low = low + 1 end
  return low
end

-- ---- the database --------------------------------------------------------------------

local function quote(value)
  if value == nil then return "NULL" end
  if type(value) == "number" then return string.format("%d", value) end
  return "'" .. value:gsub("'", "''") .. "'"
end

local Books = {}
Books.__index = Books

function Books:run(sql) return assert(self.connection:execute(sql)) end

-- fill("t", "a,b", rows, function(row) return a, b end, 2)
function Books:fill(name, columns, rows, pick)
  self:run("CREATE TABLE " .. name .. "(" .. columns .. ")")
  local _, commas = columns:gsub(",", "")
  local n, batch = commas + 1, {}
  local function flush()
    if #batch > 0 then self:run("INSERT INTO " .. name .. " VALUES " .. table.concat(batch,
      ",")) end
    batch = {}
  end
  for _, row in ipairs(rows) do
    local cells = table.pack(pick(row))
    for i = 1, n do cells[i] = quote(cells[i]) end
    batch[#batch + 1] = "(" .. table.concat(cells, ",", 1, n) .. ")"
    if #batch == 400 then flush() end
  end
  flush()
end

-- All rows of a query, each a list of texts.
function Books:rows(sql)
  local cursor, out = self:run(sql), {}
  while true do
    local row = cursor:fetch({}, "n")
    if not row then break end
    out[#out + 1] = row
  end
  cursor:close()
  return out
end

function Books:one(sql) return table.unpack(self:rows(sql)[1]) end

-- One row of whole numbers, none of them NULL.
function Books:counts(sql)
  local row = self:rows("SELECT " .. sql)[1]
  for i, n in ipairs(row) do row[i] = math.tointeger(tonumber(n)) end
  return table.unpack(row)
end

local STATUS = { ["Closed Won"] = "won", ["Closed Lost"] = "lost",
  ["Closed Lost - No Decision"] = "lost",
  Duplicate = "ignored", Test = "ignored" }

local function load_deals(self, dir)
  local rates = {}
  for _, r in ipairs(books.sheet(dir .. "/exports/finance/rates_by_month.csv")) do
    rates[r.currency .. r.valid_from] = books.units(r.eur_per_unit)
  end
  local deals, contacts = {}, {}
  for _, r in ipairs(books.sheet(dir .. "/exports/crm/deals.csv")) do
    local status = STATUS[r["Deal Stage"]] or "open"
    if status ~= "ignored" then
      local close, close_day = books.minute(r["Close Date"])
      -- an open deal has not closed, whatever date somebody expects
      if status == "open" then close, close_day = at(2026, 6, 30, 23, 59, 59) end
      local eur = r.Amount ~= "" and books.units(r.Amount) or nil
      if eur and r.Currency ~= "EUR" and status ~= "open" then
        eur = convert(eur, rates[r.Currency .. r["Close Date"]:sub(1, 8) .. "01"])
      end
      local created, created_day = books.minute(r["Create Date"])
      deals[#deals + 1] = { r["Record ID"], status, eur, created, created_day, close, close_day,
        r["Associated Company IDs"] }
      for id in r["Associated Contact IDs"]:gmatch "[^;]+" do
        contacts[#contacts + 1] = { r["Record ID"], id }
      end
    end
  end
  self:fill("deals",
    "id,status,eur INTEGER,created INTEGER,created_day INTEGER," ..
      "close INTEGER,close_day INTEGER,company",
    deals, table.unpack)
  self:fill("deal_contacts", "deal,contact", contacts, table.unpack)
end

local function load_contacts(self, dir)
  local rows, visitors = books.sheet(dir .. "/exports/crm/contacts.csv"), {}
  for _, r in ipairs(rows) do
    for id in r["Website Visitor IDs"]:gmatch "[^;]+" do
      visitors[#visitors + 1] = { r["Record ID"], id }
    end
  end
  self:fill("contacts", "id,email,badge,qualified_day INTEGER", rows, function(r)
    local _, day = books.date(r["Became a Marketing Qualified Lead Date"])
    return r["Record ID"], r.Email, r["Event Badge ID"], day
  end)
  self:fill("visitors", "contact,visitor", visitors, table.unpack)
end

-- One table per export: t (seconds, NULL for a date), day, and what rules use.
local function load_touches(self, dir)
  local function csv(name, columns, path, pick, delimiter)
    self:fill(name, columns, books.sheet(dir .. "/exports/" .. path, delimiter), pick)
  end
  local function add(reader, column, ...)
    local names = { ... }
    return function(r)
      local t, day = reader(r[column])
      local out = { t, day }
      for i, name in ipairs(names) do out[i + 2] = r[name] end
      return table.unpack(out, 1, #names + 2)
    end
  end
  for _, year in ipairs { 2024, 2025, 2026 } do
    csv("sessions_" .. year, "t INTEGER,day INTEGER,id,client,medium,pages,source",
      "web/sessions_" .. year .. ".csv", add(books.utc, "session_start", "session_id", "client_id",
        "medium", "page_views", "source"))
  end
  self:run [[CREATE TABLE sessions AS SELECT * FROM sessions_2024 UNION SELECT * FROM sessions_2025
    UNION SELECT * FROM sessions_2026]]
  csv("page_views", "t INTEGER,day INTEGER,client,path", "web/page_views.csv", function(r)
    local t, day = books.epoch_ms(r.event_timestamp)
    return t, day, r.client_id, r.page_location:match "^https://[^/]+([^?]*)"
  end)
  self:fill("email_events", "t INTEGER,day INTEGER,event,email,campaign",
    books.lines(dir .. "/exports/email/email_events.ndjson"), function(r)
      local t, day = books.epoch(r.timestamp)
      return t, day, r.event, r.email, r.campaign_id
    end)
  csv("subscribers", "t INTEGER,day INTEGER,email", "email/subscribers.tsv",
    add(books.second, "OPTIN_TIME", "Email Address"), "\t")
  self:fill("content", "id,path,category,day INTEGER",
    cjson.decode(books.read(dir .. "/exports/content/inventory.json")),
    function(r)
      local _, day = books.date(r.published)
      return r.id, r.url:match "^https://[^/]+(.*)", r.category, day
    end)
  csv("production", "t INTEGER,day INTEGER,content,due,finished", "content/production.csv",
    add(books.date, "Started", "Content ID", "Due date", "Finished"))
  csv("downloads", "t INTEGER,day INTEGER,asset,email", "content/downloads.csv",
    add(books.second, "Downloaded at", "Asset", "Email"))
  csv("shared", "t INTEGER,day INTEGER,deal,content,opened", "sales/content_shared.csv",
    add(books.minute, "Sent on", "Deal ID", "Content ID", "Opened by buyer"))
  csv("feedback", "t INTEGER,day INTEGER,deal,useful", "sales/content_feedback.csv",
    add(books.date, "Date", "Deal ID", "Useful"))
  csv("demos", "t INTEGER,day INTEGER,email", "sales/demos.csv",
    add(books.minute, "Requested at", "Email"))
  csv("calls", "t INTEGER,day INTEGER,id,deal", "sales/calls.csv",
    add(books.minute, "Call date", "Call ID", "Associated Deal ID"))
  csv("questions", "t INTEGER,day INTEGER,call", "sales/prospect_questions.csv",
    add(books.date, "Heard on", "Call ID"))
  csv("referrals", "t INTEGER,day INTEGER,company", "sales/referrals.csv",
    add(books.date, "Referred on", "Referred company"))
  csv("attendees", "t INTEGER,day INTEGER,email", "events/attendees.csv", function(r)
    local t, day = books.german(r["Event date"])
    return t, day, r.Email:lower()
  end, ";")
  csv("badges", "t INTEGER,day INTEGER,badge", "events/badge_scans.csv",
    add(books.second, "Scanned at", "Badge ID"))
  csv("webinars", "t INTEGER,day INTEGER,webinar,email", "events/webinar_attendees.csv",
    add(books.second, "Joined at", "Webinar", "Email"))
  csv("recordings", "t INTEGER,day INTEGER,email,percent INTEGER", "events/webinar_recordings.csv",
    add(books.second, "Watched at", "Viewer email", "Percent watched"))
  csv("booth", "t INTEGER,day INTEGER,email", "events/booth_visits.csv",
    add(books.minute, "Visited at", "Email"))
  csv("nps", "t INTEGER,day INTEGER,email", "survey/nps_responses.csv",
    add(books.american, "End Date", "Email Address"))
  self:fill("tickets", "t INTEGER,day INTEGER,email",
    books.lines(dir .. "/exports/support/tickets.ndjson"), function(r)
    local t, day = books.utc(r.created_at)
    return t, day, r.requester.email
  end)
  csv("trials", "t INTEGER,day INTEGER,company", "product/trial_onboarding.csv",
    add(books.date, "Checklist finished", "Company ID"))
  csv("refs", "t INTEGER,day INTEGER,id", "customers/reference_customers.csv",
    add(books.date, "Agreed on", "Reference ID"))
  csv("ref_calls", "ref,deal", "customers/reference_calls.csv",
    function(r) return r["Reference ID"], r["Deal ID"] end)
end

function books.open(dir)
  local self = setmetatable({ environment = sqlite.sqlite3() }, Books)
  self.connection = assert(self.environment:connect ":memory:")
  load_deals(self, dir)
  load_contacts(self, dir)
  load_touches(self, dir)
  for _, index in ipairs { "visitors(visitor)", "contacts(email)", "deal_contacts(contact)",
    "deals(id)", "deals(company)",
    "page_views(path)", "shared(content)", "email_events(campaign)", "calls(id)" } do
    self:run("CREATE INDEX " .. index:gsub("[()]", "_") .. " ON " .. index)
  end
  -- the two ways from a touch to a deal that most metrics take
  self:run [[CREATE TABLE by_visitor AS SELECT visitor,
    deal FROM visitors JOIN deal_contacts USING (contact)]]
  self:run [[CREATE TABLE by_email AS SELECT email,
    deal FROM contacts c JOIN deal_contacts d ON d.contact = c.id]]
  self:run "CREATE INDEX by_visitor_i ON by_visitor(visitor)"
  self:run "CREATE INDEX by_email_i ON by_email(email)"
  return self
end

function Books:close()
  self.connection:close()
  self.environment:close()
end

-- What a metric reaches, from a query that gives pairs (deal, t, day) and one
-- that gives all origins (t, day). Dates are compared as days, moments as
-- seconds; `days` is the window. The comparison of won and lost looks at each
-- deal as it was 30 days after its creation: what had been met by then, in a
-- window that ends then (design.md 4.3, "landmark").
local GAP = "CASE WHEN p.t IS NULL THEN 86400 * (%s - p.day) ELSE %s - p.t END"

function Books:meet(pairs_sql, days)
  local gap = GAP:format("d.close_day", "d.close")
  local early = GAP:format("min(d.created_day + 30, d.close_day)",
    "min(d.created + 30 * 86400, d.close)")
  local window = "coalesce(max(%s BETWEEN 0 AND " .. days * 86400 .. "), 0)"
  self:run "DROP TABLE IF EXISTS pairs"
  self:run("CREATE TEMP TABLE pairs AS SELECT DISTINCT * FROM (" .. pairs_sql .. ")")
  self:run "DROP TABLE IF EXISTS met"
  self:run("CREATE TEMP TABLE met AS SELECT d.*, " .. window:format(gap) ..
    " AS reached, coalesce(max(" .. gap ..
    " >= 0), 0) AS in_order, " .. window:format(early) ..
    " AS early FROM pairs p JOIN deals d ON d.id = p.deal GROUP BY d.id")
end

function Books:reach(pairs_sql, origins_sql, days)
  self:meet(pairs_sql, days)
  local out = {}
  for _, status in ipairs { "won", "lost", "open" } do
    local n, sum, unknown, in_order, matched = self:counts([[total(reached),
      coalesce(sum(CASE WHEN reached THEN eur END), 0),
      total(reached AND eur IS NULL), total(in_order),
        count(*) FROM met WHERE status = ']] .. status .. "'")
    out[status] = { deals = n, eur = sum, unknown = unknown, in_order = in_order,
      matched = matched }
  end
  local t, day = self:counts("coalesce(min(t), -1), coalesce(min(day), 0) FROM (" .. origins_sql ..
    ")")
  local since = t >= 0 and "d.close >= " .. t or "d.close_day >= " .. day
  local a, b, c, e = self:counts([[total(d.status = 'won' AND coalesce(m.early, 0)),
    total(d.status = 'won' AND NOT coalesce(m.early, 0)),
    total(d.status = 'lost' AND coalesce(m.early, 0)),
      total(d.status = 'lost' AND NOT coalesce(m.early, 0))
    FROM deals d LEFT JOIN met m ON m.id = d.id
    WHERE d.status <> 'open' AND d.close >= d.created + 30 * 86400 AND ]] .. since)
  out.table = { won_with = a, won_without = b, lost_with = c, lost_without = e }
  return out
end

return books
