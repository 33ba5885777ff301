-- What a table without a way to the deals does share with other exports: as it was
-- measured, why it is no link, and the trace to write for who wants it all the same.
local links = require "plumbline.init.links"
local names = require "plumbline.init.names"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

local shared = {}

local LEAST = 0.02 -- of the values of one side: below, it is not worth a word
local ASK = 0.5    -- and from here on it is worth a question

-- The overlap as seen from table i: {o, c, other, there, values, there_values}.
local function seen_from(i, o, plans)
  local here, there = o.here, o.there
  local values, there_values = o.here_values, o.there_values
  if o.there.table == i then here, there, values, there_values = there, here, there_values, values end
  if here.table ~= i or here.form or there.form then return nil end
  return { o = o, c = plans[i].t.columns[here.column], other = plans[there.table],
    there = plans[there.table].t.columns[there.column], values = values, there_values = there_values }
end

-- How much there is to say about it; nil: nothing.
local function points(s)
  if #s.c.name > 256 or #s.there.name > 256 then return nil end
  if s.other.outcome and s.other.outcome[s.there.name] then return nil end
  local cover = math.max(s.o.common / s.values, s.o.common / s.there_values)
  if cover < LEAST then return nil end
  local leads = s.other.deals and 2 or s.other.way and 1 or 0
  local channel = names.channel(s.c.name) > 0 and names.channel(s.there.name) > 0
  local same = names.spaced(s.c.name) == names.spaced(s.there.name)
  if leads == 0 and cover < 0.5 then return nil end
  if s.o.few and not (channel or same) then return nil end
  if s.c.kind == "number" and not same then return nil end
  return leads + cover + (channel and 1 or 0) + (same and 1 or 0)
end

local function best(i, plans, overlaps)
  local found, most
  for _, o in ipairs(overlaps) do
    local s = seen_from(i, o, plans)
    local score = s and points(s)
    if score and (not most or score > most) then found, most = s, score end
  end
  return found
end

local function measured(plan, s)
  local about = s.o.exact and "" or ", in a sample"
  return ("%s of the %s of %s are in %s of %s%s"):format(text.number(s.o.common), text.counted(s.values, "value"),
    text.quote(source.called(plan, s.c.name)), text.quote(source.called(s.other, s.there.name)), s.other.name, about)
end

local function why_not(s)
  if not (s.other.deals or s.other.way) then return "but " .. s.other.name .. " has no way to the deals either" end
  if s.o.few then
    return "but so few values are shared by chance, or by many: every record would count for every deal with the same one"
  end
  if names.is_common(s.c.name) or names.is_common(s.there.name) then return "but such values meet without belonging together" end
  if s.c.kind == "number" or s.there.kind == "number" then return "but numbers like these meet by chance" end
  if math.max(s.o.common / s.values, s.o.common / s.there_values) >= ASK and not (s.c.unique or s.there.unique) then
    return "but neither has each of them once: every record would count for every deal with the same one"
  end
  return "which is too little to link them unasked"
end

local function trace(plan, s)
  local here, there = source.called(plan, s.c.name), source.called(s.other, s.there.name)
  local out = ("trace = from %s :to(%s, { %s = %s })"):format(text.quote(plan.name), text.quote(s.other.name),
    text.field(here), text.quote(there))
  for _, step in ipairs(s.other.way or {}) do out = out .. " :to " .. text.quote(step) end
  return out
end

-- What to say in the metric's note, and what to ask above it; nil: it shares nothing.
function shared.look(i, plans, overlaps)
  local plan = plans[i]
  local s = best(i, plans, overlaps)
  if not s then return nil end
  local said = measured(plan, s) .. ", " .. why_not(s)
  local much = math.max(s.o.common / s.values, s.o.common / s.there_values) >= ASK
  if not (much and (s.other.deals or s.other.way)) then return said end
  return said, ("check: %s. If that is how it should count, add\n%s"):format(said, trace(plan, s))
end

-- A link that was taken, but leads nowhere.
function shared.dead_end(i, plans, chosen)
  for _, link in ipairs(chosen) do
    local parts = link.o.here.form or link.o.there.form
    if not parts and (link.a == i or link.b == i) then
      local d = links.describe(link, i, plans)
      return ("%s. But %s has no way to the deals either"):format(d.said, d.to.name)
    end
  end
end

return shared
