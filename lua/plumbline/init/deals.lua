-- Which file holds the deals, and what it says about them. Whatever is not certain
-- is written as a comment that asks.
local closing = require "plumbline.init.closing"
local names = require "plumbline.init.names"
local roles = require "plumbline.init.roles"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

local deals = {}

-- ---- the status -----------------------------------------------------------------------------

-- What a profile says a value means.
local function said_by(known, value)
  for _, meaning in ipairs { "won", "lost", "ignore" } do
    for _, text_ in ipairs(known and known.status and known.status[meaning] or {}) do
      if text_ == value then return meaning end
    end
  end
end

-- Values of a column by what they mean, and how many say won or lost.
local function sort_values(c, known)
  local out = { won = {}, lost = {}, ignore = {}, other = {}, guessed = {}, won_count = 0, told = 0 }
  for _, value in ipairs(c.listed or {}) do
    local meaning, certain = said_by(known, value.text), true
    if not meaning then meaning, certain = names.meaning(value.text) end
    if #value.text >= 200 then meaning = nil end
    table.insert(out[meaning or "other"], value.text)
    if meaning == "won" then out.won_count = out.won_count + value.count end
    if meaning == "won" or meaning == "lost" then out.told = out.told + 1 end
    if meaning and not certain then table.insert(out.guessed, value.text) end
  end
  return out
end

-- true and false, in a column that is named after winning
local function yes_and_no(c)
  if not names.has(c.name, { "won", "is won", "iswon", "closed won" }) then return nil end
  for _, value in ipairs(c.listed or {}) do
    local low = value.text:lower()
    if low == "true" or low == "yes" or low == "1" then return value end
  end
end

local function status_column(t, known)
  local found, points, sorted = nil, 0, nil
  for _, c in ipairs(t.columns) do
    local may = #c.name <= 256 and c.listed and (c.kind == "text" or c.kind == "number")
    local values = may and sort_values(c, known)
    local yes = may and yes_and_no(c)
    if yes then
      values = { won = { yes.text }, lost = {}, ignore = {}, other = {}, guessed = {}, won_count = yes.count, told = 1 }
    end
    local score = values and values.told > 0 and 20 + 10 * values.told + names.score(c.name, names.statuses) or 0
    if yes then score = 21 end
    if score > points then found, points, sorted = c.name, score, values end
  end
  return found, sorted
end

-- Any column that looks like a status, whatever its values say.
local function likely_status(t)
  local found, points = nil, 3
  for _, c in ipairs(t.columns) do
    local score = c.kind == "text" and #c.name <= 256 and names.score(c.name, names.statuses) or 0
    if score > points then found, points = c.name, score end
  end
  return found
end

-- The columns that tell how deals ended: a trace must not go by them, for it would
-- select the outcome. A set of headers.
function deals.outcome(plan)
  local closed = plan.closed or roles.time(plan.t, names.closed)
  local out = {}
  for _, header in ipairs { (status_column(plan.t, plan.known)) or false, likely_status(plan.t) or false, closed or false,
    plan.amount or roles.number(plan.t, names.amounts, 3) or false } do
    if header then out[header] = true end
  end
  return out
end

-- ---- which file --------------------------------------------------------------------------------

local function consider(plan)
  local t = plan.t
  local at, values = status_column(t, plan.known)
  local closed = roles.time(t, names.closed)
  local amount = roles.number(t, names.amounts, 3)
  local file = names.score(plan.files[1]:match("[^/]*$"):gsub("%.%w+$", ""), names.deals)
  local won_day = closing.is_won_day(closed)
  local points = (plan.known and plan.known.deals and 60 or 0) + (at and values.won_count > 0 and 50 or at and 25 or 0)
    + (won_day and not at and 45 or 0) + (closed and 12 or 0) + (amount and 12 or 0) + file * 3
    + (plan.key and 5 or 0) - (t.records == 0 and 60 or 0) - (plan.aggregate and 100 or 0)
  local can = plan.known and plan.known.deals or at or won_day or (file >= 8 and likely_status(t) ~= nil)
  return can and points > 0 and points or nil
end

-- The plan that holds the deals, whether that is sure, and all that might, best first.
function deals.find(plans, chosen)
  local might = {}
  for i, plan in ipairs(plans) do
    local points = consider(plan)
    if points then might[#might + 1] = { at = i, points = points } end
  end
  table.sort(might, function(a, b)
    if a.points ~= b.points then return a.points > b.points end
    return a.at < b.at
  end)
  if chosen then
    for i, plan in ipairs(plans) do
      for _, file in ipairs(plan.files) do
        if file == chosen or "./" .. file == chosen then return i, true, might end
      end
    end
    return nil, false, might
  end
  if #might == 0 then return nil, false, might end
  local sure = #might == 1 or might[1].points - might[2].points >= 15
  return might[1].at, sure, might
end

-- ---- what is said of it ----------------------------------------------------------------------------

local function status_source(plan, at, values)
  local parts, notes = { "column = " .. text.quote(source.called(plan, at)) }, {}
  for _, meaning in ipairs { "won", "lost", "ignore" } do
    if #values[meaning] > 0 then parts[#parts + 1] = meaning .. " = " .. text.list(values[meaning]) end
  end
  for _, value in ipairs(values.guessed) do
    notes[#notes + 1] = ("check: %s is listed by what its name says"):format(text.quote(value))
  end
  if #values.other > 0 then
    local quoted = {}
    for i = 1, math.min(#values.other, 12) do quoted[i] = text.quote(values.other[i]) end
    notes[#notes + 1] = "check: these count as open, and so will every other value: " .. table.concat(quoted, ", ")
      .. (#values.other > 12 and ", …" or "")
  end
  parts[#parts + 1] = "open = others()"
  return "{ " .. table.concat(parts, ", ") .. " }", notes, parts
end

local function unknown_status(plan)
  local t = plan.t
  local at = likely_status(t)
  if at then
    local c = source.column(t, at)
    local some = {}
    for i, value in ipairs(c.listed or {}) do
      if i <= 12 then some[i] = text.quote(value.text) end
    end
    return ("{ column = %s, won = \"Closed Won\", open = others() }"):format(text.quote(source.called(plan, at))),
      { "check: which values mean won? None of these says so: " .. table.concat(some, ", ") }
  end
  return 'constant "open"', { "check: no column says which deals were won. If the export holds won deals only, "
    .. 'write status = constant "won"' }
end

local function add_status(plan)
  local at, values = status_column(plan.t, plan.known)
  local status, notes, parts
  if at and values.won_count > 0 then
    status, notes, parts = status_source(plan, at, values)
  elseif at and #values.lost > 0 then
    values.won = { "Closed Won" }
    status, notes, parts = status_source(plan, at, values)
    table.insert(notes, 1, "check: no deal here says that it was won; which value will?")
  elseif closing.is_won_day(plan.closed) and not at then
    status = 'constant "won"'
    notes = { ("check: there is no status here; every row with a %s counts as won"):format(
      source.called(plan, plan.closed)) }
    if source.column(plan.t, plan.closed).blank > 0 then
      plan.extra[#plan.extra + 1] = { name = "where",
        source = text.table { { source.called(plan, plan.closed), "not_(blank())" } } }
    end
  else
    status, notes = unknown_status(plan)
  end
  plan.extra[#plan.extra + 1] = { name = "status", source = status, notes = notes, parts = parts }
  return notes
end

-- ---- money ---------------------------------------------------------------------------------------------

local function codes_of(c)
  local out = {}
  for i, value in ipairs(c and c.listed or {}) do
    if not value.text:find("^%u%u%u$") then return nil end
    out[i] = value.text
  end
  return #out > 0 and out or nil
end

local function currency_column(t, amount)
  local found
  for _, c in ipairs(t.columns) do
    local fits = names.has(c.name, { "currency", "währung", "währungscode", "devise", "moneda" }) and codes_of(c)
    if fits and (not found or amount and c.name:find(amount, 1, true) == 1) then found = c.name end
  end
  return found
end

local signs = { ["€"] = "EUR", ["£"] = "GBP", ["R$"] = "BRL", ["US$"] = "USD", ["CHF"] = "CHF", ["¥"] = "JPY" }

-- A table with a rate for each currency (and day): {plan, code, rate, date, base}.
local function find_rates(plans, codes)
  for _, plan in ipairs(plans) do
    local t = plan.t
    local code = currency_column(t)
    local rate = code and roles.number(t, { { 5, "rate", "rates", "per unit", "exchange rate", "kurs" } }, 1)
    local listed, own = {}, nil
    for _, c in ipairs(rate and codes_of(source.column(t, code)) or {}) do listed[c] = true end
    for _, c in ipairs(codes) do
      if rate and names.has(rate, { c:lower() }) then own = c end
      if rate and not listed[c] and not own then own = c end
    end
    local missing = 0
    for _, c in ipairs(codes) do
      if not listed[c] and c ~= own then missing = missing + 1 end
    end
    if rate and own and missing == 0 then
      return { plan = plan, code = code, rate = rate, date = plan.time, base = own }
    end
  end
end

-- The one column of another table that looks like revenue, by a key that never
-- repeats there.
local function find_lookup(at, plans, chosen)
  local found
  for _, link in ipairs(chosen) do
    local other = link.a == at and link.b or link.b == at and link.a
    if other then
      local side, own = link.a == other and link.o.here or link.o.there, link.a == at and link.o.here or link.o.there
      local c = plans[other].t.columns[side.column]
      local take = not side.form and not own.form and c.unique and roles.number(plans[other].t, names.revenues, 5)
      local points = take and names.score(take, names.revenues) + link.quality
      if points and (not found or points > found.points) then
        found = { points = points, plan = plans[other], link = link, take = take, other = other }
      end
    end
  end
  return found
end

local function add_lookup(plan, at, found, describe)
  local d = describe(found.link, at)
  local on = d.here == d.there and text.quote(d.here) or text.table { { d.here, text.quote(d.there) } }
  local take = source.called(found.plan, found.take)
  plan.extra[#plan.extra + 1] = { name = "amount",
    source = ("lookup { %s, on = %s, take = %s }"):format(text.quote(found.plan.name), on, text.quote(take)),
    notes = { "check: the deals hold no amount; this one is of another file. " .. d.said } }
  found.plan.looked_up = true
end

-- The columns of the money, and what is known of its currencies: one code, or
-- several with rates, or several without.
local function money_of(plan, plans)
  local amount = plan.amount or roles.number(plan.t, names.amounts, 3)
  local currency = plan.currency or currency_column(plan.t, amount)
  local codes = currency and codes_of(source.column(plan.t, currency))
  local several = codes and #codes > 1
  local rates = several and find_rates(plans, codes) or nil
  return { amount = amount, currency = currency, codes = codes, rates = rates, mixed = amount and several and not rates }
end

local function no_amount(plan, at, plans, chosen, describe)
  local found = find_lookup(at, plans, chosen)
  if found then return add_lookup(plan, at, found, describe) end
  local open = roles.unsettled_number(plan.t, names.amounts, 3)
  local note = open and ("check: once it is settled how %s is written, its sums can be had; write\namount = %s"):format(
    open, text.quote(source.called(plan, open)))
  plan.extra[#plan.extra + 1] = { name = "amount",
    notes = { note or "check: no column looks like what a deal is worth. Deals are counted, without sums" } }
end

-- Amounts of several currencies are never added up as if they were one.
local function mixed_amounts(plan, money)
  local each = {}
  for i = 2, #money.codes do each[#each + 1] = { money.codes[i], '"…"' } end
  plan.extra[#plan.extra + 1] = { name = "amount", notes = {
    ("check: deals are in %s, so there are no sums yet. Say in audit what the others are worth, and add the lines below"
      .. "\ncurrency = %s, rates = %s   (in audit)\namount = %s, currency = %s   (here)"):format(
      table.concat(money.codes, ", "), text.quote(money.codes[1]), text.table(each),
      text.quote(source.called(plan, money.amount)), text.quote(source.called(plan, money.currency))) } }
end

local function add_amount(plan, money, audit)
  local sign = source.column(plan.t, money.amount).currency
  if money.rates then
    money.rates.plan.rates = money.rates
    audit.rates, audit.currency = money.rates, money.rates.base
  elseif money.codes then
    audit.currency = money.codes[1]
  elseif sign then
    audit.currency = signs[sign] or sign:match("^%u%u%u$") and sign or nil
  end
  if plan.given.amount ~= money.amount then
    plan.extra[#plan.extra + 1] = { name = "amount", source = text.quote(source.called(plan, money.amount)) }
  end
  if money.currency and money.codes and plan.given.currency ~= money.currency then
    plan.extra[#plan.extra + 1] = { name = "currency", source = text.quote(source.called(plan, money.currency)) }
  end
end

-- Turns a plan into that of the deals. `audit` takes what follows for the audit.
function deals.take(plan, at, plans, chosen, audit, describe)
  plan.deals, plan.name, plan.extra = true, "deals", {}
  plan.closed = plan.closed or roles.time(plan.t, names.closed)
  plan.created = plan.created or roles.time(plan.t, names.created, plan.closed)
  if plan.given.time ~= plan.time or not plan.profile then plan.time = nil end
  if plan.profile then plan.time = nil end
  local money = money_of(plan, plans)
  -- A profile would bring its amount along.
  if money.mixed and plan.profile then roles.drop_profile(plan) end
  closing.look(plan)
  add_status(plan)
  if not money.amount then
    no_amount(plan, at, plans, chosen, describe)
  elseif money.mixed then
    mixed_amounts(plan, money)
  else
    add_amount(plan, money, audit)
  end
end

return deals
