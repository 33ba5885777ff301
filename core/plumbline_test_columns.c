/* Which columns a table has when its exports are replaced by a test's rows. */
#include <string.h>

#include "plumbline_test.h"
#include "trace/bind.h"

static bool has(const pl_test_table *table, const char *name) {
  for (size_t i = 0; i < table->n; i++)
    if (strcmp(table->columns[i], name) == 0) return true;
  return false;
}

static bool is_computed(const pl_source_def *def, const char *name) {
  for (size_t i = 0; i < def->columns_n; i++)
    if (strcmp(def->columns[i].name, name) == 0) return true;
  return false;
}

/* NULL names and computed columns are no columns of an export, and one whose
 * header is known has no others: a rule that names one is wrong, as in the audit. */
static void add(pl_tests *tests, pl_test_table *table, const char *name) {
  if (!table || table->whole || !name || !name[0] || is_computed(table->def, name)) return;
  if (has(table, name)) return;
  if (pl_grow(&table->columns, &table->cap, table->n + 1, sizeof *table->columns))
    table->columns[table->n++] = name;
  else
    tests->arena.failed = true;
}

static pl_test_table *find(pl_tests *tests, const char *name) {
  for (size_t i = 0; name && i < tests->tables_n; i++)
    if (strcmp(tests->tables[i].def->name, name) == 0) return &tests->tables[i];
  return NULL;
}

static void add_texts(pl_tests *tests, pl_test_table *table, const pl_texts *names) {
  for (size_t i = 0; i < names->n; i++) add(tests, table, names->items[i]);
}

static void add_conditions(pl_tests *tests, pl_test_table *table, const pl_conditions *where) {
  for (size_t i = 0; i < where->n; i++) add(tests, table, where->items[i].column);
}

static void add_key(pl_tests *tests, pl_test_table *here, pl_test_table *there, const pl_key *key) {
  for (size_t i = 0; i < key->n; i++) {
    add(tests, here, key->here[i]);
    add(tests, there, key->there[i]);
  }
}

/* ---- what audit.lua names ------------------------------------------------------------- */

static void add_source(pl_tests *tests, pl_test_table *table) {
  const pl_source_def *def = table->def;
  add_texts(tests, table, &def->key);
  for (size_t i = 0; i < def->names_n; i++)
    if (def->names[i].required || def->names[i].given) add(tests, table, def->names[i].name);
  for (size_t i = 0; i < def->lists_n; i++) add(tests, table, def->lists[i].column);
  add(tests, table, def->time.column);
  add(tests, table, def->duplicates_by);
  add_conditions(tests, table, &def->where);
  for (size_t i = 0; i < def->times_n; i++) add(tests, table, def->times[i].column);
  for (size_t i = 0; i < def->columns_n; i++) {
    const pl_compute *compute = &def->columns[i];
    pl_test_table *other = find(tests, compute->table);
    add_texts(tests, table, &compute->inputs);
    add_key(tests, table, other, &compute->key);
    add(tests, other, compute->take);
  }
}

static void add_deals(pl_tests *tests, const pl_deals_def *deals) {
  pl_test_table *table = find(tests, "deals");
  const char *const names[] = {deals->status, deals->amount, deals->currency, deals->closed.column,
                               deals->created.column};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) add(tests, table, names[i]);
}

static void add_rates(pl_tests *tests, const pl_rates_def *rates) {
  pl_test_table *table = find(tests, rates->source);
  add(tests, table, rates->currency);
  add(tests, table, rates->rate);
  add(tests, table, rates->date);
}

/* ---- what rules name ------------------------------------------------------------------- */

static void add_trace(pl_tests *tests, const pl_metric_def *metric, const pl_trace_def *trace) {
  pl_test_table *from = find(tests, trace->table);
  add_conditions(tests, from, &trace->where);
  add(tests, metric->by_table ? find(tests, metric->by_table) : from, metric->by);
  for (size_t i = 0; i < trace->steps_n; i++) {
    const pl_step_def *step = &trace->steps[i];
    pl_test_table *to = find(tests, step->table);
    add_key(tests, from, to, &step->key);
    add_conditions(tests, to, &step->where);
    from = to;
  }
}

static void add_named(pl_tests *tests) {
  const pl_model *model = &tests->audit->model;
  for (size_t i = 0; i < tests->tables_n; i++) add_source(tests, &tests->tables[i]);
  if (model->deals_given) add_deals(tests, &model->deals);
  add_rates(tests, &model->rates);
  for (size_t i = 0; i < model->links_n; i++) {
    const pl_link_def *link = &model->links[i];
    add_key(tests, find(tests, link->from), find(tests, link->to), &link->key);
  }
  for (size_t m = 0; m < model->metrics_n; m++)
    for (size_t b = 0; b < model->metrics[m].branches_n; b++)
      add_trace(tests, &model->metrics[m], &model->metrics[m].branches[b]);
}

/* ---- what the exports hold --------------------------------------------------------------- */

static void add_header(pl_tests *tests, pl_test_table *table, const pl_source *source) {
  bool whole = source->inputs_n > 0;
  for (size_t i = 0; i < source->inputs_n; i++) {
    const pl_input *input = source->inputs[i];
    if (pl_input_format(input) != PL_FORMAT_CSV) whole = false;
    for (size_t c = 0; c < pl_input_columns(input); c++) {
      pl_str name = pl_bind_header(source, i, c);
      add(tests, table, pl_arena_copy(&tests->arena, name.p, name.n));
    }
  }
  table->whole = whole;
}

/* Without the exports, tests go by what is named; a mistake in audit.lua is shown
 * by the first test. */
static void add_exports(pl_tests *tests) {
  pl_model model = tests->audit->model;
  pl_bind_options options = {.as_of = "2000-01-01",
                             .json = &tests->audit->json,
                             .headers_only = true,
                             .cancel = tests->audit->run_options.cancel};
  pl_bound *bound = NULL;
  pl_error err;
  model.metrics_n = 0;
  if (pl_bind(&model, &options, &bound, &err) != PL_OK) return;
  for (size_t i = 0; i < bound->sources_n && i < tests->tables_n; i++)
    add_header(tests, &tests->tables[i], &bound->sources[i]);
  pl_bound_free(bound);
}

/* Names that are plain become the file's name, so that messages can be read. */
static const char *file_of(pl_tests *tests, const char *name, size_t i) {
  size_t n = strlen(name);
  bool plain = n < 100 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-") == n;
  if (plain) return pl_arena_format(&tests->arena, "%s.csv", name);
  return pl_arena_format(&tests->arena, "source %zu.csv", i + 1);
}

pl_status pl_test_find_columns(pl_tests *tests, pl_error *err) {
  const pl_model *model = &tests->audit->model;
  size_t n = model->sources_n + (model->deals_given ? 1 : 0);
  tests->tables = pl_arena_array(&tests->arena, n ? n : 1, sizeof *tests->tables);
  if (!tests->tables) return pl_fail_memory(err);
  tests->tables_n = n;
  for (size_t i = 0; i < n; i++) {
    pl_test_table *table = &tests->tables[i];
    table->def = i < model->sources_n ? &model->sources[i] : &model->deals.source;
    table->file = file_of(tests, table->def->name, i);
  }
  add_exports(tests);
  add_named(tests);
  return tests->arena.failed ? pl_fail_memory(err) : PL_OK;
}
