/* What the files of the Lua module share. It is a client of plumbline.h, and its
 * Lua is the host's: it never links liblua. */
#ifndef PL_MODULE_H
#define PL_MODULE_H

#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "plumbline.h"

#define PL_MODULE_AUDIT "plumbline.audit"
#define PL_MODULE_ERROR "plumbline.failure"
#define PL_MODULE_RECORDS "plumbline.records"

/* ---- errors (module_error.c) --------------------------------------------------- */

/* Pushes {code, message, file, line, column, hint, excerpt}. */
void pl_module_push_error(lua_State *L, const pl_error *err);
int pl_module_raise(lua_State *L, const pl_error *err);
/* The same for a mistake of the host's that has no pl_error yet. */
int pl_module_fail(lua_State *L, const char *code, const char *message, const char *hint);
/* P.raise(message, hint, file, line) of the prelude. */
int pl_module_raise_placed(lua_State *L);
void pl_module_open_errors(lua_State *L);
/* A message handler: puts what was raised into a pl_error (light userdata, the
 * handler's upvalue), with the place where it was raised. */
int pl_module_catch(lua_State *L);

/* ---- values (module_value.c) ----------------------------------------------------- */

/* Pushes a result's value as plain tables. */
void pl_module_push_value(lua_State *L, const pl_value *v);
/* encode(table) -> the wire form of a declaration. */
int pl_module_encode(lua_State *L);
/* Pushes the exact decimal text of the number at `index`; false for what has none. */
bool pl_module_push_number(lua_State *L, int index);

/* ---- records (module_records.c) ---------------------------------------------------- */

/* records(path) -> an object with add(row) and close(). */
int pl_module_records(lua_State *L);
void pl_module_open_records(lua_State *L);
pl_records *pl_module_to_records(lua_State *L, int index);

/* ---- an audit and its job (module_job.c) -------------------------------------------- */

/* What the engine asks of the host; it waits for the answer. */
typedef struct pl_module_call {
  const char *line; /* print, or */
  pl_host_question *question;
  int function; /* judge */
  const pl_value *evidence;
  pl_str *verdict, *text;
  pl_status status;
  pl_error *err;
} pl_module_call;

/* A full userdata with one user value: {functions, print, progress, answers}. */
typedef struct pl_module_audit {
  pl_audit *audit; /* NULL: closed */
  pid_t owner;     /* a forked child must not end its parent's workers */
  volatile bool cancel;
  bool hosted; /* declared in Lua */
  bool busy;   /* a job is under way */
  /* The job: open, check or run, on a thread of its own, which lets the host
   * take its signals and callbacks on its own thread. */
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t to_host, to_engine;
  bool locks_made;
  pl_status (*work)(struct pl_module_audit *audit, pl_error *err);
  const pl_audit_options *options; /* while opening */
  pl_module_call *call;            /* waits for the host */
  bool done;
  pl_status status;
  pl_error err;
  _Atomic uint64_t read, total;
} pl_module_audit;

bool pl_module_job_prepare(pl_module_audit *a);
void pl_module_job_free(pl_module_audit *a);
/* Runs `work` while the host waits and serves callbacks; `index` is the audit's
 * place on the stack. Raises what a callback raised. Otherwise a->status, a->err. */
pl_status pl_module_job_run(lua_State *L, int index,
                            pl_status (*work)(pl_module_audit *audit, pl_error *err));
/* The host ends in the middle of a job: stops the engine and waits for it. */
void pl_module_job_abort(pl_module_audit *a);
/* Callbacks for pl_audit_options and pl_host, on engine threads. */
void pl_module_on_progress(void *ctx, uint64_t done, uint64_t total);
void pl_module_on_print(void *ctx, const char *line);
pl_status pl_module_on_ask(void *ctx, pl_host_question *question, pl_error *err);
pl_status pl_module_on_judge(void *ctx, int function, const pl_value *evidence, pl_str *verdict,
                             pl_str *text, pl_error *err);

/* ---- functions of the host (module_call.c) --------------------------------------------- */

/* Protected: (light userdata of pl_module_call, user value table). Answers it. */
int pl_module_serve(lua_State *L);

/* ---- methods (module_audit.c) ------------------------------------------------------------ */

/* open(options) -> audit; the options were checked by host.lua. */
int pl_module_audit_open(lua_State *L);
void pl_module_open_audits(lua_State *L);

/* ---- exports (module_look.c) --------------------------------------------------------------- */

/* sniff(path, options), init(directory, options); checked by host.lua. */
int pl_module_sniff(lua_State *L);
int pl_module_init(lua_State *L);

#endif
