-- What a profile file may say, and what a source takes from a profile. A profile
-- is data: the columns of a tool's export under the names it is known by, and
-- defaults for the source that uses it. Its file sees the names below and nothing
-- else of what audit.lua and rules see.
local P = ...
local type, pairs, rawget, rawset, setmetatable = type, pairs, rawget, rawset, setmetatable
local find, lower, gsub, sub, concat, globals = string.find, string.lower, string.gsub, string.sub, table.concat, _G

local MAX_COLUMNS = 4096

-- Names are compared without letter case and surrounding blanks, as headers are.
local function fold(name)
  return lower((gsub(gsub(gsub(name, "^%s+", ""), "%s+$", ""), "%s+", " ")))
end

-- ---- fields ---------------------------------------------------------------------------------

local function flag(value, what)
  if type(value) ~= "boolean" then P.wrong(what, "true or false", value) end
  return value
end

local function aliases(value, what)
  if type(value) == "string" then value = { value } end
  if not P.is_plain(value) then P.wrong(what, 'a list of other names { "…", "…" }', value) end
  local out = {}
  for i, name in pairs(value) do
    if i ~= #out + 1 then P.fail(what .. " must be a plain list, and has " .. P.shown(i)) end
    out[i] = P.name(name, what .. " " .. i)
  end
  return out
end

-- { ["Close Date"] = { "Closing date" }, "Amount" }: the others have no other name
local function columns(value, what)
  if not P.is_plain(value) then P.wrong(what, 'a table { ["Close Date"] = { "other name" }, "Amount" }', value) end
  local out, seen = {}, {}
  local function claim(text, name)
    local folded = fold(text)
    if seen[folded] and seen[folded] ~= name then
      P.fail(what .. ': "' .. text .. '" stands for both "' .. seen[folded] .. '" and "' .. name .. '"',
        "a header can mean one column only")
    end
    seen[folded] = name
  end
  for key, item in pairs(value) do
    local name = type(key) == "number" and item or key
    P.name(name, what .. ": a column")
    if #out >= MAX_COLUMNS then P.fail(what .. " has more than 4,096 columns") end
    if seen[fold(name)] == name then P.fail(what .. ' names "' .. name .. '" twice') end
    local list = type(key) == "number" and {} or aliases(item, what .. ': "' .. name .. '"')
    claim(name, name)
    for i = 1, #list do claim(list[i], name) end
    out[#out + 1] = { name = name, aliases = list }
  end
  if #out == 0 then P.fail(what .. " is empty", 'columns = { "Record ID", ["Amount"] = { "Deal amount" } }') end
  P.sort(out, function(a, b) return a.name < b.name end)
  return out
end

local meanings = P.status_meanings

local function status(value, what)
  if type(value) == "string" then return { column = P.name(value, what) } end
  local spec = { column = P.name }
  for i = 1, #meanings do
    spec[meanings[i]] = function(given, of)
      return P.is_others(given) and given or P.list_of(P.cell)(given, of)
    end
  end
  local out = P.fields(what, value, spec, 1)
  out.column = out.column or (value[1] ~= nil and P.name(value[1], what .. ": the column")) or nil
  if not out.column then P.fail(what .. " names no column", 'status = { column = "Stage", won = { "Closed Won" } }') end
  P.status_values(out, { values = {} }, what) -- a value under two meanings
  return out
end

local metric_fields = { name = P.name, title = P.name, question = P.text, definition = P.text, by = P.name,
  unit = P.name }

local function metrics(value, what)
  if not P.is_plain(value) then P.wrong(what, "a list { { name = \"…\", title = \"…\" } }", value) end
  local out, seen = {}, {}
  for i, item in pairs(value) do
    if i ~= #out + 1 then P.fail(what .. " must be a plain list, and has " .. P.shown(i)) end
    local of = what .. " " .. i
    local f = P.fields(of, item, metric_fields)
    if not f.name or not find(f.name, "^[a-z][a-z0-9_]*$") then
      P.fail(of .. " needs a name of a-z, 0-9 and _, that begins with a letter", 'name = "landing_pages"')
    end
    if seen[f.name] then P.fail(what .. ' names "' .. f.name .. '" twice') end
    seen[f.name] = true
    if not f.title then P.fail(of .. " has no title", 'title = "Landing pages"') end
    out[i] = f
  end
  return out
end

local join_fields = { here = P.name, there = P.name, profile = P.name }

local function joins(value, what)
  if not P.is_plain(value) then
    P.wrong(what, 'a list { { here = "Deal IDs", profile = "crm_deals", there = "Record ID" } }', value)
  end
  local out = {}
  for i, item in pairs(value) do
    if i ~= #out + 1 then P.fail(what .. " must be a plain list, and has " .. P.shown(i)) end
    local f = P.fields(what .. " " .. i, item, join_fields)
    for name in pairs(join_fields) do
      if not f[name] then P.fail(what .. " " .. i .. " has no " .. name) end
    end
    out[i] = f
  end
  return out
end

-- What a source takes over; the rest describes the export.
local time = P.source_fields.time
local defaults = { key = P.list_of(P.name, 8), closed = time, created = time, amount = P.name,
  currency = P.name, status = status }
for name, check in pairs(P.source_fields) do defaults[name] = defaults[name] or check end
-- These are for one audit, not for every export of a tool.
for _, name in pairs { "profile", "names", "columns", "duplicates", "fresh" } do defaults[name] = nil end

local profile_fields = { title = P.name, made_by = P.name, seen = P.text, columns = columns,
  required = P.list_of(P.name, 1000), aggregate = flag, deals = flag, department = P.name,
  metrics = metrics, joins = joins }
local spec = {}
for name, check in pairs(defaults) do spec[name] = check end
for name, check in pairs(profile_fields) do spec[name] = check end
P.profile_fields, P.profile_defaults = profile_fields, defaults

-- ---- checking what fields say of each other ----------------------------------------------------

local function check_columns(out, what)
  local names, known = {}, {}
  for i = 1, #out.columns do
    names[i] = out.columns[i].name
    known[names[i]] = true
  end
  local function check(field, name)
    if name == nil or known[name] then return end
    P.fail(what .. ": " .. field .. ' names "' .. name .. '", which is not under columns',
      P.did_you_mean(name, names) or "write the canonical name, not an alias")
  end
  for i = 1, #(out.required or {}) do check("required", out.required[i]) end
  for i = 1, #(out.key or {}) do check("key", out.key[i]) end
  for i = 1, type(out.numbers) == "table" and #out.numbers or 0 do check("numbers", out.numbers[i].column) end
  for _, field in pairs { "time", "closed", "created" } do check(field, out[field] and out[field].column) end
  check("amount", out.amount)
  check("currency", out.currency)
  check("status", out.status and out.status.column)
  for _, field in pairs { "lists", "formats", "where" } do
    for i = 1, #(out[field] or {}) do check(field, out[field][i].column) end
  end
  for i = 1, #(out.joins or {}) do check("joins", out.joins[i].here) end
  for i = 1, #(out.metrics or {}) do check("metrics", out.metrics[i].by) end
end

local function has_function(condition)
  return condition.kind == "call" or (condition.child and has_function(condition.child)) or false
end

-- A key or a filter that may be missing would make two exports of one kind mean
-- different things.
local function check_needed(out, what)
  local required = {}
  for i = 1, #out.required do required[out.required[i]] = true end
  local function check(field, name)
    if required[name] then return end
    P.fail(what .. ": " .. field .. ' rests on "' .. name .. '", which is not required',
      'add it to required, or take it out of ' .. field)
  end
  for i = 1, #(out.key or {}) do check("key", out.key[i]) end
  if out.status then check("status", out.status.column) end
  for i = 1, type(out.numbers) == "table" and #out.numbers or 0 do check("numbers", out.numbers[i].column) end
  for i = 1, #(out.where or {}) do
    check("where", out.where[i].column)
    if has_function(out.where[i]) then
      P.fail(what .. ": where holds a function", "a profile is data; write plain conditions")
    end
  end
end

local function check_roles(out, what)
  if out.deals and not out.status then
    P.fail(what .. " may serve as deals but names no status", 'status = { column = "Stage", won = { "Closed Won" } }')
  end
  if out.aggregate and (out.deals or out.key or out.joins) then
    P.fail(what .. " is aggregate, so it has no key, no joins and no deals",
      "sums per page or per day are about no single person or deal")
  end
end

-- ---- one file ---------------------------------------------------------------------------------

local reading -- { name, file, found }

local example = 'profile "name" { title = "…", columns = { … }, required = { … } }'

local function profile(name)
  local file, line = P.place()
  P.name(name, "profile")
  if not reading then P.fail("profile belongs in a file of the folder profiles") end
  if reading.found then
    P.fail("a file holds one profile; the first is on line " .. reading.found.line,
      "move the other into a file of its own")
  end
  if name ~= reading.name then
    P.fail(file .. ' holds the profile "' .. name .. '"; the file and the profile have one name',
      'write profile "' .. reading.name .. '", or name the file ' .. sub(name, 1, 100) .. ".lua")
  end
  local out = { name = name, file = file, line = line }
  reading.found = out
  return function(given)
    local what = 'profile "' .. name .. '"'
    local fields = P.fields(what, given, spec)
    for key, value in pairs(fields) do out[key] = value end
    if not out.title then P.fail(what .. " has no title", 'title = "Deals of our CRM"', file, line) end
    if not out.columns then
      P.fail(what .. " names no columns", 'columns = { "Record ID", ["Amount"] = { "Deal amount" } }', file, line)
    end
    if not out.required then
      P.fail(what .. " does not say which columns make it what it is", 'required = { "Record ID" }', file, line)
    end
    check_columns(out, what)
    check_needed(out, what)
    check_roles(out, what)
    out.whole = true
  end
end

local open = { "assert", "error", "ipairs", "math", "next", "pairs", "pcall", "print", "select", "string",
  "table", "tonumber", "tostring", "type", "utf8" }
local conditions = { "like", "matches", "between", "gt", "gte", "lt", "lte", "blank", "not_" }
local audits = { "audit", "source", "deals", "link" }
local rules = { "department", "metric", "from", "any" }
local computes = { "lookup", "sum", "constant", "clean", "map", "list", "derive" }

local function environment()
  local env = { profile = profile, others = P.audit_names.others }
  local names = { "profile", "others" }
  local function add(list, from)
    for i = 1, #list do
      env[list[i]] = rawget(from, list[i])
      names[#names + 1] = list[i]
    end
  end
  add(open, globals)
  add(conditions, P.constructors)
  local elsewhere = { require = "a profile stands alone in its file" }
  for _, name in pairs(audits) do elsewhere[name] = name .. " belongs in audit.lua" end
  for _, name in pairs(rules) do elsewhere[name] = name .. " belongs in a rule file" end
  for _, name in pairs(computes) do elsewhere[name] = "columns are computed in audit.lua" end
  return setmetatable(env, { __metatable = "protected", __index = function(_, name)
    if type(name) ~= "string" then return nil end
    P.fail('"' .. sub(name, 1, 100) .. '" does not exist in a profile',
      elsewhere[name] or P.did_you_mean(name, names) or "a profile is data; `plumbline help audit` lists what it may say")
  end, __newindex = function(env_, name, value)
    if type(name) == "string" and spec[name] then
      P.fail('"' .. name .. '" is set outside of profile "…" { … }, where it says nothing', "write it inside the braces")
    end
    rawset(env_, name, value)
  end })
end

local loaded = {}

local function unknown(name)
  local names = P.profiles()
  local others = P.built_in_only and "plumbline.new has no others; plumbline.open reads those of a workspace"
    or "a file of the workspace's folder profiles adds others"
  P.fail('there is no profile "' .. sub(name, 1, 100) .. '"', P.did_you_mean(name, names)
    or "there are " .. concat(names, ", ") .. "; " .. others)
end

function P.load_profile(name)
  if loaded[name] then return loaded[name] end
  local chunk, file = P.profile(name, environment())
  if not chunk then unknown(name) end
  reading = { name = name, file = file }
  -- Should this never end, it is the profile that is to blame.
  local user_file, user_line = P.place()
  P.at(file, 1)
  chunk()
  P.at(user_file, user_line)
  local found = reading.found
  reading = nil
  if not found then P.fail(file .. " declares no profile", example, file, 1) end
  if not found.whole then
    P.fail('profile "' .. name .. '" is named but has no { … }', example, found.file, found.line)
  end
  loaded[name] = found
  return found
end

-- ---- a source that uses one ---------------------------------------------------------------------

-- The profile that a source names, and the source's fields without those that are
-- false: they say "not this default".
function P.profile_of(given, what)
  local name = given.profile
  if name == nil then return nil, given end
  local profile_used = P.load_profile(P.name(name, what .. ": profile"))
  local asked = {}
  for key, value in pairs(given) do
    if value ~= false or profile_used[key] == nil or not defaults[key] then asked[key] = value end
  end
  return profile_used, asked
end

local function set(list)
  local out = {}
  for i = 1, #(list or {}) do out[list[i]] = true end
  return out
end

-- At the source's place, because that is where it can be overruled.
local function placed(value, out, required)
  local copy = {}
  for key, item in pairs(value) do copy[key] = item end
  copy.file, copy.line = out.file, out.line
  copy.optional = not required[value.column] or nil
  copy.by_profile = true
  return copy
end

local function placed_condition(c, out)
  local copy = {}
  for key, item in pairs(c) do copy[key] = item end
  copy.file, copy.line = out.file, out.line
  if c.child then copy.child = placed_condition(c.child, out) end
  return copy
end

-- Each meaning that audit.lua leaves out is the profile's, without the values that
-- audit.lua has under another.
local function merged_status(given, theirs)
  if given == nil then given = {} end
  if type(given) ~= "table" or rawget(given, "plumbline") then return given end
  local column = given.column or given[1]
  if column ~= nil and column ~= theirs.column then return given end
  local out, taken, others = { column = theirs.column }, {}, false
  for _, meaning in pairs(meanings) do
    local value = given[meaning]
    out[meaning] = value
    others = others or P.is_others(value)
    if type(value) == "string" then taken[value] = true end
    if type(value) == "table" and not P.is_others(value) then
      for _, text in pairs(value) do taken[text] = true end
    end
  end
  for key, value in pairs(given) do
    if out[key] == nil then out[key] = value end -- whatever is wrong there is told later
  end
  for _, meaning in pairs(meanings) do
    local value = theirs[meaning]
    if given[meaning] == nil and P.is_others(value) then
      if not others then out[meaning] = value end
    elseif given[meaning] == nil and value then
      local left = {}
      for i = 1, #value do
        if not taken[value[i]] then left[#left + 1] = value[i] end
      end
      if #left > 0 then out[meaning] = left end
    end
  end
  out[1] = nil
  return out
end

-- The profile's columns, with the headers that audit.lua gives by hand.
local function merged_names(given, profile_used)
  local out, by_name, required = {}, {}, set(profile_used.required)
  for i = 1, #profile_used.columns do
    local c = profile_used.columns[i]
    out[i] = { name = c.name, aliases = c.aliases, required = required[c.name] }
    by_name[c.name] = out[i]
  end
  for i = 1, #(given or {}) do
    local mine = by_name[given[i].name]
    if mine then mine.given = given[i].given else out[#out + 1] = given[i] end
  end
  P.sort(out, function(a, b) return a.name < b.name end)
  return out
end

local function merged_lists(given, theirs)
  local out, mine = {}, {}
  for i = 1, #(given or {}) do
    out[i] = given[i]
    mine[given[i].column] = true
  end
  for i = 1, #theirs do
    if not mine[theirs[i].column] then
      out[#out + 1] = { column = theirs[i].column, separator = theirs[i].separator, optional = true }
    end
  end
  return out
end

local merge = {
  where = function(value, out)
    local list = {}
    for i = 1, #value do list[i] = placed_condition(value[i], out) end
    return list
  end,
}
-- Merged by functions of their own.
local apart = set { "status", "lists", "formats", "time", "closed", "created" }

-- Columns whose times audit.lua says how to read.
local function timed(out, given)
  local said = {}
  for _, field in pairs { "time", "closed", "created" } do
    local t = given[field] and out[field]
    if t and (t.format or t.timezone) then said[t.column] = t end
  end
  for i = 1, #(given.formats and out.formats or {}) do said[out.formats[i].column] = out.formats[i] end
  return said
end

-- Column by column: what audit.lua says of one leaves the profile's others alone,
-- and a line that an error proposed for one works where it is pasted. A format
-- without a zone is in the profile's zone.
local function merge_times(out, given, profile_used, source_spec, required)
  local said = timed(out, given)
  for _, field in pairs { "time", "closed", "created" } do
    local theirs = profile_used[field]
    if theirs and source_spec[field] and given[field] == nil then
      local mine, copy = said[theirs.column], placed(theirs, out, required)
      if mine then
        mine.timezone = mine.timezone or theirs.timezone
        copy.format, copy.timezone, copy.by_profile = mine.format, mine.timezone, nil
      end
      out[field] = copy
    end
  end
  if not profile_used.formats or given.formats == false then return end
  local list = out.formats or {}
  for i = 1, #profile_used.formats do
    local theirs = profile_used.formats[i]
    if not said[theirs.column] then list[#list + 1] = placed(theirs, out, required) end
  end
  out.formats = list
end

local function merge_numbers(out, theirs)
  if type(out.numbers) ~= "table" then return end
  if type(theirs) == "string" then
    out.number_columns, out.numbers = out.numbers, theirs
    return
  end
  local list, mine = {}, {}
  for i = 1, #out.numbers do
    list[i] = out.numbers[i]
    mine[list[i].column] = true
  end
  for i = 1, #theirs do
    if not mine[theirs[i].column] then list[#list + 1] = theirs[i] end
  end
  P.sort(list, function(a, b) return a.column < b.column end)
  out.numbers = list
end

-- Fills what audit.lua leaves out; what it says always stands.
function P.apply_profile(out, given, profile_used, source_spec)
  local required = set(profile_used.required)
  for field in pairs(defaults) do
    local value = profile_used[field]
    local wanted = value ~= nil and source_spec[field] and given[field] == nil
    if field == "delimiter" and given.format ~= nil then wanted = false end
    if wanted and merge[field] then
      out[field] = merge[field](value, out, required)
    elseif wanted and not apart[field] then
      out[field] = value
    end
    if wanted and (field == "amount" or field == "currency") then
      out[field .. "_optional"] = not required[value] or nil
    end
  end
  merge_times(out, given, profile_used, source_spec, required)
  if profile_used.numbers and given.numbers ~= false then merge_numbers(out, profile_used.numbers) end
  if profile_used.lists and given.lists ~= false then out.lists = merged_lists(out.lists, profile_used.lists) end
  if source_spec.status and profile_used.status and given.status ~= false then
    out.status = merged_status(given.status, profile_used.status)
  end
  out.names = merged_names(out.names, profile_used)
  out.profile = profile_used.name
end

-- ---- all of them --------------------------------------------------------------------------------

-- As data: which meaning takes all other values, by its name.
local function listed_status(status_fields)
  if not status_fields then return nil end
  local out = { column = status_fields.column }
  for i = 1, #meanings do
    local value = status_fields[meanings[i]]
    if P.is_others(value) then out.others = meanings[i] else out[meanings[i]] = value end
  end
  return out
end

P.extensions.profiles = function() end
P.finishers.profiles = function()
  local names, out = P.profiles(), {}
  for i = 1, #names do
    local found = {}
    for key, value in pairs(P.load_profile(names[i])) do found[key] = value end
    found.whole = nil
    found.where = found.where ~= nil or nil
    found.status = listed_status(found.status)
    out[i] = found
  end
  return { profiles = out }
end
