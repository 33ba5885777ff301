-- The README shows real output: every block marked "from:" is found, as it
-- stands, in what the program prints for the demo (or in the file it names).
--
--   PLUMBLINE=build/plumbline lua5.4 tests/readme_test.lua
local run = dofile((arg[0]:match "^(.*)/" or ".") .. "/runner.lua")
local read, BINARY, dir = run.read, run.quote(run.program), run.scratch

local function output(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  local text = pipe:read("a")
  pipe:close()
  return text
end

output(BINARY .. " init --demo " .. dir .. "/demo")

local function source(from)
  if from:find "^rules/" then return read(from) end
  local demo = dir .. "/demo"
  if from == "init" then -- a folder that holds the demo's exports and nothing else
    os.execute(("mkdir -p %s/own && cp -r %s/exports %s/own"):format(dir, demo, dir))
    return output(("cd %s/own && env COLUMNS=80 %s init"):format(dir, BINARY))
  end
  return output(string.format("env COLUMNS=80 %s %s %s", BINARY, from, from == "audit" and demo or "-C " .. demo))
end

local readme = read "README.md"
for from, block in readme:gmatch "<!%-%- from: (.-) %-%->\n```%a*\n(.-)```" do
  run.check("this block of README.md is in the output of " .. from, source(from):find(block, 1, true), block)
end
if run.passed + run.failed == 0 then run.check("README.md has marked blocks", false) end
run.finish()
