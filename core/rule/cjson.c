/* lua-cjson as the reader's JSON decoder. The text arrives with every number
 * already quoted (read/json.c), because cjson turns integers into floats. The
 * leaves are handed out with their keys sorted bytewise, never in hash order. */
#include <stdio.h>
#include <stdlib.h>

#include "rule/call.h"
#include "rule/views.h"

#include <lua-cjson.h> /* wants lua.h before it */

#define DEPTH 64
#define JOIN "\x1f" /* between the elements of an array, as input.h says */

typedef struct decoder {
  lua_State *L;
  pl_buf path;   /* of the leaf at hand */
  pl_buf joined; /* the elements of one array */
  pl_str text;
  void (*field)(void *ctx, pl_str path, pl_str value);
  void *ctx;
} decoder;

typedef struct key {
  pl_str name;
} key;

static void walk_object(lua_State *L, decoder *d, int depth, int gather);

static int compare_keys(const void *a, const void *b) {
  return pl_str_cmp(((const key *)a)->name, ((const key *)b)->name);
}

/* Pushes a block holding the text keys of the table at `index`, sorted; the
 * block is Lua's, so that an error leaks nothing. */
static key *sorted_keys(lua_State *L, int index, size_t *count) {
  size_t n = 0, at = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) n++;
  key *keys = lua_newuserdatauv(L, (n ? n : 1) * sizeof *keys, 0);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING && at < n) {
      keys[at].name.p = lua_tolstring(L, -2, &keys[at].name.n);
      at++;
    }
  qsort(keys, at, sizeof *keys, compare_keys);
  *count = at;
  return keys;
}

/* The text of a scalar on top of the stack; false for null and for tables. */
static bool scalar(lua_State *L, pl_str *out) {
  switch (lua_type(L, -1)) {
  case LUA_TSTRING:
  case LUA_TNUMBER: out->p = lua_tolstring(L, -1, &out->n); return true;
  case LUA_TBOOLEAN: *out = lua_toboolean(L, -1) ? PL_STR("true") : PL_STR("false"); return true;
  default: return false;
  }
}

/* gather[path] = gather[path] or {}, then appends the text. */
static void gather_leaf(lua_State *L, decoder *d, int gather, pl_str value) {
  lua_pushlstring(L, d->path.p ? d->path.p : "", d->path.n);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, gather) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, gather);
  }
  lua_pushlstring(L, value.p, value.n);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 2);
}

static void leaf(lua_State *L, decoder *d, int gather) {
  pl_str value;
  if (!scalar(L, &value)) {
    if (!gather && lua_islightuserdata(L, -1)) /* null: its name is known, its value is not */
      d->field(d->ctx, pl_buf_view(&d->path), (pl_str){NULL, 0});
    return;
  }
  if (gather)
    gather_leaf(L, d, gather, value);
  else
    d->field(d->ctx, pl_buf_view(&d->path), value);
}

static void emit_gathered(lua_State *L, decoder *d, int gather) {
  size_t n = 0;
  const key *keys = sorted_keys(L, gather, &n);
  for (size_t i = 0; i < n; i++) {
    lua_pushlstring(L, keys[i].name.p, keys[i].name.n);
    lua_rawget(L, gather);
    size_t items = lua_rawlen(L, -1);
    pl_buf_clear(&d->joined);
    for (size_t k = 1; k <= items; k++) {
      pl_str value;
      lua_rawgeti(L, -1, (lua_Integer)k);
      if (k > 1) pl_buf_text(&d->joined, JOIN);
      if (scalar(L, &value)) pl_buf_str(&d->joined, value);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
    if (d->joined.failed) luaL_error(L, "not enough memory");
    d->field(d->ctx, keys[i].name, pl_buf_view(&d->joined));
  }
  lua_pop(L, 1);
}

/* Elements keep their order; leaves of objects inside are joined per path. */
static void walk_array(lua_State *L, decoder *d, int depth, int gather) {
  int array = lua_gettop(L);
  bool outermost = gather == 0;
  if (depth > DEPTH) luaL_error(L, "nested too deeply");
  luaL_checkstack(L, 16, "nested too deeply");
  if (outermost) {
    lua_newtable(L);
    gather = lua_gettop(L);
  }
  size_t n = lua_rawlen(L, array);
  for (size_t i = 1; i <= n; i++) {
    int type = lua_rawgeti(L, array, (lua_Integer)i);
    if (type == LUA_TTABLE && lua_rawlen(L, -1) > 0)
      walk_array(L, d, depth + 1, gather);
    else if (type == LUA_TTABLE)
      walk_object(L, d, depth + 1, gather);
    else
      leaf(L, d, gather);
    lua_pop(L, 1);
  }
  if (!outermost) return;
  emit_gathered(L, d, gather);
  lua_pop(L, 1);
}

/* The object is on top of the stack and stays there. */
static void walk_object(lua_State *L, decoder *d, int depth, int gather) {
  int object = lua_gettop(L);
  size_t n = 0, base = d->path.n;
  if (depth > DEPTH) luaL_error(L, "nested too deeply");
  luaL_checkstack(L, 16, "nested too deeply");
  const key *keys = sorted_keys(L, object, &n);
  for (size_t i = 0; i < n; i++) {
    if (base) pl_buf_text(&d->path, ".");
    if (!pl_buf_str(&d->path, keys[i].name)) luaL_error(L, "not enough memory");
    lua_pushlstring(L, keys[i].name.p, keys[i].name.n);
    int type = lua_rawget(L, object);
    if (type == LUA_TTABLE && lua_rawlen(L, -1) > 0)
      walk_array(L, d, depth + 1, gather);
    else if (type == LUA_TTABLE)
      walk_object(L, d, depth + 1, gather);
    else
      leaf(L, d, gather);
    lua_pop(L, 1);
    d->path.n = base;
  }
  lua_pop(L, 1);
}

static int decode_body(lua_State *L) {
  decoder *d = lua_touserdata(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, "plumbline.decode");
  lua_pushlstring(L, d->text.p, d->text.n);
  lua_call(L, 1, 1);
  if (!lua_istable(L, -1)) luaL_error(L, "not an object");
  pl_buf_clear(&d->path);
  walk_object(L, d, 1, 0);
  return 0;
}

static bool begins_object(pl_str text) {
  text = pl_str_trim(text);
  return text.n > 0 && text.p[0] == '{';
}

static bool decode(void *state, pl_str text, void (*field)(void *ctx, pl_str path, pl_str value),
                   void *ctx, char message[256]) {
  decoder *d = state;
  pl_raised raised;
  if (!begins_object(text)) {
    snprintf(message, 256, "not a JSON object");
    return false;
  }
  d->text = text;
  d->field = field;
  d->ctx = ctx;
  d->path.failed = d->joined.failed = false;
  if (pl_lua_run(d->L, decode_body, d, &raised)) return true;
  snprintf(message, 256, "%.255s", raised.message);
  return false;
}

static void set_option(lua_State *L, const char *name, int a, int b, int c, int arguments) {
  lua_getfield(L, -1, name);
  if (arguments == 1 && a < 0)
    lua_pushboolean(L, 0);
  else
    lua_pushinteger(L, a);
  if (arguments > 1) lua_pushinteger(L, b);
  if (arguments > 2) lua_pushinteger(L, c);
  lua_call(L, arguments, 0);
}

static int open_body(lua_State *L) {
  luaL_requiref(L, "cjson", luaopen_cjson, 0);
  set_option(L, "decode_max_depth", DEPTH, 0, 0, 1);
  set_option(L, "decode_invalid_numbers", -1, 0, 0, 1); /* no hex, no NaN */
  lua_getfield(L, -1, "decode");
  lua_setfield(L, LUA_REGISTRYINDEX, "plumbline.decode");
  return 0;
}

pl_status pl_json_decoder_open(pl_json_decoder *out, pl_error *err) {
  *out = (pl_json_decoder){NULL, decode};
  decoder *d = pl_calloc(1, sizeof *d);
  if (!d) return pl_fail_memory(err);
  d->L = luaL_newstate();
  pl_status status =
      d->L ? pl_lua_call(d->L, open_body, NULL, PL_E_USAGE, err) : pl_fail_memory(err);
  out->state = d;
  if (status != PL_OK) pl_json_decoder_close(out);
  return status;
}

void pl_json_decoder_close(pl_json_decoder *decoder_) {
  decoder *d = decoder_ ? decoder_->state : NULL;
  if (!d) return;
  if (d->L) lua_close(d->L);
  pl_buf_free(&d->path);
  pl_buf_free(&d->joined);
  pl_free(d);
  decoder_->state = NULL;
}
