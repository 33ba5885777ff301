-- `plumbline list metrics|rules|sources|profiles|codes`: one line each.
local words = require "plumbline.views.words"

local function columns(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, text in ipairs(row) do
      widths[i] = math.max(widths[i] or 0, words.width(text))
    end
  end
  local lines = {}
  for _, row in ipairs(rows) do
    local cells = {}
    for i, text in ipairs(row) do
      cells[i] = i < #row and words.pad(text, widths[i]) or text
    end
    lines[#lines + 1] = (table.concat(cells, "  "):gsub("%s+$", ""))
  end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

local lists = {}

function lists.metrics(result)
  local rows = {}
  for _, finding in ipairs(result.findings) do
    local state = finding.error and "cannot be audited" or finding.traced and "traced" or "no trace"
    rows[#rows + 1] = { words.clean(finding.id), state, words.clean(finding.title or ""), words.place(finding) }
  end
  return columns(rows)
end

function lists.rules(result)
  local rows = {}
  for _, department in ipairs(result.departments) do
    rows[#rows + 1] = { words.clean(department.file or ""), words.clean(department.name or ""),
      department.error and "cannot be read: " .. words.clean(department.error.message)
        or words.count(department.metrics, "metric") }
  end
  return columns(rows)
end

function lists.sources(result)
  local rows = {}
  for _, source in ipairs(result.sources) do
    local paths = {}
    for i, file in ipairs(source.files) do
      paths[i] = words.clean(file.path)
    end
    rows[#rows + 1] = { words.clean(source.name), source.key and "key " .. words.clean(table.concat(source.key, ", ")) or "",
      source.time and "time " .. words.clean(source.time) or "", table.concat(paths, ", ") }
  end
  return columns(rows)
end

function lists.codes(codes)
  local rows, names = {}, {}
  for _, code in ipairs(plumbline.keys(codes)) do
    names[#names + 1] = code
  end
  table.sort(names)
  for _, code in ipairs(names) do
    rows[#rows + 1] = { code, codes[code].verdict or "", codes[code].title }
  end
  return columns(rows)
end

function lists.profiles(profiles)
  local rows = {}
  for _, profile in ipairs(profiles) do
    local place = profile.from
    if profile.from ~= "built in" then place = words.place(profile) .. (profile.replaces and " (in place of the built-in one)" or "") end
    rows[#rows + 1] = { words.clean(profile.name),
      profile.error and "cannot be used: " .. words.clean(profile.error.message) or words.clean(profile.title), place }
  end
  return columns(rows)
end

return function(result, options)
  return lists[options.what](result)
end
