-- The page about rule files: plumbline-rules(5) and `plumbline help rules`.
-- Marks: "# " and "## " head sections; "* " a term, its text two spaces in; four
-- spaces in: lines as they are; `code`; "@example" is the page's field of that name.
return {
  name = "plumbline-rules",
  section = 5,
  title = "what a rule file may say",
  example = [=[
department "Marketing"

local function by_email(trace)
  return trace :to("contacts", { email = "Email" }) :to "deals"
end

metric "newsletter_clicks" {
  title    = "Clicks in the newsletter",
  owner    = "E-mail team",
  question = "Are people who click closer to buying?",
  cost     = { hours = 12, per = "month" },
  trace    = by_email(from "clicks" :where { url = like "*/pricing*" }),
  by       = "campaign",
  within   = "180d",
}

metric "followers" {
  title = "Followers",
  owner = "Social media",
  note  = "A total that no record stands behind, so it has no trace.",
}
]=],
  tests = [=[
test "a click leads to a deal" {
  metric = "newsletter_clicks",
  rows = {
    clicks   = { { clicked = "03/02/2024 09:30", email = "ann@example.com", url = "/pricing" } },
    contacts = { { ["Contact ID"] = "c1", Email = "ann@example.com" } },
    deals    = { { ["Deal ID"] = "d1", Stage = "Closed Won", Created = "2024-01-05",
                   Closed = "2024-03-01", ["Contact ID"] = "c1" } },
  },
  expect = { verdict = "linked", won = 1 },
}
]=],
  text = [==[
# DESCRIPTION

A rule file says what one department tracks, and how each of those metrics should lead to
closed-won deals. It is a Lua 5.4 file that describes and never loops over records: plumbline
reads the exports, follows the trace and gives the verdict.

Which files are rule files is said in audit.lua, usually `rules = "rules/*.lua"`. The tables that
a trace goes through are the sources that audit.lua declares; see `plumbline-audit(5)`.

A mistake in a metric makes that metric "not audited" and nothing else. `plumbline check` lists
all of them, each with file, line and the nearest valid name.

# THE FILE

* `department "NAME"`
  Whose metrics these are. Exactly once, before the first metric. A department belongs to one
  file. The name has no slash in it.

* `metric "name" { ... }`
  A metric. Its name is made of a-z, 0-9 and _ and begins with a letter; it is used once in the
  file. Its id is NAME/name, and the bare name works on the command line where it is unique. At
  most 5,000 of them.

* `require "name"`
  Runs name.lua beside the rule file, once, and gives what that file returns. Shared traces live
  there. Nothing else can be loaded.

* `print(...)`
  Writes a line to standard error, with the file's name in front.

# FIELDS OF A METRIC

All of them are optional. A metric without a `trace` stands in the catalogue and is flagged PL101,
because nobody said how it could lead to a deal.

* `title = "TEXT"`
  What people call it.

* `owner = "TEXT"`
  Who decides about it.

* `question = "TEXT"`
  What the metric is meant to answer.

* `definition = "TEXT"`
  How it is counted.

* `unit = "TEXT"`
  What one record of it is called, in the plural: "visits".

* `note = "TEXT"`
  Anything else the report should say.

* `cost = { money = 1200, hours = 6, per = "month" }`
  What tracking it costs. `per` is "once", "day", "week", "month", "quarter" or "year". Money may
  be a text such as "12.50".

* `trace = TRACE`
  How its records lead to deals; see below.

* `within = "180d"`
  How long after the record a deal may close. A whole number and a unit: s, m (minutes), h, d or
  w. Otherwise as audit.lua says. It needs a source with a time, and times that are compared; here
  and in a step anything else is an error. (The audit's `within` is then left out, with a note.)

* `before = "closed"`
  What a record must not come after: "closed" (the day the deal closed, or as_of while it is
  open), "created" (the day the deal was opened) or "any" (times are not compared). Otherwise as
  audit.lua says, and "closed" if it says nothing.

* `by = "column"` or `by = { "table", "column" }`
  Breaks the deals down by a column of the origin, or of another table that the trace goes
  through. There is still one verdict for the metric.

* `min_won = 3`
  How many won deals it must reach to count as linked. Otherwise as audit.lua says, and 1 if it
  says nothing.

* `judge = function(evidence) ... end`
  The department's own reading of the evidence; see JUDGE.

# TRACES

    from "posts" :to("visits", { campaign = "utm_campaign" }) :to "deals"

A trace begins with the records of a source and goes from source to source by keys, until it ends
in "deals". It is a value that never changes: each method gives a new trace, so that a beginning
can be kept in a local and shared. A blank key matches nothing. A trace has at most 16 steps.

* `from "TABLE"`
  The records of a source: the origins of the metric. `from "deals"` needs no step.

* `:to "TABLE"`
  A step by the `link` that audit.lua declares between the two.

* `:to("TABLE", "column")`
  A step by a column that has the same name in both.

* `:to("TABLE", { here = "there", ... })`
  A step by columns whose names differ. Several columns are one composite key (at most 8), and all
  of them must match. `{ "a", "b" }` is a composite key with the same names in both.

* `:to("deals", KEY, { which = "next", within = "30d" })`
  Options of a step. `which = "next"` counts only the first deal at or after the origin, and
  belongs to the step into deals; "all" is the default. `within` limits the time at this step. KEY
  is nil where a link says it.

* `:where { column = CONDITION, ... }`
  Keeps the records of the step before it for which all conditions hold. It may stand after `from`
  and after any step, deals included; but not on what says how a deal ended (its status, amount or
  close), for that would select the outcome.

* `any { TRACE, TRACE, ... }`
  The union of up to 32 traces. An origin that several of them start from counts once.

# CONDITIONS

What may stand behind `column =` in `:where { ... }`, and in a source's `where`.

* `"text"`, `5`, `true`
  The cell equals it. A Lua number is compared as a number, so 5 equals "5.00".

* `{ "a", "b" }`
  The cell equals one of them.

* `like "a*"` or `like { "a*", "b*" }`
  A pattern: * is anything, ? one character, [a-z] one of a set; a backslash takes the next
  character as it is.

* `matches "REGEX"`
  A regular expression (PCRE2) that matches anywhere in the cell.

* `between(LOW, HIGH)`
  From LOW to HIGH, both included: two numbers, or two dates as "2024-03-14".

* `gt(X)`, `gte(X)`, `lt(X)`, `lte(X)`
  Greater, greater or equal, less, less or equal; a number or a date.

* `blank()`
  The cell holds nothing, or a value that the source lists as `blank`.

* `not_(CONDITION)`
  The opposite. `not_(blank())` keeps the cells that hold something.

* `function(value) ... end`
  Asked once for each value that occurs; true keeps the record.

# JUDGE

`judge` is called last, with the evidence of its metric as a table: `evidence.origins`,
`evidence.branches` (each with its steps), `evidence.deals`, `evidence.difference`,
`evidence.share` and the rest of what `plumbline trace METRIC --json` prints under "evidence". It
returns a verdict and, if it likes, a sentence: "linked", "no_difference", "unlinked",
"too_early", or nil for the usual one. It can change how evidence is read and not the evidence: a
verdict that the evidence does not allow is refused, and the usual verdict is printed beside the
department's.

# WHAT A RULE CANNOT DO

Rules run in a process of their own, without files, network, clock, randomness or other programs,
and with limits on time and memory. They have `string`, `table`, `math` and `utf8`. What is
missing says what to use instead. A field that is set outside of any braces, as `within = "30d"` on
a line of its own, is an error, and so is a value for a word of plumbline (`metric = ...`); a
variable of one's own is `local`, or a global under another name. A rule can read `audit.title`, `audit.as_of`, `audit.currency`
and `audit.timezone`.

# TESTS

Files beside the rules whose names end in _test.lua hold tests; `plumbline test` runs them. Each
gives a few rows to the sources, as the exports would hold them, and says what must come out.

@tests

* `metric = "NAME"`
  Which metric is tested.

* `rows = { source = { { column = value, ... }, ... }, ... }`
  The records of each source, and of deals. A source that is not named has none.

* `as_of = "2024-12-31"`, `cycle = "90d"`
  Instead of those in audit.lua.

* `expect = { verdict = "unlinked", code = "PL103", breaks = 1, ... }`
  What must hold; only what is named is compared. `verdict`, `code` (false: none), `breaks` (the
  step at which the trail ends; false: it does not), `flagged`, `standard` (the usual verdict, where
  `judge` gave another), `won`, `lost` and `open` (deals reached), `amount` (of the won ones),
  `origins`, `text` (a part of what `judge` said) and `message` (a part of an error).

* `todo = "WHY"`
  The test is known to fail: it is run and reported, and does not count as a failure.

# EXAMPLE

@example
]==],
}
