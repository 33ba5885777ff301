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

function Page:wrap(text, indent)
  for _, line in ipairs(words.wrap(text, self.width - #indent)) do
    self:line(indent .. line)
  end
end

function Page:near(step)
  local near = step.near
  if not near then
    return
  end
  self:wrap(string.format("near: %s in %s match nothing, but would after folding case, spaces and punctuation",
    words.count(near.keys, "key"), words.count(near.records, "record")), "     ")
  for _, sample in ipairs(near.samples) do
    self:line("       \"" .. words.clean(sample.here) .. "\"  and  \"" .. words.clean(sample.there) .. "\"")
  end
  if near.won and near.won.deals > 0 then
    self:wrap("if fixed, " .. words.deals(self.result, near.won, "won") .. " more would be reached", "       ")
  end
end

function Page:step(branch, step)
  local breaks = branch.breaks_at == step.n
  self:line()
  self:line(string.format("  %d. %s → %s by %s%s%s", step.n, words.clean(step.from), words.clean(step.to), words.keys(step),
    step.next and ", the next one only" or "", breaks and "   " .. self:paint("33", "the trail ends here") or ""))
  if step.conditions then
    self:wrap("where " .. step.conditions, "     ")
  end
  self:wrap(string.format("%s in, %s with a key, %s matched, %s out; %s still followed", words.count(step["in"], "record"),
    words.group(step.with_key), words.group(step.matched), words.group(step.out),
    words.count(step.followed, "origin")), "     ")
  if step.fan_out then
    self:wrap(string.format("a key leads to %s as a rule, %s at most", words.count(step.fan_out.median, "record"),
      words.group(step.fan_out.max)), "     ")
  end
  if step.not_unique then
    self:wrap(string.format("%s of %s lead to more than one record, such as %s", words.count(step.not_unique.keys, "key"),
      words.clean(step.to), words.clean(table.concat(step.not_unique.samples, ", "))), "     ")
  end
  self:near(step)
end

function Page:branch(branch, i, n)
  self:line()
  self:line(self:paint("1", (n > 1 and "Trace " .. i .. " of " .. n .. ": " or "Trace: ") .. words.chain(branch)))
  self:wrap(string.format("%s of %s records%s", words.group(branch.origins), words.group(branch.records),
    branch.conditions and " where " .. branch.conditions or ""), "  ")
  for _, step in ipairs(branch.steps) do
    self:step(branch, step)
  end
end

function Page:deals(evidence)
  self:line()
  self:line(self:paint("1", "Deals"))
  for _, status in ipairs { "won", "lost", "open" } do
    local of = evidence.deals[status]
    self:line(string.format("  %-5s matched %s, in order %s, in time %s", status, words.group(of.matched.deals),
      words.group(of.in_order.deals), words.deals(self.result, of.reached, status)))
  end
  if evidence.order and evidence.order.text then
    self:wrap(evidence.order.text, "  ")
  end
  local last = evidence.last_step
  self:wrap(string.format("of %s: %s reached, %s out of time, %s match nothing, %s with a blank key, %s left out by a condition",
    words.count(last.won, "won deal"), words.group(last.reached), words.group(last.out_of_time),
    words.group(last.no_match), words.group(last.blank_key), words.group(last.left_out)), "  ")
  for _, deal in ipairs(evidence.out_of_time or {}) do
    self:wrap("not in: " .. words.out_of_time(self.result, deal), "  ")
  end
  if evidence.undated.origins + evidence.undated.deals > 0 then
    self:wrap(string.format("without a time, so in no order: %s and %s", words.count(evidence.undated.origins, "origin"),
      words.count(evidence.undated.deals, "deal")), "  ")
  end
  if evidence.share then
    self:wrap(string.format("share of all won money: %.1f %%; %s", tonumber(evidence.share) * 100,
      evidence.share_note or "metrics overlap"), "  ")
  end
  if evidence.first_to_close then
    self:wrap(string.format("from the first record to the close: %s (median over %s)", evidence.first_to_close.text,
      words.count(evidence.first_to_close.deals, "won deal")), "  ")
  end
end

function Page:table22(title, t)
  self:line(string.format("  %-22s won %s with it, %s without; lost %s with it, %s without", title,
    words.group(t.won_with), words.group(t.won_without), words.group(t.lost_with), words.group(t.lost_without)))
end

function Page:difference(d)
  self:line()
  self:line(self:paint("1", "Won against lost"))
  self:wrap(d.text, "  ")
  self:table22(d.landmark and "open after 30 days" or "all closed deals", d.table)
  if d.tested then
    self:wrap(string.format("odds ratio %s (95 %% from %s to %s), p = %s, q = %s over all metrics", d.odds_ratio, d.low,
      d.high, d.p, d.q), "  ")
  end
  if d.naive then
    self:table22("all closed deals", d.naive.table)
  end
end

function Page:proof(proof)
  self:line("  deal " .. words.clean(proof.deal) .. " (" .. proof.status .. ", "
    .. (proof.amount and words.money(self.result, proof.amount) or "amount unknown")
    .. (proof.closed and ", closed " .. proof.closed or "") .. ")")
  for _, link in ipairs(proof.chain) do
    self:line("    " .. words.pad(words.clean(link.table), 14) .. " " .. words.place(link)
      .. (link.key and "   " .. words.clean(link.key) or ""))
  end
end

function Page:proofs(evidence)
  if #evidence.proofs == 0 then
    return
  end
  self:line()
  self:line(self:paint("1", "Proofs"))
  for _, proof in ipairs(evidence.proofs) do
    self:proof(proof)
  end
end

local BY_ROWS = 20

function Page:by(by)
  if not by then
    return
  end
  self:line()
  self:line(self:paint("1", "By " .. words.clean(by.column)))
  local most = self.verbose and #by.rows or math.min(#by.rows, BY_ROWS)
  for i = 1, most do
    local row = by.rows[i]
    self:line("  " .. words.pad(row.blank and "(blank)" or words.clean(row.value), 34) .. " "
      .. words.pad(words.group(row.origins) .. " records", 16) .. " " .. words.deals(self.result, row.won, "won"))
  end
  if #by.rows > most then
    self:line("  … " .. words.count(#by.rows - most, "more value", "more values") .. ": -v shows all")
  end
  if by.other then
    self:line("  other values (" .. words.group(by.other.values) .. ")  " .. words.deals(self.result, by.other.won, "won"))
  end
end

function Page:asked_deal(options)
  if not options.deal then
    return
  end
  self:line()
  self:line(self:paint("1", "Deal " .. words.clean(options.deal)))
  if options.proof then
    self:proof(options.proof)
  else
    self:line("  this metric does not reach it")
  end
end

function Page:head(finding)
  local label = words.verdicts[finding.verdict]
  self:line(self:paint("1", words.clean(finding.id)) .. "   " .. label .. (finding.code and " " .. finding.code or ""))
  if finding.title then
    self:wrap(finding.title, "")
  end
  self:wrap(finding.headline .. ".", "")
  if finding.where then
    self:wrap(finding.where .. ".", "")
  end
  if finding.site then
    self:line(words.place(finding.site))
  end
  if finding.error then
    self:wrap(finding.error.message, "")
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
  for _, note in ipairs(finding.notes) do
    page:line()
    page:wrap(note.text .. (note.code and " (" .. note.code .. ")" or ""), "")
  end
  if #finding.todo > 0 then
    page:line()
    page:line(page:paint("1", "What to do"))
    for _, todo in ipairs(finding.todo) do
      page:wrap(words.pad(todo.action, 7) .. todo.text, "  ")
    end
  end
  return table.concat(page.out, "\n") .. "\n"
end
