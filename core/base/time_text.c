/* Writing times, and durations both ways. */
#include <stdio.h>

#include "base/time.h"

#define HOUR_US (3600 * PL_SECOND_US)

static const struct unit {
  char letter;
  const char *one;
  int64_t us;
} units[] = {
    {'w', "week", 7 * PL_DAY_US},       {'d', "day", PL_DAY_US},       {'h', "hour", HOUR_US},
    {'m', "minute", 60 * PL_SECOND_US}, {'s', "second", PL_SECOND_US},
};
#define UNITS (sizeof units / sizeof *units)

/* ".25" for 250000: no zeros at the end; nothing for a whole second. */
static int put_fraction(char *out, size_t size, int micros) {
  if (micros == 0) return 0;
  int n = snprintf(out, size, ".%06d", micros % 1000000);
  while (out[n - 1] == '0') out[--n] = '\0';
  return n;
}

/* "Z" at offset 0; seconds only where there are any (local mean times). */
static void put_offset(char *out, size_t size, int32_t offset) {
  int32_t s = offset < 0 ? -offset : offset;
  char sign = offset < 0 ? '-' : '+';
  if (s == 0)
    snprintf(out, size, "Z");
  else if (s % 60)
    snprintf(out, size, "%c%02d:%02d:%02d", sign, s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(out, size, "%c%02d:%02d", sign, s / 3600, s / 60 % 60);
}

char *pl_time_text(pl_time t, const pl_zone *zone, char out[PL_TIME_TEXT]) {
  out[0] = '\0';
  if (t.kind == PL_TIME_NONE) return out;
  int32_t offset = t.kind == PL_TIME_INSTANT ? pl_zone_offset(zone, t.us) : 0;
  int32_t day = t.kind == PL_TIME_INSTANT ? pl_zone_day(zone, t.us) : t.day;
  int year, month, dom;
  pl_civil_from_days(day, &year, &month, &dom);
  int n = snprintf(out, PL_TIME_TEXT, "%04d-%02d-%02d", year, month, dom);
  if (t.kind == PL_TIME_DATE) return out;
  int64_t us = t.us + offset * PL_SECOND_US - day * PL_DAY_US;
  int second = (int)(us / PL_SECOND_US);
  n += snprintf(out + n, PL_TIME_TEXT - (size_t)n, "T%02d:%02d:%02d", second / 3600,
                second / 60 % 60, second % 60);
  n += put_fraction(out + n, PL_TIME_TEXT - (size_t)n, (int)(us % PL_SECOND_US));
  put_offset(out + n, PL_TIME_TEXT - (size_t)n, offset);
  return out;
}

bool pl_duration_parse(pl_str text, int64_t *us) {
  int64_t count = 0;
  if (text.n < 2) return false;
  for (size_t i = 0; i + 1 < text.n; i++) {
    if (text.p[i] < '0' || text.p[i] > '9') return false;
    if (__builtin_mul_overflow(count, 10, &count)) return false;
    if (__builtin_add_overflow(count, text.p[i] - '0', &count)) return false;
  }
  for (size_t i = 0; i < UNITS; i++)
    if (units[i].letter == text.p[text.n - 1])
      return !__builtin_mul_overflow(count, units[i].us, us);
  return false;
}

char *pl_duration_text(int64_t us, char out[PL_TIME_TEXT]) {
  uint64_t magnitude = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
  const char *sign = us < 0 ? "-" : "";
  for (size_t i = 0; i < UNITS && us != 0; i++) {
    uint64_t each = (uint64_t)units[i].us;
    if (magnitude % each) continue;
    uint64_t count = magnitude / each;
    snprintf(out, PL_TIME_TEXT, "%s%llu %s%s", sign, (unsigned long long)count, units[i].one,
             count == 1 ? "" : "s");
    return out;
  }
  int n = snprintf(out, PL_TIME_TEXT, "%s%llu", sign, (unsigned long long)(magnitude / 1000000));
  n += put_fraction(out + n, PL_TIME_TEXT - (size_t)n, (int)(magnitude % 1000000));
  snprintf(out + n, PL_TIME_TEXT - (size_t)n, " seconds");
  return out;
}
