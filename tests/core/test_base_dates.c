/* Times that need no declaration: which ways read a text, and as what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "base/time.h"

static pl_zone *utc;

/* "%m/%d/%Y 2024-04-03 | …": every way that reads the text, how it would be
 * declared, and what it then is; ISO shows as "iso". */
static const char *ways(const char *text) {
  static char out[1024];
  char declared[PL_TIME_DECLARE], shown[PL_TIME_TEXT];
  pl_time times[PL_TIME_WAYS];
  size_t n = 0;
  uint32_t fits = pl_time_fits(pl_str_of(text), utc, utc, times);
  out[0] = '\0';
  for (int way = 0; way < PL_TIME_WAYS; way++) {
    if (!(fits & UINT32_C(1) << way)) continue;
    int clock = pl_time_clock(pl_str_of(text), way);
    pl_time_declare(way, clock, declared);
    n += (size_t)snprintf(out + n, sizeof out - n, "%s%s %s", n ? " | " : "",
                          way == 0                     ? "iso"
                          : clock == PL_TIME_CLOCK_ODD ? "odd"
                                                       : declared,
                          pl_time_text(times[way], utc, shown));
    /* the reader of a way reads what the way fits, and a declaration the same */
    pl_time again = {0};
    pl_time_reader reader = pl_time_way(way, utc, utc);
    assert_true(pl_time_parse(pl_str_of(text), &reader, &again));
    assert_int_equal(again.us, times[way].us);
    reader = (pl_time_reader){PL_TIME_FORMAT, declared, utc, utc};
    if (!strchr(declared, '%')) continue;
    if (!pl_time_parse(pl_str_of(text), &reader, &again)) fail_msg("%s: %s", text, declared);
    assert_int_equal(again.us, times[way].us);
    assert_int_equal(again.kind, times[way].kind);
  }
  return out;
}

/* The months of every language that is known, in order. */
static void names_of_months(void **state) {
  (void)state;
  static const char *const languages[] = {
      "January February March April May June July August September October November December",
      "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
      "Januar Februar M\xC3\xA4rz April Mai Juni Juli August September Oktober November Dezember",
      "Jan Feb Mrz Apr Mai Jun Jul Aug Sept Okt Nov Dez",
      "janvier f\xC3\xA9vrier mars avril mai juin juillet ao\xC3\xBBt septembre octobre novembre "
      "d\xC3\xA9"
      "cembre",
      "janv f\xC3\xA9vr mars avr mai juin juil ao\xC3\xBBt sept oct nov d\xC3\xA9"
      "c",
      "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
      "ene feb mar abr may jun jul ago sep oct nov dic",
      "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
      "dicembre",
      "gen feb mar apr mag giu lug ago set ott nov dic",
      "januari februari maart april mei juni juli augustus september oktober november december",
      "janeiro fevereiro mar\xC3\xA7o abril maio junho julho agosto setembro outubro novembro "
      "dezembro",
      "jan fev mar abr mai jun jul ago set out nov dez",
  };
  for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
    const char *p = languages[i];
    for (int month = 1; month <= 12; month++) {
      char text[64], expected[64];
      size_t n = strcspn(p, " ");
      snprintf(text, sizeof text, "15 %.*s 2021", (int)n, p);
      snprintf(expected, sizeof expected, "%%d %%b %%Y 2021-%02d-15", month);
      if (strcmp(ways(text), expected) != 0) fail_msg("%s: %s", text, ways(text));
      p += n + (p[n] == ' ');
    }
  }
}

static void dates_of_all_orders(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"2024-03-14", "iso 2024-03-14 | %Y-%m-%d 2024-03-14"},
      {"2024-3-4", "%Y-%m-%d 2024-03-04"},
      {"2024/03/14", "%Y/%m/%d 2024-03-14"},
      {"2018.04.24", "%Y.%m.%d 2018-04-24"},
      {"20240314", "%Y%m%d 2024-03-14"},
      {"20241314", ""}, /* no thirteenth month */
      {"12340101", ""}, /* no likely year: an id */
      {"3/14/2024", "%m/%d/%Y 2024-03-14"},
      {"14/03/2024", "%d/%m/%Y 2024-03-14"},
      {"03/04/2024", "%m/%d/%Y 2024-03-04 | %d/%m/%Y 2024-04-03"},
      {"14.03.2024", "%d.%m.%Y 2024-03-14"},
      {"03.04.2024", "%d.%m.%Y 2024-04-03"}, /* dots: day first, everywhere */
      {"03.14.2024", ""},
      {"03-04-2024", "%m-%d-%Y 2024-03-04 | %d-%m-%Y 2024-04-03"},
      {"3/14/24", "%m/%d/%y 2024-03-14"},
      {"3/14/68", "%m/%d/%y 2068-03-14"}, /* POSIX: 69 to 99 are the last century */
      {"3/14/69", "%m/%d/%y 1969-03-14"},
      {"03/04/05", "%m/%d/%y 2005-03-04 | %d/%m/%y 2005-04-03 | %y/%m/%d 2003-04-05"},
      {"24.03.14", "%d.%m.%y 2014-03-24"},
      {"15 Apr, 2021", "%d %b, %Y 2021-04-15"},
      {"Apr 15, 2021", "%b %d, %Y 2021-04-15"},
      {"apr 15 2021", "%b %d %Y 2021-04-15"},
      {"September 5, 2021", "%b %d, %Y 2021-09-05"},
      {"Sept 5, 2021", "%b %d, %Y 2021-09-05"},
      {"15-Apr-2021", "%d-%b-%Y 2021-04-15"},
      {"15-APR-21", "%d-%b-%y 2021-04-15"},
      {"15 April 2021", "%d %b %Y 2021-04-15"},
      {"15/Apr/2021", "%d/%b/%Y 2021-04-15"},
      {"15 Avril 2021", "%d %b %Y 2021-04-15"},
      {"15 avr. 2021", "%d %b %Y 2021-04-15"}, /* the dot of a cut name */
      {"15. April 2021", "%d. %b %Y 2021-04-15"},
      {"15 M\xC3\x84RZ 2021", "%d %b %Y 2021-03-15"},
      {"15-Dez-21", "%d-%b-%y 2021-12-15"},
      {"15 marca 2021", ""}, /* Polish is not known */
      {"15 Marsh 2021", ""}, /* nor what begins like a month */
      {"15 Aprils 2021", ""},
      {"30/02/2024", ""},
      {"2024-03", ""},
      {"45000", ""}, /* serial days only when told */
      {"", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(ways(cases[i][0]), cases[i][1]);
}

static void clocks_behind_dates(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"2024-03-14 09:30", "iso 2024-03-14T09:30:00Z | %Y-%m-%d %H:%M 2024-03-14T09:30:00Z"},
      {"2018.04.24 3:00", "%Y.%m.%d %H:%M 2018-04-24T03:00:00Z"},
      {"15 Apr, 2021 00:02:00", "%d %b, %Y %H:%M:%S 2021-04-15T00:02:00Z"},
      {"Jun 09, 2018 09:30 pm", "%b %d, %Y %I:%M %p 2018-06-09T21:30:00Z"},
      {"Jun 9, 2018, 12:05:01 AM", "%b %d, %Y, %I:%M:%S %p 2018-06-09T00:05:01Z"},
      {"3/14/2024 9:30PM", "%m/%d/%Y %I:%M%p 2024-03-14T21:30:00Z"},
      {"3/14/2024T21:30:05.25", "%m/%d/%YT%H:%M:%S.%f 2024-03-14T21:30:05.25Z"},
      {"3/14/2024 21:30:05+02:00", "%m/%d/%Y %H:%M:%S%z 2024-03-14T19:30:05Z"},
      {"3/14/2024 21:30 -0300", "%m/%d/%Y %H:%M %z 2024-03-15T00:30:00Z"},
      {"3/14/2024 21:30 UTC", "odd 2024-03-14T21:30:00Z"},
      {"3/14/2024 9:30 p.m.", "odd 2024-03-14T21:30:00Z"},
      {"3/14/2024, 9:30:00\xE2\x80\xAFPM", "odd 2024-03-14T21:30:00Z"}, /* browsers */
      {"20240314 09:30", "%Y%m%d %H:%M 2024-03-14T09:30:00Z"},
      {"3/14/2024 13:30 PM", ""},
      {"3/14/2024 24:30", ""},
      {"3/14/2024 9", ""},
      {"3/14/2024 9:3", ""},
      {"3/14/2024x", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(ways(cases[i][0]), cases[i][1]);
}

/* Seconds since 1970 have nine or ten digits until the year 2286, and so has a day
 * with its hour: 2024031409 s is 2034-02-20T06:56:49Z (date -u -d @2024031409). */
static void digits_only(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"1700000000", "epoch 2023-11-14T22:13:20Z"},
      {"1700000000.5", "epoch 2023-11-14T22:13:20.5Z"},
      {"1700000000123", "epoch_ms 2023-11-14T22:13:20.123Z"},
      {"2024031409", "epoch 2034-02-20T06:56:49Z | %Y%m%d%H 2024-03-14T09:00:00Z"},
      {"202403140930", "epoch_ms 1976-05-31T15:05:40.93Z | %Y%m%d%H%M 2024-03-14T09:30:00Z"},
      {"20240314093005", "%Y%m%d%H%M%S 2024-03-14T09:30:05Z"},
      {"12345678901", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(ways(cases[i][0]), cases[i][1]);
}

/* Serial days as spreadsheets show them: 45000 is 2023-03-15, 1 is 1900-01-01,
 * 61 is 1900-03-01, and 60 would be a leap day that was none. */
static void serial_days(void **state) {
  (void)state;
  static const struct {
    const char *text, *in_1900, *in_1904;
  } cases[] = {
      {"45000", "2023-03-15", "2027-03-16"},
      {"45000.5", "2023-03-15T12:00:00Z", "2027-03-16T12:00:00Z"},
      {"45000.395833333336", "2023-03-15T09:30:00Z", "2027-03-16T09:30:00Z"},
      {"45000.0", "2023-03-15", "2027-03-16"},
      {"1", "1900-01-01", "1904-01-02"},
      {"59", "1900-02-28", "1904-02-29"},
      {"60", "", "1904-03-01"},
      {"61", "1900-03-01", "1904-03-02"},
      {"0", "", "1904-01-01"},
      {"2958465", "9999-12-31", ""},
      {"2958466", "", ""},
      {"45000,5", "", ""},
      {"-1", "", ""},
      {"45000.", "", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[PL_TIME_TEXT];
    pl_time time;
    pl_time_reader reader = {PL_TIME_EXCEL, NULL, utc, utc};
    if (!pl_time_parse(pl_str_of(cases[i].text), &reader, &time)) time.kind = PL_TIME_NONE;
    assert_string_equal(pl_time_text(time, utc, text), cases[i].in_1900);
    reader.style = PL_TIME_EXCEL_1904;
    if (!pl_time_parse(pl_str_of(cases[i].text), &reader, &time)) time.kind = PL_TIME_NONE;
    assert_string_equal(pl_time_text(time, utc, text), cases[i].in_1904);
  }
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
      cmocka_unit_test(names_of_months),     cmocka_unit_test(dates_of_all_orders),
      cmocka_unit_test(clocks_behind_dates), cmocka_unit_test(digits_only),
      cmocka_unit_test(serial_days),
  };
  return cmocka_run_group_tests(tests, open_zone, close_zone);
}
