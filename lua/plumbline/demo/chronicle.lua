-- Records in the order of their time. What happened at the same moment stays in
-- the order in which it was told, so that sorting gives one answer only.
local Chronicle = {}
Chronicle.__index = Chronicle

function Chronicle.new() return setmetatable({ n = 0 }, Chronicle) end

-- Keeps `record`; it is given a time `t` and a number `seq`.
function Chronicle:add(t, record)
  self.n = self.n + 1
  record.t, record.seq = t, self.n
  self[self.n] = record
  return record
end

local function before(a, b)
  if a.t ~= b.t then return a.t < b.t end
  return a.seq < b.seq
end

-- The list itself, sorted: for ipairs.
function Chronicle:sorted()
  table.sort(self, before)
  return self
end

return Chronicle
