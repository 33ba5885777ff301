/* One test: the audit of its rows, with its metric alone, and what differs. */
#include <stdio.h>
#include <string.h>

#include "plumbline_test.h"

/* ---- the audit of a few rows ------------------------------------------------------------- */

static void stand_in(pl_source_def *def, const pl_test_table *table) {
  *def = *table->def;
  def->paths = (pl_texts){(const char **)(uintptr_t)&table->file, 1};
  def->dialect = (pl_dialect){.format = PL_FORMAT_CSV, .delimiter = ','};
  def->format_given = def->delimiter_given = true;
  def->names_n = 0; /* the rows have the names that rules use */
}

static const char *text_of(pl_arena *arena, const pl_value *object, const char *key) {
  const pl_value *v = pl_value_get(object, key);
  return v && v->kind == PL_TEXT ? pl_arena_copy(arena, v->as.text.p, v->as.text.n) : NULL;
}

/* The workspace's model with the rows as exports and one metric. */
static pl_status make_model(pl_tests *tests, const pl_value *test, const pl_metric_def *metric,
                            pl_model *out, pl_metric_def *one, pl_error *err) {
  const pl_model *real = &tests->audit->model;
  *out = *real;
  out->directory = tests->folder;
  out->allowed = (pl_texts){NULL, 0};
  out->sources = pl_arena_array(&tests->arena, real->sources_n + 1, sizeof *out->sources);
  if (!out->sources) return pl_fail_memory(err);
  for (size_t i = 0; i < real->sources_n; i++) stand_in(&out->sources[i], &tests->tables[i]);
  if (real->deals_given) stand_in(&out->deals.source, &tests->tables[real->sources_n]);
  *one = *metric;
  out->metrics = one;
  out->metrics_n = 1;
  const char *as_of = text_of(&tests->arena, test, "as_of");
  const char *cycle = text_of(&tests->arena, test, "cycle");
  if (as_of) out->as_of = as_of;
  if (cycle) out->cycle = cycle;
  return PL_OK;
}

/* The files of the rows are ours: an error at one is shown as its row. */
static void name_row(const pl_tests *tests, pl_error *err) {
  char text[PL_ERROR_TEXT];
  for (size_t i = 0; i < tests->tables_n; i++) {
    if (strcmp(tests->tables[i].file, err->file) != 0) continue;
    snprintf(text, sizeof text, "%s", err->message);
    snprintf(err->message, sizeof err->message, "row %u of %s: %.900s",
             err->line > 1 ? err->line - 1 : 1, tests->tables[i].def->name, text);
    err->file[0] = err->excerpt[0] = '\0';
    err->line = err->column = 0;
  }
}

/* Rows that could not be used say more than how many there are. */
static void name_reject(const pl_tests *tests, pl_error *err) {
  pl_error reject = {0};
  if (!tests->audit->run || !pl_audit_reject(tests->audit, 0, &reject)) return;
  *err = reject;
  pl_hint(err, "rows are written as the export writes them, in the source's own formats");
}

static pl_status run_bound(pl_audit *audit, pl_error *err) {
  pl_run_options options = audit->run_options;
  options.threads = 1;
  options.progress = NULL;
  pl_status status = pl_run_new(audit->bound, &options, &audit->run, err);
  if (status == PL_OK && pl_bound_asks(audit->bound)) status = pl_audit_ask(audit, err);
  if (status == PL_OK) status = pl_run_all(audit->run, err);
  if (status == PL_OK) status = pl_audit_judge(audit, err);
  return status;
}

pl_status pl_test_find(pl_tests *tests, const pl_value *test, pl_site site,
                       const pl_metric_def *metric, const pl_value **finding, pl_error *err) {
  pl_audit *audit = tests->audit;
  pl_model model;
  pl_metric_def one;
  pl_error own = {0};
  if (!err) err = &own;
  pl_status status = make_model(tests, test, metric, &model, &one, err);
  if (status != PL_OK) return status;
  if (!model.as_of) {
    pl_fail_at(err, PL_E_USAGE, site, "neither this test nor audit.lua says what counts as today");
    return pl_hint(err, "add as_of = \"2024-06-30\" to the test, so that it is true tomorrow too");
  }
  status = pl_test_write_rows(tests, pl_value_get(test, "rows"), site, err);
  if (status != PL_OK) return status;
  pl_bind_options options = {.as_of = model.as_of, .json = &audit->json};
  audit->result = NULL;
  status = pl_bind(&model, &options, &audit->bound, err);
  if (status == PL_OK) status = run_bound(audit, err);
  if (status == PL_E_INPUT) name_reject(tests, err);
  if (status == PL_E_INPUT || status == PL_E_USAGE) name_row(tests, err);
  if (status == PL_OK) *finding = pl_value_at(pl_value_get(audit->result, "findings"), 0);
  pl_run_free(audit->run);
  pl_bound_free(audit->bound);
  audit->run = NULL;
  audit->bound = NULL;
  audit->result = NULL;
  return status;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static const pl_value *path(const pl_value *v, const char *const *keys) {
  for (; *keys; keys++) v = pl_value_get(v, *keys);
  return v;
}
#define AT(v, ...) path(v, (const char *const[]){__VA_ARGS__, NULL})

static const pl_value *reached(const pl_value *finding, const char *status, const char *what) {
  return AT(finding, "evidence", "deals", status, "reached", what);
}

/* Where the trace breaks: of several branches, the first that does. */
static const pl_value *breaks(const pl_value *finding) {
  const pl_value *branches = AT(finding, "evidence", "branches");
  const pl_value *at = NULL;
  for (size_t i = 0; !at && i < pl_value_count(branches); i++)
    at = pl_value_get(pl_value_at(branches, i), "breaks_at");
  return at;
}

static const pl_value *found(const pl_value *finding, const char *field) {
  const pl_value *standard = AT(finding, "standard", "verdict");
  if (strcmp(field, "won") == 0 || strcmp(field, "lost") == 0 || strcmp(field, "open") == 0)
    return reached(finding, field, "deals");
  if (strcmp(field, "amount") == 0) return reached(finding, "won", "amount");
  if (strcmp(field, "breaks") == 0) return breaks(finding);
  if (strcmp(field, "origins") == 0) return AT(finding, "evidence", "origins", "records");
  if (strcmp(field, "text") == 0) return AT(finding, "judge", "text");
  if (strcmp(field, "message") == 0) return AT(finding, "error", "message");
  if (strcmp(field, "standard") == 0 && standard) return standard;
  return pl_value_get(finding, strcmp(field, "standard") == 0 ? "verdict" : field);
}

static pl_str shown(pl_arena *arena, const pl_value *v, const char *field) {
  const char *none = strcmp(field, "breaks") == 0 ? "no" : "none";
  if (!v || v->kind == PL_NULL) return pl_str_of(none);
  if (v->kind == PL_BOOL) return pl_str_of(v->as.boolean ? "true" : "false");
  if (v->kind == PL_INT) return pl_str_of(pl_arena_format(arena, "%lld", (long long)v->as.integer));
  return pl_value_str(v);
}

/* "100.00" and "100" are the same amount. */
static pl_str without_zeros(pl_str text) {
  if (!memchr(text.p, '.', text.n)) return text;
  while (text.n && text.p[text.n - 1] == '0') text.n--;
  if (text.n && text.p[text.n - 1] == '.') text.n--;
  return text;
}

static bool contains(pl_str text, pl_str part) {
  return part.n > 0 && memmem(text.p, text.n, part.p, part.n) != NULL;
}

static bool agrees(const char *field, pl_str expected, pl_str got) {
  if (strcmp(field, "text") == 0 || strcmp(field, "message") == 0) return contains(got, expected);
  if (strcmp(field, "amount") != 0) return pl_str_eq(expected, got);
  return pl_str_eq(without_zeros(expected), without_zeros(got));
}

pl_value *pl_test_compare(pl_arena *arena, const pl_value *expect, const pl_value *finding) {
  static const char *const fields[] = {"verdict",  "code",    "breaks", "flagged",
                                       "standard", "won",     "lost",   "open",
                                       "amount",   "origins", "text",   "message"};
  pl_value *list = pl_value_list(arena);
  for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
    for (size_t i = 0; i < pl_value_count(expect); i++) {
      const pl_value *one = pl_value_at(expect, i);
      pl_str expected = pl_value_str(pl_value_get(one, "text"));
      pl_str got = shown(arena, found(finding, fields[f]), fields[f]);
      if (!pl_str_eq(pl_value_str(pl_value_get(one, "field")), pl_str_of(fields[f]))) continue;
      if (agrees(fields[f], expected, got)) continue;
      pl_value *entry = pl_value_push(arena, list, pl_value_object(arena));
      pl_set_text(arena, entry, "field", pl_str_of(fields[f]));
      pl_set_text(arena, entry, "expected", expected);
      pl_set_text(arena, entry, "got", got);
    }
  }
  return list;
}
