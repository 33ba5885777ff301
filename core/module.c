/* require "plumbline": the engine inside any program with Lua 5.4.
 *
 *     local plumbline = require "plumbline"
 *
 *     local audit <close> = plumbline.open { directory = "workspace" }
 *     local totals = audit:run(function(done, total) … end)
 *     for _, finding in ipairs(audit:findings()) do print(finding.id, finding.verdict) end
 *     audit:write("report.json")
 *
 * or without any file, with metrics in the host's own code:
 *
 *     local audit = plumbline.new {
 *       title = "Q4", as_of = "2024-12-31", currency = "EUR",
 *       sources = { leads = { rows = rows, key = "id", time = "day" },
 *                   calls = { records = next_call, key = "id" },
 *                   posts = { "exports/posts.csv" } },
 *       deals = { rows = won, key = "id", closed = "closed", amount = "value",
 *                 status = plumbline.constant "won" },
 *       links = { { "leads", "deals", { id = "lead" } } },
 *       metrics = { ["Marketing/leads"] = { trace = plumbline.from "leads" :to "deals" } },
 *     }
 *
 * The whole of it is described in lua/plumbline/_meta/plumbline.lua.
 *
 * Errors are tables {code, message, file, line, column, hint, excerpt} that
 * tostring() shows as the command line would. Callbacks (progress, print,
 * functions in metrics) run on the thread that called; what progress, print or
 * an iterator of records raises comes out of the call; a function of a metric
 * that raises makes that metric one that was not audited.
 *
 * Threads: like every Lua state, an audit is for one thread at a time; two states
 * in two threads may each have their own. Coroutines are fine, but a callback
 * cannot yield. The engine's own threads take no signals and call no Lua of the
 * host's. After fork a child must open its own audits; the parent's refuse.
 *
 * Rule files of a workspace run in the program `plumbline` (see pl_worker_find);
 * plumbline.new needs none. Nothing of the host is changed: no globals, locale,
 * signal handlers or hooks. */
#include <lualib.h>
#include <string.h>

#include "module.h"

#define OWN_CODE "=plumbline"

/* ---- the C half of the rule API, as core/rule/native.c is in a worker ------------------- */

/* The innermost code of the host that runs: not ours, not C. */
static bool host_place(lua_State *L, lua_Debug *at) {
  for (int level = 1; lua_getstack(L, level, at); level++) {
    lua_getinfo(L, "Sl", at);
    if (at->currentline > 0 && strcmp(at->source, OWN_CODE) != 0) return true;
  }
  return false;
}

static void push_file(lua_State *L, const lua_Debug *at) {
  lua_pushstring(L, at->source[0] == '@' ? at->source + 1 : at->short_src);
}

static int place(lua_State *L) {
  lua_Debug at;
  if (!host_place(L, &at)) {
    lua_pushliteral(L, "");
    lua_pushinteger(L, 0);
    return 2;
  }
  push_file(L, &at);
  lua_pushinteger(L, at.currentline);
  return 2;
}

static int function_place(lua_State *L) {
  lua_Debug at;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_getinfo(L, ">S", &at);
  push_file(L, &at);
  lua_pushinteger(L, at.linedefined > 0 ? at.linedefined : 0);
  return 2;
}

/* nearest(word, list of texts) -> text or nil */
static int nearest(lua_State *L) {
  const char *word = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t n = lua_rawlen(L, 2), at = 0;
  const char **list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
  for (size_t i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 2, (lua_Integer)i) == LUA_TSTRING) list[at++] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  lua_pushstring(L, strlen(word) <= 64 ? pl_nearest(word, list, at) : NULL);
  return 1;
}

static int number_text(lua_State *L) {
  luaL_checktype(L, 1, LUA_TNUMBER);
  if (!pl_module_push_number(L, 1)) lua_pushnil(L);
  return 1;
}

/* ---- the product's own Lua, in an environment of its own --------------------------------- */

/* Copies of the libraries, because the prelude adds to them; what the host has
 * made of its globals is not seen and not touched. */
static void copy_library(lua_State *L, const char *name, const char *as) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, name) != LUA_TTABLE)
    luaL_error(L, "plumbline needs Lua's library \"%s\"", name);
  int from = lua_gettop(L);
  if (as) lua_newtable(L);
  int to = as ? from + 1 : from - 2;
  for (lua_pushnil(L); lua_next(L, from); lua_pop(L, 1)) {
    bool plain = lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) != LUA_TTABLE;
    if (!plain) continue;
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, to);
  }
  if (as) lua_setfield(L, from - 2, as);
  lua_settop(L, from - 2);
}

static void push_environment(lua_State *L) {
  lua_newtable(L);
  copy_library(L, LUA_GNAME, NULL);
  copy_library(L, LUA_STRLIBNAME, LUA_STRLIBNAME);
  copy_library(L, LUA_TABLIBNAME, LUA_TABLIBNAME);
  copy_library(L, LUA_MATHLIBNAME, LUA_MATHLIBNAME);
  copy_library(L, LUA_UTF8LIBNAME, LUA_UTF8LIBNAME);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, LUA_GNAME);
}

/* Pushes a Lua file of the product, compiled, with the environment at `env`. */
static void push_chunk(lua_State *L, const char *path, int env) {
  pl_error err;
  char *text;
  size_t size;
  if (pl_lua_new(path, &text, &size, &err) != PL_OK) pl_module_raise(L, &err);
  int status = luaL_loadbufferx(L, text, size, OWN_CODE, "t");
  pl_text_free(text);
  if (status != LUA_OK) lua_error(L);
  lua_pushvalue(L, env);
  lua_setupvalue(L, -2, 1);
}

static void push_prelude(lua_State *L, int env) {
  static const char *const files[] = {
      "prelude.lua",         "prelude_absent.lua", "prelude_check.lua",  "prelude_trace.lua",
      "prelude_compute.lua", "prelude_audit.lua",  "prelude_metric.lua", "prelude_profile.lua"};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    push_chunk(L, files[i], env);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* ---- profiles: only those of the product; a workspace's are run in workers ----------------- */

#define PROFILES "profiles/"

/* The texts "profiles/NAME.lua" -> a list of names on the stack. */
static void push_profile_names(lua_State *L, const char *paths) {
  lua_newtable(L);
  for (const char *p = paths; *p; p += strcspn(p, "\n") + 1) {
    size_t head = strlen(PROFILES), tail = strlen(".lua"), n = strcspn(p, "\n");
    lua_pushlstring(L, p + head, n - head - tail);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
}

static int profiles(lua_State *L) {
  pl_error err;
  char *text;
  size_t size;
  if (pl_lua_new(PROFILES, &text, &size, &err) != PL_OK) return pl_module_raise(L, &err);
  lua_pushlstring(L, text, size);
  pl_text_free(text);
  push_profile_names(L, lua_tostring(L, -1));
  return 1;
}

static bool is_listed(lua_State *L, int list, const char *name) {
  bool found = false;
  for (lua_Integer i = 1; !found && lua_rawgeti(L, list, i) == LUA_TSTRING; i++) {
    found = strcmp(lua_tostring(L, -1), name) == 0;
    lua_pop(L, 1);
  }
  return found;
}

/* profile(name, environment) -> function, path; or nil */
static int profile(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_pushcfunction(L, profiles);
  lua_call(L, 0, 1);
  if (!is_listed(L, 3, name)) return 0;
  lua_pushfstring(L, PROFILES "%s.lua", name);
  push_chunk(L, lua_tostring(L, -1), 2);
  lua_pushvalue(L, -2);
  return 2;
}

/* ---- functions of the module ---------------------------------------------------------------- */

/* explain([code [, view]]) -> text */
static int explain(lua_State *L) {
  pl_error err;
  char *text;
  size_t size;
  const char *code = luaL_optstring(L, 1, NULL), *view = luaL_optstring(L, 2, "terminal");
  if (pl_explain_new(code, view, NULL, &text, &size, &err) != PL_OK)
    return pl_module_raise(L, &err);
  lua_pushlstring(L, text, size);
  pl_text_free(text);
  return 1;
}

/* demo(directory) */
static int demo(lua_State *L) {
  pl_error err;
  if (pl_demo_write(luaL_checkstring(L, 1), &err) != PL_OK) return pl_module_raise(L, &err);
  return 0;
}

static void push_native(lua_State *L) {
  static const luaL_Reg functions[] = {{"place", place},
                                       {"function_place", function_place},
                                       {"nearest", nearest},
                                       {"number_text", number_text},
                                       {"raise", pl_module_raise_placed},
                                       {"profile", profile},
                                       {"profiles", profiles},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
}

/* host.lua is given {native, prelude, open, encode, records, explain, demo,
 * sniff, init, version} and gives the module's table. */
PL_API int luaopen_plumbline(lua_State *L);
PL_API int luaopen_plumbline(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", pl_module_audit_open},
                                       {"encode", pl_module_encode},
                                       {"records", pl_module_records},
                                       {"explain", explain},
                                       {"demo", demo},
                                       {"sniff", pl_module_sniff},
                                       {"init", pl_module_init},
                                       {NULL, NULL}};
  luaL_checkversion(L);
  pl_module_open_errors(L);
  pl_module_open_records(L);
  pl_module_open_audits(L);
  lua_settop(L, 0);
  push_environment(L);
  push_chunk(L, "host.lua", 1);
  luaL_newlib(L, functions);
  push_native(L);
  lua_setfield(L, -2, "native");
  push_prelude(L, 1);
  lua_setfield(L, -2, "prelude");
  lua_pushstring(L, pl_version());
  lua_setfield(L, -2, "version");
  lua_call(L, 1, 1);
  return 1;
}
