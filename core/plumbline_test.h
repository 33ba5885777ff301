/* What the files of `plumbline test` share. */
#ifndef PL_PLUMBLINE_TEST_H
#define PL_PLUMBLINE_TEST_H

#include "plumbline_audit.h"
#include "rule/extension.h"

/* The columns that a table has in tests. */
typedef struct pl_test_table {
  const pl_source_def *def;
  const char **columns;
  size_t n, cap;
  bool whole;       /* they are the header of its exports: there are no others */
  const char *file; /* "leads.csv", in the folder of the tests */
} pl_test_table;

struct pl_tests {
  pl_arena arena;
  pl_audit *audit;
  pl_extensions *files;
  pl_test_table *tables; /* the model's sources, then the deals */
  size_t tables_n;
  char folder[PL_ERROR_PATH]; /* private, for the rows; "" while there is none */
  pl_value *outcome;          /* {title, tests, files, untested, totals} */
  pl_tests_totals totals;
};

/* --- plumbline_test_columns.c --- */
/* Fills tests->tables: the exports' own headers where they can be read, else the
 * columns that audit.lua and the rules name. */
pl_status pl_test_find_columns(pl_tests *tests, pl_error *err);

/* --- plumbline_test_rows.c --- */
pl_status pl_test_make_folder(pl_tests *tests, pl_error *err);
void pl_test_remove_folder(pl_tests *tests);
/* Writes every table with the rows of one test. PL_E_USAGE: a table or a column
 * that does not exist. */
pl_status pl_test_write_rows(pl_tests *tests, const pl_value *rows, pl_site site, pl_error *err);

/* --- plumbline_test_run.c --- */
/* Audits the rows with one metric; *finding is in the audit's arena. */
pl_status pl_test_find(pl_tests *tests, const pl_value *test, pl_site site,
                       const pl_metric_def *metric, const pl_value **finding, pl_error *err);
/* Compares; gives {field, expected, got} for all that differ. */
pl_value *pl_test_compare(pl_arena *arena, const pl_value *expect, const pl_value *finding);

#endif
