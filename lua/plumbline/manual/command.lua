-- The page about the command line, plumbline(1): the parts that no table of the
-- program holds. Verbs, options and exit codes come from those tables.
return {
  name = "plumbline",
  section = 1,
  title = "follow every tracked metric to closed-won deals",
  before = [==[
# SYNOPSIS

    plumbline VERB [OPTION]... [ARGUMENT]...

# DESCRIPTION

plumbline follows every metric that a company tracks to its closed-won deals, record by record,
and names the metrics that cannot be followed: candidates to stop tracking. It reads the exports
that tools already write (CSV, TSV, JSON, NDJSON), and the rules that departments write in Lua.

It works on a workspace: a folder with audit.lua, which binds exports to tables, and the
departments' rule files. Results go to standard output, messages and progress to standard error.
]==],
  after = [==[
# A FIRST WORKSPACE

`plumbline init` reads every export in a folder and writes audit.lua and starter rules. It asks
nothing of the names alone: columns belong together where their values overlap, and the measured
overlap stands as a comment above each link. Above 16,384 distinct values the overlap is taken
from a sample of the values, the same each time. What cannot be known is written as a comment that
begins with "check:", and is listed at the end: a day that can be read in two ways, a stage that
only sounds like won, deals in several currencies. Where several files may hold the deals, it asks
on a terminal (not with `--no-input`) and else takes the likeliest and says so; `--deals FILE`
decides. A folder that has an audit.lua is left alone (exit status 2).

`plumbline sniff` shows one export: how it is written, its columns with their types and values,
what was skipped and why, what must be settled and by which line, and a source for audit.lua. A
star beside the number of values says that all of them are different. Of a table at most 5,000,000
records are read, and at most 524,288 values of a column are remembered (fewer where there are
many columns); "~" stands before a number of values that is an estimate.

# ENVIRONMENT

* `NO_COLOR`
  Set to anything: no colours, unless `--color always` is given.

* `COLUMNS`
  The width to draw for, if the terminal does not say.

* `TERM`
  "dumb": no colours and no progress bar.

* `TZDIR`
  Where the time zone files are, if not in /usr/share/zoneinfo.

* `TMPDIR`
  Where a pipe is kept that is larger than memory is given to it; /tmp otherwise.

* `PLUMBLINE_HELD`
  How many MiB of compressed or recoded files are kept decoded in memory; 64 otherwise. What is
  more is decoded twice. The report is the same.

* `PLUMBLINE_SCAN`
  How CSV is read: "libcsv", "bytes", "sse2" or "avx2"; the fastest that the processor has
  otherwise. The report is the same.

# FILES

* `audit.lua`
  What is audited; see `plumbline-audit(5)`.

* `rules/*.lua`
  The departments' metrics; see `plumbline-rules(5)`.

* `report/`
  What an audit wrote: report.json, report.md, flags.csv, and rejects.csv if rows could not be
  used. All of them are written, or none.

# EXAMPLE

@example
]==],
  example = [=[
plumbline init --demo demo
plumbline sniff demo/exports/crm/deals.csv
plumbline check -C demo
plumbline audit -C demo --fail-on flagged
plumbline trace Marketing/website_traffic -C demo
plumbline explain PL103
]=],
}
