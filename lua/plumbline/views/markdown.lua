-- The flagged-metrics report as Markdown: for a wiki, a mail, a pull request.
local words = require "plumbline.views.words"

-- Plain text as Markdown: nothing in it may become a tag, a link or a heading.
-- An underscore inside a word, as in most column names, is safe as it is.
local function text(value)
  local plain = words.clean(value):gsub("[\\`*%[%]<|&~]", "\\%0"):gsub("^%s*([>#+%-=])", "\\%1")
  return (plain:gsub("()_", function(at)
    local inside = plain:find("^%w", at - 1) and plain:find("^%w", at + 1)
    return not inside and "\\_" or nil
  end))
end

local Page = {}
Page.__index = Page

function Page:line(line)
  self.out[#self.out + 1] = line or ""
end

function Page:steps(branch)
  self:line()
  self:line(string.format("Trace: %s. %s of %s%s.", text(words.chain(branch)), words.group(branch.origins),
    words.count(branch.records, "record"), branch.conditions and " where " .. text(branch.conditions) or ""))
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
  self:near(branch)
end

function Page:near(branch)
  for _, step in ipairs(branch.steps) do
    if step.near and step.near.won.deals > 0 then
      local sample = step.near.samples[1]
      self:line()
      self:line(string.format("Near misses at step %d: %s would match if written the same way, such as %s and %s. "
        .. "%s would link.", step.n, words.count(step.near.keys, "value"), text('"' .. sample.here .. '"'),
        text('"' .. sample.there .. '"'), words.deals(self.result, step.near.won, "more won")))
    end
  end
end

local BY_ROWS = 10

local function amount(da)
  return words.group(da.amount) .. (da.unknown_amounts > 0 and " (" .. words.group(da.unknown_amounts) .. " unknown)" or "")
end

function Page:row(label, row)
  self:line(string.format("| %s | %s | %s | %s | %s | %s |", label, words.group(row.origins), words.group(row.won.deals),
    amount(row.won), words.group(row.lost.deals), words.group(row.open.deals)))
end

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
    self:row(row.blank and "*(blank)*" or text(row.value), row)
  end
  if by.other then
    self:row("*" .. words.count(by.other.values, "other value") .. "*", by.other)
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

-- What the rule says about its metric.
function Page:about(finding)
  local cost = finding.cost and words.cost(self.result, finding.cost)
  for _, part in ipairs { { "The question it should answer", finding.question }, { "What it counts", finding.definition },
    { "What it costs", cost }, { "Note", finding.note } } do
    if part[2] then
      self:line()
      self:line(part[1] .. ": " .. text(part[2]))
    end
  end
end

function Page:answer(finding)
  self:line()
  self:line("**" .. text(words.sentence(finding.headline)) .. ".**" .. (finding.where and " Where: " .. text(finding.where) .. "." or ""))
  local site = finding.site and words.place(finding.site)
  if finding.flagged and site then
    self:line()
    self:line("In the rules: " .. text(site))
  end
  if finding.error then
    self:line()
    self:line("Error: " .. text(finding.error.message) .. (finding.error.file and " (" .. text(words.place(finding.error)) .. ")" or ""))
  end
  if finding.tells then
    self:line()
    self:line("Won against lost: " .. text(finding.tells) .. ".")
  end
  if finding.standard then
    self:line()
    self:line("This is the rule's own judgement" .. (finding.judge and finding.judge.text and ": " .. text(finding.judge.text) or "")
      .. ". The standard one would be \"" .. finding.standard.verdict:gsub("_", " ") .. "\""
      .. (finding.standard.code and " (" .. finding.standard.code .. ")" or "") .. ".")
  end
end

function Page:finding(finding)
  self:line()
  self:line("### " .. text(finding.title or finding.metric) .. " · " .. text(finding.department))
  self:line()
  self:line(text(finding.id) .. (finding.owner and " · owner: " .. text(finding.owner) or "")
    .. (finding.code and " · " .. words.code(finding.code) or ""))
  self:answer(finding)
  self:about(finding)
  if finding.evidence then
    self:evidence(finding)
  end
  for _, note in ipairs(words.own_notes(self.result, finding)) do
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

-- What a reader wants to see first: the metrics to decide about, and why.
function Page:overview()
  local findings = words.section_findings(self.result, words.sections[1])
  if #findings == 0 then
    return
  end
  self:line()
  self:line("| flagged | department | owner | why |")
  self:line("|---|---|---|---|")
  for _, finding in ipairs(findings) do
    self:line(string.format("| %s | %s | %s | %s |", text(finding.title or finding.metric), text(finding.department),
      text(finding.owner or ""), words.code(finding.code)))
  end
end

function Page:departments()
  for _, department in ipairs(self.result.departments) do
    if department.error then
      self:line()
      self:line("### The whole department " .. text(department.name or department.file))
      self:line()
      self:line("Its rule file could not be used, so none of its metrics was audited.")
      self:line()
      self:line("Error: " .. text(department.error.message)
        .. (department.error.file and " (" .. text(words.place(department.error)) .. ")" or ""))
      if department.error.hint then
        self:line()
        self:line("- **fix**: " .. text(department.error.hint))
      end
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
      words.group(source.used), words.group(source.rejected), words.group(skipped), source.newest or "not dated"))
  end
end

local HOW_TO_READ = {
  "**Won against lost** asks whether deals that met the metric were won more often. \"Odds 3 times higher\" means that "
    .. "won deals are 3 times as common, against lost ones, among deals that met it as among deals that did not. The two "
    .. "numbers behind \"95 %\" say how far off that can be: the fewer the deals, the wider apart.",
  "**Cannot tell** is an answer: the deals are too few, or too much alike, to say more.",
  "**Amounts** are those of won deals. One deal can be reached by several metrics, so amounts of metrics must not be "
    .. "added up.",
}

function Page:how_to_read()
  self:line()
  self:line("## How to read this")
  for _, item in ipairs(HOW_TO_READ) do
    self:line()
    self:line("- " .. item)
  end
end

function Page:section(section, departments)
  local findings = words.section_findings(self.result, section)
  if #findings == 0 and not departments then
    return
  end
  self:line()
  self:line("## " .. section.title)
  self:line()
  self:line(section.intro)
  for _, finding in ipairs(findings) do
    self:finding(finding)
  end
  if departments then
    self:departments()
  end
end

local function any_failed(result)
  for _, department in ipairs(result.departments) do
    if department.error then
      return true
    end
  end
  return false
end

return function(result)
  local page = setmetatable({ out = {}, result = result }, Page)
  page:line("# " .. text(result.audit.title))
  page:line()
  page:line(string.format("As of %s. %s. %s.", result.audit.as_of, text(words.deals(result, result.deals.won, "won")),
    words.totals(result.totals)))
  local lost = words.lost_deals(result)
  if lost then
    page:line()
    page:line("**" .. text(lost) .. ".**")
  end
  page:overview()
  page:line()
  for _, note in ipairs(result.notes) do
    page:line("- " .. text(note.text))
  end
  for _, section in ipairs(words.sections) do
    page:section(section, section.verdicts.error and any_failed(result))
  end
  page:how_to_read()
  page:sources()
  return table.concat(page.out, "\n") .. "\n"
end
