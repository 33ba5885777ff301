-- Starter rule files: for each department a metric for every table that leads to
-- the deals, broken down by what says where a record came from, and one without a
-- trace for every table that does not.
local names = require "plumbline.init.names"
local roles = require "plumbline.init.roles"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

local rules = {}

local BREAKDOWNS = 3    -- of one table, at most
local VALUES_MOST = 1000 -- of a column that a metric is broken down by

-- Columns that say where a record came from, best first.
local function channels(plan)
  local found = {}
  for i, c in ipairs(plan.t.columns) do
    local points = names.channel(c.name)
    local fits = points > 0 and c.kind == "text" and not c.unique and c.exact and c.distinct >= 2
      and c.distinct <= VALUES_MOST and #c.name <= 256 and c.name ~= plan.key
      and (c.distinct * 2 <= c.values or c.distinct <= 12)
    if fits then found[#found + 1] = { name = c.name, points = points, at = i } end
  end
  table.sort(found, function(a, b)
    if a.points ~= b.points then return a.points > b.points end
    return a.at < b.at
  end)
  local out = {}
  for i = 1, math.min(#found, BREAKDOWNS) do out[i] = source.called(plan, found[i].name) end
  return out
end

local function unique_name(name, taken)
  local base, n = name, 1
  while taken[name] do
    n = n + 1
    name = base .. "_" .. n
  end
  taken[name] = true
  return name
end

-- from "calls" :to "contacts" :to "deals"
local function trace(plan, way)
  local out = { "from " .. text.quote(plan.name) }
  for _, step in ipairs(way) do out[#out + 1] = ":to " .. text.quote(step) end
  return table.concat(out, " ")
end

local function metric(name, fields, notes)
  local out = {}
  for _, note in ipairs(notes) do
    for _, line in ipairs(text.comments(note, "")) do out[#out + 1] = line end
  end
  out[#out + 1] = text.body("metric " .. text.quote(name), "", fields)
  return table.concat(out, "\n")
end

-- Fields with what the profile says about the metric, if it says anything.
local function fields_of(said, title)
  local out = { { name = "title", source = text.quote(said.title or title) } }
  if said.question then out[#out + 1] = { name = "question", source = text.quote(said.question) } end
  if said.unit then out[#out + 1] = { name = "unit", source = text.quote(said.unit) } end
  return out
end

-- The metrics that a profile begins with, without those whose breakdown this file
-- does not have.
local function said_metrics(plan)
  local out = {}
  for _, said in ipairs(plan.profile and plan.known.metrics or {}) do
    local by = type(said.by) == "string" and said.by or nil
    if not by or roles.header(plan, by) then out[#out + 1] = { said = said, by = by } end
  end
  return out
end

local function add_metric(out, taken, plan, name, said, title, by, notes)
  local fields = fields_of(said, title)
  fields[#fields + 1] = { name = "trace", source = trace(plan, plan.way) }
  if by then fields[#fields + 1] = { name = "by", source = text.quote(by) } end
  out[#out + 1] = metric(unique_name(name, taken), fields, notes)
  out[#out + 1] = ""
end

local function traced(plan, taken, out)
  local notes = not plan.time and { "No column says when, so time is not checked here." } or {}
  local used, n, title = {}, 0, text.title(plan.metric)
  for _, m in ipairs(said_metrics(plan)) do
    add_metric(out, taken, plan, m.said.name, m.said, title, m.by, notes)
    n, used[m.by or ""] = n + 1, true
  end
  for _, by in ipairs(channels(plan)) do
    if not used[by] and n < BREAKDOWNS then
      local first = n == 0
      add_metric(out, taken, plan, first and plan.metric or plan.metric .. "_by_" .. text.slug(by), {},
        first and title or title .. " by " .. by, by, notes)
      n = n + 1
    end
  end
  if n == 0 then add_metric(out, taken, plan, plan.metric, {}, title, nil, notes) end
  return math.max(n, 1)
end

local function untraced(plan, taken, out)
  local why = plan.aggregate and "This export holds sums, not records of single people: nothing in it names a person or a deal."
    or plan.t.records == 0 and "The export holds no records yet, so nothing could be compared."
    or plan.shares and "Not linked: " .. plan.shares .. "."
    or "No column has values in common with the other exports."
  why = why .. " If its records lead to a deal, say how with trace."
  local first = said_metrics(plan)[1]
  local fields = fields_of(first and first.said or {}, text.title(plan.metric))
  fields[#fields + 1] = { name = "note", source = text.quote(why), broken = why }
  out[#out + 1] = metric(unique_name(first and first.said.name or plan.metric, taken), fields, { plan.shares_ask })
  out[#out + 1] = ""
  return 1
end

local function head(department)
  return table.concat({
    "-- What " .. text.comment(department) .. " tracks, as far as its exports tell. Rename, describe, delete: this file is yours.",
    "-- `plumbline help rules` says what a rule can say; `plumbline trace METRIC` shows each step.",
    "", "department " .. text.quote(department), "" }, "\n")
end

-- Where deals say themselves where they came from; also what a folder begins with
-- that holds nothing but deals.
local function of_deals(plan, alone, taken, out)
  local n, used = 0, {}
  plan.way = {}
  for _, m in ipairs(said_metrics(plan)) do
    add_metric(out, taken, plan, m.said.name, m.said, "Deals", m.by, {})
    n, used[m.by or ""] = n + 1, true
  end
  for _, by in ipairs(channels(plan)) do
    if not used[by] then
      add_metric(out, taken, plan, "deals_by_" .. text.slug(by), {}, "Deals by " .. by, by, {})
      n = n + 1
    end
  end
  if n == 0 and alone then
    add_metric(out, taken, plan, "deals", {}, "Deals", nil, {})
    n = 1
  end
  plan.way = nil
  return n
end

-- The rule files: a list of {path, text}, and how many metrics are traced and not.
function rules.write(plans)
  local by_department, order = {}, {}
  local holder
  for _, plan in ipairs(plans) do
    if plan.deals then holder = plan end
    local other_deals = plan.known and plan.known.deals
    if not (plan.deals or plan.rates or plan.looked_up or other_deals) then
      local list = by_department[plan.department]
      if not list then
        list = {}
        by_department[plan.department] = list
        order[#order + 1] = plan.department
      end
      list[#list + 1] = plan
    end
  end
  local alone, wants = #order == 0, #channels(holder) > 0 or #said_metrics(holder) > 0
  if (alone or wants) and not by_department.Sales then
    by_department.Sales = {}
    order[#order + 1] = "Sales"
  end
  table.sort(order)
  local files, counts, paths = {}, { traced = 0, untraced = 0 }, {}
  for _, department in ipairs(order) do
    local out, taken = { head(department) }, {}
    if department == "Sales" then counts.traced = counts.traced + of_deals(holder, alone, taken, out) end
    for _, reaches in ipairs { true, false } do
      for _, plan in ipairs(by_department[department]) do
        if (plan.way ~= nil) == reaches then
          local kind = reaches and "traced" or "untraced"
          counts[kind] = counts[kind] + (reaches and traced or untraced)(plan, taken, out)
        end
      end
    end
    out[#out] = nil
    local slug = unique_name(text.slug(department), paths)
    files[#files + 1] = { path = "rules/" .. slug .. ".lua", text = table.concat(out, "\n") .. "\n" }
  end
  return files, counts
end

return rules
