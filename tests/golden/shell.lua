-- What the tests of the views share: running the program, reading and writing
-- files, counting what passed. `require "shell"` with tests/golden in the path.
local cjson = require "cjson"

local shell = { passed = 0, failed = 0 }

function shell.quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

function shell.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

function shell.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  assert(file:close())
end

function shell.capture(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

shell.program = shell.capture("realpath " .. shell.quote(assert(os.getenv "PLUMBLINE", "set PLUMBLINE to the program")))
  :gsub("\n", "")
shell.scratch = shell.capture("mktemp -d"):gsub("\n", "")

-- Runs the program with `words` in `dir`; `before` are variables, such as
-- "COLUMNS=40". Gives the exit code, what went to stdout and what to stderr.
function shell.plumbline(dir, words, before)
  local out, err = shell.scratch .. "/.out", shell.scratch .. "/.err"
  local _, kind, code = os.execute(("cd %s && env -u NO_COLOR -u COLUMNS TERM=xterm %s %s %s >%s 2>%s </dev/null")
    :format(shell.quote(dir), before or "", shell.quote(shell.program), words, shell.quote(out), shell.quote(err)))
  return { code = kind == "exit" and code or 128 + code, out = shell.read(out), err = shell.read(err) }
end

function shell.check(name, condition, detail)
  if condition then
    shell.passed = shell.passed + 1
  else
    shell.failed = shell.failed + 1
    print("FAILED  " .. name .. (detail and "\n        " .. tostring(detail) or ""))
  end
end

function shell.equal(name, got, want)
  shell.check(name, got == want, ("got %s, expected %s"):format(tostring(got), tostring(want)))
end

-- The findings of a report by their id, and the whole report.
function shell.report(path)
  local report = cjson.decode((assert(shell.read(path), path .. " was not written")))
  local findings = {}
  for _, finding in ipairs(report.findings) do findings[finding.id] = finding end
  return findings, report
end

-- The last line that every test of the project prints, and its exit status.
function shell.finish()
  os.execute("rm -rf " .. shell.quote(shell.scratch))
  print(("%d passed, %d failed"):format(shell.passed, shell.failed))
  os.exit(shell.failed == 0)
end

return shell
