-- A small generator of its own (splitmix64), so that a seed means the same
-- workspace on every machine and Lua version.
local Random = {}
Random.__index = Random

function Random.new(seed)
  return setmetatable({ state = seed * 0x9E3779B97F4A7C15 }, Random)
end

function Random:next()
  self.state = self.state + 0x9E3779B97F4A7C15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

function Random:int(low, high)
  return low + (self:next() >> 1) % (high - low + 1)
end

function Random:chance(percent)
  return self:int(1, 100) <= percent
end

function Random:pick(list)
  return list[self:int(1, #list)]
end

return Random
