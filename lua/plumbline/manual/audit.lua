-- The page about audit.lua: plumbline-audit(5) and `plumbline help audit`. The
-- marks are those of rules.lua.
return {
  name = "plumbline-audit",
  section = 5,
  title = "what audit.lua may say",
  example = [=[
audit "Example company" {
  as_of    = "2024-12-31",
  currency = "EUR",
  timezone = "Europe/Berlin",
  within   = "180d",
}

source "contacts" { "exports/contacts.csv",
  key     = "Contact ID",
  columns = { email = clean("Email", "email") },
}

source "clicks" { "exports/clicks_*.csv",
  time  = { "clicked", format = "%d/%m/%Y %H:%M" },
  blank = { "(not set)" },
}

deals { "exports/deals.csv",
  key     = "Deal ID",
  created = "Created",
  closed  = "Closed",
  status  = { column = "Stage", won = { "Closed Won" }, lost = { "Closed Lost" }, open = others() },
  amount  = "Amount",
}

link { "contacts", "deals", "Contact ID" }
]=],
  text = [==[
# DESCRIPTION

audit.lua stands in the folder that is audited, the workspace. It says which exports there are,
which columns hold keys and times, and what a won deal is. It is a Lua 5.4 file and runs in the
same closed process as a rule; see `plumbline-rules(5)` for the metrics.

A mistake here ends the run with exit code 2, with file, line and the nearest valid name.
`plumbline check` looks for them and reads only the beginning of each export, and says what it left
to the audit.

A field stands inside the braces of what it is about. One that is set outside of any, as `encoding =
"utf-16"` on a line of its own, is an error, because it would say nothing; so is a value for a word
of plumbline (`deals = ...`). Variables of your own are `local`; a global under another name works,
and is seen by the functions of the file.

# AUDIT

`audit "TITLE" { ... }` stands once. All fields are optional.

* `as_of = "2024-12-31"`
  What counts as today: the end of that day, or a time with an offset. Records after it are left
  out and counted. Otherwise now. `--as-of` wins over it.

* `currency = "EUR"`
  The currency of all sums.

* `timezone = "America/Sao_Paulo"`
  For times that do not say where they were taken, and for what a day is. Otherwise UTC.

* `rules = "rules/*.lua"`
  The rule files: a path or pattern in the workspace, or a list of them.

* `within = "180d"`, `before = "closed"`, `min_won = 1`
  For metrics that say nothing else; see `plumbline-rules(5)`. Where times are not compared (the
  source names no time, or the metric says `before = "any"`), `within` does not apply, and a note of
  the finding says so.

* `cycle = "90d"`
  How long a sale takes. A metric whose records are all younger is "too early", not flagged.
  Otherwise the median from created to closed of the won deals, if there are at least 5.

* `period = { "2024-01-01", "2024-12-31" }`
  Selects the won and lost deals that closed in it. Also `{ since = "2024-01-01", ["until"] =
  "2024-12-31" }`; either may be missing.

* `rates = { USD = "0.92", GBP = "1.17" }`
  What one unit of another currency is worth. Or from a source: `rates = { source = "rates",
  currency = "code", rate = "rate", date = "day", max_age = "7d" }`, where the latest rate on or
  before the close counts, unless it is older than `max_age`. A deal without a rate is rejected,
  never taken one to one.

* `policy = { min_won = 1, no_difference_below = 1.5, q = 0.10, few_keys = 0.20, few_keys_from = 5 }`
  The thresholds of verdicts, with their usual values. `no_difference_below`: a metric tells won
  from lost nothing if the upper end of its odds ratio's interval is below this. `q`: the share of
  false findings that is accepted among metrics that "tell won from lost". `few_keys`: the share
  of won deals over which one key alone is worth a note, from `few_keys_from` deals on.

* `judge = function(evidence) ... end`
  A policy in Lua: called for every metric that has no `judge` of its own; see JUDGE in
  `plumbline-rules(5)`.

# SOURCES

`source "name" { "PATH", ... }` binds exports to a table. Behind the paths stand fields, all
optional:

* `"PATH"`, `"PATH", "PATH"` or `{ "PATH", "PATH" }`
  Files in the workspace, or patterns with *, taken in the order of their names. Several sources
  may read one file. Outside the workspace only with `--allow`. Files compressed with gzip or zstd
  are read as they are, whatever their names. "-" is standard input, for one source.

* `profile = "hubspot_contacts"`
  The tool that wrote the export. Its columns then have the profile's names, whatever the header
  calls them; see PROFILES.

* `names = { ["Close Date"] = "Closing date" }`
  Columns under other names than the file's: the name to use, and the header. Also without a
  profile. Letter case and blanks around a header do not count.

* `lists = { ["Associated Contact IDs"] = ";" }`
  Columns of CSV files whose cells hold several values, with the separator between them. As a key
  such a column matches by each value, as `list` does.

* `format = "csv"`
  "csv", "tsv", "json" or "ndjson". Otherwise by the ending of each path (.gz and .zst aside), and
  where that does not tell, by looking.

* `delimiter = ";"`
  Of CSV: ",", ";", "|" or a tab, "\t". Otherwise by looking at the rows; a tab for .tsv.

* `encoding = "windows-1252"`
  "utf-8", "utf-16le", "utf-16be", "windows-1252" or "latin-1". Otherwise by looking: a byte order
  mark, the zero bytes of UTF-16, and Windows-1252 where the text is not UTF-8 and makes sense so;
  the report says where that was assumed. Bytes that fit no encoding reject their row (PL205).

* `quotes = "backslash"`
  How a quote is written inside a quoted cell: "doubled" (`""`) or "backslash" (`\"`, and `\\` for
  a backslash; before anything else a backslash is itself, so `\N` stays `\N`). Otherwise by
  looking. Where both fit, it must be said.

* `header = 3`
  The line with the names of the columns. Otherwise by looking: lines above it (titles, `# ...`,
  `key: value`) are skipped. Where it cannot be told, an error names the lines.

* `description = 1`
  Rows right below the header that are no records: they describe the columns, or sum them up. 0:
  none. Otherwise by looking: questions, units or the header's own words where every record has a
  value are skipped, and a note says so; a row that may describe the columns, or be a total, and is
  kept is named in a note.

* `footer = 1`
  Rows at the end that are no records: totals and remarks. 0: none. Otherwise by looking: a total is
  a row that says so ("Total: Account") and is blank where records differ. A row that may be one and
  is kept is named in a note.

* `block = "Devices"`
  Which table of a file that holds several: by the title above it, otherwise by its first column. An
  error lists the names. A blank line alone begins no table, unless names follow that have no place
  among the values above them, or the header again; `header = 1` reads on across it. Where all is
  text, a row that may be such a header is kept and named in a note: once `block` is said, it
  begins a table.

* `records = "data.items"`
  Of JSON: the path of the array that holds the records. Needed only where a file holds several
  arrays of objects.

* `numbers = "1.234,56"` or `numbers = { ["Amount"] = "1.234,56" }`
  How numbers are written, in all columns or column by column: "plain", "1,234.56", "1.234,56",
  "1 234,56" or "1'234.56". Otherwise by looking; see NUMBERS.

* `key = "column"` or `key = { "a", "b" }`
  What makes a record. Identical repeats, as overlapping exports hold them, count once; repeats
  that differ are an error unless `duplicates` says which one counts. At most 8 columns.

* `time = "column"` or `time = { "column", format = "%d/%m/%Y", timezone = "Europe/Berlin" }`
  When the record happened; see TIMES.

* `timezone = "Europe/Berlin"`
  For all times of this source that carry no offset.

* `formats = { other_column = "%d.%m.%Y" }`
  The formats of further columns with times.

* `where = { column = CONDITION, ... }`
  Takes only records for which all conditions hold; see CONDITIONS in `plumbline-rules(5)`.

* `blank = { "0", "(not set)" }`
  Cells that mean "nothing", beside the empty ones.

* `fresh = "8d"`
  How old the newest record may be against as_of. An older export makes its metrics "not audited",
  never flagged.

* `duplicates = "last"` or `duplicates = { keep = "last", by = "updated_at" }`
  Which of several records with one key counts: "first", "last" or "all". First and last by a
  column with times, otherwise by the source's time.

* `columns = { new = COMPUTED, ... }`
  Adds computed columns; see COMPUTED COLUMNS.

# DEALS

`deals { "PATH", ... }` stands once. It takes the fields of a source, and:

* `closed = "column"`
  When the deal was won or lost; written like `time`.

* `created = "column"`
  When it was opened; written like `time`. With it, plumbline can compare won and lost deals
  fairly, and knows the length of a sale.

* `status = { column = "Stage", won = { ... }, lost = { ... }, open = others(), ignore = { ... } }`
  Which values of a column mean what. Every value that occurs must be listed, blank ("") included,
  so that a renamed stage is noticed; `others()` takes the rest under one of the four. `status =
  "column"` is enough where the column holds the words won, lost and open. `status = constant
  "won"` is for an export of won deals only.

* `amount = "column"`
  What the deal is worth; a column or a computed one. A blank amount: the deal counts, and the sum
  is marked.

* `currency = "column"`
  The currency of each amount; see `rates`.

# LINKS

* `link { "leads", "deals", "lead_id" }` or `link { "a", "b", { here = "there" } }`
  Declares the key between two tables once, so that a trace can say `:to "deals"`. It works in
  both directions. Two links between the same tables are an error where a trace would have to
  choose.

# PROFILES

A profile knows the export of a tool: its columns under the names that rules use, the other names
that the same columns have had, in other versions and languages, and what they are for. `plumbline
list profiles` lists all. In audit.lua:

    source "contacts" { "exports/contacts.csv", profile = "hubspot_contacts" }
    deals { "exports/deals.csv", profile = "hubspot_deals", status = { open = others() } }

Headers are matched with the profile's names, never by position; letter case and blanks around
them do not count. A required column that is missing is an error that names the nearest header and
the line to write, `names = { ... }`. Two headers that fit one name are an error once the name is
used, until `names` says which is meant. Columns that the profile does not know keep their names.

What a profile says of keys, times, amounts and the like holds where audit.lua says nothing; what
audit.lua says always stands. Of `status`, each of column, won, lost, open and ignore may be said
alone, and of `numbers`, `formats` and `lists` each column; a column in `formats` may be the
profile's time. Where a profile says which of two orders dates are in, and the values would read in
the other as well, the report says whose word it is. A role whose column the files lack (a view
without `Create Date`) is left out, as if nobody had named it. `field = false` takes a default out.

A profile of one's own is a file in the workspace's folder profiles, named as the profile. It may
take the place of a built-in one of the same name; to change one, copy it there. It runs in the
same closed process as audit.lua and sees only `profile`, `others` and conditions:

    -- profiles/our_crm.lua
    profile "our_crm" {
      title    = "Deals of our CRM",
      columns  = { "Nr", "Sum", State = { "Zustand", "Status" }, Day = { "Tag" } },
      required = { "Nr", "State" },
      deals = true, key = "Nr", closed = "Day", amount = "Sum",
      status = { "State", won = "signed", lost = "lost" },
    }

Its fields, of which `title`, `columns` and `required` must be there:

* `title = "..."`, `made_by = "..."`, `seen = "..."`
  What the export is, the tool that writes it, and where its headers were seen.

* `columns = { "Amount", ["Close Date"] = { "Closing date", ... } }`
  The names that rules use; behind a name, the others that a header may have.

* `required = { "Record ID", ... }`
  The columns that make an export one of these. Keys, the status and `where` rest on these only.

* `deals = true`, `aggregate = true`
  The export may serve as deals; or its rows are sums, per page or day, that lead to no deal.

* `key`, `time`, `closed`, `created`, `amount`, `currency`, `status`, `where`, `blank`, `formats`,
  `lists`, `numbers`, `format`, `delimiter` and other fields that say how a source is read
  As in a source or in deals. Keys are names of columns; `where` holds no functions.

* `joins = { { here = "Deal IDs", profile = "crm_deals", there = "Record ID" } }`
  Which column holds the ids of another export, for `plumbline init`.

* `department = "Sales"`
  Who usually tracks this.

* `metrics = { { name = "pages", title = "Pages", by = "First Page Seen" }, ... }`
  Metrics to begin with, for `plumbline init`; in each also `unit = "..."`, `question = "..."` and
  `definition = "..."`.

# COMPUTED COLUMNS

They serve wherever a column does: as key, status, amount, currency, condition or breakdown.

* `lookup { "TABLE", on = KEY, take = "column" }`
  The column of the one record there with this key. KEY is a column of the same name, or `{ here =
  "there" }`. No such record: blank, and counted.

* `sum { "TABLE", on = KEY, take = "column" }`
  The sum of a column of numbers over all records there with this key.

* `constant("value")`
  The same in every record.

* `clean("column", "trim", "lower", ...)`
  The column with steps applied in order: `trim` (spaces at both ends), `lower`, `upper`,
  `nospace` (no spaces at all), `alnum` (letters and digits only), `digits` (digits only),
  `nozeros` (00123 becomes 123), `url` (an address without scheme, www., query, and slash at the
  end), `path` (only what follows the host: "/pricing"), `domain` (only the host of an address or
  e-mail address), `email` (lower case, without mailto:).

* `map("column", { old = "new", ... })`
  Replaces whole values; others stay as they are.

* `list("column", ";")`
  A cell that holds several values, with the separator between them. As a key it matches by each.

* `derive("a", "b", function(a, b) ... end)`
  A function of up to 8 columns, asked once for each combination that occurs. It returns a text, a
  number, true or false, or nil for blank.

# NUMBERS

Unless `numbers` says it, the values of a whole column tell how they are written: one style must
read them all. In a column with 12.5, 1.234 is one and a bit; in a column with 1.234.567 it is a
thousand. A column in which every value reads in two ways (only 1,234 and the like) is an error that
shows both readings and the line that settles it, and so is a column of two styles.

In JSON a point is the decimal point: a number there is never read in another style, whatever
`numbers` says, and neither is a text that JSON could have written as a number. Other texts there
("1.234,56") are read in the declared style. Where that style has a decimal comma and the column
does not tell whether "1.234" is such a text, it is an error.

Each file of a source settles its own style, unless the files are alike in format, delimiter and
encoding: one tool wrote those, and they are looked at as one. Plain letters without accents fit
every encoding but UTF-16.

Beside a number may stand one currency sign or code ($5, 5 €, EUR 5), a percent sign, brackets or a
minus sign behind for negative numbers ((500.00), 500-), and K, M, MM, mn, B or bn for thousands,
millions and billions, exactly: $342.09K is 342090. A percentage is the number as written: 12% is
12, and a column with percent signs here and none there is an error. So is one with two currency
signs, unless it holds the amounts of deals whose `currency` is a column; a sign that cannot be that
of the deal's currency, or of the audit's, is an error too.

In a column of numbers or times --, -, n/a, #N/A, (not set) and null mean that there is no value.

# TIMES

Without a format the values of a whole column tell how it is written, as with numbers: ISO dates and
times ("2024-03-14", "2024-03-14T09:30:00+01:00"), 2024/03/14, 2018.04.24, 20240314, 3/14/2024,
14/03/2024, 14.03.2024, 14-03-2024, 3/14/24, 15 Apr 2021, 15 Apr, 2021, Apr 15, 2021, 15-Apr-2021,
15 April 2021, 15. April 2021, each with or without a time behind it (9:30, 09:30:05.5, 09:30 pm),
and seconds or milliseconds since 1970. Months may be named in English, Dutch, French, German,
Italian, Portuguese or Spanish, whole or cut (märz, Mrz, avr., dic). With dots the day comes first.
A year of two digits lies between 1969 and 2068. A column that could be read in two ways, as
03/04/2024 can, is an error that says how to settle it.

Formats: "epoch" (seconds since 1970), "epoch_ms", "excel" (days of a spreadsheet: 45000.5 is noon
on 2023-03-15; compared as days), "excel_1904" (of one that counts from 1904), or a text with %Y %y
(year) %m %b %B (month) %d %e (day) %j (day of the year) %H %I %p (hour) %M (minute) %S %f (second
and fraction) %z (offset) %F (%Y-%m-%d) %T (%H:%M:%S).

A column of dates without times makes every comparison with it one of days, in the audit's timezone.

# VIEWS

Files in the folder views of the workspace may add ways to draw the result. They run in the same
closed process as rules.

* `view "name" { title = "TEXT", render = function(result, options) ... end }`
  A view that `plumbline audit --format name` draws. `result` is what `plumbline audit --json`
  prints, as a table; `options.width`, `options.color` and `options.verbose` say how to draw. The
  function returns a text. `plumbline.keys(object)` gives the keys of an object in their order,
  `plumbline.is_list(value)` tells a list, `plumbline.json(value)` writes JSON. The built-in views
  can be built on: `require "plumbline.views.terminal"`, `markdown`, `csv`, `json`, and
  `plumbline.views.words` for numbers, money and lines that fit.

# EXAMPLE

@example
]==],
}
