/* A test's rows as files: a private folder that stands in for the exports. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plumbline_test.h"

/* ---- the folder -------------------------------------------------------------------------- */

static pl_status fail_folder(const pl_tests *tests, int reason, pl_error *err) {
  return pl_fail(err, PL_E_OUTPUT, "cannot write the rows of a test to %s: %s", tests->folder,
                 strerror(reason));
}

pl_status pl_test_make_folder(pl_tests *tests, pl_error *err) {
  const char *root = getenv("TMPDIR");
  if (!root || root[0] != '/') root = "/tmp";
  int n = snprintf(tests->folder, sizeof tests->folder, "%s/plumbline-rows-XXXXXX", root);
  if (n < (int)sizeof tests->folder && mkdtemp(tests->folder)) return PL_OK;
  int reason = n < (int)sizeof tests->folder ? errno : ENAMETOOLONG;
  snprintf(tests->folder, sizeof tests->folder, "%s", root);
  pl_status status = fail_folder(tests, reason, err);
  tests->folder[0] = '\0';
  return status;
}

static bool path_of(const pl_tests *tests, const pl_test_table *table, char *out, size_t size) {
  int n = snprintf(out, size, "%s/%s", tests->folder, table->file);
  return n > 0 && (size_t)n < size;
}

void pl_test_remove_folder(pl_tests *tests) {
  char path[2 * PL_ERROR_PATH];
  if (!tests->folder[0]) return;
  for (size_t i = 0; i < tests->tables_n; i++)
    if (path_of(tests, &tests->tables[i], path, sizeof path)) unlink(path);
  rmdir(tests->folder);
  tests->folder[0] = '\0';
}

/* ---- checking a test's tables and columns -------------------------------------------------- */

static const pl_value *rows_of(const pl_value *rows, const char *table) {
  for (size_t i = 0; i < pl_value_count(rows); i++) {
    const pl_value *entry = pl_value_at(rows, i);
    if (pl_str_eq(pl_value_str(pl_value_get(entry, "table")), pl_str_of(table)))
      return pl_value_get(entry, "rows");
  }
  return NULL;
}

static pl_status hint_nearest(const char *word, const char *const *names, size_t n, pl_error *err) {
  const char *near = pl_nearest(word, names, n);
  if (near) return pl_hint(err, "did you mean \"%s\"?", near);
  pl_buf list = {0};
  for (size_t i = 0; i < n; i++) pl_buf_format(&list, "%s%s", i ? ", " : "", names[i]);
  if (!list.failed && list.n) pl_hint(err, "there are: %.900s", list.p);
  pl_buf_free(&list);
  return PL_E_USAGE;
}

static pl_status check_table(const pl_tests *tests, const char *name, pl_site site, pl_error *err) {
  const char **names = pl_calloc(tests->tables_n + 1, sizeof *names);
  bool found = false;
  if (!names) return pl_fail_memory(err);
  for (size_t i = 0; i < tests->tables_n; i++) {
    names[i] = tests->tables[i].def->name;
    found = found || strcmp(names[i], name) == 0;
  }
  pl_status status = PL_OK;
  if (!found) {
    status = pl_fail_at(err, PL_E_USAGE, site, "audit.lua has no source \"%s\"", name);
    hint_nearest(name, names, tests->tables_n, err);
  }
  pl_free(names);
  return status;
}

static bool is_column(const pl_test_table *table, const char *name) {
  for (size_t i = 0; i < table->n; i++)
    if (strcmp(table->columns[i], name) == 0) return true;
  return false;
}

static pl_status check_column(const pl_test_table *table, const char *name, pl_site site,
                              pl_error *err) {
  const pl_source_def *def = table->def;
  for (size_t i = 0; i < def->columns_n; i++) {
    if (strcmp(def->columns[i].name, name) != 0) continue;
    pl_fail_at(err, PL_E_USAGE, site, "\"%s\" of \"%s\" is computed, so a row cannot give it", name,
               def->name);
    return pl_hint(err, "give what it is computed from; see %s:%u", def->columns[i].site.file,
                   def->columns[i].site.line);
  }
  if (!table->whole || is_column(table, name)) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, site, "the export of \"%s\" has no column \"%s\"", def->name, name);
  return hint_nearest(name, table->columns, table->n, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void put_cell(pl_buf *out, pl_str text, bool first) {
  if (!first) pl_buf_append(out, ",", 1);
  if (text.n == 0) return;
  pl_buf_append(out, "\"", 1);
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '"') pl_buf_append(out, "\"", 1);
    pl_buf_append(out, &text.p[i], 1);
  }
  pl_buf_append(out, "\"", 1);
}

static pl_number_style style_of(const pl_source_def *def, const char *column) {
  for (size_t i = 0; i < def->number_columns_n; i++)
    if (strcmp(def->number_columns[i].column, column) == 0) return def->number_columns[i].style;
  return def->numbers;
}

/* A Lua number in the style of the column's numbers. Where that is found out by
 * looking, 1.234 must not look like a thousand: it is written 1.2340. */
static pl_str cell_text(const pl_test_table *table, const char *column, const pl_value *cell,
                        char number[64]) {
  const pl_value *digits = pl_value_get(cell, "number");
  if (!digits) return pl_value_str(cell);
  pl_number_style style = style_of(table->def, column);
  snprintf(number, 63, "%.*s", PL_STR_ARG(pl_value_str(digits)));
  char *point = strchr(number, '.');
  if (point && (style == PL_NUMBER_DOT || style == PL_NUMBER_SPACE)) *point = ',';
  if (point && style == PL_NUMBER_PLAIN && strspn(point + 1, "0123456789") == 3 && !point[4])
    strcat(number, "0");
  return pl_str_of(number);
}

static const pl_value *cell_of(const pl_value *row, const char *column) {
  for (size_t i = 0; i < pl_value_count(row); i++) {
    const pl_value *cell = pl_value_at(row, i);
    if (pl_str_eq(pl_value_str(pl_value_get(cell, "column")), pl_str_of(column)))
      return pl_value_get(cell, "value");
  }
  return NULL;
}

/* The table's columns and what the rows name beyond them. */
static const char **all_columns(pl_tests *tests, const pl_test_table *table, const pl_value *rows,
                                pl_site site, size_t *n, pl_error *err) {
  pl_test_table all = *table;
  size_t room = table->n + 1;
  for (size_t r = 0; r < pl_value_count(rows); r++) room += pl_value_count(pl_value_at(rows, r));
  all.columns = pl_arena_array(&tests->arena, room, sizeof *all.columns);
  if (!all.columns) {
    pl_fail_memory(err);
    return NULL;
  }
  if (table->n) memcpy(all.columns, table->columns, table->n * sizeof *all.columns);
  for (size_t r = 0; r < pl_value_count(rows); r++) {
    const pl_value *row = pl_value_at(rows, r);
    for (size_t c = 0; c < pl_value_count(row); c++) {
      pl_str text = pl_value_str(pl_value_get(pl_value_at(row, c), "column"));
      const char *name = pl_arena_copy(&tests->arena, text.p, text.n);
      if (!name) pl_fail_memory(err);
      if (!name || check_column(&all, name, site, err) != PL_OK) return NULL;
      if (!is_column(&all, name)) all.columns[all.n++] = name;
    }
  }
  if (all.n == 0) all.columns[all.n++] = "no column";
  *n = all.n;
  return all.columns;
}

static bool write_file(const char *path, const pl_buf *csv) {
  FILE *file = fopen(path, "wbe");
  if (!file) return false;
  bool ok = fwrite(csv->p, 1, csv->n, file) == csv->n;
  return fclose(file) == 0 && ok;
}

static pl_status write_table(pl_tests *tests, const pl_test_table *table, const pl_value *rows,
                             pl_site site, pl_error *err) {
  char path[2 * PL_ERROR_PATH], number[64];
  size_t n = 0;
  const char **columns = all_columns(tests, table, rows, site, &n, err);
  if (!columns) return err ? err->status : PL_E_USAGE;
  pl_buf csv = {0};
  for (size_t c = 0; c < n; c++) put_cell(&csv, pl_str_of(columns[c]), c == 0);
  pl_buf_append(&csv, "\n", 1);
  for (size_t r = 0; r < pl_value_count(rows); r++) {
    const pl_value *row = pl_value_at(rows, r);
    for (size_t c = 0; c < n; c++)
      put_cell(&csv, cell_text(table, columns[c], cell_of(row, columns[c]), number), c == 0);
    if (n == 1 && !cell_of(row, columns[0])) pl_buf_append(&csv, "\"\"", 2);
    pl_buf_append(&csv, "\n", 1);
  }
  pl_status status = csv.failed ? pl_fail_memory(err) : PL_OK;
  bool fits = path_of(tests, table, path, sizeof path);
  if (status == PL_OK && (!fits || !write_file(path, &csv)))
    status = fail_folder(tests, fits ? errno : ENAMETOOLONG, err);
  pl_buf_free(&csv);
  return status;
}

pl_status pl_test_write_rows(pl_tests *tests, const pl_value *rows, pl_site site, pl_error *err) {
  pl_error own;
  if (!err) err = &own;
  for (size_t i = 0; i < pl_value_count(rows); i++) {
    pl_str name = pl_value_str(pl_value_get(pl_value_at(rows, i), "table"));
    const char *text = pl_arena_copy(&tests->arena, name.p, name.n);
    pl_status status = text ? check_table(tests, text, site, err) : pl_fail_memory(err);
    if (status != PL_OK) return status;
  }
  for (size_t i = 0; i < tests->tables_n; i++) {
    const pl_test_table *table = &tests->tables[i];
    pl_status status = write_table(tests, table, rows_of(rows, table->def->name), site, err);
    if (status != PL_OK) return status;
  }
  return PL_OK;
}
