/* Reading and writing times. Seconds since 1970 are from
 * `date -u -d "2024-03-14 09:30:05" +%s` (1710408605) and the like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <string.h>

#include "base/time.h"

#define AT 1710408605 /* 2024-03-14 09:30:05 UTC */

static pl_zone *utc, *sao_paulo;

static int open_zones(void **state) {
  (void)state;
  utc = pl_zone_open("UTC", NULL);
  sao_paulo = pl_zone_open("America/Sao_Paulo", NULL);
  return !(utc && sao_paulo);
}

static int close_zones(void **state) {
  (void)state;
  pl_zone_close(utc);
  pl_zone_close(sao_paulo);
  return 0;
}

typedef struct time_case {
  const char *text;
  int kind; /* 0: refused */
  int64_t seconds;
  int32_t micros;
} time_case;

static void check(const time_case *cases, size_t n, pl_time_style style, const char *format) {
  pl_time_reader reader = {.style = style, .format = format, .zone = utc, .days = utc};
  for (size_t i = 0; i < n; i++) {
    pl_time t;
    const char *text = cases[i].text;
    bool read = pl_time_parse(pl_str_of(text), &reader, &t);
    if (read != (cases[i].kind != 0)) fail_msg("\"%s\": %s", text, read ? "read" : "refused");
    if (!read) continue;
    int64_t us = cases[i].seconds * PL_SECOND_US + cases[i].micros;
    if (t.us != us || t.kind != cases[i].kind)
      fail_msg("\"%s\": %lld us, kind %d", text, (long long)t.us, t.kind);
    assert_int_equal(t.day, pl_zone_day(utc, t.us));
  }
}
#define CHECK(cases, style, format) check(cases, sizeof cases / sizeof *cases, style, format)

enum { NO = 0, DATE = PL_TIME_DATE, TIME = PL_TIME_INSTANT };

static void iso(void **state) {
  (void)state;
  static const time_case cases[] = {
      {"2024-03-14", DATE, 1710374400, 0},
      {"2024-03-14T09:30:05Z", TIME, AT, 0},
      {"2024-03-14 09:30:05", TIME, AT, 0},
      {"2024-03-14 9:30:05", TIME, AT, 0},
      {"2020-02-04 4:30:21", TIME, 1580790621, 0},
      {"2024-03-14t09:30:05z", TIME, AT, 0},
      {"2024-03-14T09:30", TIME, AT - 5, 0},
      {"2024-03-14T09:30Z", TIME, AT - 5, 0},
      {"2024-03-14T09:30:05.5", TIME, AT, 500000},
      {"2024-03-14T09:30:05,25", TIME, AT, 250000},
      {"2024-03-14T09:30:05.123456789Z", TIME, AT, 123456}, /* cut, not rounded */
      {"2024-03-14T09:30:05+02", TIME, AT - 7200, 0},
      {"2024-03-14T09:30:05-03:30", TIME, AT + 12600, 0},
      {"2024-03-14T09:30:05+0530", TIME, AT - 19800, 0},
      {"2024-03-14 09:30:05 +0000", TIME, AT, 0},
      {"2024-03-14 09:30:05 UTC", TIME, AT, 0},
      {"2024-02-29", DATE, 1709164800, 0},
      {"0001-01-01", DATE, -62135596800, 0},
      {"9999-12-31T23:59:59Z", TIME, 253402300799, 0},
      {"1500-03-01", DATE, -14826672000, 0},         /* proleptic Gregorian: `date` agrees */
      {"2016-12-31T23:59:60Z", TIME, 1483228800, 0}, /* leap second: the next second */
      {"2016-12-31T23:59:60.7Z", TIME, 1483228800, 0},
      {"2024-03-14T09:30:60Z", NO, 0, 0},
      {"2024-03-14T24:00:00", NO, 0, 0},
      {"2024-03-14T09:60", NO, 0, 0},
      {"2024-03-14T09:30:61", NO, 0, 0},
      {"9999-12-31T23:59:60Z", NO, 0, 0}, /* year 10000 */
      {"9999-12-31T23:00-02", NO, 0, 0},
      {"0001-01-01T00:00+01", NO, 0, 0},
      {"0000-01-01", NO, 0, 0},
      {"1500-02-29", NO, 0, 0}, /* a leap day in the Julian calendar only */
      {"2023-02-29", NO, 0, 0},
      {"2024-04-31", NO, 0, 0},
      {"2024-13-01", NO, 0, 0},
      {"2024-00-10", NO, 0, 0},
      {"2024-3-14", NO, 0, 0},
      {"20240314", NO, 0, 0},
      {"24-03-14", NO, 0, 0},
      {"2024-03-14T", NO, 0, 0},
      {"2024-03-14T09", NO, 0, 0},
      {"2024-03-14T09:30:05.", NO, 0, 0},
      {"2024-03-14T09:30:05.1234567890", NO, 0, 0},
      {"2024-03-14T09:30:05+24", NO, 0, 0},
      {"2024-03-14T09:30:05+2", NO, 0, 0},
      {"2024-03-14T09:30:05Zx", NO, 0, 0},
      {"2024-03-14Z", NO, 0, 0},
      {"2024-03-14  09:30", NO, 0, 0},
      {"03/14/2024", NO, 0, 0},
      {"", NO, 0, 0},
      {"today", NO, 0, 0},
  };
  CHECK(cases, PL_TIME_ISO, NULL);
}

static void epochs(void **state) {
  (void)state;
  static const time_case seconds[] = {
      {"1710408605", TIME, AT, 0},
      {"0", TIME, 0, 0},
      {"1710408605.25", TIME, AT, 250000},
      {"-1.5", TIME, -2, 500000},
      {"253402300799", TIME, 253402300799, 0},
      {"253402300800", NO, 0, 0},
      {"99999999999999999999", NO, 0, 0},
      {"9223372036854775807", NO, 0, 0},
      {"", NO, 0, 0},
      {"-", NO, 0, 0},
      {".5", NO, 0, 0},
      {"1.", NO, 0, 0},
      {"1e9", NO, 0, 0},
      {"+5", NO, 0, 0},
      {" 5", NO, 0, 0},
  };
  CHECK(seconds, PL_TIME_EPOCH_S, NULL);
  static const time_case millis[] = {
      {"1710408605250", TIME, AT, 250000},
      {"-1", TIME, -1, 999000},
      {"1710408605250.5", TIME, AT, 250500},
      {"253402300800000", NO, 0, 0},
  };
  CHECK(millis, PL_TIME_EPOCH_MS, NULL);
}

static void declared_formats(void **state) {
  (void)state;
  static const struct {
    const char *format;
    time_case c;
  } cases[] = {
      {"%d/%m/%Y", {"14/03/2024", DATE, 1710374400, 0}},
      {"%m/%d/%Y", {"3/14/2024", DATE, 1710374400, 0}},
      {"%m/%d/%Y", {"14/03/2024", NO, 0, 0}},
      {"%d.%m.%y", {"14.03.24", DATE, 1710374400, 0}},
      {"%d.%m.%y", {"14.03.68", DATE, 3098908800, 0}}, /* 2068 */
      {"%d.%m.%y", {"14.03.69", DATE, -25315200, 0}},  /* 1969 */
      {"%b %e, %Y", {"Mar 14, 2024", DATE, 1710374400, 0}},
      {"%b %e, %Y", {"mar  4, 2024", DATE, 1709510400, 0}},
      {"%e %B %Y", {"14 MARCH 2024", DATE, 1710374400, 0}},
      {"%e %B %Y", {"14 marca 2024", NO, 0, 0}},
      {"%B %e %Y", {"May 14 2024", DATE, 1715644800, 0}},
      {"%F %T", {"2024-03-14 09:30:05", TIME, AT, 0}},
      {"%Y%m%d%H%M%S", {"20240314093005", TIME, AT, 0}},
      {"%Y%m%d", {"2024111", NO, 0, 0}}, /* January 11 or November 1? */
      {"%d%m%Y", {"1112024", NO, 0, 0}},
      {"%F%T", {"2024-03-149:30:05", TIME, AT, 0}},
      {"%m/%d/%Y %I:%M %p", {"03/14/2024 09:30 am", TIME, AT - 5, 0}},
      {"%m/%d/%Y %I:%M %p", {"03/14/2024 12:00 AM", TIME, 1710374400, 0}},
      {"%m/%d/%Y %I:%M %p", {"03/14/2024 12:00 PM", TIME, 1710417600, 0}},
      {"%m/%d/%Y %I:%M %p", {"03/14/2024 13:00 PM", NO, 0, 0}},
      {"%m/%d/%Y %I:%M %p", {"03/14/2024 0:10 AM", NO, 0, 0}},
      {"%FT%T.%f%z", {"2024-03-14T11:30:05.123+02:00", TIME, AT, 123000}},
      {"%Y-%j", {"2024-074", DATE, 1710374400, 0}}, /* date -d 2024-03-14 +%j */
      {"%Y-%j", {"2024-366", DATE, 1735603200, 0}},
      {"%Y-%j", {"2023-366", NO, 0, 0}},
      {"%Y-%j", {"2023-0", NO, 0, 0}},
      {"%Y%%%m%%%d", {"2024%03%14", DATE, 1710374400, 0}},
      {"%F %T", {"2024-03-14 23:59:60", TIME, 1710460800, 0}},
      {"%F", {"2024-03-14 ", NO, 0, 0}},
      {"%F", {"2024-02-30", NO, 0, 0}},
      {"%F", {"", NO, 0, 0}},
      {"%H", {"12", NO, 0, 0}}, /* never checked, and no date in it */
      {"%Y-%m-%d%", {"2024-03-14", NO, 0, 0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(&cases[i].c, 1, PL_TIME_FORMAT, cases[i].format);
  pl_time_reader none = {.style = PL_TIME_FORMAT, .zone = utc, .days = utc};
  pl_time t;
  assert_false(pl_time_parse(PL_STR("x"), &none, &t));
}

static void formats_are_checked(void **state) {
  (void)state;
  static const char *const good[] = {"%Y-%m-%d", "%d %b %y",   "%Y%j",          "%F %T",
                                     "%F %I %p", "%FT%T.%f%z", "%B %e %Y %H:%M"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    assert_int_equal(pl_time_format_check(good[i], NULL), PL_OK);
  static const struct {
    const char *format, *says;
  } bad[] = {
      {"%Y-%m-%q", "%q is not a directive"},
      {"%F %", "% is not a directive"},
      {"%F \xC3\xA9%\xC3\xA9", "%\xC3\xA9 is not"},
      {"", "needs a year"},
      {NULL, "needs a year"},
      {"%m/%d", "needs a year"},
      {"%Y", "a month and a day"},
      {"%Y %j %m", "%j"},
      {"%F %Y", "%Y names again"},
      {"%d %e %m %Y", "%e names again"},
      {"%F %I", "%I and %p together"},
      {"%F %p", "%I and %p together"},
      {"%F %H %p", "either %H"},
      {"%F %M", "an hour"},
      {"%F %H:%S", "a minute"},
      {"%F %H:%M.%f", "a second"},
      {"%F %z", "an hour"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pl_error err = {0};
    assert_int_equal(pl_time_format_check(bad[i].format, &err), PL_E_USAGE);
    if (!strstr(err.message, bad[i].says)) fail_msg("%zu: %s", i, err.message);
  }
}

/* Times are read in the column's zone, days counted in the audit's. */
static void two_zones(void **state) {
  (void)state;
  pl_time_reader reader = {.style = PL_TIME_ISO, .zone = utc, .days = sao_paulo};
  pl_time t;
  assert_true(pl_time_parse(PL_STR("2018-11-14 01:00"), &reader, &t));
  assert_true(t.us == 1542157200 * PL_SECOND_US);            /* date -u -d '2018-11-14 01:00' +%s */
  assert_int_equal(t.day, pl_days_from_civil(2018, 11, 13)); /* 23:00 on the 13th there */
  reader.zone = sao_paulo;
  assert_true(pl_time_parse(PL_STR("2018-11-14 18:04:19"), &reader, &t));
  assert_true(t.us == 1542225859 * PL_SECOND_US); /* zoneinfo: 20:04:19 UTC */
  assert_int_equal(t.day, pl_days_from_civil(2018, 11, 14));
  assert_true(pl_time_parse(PL_STR("2018-11-04"), &reader, &t)); /* begins at 01:00 */
  assert_true(t.us == 1541300400 * PL_SECOND_US);
  assert_int_equal(t.day, pl_days_from_civil(2018, 11, 4));
}

static void times_as_text(void **state) {
  (void)state;
  char out[PL_TIME_TEXT];
  pl_time t = {1542225859 * PL_SECOND_US, 17849, PL_TIME_INSTANT};
  assert_string_equal(pl_time_text(t, sao_paulo, out), "2018-11-14T18:04:19-02:00");
  assert_string_equal(pl_time_text(t, utc, out), "2018-11-14T20:04:19Z");
  t.us += 250000;
  assert_string_equal(pl_time_text(t, utc, out), "2018-11-14T20:04:19.25Z");
  t.kind = PL_TIME_DATE;
  assert_string_equal(pl_time_text(t, sao_paulo, out), "2018-11-14");
  t = (pl_time){-1, -1, PL_TIME_INSTANT};
  assert_string_equal(pl_time_text(t, utc, out), "1969-12-31T23:59:59.999999Z");
  t.us = -2524521600 * PL_SECOND_US; /* 1890: local mean time, zdump: gmtoff=-11188 */
  assert_string_equal(pl_time_text(t, sao_paulo, out), "1889-12-31T20:53:32-03:06:28");
  assert_string_equal(pl_time_text((pl_time){0}, utc, out), "");
}

/* What is written reads back as the same instant. */
static void text_and_back(void **state) {
  (void)state;
  pl_time_reader reader = {.style = PL_TIME_ISO, .zone = utc, .days = sao_paulo};
  int64_t step = 1234567890123456, last = 253402200000 * PL_SECOND_US;
  for (int64_t us = -62135500000 * PL_SECOND_US; us < last; us += step) {
    char out[PL_TIME_TEXT];
    pl_time back, t = {us, pl_zone_day(sao_paulo, us), PL_TIME_INSTANT};
    assert_true(pl_time_parse(pl_str_of(pl_time_text(t, sao_paulo, out)), &reader, &back));
    assert_true(back.us == us && back.day == t.day);
  }
}

static void days_are_proleptic_gregorian(void **state) {
  (void)state;
  assert_int_equal(pl_days_from_civil(1970, 1, 1), 0);
  assert_int_equal(pl_days_from_civil(1, 1, 1), -719162); /* date.toordinal(1970,1,1) - 1 */
  assert_int_equal(pl_days_from_civil(9999, 12, 31), 2932896);
  int32_t expected = -719162;
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int y = 1; y <= 9999; y++)
    for (int m = 1; m <= 12; m++) {
      bool leap = m == 2 && y % 4 == 0 && (y % 100 || y % 400 == 0);
      for (int d = 1; d <= lengths[m - 1] + leap; d++, expected++) {
        int year, month, day;
        pl_civil_from_days(expected, &year, &month, &day);
        bool same = year == y && month == m && day == d;
        if (!same || pl_days_from_civil(y, m, d) != expected) fail_msg("%d-%d-%d", y, m, d);
      }
    }
}

static void now_is_later_than_this_test(void **state) {
  (void)state;
  pl_time now = pl_time_now(utc);
  assert_true(now.us > AT * PL_SECOND_US);
  assert_int_equal(now.kind, PL_TIME_INSTANT);
  assert_int_equal(now.day, now.us / PL_DAY_US);
}

static void durations(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t seconds;
    const char *written;
  } cases[] = {
      {"180d", 15552000, "180 days"}, {"8d", 691200, "8 days"},  {"36h", 129600, "36 hours"},
      {"90m", 5400, "90 minutes"},    {"30s", 30, "30 seconds"}, {"2w", 1209600, "2 weeks"},
      {"1d", 86400, "1 day"},         {"24h", 86400, "1 day"},   {"0d", 0, "0 seconds"},
  };
  char out[PL_TIME_TEXT];
  int64_t us;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(pl_duration_parse(pl_str_of(cases[i].text), &us));
    assert_true(us == cases[i].seconds * PL_SECOND_US);
    assert_string_equal(pl_duration_text(us, out), cases[i].written);
  }
  static const char *const bad[] = {"",
                                    "d",
                                    "5",
                                    "-5d",
                                    "5 d",
                                    "5D",
                                    "1.5d",
                                    "5dd",
                                    "1d12h",
                                    "99999999999d",
                                    "99999999999999999999s"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(pl_duration_parse(pl_str_of(bad[i]), &us));
  assert_string_equal(pl_duration_text(1500000, out), "1.5 seconds");
  assert_string_equal(pl_duration_text(-2 * PL_DAY_US, out), "-2 days");
  pl_duration_text(INT64_MIN, out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iso),
      cmocka_unit_test(epochs),
      cmocka_unit_test(declared_formats),
      cmocka_unit_test(formats_are_checked),
      cmocka_unit_test(two_zones),
      cmocka_unit_test(times_as_text),
      cmocka_unit_test(text_and_back),
      cmocka_unit_test(days_are_proleptic_gregorian),
      cmocka_unit_test(now_is_later_than_this_test),
      cmocka_unit_test(durations),
  };
  return cmocka_run_group_tests_name("base_time", tests, open_zones, close_zones);
}
