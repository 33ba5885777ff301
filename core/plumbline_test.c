/* `plumbline test`: the rule author's own tests, run and told. */
#include "plumbline_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/views.h"

/* ---- one test -------------------------------------------------------------------------- */

static void set_error(pl_arena *a, pl_value *into, const pl_error *why) {
  pl_value *error = pl_value_set(a, into, "error", pl_value_object(a));
  pl_set_text(a, error, "message", pl_str_of(why->message));
  if (why->file[0]) pl_set_text(a, error, "file", pl_str_of(why->file));
  if (why->line) pl_set_int(a, error, "line", why->line);
  if (why->hint[0]) pl_set_text(a, error, "hint", pl_str_of(why->hint));
}

/* passed, failed, todo (it failed, as announced) or todo_passed. */
static void set_outcome(pl_tests *tests, pl_value *entry, bool passed, bool todo) {
  static const char *const words[] = {"failed", "passed", "todo", "todo_passed"};
  pl_set_text(&tests->arena, entry, "outcome", pl_str_of(words[(todo ? 2 : 0) + (passed ? 1 : 0)]));
  pl_tests_totals *totals = &tests->totals;
  totals->tests++;
  totals->passed += passed && !todo;
  totals->failed += !passed && !todo;
  totals->todo += todo;
  totals->todo_passed += passed && todo;
}

static const pl_metric_def *metric_of(pl_tests *tests, const char *name, pl_site site,
                                      pl_error *err) {
  const char *id;
  if (pl_audit_metric(tests->audit, name, &id, err) != PL_OK) {
    snprintf(err->file, sizeof err->file, "%s", site.file);
    err->line = site.line;
    return NULL;
  }
  const pl_model *model = &tests->audit->model;
  for (size_t m = 0; m < model->metrics_n; m++)
    if (strcmp(model->metrics[m].id, id) == 0) return &model->metrics[m];
  return NULL;
}

typedef struct chosen { /* what to run: see pl_test_options */
  const char *name, *department;
  bool all_files;
} chosen;

static bool is_chosen(const chosen *which, const char *name, const pl_metric_def *metric) {
  if (which->name && !strstr(name, which->name)) return false;
  return !which->department || !metric || strcmp(metric->department, which->department) == 0;
}

static void describe(pl_tests *tests, pl_value *entry, const pl_value *test, const char *file,
                     const pl_metric_def *metric) {
  pl_arena *a = &tests->arena;
  pl_set_text(a, entry, "name", pl_value_str(pl_value_get(test, "name")));
  pl_set_text(a, entry, "file", pl_str_of(file));
  pl_set_int(a, entry, "line", pl_value_integer(pl_value_get(test, "line"), 0));
  if (metric) pl_set_text(a, entry, "metric", pl_str_of(metric->id));
  pl_str todo = pl_value_str(pl_value_get(test, "todo"));
  if (todo.n) pl_set_text(a, entry, "todo", todo);
}

/* Runs one test into `list`; marks its metric as tested. */
static pl_status run_test(pl_tests *tests, const pl_value *test, const char *file,
                          const chosen *which, bool *tested, pl_value *list, pl_error *err) {
  pl_arena *a = &tests->arena;
  pl_error why = {0};
  int64_t line = pl_value_integer(pl_value_get(test, "line"), 0);
  pl_site site = {file, line > 0 && line < INT32_MAX ? (uint32_t)line : 0, 0};
  pl_str name = pl_value_str(pl_value_get(test, "name"));
  pl_str asked = pl_value_str(pl_value_get(test, "metric"));
  const char *metric_name = pl_arena_copy(a, asked.p, asked.n);
  const char *test_name = pl_arena_copy(a, name.p, name.n);
  if (!metric_name || !test_name) return pl_fail_memory(err);
  const pl_metric_def *metric = metric_of(tests, metric_name, site, &why);
  if (metric) tested[metric - tests->audit->model.metrics] = true;
  if (!is_chosen(which, test_name, metric)) return PL_OK;
  pl_value *entry = pl_value_push(a, list, pl_value_object(a));
  describe(tests, entry, test, file, metric);
  const pl_value *finding = NULL;
  pl_status status = metric ? pl_test_find(tests, test, site, metric, &finding, &why) : PL_E_USAGE;
  if (status == PL_E_MEMORY || status == PL_E_CANCELLED || status == PL_E_OUTPUT) {
    if (err) *err = why;
    return status;
  }
  bool passed = false;
  if (status == PL_OK) {
    pl_value *differ = pl_test_compare(a, pl_value_get(test, "expect"), finding);
    passed = pl_value_count(differ) == 0;
    pl_value_set(a, entry, "differs", differ);
    const pl_value *headline = pl_value_get(finding, "headline");
    if (headline) pl_set_text(a, entry, "headline", pl_value_str(headline));
    const pl_value *error = pl_value_get(finding, "error");
    if (error && !passed) pl_value_set(a, entry, "error", (pl_value *)(uintptr_t)error);
  } else {
    set_error(a, entry, &why);
  }
  set_outcome(tests, entry, passed, pl_value_get(test, "todo") != NULL);
  return a->failed ? pl_fail_memory(err) : PL_OK;
}

/* ---- all of them ------------------------------------------------------------------------ */

/* A file that cannot be run is a failed test of its own. */
static void add_broken(pl_tests *tests, size_t i, pl_value *list) {
  pl_arena *a = &tests->arena;
  const pl_error *why = pl_extension_failed(tests->files, i);
  pl_value *entry = pl_value_push(a, list, pl_value_object(a));
  const char *file = pl_extension_file(tests->files, i);
  pl_set_text(a, entry, "name", pl_str_of(file));
  pl_set_text(a, entry, "file", pl_str_of(file));
  pl_set_int(a, entry, "line", why->line);
  set_error(a, entry, why);
  set_outcome(tests, entry, false, false);
}

static pl_status run_file(pl_tests *tests, size_t i, const chosen *which, bool *tested,
                          pl_value *list, pl_error *err) {
  if (!pl_extension_answer(tests->files, i)) {
    add_broken(tests, i, list);
    return PL_OK;
  }
  const pl_value *all = pl_value_get(pl_extension_answer(tests->files, i), "tests");
  const volatile bool *cancel = tests->audit->run_options.cancel;
  pl_status status = PL_OK;
  for (size_t k = 0; k < pl_value_count(all) && status == PL_OK; k++) {
    if (cancel && *cancel) return pl_fail(err, PL_E_CANCELLED, "stopped before the end");
    status = run_test(tests, pl_value_at(all, k), pl_extension_file(tests->files, i), which, tested,
                      list, err);
  }
  return status;
}

/* Metrics with a trace that no test names; nobody asked when only some are run. */
static void list_untested(pl_tests *tests, const chosen *which, const bool *tested) {
  pl_arena *a = &tests->arena;
  const pl_model *model = &tests->audit->model;
  pl_value *list = pl_value_set(a, tests->outcome, "untested", pl_value_list(a));
  for (size_t m = 0; m < model->metrics_n && which->all_files && !which->name; m++) {
    const pl_metric_def *metric = &model->metrics[m];
    bool other = which->department && strcmp(which->department, metric->department) != 0;
    if (tested[m] || other || (metric->branches_n == 0 && !metric->failed)) continue;
    pl_value *entry = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, entry, "metric", pl_str_of(metric->id));
    pl_set_text(a, entry, "file", pl_str_of(metric->site.file ? metric->site.file : ""));
    pl_set_int(a, entry, "line", metric->site.line);
    tests->totals.untested++;
  }
}

static void set_totals(pl_tests *tests) {
  pl_arena *a = &tests->arena;
  const pl_tests_totals *t = &tests->totals;
  pl_value *totals = pl_value_set(a, tests->outcome, "totals", pl_value_object(a));
  pl_set_int(a, totals, "tests", (int64_t)t->tests);
  pl_set_int(a, totals, "passed", (int64_t)t->passed);
  pl_set_int(a, totals, "failed", (int64_t)t->failed);
  pl_set_int(a, totals, "todo", (int64_t)t->todo);
  pl_set_int(a, totals, "todo_passed", (int64_t)t->todo_passed);
  pl_set_int(a, totals, "untested", (int64_t)t->untested);
}

static pl_status run_all(pl_tests *tests, const chosen *which, pl_error *err) {
  pl_arena *a = &tests->arena;
  const pl_model *model = &tests->audit->model;
  bool *tested = pl_arena_array(a, model->metrics_n + 1, sizeof *tested);
  tests->outcome = pl_value_object(a);
  pl_set_text(a, tests->outcome, "title", pl_str_of(model->title ? model->title : ""));
  pl_value *list = pl_value_set(a, tests->outcome, "tests", pl_value_list(a));
  if (!tested) return pl_fail_memory(err);
  pl_status status = PL_OK;
  for (size_t i = 0; i < pl_extensions_count(tests->files) && status == PL_OK; i++)
    status = run_file(tests, i, which, tested, list, err);
  if (status != PL_OK) return status;
  list_untested(tests, which, tested);
  set_totals(tests);
  return a->failed ? pl_fail_memory(err) : PL_OK;
}

/* ---- opening, reading, closing ------------------------------------------------------------ */

static pl_status real_files(pl_tests *tests, const pl_test_options *options, const char ***out,
                            pl_error *err) {
  const char **files = pl_arena_array(&tests->arena, options->files_n + 1, sizeof *files);
  if (!files) return pl_fail_memory(err);
  for (size_t i = 0; i < options->files_n; i++) {
    char *real = realpath(options->files[i], NULL);
    if (!real)
      return pl_fail(err, PL_E_USAGE, "cannot open %s: %s", options->files[i], strerror(errno));
    files[i] = pl_arena_copy(&tests->arena, real, strlen(real));
    free(real);
    if (!files[i]) return pl_fail_memory(err);
  }
  *out = files;
  return PL_OK;
}

static pl_status check_department(const pl_tests *tests, const char *name, pl_error *err) {
  const pl_model *model = &tests->audit->model;
  const char **names = pl_calloc(model->departments_n + 1, sizeof *names);
  bool found = !name;
  if (!names) return pl_fail_memory(err);
  for (size_t d = 0; d < model->departments_n; d++) {
    names[d] = model->departments[d].name;
    found = found || strcmp(names[d], name) == 0;
  }
  if (!found) {
    const char *near = pl_nearest(name, names, model->departments_n);
    pl_fail(err, PL_E_USAGE, "there is no department \"%s\"", name);
    if (near) pl_hint(err, "did you mean \"%s\"?", near);
  }
  pl_free(names);
  return found ? PL_OK : PL_E_USAGE;
}

static pl_status fail_none(const pl_test_options *options, pl_error *err) {
  if (options->name) {
    pl_fail(err, PL_E_USAGE, "no test has \"%s\" in its name", options->name);
    return PL_E_USAGE;
  }
  pl_fail(err, PL_E_USAGE, "there are no tests");
  return pl_hint(err,
                 "tests stand beside the rules, in files that end in _test.lua: "
                 "test \"a lead wins\" { metric = \"…\", rows = { leads = { { id = \"a\" } } }, "
                 "expect = { verdict = \"linked\" } }");
}

static pl_status open_all(pl_tests *tests, const pl_audit_options *audit,
                          const pl_test_options *options, pl_error *err) {
  pl_audit_options all = *audit;
  const char **files = NULL;
  all.department = NULL; /* a test may name any metric; which are run is chosen below */
  pl_status status = pl_audit_open(&all, &tests->audit, err);
  if (status == PL_OK) status = check_department(tests, audit->department, err);
  if (status == PL_OK) status = pl_json_decoder_open(&tests->audit->json, err);
  if (status != PL_OK) return status;
  tests->audit->json_open = true;
  status = real_files(tests, options, &files, err);
  if (status == PL_OK)
    status = pl_tests_declare(tests->audit->rules, &tests->audit->model, files, options->files_n,
                              &tests->files, err);
  if (status == PL_OK) status = pl_test_find_columns(tests, err);
  if (status == PL_OK) status = pl_test_make_folder(tests, err);
  chosen which = {options->name, audit->department, options->files_n == 0};
  if (status == PL_OK) status = run_all(tests, &which, err);
  pl_test_remove_folder(tests);
  if (status == PL_OK && tests->totals.tests == 0) status = fail_none(options, err);
  return status;
}

pl_status pl_tests_open(const pl_audit_options *audit, const pl_test_options *options,
                        pl_tests **out, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const pl_test_options none = {0};
  *out = NULL;
  pl_tests *tests = pl_calloc(1, sizeof *tests);
  if (!tests) return pl_fail_memory(err);
  pl_status status = open_all(tests, audit, options ? options : &none, err);
  if (status == PL_OK)
    *out = tests;
  else
    pl_tests_close(tests);
  return status;
}

void pl_tests_close(pl_tests *tests) {
  if (!tests) return;
  for (size_t i = 0; i < tests->tables_n; i++) pl_free(tests->tables[i].columns);
  pl_extensions_close(tests->files);
  pl_audit_close(tests->audit);
  pl_arena_free(&tests->arena);
  pl_free(tests);
}

pl_tests_totals pl_tests_count(const pl_tests *tests) {
  return tests->totals;
}

pl_status pl_tests_render(pl_tests *tests, const char *view, const pl_view_options *options,
                          const char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const pl_view_options plain = {0};
  if (!options) options = &plain;
  bool json = strcmp(view, "json") == 0;
  if (!json && strcmp(view, "terminal") != 0 && strcmp(view, "tap") != 0 &&
      strcmp(view, "junit") != 0)
    return pl_fail(err, PL_E_USAGE, "tests cannot be drawn as \"%s\"", view);
  pl_arena *a = &tests->arena;
  pl_value *how = pl_value_object(a);
  pl_set_text(a, how, "view", pl_str_of(view));
  pl_set_int(a, how, "width", options->width ? options->width : 80);
  pl_set_bool(a, how, "color", options->color);
  pl_set_bool(a, how, "verbose", options->verbose);
  pl_buf out = {0};
  pl_status status = pl_view_render(json ? "json" : "test", tests->outcome, how, &out, err);
  char *copy = status == PL_OK ? pl_arena_copy(a, pl_buf_view(&out).p, out.n) : NULL;
  if (status == PL_OK && (!copy || a->failed)) status = pl_fail_memory(err);
  if (status == PL_OK) {
    *text = copy;
    *size = out.n;
  }
  pl_buf_free(&out);
  return status;
}
