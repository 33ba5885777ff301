/* Entering Lua protected, and turning what was raised into an error with a
 * place. Places come from lua_getinfo; only the text "file:line: " that Lua
 * itself puts in front of a message is taken off again. */
#include "rule/call.h"

#include <stdio.h>
#include <string.h>

#include "rule/lua_hint.h"

/* A chunk that a person wrote: named "@path". */
static bool is_file(const lua_Debug *at) {
  return at->source[0] == '@' && at->currentline > 0;
}

/* Length of "short_src:line: " if `message` begins with it, else 0. */
static size_t prefix_length(const char *message, const lua_Debug *at) {
  char prefix[LUA_IDSIZE + 16];
  int n = snprintf(prefix, sizeof prefix, "%s:%d: ", at->short_src, at->currentline);
  if (n <= 0 || (size_t)n >= sizeof prefix) return 0;
  return strncmp(message, prefix, (size_t)n) == 0 ? (size_t)n : 0;
}

/* The level that raised: the one whose place Lua wrote into the message, else
 * the innermost level in a file. False if no file is involved. */
static bool find_place(lua_State *L, const char *message, lua_Debug *place, size_t *prefix) {
  bool found = false;
  lua_Debug at;
  *prefix = 0;
  for (int level = 0; level < 200 && lua_getstack(L, level, &at); level++) {
    lua_getinfo(L, "Sl", &at);
    size_t n = message && at.currentline > 0 ? prefix_length(message, &at) : 0;
    if (n) *prefix = n;
    if (is_file(&at) && (n || !found)) {
      *place = at;
      found = true;
    }
    if (n) break;
  }
  return found;
}

static void set_text(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

/* Turns a raised value (index 1) into the table that pl_lua_run reads. */
static int handler(lua_State *L) {
  lua_Debug place;
  size_t prefix = 0;
  const bool made = lua_istable(L, 1);
  const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;
  const bool found = find_place(L, message, &place, &prefix);
  if (made && luaL_getmetafield(L, 1, "plumbline_error") != LUA_TNIL)
    lua_settop(L, 1);
  else {
    lua_createtable(L, 0, 6);
    if (message) {
      const char *hint = pl_lua_hint(message + prefix);
      set_text(L, "message", message + prefix);
      if (hint) set_text(L, "hint", hint);
    } else if (lua_isnumber(L, 1))
      set_text(L, "message", lua_tostring(L, 1));
    else {
      lua_pushfstring(L, "error() was called with a %s, not a text", luaL_typename(L, 1));
      lua_setfield(L, -2, "message");
    }
    if (found) {
      set_text(L, "file", place.source + 1);
      lua_pushinteger(L, place.currentline);
      lua_setfield(L, -2, "line");
    }
    luaL_setmetatable(L, "plumbline.error");
  }
  lua_pushliteral(L, "traceback");
  if (lua_rawget(L, -2) == LUA_TNIL) { /* the innermost handler has the whole stack */
    luaL_traceback(L, L, NULL, 1);
    lua_setfield(L, -3, "traceback");
  }
  lua_pop(L, 1);
  return 1;
}

static void copy_text(lua_State *L, const char *key, char *out, size_t size) {
  out[0] = 0;
  lua_pushstring(L, key);
  lua_rawget(L, -2);
  if (lua_type(L, -1) == LUA_TSTRING) snprintf(out, size, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
}

/* Reads the table on top; protected itself, since even reading may allocate. */
static int read_raised(lua_State *L) {
  pl_raised *raised = lua_touserdata(L, 1);
  lua_settop(L, 2);
  copy_text(L, "message", raised->message, sizeof raised->message);
  copy_text(L, "hint", raised->hint, sizeof raised->hint);
  copy_text(L, "file", raised->file, sizeof raised->file);
  copy_text(L, "limit", raised->limit, sizeof raised->limit);
  copy_text(L, "traceback", raised->traceback, sizeof raised->traceback);
  lua_pushstring(L, "line");
  lua_rawget(L, -2);
  lua_Integer line = lua_tointeger(L, -1);
  raised->line = line > 0 && line <= INT32_MAX ? (uint32_t)line : 0;
  return 0;
}

static void take_raised(lua_State *L, int status, pl_raised *raised) {
  memset(raised, 0, sizeof *raised);
  if (status == LUA_ERRMEM) {
    snprintf(raised->message, sizeof raised->message, "out of memory");
    snprintf(raised->limit, sizeof raised->limit, "memory");
    lua_pop(L, 1);
    return;
  }
  if (lua_type(L, -1) == LUA_TTABLE) {
    lua_pushcfunction(L, read_raised);
    lua_pushlightuserdata(L, raised);
    lua_rotate(L, -3, -1);
    if (lua_pcall(L, 2, 0, 0) == LUA_OK && raised->message[0]) return;
  }
  if (lua_type(L, -1) == LUA_TSTRING) /* a stack overflow leaves no room for the handler */
    snprintf(raised->message, sizeof raised->message, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
  if (!raised->message[0])
    snprintf(raised->message, sizeof raised->message, "an error with no text");
}

/* The metatable that marks an error with a place; made on first use. */
static int prepare(lua_State *L) {
  if (luaL_newmetatable(L, "plumbline.error")) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "plumbline_error");
    lua_pushliteral(L, "plumbline");
    lua_setfield(L, -2, "__metatable");
  }
  return 0;
}

bool pl_lua_run(lua_State *L, lua_CFunction body, void *arg, pl_raised *raised) {
  int top = lua_gettop(L);
  lua_pushcfunction(L, prepare);
  int status = lua_pcall(L, 0, 0, 0);
  if (status == LUA_OK) {
    lua_pushcfunction(L, handler);
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, arg);
    status = lua_pcall(L, 1, 0, top + 1);
  }
  if (status != LUA_OK) take_raised(L, status, raised);
  lua_settop(L, top);
  return status == LUA_OK;
}

pl_status pl_lua_call(lua_State *L, lua_CFunction body, void *arg, pl_status status,
                      pl_error *err) {
  pl_raised raised;
  if (pl_lua_run(L, body, arg, &raised)) return PL_OK;
  if (strcmp(raised.limit, "memory") == 0) return pl_fail_memory(err);
  pl_site site = {raised.file, raised.line, 0};
  pl_fail_at(err, status, site, "%s", raised.message);
  return raised.hint[0] ? pl_hint(err, "%s", raised.hint) : status;
}

bool pl_lua_try(lua_State *L, int arguments, int results) {
  int base = lua_gettop(L) - arguments;
  lua_pushcfunction(L, handler);
  lua_insert(L, base);
  int status = lua_pcall(L, arguments, results, base);
  lua_remove(L, base);
  return status == LUA_OK;
}

void pl_lua_apply(lua_State *L, int arguments, int results) {
  if (!pl_lua_try(L, arguments, results)) lua_error(L);
}

int pl_lua_raise(lua_State *L, const char *file, uint32_t line, const char *message,
                 const char *hint) {
  lua_createtable(L, 0, 5);
  set_text(L, "message", message);
  if (hint && hint[0]) set_text(L, "hint", hint);
  if (file && file[0]) set_text(L, "file", file);
  lua_pushinteger(L, line);
  lua_setfield(L, -2, "line");
  luaL_setmetatable(L, "plumbline.error");
  return lua_error(L);
}

/* "chunk:12: text" -> 12 and where the text begins. A syntax error has no
 * level to ask lua_getinfo about, so here the message is all there is. */
static const char *split_syntax(const char *message, uint32_t *line) {
  for (const char *p = message; (p = strchr(p, ':')) != NULL; p++) {
    const char *q = p + 1;
    uint32_t n = 0;
    while (*q >= '0' && *q <= '9' && n < 100000000) n = n * 10 + (uint32_t)(*q++ - '0');
    if (q > p + 1 && q[0] == ':' && q[1] == ' ') {
      *line = n;
      return q + 2;
    }
  }
  return message;
}

void pl_lua_load(lua_State *L, pl_str text, const char *name) {
  if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0) {
    text.p += 3;
    text.n -= 3;
  }
  if (text.n && text.p[0] == LUA_SIGNATURE[0])
    pl_lua_raise(L, name[0] == '@' ? name + 1 : "", 1, "the file is bytecode; only text is run",
                 "bring the Lua source that it was compiled from");
  int status = luaL_loadbufferx(L, text.p, text.n, name, "t");
  if (status == LUA_OK) return;
  if (status != LUA_ERRSYNTAX) lua_error(L);
  uint32_t line = 0;
  const char *message = split_syntax(lua_tostring(L, -1), &line);
  pl_lua_raise(L, name[0] == '@' ? name + 1 : "", line, message, pl_lua_hint(message));
}
