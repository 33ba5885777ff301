/* Zone files: made here byte by byte after RFC 9636, or the system's own, whole
 * and damaged. What whole ones mean is checked in test_base_zone.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/zone_file.h"

#define SYSTEM_FOLDER "/usr/share/zoneinfo/"
#define MOST_BYTES 8192

typedef struct file {
  uint8_t bytes[MOST_BYTES];
  size_t n;
} file;

static file system_file(const char *name) {
  char path[256];
  file f;
  snprintf(path, sizeof path, SYSTEM_FOLDER "%s", name);
  FILE *in = fopen(path, "rb");
  assert_non_null(in);
  f.n = fread(f.bytes, 1, sizeof f.bytes, in);
  assert_true(f.n > 44 && f.n < sizeof f.bytes);
  fclose(in);
  return f;
}

static void put(file *f, const void *bytes, size_t n) {
  assert_true(f->n + n <= sizeof f->bytes);
  memcpy(f->bytes + f->n, bytes, n);
  f->n += n;
}

static void put_number(file *f, int64_t value, int size) {
  for (int i = size - 1; i >= 0; i--) put(f, &(uint8_t){(uint8_t)((uint64_t)value >> 8 * i)}, 1);
}

/* RFC 9636 section 3.1; counts: leap seconds, transitions, types. */
static void put_header(file *f, char version, int leaps, int times, int types) {
  put(f, "TZif", 4);
  put(f, &version, 1);
  put(f, (char[15]){0}, 15);
  int counts[] = {0, 0, leaps, times, types, 4};
  for (int i = 0; i < 6; i++) put_number(f, counts[i], 4);
}

static void put_type(file *f, int offset) {
  put_number(f, offset, 4);
  put(f, "\0", 2); /* not summer time, and the name at 0 */
}

/* A file of no transition but one offset, and a last line. */
static file made(const char *footer, int offset) {
  file f = {.n = 0};
  for (int half = 0; half < 2; half++) {
    put_header(&f, '3', 0, 0, 1);
    put_type(&f, offset);
    put(&f, "XXX", 4);
  }
  put(&f, footer, strlen(footer));
  return f;
}

static const char *wrong_with(const file *f) {
  const char *wrong = NULL;
  pl_zone_changes changes = {0};
  pl_status status = pl_zone_file_parse(f->bytes, f->n, &changes, &wrong);
  pl_free(changes.list);
  assert_true(status == PL_OK || status == PL_E_USAGE);
  return status == PL_OK ? NULL : wrong;
}

static int32_t offset_by(const file *f, int64_t at) {
  const char *wrong;
  pl_zone_changes changes = {0};
  assert_int_equal(pl_zone_file_parse(f->bytes, f->n, &changes, &wrong), PL_OK);
  int32_t offset = changes.first;
  for (size_t i = 0; i < changes.count && changes.list[i].at <= at; i++)
    offset = changes.list[i].offset;
  pl_free(changes.list);
  return offset;
}

/* Where M rules are concerned, expected offsets are those of Python's
 * zoneinfo.ZoneInfo.from_file with the same bytes; J and n rules and times
 * beyond a day are glibc's: TZ=RULE date -d @SECONDS +%z */
static void the_last_line_is_a_rule(void **state) {
  (void)state;
  static const struct {
    const char *rule;
    int first;
    int64_t at;
    int offset;
  } cases[] = {
      {"\n\n", 3600, 1704063600, 3600}, /* no rule: as it was */
      {"\n<+01>-1\n", 3600, 1704063600, 3600},
      {"\nEST5EDT,0/0,J365/25\n", -14400, 1704063600, -14400}, /* summer time for ever: */
      {"\nEST5EDT,0/0,J365/25\n", -14400, 1704081600, -14400}, /* 2024-01-01 04:00 UTC */
      {"\nEST5EDT,0/0,J365/25\n", -14400, 1719792000, -14400}, /* 2024-07-01 */
      {"\nXXX3EDT4,0/0,J365/23\n", -14400, 1704074400, -14400},
      {"\nXXX3EDT4,0/0,J365/23\n", -14400, 1735686000, -14400},
      {"\n<-03>3<-02>,M3.5.0/-2,M10.5.0/-1\n", -10800, 1711843200, -10800}, /* 2024-03-31 00:00 */
      {"\n<-03>3<-02>,M3.5.0/-2,M10.5.0/-1\n", -10800, 1711846800, -7200},  /* and 01:00 UTC */
      {"\n<-03>3<-02>,M3.5.0/-2,M10.5.0/-1\n", -10800, 1729987200, -7200},  /* 2024-10-27 00:00 */
      {"\n<-03>3<-02>,M3.5.0/-2,M10.5.0/-1\n", -10800, 1729990800, -10800}, /* and 01:00 UTC */
      {"\nIST-2IDT,M3.4.4/26,M10.5.0\n", 7200, 1711666800, 7200},  /* 2024-03-28 23:00 UTC */
      {"\nIST-2IDT,M3.4.4/26,M10.5.0\n", 7200, 1711670400, 10800}, /* an hour later */
      {"\n<+1030>-10:30<+11>-11,M10.1.0,M4.1.0\n", 37800, 2374668000, 39600}, /* 2045-04-01 */
      {"\n<+1030>-10:30<+11>-11,M10.1.0,M4.1.0\n", 37800, 2374671600, 37800},
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1677625200, 0},    /* 2023-02-28 23:00 UTC */
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1677628800, 3600}, /* 2023-03-01 00:00 */
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1709247600, 0},    /* 2024-02-29 23:00: J60 is March 1 */
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1709251200, 3600},
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1698444000, 3600}, /* 2023-10-27 22:00 */
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1698447600, 0},
      {"\nAAA0BBB,J60/0,300/0\n", 0, 1729983600, 0}, /* 2024-10-26 23:00: 300 counts the leap day */
      {"\nAAA0BBB,59/0,J300/0\n", 0, 1709161200, 0}, /* 2024-02-28 23:00 */
      {"\nAAA0BBB,59/0,J300/0\n", 0, 1709164800, 3600}, /* 2024-02-29 00:00: 59 is February 29 */
      {"\nAAA-1BBB,M3.1.0/-167,M11.1.0/167:59:59\n", 3600, 1708815600, 3600}, /* 2024-02-24 */
      {"\nAAA-1BBB,M3.1.0/-167,M11.1.0/167:59:59\n", 3600, 1708819200, 7200},
      {"\nAAA-1BBB,M3.1.0/-167,M11.1.0/167:59:59\n", 3600, 1731189598, 7200}, /* 2024-11-09 */
      {"\nAAA-1BBB,M3.1.0/-167,M11.1.0/167:59:59\n", 3600, 1731189599, 3600},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    file f = made(cases[i].rule, cases[i].first);
    if (wrong_with(&f)) fail_msg("%zu: %s", i, wrong_with(&f));
    int offset = offset_by(&f, cases[i].at);
    if (offset != cases[i].offset) fail_msg("%zu, %s: %d", i, cases[i].rule, offset);
  }
}

static void a_line_that_is_no_rule_is_refused(void **state) {
  (void)state;
  static const char *const footers[] = {
      "",
      "\n",
      "AAA0\n",
      "\nAAA0",
      "\nAAA\n",
      "\nAA0\n",
      "\n<A>0\n",
      "\n<AAA0\n",
      "\nAAA0 \n",
      "\nAAA25\n",
      "\nAAA0:60\n",
      "\nAAA0:00:60\n",
      "\nAAA+-0\n",
      "\nAAA0BBB\n",
      "\nAAA0BBB,J1\n",
      "\nAAA0BBB,J1,\n",
      "\nAAA0BBB,J0,J2\n",
      "\nAAA0BBB,J366,J2\n",
      "\nAAA0BBB,366,2\n",
      "\nAAA0BBB,M0.1.0,J2\n",
      "\nAAA0BBB,M13.1.0,J2\n",
      "\nAAA0BBB,M1.0.0,J2\n",
      "\nAAA0BBB,M1.6.0,J2\n",
      "\nAAA0BBB,M1.1.7,J2\n",
      "\nAAA0BBB,M1.1,J2\n",
      "\nAAA0BBB,1,2,\n",
      "\nAAA0BBB,1/168,2\n",
      "\nAAA0BBB,1/-168,2\n",
      "\nAAA0BBB,1/,2\n",
      "\nAAA0BBB,-1,2\n",
      "\nAAA99999999999999999999\n",
      "\nAAA0BBB,18446744073709551617,2\n",
      "\nAAA1\n", /* one hour west, where the file says none */
  };
  for (size_t i = 0; i < sizeof footers / sizeof *footers; i++) {
    file f = made(footers[i], 0);
    if (!wrong_with(&f)) fail_msg("%zu, %s: taken", i, footers[i]);
  }
}

/* Transitions at 10 and `second`, to the type 0 (no offset) and `type`; type 1
 * has `offset`. */
static file two_transitions(char version, int leaps, int64_t second, int type, int offset) {
  file f = {.n = 0};
  for (int half = version ? 0 : 1; half < 2; half++) {
    int size = version && half ? 8 : 4;
    put_header(&f, version, half ? leaps : 0, 2, 2);
    put_number(&f, 10, size);
    put_number(&f, half ? second : 20, size);
    put(&f, "\0", 1);
    put(&f, &(uint8_t){(uint8_t)type}, 1);
    put_type(&f, 0);
    put_type(&f, half ? offset : 0);
    put(&f, "XXX", 4);
    for (int i = 0; half && i < leaps; i++) put(&f, (char[12]){0}, 12);
  }
  if (version) put(&f, "\n\n", 2);
  return f;
}

static void what_contradicts_itself_is_refused(void **state) {
  (void)state;
  static const struct {
    char version;
    int leaps;
    int64_t second;
    int type, offset;
    const char *wrong;
  } cases[] = {
      {'2', 0, 20, 1, 3600, NULL},
      {'3', 0, 20, 1, 3600, NULL},
      {'4', 0, 20, 1, 3600, NULL},
      {'\0', 0, 20, 1, 3600, NULL}, /* 32 bits, no last line */
      {'5', 0, 20, 1, 3600, "version"},
      {'2', 1, 20, 1, 3600, "leap seconds"},
      {'2', 0, 10, 1, 3600, "not in order"},
      {'2', 0, -20, 1, 3600, "not in order"},
      {'2', 0, 20, 2, 3600, "no type"},
      {'2', 0, 20, 255, 3600, "no type"},
      {'2', 0, 20, 1, 93600, "more than a day"},
      {'2', 0, 20, 1, -90000, "more than a day"},
      {'2', 0, 20, 1, INT32_MIN, "more than a day"},
      {'2', 0, INT64_MAX, 1, 3600, NULL}, /* beyond every year that is read: nothing changes */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    file f = two_transitions(cases[i].version, cases[i].leaps, cases[i].second, cases[i].type,
                             cases[i].offset);
    const char *wrong = wrong_with(&f);
    bool as_expected = cases[i].wrong ? wrong && strstr(wrong, cases[i].wrong) : !wrong;
    if (!as_expected) fail_msg("%zu: %s", i, wrong ? wrong : "taken");
    if (wrong) continue;
    assert_int_equal(offset_by(&f, 19), 0);
    assert_int_equal(offset_by(&f, 20), cases[i].second == 20 ? 3600 : 0);
  }
}

static void no_part_of_a_file_is_a_file(void **state) {
  (void)state;
  static const char *const zones[] = {"Europe/Berlin", "America/Godthab", "Etc/GMT+3"};
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    file f = system_file(zones[i]);
    assert_null(wrong_with(&f));
    while (f.n-- > 0)
      if (!wrong_with(&f)) fail_msg("%s: %zu bytes were enough", zones[i], f.n);
  }
}

static uint64_t seed = 88172645463325252u; /* Marsaglia, "Xorshift RNGs" (2003) */

static uint32_t any_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 32) % n;
}

/* One to four bytes anywhere, every other time one of them in a header or in
 * the last line, which say what the rest means. */
static void damage(file *f) {
  size_t second = 44;
  for (; second + 4 < f->n && memcmp(f->bytes + second, "TZif", 4) != 0;) second++;
  for (uint32_t times = 1 + any_below(4); times > 0; times--) {
    uint32_t kind = any_below(8);
    size_t at = any_below((uint32_t)f->n);
    if (kind < 2) at = any_below(44) % f->n;
    if (kind == 2) at = (second + any_below(44)) % f->n;
    if (kind == 3) at = f->n - 1 - any_below(30);
    f->bytes[at] = (uint8_t)any_below(256);
    if (kind == 4) f->bytes[at] = 0xff;
  }
  if (any_below(8) == 0) f->n = 30 + any_below((uint32_t)f->n - 30);
}

/* Whatever is taken obeys the header; a copy of just its size lets the address
 * sanitizer see each byte read beyond it. */
static bool parse_exactly(const file *f) {
  const char *wrong = NULL;
  pl_zone_changes changes = {0};
  uint8_t *copy = malloc(f->n);
  assert_non_null(copy);
  memcpy(copy, f->bytes, f->n);
  pl_status status = pl_zone_file_parse(copy, f->n, &changes, &wrong);
  free(copy);
  assert_true(status == PL_OK || (status == PL_E_USAGE && wrong));
  int64_t before = (int64_t)pl_days_from_civil(0, 1, 1) * 86400 - 1;
  for (size_t i = 0; status == PL_OK && i < changes.count; i++) {
    assert_true(changes.list[i].at > before && changes.list[i].at < 253402300800);
    assert_true(abs(changes.list[i].offset) < 26 * 3600);
    before = changes.list[i].at;
  }
  pl_free(changes.list);
  return status == PL_OK;
}

static void damaged_bytes_do_no_harm(void **state) {
  (void)state;
  static const char *const zones[] = {"Europe/Berlin", "Africa/Casablanca", "America/Godthab",
                                      "Asia/Tokyo", "Etc/UTC"};
  int taken = 0, refused = 0;
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    file whole = system_file(zones[i]);
    for (int round = 0; round < 10000; round++) {
      file f = whole;
      damage(&f);
      *(parse_exactly(&f) ? &taken : &refused) += 1;
    }
  }
  assert_true(taken > 1000 && refused > 1000); /* both ways were gone */
}

/* ---- The folder ---- */

static char folder[64];

static const char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void write_file(const char *name, const void *bytes, size_t n) {
  FILE *out = fopen(in_folder(name), "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(bytes, 1, n, out), n);
  assert_int_equal(fclose(out), 0);
}

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/plumbline-zones-XXXXXX");
  if (!mkdtemp(folder) || mkdir(in_folder("Europe"), 0700) != 0) return -1;
  return setenv("TZDIR", folder, 1);
}

static int remove_folder(void **state) {
  (void)state;
  static const char *const names[] = {"Europe/Berlin", "Europe/Paris", "Europe/Rome",
                                      "Europe/Oslo",   "localtime",    "zone.tab"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(in_folder(names[i]));
  return rmdir(in_folder("Europe")) | rmdir(folder) | unsetenv("TZDIR");
}

static int32_t offset_in_2024(const char *name) {
  pl_error err = {0};
  pl_zone *zone = pl_zone_open(name, &err);
  if (!zone) fail_msg("%s: %s", name, err.message);
  int32_t offset = pl_zone_offset(zone, 1704067200 * PL_SECOND_US); /* 2024-01-01 */
  pl_zone_close(zone);
  return offset;
}

static void the_variable_names_the_folder(void **state) {
  (void)state;
  file tokyo = system_file("Asia/Tokyo");
  write_file("Europe/Berlin", tokyo.bytes, tokyo.n);
  assert_int_equal(offset_in_2024("Europe/Berlin"), 9 * 3600); /* the file's word counts */
  assert_int_equal(offset_in_2024("Europe/Paris"), 3600);      /* no file: ICU's */
  assert_int_equal(mkfifo(in_folder("Europe/Paris"), 0600), 0);
  assert_int_equal(offset_in_2024("Europe/Paris"), 3600); /* not a file, and no waiting */
  assert_int_equal(offset_in_2024("UTC"), 0);
  setenv("TZDIR", "/nonexistent", 1);
  assert_int_equal(offset_in_2024("Europe/Berlin"), 3600);
  assert_int_equal(offset_in_2024("UTC"), 0);
  setenv("TZDIR", "", 1); /* as if it were not set */
  assert_int_equal(offset_in_2024("America/Ciudad_Juarez"), -7 * 3600);
}

static void names_stay_in_the_folder(void **state) {
  (void)state;
  char absolute[128];
  file tokyo = system_file("Asia/Tokyo");
  write_file("localtime", tokyo.bytes, tokyo.n);
  write_file("zone.tab", tokyo.bytes, tokyo.n);
  snprintf(absolute, sizeof absolute, "%s/localtime", folder);
  const char *const names[] = {"Europe/../localtime", "../localtime", "./localtime", absolute,
                               "Europe//Berlin",      "Europe/",      "Europe",      "localtime",
                               "right/Europe/Berlin", "zone.tab",     "posixrules",  "Asia/T\xc3"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    pl_error err = {0};
    if (pl_zone_open(names[i], &err)) fail_msg("%s: opened", names[i]);
    if (!strstr(err.message, "is not a timezone")) fail_msg("%s: %s", names[i], err.message);
  }
}

static void a_damaged_file_is_an_error(void **state) {
  (void)state;
  static const char big[PL_ZONE_FILE_MOST + 1] = "TZif2";
  write_file("Europe/Berlin", big, sizeof big);
  write_file("Europe/Rome", big, 100);
  write_file("Europe/Oslo", "", 0);
  static const struct {
    const char *name, *message;
  } cases[] = {{"Europe/Berlin", "too large"},
               {"Europe/Rome", "cut short"},
               {"Europe/Oslo", "not a TZif file"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pl_error err = {0};
    assert_null(pl_zone_open(cases[i].name, &err));
    assert_int_equal(err.status, PL_E_USAGE);
    if (!strstr(err.message, cases[i].message)) fail_msg("%s", err.message);
    assert_non_null(strstr(err.message, in_folder(cases[i].name)));
    assert_non_null(strstr(err.hint, "tzdata"));
  }
}

/* The table of a damaged file may be nonsense; asking it must not be. */
static void damaged_zones_can_be_asked(void **state) {
  (void)state;
  file whole = system_file("Europe/Berlin");
  int opened = 0;
  for (int round = 0; round < 500; round++) {
    file f = whole;
    damage(&f);
    write_file("Europe/Berlin", f.bytes, f.n);
    pl_zone *zone = pl_zone_open("Europe/Berlin", NULL);
    if (!zone) continue;
    opened++;
    int32_t last = pl_days_from_civil(9999, 12, 31);
    for (int32_t day = pl_days_from_civil(1, 1, 1); day < last; day += 97) {
      int64_t start = pl_zone_day_start(zone, day);
      assert_true(abs(pl_zone_day(zone, start) - day) <= 3);
    }
    pl_zone_close(zone);
  }
  if (opened < 10 || opened > 490) fail_msg("%d opened", opened);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_last_line_is_a_rule),
      cmocka_unit_test(a_line_that_is_no_rule_is_refused),
      cmocka_unit_test(what_contradicts_itself_is_refused),
      cmocka_unit_test(no_part_of_a_file_is_a_file),
      cmocka_unit_test(damaged_bytes_do_no_harm),
      IN_FOLDER(the_variable_names_the_folder),
      IN_FOLDER(names_stay_in_the_folder),
      IN_FOLDER(a_damaged_file_is_an_error),
      IN_FOLDER(damaged_zones_can_be_asked),
  };
  return cmocka_run_group_tests_name("base_zone_file", tests, NULL, NULL);
}
