-- The manual, the completions and the versions: what the program says about
-- itself, checked against what it does.
-- Usage: PLUMBLINE=path/to/plumbline lua5.4 tests/manual_test.lua [word]
local cjson = require "cjson"
local runner = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local quote, read, test, skip, has = runner.quote, runner.read, runner.test, runner.leave, runner.has
local program, scratch = runner.program, runner.scratch
-- The completions call the program by the name on the command line.
assert(os.execute(("mkdir %s/bin && ln -s %s %s/bin/plumbline"):format(scratch, quote(program), scratch)))

local function write(name, text) runner.write(scratch .. "/" .. name, text) end

-- Runs a shell line in the scratch folder: its exit code, output and messages.
local function shell(line)
  write(".script", "cd " .. scratch .. "\nPATH=" .. scratch .. "/bin:$PATH\n" .. line .. "\n")
  local _, kind, code = os.execute(("env -u NO_COLOR -u COLUMNS -u MANWIDTH TERM=xterm HOME=%s sh %s/.script >%s/.out 2>%s/.err </dev/null")
    :format(scratch, scratch, scratch, scratch))
  return { line = line, code = kind == "exit" and code or 128 + code, out = read(scratch .. "/.out"),
    err = read(scratch .. "/.err") }
end

local function run(line, code)
  local got = shell(line)
  if got.code ~= (code or 0) then
    error(("%s\nended with %d, not %d\n%s%s"):format(line, got.code, code or 0, got.out, got.err), 0)
  end
  return got
end

local function holds(text, part, what)
  if not text:find(part, 1, true) then error(what .. ' does not hold "' .. part .. '":\n' .. text:sub(1, 4000), 0) end
end

local function equal(got, expected, what)
  if got ~= expected then error(("%s: %s, not %s"):format(what, tostring(got), tostring(expected)), 0) end
end

-- ---- the pages ----------------------------------------------------------------------
local facts = cjson.decode(run("plumbline help --json").out)
local topics = { "", "rules", "audit", "library" }

local function page(topic) return run("plumbline help " .. topic .. " --man").out end

-- A page as `man` shows it, in one long line for each paragraph.
local function rendered(topic)
  return run(("plumbline help %s --man >page.man; MANWIDTH=5000 man -l page.man"):format(topic)).out
end

test("help --json lists what --help lists", function()
  local help = run("plumbline --help").out
  equal(run("plumbline help").out, help, "plumbline help")
  for _, verb in ipairs(facts.verbs) do
    holds(help, "plumbline " .. verb.name, "--help")
    for _, option in ipairs(verb.options) do
      holds(run("plumbline " .. verb.name .. " --help").out, "--" .. option, verb.name .. " --help")
    end
  end
  for _, option in ipairs(facts.options) do holds(help, "--" .. option.name, "--help") end
end)

test("every man page has a name, an example and what else to read, and no warning", function()
  if not has "man" then skip "man is not installed" end
  for _, topic in ipairs(topics) do
    write("page.man", page(topic))
    local got = run "man -l --warnings=w page.man"
    equal(got.err, "", "warnings for help " .. topic)
    for _, heading in ipairs { "NAME", "DESCRIPTION", "EXAMPLE", "SEE ALSO" } do
      holds(got.out, "\n" .. heading .. "\n", "help " .. topic)
    end
  end
end)

test("plumbline(1) has every verb, option and exit code", function()
  if not has "man" then skip "man is not installed" end
  local text = rendered ""
  for _, verb in ipairs(facts.verbs) do holds(text, "plumbline " .. verb.name .. " " .. verb.arguments, "plumbline(1)") end
  for _, option in ipairs(facts.options) do
    holds(text, "--" .. option.name .. (option.value and " " .. option.value or ""), "plumbline(1)")
  end
  for _, exit in ipairs(facts.exits) do holds(text:lower(), exit.meaning:lower(), "plumbline(1)") end
end)

test("plumbline(3) has every function of the header", function()
  local text, n = page "library", 0
  for name in read("core/plumbline.h"):gmatch("PL_API [^;(]-(pl_[%w_]+)%(") do
    holds(text, name .. "(", "plumbline(3)")
    n = n + 1
  end
  -- 25 were there when the page was written; fewer means that the pattern is wrong.
  assert(n >= 25, "only " .. n .. " functions found in the header")
end)

-- The names that a prelude registers: the keys of `local NAME = { … }`.
local function registered(file, name)
  local body = assert(read("lua/plumbline/" .. file):match("\nlocal " .. name .. " = (%b{})"), name .. " in " .. file)
  local names = {}
  for key in body:sub(2, -2):gsub("%b{}", ""):gsub("%b()", ""):gmatch("([%w_]+) =") do names[#names + 1] = key end
  assert(#names > 0, "no names in " .. name)
  return names
end

test("the manual has every field that a prelude takes", function()
  local rules, audit = run("plumbline help rules").out, run("plumbline help audit").out
  local function check(text, names, what)
    for _, name in ipairs(names) do
      if not text:find("%f[%w_]" .. name .. " =") then error(what .. ' does not tell of "' .. name .. '"', 0) end
    end
  end
  check(rules, registered("prelude_metric.lua", "fields"), "help rules")
  check(rules, registered("prelude_trace.lua", "step_options"), "help rules")
  check(rules, registered("test/prelude.lua", "fields"), "help rules")
  for _, name in ipairs(registered("test/prelude.lua", "expect_fields")) do
    holds(rules, "`" .. name .. "`", "help rules")
  end
  check(audit, registered("prelude_view.lua", "fields"), "help audit")
  check(audit, registered("prelude_profile.lua", "profile_fields"), "help audit")
  check(audit, registered("prelude_profile.lua", "metric_fields"), "help audit")
  check(audit, registered("prelude_profile.lua", "join_fields"), "help audit")
  check(audit, registered("prelude_audit.lua", "audit_fields"), "help audit")
  check(audit, registered("prelude_audit.lua", "source_fields"), "help audit")
  check(audit, registered("prelude_audit.lua", "deals_fields"), "help audit")
  check(audit, registered("prelude_audit.lua", "status_fields"), "help audit")
end)

test("the manual has every function that a rule or audit.lua may call", function()
  local function check(text, source, pattern, what)
    local n = 0
    for name in source:gmatch(pattern) do
      n = n + 1
      if not text:find("%f[%w_]" .. name .. "[%s%(`]") then error(what .. " does not tell of " .. name, 0) end
    end
    assert(n > 0, pattern)
  end
  local rules, audit = run("plumbline help rules").out, run("plumbline help audit").out
  local trace = read "lua/plumbline/prelude_trace.lua"
  check(rules, trace, "\nfunction make%.([%w_]+)%(", "help rules")
  check(rules, trace, "\nmake%.([%w_]+) =", "help rules")
  check(rules, trace, "\nmethods%.([%w_]+) =", "help rules")
  local compute = read "lua/plumbline/prelude_compute.lua"
  check(audit, compute, "\nfunction make%.([%w_]+)%(", "help audit")
  check(audit, assert(compute:match("local make = (%b{})")), "([%w_]+) = joining", "help audit")
  check(audit, assert(compute:match("local cleaning = P.one_of(%b())")):gsub('",', '" ,'), '"(%w+)"', "help audit")
end)

-- ---- the examples ---------------------------------------------------------------------
local function example(name, field)
  return assert(loadfile("lua/plumbline/manual/" .. name .. ".lua"))()[field or "example"]
end

test("the examples of rules and audit.lua are one sound workspace", function()
  write("example/audit.lua", example "audit")
  write("example/rules/marketing.lua", example "rules")
  write("example/exports/contacts.csv", "Contact ID,Email\nc1,Ann@example.com\nc2,bo@example.com\n")
  write("example/exports/clicks_1.csv", "clicked,email,url,campaign\n"
    .. "03/02/2024 09:30,ann@example.com,https://example.com/pricing,spring\n"
    .. "13/02/2024 09:30,(not set),https://example.com/pricing,spring\n")
  write("example/exports/deals.csv", "Deal ID,Created,Closed,Stage,Amount,Contact ID\n"
    .. "d1,2024-01-05,2024-03-01,Closed Won,1000,c1\nd2,2024-02-01,2024-03-05,Closed Lost,500,c2\n")
  -- The example steps to "Email"; audit.lua has it cleaned as "email".
  holds(run("plumbline check example").out, "1 rule file, 2 metrics, 3 sources: all sound", "check")
  write("example/rules/marketing_test.lua", example("rules", "tests"))
  holds(run("plumbline test example").out, "1 passed, 0 failed", "plumbline test")
end)

test("the lines of plumbline(1)'s example run, in their order", function()
  -- What each ends with: the demo has one broken rule, so check says 2, and flagged
  -- metrics, so --fail-on flagged says 1.
  local codes = { 0, 0, 2, 1, 0, 0 }
  local n = 0
  for line in example("command"):gmatch("[^\n]+") do
    n = n + 1
    run(line, assert(codes[n], "a line more than this test knows"))
  end
  equal(n, #codes, "lines")
end)

-- ---- help for wrong words -----------------------------------------------------------
test("help on what does not exist names the nearest", function()
  holds(run("plumbline help rulse", 2).err, "did you mean `plumbline help rules`?", "the message")
  holds(run("plumbline help trace --man", 2).err, "has no man page of its own", "the message")
  holds(run("plumbline help rules --json", 2).err, "no other format", "the message")
  holds(run("plumbline help --completion powershell", 2).err, "bash, zsh or fish", "the message")
  holds(run("plumbline audit --man", 2).err, "audit takes no --man", "the message")
  equal(run("plumbline help trace").out, run("plumbline trace --help").out, "help trace")
end)

-- ---- completions ---------------------------------------------------------------------
run("plumbline init -q --demo comp")

local bash_try = [[
source ./comp.bash
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plumbline; printf '%s\n' "${COMPREPLY[@]}"; }
]]
local function bash(words, folder)
  run "plumbline help --completion bash >comp.bash"
  write("try.bash", bash_try .. (folder and "cd " .. folder .. "\n" or "") .. "try " .. words .. "\n")
  return (run("bash try.bash").out:gsub("\n$", ""):gsub("\n", " "))
end

test("bash completes verbs, options, values, codes and topics", function()
  equal(bash "plumbline tr", "trace", "tr")
  equal(bash "plumbline audit --fa", "--fail-on", "audit --fa")
  equal(bash "plumbline trace --fa", "", "trace takes no --fail-on")
  equal(bash "plumbline audit --fail-on fl", "flagged", "--fail-on fl")
  equal(bash "plumbline audit --fail-on = fl", "flagged", "--fail-on=fl, as bash cuts it")
  equal(bash "plumbline explain pl101", "PL101", "explain pl101")
  equal(bash "plumbline list ''", "metrics rules sources profiles codes", "list")
  equal(bash "plumbline help lib", "library", "help lib")
  equal(bash "plumbline -C comp/r", "comp/rules", "a folder")
end)

test("bash completes the workspace's metrics and departments", function()
  -- The demo's Marketing department has one metric that begins with "web"; Events has webinars.
  equal(bash("plumbline trace web", "comp"), "webinars website_traffic", "in the workspace")
  equal(bash "plumbline trace -C comp webs", "website_traffic", "with -C")
  equal(bash "plumbline -C comp trace webs", "website_traffic", "with -C in front")
  equal(bash "plumbline trace --directory = comp webs", "website_traffic", "with --directory=")
  equal(bash "plumbline trace -C comp Marketing/webs", "Marketing/website_traffic", "by its id")
  equal(bash [[plumbline trace -C comp 'Customer\ Success/n']], [[Customer\ Success/nps]], "a blank in the id")
  equal(bash [[plumbline audit -C comp --department Cus]], [[Customer\ Success]], "a department")
  equal(bash "plumbline trace webs", "", "no workspace")
end)

test("fish completes the same", function()
  if not has "fish" then skip "fish is not installed" end
  run "plumbline help --completion fish >comp.fish && fish -n comp.fish"
  local function fish(line)
    local out = run(("fish --no-config -c \"source comp.fish; complete -C '%s'\""):format(line)).out
    return (out:gsub("\t[^\n]*", ""):gsub("\n$", ""):gsub("\n", " "))
  end
  equal(fish "plumbline tr", "trace", "tr")
  equal(fish "plumbline trace -C comp webs", "website_traffic", "a metric")
  equal(fish "plumbline trace -C comp Marketing/webs", "Marketing/website_traffic", "an id")
  equal(fish "plumbline audit -C comp --department Cus", "Customer Success", "a department")
  equal(fish "plumbline explain PL101", "PL101", "a code")
  equal(fish "plumbline audit --fail-on fl", "flagged", "a value")
end)

-- zsh completes only in its line editor, so one is run behind a pseudo-terminal. It
-- shows what stands on its line after the tab, in angle brackets.
local zsh_try = [[
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; unsetopt prompt_cr prompt_sp; fpath=($PWD/zsh \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z "show() { print -r -- \"<\$BUFFER>\"; BUFFER=; zle .accept-line }"
zpty -w z "zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print REA''DY"
zpty -r -m z out '*READY*'
for line in "$@"; do
  zpty -w -n z "$line"$'\t\x18'
  zpty -r -m z out '*<*>*'
  print -r -- "${${out##*<}%%>*}"
done
zpty -d z
]]
test("zsh completes the same", function()
  if not has "zsh" then skip "zsh is not installed" end
  run "mkdir -p zsh; plumbline help --completion zsh >zsh/_plumbline && zsh -n zsh/_plumbline"
  write("try.zsh", zsh_try)
  local got = run([[timeout 60 zsh -f try.zsh "plumbline tr" "plumbline trace -C comp webs" \
    "plumbline trace -C comp Marketing/webs" \
    "plumbline audit -C comp --department Cus" "plumbline explain PL11" "plumbline -C comp trace webs"]]).out
  local expected = { "plumbline trace ", "plumbline trace -C comp website_traffic ",
    "plumbline trace -C comp Marketing/website_traffic ", [[plumbline audit -C comp --department Customer\ Success ]],
    "plumbline explain PL11", "plumbline -C comp trace website_traffic " }
  equal(got, table.concat(expected, "\n") .. "\n", "what zsh typed")
end)

-- ---- versions ---------------------------------------------------------------------------
test("--version --json tells of the libraries", function()
  local versions = cjson.decode(run("plumbline --version --json").out)
  equal(versions.plumbline, read("core/plumbline.h"):match('PL_VERSION "([%d.]+)"'), "plumbline")
  for _, name in ipairs { "lua", "libcsv", "lua-cjson", "pcre2", "icu" } do
    assert(versions[name] and versions[name]:find("^%d+%.%d+"), name .. ": " .. tostring(versions[name]))
  end
  holds(versions.lua, "5.4.", "lua")
  -- The zones follow TZDIR, as the audit does.
  write("zones/tzdata.zi", "# version 1999z\n")
  equal(cjson.decode(run("TZDIR=$PWD/zones plumbline --version --json").out).zones, "1999z", "zones")
  holds(run("plumbline --version -v").out, "lua-cjson", "--version -v")
  holds(run("plumbline --version --format csv", 2).err, "--version cannot be drawn as csv", "the message")
end)

runner.finish()
