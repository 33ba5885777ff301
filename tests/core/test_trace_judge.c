/* The policy: evidence -> verdict, in the order of design.md §4.4. */
#include "test_found.h"

/* ---- one metric, one cell of §4.4 each ------------------------------------------------ */

typedef struct outcome {
  pl_verdict_kind kind;
  int code;
  bool flagged;
} outcome;
#define LINKED ((outcome){PL_VERDICT_LINKED, 0, false})
#define NO_DIFFERENCE ((outcome){PL_VERDICT_NO_DIFFERENCE, 108, false})
#define TOO_EARLY ((outcome){PL_VERDICT_TOO_EARLY, 107, false})
#define UNLINKED(code) ((outcome){PL_VERDICT_UNLINKED, (code), true})
#define UNTRACED ((outcome){PL_VERDICT_UNTRACED, 101, true})
#define ERROR(code) ((outcome){PL_VERDICT_ERROR, (code), false})

static const pl_error rule_failed = {.status = PL_E_RULE, .message = "no column \"x\""};

/* Tables by hand; the intervals are R's (fisher.test(matrix(c(...), 2))$conf.int):
 * 300 300 300 300: 0.792 to 1.262; 20 20 20 20: 0.380 to 2.629 */
static const pl_table22 alike = {300, 300, 300, 300}, unsure = {20, 20, 20, 20};

static void no_trace(world *w) {
  w->metric_defs[0].branches_n = w->metrics[0].branches_n = 0;
  w->evidence[0].branches_n = 0;
}
static void failed(world *w) {
  reaches(w, 0, 2, 1500);
  w->metrics[0].failed = &rule_failed;
  w->metrics[0].failed_code = 110;
}
static void failed_and_no_trace(world *w) {
  no_trace(w);
  failed(w);
}
static void failed_in_the_model(world *w) {
  w->metric_defs[0].failed = &rule_failed;
  w->metric_defs[0].failed_code = 111;
}
static void match_limit(world *w) {
  reaches(w, 0, 2, 1500);
  w->evidence[0].failed_limit = true;
}
static void stale(world *w) {
  reaches(w, 0, 2, 1500);
  w->sources[POSTS].fresh_us = 2 * PL_DAY_US; /* newest: 3 days before */
}
static void stale_in_the_middle(world *w) {
  reaches(w, 0, 2, 1500);
  w->sources[CONTACTS].fresh_us = 2 * PL_DAY_US;
}
static void stale_and_empty(world *w) {
  w->sources[POSTS].fresh_us = 2 * PL_DAY_US;
  w->tallies[POSTS].newest.kind = PL_TIME_NONE;
}
static void fresh_to_the_day(world *w) {
  reaches(w, 0, 2, 1500);
  w->sources[POSTS].fresh_us = 3 * PL_DAY_US;
}
static void another_source_is_stale(world *w) {
  reaches(w, 0, 2, 1500);
  w->sources[VISITS].fresh_us = PL_DAY_US;
}
static void no_records(world *w) {
  (void)w;
}
static void alike_in_won_and_lost(world *w) {
  reaches(w, 0, 2, 1500);
  w->evidence[0].main = alike;
}
static void alike_but_below_the_bar(world *w) {
  alike_in_won_and_lost(w);
  w->metrics[0].min_won = 3;
}
static void unsure_of_won_and_lost(world *w) {
  reaches(w, 0, 2, 1500);
  w->evidence[0].main = unsure;
}
static void no_difference_below_is_a_limit_itself(world *w) {
  unsure_of_won_and_lost(w);
  w->model.policy.no_difference_below = pl_fisher_exact(20, 20, 20, 20).high; /* not below itself */
}
static void alike_but_reaches_no_won(world *w) {
  reaches(w, 0, 0, 0);
  w->evidence[0].matched[PL_LOST] = money_of(4, 0);
  w->evidence[0].main = alike;
}
static void one_won(world *w) {
  reaches(w, 0, 1, 1000);
}
static void at_the_bar(world *w) {
  reaches(w, 0, 3, 1000);
  w->metrics[0].min_won = 3;
}
static void under_the_bar(world *w) {
  reaches(w, 0, 2, 1000);
  w->metrics[0].min_won = 3;
}
static void only_refunds(world *w) {
  reaches(w, 0, 1, -100);
  w->evidence[0].won_countable = 0;
}
static void blank_at_first(world *w) {
  breaks(w, 0, 0, 1, 36, 0);
}
static void blank_at_second(world *w) {
  breaks(w, 0, 0, 2, 12, 0);
}
static void young(world *w, int64_t cycle_days) {
  w->deals.cycle_us = cycle_days * PL_DAY_US;
  w->evidence[0].oldest_usable = day_of(AS_OF_DAY - 30);
}
static void blank_and_young(world *w) {
  blank_at_second(w);
  young(w, 31);
}
static void no_match(world *w) {
  breaks(w, 0, 0, 1, 36, 20);
}
static void no_match_and_young(world *w) {
  no_match(w);
  young(w, 31);
}
static void no_match_as_old_as_the_cycle(world *w) {
  no_match(w);
  young(w, 30);
}
static void no_match_and_age_unknown(world *w) {
  no_match_and_young(w);
  w->evidence[0].oldest_usable.kind = PL_TIME_NONE;
}
static void no_match_and_cycle_unknown(world *w) {
  no_match_and_young(w);
  w->deals.cycle_us = -1;
}
static void conditions_leave_nothing(world *w) {
  no_match(w);
  w->evidence[0].branches[0].steps[0].matched = 9;
}
static void linked_and_young(world *w) {
  one_won(w);
  young(w, 31);
}
static void under_the_bar_and_young(world *w) {
  under_the_bar(w);
  young(w, 31);
}
static void matched_after(world *w) {
  reaches(w, 0, 2, 1000);
  w->evidence[0].in_order[PL_WON] = w->evidence[0].reached[PL_WON] = money_of(0, 0);
  w->evidence[0].won_countable = 0;
}
static void matched_after_and_lost(world *w) {
  matched_after(w);
  w->evidence[0].matched[PL_LOST] = w->evidence[0].reached[PL_LOST] = money_of(4, 0);
}
static void matched_after_and_young(world *w) {
  matched_after(w);
  young(w, 31);
}
static void out_of_window(world *w) {
  reaches(w, 0, 2, 1000);
  w->evidence[0].reached[PL_WON] = money_of(0, 0);
  w->evidence[0].won_countable = 0;
}
static void only_lost(world *w) {
  reaches(w, 0, 0, 0);
  w->evidence[0].matched[PL_LOST] = money_of(4, 0);
}
static void only_open(world *w) {
  reaches(w, 0, 0, 0);
  w->evidence[0].matched[PL_OPEN] = money_of(1, 0);
}
static void only_lost_and_young(world *w) {
  only_lost(w);
  young(w, 31);
}

static const struct {
  const char *name;
  void (*make)(world *w);
  outcome want;
} cells[] = {
    {"the rule failed", failed, ERROR(110)},
    {"a failed rule is no catalogue entry", failed_and_no_trace, ERROR(110)},
    {"the code of the failure is kept", failed_in_the_model, ERROR(111)},
    {"a match limit", match_limit, ERROR(111)},
    {"not fresh", stale, ERROR(115)},
    {"a step's table is not fresh", stale_in_the_middle, ERROR(115)},
    {"not fresh beats no records", stale_and_empty, ERROR(115)},
    {"exactly at the limit is fresh", fresh_to_the_day, LINKED},
    {"a source that it does not use", another_source_is_stale, LINKED},
    {"no trace", no_trace, UNTRACED},
    {"no records", no_records, UNLINKED(106)},
    {"upper end 1.26 < 1.5", alike_in_won_and_lost, NO_DIFFERENCE},
    {"no difference beats the bar", alike_but_below_the_bar, NO_DIFFERENCE},
    {"upper end 2.63 >= 1.5", unsure_of_won_and_lost, LINKED},
    {"below means below", no_difference_below_is_a_limit_itself, LINKED},
    {"no difference needs a won deal", alike_but_reaches_no_won, UNLINKED(104)},
    {"one won deal", one_won, LINKED},
    {"at the bar", at_the_bar, LINKED},
    {"under the bar", under_the_bar, UNLINKED(114)},
    {"a refund does not count", only_refunds, UNLINKED(114)},
    {"blank at step 1", blank_at_first, UNLINKED(102)},
    {"blank at step 2", blank_at_second, UNLINKED(102)},
    {"PL102 beats too early", blank_and_young, UNLINKED(102)},
    {"no match", no_match, UNLINKED(103)},
    {"too early beats PL103", no_match_and_young, TOO_EARLY},
    {"as old as the cycle is not too early", no_match_as_old_as_the_cycle, UNLINKED(103)},
    {"unknown age is never too early", no_match_and_age_unknown, UNLINKED(103)},
    {"unknown cycle: never too early", no_match_and_cycle_unknown, UNLINKED(103)},
    {"matches that conditions leave out", conditions_leave_nothing, UNLINKED(103)},
    {"linked beats too early", linked_and_young, LINKED},
    {"too early beats PL114", under_the_bar_and_young, TOO_EARLY},
    {"after the close", matched_after, UNLINKED(105)},
    {"PL105 beats PL104", matched_after_and_lost, UNLINKED(105)},
    {"too early beats PL105", matched_after_and_young, TOO_EARLY},
    {"outside the window", out_of_window, UNLINKED(113)},
    {"only lost", only_lost, UNLINKED(104)},
    {"only open", only_open, UNLINKED(104)},
    {"too early beats PL104", only_lost_and_young, TOO_EARLY},
};

static void expect(const char *name, const pl_verdict *got, outcome want) {
  if (got->kind == want.kind && got->code == want.code && got->flagged == want.flagged) return;
  fail_msg("%s: %s %d %s", name, pl_verdict_name(got->kind), got->code,
           got->flagged ? "flagged" : "not flagged");
}

static void every_cell(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    world w;
    world_make(&w, 1);
    cells[i].make(&w);
    judge(&w);
    expect(cells[i].name, &w.found.verdicts[0], cells[i].want);
    pl_arena_free(&w.arena);
  }
}

/* A cycle from days is compared in days, one in seconds in seconds. */
static void the_cycle_is_compared_in_its_own_unit(void **state) {
  (void)state;
  for (int days = 0; days < 2; days++) {
    world w;
    world_make(&w, 1);
    no_match(&w);
    int32_t oldest = AS_OF_DAY - 30; /* 30 days by the calendar, 29.5 by the clock */
    w.bound.as_of =
        (pl_time){(int64_t)AS_OF_DAY * PL_DAY_US + PL_DAY_US / 4, AS_OF_DAY, PL_TIME_INSTANT};
    w.evidence[0].oldest_usable =
        (pl_time){(int64_t)oldest * PL_DAY_US + 3 * PL_DAY_US / 4, oldest, PL_TIME_INSTANT};
    w.deals.cycle_us = 30 * PL_DAY_US;
    w.deals.cycle_days = days == 1;
    judge(&w);
    expect(days ? "days" : "seconds", &w.found.verdicts[0], days ? UNLINKED(103) : TOO_EARLY);
    pl_arena_free(&w.arena);
  }
}

/* ---- any: several branches --------------------------------------------------------------- */

static void two_branches(world *w) {
  world_make(w, 1);
  w->metrics[0].branches_n = w->evidence[0].branches_n = 2;
}

static void expect_break(world *w, outcome want, int branch, int step) {
  judge(w);
  expect("branches", &w->found.verdicts[0], want);
  assert_int_equal(w->found.verdicts[0].branch, branch);
  assert_int_equal(w->found.verdicts[0].step, step);
  pl_arena_free(&w->arena);
}

static void the_branch_that_got_furthest_names_the_break(void **state) {
  (void)state;
  world w;
  two_branches(&w);
  breaks(&w, 0, 0, 2, 12, 12);
  breaks(&w, 0, 1, 1, 36, 36);
  expect_break(&w, UNLINKED(103), 0, 2);
  two_branches(&w);
  breaks(&w, 0, 0, 1, 36, 0);
  breaks(&w, 0, 1, 1, 36, 0);
  expect_break(&w, UNLINKED(102), 0, 1); /* a tie: the first */
}

/* One branch is blank, the other matches nothing: PL103, and the place is one
 * that PL103 is true of, though the blank one got further. */
static void blank_keys_must_be_blank_in_every_branch(void **state) {
  (void)state;
  world w;
  two_branches(&w);
  breaks(&w, 0, 0, 2, 12, 0);
  breaks(&w, 0, 1, 1, 36, 20);
  expect_break(&w, UNLINKED(103), 1, 1);
}

static void a_branch_without_records_names_nothing(void **state) {
  (void)state;
  world w;
  two_branches(&w);
  breaks(&w, 0, 0, 1, 36, 0);
  w.evidence[0].branches[1] = (pl_branch_evidence){.records = 5};
  expect_break(&w, UNLINKED(102), 0, 1);
}

static void one_branch_that_holds_is_no_break(void **state) {
  (void)state;
  world w;
  two_branches(&w);
  reaches(&w, 0, 0, 0);
  w.evidence[0].matched[PL_LOST] = money_of(2, 0);
  breaks(&w, 0, 1, 1, 36, 0);
  expect_break(&w, UNLINKED(104), -1, 0);
}

/* ---- tells won from lost --------------------------------------------------------------------- */

static pl_answer answer_of(const pl_table22 *table, bool lost) {
  world w;
  world_make(&w, 1);
  reaches(&w, 0, 2, 1500);
  w.evidence[0].main = *table;
  if (!lost) w.items[2].status = PL_OPEN;
  judge(&w);
  pl_answer answer = w.found.verdicts[0].difference.answer;
  bool tested = w.found.verdicts[0].difference.tested;
  assert_int_equal(tested, answer != PL_ANSWER_NO_LOST && answer != PL_ANSWER_TOO_FEW);
  pl_arena_free(&w.arena);
  return answer;
}

static void five_won_and_five_lost_are_needed(void **state) {
  (void)state;
  assert_int_equal(answer_of(&(pl_table22){5, 0, 0, 5}, true), PL_ANSWER_TELLS); /* p .0079 */
  assert_int_equal(answer_of(&(pl_table22){4, 0, 0, 500}, true), PL_ANSWER_TOO_FEW);
  assert_int_equal(answer_of(&(pl_table22){500, 0, 0, 4}, true), PL_ANSWER_TOO_FEW);
  assert_int_equal(answer_of(&(pl_table22){500, 5, 0, 0}, true), PL_ANSWER_TOO_FEW);
  assert_int_equal(answer_of(&(pl_table22){500, 5, 0, 0}, false), PL_ANSWER_NO_LOST);
  assert_int_equal(answer_of(&unsure, true), PL_ANSWER_CANNOT_TELL);
  assert_int_equal(answer_of(&alike, true), PL_ANSWER_NO_DIFFERENCE);
}

/* R: p.adjust(c(0.034143802, 1, 0.0541060214), "BH") = 0.08115903 1 0.08115903;
 * tables 40 60 25 75, 10 10 10 10 and 12 188 30 970 (see test_trace_stats.c). The
 * metrics without a test in between do not count. */
static void q_ranks_over_all_tested_metrics(void **state) {
  (void)state;
  world w;
  world_make(&w, 5);
  for (int i = 0; i < 5; i++) reaches(&w, i, 2, 1500);
  w.evidence[0].main = (pl_table22){40, 60, 25, 75};
  w.metrics[1].failed = &rule_failed;
  w.evidence[1].main = (pl_table22){40, 60, 25, 75};
  w.evidence[2].main = (pl_table22){10, 10, 10, 10};
  w.evidence[3].main = (pl_table22){0, 100, 0, 100}; /* nothing of it is met: no test */
  w.evidence[4].main = (pl_table22){12, 188, 30, 970};
  judge(&w);
  const pl_verdict *v = w.found.verdicts;
  assert_true(v[0].difference.q > 0.0811590 && v[0].difference.q < 0.0811591);
  assert_true(v[4].difference.q == v[0].difference.q && v[2].difference.q == 1);
  assert_false(v[1].difference.tested || v[3].difference.tested);
  assert_int_equal(v[0].difference.answer, PL_ANSWER_TELLS);
  assert_int_equal(v[4].difference.answer, PL_ANSWER_CANNOT_TELL); /* lower end 0.94 */
  assert_int_equal(v[3].difference.answer, PL_ANSWER_CANNOT_TELL);
  pl_arena_free(&w.arena);

  w.found.verdicts = NULL;
  memset(&w.arena, 0, sizeof w.arena);
  w.model.policy.q = 0.05;
  judge(&w);
  assert_int_equal(w.found.verdicts[0].difference.answer, PL_ANSWER_CANNOT_TELL);
  pl_arena_free(&w.arena);
}

/* PL112: over 20 % of the won deals reached, from 5 on. */
static void few_keys_at_the_edges(void **state) {
  (void)state;
  static const struct {
    uint32_t won, top;
    bool note;
  } rows[] = {{4, 4, false}, {5, 1, false}, {5, 2, true}, {10, 2, false}, {10, 3, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    world w;
    world_make(&w, 1);
    reaches(&w, 0, rows[i].won, 100);
    w.evidence[0].top_key_won = rows[i].top;
    judge(&w);
    assert_int_equal(w.found.verdicts[0].few_keys, rows[i].note);
    pl_arena_free(&w.arena);
  }
}

/* ---- the rule's own judge ---------------------------------------------------------------- */

/* What each evidence permits, as "linked no_difference too_early unlinked". */
static const struct {
  const char *name;
  void (*make)(world *w);
  const char *permitted;
} permits[] = {
    {"linked, untested", one_won, "L--U"},
    {"linked, tested, 1 inside", unsure_of_won_and_lost, "LN-U"},
    {"linked and young", linked_and_young, "L-TU"},
    {"no difference", alike_in_won_and_lost, "LN-U"},
    {"under the bar", under_the_bar, "L--U"},
    {"a refund only", only_refunds, "---U"},
    {"blank", blank_at_first, "---U"},
    {"blank and young", blank_and_young, "--TU"},
    {"too early", no_match_and_young, "--TU"},
    {"only lost", only_lost, "---U"},
    {"no records", no_records, "---U"},
    {"failed", failed, "----"},
    {"untraced", no_trace, "----"},
};

static void judge_may_not_claim_more_than_the_evidence(void **state) {
  (void)state;
  static const char *const names[] = {"linked", "no_difference", "too_early", "unlinked"};
  for (size_t i = 0; i < sizeof permits / sizeof *permits; i++) {
    world w;
    world_make(&w, 1);
    permits[i].make(&w);
    judge(&w);
    char got[5] = "----";
    for (int n = 0; n < 4; n++) {
      bool yes = pl_verdict_permitted(&w.evidence[0], &w.deals, &w.found.verdicts[0], names[n]);
      if (yes) got[n] = "LNTU"[n];
    }
    assert_false(pl_verdict_permitted(&w.evidence[0], &w.deals, &w.found.verdicts[0], "error"));
    assert_false(pl_verdict_permitted(&w.evidence[0], &w.deals, &w.found.verdicts[0], "untraced"));
    assert_false(pl_verdict_permitted(&w.evidence[0], &w.deals, &w.found.verdicts[0], "Linked"));
    if (strcmp(got, permits[i].permitted) != 0) {
      fail_msg("%s: %s, not %s", permits[i].name, got, permits[i].permitted);
    }
    pl_arena_free(&w.arena);
  }
}

static void no_difference_needs_an_interval_with_1(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  reaches(&w, 0, 2, 1500);
  w.evidence[0].main = (pl_table22){40, 60, 25, 75}; /* 1.049 to 3.841 */
  judge(&w);
  assert_false(
      pl_verdict_permitted(&w.evidence[0], &w.deals, &w.found.verdicts[0], "no_difference"));
  pl_arena_free(&w.arena);
}

static void take(world *w, const char *name, const char *text) {
  pl_error err;
  assert_int_equal(pl_verdict_take(&w->arena, &w->found, 0, name, text, NULL, 0, &err), PL_OK);
}

static void a_departure_keeps_the_standard_verdict(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  one_won(&w);
  judge(&w);
  take(&w, "unlinked", "one deal is not enough for us");
  const pl_verdict *v = &w.found.verdicts[0];
  expect("stricter", v, UNLINKED(114));
  assert_true(v->departed);
  assert_int_equal(v->standard, PL_VERDICT_LINKED);
  assert_int_equal(v->standard_code, 0);
  assert_string_equal(v->text, "one deal is not enough for us");
  pl_arena_free(&w.arena);
}

static void the_same_or_no_answer_is_no_departure(void **state) {
  (void)state;
  const char *const names[] = {NULL, "linked"};
  for (int i = 0; i < 2; i++) {
    world w;
    world_make(&w, 1);
    one_won(&w);
    judge(&w);
    take(&w, names[i], "as expected");
    expect("the same", &w.found.verdicts[0], LINKED);
    assert_false(w.found.verdicts[0].departed);
    assert_string_equal(w.found.verdicts[0].text, "as expected");
    pl_arena_free(&w.arena);
  }
}

/* Time to wait is over by the rule's own judgement: the code below it shows. */
static void unlinked_instead_of_too_early_names_what_is_wrong(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  no_match_and_young(&w);
  judge(&w);
  take(&w, "unlinked", NULL);
  expect("impatient", &w.found.verdicts[0], UNLINKED(103));
  pl_arena_free(&w.arena);
}

static void an_answer_that_is_not_permitted_is_an_error(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  blank_and_young(&w);
  judge(&w);
  take(&w, "linked", NULL);
  const pl_verdict *v = &w.found.verdicts[0];
  expect("not permitted", v, ERROR(110));
  assert_string_equal(v->error->message, "judge of Marketing/m0 answered \"linked\", which the "
                                         "evidence does not permit: it reaches no won deal");
  assert_string_equal(v->error->hint, "permitted here: too_early, unlinked; or return nil to keep "
                                      "the standard verdict");
  assert_string_equal(v->error->file, "rules/marketing.lua");
  assert_int_equal(v->error->line, 40);
  pl_arena_free(&w.arena);
}

static void a_judge_that_failed_is_an_error(void **state) {
  (void)state;
  world w;
  pl_error err;
  world_make(&w, 1);
  one_won(&w);
  w.metric_defs[0].judge = (pl_function){0, 3};
  judge(&w);
  assert_true(pl_verdict_asks_rule(&w.found, 0));
  pl_verdict_take(&w.arena, &w.found, 0, NULL, NULL, &rule_failed, 111, &err);
  expect("failed", &w.found.verdicts[0], ERROR(111));
  assert_false(pl_verdict_asks_rule(&w.found, 0));
  assert_ptr_equal(w.found.verdicts[0].error, &rule_failed);
  pl_arena_free(&w.arena);
}

static void what_is_not_fresh_says_how_old_it_is(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  stale(&w);
  judge(&w);
  const pl_error *e = w.found.verdicts[0].error;
  assert_string_equal(e->message, "posts is not fresh: its newest record is of 2024-06-27, 3 days "
                                  "before the audit; the limit is 2 days");
  assert_string_equal(e->hint, "export posts again, or change its `fresh`");
  assert_int_equal(e->line, 10);
  pl_arena_free(&w.arena);
}

static void memory_may_run_out(void **state) {
  (void)state;
  world w;
  pl_error err;
  pl_status status = PL_E_MEMORY;
  for (uint64_t n = 1; status == PL_E_MEMORY; n++) {
    assert_true(n < 100);
    world_make(&w, 1);
    unsure_of_won_and_lost(&w);
    pl_alloc_fail_at(n);
    status = pl_judge_all(&w.arena, &w.found, &err);
    pl_alloc_fail_at(0);
    pl_arena_free(&w.arena);
    if (n == 1) assert_int_equal(status, PL_E_MEMORY);
  }
  assert_int_equal(status, PL_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_cell),
      cmocka_unit_test(the_cycle_is_compared_in_its_own_unit),
      cmocka_unit_test(the_branch_that_got_furthest_names_the_break),
      cmocka_unit_test(blank_keys_must_be_blank_in_every_branch),
      cmocka_unit_test(a_branch_without_records_names_nothing),
      cmocka_unit_test(one_branch_that_holds_is_no_break),
      cmocka_unit_test(five_won_and_five_lost_are_needed),
      cmocka_unit_test(q_ranks_over_all_tested_metrics),
      cmocka_unit_test(few_keys_at_the_edges),
      cmocka_unit_test(judge_may_not_claim_more_than_the_evidence),
      cmocka_unit_test(no_difference_needs_an_interval_with_1),
      cmocka_unit_test(a_departure_keeps_the_standard_verdict),
      cmocka_unit_test(the_same_or_no_answer_is_no_departure),
      cmocka_unit_test(unlinked_instead_of_too_early_names_what_is_wrong),
      cmocka_unit_test(an_answer_that_is_not_permitted_is_an_error),
      cmocka_unit_test(a_judge_that_failed_is_an_error),
      cmocka_unit_test(what_is_not_fresh_says_how_old_it_is),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests_name("trace_judge", tests, NULL, NULL);
}
