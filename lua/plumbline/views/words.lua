-- What the views for people share: plain texts, numbers, and lines that fit.
local codes = require "plumbline.codes"

local words = {}

-- Code points that steer a terminal or turn the direction of a line: the C1
-- controls, marks and overrides of direction, line separators, the byte order mark.
function words.is_steering(c)
  return c < 32 or c >= 127 and c <= 0x9f or c == 0x61c or c == 0xfeff or c == 0x200e or c == 0x200f
    or c >= 0x2028 and c <= 0x202e or c >= 0x2066 and c <= 0x2069
end

-- Whole code points where the text is UTF-8; other bytes become a question mark.
function words.valid(text)
  if utf8.len(text) then
    return text
  end
  local out, at = {}, 1
  while at <= #text do
    local _, bad = utf8.len(text, at)
    out[#out + 1] = text:sub(at, (bad or #text + 1) - 1)
    at = bad and bad + 1 or #text + 1
    if bad then
      out[#out + 1] = "\u{fffd}"
    end
  end
  return table.concat(out)
end

-- Bytes from exports and rules must not steer a terminal or break a line. White
-- space becomes a space; what cannot be shown becomes U+FFFD, so that it is seen.
function words.clean(text)
  text = tostring(text)
  if not text:find("[%c\127-\255]") then
    return text
  end
  text = words.valid(text):gsub("[\t\r\n]+", " ")
  return (text:gsub(utf8.charpattern, function(char)
    return words.is_steering(utf8.codepoint(char)) and "\u{fffd}" or nil
  end))
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

-- First and last of the code points that take two columns, or none.
local WIDE = { 0x1100, 0x115f, 0x2e80, 0xa4cf, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe30, 0xfe6f, 0xff00, 0xff60,
  0xffe0, 0xffe6, 0x1f300, 0x1faff, 0x20000, 0x3fffd }
local NARROW = { 0x300, 0x36f, 0x200b, 0x200d, 0x20d0, 0x20ff, 0xfe00, 0xfe0f }

local function is_in(ranges, c)
  for i = 1, #ranges, 2 do
    if c >= ranges[i] and c <= ranges[i + 1] then
      return true
    end
  end
  return false
end

-- Columns on a terminal.
function words.width(text)
  if not text:find("[\128-\255]") then
    return #text
  end
  local width = 0
  for _, c in utf8.codes(words.valid(text)) do
    width = width + (c < 0x300 and 1 or is_in(NARROW, c) and 0 or is_in(WIDE, c) and 2 or 1)
  end
  return width
end

function words.pad(text, width)
  return text .. string.rep(" ", math.max(0, width - words.width(text)))
end

-- Lines of at most `width` columns; a longer word stands alone. U+00A0 is a space
-- that no line ends at; "95 %" stays together as well.
function words.wrap(text, width)
  local lines, line = {}, ""
  for word in words.clean(text):gsub("(%d) %%", "%1\u{a0}%%"):gmatch("%S+") do
    word = word:gsub("\u{a0}", " ")
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

-- What concerns a whole file has no line.
function words.place(at)
  local file = words.clean(at.file)
  return at.line and at.line > 0 and file .. ":" .. at.line or file
end

-- "leads → contacts → deals"
function words.chain(branch)
  local names = { words.clean(branch.from) }
  for _, step in ipairs(branch.steps) do
    names[#names + 1] = words.clean(step.to)
  end
  return table.concat(names, " → ")
end

-- "deal D-7, EUR 22.90: exports/leads.csv:4 → …"; a deal that is not won says so.
function words.proof(result, proof)
  local places = {}
  for i, link in ipairs(proof.chain) do
    places[i] = words.place(link)
  end
  local amount = proof.amount and words.money(result, proof.amount) or "amount unknown"
  local kind = proof.status and proof.status ~= "won" and proof.status .. " deal " or "deal "
  return kind .. words.clean(proof.deal) .. ", " .. amount .. ": " .. table.concat(places, " → ")
end

-- Rows of the deals export that no sum can hold, or nil.
function words.lost_deals(result)
  for _, source in ipairs(result.sources) do
    if source.role == "deals" and source.rejected > 0 then
      return words.count(source.rejected, "row") .. " of the deals export could not be read and "
        .. (source.rejected == 1 and "is" or "are") .. " in none of these numbers: see rejects.csv"
    end
  end
end

local WHY = {
  after = "closed before the first record that leads to it",
  window = "is outside the time allowed",
  later = "is not the first deal after its record, or is outside the time allowed",
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

-- "Nobody has said …": a sentence of the result, with its capital.
function words.sentence(text)
  return (text:gsub("^%l", string.upper))
end

-- "PL103", and what it means in a few words.
function words.code(code)
  return codes[code] and code .. " " .. codes[code].title:gsub("^%u", string.lower) or code
end

-- "30 metrics in 5 departments: 9 flagged, 14 linked, 1 not audited"
function words.totals(totals)
  local parts = { words.group(totals.flagged) .. " flagged", words.group(totals.linked) .. " linked" }
  for _, kind in ipairs { { "no_difference", "with no difference" }, { "too_early", "too early to say" },
    { "error", "not audited" } } do
    if totals[kind[1]] > 0 then
      parts[#parts + 1] = words.group(totals[kind[1]]) .. " " .. kind[2]
    end
  end
  return words.count(totals.metrics, "metric") .. " in " .. words.count(totals.departments, "department") .. ": "
    .. table.concat(parts, ", ")
end

-- Why records were left out, by the names that the result has for it.
words.skipped = {
  preamble = "above the header",
  description = "describe the columns",
  total = "totals",
  footer = "remarks below the records",
  block = "other tables of the file",
  filtered = "by the source's conditions",
  after_as_of = "later than the day of the audit",
  duplicates = "repeats",
  ignored = "with a status that is ignored",
  created_later = "created later",
  outside_period = "closed outside the period",
}

-- Notes that are about this finding; what holds for the whole audit is said once.
function words.own_notes(result, finding)
  local general, own = {}, {}
  for _, note in ipairs(result.notes) do
    general[note.text] = true
  end
  for _, note in ipairs(finding.notes) do
    if note.code or not general[note.text] then
      own[#own + 1] = note
    end
  end
  return own
end

-- "EUR 9,400 and 160 hours a month", or nil.
function words.cost(result, cost)
  local parts = {}
  if cost.money then
    parts[1] = words.money(result, cost.money)
  end
  if cost.hours then
    parts[#parts + 1] = words.group(cost.hours) .. (tostring(cost.hours) == "1" and " hour" or " hours")
  end
  if #parts == 0 then
    return nil
  end
  return table.concat(parts, " and ") .. (cost.per and " a " .. words.clean(cost.per) or "")
end

-- "3 of 40 records where page = /home, 2 lead to a deal"
function words.followed(branch)
  local text = branch.origins == branch.records and words.count(branch.origins, "record")
    or words.group(branch.origins) .. " of " .. words.count(branch.records, "record")
  if #branch.steps > 0 and branch.origins > 0 then
    local followed = branch.steps[#branch.steps].followed
    text = text .. ", " .. words.group(followed) .. (followed == 1 and " leads" or " lead") .. " to a deal"
  end
  return text
end

return words
