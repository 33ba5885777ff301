/* pl_value <-> Lua values. */
#include "rule/lua_value.h"

#include <lauxlib.h>
#include <stdlib.h>

#include "rule/call.h"

typedef enum how {
  PLAIN,
  ORDERED, /* with the metatables that tell lists and the order of keys */
  LAZY     /* ordered, and items of a long list are made when they are read */
} how;

#define SHORT_LIST 64 /* items; shorter ones are made at once */

static void push_at(lua_State *L, const pl_value *v, how order, int depth);

static void push_item(lua_State *L, const pl_value *item, how order, int depth) {
  if (item->kind == PL_NULL)
    lua_pushboolean(L, 0);
  else
    push_at(L, item, order, depth + 1);
}

/* list[i] of a long list: made once, then it stands in the table itself. */
static int lazy_item(lua_State *L) {
  const pl_value *v = lua_touserdata(L, lua_upvalueindex(1));
  int depth = (int)lua_tointeger(L, lua_upvalueindex(2));
  lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;
  if (i < 1 || (size_t)i > v->as.list.n) return 0;
  push_item(L, v->as.list.items[i - 1], LAZY, depth);
  lua_pushvalue(L, -1);
  lua_rawseti(L, 1, i);
  return 1;
}

static int lazy_length(lua_State *L) {
  const pl_value *v = lua_touserdata(L, lua_upvalueindex(1));
  lua_pushinteger(L, (lua_Integer)v->as.list.n);
  return 1;
}

/* A breakdown has thousands of rows, of which most views show ten. */
static void push_lazy(lua_State *L, const pl_value *v, int depth) {
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  lua_pushlightuserdata(L, (void *)(uintptr_t)v);
  lua_pushinteger(L, depth);
  lua_pushcclosure(L, lazy_item, 2);
  lua_setfield(L, -2, "__index");
  lua_pushlightuserdata(L, (void *)(uintptr_t)v);
  lua_pushcclosure(L, lazy_length, 1);
  lua_setfield(L, -2, "__len");
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, "list");
  lua_setmetatable(L, -2);
}

static void push_list(lua_State *L, const pl_value *v, how order, int depth) {
  size_t n = v->as.list.n;
  if (order == LAZY && n > SHORT_LIST) {
    push_lazy(L, v, depth);
    return;
  }
  lua_createtable(L, n > INT32_MAX ? 0 : (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    push_item(L, v->as.list.items[i], order, depth);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (order == PLAIN) return;
  if (luaL_newmetatable(L, "plumbline.list")) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "list");
  }
  lua_setmetatable(L, -2);
}

/* Remembers the order of an object's keys, since Lua does not. */
static void push_order(lua_State *L, const pl_value *v) {
  lua_createtable(L, 0, 1);
  lua_createtable(L, (int)v->as.list.n, 0);
  lua_Integer at = 0;
  for (size_t i = 0; i < v->as.list.n; i++) {
    if (v->as.list.items[i]->kind == PL_NULL) continue;
    lua_pushlstring(L, v->as.list.keys[i].p, v->as.list.keys[i].n);
    lua_rawseti(L, -2, ++at);
  }
  lua_setfield(L, -2, "keys");
  lua_setmetatable(L, -2);
}

static void push_object(lua_State *L, const pl_value *v, how order, int depth) {
  size_t n = v->as.list.n;
  lua_createtable(L, 0, n > INT32_MAX ? 0 : (int)n);
  for (size_t i = 0; i < n; i++) {
    if (v->as.list.items[i]->kind == PL_NULL) continue;
    lua_pushlstring(L, v->as.list.keys[i].p, v->as.list.keys[i].n);
    push_at(L, v->as.list.items[i], order, depth + 1);
    lua_rawset(L, -3);
  }
  if (order != PLAIN) push_order(L, v);
}

static void push_at(lua_State *L, const pl_value *v, how order, int depth) {
  luaL_checkstack(L, 8, "the value is nested too deeply");
  if (depth > PL_VALUE_DEPTH) luaL_error(L, "the value is nested too deeply");
  switch (v ? v->kind : PL_NULL) {
  case PL_NULL: lua_pushnil(L); break;
  case PL_BOOL: lua_pushboolean(L, v->as.boolean); break;
  case PL_INT: lua_pushinteger(L, v->as.integer); break;
  case PL_REAL: lua_pushnumber(L, v->as.real); break;
  case PL_TEXT: lua_pushlstring(L, v->as.text.p ? v->as.text.p : "", v->as.text.n); break;
  case PL_LIST: push_list(L, v, order, depth); break;
  case PL_OBJECT: push_object(L, v, order, depth); break;
  }
}

void pl_lua_push(lua_State *L, const pl_value *v, bool order) {
  push_at(L, v, order ? ORDERED : PLAIN, 0);
}

void pl_lua_push_lazily(lua_State *L, const pl_value *v) {
  push_at(L, v, LAZY, 0);
}

/* ---- reading ---------------------------------------------------------------- */

typedef struct reading {
  pl_arena *arena;
  size_t count;
} reading;

static pl_value *read_at(lua_State *L, int index, reading *r, int depth);

static pl_value *checked(lua_State *L, pl_value *v) {
  if (!v) luaL_error(L, "not enough memory");
  return v;
}

static pl_str text_at(lua_State *L, int index) {
  pl_str s;
  s.p = lua_tolstring(L, index, &s.n);
  if (pl_utf8_valid(s) != s.n) luaL_error(L, "a text is not valid UTF-8");
  return s;
}

static pl_str key_at(lua_State *L, int index) {
  pl_str s = text_at(L, index);
  if (memchr(s.p, 0, s.n)) luaL_error(L, "a field's name holds a zero byte");
  return s;
}

static pl_value *read_list(lua_State *L, int index, reading *r, size_t n, int depth) {
  pl_value *list = checked(L, pl_value_list(r->arena));
  for (size_t i = 1; i <= n; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i) == LUA_TNIL) luaL_error(L, "a list has a gap");
    checked(L, pl_value_push(r->arena, list, read_at(L, lua_gettop(L), r, depth)));
    lua_pop(L, 1);
  }
  return list;
}

static int compare_keys(const void *a, const void *b) {
  return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

/* Keys are collected in Lua's own memory, so that nothing leaks on an error. */
static pl_value *read_object(lua_State *L, int index, reading *r, size_t n, int depth) {
  pl_value *object = checked(L, pl_value_object(r->arena));
  pl_str *keys = lua_newuserdatauv(L, (n ? n : 1) * sizeof *keys, 0);
  size_t i = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "a table mixes names and positions");
    if (i < n) keys[i++] = key_at(L, -2);
    lua_pop(L, 1);
  }
  qsort(keys, i, sizeof *keys, compare_keys);
  for (size_t k = 0; k < i; k++) {
    lua_pushlstring(L, keys[k].p, keys[k].n);
    lua_rawget(L, index);
    pl_value *child = read_at(L, lua_gettop(L), r, depth);
    checked(L, pl_value_set(r->arena, object, keys[k].p, child));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return object;
}

static pl_value *read_table(lua_State *L, int index, reading *r, int depth) {
  if (depth >= PL_VALUE_DEPTH) luaL_error(L, "a table is nested too deeply");
  size_t n = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    n++;
  }
  size_t border = lua_rawlen(L, index);
  if (border == n) return read_list(L, index, r, n, depth + 1);
  return read_object(L, index, r, n, depth + 1);
}

static pl_value *read_at(lua_State *L, int index, reading *r, int depth) {
  luaL_checkstack(L, 8, "a table is nested too deeply");
  if (++r->count > PL_VALUE_ITEMS) luaL_error(L, "a value has too many parts");
  switch (lua_type(L, index)) {
  case LUA_TNIL: return checked(L, pl_value_null(r->arena));
  case LUA_TBOOLEAN: return checked(L, pl_value_bool(r->arena, lua_toboolean(L, index)));
  case LUA_TNUMBER:
    if (lua_isinteger(L, index)) return checked(L, pl_value_int(r->arena, lua_tointeger(L, index)));
    return checked(L, pl_value_real(r->arena, lua_tonumber(L, index)));
  case LUA_TSTRING: return checked(L, pl_value_text(r->arena, text_at(L, index)));
  case LUA_TTABLE: return read_table(L, index, r, depth);
  default: luaL_error(L, "a %s cannot be sent", luaL_typename(L, index)); return NULL;
  }
}

pl_value *pl_lua_read(lua_State *L, int index, pl_arena *arena) {
  reading r = {arena, 0};
  return read_at(L, lua_absindex(L, index), &r, 0);
}
