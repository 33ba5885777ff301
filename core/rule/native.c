/* The C half of the rule API: what the prelude cannot do in Lua. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rule/call.h"
#include "rule/frame.h"
#include "rule/worker.h"

static pl_worker_state *state_of(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* The innermost running code that a person wrote: chunks named "@path". */
static int place(lua_State *L) {
  lua_Debug at;
  for (int level = 1; lua_getstack(L, level, &at); level++) {
    lua_getinfo(L, "Sl", &at);
    if (at.source[0] != '@' || at.currentline <= 0) continue;
    lua_pushstring(L, at.source + 1);
    lua_pushinteger(L, at.currentline);
    return 2;
  }
  lua_pushstring(L, state_of(L)->file);
  lua_pushinteger(L, 0);
  return 2;
}

static int function_place(lua_State *L) {
  lua_Debug at;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_getinfo(L, ">S", &at);
  lua_pushstring(L, at.source[0] == '@' ? at.source + 1 : state_of(L)->file);
  lua_pushinteger(L, at.linedefined > 0 ? at.linedefined : 0);
  return 2;
}

/* nearest(word, sorted list of texts) -> text or nil. The list of pointers is
 * Lua's memory, and the table keeps the texts alive. */
static int nearest(lua_State *L) {
  const char *word = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t n = lua_rawlen(L, 2), at = 0;
  const char **list = lua_newuserdatauv(L, (n ? n : 1) * sizeof *list, 0);
  for (size_t i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 2, (lua_Integer)i) == LUA_TSTRING) list[at++] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  const char *found = strlen(word) <= 64 ? pl_nearest(word, list, at) : NULL;
  if (found)
    lua_pushstring(L, found);
  else
    lua_pushnil(L);
  return 1;
}

/* The shortest decimal text that reads back as the same number, without an
 * exponent; nil for what has none (inf, nan, too large or too small). */
static int number_text(lua_State *L) {
  char text[64];
  if (lua_isinteger(L, 1)) {
    snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, 1));
    lua_pushstring(L, text);
    return 1;
  }
  double d = luaL_checknumber(L, 1);
  if (!isfinite(d) || fabs(d) >= 1e17 || (d != 0 && fabs(d) < 1e-12)) {
    lua_pushnil(L);
    return 1;
  }
  for (int decimals = 0; decimals <= 30; decimals++) {
    snprintf(text, sizeof text, "%.*f", decimals, d);
    if (strtod(text, NULL) == d) break;
  }
  lua_pushstring(L, strcmp(text, "-0") == 0 ? "0" : text);
  return 1;
}

/* at(file, line, department): tells the parent what is being declared, in case
 * that this is the last it hears. */
static int report_place(lua_State *L) {
  pl_worker_state *state = state_of(L);
  pl_value *v = pl_value_object(&state->request);
  pl_set_text(&state->request, v, "file", pl_str_of(luaL_checkstring(L, 1)));
  pl_set_int(&state->request, v, "line", luaL_checkinteger(L, 2));
  if (!lua_isnoneornil(L, 3))
    pl_set_text(&state->request, v, "department", pl_str_of(luaL_checkstring(L, 3)));
  pl_worker_send(state, PL_FRAME_AT, v);
  return 0;
}

/* Pushes an entry {file, source} compiled. */
static pl_str push_source(lua_State *L, const pl_value *entry) {
  char name[PL_ERROR_PATH];
  pl_str file = pl_value_str(pl_value_get(entry, "file"));
  snprintf(name, sizeof name, "@%.*s", PL_STR_ARG(file));
  pl_lua_load(L, pl_value_str(pl_value_get(entry, "source")), name);
  return file;
}

static int push_names(lua_State *L, const pl_value *object) {
  size_t n = pl_value_count(object);
  lua_createtable(L, n > 10000 ? 0 : (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    pl_str name = pl_value_key(object, i);
    lua_pushlstring(L, name.p, name.n);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* module(name) -> the compiled file beside the rules, or nil. */
static int module(lua_State *L) {
  const pl_value *found = pl_value_get(state_of(L)->beside, luaL_checkstring(L, 1));
  if (!found) return 0;
  push_source(L, found);
  return 1;
}

static int modules(lua_State *L) {
  return push_names(L, state_of(L)->beside);
}

/* profile(name, environment) -> the compiled file of a profile, which sees that
 * environment and no other, and its path; or nil. */
static int profile(lua_State *L) {
  const pl_value *found = pl_value_get(state_of(L)->profiles, luaL_checkstring(L, 1));
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  if (!found) return 0;
  const pl_value *problem = pl_value_get(found, "problem");
  pl_str file = pl_value_str(pl_value_get(found, "file"));
  if (problem) return pl_lua_raise(L, file.p, 0, pl_value_str(problem).p, NULL);
  push_source(L, found);
  lua_pushvalue(L, 2);
  lua_setupvalue(L, -2, 1);
  lua_pushlstring(L, file.p, file.n);
  return 2;
}

static int profiles(lua_State *L) {
  return push_names(L, state_of(L)->profiles);
}

/* fail(message, hint, file, line): raises an error with a place. */
static int fail(lua_State *L) {
  lua_Integer line = luaL_optinteger(L, 4, 0);
  return pl_lua_raise(L, luaL_optstring(L, 3, ""), line > 0 ? (uint32_t)line : 0,
                      luaL_checkstring(L, 1), luaL_optstring(L, 2, ""));
}

void pl_worker_native(lua_State *L, pl_worker_state *state) {
  static const luaL_Reg functions[] = {
      {"place", place},
      {"function_place", function_place},
      {"nearest", nearest},
      {"raise", fail},
      {"number_text", number_text},
      {"at", report_place},
      {"module", module},
      {"modules", modules},
      {"profile", profile},
      {"profiles", profiles},
      {NULL, NULL},
  };
  lua_createtable(L, 0, 16);
  lua_pushlightuserdata(L, state);
  luaL_setfuncs(L, functions, 1);
  lua_pushliteral(L, PL_VERSION);
  lua_setfield(L, -2, "version");
}
