-- The terminal summary: what was found, metric by metric, at 80 columns.
local words = require "plumbline.views.words"

local COLORS = { FLAGGED = "33", LINKED = "32", ["NO DIFFERENCE"] = "36", ["TOO EARLY"] = "36", ["NOT AUDITED"] = "31" }
local INDENT = 9 -- "  where  "
local ACTION = 7 -- "relink "

local Page = {}
Page.__index = Page

function Page:line(text)
  self.out[#self.out + 1] = (text or ""):gsub("%s+$", "")
end

function Page:paint(code, text)
  return self.color and "\27[" .. code .. "m" .. text .. "\27[0m" or text
end

-- Text below its own start; `first` stands in front of its first line, and
-- `extra` at the right end of the last one, or below where it has no room.
function Page:hang(first, indent, text, extra)
  local lines = words.wrap(text, math.max(10, self.width - indent))
  local margin = string.rep(" ", indent)
  for i, line in ipairs(lines) do
    local room = self.width - indent - words.width(line) - 3 - words.width(extra or "")
    local last = extra and i == #lines
    self:line((i == 1 and first or margin) .. line
      .. (last and room >= 0 and string.rep(" ", room + 3) .. self:paint("2", extra) or ""))
    if last and room < 0 then
      self:line(margin .. self:paint("2", extra))
    end
  end
end

-- "  where  text that goes on below itself"
function Page:field(name, text, extra)
  self:hang("  " .. words.pad(name, INDENT - 2), INDENT, text, extra)
end

function Page:paragraph(text)
  self:hang("", 0, text)
end

-- Label and name on the left, the gist on the right where it fits, else below.
function Page:heading(finding, gist, short)
  local label = words.verdicts[finding.verdict]
  local name = words.clean(finding.metric) .. " · " .. words.clean(finding.department)
  local left = words.pad(label, INDENT - 1) .. " " .. name
  local painted = self:paint(COLORS[label], words.pad(label, INDENT - 1)) .. " " .. self:paint("1", name)
  if words.width(left) > self.width then
    self:line(self:paint(COLORS[label], label))
    for _, line in ipairs(words.wrap(name, self.width - 2)) do
      self:line("  " .. self:paint("1", line))
    end
    left, painted = nil, nil
  end
  for _, text in ipairs { gist, short } do
    local room = left and self.width - words.width(left) - words.width(text) or -1
    if room >= 2 then
      return self:line(painted .. string.rep(" ", room) .. text)
    end
  end
  if painted then
    self:line(painted)
  end
  self:field("", gist)
end

-- What is said beside the name, and a shorter form of it.
local function gist(result, finding)
  if finding.evidence and (finding.verdict == "linked" or finding.verdict == "no_difference") then
    local deals = words.deals(result, finding.evidence.deals.won.reached, "won")
    return deals, deals
  end
  return words.code(finding.code), finding.code
end

function Page:steps(finding)
  for _, branch in ipairs(finding.evidence.branches) do
    self:field("chain", words.chain(branch) .. ": " .. words.followed(branch))
  end
end

function Page:near(finding)
  for _, branch in ipairs(finding.evidence.branches) do
    for _, step in ipairs(branch.steps) do
      if step.near and step.near.won.deals > 0 then
        local sample = step.near.samples[1]
        self:field("near", string.format("%s would match if written the same way (\"%s\" and \"%s\"): "
          .. "%s would link", words.count(step.near.keys, "value"), sample.here, sample.there,
          words.deals(self.result, step.near.won, "more won")))
      end
    end
  end
end

function Page:evidence(finding)
  local evidence = finding.evidence
  if finding.verdict == "linked" or self.verbose then
    self:steps(finding)
  end
  if evidence.proofs[1] and not finding.flagged then
    self:field("proof", words.proof(self.result, evidence.proofs[1]))
  end
  for i, deal in ipairs(evidence.out_of_time or {}) do
    if i == 1 or self.verbose then
      self:field(i == 1 and "not in" or "", words.out_of_time(self.result, deal))
    end
  end
  self:near(finding)
end

function Page:judgement(finding)
  local standard = finding.standard
  self:field("judge", "the rule's own judgement" .. (finding.judge and finding.judge.text and ": " .. finding.judge.text or "")
    .. ". The standard one would be \"" .. standard.verdict:gsub("_", " ") .. "\""
    .. (standard.code and " (" .. standard.code .. ")" or ""))
end

function Page:todo(finding)
  for i, todo in ipairs(finding.todo) do
    local first = "  " .. words.pad(i == 1 and "decide" or "", INDENT - 2) .. words.pad(todo.action, ACTION)
    self:hang(first, INDENT + ACTION, todo.text)
  end
end

function Page:what(finding)
  if finding.verdict ~= "linked" then
    self:field("what", finding.headline)
  end
  local site = finding.site and words.place(finding.site) or finding.file and words.place(finding)
  if finding.where then
    self:field("where", finding.where, site)
  elseif finding.flagged then
    self:field("where", site)
  end
  if finding.flagged and finding.cost and words.cost(self.result, finding.cost) then
    self:field("costs", words.cost(self.result, finding.cost))
  end
  if finding.error then
    self:field("error", finding.error.message, finding.error.file and words.place(finding.error))
  end
end

function Page:finding(finding)
  self:line()
  self:heading(finding, gist(self.result, finding))
  self:what(finding)
  if finding.evidence then
    self:evidence(finding)
  end
  if finding.tells then
    self:field("tells", (finding.tells:gsub("^tells ", "")))
  end
  if finding.standard then
    self:judgement(finding)
  end
  local order = finding.evidence and finding.evidence.order or {}
  -- A source without times: a reader must never take "linked" for "came before".
  local unordered = order.compared == "not checked" and order.before ~= "any"
  for _, note in ipairs(words.own_notes(self.result, finding)) do
    if self.verbose or note.code or (unordered and note.text == order.text) then
      self:field("note", note.text .. (note.code and " (" .. note.code .. ")" or ""))
    end
  end
  if finding.verdict ~= "linked" or self.verbose then
    self:todo(finding)
  end
end

function Page:head()
  local result = self.result
  local deals, refunds = result.deals, result.deals.refunds
  for _, line in ipairs(words.wrap(result.audit.title .. " · as of " .. result.audit.as_of, self.width)) do
    self:line(self:paint("1", line))
  end
  self:paragraph(words.deals(result, deals.won, "won") .. " · " .. words.group(deals.lost.deals) .. " lost · "
    .. words.group(deals.open.deals) .. " open")
  if refunds and refunds.deals > 0 then
    self:paragraph("of the won, " .. words.count(refunds.deals, "deal") .. " with a negative amount: "
      .. words.money(result, refunds.amount))
  end
  local lost = words.lost_deals(result)
  if lost then
    self:paragraph(lost)
  end
  self:paragraph(words.totals(result.totals))
end

function Page:departments()
  for _, department in ipairs(self.result.departments) do
    if department.error then
      self:line()
      self:line(self:paint("31", "NOT AUDITED") .. " " .. words.clean(department.name or department.file))
      self:field("what", "The rule file could not be used, so none of its metrics was audited")
      self:field("error", department.error.message, department.error.file and words.place(department.error))
      if department.error.hint then
        self:hang("  decide " .. words.pad("fix", ACTION), INDENT + ACTION, department.error.hint)
      end
    end
  end
end

function Page:sources()
  for _, source in ipairs(self.result.sources) do
    if source.read > 0 then
      local parts = { words.group(source.read) .. " read", words.group(source.used) .. " used" }
      if source.rejected > 0 then
        parts[#parts + 1] = words.group(source.rejected) .. " rejected"
      end
      for _, why in ipairs(plumbline.keys(source.skipped)) do
        if source.skipped[why] > 0 then
          parts[#parts + 1] = words.group(source.skipped[why]) .. " skipped (" .. (words.skipped[why] or why) .. ")"
        end
      end
      self:field("read", source.name .. ": " .. table.concat(parts, ", "))
    end
  end
end

function Page:notes()
  self:line()
  for _, note in ipairs(self.result.notes) do
    self:hang("- ", 2, note.text)
  end
  self:hang("- ", 2, "next: `plumbline trace METRIC` shows every step of a metric, `plumbline explain CODE` what a "
    .. "code means")
end

return function(result, options)
  local page = setmetatable({ out = {}, result = result, width = options.width or 80, color = options.color,
    verbose = options.verbose }, Page)
  page:head()
  for _, section in ipairs(words.sections) do
    for _, finding in ipairs(words.section_findings(result, section)) do
      page:finding(finding)
    end
  end
  page:departments()
  if page.verbose then
    page:line()
    page:sources()
  end
  page:notes()
  return table.concat(page.out, "\n") .. "\n"
end
