/* Calling the host's own functions: what a rule prints, conditions, derived
 * columns and judges. A metric's function that fails does not end the audit; it
 * makes its metric one that was not audited, as in a rule file. */
#include <stdio.h>
#include <string.h>

#include "module.h"

#define SHOWN 60 /* bytes of a value in a message */

/* Calls the function and its arguments on the stack. PL_E_RULE: it raised. */
static pl_status call_function(lua_State *L, int arguments, int results, pl_error *err) {
  int base = lua_gettop(L) - arguments;
  lua_pushlightuserdata(L, err);
  lua_pushcclosure(L, pl_module_catch, 1);
  lua_insert(L, base);
  int status = lua_pcall(L, arguments, results, base);
  if (status == LUA_ERRMEM) lua_error(L);
  if (status != LUA_OK && !err->message[0])
    snprintf(err->message, sizeof err->message, "an error with no text");
  lua_remove(L, base);
  if (status == LUA_OK) return PL_OK;
  lua_pop(L, 1);
  err->status = PL_E_RULE;
  return PL_E_RULE;
}

static void push_function(lua_State *L, int user, int id) {
  lua_getfield(L, user, "functions");
  lua_rawgeti(L, -1, (lua_Integer)id + 1);
  lua_remove(L, -2);
  if (!lua_isfunction(L, -1)) luaL_error(L, "there is no such function");
}

/* ---- conditions and derived columns ------------------------------------------------ */

static pl_status wrong_answer(lua_State *L, const pl_host_question *q, size_t tuple,
                              pl_error *err) {
  const pl_str *value = &q->values[tuple * q->parameters];
  int shown = (int)(value->n < SHOWN ? value->n : SHOWN);
  memset(err, 0, sizeof *err);
  err->status = PL_E_RULE;
  snprintf(err->message, sizeof err->message, "a function gave %s for %s%.*s%s; it must give %s",
           luaL_typename(L, -1), value->p ? "\"" : "nil", value->p ? shown : 0,
           value->p ? value->p : "", value->p ? "\"" : "",
           q->want_text ? "a text or nil" : "true or false");
  snprintf(err->hint, sizeof err->hint,
           "the function must answer for every value, blank (nil) included");
  return PL_E_RULE;
}

/* Takes the answer on top of the stack and pops it. */
static pl_status take_answer(lua_State *L, pl_host_question *q, size_t tuple, int answers,
                             pl_error *err) {
  int type = lua_type(L, -1);
  pl_status status = PL_OK;
  if (!q->want_text && (type == LUA_TBOOLEAN || type == LUA_TNIL)) {
    q->truths[tuple] = lua_toboolean(L, -1);
  } else if (q->want_text && type == LUA_TNUMBER && pl_module_push_number(L, lua_gettop(L))) {
    lua_remove(L, -2);
    type = LUA_TSTRING;
  } else if (!(q->want_text && (type == LUA_TSTRING || type == LUA_TNIL))) {
    status = wrong_answer(L, q, tuple, err);
  }
  if (status == PL_OK && q->want_text && type == LUA_TSTRING) {
    q->texts[tuple].p = lua_tolstring(L, -1, &q->texts[tuple].n);
    lua_rawseti(L, answers, (lua_Integer)tuple + 1); /* keeps the text alive */
  } else {
    lua_pop(L, 1);
  }
  return status;
}

static pl_status answer_all(lua_State *L, pl_host_question *q, int user, int answers,
                            pl_error *err) {
  push_function(L, user, q->function);
  int function = lua_gettop(L);
  luaL_checkstack(L, (int)q->parameters + 16, NULL);
  for (size_t i = 0; i < q->n; i++) {
    lua_pushvalue(L, function);
    for (size_t k = 0; k < q->parameters; k++) {
      pl_str s = q->values[i * q->parameters + k];
      if (s.p)
        lua_pushlstring(L, s.p, s.n);
      else
        lua_pushnil(L);
    }
    pl_status status = call_function(L, (int)q->parameters, 1, err);
    if (status == PL_OK) status = take_answer(L, q, i, answers, err);
    if (status != PL_OK) return status;
  }
  return PL_OK;
}

/* ---- judge --------------------------------------------------------------------------- */

/* The text at `index`, kept alive in `answers`; nothing for nil. */
static pl_status take_text(lua_State *L, int index, int answers, const char *what, pl_str *out,
                           pl_error *err) {
  if (lua_isnil(L, index)) return PL_OK;
  if (lua_type(L, index) != LUA_TSTRING) {
    memset(err, 0, sizeof *err);
    err->status = PL_E_RULE;
    snprintf(err->message, sizeof err->message, "judge gave a %s as its %s, not a text",
             luaL_typename(L, index), what);
    return PL_E_RULE;
  }
  out->p = lua_tolstring(L, index, &out->n);
  lua_pushvalue(L, index);
  lua_rawseti(L, answers, (lua_Integer)lua_rawlen(L, answers) + 1);
  return PL_OK;
}

static pl_status judge(lua_State *L, pl_module_call *call, int user, int answers) {
  push_function(L, user, call->function);
  pl_module_push_value(L, call->evidence);
  pl_status status = call_function(L, 1, 2, call->err);
  if (status != PL_OK) return status;
  int top = lua_gettop(L);
  status = take_text(L, top - 1, answers, "verdict", call->verdict, call->err);
  if (status == PL_OK) status = take_text(L, top, answers, "text", call->text, call->err);
  return status;
}

/* ---- serving --------------------------------------------------------------------------- */

int pl_module_serve(lua_State *L) {
  pl_module_call *call = lua_touserdata(L, 1);
  if (call->line) {
    lua_getfield(L, 2, "print");
    lua_pushstring(L, call->line);
    lua_call(L, 1, 0);
    return 0;
  }
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, 2, "answers"); /* until the next call */
  call->status =
      call->question ? answer_all(L, call->question, 2, 3, call->err) : judge(L, call, 2, 3);
  return 0;
}
