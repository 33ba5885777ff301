-- The contract, ticked off: design.md §4.1 to §4.4, one row for each option, each
-- condition and each thing that is promised. A row either shows it on the spot, on
-- a company of nine records (tests/contract/small.lua), or names the larger test
-- that does. And the rows are held against the program: every field, word and
-- function that it accepts must stand in some row (tests/contract/registered.lua).
--
--   PLUMBLINE=build/plumbline lua5.4 tests/contract_test.lua [word]
local here = arg[0]:match "^(.*)/" or "."
local run = dofile(here .. "/runner.lua")
local Small = dofile(here .. "/contract/small.lua")
local small = Small.new(run)
small.SOURCE, small.DEAL_FIELDS = Small.SOURCE, Small.DEAL_FIELDS

local covered, todo = {}, {}
local names = {}

-- What a row covers, as words: "source.key keep.first".
local function cover(covers, into)
  for word in covers:gmatch "%S+" do into[word] = true end
end

-- row(words, covers, body): body raises where it is not so.
-- row(words, covers, { "file", "test" }, …): other tests show it; each must be there.
-- row(words, covers): nobody has shown it yet, which is a failure.
local function row(words, covers, ...)
  if names[words] then error("two rows of one name: " .. words, 2) end
  names[words] = true
  local body = ...
  cover(covers, body and covered or todo)
  if type(body) == "function" then return run.test(words, body) end
  local tests = { ... }
  run.test(words, function()
    assert(#tests > 0, "to do: no test shows this")
    for _, test in ipairs(tests) do
      local text = assert(run.read(run.project .. "/" .. test[1]), test[1] .. " is not there")
      assert(text:find(test[2], 1, true), test[1] .. " has no test of the name " .. test[2])
    end
  end)
end

for _, part in ipairs { "sources", "dialects", "computed", "deals", "traces", "time", "evidence", "verdicts" } do
  dofile(("%s/contract/%s.lua"):format(here, part))(row, small, run)
end

if not run.only then
  dofile(here .. "/contract/registered.lua")(run, small)(covered, todo)
end
run.finish()
