/* A small world for tests of tables: sources with files of their own in a
 * temporary folder, bound by hand so that each test says which columns a plan
 * would use, and how. */
#ifndef PL_TESTS_TRACE_FIXTURE_H
#define PL_TESTS_TRACE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "trace/table.h"

#define WORLD_SOURCES 4
#define WORLD_FILES 4

typedef struct world_column {
  const char *name;
  uint8_t uses;
  char list; /* separator, 0: one value */
} world_column;

typedef struct world {
  char folder[64];
  pl_model model;
  pl_bound bound;
  pl_source sources[WORLD_SOURCES];
  pl_source_def defs[WORLD_SOURCES];
  char *paths[WORLD_SOURCES * WORLD_FILES];
  size_t paths_n;
  pl_arena arena;
  pl_run_options options;
  pl_scan scan;
  pl_tally tallies[WORLD_SOURCES];
  pl_error err;
  pl_json_decoder json; /* of files that end in .json or .ndjson */
} world;

static inline void world_open(world *w) {
  memset(w, 0, sizeof *w);
  strcpy(w->folder, "/tmp/pl-table-XXXXXX");
  assert_non_null(mkdtemp(w->folder));
  pl_error err;
  w->bound.zone = pl_zone_open("UTC", &err);
  assert_non_null(w->bound.zone);
  w->bound.model = &w->model;
  w->bound.sources = w->sources;
  w->bound.cycle_us = -1;
  w->bound.since_day = INT32_MIN;
  w->bound.until_day = INT32_MAX;
  w->bound.rates_plan.date = PL_NO_SLOT;
  w->bound.rates_plan.max_age_us = -1;
  pl_time_reader reader = {PL_TIME_ISO, NULL, w->bound.zone, w->bound.zone};
  assert_true(pl_time_parse(PL_STR("2024-12-31T23:59:59.999999Z"), &reader, &w->bound.as_of));
  w->options = (pl_run_options){.threads = 1, .max_rejects = UINT64_MAX, .max_reject_share = 2};
  w->scan = (pl_scan){.bound = &w->bound, .options = &w->options, .tallies = w->tallies};
}

static inline void world_close(world *w) {
  pl_rejects_free(&w->scan.rejects);
  for (size_t i = 0; i < w->bound.sources_n; i++)
    for (size_t f = 0; f < w->sources[i].inputs_n; f++) pl_input_close(w->sources[i].inputs[f]);
  for (size_t i = 0; i < w->paths_n; i++) {
    unlink(w->paths[i]);
    free(w->paths[i]);
  }
  rmdir(w->folder);
  pl_zone_close(w->bound.zone);
  pl_arena_free(&w->arena);
}

/* A source whose slots are the columns given, in that order. */
static inline pl_source *world_source(world *w, const char *name, const world_column *columns,
                                      size_t n) {
  size_t i = w->bound.sources_n++;
  assert_true(i < WORLD_SOURCES);
  pl_source *s = &w->sources[i];
  w->defs[i].name = name;
  *s = (pl_source){.def = &w->defs[i],
                   .index = (int)i,
                   .held = true,
                   .time = PL_NO_SLOT,
                   .duplicates_by = PL_NO_SLOT,
                   .fresh_us = -1,
                   .status = PL_NO_SLOT,
                   .amount = PL_NO_SLOT,
                   .currency = PL_NO_SLOT,
                   .closed = PL_NO_SLOT,
                   .created = PL_NO_SLOT};
  s->slots = pl_arena_array(&w->arena, n, sizeof *s->slots);
  s->slots_n = n;
  s->order = pl_arena_array(&w->arena, n, sizeof *s->order);
  s->inputs = pl_arena_array(&w->arena, WORLD_FILES, sizeof *s->inputs);
  s->dialects = pl_arena_array(&w->arena, WORLD_FILES, sizeof *s->dialects);
  s->timed_n = n;
  s->cell_of = pl_arena_array(&w->arena, WORLD_FILES, sizeof *s->cell_of);
  s->wanted = pl_arena_array(&w->arena, WORLD_FILES, sizeof *s->wanted);
  for (size_t k = 0; k < n; k++) {
    s->order[k] = (int)k;
    s->slots[k] = (pl_slot){.name = columns[k].name,
                            .uses = columns[k].uses,
                            .list_separator = columns[k].list,
                            .reader = {PL_TIME_ISO, NULL, w->bound.zone, w->bound.zone},
                            .style_declared = true};
  }
  return s;
}

/* The identity; `n` slots. */
static inline void world_key(world *w, pl_source *s, const int *slots, size_t n,
                             pl_duplicates duplicates) {
  pl_source_def *def = &w->defs[s->index];
  def->duplicates = duplicates;
  def->key.n = s->key_n = n;
  def->key.items = pl_arena_array(&w->arena, n, sizeof *def->key.items);
  for (size_t i = 0; i < n; i++) {
    s->key[i] = slots[i];
    def->key.items[i] = s->slots[slots[i]].name;
  }
}

/* Writes a file and adds it to the source; files of one source first, then of
 * the next. Columns that the file lacks are blank. */
static inline void world_file_bytes(world *w, pl_source *s, const char *name, const char *text,
                                    size_t length) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", w->folder, name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, length, f), length);
  fclose(f);
  w->paths[w->paths_n++] = strdup(path);
  if (s->inputs_n == 0) s->first_file = (uint32_t)w->bound.files_n;
  size_t i = s->inputs_n++;
  assert_true(i < WORLD_FILES && s->first_file + i == w->bound.files_n);
  w->bound.files_n++;
  const char *ending = strrchr(name, '.');
  pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ','};
  if (strcmp(ending, ".json") == 0) dialect.format = PL_FORMAT_JSON;
  if (strcmp(ending, ".ndjson") == 0) dialect.format = PL_FORMAT_NDJSON;
  s->dialects[i] = dialect;
  const char *shown = pl_arena_copy(&w->arena, name, strlen(name));
  if (pl_input_open(path, shown, dialect, &w->json, &s->inputs[i], &w->err) != PL_OK)
    fail_msg("%s", w->err.message);
  size_t cells = pl_input_columns(s->inputs[i]);
  s->cell_of[i] = pl_arena_array(&w->arena, s->slots_n, sizeof **s->cell_of);
  s->wanted[i] = pl_arena_array(&w->arena, cells, sizeof **s->wanted);
  for (size_t k = 0; k < s->slots_n; k++) {
    s->cell_of[i][k] = -1;
    for (size_t c = 0; c < cells; c++) {
      if (!pl_str_eq(pl_input_column(s->inputs[i], c), pl_str_of(s->slots[k].name))) continue;
      s->cell_of[i][k] = (int)c;
      s->wanted[i][c] = true;
    }
  }
}

static inline void world_file(world *w, pl_source *s, const char *name, const char *text) {
  world_file_bytes(w, s, name, text, strlen(text));
}

static inline pl_table *world_load(world *w, pl_source *s) {
  pl_table *table;
  pl_status status = pl_table_load(&w->scan, s, &table, &w->err);
  if (status != PL_OK) fail_msg("%s (%s)", w->err.message, w->err.hint);
  assert_non_null(table);
  return table;
}

/* "a,b|c,d": the text of every cell, rows by `|`. */
static inline const char *world_texts(const pl_table *table) {
  static char out[4096];
  size_t n = 0;
  out[0] = 0;
  for (uint32_t row = 0; row < pl_table_rows(table); row++)
    for (size_t i = 0; i < pl_table_source(table)->slots_n; i++) {
      pl_cell cell = pl_table_cell(table, row, (int)i);
      n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s",
                            i     ? ","
                            : row ? "|"
                                  : "",
                            PL_STR_ARG(cell.text));
      assert_true(n < sizeof out);
    }
  return out;
}

#endif
