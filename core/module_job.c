/* A job: opening, checking or running an audit on a thread of the engine, while
 * the host's thread waits and serves what the engine asks of it. So callbacks
 * come on the host's own thread only, its signals too, and Ctrl-C is heard. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "module.h"

#define TICK_MS 40

bool pl_module_job_prepare(pl_module_audit *a) {
  pthread_condattr_t clock;
  if (pthread_mutex_init(&a->lock, NULL) != 0) return false;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  bool made = pthread_cond_init(&a->to_host, &clock) == 0;
  pthread_condattr_destroy(&clock);
  if (made && pthread_cond_init(&a->to_engine, NULL) != 0) {
    pthread_cond_destroy(&a->to_host);
    made = false;
  }
  if (!made) pthread_mutex_destroy(&a->lock);
  a->locks_made = made;
  return made;
}

void pl_module_job_free(pl_module_audit *a) {
  if (!a->locks_made) return;
  pthread_cond_destroy(&a->to_host);
  pthread_cond_destroy(&a->to_engine);
  pthread_mutex_destroy(&a->lock);
  a->locks_made = false;
}

/* ---- the engine's side ----------------------------------------------------------- */

static void *engine(void *ctx) {
  pl_module_audit *a = ctx;
  pl_status status = a->work(a, &a->err);
  pthread_mutex_lock(&a->lock);
  a->status = status;
  a->done = true;
  pthread_cond_signal(&a->to_host);
  pthread_mutex_unlock(&a->lock);
  return NULL;
}

/* Hands a call to the host and waits for its answer. */
static pl_status ask_host(pl_module_audit *a, pl_module_call *call) {
  pthread_mutex_lock(&a->lock);
  a->call = call;
  pthread_cond_signal(&a->to_host);
  while (a->call) pthread_cond_wait(&a->to_engine, &a->lock);
  pthread_mutex_unlock(&a->lock);
  return call->status;
}

void pl_module_on_progress(void *ctx, uint64_t done, uint64_t total) {
  pl_module_audit *a = ctx;
  atomic_store_explicit(&a->total, total, memory_order_relaxed);
  atomic_store_explicit(&a->read, done, memory_order_relaxed);
}

void pl_module_on_print(void *ctx, const char *line) {
  pl_module_call call = {.line = line};
  ask_host(ctx, &call);
}

pl_status pl_module_on_ask(void *ctx, pl_host_question *question, pl_error *err) {
  pl_module_call call = {.question = question, .err = err};
  return ask_host(ctx, &call);
}

pl_status pl_module_on_judge(void *ctx, int function, const pl_value *evidence, pl_str *verdict,
                             pl_str *text, pl_error *err) {
  pl_module_call call = {
      .function = function, .evidence = evidence, .verdict = verdict, .text = text, .err = err};
  return ask_host(ctx, &call);
}

/* ---- the host's side ---------------------------------------------------------------- */

/* What the host's thread keeps while it waits: stack places, all made before the
 * engine starts, because nothing here may raise. */
typedef struct waiting {
  lua_State *L;
  pl_module_audit *a;
  int user;   /* the user value table */
  int raised; /* what a callback raised, nil so far */
  int nothing, progress;
  bool failed;
  uint64_t shown;
  bool shown_any;
} waiting;

/* Keeps the first error of a callback; the engine is asked to stop. */
static void keep_raised(waiting *w) {
  if (!w->failed)
    lua_replace(w->L, w->raised);
  else
    lua_pop(w->L, 1);
  w->failed = true;
  w->a->cancel = true;
}

static void serve(waiting *w, pl_module_call *call) {
  lua_State *L = w->L;
  if (w->failed || w->a->cancel) {
    call->status = PL_E_CANCELLED;
    return;
  }
  call->status = PL_OK;
  lua_pushcfunction(L, pl_module_serve);
  lua_pushlightuserdata(L, call);
  lua_pushvalue(L, w->user);
  int status = lua_pcall(L, 2, 0, 0);
  if (status == LUA_OK) return;
  call->status = status == LUA_ERRMEM ? PL_E_MEMORY : PL_E_CANCELLED;
  keep_raised(w);
}

/* Progress; and where somebody set a debug hook, as lua does on Ctrl-C, a
 * function that does nothing, so that the hook has something to run in. */
static void tick(waiting *w) {
  lua_State *L = w->L;
  uint64_t read = atomic_load_explicit(&w->a->read, memory_order_relaxed);
  uint64_t total = atomic_load_explicit(&w->a->total, memory_order_relaxed);
  bool news = total > 0 && (!w->shown_any || read != w->shown);
  if (w->failed) return;
  if (news && !lua_isnil(L, w->progress)) {
    w->shown = read;
    w->shown_any = true;
    lua_pushvalue(L, w->progress);
    lua_pushinteger(L, (lua_Integer)read);
    lua_pushinteger(L, (lua_Integer)total);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) keep_raised(w);
  } else if (lua_gethook(L)) {
    lua_pushvalue(L, w->nothing);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) keep_raised(w);
  }
}

static struct timespec soon(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_nsec += TICK_MS * 1000000L;
  if (t.tv_nsec >= 1000000000L) {
    t.tv_nsec -= 1000000000L;
    t.tv_sec++;
  }
  return t;
}

static void answered(pl_module_audit *a) {
  a->call = NULL;
  pthread_cond_signal(&a->to_engine);
}

static void wait_for_engine(waiting *w) {
  pl_module_audit *a = w->a;
  pthread_mutex_lock(&a->lock);
  while (!a->done) {
    pl_module_call *call = a->call;
    struct timespec until = soon();
    bool late = !call && pthread_cond_timedwait(&a->to_host, &a->lock, &until) == ETIMEDOUT;
    if (!call && !late) continue;
    pthread_mutex_unlock(&a->lock);
    if (call) serve(w, call);
    if (late) tick(w);
    pthread_mutex_lock(&a->lock);
    if (call) answered(a);
  }
  pthread_mutex_unlock(&a->lock);
  pthread_join(a->thread, NULL);
}

/* With every signal blocked, so that the host's handlers run on its own thread. */
static bool start_engine(pl_module_audit *a) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&a->thread, NULL, engine, a) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

pl_status pl_module_job_run(lua_State *L, int index,
                            pl_status (*work)(pl_module_audit *audit, pl_error *err)) {
  pl_module_audit *a = lua_touserdata(L, index);
  luaL_checkstack(L, 32, NULL);
  int top = lua_gettop(L);
  lua_getiuservalue(L, index, 1);
  lua_pushnil(L);
  lua_getfield(L, top + 1, "nothing");
  lua_getfield(L, top + 1, "progress");
  waiting w = {
      .L = L, .a = a, .user = top + 1, .raised = top + 2, .nothing = top + 3, .progress = top + 4};
  a->work = work;
  a->done = false;
  a->call = NULL;
  memset(&a->err, 0, sizeof a->err);
  a->busy = true;
  if (start_engine(a)) {
    wait_for_engine(&w);
  } else {
    a->status = a->err.status = PL_E_MEMORY;
    memcpy(a->err.message, "no thread can be started", sizeof "no thread can be started");
  }
  if (a->status == PL_OK || a->status == PL_E_PARTIAL) tick(&w);
  a->busy = false;
  if (w.failed) {
    lua_pushvalue(L, w.raised);
    lua_error(L);
  }
  lua_settop(L, top);
  return a->status;
}

void pl_module_job_abort(pl_module_audit *a) {
  a->cancel = true;
  pthread_mutex_lock(&a->lock);
  while (!a->done) {
    if (a->call) {
      a->call->status = PL_E_CANCELLED;
      answered(a);
    }
    pthread_cond_wait(&a->to_host, &a->lock);
  }
  pthread_mutex_unlock(&a->lock);
  pthread_join(a->thread, NULL);
  a->busy = false;
}
