-- Which tables belong together: pairs of columns whose values overlap, as the C
-- side measured it, judged by how many there are and by what the names say. A link
-- is never taken from names alone.
local names = require "plumbline.init.names"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

local links = {}

local ENOUGH = 0.5  -- of the values of one side, or
local LEAST = 0.02  -- where the names say the same
local LONG = 8      -- bytes of a value that two tables do not share by chance
local MANY = 20     -- of those in common
local EMPTY = 1.5   -- what a column of blanks takes off a link
local FEW = 5       -- values in common, where the names say nothing

local function joined_by_profile(plan, header, other, there)
  for _, join in ipairs(plan.profile and plan.known.joins or {}) do
    if join.profile == other.profile and source.called(plan, header) == join.here
      and source.called(other, there) == join.there then
      return true
    end
  end
  return false
end

-- How good a link this would be; nil: none.
local function judge(o, a, b)
  local ca, cb = a.t.columns[o.here.column], b.t.columns[o.there.column]
  if a.outcome and a.outcome[ca.name] or b.outcome and b.outcome[cb.name] then return nil end
  if #ca.name > 256 or #cb.name > 256 then return nil end
  local here, there = o.common / o.here_values, o.common / o.there_values
  local cover = math.max(here, there)
  local profile = joined_by_profile(a, ca.name, b, cb.name) or joined_by_profile(b, cb.name, a, ca.name)
  if profile then return 3 + cover end
  if names.is_common(ca.name) or names.is_common(cb.name) then return nil end
  local same = names.spaced(ca.name) == names.spaced(cb.name)
  local related = names.of_table(ca.name, b.name) and (cb.unique or names.is_id(cb.name))
    or names.of_table(cb.name, a.name) and (ca.unique or names.is_id(ca.name))
  local ids = names.is_id(ca.name) and names.is_id(cb.name)
  -- Few values are shared by chance, but not those of an id that one table has once each.
  if o.few and not (ids and same and (ca.unique or cb.unique)) then return nil end
  local numbers = ca.kind == "number" or cb.kind == "number"
  -- Small numbers are everywhere; long ones only meet where they mean the same.
  local long = #(ca.samples[1] or "") >= LONG and #(cb.samples[1] or "") >= LONG
  local many = long and (o.common >= MANY or cover > 0.9 and o.common >= FEW)
  if numbers and not (ids and (same or related or many) or related and many) then return nil end
  if not (same or related) and (o.common < FEW or not (ids or ca.unique or cb.unique)) then return nil end
  if cover < (((same or many) and ids or related) and LEAST or ENOUGH) then return nil end
  local email = o.here.form == "email"
  -- Zeros were left out to make them meet: only ids may.
  local zeros = o.here.form == "zeros" or o.there.form == "zeros"
  if zeros and not (ids and (same or related) or ids and cover >= ENOUGH and o.common >= FEW) then return nil end
  return cover + (same and 0.5 or 0) + (related and 0.5 or 0) + (ids and 0.3 or 0)
    + ((ca.unique or cb.unique) and 0.3 or 0) - (email and 0.05 or 0) - (zeros and 0.2 or 0)
end

local function cost(link) return 1 + math.max(0, 1.2 - link.quality) + link.blank end

-- The share of records that have no value to be followed by, on the emptier side.
local function blanks(a, b, o)
  local share = 0
  for _, c in ipairs { a.t.columns[o.here.column], b.t.columns[o.there.column] } do
    share = math.max(share, c.blank / math.max(1, c.blank + c.values))
  end
  return share
end

-- The best link of each pair of tables: "a,b" -> {a, b, o, quality}.
function links.choose(plans, overlaps)
  local best, order = {}, {}
  for _, o in ipairs(overlaps) do
    local a, b = plans[o.here.table], plans[o.there.table]
    local quality = not (a.aggregate or b.aggregate) and judge(o, a, b) or nil
    local blank = quality and blanks(a, b, o) or 0
    if quality then quality = quality - EMPTY * blank end
    local pair = o.here.table .. "," .. o.there.table
    if quality and not best[pair] then order[#order + 1] = pair end
    if quality and (not best[pair] or quality > best[pair].quality) then
      best[pair] = { a = o.here.table, b = o.there.table, o = o, quality = quality, blank = blank }
    end
  end
  local out = {}
  for i, pair in ipairs(order) do out[i] = best[pair] end
  return out
end

-- Shortest ways to the deals: plan index -> the link of its first step. A weak link
-- counts as longer than a strong one, but never as more than two.
function links.ways(count, deals, chosen)
  local distance, first, done = { [deals] = 0 }, {}, {}
  while true do
    local at
    for i = 1, count do
      if distance[i] and not done[i] and (not at or distance[i] < distance[at]) then at = i end
    end
    if not at then return first, distance end
    done[at] = true
    for _, link in ipairs(chosen) do
      local other = link.a == at and link.b or link.b == at and link.a
      local far = other and distance[at] + cost(link)
      if other and not done[other] and far < 16 and (not distance[other] or far < distance[other]) then
        distance[other], first[other] = far, { link = link, to = at }
      end
    end
  end
end

-- ---- writing ------------------------------------------------------------------------------------

-- The name of a column cleaned by `step`, added to the source once.
local function computed(plan, c, name, step)
  plan.cleaned = plan.cleaned or {}
  local key, taken = step .. " " .. c.name, {}
  if plan.cleaned[key] then return plan.cleaned[key] end
  for _, other in ipairs(plan.t.columns) do taken[source.called(plan, other.name)] = true end
  for _, other in ipairs(plan.computed) do taken[other.name] = true end
  while taken[name] do name = name .. "_key" end
  plan.cleaned[key] = name
  plan.computed[#plan.computed + 1] =
    { name = name, source = ("clean(%s, %s)"):format(text.quote(source.called(plan, c.name)), text.quote(step)) }
  return name
end

-- The column as rules call it, declared as a list or cleaned where that is what overlaps.
local function column_for(plan, side)
  local c = plan.t.columns[side.column]
  -- An array of JSON is a list by itself.
  local separator = side.form == "list" and c.separator ~= "\31" and c.separator
  if separator and not plan.lists[c.name] then plan.lists[c.name] = separator end
  if side.form == "email" then return computed(plan, c, "email", "email") end
  if side.form == "zeros" then
    return computed(plan, c, text.slug(source.called(plan, c.name)) .. "_short", "nozeros")
  end
  return source.called(plan, c.name)
end

-- "92 % of the 1,200 contact ids in touches are in contacts"
local function measured(o, here, a, b)
  local about = o.exact and "" or ", from a sample of the values"
  return ("%s of the values of %s in %s are in %s, %s the other way%s"):format(
    text.percent(o.common, o.here_values), here, a, b, text.percent(o.common, o.there_values), about)
end

-- Names the columns of a link from `from` on, and what was measured.
function links.describe(link, from, plans)
  local o, a, b = link.o, plans[link.a], plans[link.b]
  local here, there = column_for(a, o.here), column_for(b, o.there)
  local said = measured(o, text.quote(here), a.name, b.name)
  if from == link.b then
    a, b, here, there = b, a, there, here
    said = measured({ common = o.common, exact = o.exact, here_values = o.there_values, there_values = o.here_values },
      text.quote(here), a.name, b.name)
  end
  said = here ~= there and said:gsub(" are in ([^,]*),", " are in " .. text.quote(there):gsub("%%", "%%%%")
    .. " of %1,", 1) or said
  if o.here.form == "zeros" or o.there.form == "zeros" then said = said .. ", with zeros in front left out" end
  return { from = a, to = b, here = here, there = there, said = said }
end

function links.write(d)
  local on = d.here == d.there and text.quote(d.here) or text.table { { d.here, text.quote(d.there) } }
  local out = text.comments(d.said, "")
  out[#out + 1] = ("link { %s, %s, %s }"):format(text.quote(d.from.name), text.quote(d.to.name), on)
  return table.concat(out, "\n")
end

return links
