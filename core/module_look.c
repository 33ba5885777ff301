/* plumbline.sniff and plumbline.init: looking at exports, from Lua. The work is done
 * on the thread that called, without callbacks. */
#include "module.h"

#define LOOKED "plumbline.looked"

/* One of the two; closed when what was pushed is a copy, or Lua raised. */
typedef struct looked {
  pl_sniff *sniff;
  pl_init *init;
} looked;

static int looked_close(lua_State *L) {
  looked *it = lua_touserdata(L, 1);
  pl_sniff_close(it->sniff);
  pl_init_close(it->init);
  *it = (looked){NULL, NULL};
  return 0;
}

static looked *looked_new(lua_State *L) {
  looked *it = lua_newuserdatauv(L, sizeof *it, 0);
  *it = (looked){NULL, NULL};
  if (luaL_newmetatable(L, LOOKED)) {
    lua_pushcfunction(L, looked_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, looked_close);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  return it;
}

/* A text among the options at index 2, which stays on the stack. */
static const char *option_text(lua_State *L, const char *name) {
  if (!lua_istable(L, 2)) return NULL;
  if (lua_getfield(L, 2, name) == LUA_TNIL) return NULL;
  if (lua_type(L, -1) != LUA_TSTRING)
    pl_module_fail(L, "usage", lua_pushfstring(L, "%s must be a text", name), "");
  return lua_tostring(L, -1);
}

static bool option_true(lua_State *L, const char *name) {
  return lua_istable(L, 2) && lua_getfield(L, 2, name) != LUA_TNIL && lua_toboolean(L, -1);
}

/* sniff(path, options) -> table */
int pl_module_sniff(lua_State *L) {
  pl_error err = {0};
  const char *path = luaL_checkstring(L, 1);
  lua_settop(L, 2);
  pl_sniff_options options = {.directory = option_text(L, "directory"),
                              .name = option_text(L, "name"),
                              .worker = option_text(L, "worker")};
  looked *it = looked_new(L);
  if (pl_sniff_open(path, &options, &it->sniff, &err) != PL_OK) return pl_module_raise(L, &err);
  pl_module_push_value(L, pl_sniff_result(it->sniff));
  pl_sniff_close(it->sniff);
  it->sniff = NULL;
  return 1;
}

/* init(directory, options) -> table; with dry_run nothing is written */
int pl_module_init(lua_State *L) {
  pl_error err = {0};
  const char *directory = luaL_optstring(L, 1, ".");
  lua_settop(L, 2);
  pl_init_options options = {
      .directory = directory, .deals = option_text(L, "deals"), .worker = option_text(L, "worker")};
  bool dry_run = option_true(L, "dry_run");
  looked *it = looked_new(L);
  if (pl_init_open(&options, &it->init, &err) != PL_OK) return pl_module_raise(L, &err);
  if (!dry_run && pl_init_write(it->init, &err) != PL_OK) return pl_module_raise(L, &err);
  pl_module_push_value(L, pl_init_result(it->init));
  pl_init_close(it->init);
  it->init = NULL;
  return 1;
}
