/* The times of one column, one after another: what pl_time_run_read gives is held
 * against pl_time_parse, which knows nothing of the time before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/time.h"

static const char *const zone_names[] = {"UTC", "America/Sao_Paulo", "Pacific/Apia",
                                         "Europe/Dublin"};
#define ZONES 4
static pl_zone *zones[ZONES];

static int open_zones(void **state) {
  (void)state;
  for (int i = 0; i < ZONES; i++)
    if (!(zones[i] = pl_zone_open(zone_names[i], NULL))) return 1;
  return 0;
}

static int close_zones(void **state) {
  (void)state;
  for (int i = 0; i < ZONES; i++) pl_zone_close(zones[i]);
  return 0;
}

/* Both read it, or neither; and the same. */
static bool same(pl_time_run *run, const char *text, size_t n) {
  pl_time quick, slow;
  pl_str s = {text, n};
  bool read = pl_time_parse(s, run->reader, &slow);
  if (pl_time_run_read(run, s, &quick) != read) fail_msg("\"%.*s\"", (int)n, text);
  if (read && (quick.us != slow.us || quick.day != slow.day || quick.kind != slow.kind))
    fail_msg("\"%.*s\": %lld instead of %lld", (int)n, text, (long long)quick.us,
             (long long)slow.us);
  return read;
}

static bool same_text(pl_time_run *run, const char *text) {
  return same(run, text, strlen(text));
}

static void ways_to_write_iso(void **state) {
  (void)state;
  static const char *const times[] = {
      "2024-03-14",
      "2024-03-14 09:30",
      "2024-03-14 9:30",
      "2024-03-14 09:30:05",
      "2024-03-14T09:30:05",
      "2024-03-14t09:30:05Z",
      "2024-03-14T09:30:05z",
      "2024-03-14T09:30:05.123456789Z",
      "2024-03-14 09:30:05,5",
      "2024-03-14 09:30:05.25 UTC",
      "2024-03-14 09:30:05 UTC",
      "2024-03-14 09:30:05+0530",
      "2024-03-14 09:30:05 -02:00",
      "2024-03-14T23:59:60Z", /* a leap second */
      "2024-02-29 00:00:00",
      "0001-01-03 00:00:00",
      "0001-01-03",
      "9999-12-29 23:59:59",
      "1970-01-01",
      "1969-12-31 23:59:59.999999",
      "2018-11-04 00:30:00", /* skipped in São Paulo, */
      "2018-02-17 23:30:00", /* twice there, */
      "2011-12-30 12:00:00", /* a day that Apia had not */
      "1971-10-31 02:15:00"  /* Dublin, back to Greenwich time */
  };
  static const char *const none[] = {
      "",
      "2024",
      "2024-03-1",
      "2024-03-32",
      "2023-02-29",
      "2023-02-29 10:00:00",
      "2024-13-01",
      "0000-01-01",
      "2024-03-14 ",
      "2024-03-14x09:30:05",
      "2024-03-14 24:00:00",
      "2024-03-14 09:60:00",
      "2024-03-14 09:30:61",
      "2024-03-14 09:30:0",
      "2024-03-14 09:30:05.",
      "2024-03-14 09:30:05.1234567890",
      "2024-03-14 09:30:05Z ",
      "2024-03-14 09:30:05+25:00",
      "2024/03/14 09:30:05",
      "2024-03-14 09.30.05",
      "2024-0a-14",
      "2024-03-1\xFF",
      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
      "n/a",
  };
  /* whether these are within the years 0001 to 9999 is for the zone to say */
  static const char *const edges[] = {"0001-01-01", "0001-01-01 00:00:00", "0001-01-02 23:00:00Z",
                                      "9999-12-31", "9999-12-31 23:59:59", "9999-12-30 23:59:59"};
  for (int zone = 0; zone < ZONES * ZONES; zone++) {
    pl_time_reader reader = {
        .style = PL_TIME_ISO, .zone = zones[zone % ZONES], .days = zones[zone / ZONES]};
    pl_time_run run;
    pl_time_run_open(&run, &reader);
    assert_false(same(&run, "\0\0\0\0\0\0\0\0\0", 10));
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) same_text(&run, edges[i]);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
      if (!same_text(&run, times[i])) fail_msg("\"%s\" is a time", times[i]);
      for (size_t k = 0; k < sizeof none / sizeof *none; k++) { /* between two good ones */
        if (same_text(&run, none[k])) fail_msg("\"%s\" is no time", none[k]);
        if (!same_text(&run, times[i])) fail_msg("\"%s\" is a time", times[i]);
      }
    }
  }
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
  return *state;
}

/* A time of any year, sometimes near the one before. */
static size_t any_time(uint64_t *random, char out[64]) {
  static int year = 2024, month = 1, day = 1;
  uint64_t r = next_random(random);
  if (r % 4 == 0) {
    year = r / 4 % 8 ? 1900 + (int)(r / 32 % 200) : (int)(r / 32 % 10000);
    month = (int)(r / 320000 % 14), day = (int)(r / 4480000 % 33);
  }
  static const char *const ends[] = {"",     "Z", ".5", ".000001Z", "+01:00",
                                     " UTC", " ", "x",  ",",        ".25 -0330"};
  r = next_random(random);
  if (r % 16 == 0) return (size_t)snprintf(out, 64, "%04d-%02d-%02d", year, month, day);
  return (size_t)snprintf(out, 64, "%04d-%02d-%02d%c%02d:%02d:%02d%s", year, month, day,
                          r / 16 % 2 ? ' ' : 'T', (int)(r / 32 % 25), (int)(r / 800 % 61),
                          (int)(r / 48800 % 62), ends[r / 3025600 % 10]);
}

/* A million texts, a third of them with a byte changed; most of the others are times. */
static void any_text_at_all(void **state) {
  (void)state;
  uint64_t random = 20240314;
  size_t read = 0;
  for (int zone = 0; zone < ZONES; zone++) {
    pl_time_reader reader = {
        .style = PL_TIME_ISO, .zone = zones[zone], .days = zones[(zone + 1) % ZONES]};
    pl_time_run run;
    pl_time_run_open(&run, &reader);
    for (int i = 0; i < 250000; i++) {
      char text[64];
      size_t n = any_time(&random, text);
      uint64_t r = next_random(&random);
      if (r % 3 == 0) text[r / 3 % n] = "0123456789:-/ .T\xFF\0a+"[r / 300 % 20];
      read += same(&run, text, n);
    }
  }
  assert_in_range(read, 300000, 900000);
}

/* Other styles have no short way. */
static void other_styles(void **state) {
  (void)state;
  static const struct {
    pl_time_style style;
    const char *format, *text;
  } cases[] = {{PL_TIME_EPOCH_S, NULL, "1710408605"},
               {PL_TIME_EPOCH_MS, NULL, "1710408605123"},
               {PL_TIME_FORMAT, "%d/%m/%Y %H:%M", "14/03/2024 09:30"},
               {PL_TIME_DATES, "%d.%m.%Y", "14.03.2024 09:30"},
               {PL_TIME_EXCEL, NULL, "45365.396"},
               {PL_TIME_EXCEL_1904, NULL, "43903"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pl_time_reader reader = {
        .style = cases[i].style, .format = cases[i].format, .zone = zones[1], .days = zones[1]};
    pl_time_run run;
    pl_time_run_open(&run, &reader);
    if (!same_text(&run, cases[i].text)) fail_msg("%s", cases[i].text);
    assert_false(same_text(&run, "2024-03-14 09:30:05"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ways_to_write_iso),
      cmocka_unit_test(any_text_at_all),
      cmocka_unit_test(other_styles),
  };
  return cmocka_run_group_tests(tests, open_zones, close_zones);
}
