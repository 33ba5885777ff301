/* The sentences of a finding: for each code and shape of evidence the headline,
 * where the trail ends, whether it tells won from lost, and the first thing to
 * do. Then the words that they are made of. */
#include "trace/sentence.h"

#include "test_found.h"
#include "trace/result.h"

static pl_condition paid = {.kind = PL_COND_EQUAL,
                            .column = "channel",
                            .values = &(pl_literal){.text = "paid"},
                            .values_n = 1};

/* ---- sentences ------------------------------------------------------------------------------ */

typedef struct sentences {
  const char *name;
  void (*make)(world *w);
  const char *headline, *where, *tells, *todo; /* todo: the first; NULL: absent */
} sentences;

static void none(world *w) {
  (void)w;
}
static void one_post_without_a_key(world *w) {
  breaks(w, 0, 0, 1, 1, 0);
  w->evidence[0].origins = 1;
}
static void no_match_but_near(world *w) {
  breaks(w, 0, 0, 1, 36, 1);
  pl_step_evidence *step = &w->evidence[0].branches[0].steps[0];
  step->near_keys = 1;
  step->near[0] = (pl_near_sample){PL_STR("A B"), PL_STR("ab")};
  step->near_n = 1;
  step->near_won = (pl_money_count){.deals = 1, .unknown = 1};
}
static void matches_left_out(world *w) {
  breaks(w, 0, 0, 1, 36, 20);
  w->evidence[0].branches[0].steps[0].matched = 9;
  w->step_defs[0].where = (pl_conditions){&paid, 1};
}
static void after_the_close(world *w) {
  reaches(w, 0, 1, 1000);
  w->evidence[0].in_order[PL_WON] = w->evidence[0].reached[PL_WON] = money_of(0, 0);
  w->evidence[0].won_countable = 0;
}
static void without_any_time(world *w) {
  after_the_close(w);
  w->evidence[0].undated_origins = 36;
}
static void with_some_times(world *w) {
  after_the_close(w);
  w->evidence[0].undated_deals = 1;
  w->metrics[0].before = PL_BEFORE_CREATED;
}
static void out_of_the_window(world *w) {
  reaches(w, 0, 4, 1000);
  w->evidence[0].reached[PL_WON] = money_of(0, 0);
  w->evidence[0].won_countable = 0;
  w->branches[0].within_us = 180 * PL_DAY_US;
}
static void lost_and_open(world *w) {
  reaches(w, 0, 0, 0);
  w->evidence[0].matched[PL_LOST] = money_of(5, 0);
  w->evidence[0].matched[PL_OPEN] = money_of(1, 0);
}
static void only_lost(world *w) {
  lost_and_open(w);
  w->evidence[0].matched[PL_OPEN] = money_of(0, 0);
}
static void below(world *w) {
  reaches(w, 0, 2, 1000);
  w->metrics[0].min_won = 3;
}
static void conditions_meet_nothing(world *w) {
  w->trace_defs[0].where = (pl_conditions){&paid, 1};
  w->evidence[0].branches[0].records = 8000;
}
static void only_later(world *w) {
  w->evidence[0].after_as_of = 1;
}
static void young(world *w) {
  breaks(w, 0, 0, 1, 36, 36);
  w->evidence[0].oldest_usable = day_of(AS_OF_DAY - 9);
  w->deals.cycle_us = 49 * PL_DAY_US;
}
static void linked(world *w, pl_table22 table) {
  reaches(w, 0, 2, 1500);
  w->evidence[0].main = table;
}
static void one_unknown_amount(world *w) {
  linked(w, (pl_table22){0});
  w->items[2].status = PL_OPEN;
  w->evidence[0].reached[PL_WON] = (pl_money_count){.deals = 1, .unknown = 1};
}
static void some_unknown_amounts(world *w) {
  linked(w, (pl_table22){3, 9, 0, 4});
  w->evidence[0].reached[PL_WON].deals = 1200;
  w->evidence[0].reached[PL_WON].unknown = 12;
}
static void tells(world *w) {
  linked(w, (pl_table22){120, 380, 15, 485});
}
static void only_won_meet_it(world *w) {
  linked(w, (pl_table22){20, 20, 0, 40});
}
static void chance(world *w) {
  linked(w, (pl_table22){12, 188, 30, 970});
}
static void all_meet_it(world *w) {
  linked(w, (pl_table22){50, 0, 50, 0});
}
static void none_meets_it(world *w) {
  linked(w, (pl_table22){0, 50, 0, 50});
}
static void alike(world *w) {
  linked(w, (pl_table22){1000, 1000, 1000, 1000});
}
static void the_other_way_round(world *w) {
  linked(w, (pl_table22){10, 90, 60, 40});
}
static void no_trace(world *w) {
  w->metric_defs[0].branches_n = w->metrics[0].branches_n = 0;
}
static void too_old(world *w) {
  w->sources[POSTS].fresh_us = PL_DAY_US;
}
static void two_sources(world *w) {
  w->metrics[0].branches_n = w->evidence[0].branches_n = 2;
  breaks(w, 0, 0, 2, 12, 0);
  breaks(w, 0, 1, 1, 36, 0);
  w->evidence[0].origins = 184220;
}

static const sentences cases[] = {
    {"no records", none, "There is nothing to follow: the exports hold no posts", NULL, NULL,
     "check that the export is whole and covers the right period"},
    {"one post, no key", one_post_without_a_key,
     "1 record of posts cannot be followed to any closed-won deal",
     "posts -> contacts by campaign: 0 of 1 record of posts carries a key", NULL,
     "fill campaign in posts, in the tool that writes this export"},
    {"no match, one near miss", no_match_but_near,
     "36 posts cannot be followed to any closed-won deal",
     "posts -> contacts by campaign: 0 of 1 record of posts with a key matches contacts", NULL,
     "write keys the same way in posts and contacts (\"A B\" and \"ab\"), or add "
     "columns = { campaign_clean = clean(\"campaign\", \"nospace\", \"lower\") } to source "
     "\"posts\" "
     "in audit.lua, and in the trace write :to(\"contacts\", { campaign_clean = \"campaign\" }): "
     "1 value matches when written the same way: 1 more won deal would link"},
    {"matches that conditions leave out", matches_left_out,
     "36 posts cannot be followed to any closed-won deal",
     "posts -> contacts by campaign: 9 posts match contacts, but none of these contacts meets "
     "the conditions (channel = paid)",
     NULL, "look at the conditions on contacts: they leave out all that matches"},
    {"after the close", after_the_close,
     "1 won deal matches posts, but only by records that came after the deal closed",
     "contacts -> deals by id = contact_id: 1 won deal matches, 0 of them can be put in the "
     "right order",
     NULL,
     "check that the time of posts says when they happened, not when they were last changed or "
     "exported"},
    {"no post has a time", without_any_time,
     "1 won deal matches posts, but none of these records carries a time, so none can be shown "
     "to come before a deal",
     "contacts -> deals by id = contact_id: 1 won deal matches, 0 of them can be put in the "
     "right order",
     NULL, "fill the times that are missing in posts or in the deals"},
    {"some times missing", with_some_times,
     "1 won deal matches posts, but no record can be shown to come before its deal was created: "
     "times are later, or missing",
     "contacts -> deals by id = contact_id: 1 won deal matches, 0 of them can be put in the "
     "right order",
     NULL, "fill the times that are missing in posts or in the deals"},
    {"outside the window", out_of_the_window,
     "4 won deals match posts in the right order, but none within 180 days",
     "contacts -> deals by id = contact_id: 4 won deals match in the right order, 0 of them in "
     "the window of 180 days",
     NULL, "check that the time allowed fits how long deals take"},
    {"lost and open deals", lost_and_open,
     "Only 5 lost and 1 open deal can be followed back to posts, and no won deal", NULL, NULL,
     "look again when the open deal has closed"},
    {"below the bar", below,
     "Only 2 won deals can be followed back to posts; at least 3 are asked for", NULL, NULL,
     "look again when more deals have closed"},
    {"conditions meet nothing", conditions_meet_nothing,
     "No record of this metric is in the exports: none of 8,000 posts meets its conditions", NULL,
     NULL, "check the conditions of the trace against the export"},
    {"only later than the audit", only_later,
     "Nothing to follow yet: 1 record of posts is later than the day of the audit, and there "
     "are no earlier ones",
     NULL, NULL, "check that the export is whole and covers the right period"},
    {"too early", young,
     "Too early to say: all 36 posts with a key are younger than the sales cycle of 49 days",
     "posts -> contacts by campaign: 0 of 36 posts with a key match contacts", NULL,
     "look again on 2024-08-09, when the oldest record is as old as the sales cycle"},
    {"linked, amount unknown, none lost", one_unknown_amount,
     "1 won deal (amount unknown) can be followed back to posts", NULL,
     "no lost deals in these exports, so nothing to compare with",
     "keep tracking it, and look again when more deals have closed"},
    {"linked, some unknown, too few lost", some_unknown_amounts,
     "1,200 won deals worth EUR 1,500.00 (the amount of 12 of them is unknown) can be followed "
     "back to posts",
     NULL,
     "cannot tell won from lost: the comparison holds 12 won and 4 lost deals, and at least 5 "
     "of each are needed",
     "keep tracking it, and look again when more deals have closed"},
    {"tells", tells, "2 won deals worth EUR 1,500.00 can be followed back to posts", NULL,
     "tells won from lost: odds 10 times higher (95 % 5.8 to 19)", "keep tracking it"},
    {"only won deals meet it", only_won_meet_it,
     "2 won deals worth EUR 1,500.00 can be followed back to posts", NULL,
     "tells won from lost: no lost deal in the comparison meets it, odds at least 8.5 times "
     "higher (95 %)",
     "keep tracking it"},
    {"chance", chance, "2 won deals worth EUR 1,500.00 can be followed back to posts", NULL,
     "cannot tell won from lost: odds 2.1 times higher (95 % 0.94 to 4.2), which can be chance",
     "keep tracking it, and look again when more deals have closed"},
    {"all meet it", all_meet_it, "2 won deals worth EUR 1,500.00 can be followed back to posts",
     NULL, "cannot tell won from lost: every closed deal in the comparison meets it",
     "keep tracking it, and look again when more deals have closed"},
    {"none meets it", none_meets_it, "2 won deals worth EUR 1,500.00 can be followed back to posts",
     NULL, "cannot tell won from lost: no deal in the comparison meets it",
     "keep tracking it, and look again when more deals have closed"},
    {"alike", alike,
     "2 won deals can be followed back to posts, but lost deals meet them about as often, or "
     "more often",
     NULL, "does not tell won from lost: about the same odds (95 % 0.88 to 1.1)",
     "keep it if it costs little: it reaches won deals, and does not tell them from lost ones"},
    {"the other way round", the_other_way_round,
     "2 won deals can be followed back to posts, but lost deals meet them about as often, or "
     "more often",
     NULL,
     "does not tell won from lost: odds only 0.075 times as high (95 % 0.031 to 0.17); lost "
     "deals meet it more often than won ones",
     "keep it if it costs little: it reaches won deals, and does not tell them from lost ones"},
    {"only lost deals", only_lost,
     "Only 5 lost deals can be followed back to posts, and no won deal", NULL, NULL,
     "check that audit.lua lists every won stage under `won`"},
    {"no trace", no_trace, "Nobody has said how this metric should lead to a deal", NULL, NULL,
     "say in rules/marketing.lua how it should lead to a deal: a `trace`"},
    {"too old", too_old, "Not audited: the export of posts is too old", NULL, NULL,
     "export posts again, or change its `fresh`"},
    {"two sources", two_sources,
     "184,220 records of posts and visits cannot be followed to any closed-won deal",
     "contacts -> deals by id = contact_id: 0 of 12 contacts carry a key", NULL,
     "fill id in contacts, in the tool that writes this export"},
};

static const char *first_todo(const pl_value *finding) {
  const pl_value *item = pl_value_at(pl_value_get(finding, "todo"), 0);
  return pl_value_str(pl_value_get(item, "text")).p;
}

static void expect_sentence(const char *name, const char *kind, const char *got, const char *want) {
  if (!got && !want) return;
  if (got && want && strcmp(got, want) == 0) return;
  fail_msg("%s, %s: \"%s\"", name, kind, got ? got : "(absent)");
}

static const char *text_of(const pl_value *finding, const char *key) {
  const pl_value *v = pl_value_get(finding, key);
  return v ? pl_value_str(v).p : NULL;
}

static void sentences_are_true_and_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    world w;
    world_make(&w, 1);
    cases[i].make(&w);
    judge(&w);
    const pl_value *result = pl_result_build(&w.arena, &w.found);
    const pl_value *finding = pl_value_at(pl_value_get(result, "findings"), 0);
    expect_sentence(cases[i].name, "headline", text_of(finding, "headline"), cases[i].headline);
    expect_sentence(cases[i].name, "where", text_of(finding, "where"), cases[i].where);
    expect_sentence(cases[i].name, "tells", text_of(finding, "tells"), cases[i].tells);
    expect_sentence(cases[i].name, "todo", first_todo(finding), cases[i].todo);
    pl_arena_free(&w.arena);
  }
}

/* ---- words ----------------------------------------------------------------------------- */

static void expect_said(pl_buf *said, const char *want) {
  assert_string_equal(said->n ? said->p : "", want);
  pl_buf_clear(said);
}

static void numbers_for_people(void **state) {
  (void)state;
  pl_buf said = {0};
  const uint64_t counts[] = {0, 7, 999, 1000, 184220, 1234567890};
  const char *const want[] = {"0", "7", "999", "1,000", "184,220", "1,234,567,890"};
  for (int i = 0; i < 6; i++) {
    pl_say_count(&said, counts[i]);
    expect_said(&said, want[i]);
  }
  pl_say_records(&said, 1, "leads");
  expect_said(&said, "1 record of leads");
  pl_say_records(&said, 2, "page_visits");
  expect_said(&said, "2 page visits");
  pl_say_records(&said, 2000, "traffic");
  expect_said(&said, "2,000 records of traffic");
  pl_say_records(&said, 0, "access");
  expect_said(&said, "0 records of access");
  pl_buf_free(&said);
}

static void reals_and_spans(void **state) {
  (void)state;
  char text[PL_REAL_TEXT], span[PL_TIME_TEXT];
  assert_string_equal(pl_real_text(3.41249, 4, text), "3.412");
  assert_string_equal(pl_real_text(0.000123456, 2, text), "0.00012");
  assert_string_equal(pl_real_text(0.999999, 2, text), "1");
  assert_string_equal(pl_real_text(1.5, 4, text), "1.5");
  assert_string_equal(pl_real_text(39574.389, 2, text), "40000");
  assert_string_equal(pl_real_text(1.4508e-11, 4, text), "1.451e-11");
  assert_string_equal(pl_real_text(6e-92, 4, text), "6e-92");
  assert_string_equal(pl_real_text(0, 4, text), "0");
  assert_string_equal(pl_real_text(-1.25, 4, text), "-1.25");
  assert_string_equal(pl_real_text(1 / 0.0, 4, text), "inf");
  assert_string_equal(pl_span_text(PL_DAY_US, span), "1 day");
  assert_string_equal(pl_span_text(49 * PL_DAY_US, span), "49 days");
  assert_string_equal(pl_span_text(484 * PL_DAY_US / 10, span), "48.4 days");
  assert_string_equal(pl_span_text(36 * 3600 * PL_SECOND_US, span), "36 hours");
  assert_string_equal(pl_span_text(90 * PL_SECOND_US, span), "90 seconds");
  assert_string_equal(pl_span_text(0, span), "0 days");
}

static void conditions_in_words(void **state) {
  (void)state;
  pl_literal two[] = {{.text = "a"}, {.text = "b"}};
  const pl_condition child = {.kind = PL_COND_BLANK, .column = "c"};
  pl_condition items[] = {
      {.kind = PL_COND_EQUAL, .column = "c", .values = two, .values_n = 2},
      {.kind = PL_COND_LIKE,
       .column = "page",
       .values = &(pl_literal){.text = "/x*"},
       .values_n = 1},
      {.kind = PL_COND_RANGE, .column = "n", .low = {.text = "5"}, .high = {.text = "9"}},
      {.kind = PL_COND_RANGE, .column = "n", .low = {.text = "5"}, .low_open = true},
      {.kind = PL_COND_RANGE, .column = "n", .high = {.text = "9"}},
      {.kind = PL_COND_NOT, .column = "c", .child = &child},
      {.kind = PL_COND_CALL, .column = "c"}};
  pl_buf said = {0};
  pl_say_conditions(&said, &(pl_conditions){items, 7});
  expect_said(&said, "c = a or b and page like /x* and n from 5 to 9 and n above 5 and n at most "
                     "9 and not (c is blank) and c passes the rule's function");
  pl_buf_free(&said);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sentences_are_true_and_whole),
      cmocka_unit_test(numbers_for_people),
      cmocka_unit_test(reals_and_spans),
      cmocka_unit_test(conditions_in_words),
  };
  return cmocka_run_group_tests_name("trace_sentence", tests, NULL, NULL);
}
