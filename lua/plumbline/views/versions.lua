-- `plumbline --version -v`: a line for each library.
return function(versions)
  local out = { "plumbline " .. versions.plumbline }
  for _, name in ipairs(plumbline.keys(versions)) do
    if name ~= "plumbline" then out[#out + 1] = ("  %-10s %s"):format(name, versions[name]) end
  end
  return table.concat(out, "\n") .. "\n"
end
