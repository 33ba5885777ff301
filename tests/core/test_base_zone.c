/* Timezones. Expected instants come from the system's own zone files, by
 * `zdump -v ZONE` where a transition is named and otherwise by
 *   PYTHONTZPATH=/usr/share/zoneinfo /usr/bin/python3 -c 'import datetime, zoneinfo;
 *     print(datetime.datetime(Y, M, D, h, m, tzinfo=zoneinfo.ZoneInfo(ZONE)).timestamp())'
 * with tzdata 2025b. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/time.h"

#define MINUTE_US (60 * PL_SECOND_US)

typedef struct wall {
  const char *zone;
  int year, month, day, hour, minute;
  int64_t seconds; /* since 1970, UTC */
} wall;

static void wall_clocks_become_instants(void **state) {
  (void)state;
  static const wall cases[] = {
      {"UTC", 2024, 3, 14, 9, 30, 1710408600},              /* date -u -d '2024-03-14 09:30' +%s */
      {"America/New_York", 2024, 3, 10, 2, 30, 1710055800}, /* skipped: 03:30 */
      {"Europe/Berlin", 2024, 3, 31, 2, 30, 1711848600},    /* skipped: 03:30 */
      {"America/New_York", 2024, 11, 3, 1, 30, 1730611800}, /* twice: the first */
      {"Australia/Lord_Howe", 2024, 4, 7, 1, 45, 1712414700}, /* twice, half an hour apart */
      {"America/Sao_Paulo", 2018, 2, 17, 23, 30, 1518917400}, /* twice, before midnight */
      {"America/Sao_Paulo", 2018, 11, 4, 1, 0, 1541300400},
      {"Asia/Kathmandu", 1986, 1, 1, 0, 15, 504901800}, /* +05:30 became +05:45 */
      {"Asia/Kolkata", 2024, 1, 1, 0, 0, 1704047400},
      {"Europe/Berlin", 1890, 1, 1, 0, 0, -2524524808}, /* local mean time, +00:53:28 */
      {"Europe/Berlin", 2149, 7, 1, 0, 0, 5664376800},  /* summer time, far ahead */
      /* changed by decree since 2022: */
      {"Africa/Cairo", 2023, 4, 28, 0, 30, 1682634600}, /* summer time again; skipped: 01:30 */
      {"Africa/Cairo", 2023, 7, 1, 0, 0, 1688158800},
      {"America/Chihuahua", 2022, 12, 1, 12, 0, 1669917600}, /* -06:00 all year */
      {"America/Mazatlan", 2024, 7, 1, 0, 0, 1719817200},    /* no summer time */
      {"America/Ciudad_Juarez", 2024, 7, 1, 12, 0, 1719856800},
      {"America/Asuncion", 2025, 7, 1, 0, 0, 1751338800},   /* summer time for good */
      {"America/Godthab", 2023, 7, 1, 0, 0, 1688176800},    /* -02:00 all that year, */
      {"America/Godthab", 2024, 7, 1, 0, 0, 1719795600},    /* -01:00 in summers since, */
      {"America/Godthab", 2024, 3, 30, 23, 30, 1711848600}, /* from the evening before */
      /* gaps around midnight: */
      {"America/Sao_Paulo", 2018, 11, 4, 0, 30, 1541302200},
      {"Pacific/Apia", 2011, 12, 30, 12, 0, 1325282400},
      /* after the last transition in the file, by its last line: */
      {"Europe/Berlin", 2040, 3, 25, 2, 30, 2216251800}, /* skipped: 03:30 */
      {"Europe/Berlin", 2040, 7, 1, 0, 0, 2224706400},
      {"Europe/Berlin", 2040, 12, 1, 0, 0, 2237929200},
      {"America/Godthab", 2045, 1, 1, 0, 0, 2366848800},
      {"Africa/Cairo", 2040, 7, 1, 0, 0, 2224702800},
      {"Europe/Dublin", 2050, 1, 15, 12, 0, 2525860800}, /* winter is what changes there */
      {"Australia/Sydney", 2060, 1, 1, 0, 0, 2840101200},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const wall *c = &cases[i];
    pl_zone *zone = pl_zone_open(c->zone, NULL);
    assert_non_null(zone);
    int32_t day = pl_days_from_civil(c->year, c->month, c->day);
    int64_t us = pl_zone_instant(zone, day, (c->hour * 60 + c->minute) * MINUTE_US);
    if (us != c->seconds * PL_SECOND_US)
      fail_msg("%s %zu: %lld", c->zone, i, (long long)(us / PL_SECOND_US));
    pl_zone_close(zone);
  }
}

/* zdump -v America/Sao_Paulo:
 *   Sun Feb 18 01:59:59 2018 UT = Sat Feb 17 23:59:59 2018 -02
 *   Sun Feb 18 02:00:00 2018 UT = Sat Feb 17 23:00:00 2018 -03
 *   Sun Nov  4 02:59:59 2018 UT = Sat Nov  3 23:59:59 2018 -03
 *   Sun Nov  4 03:00:00 2018 UT = Sun Nov  4 01:00:00 2018 -02 */
static void a_day_without_midnight(void **state) {
  (void)state;
  pl_zone *zone = pl_zone_open("America/Sao_Paulo", NULL);
  int64_t start = 1541300400 * PL_SECOND_US; /* 2018-11-04 03:00:00 UTC */
  int32_t day = pl_days_from_civil(2018, 11, 4);
  assert_true(pl_zone_day_start(zone, day) == start);
  assert_int_equal(pl_zone_day(zone, start), day);
  assert_int_equal(pl_zone_day(zone, start - 1), day - 1);
  assert_int_equal(pl_zone_offset(zone, start), -7200);
  assert_int_equal(pl_zone_offset(zone, start - 1), -10800);
  assert_true(pl_zone_instant(zone, day, 30 * MINUTE_US) == start + 30 * MINUTE_US);
  assert_true(pl_zone_day_start(zone, day + 1) == start + 23 * 60 * MINUTE_US);
  /* February 18 begins when the clock reaches midnight for good */
  assert_true(pl_zone_day_start(zone, pl_days_from_civil(2018, 2, 18)) ==
              1518922800 * PL_SECOND_US);
  pl_zone_close(zone);
}

/* zdump -v Pacific/Apia:
 *   Fri Dec 30 09:59:59 2011 UT = Thu Dec 29 23:59:59 2011 -10
 *   Fri Dec 30 10:00:00 2011 UT = Sat Dec 31 00:00:00 2011 +14 */
static void a_day_that_never_was(void **state) {
  (void)state;
  pl_zone *zone = pl_zone_open("Pacific/Apia", NULL);
  int64_t change = 1325239200 * PL_SECOND_US; /* date -u -d '2011-12-30 10:00' +%s */
  int32_t day = pl_days_from_civil(2011, 12, 30);
  assert_true(pl_zone_day_start(zone, day) == change);
  assert_true(pl_zone_day_start(zone, day + 1) == change);
  assert_true(pl_zone_day_start(zone, day - 1) == change - PL_DAY_US);
  assert_int_equal(pl_zone_day(zone, change), day + 1);
  assert_int_equal(pl_zone_day(zone, change - 1), day - 1);
  pl_zone_close(zone);
}

/* zdump -v America/St_Johns:
 *   Sun Mar 13 03:30:59 2011 UT = Sun Mar 13 00:00:59 2011 NST
 *   Sun Mar 13 03:31:00 2011 UT = Sun Mar 13 01:01:00 2011 NDT
 * and in the autumn of 2010 one minute of November 7 came before the clock went
 * back to November 6, so that November 7 began twice: the first time counts. */
static void a_day_that_began_twice(void **state) {
  (void)state;
  pl_zone *zone = pl_zone_open("America/St_Johns", NULL);
  int64_t first = 1289097000 * PL_SECOND_US; /* 2010-11-07 00:00 NDT */
  int32_t day = pl_days_from_civil(2010, 11, 7);
  assert_true(pl_zone_day_start(zone, day) == first);
  assert_int_equal(pl_zone_day(zone, first), day);
  assert_int_equal(pl_zone_day(zone, first + MINUTE_US), day - 1); /* 23:01 again */
  assert_int_equal(pl_zone_day(zone, first + 60 * MINUTE_US), day);
  pl_zone_close(zone);
}

/* Without reading any table: what must hold of every zone on every day. */
static void days_and_instants_agree(void **state) {
  (void)state;
  static const char *const zones[] = {"UTC",           "America/Sao_Paulo", "Pacific/Apia",
                                      "Africa/Cairo",  "Asia/Tehran",       "America/St_Johns",
                                      "Europe/London", "Asia/Manila",       "America/Havana"};
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    pl_zone *zone = pl_zone_open(zones[i], NULL);
    assert_non_null(zone);
    assert_string_equal(pl_zone_name(zone), zones[i]);
    int32_t last = pl_days_from_civil(2160, 1, 1);
    for (int32_t day = pl_days_from_civil(1840, 1, 1); day < last; day++) {
      int64_t start = pl_zone_day_start(zone, day);
      bool first = pl_zone_day(zone, start) >= day && pl_zone_day(zone, start - 1) < day;
      if (!first) fail_msg("%s: day %d", zones[i], day);
      int64_t noon = pl_zone_instant(zone, day, PL_DAY_US / 2);
      if (noon < start) fail_msg("%s: noon of day %d before its start", zones[i], day);
    }
    pl_zone_close(zone);
  }
}

static void unknown_zones_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *name, *hint;
  } cases[] = {
      {"Europe/Berlim", "\"Europe/Berlin\""},
      {"europe/berlin", "\"Europe/Berlin\""},
      {"Etc/Unknown", "IANA"},
      {"GMT+3", NULL},
      {"BST", NULL}, /* British to most people, Dhaka to ICU */
      {"", "IANA"},
      {NULL, "IANA"},
      {"Mars/Olympus_Mons", "IANA"},
      {"A/name/longer/than/any/zone/ever/was/and/then/some/more/of/the/same", "IANA"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pl_error err = {0};
    assert_null(pl_zone_open(cases[i].name, &err));
    assert_int_equal(err.status, PL_E_USAGE);
    if (cases[i].hint) assert_non_null(strstr(err.hint, cases[i].hint));
  }
  assert_null(pl_zone_open("nowhere", NULL));
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  int failures = 0;
  for (uint64_t n = 1;; n++) {
    pl_error err = {0};
    pl_alloc_fail_at(n);
    pl_zone *zone = pl_zone_open("Europe/Berlin", &err);
    if (zone) {
      pl_zone_close(zone);
      break;
    }
    assert_int_equal(err.status, PL_E_MEMORY);
    failures++;
  }
  pl_alloc_fail_at(1);
  assert_null(pl_zone_open("Europe/Berlim", NULL));
  pl_alloc_fail_at(2);
  assert_null(pl_zone_open("Europe/Berlim", NULL));
  pl_alloc_fail_at(0);
  assert_true(failures > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wall_clocks_become_instants), cmocka_unit_test(a_day_without_midnight),
      cmocka_unit_test(a_day_that_never_was),        cmocka_unit_test(a_day_that_began_twice),
      cmocka_unit_test(days_and_instants_agree),     cmocka_unit_test(unknown_zones_are_refused),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("base_zone", tests, NULL, NULL);
}
