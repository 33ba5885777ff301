/* What a whole column tells. Values are separated by | ; lines count from 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "read/column.h"

static pl_zone *utc;

/* `backwards`: from the last value to the first; `machine`: as from JSON. */
static void look_at(const char *values, bool backwards, bool machine, pl_column_look_result *out) {
  static pl_column_look look;
  pl_str cells[64];
  uint32_t n = 0;
  for (const char *p = values; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    cells[n++] = (pl_str){p, strcspn(p, "|")};
  pl_column_look_open(&look, PL_LOOK_NUMBERS | PL_LOOK_TIMES, utc, utc);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at = backwards ? n - 1 - i : i;
    pl_column_note(&look, cells[at], machine, (pl_look_place){.line = at + 1});
  }
  pl_column_look_finish(&look, out);
}

static const char *number_text(const pl_column_look_result *r) {
  static char text[512];
  const pl_number_look *n = &r->number;
  pl_buf said = {0};
  pl_number_look_say(n, NULL, &said);
  if (n->state == PL_LOOK_NOTHING)
    snprintf(text, sizeof text, "none");
  else if (n->state == PL_LOOK_SETTLED)
    snprintf(text, sizeof text, "%s%s%s%s", pl_number_style_name(n->style), n->open ? ", open" : "",
             n->percents ? ", percent" : "", n->unreadable ? ", some" : "");
  else
    snprintf(text, sizeof text, "%s", said.p);
  pl_buf_free(&said);
  return text;
}

static const char *time_text(const pl_column_look_result *r) {
  static char text[512];
  const pl_time_look *t = &r->time;
  pl_buf said = {0};
  pl_time_look_say(t, NULL, &said);
  if (t->state == PL_LOOK_NOTHING)
    snprintf(text, sizeof text, "none");
  else if (t->state == PL_LOOK_SETTLED)
    snprintf(text, sizeof text, "%s%s%s%s%s",
             t->declare[0]                    ? t->declare
             : t->reader.style == PL_TIME_ISO ? "iso"
                                              : t->reader.format,
             t->has_dates ? ", dates" : "", t->has_instants ? ", instants" : "",
             t->open ? ", open" : "", t->unreadable ? ", some" : "");
  else
    snprintf(text, sizeof text, "%s", said.p);
  pl_buf_free(&said);
  return text;
}

/* The outcome is the same in both orders of the values. */
static void check(const char *values, const char *expected,
                  const char *(*text)(const pl_column_look_result *)) {
  for (int backwards = 0; backwards < 2; backwards++) {
    pl_column_look_result r;
    look_at(values, backwards, false, &r);
    const char *found = text(&r);
    if (strcmp(found, expected) != 0) fail_msg("%s: %s", values, found);
  }
}

static void numbers_settle_on_one_style(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"1|22|333", "plain, open"}, /* no separator: every style reads them alike */
      {"1234.56|7", "plain"},
      {"12.5|1.234", "plain"}, /* 12.5 is no 1.234.567 */
      {"1.2345", "plain"},
      {"0.500", "plain"},
      {"1234.567|1.234", "plain"},
      {"1,234|1,234.56|7.5", "1,234.56"},
      {"1,234|1,234,567", "1,234.56"},
      {"1,234|7.5", "1,234.56"},
      {"1,23,456.78|1,234", "1,234.56"},
      {"1.234|1.234,56", "1.234,56"},
      {"1.234|1.234.567", "1.234,56"},
      {"1.234|12,5", "1.234,56"},
      {"1,345|2,5", "1.234,56"}, /* 2,5 is no thousands, so 1,345 is not either */
      {"2,5|1,345|1 234", "1 234,56"},
      {"500,-|1.500,-", "1.234,56"},
      {"12,5|7", "1.234,56"}, /* grouped or not: 1.234,56 and 1 234,56 read it alike */
      {"1 234|12,5", "1 234,56"},
      {"1 234", "1 234,56"},
      {"1'234|12.5", "1'234.56"},
      {"1’234", "1'234.56"},
      {"$342.09K|$1,117.10K|$5", "1,234.56"},
      {"12%|3.5%", "plain, percent"},
      {"(500.00)|500-|−500|-500", "plain"},
      {"12.5|many|few", "plain, some"},
      {"many", "none"},
      {"", "none"},
      {"--| -- |—|–|-|n/a|N/A|#N/A|(not set)|null|NULL", "none"},
      {"12,5|--|n/a", "1.234,56"}, /* "no value" is not unreadable */
      {"$5|5|$7", "plain, open"},  /* one sign, and numbers without: no second currency */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cases[i][0], cases[i][1], number_text);
}

static void numbers_that_fit_two_readings_are_ambiguous(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"1,234", "\"1,234\" can be read as 1234 (numbers = \"1,234.56\") or as 1.234 "
                "(numbers = \"1.234,56\")"},
      {"7|1.234|2.500|3", "\"1.234\" can be read as 1.234 (numbers = \"plain\") or as 1234 "
                          "(numbers = \"1.234,56\"); 1 other value reads both ways as well"},
      {"$1,234|$1,500|$12,000", "\"$1,234\" can be read as 1234 (numbers = \"1,234.56\") or as "
                                "1.234 (numbers = \"1.234,56\"); 2 other values read both ways "
                                "as well"},
      {"$1.100K", "\"$1.100K\" can be read as 1100 (numbers = \"plain\") or as 1100000 (numbers = "
                  "\"1.234,56\")"},
      /* both of these are read by 1,234.56 and by 1.234,56 */
      {"1,234|1.234", "\"1,234\" can be read as 1234 (numbers = \"1,234.56\") or as 1.234 "
                      "(numbers = \"1.234,56\"); 1 other value reads both ways as well"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cases[i][0], cases[i][1], number_text);
}

static void numbers_of_two_styles_are_mixed(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"5|1,234.56|7|1.234,56", "\"1,234.56\" (line 2) and \"1.234,56\" (line 4) are not written "
                                "in one style of numbers"},
      {"12.5|12,5", "\"12.5\" (line 1) and \"12,5\" (line 2) are not written in one style of "
                    "numbers"},
      {"12%|7|3%", "\"12%\" (line 1) and \"7\" (line 2) are with and without a percent sign"},
      {"7|12%", "\"12%\" (line 2) and \"7\" (line 1) are with and without a percent sign"},
      {"$5|7|€8|£9", "\"$5\" (line 1) and \"€8\" (line 3) are amounts in different currencies"},
      {"$5|5 USD", "\"$5\" (line 1) and \"5 USD\" (line 2) are amounts in different currencies"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cases[i][0], cases[i][1], number_text);
}

static void what_programs_write_has_points(void **state) {
  (void)state;
  pl_column_look_result r;
  look_at("1.234", false, true, &r);
  assert_int_equal(r.number.state, PL_LOOK_SETTLED);
  assert_int_equal(r.number.style, PL_NUMBER_PLAIN);
  assert_true(r.number.proven);
  look_at("1e3|7", false, true, &r);
  assert_int_equal(r.number.fits, 2);
  look_at("1,234", false, true, &r); /* a text: who knows */
  assert_int_equal(r.number.state, PL_LOOK_AMBIGUOUS);
}

static void times_settle_on_one_way(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"2024-03-14|2024-03-15", "iso, dates"},
      {"2024-03-14|2024-03-15 10:00", "iso, dates, instants"},
      {"2024-03-14|2024-3-5", "%Y-%m-%d, dates"},
      {"3/14/2024|03/04/2024", "%m/%d/%Y, dates"},
      {"14/03/2024|03/04/2024", "%d/%m/%Y, dates"},
      {"03.04.2024", "%d.%m.%Y, dates"},
      /* no month 31: two ways are left, and of each value they make the same day */
      {"31/12/31|05/06/05", "%d/%m/%y, dates, open"},
      {"2018.04.24 3:00|2018.04.25 13:30", "%Y.%m.%d %H:%M, instants"},
      {"Jun 09, 2018 09:30 pm", "%b %d, %Y %I:%M %p, instants"},
      {"15 Apr, 2021 00:02:00", "%d %b, %Y %H:%M:%S, instants"},
      {"20240314|20240315", "%Y%m%d, dates"},
      {"3/14/2024|3/15/2024 9:30", "%m/%d/%Y, dates, instants"}, /* no one format says it */
      {"03/03/2024", "%m/%d/%Y, dates, open"},                   /* alike in both */
      {"1700000000|1700000001.5", "epoch, instants"},
      {"3/14/2024|yesterday", "%m/%d/%Y, dates, some"},
      {"3/14/2024|n/a|--", "%m/%d/%Y, dates"},
      {"search", "none"},
      /* a slip among dates that read in one way is unreadable, and nothing more */
      {"2024-01-02 9:00|17.01.2024|2024-01-03 9:30", "iso, instants, some"},
      {"14.03.2024|2024-01-02|15.03.2024", "%d.%m.%Y, dates, some"},
      {"2024-01-02|03/04/2024|2024-01-03", "iso, dates, some"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cases[i][0], cases[i][1], time_text);
}

static void times_that_fit_two_readings_are_ambiguous(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"03/03/2024|03/04/2024|05/06/2024",
       "\"03/04/2024\" can be read as 2024-03-04 (format = \"%m/%d/%Y\") or as 2024-04-03 (format "
       "= \"%d/%m/%Y\"); 1 other value reads both ways as well"},
      {"03/04/2024 9:30 pm|05/06/2024 10:00 am",
       "\"03/04/2024 9:30 pm\" can be read as 2024-03-04 (format = \"%m/%d/%Y %I:%M %p\") or as "
       "2024-04-03 (format = \"%d/%m/%Y %I:%M %p\"); 1 other value reads both ways as well"},
      {"03/04/05", "\"03/04/05\" can be read as 2005-03-04 (format = \"%m/%d/%y\"), as 2005-04-03 "
                   "(format = \"%d/%m/%y\") or as 2003-04-05 (format = \"%y/%m/%d\")"},
      {"2024031409", "\"2024031409\" can be read as 2034-02-20T06:56:49Z (format = \"epoch\") or "
                     "as 2024-03-14T09:00:00Z (format = \"%Y%m%d%H\")"},
      {"3/14/2024|14/3/2024", "\"3/14/2024\" (line 1) and \"14/3/2024\" (line 2) are not dates or "
                              "times of one format"},
      {"2024-01-02|1700000000", "\"2024-01-02\" (line 1) and \"1700000000\" (line 2) are not dates "
                                "or times of one format"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cases[i][0], cases[i][1], time_text);
}

static void columns_have_kinds(void **state) {
  (void)state;
  static const struct {
    const char *values;
    pl_column_kind kind;
  } cases[] = {
      {"", PL_COLUMN_EMPTY},
      {"--|n/a", PL_COLUMN_EMPTY},
      {"a|1", PL_COLUMN_TEXT},
      {"1|2", PL_COLUMN_NUMBER},
      {"12%|--", PL_COLUMN_NUMBER},
      {"2024-01-02|", PL_COLUMN_TIME},
      {"20240314", PL_COLUMN_TIME},
      {"20240314|20249999", PL_COLUMN_NUMBER},
      {"1700000000", PL_COLUMN_NUMBER},
      {"03/04/2024", PL_COLUMN_TIME},
      {"1,234", PL_COLUMN_NUMBER},
      {"2024-01-02|1.5", PL_COLUMN_TEXT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pl_column_look_result r;
    look_at(cases[i].values, false, false, &r);
    if (r.kind != cases[i].kind) fail_msg("%s: %d", cases[i].values, r.kind);
  }
}

static void blanks_and_tokens_are_counted(void **state) {
  (void)state;
  pl_column_look_result r;
  look_at("5|| --|n/a|--|  |7", false, false, &r);
  assert_int_equal(r.values, 2);
  assert_int_equal(r.blanks, 5);
  assert_int_equal(r.tokens_n, 2);
  assert_string_equal(r.tokens[0], "--");
  assert_string_equal(r.tokens[1], "n/a");
}

static int open_zone(void **state) {
  (void)state;
  utc = pl_zone_open("UTC", NULL);
  return utc ? 0 : 1;
}

static int close_zone(void **state) {
  (void)state;
  pl_zone_close(utc);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_settle_on_one_style),
      cmocka_unit_test(numbers_that_fit_two_readings_are_ambiguous),
      cmocka_unit_test(numbers_of_two_styles_are_mixed),
      cmocka_unit_test(what_programs_write_has_points),
      cmocka_unit_test(times_settle_on_one_way),
      cmocka_unit_test(times_that_fit_two_readings_are_ambiguous),
      cmocka_unit_test(columns_have_kinds),
      cmocka_unit_test(blanks_and_tokens_are_counted),
  };
  return cmocka_run_group_tests(tests, open_zone, close_zone);
}
