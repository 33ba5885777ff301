-- What the figures were measured on and with.
local Harness = require "harness"
local Machine = {}

local function first(path, pattern)
  for line in io.lines(path) do
    local found = line:match(pattern)
    if found then return found end
  end
  return "unknown"
end

local function package(o, name)
  local text = Harness.read(("%s/node_modules/%s/package.json"):format(o.bench, name))
  return text and text:match('\n  "version": "([^"]+)"') or "not installed"
end

function Machine.describe()
  return ("%s, %s cores, %.0f GB of memory, Linux %s"):format(
    first("/proc/cpuinfo", "^model name%s*: (.+)$"), Harness.capture("nproc"),
    tonumber(first("/proc/meminfo", "^MemTotal:%s*(%d+)")) / 1e6, Harness.capture("uname -r"))
end

function Machine.versions(o)
  local clickhouse = Harness.capture(
    ("cd %s && node -e 'console.log(require(\"chdb\").query(\"SELECT version()\", \"TSV\"))'"):format(Harness.quote(o.bench)))
  return ("%s; DuckDB %s; ClickHouse %s (chdb %s); Polars %s (nodejs-polars); SQLite %s; node %s"):format(
    Harness.capture(Harness.quote(o.binary) .. " --version"):match("^[^\n]*"), package(o, "@duckdb/node-api"),
    clickhouse ~= "" and clickhouse or "not installed", package(o, "chdb"), package(o, "nodejs-polars"),
    Harness.capture("sqlite3 --version"):match("^%S+") or "not installed", Harness.capture("node --version"))
end

return Machine
