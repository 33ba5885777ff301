-- What the product's tests share: the program under test, a shell, a scratch
-- folder, and counting what passed. From a test in this folder:
--
--   local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
--
-- The program is PLUMBLINE, otherwise build/plumbline of this checkout. A word
-- behind the test's name runs only the tests whose name holds it.
local runner = { passed = 0, failed = 0, skipped = 0, only = arg[1] }

-- ---- words, files, commands -----------------------------------------------------
function runner.quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
local quote = runner.quote

-- The bytes of a file; nil where it cannot be read.
function runner.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end
local read = runner.read

-- Writes a file, and the folders above it where there are none.
function runner.write(path, text)
  local file = io.open(path, "wb")
  if not file then
    os.execute("mkdir -p " .. quote(path:match "^(.*)/" or "."))
    file = assert(io.open(path, "wb"))
  end
  file:write(text)
  assert(file:close())
end

-- What a command prints.
function runner.capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

-- The same without the newline at its end: a path, a name.
function runner.line(command) return (runner.capture(command):gsub("\n$", "")) end
local line = runner.line

function runner.has(tool) return (os.execute("command -v " .. tool .. " >/dev/null 2>&1")) end

local source = debug.getinfo(1, "S").source:sub(2)
runner.here = line("realpath " .. quote(source:match "^(.*)/" or "."))
runner.project = runner.here:match "^(.*)/"
runner.program = line("realpath " .. quote(os.getenv "PLUMBLINE" or runner.project .. "/build/plumbline"))
assert(read(runner.program), runner.program .. " is not there; build it, or set PLUMBLINE")
runner.scratch = line "mktemp -d"

-- A lua5.4 that finds the module beside the program. What the module was built with for a
-- sanitizer must be in the process before the module is.
runner.lua = ("%sLUA_CPATH=%s lua5.4"):format(runner.program:find("/asan/", 1, true)
  and 'LD_PRELOAD="$(gcc -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0 ' or "",
  quote(runner.program:match "^(.*)/" .. "/?.so"))

-- Files below a folder, which is made: path -> text (false: no such file).
function runner.files(folder, files)
  for path, text in pairs(files) do
    if text then runner.write(folder .. "/" .. path, text) end
  end
end

local function ended(script, before)
  local out, err = runner.scratch .. "/.out", runner.scratch .. "/.err"
  local _, kind, code = os.execute(("env -u NO_COLOR -u COLUMNS TERM=xterm %s %s >%s 2>%s </dev/null")
    :format(before or "", script, quote(out), quote(err)))
  return { code = kind == "exit" and code or 128 + code, out = read(out), err = read(err) }
end

-- Runs a shell line in the scratch folder; `plumbline` in it is the program.
-- Gives the exit code, what went to stdout and what to stderr.
function runner.shell(words)
  local script = runner.scratch .. "/.script"
  runner.write(script, ("plumbline() { %s \"$@\"; }\ncd %s\n%s")
    :format(quote(runner.program), quote(runner.scratch), words))
  local got = ended("sh " .. quote(script))
  got.line = words
  return got
end

-- Runs the program with `words` in `folder`; `before` are variables, such as
-- "COLUMNS=40".
function runner.plumbline(folder, words, before)
  local script = runner.scratch .. "/.script"
  runner.write(script, ("cd %s && exec %s %s"):format(quote(folder), quote(runner.program), words))
  local got = ended("sh " .. quote(script), before)
  got.line = "plumbline " .. words
  return got
end

-- ---- what is expected ----------------------------------------------------------------
-- Counts one check; it does not stop at one that fails.
function runner.check(name, condition, detail)
  if condition then
    runner.passed = runner.passed + 1
  else
    runner.failed = runner.failed + 1
    print("FAILED  " .. name .. (detail and "\n        " .. tostring(detail) or ""))
  end
end

function runner.equal(name, got, want)
  runner.check(name, got == want, ("got %s, expected %s"):format(tostring(got), tostring(want)))
end

function runner.holds(name, text, part)
  runner.check(name, (text or ""):find(part, 1, true), ("%q does not hold %q"):format(text or "", part))
end

-- Counts one test, whose body raises where something is not as it should be. Gives
-- whether it passed.
local skipping = {}
function runner.test(name, body)
  if runner.only and not name:find(runner.only, 1, true) then return end
  local ok, message = pcall(body)
  if ok or message ~= skipping then
    runner.check(name, ok, not ok and tostring(message):gsub("\n", "\n        ") or nil)
  end
  return ok
end

-- What cannot be tried here is said and counted apart. `leave` is for the body of a
-- test, and ends it.
function runner.skip(why)
  runner.skipped = runner.skipped + 1
  print("skipped: " .. why)
end

function runner.leave(why)
  runner.skip(why)
  error(skipping)
end

function runner.show(got)
  return ("  $ %s\n  exit %d\n  out: %s\n  err: %s"):format(got.line, got.code, got.out:sub(1, 600),
    got.err:sub(1, 600))
end

-- Inside a test: how a command ended, and texts that stand in its out or err.
function runner.expect(got, code, where, ...)
  if got.code ~= code then error(("expected exit %d\n%s"):format(code, runner.show(got)), 2) end
  for _, text in ipairs { ... } do
    if not got[where]:find(text, 1, true) then
      error(("expected in %s: %s\n%s"):format(where, text, runner.show(got)), 2)
    end
  end
end

function runner.refuse(got, where, text)
  if got[where]:find(text, 1, true) then
    error(("not expected in %s: %s\n%s"):format(where, text, runner.show(got)), 2)
  end
end

-- The findings of a report by their id, and the whole report.
function runner.report(path)
  local report = require "cjson".decode((assert(read(path), path .. " was not written")))
  local findings = {}
  for _, finding in ipairs(report.findings) do findings[finding.id] = finding end
  return findings, report
end

-- Call it last: cleans up, says how it went in the project's own words, ends.
function runner.finish()
  os.execute(("chmod -R u+w %s; rm -rf %s"):format(quote(runner.scratch), quote(runner.scratch)))
  print(("%d passed, %d failed%s"):format(runner.passed, runner.failed,
    runner.skipped > 0 and (", %d skipped"):format(runner.skipped) or ""))
  os.exit(runner.failed == 0 and runner.passed + runner.skipped > 0, true)
end

return runner
