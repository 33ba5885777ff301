-- The flagged-metrics report as Markdown: for a wiki, a mail, a pull request.
local words = require "plumbline.views.words"

local function text(value)
  return (words.clean(value):gsub("[\\`*_{}%[%]<>|#]", "\\%0"))
end

local Page = {}
Page.__index = Page

function Page:line(line)
  self.out[#self.out + 1] = line or ""
end

function Page:steps(branch)
  self:line()
  self:line(string.format("Trace: %s. %s %s%s.", text(words.chain(branch)), words.group(branch.origins), text(branch.from),
    branch.conditions and " where " .. text(branch.conditions) or ""))
  if #branch.steps == 0 then
    return
  end
  self:line()
  self:line("| step | by | records in | with a key | matched | records out | still followed |")
  self:line("|---|---|--:|--:|--:|--:|--:|")
  for _, step in ipairs(branch.steps) do
    self:line(string.format("| %d. %s → %s%s | %s | %s | %s | %s | %s | %s |", step.n, text(step.from), text(step.to),
      branch.breaks_at == step.n and " **breaks here**" or "", text(words.keys(step)), words.group(step["in"]),
      words.group(step.with_key), words.group(step.matched), words.group(step.out), words.group(step.followed)))
  end
end

local BY_ROWS = 10

function Page:by(by)
  self:line()
  self:line("By " .. text(by.column) .. ":")
  self:line()
  self:line("| value | records | won deals | amount | lost | open |")
  self:line("|---|--:|--:|--:|--:|--:|")
  for i, row in ipairs(by.rows) do
    if i > BY_ROWS then
      self:line(string.format("| *%s more: see report.json* | | | | | |", words.count(#by.rows - BY_ROWS, "value")))
      break
    end
    local unknown = row.won.unknown_amounts > 0 and " (" .. words.group(row.won.unknown_amounts) .. " unknown)" or ""
    self:line(string.format("| %s | %s | %s | %s%s | %s | %s |", row.blank and "*(blank)*" or text(row.value),
      words.group(row.origins), words.group(row.won.deals), words.group(row.won.amount), unknown,
      words.group(row.lost.deals), words.group(row.open.deals)))
  end
end

function Page:evidence(finding)
  local evidence = finding.evidence
  for _, branch in ipairs(evidence.branches) do
    self:steps(branch)
  end
  if evidence.by then
    self:by(evidence.by)
  end
  if #evidence.proofs > 0 or evidence.out_of_time then
    self:line()
    for _, deal in ipairs(evidence.out_of_time or {}) do
      self:line("- Not in: " .. text(words.out_of_time(self.result, deal)))
    end
    for _, proof in ipairs(evidence.proofs) do
      self:line("- Proof: " .. text(words.proof(self.result, proof)))
    end
  end
end

function Page:finding(finding)
  self:line()
  self:line("### " .. text(finding.title or finding.metric) .. " · " .. text(finding.department))
  self:line()
  self:line("`" .. words.clean(finding.id):gsub("`", "'") .. "`" .. (finding.owner and " · owner: " .. text(finding.owner) or "")
    .. (finding.code and " · " .. finding.code or ""))
  self:line()
  self:line("**" .. text(finding.headline) .. ".**" .. (finding.where and " " .. text(finding.where) .. "." or ""))
  if finding.question then
    self:line()
    self:line("The question it should answer: " .. text(finding.question))
  end
  if finding.error then
    self:line()
    self:line("Error: " .. text(finding.error.message) .. (finding.error.file and " (" .. text(words.place(finding.error)) .. ")" or ""))
  end
  if finding.tells then
    self:line()
    self:line("Won against lost: " .. text(finding.tells) .. ".")
  end
  if finding.evidence then
    self:evidence(finding)
  end
  for _, note in ipairs(finding.notes) do
    self:line()
    self:line("> " .. text(note.text) .. (note.code and " (" .. note.code .. ")" or ""))
  end
  if #finding.todo > 0 then
    self:line()
    for _, todo in ipairs(finding.todo) do
      self:line("- **" .. text(todo.action) .. "**: " .. text(todo.text))
    end
  end
end

function Page:sources()
  self:line()
  self:line("## What was read")
  self:line()
  self:line("| source | read | used | rejected | skipped | newest record |")
  self:line("|---|--:|--:|--:|--:|---|")
  for _, source in ipairs(self.result.sources) do
    local skipped = 0
    for _, why in ipairs(plumbline.keys(source.skipped)) do
      skipped = skipped + source.skipped[why]
    end
    self:line(string.format("| %s | %s | %s | %s | %s | %s |", text(source.name), words.group(source.read),
      words.group(source.used), words.group(source.rejected), words.group(skipped), source.newest or ""))
  end
end

return function(result)
  local page = setmetatable({ out = {}, result = result }, Page)
  local totals = result.totals
  page:line("# " .. text(result.audit.title))
  page:line()
  page:line(string.format("As of %s. %s. %s in %s: %s flagged, %s linked, %s no difference, %s too early, %s not audited.",
    result.audit.as_of, text(words.deals(result, result.deals.won, "won")), words.count(totals.metrics, "metric"),
    words.count(totals.departments, "department"), words.group(totals.flagged), words.group(totals.linked),
    words.group(totals.no_difference), words.group(totals.too_early), words.group(totals.error)))
  for _, note in ipairs(result.notes) do
    page:line()
    page:line("> " .. text(note.text))
  end
  for _, section in ipairs(words.sections) do
    local findings = words.section_findings(result, section)
    if #findings > 0 then
      page:line()
      page:line("## " .. section.title)
      page:line()
      page:line(section.intro)
      for _, finding in ipairs(findings) do
        page:finding(finding)
      end
    end
  end
  page:sources()
  return table.concat(page.out, "\n") .. "\n"
end
