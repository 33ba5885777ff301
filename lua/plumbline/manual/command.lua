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
# ENVIRONMENT

* `NO_COLOR`
  Set to anything: no colours, unless `--color always` is given.

* `COLUMNS`
  The width to draw for, if the terminal does not say.

* `TERM`
  "dumb": no colours and no progress bar.

* `TZDIR`
  Where the time zone files are, if not in /usr/share/zoneinfo.

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
plumbline check -C demo
plumbline audit -C demo --fail-on flagged
plumbline trace Marketing/website_traffic -C demo
plumbline explain PL103
]=],
}
