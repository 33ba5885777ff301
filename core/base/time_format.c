/* Declared time formats. A format is refused when a text could be read in two
 * ways: no field twice, none missing, and two numbers that touch each other
 * must both be written in full. */
#include "base/alloc.h"
#include "base/time_scan.h"

typedef enum field {
  YEAR = 1 << 0,
  MONTH = 1 << 1,
  DAY = 1 << 2,
  DAY_OF_YEAR = 1 << 3,
  HOUR = 1 << 4,
  HOUR_12 = 1 << 5,
  HALF = 1 << 6, /* AM or PM */
  MINUTE = 1 << 7,
  SECOND = 1 << 8,
  FRACTION = 1 << 9,
  OFFSET = 1 << 10
} field;

static const struct directive {
  char letter;
  bool number; /* is written in digits only */
  unsigned fields;
} directives[] = {
    {'Y', true, YEAR},
    {'y', true, YEAR},
    {'m', true, MONTH},
    {'b', false, MONTH},
    {'B', false, MONTH},
    {'d', true, DAY},
    {'e', true, DAY},
    {'j', true, DAY_OF_YEAR},
    {'H', true, HOUR},
    {'I', true, HOUR_12},
    {'p', false, HALF},
    {'M', true, MINUTE},
    {'S', true, SECOND},
    {'f', true, FRACTION},
    {'z', false, OFFSET},
    {'T', true, HOUR | MINUTE | SECOND},
    {'F', true, YEAR | MONTH | DAY},
};

static const struct directive *directive_of(char letter) {
  for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
    if (directives[i].letter == letter) return &directives[i];
  return NULL;
}

/* What is not a whole date, or a time with a hole in it; NULL if all is well. */
static const char *what_is_missing(unsigned has) {
  bool date = has & DAY_OF_YEAR ? !(has & (MONTH | DAY)) : (has & MONTH) && (has & DAY);
  if (!(has & YEAR) || !date) return "a year, a month and a day (or %j), each once";
  if ((has & HOUR) && (has & (HOUR_12 | HALF))) return "either %H, or %I with %p";
  if (!(has & HOUR_12) != !(has & HALF)) return "%I and %p together";
  bool hour = has & (HOUR | HOUR_12);
  if (!hour && (has & (MINUTE | SECOND | FRACTION | OFFSET))) return "an hour beside its time";
  if ((has & SECOND) && !(has & MINUTE)) return "a minute beside its second";
  if ((has & FRACTION) && !(has & SECOND)) return "a second beside its fraction";
  return NULL;
}

pl_status pl_time_format_check(const char *format, pl_error *err) {
  unsigned has = 0;
  for (const char *p = format ? format : ""; *p; p++) {
    if (*p != '%' || *++p == '%') continue;
    const struct directive *d = *p ? directive_of(*p) : NULL;
    if (!d) {
      int n = *p != '\0'; /* the whole character, should it be one of several bytes */
      while (n && ((unsigned char)p[n] & 0xC0) == 0x80) n++;
      pl_fail(err, PL_E_USAGE, "time format \"%s\": %%%.*s is not a directive", format, n, p);
      return pl_hint(err, "use %%Y %%m %%d %%e %%H %%I %%p %%M %%S %%f %%y %%b %%B %%z %%j %%T "
                          "%%F, and %%%% for a percent sign");
    }
    if (has & d->fields)
      return pl_fail(err, PL_E_USAGE, "time format \"%s\": %%%c names again what was read before",
                     format, *p);
    has |= d->fields;
  }
  const char *missing = what_is_missing(has);
  if (!missing) return PL_OK;
  return pl_fail(err, PL_E_USAGE, "time format \"%s\" needs %s", format ? format : "", missing);
}

typedef struct reading {
  const char *p, *end;
  pl_clock clock;
  unsigned has;
  int hour_12, day_of_year;
  bool afternoon;
} reading;

static bool same_letters(const char *text, const char *lower, size_t n) {
  for (size_t i = 0; i < n; i++) {
    char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + ('a' - 'A')) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/* "September", "Sept", "sept." (a dot that the format names itself is left to it). */
static bool read_month(reading *r, const char *behind) {
  return pl_scan_month(&r->p, r->end, *behind != '.', &r->clock.month);
}

static bool read_half(reading *r) {
  if (r->end - r->p < 2) return false;
  r->afternoon = same_letters(r->p, "pm", 2);
  if (!r->afternoon && !same_letters(r->p, "am", 2)) return false;
  r->p += 2;
  return true;
}

static bool read_number(reading *r, int least, int most, int *out) {
  return pl_scan_digits(&r->p, r->end, least, most, out);
}

/* %y: 69 to 99 are the last century (POSIX strptime). */
static bool read_short_year(reading *r) {
  if (!read_number(r, 2, 2, &r->clock.year)) return false;
  r->clock.year += r->clock.year >= 69 ? 1900 : 2000;
  return true;
}

static bool read_day_with_space(reading *r, int least) {
  if (r->p < r->end && *r->p == ' ') {
    r->p++;
    return read_number(r, 1, 1, &r->clock.day);
  }
  return read_number(r, least, 2, &r->clock.day);
}

static bool read_format(reading *r, const char *format);

/* `behind`: the rest of the format. */
static bool read_directive(reading *r, char letter, bool full, const char *behind) {
  pl_clock *c = &r->clock;
  int least = full ? 2 : 1;
  switch (letter) {
  case 'Y': return read_number(r, 4, 4, &c->year);
  case 'y': return read_short_year(r);
  case 'm': return read_number(r, least, 2, &c->month);
  case 'b':
  case 'B': return read_month(r, behind);
  case 'd': return read_number(r, least, 2, &c->day);
  case 'e': return read_day_with_space(r, least);
  case 'j': return read_number(r, full ? 3 : 1, 3, &r->day_of_year);
  case 'H': return read_number(r, least, 2, &c->hour);
  case 'I': return read_number(r, least, 2, &r->hour_12);
  case 'p': return read_half(r);
  case 'M': return read_number(r, least, 2, &c->minute);
  case 'S': return read_number(r, least, 2, &c->second);
  case 'f': return pl_scan_fraction(&r->p, r->end, &c->fraction);
  case 'z': return pl_scan_offset(&r->p, r->end, &c->offset);
  case 'T': return read_format(r, "%H:%M:%S");
  case 'F': return read_format(r, "%Y-%m-%d");
  default: return false;
  }
}

static bool is_number_at(const char *p) {
  const struct directive *d = p[0] == '%' && p[1] ? directive_of(p[1]) : NULL;
  return (d && d->number) || (*p >= '0' && *p <= '9');
}

static bool read_format(reading *r, const char *format) {
  bool after_number = false;
  for (const char *f = format; *f; f++) {
    bool number = is_number_at(f);
    if (*f != '%' || *++f == '%') {
      if (r->p == r->end || *r->p++ != *f) return false;
    } else {
      const struct directive *d = *f ? directive_of(*f) : NULL;
      if (!d) return false;
      r->has |= d->fields;
      bool full = after_number || (number && is_number_at(f + 1));
      if (!read_directive(r, *f, full, f + 1)) return false;
    }
    after_number = number;
  }
  return true;
}

static bool settle_hour(reading *r) {
  if (!(r->has & HOUR_12)) return true;
  if (r->hour_12 < 1 || r->hour_12 > 12) return false;
  r->clock.hour = r->hour_12 % 12 + (r->afternoon ? 12 : 0);
  return true;
}

static bool settle_day_of_year(reading *r) {
  pl_clock *c = &r->clock;
  if (!(r->has & DAY_OF_YEAR)) return true;
  int year = c->year, found;
  if (r->day_of_year < 1 || !pl_date_exists(year, 1, 1)) return false;
  int32_t day = pl_days_from_civil(year, 1, 1) + r->day_of_year - 1;
  pl_civil_from_days(day, &found, &c->month, &c->day);
  return found == year;
}

bool pl_scan_dated(const char **p, const char *end, const char *format, pl_clock *clock) {
  reading r = {.p = *p, .end = end};
  if (!read_format(&r, format)) return false;
  *p = r.p;
  *clock = r.clock;
  return true;
}

bool pl_time_format_read(pl_str text, const pl_time_reader *reader, pl_time *out) {
  reading r = {.p = text.p, .end = text.p + text.n};
  if (!reader->format || !read_format(&r, reader->format) || r.p != r.end) return false;
  if (what_is_missing(r.has) || !settle_hour(&r) || !settle_day_of_year(&r)) return false;
  r.clock.has_time = r.has & (HOUR | HOUR_12);
  r.clock.has_offset = r.has & OFFSET;
  return pl_clock_moment(&r.clock, reader, out);
}
