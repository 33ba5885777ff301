/* A workspace for tests of binding: a temporary folder with exports, and a
 * model built by hand as rule/ would build it from Lua. */
#ifndef PL_TESTS_TRACE_WORKSPACE_H
#define PL_TESTS_TRACE_WORKSPACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_read_decoder.h"
#include "trace/row.h"
#include "trace/table.h"

#define WS_MOST 8

/* TEXTS("a", "b") is a pl_texts that lives as long as the block around it. */
#define TEXTS(...)                                                                                 \
  ((pl_texts){(const char *[]){__VA_ARGS__},                                                       \
              sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)})
/* the values of a condition */
#define WHERE_VALUE(text) .values = (pl_literal[]){{text, false}}, .values_n = 1
#define WHERE(...)                                                                                 \
  ((pl_conditions){(pl_condition[]){__VA_ARGS__},                                                  \
                   sizeof((pl_condition[]){__VA_ARGS__}) / sizeof(pl_condition)})
#define KEY(here, there) ((pl_key){{here}, {there}, 1})
#define AT(line) ((pl_site){"audit.lua", line, 0})
#define RULE(line) ((pl_site){"rules/m.lua", line, 0})

typedef struct workspace {
  char folder[64];
  pl_model model;
  pl_source_def sources[WS_MOST];
  pl_link_def links[WS_MOST];
  pl_metric_def metrics[WS_MOST];
  pl_trace_def branches[WS_MOST][2];
  pl_bind_options options;
  pl_json_decoder json;
  pl_bound *bound;
  pl_error err;
  pl_status status;
} workspace;

static inline void ws_file(const workspace *w, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", w->folder, name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
  assert_int_equal(fclose(f), 0);
}

static inline void ws_open(workspace *w) {
  memset(w, 0, sizeof *w);
  strcpy(w->folder, "/tmp/pl-bind-XXXXXX");
  assert_non_null(mkdtemp(w->folder));
  w->json = small_decoder;
  w->options.json = &w->json;
  w->model.directory = w->folder;
  w->model.title = "Test";
  w->model.site = AT(1);
  w->model.as_of = "2024-12-31";
  w->model.currency = "EUR";
  w->model.timezone = "UTC";
  w->model.policy = (pl_policy){1, 1.5, .10, .20, 5};
  w->model.sources = w->sources;
  w->model.links = w->links;
  w->model.metrics = w->metrics;
}

static inline void ws_unbind(workspace *w) {
  pl_bound_free(w->bound);
  w->bound = NULL;
}

static inline void ws_close(workspace *w) {
  char command[128];
  ws_unbind(w);
  pl_arena_free(&w->model.arena);
  snprintf(command, sizeof command, "rm -rf %s", w->folder);
  assert_int_equal(system(command), 0);
}

static inline pl_source_def *ws_source(workspace *w, const char *name, const char *path) {
  assert_true(w->model.sources_n < WS_MOST);
  pl_source_def *def = &w->sources[w->model.sources_n++];
  const char **paths = pl_arena_array(&w->model.arena, 1, sizeof *paths);
  paths[0] = path;
  *def = (pl_source_def){.name = name,
                         .site = AT(10 + (uint32_t)w->model.sources_n),
                         .paths = {paths, 1},
                         .dialect.delimiter = ','};
  return def;
}

/* deals { path, key = "id", closed = "closed", status = "status" } */
static inline pl_deals_def *ws_deals(workspace *w, const char *path) {
  static const char *const key[] = {"id"};
  pl_deals_def *deals = &w->model.deals;
  const char **paths = pl_arena_array(&w->model.arena, 1, sizeof *paths);
  paths[0] = path;
  *deals = (pl_deals_def){.status = "status", .others = -1};
  deals->source = (pl_source_def){
      .name = "deals", .site = AT(20), .paths = {paths, 1}, .dialect.delimiter = ','};
  deals->source.key = (pl_texts){(const char **)key, 1};
  deals->closed = (pl_time_column){.column = "closed", .site = AT(20)};
  w->model.deals_given = true;
  return deals;
}

/* metric with one trace: from `table`, steps given by the caller. */
static inline pl_metric_def *ws_metric(workspace *w, const char *table, pl_step_def *steps,
                                       size_t steps_n) {
  size_t i = w->model.metrics_n++;
  assert_true(i < WS_MOST);
  w->branches[i][0] =
      (pl_trace_def){.table = table, .site = RULE(5), .steps = steps, .steps_n = steps_n};
  w->metrics[i] = (pl_metric_def){.department = "M",
                                  .name = "m",
                                  .id = "M/m",
                                  .site = RULE(4),
                                  .branches = w->branches[i],
                                  .branches_n = 1,
                                  .judge = PL_NO_FUNCTION};
  return &w->metrics[i];
}

static inline pl_link_def *ws_link(workspace *w, const char *from, const char *to, const char *here,
                                   const char *there) {
  pl_link_def *link = &w->links[w->model.links_n++];
  *link = (pl_link_def){from, to, KEY(here, there), AT(30 + (uint32_t)w->model.links_n)};
  return link;
}

static inline pl_status ws_bind(workspace *w) {
  ws_unbind(w);
  memset(&w->err, 0, sizeof w->err);
  w->status = pl_bind(&w->model, &w->options, &w->bound, &w->err);
  return w->status;
}

static inline void ws_bind_ok(workspace *w) {
  if (ws_bind(w) != PL_OK)
    fail_msg("%s:%u: %s (%s)", w->err.file, w->err.line, w->err.message, w->err.hint);
}

/* The error that binding ends with, or that of the first metric: its file,
 * line and message are what a user reads first. */
static inline const pl_error *ws_error(workspace *w) {
  if (ws_bind(w) != PL_OK) return &w->err;
  assert_true(w->bound->metrics_n > 0);
  assert_non_null(w->bound->metrics[0].failed);
  assert_int_equal(w->bound->metrics[0].failed_code, 110);
  return w->bound->metrics[0].failed;
}

static inline void has_text(const char *text, const char *part, const char *file, int line) {
  if (!strstr(text, part)) {
    print_error("\"%s\" does not hold \"%s\"\n", text, part);
    _fail(file, line);
  }
}
#define assert_has(text, part) has_text(text, part, __FILE__, __LINE__)

static inline pl_source *ws_bound_source(workspace *w, const char *name) {
  for (size_t i = 0; i < w->bound->sources_n; i++)
    if (strcmp(w->bound->sources[i].def->name, name) == 0) return &w->bound->sources[i];
  fail_msg("no source %s", name);
  return NULL;
}

static inline int ws_slot(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->slots_n; i++)
    if (strcmp(source->slots[i].name, name) == 0) return (int)i;
  return PL_NO_SLOT;
}

/* ---- reading records of one file, one after the other ------------------------- */
typedef struct ws_reader {
  workspace *w;
  const pl_source *source;
  pl_batch batch;
  pl_scratch scratch;
  pl_cell *cells;
  pl_reject reject;
  pl_row_fate fate;
  /* the same by a plan, which the scan goes by */
  pl_row_plan plan;
  pl_scratch plan_scratch;
  pl_cell *plan_cells;
} ws_reader;

static inline void ws_read(ws_reader *r, workspace *w, const char *source, size_t input) {
  *r = (ws_reader){.w = w, .source = ws_bound_source(w, source)};
  uint32_t line;
  pl_input *file = r->source->inputs[input];
  uint64_t start = pl_input_start(file, &line);
  assert_int_equal(pl_input_chunk(file, start, pl_input_size(file), r->source->wanted[input],
                                  &r->batch, &w->err),
                   PL_OK);
  assert_true(pl_scratch_open(&r->scratch, w->bound));
  r->cells = calloc(r->source->slots_n + 1, sizeof *r->cells);
  assert_true(pl_scratch_open(&r->plan_scratch, w->bound));
  r->plan_cells = calloc(r->source->slots_n + 1, sizeof *r->plan_cells);
}

static inline void ws_read_end(ws_reader *r) {
  pl_batch_free(&r->batch);
  pl_scratch_close(&r->scratch);
  free(r->cells);
  pl_row_plan_free(&r->plan);
  pl_scratch_close(&r->plan_scratch);
  free(r->plan_cells);
}

static inline void ws_same_cells(const pl_cell *a, const pl_cell *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    assert_true(pl_str_eq(a[i].text, b[i].text));
    assert_int_equal(a[i].blank, b[i].blank);
    assert_true(a[i].number.units == b[i].number.units && a[i].number.more == b[i].number.more);
    assert_true(a[i].time.us == b[i].time.us && a[i].time.day == b[i].time.day);
    assert_int_equal(a[i].time.kind, b[i].time.kind);
  }
}

/* Record by record, and by a plan: the same fate, cells and reject. */
static inline void ws_same_by_plan(ws_reader *r, size_t row) {
  pl_reject reject = {0};
  assert_true(pl_row_plan_make(&r->plan, r->w->bound, r->source, 0));
  r->plan_scratch.contradicted_slot = r->scratch.contradicted_slot;
  pl_row_fate fate =
      pl_row_plan_eval(&r->plan, &r->batch.records[row], &r->plan_scratch, r->plan_cells, &reject);
  assert_int_equal(fate, r->fate);
  assert_int_equal(r->plan_scratch.contradicted_slot, r->scratch.contradicted_slot);
  if (fate == PL_ROW_USED) ws_same_cells(r->cells, r->plan_cells, r->source->slots_n);
  if (fate != PL_ROW_REJECTED) return;
  assert_true(reject.code == r->reject.code && reject.column == r->reject.column);
  assert_true(pl_str_eq(reject.message, r->reject.message));
}

static inline pl_row_fate ws_row_alone(ws_reader *r, size_t row) {
  assert_true(row < r->batch.n);
  r->fate = pl_row_eval(r->w->bound, r->source, 0, &r->batch.records[row], &r->scratch, r->cells,
                        &r->reject);
  return r->fate;
}

static inline pl_row_fate ws_row(ws_reader *r, size_t row) {
  ws_row_alone(r, row);
  ws_same_by_plan(r, row);
  return r->fate;
}

static inline const char *ws_text(ws_reader *r, const char *column) {
  static char out[4][512];
  static int turn;
  char *to = out[turn = (turn + 1) % 4];
  int slot = ws_slot(r->source, column);
  assert_true(slot >= 0);
  snprintf(to, sizeof out[0], "%.*s", PL_STR_ARG(r->cells[slot].text));
  return to;
}

#endif
