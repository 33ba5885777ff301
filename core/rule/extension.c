/* Running test files and view files, each in a worker of its own. */
#include "rule/extension_private.h"

#include <stdio.h>

#include "rule/embedded.h"

/* ---- the request that declares -------------------------------------------------------- */

static void add_prelude(pl_value *request, const char *path, pl_arena *arena) {
  pl_buf text = {0};
  pl_error err;
  /* The list was built a moment ago, in this very arena. */
  pl_value *list = (pl_value *)(uintptr_t)pl_value_get(request, "prelude");
  if (pl_embedded_text(path, &text, &err) != PL_OK) arena->failed = true;
  pl_value_push(arena, list, pl_value_text(arena, pl_buf_view(&text)));
  pl_buf_free(&text);
}

/* The product's own Lua that views are made of: a user's view requires the same. */
static const char *const modules[][2] = {
    {"plumbline.codes", "codes.lua"},
    {"plumbline.views.csv", "views/csv.lua"},
    {"plumbline.views.json", "views/json.lua"},
    {"plumbline.views.markdown", "views/markdown.lua"},
    {"plumbline.views.terminal", "views/terminal.lua"},
    {"plumbline.views.trace", "views/trace.lua"},
    {"plumbline.views.words", "views/words.lua"},
};

static void add_modules(pl_value *request, pl_arena *arena) {
  pl_value *beside = (pl_value *)(uintptr_t)pl_value_get(request, "beside");
  pl_buf text = {0};
  for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
    pl_error err;
    pl_buf_clear(&text);
    if (pl_embedded_text(modules[i][1], &text, &err) != PL_OK) arena->failed = true;
    pl_value *v = pl_value_object(arena);
    pl_set_text(arena, v, "file", pl_str_of(modules[i][0]));
    pl_set_text(arena, v, "source", pl_buf_view(&text));
    pl_value_set(arena, beside, modules[i][0], v);
  }
  pl_buf_free(&text);
}

typedef struct declaring {
  pl_extensions *all;
  pl_extension *one;
} declaring;

static const pl_value *make_declare(pl_request *request, pl_arena *arena) {
  const declaring *d = request->ctx;
  const pl_extensions *all = d->all;
  pl_value *v = (pl_value *)(uintptr_t)pl_rules_setup(all->rules, request->worker, all->what,
                                                      d->one->file, all->model, arena);
  bool view = strcmp(all->what, "view") == 0;
  add_prelude(v, view ? "prelude_view.lua" : "test/prelude.lua", arena);
  if (view) add_modules(v, arena);
  return v;
}

/* The answer is copied by way of the wire: the worker's own arena is freed when
 * it is asked again. */
static pl_status take_declare(pl_request *request, const pl_value *answer, pl_error *err) {
  const declaring *d = request->ctx;
  pl_buf wire = {0};
  if (answer->kind != PL_OBJECT) return PL_E_RULE;
  if (pl_value_encode(answer, &wire))
    d->one->answer = pl_value_decode(&d->all->arena, pl_buf_view(&wire), true, err);
  pl_buf_free(&wire);
  return d->one->answer ? PL_OK : pl_fail_memory(err);
}

static void set_failed(pl_extensions *all, pl_extension *one, const pl_error *why) {
  one->failed = pl_rules_keep(&all->model->arena, why);
  if (!one->failed) all->model->arena.failed = true;
}

static void fail_declare(pl_request *request, const pl_error *why, int code) {
  const declaring *d = request->ctx;
  (void)code;
  set_failed(d->all, d->one, why);
}

static void start(pl_extensions *all, pl_extension *one, const pl_rule_choice *choice) {
  pl_error err;
  one->worker.child = PL_NO_CHILD;
  one->file = choice->file;
  one->worker.file = choice->file->shown;
  one->worker.folder = choice->folder;
  if (choice->file->text.p && pl_worker_open(&all->rules->exchange, &one->worker, &err) == PL_OK)
    return;
  pl_site site = {choice->file->shown, 0, 0};
  if (!choice->file->text.p) pl_fail_at(&err, PL_E_RULE, site, "%s", choice->file->problem);
  set_failed(all, one, &err);
}

static pl_status declare_all(pl_extensions *all, pl_request *requests, declaring *each,
                             pl_error *err) {
  size_t n = 0;
  for (size_t i = 0; i < all->n; i++) {
    if (all->items[i].failed) continue;
    each[n] = (declaring){all, &all->items[i]};
    requests[n] = (pl_request){.worker = &all->items[i].worker,
                               .ctx = &each[n],
                               .type = PL_FRAME_DECLARE,
                               .make = make_declare,
                               .take = take_declare,
                               .failed = fail_declare};
    n++;
  }
  return pl_exchange_run(&all->rules->exchange, requests, n, err);
}

pl_status pl_extensions_run(pl_extensions *all, const pl_rule_choice *choices, size_t n,
                            pl_error *err) {
  all->items = pl_calloc(n ? n : 1, sizeof *all->items);
  pl_request *requests = pl_calloc(n ? n : 1, sizeof *requests);
  declaring *each = pl_calloc(n ? n : 1, sizeof *each);
  pl_status status = all->items && requests && each ? PL_OK : pl_fail_memory(err);
  for (size_t i = 0; i < n && status == PL_OK; i++) {
    start(all, &all->items[i], &choices[i]);
    all->n++;
  }
  if (status == PL_OK) status = declare_all(all, requests, each, err);
  if (status == PL_OK && all->model->arena.failed) status = pl_fail_memory(err);
  pl_free(requests);
  pl_free(each);
  return status;
}

/* ---- opening, closing, reading ---------------------------------------------------------- */

pl_extensions *pl_extensions_new(pl_rules *rules, pl_model *model, const char *what) {
  pl_extensions *all = pl_calloc(1, sizeof *all);
  if (!all) return NULL;
  all->rules = rules;
  all->model = model;
  all->what = what;
  return all;
}

void pl_extensions_close(pl_extensions *all) {
  if (!all) return;
  for (size_t i = 0; i < all->n; i++) pl_worker_close(&all->items[i].worker);
  pl_free(all->items);
  pl_rule_files_free(&all->files);
  pl_arena_free(&all->arena);
  pl_free(all);
}

size_t pl_extensions_count(const pl_extensions *all) {
  return all->n;
}

const char *pl_extension_file(const pl_extensions *all, size_t i) {
  return all->items[i].file->shown;
}

const pl_value *pl_extension_answer(const pl_extensions *all, size_t i) {
  return all->items[i].answer;
}

const pl_error *pl_extension_failed(const pl_extensions *all, size_t i) {
  return all->items[i].failed;
}

/* ---- tests -------------------------------------------------------------------------------- */

static bool wanted(const pl_rule_text *file, const char *const *only, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(file->path, only[i]) == 0) return true;
  return n == 0;
}

static size_t collect(const pl_rule_files *files, const char *const *only, size_t n,
                      pl_rule_choice *out) {
  size_t found = 0;
  for (size_t f = 0; f < files->folders_n; f++) {
    const pl_rule_folder *folder = files->folders[f];
    for (size_t i = 0; i < folder->n; i++) {
      if (!pl_rule_is_test(folder->files[i].shown) || !wanted(&folder->files[i], only, n)) continue;
      if (out) out[found] = (pl_rule_choice){folder, &folder->files[i]};
      found++;
    }
  }
  return found;
}

static bool is_test(const pl_rule_files *files, const char *path) {
  return collect(files, &path, 1, NULL) > 0;
}

pl_status pl_tests_declare(pl_rules *rules, pl_model *model, const char *const *only, size_t n,
                           pl_extensions **out, pl_error *err) {
  *out = NULL;
  for (size_t i = 0; i < n; i++) {
    if (is_test(&rules->files, only[i])) continue;
    pl_fail(err, PL_E_USAGE, "%s is not a test of this workspace", only[i]);
    return pl_hint(err, "tests stand beside the rules, in files that end in _test.lua");
  }
  pl_extensions *all = pl_extensions_new(rules, model, "test");
  size_t count = collect(&rules->files, only, n, NULL);
  pl_rule_choice *choices = all ? pl_arena_array(&all->arena, count + 1, sizeof *choices) : NULL;
  pl_status status = choices ? PL_OK : pl_fail_memory(err);
  if (status == PL_OK) collect(&rules->files, only, n, choices);
  if (status == PL_OK) status = pl_extensions_run(all, choices, count, err);
  if (status == PL_OK)
    *out = all;
  else
    pl_extensions_close(all);
  return status;
}
