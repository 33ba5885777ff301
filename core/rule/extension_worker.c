/* The worker's half of a user's view: calling render(result, options). */
#include "rule/call.h"
#include "rule/lua_value.h"
#include "rule/worker.h"

pl_value *pl_worker_render(lua_State *L, pl_worker_state *state, const pl_value *request) {
  pl_str text;
  pl_worker_push_function(L, request);
  int function = lua_gettop(L);
  lua_Debug at;
  lua_pushvalue(L, function);
  lua_getinfo(L, ">S", &at);
  pl_lua_push(L, pl_value_get(request, "result"), true);
  pl_lua_push(L, pl_value_get(request, "options"), true);
  pl_lua_apply(L, 2, 1);
  uint32_t line = at.linedefined > 0 ? (uint32_t)at.linedefined : 0;
  const char *file = at.source[0] == '@' ? at.source + 1 : "";
  if (lua_type(L, -1) != LUA_TSTRING) {
    lua_pushfstring(L, "render gave a %s, not a text", luaL_typename(L, -1));
    pl_lua_raise(L, file, line, lua_tostring(L, -1),
                 "end it with return and the text, for example table.concat(lines)");
  }
  text.p = lua_tolstring(L, -1, &text.n);
  if (pl_utf8_valid(text) != text.n)
    pl_lua_raise(L, file, line, "render gave a text that is not UTF-8", NULL);
  return pl_value_text(&state->request, text);
}
