/* Lua functions: which tuples are asked for, in which rounds, what becomes of
 * the answers and of failures. The functions are played by the test. */
#include "trace_workspace.h"

#include "trace/expression.h"

#define LEADS "id,a,b\n1,x,1\n2,y,\n3,x,1\n4,,\n5,x,2\n"

static pl_step_def step = {
    .table = "deals", .site = {"rules/m.lua", 6, 0}, .key = {{"id"}, {"id"}, 1}};

static void open_leads(workspace *w, pl_compute *columns, size_t n) {
  ws_open(w);
  ws_file(w, "leads.csv", LEADS);
  ws_file(w, "deals.csv", "id,closed,status\n1,2024-03-01,won\n");
  pl_source_def *leads = ws_source(w, "leads", "leads.csv");
  leads->columns = columns;
  leads->columns_n = n;
  ws_deals(w, "deals.csv");
  ws_metric(w, "leads", &step, 1);
}

/* Surveys "leads" as the run does. */
static pl_asks *survey(workspace *w) {
  ws_reader r;
  pl_asks *asks = pl_asks_new(w->bound);
  assert_non_null(asks);
  w->bound->surveying = true;
  ws_read(&r, w, "leads", 0);
  for (size_t i = 0; i < r.batch.n; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    assert_int_equal(pl_asks_row(asks, r.source, r.cells, &w->err), PL_OK);
  }
  ws_read_end(&r);
  w->bound->surveying = false;
  return asks;
}

/* "x,1|y,-": the tuples of a question. */
static const char *tuples(const pl_question *q) {
  static char out[512];
  size_t n = 0;
  out[0] = '\0';
  for (size_t i = 0; i < q->n * q->parameters; i++) {
    const char *before = i == 0 ? "" : i % q->parameters ? "," : "|";
    pl_str v = q->values[i].p ? q->values[i] : PL_STR("-");
    n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", before, PL_STR_ARG(v));
  }
  return out;
}

static const char *text_of(workspace *w, size_t row, const char *column) {
  static char out[64];
  ws_reader r;
  ws_read(&r, w, "leads", 0);
  assert_int_equal(ws_row(&r, row), PL_ROW_USED);
  snprintf(out, sizeof out, "%s", ws_text(&r, column));
  ws_read_end(&r);
  return out;
}

static void nothing_is_asked_without_functions(void **state) {
  (void)state;
  workspace w;
  open_leads(&w, NULL, 0);
  ws_bind_ok(&w);
  assert_false(pl_bound_asks(w.bound));
  ws_close(&w);
}

static void a_column_is_asked_for_each_distinct_tuple(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  pl_compute derive = {.kind = PL_COMPUTE_DERIVE,
                       .name = "d",
                       .site = AT(12),
                       .inputs = TEXTS("a", "b"),
                       .call = {-1, 7}};
  open_leads(&w, &derive, 1);
  w.metrics[0].by = "d";
  ws_bind_ok(&w);
  assert_true(pl_bound_asks(w.bound));
  assert_true(pl_source_asks(w.bound, ws_bound_source(&w, "leads")));
  assert_false(pl_source_asks(w.bound, w.bound->deals));
  pl_asks *asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 1);
  assert_int_equal(q[0].call.id, 7);
  assert_true(q[0].want_text);
  assert_int_equal(q[0].parameters, 2);
  assert_string_equal(tuples(&q[0]), "-,-|x,1|x,2|y,-"); /* blank arrives as nil */
  const pl_str answers[] = {{NULL, 0}, PL_STR("one"), PL_STR("two"), PL_STR(" ")};
  assert_int_equal(pl_asks_answer(asks, 0, answers, NULL, NULL, 0), PL_OK);
  assert_false(pl_asks_next(asks, &q, &n));
  assert_int_equal(pl_asks_finish(asks, &w.err), PL_OK);
  pl_asks_free(asks);
  assert_string_equal(text_of(&w, 0, "d"), "one");
  assert_string_equal(text_of(&w, 1, "d"), ""); /* only white space is blank */
  assert_string_equal(text_of(&w, 2, "d"), "one");
  assert_string_equal(text_of(&w, 3, "d"), "");
  assert_string_equal(text_of(&w, 4, "d"), "two");
  ws_close(&w);
}

static void conditions_are_asked_for_values_that_are_not_blank(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  ws_reader r;
  bool failed = false;
  open_leads(&w, NULL, 0);
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_CALL, .column = "a", .site = RULE(5), .call = {0, 3}},
            {.kind = PL_COND_NOT,
             .column = "b",
             .site = RULE(5),
             .child = &(pl_condition){.kind = PL_COND_CALL, .call = {0, 4}}});
  ws_bind_ok(&w);
  pl_asks *asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 2);
  assert_false(q[0].want_text);
  assert_string_equal(tuples(&q[0]), "x|y");
  assert_string_equal(tuples(&q[1]), "1|2");
  assert_int_equal(pl_asks_answer(asks, 0, NULL, (bool[]){true, false}, NULL, 0), PL_OK);
  assert_int_equal(pl_asks_answer(asks, 1, NULL, (bool[]){false, true}, NULL, 0), PL_OK);
  assert_int_equal(pl_asks_finish(asks, &w.err), PL_OK);
  pl_asks_free(asks);
  ws_read(&r, &w, "leads", 0);
  const bool expected[] = {true, false, true, false, false};
  for (size_t i = 0; i < 5; i++) {
    ws_row(&r, i);
    assert_int_equal(
        pl_predicate_holds(w.bound->metrics[0].branches[0].where, r.cells, &r.scratch, &failed),
        expected[i]);
  }
  ws_read_end(&r);
  ws_close(&w);
}

static void functions_of_functions_are_asked_in_rounds(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  pl_compute columns[] = {{.kind = PL_COMPUTE_DERIVE,
                           .name = "d",
                           .site = AT(12),
                           .inputs = TEXTS("a"),
                           .call = {-1, 1}},
                          {.kind = PL_COMPUTE_CLEAN,
                           .name = "u",
                           .site = AT(13),
                           .inputs = TEXTS("d"),
                           .words = TEXTS("upper")},
                          {.kind = PL_COMPUTE_DERIVE,
                           .name = "e",
                           .site = AT(14),
                           .inputs = TEXTS("u", "b"),
                           .call = {-1, 2}}};
  open_leads(&w, columns, 3);
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_CALL, .column = "e", .site = RULE(5), .call = {0, 3}});
  ws_bind_ok(&w);
  pl_asks *asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 1);
  assert_string_equal(tuples(&q[0]), "-|x|y");
  pl_asks_answer(asks, 0, (const pl_str[]){{NULL, 0}, PL_STR("p"), PL_STR("q")}, NULL, NULL, 0);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 1);
  assert_int_equal(q[0].call.id, 2);
  assert_string_equal(tuples(&q[0]), "-,-|P,1|P,2|Q,-"); /* through the cleaned column */
  pl_asks_answer(asks, 0, (const pl_str[]){{NULL, 0}, PL_STR("1"), PL_STR("2"), PL_STR("3")}, NULL,
                 NULL, 0);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 1);
  assert_int_equal(q[0].call.id, 3);
  assert_string_equal(tuples(&q[0]), "1|2|3");
  pl_asks_answer(asks, 0, NULL, (bool[]){true, false, true}, NULL, 0);
  assert_false(pl_asks_next(asks, &q, &n));
  assert_int_equal(pl_asks_finish(asks, &w.err), PL_OK);
  pl_asks_free(asks);
  assert_string_equal(text_of(&w, 1, "e"), "3");
  ws_close(&w);
}

static void a_failed_condition_fails_its_metrics_only(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  pl_error why;
  pl_fail(&why, PL_E_RULE, "attempt to index a nil value");
  open_leads(&w, NULL, 0);
  ws_metric(&w, "leads", &step, 1);
  ws_metric(&w, "leads", &step, 1);
  /* a trace that two metrics share has one function */
  w.branches[0][0].where = w.branches[1][0].where =
      WHERE({.kind = PL_COND_CALL, .column = "a", .site = RULE(5), .call = {0, 3}});
  ws_bind_ok(&w);
  pl_asks *asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(n, 1);
  assert_int_equal(pl_asks_answer(asks, 0, NULL, NULL, &why, 111), PL_OK);
  assert_false(pl_asks_next(asks, &q, &n));
  assert_int_equal(pl_asks_finish(asks, &w.err), PL_OK);
  pl_asks_free(asks);
  for (int i = 0; i < 2; i++) {
    assert_string_equal(w.bound->metrics[i].failed->message, why.message);
    assert_int_equal(w.bound->metrics[i].failed_code, 111);
  }
  assert_null(w.bound->metrics[2].failed);
  assert_false(pl_bound_asks(w.bound)); /* nobody is left who needs it */
  ws_close(&w);
}

static void a_failed_column_fails_the_audit(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  pl_error why;
  pl_compute derive = {.kind = PL_COMPUTE_DERIVE,
                       .name = "d",
                       .site = AT(12),
                       .inputs = TEXTS("a"),
                       .call = {-1, 7}};
  pl_fail(&why, PL_E_RULE, "d failed");
  open_leads(&w, &derive, 1);
  w.sources[0].where =
      WHERE({.kind = PL_COND_CALL, .column = "d", .site = AT(13), .call = {-1, 8}});
  ws_bind_ok(&w);
  pl_asks *asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_int_equal(pl_asks_answer(asks, 0, NULL, NULL, &why, 110), PL_OK);
  assert_false(pl_asks_next(asks, &q, &n)); /* what rests on it is not asked */
  /* audit.lua computes it, so there is nothing to audit without it */
  assert_int_equal(pl_asks_finish(asks, &w.err), PL_E_USAGE);
  assert_string_equal(w.err.message, "d failed");
  pl_asks_free(asks);
  ws_close(&w);
}

static void a_source_surveyed_later_is_asked_about_later(void **state) {
  (void)state;
  workspace w;
  pl_question *q;
  size_t n;
  pl_compute derive = {.kind = PL_COMPUTE_DERIVE,
                       .name = "d",
                       .site = AT(12),
                       .inputs = TEXTS("a"),
                       .call = {-1, 7}};
  open_leads(&w, &derive, 1);
  w.metrics[0].by = "d";
  ws_bind_ok(&w);
  pl_asks *asks = pl_asks_new(w.bound);
  assert_false(pl_asks_next(asks, &q, &n)); /* nothing was seen yet */
  pl_asks_free(asks);
  asks = survey(&w);
  assert_true(pl_asks_next(asks, &q, &n));
  pl_asks_answer(asks, 0, (const pl_str[]){{NULL, 0}, PL_STR("p"), PL_STR("q")}, NULL, NULL, 0);
  pl_cell cells[8] = {0}; /* one more record: only what is new is asked */
  const pl_source *leads = ws_bound_source(&w, "leads");
  for (size_t i = 0; i < leads->slots_n; i++) pl_cell_set(&cells[i], PL_STR("new"));
  assert_int_equal(pl_asks_row(asks, leads, cells, &w.err), PL_OK);
  assert_true(pl_asks_next(asks, &q, &n));
  assert_string_equal(tuples(&q[0]), "new");
  pl_asks_free(asks);
  ws_close(&w);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  workspace w;
  pl_compute columns[] = {{.kind = PL_COMPUTE_DERIVE,
                           .name = "d",
                           .site = AT(12),
                           .inputs = TEXTS("a", "b"),
                           .call = {-1, 1}},
                          {.kind = PL_COMPUTE_DERIVE,
                           .name = "e",
                           .site = AT(14),
                           .inputs = TEXTS("d"),
                           .call = {-1, 2}}};
  open_leads(&w, columns, 2);
  w.metrics[0].by = "e";
  bool whole = false;
  for (uint64_t i = 1; !whole; i++) { /* until none is left to fail */
    ws_bind_ok(&w);
    ws_reader r;
    ws_read(&r, &w, "leads", 0);
    w.bound->surveying = true;
    uint64_t before = pl_alloc_count();
    pl_alloc_fail_at(i);
    pl_asks *asks = pl_asks_new(w.bound);
    pl_status status = asks ? PL_OK : PL_E_MEMORY;
    for (size_t k = 0; status == PL_OK && k < r.batch.n; k++) {
      ws_row_alone(&r, k);
      status = r.scratch.out_of_memory ? PL_E_MEMORY : pl_asks_row(asks, r.source, r.cells, &w.err);
    }
    pl_question *q;
    size_t n;
    while (status == PL_OK && pl_asks_next(asks, &q, &n)) {
      const pl_str texts[5] = {PL_STR("p"), PL_STR("q"), PL_STR("r"), PL_STR("s"), PL_STR("t")};
      status = pl_asks_answer(asks, 0, texts, NULL, NULL, 0);
    }
    if (status == PL_OK) status = pl_asks_finish(asks, &w.err);
    pl_alloc_fail_at(0);
    whole = pl_alloc_count() - before < i;
    assert_int_equal(status, whole ? PL_OK : PL_E_MEMORY);
    pl_asks_free(asks);
    ws_read_end(&r);
  }
  assert_true(whole);
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_asked_without_functions),
      cmocka_unit_test(a_column_is_asked_for_each_distinct_tuple),
      cmocka_unit_test(conditions_are_asked_for_values_that_are_not_blank),
      cmocka_unit_test(functions_of_functions_are_asked_in_rounds),
      cmocka_unit_test(a_failed_condition_fails_its_metrics_only),
      cmocka_unit_test(a_failed_column_fails_the_audit),
      cmocka_unit_test(a_source_surveyed_later_is_asked_about_later),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("trace_asks", tests, NULL, NULL);
}
