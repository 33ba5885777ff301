-- Chance that is the same everywhere: SplitMix64 (Steele, Lea and Flood 2014) on
-- Lua's 64-bit integers. Every part of the demo draws from a stream of its own,
-- so that a change in one export leaves the others as they were.
local Random = {}
Random.__index = Random

local STEP = 0x9e3779b97f4a7c15

-- The start of a stream: FNV-1a of its name.
local function seed_of(name)
  local hash = 0xcbf29ce484222325
  for i = 1, #name do hash = (hash ~ name:byte(i)) * 0x100000001b3 end
  return hash
end

function Random.new(name)
  return setmetatable({ state = seed_of(name) }, Random)
end

function Random:next()
  self.state = self.state + STEP
  local z = self.state
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return (z ~ (z >> 31)) >> 11 -- 53 bits: never negative
end

-- A whole number from low to high, both included.
function Random:int(low, high)
  if high <= low then return low end
  return low + self:next() % (high - low + 1)
end

function Random:chance(per_mille)
  return self:next() % 1000 < per_mille
end

function Random:pick(list)
  return list[1 + self:next() % #list]
end

-- One of { item, weight, item, weight, … }.
function Random:weighted(list)
  local total = 0
  for i = 2, #list, 2 do total = total + list[i] end
  local at = self:next() % total
  for i = 2, #list, 2 do
    at = at - list[i]
    if at < 0 then return list[i - 1] end
  end
end

-- Lower-case letters and digits without those that are read for another.
local MARKS = "23456789abcdefghjkmnpqrstuvwxyz"
function Random:code(n)
  local out = {}
  for i = 1, n do
    local at = self:int(1, #MARKS)
    out[i] = MARKS:sub(at, at)
  end
  return table.concat(out)
end

return Random
