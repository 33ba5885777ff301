/* How numbers of an undeclared column are settled: from a sample, held against
 * every value, from the whole column. Units are 1/10,000. */
#include "trace_plain.h"

static void open_amounts(workspace *w) {
  open_plain(w);
  w->model.deals.amount = "amount";
}

/* The deals' amounts, quoted, separated by | ; each on a line from 2 on. */
static void write_amounts(const workspace *w, size_t before, const char *usual,
                          const char *amounts) {
  char path[256];
  snprintf(path, sizeof path, "%s/deals.csv", w->folder);
  FILE *f = fopen(path, "w");
  fputs("id,lead,closed,status,amount\n", f);
  size_t n = 0;
  for (; n < before; n++) fprintf(f, "%zu,l1,2024-03-01,won,\"%s\"\n", n, usual);
  for (const char *p = amounts; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    fprintf(f, "%zu,l1,2024-03-01,won,\"%.*s\"\n", n++, (int)strcspn(p, "|"), p);
  fclose(f);
}

static const pl_slot *amount_slot(workspace *w) {
  const pl_source *deals = ws_bound_source(w, "deals");
  return &deals->slots[deals->amount];
}

static void a_sample_settles_the_style(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_amounts(&w);
  w.model.currency = NULL;
  const struct {
    const char *values;
    int64_t units[4];
    size_t n;
  } cases[] = {
      {"1,234.56|7|1,500", {12345600, 70000, 15000000}, 3},
      {"1.234,56|1.500", {12345600, 15000000}, 2},
      {"1 234,56|12", {12345600, 120000}, 2},
      {"1'234.56|12", {12345600, 120000}, 2},
      {"12.5|1.234", {125000, 12340}, 2},
      {"$342.09K|$1,117.10K|$5", {3420900000, 11171000000, 50000}, 3},
      {"(500.00)|500-|-1.5", {-5000000, -5000000, -15000}, 3},
      {"12%|3.5 %", {120000, 35000}, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_amounts(&w, 0, "", cases[i].values);
    ws_bind_ok(&w);
    ws_read(&r, &w, "deals", 0);
    for (size_t k = 0; k < cases[i].n; k++) {
      assert_int_equal(ws_row(&r, k), PL_ROW_USED);
      assert_int_equal(r.cells[r.source->amount].number.units, cases[i].units[k]);
    }
    assert_int_equal(r.scratch.contradicted_slot, -1);
    ws_read_end(&r);
  }
  ws_close(&w);
}

static void no_value_is_blank_and_no_reject(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_amounts(&w);
  write_amounts(&w, 0, "", "5| -- |—|n/a|N/A|#N/A|(not set)|null|-|many");
  ws_bind_ok(&w);
  ws_read(&r, &w, "deals", 0);
  for (size_t k = 1; k < 9; k++) {
    assert_int_equal(ws_row(&r, k), PL_ROW_USED);
    assert_true(r.cells[r.source->amount].blank);
  }
  assert_int_equal(ws_row(&r, 9), PL_ROW_REJECTED);
  ws_read_end(&r);
  ws_close(&w);
}

static void what_cannot_be_settled_is_an_error(void **state) {
  (void)state;
  workspace w;
  open_amounts(&w);
  w.model.currency = NULL;
  const struct {
    const char *values, *message, *hint;
    uint32_t line;
  } cases[] = {
      {"7|1,234|2,500",
       "column \"amount\" of \"deals\": \"1,234\" can be read as 1234 (numbers = \"1,234.56\") or "
       "as 1.234 (numbers = \"1.234,56\"); 1 other value reads both ways as well",
       "numbers = \"1,234.56\" or numbers = \"1.234,56\"; for this column alone: numbers = { "
       "[\"amount\"] = \"1,234.56\" }",
       3},
      {"7|1,234.56|1.234,56",
       "column \"amount\" of \"deals\": \"1,234.56\" (deals.csv:3) and \"1.234,56\" (deals.csv:4) "
       "are not written in one style of numbers",
       "numbers = { [\"amount\"] = \"1,234.56\" }", 4},
      {"12%|7",
       "column \"amount\" of \"deals\": \"12%\" (deals.csv:2) and \"7\" (deals.csv:3) are with and "
       "without a percent sign",
       "12% is read as 12", 3},
      {"$5|€7",
       "column \"amount\" of \"deals\": \"$5\" (deals.csv:2) and \"€7\" (deals.csv:3) are amounts "
       "in different currencies",
       "name the column that holds each deal's currency", 3},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_amounts(&w, 0, "", cases[i].values);
    ws_bind(&w);
    assert_int_equal(w.status, PL_E_USAGE);
    assert_string_equal(w.err.message, cases[i].message);
    assert_has(w.err.hint, cases[i].hint);
    assert_string_equal(w.err.file, "deals.csv");
    assert_int_equal(w.err.line, cases[i].line);
    assert_int_not_equal(w.err.column, 0);
    assert_int_not_equal(w.err.excerpt[0], 0);
  }
  ws_close(&w);
}

static void declarations_settle_it(void **state) {
  (void)state;
  workspace w;
  open_amounts(&w);
  pl_source_def *def = &w.model.deals.source;
  write_amounts(&w, 0, "", "1,234|2,500");
  def->numbers_given = true;
  def->numbers = PL_NUMBER_COMMA;
  ws_bind_ok(&w);
  assert_int_equal(amount_slot(&w)->numbers, PL_NUMBER_COMMA);
  def->number_columns = (pl_number_column[]){{"amount", PL_NUMBER_DOT, AT(5)}};
  def->number_columns_n = 1;
  ws_bind_ok(&w);
  assert_int_equal(amount_slot(&w)->numbers, PL_NUMBER_DOT);
  write_amounts(&w, 0, "", "$5|€7"); /* what is declared is the style, not the signs */
  ws_bind(&w);
  assert_has(w.err.message, "are amounts in different currencies");
  def->number_columns = (pl_number_column[]){{"amuont", PL_NUMBER_DOT, AT(5)}};
  ws_bind(&w);
  assert_has(w.err.message, "\"deals\" has no column \"amuont\"");
  ws_close(&w);
}

/* 5,000 records are more than 64 KiB: the last value is behind the sample. */
static void later_values_are_held_against_the_sample(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_amounts(&w);
  w.model.currency = NULL;
  const struct {
    const char *usual, *last;
    bool contradicts;
  } cases[] = {
      {"12.5", "1.234", false},
      {"12.5", "1,234", true},
      {"12.5", "12,5", true},
      {"12.5", "many", false},
      {"12.5", "--", false},
      {"1,234.5", "1,234", false},
      {"1,234.5", "1.234,5", true},
      {"7", "1234", false},
      {"7", "12.5", false}, /* one reading only, and plain reads it */
      {"7", "1.234", true}, /* two readings: the whole column must tell */
      {"7", "1,234", true},
      {"7", "12,5", true},
      {"7", "7%", true},
      {"7", "$7", true},
      {"7%", "7", true},
      {"$7", "7", false},
      {"$7", "€7", true},
      {"", "12.5", false},
      {"", "1,5", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_amounts(&w, 5000, cases[i].usual, cases[i].last);
    ws_bind_ok(&w);
    ws_read(&r, &w, "deals", 0);
    ws_row(&r, 0);
    assert_int_equal(r.scratch.contradicted_slot, -1);
    ws_row(&r, r.batch.n - 1);
    if (r.scratch.contradicted_slot != (cases[i].contradicts ? r.source->amount : -1))
      fail_msg("%s, then %s", cases[i].usual, cases[i].last);
    ws_read_end(&r);
  }
  /* what the sample leaves open is asked of the whole column before anything is read */
  write_amounts(&w, 5000, "1,234", "12");
  ws_bind_ok(&w);
  assert_true(amount_slot(&w)->how.undecided);
  ws_read(&r, &w, "deals", 0);
  ws_row(&r, 0);
  assert_int_equal(r.scratch.contradicted_slot, r.source->amount);
  ws_read_end(&r);
  ws_close(&w);
}

static pl_status survey(workspace *w) {
  ws_reader r;
  pl_styles *styles = pl_styles_new(w->bound);
  assert_non_null(styles);
  w->bound->surveying = true;
  ws_read(&r, w, "deals", 0);
  for (size_t i = 0; i < r.batch.n; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    pl_styles_note(styles, r.source, r.cells, r.source->first_file, r.batch.records[i].line + 2);
  }
  ws_read_end(&r);
  w->bound->surveying = false;
  pl_status status = pl_styles_settle(styles, &w->err);
  pl_styles_free(styles);
  return status;
}

static void a_survey_settles_the_whole_column(void **state) {
  (void)state;
  workspace w;
  open_amounts(&w);
  write_amounts(&w, 5000, "1,234", "1,234.56");
  ws_bind_ok(&w);
  assert_int_equal(survey(&w), PL_OK);
  assert_int_equal(amount_slot(&w)->numbers, PL_NUMBER_COMMA);
  assert_false(amount_slot(&w)->how.undecided);
  write_amounts(&w, 5000, "1,234", "7");
  ws_bind_ok(&w);
  assert_int_equal(survey(&w), PL_E_USAGE);
  assert_has(w.err.message, "\"1,234\" can be read as 1234");
  assert_has(w.err.message, "4999 other values read both ways as well");
  write_amounts(&w, 5000, "12.5", "12,5");
  ws_bind_ok(&w);
  assert_int_equal(survey(&w), PL_E_USAGE);
  assert_has(w.err.message, "\"12.5\" (deals.csv:2) and \"12,5\" (deals.csv:5002)");
  ws_close(&w);
}

static void signs_must_fit_the_audit(void **state) {
  (void)state;
  workspace w;
  open_amounts(&w);
  write_amounts(&w, 0, "", "$5|7");
  w.model.currency = "USD";
  ws_bind_ok(&w);
  w.model.currency = "EUR";
  ws_bind(&w);
  assert_int_equal(w.status, PL_E_USAGE);
  assert_string_equal(w.err.message, "the amounts in column \"amount\" of \"deals\" are written in "
                                     "$, and the audit's currency is EUR");
  w.model.currency = "gold"; /* no code: nothing to compare with */
  ws_bind_ok(&w);
  ws_close(&w);
}

static void what_a_rule_compares_fails_the_rule_alone(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "leads.csv", "id,day,origin\nl1,2024-01-02,\"1,234\"\nl2,2024-01-02,\"2,345\"\n");
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_RANGE, .column = "origin", .site = RULE(5), .low = {"2000", true}});
  ws_metric(&w, "leads", to_deals, 1);
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "column \"origin\" of \"leads\": \"1,234\" can be read as 1234");
  assert_null(w.bound->metrics[1].failed);
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sample_settles_the_style),
      cmocka_unit_test(no_value_is_blank_and_no_reject),
      cmocka_unit_test(what_cannot_be_settled_is_an_error),
      cmocka_unit_test(declarations_settle_it),
      cmocka_unit_test(later_values_are_held_against_the_sample),
      cmocka_unit_test(a_survey_settles_the_whole_column),
      cmocka_unit_test(signs_must_fit_the_audit),
      cmocka_unit_test(what_a_rule_compares_fails_the_rule_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
