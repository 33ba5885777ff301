/* The Lua state of a worker: allocator cap, CPU check, and a cut-down set of
 * globals. What is missing is given a stub that says what to use instead by
 * the prelude. */
#include "rule/sandbox.h"

#include <stdlib.h>
#include <time.h>

#include "rule/call.h"

#define HOOK_EVERY 10000 /* instructions */

static pl_sandbox *box_of(lua_State *L) {
  return *(pl_sandbox **)lua_getextraspace(L);
}

static void *allocate(void *ud, void *old, size_t old_size, size_t size) {
  pl_sandbox *box = ud;
  if (!old) old_size = 0; /* Lua passes a type tag there */
  if (size == 0) {
    free(old);
    box->used -= old_size;
    return NULL;
  }
  if (size > old_size && box->used + (size - old_size) > box->memory) return NULL;
  void *block = realloc(old, size);
  if (block) box->used = box->used - old_size + size;
  return block;
}

static double cpu_now(void) {
  struct timespec t;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) return 0;
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int raise_cpu(lua_State *L) {
  char text[128];
  pl_sandbox *box = box_of(L);
  lua_createtable(L, 0, 5);
  snprintf(text, sizeof text, "used more than %.0f seconds of CPU time", box->cpu_s);
  lua_pushstring(L, text);
  lua_setfield(L, -2, "message");
  lua_pushliteral(L, "cpu");
  lua_setfield(L, -2, "limit");
  lua_pushliteral(L,
                  "look for a loop that never ends; a rule describes and never loops over records");
  lua_setfield(L, -2, "hint");
  lua_Debug at;
  for (int level = 0; lua_getstack(L, level, &at); level++) {
    lua_getinfo(L, "Sl", &at);
    if (at.source[0] != '@' || at.currentline <= 0) continue;
    lua_pushstring(L, at.source + 1);
    lua_setfield(L, -2, "file");
    lua_pushinteger(L, at.currentline);
    lua_setfield(L, -2, "line");
    break;
  }
  luaL_setmetatable(L, "plumbline.error");
  return lua_error(L);
}

static void check_cpu(lua_State *L, lua_Debug *at) {
  (void)at;
  pl_sandbox *box = box_of(L);
  if (!box->over_cpu && cpu_now() < box->cpu_s) return;
  box->over_cpu = true;
  luaL_checkstack(L, 8, NULL);
  raise_cpu(L);
}

/* ---- base functions that differ from Lua's ------------------------------------- */

static int after_pcall(lua_State *L, int status) {
  if (status != LUA_OK && box_of(L)->over_cpu) return lua_error(L); /* cannot be caught */
  lua_pushboolean(L, status == LUA_OK);
  lua_replace(L, 1);
  return lua_gettop(L);
}

static int safe_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushnil(L);
  lua_insert(L, 1);
  int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
  return after_pcall(L, status);
}

static int safe_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int n = lua_gettop(L);
  lua_pushnil(L); /* becomes the flag */
  lua_insert(L, 1);
  lua_pushvalue(L, 3); /* handler at 2, function at 3 */
  lua_pushvalue(L, 2);
  lua_replace(L, 3);
  lua_replace(L, 2);
  int status = lua_pcall(L, n - 2, LUA_MULTRET, 2);
  lua_remove(L, 2);
  return after_pcall(L, status);
}

/* A metatable with __gc would run Lua where no hook fires; __mode and __close
 * would let a result depend on when memory is collected. */
static int safe_setmetatable(lua_State *L) {
  static const char *const refused[] = {"__gc", "__mode", "__close"};
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_type(L, 2) == LUA_TTABLE)
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
      lua_pushstring(L, refused[i]);
      if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "rules cannot use %s", refused[i]);
      lua_pop(L, 1);
    }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static int safe_print(lua_State *L) {
  pl_sandbox *box = box_of(L);
  luaL_Buffer b;
  int n = lua_gettop(L);
  if (box->printed > PL_PRINT_LINES) return 0;
  if (box->printed++ == PL_PRINT_LINES) {
    box->print(box->ctx, PL_STR("(more was printed; only the first 100 lines are shown)"));
    return 0;
  }
  luaL_buffinit(L, &b);
  for (int i = 1; i <= n; i++) {
    if (i > 1) luaL_addchar(&b, '\t');
    pl_sandbox_text(L, i, NULL);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  pl_str line;
  line.p = lua_tolstring(L, -1, &line.n);
  if (line.n > PL_PRINT_BYTES) line.n = PL_PRINT_BYTES;
  line.n = pl_utf8_valid(line);
  box->print(box->ctx, line);
  return 0;
}

/* ---- opening -------------------------------------------------------------------- */

static void remove_from(lua_State *L, const char *table, const char *const *names) {
  if (table)
    lua_getglobal(L, table);
  else
    lua_pushglobaltable(L);
  for (; *names; names++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *names);
  }
  lua_pop(L, 1);
}

static void replace_base(lua_State *L) {
  lua_pushcfunction(L, safe_pcall);
  lua_setglobal(L, "pcall");
  lua_pushcfunction(L, safe_xpcall);
  lua_setglobal(L, "xpcall");
  lua_pushcfunction(L, safe_print);
  lua_setglobal(L, "print");
  lua_getglobal(L, "setmetatable");
  lua_pushcclosure(L, safe_setmetatable, 1);
  lua_setglobal(L, "setmetatable");
}

static void protect_string_metatable(lua_State *L) {
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushliteral(L, "protected");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

static int open_body(lua_State *L) {
  static const char *const base[] = {"load",           "loadstring", "loadfile", "dofile",
                                     "collectgarbage", "warn",       NULL};
  static const char *const string[] = {"dump", "pack", "unpack", "packsize", NULL};
  static const char *const math[] = {"random", "randomseed", NULL};
  static const char *const table[] = {"sort", NULL}; /* its pivots depend on the clock */
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
  luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
  lua_settop(L, 0);
  remove_from(L, NULL, base);
  remove_from(L, LUA_STRLIBNAME, string);
  remove_from(L, LUA_MATHLIBNAME, math);
  remove_from(L, LUA_TABLIBNAME, table);
  replace_base(L);
  pl_sandbox_bound(L);
  pl_sandbox_order(L);
  protect_string_metatable(L);
  return 0;
}

bool pl_sandbox_open(pl_sandbox *box, const pl_limits *limits) {
  pl_raised raised;
  box->used = 0;
  box->memory = limits->memory;
  box->cpu_s = limits->cpu_s;
  box->over_cpu = false;
  box->L = lua_newstate(allocate, box);
  if (!box->L) return false;
  *(pl_sandbox **)lua_getextraspace(box->L) = box;
  lua_sethook(box->L, check_cpu, LUA_MASKCOUNT, HOOK_EVERY);
  return pl_lua_run(box->L, open_body, NULL, &raised);
}

void pl_sandbox_close(pl_sandbox *box) {
  if (box->L) lua_close(box->L);
  box->L = NULL;
}
