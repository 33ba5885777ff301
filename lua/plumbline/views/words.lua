-- What the views for people share: plain texts, numbers, and lines that fit.
local words = {}

-- Bytes from exports and rules must not steer a terminal or break a line.
function words.clean(text)
  return (tostring(text):gsub("[%z\1-\31\127]", " "):gsub("\194[\128-\159]", " "))
end

-- "184220" -> "184,220"; signs and decimals stay as they are.
function words.group(number)
  local sign, whole, rest = tostring(number):match("^(%-?)(%d+)(.*)$")
  if not whole then
    return tostring(number)
  end
  whole = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. whole .. rest
end

function words.count(n, one, many)
  return words.group(n) .. " " .. (n == 1 and one or many or one .. "s")
end

function words.money(result, amount)
  local currency = result.audit.currency
  return (currency and words.clean(currency) .. " " or "") .. words.group(amount)
end

-- "195 won deals · BRL 151,444.15 (3 amounts unknown)"
function words.deals(result, da, status)
  local text = words.count(da.deals, status .. " deal", status .. " deals")
  if da.deals == 0 then
    return text
  end
  if da.deals > da.unknown_amounts then
    text = text .. " · " .. words.money(result, da.amount)
  end
  if da.unknown_amounts > 0 then
    text = text .. " (" .. words.count(da.unknown_amounts, "amount") .. " unknown)"
  end
  return text
end

function words.width(text)
  return utf8.len(text) or #text
end

function words.pad(text, width)
  return text .. string.rep(" ", math.max(0, width - words.width(text)))
end

-- Lines of at most `width` characters; a longer word stands alone.
function words.wrap(text, width)
  local lines, line = {}, ""
  for word in words.clean(text):gmatch("%S+") do
    if line ~= "" and words.width(line) + 1 + words.width(word) > width then
      lines[#lines + 1] = line
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  if line ~= "" or #lines == 0 then
    lines[#lines + 1] = line
  end
  return lines
end

words.verdicts = {
  linked = "LINKED",
  unlinked = "FLAGGED",
  untraced = "FLAGGED",
  no_difference = "NO DIFFERENCE",
  too_early = "TOO EARLY",
  error = "NOT AUDITED",
}

-- The order in which verdicts are shown. Within one, departments stay
-- alphabetical and metrics as declared: nothing ranks.
words.sections = {
  { verdicts = { unlinked = true, untraced = true }, title = "Flagged: candidates to stop tracking",
    intro = "No line can be drawn from these metrics to a closed-won deal. That is a question, not a judgement." },
  { verdicts = { no_difference = true }, title = "No difference: won and lost deals meet them alike",
    intro = "These reach won deals, but lost deals meet them about as often." },
  { verdicts = { too_early = true }, title = "Too early to say",
    intro = "Their records are younger than the time it takes to close a deal." },
  { verdicts = { error = true }, title = "Not audited",
    intro = "Something kept these from being audited. Nothing is said about them." },
  { verdicts = { linked = true }, title = "Linked to won deals",
    intro = "\"Linked\" means that records join. It does not say the metric caused the sale." },
}

function words.section_findings(result, section)
  local out = {}
  for _, finding in ipairs(result.findings) do
    if section.verdicts[finding.verdict] then
      out[#out + 1] = finding
    end
  end
  return out
end

function words.place(at)
  return words.clean(at.file) .. ":" .. at.line
end

-- "leads → contacts → deals"
function words.chain(branch)
  local names = { words.clean(branch.from) }
  for _, step in ipairs(branch.steps) do
    names[#names + 1] = words.clean(step.to)
  end
  return table.concat(names, " → ")
end

function words.proof(result, proof)
  local places = {}
  for i, link in ipairs(proof.chain) do
    places[i] = words.place(link)
  end
  local amount = proof.amount and words.money(result, proof.amount) or "amount unknown"
  return "deal " .. words.clean(proof.deal) .. ", " .. amount .. ": " .. table.concat(places, " → ")
end

local WHY = {
  after = "closed before the first record that leads to it",
  window = "is outside the time allowed",
  undated = "cannot be placed in time",
}

-- "deal D-7 (exports/deals.csv:77, EUR 22.90) closed before the first record …"
function words.out_of_time(result, deal)
  local amount = deal.amount and words.money(result, deal.amount) or "amount unknown"
  return "deal " .. words.clean(deal.deal) .. " (" .. words.place(deal) .. ", " .. amount .. ") " .. WHY[deal.why]
end

function words.keys(step)
  local names = {}
  for i, key in ipairs(step.keys) do
    names[i] = key.here == key.there and key.here or key.here .. " = " .. key.there
  end
  return words.clean(table.concat(names, ", "))
end

return words
