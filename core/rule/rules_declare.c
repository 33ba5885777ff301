/* Running every rule file at the same time, and putting what they declared into
 * the model: departments sorted by name, metrics in the order of declaration.
 * A file that fails becomes a failed department; the others go on. */
#include <stdio.h>
#include <stdlib.h>

#include "rule/decode.h"
#include "rule/rules_private.h"

/* One rule file on its way into the model. */
typedef struct entry {
  pl_worker *worker;
  const pl_rule_text *file;
  const char *name; /* of the department; the shown path while unknown */
  bool named;
  bool library;           /* declares nothing: others require it */
  const pl_value *answer; /* in the worker's reply arena */
  const pl_error *failed;
  int failed_code;
} entry;

typedef struct declaring {
  pl_rules *rules;
  pl_model *model;
  entry *entries;
  size_t n;
  pl_error *err;
} declaring;

/* ---- running -------------------------------------------------------------------------------- */

typedef struct file_request {
  declaring *all;
  entry *entry;
} file_request;

static const pl_value *make_file(pl_request *request, pl_arena *arena) {
  const file_request *f = request->ctx;
  return pl_rules_setup(f->all->rules, request->worker, "rules", f->entry->file, f->all->model,
                        arena);
}

static pl_status take_file(pl_request *request, const pl_value *answer, pl_error *err) {
  const file_request *f = request->ctx;
  (void)err;
  if (answer->kind != PL_OBJECT) return PL_E_RULE;
  f->entry->answer = answer;
  return PL_OK;
}

static void set_failed(declaring *all, entry *e, const pl_error *why, int code) {
  e->failed = pl_rules_keep(&all->model->arena, why);
  e->failed_code = code;
  e->answer = NULL;
  if (!e->failed) all->model->arena.failed = true;
}

static void fail_file(pl_request *request, const pl_error *why, int code) {
  const file_request *f = request->ctx;
  set_failed(f->all, f->entry, why, code);
}

static pl_status start_workers(declaring *all) {
  pl_rules *rules = all->rules;
  rules->workers = pl_calloc(all->n ? all->n : 1, sizeof *rules->workers);
  all->entries = pl_calloc(all->n ? all->n : 1, sizeof *all->entries);
  if (!rules->workers || !all->entries) return pl_fail_memory(all->err);
  for (size_t i = 0; i < all->n; i++) {
    pl_worker *worker = &rules->workers[rules->workers_n++];
    entry *e = &all->entries[i];
    pl_error err;
    *e = (entry){.worker = worker, .file = rules->files.items[i].file};
    worker->child = PL_NO_CHILD;
    worker->file = e->file->shown;
    worker->folder = rules->files.items[i].folder;
    e->name = e->file->shown;
    pl_site site = {e->file->shown, 0, 0};
    if (e->file->text.p && pl_worker_open(&rules->exchange, worker, &err) == PL_OK) continue;
    if (!e->file->text.p) pl_fail_at(&err, PL_E_RULE, site, "%s", e->file->problem);
    set_failed(all, e, &err, 110);
  }
  return PL_OK;
}

static pl_status run_all(declaring *all, pl_request *requests, file_request *files) {
  size_t n = 0;
  for (size_t i = 0; i < all->n; i++) {
    if (all->entries[i].failed) continue;
    files[n] = (file_request){all, &all->entries[i]};
    requests[n] = (pl_request){.worker = all->entries[i].worker,
                               .ctx = &files[n],
                               .type = PL_FRAME_DECLARE,
                               .make = make_file,
                               .take = take_file,
                               .failed = fail_file};
    n++;
  }
  return pl_exchange_run(&all->rules->exchange, requests, n, all->err);
}

static pl_status run_files(declaring *all) {
  pl_request *requests = pl_calloc(all->n ? all->n : 1, sizeof *requests);
  file_request *files = pl_calloc(all->n ? all->n : 1, sizeof *files);
  pl_status status = PL_E_MEMORY;
  if (requests && files) status = run_all(all, requests, files);
  pl_free(requests);
  pl_free(files);
  return status == PL_E_MEMORY ? pl_fail_memory(all->err) : status;
}

/* ---- departments ------------------------------------------------------------------------------
 */

/* A file that failed after its `department` line is known by that. */
static void name_failed(entry *e) {
  const char *name = e->worker->department;
  if (!name[0] || strchr(name, '/')) return;
  e->name = name;
  e->named = true;
}

/* Only looks; pl_decode_rules checks. */
static void peek(entry *e, pl_arena *arena) {
  if (e->failed) {
    name_failed(e);
    return;
  }
  const pl_value *who = pl_value_get(e->answer, "department");
  pl_str name = pl_value_str(pl_value_get(who, "name"));
  size_t metrics = pl_value_count(pl_value_get(e->answer, "metrics"));
  e->library = e->answer && !who && metrics == 0;
  if (!e->answer || !name.n || memchr(name.p, 0, name.n) || name.n > PL_MAX_NAME) return;
  const char *copy = pl_arena_copy(arena, name.p, name.n);
  if (copy) e->name = copy;
  e->named = copy != NULL;
}

static int compare_entries(const void *a, const void *b) {
  const entry *x = a, *y = b;
  int c = strcmp(x->name, y->name);
  return c ? c : strcmp(x->file->shown, y->file->shown);
}

/* Where the file names its department. */
static pl_site department_site(const entry *e) {
  int64_t line = pl_value_integer(pl_value_get(pl_value_get(e->answer, "department"), "line"), 1);
  return (pl_site){e->file->shown, line > 0 && line <= INT32_MAX ? (uint32_t)line : 1, 0};
}

/* A department belongs to one file: all that claim the same name fail. The first
 * by file stands for the name; the others stand under their files. */
static void fail_repeated(declaring *all) {
  for (size_t i = 0; i < all->n; i++) {
    size_t last = i;
    while (last + 1 < all->n && all->entries[i].named && all->entries[last + 1].named &&
           strcmp(all->entries[last + 1].name, all->entries[i].name) == 0)
      last++;
    for (size_t k = i; k <= last && last > i; k++) {
      pl_error err;
      const entry *other = &all->entries[k == i ? i + 1 : i];
      pl_site site = department_site(&all->entries[k]);
      pl_fail_at(&err, PL_E_RULE, site, "the department \"%s\" is declared in %s too",
                 all->entries[k].name, other->file->shown);
      pl_hint(&err, "a department belongs to one file; let one require the other");
      set_failed(all, &all->entries[k], &err, 110);
    }
    for (size_t k = i + 1; k <= last; k++) all->entries[k].name = all->entries[k].file->shown;
    i = last;
  }
}

static void drop(declaring *all, bool (*unwanted)(const entry *e, const void *ctx),
                 const void *ctx) {
  size_t kept = 0;
  for (size_t i = 0; i < all->n; i++) {
    if (unwanted(&all->entries[i], ctx))
      pl_worker_close(all->entries[i].worker);
    else
      all->entries[kept++] = all->entries[i];
  }
  all->n = kept;
}

static bool is_library(const entry *e, const void *ctx) {
  (void)ctx;
  return e->library;
}

static bool is_other(const entry *e, const void *name) {
  return strcmp(e->name, name) != 0;
}

static pl_status no_department(declaring *all, const char *name) {
  const char **names = pl_calloc(all->n + 1, sizeof *names);
  if (!names) return pl_fail_memory(all->err);
  for (size_t i = 0; i < all->n; i++) names[i] = all->entries[i].name;
  const char *near = pl_nearest(name, names, all->n);
  pl_fail(all->err, PL_E_USAGE, "there is no department \"%s\"", name);
  const entry *broken = NULL;
  for (size_t i = 0; i < all->n && !broken; i++)
    if (!all->entries[i].named) broken = &all->entries[i];
  if (near)
    pl_hint(all->err, "did you mean \"%s\"?", near);
  else if (broken)
    pl_hint(all->err, "%s could not be run: %s", broken->file->shown, broken->failed->message);
  pl_free(names);
  return PL_E_USAGE;
}

static pl_status choose(declaring *all, const char *department) {
  bool found = !department;
  for (size_t i = 0; i < all->n && !found; i++) found = !is_other(&all->entries[i], department);
  if (!found) return no_department(all, department);
  if (department) drop(all, is_other, department);
  return PL_OK;
}

/* ---- into the model ----------------------------------------------------------------------------
 */

typedef struct part {
  pl_metric_def *metrics;
  size_t n;
} part;

static const char *copy_of(declaring *all, const char *text) {
  return pl_arena_copy(&all->model->arena, text, strlen(text));
}

static pl_status decode_entry(declaring *all, size_t index, part *out) {
  entry *e = &all->entries[index];
  const pl_rule_folder *folder = e->worker->folder;
  pl_department_def *department = &all->model->departments[index];
  pl_error why;
  pl_decoding d = {
      .arena = &all->model->arena, .file = e->file->shown, .worker = (int)index, .err = &why};
  const char **files = pl_arena_array(d.arena, folder->n ? folder->n : 1, sizeof *files);
  for (size_t i = 0; files && i < folder->n; i++) files[i] = folder->files[i].shown;
  d.files = files;
  d.files_n = files ? folder->n : 0;
  if (!e->failed && pl_decode_functions(&d, e->answer, &e->worker->functions) == PL_OK)
    pl_decode_rules(&d, e->answer, department, &out->metrics, &out->n);
  e->worker->functions_n = d.functions_n;
  if (d.status == PL_E_MEMORY) return pl_fail_memory(all->err);
  if (d.status != PL_OK) set_failed(all, e, &why, 110);
  if (e->failed) {
    *department =
        (pl_department_def){copy_of(all, e->name), e->file->shown, e->failed, e->failed_code};
    if (!department->name) return pl_fail_memory(all->err);
    *out = (part){NULL, 0};
    pl_worker_close(e->worker);
    e->worker->functions_n = 0;
  }
  return PL_OK;
}

static pl_status join_metrics(declaring *all, const part *parts) {
  pl_model *model = all->model;
  size_t n = 0;
  for (size_t i = 0; i < all->n; i++) n += parts[i].n;
  if (n > PL_MAX_METRICS)
    return pl_fail(all->err, PL_E_USAGE, "the rules declare more than %d metrics", PL_MAX_METRICS);
  model->metrics = pl_arena_array(&model->arena, n + 1, sizeof *model->metrics);
  if (!model->metrics) return pl_fail_memory(all->err);
  for (size_t i = 0; i < all->n; i++) {
    if (parts[i].n)
      memcpy(model->metrics + model->metrics_n, parts[i].metrics,
             parts[i].n * sizeof *parts->metrics);
    model->metrics_n += parts[i].n;
  }
  return PL_OK;
}

static pl_status fill_model(declaring *all) {
  pl_model *model = all->model;
  pl_rules *rules = all->rules;
  size_t n = all->n ? all->n : 1;
  part *parts = pl_arena_array(&rules->arena, n, sizeof *parts);
  model->departments = pl_arena_array(&model->arena, n, sizeof *model->departments);
  rules->departments = pl_arena_array(&rules->arena, n, sizeof(void *));
  if (!parts || !model->departments || !rules->departments) return pl_fail_memory(all->err);
  model->departments_n = rules->departments_n = all->n;
  for (size_t i = 0; i < all->n; i++) {
    pl_status status = decode_entry(all, i, &parts[i]);
    if (status != PL_OK) return status;
    rules->departments[i] = all->entries[i].worker;
  }
  pl_status status = join_metrics(all, parts);
  for (size_t m = 0; m < model->metrics_n && status == PL_OK; m++)
    if (model->metrics[m].judge.worker == PL_NO_FUNCTION.worker)
      model->metrics[m].judge = model->judge;
  return status;
}

/* A pattern such as "*.lua" matches marketing_test.lua too, which is no rule file. */
static void drop_tests(pl_rule_files *files) {
  size_t kept = 0;
  for (size_t i = 0; i < files->n; i++)
    if (!pl_rule_is_test(files->items[i].file->shown)) files->items[kept++] = files->items[i];
  files->n = kept;
}

pl_status pl_rules_declare(pl_rules *rules, const pl_rules_options *options,
                           const pl_texts *patterns, pl_model *model, pl_error *err) {
  declaring all = {.rules = rules, .model = model, .err = err};
  pl_status status = pl_rule_files_find(&model->arena, options->directory, patterns,
                                        &model->allowed, model->site, &rules->files, err);
  if (status != PL_OK) return status;
  drop_tests(&rules->files);
  all.n = rules->files.n;
  status = start_workers(&all);
  if (status == PL_OK) status = run_files(&all);
  for (size_t i = 0; i < all.n && status == PL_OK; i++) peek(&all.entries[i], &model->arena);
  if (status == PL_OK) {
    drop(&all, is_library, NULL);
    if (all.n) qsort(all.entries, all.n, sizeof *all.entries, compare_entries);
    fail_repeated(&all);
    if (all.n) qsort(all.entries, all.n, sizeof *all.entries, compare_entries);
    status = choose(&all, options->department);
  }
  if (status == PL_OK) status = fill_model(&all);
  pl_free(all.entries);
  return status;
}
