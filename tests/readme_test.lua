-- The README shows real output: every block marked "from:" is found, as it
-- stands, in what the program prints for the demo (or in the file it names).
--
--   PLUMBLINE=build/plumbline lua5.4 tests/readme_test.lua
local BINARY = os.getenv "PLUMBLINE" or "build/plumbline"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function output(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  local text = pipe:read("a")
  pipe:close()
  return text
end

local dir = io.popen("mktemp -d"):read("l")
output(BINARY .. " init --demo " .. dir .. "/demo")

local function source(from)
  if from:find "^rules/" then return read(from) end
  local demo = dir .. "/demo"
  return output(string.format("env COLUMNS=80 %s %s %s", BINARY, from, from == "audit" and demo or "-C " .. demo))
end

local readme = read "README.md"
local passed, failed = 0, 0
for from, block in readme:gmatch "<!%-%- from: (.-) %-%->\n```%a*\n(.-)```" do
  if source(from):find(block, 1, true) then
    passed = passed + 1
  else
    failed = failed + 1
    print("FAILED: this block of README.md is not in the output of " .. from .. ":\n" .. block)
  end
end
if passed + failed == 0 then
  failed = 1
  print "FAILED: README.md has no marked block"
end
os.execute("rm -rf " .. dir)
print(string.format("%d passed, %d failed", passed, failed))
os.exit(failed == 0 and 0 or 1)
