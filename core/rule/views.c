/* The trusted Lua state: built-in views and the texts of the reason codes. It
 * has all of Lua, and reads only Lua sources of the product itself. A state
 * lives for one call, so that no view can leave anything behind. */
#include "rule/views.h"

#include <stdio.h>

#include "rule/call.h"
#include "rule/embedded.h"
#include "rule/lua_value.h"
#include "rule/trusted.h"

#include <lua-cjson.h> /* wants lua.h before it */

/* "plumbline.views.json" -> "views/json.lua". */
static bool module_path(const char *module, char *out, size_t size) {
  if (strncmp(module, "plumbline.", 10) != 0) return false;
  int n = snprintf(out, size, "%s.lua", module + 10);
  if (n < 0 || (size_t)n >= size) return false;
  for (char *p = out; p < out + n - 4; p++)
    if (*p == '.') *p = '/';
  return true;
}

/* Pushes the compiled source; the text belongs to a Lua buffer by then. */
static void load_source(lua_State *L, const char *path) {
  char name[256];
  pl_error err;
  pl_buf *text = lua_touserdata(L, lua_upvalueindex(1)); /* freed by whoever opened the state */
  pl_buf_clear(text);
  if (pl_embedded_text(path, text, &err) != PL_OK) luaL_error(L, "%s", err.message);
  snprintf(name, sizeof name, "@%s", path);
  pl_lua_load(L, pl_buf_view(text), name);
}

/* package.searchers entry: finds the product's own modules. */
static int search_module(lua_State *L) {
  char path[256];
  const char *module = luaL_checkstring(L, 1);
  if (!module_path(module, path, sizeof path) || !pl_embedded_exists(path)) {
    lua_pushfstring(L, "no Lua source of plumbline is named \"%s\"", module);
    return 1;
  }
  load_source(L, path);
  lua_pushstring(L, path);
  return 2;
}

/* plumbline.keys(object): its keys in the order in which they were built. */
static int object_keys(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (luaL_getmetafield(L, 1, "keys") == LUA_TNIL) lua_newtable(L);
  return 1;
}

/* plumbline.is_list(value): tells an empty list from an empty object. */
static int value_is_list(lua_State *L) {
  lua_settop(L, 1);
  bool is = lua_istable(L, 1) && luaL_getmetafield(L, 1, "list") != LUA_TNIL;
  lua_pushboolean(L, is);
  return 1;
}

static void set_searchers(lua_State *L, pl_buf *text) {
  lua_getglobal(L, "package");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "path");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "cpath");
  lua_createtable(L, 2, 0);
  lua_getfield(L, -2, "searchers");
  lua_rawgeti(L, -1, 1); /* package.preload */
  lua_rawseti(L, -3, 1);
  lua_pop(L, 1);
  lua_pushlightuserdata(L, text);
  lua_pushcclosure(L, search_module, 1);
  lua_rawseti(L, -2, 2);
  lua_setfield(L, -2, "searchers");
  lua_pop(L, 1);
}

int pl_trusted_open(lua_State *L, pl_buf *text) {
  luaL_openlibs(L);
  set_searchers(L, text);
  luaL_requiref(L, "cjson", luaopen_cjson, 0);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "cjson");
  lua_pushcfunction(L, object_keys);
  lua_setfield(L, -2, "keys");
  lua_pushcfunction(L, value_is_list);
  lua_setfield(L, -2, "is_list");
  lua_pushliteral(L, PL_VERSION);
  lua_setfield(L, -2, "version");
  lua_setglobal(L, "plumbline");
  lua_pop(L, 1);
  return 0;
}

void pl_trusted_require(lua_State *L, const char *module) {
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  pl_lua_apply(L, 1, 1);
}

/* ---- rendering --------------------------------------------------------------- */

typedef struct rendering {
  const char *name;
  const pl_value *result, *options;
  pl_buf *out;
  pl_buf source;
} rendering;

static int render(lua_State *L) {
  rendering *r = lua_touserdata(L, 1);
  char module[128];
  pl_trusted_open(L, &r->source);
  snprintf(module, sizeof module, "plumbline.views.%s", r->name);
  pl_trusted_require(L, module);
  pl_lua_push_lazily(L, r->result);
  pl_lua_push(L, r->options, true);
  pl_lua_apply(L, 2, 1);
  size_t n = 0;
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "view \"%s\" gave a %s, not a text", r->name, luaL_typename(L, -1));
  const char *text = lua_tolstring(L, -1, &n);
  if (!pl_buf_append(r->out, text, n)) luaL_error(L, "not enough memory");
  return 0;
}

static bool plain_name(const char *name) {
  for (const char *p = name; *p; p++)
    if (!((*p >= 'a' && *p <= 'z') || *p == '_' || *p == '-')) return false;
  return name[0] && strlen(name) < 64;
}

bool pl_view_exists(const char *name) {
  char path[128];
  if (!plain_name(name)) return false;
  snprintf(path, sizeof path, "views/%s.lua", name);
  return pl_embedded_exists(path);
}

static bool append(void *ctx, const void *bytes, size_t n) {
  return pl_buf_append(ctx, bytes, n);
}

pl_status pl_view_render(const char *name, const pl_value *result, const pl_value *options,
                         pl_buf *out, pl_error *err) {
  if (!pl_view_exists(name)) return pl_fail(err, PL_E_USAGE, "there is no view named \"%s\"", name);
  if (strcmp(name, "json") == 0) /* no Lua: for its speed, and it says the same */
    return pl_value_json(result, append, out) ? PL_OK : pl_fail_memory(err);
  rendering r = {name, result, options, out, {0}};
  lua_State *L = luaL_newstate();
  if (!L) return pl_fail_memory(err);
  pl_status status = pl_lua_call(L, render, &r, PL_E_OUTPUT, err);
  lua_close(L);
  pl_buf_free(&r.source);
  return status;
}

/* ---- codes ------------------------------------------------------------------- */

typedef struct codes_reading {
  pl_arena *arena;
  pl_value *codes;
  pl_buf source;
} codes_reading;

static int read_codes(lua_State *L) {
  codes_reading *r = lua_touserdata(L, 1);
  pl_trusted_open(L, &r->source);
  pl_trusted_require(L, "plumbline.codes");
  luaL_checktype(L, -1, LUA_TTABLE);
  r->codes = pl_lua_read(L, -1, r->arena);
  return 0;
}

pl_value *pl_codes(pl_arena *arena, pl_error *err) {
  codes_reading r = {arena, NULL, {0}};
  lua_State *L = luaL_newstate();
  if (!L) {
    pl_fail_memory(err);
    return NULL;
  }
  pl_status status = pl_lua_call(L, read_codes, &r, PL_E_OUTPUT, err);
  lua_close(L);
  pl_buf_free(&r.source);
  return status == PL_OK ? r.codes : NULL;
}
