/* The chain of an audit: declare, bind, survey, ask, run, judge, one result. */
#include "plumbline_audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rule/extension.h"
#include "rule/views.h"
#include "trace/sentence.h"

#define PL_DEFAULT_REJECT_SHARE 0.05

const char *pl_version(void) {
  return PL_VERSION;
}

int pl_exit_code(pl_status status) {
  switch (status) {
  case PL_E_MEMORY: return 3;
  case PL_E_RULE: return PL_E_PARTIAL;
  case PL_E_CANCELLED: return 130;
  default: return (int)status;
  }
}

static bool is_cancelled(const pl_audit *audit) {
  return audit->run_options.cancel && *audit->run_options.cancel;
}

/* The last word on an error: a cancelled audit fails for that reason, whatever
 * it was that gave way first; and the line of a Lua file is shown. */
static pl_status finish(const pl_audit *audit, pl_status status, pl_error *err) {
  if (status == PL_OK && !is_cancelled(audit)) return PL_OK;
  if (is_cancelled(audit)) return pl_fail(err, PL_E_CANCELLED, "stopped before the end");
  pl_error_add_excerpt(err, audit->directory);
  return status;
}

/* ---- options ---------------------------------------------------------------- */

/* "200" rows in all, or "5%" of each source's records. */
static pl_status read_max_rejects(const char *text, pl_run_options *run, pl_error *err) {
  run->max_rejects = UINT64_MAX;
  run->max_reject_share = PL_DEFAULT_REJECT_SHARE;
  if (!text) return PL_OK;
  size_t n = strlen(text), digits = strspn(text, "0123456789");
  if (digits > 0 && digits < 19 && digits == n) {
    run->max_rejects = strtoull(text, NULL, 10);
    run->max_reject_share = 2; /* over 1: no limit */
    return PL_OK;
  }
  bool share = n > 1 && n < 16 && text[n - 1] == '%' && strspn(text, "0123456789.") == n - 1;
  char *end = NULL;
  double percent = share ? strtod(text, &end) : -1;
  if (share && end == text + n - 1 && percent <= 100) {
    run->max_reject_share = percent / 100;
    return PL_OK;
  }
  pl_fail(err, PL_E_USAGE, "max-rejects is \"%s\", which is no number of rows and no share", text);
  return pl_hint(err, "write 200 for 200 rows in all, or 5%% of each source's records");
}

static char *copy_or(pl_arena *arena, const char *text, const char *fallback) {
  const char *from = text ? text : fallback;
  return from ? pl_arena_copy(arena, from, strlen(from)) : NULL;
}

static pl_status take_options(pl_audit *audit, const pl_audit_options *options, pl_error *err) {
  audit->directory = copy_or(&audit->arena, options->directory, ".");
  audit->as_of = copy_or(&audit->arena, options->as_of, NULL);
  audit->department = copy_or(&audit->arena, options->department, NULL);
  audit->run_options.threads = options->threads;
  audit->run_options.progress = options->progress;
  audit->run_options.progress_ctx = options->progress_ctx;
  audit->run_options.cancel = options->cancel;
  if (audit->arena.failed) return pl_fail_memory(err);
  return read_max_rejects(options->max_rejects, &audit->run_options, err);
}

/* --allow paths are the caller's, so relative to where the caller stands. */
static pl_status take_allowed(pl_audit *audit, const pl_audit_options *options, pl_error *err) {
  if (options->allow_n == 0) return PL_OK;
  const char **items = pl_arena_array(&audit->model.arena, options->allow_n, sizeof *items);
  if (!items) return pl_fail_memory(err);
  for (size_t i = 0; i < options->allow_n; i++) {
    char *real = realpath(options->allow[i], NULL);
    if (!real) {
      return pl_fail(err, PL_E_USAGE, "cannot allow \"%s\": %s", options->allow[i],
                     strerror(errno));
    }
    items[i] = pl_arena_copy(&audit->model.arena, real, strlen(real));
    free(real);
    if (!items[i]) return pl_fail_memory(err);
  }
  audit->model.allowed = (pl_texts){items, options->allow_n};
  return PL_OK;
}

/* A plain word for the two mistakes that everybody makes first. */
static pl_status find_workspace(const char *directory, pl_error *err) {
  char path[4096];
  snprintf(path, sizeof path, "%s/audit.lua", directory);
  if (access(directory, F_OK) != 0) {
    return pl_fail(err, PL_E_USAGE, "cannot open the folder \"%s\": %s", directory,
                   strerror(errno));
  }
  if (access(path, R_OK) == 0) return PL_OK;
  if (errno != ENOENT) return pl_fail(err, PL_E_USAGE, "cannot read %s: %s", path, strerror(errno));
  pl_fail(err, PL_E_USAGE, "there is no audit.lua in \"%s\"", directory);
  return pl_hint(err, "go to a workspace or name one with -C; "
                      "`plumbline init --demo DIR` writes an example");
}

/* ---- open, check, run, close ------------------------------------------------- */

/* The program for the workers; one that the host names is believed. */
static pl_status find_program(pl_audit *audit, const pl_audit_options *options, const char **out,
                              pl_error *err) {
  char path[PL_ERROR_PATH];
  *out = options->worker ? copy_or(&audit->arena, options->worker, NULL) : NULL;
  if (options->worker) return *out ? PL_OK : pl_fail_memory(err);
  pl_status status = pl_worker_find(path, err);
  if (status == PL_OK && !(*out = copy_or(&audit->arena, path, NULL))) status = pl_fail_memory(err);
  return status;
}

static pl_status declare_files(pl_audit *audit, const pl_audit_options *options, pl_error *err) {
  const char *program;
  pl_status status = find_workspace(audit->directory, err);
  if (status == PL_OK) status = find_program(audit, options, &program, err);
  if (status != PL_OK) return status;
  pl_rules_options rules = {.directory = audit->directory,
                            .program = program,
                            .department = audit->department,
                            .print = options->print,
                            .print_ctx = options->print_ctx,
                            .cancel = options->cancel};
  return pl_rules_open(&rules, &audit->model, &audit->rules, err);
}

static pl_status declare(pl_audit *audit, const pl_audit_options *options, pl_error *err) {
  pl_status status = pl_audit_take_records(audit, options->records, options->records_n, err);
  if (status != PL_OK) return status;
  status = options->host ? pl_rules_open_host(options->host, audit->directory, &audit->model,
                                              &audit->rules, err)
                         : declare_files(audit, options, err);
  return status == PL_OK ? take_allowed(audit, options, err) : status;
}

pl_status pl_audit_open(const pl_audit_options *options, pl_audit **out, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  *out = NULL;
  pl_audit *audit = pl_calloc(1, sizeof *audit);
  if (!audit) return pl_fail_memory(err);
  pl_status status = take_options(audit, options, err);
  if (status == PL_OK) status = finish(audit, declare(audit, options, err), err);
  if (status == PL_OK) {
    *out = audit;
  } else {
    pl_audit_close(audit);
  }
  return status;
}

void pl_audit_close(pl_audit *audit) {
  if (!audit) return;
  pl_run_free(audit->run);
  pl_bound_free(audit->bound);
  if (audit->json_open) pl_json_decoder_close(&audit->json);
  pl_extensions_close(audit->views);
  pl_rules_close(audit->rules);
  for (size_t i = 0; i < audit->texts_n; i++) pl_buf_free(&audit->texts[i]);
  pl_free(audit->texts);
  pl_buf_free(&audit->left);
  pl_audit_drop_records(audit);
  pl_arena_free(&audit->model.arena);
  pl_arena_free(&audit->arena);
  pl_free(audit);
}

static pl_status bind_plans(pl_audit *audit, bool headers_only, pl_error *err) {
  if (audit->bound) return pl_fail(err, PL_E_USAGE, "this audit was already checked or run");
  pl_status status = pl_json_decoder_open(&audit->json, err);
  if (status != PL_OK) return status;
  audit->json_open = true;
  pl_bind_options options = {.as_of = audit->as_of,
                             .json = &audit->json,
                             .headers_only = headers_only,
                             .cancel = audit->run_options.cancel};
  return pl_bind(&audit->model, &options, &audit->bound, err);
}

static pl_status not_whole(const pl_audit *audit, const char *what, pl_error *err) {
  size_t problems = 0;
  while (pl_audit_problem(audit, problems, NULL)) problems++;
  if (problems == 0) return PL_OK;
  return pl_fail(err, PL_E_PARTIAL, "%zu of the metrics and rule files %s", problems, what);
}

pl_status pl_audit_check(pl_audit *audit, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  pl_status status = bind_plans(audit, true, err);
  if (status == PL_OK) pl_say_left(&audit->left, audit->bound);
  if (status == PL_OK && audit->left.failed) status = pl_fail_memory(err);
  if (status == PL_OK) status = not_whole(audit, "cannot be audited", err);
  return finish(audit, status, err);
}

const char *pl_audit_left(const pl_audit *audit) {
  return audit->left.p ? audit->left.p : "";
}

static pl_status run_all(pl_audit *audit, pl_error *err) {
  pl_status status = bind_plans(audit, false, err);
  if (status == PL_OK) status = pl_run_new(audit->bound, &audit->run_options, &audit->run, err);
  if (status == PL_OK && pl_bound_asks(audit->bound)) status = pl_audit_ask(audit, err);
  if (status == PL_OK) status = pl_run_all(audit->run, err);
  if (status == PL_OK) status = pl_audit_judge(audit, err);
  return status;
}

pl_status pl_audit_run(pl_audit *audit, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  pl_status status = finish(audit, run_all(audit, err), err);
  if (status != PL_OK) {
    audit->result = NULL;
    return status;
  }
  pl_audit_totals totals = pl_audit_count(audit);
  if (totals.not_audited == 0) return not_whole(audit, "could not be audited", err);
  return pl_fail(err, PL_E_PARTIAL, "%llu of %llu metric%s could not be audited",
                 (unsigned long long)totals.not_audited, (unsigned long long)totals.metrics,
                 totals.metrics == 1 ? "" : "s");
}

/* ---- what was found ------------------------------------------------------------ */

const pl_value *pl_audit_result(const pl_audit *audit) {
  return audit->result;
}

static const pl_error *metric_problem(const pl_audit *audit, size_t m) {
  return audit->bound ? audit->bound->metrics[m].failed : audit->model.metrics[m].failed;
}

/* Walks rule files and metrics in report order. */
static const pl_error *problem_at(const pl_audit *audit, size_t want) {
  const pl_model *model = &audit->model;
  size_t seen = 0, m = 0;
  for (size_t d = 0; d < model->departments_n; d++) {
    const pl_department_def *department = &model->departments[d];
    if (department->failed && seen++ == want) return department->failed;
    for (; m < model->metrics_n; m++) {
      if (strcmp(model->metrics[m].department, department->name) != 0) break;
      if (metric_problem(audit, m) && seen++ == want) return metric_problem(audit, m);
    }
  }
  return NULL;
}

bool pl_audit_problem(const pl_audit *audit, size_t i, pl_error *out) {
  const pl_error *problem = problem_at(audit, i);
  if (!problem || !out) return problem != NULL;
  *out = *problem;
  pl_error_add_excerpt(out, audit->directory);
  return true;
}

pl_audit_totals pl_audit_count(const pl_audit *audit) {
  const pl_value *totals = pl_value_get(audit->result, "totals");
  pl_audit_totals out = {
      .departments = audit->model.departments_n,
      .metrics = audit->model.metrics_n,
      .sources = audit->model.sources_n + (audit->model.deals_given ? 1 : 0),
      .flagged = (uint64_t)pl_value_integer(pl_value_get(totals, "flagged"), 0),
      .not_audited = (uint64_t)pl_value_integer(pl_value_get(totals, "error"), 0),
      .rejects = audit->run ? pl_run_scan(audit->run)->rejects.n : 0,
  };
  return out;
}

static void copy_text(char *out, size_t size, pl_str text) {
  size_t n = 0;
  for (; n < text.n && n + 1 < size && text.p[n] && text.p[n] != '\n' && text.p[n] != '\r'; n++)
    out[n] = text.p[n];
  out[n] = '\0';
}

bool pl_audit_reject(const pl_audit *audit, size_t i, pl_error *out) {
  if (!audit->run || i >= pl_run_scan(audit->run)->rejects.n) return false;
  const pl_reject *reject = &pl_run_scan(audit->run)->rejects.items[i];
  pl_fail(out, PL_E_INPUT, "PL%d %.*s", reject->code, PL_STR_ARG(reject->message));
  copy_text(out->file, sizeof out->file, pl_str_of(audit->bound->files[reject->file]));
  copy_text(out->excerpt, sizeof out->excerpt, reject->raw);
  out->line = reject->line;
  out->column = reject->column;
  return true;
}
