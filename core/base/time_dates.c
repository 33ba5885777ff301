/* Times that need no declaration: the usual orders of year, month and day, each
 * with any usual clock behind it. One text may fit several; who reads a whole
 * column decides (read/column.h). */
#include <stdio.h>

#include "base/time_scan.h"

enum { WAY_ISO, WAY_EPOCH, WAY_EPOCH_MS, FIRST_DATE };

/* What an error proposes is what is tried, so each is a format as one declares it. */
static const struct way {
  const char *format;
  size_t digits; /* not 0: begins with as many, no more; its year must be a likely one */
} ways[] = {
    {"%Y-%m-%d", 0},    {"%Y/%m/%d", 0},      {"%Y.%m.%d", 0},  {"%m/%d/%Y", 0},  {"%d/%m/%Y", 0},
    {"%d.%m.%Y", 0},    {"%m-%d-%Y", 0},      {"%d-%m-%Y", 0},  {"%m/%d/%y", 0},  {"%d/%m/%y", 0},
    {"%y/%m/%d", 0},    {"%d.%m.%y", 0},      {"%m-%d-%y", 0},  {"%d-%m-%y", 0},  {"%y-%m-%d", 0},
    {"%d. %b %Y", 0},   {"%d %b %Y", 0},      {"%d %b, %Y", 0}, {"%b %d, %Y", 0}, {"%b %d %Y", 0},
    {"%d-%b-%Y", 0},    {"%d-%b-%y", 0},      {"%d/%b/%Y", 0},  {"%Y%m%d", 8},    {"%Y%m%d%H", 10},
    {"%Y%m%d%H%M", 12}, {"%Y%m%d%H%M%S", 14},
};
#define WAYS (sizeof ways / sizeof *ways)
_Static_assert(FIRST_DATE + WAYS <= PL_TIME_WAYS, "bits of ways");
#define FIRST_YEAR 1900 /* that eight and more digits are taken to name */
#define LAST_YEAR 2100

/* ---- clocks ------------------------------------------------------------------------ */
enum { SEP_SPACE, SEP_COMMA, SEP_T };
enum { TO_MINUTE, TO_SECOND, TO_FRACTION };
enum { HALF_NONE, HALF_APART, HALF_CLOSE };
enum { ZONE_NONE, ZONE_CLOSE, ZONE_APART };

/* How a clock is written. */
typedef struct shape {
  int separator, precision, half, zone;
  bool odd;
} shape;

/* 0 is no clock; then 27 without a half of the day, 18 with one but no zone. */
static int shape_number(const shape *s) {
  int base = s->separator * 3 + s->precision;
  if (s->odd || (s->half && s->zone)) return PL_TIME_CLOCK_ODD;
  return s->half ? 28 + base * 2 + (s->half - 1) : 1 + base * 3 + s->zone;
}

static shape shape_of(int number) {
  shape s = {0};
  bool half = number >= 28;
  int rest = half ? number - 28 : number - 1, base = half ? rest / 2 : rest / 3;
  s.separator = base / 3;
  s.precision = base % 3;
  if (half)
    s.half = rest % 2 + 1;
  else
    s.zone = rest % 3;
  return s;
}

static bool take(const char **p, const char *end, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(end - *p) < n || memcmp(*p, text, n) != 0) return false;
  *p += n;
  return true;
}

/* U+202F stands before AM and PM in what browsers write. */
static bool take_space(const char **p, const char *end, shape *s) {
  if (take(p, end, " ")) return true;
  return s->odd |= take(p, end, "\xC2\xA0") || take(p, end, "\xE2\x80\xAF");
}

static bool take_separator(const char **p, const char *end, shape *s) {
  bool odd = s->odd;
  if (take(p, end, "T") || take(p, end, "t")) {
    s->separator = SEP_T;
    s->odd = odd || (*p)[-1] == 't';
    return true;
  }
  if (take(p, end, ",")) s->separator = SEP_COMMA;
  if (!take_space(p, end, s)) return false;
  for (bool more = take_space(p, end, s); more; more = take_space(p, end, s)) s->odd = true;
  return true;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* am, pm, a.m., p.m., in any case. */
static bool take_half(const char **p, const char *end, shape *s, pl_clock *c) {
  const char *at = *p;
  shape before = *s;
  bool apart = take_space(&at, end, s);
  size_t dots = end - at >= 4 && at[1] == '.' && at[3] == '.';
  size_t n = 2 + 2 * dots;
  char which = (size_t)(end - at) >= n ? lower(at[0]) : 0;
  if ((which != 'a' && which != 'p') || lower(at[1 + dots]) != 'm') {
    *s = before;
    return true; /* none: nothing is wrong */
  }
  if (c->hour < 1 || c->hour > 12) return false;
  c->hour = c->hour % 12 + (which == 'p' ? 12 : 0);
  s->half = apart ? HALF_APART : HALF_CLOSE;
  s->odd |= dots;
  *p = at + n;
  return true;
}

static bool scan_clock(const char **p, const char *end, shape *s, pl_clock *c) {
  if (!take_separator(p, end, s)) return false;
  if (!pl_scan_digits(p, end, 1, 2, &c->hour) || !take(p, end, ":")) return false;
  if (!pl_scan_digits(p, end, 2, 2, &c->minute)) return false;
  c->has_time = true;
  if (take(p, end, ":")) {
    if (!pl_scan_digits(p, end, 2, 2, &c->second)) return false;
    s->precision = TO_SECOND;
    bool comma = *p < end && **p == ',';
    if (take(p, end, ".") || take(p, end, ",")) {
      if (!pl_scan_fraction(p, end, &c->fraction)) return false;
      s->precision = TO_FRACTION;
      s->odd |= comma;
    }
  }
  if (!take_half(p, end, s, c)) return false;
  if (*p == end) return true;
  s->zone = **p == ' ' ? ZONE_APART : ZONE_CLOSE;
  s->odd |= lower(end[-1]) == 'c'; /* " UTC" is no %z */
  return pl_scan_zone(p, end, c);
}

static bool scan_dates(pl_str text, const char *format, shape *s, pl_clock *c) {
  const char *p = text.p, *end = p + text.n;
  *s = (shape){0};
  if (!pl_scan_dated(&p, end, format, c)) return false;
  return p == end || (scan_clock(&p, end, s, c) && p == end);
}

bool pl_time_dates_read(pl_str text, const pl_time_reader *reader, pl_time *out) {
  shape s;
  pl_clock c = {0};
  return scan_dates(text, reader->format, &s, &c) && pl_clock_moment(&c, reader, out);
}

int pl_time_clock(pl_str text, int way) {
  shape s;
  pl_clock c = {0};
  text = pl_str_trim(text);
  size_t date = (size_t)(way - FIRST_DATE);
  if (way == WAY_ISO) date = 0;
  if ((way != WAY_ISO && way < FIRST_DATE) || date >= WAYS || ways[date].digits > 8) return 0;
  if (!scan_dates(text, ways[date].format, &s, &c) || !c.has_time) return 0;
  return shape_number(&s);
}

char *pl_time_declare(int way, int clock, char out[PL_TIME_DECLARE]) {
  static const char *const separators[] = {" ", ", ", "T"};
  static const char *const precisions[] = {":%M", ":%M:%S", ":%M:%S.%f"};
  static const char *const halves[] = {"", " %p", "%p"}, *const zones[] = {"", "%z", " %z"};
  out[0] = '\0';
  if (way == WAY_EPOCH || way == WAY_EPOCH_MS)
    snprintf(out, PL_TIME_DECLARE, "%s", way == WAY_EPOCH ? "epoch" : "epoch_ms");
  if (way < FIRST_DATE || clock == PL_TIME_CLOCK_ODD) return out;
  const char *format = ways[way - FIRST_DATE].format;
  if (clock == 0) {
    snprintf(out, PL_TIME_DECLARE, "%s", format);
    return out;
  }
  shape s = shape_of(clock);
  snprintf(out, PL_TIME_DECLARE, "%s%s%%%c%s%s%s", format, separators[s.separator],
           s.half ? 'I' : 'H', precisions[s.precision], halves[s.half], zones[s.zone]);
  return out;
}

/* ---- fitting ------------------------------------------------------------------------- */
static size_t digits(pl_str s) {
  size_t n = 0;
  while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') n++;
  return n;
}

pl_time_reader pl_time_way(int way, const pl_zone *zone, const pl_zone *days) {
  if (way == WAY_EPOCH) return (pl_time_reader){PL_TIME_EPOCH_S, NULL, zone, days};
  if (way == WAY_EPOCH_MS) return (pl_time_reader){PL_TIME_EPOCH_MS, NULL, zone, days};
  if (way < FIRST_DATE || (size_t)(way - FIRST_DATE) >= WAYS)
    return (pl_time_reader){PL_TIME_ISO, NULL, zone, days};
  const struct way *w = &ways[way - FIRST_DATE];
  bool clock = w->digits > 8; /* it is in the digits: none stands behind them */
  return (pl_time_reader){clock ? PL_TIME_FORMAT : PL_TIME_DATES, w->format, zone, days};
}

/* Numbers between slashes or hyphens, and the year not first (or not in full). */
bool pl_time_way_is_doubtful(int way) {
  if (way < FIRST_DATE || (size_t)(way - FIRST_DATE) >= WAYS) return false;
  const char *format = ways[way - FIRST_DATE].format;
  return strchr("/-", format[2]) && format[4] != 'b' && strncmp(format, "%Y", 2) != 0;
}

static uint32_t try_way(pl_str text, int way, const pl_zone *zone, const pl_zone *days,
                        pl_time *out) {
  pl_time_reader reader = pl_time_way(way, zone, days);
  return pl_time_parse(text, &reader, &out[way]) ? UINT32_C(1) << way : 0;
}

static uint32_t fit_epoch(pl_str text, size_t whole, const pl_zone *zone, const pl_zone *days,
                          pl_time *out) {
  if (whole < text.n && text.p[whole] != '.') return 0;
  if (whole == 9 || whole == 10) return try_way(text, WAY_EPOCH, zone, days, out);
  return whole == 12 || whole == 13 ? try_way(text, WAY_EPOCH_MS, zone, days, out) : 0;
}

static bool is_likely(const struct way *way, pl_str text, size_t whole) {
  const char *p = text.p;
  int year;
  if (!way->digits) return true;
  if (way->digits != whole || !pl_scan_digits(&p, p + 4, 4, 4, &year)) return false;
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

uint32_t pl_time_fits(pl_str text, const pl_zone *zone, const pl_zone *days,
                      pl_time out[PL_TIME_WAYS]) {
  text = pl_str_trim(text);
  if (text.n == 0) return 0;
  if (try_way(text, WAY_ISO, zone, days, out)) {
    out[FIRST_DATE] = out[WAY_ISO]; /* what is ISO is the first date as well */
    return 1u << WAY_ISO | 1u << FIRST_DATE;
  }
  size_t whole = digits(text);
  uint32_t fits = fit_epoch(text, whole, zone, days, out);
  for (size_t i = 0; i < WAYS; i++)
    if (is_likely(&ways[i], text, whole))
      fits |= try_way(text, FIRST_DATE + (int)i, zone, days, out);
  return fits;
}
