-- The dialects of Lua in this repository.
std = "lua54"
max_line_length = 140
exclude_files = { "tests/golden/workspace", "lua/plumbline/_meta" }
files["lua/plumbline/views"] = { read_globals = { "plumbline" } }
files["lua/plumbline/manual"] = { read_globals = { "plumbline" } }
files["lua/plumbline/prelude*.lua"] = { std = "lua54" }
files["lua/plumbline/profiles"] = { std = "lua54+rule" }
files["rules"] = { std = "lua54+rule" }
stds.rule = {
  read_globals = { "audit", "source", "deals", "link", "department", "metric", "from", "any", "like", "matches",
    "between", "gt", "gte", "lt", "lte", "blank", "not_", "lookup", "sum", "constant", "clean", "map", "list",
    "derive", "others", "test", "profile" },
}
