-- Writes the workspace that plumbline audits in the benchmark: audit.lua and a rule file for
-- each department.
--   lua5.4 workspace.lua EXPORTS DIR VARIANT
-- Variants: "main", 40 metrics within 180 days and one over all touches by asset within 18
-- months; "each", the 40 metrics by asset too; "many", 400 metrics instead of the 40 (each in each channel).
local Workspace = {}

Workspace.variants = { "main", "each", "many" }
local channels = { "ads", "chat", "direct", "email", "event", "organic", "partner", "phone", "referral", "social" }

local audit = [[
audit "Benchmark" {
  as_of    = "2024-12-31T23:59:59Z",
  currency = "USD",
  timezone = "UTC",
  rates    = { EUR = "1.0837", GBP = "1.2715" },
  rules    = "rules/*.lua",
}

source "touches" { "%s/touches.csv", time = "time" }

source "contacts" { "%s/contacts.csv", key = "id" }

deals { "%s/deals.csv",
  key = "id", created = "created", closed = "closed",
  status = "stage", amount = "amount", currency = "currency",
}

link { "touches", "contacts", { contact = "id" } }
link { "contacts", "deals", "company" }
]]

local rules = [[
department "%s"

local function followed(touches) return touches :to "contacts" :to "deals" end
]]

-- 18 months are 548 days.
local content = [[

metric "content" {
  title = "Everything that somebody read, saw or used", within = "548d", by = "asset",
  trace = followed(from "touches"),
}
]]

local function metric(name, where, more)
  return ([[

metric "%s" {
  within = "180d",%s
  trace = followed(from "touches" :where { %s }),
}
]]):format(name, more, where)
end

local function metrics_of(name, variant)
  if variant ~= "many" then
    return metric(name, ("metric = %q"):format(name), variant == "each" and ' by = "asset",' or "")
  end
  local out = {}
  for i, channel in ipairs(channels) do
    out[i] = metric(name .. "_" .. channel, ("metric = %q, channel = %q"):format(name, channel), "")
  end
  return table.concat(out)
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

-- `exports` is a path that holds from inside `dir`, or an absolute one.
function Workspace.write(exports, dir, variant, metrics)
  assert(os.execute(("mkdir -p '%s/rules'"):format(dir)))
  write(dir .. "/audit.lua", (audit:gsub("%%s", exports)))
  local files, order = {}, {}
  for line in io.lines(metrics) do
    local department, name = line:match("^(.-)\t(.+)$")
    if not files[department] then
      order[#order + 1] = department
      files[department] = { rules:format(department) }
      if #order == 2 then table.insert(files[department], content) end
    end
    table.insert(files[department], metrics_of(name, variant))
  end
  for _, department in ipairs(order) do
    local name = department:lower():gsub(" ", "_")
    write(("%s/rules/%s.lua"):format(dir, name), table.concat(files[department]))
  end
end

return Workspace
