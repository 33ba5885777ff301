/* Judging what a worker sent, and saying why one ended. */
#include "rule/exchange_reply.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/error_point.h"

#define MAX_PRINTED 300 /* lines that are passed on, whatever the worker claims */
#define MAX_LINE 512

void pl_text_plain(pl_str text, char *out, size_t size) {
  size_t n = text.n < size - 1 ? text.n : size - 1;
  if (n < text.n) n = pl_utf8_valid((pl_str){text.p, n});
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    bool c1 = c == 0xC2 && i + 1 < n && (unsigned char)text.p[i + 1] < 0xA0;
    if (c1) out[i++] = ' ';
    out[i] = (c < 0x20 || c == 0x7F || c1) ? ' ' : text.p[i];
  }
  out[n] = 0;
}

/* ---- places ---------------------------------------------------------------------------- */

/* The text of this shown path among those that the worker was given. */
static const pl_rule_text *given_text(const pl_worker *worker, pl_str file) {
  const pl_rule_folder *folders[] = {worker->folder, worker->profiles};
  for (size_t f = 0; f < sizeof folders / sizeof *folders; f++)
    for (size_t i = 0; folders[f] && i < folders[f]->n; i++)
      if (pl_str_eq(file, pl_str_of(folders[f]->files[i].shown))) return &folders[f]->files[i];
  return NULL;
}

/* A place is believed only in a file that the worker was given. */
static pl_site believed(const pl_worker *worker, pl_str file, int64_t line) {
  pl_site site = {worker->file, 0, 0};
  const pl_rule_text *text = given_text(worker, file);
  if (line > 0 && line <= INT32_MAX) site.line = (uint32_t)line;
  if (pl_str_eq(file, pl_str_of(worker->file))) return site;
  if (!text) return (pl_site){worker->file, 0, 0};
  site.file = text->shown;
  return site;
}

static void set_excerpt(const pl_worker *worker, pl_error *err) {
  const pl_rule_text *file = given_text(worker, pl_str_of(err->file));
  if (!file || !file->text.p) return;
  pl_str line = pl_rule_line(file->text, err->line);
  pl_text_plain(line, err->excerpt, sizeof err->excerpt);
  pl_error_point(err);
}

/* ---- death ----------------------------------------------------------------------------- */

static const char *const lied = "its worker sent something that is not an answer";

/* Why a process ended, from its exit status. The code is returned. */
static int explain_end(const pl_exchange *x, const pl_child *child, pl_error *err) {
  int status = child->status;
  if (!child->reaped) {
    pl_fail(err, PL_E_RULE, "its worker ended without an answer");
    return 110;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    pl_fail(err, PL_E_RULE, "used more than %u seconds of CPU time", x->limits.cpu_s);
    pl_hint(err, "look for a loop or a pattern that never ends");
    return 111;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == PL_WORKER_NO_MEMORY) {
    pl_fail(err, PL_E_RULE, "used more than %llu MiB of memory",
            (unsigned long long)(x->limits.memory >> 20));
    return 111;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    pl_fail(err, PL_E_RULE, "its worker made a system call that rules may not make");
  else if (WIFSIGNALED(status))
    pl_fail(err, PL_E_RULE, "its worker crashed (signal %d)", WTERMSIG(status));
  else
    pl_fail(err, PL_E_RULE, "its worker ended without an answer");
  return 110;
}

static int explain(const pl_exchange *x, const pl_child *child, pl_death death, pl_error *err) {
  switch (death) {
  case PL_DEATH_ENDED: return explain_end(x, child, err);
  case PL_DEATH_TIME:
    pl_fail(err, PL_E_RULE, "took longer than %u ms to answer", x->limits.active_ms);
    pl_hint(err, "look for a loop or a pattern that never ends");
    return 111;
  case PL_DEATH_OUTPUT:
    pl_fail(err, PL_E_RULE, "sent more than %llu bytes", (unsigned long long)x->limits.output);
    return 111;
  case PL_DEATH_TOO_LARGE:
    pl_fail(err, PL_E_RULE, "what would be sent to its worker is larger than 64 MiB");
    return 111;
  case PL_DEATH_LIED: break;
  }
  pl_fail(err, PL_E_RULE, "%s", lied);
  return 110;
}

/* The function that was asked, else the last thing that was being declared. */
static pl_site last_place(const pl_worker *worker) {
  if (worker->queue && worker->queue->site.file) return worker->queue->site;
  return worker->at.file ? worker->at : (pl_site){worker->file, 0, 0};
}

static void set_place(const pl_worker *worker, pl_error *err) {
  pl_site site = last_place(worker);
  snprintf(err->file, sizeof err->file, "%s", site.file);
  err->line = site.line;
  if (err->line) set_excerpt(worker, err);
}

pl_status pl_worker_died(pl_exchange *x, pl_worker *worker, pl_death death, pl_error *err) {
  if (death == PL_DEATH_ENDED)
    pl_child_reap(&worker->child);
  else
    pl_child_stop(&worker->child);
  worker->dead = pl_calloc(1, sizeof *worker->dead);
  if (!worker->dead) return pl_fail_memory(err);
  worker->dead_code = explain(x, &worker->child, death, worker->dead);
  set_place(worker, worker->dead);
  while (worker->queue) {
    pl_request *request = worker->queue;
    worker->queue = request->next;
    request->failed(request, worker->dead, worker->dead_code);
  }
  worker->active = false;
  return PL_OK;
}

/* ---- frames ---------------------------------------------------------------------------- */

static void pass_on(pl_exchange *x, pl_worker *worker, const pl_value *v, bool prefix) {
  char line[MAX_LINE], text[MAX_LINE - 100];
  if (!x->print || worker->printed++ >= MAX_PRINTED) return;
  pl_text_plain(pl_value_str(v), text, sizeof text);
  if (prefix)
    snprintf(line, sizeof line, "%.90s: %s", worker->file, text);
  else
    snprintf(line, sizeof line, "%s", text);
  x->print(x->print_ctx, line);
}

static void fill_error(const pl_worker *worker, const pl_value *v, pl_error *err) {
  char text[PL_ERROR_TEXT];
  pl_site site = believed(worker, pl_value_str(pl_value_get(v, "file")),
                          pl_value_integer(pl_value_get(v, "line"), 0));
  if (!site.line) site = last_place(worker);
  pl_text_plain(pl_value_str(pl_value_get(v, "message")), text, sizeof text);
  pl_fail_at(err, PL_E_RULE, site, "%s", text[0] ? text : "an error with no text");
  pl_text_plain(pl_value_str(pl_value_get(v, "hint")), text, sizeof text);
  if (text[0]) pl_hint(err, "%s", text);
  if (site.line) set_excerpt(worker, err);
}

/* ERROR: the request failed; the worker may answer others. */
static void take_error(const pl_exchange *x, pl_worker *worker, const pl_value *v) {
  pl_error why;
  pl_request *request = worker->queue;
  pl_str limit = pl_value_str(pl_value_get(v, "limit"));
  fill_error(worker, v, &why);
  if (pl_str_eq(limit, PL_STR("memory"))) {
    snprintf(why.message, sizeof why.message, "used more than %llu MiB of memory",
             (unsigned long long)(x->limits.memory >> 20));
    pl_hint(&why, "look for a table or a text that grows without end");
  }
  worker->queue = request->next;
  worker->active = false;
  request->failed(request, &why, limit.n ? 111 : 110);
}

static pl_status take_done(pl_exchange *x, pl_worker *worker, const pl_value *v, pl_error *err) {
  pl_request *request = worker->queue;
  pl_status status = request->take(request, v, err);
  if (status == PL_E_RULE) return pl_worker_died(x, worker, PL_DEATH_LIED, err);
  if (status != PL_OK) return status;
  if (!request->more) worker->queue = request->next;
  worker->active = false;
  return PL_OK;
}

static void take_place(pl_worker *worker, const pl_value *v) {
  pl_str name = pl_value_str(pl_value_get(v, "department"));
  worker->at = believed(worker, pl_value_str(pl_value_get(v, "file")),
                        pl_value_integer(pl_value_get(v, "line"), 0));
  if (name.n) pl_text_plain(name, worker->department, sizeof worker->department);
}

static pl_status take_frame(pl_exchange *x, pl_worker *worker, const pl_frame *frame, bool last,
                            pl_error *err) {
  pl_error why;
  bool ends = frame->type == PL_FRAME_DONE || frame->type == PL_FRAME_ERROR;
  if (frame->type < PL_FRAME_DONE || frame->number != worker->number || (ends && !last) ||
      (ends && worker->sent < worker->out.n))
    return pl_worker_died(x, worker, PL_DEATH_LIED, err);
  pl_arena_free(&worker->reply);
  const pl_value *v = pl_value_decode(&worker->reply, frame->payload, false, &why);
  if (!v && why.status == PL_E_MEMORY) return pl_fail_memory(err);
  if (!v) return pl_worker_died(x, worker, PL_DEATH_LIED, err);
  switch (frame->type) {
  case PL_FRAME_PRINT: pass_on(x, worker, v, true); break;
  case PL_FRAME_WARN:
    if (!x->warned) pass_on(x, worker, v, false);
    x->warned = true;
    break;
  case PL_FRAME_AT: take_place(worker, v); break;
  case PL_FRAME_ERROR: take_error(x, worker, v); break;
  default: return take_done(x, worker, v, err);
  }
  return PL_OK;
}

pl_status pl_worker_read(pl_exchange *x, pl_worker *worker, pl_error *err) {
  size_t at = 0;
  pl_status status = PL_OK;
  while (status == PL_OK && !worker->dead && at < worker->in.n) {
    pl_frame frame;
    size_t used = 0;
    pl_str rest = {worker->in.p + at, worker->in.n - at};
    pl_frame_result got = pl_frame_read(rest, x->limits.output, &frame, &used);
    if (got == PL_FRAME_NEED_MORE) break;
    if (got == PL_FRAME_BAD || !worker->active)
      return pl_worker_died(x, worker, PL_DEATH_LIED, err);
    status = take_frame(x, worker, &frame, used == rest.n, err);
    at += used;
  }
  if (at > 0) {
    memmove(worker->in.p, worker->in.p + at, worker->in.n - at);
    worker->in.n -= at;
  }
  return status;
}
