/* Errors of the module: tables with fields to act on, and a text to show. */
#include <stdio.h>
#include <string.h>

#include "module.h"

/* What a host compares with; `code` of an error. */
static const char *code_of(pl_status status) {
  switch (status) {
  case PL_OK: return "ok";
  case PL_E_USAGE: return "usage";
  case PL_E_INPUT: return "input";
  case PL_E_PARTIAL: return "partial";
  case PL_E_OUTPUT: return "output";
  case PL_E_MEMORY: return "memory";
  case PL_E_RULE: return "rule";
  case PL_E_CANCELLED: return "cancelled";
  }
  return "usage";
}

static void set_text(lua_State *L, const char *key, const char *text) {
  if (!text || !text[0]) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, uint32_t number) {
  if (!number) return;
  lua_pushinteger(L, number);
  lua_setfield(L, -2, key);
}

void pl_module_push_error(lua_State *L, const pl_error *err) {
  lua_createtable(L, 0, 7);
  set_text(L, "code", code_of(err->status));
  set_text(L, "message", err->message[0] ? err->message : "no reason was given");
  set_text(L, "file", err->file);
  set_number(L, "line", err->line);
  set_number(L, "column", err->column);
  set_text(L, "hint", err->hint);
  set_text(L, "excerpt", err->excerpt);
  luaL_setmetatable(L, PL_MODULE_ERROR);
}

int pl_module_raise(lua_State *L, const pl_error *err) {
  pl_module_push_error(L, err);
  return lua_error(L);
}

int pl_module_fail(lua_State *L, const char *code, const char *message, const char *hint) {
  lua_createtable(L, 0, 3);
  set_text(L, "code", code);
  set_text(L, "message", message);
  set_text(L, "hint", hint);
  luaL_setmetatable(L, PL_MODULE_ERROR);
  return lua_error(L);
}

int pl_module_raise_placed(lua_State *L) {
  lua_settop(L, 4);
  luaL_checkstring(L, 1);
  lua_createtable(L, 0, 5);
  set_text(L, "code", "usage");
  set_text(L, "message", lua_tostring(L, 1));
  set_text(L, "hint", luaL_optstring(L, 2, NULL));
  set_text(L, "file", luaL_optstring(L, 3, NULL));
  set_number(L, "line", (uint32_t)luaL_optinteger(L, 4, 0));
  luaL_setmetatable(L, PL_MODULE_ERROR);
  return lua_error(L);
}

static void take_text(lua_State *L, const char *key, char *out, size_t size) {
  out[0] = '\0';
  lua_pushstring(L, key);
  if (lua_rawget(L, 1) == LUA_TSTRING) snprintf(out, size, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
}

static uint32_t take_number(lua_State *L, const char *key) {
  lua_pushstring(L, key);
  lua_rawget(L, 1);
  lua_Integer n = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return n > 0 && n <= INT32_MAX ? (uint32_t)n : 0;
}

static int error_text(lua_State *L) {
  char shown[PL_ERROR_SHOWN];
  pl_error err = {0};
  luaL_checktype(L, 1, LUA_TTABLE);
  take_text(L, "message", err.message, sizeof err.message);
  take_text(L, "hint", err.hint, sizeof err.hint);
  take_text(L, "file", err.file, sizeof err.file);
  take_text(L, "excerpt", err.excerpt, sizeof err.excerpt);
  err.line = take_number(L, "line");
  err.column = take_number(L, "column");
  lua_pushlstring(L, shown, pl_error_text(&err, shown, sizeof shown));
  return 1;
}

void pl_module_open_errors(lua_State *L) {
  luaL_newmetatable(L, PL_MODULE_ERROR);
  lua_pushcfunction(L, error_text);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "plumbline"); /* what the prelude knows its errors by */
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

/* ---- what host functions raise ------------------------------------------------ */

/* Length of "short_src:line: " if `message` begins with it, else 0. */
static size_t prefix_length(const char *message, const lua_Debug *at) {
  char prefix[LUA_IDSIZE + 16];
  int n = snprintf(prefix, sizeof prefix, "%s:%d: ", at->short_src, at->currentline);
  if (n <= 0 || (size_t)n >= sizeof prefix) return 0;
  return strncmp(message, prefix, (size_t)n) == 0 ? (size_t)n : 0;
}

static void set_place(pl_error *err, const lua_Debug *at) {
  snprintf(err->file, sizeof err->file, "%s",
           at->source[0] == '@' ? at->source + 1 : at->short_src);
  err->line = (uint32_t)at->currentline;
}

int pl_module_catch(lua_State *L) {
  pl_error *err = lua_touserdata(L, lua_upvalueindex(1));
  lua_Debug at;
  const char *message = luaL_tolstring(L, 1, NULL);
  memset(err, 0, sizeof *err);
  err->status = PL_E_RULE;
  for (int level = 1; level < 100 && lua_getstack(L, level, &at); level++) {
    lua_getinfo(L, "Sl", &at);
    if (at.currentline <= 0) continue;
    size_t prefix = prefix_length(message, &at);
    if (prefix || !err->file[0]) set_place(err, &at);
    message += prefix;
    if (prefix) break;
  }
  snprintf(err->message, sizeof err->message, "%s", message);
  return 1;
}
