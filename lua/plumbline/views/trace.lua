-- `plumbline trace METRIC`: everything that was tried for one metric, step by
-- step, with the near misses and the proofs.
local words = require "plumbline.views.words"

local Page = {}
Page.__index = Page

function Page:line(text)
  self.out[#self.out + 1] = (text or ""):gsub("%s+$", "")
end

function Page:paint(code, text)
  return self.color and "\27[" .. code .. "m" .. text .. "\27[0m" or text
end

-- Each line gets the indent; from the second on, `more` spaces in addition.
function Page:wrap(text, indent, more)
  local margin = indent .. string.rep(" ", more or 0)
  for i, line in ipairs(words.wrap(text, math.max(10, self.width - #margin))) do
    self:line((i == 1 and indent or margin) .. line)
  end
end

function Page:title(text)
  self:line()
  for _, line in ipairs(words.wrap(text, self.width)) do
    self:line(self:paint("1", line))
  end
end

-- A label in a column of its own, and text that goes on below itself.
function Page:field(label, text)
  local indent = "  " .. words.pad(label, 7)
  for i, line in ipairs(words.wrap(text, self.width - 9)) do
    self:line((i == 1 and indent or string.rep(" ", 9)) .. line)
  end
end

function Page:near(step)
  local near = step.near
  if not near then
    return
  end
  self:wrap(string.format("near: %s in %s %s nothing, but would without differences in case, spaces, punctuation "
    .. "and zeros in front",
    words.count(near.keys, "key"), words.count(near.records, "record"), near.keys == 1 and "matches" or "match"), "     ")
  for _, sample in ipairs(near.samples) do
    self:wrap("\"" .. sample.here .. "\" and \"" .. sample.there .. "\"", "       ")
  end
  if near.won and near.won.deals > 0 then
    self:wrap("if fixed, " .. words.deals(self.result, near.won, "more won") .. " would be reached", "       ")
  end
end

function Page:counts(branch, step)
  if step["in"] == 0 then
    self:wrap("no record gets here", "     ")
    return
  end
  self:wrap(string.format("%s in, %s with a key, %s matched, %s out (%s of %s followed so far)", words.count(step["in"], "record"),
    words.group(step.with_key), words.group(step.matched), words.group(step.out),
    words.group(step.followed), words.group(branch.origins)), "     ")
  if step.fan_out and step.fan_out.max > 1 then
    self:wrap(string.format("a key leads to %s as a rule, to %s at most", words.count(step.fan_out.median, "record"),
      words.group(step.fan_out.max)), "     ")
  end
  if step.not_unique then
    self:wrap(string.format("%s of %s %s to more than one record, such as %s", words.count(step.not_unique.keys, "key"),
      step.to, step.not_unique.keys == 1 and "leads" or "lead", table.concat(step.not_unique.samples, ", ")), "     ")
  end
end

function Page:step(branch, step)
  self:line()
  self:wrap(string.format("%d. %s → %s by %s%s", step.n, step.from, step.to, words.keys(step),
    step.next and ", the next one only" or ""), "  ", 3)
  if branch.breaks_at == step.n then
    self:line("     " .. self:paint("33", "the trail ends here"))
  end
  if step.conditions then
    self:wrap("where " .. step.conditions, "     ")
  end
  self:counts(branch, step)
  self:near(step)
end

function Page:branch(branch, i, n)
  self:title((n > 1 and "Trace " .. i .. " of " .. n .. ": " or "Trace: ") .. words.chain(branch))
  self:wrap(string.format("%s of %s%s", words.group(branch.origins), words.count(branch.records, "record"),
    branch.conditions and " where " .. branch.conditions or ""), "  ")
  for _, step in ipairs(branch.steps) do
    self:step(branch, step)
  end
end

-- Won deals, by what the last step made of them; what did not happen is left out.
function Page:last_step(last)
  local parts = { words.group(last.reached) .. " reached" }
  for _, part in ipairs { { last.out_of_time, "at the wrong time" }, { last.no_match, "not matched by any record" },
    { last.blank_key, "with a blank key" }, { last.left_out, "left out by a condition" } } do
    if part[1] > 0 then
      parts[#parts + 1] = words.group(part[1]) .. " " .. part[2]
    end
  end
  self:wrap("of " .. words.count(last.won, "won deal") .. ": " .. table.concat(parts, ", "), "  ", 2)
end

function Page:deals(evidence)
  self:title("Deals")
  for _, status in ipairs { "won", "lost", "open" } do
    local of = evidence.deals[status]
    self:field(status, string.format("%s matched, %s in order, of these %s in time", words.group(of.matched.deals),
      words.group(of.in_order.deals), words.deals(self.result, of.reached, status)))
  end
  if evidence.order and evidence.order.text then
    self:wrap(evidence.order.text, "  ", 2)
  end
  self:last_step(evidence.last_step)
  for _, deal in ipairs(evidence.out_of_time or {}) do
    self:wrap("not in: " .. words.out_of_time(self.result, deal), "  ", 2)
  end
  if evidence.undated.origins + evidence.undated.deals > 0 then
    self:wrap(string.format("without a time, so in no order: %s and %s", words.count(evidence.undated.origins, "record"),
      words.count(evidence.undated.deals, "deal")), "  ", 2)
  end
  if evidence.share and evidence.deals.won.reached.deals > 0 then
    self:wrap(string.format("share: %.1f %% %s", tonumber(evidence.share) * 100,
      evidence.share_note or "of the won amount; metrics overlap"), "  ", 2)
  end
  if evidence.first_to_close then
    self:wrap(string.format("from the first record to the close: %s (the middle value of %s)", evidence.first_to_close.text,
      words.count(evidence.first_to_close.deals, "won deal")), "  ", 2)
  end
end

function Page:table22(title, t)
  self:wrap(string.format("%s: won %s with it, %s without; lost %s with it, %s without", title,
    words.group(t.won_with), words.group(t.won_without), words.group(t.lost_with), words.group(t.lost_without)), "  ", 2)
end

local function interval(low, high)
  return high == "inf" and low .. " or more" or low .. " to " .. high
end

function Page:difference(d)
  self:title("Won against lost")
  self:wrap(d.text, "  ")
  self:table22(d.landmark and "open after 30 days" or "all closed deals", d.table)
  if d.tested and d.odds_ratio then
    self:wrap(string.format("odds of being won with it, against without it (odds ratio): %s, 95 %% interval %s",
      d.odds_ratio == "inf" and "too high to be put in a number" or d.odds_ratio, interval(d.low, d.high)), "  ", 2)
  end
  if d.tested then
    self:wrap(string.format("chance alone shows as much with p\u{a0}=\u{a0}%s (Fisher's exact test), or q\u{a0}=\u{a0}%s with "
      .. "all metrics compared taken into account (Benjamini and Hochberg)", d.p, d.q), "  ", 2)
  end
  if d.naive then
    self:table22("all closed deals", d.naive.table)
  end
end

function Page:proof(proof)
  self:wrap("deal " .. proof.deal .. " (" .. proof.status .. ", "
    .. (proof.amount and words.money(self.result, proof.amount) or "amount unknown")
    .. (proof.closed and ", closed " .. proof.closed or "") .. ")", "  ", 2)
  for _, link in ipairs(proof.chain) do
    self:wrap(words.clean(link.table) .. " " .. words.place(link) .. (link.key and " (" .. words.clean(link.key) .. ")" or ""),
      "    ", 2)
  end
end

function Page:proofs(evidence)
  if #evidence.proofs == 0 then
    return
  end
  self:title("Proofs")
  for _, proof in ipairs(evidence.proofs) do
    self:proof(proof)
  end
end

local BY_ROWS = 20

-- Value and counts side by side where all of them fit, else one below the other.
function Page:rows(rows)
  local value, records, deals = 0, 0, 0
  for _, row in ipairs(rows) do
    value, records = math.max(value, words.width(row[1])), math.max(records, words.width(row[2]))
    deals = math.max(deals, words.width(row[3]))
  end
  local fits = value + records + deals + 6 <= self.width
  for _, row in ipairs(rows) do
    if fits then
      self:line("  " .. words.pad(row[1], value) .. "  " .. words.pad(row[2], records) .. "  " .. row[3])
    else
      self:wrap(row[1], "  ")
      self:wrap(row[2] .. ", " .. row[3], "    ")
    end
  end
end

function Page:by(by)
  if not by then
    return
  end
  self:title("By " .. by.column)
  local most, rows = self.verbose and #by.rows or math.min(#by.rows, BY_ROWS), {}
  for i = 1, most do
    local row = by.rows[i]
    rows[i] = { row.blank and "(blank)" or words.clean(row.value), words.count(row.origins, "record"),
      words.deals(self.result, row.won, "won") }
  end
  if by.other then
    rows[#rows + 1] = { words.count(by.other.values, "other value"), words.count(by.other.origins, "record"),
      words.deals(self.result, by.other.won, "won") }
  end
  self:rows(rows)
  if #by.rows > most then
    self:wrap("… " .. words.count(#by.rows - most, "more value") .. ": -v shows all", "  ")
  end
end

function Page:asked_deal(options)
  if not options.deal then
    return
  end
  self:title("Deal " .. options.deal)
  if options.proof then
    self:proof(options.proof)
  else
    self:wrap("this metric does not reach it", "  ")
  end
end

function Page:head(finding)
  local label = words.verdicts[finding.verdict]
  for _, line in ipairs(words.wrap(finding.id .. " · " .. label, self.width)) do
    self:line(self:paint("1", line))
  end
  if finding.title then
    self:wrap(finding.title, "")
  end
  if finding.code then
    self:wrap(words.code(finding.code), "")
  end
  self:line()
  self:wrap(words.sentence(finding.headline) .. ".", "")
  if finding.where then
    self:wrap("Where: " .. finding.where .. ".", "")
  end
  if finding.error then
    self:wrap(words.sentence(finding.error.message) .. ".", "")
  end
  local site = finding.error and finding.error.file and finding.error or finding.site
  if site then
    self:wrap(words.place(site), "")
  end
end

function Page:tail(finding)
  local notes = finding.notes
  if #notes > 0 then
    self:title("Notes")
  end
  for _, note in ipairs(notes) do
    self:wrap("- " .. note.text .. (note.code and " (" .. note.code .. ")" or ""), "  ", 2)
  end
  if #finding.todo > 0 then
    self:title("What to do")
  end
  for _, todo in ipairs(finding.todo) do
    self:field(todo.action, todo.text)
  end
end

return function(result, options)
  local page = setmetatable({ out = {}, result = result, width = options.width, color = options.color,
    verbose = options.verbose }, Page)
  local finding
  for _, one in ipairs(result.findings) do
    if one.id == options.metric then
      finding = one
    end
  end
  page:head(finding)
  page:asked_deal(options)
  if finding.evidence then
    for i, branch in ipairs(finding.evidence.branches) do
      page:branch(branch, i, #finding.evidence.branches)
    end
    page:deals(finding.evidence)
    page:difference(finding.evidence.difference)
    page:proofs(finding.evidence)
    page:by(finding.evidence.by)
  end
  page:tail(finding)
  return table.concat(page.out, "\n") .. "\n"
end
