/* Numbers as exports dress them: currency signs, percent signs, brackets, minus
 * signs behind, thousands as K. The number itself is read by money.c. */
#include "base/currency.h"
#include "base/number_parts.h"

/* A cell taken apart. */
typedef struct dressed {
  pl_str core; /* digits and separators, perhaps an exponent */
  pl_number_marks marks;
  int scale; /* powers of ten: 3 for K */
  bool negative;
} dressed;

typedef struct reader {
  const char *p, *end;
  bool sign, bracket, minus;
  dressed *out;
} reader;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take(reader *r, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n) != 0) return false;
  r->p += n;
  return true;
}

/* Also no-break (U+00A0), thin (U+2009) and narrow no-break (U+202F) spaces. */
static bool take_space(reader *r) {
  return take(r, " ") || take(r, "\t") || take(r, "\xC2\xA0") || take(r, "\xE2\x80\x89") ||
         take(r, "\xE2\x80\xAF");
}

static bool take_minus(reader *r) {
  return take(r, "-") || take(r, "\xE2\x88\x92"); /* U+2212 */
}

static bool take_currency(reader *r) {
  size_t n;
  uint8_t currency = pl_currency_at((pl_str){r->p, (size_t)(r->end - r->p)}, &n);
  if (!currency || r->out->marks.currency || r->out->marks.percent) return false;
  r->out->marks.currency = currency;
  r->p += n;
  return true;
}

/* One thing in front of the number; false where the number begins. */
static bool take_front(reader *r) {
  if (take_space(r)) return true;
  if (!r->sign && !r->bracket) {
    if (take_minus(r)) return r->sign = r->minus = true;
    if (take(r, "+")) return r->sign = true;
    if (take(r, "(")) return r->bracket = true;
  }
  return take_currency(r);
}

static bool take_back(reader *r) {
  pl_number_marks *marks = &r->out->marks;
  if (take_space(r)) return true;
  if (!marks->percent && !marks->currency && take(r, "%")) return marks->percent = true;
  if (!r->sign && !r->bracket && take_minus(r)) return r->sign = r->minus = true;
  return take_currency(r);
}

/* Any style's separator between two digits, or before or behind them all. */
static size_t separator_at(const char *p, const char *end) {
  if (*p == '.' || *p == ',') return 1;
  size_t n = pl_number_separator(PL_NUMBER_SPACE, p, end);
  if (!n) n = pl_number_separator(PL_NUMBER_QUOTE, p, end);
  return n && n < (size_t)(end - p) && is_digit(p[n]) ? n : 0;
}

static void take_core(reader *r, bool exponent) {
  const char *start = r->p;
  bool digits = false;
  while (r->p < r->end) {
    size_t n = is_digit(*r->p) ? 1 : separator_at(r->p, r->end);
    if (!n || (!digits && !is_digit(*r->p) && *r->p != '.' && *r->p != ',')) break;
    digits |= is_digit(*r->p);
    r->p += n;
  }
  if (exponent && digits && r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
    const char *p = r->p + 1;
    if (p < r->end && (*p == '-' || *p == '+')) p++;
    const char *first = p;
    while (p < r->end && is_digit(*p)) p++;
    if (p > first) r->p = p;
  }
  r->out->core = (pl_str){start, (size_t)(r->p - start)};
}

/* "500,-", "CHF 1200.-", "250.–", "80,--": the dash stands for the decimals that are
 * not there, and is no sign. */
static void take_no_decimals(reader *r) {
  pl_str core = r->out->core;
  char last = core.n > 1 ? core.p[core.n - 1] : '\0';
  if (last != '.' && last != ',') return;
  for (int i = 0; i < 2; i++)
    if (take_minus(r) || take(r, "\xE2\x80\x93") || take(r, "\xE2\x80\x94")) /* U+2013, U+2014 */
      r->sign = true; /* one more would be neither */
}

/* "mm" is millimetres and "b" nothing that one writes. */
static void take_scale(reader *r) {
  static const struct {
    const char *text;
    int scale;
  } scales[] = {{"MM", 6}, {"mn", 6}, {"Mn", 6}, {"bn", 9}, {"Bn", 9},
                {"K", 3},  {"k", 3},  {"M", 6},  {"m", 6},  {"B", 9}};
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
    const char *before = r->p;
    if (!take(r, scales[i].text)) continue;
    if (r->p == r->end || !is_letter(*r->p)) {
      r->out->scale = scales[i].scale;
      return;
    }
    r->p = before;
  }
}

static bool undress(pl_str text, bool exponent, dressed *out) {
  *out = (dressed){0};
  text = pl_str_trim(text);
  reader r = {.p = text.p, .end = text.n ? text.p + text.n : text.p, .out = out};
  while (r.p < r.end && take_front(&r)) {
  }
  take_core(&r, exponent);
  if (out->core.n == 0) return false;
  take_no_decimals(&r);
  take_scale(&r);
  while (r.p < r.end && take_back(&r)) {
  }
  if (r.bracket && !take(&r, ")")) return false;
  while (r.p < r.end && (take_space(&r) || take_currency(&r))) {
  }
  out->negative = r.minus || r.bracket;
  return r.p == r.end && !(out->scale && out->marks.percent);
}

static pl_number_result read_core(const dressed *d, pl_number_style style, bool exponent,
                                  pl_number *out) {
  pl_number_parts parts;
  if (!pl_number_split(d->core, style, exponent, &parts)) return PL_NUMBER_BAD;
  parts.negative = d->negative;
  parts.exponent += d->scale;
  pl_number_result result = pl_number_count(&parts, out);
  return result == PL_NUMBER_OK && d->scale && out->more ? PL_NUMBER_BAD : result;
}

pl_number_result pl_number_read(pl_str text, pl_number_style style, bool exponent, pl_number *out,
                                pl_number_marks *marks) {
  dressed d;
  *marks = (pl_number_marks){0};
  if (style == PL_NUMBER_PLAIN && pl_number_short(text, out)) return PL_NUMBER_OK;
  *out = (pl_number){0};
  if (!undress(text, exponent, &d)) return PL_NUMBER_BAD;
  *marks = d.marks;
  return read_core(&d, style, exponent, out);
}

unsigned pl_number_fits(pl_str text, bool exponent, pl_number out[PL_NUMBER_STYLES],
                        pl_number_marks *marks) {
  dressed d;
  unsigned fits = 0;
  *marks = (pl_number_marks){0};
  if (!undress(text, exponent, &d)) return 0;
  *marks = d.marks;
  for (int style = 0; style < PL_NUMBER_STYLES; style++)
    if (read_core(&d, (pl_number_style)style, exponent, &out[style]) == PL_NUMBER_OK)
      fits |= 1u << style;
  return fits;
}

bool pl_number_has_separator(pl_str text) {
  const char *end = text.n ? text.p + text.n : text.p;
  for (const char *p = text.p; p < end; p++)
    if (!is_digit(*p) && *p != '-') return true;
  return false;
}
