-- For `luarocks make .package/plumbline-0.1.0-1.rockspec` in a checkout. The C
-- libraries that plumbline needs are those of .ci/setup.
rockspec_format = "3.0"
package = "plumbline"
version = "0.1.0-1"
source = {
  url = "file://.", -- a checkout; `luarocks make` reads it in place
}
description = {
  summary = "Follows every tracked metric to closed-won deals",
  detailed = [[
plumbline reads the exports that a company's tools already write, and rules that
its departments write in Lua. It follows each metric to the deals that were won,
record by record, and names the metrics that cannot be followed.]],
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.4, < 5.5" }
build = {
  type = "make",
  build_target = "built",
  install_target = "rock",
  build_variables = {},
  install_variables = {
    ROCK_BIN = "$(BINDIR)",
    ROCK_LIB = "$(LIBDIR)",
    ROCK_LUA = "$(LUADIR)",
  },
}
