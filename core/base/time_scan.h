/* The parts of a time as they are read from text: shared by the ISO parser
 * (time.c) and the parser of declared formats (time_format.c). */
#ifndef PL_BASE_TIME_SCAN_H
#define PL_BASE_TIME_SCAN_H

#include "base/time.h"

typedef struct pl_clock {
  int year, month, day;
  int hour, minute, second;
  int32_t fraction; /* microseconds */
  int32_t offset;   /* seconds east of UTC, where has_offset */
  bool has_time, has_offset;
} pl_clock;

/* Reads between `least` and `most` digits, as many as there are; false if there
 * are fewer. Advances *p. */
bool pl_scan_digits(const char **p, const char *end, int least, int most, int *out);
/* 1 to 9 digits of a fraction, cut to microseconds. */
bool pl_scan_fraction(const char **p, const char *end, int32_t *out);
/* Z, z, ±hh, ±hhmm, ±hh:mm, ±hh:mm:ss. */
bool pl_scan_offset(const char **p, const char *end, int32_t *out);
/* The name of a month, whole or cut, in English, Dutch, French, German, Italian,
 * Portuguese or Spanish, in any case; with `dot` also a dot behind it. */
bool pl_scan_month(const char **p, const char *end, bool dot, int *month);
/* The moment that the parts name; false for an impossible one. */
bool pl_clock_moment(const pl_clock *clock, const pl_time_reader *reader, pl_time *out);
bool pl_date_exists(int year, int month, int day);
/* The moment at an instant; false outside of the years 0001 to 9999. */
bool pl_moment_at(int64_t us, const pl_zone *days, pl_time *out);
/* An offset, perhaps apart, or " UTC"; at the end nothing. */
bool pl_scan_zone(const char **p, const char *end, pl_clock *clock);
/* The date that a format without a clock reads at *p. */
bool pl_scan_dated(const char **p, const char *end, const char *format, pl_clock *clock);
bool pl_time_dates_read(pl_str text, const pl_time_reader *reader, pl_time *out);
bool pl_time_format_read(pl_str text, const pl_time_reader *reader, pl_time *out);

#endif
