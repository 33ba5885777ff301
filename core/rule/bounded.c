/* Library functions that could run or grow without end inside C, where Lua's
 * count hook never fires: each is checked before the original is called. The
 * original is the closure's upvalue. */
#include "rule/call.h"
#include "rule/sandbox.h"

static int call_original(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static void check_size(lua_State *L, const char *name, double bytes) {
  if (bytes > PL_SANDBOX_TEXT) luaL_error(L, "%s would build a text of more than 16 MiB", name);
}

static int bounded_rep(lua_State *L) {
  size_t n = 0, separator = 0;
  luaL_checklstring(L, 1, &n);
  lua_Integer times = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &separator);
  if (times <= 0 || n + separator == 0) { /* Lua would loop `times` over nothing */
    lua_pushliteral(L, "");
    return 1;
  }
  check_size(L, "string.rep", ((double)n + (double)separator) * (double)times);
  return call_original(L);
}

/* %s shows tables and functions by address, and %p is nothing else. */
static int bounded_format(lua_State *L) {
  size_t n = 0;
  int top = lua_gettop(L);
  const char *format = luaL_checklstring(L, 1, &n);
  double bytes = (double)n;
  for (size_t i = 0; i + 1 < n; i++) {
    if (format[i] != '%') continue;
    for (i++; i < n && format[i] && strchr("-+ #0123456789.", format[i]);) i++;
    if (i < n && format[i] == 'p') return luaL_error(L, "string.format has no %%p in rules");
    bytes += 128;
  }
  for (int i = 2; i <= top; i++) {
    int type = lua_type(L, i);
    if (type == LUA_TSTRING)
      bytes += 4 * (double)lua_rawlen(L, i); /* %q may write \ddd */
    else if (type != LUA_TNUMBER && type != LUA_TBOOLEAN && type != LUA_TNIL) {
      size_t length = 0;
      pl_sandbox_text(L, i, &length);
      lua_replace(L, i);
      bytes += 4 * (double)length;
    }
  }
  check_size(L, "string.format", bytes);
  return call_original(L);
}

static int bounded_search(lua_State *L) {
  size_t n = 0;
  luaL_checklstring(L, 1, &n);
  if (n > PL_SANDBOX_SUBJECT) return luaL_error(L, "a pattern may search at most 1 MiB of text");
  return call_original(L);
}

/* The length that the original will believe, __len included. */
static lua_Integer checked_length(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Integer n = luaL_len(L, index);
  if (n > PL_SANDBOX_ITEMS) luaL_error(L, "a list may have at most 1,000,000 items");
  return n;
}

static int bounded_list(lua_State *L) {
  checked_length(L, 1);
  return call_original(L);
}

static void check_range(lua_State *L, lua_Integer first, lua_Integer last) {
  if (last >= first && (lua_Unsigned)last - (lua_Unsigned)first >= PL_SANDBOX_ITEMS)
    luaL_error(L, "at most 1,000,000 items at once");
}

static int bounded_unpack(lua_State *L) {
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = lua_isnoneornil(L, 3) ? checked_length(L, 1) : luaL_checkinteger(L, 3);
  check_range(L, first, last);
  return call_original(L);
}

static int bounded_move(lua_State *L) {
  check_range(L, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
  return call_original(L);
}

static int bounded_concat(lua_State *L) {
  size_t separator = 0, n = 0;
  luaL_optlstring(L, 2, "", &separator);
  lua_Integer first = luaL_optinteger(L, 3, 1);
  lua_Integer last = lua_isnoneornil(L, 4) ? checked_length(L, 1) : luaL_checkinteger(L, 4);
  luaL_checktype(L, 1, LUA_TTABLE);
  check_range(L, first, last);
  double bytes = 0;
  for (lua_Integer i = first; i <= last; i++) {
    lua_geti(L, 1, i);
    n = 0;
    if (lua_type(L, -1) == LUA_TSTRING) n = lua_rawlen(L, -1);
    lua_pop(L, 1);
    bytes += (double)n + (double)separator;
    check_size(L, "table.concat", bytes);
    if (i == LUA_MAXINTEGER) break;
  }
  return call_original(L);
}

typedef struct bound {
  const char *table, *name;
  lua_CFunction function;
} bound;

void pl_sandbox_bound(lua_State *L) {
  static const bound all[] = {
      {"string", "rep", bounded_rep},       {"string", "format", bounded_format},
      {"string", "find", bounded_search},   {"string", "match", bounded_search},
      {"string", "gmatch", bounded_search}, {"string", "gsub", bounded_search},
      {"table", "concat", bounded_concat},  {"table", "insert", bounded_list},
      {"table", "remove", bounded_list},    {"table", "unpack", bounded_unpack},
      {"table", "move", bounded_move},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    lua_getglobal(L, all[i].table);
    lua_getfield(L, -1, all[i].name);
    lua_pushcclosure(L, all[i].function, 1);
    lua_setfield(L, -2, all[i].name);
    lua_pop(L, 1);
  }
}
