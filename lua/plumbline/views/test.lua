-- The outcome of `plumbline test`, in the form that options.view names.
return function(outcome, options)
  return require("plumbline.test." .. options.view)(outcome, options)
end
