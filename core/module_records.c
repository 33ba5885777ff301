/* Sources from Lua tables and iterators: rows are spooled as they come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

#define MAX_COLUMNS 4096

typedef struct spool {
  pl_records *records;
} spool;

static spool *check(lua_State *L) {
  spool *s = luaL_checkudata(L, 1, PL_MODULE_RECORDS);
  if (!s->records) luaL_error(L, "these records were closed");
  return s;
}

pl_records *pl_module_to_records(lua_State *L, int index) {
  const spool *s = luaL_testudata(L, index, PL_MODULE_RECORDS);
  return s ? s->records : NULL;
}

int pl_module_records(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  pl_error err;
  spool *s = lua_newuserdatauv(L, sizeof *s, 0);
  s->records = NULL;
  luaL_setmetatable(L, PL_MODULE_RECORDS);
  if (pl_records_new(path, &s->records, &err) != PL_OK) return pl_module_raise(L, &err);
  return 1;
}

static int records_close(lua_State *L) {
  spool *s = luaL_checkudata(L, 1, PL_MODULE_RECORDS);
  pl_records_free(s->records);
  s->records = NULL;
  return 0;
}

static int compare(const void *a, const void *b) {
  const pl_str *x = a, *y = b;
  int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
  return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* The names of the row at index 2, sorted, so that nothing depends on the hash
 * order. The texts are the row's; the array is Lua's. */
static pl_str *sorted_names(lua_State *L, size_t *n) {
  size_t count = 0, i = 0;
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) count++;
  if (count > MAX_COLUMNS) luaL_error(L, "a row has more than %d fields", MAX_COLUMNS);
  pl_str *names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "a row's fields are written as name = value");
    names[i].p = lua_tolstring(L, -2, &names[i].n);
    i++;
  }
  qsort(names, count, sizeof *names, compare);
  *n = count;
  return names;
}

/* The text of the value on top; a number's own exact decimals. */
static pl_str text_of(lua_State *L, pl_str name) {
  pl_str text = {NULL, 0};
  switch (lua_type(L, -1)) {
  case LUA_TSTRING: break;
  case LUA_TNUMBER:
    if (!pl_module_push_number(L, lua_gettop(L)))
      luaL_error(L, "field \"%s\" holds a number that is no decimal", name.p);
    break;
  case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false"); break;
  default:
    luaL_error(L, "field \"%s\" holds a %s; a cell is a text, a number, true or false", name.p,
               luaL_typename(L, -1));
  }
  text.p = lua_tolstring(L, -1, &text.n);
  return text;
}

/* records:add(row). The row is checked before anything of it is written. */
static int records_add(lua_State *L) {
  pl_error err;
  size_t n;
  const spool *s = check(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  const pl_str *names = sorted_names(L, &n);
  luaL_checkstack(L, (int)(2 * n) + 8, "a row has too many fields");
  pl_str *texts = lua_newuserdatauv(L, (n + 1) * sizeof *texts, 0);
  for (size_t i = 0; i < n; i++) {
    lua_pushlstring(L, names[i].p, names[i].n);
    lua_rawget(L, 2);
    texts[i] = text_of(L, names[i]);
  }
  for (size_t i = 0; i < n; i++) pl_records_field(s->records, names[i], texts[i]);
  if (pl_records_end(s->records, &err) != PL_OK) return pl_module_raise(L, &err);
  return 0;
}

void pl_module_open_records(lua_State *L) {
  static const luaL_Reg methods[] = {{"add", records_add}, {"close", records_close}, {NULL, NULL}};
  luaL_newmetatable(L, PL_MODULE_RECORDS);
  lua_pushcfunction(L, records_close);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
