/* Conditions: which cells meet them, and the messages for those that make no
 * sense. Each case is a condition on one column and the records it keeps. */
#include "trace_workspace.h"

#include "trace/condition.h"

/* value of `c`: 0 paid  1 Paid search  2 organic  3 blank  4 5  5 5.0  6 2024-03-31
 * 7 a;paid  8 true */
#define VALUES                                                                                     \
  "id,c\n0,paid\n1,Paid search\n2,organic\n3,\n4,5\n5,5.0\n6,2024-03-31\n7,a;paid\n"               \
  "8,true\n"

static void open_values(workspace *w, const char *text) {
  ws_open(w);
  ws_file(w, "t.csv", text);
  ws_file(w, "deals.csv", "id,closed,status\nd1,2024-03-01,won\n");
  ws_source(w, "t", "t.csv");
  ws_deals(w, "deals.csv");
  static pl_step_def step = {
      .table = "deals", .site = {"rules/m.lua", 6, 0}, .key = {{"id"}, {"id"}, 1}};
  ws_metric(w, "t", &step, 1);
}

/* The first characters of `id` of the records that meet the conditions. */
static const char *kept(workspace *w, pl_conditions where) {
  static char out[64];
  size_t n = 0;
  ws_reader r;
  bool failed = false;
  w->branches[0][0].where = where;
  ws_bind_ok(w);
  if (w->bound->metrics[0].failed) fail_msg("%s", w->bound->metrics[0].failed->message);
  const pl_predicate *p = w->bound->metrics[0].branches[0].where;
  ws_read(&r, w, "t", 0);
  for (size_t i = 0; i < r.batch.n; i++) {
    if (ws_row(&r, i) != PL_ROW_USED)
      out[n++] = 'x';
    else if (pl_predicate_holds(p, r.cells, &r.scratch, &failed))
      out[n++] = ws_text(&r, "id")[0];
    assert_true(n < sizeof out);
  }
  assert_false(failed);
  out[n] = '\0';
  ws_read_end(&r);
  return out;
}

#define CASE(expected, ...)                                                                        \
  assert_string_equal(kept(&w, WHERE({.column = "c", .site = RULE(5), __VA_ARGS__})), expected)
#define ERROR_OF(part, ...)                                                                        \
  do {                                                                                             \
    w.branches[0][0].where = WHERE({.column = "c", .site = RULE(5), __VA_ARGS__});                 \
    assert_has(ws_error(&w)->message, part);                                                       \
    assert_int_equal(w.bound->metrics[0].failed->line, 5);                                         \
  } while (0)
#define VALUES_OF(...)                                                                             \
  .values = (pl_literal[]){__VA_ARGS__},                                                           \
  .values_n = sizeof((pl_literal[]){__VA_ARGS__}) / sizeof(pl_literal)
#define NOT(...)                                                                                   \
  .kind = PL_COND_NOT, .child = &(pl_condition) {                                                  \
    __VA_ARGS__                                                                                    \
  }

static void equality_is_by_text_and_lists_mean_any(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  CASE("0", .kind = PL_COND_EQUAL, VALUES_OF({"paid", false}));
  CASE("02", .kind = PL_COND_EQUAL, VALUES_OF({"paid", false}, {"organic", false}));
  CASE("8", .kind = PL_COND_EQUAL, VALUES_OF({"true", false}));
  CASE("4", .kind = PL_COND_EQUAL, VALUES_OF({"5", false}));
  CASE("45", .kind = PL_COND_EQUAL, VALUES_OF({"5", true})); /* a number: 5.0 is equal too */
  CASE("045", .kind = PL_COND_EQUAL, VALUES_OF({"paid", false}, {"5", true}));
  CASE("", .kind = PL_COND_EQUAL, VALUES_OF({"PAID", false}));
  /* more than eight values go through a dictionary */
  CASE("02", .kind = PL_COND_EQUAL,
       VALUES_OF({"a", false}, {"b", false}, {"c", false}, {"d", false}, {"e", false}, {"f", false},
                 {"g", false}, {"h", false}, {"paid", false}, {"organic", false}));
  ERROR_OF("an empty text is equal to nothing", .kind = PL_COND_EQUAL, VALUES_OF({"", false}));
  assert_has(w.bound->metrics[0].failed->hint, "write c = blank()");
  ERROR_OF("names no value", .kind = PL_COND_EQUAL);
  ERROR_OF("is out of range", .kind = PL_COND_EQUAL, VALUES_OF({"1e300", true}));
  ws_close(&w);
}

static void like_is_a_glob_over_the_whole_value(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  CASE("0", .kind = PL_COND_LIKE, VALUES_OF({"p*", false}));
  CASE("01", .kind = PL_COND_LIKE, VALUES_OF({"[pP]aid*", false}));
  CASE("02", .kind = PL_COND_LIKE, VALUES_OF({"paid", false}, {"org*", false}));
  CASE("012456"
       "78",
       .kind = PL_COND_LIKE, VALUES_OF({"*", false})); /* all but the blank one */
  ws_close(&w);
}

static void matches_is_a_perl_pattern_anywhere_in_the_value(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  CASE("017", .kind = PL_COND_MATCHES, WHERE_VALUE("(?i)paid"));
  CASE("6", .kind = PL_COND_MATCHES, WHERE_VALUE("^\\d{4}-\\d\\d-\\d\\d$"));
  ERROR_OF("the pattern \"a(b\" is wrong at character 4: missing closing parenthesis",
           .kind = PL_COND_MATCHES, WHERE_VALUE("a(b"));
  ws_close(&w);
  open_values(&w, "id,c\n0,\xc3\xa9t\xc3\xa9\n1,xx\xc3\xa9\xc3\xa9\n");
  CASE("0", .kind = PL_COND_MATCHES, WHERE_VALUE("^.t.$")); /* é is one character */
  ws_close(&w);
}

static void a_pattern_that_runs_away_is_stopped(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  char text[256] = "id,c\n0,";
  memset(text + strlen(text), 'a', 40);
  strcat(text, "!\n");
  open_values(&w, text);
  /* exponential: every way of cutting forty a's is tried */
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_MATCHES, .column = "c", .site = RULE(5), WHERE_VALUE("^(a+)+$")});
  ws_bind_ok(&w);
  ws_read(&r, &w, "t", 0);
  bool failed = false;
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_false(
      pl_predicate_holds(w.bound->metrics[0].branches[0].where, r.cells, &r.scratch, &failed));
  assert_true(failed);
  ws_read_end(&r);
  /* in the where of a source it rejects the record */
  w.sources[0].where = w.branches[0][0].where;
  ws_bind_ok(&w);
  ws_read(&r, &w, "t", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_REJECTED);
  assert_int_equal(r.reject.code, PL_REJECT_LONG);
  assert_non_null(strstr(r.reject.message.p, "a pattern met its limit"));
  ws_read_end(&r);
  ws_close(&w);
}

/* "abc" is no number: it is neither above 2.5 nor not above it, and no reject. */
static void ranges_of_numbers_are_exact(void **state) {
  (void)state;
  workspace w;
  open_values(&w, "id,c\n0,1\n1,2.5\n2,-3\n3,\n4,2.50001\n5,abc\n");
  CASE("14", .kind = PL_COND_RANGE, .low = {"2.5", true});
  CASE("4", .kind = PL_COND_RANGE, .low = {"2.5", true}, .low_open = true);
  CASE("012", .kind = PL_COND_RANGE, .high = {"2.5", true});
  CASE("02", .kind = PL_COND_RANGE, .high = {"2.5", true}, .high_open = true);
  CASE("01", .kind = PL_COND_RANGE, .low = {"1", true}, .high = {"2.5", true});
  CASE("0123", NOT(.kind = PL_COND_RANGE, .low = {"2.5", true}, .low_open = true)); /* 3: blank */
  ERROR_OF("names no bound", .kind = PL_COND_RANGE);
  ERROR_OF("between needs two numbers or two dates", .kind = PL_COND_RANGE, .low = {"1", true},
           .high = {"2024-01-01", false});
  ws_close(&w);
}

static void ranges_of_dates_reach_through_the_day(void **state) {
  (void)state;
  workspace w;
  open_values(&w, "id,c\n0,2024-03-30 23:59:59\n1,2024-03-31 00:00\n2,2024-03-31 18:00\n"
                  "3,\n4,2024-04-01 00:00\n");
  CASE("124", .kind = PL_COND_RANGE, .low = {"2024-03-31", false});
  CASE("012", .kind = PL_COND_RANGE, .high = {"2024-03-31", false});
  CASE("4", .kind = PL_COND_RANGE, .low = {"2024-03-31", false}, .low_open = true);
  CASE("0", .kind = PL_COND_RANGE, .high = {"2024-03-31", false}, .high_open = true);
  CASE("12", .kind = PL_COND_RANGE, .low = {"2024-03-31", false}, .high = {"2024-03-31", false});
  CASE("24", .kind = PL_COND_RANGE, .low = {"2024-03-31 12:00", false});
  CASE("01", .kind = PL_COND_RANGE, .high = {"2024-03-31T12:00:00Z", false});
  ERROR_OF("\"31/03/2024\" is not a date or time", .kind = PL_COND_RANGE,
           .low = {"31/03/2024", false});
  ws_close(&w);
  open_values(&w, "id,c\n0,2024-03-30\n1,2024-03-31\n2,2024-04-01\n");
  CASE("01", .kind = PL_COND_RANGE, .high = {"2024-03-31", false});
  CASE("12", .kind = PL_COND_RANGE, .low = {"2024-03-31 18:00", false}); /* compared as days */
  ws_close(&w);
}

static void a_day_is_one_of_the_audits_zone(void **state) {
  (void)state;
  workspace w;
  open_values(&w, "id,c\n0,2024-03-31T02:00:00Z\n1,2024-03-31T04:00:00Z\n");
  w.model.timezone = "America/Sao_Paulo"; /* UTC-3: the 31st begins at 03:00Z */
  CASE("1", .kind = PL_COND_RANGE, .low = {"2024-03-31", false});
  ws_close(&w);
}

static void a_blank_meets_only_blank_and_not(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  CASE("3", .kind = PL_COND_BLANK);
  CASE("01245678", NOT(.kind = PL_COND_BLANK));
  CASE("12345678", NOT(.kind = PL_COND_EQUAL, VALUES_OF({"paid", false})));
  CASE("3", NOT(.kind = PL_COND_LIKE, VALUES_OF({"*", false})));
  CASE("0", NOT(NOT(.kind = PL_COND_EQUAL, VALUES_OF({"paid", false}))));
  CASE("234568", NOT(.kind = PL_COND_MATCHES, WHERE_VALUE("(?i)paid")));
  ws_close(&w);
}

static void all_conditions_must_hold(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  assert_string_equal(
      kept(&w,
           WHERE({.kind = PL_COND_LIKE, .column = "c", .site = RULE(5), VALUES_OF({"*a*", false})},
                 {.kind = PL_COND_NOT,
                  .column = "id",
                  .site = RULE(5),
                  .child = &(pl_condition){.kind = PL_COND_EQUAL, VALUES_OF({"2", true})}})),
      "017");
  ws_close(&w);
}

static void a_list_meets_a_condition_with_any_of_its_values(void **state) {
  (void)state;
  workspace w;
  open_values(&w, "id,raw\n0,a;paid\n1,paidx; b\n2,\n3,;\n");
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LIST,
                                         .name = "c",
                                         .site = AT(12),
                                         .inputs = TEXTS("raw"),
                                         .words = TEXTS(";")}};
  w.sources[0].columns_n = 1;
  CASE("0", .kind = PL_COND_EQUAL, VALUES_OF({"paid", false}));
  CASE("1", .kind = PL_COND_EQUAL, VALUES_OF({"b", false}));
  CASE("01", .kind = PL_COND_LIKE, VALUES_OF({"paid*", false}));
  CASE("123", NOT(.kind = PL_COND_EQUAL, VALUES_OF({"paid", false})));
  bool all;
  w.branches[0][0].where =
      WHERE({.kind = PL_COND_EQUAL, .column = "c", .site = RULE(5), WHERE_VALUE("paid")});
  ws_bind_ok(&w); /* not for dispatch: the cell is not the value */
  assert_int_equal(pl_predicate_equalities(w.bound->metrics[0].branches[0].where, &all), 0);
  assert_false(all);
  ws_close(&w);
}

static void unknown_columns_name_the_condition(void **state) {
  (void)state;
  workspace w;
  open_values(&w, VALUES);
  w.branches[0][0].where = WHERE({.kind = PL_COND_BLANK, .column = "idd", .site = RULE(7)});
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "\"t\" has no column \"idd\"");
  assert_int_equal(e->line, 7);
  assert_string_equal(e->hint, "did you mean \"id\"?");
  ws_close(&w);
}

static void signatures_are_equal_for_equal_conditions(void **state) {
  (void)state;
  workspace w;
  char first[256];
  open_values(&w, VALUES);
  pl_condition a = {.kind = PL_COND_EQUAL, .column = "c", .site = RULE(5), WHERE_VALUE("paid")};
  pl_condition b = {.kind = PL_COND_BLANK, .column = "id", .site = RULE(6)};
  ws_metric(&w, "t", w.branches[0][0].steps, 1);
  w.branches[0][0].where = WHERE(a, b);
  w.branches[1][0].where = WHERE(b, a); /* the order in which they are written does not matter */
  ws_bind_ok(&w);
  const pl_predicate *p = w.bound->metrics[0].branches[0].where;
  const pl_predicate *q = w.bound->metrics[1].branches[0].where;
  assert_string_equal(pl_predicate_signature(p), pl_predicate_signature(q));
  snprintf(first, sizeof first, "%s", pl_predicate_signature(p));
  int slot;
  const pl_str *texts;
  size_t n;
  bool all;
  assert_int_equal(pl_predicate_equalities(p, &all), 1);
  pl_predicate_equality(p, 0, &slot, &texts, &n);
  assert_int_equal(n, 1);
  assert_true(pl_str_eq(texts[0], PL_STR("paid")));
  a.values[0].number = true;
  a.values[0].text = "5";
  w.branches[0][0].where = WHERE(a, b);
  ws_bind_ok(&w);
  assert_string_not_equal(pl_predicate_signature(w.bound->metrics[0].branches[0].where), first);
  assert_int_equal(pl_predicate_equalities(w.bound->metrics[0].branches[0].where, &all), 0);
  assert_string_equal(pl_predicate_signature(NULL), "");
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equality_is_by_text_and_lists_mean_any),
      cmocka_unit_test(like_is_a_glob_over_the_whole_value),
      cmocka_unit_test(matches_is_a_perl_pattern_anywhere_in_the_value),
      cmocka_unit_test(a_pattern_that_runs_away_is_stopped),
      cmocka_unit_test(ranges_of_numbers_are_exact),
      cmocka_unit_test(ranges_of_dates_reach_through_the_day),
      cmocka_unit_test(a_day_is_one_of_the_audits_zone),
      cmocka_unit_test(a_blank_meets_only_blank_and_not),
      cmocka_unit_test(all_conditions_must_hold),
      cmocka_unit_test(a_list_meets_a_condition_with_any_of_its_values),
      cmocka_unit_test(unknown_columns_name_the_condition),
      cmocka_unit_test(signatures_are_equal_for_equal_conditions),
  };
  return cmocka_run_group_tests_name("trace_condition", tests, NULL, NULL);
}
