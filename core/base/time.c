/* Reading times: ISO 8601 as exports write it, and epochs. */
#include "base/time.h"

#include <time.h>

#include "base/time_scan.h"

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool pl_scan_digits(const char **p, const char *end, int least, int most, int *out) {
  int n = 0, value = 0;
  for (; n < most && *p < end && is_digit(**p); n++) value = value * 10 + (*(*p)++ - '0');
  *out = value;
  return n >= least;
}

bool pl_scan_fraction(const char **p, const char *end, int32_t *out) {
  int n = 0;
  int32_t value = 0;
  for (; *p < end && is_digit(**p); n++, (*p)++) {
    if (n == 9) return false;
    if (n < 6) value = value * 10 + (**p - '0');
  }
  for (int i = n; i < 6; i++) value *= 10;
  *out = value;
  return n > 0;
}

static bool scan_char(const char **p, const char *end, char c) {
  if (*p == end || **p != c) return false;
  *p += 1;
  return true;
}

bool pl_scan_offset(const char **p, const char *end, int32_t *out) {
  *out = 0;
  if (scan_char(p, end, 'Z') || scan_char(p, end, 'z')) return true;
  if (*p == end || (**p != '+' && **p != '-')) return false;
  int sign = *(*p)++ == '-' ? -1 : 1, hour, minute = 0, second = 0;
  if (!pl_scan_digits(p, end, 2, 2, &hour)) return false;
  if (scan_char(p, end, ':')) {
    if (!pl_scan_digits(p, end, 2, 2, &minute)) return false;
    if (scan_char(p, end, ':') && !pl_scan_digits(p, end, 2, 2, &second)) return false;
  } else if (*p < end && is_digit(**p)) {
    if (!pl_scan_digits(p, end, 2, 2, &minute)) return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  *out = sign * (hour * 3600 + minute * 60 + second);
  return true;
}

bool pl_date_exists(int year, int month, int day) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= days[month - 1] + (leap && month == 2);
}

/* A leap second (hh:59:60) counts as the start of the second after it. */
static bool time_exists(const pl_clock *c) {
  if (c->hour > 23 || c->minute > 59) return false;
  return c->second < 60 || (c->second == 60 && c->minute == 59);
}

bool pl_moment_at(int64_t us, const pl_zone *days, pl_time *out) {
  if (us < (FIRST_DAY - 2) * PL_DAY_US || us > (LAST_DAY + 2) * PL_DAY_US) return false;
  int32_t day = pl_zone_day(days, us);
  if (day < FIRST_DAY || day > LAST_DAY) return false;
  *out = (pl_time){.us = us, .day = day, .kind = PL_TIME_INSTANT};
  return true;
}

bool pl_clock_moment(const pl_clock *c, const pl_time_reader *reader, pl_time *out) {
  if (!pl_date_exists(c->year, c->month, c->day)) return false;
  int32_t day = pl_days_from_civil(c->year, c->month, c->day);
  if (!c->has_time) {
    *out = (pl_time){pl_zone_day_start(reader->days, day), day, PL_TIME_DATE};
    return true;
  }
  if (!time_exists(c)) return false;
  int64_t us = (c->hour * 3600 + c->minute * 60 + c->second) * PL_SECOND_US;
  if (c->second < 60) us += c->fraction;
  if (c->has_offset)
    us += day * PL_DAY_US - c->offset * PL_SECOND_US;
  else
    us = pl_zone_instant(reader->zone, day, us);
  return pl_moment_at(us, reader->days, out);
}

static bool scan_date(const char **p, const char *end, pl_clock *c) {
  return pl_scan_digits(p, end, 4, 4, &c->year) && scan_char(p, end, '-') &&
         pl_scan_digits(p, end, 2, 2, &c->month) && scan_char(p, end, '-') &&
         pl_scan_digits(p, end, 2, 2, &c->day);
}

/* Some exports write an hour of one digit: "2020-02-04 4:30:21". */
static bool scan_time(const char **p, const char *end, pl_clock *c) {
  if (!pl_scan_digits(p, end, 1, 2, &c->hour) || !scan_char(p, end, ':')) return false;
  if (!pl_scan_digits(p, end, 2, 2, &c->minute)) return false;
  c->has_time = true;
  if (!scan_char(p, end, ':')) return true;
  if (!pl_scan_digits(p, end, 2, 2, &c->second)) return false;
  if (scan_char(p, end, '.') || scan_char(p, end, ','))
    return pl_scan_fraction(p, end, &c->fraction);
  return true;
}

/* The offset may stand apart, and warehouses write it as " UTC". */
bool pl_scan_zone(const char **p, const char *end, pl_clock *c) {
  if (*p == end) return true;
  c->has_offset = true;
  bool apart = scan_char(p, end, ' ');
  if (apart && end - *p == 3 && memcmp(*p, "UTC", 3) == 0) {
    *p = end;
    return true;
  }
  return pl_scan_offset(p, end, &c->offset);
}

static bool read_iso(pl_str text, const pl_time_reader *reader, pl_time *out) {
  const char *p = text.p, *end = p + text.n;
  pl_clock c = {0};
  if (!scan_date(&p, end, &c)) return false;
  if (p < end) {
    if (!scan_char(&p, end, 'T') && !scan_char(&p, end, ' ') && !scan_char(&p, end, 't'))
      return false;
    if (!scan_time(&p, end, &c) || !pl_scan_zone(&p, end, &c)) return false;
  }
  return p == end && pl_clock_moment(&c, reader, out);
}

/* Seconds or milliseconds, with a fraction of at most 9 digits. */
static bool read_epoch(pl_str text, int64_t unit_us, const pl_time_reader *reader, pl_time *out) {
  const char *p = text.p, *end = p + text.n;
  bool negative = scan_char(&p, end, '-');
  const char *start = p;
  int64_t units = 0, us;
  for (; p < end && is_digit(*p); p++) {
    if (units > INT64_MAX / 10 - 1) return false;
    units = units * 10 + (*p - '0');
  }
  int32_t fraction = 0; /* millionths of the unit */
  if (p == start) return false;
  if (scan_char(&p, end, '.') && !pl_scan_fraction(&p, end, &fraction)) return false;
  if (p != end || __builtin_mul_overflow(units, unit_us, &us)) return false;
  if (us > (LAST_DAY + 2) * PL_DAY_US) return false;
  us += fraction * unit_us / PL_SECOND_US;
  return pl_moment_at(negative ? -us : us, reader->days, out);
}

#define EXCEL_FRACTION 1000000000000LL /* 12 decimals of a day are 86 nanoseconds */
#define EXCEL_LEAP 60                  /* 1900-02-29, a day that only spreadsheets know */

/* The time as a fraction of the day, cut from binary: to the nearest millisecond. */
static bool scan_day_fraction(const char **p, const char *end, int64_t *us) {
  int64_t value = 0, unit = EXCEL_FRACTION;
  const char *start = *p;
  for (; *p < end && is_digit(**p); (*p)++) {
    unit /= 10;
    value += (**p - '0') * unit;
  }
  __int128 ms = (__int128)value * (PL_DAY_US / 1000) + EXCEL_FRACTION / 2;
  *us = (int64_t)(ms / EXCEL_FRACTION) * 1000;
  return *p > start;
}

static bool read_excel(pl_str text, bool from_1904, const pl_time_reader *reader, pl_time *out) {
  const char *p = text.p, *end = p + text.n;
  int serial;
  int64_t us = 0;
  if (!pl_scan_digits(&p, end, 1, 7, &serial)) return false;
  if (scan_char(&p, end, '.') && !scan_day_fraction(&p, end, &us)) return false;
  if (p != end || (!from_1904 && (serial == 0 || serial == EXCEL_LEAP))) return false;
  int32_t day = from_1904 ? pl_days_from_civil(1904, 1, 1) + serial
                          : pl_days_from_civil(1899, 12, 30) + serial + (serial < EXCEL_LEAP);
  day += us == PL_DAY_US;
  if (day > LAST_DAY) return false;
  *out = (pl_time){pl_zone_day_start(reader->days, day), day, PL_TIME_DATE};
  if (us == 0 || us == PL_DAY_US) return true;
  return pl_moment_at(pl_zone_instant(reader->zone, day, us), reader->days, out);
}

bool pl_time_parse(pl_str text, const pl_time_reader *reader, pl_time *out) {
  *out = (pl_time){0};
  if (text.n == 0) return false;
  switch (reader->style) {
  case PL_TIME_ISO: return read_iso(text, reader, out);
  case PL_TIME_EPOCH_S: return read_epoch(text, PL_SECOND_US, reader, out);
  case PL_TIME_EPOCH_MS: return read_epoch(text, 1000, reader, out);
  case PL_TIME_FORMAT: return pl_time_format_read(text, reader, out);
  case PL_TIME_DATES: return pl_time_dates_read(text, reader, out);
  case PL_TIME_EXCEL: return read_excel(text, false, reader, out);
  case PL_TIME_EXCEL_1904: return read_excel(text, true, reader, out);
  }
  return false;
}

pl_time pl_time_now(const pl_zone *zone) {
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t us = now.tv_sec * PL_SECOND_US + now.tv_nsec / 1000;
  return (pl_time){us, pl_zone_day(zone, us), PL_TIME_INSTANT};
}
