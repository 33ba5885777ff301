-- What audit.lua may say: audit, source, deals, link.
local P = ...
local type, pairs, rawget, find = type, pairs, rawget, string.find

local declared = { sources = {}, links = {} }
local named = {} -- source name -> its line

-- ---- columns, times, keys ---------------------------------------------------------------

local time_fields = { column = P.name, format = P.name, timezone = P.name }

-- "col" or { "col", format = …, timezone = … }
local function time(value, what)
  local file, line = P.place()
  if type(value) == "string" then return { column = P.name(value, what), file = file, line = line } end
  local f = P.fields(what, value, time_fields, 1)
  f.column = f.column or (value[1] ~= nil and P.name(value[1], what .. ": the column")) or nil
  if not f.column then P.fail(what .. " names no column", '{ "column", format = "%d/%m/%Y" }') end
  f.file, f.line = file, line
  return f
end

local function formats(value, what)
  local out = {}
  local file, line = P.place()
  if not P.is_plain(value) then P.wrong(what, 'a table { column = "%d.%m.%Y" }', value) end
  for column, format in pairs(value) do
    local f = type(format) == "table"
      and P.fields(what, format, { format = P.name, timezone = P.name }, 1) or { format = P.name(format, what) }
    if type(format) == "table" and not f.format then f.format = P.name(format[1], what) end
    f.column, f.file, f.line = P.name(column, what), file, line
    out[#out + 1] = f
  end
  return out
end

local function columns(value, what)
  if not P.is_plain(value) then P.wrong(what, "a table { new = lookup { … } }", value) end
  local out = {}
  for name, c in pairs(value) do
    P.sound(c)
    P.name(name, what .. ": a name")
    if not P.is_compute(c) then
      P.wrong(what .. ": " .. name, "a computed column such as lookup { … }", c)
    end
    out[#out + 1] = P.named_compute(c, name)
  end
  -- A table has no order; lines come first so that the order is what is written.
  P.sort(out, function(a, b)
    if a.line ~= b.line then return a.line < b.line end
    return a.name < b.name
  end)
  return out
end

local function keep(value) return value end

local function duplicates(value, what)
  local kept = P.one_of("first", "last", "all")
  if type(value) ~= "table" then return { keep = kept(value, what) } end
  local f = P.fields(what, value, { keep = kept, by = P.name })
  if not f.keep then P.fail(what .. ' needs keep = "first", "last" or "all"') end
  return f
end

-- { canonical = "header in the file" } -> a list sorted by name
local function names(value, what)
  if not P.is_plain(value) then P.wrong(what, 'a table { ["Close Date"] = "header in the file" }', value) end
  local out, used = {}, {}
  for name, header in pairs(value) do
    if type(name) ~= "string" then
      P.fail(what .. " has a header without a name: " .. P.shown(header), 'names = { ["Close Date"] = "Closing date" }')
    end
    local item = { name = P.name(name, what .. ": a name"), given = P.name(header, what .. ": " .. name) }
    if used[header] then
      P.fail(what .. ": " .. P.shown(header) .. ' is given to both "' .. used[header] .. '" and "' .. name .. '"',
        "a column of the file has one name")
    end
    used[header] = name
    out[#out + 1] = item
  end
  P.sort(out, function(a, b) return a.name < b.name end)
  return out
end

-- { ["Associated Contact IDs"] = ";" }: columns of the file that hold several values
local function lists(value, what)
  if not P.is_plain(value) then P.wrong(what, 'a table { ["Contact IDs"] = ";" }', value) end
  local out = {}
  for column, separator in pairs(value) do
    local of = what .. ": " .. P.name(column, what .. ": a column")
    if #P.text(separator, of, 16) ~= 1 or find(separator, "[%w%s\1-\31\127-\255]") then
      P.wrong(of, "one character between the values", separator, 'lists = { ["Contact IDs"] = ";" }')
    end
    out[#out + 1] = { column = column, separator = separator }
  end
  P.sort(out, function(a, b) return a.column < b.column end)
  return out
end

local number_style = P.one_of("plain", "1,234.56", "1.234,56", "1 234,56", "1'234.56")

-- One style for all columns, or { ["Amount"] = "1.234,56" } -> a list sorted by column
local function numbers(value, what)
  if type(value) ~= "table" then return number_style(value, what) end
  if not P.is_plain(value) then P.wrong(what, 'a style, or a table { ["Amount"] = "1.234,56" }', value) end
  local out = {}
  for column, style in pairs(value) do
    P.name(column, what .. ": a column")
    out[#out + 1] = { column = column, style = number_style(style, what .. ": " .. column) }
  end
  P.sort(out, function(a, b) return a.column < b.column end)
  return out
end

local source_fields = {
  profile = P.name, names = names, lists = lists,
  format = P.one_of("csv", "tsv", "json", "ndjson"),
  delimiter = P.one_of(",", ";", "\t", "|"),
  encoding = P.one_of("utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1"),
  quotes = P.one_of("doubled", "backslash"),
  header = P.count, description = P.count_or_0, footer = P.count_or_0,
  block = P.name, records = P.name,
  numbers = numbers,
  key = keep, time = time, timezone = P.name, formats = formats,
  where = P.conditions, blank = P.list_of(P.cell, 10000), fresh = P.duration,
  duplicates = duplicates, columns = columns,
}

local deals_fields = { closed = time, created = time, status = keep, amount = keep, currency = keep }
for name, check in pairs(source_fields) do deals_fields[name] = check end

-- An inline computed column becomes a column named "(key)", "(status)", ….
local function column_or_compute(value, name, out, what)
  P.sound(value)
  if not P.is_compute(value) then return P.name(value, what) end
  out.columns = out.columns or {}
  out.columns[#out.columns + 1] = P.named_compute(value, name)
  return name
end

local function key_columns(value, out, what)
  if type(value) ~= "table" or P.is_compute(value) then value = { value } end
  local key = {}
  for i, item in pairs(value) do
    if i ~= #key + 1 then P.fail(what .. " must be a column or a plain list of columns") end
    key[i] = column_or_compute(item, i == 1 and "(key)" or "(key " .. i .. ")", out, what)
  end
  if #key == 0 then P.fail(what .. " names no column") end
  if #key > 8 then P.fail(what .. " has more than 8 columns") end
  return key
end

local function paths(given, what)
  local out = {}
  for i = 1, #given do
    local item = given[i]
    local list = P.list_of(P.name, 10000)(item, what .. ": path " .. i)
    for k = 1, #list do out[#out + 1] = list[k] end
  end
  if #out == 0 then P.fail(what .. " names no file", what .. ' { "exports/file.csv", … }') end
  return out
end

local function source_body(given, spec, what)
  if not P.is_plain(given) then P.wrong(what, "a table { … }", given) end
  local profile, asked = P.profile_of(given, what)
  local out = P.fields(what, asked, spec, #given)
  out.file, out.line = P.place()
  if profile then P.apply_profile(out, given, profile, spec) end
  out.paths = paths(given, what)
  if out.key ~= nil then out.key = key_columns(out.key, out, what .. ": key") end
  if out.format == "tsv" and out.delimiter and out.delimiter ~= "\t" then
    P.fail(what .. ': format = "tsv" means that the delimiter is a tab')
  end
  local d = out.duplicates
  if d then out.duplicates, out.duplicates_by = d.keep, d.by end
  local zone = out.timezone
  local times = { out.time, out.closed, out.created }
  for i = 1, #(out.formats or {}) do times[#times + 1] = out.formats[i] end
  for _, t in pairs(times) do t.timezone = t.timezone or zone end
  out.times, out.formats = out.formats, nil
  if type(out.numbers) == "table" then out.number_columns, out.numbers = out.numbers, nil end
  if zone and not out.time and #(out.times or {}) == 0 and not out.closed and not out.created then
    P.fail(what .. ": timezone is for the source's times, and it names none")
  end
  return out
end

local function new_name(name, file, line)
  if named[name] then
    P.fail('source "' .. name .. '" is declared twice, first on line ' .. named[name],
      "one source may name several files; two tables need two names", file, line)
  end
  named[name] = line
end

local function source(name)
  P.name(name, "source")
  if name == "deals" then
    P.fail('"deals" is not declared with source', "write deals { … }; its name is known")
  end
  local entry = P.open("source", name, 'source "' .. name .. '" { "exports/file.csv", key = "id" }')
  return function(given)
    entry.done = true
    local out = source_body(given, source_fields, 'source "' .. name .. '"')
    new_name(name, out.file, out.line)
    out.name = name
    declared.sources[#declared.sources + 1] = out
  end
end

-- ---- deals ------------------------------------------------------------------------------

local Others = { plumbline = "others" }
local function others() return Others end
local function is_others(value) return type(value) == "table" and rawget(value, "plumbline") == "others" end
local meanings = { "won", "lost", "open", "ignore" }

local function status_values(given, out, what)
  local seen = {}
  for i = 1, #meanings do
    local meaning = meanings[i]
    local value = given[meaning]
    if is_others(value) then
      if out.others then P.fail(what .. ": others() may stand once", nil) end
      out.others = meaning
    elseif value ~= nil then
      out.values[meaning] = P.list_of(P.cell)(value, what .. ": " .. meaning)
      for _, text in pairs(out.values[meaning]) do
        if seen[text] then
          P.fail(what .. ': "' .. text .. '" stands under both ' .. seen[text] .. " and " .. meaning,
          "leave it under the one that is true")
        end
        seen[text] = meaning
      end
    end
  end
end

local status_fields = { column = keep, won = keep, lost = keep, open = keep, ignore = keep }

local function status(value, out, what)
  out.values = {}
  if type(value) ~= "table" or P.is_compute(value) then
    out.status = column_or_compute(value, "(status)", out, what)
    return
  end
  local f = P.fields(what, value, status_fields, 1)
  local column = f.column or value[1]
  if column == nil then
    P.fail(what .. " names no column", 'status = { column = "stage", won = { "Closed Won" }, open = others() }')
  end
  out.status = column_or_compute(column, "(status)", out, what)
  out.status_given = true
  status_values(f, out, what)
  if not out.values.won and out.others ~= "won" then
    P.fail(what .. " does not say which values are won", 'won = { "Closed Won" }')
  end
end

local function deals(given)
  if declared.deals then
    P.fail("deals is declared twice, first on line " .. declared.deals.line,
      "one deals may name several files; take the other out")
  end
  local out = source_body(given, deals_fields, "deals")
  if out.status == nil then
    P.fail("deals does not say what their status is",
      'status = "column", or status = constant "won" where an export holds won deals only')
  end
  status(out.status, out, "deals: status")
  if out.amount ~= nil then out.amount = column_or_compute(out.amount, "(amount)", out, "deals: amount") end
  if out.currency ~= nil then
    out.currency = column_or_compute(out.currency, "(currency)", out, "deals: currency")
  end
  out.name = "deals"
  declared.deals = out
end

-- ---- link ---------------------------------------------------------------------------------

local function link(given)
  if not P.is_plain(given) then P.wrong("link", 'a table { "a", "b", "key" }', given) end
  P.fields("link", given, {}, 3)
  local file, line = P.place()
  local out = { file = file, line = line, from = P.name(given[1], "link: the first table"),
    to = P.name(given[2], "link: the second table") }
  if given[3] == nil then P.fail("link has no key", 'link { "leads", "deals", "lead_id" }') end
  out.here, out.there = P.key(given[3], "link: the key")
  declared.links[#declared.links + 1] = out
end

-- ---- audit --------------------------------------------------------------------------------

local function period(value, what)
  local f = P.fields(what, value, { since = P.date, ["until"] = P.date }, 2)
  f.since = f.since or (value[1] ~= nil and P.date(value[1], what .. ": since") or nil)
  f["until"] = f["until"] or (value[2] ~= nil and P.date(value[2], what .. ": until") or nil)
  if f.since and f["until"] and f.since > f["until"] then
    P.fail(what .. " ends before it begins", "write the earlier date first")
  end
  return { since = f.since, until_ = f["until"] }
end

local function rates(value, what)
  if not P.is_plain(value) then P.wrong(what, 'a table { USD = "0.92" }', value) end
  local file, line = P.place()
  if value.source ~= nil then
    local f = P.fields(what, value, { source = P.name, currency = P.name, rate = P.name,
      date = P.name, max_age = P.duration })
    if not f.currency or not f.rate then
      P.fail(what .. " needs the columns of the currency and of the rate",
        'rates = { source = "rates", currency = "code", rate = "rate", date = "day" }')
    end
    f.file, f.line = file, line
    return f
  end
  local out = { codes = {}, rates = {}, file = file, line = line }
  for code, rate in pairs(value) do
    if type(code) ~= "string" or not find(code, "^[%w]+$") or #code > 16 then
      P.wrong(what, "fixed rates by currency, USD = \"0.92\"", code)
    end
    out.codes[#out.codes + 1] = code
    out.rates[#out.rates + 1] = P.decimal(rate, what .. ": " .. code)
  end
  return out
end

local function above_0(value, what)
  if type(value) ~= "number" or not (value > 0 and value <= 1e6) then P.wrong(what, "a number above 0", value) end
  return value + 0.0
end

local function share(value, what)
  if type(value) ~= "number" or not (value > 0 and value <= 1) then
    P.wrong(what, "a share: above 0 and at most 1", value, "10 % is 0.10")
  end
  return value + 0.0
end

local function policy(value, what)
  return P.fields(what, value, { min_won = P.count, no_difference_below = above_0, q = share,
    few_keys = share, few_keys_from = P.count })
end

local function as_of(value, what)
  if type(value) ~= "string" or not find(value, "^%d%d%d%d%-%d%d%-%d%d") or #value > 40 then
    P.wrong(what, "a date or a time", value, 'write it as "2024-12-31"')
  end
  return value
end

local audit_fields = {
  as_of = as_of, currency = P.name, timezone = P.name, rules = P.list_of(P.name, 1000),
  within = P.duration, before = P.one_of("closed", "created", "any"), min_won = P.count,
  cycle = P.duration, period = period, rates = rates, policy = policy, judge = P.callable,
}

local function audit(title)
  P.name(title, "audit: the title")
  local entry = P.open("audit", title, 'audit "' .. title .. '" { currency = "EUR" }')
  return function(given)
    entry.done = true
    if declared.audit then
      P.fail("audit is declared twice, first on line " .. declared.audit.line, "put all fields into one of them")
    end
    local out = P.fields("audit", given, audit_fields)
    if out.period then
      out.since, out["until"] = out.period.since, out.period.until_
      out.period = nil
    end
    out.title = title
    out.fn, out.judge = out.judge, nil
    out.file, out.line = P.place()
    declared.audit = out
  end
end

P.audit_fields = audit_fields
P.source_fields, P.deals_fields, P.status_meanings, P.is_others = source_fields, deals_fields, meanings, is_others
P.status_values = status_values

P.audit_names = { audit = audit, source = source, deals = deals, link = link, others = others }

P.finishers.audit = function()
  if not declared.audit then
    P.fail("the file does not begin with audit", 'audit "Title" { currency = "EUR", rules = "rules/*.lua" }',
      (P.place()), 0)
  end
  return declared
end
