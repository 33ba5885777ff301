-- One table as a source of audit.lua: where it is, how it is written, what its
-- columns are for. Only what is not the default is said.
local text = require "plumbline.init.text"

local source = {}

local NAME_MOST = 256 -- what a name in config may have

function source.column(t, name)
  for _, c in ipairs(t.columns) do
    if c.name == name then return c end
  end
end

-- Are there few enough slips in it for an audit to go on without those rows?
function source.is_sound(c)
  return not c.ambiguous and (not c.almost or c.almost.kind == c.kind and c.almost.wrong * 20 <= c.values)
end

-- Where a profile serves, columns go by the profile's names.
function source.called(plan, header)
  return plan.called and plan.called[header] or header
end

local endings = { csv = "csv", tsv = "csv", json = "json", ndjson = "ndjson", jsonl = "ndjson" }

local function ending(path)
  return path:lower():gsub("%.gz$", ""):gsub("%.zst$", ""):match("%.(%w+)$") or ""
end

local function add(fields, name, value, notes)
  if value or notes then fields[#fields + 1] = { name = name, source = value, notes = notes } end
end

-- How the file is written.
function source.dialect(t, files, fields)
  local ends = ending(files[1])
  if endings[ends] ~= t.format then add(fields, "format", text.quote(t.format)) end
  -- What the ending says is not looked at again.
  local usual = ends == "tsv" and "\t" or ","
  if t.format == "csv" and t.delimiter ~= "" and t.delimiter ~= usual then
    add(fields, "delimiter", text.quote(t.delimiter))
  end
  if t.encoding ~= "utf-8" then
    local doubt = t.encoding_open
      and { "check: no byte of the file tells " .. t.encoding .. " from its neighbours; look at the accents" }
    add(fields, "encoding", text.quote(t.encoding), doubt or nil)
  end
  if t.quotes == "backslash" then add(fields, "quotes", '"backslash"') end
  -- Several files of one table need not have the same head and foot.
  if #files == 1 and t.format == "csv" then
    if t.header and t.header > 1 and not t.block then add(fields, "header", tostring(t.header)) end
    -- Not `description` and `footer`: next month's export may have no such rows, and
    -- records would be left out in their place. Looking finds them anew each time.
  end
  if t.block then add(fields, "block", text.quote(t.block)) end
  if t.path then add(fields, "records", text.quote(t.path)) end
end

-- Columns whose style is known and not the plain one, by name; is one style for the
-- table too few: because they differ, or a column is left that it would decide
-- without asking?
local function known_numbers(plan)
  local columns, first, apart = {}, nil, false
  for _, c in ipairs(plan.t.columns) do
    if c.numbers and #c.name <= NAME_MOST then
      if c.numbers ~= "plain" then columns[#columns + 1] = { source.called(plan, c.name), text.quote(c.numbers) } end
      apart = apart or first and first ~= c.numbers
      first = first or c.numbers
    end
    apart = apart or c.ambiguous and c.ambiguous.number
  end
  table.sort(columns, function(a, b) return a[1] < b[1] end)
  return columns, first, apart
end

function source.numbers(plan, fields)
  local columns, first, apart = known_numbers(plan)
  if #columns == 0 then return end
  add(fields, "numbers", apart and text.table(columns) or text.quote(first))
end

-- Times that no role names, so that conditions on them need no survey.
local function known_formats(plan)
  local out, used = {}, {}
  for _, role in ipairs { "time", "closed", "created" } do
    if plan[role] then used[plan[role]] = true end
  end
  for _, c in ipairs(plan.t.columns) do
    if c.kind == "time" and c.format and not c.ambiguous and not used[c.name] and #c.name <= NAME_MOST then
      out[#out + 1] = { source.called(plan, c.name), text.quote(c.format) }
    end
  end
  table.sort(out, function(a, b) return a[1] < b[1] end)
  return out
end

-- ---- what can be read in two ways -------------------------------------------------------------

-- How the profile that is used says that a column is written.
local function profile_says(plan, c)
  local known, called = plan.profile and plan.known, source.called(plan, c.name)
  if not known then return nil end
  if c.ambiguous.number then return type(known.numbers) == "string" and known.numbers or nil end
  local times = {}
  for _, field in ipairs { "time", "closed", "created" } do times[#times + 1] = known[field] or nil end
  for _, t in ipairs(known.formats or {}) do times[#times + 1] = t end
  for _, t in pairs(times) do
    if t.column == called and t.format then return t.format end
  end
end

-- The same reading of another column, where it has that one.
local function like(c, i, declare)
  local readings = c.ambiguous.readings
  for _, r in ipairs(readings) do
    if r.declare == declare then return declare end
  end
  return (readings[i] or readings[1]).declare
end

-- `numbers = { … }` or `formats = { … }` for this column and for all that need one:
-- two such lines in one source would leave only the second.
local function line_for_all(plan, c, i, declare)
  local number = c.ambiguous.number
  local entries = number and known_numbers(plan) or known_formats(plan)
  for _, other in ipairs(plan.t.columns) do
    local a = other.ambiguous
    local open = a and a.readings and #a.readings > 0 and not a.number == not number and #other.name <= NAME_MOST
    if other == c then
      entries[#entries + 1] = { source.called(plan, c.name), text.quote(declare) }
    elseif open and not profile_says(plan, other) then
      entries[#entries + 1] = { source.called(plan, other.name), text.quote(like(other, i, declare)) }
    end
  end
  table.sort(entries, function(x, y) return x[1] < y[1] end)
  return (number and "numbers = " or "formats = ") .. text.table(entries)
end

-- What settles an ambiguous column: a line for each reading but the profile's.
local function settle(plan, c, role, said)
  local out, called = {}, source.called(plan, c.name)
  for i, r in ipairs(c.ambiguous.readings or {}) do
    if r.declare == said then -- luacheck: ignore 542
    elseif role then
      out[#out + 1] = ("%s = { %s, format = %s }"):format(role, text.quote(called), text.quote(r.declare))
    else
      out[#out + 1] = line_for_all(plan, c, i, r.declare)
    end
  end
  return out
end

function source.ambiguous_note(plan, c, role)
  local said = c.ambiguous.readings and profile_says(plan, c)
  local note = ("check: %s: %s"):format(source.called(plan, c.name), c.ambiguous.message)
  local lines = settle(plan, c, role, said)
  if said then
    note = ("%s; the profile %s settles it: %s = %s"):format(note, plan.profile,
      c.ambiguous.number and "numbers" or "format", text.quote(said))
  end
  if #lines > 0 then
    note = note .. (said and "; if that is wrong, write\n" or "; write\n") .. table.concat(lines, "\n")
  end
  return note
end

-- "col", or { "col", format = "%d.%m.%Y" }
function source.time(plan, header)
  local c = source.column(plan.t, header)
  local name = text.quote(source.called(plan, header))
  local format = c and c.format or plan.epochs and plan.epochs[header]
  if not format then return name end
  return "{ " .. name .. ", format = " .. text.quote(format) .. " }"
end

function source.formats(plan, fields)
  local out = known_formats(plan)
  if #out > 0 then add(fields, "formats", text.table(out)) end
end

-- Texts that stand for nothing in columns of texts; in numbers and times they are
-- known without being told.
local NOTHING = { ["(not set)"] = true, ["n/a"] = true, ["#n/a"] = true, ["null"] = true, ["--"] = true,
  ["\u{2014}"] = true, ["\u{2013}"] = true }

function source.blanks(plan, fields)
  local seen, out = {}, {}
  for _, c in ipairs(plan.t.columns) do
    for _, token in ipairs(c.kind == "text" and c.tokens or {}) do
      local plain = token:match("^%s*(.-)%s*$")
      if NOTHING[plain:lower()] and not seen[plain] then
        seen[plain] = true
        out[#out + 1] = plain
      end
    end
  end
  table.sort(out)
  if #out > 0 then add(fields, "blank", text.list(out)) end
end

function source.paths(files)
  local out = {}
  for i, path in ipairs(files) do out[i] = text.quote(path) end
  return table.concat(out, ", ")
end

-- ---- the whole ------------------------------------------------------------------------------

local function role(plan, fields, name, notes)
  local header = plan[name]
  if not header then
    if notes then add(fields, name, nil, notes) end
    return
  end
  local c = source.column(plan.t, header)
  local declared = plan.formats and plan.formats[name]
  local given = plan.given[name] == header and (not (c and c.format) or declared ~= nil and declared == c.format)
  if not given or notes then add(fields, name, source.time(plan, header), notes) end
end

local function pairs_of(map, plan, skip)
  local out = {}
  for header, separator in pairs(map) do
    if not (skip and skip[header]) then
      out[#out + 1] = { source.called(plan, header), text.quote(separator) }
    end
  end
  table.sort(out, function(a, b) return a[1] < b[1] end)
  return out
end

-- Several exports of the same records, each at its own time.
local function repeated(plan, fields)
  local called, last = text.quote(source.called(plan, plan.repeats)), text.quote(plan.files[#plan.files])
  local what = ("check: the same %s stands in several of these files with other values, as if each were an export of "
    .. "the same records at a later time"):format(called)
  if plan.changed then
    local by = text.quote(source.called(plan, plan.changed))
    add(fields, "key", called, { what .. "; the newest of each by " .. by .. " counts" })
    add(fields, "duplicates", ("{ keep = \"last\", by = %s }"):format(by))
  else
    local head = plan.deals and "deals" or "source " .. text.quote(plan.name)
    add(fields, "", nil, { ("%s, and they count more than once. Keep the newest file alone:\n%s { %s,"):format(what, head, last) })
  end
end

local function key(plan, fields)
  if plan.repeats then return repeated(plan, fields) end
  local c = plan.key and source.column(plan.t, plan.key)
  if not plan.key or plan.given.key then return end
  local doubt = not c.exact
    and { "check: no value of this key repeats in a sample of them; there are about " .. c.distinct }
  add(fields, "key", text.quote(source.called(plan, plan.key)), doubt or nil)
end

-- Fields of a source, deals included: plan.extra holds {name, source, notes} of
-- status, amount and the like.
function source.fields(plan)
  local fields = {}
  for _, note in ipairs(plan.notes or {}) do add(fields, "", nil, { note }) end
  if plan.profile then add(fields, "profile", text.quote(plan.profile)) end
  source.dialect(plan.t, plan.files, fields)
  source.numbers(plan, fields)
  key(plan, fields)
  role(plan, fields, "time", plan.time_notes)
  if plan.deals then
    role(plan, fields, "created")
    role(plan, fields, "closed", plan.closed_notes)
  end
  table.move(plan.extra or {}, 1, #(plan.extra or {}), #fields + 1, fields)
  source.formats(plan, fields)
  source.blanks(plan, fields)
  local lists = pairs_of(plan.lists, plan, plan.given.lists)
  if #lists > 0 then add(fields, "lists", text.table(lists)) end
  if #plan.computed > 0 then
    local out = {}
    for i, c in ipairs(plan.computed) do out[i] = { c.name, c.source } end
    add(fields, "columns", text.table(out))
  end
  return fields
end

function source.write(plan)
  local head = plan.deals and "deals" or "source " .. text.quote(plan.name)
  return text.body(head, source.paths(plan.files), source.fields(plan))
end

local kinds = { preamble = "above the header", description = "describes the columns", total = "totals",
  footer = "below the table", block = "another table" }

-- "line 2, describes the columns: …": a row or more that is no record.
function source.skipped(s)
  local where = s.lines == 1 and "line " .. s.line or ("lines %d to %d"):format(s.line, s.line + s.lines - 1)
  return ("%s, %s: %s"):format(where, kinds[s.kind] or s.kind, s.text)
end

-- Rows that were read as records, but may be totals.
local function maybe_totals(plan, out)
  for _, row in ipairs(plan.t.maybe_totals or {}) do
    local file = #plan.files > 1 and " of " .. row.file or ""
    out[#out + 1] = ("check: line %d%s may be a total, %s: %s = %d leaves it out, %s = %d keeps it as a record"):format(
      row.line, file, text.quote(row.text), row.field, row.rows, row.field, row.rows - 1)
  end
end

-- Rows that were read as records, but may be a second header or that of another table.
local function maybe_headers(plan, out)
  for _, row in ipairs(plan.t.maybe_headers or {}) do
    local place = ("line %d%s"):format(row.line, #plan.files > 1 and " of " .. row.file or "")
    local say
    if row.field then
      say = ("may describe the columns, %s: %s = %d leaves it out, %s = %d keeps it as a record"):format(
        text.quote(row.text), row.field, row.rows, row.field, row.rows - 1)
    elseif row.block then
      say = ("may be the header of another table, %s: block = %s reads the one above it, header = %d reads all as one")
        :format(text.quote(row.text), text.quote(row.block), row.header)
    else
      say = ("may be the header of another table, %s: if it is, put that table into a file of its own"):format(
        text.quote(row.text))
    end
    out[#out + 1] = ("check: %s %s"):format(place, say)
  end
end

-- What can be read in two ways, and what hides in a column of texts. `as`: the role
-- that a column would have, by its header.
function source.doubts(plan, as)
  local out = {}
  maybe_totals(plan, out)
  maybe_headers(plan, out)
  for _, c in ipairs(plan.t.columns) do
    local called = source.called(plan, c.name)
    if c.ambiguous then out[#out + 1] = source.ambiguous_note(plan, c, as and as[c.name]) end
    if c.almost then
      out[#out + 1] = ("check: %s: all but %d of %d values are %ss; the first that is not is %s, on line %d")
        :format(called, c.almost.wrong, c.almost.wrong + c.almost.fits, c.almost.kind, text.quote(c.almost.text),
          c.almost.line)
    end
  end
  return out
end

return source
