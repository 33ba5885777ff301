/* pairs, next and tostring for rules. Lua's own follow the hash order and show
 * addresses, both of which change from run to run; here keys come numbers
 * first, then texts bytewise, then false and true. */
#include <stdlib.h>

#include "rule/call.h"
#include "rule/sandbox.h"

typedef struct sort_key {
  int type;
  bool integer, truth;
  lua_Integer i;
  lua_Number f;
  pl_str text;
} sort_key;

static int rank(int type) {
  return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2;
}

static int compare_numbers(const sort_key *a, const sort_key *b) {
  if (a->integer && b->integer) return (a->i > b->i) - (a->i < b->i);
  lua_Number x = a->integer ? (lua_Number)a->i : a->f, y = b->integer ? (lua_Number)b->i : b->f;
  return (x > y) - (x < y);
}

static int compare(const void *left, const void *right) {
  const sort_key *a = left, *b = right;
  if (a->type != b->type) return rank(a->type) - rank(b->type);
  if (a->type == LUA_TNUMBER) return compare_numbers(a, b);
  if (a->type == LUA_TSTRING) return pl_str_cmp(a->text, b->text);
  return (int)a->truth - (int)b->truth;
}

static sort_key key_at(lua_State *L, int index) {
  sort_key k = {.type = lua_type(L, index)};
  switch (k.type) {
  case LUA_TNUMBER:
    k.integer = lua_isinteger(L, index);
    if (k.integer)
      k.i = lua_tointeger(L, index);
    else
      k.f = lua_tonumber(L, index);
    break;
  case LUA_TSTRING: k.text.p = lua_tolstring(L, index, &k.text.n); break;
  case LUA_TBOOLEAN: k.truth = lua_toboolean(L, index); break;
  default:
    luaL_error(L, "a %s as a key has no order; use texts or numbers as keys, or ipairs over a list",
               luaL_typename(L, index));
  }
  return k;
}

static void push_key(lua_State *L, const sort_key *k) {
  if (k->type == LUA_TNUMBER && k->integer)
    lua_pushinteger(L, k->i);
  else if (k->type == LUA_TNUMBER)
    lua_pushnumber(L, k->f);
  else if (k->type == LUA_TSTRING)
    lua_pushlstring(L, k->text.p, k->text.n);
  else
    lua_pushboolean(L, k->truth);
}

/* Upvalues: the block of sorted keys, how many, how many were given. The table
 * itself keeps the key texts alive: a key that is removed meanwhile might not
 * be, so the texts are held by a list too. */
static int step(lua_State *L) {
  const sort_key *keys = lua_touserdata(L, lua_upvalueindex(1));
  lua_Integer n = lua_tointeger(L, lua_upvalueindex(2));
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
  for (; at < n; at++) {
    push_key(L, &keys[at]);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) {
      lua_pushinteger(L, at + 1);
      lua_replace(L, lua_upvalueindex(3));
      return 2;
    }
    lua_pop(L, 2);
  }
  lua_pushinteger(L, n);
  lua_replace(L, lua_upvalueindex(3));
  lua_pushnil(L);
  return 1;
}

static int ordered_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t n = 0, at = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) n++;
  sort_key *keys = lua_newuserdatauv(L, (n ? n : 1) * sizeof *keys, 1);
  lua_newtable(L); /* holds the key texts, since the table may drop them */
  for (lua_pushnil(L); lua_next(L, 1);) {
    lua_pop(L, 1);
    if (at < n) keys[at++] = key_at(L, -1);
    if (lua_type(L, -1) != LUA_TSTRING) continue;
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, (lua_Integer)at);
  }
  lua_setiuservalue(L, -2, 1);
  qsort(keys, at, sizeof *keys, compare);
  lua_pushinteger(L, (lua_Integer)at);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, step, 3);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* next(t, k): the smallest key after k. Linear, so `pairs` for loops. */
static int ordered_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  bool first = lua_isnil(L, 2), found = false;
  sort_key after = {0}, best = {0};
  if (!first) after = key_at(L, 2);
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    sort_key k = key_at(L, -2);
    if (!first && compare(&k, &after) <= 0) continue;
    if (found && compare(&k, &best) >= 0) continue;
    best = k;
    found = true;
  }
  if (!found) {
    lua_pushnil(L);
    return 1;
  }
  push_key(L, &best);
  lua_pushvalue(L, -1);
  lua_rawget(L, 1);
  return 2;
}

const char *pl_sandbox_text(lua_State *L, int index, size_t *n) {
  index = lua_absindex(L, index);
  int type = lua_type(L, index);
  if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA ||
      type == LUA_TLIGHTUSERDATA || type == LUA_TTHREAD) {
    if (!luaL_getmetafield(L, index, "__tostring")) {
      lua_pushstring(L, lua_typename(L, type));
      return lua_tolstring(L, -1, n);
    }
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a text");
    return lua_tolstring(L, -1, n);
  }
  return luaL_tolstring(L, index, n);
}

static int plain_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  pl_sandbox_text(L, 1, NULL);
  return 1;
}

void pl_sandbox_order(lua_State *L) {
  lua_pushcfunction(L, ordered_pairs);
  lua_setglobal(L, "pairs");
  lua_pushcfunction(L, ordered_next);
  lua_setglobal(L, "next");
  lua_pushcfunction(L, plain_tostring);
  lua_setglobal(L, "tostring");
}
