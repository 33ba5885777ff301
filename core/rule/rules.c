/* Opening and closing the rules of a workspace: audit.lua first, then every
 * rule file. */
#include "rule/rules_private.h"

#include <stdio.h>
#include <sys/stat.h>

#include "rule/decode.h"
#include "rule/embedded.h"
#include "rule/profile_files.h"

pl_error *pl_rules_keep(pl_arena *arena, const pl_error *err) {
  pl_error *copy = pl_arena_alloc(arena, sizeof *copy);
  if (copy) *copy = *err;
  return copy;
}

pl_worker *pl_rules_worker(pl_rules *rules, pl_function call) {
  pl_worker *worker = NULL;
  if (call.worker == -1)
    worker = &rules->audit;
  else if (call.worker >= 0 && (size_t)call.worker < rules->departments_n)
    worker = rules->departments[call.worker];
  return worker && call.id >= 0 && (size_t)call.id < worker->functions_n ? worker : NULL;
}

/* ---- the request that declares ---------------------------------------------------------- */

/* The rule API in Lua, in the order in which it is run. */
static const char *const prelude[] = {
    "prelude.lua",         "prelude_absent.lua", "prelude_check.lua",  "prelude_trace.lua",
    "prelude_compute.lua", "prelude_audit.lua",  "prelude_metric.lua", "prelude_profile.lua"};

void pl_rules_add_prelude(pl_value *request, pl_arena *arena) {
  pl_value *list = pl_value_set(arena, request, "prelude", pl_value_list(arena));
  pl_buf text = {0};
  for (size_t i = 0; i < sizeof prelude / sizeof *prelude; i++) {
    pl_error err;
    pl_buf_clear(&text);
    if (pl_embedded_text(prelude[i], &text, &err) != PL_OK) arena->failed = true;
    pl_value_push(arena, list, pl_value_text(arena, pl_buf_view(&text)));
  }
  pl_buf_free(&text);
}

static void add_beside(pl_value *request, const pl_rule_folder *folder, pl_arena *arena) {
  pl_value *beside = pl_value_set(arena, request, "beside", pl_value_object(arena));
  for (size_t i = 0; i < folder->n; i++) {
    const pl_rule_text *file = &folder->files[i];
    if (!file->text.p) continue;
    pl_value *v = pl_value_object(arena);
    pl_set_text(arena, v, "file", pl_str_of(file->shown));
    pl_set_text(arena, v, "source", file->text);
    pl_value_set(arena, beside, file->name, v);
  }
}

static void add_fact(pl_value *audit, const char *key, const char *text, pl_arena *arena) {
  if (text) pl_set_text(arena, audit, key, pl_str_of(text));
}

const pl_value *pl_rules_setup(const pl_rules *rules, const pl_worker *worker, const char *what,
                               const pl_rule_text *file, const pl_model *audit, pl_arena *arena) {
  pl_value *request = pl_value_object(arena);
  pl_value *limits = pl_value_object(arena), *facts = pl_value_object(arena);
  pl_set_text(arena, request, "what", pl_str_of(what));
  pl_set_text(arena, request, "file", pl_str_of(file->shown));
  pl_set_text(arena, request, "source", file->text);
  pl_set_int(arena, limits, "memory", (int64_t)rules->exchange.limits.memory);
  pl_set_int(arena, limits, "cpu_s", rules->exchange.limits.cpu_s);
  pl_value_set(arena, request, "limits", limits);
  add_fact(facts, "title", audit->title, arena);
  add_fact(facts, "as_of", audit->as_of, arena);
  add_fact(facts, "currency", audit->currency, arena);
  add_fact(facts, "timezone", audit->timezone, arena);
  pl_value_set(arena, request, "audit", facts);
  add_beside(request, worker->folder, arena);
  pl_rules_add_prelude(request, arena);
  return request;
}

/* ---- audit.lua ------------------------------------------------------------------------------ */

typedef struct audit_request {
  pl_request request; /* first: the callbacks are given this */
  pl_rules *rules;
  const pl_rule_text *file;
  pl_model *model;
  pl_texts *patterns;
  pl_status status;
  pl_error *err;
} audit_request;

/* Only where the word is met, because reading them all takes a while. */
static bool mentions_profiles(const pl_rule_folder *folder) {
  for (size_t i = 0; i < folder->n; i++) {
    pl_str text = folder->files[i].text;
    if (text.p && memmem(text.p, text.n, "profile", strlen("profile"))) return true;
  }
  return false;
}

static pl_status read_profiles(pl_rules *rules, const char *directory, pl_model *model,
                               pl_error *err) {
  if (!mentions_profiles(rules->audit.folder)) return PL_OK;
  pl_status status =
      pl_profile_files_find(&model->arena, directory, &model->allowed, &rules->profiles, err);
  rules->audit.profiles = status == PL_OK ? &rules->profiles->folder : NULL;
  return status;
}

static const pl_value *make_audit(pl_request *request, pl_arena *arena) {
  audit_request *a = request->ctx;
  pl_value *v = (pl_value *)(uintptr_t)pl_rules_setup(a->rules, request->worker, "audit", a->file,
                                                      a->model, arena);
  pl_profile_files_add(a->rules->profiles, v, arena);
  return v;
}

static const char *const *shown_files(const pl_rule_folder *folder, pl_arena *arena) {
  const char **out = pl_arena_array(arena, folder->n ? folder->n : 1, sizeof *out);
  for (size_t i = 0; out && i < folder->n; i++) out[i] = folder->files[i].shown;
  return out;
}

static pl_status take_audit(pl_request *request, const pl_value *answer, pl_error *err) {
  audit_request *a = request->ctx;
  pl_worker *worker = request->worker;
  pl_decoding d = {.arena = &a->model->arena, .file = worker->file, .worker = -1, .err = a->err};
  d.files = shown_files(worker->folder, d.arena);
  d.files_n = d.files ? worker->folder->n : 0;
  if (pl_decode_functions(&d, answer, &worker->functions) == PL_OK)
    pl_decode_audit(&d, answer, a->model, a->patterns);
  worker->functions_n = d.functions_n;
  if (d.status == PL_OK && d.arena->failed) d.status = PL_E_MEMORY;
  a->status = d.status == PL_E_RULE ? PL_E_USAGE : d.status;
  if (a->status == PL_E_USAGE && a->err) a->err->status = PL_E_USAGE;
  return d.status == PL_E_MEMORY ? pl_fail_memory(err) : PL_OK;
}

static void fail_audit(pl_request *request, const pl_error *why, int code) {
  audit_request *a = request->ctx;
  (void)code;
  a->status = PL_E_USAGE;
  if (!a->err) return;
  *a->err = *why;
  a->err->status = PL_E_USAGE;
}

static pl_status find_audit(pl_rules *rules, const char *directory, pl_model *model,
                            pl_error *err) {
  const char *name = "audit.lua";
  char path[PL_ERROR_PATH];
  struct stat st;
  pl_texts one = {&name, 1};
  snprintf(path, sizeof path, "%s/%s", directory, name);
  if (stat(path, &st) != 0) {
    pl_fail(err, PL_E_USAGE, "there is no audit.lua in %s", directory);
    return pl_hint(err, "name the workspace's folder, or make one: plumbline init --demo DIR");
  }
  return pl_rule_files_find(&model->arena, directory, &one, &model->allowed, (pl_site){name, 0, 0},
                            &rules->audit_files, err);
}

static pl_status declare_audit(pl_rules *rules, const char *directory, pl_model *model,
                               pl_texts *patterns, pl_error *err) {
  pl_status status = find_audit(rules, directory, model, err);
  if (status != PL_OK) return status;
  const pl_rule_text *file = rules->audit_files.items[0].file;
  pl_site site = {file->shown, 0, 0};
  if (!file->text.p) return pl_fail_at(err, PL_E_USAGE, site, "%s", file->problem);
  rules->audit.file = file->shown;
  rules->audit.folder = rules->audit_files.items[0].folder;
  status = pl_worker_open(&rules->exchange, &rules->audit, err);
  if (status != PL_OK) return status;
  audit_request a = {
      .rules = rules, .file = file, .model = model, .patterns = patterns, .err = err};
  status = read_profiles(rules, directory, model, err);
  if (status != PL_OK) return status;
  a.request = (pl_request){.worker = &rules->audit,
                           .ctx = &a,
                           .type = PL_FRAME_DECLARE,
                           .make = make_audit,
                           .take = take_audit,
                           .failed = fail_audit};
  status = pl_exchange_run(&rules->exchange, &a.request, 1, err);
  return status == PL_OK ? a.status : status;
}

/* ---- opening and closing -------------------------------------------------------------------- */

pl_limits pl_limits_or_defaults(pl_limits limits) {
  if (!limits.memory) limits.memory = 256ull << 20;
  if (!limits.cpu_s) limits.cpu_s = 10;
  if (!limits.active_ms) limits.active_ms = 60000;
  if (!limits.output) limits.output = 256ull << 20;
  return limits;
}

pl_status pl_rules_open(const pl_rules_options *options, pl_model *model, pl_rules **out,
                        pl_error *err) {
  pl_texts patterns = {NULL, 0};
  *out = NULL;
  pl_rules *rules = pl_calloc(1, sizeof *rules);
  if (!rules) return pl_fail_memory(err);
  rules->audit.child = PL_NO_CHILD;
  rules->exchange = (pl_exchange){.limits = pl_limits_or_defaults(options->limits),
                                  .program = options->program,
                                  .print = options->print,
                                  .print_ctx = options->print_ctx,
                                  .cancel = options->cancel};
  if (!model->directory)
    model->directory = pl_arena_copy(&model->arena, options->directory, strlen(options->directory));
  pl_status status = model->directory ? PL_OK : pl_fail_memory(err);
  if (status == PL_OK) status = declare_audit(rules, options->directory, model, &patterns, err);
  if (status == PL_OK) status = pl_rules_declare(rules, options, &patterns, model, err);
  if (status == PL_OK && model->arena.failed) status = pl_fail_memory(err);
  if (status == PL_OK)
    *out = rules;
  else
    pl_rules_close(rules);
  return status;
}

void pl_rules_close(pl_rules *rules) {
  if (!rules) return;
  pl_worker_close(&rules->audit);
  for (size_t i = 0; i < rules->workers_n; i++) pl_worker_close(&rules->workers[i]);
  pl_free(rules->workers);
  pl_rule_files_free(&rules->audit_files);
  pl_rule_files_free(&rules->files);
  pl_arena_free(&rules->arena);
  pl_free(rules);
}
