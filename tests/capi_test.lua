-- The C library and the examples, as an outsider builds and runs them.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/capi_test.lua
-- The library is made in the program's folder.
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local quote, capture, write, test = runner.quote, runner.capture, runner.write, runner.test
local program, tests, scratch = runner.program, runner.here, runner.scratch
local folder = program:match("^(.*)/")
local sanitized = program:find("/asan/", 1, true) ~= nil

local function equal(got, expected, what)
  if got ~= expected then error(("%s: got\n%s\nexpected\n%s"):format(what or "value", tostring(got), tostring(expected)), 2) end
end

local variant = sanitized and "VARIANT=asan" or ""
local root = tests:match("^(.*)/") .. "/"
local from_root = folder:sub(1, #root) == root and folder:sub(#root + 1) or folder
local made = capture(("cd %s && make --no-print-directory B=%s %s libraries module 2>&1 || echo failed")
  :format(quote(root), quote(from_root), variant))
local flags = sanitized and "-fsanitize=address,undefined" or ""

local function build(source, out)
  local line = "gcc -std=c11 -Wall -Wextra -Werror %s -I%s/../core %s %s/libplumbline.so.0 -o %s 2>&1 || echo failed"
  return capture(line:format(flags, quote(tests), quote(source), quote(folder), quote(out)))
end

local function run(line)
  local text = capture(("cd %s && LD_LIBRARY_PATH=%s %s 2>&1; echo \"exit $?\""):format(quote(scratch), quote(folder), line))
  return text
end

-- Three deals: D-1 comes from L-1, D-2 from L-3, D-3 names no lead. So two of the
-- four leads lead to won deals: 1,200.50 and 90,071,992,547,409.93, a sum beyond
-- what a double can hold.
os.execute("mkdir -p " .. scratch .. "/workspace/rules")
write(scratch .. "/workspace/audit.lua", [[
audit "Embedded" { as_of = "2024-12-31", currency = "EUR" }
source "leads" { "leads.csv", key = "id", time = "day" }
deals { "crm/deals", key = "id", closed = "closed", amount = "amount", status = constant "won" }
link { "leads", "deals", { id = "lead" } }
]])
write(scratch .. "/workspace/leads.csv",
  "id,day,origin\nL-1,2024-02-01,ad\nL-2,2024-02-02,ad\nL-3,2024-02-03,search\nL-4,2024-02-04,search\n")
write(scratch .. "/workspace/rules/marketing.lua", [[
department "Marketing"
metric "leads" { trace = from "leads" :to "deals" }
metric "followers" { title = "Followers" }
]])

test("the library can be made", function()
  assert(not made:find("failed"), made)
end)

test("the C example compiles without a warning and audits", function()
  equal(build(tests .. "/examples/embed.c", scratch .. "/embed"), "", "gcc")
  equal(run("./embed workspace " .. quote(program)),
    "Marketing/leads: linked, 2 won deals, 90071992548610.43\nMarketing/followers: untraced, 0 won deals, \nexit 0\n")
end)

test("the program that runs rule files is found beside the library", function()
  equal(run("env -u PLUMBLINE_WORKER PATH=/nowhere ./embed workspace"):match("exit %d+"), "exit 0")
end)

test("what is wrong is said as the command line says it", function()
  local text = run("./embed nowhere " .. quote(program))
  assert(text:find("cannot open the folder \"nowhere\"", 1, true), text)
  assert(text:find("exit 2", 1, true), text)
end)

test("a C++ program can use the header", function()
  write(scratch .. "/plus.cc", [[
#include <plumbline.h>
int main() {
  pl_error err = {};
  pl_audit_options options = {};
  pl_audit *audit = nullptr;
  return pl_audit_open(&options, &audit, &err) == PL_OK ? 0 : 1;
}
]])
  local line = "command -v g++ >/dev/null || exit 0; g++ -fsyntax-only -Wall -Wextra -Werror -I%s/../core %s/plus.cc 2>&1"
  equal(capture(line:format(quote(tests), scratch)), "")
end)

-- A module with a sanitizer cannot be loaded into a host without one.
local test_module = sanitized and function() print("skipped: the Lua example under the sanitizer") end or test
test_module("the Lua example", function()
  local text = run(("env LUA_CPATH=%s lua5.4 %s"):format(quote(folder .. "/?.so"), quote(tests .. "/examples/embed.lua")))
  equal(text, "Marketing/followers: untraced, 0 won deals, 0.00\n"
    .. "Marketing/leads: linked, 2 won deals, 90071992548610.43\n"
    .. "Marketing/paid_leads: linked, 1 won deals, 1200.50\nexit 0\n")
end)

runner.finish()
