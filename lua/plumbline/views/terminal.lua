-- The terminal summary: what was found, metric by metric, at 80 columns.
local words = require "plumbline.views.words"

local COLORS = { FLAGGED = "33", LINKED = "32", ["NO DIFFERENCE"] = "36", ["TOO EARLY"] = "36", ["NOT AUDITED"] = "31" }

local Page = {}
Page.__index = Page

function Page:line(text)
  self.out[#self.out + 1] = (text or ""):gsub("%s+$", "")
end

function Page:paint(code, text)
  return self.color and "\27[" .. code .. "m" .. text .. "\27[0m" or text
end

-- "  where  text that goes on below itself"
function Page:field(name, text, extra)
  local label = "  " .. words.pad(name, 7)
  for i, line in ipairs(words.wrap(text, self.width - 9)) do
    self:line((i == 1 and label or string.rep(" ", 9)) .. line)
  end
  if extra then
    self:line(string.rep(" ", 9) .. self:paint("2", extra))
  end
end

function Page:paragraph(text, indent)
  for _, line in ipairs(words.wrap(text, self.width - #indent)) do
    self:line(indent .. line)
  end
end

-- Label and name on the left, the gist on the right where it fits, else below.
function Page:heading(finding, gist)
  local label = words.verdicts[finding.verdict]
  local name = words.clean(finding.metric) .. " · " .. words.clean(finding.department)
  local left = words.pad(label, 8) .. " " .. name
  local room = self.width - words.width(left) - 2
  local painted = self:paint(COLORS[label], words.pad(label, 8)) .. " " .. self:paint("1", name)
  if words.width(gist) <= room then
    self:line(painted .. string.rep(" ", room + 2 - words.width(gist)) .. gist)
  else
    self:line(painted)
    self:field("", gist)
  end
end

local function gist(result, finding)
  if finding.evidence and (finding.verdict == "linked" or finding.verdict == "no_difference") then
    return words.deals(result, finding.evidence.deals.won.reached, "won")
  end
  return finding.code or ""
end

function Page:steps(finding)
  for _, branch in ipairs(finding.evidence.branches) do
    local counts = words.group(branch.origins) .. " " .. words.clean(branch.from)
    if #branch.steps > 0 then
      counts = counts .. " · " .. words.group(branch.steps[#branch.steps].followed) .. " followed to a deal"
    end
    self:field("chain", words.chain(branch) .. "   " .. counts)
  end
end

function Page:near(finding)
  for _, branch in ipairs(finding.evidence.branches) do
    for _, step in ipairs(branch.steps) do
      if step.near and step.near.won.deals > 0 then
        local sample = step.near.samples[1]
        self:field("near", string.format("%s would match after folding case and punctuation (\"%s\" and \"%s\"): %s more would link",
          words.count(step.near.keys, "value"), sample.here, sample.there,
          words.deals(self.result, step.near.won, "won")))
      end
    end
  end
end

function Page:finding(finding)
  self:line()
  self:heading(finding, gist(self.result, finding))
  if finding.verdict ~= "linked" then
    self:field("what", finding.headline)
  end
  local site = finding.site and words.place(finding.site) or finding.file and words.place(finding)
  if finding.where then
    self:field("where", finding.where, site)
  elseif finding.flagged then
    self:field("where", site)
  end
  if finding.error then
    self:field("error", finding.error.message, finding.error.file and words.place(finding.error))
  end
  if finding.evidence then
    if finding.verdict == "linked" or self.verbose then
      self:steps(finding)
    end
    if finding.evidence.proofs[1] and not finding.flagged then
      self:field("proof", words.proof(self.result, finding.evidence.proofs[1]))
    end
    for i, deal in ipairs(finding.evidence.out_of_time or {}) do
      if i == 1 or self.verbose then
        self:field(i == 1 and "not in" or "", words.out_of_time(self.result, deal))
      end
    end
    self:near(finding)
  end
  if finding.tells then
    self:field("tells", finding.tells)
  end
  if finding.standard then
    self:field("judge", "the rule's own judgement; the standard one would be " .. finding.standard.verdict
      .. (finding.standard.code and " (" .. finding.standard.code .. ")" or "")
      .. (finding.judge and finding.judge.text and ": " .. finding.judge.text or ""))
  end
  for _, note in ipairs(finding.notes) do
    if self.verbose or note.code then
      self:field("note", note.text .. (note.code and " (" .. note.code .. ")" or ""))
    end
  end
  if finding.verdict ~= "linked" or self.verbose then
    for i, todo in ipairs(finding.todo) do
      self:field(i == 1 and "decide" or "", words.pad(todo.action, 6) .. " " .. todo.text)
    end
  end
end

function Page:head()
  local result = self.result
  local audit, totals = result.audit, result.totals
  self:line(self:paint("1", words.clean(audit.title)) .. " · as of " .. audit.as_of)
  self:line(words.deals(result, result.deals.won, "won") .. " · " .. words.count(result.deals.lost.deals, "lost")
    :gsub("losts", "lost") .. " · " .. words.group(result.deals.open.deals) .. " open")
  if result.deals.refunds and result.deals.refunds.deals > 0 then
    self:line("of the won, " .. words.count(result.deals.refunds.deals, "deal") .. " with a negative amount: "
      .. words.money(result, result.deals.refunds.amount))
  end
  self:line(string.format("%s in %s: %s flagged, %s linked, %s no difference, %s too early, %s not audited",
    words.count(totals.metrics, "metric"), words.count(totals.departments, "department"), words.group(totals.flagged),
    words.group(totals.linked), words.group(totals.no_difference), words.group(totals.too_early),
    words.group(totals.error)))
end

function Page:departments()
  for _, department in ipairs(self.result.departments) do
    if department.error then
      self:line()
      self:line(self:paint("31", "NOT AUDITED") .. " " .. words.clean(department.name or department.file))
      self:field("error", department.error.message, department.error.file and words.place(department.error))
    end
  end
end

function Page:sources()
  if self.result.rejects.rows > 0 then
    self:line()
    self:paragraph(words.count(self.result.rejects.rows, "row") .. " could not be used; rejects.csv lists them.", "")
  end
  for _, source in ipairs(self.result.sources) do
    if self.verbose and source.read > 0 then
      local parts = { words.group(source.read) .. " read", words.group(source.used) .. " used" }
      if source.rejected > 0 then
        parts[#parts + 1] = words.group(source.rejected) .. " rejected"
      end
      for _, why in ipairs(plumbline.keys(source.skipped)) do
        if source.skipped[why] > 0 then
          parts[#parts + 1] = words.group(source.skipped[why]) .. " skipped (" .. why:gsub("_", " ") .. ")"
        end
      end
      self:field("read", words.clean(source.name) .. ": " .. table.concat(parts, ", "))
    end
  end
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
  end
  page:sources()
  page:line()
  for _, note in ipairs(result.notes) do
    page:paragraph(note.text, "")
  end
  return table.concat(page.out, "\n") .. "\n"
end
