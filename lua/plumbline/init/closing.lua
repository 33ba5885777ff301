-- When a deal was closed: the column that says so, what speaks against it, and what to
-- write where none is known.
local names = require "plumbline.init.names"
local roles = require "plumbline.init.roles"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

local closing = {}

local CANDIDATES = 5
local CERTAIN = 6 -- points of a name that means the closing, and cannot mean the opening

local function is_day(c) return c.kind == "time" and c.values > 0 and #c.name <= 256 end

-- The line that would make a column the closing day; one for each reading where it
-- can be read in two ways.
local function lines_for(plan, c)
  local called = source.called(plan, c.name)
  if c.ambiguous then return source.settle(c, called, "closed") end
  return { "closed = " .. source.time(plan, c.name) }
end

local function quoted(list)
  local out = {}
  for i, value in ipairs(list) do out[i] = text.quote(value) end
  return table.concat(out, ", ")
end

local function unknown(plan)
  local lines, others = {}, {}
  for _, c in ipairs(plan.t.columns) do
    if is_day(c) and (source.is_sound(c) or c.ambiguous) then
      if c.name == plan.created or names.has(c.name, names.not_deal_days) then
        others[#others + 1] = source.called(plan, c.name)
      elseif #lines < CANDIDATES then
        table.move(lines_for(plan, c), 1, 2, #lines + 1, lines)
      end
    end
  end
  if #lines > 0 then
    return "check: no column is known to say when a deal was closed. If one of these does, write\n"
      .. table.concat(lines, "\n")
  end
  local which = #others > 0 and (": %s %s something else"):format(quoted(others), #others == 1 and "says" or "say") or ""
  return ("check: no column says when a deal was closed%s. Add it to the export, then write closed = \"…\" here"):format(which)
end

-- The closing day may be the opening day under another name.
local function doubt(plan)
  local c = plan.closed and source.column(plan.t, plan.closed)
  if not c then return nil end
  local called = source.called(plan, plan.closed)
  for _, other in ipairs(c.same_days or {}) do
    local created = other == plan.created or names.score(other, names.created) > 0
    if created and c.values > 1 then
      return ("check: %s is the same day as %s in every record that has both. Is one of them copied from the other? "
        .. "If deals are not closed on the day they begin, look for the true day"):format(text.quote(called),
        text.quote(source.called(plan, other)))
    end
  end
  local days = 0
  for _, other in ipairs(plan.t.columns) do
    if is_day(other) then days = days + 1 end
  end
  if days == 1 and names.score(plan.closed, names.closed) < CERTAIN then
    return ("check: %s is the only date here. Is it the day a deal was closed? If it is the day it began, write "
      .. "created = %s instead"):format(text.quote(called), source.time(plan, plan.closed))
  end
end

-- Notes for `closed` of the deals, and which columns they speak of.
function closing.look(plan)
  if plan.closed then
    plan.closed_notes = { doubt(plan) }
    if #plan.closed_notes == 0 then plan.closed_notes = nil end
    return
  end
  local header = roles.unsettled(plan.t, names.closed)
  if header then
    plan.closed_notes = { source.ambiguous_note(plan, source.column(plan.t, header), "closed") }
    plan.asked = { [header] = true }
  else
    plan.closed_notes = { unknown(plan) }
  end
end

-- Is the day of the closing one on which a deal was won, so that a row that has it is won?
function closing.is_won_day(header)
  return header ~= nil and names.has(header, table.move(names.closed[1], 2, #names.closed[1], 1, {}))
end

return closing
