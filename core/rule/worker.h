/* Inside the worker process: its state, and the C half of the rule API that the
 * prelude (lua/plumbline/prelude*.lua) builds on. */
#ifndef PL_RULE_WORKER_H
#define PL_RULE_WORKER_H

#include "base/value.h"
#include "rule/sandbox.h"

typedef struct pl_worker_state {
  pl_sandbox box;
  pl_arena setup;           /* the DECLARE request, for as long as the worker lives */
  pl_arena request;         /* the request at hand and its answer */
  const pl_value *beside;   /* name -> {file, source}: what `require` may find */
  const pl_value *profiles; /* name -> {file, source or problem}: what sources may name */
  const char *file;         /* shown path of the rule file */
  pl_limits limits;
  uint32_t number; /* of the request at hand */
  pl_buf in, out;
} pl_worker_state;

/* Pushes the table of C functions that the prelude receives as its argument:
 * place() -> file, line of the user's code that is running; function_place(f);
 * nearest(word, list); number_text(n); at(file, line, department); module(name) ->
 * function or nil; modules() -> names; profile(name, environment) -> function, file,
 * or nil; profiles() -> names. Runs protected. */
void pl_worker_native(lua_State *L, pl_worker_state *state);

/* Answers one request: the value for DONE, in state->request. Runs protected;
 * raises what becomes an ERROR. */
pl_value *pl_worker_declare(lua_State *L, pl_worker_state *state, const pl_value *request);
pl_value *pl_worker_ask(lua_State *L, pl_worker_state *state, const pl_value *request);
pl_value *pl_worker_judge(lua_State *L, pl_worker_state *state, const pl_value *request);
pl_value *pl_worker_render(lua_State *L, pl_worker_state *state, const pl_value *request);
/* Pushes the function that a request names; raises if there is none. */
void pl_worker_push_function(lua_State *L, const pl_value *request);

/* Sends a frame of one value at once; ends the process if the pipe is gone. */
void pl_worker_send(pl_worker_state *state, int type, const pl_value *v);

#endif
