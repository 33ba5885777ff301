/* Numbers as exports write them, and exact arithmetic on money. */
#include "base/number_parts.h"

#define MONEY_DECIMALS 4
#define RATE_DECIMALS 12

typedef unsigned __int128 wide;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Bytes of the group separator at p, 0 if there is none. */
size_t pl_number_separator(pl_number_style style, const char *p, const char *end) {
  size_t n = (size_t)(end - p);
  if (n == 0) return 0;
  switch (style) {
  case PL_NUMBER_PLAIN: return 0;
  case PL_NUMBER_COMMA: return *p == ',';
  case PL_NUMBER_DOT: return *p == '.';
  case PL_NUMBER_QUOTE: /* U+2019 is what Swiss locales write */
    return *p == '\'' ? 1 : n >= 3 && memcmp(p, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
  case PL_NUMBER_SPACE: /* U+00A0, U+2009, U+202F */
    if (*p == ' ') return 1;
    if (n >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) return 2;
    if (n < 3) return 0;
    return memcmp(p, "\xE2\x80\x89", 3) == 0 || memcmp(p, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;
  }
  return 0;
}

static const char *skip_digits(const char *p, const char *end) {
  while (p < end && is_digit(*p)) p++;
  return p;
}

/* The whole part: digits, or one to three and then groups of exactly three (in
 * India of two, but for the last). NULL if the groups are not: a first group of
 * 0 is no group either, as 0,125 is a decimal that lost its way. */
static const char *skip_whole(const char *p, const char *end, pl_number_style style) {
  const char *start = p;
  p = skip_digits(p, end);
  size_t mark = pl_number_separator(style, p, end);
  if (mark && (p == start || p - start > 3 || *start == '0')) return NULL;
  bool indian = style == PL_NUMBER_COMMA && p - start < 3;
  for (int groups = 0; mark; groups++) {
    const char *group = p + mark;
    p = skip_digits(group, end);
    mark = pl_number_separator(style, p, end);
    if (groups == 0) indian = indian && mark && p - group == 2;
    if (p - group != (indian && mark ? 2 : 3)) return NULL;
  }
  return p;
}

/* Beyond any length that a text can make up for, the exponent's value no
 * longer matters, so it stops growing. */
static const char *take_exponent(const char *p, const char *end, int64_t *out) {
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  const char *digits = p;
  int64_t value = 0;
  for (; p < end && is_digit(*p); p++)
    if (value < (int64_t)1 << 55) value = value * 10 + (*p - '0');
  *out = negative ? -value : value;
  return p == digits ? NULL : p;
}

bool pl_number_split(pl_str text, pl_number_style style, bool exponent, pl_number_parts *out) {
  *out = (pl_number_parts){0};
  const char *p = text.p, *end = text.n ? p + text.n : p;
  char point = style == PL_NUMBER_DOT || style == PL_NUMBER_SPACE ? ',' : '.';
  if (p < end && (*p == '-' || *p == '+')) out->negative = *p++ == '-';
  const char *start = p;
  if (!(p = skip_whole(p, end, style))) return false;
  out->whole = (pl_str){start, (size_t)(p - start)};
  if (p < end && *p == point) {
    start = ++p;
    p = skip_digits(p, end);
    out->fraction = (pl_str){start, (size_t)(p - start)};
  }
  if (out->whole.n + out->fraction.n == 0) return false;
  if (exponent && p < end && (*p == 'e' || *p == 'E'))
    p = take_exponent(p + 1, end, &out->exponent);
  return p == end;
}

/* The magnitude, digit by digit: the first `keep` digits count, of the others
 * only whether one is not zero. */
typedef struct tally {
  int64_t keep;
  uint64_t units;
  bool more, large;
} tally;

static void count_digits(tally *t, pl_str digits) {
  for (size_t i = 0; i < digits.n; i++) {
    if (!is_digit(digits.p[i])) continue;
    uint64_t digit = (uint64_t)(digits.p[i] - '0');
    if (t->keep-- <= 0)
      t->more |= digit != 0;
    else
      t->large |= __builtin_mul_overflow(t->units, 10, &t->units) ||
                  __builtin_add_overflow(t->units, digit, &t->units);
  }
}

static tally tally_of(const pl_number_parts *parts, int decimals) {
  int64_t whole = 0;
  for (size_t i = 0; i < parts->whole.n; i++) whole += is_digit(parts->whole.p[i]);
  tally t = {.keep = whole + parts->exponent + decimals};
  count_digits(&t, parts->whole);
  count_digits(&t, parts->fraction);
  for (; t.keep > 0 && t.units && !t.large; t.keep--)
    t.large = __builtin_mul_overflow(t.units, 10, &t.units);
  return t;
}

/* Nearly every amount: up to 14 digits, a point, up to 4 digits. Whatever else
 * there may be is left to the long way. */
bool pl_number_short(pl_str text, pl_number *out) {
  const char *p = text.p, *end = text.n ? p + text.n : p;
  bool negative = p < end && *p == '-';
  p += negative;
  const char *start = p;
  if (end - p > 19) return false;
  int64_t units = 0;
  while (p < end && is_digit(*p)) units = units * 10 + (*p++ - '0');
  if (p == start || p - start > 14) return false;
  int decimals = 0;
  if (p < end && *p == '.') {
    for (p++; p < end && is_digit(*p) && decimals < MONEY_DECIMALS; decimals++)
      units = units * 10 + (*p++ - '0');
  }
  if (p != end) return false;
  static const int scale[] = {10000, 1000, 100, 10, 1};
  units *= scale[decimals];
  *out = (pl_number){negative ? -units : units, false};
  return true;
}

pl_number_result pl_number_parse(pl_str text, pl_number_style style, bool exponent,
                                 pl_number *out) {
  pl_number_parts parts;
  *out = (pl_number){0};
  if (style == PL_NUMBER_PLAIN && pl_number_short(text, out)) return PL_NUMBER_OK;
  if (!pl_number_split(pl_str_trim(text), style, exponent, &parts)) return PL_NUMBER_BAD;
  return pl_number_count(&parts, out);
}

pl_number_result pl_number_count(const pl_number_parts *parts, pl_number *out) {
  tally t = tally_of(parts, MONEY_DECIMALS);
  uint64_t most = (uint64_t)INT64_MAX + parts->negative;
  bool lower = parts->negative && t.more; /* the floor of a negative lies below it */
  if (t.large || t.units > most - lower) return PL_NUMBER_TOO_LARGE;
  uint64_t magnitude = t.units + lower;
  out->units = (int64_t)(parts->negative ? 0 - magnitude : magnitude);
  out->more = t.more;
  return PL_NUMBER_OK;
}

int pl_number_cmp(pl_number a, pl_number b) {
  if (a.units != b.units) return a.units < b.units ? -1 : 1;
  return (int)a.more - (int)b.more;
}

static const struct {
  const char *name;
  pl_number_style style;
} styles[] = {
    {"plain", PL_NUMBER_PLAIN},    {"1,234.56", PL_NUMBER_COMMA}, {"1.234,56", PL_NUMBER_DOT},
    {"1 234,56", PL_NUMBER_SPACE}, {"1'234.56", PL_NUMBER_QUOTE}, {"1234.56", PL_NUMBER_PLAIN},
};

bool pl_number_style_of(pl_str name, pl_number_style *out) {
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
    if (!pl_str_eq(name, pl_str_of(styles[i].name))) continue;
    *out = styles[i].style;
    return true;
  }
  return false;
}

const char *pl_number_style_name(pl_number_style style) {
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
    if (styles[i].style == style) return styles[i].name;
  return "";
}

/* A rate of zero or less converts nothing and is refused. */
bool pl_rate_parse(pl_str text, pl_number_style style, int64_t *out) {
  pl_number_parts parts;
  if (!pl_number_split(pl_str_trim(text), style, false, &parts) || parts.negative) return false;
  tally t = tally_of(&parts, RATE_DECIMALS);
  if (t.large || t.more || t.units == 0 || t.units > INT64_MAX) return false;
  *out = (int64_t)t.units;
  return true;
}

static wide magnitude_of(pl_sum sum) {
  return sum < 0 ? 0 - (wide)sum : (wide)sum;
}

bool pl_money_convert(int64_t amount, int64_t rate, int64_t *out) {
  pl_sum product = (pl_sum)amount * rate; /* at most 2^126 */
  wide magnitude = magnitude_of(product);
  wide quotient = magnitude / PL_RATE_UNIT, twice = magnitude % PL_RATE_UNIT * 2;
  bool up = twice > PL_RATE_UNIT || (twice == PL_RATE_UNIT && (quotient & 1));
  quotient += up;
  if (quotient > (wide)INT64_MAX + (product < 0)) return false;
  *out = (int64_t)(product < 0 ? -(pl_sum)quotient : (pl_sum)quotient);
  return true;
}

bool pl_sum_add(pl_sum *sum, int64_t units) {
  pl_sum total;
  if (__builtin_add_overflow(*sum, (pl_sum)units, &total)) return false;
  *sum = total;
  return true;
}

/* Writes from the back: sign, whole part (grouped or not), point, decimals. */
static char *write_decimal(wide magnitude, bool negative, int least, bool grouped, char *out) {
  char back[72];
  char *p = back + sizeof back;
  int decimals = MONEY_DECIMALS;
  *--p = '\0';
  for (; decimals > least && magnitude % 10 == 0; decimals--) magnitude /= 10;
  for (; decimals > 0; decimals--, magnitude /= 10) *--p = (char)('0' + (int)(magnitude % 10));
  *--p = '.';
  int digits = 0;
  do {
    if (grouped && digits && digits % 3 == 0) *--p = ',';
    *--p = (char)('0' + (int)(magnitude % 10));
    magnitude /= 10;
    digits++;
  } while (magnitude);
  if (negative) *--p = '-';
  memcpy(out, p, (size_t)(back + sizeof back - p));
  return out;
}

char *pl_money_text(pl_sum sum, char out[PL_MONEY_TEXT]) {
  return write_decimal(magnitude_of(sum), sum < 0, 2, false, out);
}

char *pl_money_people(pl_sum sum, char out[PL_MONEY_TEXT + 16]) {
  return write_decimal(magnitude_of(sum), sum < 0, 2, true, out);
}

/* Long division by hand: ten times a remainder may not fit 128 bits, but the
 * sum of two remainders always does. */
static wide next_digit(wide *rest, wide whole) {
  wide digit = 0, left = 0;
  for (int i = 0; i < 10; i++) {
    left += *rest;
    if (left >= whole) left -= whole, digit++;
  }
  *rest = left;
  return digit;
}

bool pl_share_text(pl_sum part, pl_sum whole, char out[PL_MONEY_TEXT]) {
  out[0] = '\0';
  if (whole <= 0) return false;
  wide divisor = (wide)whole, rest = magnitude_of(part) % divisor;
  wide share = magnitude_of(part) / divisor;
  if (share > (wide)-1 / (PL_MONEY_UNIT * 10)) return false;
  for (int i = 0; i < MONEY_DECIMALS; i++) share = share * 10 + next_digit(&rest, divisor);
  wide twice = rest * 2;
  share += twice > divisor || (twice == divisor && (share & 1));
  write_decimal(share, part < 0 && share > 0, MONEY_DECIMALS, false, out);
  return true;
}
