-- A workspace from the facts about a folder of exports: sources, links, the deals,
-- and starter rules. Returns function(facts, source) -> what pl_init_result says.
local deals = require "plumbline.init.deals"
local links = require "plumbline.init.links"
local names = require "plumbline.init.names"
local roles = require "plumbline.init.roles"
local rules = require "plumbline.init.rules"
local shared = require "plumbline.init.shared"
local source = require "plumbline.init.source"
local text = require "plumbline.init.text"

-- ---- names of tables ---------------------------------------------------------------------

local function base_of(path)
  return (path:match("[^/]*$"):gsub("%.gz$", ""):gsub("%.zst$", ""):gsub("%.%w+$", ""))
end

-- Without what an export's name adds: "olist_sellers_dataset", "sessions_2024".
local function plain_name(plan)
  local base = base_of(plan.files[1])
  if #plan.files > 1 then base = base:gsub("%d+", " ") end
  local slug = text.slug(base):gsub("_dataset$", ""):gsub("_export$", ""):gsub("^export_", "")
  if plan.t.block then slug = slug .. "_" .. text.slug(plan.t.block) end
  return slug
end

-- "olist_" in front of most names says nothing.
local function common_prefix(list)
  local counts, order = {}, {}
  for _, name in ipairs(list) do
    local prefix = name:match "^([a-z0-9]+_)[a-z]"
    if prefix then
      if not counts[prefix] then order[#order + 1] = prefix end
      counts[prefix] = (counts[prefix] or 0) + 1
    end
  end
  table.sort(order)
  for _, prefix in ipairs(order) do
    if counts[prefix] >= 3 and counts[prefix] * 2 > #list then return prefix end
  end
end

local function name_tables(plans)
  local list, taken = {}, { deals = true }
  for i, plan in ipairs(plans) do list[i] = plain_name(plan) end
  local prefix = common_prefix(list)
  for i, plan in ipairs(plans) do
    local name = list[i]
    if prefix and name:sub(1, #prefix) == prefix then name = text.slug(name:sub(#prefix + 1)) end
    if taken[name] then
      local folder = plan.files[1]:match "([^/]*)/[^/]*$"
      if folder then name = text.slug(folder .. "_" .. name) end
    end
    local base, n = name, 1
    while taken[name] do
      n = n + 1
      name = base .. "_" .. n
    end
    taken[name] = true
    plan.name, plan.metric = name, name
  end
end

-- ---- the audit -------------------------------------------------------------------------------

-- The day of the newest deal: when it was opened, else when it was closed. What is
-- planned for later does not count.
local function newest(plan)
  local header = plan.created or plan.closed
  local c = header and source.column(plan.t, header)
  return c and c.most and c.most:match "^%d%d%d%d%-%d%d%-%d%d"
end

local function rates_field(rates)
  local plan = rates.plan
  local parts = { { "source", text.quote(plan.name) }, { "currency", text.quote(source.called(plan, rates.code)) },
    { "rate", text.quote(source.called(plan, rates.rate)) } }
  if rates.date then parts[#parts + 1] = { "date", text.quote(source.called(plan, rates.date)) } end
  return text.table(parts)
end

local function write_audit(facts, holder, audit)
  local fields, day = {}, newest(holder)
  if day then
    fields[#fields + 1] = { name = "", notes = { ("as_of = %s, the day of the newest deal, makes a run repeatable; "
      .. "without it: now"):format(text.quote(day)) } }
  end
  if audit.currency then
    fields[#fields + 1] = { name = "currency", source = text.quote(audit.currency) }
  else
    fields[#fields + 1] = { name = "", notes = { 'check: in which currency are the sums? currency = "EUR"' } }
  end
  fields[#fields + 1] = { name = "timezone", source = '"UTC"', notes = { "times that name no timezone are read in this one" } }
  fields[#fields + 1] = { name = "rules", source = '"rules/*.lua"' }
  if not holder.closed then
    fields[#fields + 1] = { name = "before", source = '"any"', notes = {
      "nothing says when deals were closed, so records count whenever they happened; take this line out "
      .. "once deals have `closed`" } }
  end
  if audit.rates then
    fields[#fields + 1] = { name = "rates", source = rates_field(audit.rates),
      notes = { "check: what one unit of another currency is worth in " .. audit.currency } }
  end
  return text.body("audit " .. text.quote(text.title(facts.title)), "", fields)
end

local HEAD = [[
-- What is audited, and from which exports: a first proposal by `plumbline init`, made by
-- looking at every record. Lines with "check:" are questions. This file is yours to change.
--
--   plumbline check      do all rules fit the exports?
--   plumbline audit      the audit, and the report in report/
--   plumbline help audit what this file may say
]]

local function add_block(out, comments, body)
  out[#out + 1] = ""
  for _, note in ipairs(comments) do
    for _, line in ipairs(text.comments(note, "")) do out[#out + 1] = line end
  end
  out[#out + 1] = body
end

-- Files that are left out because they are copies of one of this table's.
local function copies_of(plan, facts, out)
  for _, copy in ipairs(facts.copies) do
    for _, file in ipairs(plan.files) do
      if copy.of == file then
        out[#out + 1] = ("%s is the same file again and is left out, so that nothing counts twice."):format(
          text.quote(copy.file))
      end
    end
  end
end

local SKIPPED = 4

-- Rows of the first file that are no records: what was left out is never left unsaid.
local function skipped_in(plan, out)
  local list = {}
  for _, s in ipairs(plan.t.skipped or {}) do
    if s.kind ~= "block" then list[#list + 1] = s end
  end
  for i = 1, math.min(#list, SKIPPED) do
    local cut = { kind = list[i].kind, line = list[i].line, lines = list[i].lines, text = text.cut(list[i].text, 80) }
    local of = #plan.files > 1 and " of " .. plan.files[1] or ""
    out[#out + 1] = ("left out%s, being no record: %s"):format(of, source.skipped(cut))
  end
  if #list > SKIPPED then
    out[#out + 1] = ("and %d more; `plumbline sniff` shows them"):format(#list - SKIPPED)
  end
end

local function about(plan, facts)
  local out = {}
  copies_of(plan, facts, out)
  if plan.t.cut then out[1] = "Only the first " .. plan.t.records .. " records were looked at." end
  if plan.t.rejected > 0 then
    local first = plan.t.rejects[1]
    out[#out + 1] = ("check: %s cannot be used; the first is line %d of %s: %s"):format(
      text.counted(plan.t.rejected, "row"), first.line, first.file, first.message)
  end
  skipped_in(plan, out)
  local unsettled = not plan.time and not plan.deals and roles.unsettled(plan.t, names.times)
  local as = unsettled and { [unsettled] = "time" } or {}
  for header in pairs(plan.asked or {}) do as[header] = "closed" end
  for _, doubt in ipairs(source.doubts(plan, as)) do out[#out + 1] = doubt end
  if plan.unfit and plan.t.profile and plan.t.profile.fits then
    out[#out + 1] = ("It looks like %s (profile = %s), but %s does not serve as that expects."):format(
      plan.t.profile.title, text.quote(plan.t.profile.name), text.quote(plan.unfit))
  end
  return out
end

local function audit_file(facts, plans, at, described, audit)
  local out = { HEAD, write_audit(facts, plans[at], audit), "", "-- ---- the deals: every trace ends here "
    .. ("-"):rep(40) }
  add_block(out, about(plans[at], facts), source.write(plans[at]))
  if #plans > 1 then
    out[#out + 1] = ""
    out[#out + 1] = "-- ---- the other exports " .. ("-"):rep(53)
  end
  for i, plan in ipairs(plans) do
    if i ~= at then add_block(out, about(plan, facts), source.write(plan)) end
  end
  if #described > 0 then
    out[#out + 1] = ""
    out[#out + 1] = "-- ---- which belong together, by the values that they share " .. ("-"):rep(18)
  end
  for _, d in ipairs(described) do
    out[#out + 1] = ""
    out[#out + 1] = links.write(d)
  end
  return table.concat(out, "\n") .. "\n"
end

-- ---- all of it ------------------------------------------------------------------------------------

local function set_ways(plans, at, first)
  for i, plan in ipairs(plans) do
    local way, now = {}, i
    while first[now] and #way < 16 do
      now = first[now].to
      way[#way + 1] = plans[now].name
    end
    if i ~= at and now == at and #way > 0 then plan.way = way end
  end
end

local function set_departments(plans)
  for _, plan in ipairs(plans) do
    plan.department = plan.known and plan.known.department or names.department(plan.files[1])
  end
end

local function describe_tables(plans)
  local out = {}
  for i, plan in ipairs(plans) do
    local skipped = 0
    for _, s in ipairs(plan.t.skipped or {}) do skipped = skipped + (s.kind ~= "block" and s.rows or 0) end
    out[i] = { name = plan.name, files = plan.files, records = plan.t.records, columns = #plan.t.columns, skipped = skipped,
      department = plan.department, profile = plan.t.profile and plan.t.profile.fits and plan.t.profile.title or nil,
      way = plan.way or nil, role = plan.deals and "deals" or plan.rates and "rates" or plan.looked_up and "lookup"
        or plan.known and plan.known.deals and "other_deals" or nil }
  end
  return out
end

-- Those of audit.lua, which is last among the files, come first: the rest rests on it.
local function asks_of(files)
  local out = {}
  for i = 0, #files - 1 do
    local file = files[i == 0 and #files or i]
    local line, open = 0, nil
    for l in file.text:gmatch "([^\n]*)\n" do
      line = line + 1
      local first, more = l:match "^%s*%-%- check: (.*)", l:match "^%s*%-%-   (%S.*)"
      local code = l:match "^%s*%-%-     (%S.*)"
      if first and file.path:find "^%a" then
        open = { file = file.path, line = line, text = first }
        out[#out + 1] = open
      elseif code and open then
        open.lines = (open.lines or 0) + 1
        open.text = open.text:gsub(":$", "") .. (open.lines == 1 and ": " or " or ") .. code
      elseif more and open then
        open.text = open.text .. " " .. more
      else
        open = nil
      end
    end
  end
  return out
end

local function no_deals(facts, plans)
  local files = {}
  for _, plan in ipairs(plans) do
    for _, file in ipairs(plan.files) do files[#files + 1] = file end
  end
  if facts.deals then
    return ("%s is not one of the exports here"):format(facts.deals), "it may be one of: " .. table.concat(files, ", ")
  end
  return "no export here looks as if it held the deals: none has a status that says won, or a day on which something was won",
    "name it with --deals FILE, or export the deals from your CRM"
end

local function plan_tables(facts)
  local plans = {}
  for i, t in ipairs(facts.tables) do plans[i] = roles.plan(t, facts.known[i], facts.files[i]) end
  name_tables(plans)
  roles.add_keys(plans)
  return plans
end

local function choices_of(might, plans)
  local out = {}
  for i, choice in ipairs(might) do out[i] = plans[choice.at].files[1] end
  return out
end

-- Links on the ways to the deals, each once, in the order of the tables.
local function describe_links(plans, first)
  local out = {}
  for i = 1, #plans do
    if first[i] and not plans[i].looked_up then out[#out + 1] = links.describe(first[i].link, i, plans) end
  end
  return out
end

-- What the tables without a way share all the same.
local function set_shares(plans, chosen, overlaps)
  for i, plan in ipairs(plans) do
    if not (plan.way or plan.deals or plan.rates or plan.looked_up) then
      plan.shares, plan.shares_ask = shared.look(i, plans, overlaps)
      plan.shares = plan.shares or shared.dead_end(i, plans, chosen)
    end
  end
end

return function(facts, product)
  local plans = plan_tables(facts)
  local out = { tables = describe_tables(plans), refused = facts.refused, copies = facts.copies }
  for _, copy in ipairs(facts.copies) do
    if facts.deals == copy.file then facts.deals = copy.of end
  end
  local at, sure, might = deals.find(plans, facts.deals)
  if not at then
    out.wrong, out.hint = no_deals(facts, plans)
    return out
  end
  plans[at].outcome = deals.outcome(plans[at])
  local chosen, audit = links.choose(plans, facts.overlaps), {}
  plans[at].name = "deals"
  deals.take(plans[at], at, plans, chosen, audit, function(link, from) return links.describe(link, from, plans) end)
  local first = links.ways(#plans, at, chosen)
  for i, plan in ipairs(plans) do
    if plan.rates then first[i] = nil end
  end
  set_departments(plans)
  set_ways(plans, at, first)
  local described = describe_links(plans, first)
  set_shares(plans, chosen, facts.overlaps)
  local files, counts = rules.write(plans)
  local editor = {}
  require("plumbline.demo.editor")(function(path, body) editor[#editor + 1] = { path = path, text = body } end, product)
  table.move(editor, 1, #editor, #files + 1, files)
  files[#files + 1] = { path = "audit.lua", text = audit_file(facts, plans, at, described, audit) }
  out.tables = describe_tables(plans)
  out.deals = { table = plans[at].name, file = plans[at].files[1], sure = sure }
  out.choices, out.files, out.metrics = choices_of(might, plans), files, counts
  out.asks = asks_of(files)
  return out
end
