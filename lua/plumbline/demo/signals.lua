-- What the demo company does not know and the audit should find out: how often
-- a won, a lost and an open deal met each touch, per mille. Equal numbers are
-- things that everybody meets; unequal ones tell won from lost.
local Random = require "plumbline.demo.random"

local rates = {
  --                  won  lost open
  website         = { 985, 975, 970 },
  home_page       = { 750, 815, 780 },
  organic         = { 496, 480, 470 },
  deep_visit      = { 430, 390, 380 },
  pricing         = { 600, 330, 420 },
  email_open      = { 700, 730, 700 },
  email_click     = { 520, 370, 400 }, -- of those who open
  event           = { 140,  50,  80 },
  badge           = { 190, 110, 120 },
  webinar         = { 130, 115, 120 },
  recording       = { 100,  95,  90 },
  demo            = { 560, 230, 350 },
  call            = { 978, 945, 930 },
  question        = { 480, 360, 330 },
  content         = { 480, 250, 300 },
  comparison      = { 330, 120, 180 }, -- besides other content
  feedback        = { 600, 450, 300 }, -- of the content that was shared
  trial           = { 360, 170, 200 },
  ticket          = { 110,  95, 100 },
  reference       = { 230,  50,  80 },
  booth           = { 120,  60,  50 },
}

local signals = {}

-- The deals that met a touch, in the order of the world's deals.
function signals.met(world, name)
  local rate, random, out = rates[name], Random.new("signal " .. name), {}
  for _, deal in ipairs(world.deals) do
    local at = deal.status == "won" and 1 or deal.status == "lost" and 2 or 3
    if random:chance(rate[at]) then out[#out + 1] = deal end
  end
  return out
end

function signals.met_set(world, name)
  local set = {}
  for _, deal in ipairs(signals.met(world, name)) do set[deal] = true end
  return set
end

return signals
