-- What the columns of a table are for: which one tells records apart, which says
-- when. The values must allow it; the names only choose among what they allow.
local names = require "plumbline.init.names"
local source = require "plumbline.init.source"

local roles = {}

local NAME_MOST = 256

local function usable(c) return #c.name <= NAME_MOST and c.kind ~= "empty" end

-- The header of a canonical name of the profile.
function roles.header(plan, canonical)
  local match = plan.t.profile
  for _, c in ipairs(match and match.columns or {}) do
    if c.name == canonical then return not c.second and c.header or nil end
  end
end

-- The header that the profile gives a role, and the format it declares.
local function given(plan, role)
  local said = plan.known[role]
  local column = type(said) == "table" and said.column or said
  return type(column) == "string" and roles.header(plan, column) or nil, type(said) == "table" and said.format or nil
end

-- ---- one column for a role ----------------------------------------------------------------

local function best(t, allowed, entries, least)
  local found, points = nil, least - 1
  for _, c in ipairs(t.columns) do
    local score = usable(c) and allowed(c) and names.score(c.name, entries) or -1
    if score > points then found, points = c.name, score end
  end
  return found
end

local function is_time(c) return c.kind == "time" and source.is_sound(c) and c.values > 0 end
local function is_number(c) return c.kind == "number" and source.is_sound(c) and not c.percent end

function roles.time(t, entries, not_this)
  return best(t, function(c) return is_time(c) and c.name ~= not_this and c.values * 2 >= c.blank end, entries, 1)
end

-- The only time of a table, whatever its name, unless that speaks against it.
local function only_time(t)
  local found, n = nil, 0
  for _, c in ipairs(t.columns) do
    if usable(c) and is_time(c) then found, n = c.name, n + 1 end
  end
  return n == 1 and names.score(found, names.times) >= 0 and found or nil
end

-- Seconds or milliseconds since 1970: whole numbers of that size under a name that
-- says time. Gives the column and the format.
local function epoch(t)
  for _, c in ipairs(t.columns) do
    local low, high = tonumber(c.kind == "number" and c.least or nil), tonumber(c.most or nil)
    local named = names.has(c.name, { "timestamp", "time", "date", "at", "created", "ts" })
    if usable(c) and named and low and high then
      if low >= 1e8 and high < 1e10 then return c.name, "epoch" end
      if low >= 1e11 and high < 1e13 then return c.name, "epoch_ms" end
    end
  end
end

local function find_time(plan)
  local t = plan.t
  plan.time = roles.time(t, names.times) or only_time(t)
  if plan.time then return end
  local header, format = epoch(t)
  if not header then return end
  plan.time, plan.epochs = header, { [header] = format }
  plan.time_notes = { ("check: these numbers are read as %s since 1970"):format(
    format == "epoch" and "seconds" or "milliseconds") }
end

function roles.number(t, entries, least) return best(t, is_number, entries, least) end

-- A time that would serve but can be read in two ways.
function roles.unsettled(t, entries)
  return best(t, function(c) return c.kind == "time" and c.ambiguous ~= nil end, entries, 1)
end

-- A number that would serve but can be read in two ways.
function roles.unsettled_number(t, entries, least)
  return best(t, function(c) return c.ambiguous ~= nil and c.ambiguous.number end, entries, least)
end

-- ---- the identity -----------------------------------------------------------------------------

local own = { ["record id"] = true, id = true, ["unique id"] = true, ["respondent id"] = true, uuid = true }
local people = { "contacts", "contact", "subscribers", "customers", "users", "people", "members", "leads", "audience" }

-- Does the name say that the value belongs to a record of another table?
local function is_foreign(header, plan, plans)
  if names.of_table(header, plan.name) then return false end
  for _, other in ipairs(plans) do
    if other ~= plan and names.of_table(header, other.name) then return true end
  end
  return names.of_table(header, "deals") or names.of_table(header, "contacts") or names.of_table(header, "companies")
end

-- A column whose values never repeat, and whose name says that they will not: an id
-- of this table's own. One that is unique by chance would break with the next export.
function roles.key(plan, plans)
  for i, c in ipairs(plan.t.columns) do
    local spaced = names.spaced(c.name):sub(2, -2)
    local may = usable(c) and c.unique and c.blank == 0 and c.kind ~= "time" and not c.numbers and not c.percent
      and c.values > 1 and names.is_id(c.name)
    local mail = names.has(c.name, { "email", "emails", "mail" })
    local fits = own[spaced] or names.of_table(c.name, plan.name)
      or mail and names.has(plan.name, people)
      or not mail and i == 1 and not is_foreign(c.name, plan, plans)
    if may and fits then return c.name end
  end
end

-- A key that is one in the first file of several, and repeats in the others: they are
-- exports of the same records at different times. Gives it, and the time of the last
-- change, if there is one.
local function repeated_key(plan)
  local key, changed
  for _, c in ipairs(plan.t.columns) do
    local spaced = names.spaced(c.name):sub(2, -2)
    local id = usable(c) and c.unique_first and not c.unique and c.kind ~= "time" and not c.numbers and not c.percent
    if not key and id and c.blank == 0 and (own[spaced] or names.is_id(c.name) and names.of_table(c.name, plan.name)) then
      key = c.name
    end
    local says = is_time(c) and c.blank == 0 and names.has(c.name, names.changed)
    changed = changed or says and c.name or nil
  end
  return key, changed
end

-- ---- the profile ---------------------------------------------------------------------------------

-- Can the profile be named as it is? Not where a column that it uses can be read
-- in two ways, or a key of it repeats: then everything is said one by one.
local function profile_serves(plan)
  local known, match = plan.known, plan.t.profile
  if not known or not match.fits then return false end
  for _, role in ipairs { "time", "closed", "created", "amount" } do
    local header, format = given(plan, role)
    local c = header and source.column(plan.t, header)
    if c and not format and not source.is_sound(c) then return false, header end
  end
  for _, name in ipairs(known.key or {}) do
    local header = roles.header(plan, name)
    local c = header and source.column(plan.t, header)
    if not c then return false, name end
    if #known.key == 1 and not c.unique and c.values > 0 then return false, header end
  end
  return true
end

local function take_profile(plan)
  local known = plan.known
  plan.called = {}
  for _, c in ipairs(plan.t.profile.columns) do
    if c.header and not c.second then plan.called[c.header] = c.name end
  end
  plan.lists = {}
  for _, list in ipairs(known.lists or {}) do
    local header = roles.header(plan, list.column)
    if header then plan.lists[header] = list.separator end
  end
  plan.given, plan.formats = { lists = {} }, {}
  for header in pairs(plan.lists) do plan.given.lists[header] = true end
  for _, role in ipairs { "time", "closed", "created", "amount", "currency" } do
    plan[role], plan.formats[role] = given(plan, role)
    plan.given[role] = plan[role]
  end
  if known.key then
    plan.key = #known.key == 1 and roles.header(plan, known.key[1]) or nil
    plan.given.key = true
  end
end

-- Says everything one by one, under the file's own names.
function roles.drop_profile(plan)
  plan.profile, plan.called, plan.formats = nil, nil, nil
  plan.given = {}
end

-- Once all tables have names.
function roles.add_keys(plans)
  for _, plan in ipairs(plans) do
    if not plan.given.key then plan.key = roles.key(plan, plans) end
    if not plan.key and #plan.files > 1 then plan.repeats, plan.changed = repeated_key(plan) end
  end
end

-- A plan for a table: {t, known, files, name, key, time, lists, …}; headers as they
-- stand in the file.
function roles.plan(t, known, files)
  local plan = { t = t, known = known or nil, files = files, lists = {}, computed = {}, given = {} }
  local serves, why = profile_serves(plan)
  if serves then
    take_profile(plan)
    plan.profile = known.name
  else
    plan.unfit = why
  end
  plan.aggregate = known and known.aggregate or false
  local holds_deals = known and known.deals
  if not plan.time and not holds_deals then find_time(plan) end
  return plan
end

return roles
