/* Values between the library and the host's Lua. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

#define MAX_DEPTH 64

/* ---- results -> tables ------------------------------------------------------------ */

static void push_parts(lua_State *L, const pl_value *v) {
  size_t n = pl_value_count(v);
  bool keyed = pl_value_kind(v) == PL_OBJECT;
  int room = n > INT32_MAX ? 0 : (int)n;
  luaL_checkstack(L, 8, "a result is nested too deeply");
  lua_createtable(L, keyed ? 0 : room, keyed ? room : 0);
  for (size_t i = 0; i < n; i++) {
    const pl_value *part = pl_value_at(v, i);
    if (keyed) {
      pl_str key = pl_value_key(v, i);
      lua_pushlstring(L, key.p, key.n);
      pl_module_push_value(L, part);
      lua_rawset(L, -3);
    } else {
      pl_module_push_value(L, part);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
  }
}

void pl_module_push_value(lua_State *L, const pl_value *v) {
  pl_str text;
  switch (pl_value_kind(v)) {
  case PL_NULL: lua_pushnil(L); break;
  case PL_BOOL: lua_pushboolean(L, pl_value_boolean(v, false)); break;
  case PL_INT: lua_pushinteger(L, pl_value_integer(v, 0)); break;
  case PL_REAL: lua_pushnumber(L, pl_value_number(v, 0)); break;
  case PL_TEXT:
    text = pl_value_str(v);
    lua_pushlstring(L, text.p, text.n);
    break;
  case PL_LIST:
  case PL_OBJECT: push_parts(L, v); break;
  }
}

/* ---- numbers -> texts --------------------------------------------------------------- */

/* The shortest decimal text that reads back as the same number, in the C locale. */
static bool decimal(double d, char out[64]) {
  if (!isfinite(d) || fabs(d) >= 1e17 || (d != 0 && fabs(d) < 1e-12)) return false;
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  locale_t before = plain ? uselocale(plain) : (locale_t)0;
  for (int decimals = 0; decimals <= 30; decimals++) {
    snprintf(out, 64, "%.*f", decimals, d);
    if (strtod(out, NULL) == d) break;
  }
  if (plain) {
    uselocale(before);
    freelocale(plain);
  }
  if (strcmp(out, "-0") == 0) snprintf(out, 64, "0");
  return true;
}

bool pl_module_push_number(lua_State *L, int index) {
  char text[64];
  if (lua_isinteger(L, index)) {
    snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, index));
    lua_pushstring(L, text);
    return true;
  }
  if (!decimal(lua_tonumber(L, index), text)) return false;
  lua_pushstring(L, text);
  return true;
}

/* ---- declarations -> the wire form ---------------------------------------------------
 * As core/base/value_wire.c reads it: a tag, then little-endian lengths. The
 * bytes grow in a userdata at stack index 2, so that an error frees them. */

typedef struct wire {
  size_t n, cap;
  char bytes[];
} wire;

static wire *wire_grow(lua_State *L, size_t more) {
  wire *w = lua_touserdata(L, 2);
  if (w && w->cap - w->n >= more) return w;
  size_t cap = (w ? 2 * w->cap : 4096) + more;
  wire *bigger = lua_newuserdatauv(L, sizeof *bigger + cap, 0);
  bigger->cap = cap;
  bigger->n = w ? w->n : 0;
  if (w) memcpy(bigger->bytes, w->bytes, w->n);
  lua_replace(L, 2);
  return bigger;
}

static void put(lua_State *L, const void *bytes, size_t n) {
  wire *w = wire_grow(L, n);
  memcpy(w->bytes + w->n, bytes, n);
  w->n += n;
}

static void put_tagged(lua_State *L, char tag, uint64_t number, size_t bytes) {
  char raw[9] = {tag};
  for (size_t i = 0; i < bytes; i++) raw[1 + i] = (char)(number >> (8 * i));
  put(L, raw, bytes + 1);
}

static void put_text(lua_State *L, const char *tag, int index) {
  size_t n;
  const char *text = lua_tolstring(L, index, &n);
  if (n > INT32_MAX) luaL_error(L, "a text is too long");
  char raw[4] = {(char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
  put(L, tag, strlen(tag));
  put(L, raw, 4);
  put(L, text, n);
}

static void put_value(lua_State *L, int index, int depth);

static void put_object(lua_State *L, int index, size_t n, int depth) {
  put_tagged(L, 'o', n, 4);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "a table mixes names and positions");
    put_text(L, "", lua_gettop(L) - 1);
    put_value(L, lua_gettop(L), depth + 1);
  }
}

static void put_table(lua_State *L, int index, int depth) {
  size_t n = 0;
  if (depth >= MAX_DEPTH) luaL_error(L, "a declaration is nested too deeply");
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) n++;
  if (lua_rawlen(L, index) != n) {
    put_object(L, index, n, depth);
    return;
  }
  put_tagged(L, 'l', n, 4);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i);
    put_value(L, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
}

static void put_value(lua_State *L, int index, int depth) {
  uint64_t bits;
  lua_Number real;
  luaL_checkstack(L, 8, "a declaration is nested too deeply");
  switch (lua_type(L, index)) {
  case LUA_TNIL: put(L, "z", 1); break;
  case LUA_TBOOLEAN: put(L, lua_toboolean(L, index) ? "t" : "f", 1); break;
  case LUA_TNUMBER:
    real = lua_tonumber(L, index);
    memcpy(&bits, &real, sizeof bits);
    if (lua_isinteger(L, index))
      put_tagged(L, 'i', (uint64_t)lua_tointeger(L, index), 8);
    else
      put_tagged(L, 'r', bits, 8);
    break;
  case LUA_TSTRING: put_text(L, "s", index); break;
  case LUA_TTABLE: put_table(L, index, depth); break;
  default: luaL_error(L, "a %s cannot be declared", luaL_typename(L, index));
  }
}

int pl_module_encode(lua_State *L) {
  lua_settop(L, 1);
  lua_pushnil(L);
  put_value(L, 1, 0);
  const wire *w = lua_touserdata(L, 2);
  lua_pushlstring(L, w->bytes, w->n);
  return 1;
}
