-- The reason codes: what each means, what usually causes it, what to do. They
-- are stable: a code never changes its meaning. `plumbline explain CODE` and the
-- reports print these texts; they are written for a department head.
-- verdict: what a finding with this code is; "note" beside any finding, "row"
-- for a record that could not be used, "reserved" for a code not given yet.
return {
  PL101 = {
    title = "No trace is declared",
    verdict = "untraced",
    meaning = "The metric stands in the catalogue, but nobody has said how it should lead to a "
      .. "deal. So nothing was looked at, and nothing is known about it. That is common for "
      .. "metrics that a tool shows by itself, and for totals that have no records behind them.",
    todo = "Add a `trace` to the metric: which records it counts, and by which keys they lead "
      .. "to deals. If nobody can say how it could lead to a deal, it is a candidate to stop "
      .. "tracking.",
  },
  PL102 = {
    title = "The key is blank where the trail ends",
    verdict = "unlinked",
    meaning = "Records of the metric exist and can be followed up to one step. There, the "
      .. "column that should lead on is blank in every record that is still followed, and a "
      .. "blank key matches nothing. Usually links were sent out without their campaign tag, a "
      .. "form does not pass its id on, or the export leaves the column out.",
    todo = "Look at the step that the finding names. Fill the column in the tool that writes "
      .. "the export, from now on; old records stay blank. If another column leads there, step "
      .. "by that one. If the key cannot be had at all, the metric is a candidate to stop "
      .. "tracking.",
  },
  PL103 = {
    title = "The keys match nothing where the trail ends",
    verdict = "unlinked",
    meaning = "Records carry a key, but no record that it should lead to can be found. Often "
      .. "the two tools write the same thing differently (upper case, a slash at the end, a "
      .. "prefix), or the two columns do not name the same thing. It can also be that a "
      .. "condition of the step leaves out everything that matches, or that one export covers "
      .. "another period.",
    todo = "Look at the near misses beside the finding: they show values that would match if they "
      .. "were written the same way, and what would link then. Clean the column in "
      .. "audit.lua, or write it the same way in both tools. If the columns mean different "
      .. "things, step by another key. Otherwise it is a candidate to stop tracking.",
  },
  PL104 = {
    title = "Only lost or open deals",
    verdict = "unlinked",
    meaning = "The metric's records lead to deals, but to none that was won. Lost deals and "
      .. "deals that are still open are the only ones. With few deals that can be chance; with "
      .. "many it says that this kind of record has not yet been part of a sale.",
    todo = "Where deals are still open, look again when they have closed. Check that the status "
      .. "values in audit.lua list every won stage under `won`. If nothing changes, the metric "
      .. "is a candidate to stop tracking, unless it is meant to warn of lost deals.",
  },
  PL105 = {
    title = "Won deals only before the record",
    verdict = "unlinked",
    meaning = "Records of the metric match won deals, but none of them can be shown to come "
      .. "before its deal closed. What comes after the sale cannot have led to it. Common "
      .. "causes are a time column that holds the last change or the day of the export, a "
      .. "missing time, and metrics that belong to existing customers.",
    todo = "Check which column the source names as `time`, and that it says when the thing "
      .. "happened. Fill blank times. If the metric is meant for what follows the sale, it "
      .. "needs another yardstick than closed deals.",
  },
  PL106 = {
    title = "No records in the export",
    verdict = "unlinked",
    meaning = "There is nothing to follow: the export holds no record of this metric up to the "
      .. "day of the audit, or none that meets the conditions of its trace or the `where` of its "
      .. "source. The export may be "
      .. "empty, may cover another period, or a value in a condition may be spelt differently.",
    todo = "Export the records again and check the period. Compare the conditions of the trace "
      .. "with the values in the export. A metric whose records nobody can export cannot be "
      .. "followed to a deal and is a candidate to stop tracking.",
  },
  PL107 = {
    title = "Too early to say",
    verdict = "too_early",
    meaning = "Every record that can be followed is younger than the sales cycle: the time that "
      .. "a deal usually takes from its creation to its close. So the deals that these records "
      .. "may lead to cannot be expected to have closed yet. The metric is not flagged.",
    todo = "Wait, and audit again after the day that the finding names. The length of the cycle "
      .. "is `cycle` in audit.lua; without it, it is the middle value over the won deals.",
  },
  PL108 = {
    title = "Won and lost deals meet it alike",
    verdict = "no_difference",
    meaning = "The metric reaches won deals, but deals that were lost meet it about as often: "
      .. "even the upper end of what the numbers allow is small. Every buyer saw the home page, "
      .. "and so did everybody else. The metric is listed apart and is not flagged.",
    todo = "Keep it if it costs little, but do not read it as a sign of coming sales. A "
      .. "narrower part of it, such as one page or one campaign, may tell more. Where that "
      .. "needs no extra work, give that part a metric of its own.",
  },
  PL109 = {
    title = "Reserved for series",
    verdict = "reserved",
    meaning = "This code is kept for metrics that are a series of totals, such as a weekly "
      .. "number, with no single records behind them. This version does not follow series, so "
      .. "no finding carries it. Such a metric can be declared without a trace and then shows "
      .. "as PL101.",
    todo = "Nothing is to be done. Where a tool can export the records behind a total, follow "
      .. "these.",
  },
  PL110 = {
    title = "The rule could not be used",
    verdict = "error",
    meaning = "The metric was not audited, because its rule failed: it names a table or column "
      .. "that does not exist, asks for numbers or times of a column that holds none, one of its "
      .. "functions stopped with an error, or its judge asked "
      .. "for a verdict that the evidence does not permit. This says nothing about the metric "
      .. "itself, and it is not flagged. All other metrics were audited.",
    todo = "Read the message: it names the file and the line, and the nearest valid name. Mend "
      .. "the rule, run `plumbline check`, then audit again.",
  },
  PL111 = {
    title = "The rule met a limit",
    verdict = "error",
    meaning = "The metric was not audited, because its rule took more time, memory or output "
      .. "than is allowed, or a pattern took too many steps. The limits are far above what "
      .. "rules normally need; a loop without an end or a pattern that tries everything are the "
      .. "usual causes. All other metrics were audited.",
    todo = "Make the function or the pattern simpler. `like` with a `*` is often enough where "
      .. "`matches` is used. Then run `plumbline check` and audit again.",
  },
  PL112 = {
    title = "Rests on few keys",
    verdict = "note",
    meaning = "One single value carries a large part of the won deals that the metric reaches. "
      .. "The link may be right, but it would fall if this one value were wrong: a shared "
      .. "address, a test account, a default such as \"unknown\" that was filled in where the "
      .. "answer was missing.",
    todo = "Look at the value that the note names. If it stands for \"missing\", list it under "
      .. "`blank` of its source, so that it matches nothing. If it is genuine, nothing is to be "
      .. "done.",
  },
  PL113 = {
    title = "Only outside the time allowed",
    verdict = "unlinked",
    meaning = "Records of the metric come before won deals, but longer before than the rule "
      .. "allows (`within`), or not as the last step asks (`which = \"next\"`). So no deal is "
      .. "counted. Long sales cycles and a short window are the usual cause.",
    todo = "Compare the window with the length of the sales cycle, which the report shows. "
      .. "Widen it if it was set too short. If it is right, the metric is a candidate to stop "
      .. "tracking.",
  },
  PL114 = {
    title = "Below the number of won deals asked for",
    verdict = "unlinked",
    meaning = "The metric reaches some won deals, but fewer than the number that the rule or "
      .. "the audit asks for (`min_won`), or fewer than the rule's own judge accepts. Deals "
      .. "with a negative amount do not count. The deals that it does reach are in the evidence.",
    todo = "Look again when more deals have closed, or lower the bar if it was set too high for "
      .. "the number of deals that you close. If so few deals are not worth the effort, the "
      .. "metric is a candidate to stop tracking.",
  },
  PL115 = {
    title = "The export is too old",
    verdict = "error",
    meaning = "The metric was not audited, because a table that its trace uses is not fresh: "
      .. "the newest record is older than the source's `fresh` limit allows. With an old "
      .. "export, a missing link would say nothing. The metric is not flagged.",
    todo = "Export the table again and repeat the audit. If the tool really writes so seldom, "
      .. "raise `fresh` of the source in audit.lua.",
  },

  PL201 = {
    title = "Too few cells in a row",
    verdict = "row",
    meaning = "The row has fewer cells than the header has columns, so it is not clear which "
      .. "value belongs where. The row was left out. Usual causes are a file that was cut off, "
      .. "a line break inside a value that is not quoted, and total lines at the end of a "
      .. "report.",
    todo = "Look at the row in rejects.csv. Export the file again, or take out lines that are "
      .. "no records.",
  },
  PL202 = {
    title = "Too many cells in a row",
    verdict = "row",
    meaning = "The row has more cells than the header has columns, so it is not clear which "
      .. "value belongs where. The row was left out. Usually a value holds the delimiter and is "
      .. "not quoted, or the delimiter of the source is set wrongly.",
    todo = "Look at the row in rejects.csv. Export with quotes around text, or set `delimiter` "
      .. "of the source.",
  },
  PL203 = {
    title = "Not a number",
    verdict = "row",
    meaning = "A column that is used as a number or an amount holds something else in this row. "
      .. "The row was left out, because a guessed amount is worse than none. Usual causes are "
      .. "another way of writing numbers than `numbers` says (1.234,56 instead of 1,234.56), the "
      .. "sign of another currency than the deal's, or a word such as unknown.",
    todo = "Set `numbers` of the source to the way in which the file writes them. List words "
      .. "that stand for a missing value under `blank`.",
  },
  PL204 = {
    title = "Not a time",
    verdict = "row",
    meaning = "A column that is used as a time holds something else in this row, or a date that "
      .. "does not exist. The row was left out, because a guessed date is worse than none. "
      .. "Usually the file writes dates in another way than the source says.",
    todo = "Give the `format` of the column in audit.lua, for example \"%d/%m/%Y\". List words "
      .. "that stand for a missing time under `blank`.",
  },
  PL205 = {
    title = "Text that cannot be read",
    verdict = "row",
    meaning = "The row holds bytes that are no text in the file's encoding (UTF-8 unless the "
      .. "message names another), or a zero byte. The row was left out, because its keys could "
      .. "not be compared reliably. Usually the file was written in an older encoding.",
    todo = "Say which encoding it is in audit.lua, for example `encoding = \"windows-1252\"`, or "
      .. "export the file as UTF-8.",
  },
  PL206 = {
    title = "A stray quote",
    verdict = "row",
    meaning = "The row holds a quotation mark in a place where it cannot stand, so it is not "
      .. "clear where a value ends. The row was left out. Usually a tool wrote quotation marks "
      .. "inside a value without doubling them.",
    todo = "Look at the row in rejects.csv and export the file again with proper quoting. If the "
      .. "tool writes a backslash before such a mark, say so: `quotes = \"backslash\"`.",
  },
  PL207 = {
    title = "No rate for the currency of a deal",
    verdict = "row",
    meaning = "The deal's amount is in a currency for which the audit has no rate on the day it "
      .. "closed. The deal was left out; it is never taken one to one. Usual causes are a new "
      .. "currency, a misspelt code, and rates that end before the deal closed.",
    todo = "Add the currency to `rates` in audit.lua, or bring the source of the rates up to "
      .. "date.",
  },
  PL208 = {
    title = "A row or value that is too long",
    verdict = "row",
    meaning = "A value or a whole row is longer than the reader accepts. The row was left out. "
      .. "Such lengths come from a quotation mark that never ends, or from whole documents "
      .. "pasted into a field.",
    todo = "Look at the line in the file. Close the quotation mark, or leave the long column "
      .. "out of the export.",
  },
  PL209 = {
    title = "Not a JSON object",
    verdict = "row",
    meaning = "A record in a JSON file is not an object with named fields, is not valid "
      .. "JSON, or names one field twice, so that nobody can say which value counts. It was left "
      .. "out. Usual causes are a file that was cut off, and a text that was "
      .. "saved with the wrong ending.",
    todo = "Look at the line in rejects.csv and export the file again, or set `format` of the "
      .. "source.",
  },
  PL210 = {
    title = "The header again",
    verdict = "row",
    meaning = "The row is the line with the names of the columns once more, so it is no record. It "
      .. "was left out. Usually several exports were put one behind the other in one file.",
    todo = "The records around it were read. To be rid of the row, keep the exports as files of "
      .. "their own and list them all in the source: `{ \"exports/deals-*.csv\", … }`.",
  },
}
