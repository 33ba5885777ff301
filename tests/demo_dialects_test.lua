-- The demo's exports as eight tools would have written them: the same audit must
-- give the same report, but for paths, lines and how the files were written.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/demo_dialects_test.lua [word]
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local cjson = require "cjson"
local quote = run.quote

-- ---- the exports as tables ------------------------------------------------------
-- The demo's own files are plain: a reader of three lines would do, but for quotes.
local function parse(text, delimiter)
  local rows, row, cell, at, quoted = {}, {}, {}, 1, false
  text = text:gsub("^\xEF\xBB\xBF", "")
  local function end_cell()
    row[#row + 1] = table.concat(cell)
    cell = {}
  end
  while at <= #text do
    local c = text:sub(at, at)
    if quoted then
      if c == '"' and text:sub(at + 1, at + 1) == '"' then
        cell[#cell + 1], at = '"', at + 1
      elseif c == '"' then
        quoted = false
      else
        cell[#cell + 1] = c
      end
    elseif c == '"' then
      quoted = true
    elseif c == delimiter then
      end_cell()
    elseif c == "\n" then
      end_cell()
      rows[#rows + 1], row = row, {}
    elseif c ~= "\r" then
      cell[#cell + 1] = c
    end
    at = at + 1
  end
  assert(#row == 0 and #cell == 0, "the file ends with a line end")
  return rows
end

-- Letters that ASCII does not have, in values that the report shows.
local accents = {
  { "Planners' Day Berlin", "Planners\u{2019} Day K\u{F6}ln" },
  { "Rep 4 (South)", "Rep 4 (S\u{FC}d)" },
  { "Closed Lost - No Decision", "Closed Lost \u{2013} No Decision" },
}
local function accented(text)
  for _, pair in ipairs(accents) do
    text = text:gsub(pair[1]:gsub("%p", "%%%0"), (pair[2]:gsub("%%", "%%%%")))
  end
  return text
end

local base = run.scratch .. "/base"
assert(run.shell("plumbline init --demo " .. quote(base)).code == 0)
run.write(base .. "/audit.lua", accented(run.read(base .. "/audit.lua")))
local exports = {} -- { path, rows }
for path in run.capture("cd " .. quote(base) .. " && find exports -name '*.csv' -o -name '*.tsv' | LC_ALL=C sort"):gmatch "[^\n]+" do
  local text = accented(run.read(base .. "/" .. path))
  run.write(base .. "/" .. path, text)
  local delimiter = path:find "%.tsv$" and "\t" or path:find "attendees.csv" and not path:find "webinar" and ";" or ","
  exports[#exports + 1] = { path = path, rows = parse(text, delimiter) }
end

-- ---- writing them again -----------------------------------------------------------
local function cells(row, delimiter, all)
  local out = {}
  for i, cell in ipairs(row) do
    local needed = cell:find('["\r\n]') or cell:find(delimiter, 1, true) or cell:find "^%s" or cell:find "%s$"
    out[i] = (all or needed) and '"' .. cell:gsub('"', '""') .. '"' or cell
  end
  return table.concat(out, delimiter)
end

local function text_of(rows, delimiter, line_end, all)
  local out = {}
  for i, row in ipairs(rows) do out[i] = cells(row, delimiter, all) end
  return table.concat(out, line_end) .. line_end
end

local function encoded(text, encoding)
  local from, to = run.scratch .. "/.utf8", run.scratch .. "/.encoded"
  run.write(from, text)
  assert(os.execute(("iconv -f UTF-8 -t %s %s >%s"):format(encoding, quote(from), quote(to))), "iconv")
  return run.read(to)
end

-- Cells of some columns changed: column -> function.
local function mapped(rows, change)
  local out = { rows[1] }
  for i = 2, #rows do
    local row = table.move(rows[i], 1, #rows[i], 1, {})
    for c, name in ipairs(rows[1]) do
      local to = change(name, row[c], row, rows[1])
      if to then row[c] = to end
    end
    out[i] = row
  end
  return out
end

-- 1234567.89 with separators of another country.
local function grouped(number, group, point)
  local sign, whole, fraction = number:match "^(%-?)(%d+)%.?(%d*)$"
  if not whole then return number end
  local with = whole:reverse():gsub("(%d%d%d)", "%1" .. group):reverse()
  if with:sub(1, #group) == group then with = with:sub(#group + 1) end
  return sign .. with .. (fraction ~= "" and point .. fraction or "")
end

-- The columns in which the audit reads numbers.
local numbers = { Amount = true, eur_per_unit = true }

local function column(header, row, name)
  for i, n in ipairs(header) do
    if n == name then return row[i] end
  end
end

-- 2024-03-14 and 2024-03-14 10:05[:30] as Americans write them.
local function american(value)
  local y, m, d, rest = value:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$"
  if not y then return nil end
  local hour, minute, second = rest:match "^ (%d%d):(%d%d)(:?%d*)$"
  if rest ~= "" and not hour then return nil end
  local day = ("%d/%d/%s"):format(tonumber(m), tonumber(d), y)
  if not hour then return day end
  local h = tonumber(hour)
  return ("%s %d:%s%s %s"):format(day, (h + 11) % 12 + 1, minute, second, h < 12 and "AM" or "PM")
end

-- A computed column compares these as texts, so they stay as they are.
local compared = { ["Due date"] = true, Finished = true, Started = true }

-- Each: how a file is written anew, how audit.lua changes, what the skipped rows are.
-- `d` is a tab for the file whose ending promises tabs.
local no_delimiter = { 'delimiter = ";",', "" }
local dialects = {
  { name = "UTF-16, tabs", audit = { no_delimiter },
    write = function(rows) return "\xFF\xFE" .. encoded(text_of(rows, "\t", "\r\n"), "UTF-16LE") end },
  { name = "Windows-1252, semicolons, comma decimals", audit = { no_delimiter },
    note = "was read as Windows%-1252", -- what is assumed is said
    write = function(rows, d)
      local with = mapped(rows, function(name, value)
        return numbers[name] and grouped(value, ".", ",") or nil
      end)
      return encoded(text_of(with, d or ";", "\r\n"), "CP1252")
    end },
  { name = "CR only", audit = { no_delimiter },
    write = function(rows, d) return text_of(rows, d or ",", "\r") end },
  { name = "line ends in quotes", audit = { no_delimiter },
    write = function(rows, d)
      local out = {}
      for i, row in ipairs(rows) do
        out[i] = table.move(row, 1, #row, 1, {})
        table.insert(out[i], 2, i == 1 and "Remark of the tool" or 'two lines,\nand a "quoted";\r\nthird one')
      end
      return text_of(out, d or ",", "\n")
    end },
  { name = "title and footer rows", audit = { no_delimiter }, skips = { preamble = 3, total = 1, footer = 2 },
    note = "%d rows of totals and remarks were not read as records",
    write = function(rows, d)
      return "# Export of all records\n# Start date: 20240701\n# End date: 20260630\n\n"
        .. text_of(rows, d or ",", "\n") .. ("\nGrand Totals (%d records)\n"):format(#rows - 1)
        .. "Confidential Information - Do Not Distribute\n"
        .. "Copyright (c) 2000-2026 The tool's maker. All rights reserved.\n"
    end },
  { name = "all quoted, byte order mark, CR LF", audit = { no_delimiter },
    write = function(rows, d) return "\xEF\xBB\xBF" .. text_of(rows, d or ",", "\r\n", true) end },
  { name = "American dates and dollars",
    -- Rates hold for months: a column of first days reads both ways, and plumbline asks.
    audit = { no_delimiter, { 'time = "valid_from"', 'time = { "valid_from", format = "%m/%d/%Y" }' } },
    write = function(rows, d)
      local signs = { USD = "$", EUR = "\u{20AC}", GBP = "\u{A3}" }
      return text_of(mapped(rows, function(name, value, row, header)
        if name == "Amount" and value ~= "" then
          local sign = signs[column(header, row, "Currency")]
          local amount = sign .. grouped(value:gsub("^%-", ""), ",", ".")
          return value:find "^%-" and "(" .. amount .. ")" or amount
        end
        return not compared[name] and american(value) or nil
      end), d or ",", "\n")
    end },
  { name = "gzip", ending = ".gz",
    write = function(_, _, text)
      local plain = run.scratch .. "/.plain"
      run.write(plain, text)
      return (function()
        local pipe = assert(io.popen("gzip -nc " .. quote(plain)))
        local bytes = pipe:read "a"
        pipe:close()
        return bytes
      end)()
    end },
}

-- ---- the report without paths and lines ----------------------------------------------
local ending_of_path = "exports/[%w_/%-]+%.[ct]sv[%.gz]*"
local dropped = { line = true, lines = true, file = true, path = true, files = true, read_as = true,
  skipped_lines = true }
local skip_kinds = { "preamble", "description", "total", "footer", "block" }

local function plain(value, key)
  if type(value) == "string" then
    return (value:gsub(ending_of_path .. ":%d+", "PLACE"):gsub(ending_of_path, "PATH")
      :gsub("Remark of the tool, ", ""))
  elseif type(value) ~= "table" then
    return value
  end
  local out = {}
  for k, v in pairs(value) do
    if not dropped[k] then out[k] = plain(v, k) end
  end
  for _, kind in ipairs(value.skipped and value.read and skip_kinds or {}) do
    out.read = out.read - (value.skipped[kind] or 0)
  end
  if key == "skipped" then
    for _, kind in ipairs(skip_kinds) do out[kind] = nil end
  end
  return out
end

-- The first difference of two values, as a path; nil where there is none.
local function difference(a, b, at)
  if type(a) ~= type(b) then return ("%s: %s, %s"):format(at, tostring(a), tostring(b)) end
  if type(a) ~= "table" then
    return a ~= b and ("%s: %s, %s"):format(at, tostring(a), tostring(b)) or nil
  end
  for k in pairs(a) do
    local found = difference(a[k], b[k], at .. "." .. tostring(k))
    if found then return found end
  end
  for k in pairs(b) do
    if a[k] == nil then return at .. "." .. tostring(k) .. ": nothing, " .. tostring(b[k]) end
  end
end

local function audited(folder)
  local got = run.plumbline(folder, "audit --json")
  -- 4: one rule of the demo's story names a column that is not there
  if got.code ~= 4 then return nil, run.show(got) end
  return cjson.decode(got.out)
end

local expected = assert(audited(base))
run.equal("the demo as it is: won deals", expected.deals.won.deals, 309) -- as the README shows
local seen = run.read(base .. "/report/report.json")
for _, pair in ipairs(accents) do run.holds("the report shows " .. pair[2], seen, pair[2]) end

for n, dialect in ipairs(dialects) do
  run.test(dialect.name, function()
    local folder = ("%s/d%d"):format(run.scratch, n)
    os.execute(("cp -r %s %s && rm -rf %s/report"):format(quote(base), quote(folder), quote(folder)))
    local audit = run.read(folder .. "/audit.lua")
    for _, change in ipairs(dialect.audit or {}) do
      local at, stop = audit:find(change[1], 1, true)
      audit = audit:sub(1, assert(at, change[1]) - 1) .. change[2] .. audit:sub(stop + 1)
    end
    if dialect.ending then audit = audit:gsub('(exports/[%w_/%*]+%.[ct]sv)"', "%1" .. dialect.ending .. '"') end
    run.write(folder .. "/audit.lua", audit)
    for _, export in ipairs(exports) do
      local text = dialect.write(export.rows, export.path:find "%.tsv$" and "\t",
        run.read(base .. "/" .. export.path))
      if dialect.ending then os.remove(folder .. "/" .. export.path) end
      run.write(folder .. "/" .. export.path .. (dialect.ending or ""), text)
    end
    local got = assert(audited(folder))
    local notes, said = {}, 0
    for _, note in ipairs(got.notes) do
      if dialect.note and note.text:find(dialect.note) then
        said = said + 1
      else
        notes[#notes + 1] = note
      end
    end
    if dialect.note and said == 0 then error("no note says: " .. dialect.note) end
    got.notes = notes
    local where = difference(plain(got), plain(expected), "report")
    if where then error("differs from the plain demo (this dialect, plain demo) at " .. where) end
    for _, source in ipairs(got.sources) do
      local rewritten = source.read > 0 and not source.files[1].path:find "json$"
      for kind, rows in pairs(rewritten and dialect.skips or {}) do
        local files = #source.files
        if source.skipped[kind] ~= rows * files then
          error(("%s: %s rows of %s, expected %d in each of %d files"):format(source.name,
            tostring(source.skipped[kind]), kind, rows, files))
        end
      end
    end
  end)
end

run.finish()
