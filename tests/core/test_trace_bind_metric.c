/* Binding metrics: steps, links, time limits, breakdowns; and every message that
 * a rule author can meet there. */
#include "trace_plain.h"

/* ---- links and steps ---------------------------------------------------------------- */
static void steps_without_a_key_go_by_the_link(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = {.table = "deals", .site = RULE(6)};
  ws_metric(&w, "leads", &step, 1);
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "no link joins \"leads\" and \"deals\"");
  assert_has(e->hint, "link { \"leads\", \"deals\", \"id\" }");
  assert_string_equal(e->file, "rules/m.lua");
  assert_int_equal(e->line, 6);
  ws_link(&w, "deals", "leads", "lead", "id"); /* works in both directions */
  ws_bind_ok(&w);
  const pl_step *bound = &w.bound->metrics[0].branches[0].steps[0];
  assert_string_equal(bound->from->slots[bound->here[0]].name, "id");
  assert_string_equal(bound->to->slots[bound->there[0]].name, "lead");
  ws_link(&w, "leads", "deals", "id", "lead"); /* says the same again */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_link(&w, "leads", "deals", "origin", "status");
  e = ws_error(&w);
  assert_has(e->message, "several links join \"leads\" and \"deals\": audit.lua:31 (lead = id), "
                         "audit.lua:32 (id = lead), audit.lua:33 (origin = status)");
  ws_close(&w);
}

static void links_name_tables_and_columns_that_exist(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_link_def *link = ws_link(&w, "leads", "deals", "id", "led");
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "\"deals\" has no column \"led\"");
  assert_int_equal(w.err.line, 31);
  link->to = "deal";
  assert_has(ws_error(&w)->message, "there is no source \"deal\"");
  link->key.n = 0;
  assert_has(ws_error(&w)->message, "a link needs 1 to 8 columns");
  ws_close(&w);
}

static void a_trace_ends_in_deals(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", NULL, 0);
  assert_has(ws_error(&w)->message, "the trace ends in \"leads\"; a trace must end in deals");
  m->branches[0].table = "deals"; /* from "deals" with no step is legal */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  m->branches[0].table = "lead";
  assert_has(ws_error(&w)->hint, "did you mean \"leads\"?");
  ws_close(&w);
}

static void a_trace_has_at_most_16_steps(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def steps[17];
  for (int i = 0; i < 17; i++) {
    bool there = i % 2 == 0; /* leads -> deals -> leads -> … */
    steps[i] = (pl_step_def){.table = there ? "deals" : "leads",
                             .site = RULE(6 + (uint32_t)i),
                             .key = there ? KEY("id", "lead") : KEY("lead", "id")};
  }
  ws_metric(&w, "leads", steps, 15);
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  assert_true(ws_bound_source(&w, "leads")->held); /* it is entered, too */
  w.branches[0][0].steps_n = 17;
  assert_has(ws_error(&w)->message, "a trace has at most 16 steps, this one has 17");
  ws_close(&w);
}

static void wrong_keys_name_the_table_they_are_missing_in(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = {.table = "deals", .site = RULE(6), .key = KEY("id", "id_lead")};
  ws_metric(&w, "leads", &step, 1);
  assert_has(ws_error(&w)->message, "\"deals\" has no column \"id_lead\"");
  step.key = KEY("ids", "lead");
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"ids\"");
  step.table = "dealz";
  assert_has(ws_error(&w)->message, "there is no source \"dealz\"");
  ws_close(&w);
}

/* ---- the outcome is not selected ------------------------------------------------------ */
static void conditions_cannot_select_the_outcome(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals.amount = "amount";
  w.model.deals.source.columns = (pl_compute[]){
      {.kind = PL_COMPUTE_MAP, .name = "(status)", .site = AT(21), .inputs = TEXTS("status")},
      {.kind = PL_COMPUTE_CLEAN,
       .name = "month",
       .site = AT(22),
       .inputs = TEXTS("closed"),
       .words = TEXTS("digits")},
      {.kind = PL_COMPUTE_DERIVE,
       .name = "size",
       .site = AT(23),
       .inputs = TEXTS("month", "id"),
       .call = {-1, 1}}};
  w.model.deals.source.columns_n = 3;
  w.model.deals.status = "(status)";
  pl_step_def step = to_deals[0];
  ws_metric(&w, "leads", &step, 1);
  /* what the status is made from, the role itself, and what follows from one */
  const char *const bad[] = {"status", "(status)", "amount", "closed", "month", "size"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    step.where = WHERE({.kind = PL_COND_BLANK, .column = bad[i], .site = RULE(7)});
    const pl_error *e = ws_error(&w);
    assert_has(e->message, "it would select the outcome");
    assert_has(e->message, bad[i]);
    assert_int_equal(e->line, 7);
  }
  step.where = WHERE({.kind = PL_COND_BLANK, .column = "created", .site = RULE(7)});
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  /* which records are deals at all is audit.lua's to say */
  w.model.deals.source.where = WHERE({.kind = PL_COND_BLANK, .column = "status", .site = AT(24)});
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void nor_by_looking_it_up_from_another_table(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP,
                                         .name = "end",
                                         .site = AT(12),
                                         .table = "deals",
                                         .key = KEY("id", "lead"),
                                         .take = "status"}};
  w.sources[0].columns_n = 1;
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where = WHERE({.kind = PL_COND_BLANK, .column = "end", .site = RULE(5)});
  assert_has(ws_error(&w)->message, "it would select the outcome");
  ws_close(&w);
}

/* ---- time limits ------------------------------------------------------------------------ */
static void the_tightest_window_counts(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.within = "10d";
  pl_step_def step = to_deals[0];
  pl_metric_def *m = ws_metric(&w, "leads", &step, 1);
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 10 * PL_DAY_US);
  m->within = "30d"; /* the metric's replaces the audit's */
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 30 * PL_DAY_US);
  step.within = "20d";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 20 * PL_DAY_US);
  step.within = "soon";
  assert_has(ws_error(&w)->message, "within = \"soon\" is not a duration");
  ws_close(&w);
}

static void a_window_that_cannot_be_checked_is_an_error(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.within = "10d"; /* of the audit: passed over where it has no meaning */
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->before = "any";
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, -1);
  m->within = "5d";
  assert_has(ws_error(&w)->message, "cannot be checked with before = \"any\"");
  m->before = NULL;
  w.sources[0].time.column = NULL;
  assert_has(ws_error(&w)->message, "cannot be checked: the records of \"leads\" have no time");
  m->within = NULL;
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void hours_cannot_be_checked_on_days(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->within = "36h";
  assert_has(ws_error(&w)->message, "within = \"36h\" is not a number of whole days, but \"day\"");
  m->within = "48h";
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void the_anchor_must_be_mapped(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->before = "created";
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "before = \"created\" needs to know when deals were created");
  assert_has(e->hint, "add created = ");
  w.model.deals.created = (pl_time_column){.column = "created", .site = AT(20)};
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].before, PL_BEFORE_CREATED);
  w.model.deals.closed.column = NULL;
  m->before = NULL;
  e = ws_error(&w);
  assert_has(e->message, "before = \"closed\" (the default) needs to know when deals were closed");
  w.sources[0].time.column = NULL; /* nothing is compared then */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  m->before = "later";
  assert_has(ws_error(&w)->message, "before = \"later\" is not known");
  ws_close(&w);
}

static void next_needs_times_and_stands_last(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = to_deals[0];
  step.next = true;
  pl_metric_def *m = ws_metric(&w, "leads", &step, 1);
  ws_bind_ok(&w);
  assert_true(w.bound->metrics[0].branches[0].steps[0].next);
  m->before = "any";
  assert_has(ws_error(&w)->message, "which = \"next\" has no meaning with before = \"any\"");
  m->before = NULL;
  w.sources[0].time.column = NULL;
  assert_has(ws_error(&w)->message, "which = \"next\" needs the time of the records of \"leads\"");
  w.sources[0].time.column = "day";
  pl_step_def steps[] = {
      step, {.table = "leads", .site = RULE(7), .key = KEY("lead", "id")}, to_deals[0]};
  m->branches[0].steps = steps;
  m->branches[0].steps_n = 3;
  assert_has(ws_error(&w)->message, "which = \"next\" belongs to the last step");
  ws_close(&w);
}

/* ---- breakdown --------------------------------------------------------------------------- */
static void by_is_found_where_the_trace_goes(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->by_table = "deals";
  m->by = "created";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].by_step, 1);
  m->by = "creator";
  assert_has(ws_error(&w)->message, "\"deals\" has no column \"creator\"");
  m->by_table = "nowhere";
  assert_has(ws_error(&w)->message, "there is no source \"nowhere\"");
  m->by_table = "leads";
  m->by = "origin";
  m->branches[0] = (pl_trace_def){.table = "deals", .site = RULE(5)};
  assert_has(ws_error(&w)->message, "by names the table \"leads\", which the trace does not enter");
  ws_close(&w);
}

static void one_branch_with_the_column_is_enough(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->branches_n = 2;
  w.branches[0][1] = (pl_trace_def){.table = "deals", .site = RULE(8)};
  m->before = "any";
  m->by = "origin";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].by_step, 0);
  assert_int_equal(w.bound->metrics[0].branches[1].by_step, -1);
  m->by = "colour";
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"colour\"");
  ws_close(&w);
}

/* ---- metrics fail alone --------------------------------------------------------------------- */
static void a_failed_metric_leaves_nothing_behind(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def wrong = {.table = "deals", .site = RULE(6), .key = KEY("nothing", "lead")};
  ws_metric(&w, "leads", &wrong, 1);
  /* "paid" is no number: bound, this condition would reject the record */
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_RANGE, .column = "origin", .site = RULE(5), .low = {"5", true}});
  ws_metric(&w, "leads", to_deals, 1);
  w.metrics[1].by = "origin";
  ws_bind_ok(&w);
  assert_non_null(w.bound->metrics[0].failed);
  assert_null(w.bound->metrics[1].failed);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->slots[ws_slot(leads, "origin")].uses, PL_USE_TEXT);
  ws_close(&w);
}

static void metrics_that_failed_before_keep_their_reason(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_error why;
  pl_fail(&why, PL_E_RULE, "a wrong field");
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->failed = &why;
  m->failed_code = 111;
  pl_metric_def *untraced = ws_metric(&w, "leads", NULL, 0);
  untraced->branches_n = 0;
  ws_bind_ok(&w);
  assert_true(w.bound->metrics[0].failed == &why);
  assert_int_equal(w.bound->metrics[0].failed_code, 111);
  assert_null(w.bound->metrics[1].failed);
  assert_false(ws_bound_source(&w, "leads")->started);
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_without_a_key_go_by_the_link),
      cmocka_unit_test(links_name_tables_and_columns_that_exist),
      cmocka_unit_test(a_trace_ends_in_deals),
      cmocka_unit_test(a_trace_has_at_most_16_steps),
      cmocka_unit_test(wrong_keys_name_the_table_they_are_missing_in),
      cmocka_unit_test(conditions_cannot_select_the_outcome),
      cmocka_unit_test(nor_by_looking_it_up_from_another_table),
      cmocka_unit_test(the_tightest_window_counts),
      cmocka_unit_test(a_window_that_cannot_be_checked_is_an_error),
      cmocka_unit_test(hours_cannot_be_checked_on_days),
      cmocka_unit_test(the_anchor_must_be_mapped),
      cmocka_unit_test(next_needs_times_and_stands_last),
      cmocka_unit_test(by_is_found_where_the_trace_goes),
      cmocka_unit_test(one_branch_with_the_column_is_enough),
      cmocka_unit_test(a_failed_metric_leaves_nothing_behind),
      cmocka_unit_test(metrics_that_failed_before_keep_their_reason),
  };
  return cmocka_run_group_tests_name("trace_bind_metric", tests, NULL, NULL);
}
