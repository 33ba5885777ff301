-- `plumbline explain CODE`: what a code means and what to do about it.
local words = require "plumbline.views.words"

local function one(code, entry, width)
  local kind = entry.verdict and "\u{a0}\u{a0}[" .. entry.verdict .. "]" or ""
  local lines = words.wrap(code .. "\u{a0}\u{a0}" .. entry.title .. kind, width)
  for _, part in ipairs { entry.meaning, entry.todo } do
    lines[#lines + 1] = ""
    for _, line in ipairs(words.wrap(part, width - 2)) do
      lines[#lines + 1] = "  " .. line
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

return function(codes, options)
  if options.code then
    return one(options.code, codes[options.code], options.width)
  end
  local names, out = {}, {}
  for _, code in ipairs(plumbline.keys(codes)) do
    names[#names + 1] = code
  end
  table.sort(names)
  for _, code in ipairs(names) do
    out[#out + 1] = one(code, codes[code], options.width)
  end
  return table.concat(out, "\n")
end
