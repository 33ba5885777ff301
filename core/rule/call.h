/* The one way into Lua: a protected call that turns whatever was raised into a
 * pl_error with a place. Code that runs inside must hold no malloc'd memory and
 * no descriptor of its own across a Lua call: they belong to something that
 * the caller frees. */
#ifndef PL_RULE_CALL_H
#define PL_RULE_CALL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/error.h"
#include "base/str.h"

/* What was raised. Texts are bounded copies, so that nothing borrows from Lua. */
typedef struct pl_raised {
  char message[PL_ERROR_TEXT];
  char hint[PL_ERROR_TEXT];
  char file[PL_ERROR_PATH]; /* as the chunk was named, without its '@' */
  uint32_t line;
  char limit[16]; /* "memory", "cpu" or "" */
  char traceback[2048];
} pl_raised;

/* Runs `body` protected, with `arg` as its only argument (a light userdata).
 * False: `raised` says what happened. The Lua stack is left as it was. */
bool pl_lua_run(lua_State *L, lua_CFunction body, void *arg, pl_raised *raised);
/* The same for trusted code: fills `err` with `status`, or PL_E_MEMORY. */
pl_status pl_lua_call(lua_State *L, lua_CFunction body, void *arg, pl_status status, pl_error *err);

/* Inside `body`: calls the function and its arguments on the stack so that an
 * error keeps its place (message handler); raises what the function raised. */
void pl_lua_apply(lua_State *L, int arguments, int results);
/* The same, but false with the error table on top instead of raising it. */
bool pl_lua_try(lua_State *L, int arguments, int results);
/* Inside `body`: compiles text (never bytecode) as a chunk named `name`
 * ("@rules/x.lua" or "=plumbline"); raises a placed error for bad syntax. */
void pl_lua_load(lua_State *L, pl_str text, const char *name);

/* Raises {message, hint, file, line}; what the handler understands as is. */
int pl_lua_raise(lua_State *L, const char *file, uint32_t line, const char *message,
                 const char *hint);

#endif
