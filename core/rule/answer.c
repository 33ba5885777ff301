/* How a worker answers: declaring, asking a function for many values, judging.
 * Everything here runs protected; memory is the arena's or Lua's. */
#include "rule/call.h"
#include "rule/decode.h"
#include "rule/lua_value.h"
#include "rule/worker.h"

#define MAX_PARAMETERS 64

/* ---- declare ---------------------------------------------------------------------- */

static void run_prelude(lua_State *L, pl_worker_state *state, const pl_value *prelude) {
  pl_worker_native(L, state);
  int P = lua_gettop(L);
  for (size_t i = 0; i < pl_value_count(prelude); i++) {
    pl_lua_load(L, pl_value_str(pl_value_at(prelude, i)), "=plumbline");
    lua_pushvalue(L, P);
    lua_call(L, 1, 0);
  }
  lua_setfield(L, LUA_REGISTRYINDEX, "plumbline.prelude");
}

/* P.declare(what, main, audit) -> everything that was declared, as one table. */
pl_value *pl_worker_declare(lua_State *L, pl_worker_state *state, const pl_value *request) {
  char name[PL_ERROR_PATH];
  run_prelude(L, state, pl_value_get(request, "prelude"));
  lua_getfield(L, LUA_REGISTRYINDEX, "plumbline.prelude");
  lua_getfield(L, -1, "declare");
  pl_lua_push(L, pl_value_get(request, "what"), false);
  snprintf(name, sizeof name, "@%s", state->file);
  pl_lua_load(L, pl_value_str(pl_value_get(request, "source")), name);
  pl_lua_push(L, pl_value_get(request, "audit"), false);
  lua_call(L, 3, 1);
  return pl_lua_read(L, -1, &state->request);
}

/* ---- ask -------------------------------------------------------------------------- */

/* Pushes the function with the request's id. */
void pl_worker_push_function(lua_State *L, const pl_value *request) {
  lua_getfield(L, LUA_REGISTRYINDEX, "plumbline.prelude");
  lua_getfield(L, -1, "functions");
  lua_rawgeti(L, -1, pl_value_integer(pl_value_get(request, "fn"), -1) + 1);
  if (!lua_isfunction(L, -1)) luaL_error(L, "there is no such function");
  lua_replace(L, -3);
  lua_pop(L, 1);
}

static void raise_answer(lua_State *L, int function, const char *text) {
  lua_Debug at;
  lua_pushvalue(L, function);
  lua_getinfo(L, ">S", &at);
  pl_lua_raise(L, at.source[0] == '@' ? at.source + 1 : "",
               at.linedefined > 0 ? (uint32_t)at.linedefined : 0, text,
               "the function must answer for every value, blank (nil) included");
}

/* "for the value "x"": the tuple that was asked, shortened. */
static const char *push_tuple(lua_State *L, const pl_value *values, size_t first, size_t n) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < n && i < 4; i++) {
    const pl_value *v = values->as.list.items[first + i];
    pl_str s = pl_value_str(v);
    if (i) luaL_addstring(&b, ", ");
    if (v->kind == PL_NULL)
      luaL_addstring(&b, "nil");
    else {
      size_t shown = s.n > 60 ? pl_utf8_valid((pl_str){s.p, 60}) : s.n;
      luaL_addchar(&b, '"');
      luaL_addlstring(&b, s.p, shown);
      luaL_addstring(&b, s.n > 60 ? "…\"" : "\"");
    }
  }
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

/* The answer on top of the stack as a value; a wrong one is an error that names
 * the value asked for. */
static pl_value *take_answer(lua_State *L, pl_arena *a, bool want_text, int function,
                             const pl_value *values, size_t first, size_t n) {
  int type = lua_type(L, -1);
  pl_str s;
  /* no answer is a no, as in Lua: `v and #v > 4` gives nil for a blank */
  if (!want_text && (type == LUA_TBOOLEAN || type == LUA_TNIL))
    return pl_value_bool(a, lua_toboolean(L, -1));
  if (want_text && type == LUA_TNIL) return pl_value_null(a);
  if (want_text && (type == LUA_TSTRING || type == LUA_TNUMBER)) {
    s.p = lua_tolstring(L, -1, &s.n);
    if (s.n <= PL_MAX_FIELD && pl_utf8_valid(s) == s.n && !memchr(s.p, 0, s.n))
      return pl_value_text(a, s);
    lua_pushfstring(L, "a function gave a text that cannot be used (not UTF-8, or too long) for %s",
                    push_tuple(L, values, first, n));
  } else {
    lua_pushfstring(L, "a function gave a %s for %s; it must give %s", lua_typename(L, type),
                    push_tuple(L, values, first, n), want_text ? "a text or nil" : "true or false");
  }
  raise_answer(L, function, lua_tostring(L, -1));
  return NULL;
}

typedef struct tuple_call {
  const pl_value *values;
  size_t first, n;
} tuple_call;

/* The user's error with the value that it came from. The table is marked, and
 * the outer handler leaves it as it is. */
static void raise_for_tuple(lua_State *L, const tuple_call *call) {
  lua_pushliteral(L, "limit");
  bool limit = lua_type(L, -2) != LUA_TTABLE || lua_rawget(L, -2) != LUA_TNIL;
  if (limit) {
    lua_pop(L, 1);
    lua_error(L);
  }
  lua_pop(L, 1);
  lua_pushliteral(L, "message");
  lua_rawget(L, -2);
  const char *tuple = push_tuple(L, call->values, call->first, call->n);
  lua_pushfstring(L, "%s (asked for %s)", lua_tostring(L, -2), tuple);
  lua_setfield(L, -4, "message");
  lua_pop(L, 2);
  lua_error(L);
}

pl_value *pl_worker_ask(lua_State *L, pl_worker_state *state, const pl_value *request) {
  const pl_value *values = pl_value_get(request, "values");
  size_t n = (size_t)pl_value_integer(pl_value_get(request, "parameters"), 1);
  bool want_text = pl_value_boolean(pl_value_get(request, "want_text"), false);
  pl_value *answers = pl_value_list(&state->request);
  if (n < 1 || n > MAX_PARAMETERS || pl_value_count(values) % n)
    luaL_error(L, "a question that makes no sense");
  pl_worker_push_function(L, request);
  int function = lua_gettop(L);
  luaL_checkstack(L, MAX_PARAMETERS + 16, NULL);
  for (size_t i = 0; i < pl_value_count(values); i += n) {
    tuple_call call = {values, i, n};
    lua_pushvalue(L, function);
    for (size_t k = 0; k < n; k++) pl_lua_push(L, values->as.list.items[i + k], false);
    if (!pl_lua_try(L, (int)n, 1)) raise_for_tuple(L, &call);
    pl_value *answer = take_answer(L, &state->request, want_text, function, values, i, n);
    if (!pl_value_push(&state->request, answers, answer)) luaL_error(L, "not enough memory");
    lua_settop(L, function);
  }
  return answers;
}

/* ---- judge ------------------------------------------------------------------------ */

static void set_answer(lua_State *L, pl_arena *a, pl_value *object, const char *key, int index) {
  pl_str s;
  if (lua_isnil(L, index)) return;
  if (lua_type(L, index) != LUA_TSTRING)
    luaL_error(L, "judge gave a %s as its %s, not a text", luaL_typename(L, index), key);
  s.p = lua_tolstring(L, index, &s.n);
  if (pl_utf8_valid(s) != s.n) luaL_error(L, "judge gave a text that is not UTF-8");
  if (s.n > PL_MAX_DECLARED)
    luaL_error(L, "judge gave a %s of %I bytes; at most %d are allowed", key, (lua_Integer)s.n,
               PL_MAX_DECLARED);
  pl_set_text(a, object, key, s);
}

pl_value *pl_worker_judge(lua_State *L, pl_worker_state *state, const pl_value *request) {
  pl_worker_push_function(L, request);
  int base = lua_gettop(L);
  pl_lua_push(L, pl_value_get(request, "evidence"), false);
  pl_lua_apply(L, 1, 2);
  pl_value *answer = pl_value_object(&state->request);
  set_answer(L, &state->request, answer, "verdict", base);
  set_answer(L, &state->request, answer, "text", base + 1);
  return answer;
}
