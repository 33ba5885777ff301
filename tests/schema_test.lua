-- report.json against tests/result.schema.json, with a validator that others wrote
-- (Debian's python3-jsonschema), for a small workspace and for the demo; and the
-- schema itself: a report with something wrong in it is refused.
--
--   PLUMBLINE=build/plumbline lua5.4 tests/schema_test.lua
local here = arg[0]:match "^(.*)/" or "."
local shell = dofile(here .. "/runner.lua")
local check, equal = shell.check, shell.equal

-- Reads the schema, a report and changes to it ("what | python"), one a line. For the
-- report as it is, and for each change, it prints "valid" or where it is not.
local VALIDATOR = shell.scratch .. "/validate.py"
shell.write(VALIDATOR, [[
import copy, json, sys
from jsonschema import Draft7Validator

schema = json.load(open(sys.argv[1]))
report = json.load(open(sys.argv[2]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)

def judge(name, value):
    errors = sorted(validator.iter_errors(value), key=str)
    def path(steps): return "/".join(map(str, steps))
    where = "; ".join(f"{path(e.absolute_path)}: {e.message[-160:]} ({path(e.schema_path)})" for e in errors[:3])
    print(name + "\t" + ("valid" if not errors else where))

judge("as it is", report)
for line in sys.stdin:
    name, change = line.rstrip("\n").split(" | ")
    r = copy.deepcopy(report)
    linked = next(f for f in r["findings"] if f["verdict"] == "linked")
    exec(change, {"r": r, "linked": linked, "evidence": linked["evidence"]})
    judge(name, r)
]])

local schema = here .. "/result.schema.json"

-- Gives name -> "valid" or what is wrong, after `changes`.
local function validate(path, changes)
  local list = shell.scratch .. "/changes"
  shell.write(list, table.concat(changes or {}, "\n") .. (changes and "\n" or ""))
  local out = shell.capture(("/usr/bin/python3 %s %s %s <%s 2>&1"):format(shell.quote(VALIDATOR), shell.quote(schema),
    shell.quote(path), shell.quote(list)))
  local answers = {}
  for name, answer in out:gmatch "([^\t\n]+)\t([^\n]*)" do answers[name] = answer end
  return answers, out
end

-- ---- reports as they are --------------------------------------------------------------

local golden, demo = shell.scratch .. "/golden", shell.scratch .. "/demo"
os.execute(("cp -r %s %s"):format(shell.quote(here .. "/golden/workspace"), shell.quote(golden)))
equal("golden workspace: exit code", shell.plumbline(golden, "audit -q --max-rejects 50%").code, 4)
equal("demo: written", shell.plumbline(shell.scratch, "init -q --demo demo").code, 0)
equal("demo: exit code", shell.plumbline(demo, "audit -q").code, 4)

-- A workspace where nothing is left of what can be absent: no currency, amounts, times,
-- lost deals, notes or departments with an error.
local bare = shell.scratch .. "/bare"
os.execute(("mkdir -p %s/rules"):format(shell.quote(bare)))
shell.write(bare .. "/audit.lua", [[
audit "Bare" { as_of = "2024-06-30", rules = "rules/*.lua" }
source "leads" { "leads.csv" }
deals { "deals.csv", status = constant "won", closed = "closed" }
link { "leads", "deals", "id" }
]])
shell.write(bare .. "/rules/a.lua", [[
department "A"
metric "leads" { trace = from "leads" :to "deals" }
metric "deals" { trace = from "deals" }
metric "none" {}
]])
shell.write(bare .. "/leads.csv", "id\n1\n\n2\n")
shell.write(bare .. "/deals.csv", "id,closed\n1,2024-01-01\n")
equal("bare workspace: exit code", shell.plumbline(bare, "audit -q").code, 0)

for _, dir in ipairs { golden, demo, bare } do
  local answers, out = validate(dir .. "/report/report.json")
  check(dir:match "[^/]+$" .. ": report.json is valid", answers["as it is"] == "valid", out)
end

-- ---- the schema can fail ---------------------------------------------------------------

-- What is done to the report of the golden workspace -> where the schema must object.
local CHANGES = {
  { "an amount as a number", 'r["deals"]["won"]["amount"] = 6250.0', "deals/won/amount" },
  { "an amount with a comma", 'r["deals"]["won"]["amount"] = "6,250.00"', "deals/won/amount" },
  { "a count as a text", 'r["totals"]["metrics"] = "23"', "totals/metrics" },
  { "a negative count", 'r["deals"]["lost"]["deals"] = -1', "deals/lost/deals" },
  { "a verdict that does not exist", 'linked["verdict"] = "proven"', "verdict" },
  { "a code on a linked metric", 'linked["code"] = "PL102"', "code" },
  { "a code that is none", 'r["rejects"]["first"][0]["code"] = "203"', "rejects/first/0/code" },
  { "a share as a number", 'evidence["share"] = 0.5', "share" },
  { "an unknown field", 'linked["score"] = 10', "score" },
  { "no evidence of a step", 'del evidence["branches"]', "branches" },
  { "no findings", 'del r["findings"]', "findings" },
  { "no headline", 'del linked["headline"]', "headline" },
  { "another version of the schema", 'r["schema"] = 2', "schema" },
  { "an order that does not exist", 'r["audit"]["before"] = "signed"', "audit/before" },
  { "a flag as a text", 'linked["flagged"] = "no"', "flagged" },
  { "an action that does not exist", 'linked["todo"].append({"action": "blame", "text": "x"})', "todo" },
}

local lines = {}
for i, change in ipairs(CHANGES) do lines[i] = change[1] .. " | " .. change[2] end
local answers, out = validate(golden .. "/report/report.json", lines)
for _, change in ipairs(CHANGES) do
  local answer = answers[change[1]]
  check("refused: " .. change[1], answer and answer ~= "valid" and answer:find(change[3], 1, true), answer or out)
end

shell.finish()
