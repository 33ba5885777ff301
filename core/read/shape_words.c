/* What a cell says, for telling names from values and totals from records. Rough on
 * purpose: core/read/column.c reads values, here is only told what cannot be a name. */
#include <strings.h>

#include "read/shape.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/* Case aside for ASCII; other bytes must be the same. */
static bool begins(pl_str s, const char *with, size_t n) {
  return s.n >= n && strncasecmp(s.p, with, n) == 0;
}
static bool same(pl_str s, const char *word) {
  return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* ---- kinds -------------------------------------------------------------------- */

static bool is_token(pl_str s) {
  static const char *const words[] = {"-",   "--",   "\xE2\x80\x93", "\xE2\x80\x94",
                                      "n/a", "#n/a", "null",         "(not set)"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (same(s, words[i])) return true;
  return false;
}

/* Words that stand in times: Jun, Saturday, pm, T, Z. */
static bool is_time_word(const char *p, size_t n) {
  static const char *const words[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                      "aug", "sep", "oct", "nov", "dec", "mon", "tue",
                                      "wed", "thu", "fri", "sat", "sun", NULL};
  if (n == 1) return *p == 'T' || *p == 'Z';
  if (n == 2) return strncasecmp(p, "am", 2) == 0 || strncasecmp(p, "pm", 2) == 0;
  if (n > 9) return false;
  for (size_t i = 0; words[i]; i++)
    if (strncasecmp(p, words[i], 3) == 0) return true;
  return strncasecmp(p, "utc", 3) == 0 || strncasecmp(p, "gmt", 3) == 0;
}

/* Bytes of a currency sign or a no-break space at p, else 0. */
static size_t sign_length(const char *p, size_t n) {
  static const char *const signs[] = {"\xE2\x82\xAC", "\xC2\xA3",     "\xC2\xA5",     "\xC2\xA0",
                                      "\xE2\x80\xAF", "\xE2\x82\xB9", "\xE2\x88\x92", "$"};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t k = strlen(signs[i]);
    if (n >= k && memcmp(p, signs[i], k) == 0) return k;
  }
  return 0;
}

typedef struct marks {
  size_t digits, dashes, slashes, dots, colons, spaces, others;
  bool sign, words;
} marks;

/* False at a letter or byte that neither numbers nor times have. */
static bool look(pl_str s, marks *m) {
  for (size_t i = 0, k; i < s.n; i += k) {
    char c = s.p[i];
    k = 1;
    if (is_letter(c)) {
      while (i + k < s.n && is_letter(s.p[i + k])) k++;
      if (!is_time_word(s.p + i, k)) return false;
      m->words = true;
      continue;
    }
    size_t sign = sign_length(s.p + i, s.n - i);
    if (sign) k = sign;
    m->sign |= sign || c == '%' || c == '(' || c == ')';
    m->digits += is_digit(c);
    m->dashes += c == '-' && i > 0;
    m->slashes += c == '/';
    m->dots += c == '.' || c == ',' || c == '\'';
    m->colons += c == ':';
    m->spaces += c == ' ';
    if (!sign && !is_digit(c) && !strchr("-/.,':%() +", c)) return false;
  }
  return m->digits > 0;
}

/* $342.09K, 1.2M: one letter behind the digits. */
static pl_str without_scale(pl_str s) {
  bool scaled = s.n > 2 && strchr("KMB", s.p[s.n - 1]) && is_digit(s.p[s.n - 2]);
  return (pl_str){s.p, s.n - scaled};
}

pl_shape_kind pl_shape_kind_of(pl_str cell) {
  marks m = {0};
  pl_str s = pl_str_trim(cell);
  if (!s.n) return PL_KIND_BLANK;
  if (is_token(s)) return PL_KIND_TOKEN;
  if (!look(without_scale(s), &m)) return PL_KIND_TEXT;
  if (m.digits == s.n) {
    bool year = s.n == 4 && (memcmp(s.p, "19", 2) == 0 || memcmp(s.p, "20", 2) == 0);
    return year ? PL_KIND_YEAR : PL_KIND_COUNT;
  }
  if (m.sign) return m.words ? PL_KIND_TEXT : PL_KIND_NUMBER;
  bool time = m.words || m.slashes == 2 || m.dashes >= 2 || m.colons || m.dots >= 2;
  if (m.slashes && !time) return PL_KIND_TEXT; /* 24/7 */
  if (m.dashes && !time) return PL_KIND_TEXT;  /* 2024-01, 10-20: a name as well */
  if (m.dots && !m.colons && !m.words && !m.dashes && !m.slashes) return PL_KIND_NUMBER;
  return time ? PL_KIND_TIME : m.spaces ? PL_KIND_TEXT : PL_KIND_NUMBER;
}

/* ---- totals and remarks ---------------------------------------------------------- */

/* Longer ones first where one begins another. */
static const char *const totals[] = {
    "grand totals",
    "grand total",
    "subtotals",
    "subtotal",
    "sub-total",
    "totals",
    "total g\xC3\xA9n\xC3\xA9ral",
    "total general",
    "total geral",
    "totales",
    "totale",
    "totaal",
    "totalt",
    "total",
    "gesamtergebnis",
    "gesamtsumme",
    "gesamt",
    "summe",
    "insgesamt",
    "somme",
    "suma",
    "summa",
    "razem",
    "yhteens\xC3\xA4",
    "toplam",
    "\xD0\x98\xD1\x82\xD0\xBE\xD0\xB3\xD0\xBE", /* Russian */
    "\xD0\x92\xD1\x81\xD0\xB5\xD0\xB3\xD0\xBE", /* Russian */
    "\xE5\x90\x88\xE8\xA8\x88",                 /* Japanese */
    "\xE6\x80\xBB\xE8\xAE\xA1",
    "\xE5\x90\x88\xE8\xAE\xA1", /* Chinese */
    "\xED\x95\xA9\xEA\xB3\x84", /* Korean */
};

/* Behind the word: nothing, `: Account`, ` : compte`, `(5700 records)`. */
static bool total_goes_on(pl_str rest) {
  rest = pl_str_trim(rest);
  if (!rest.n || *rest.p == ':') return true;
  return *rest.p == '(' && rest.p[rest.n - 1] == ')';
}

pl_total pl_shape_total(pl_str cell) {
  pl_str s = pl_str_trim(cell);
  for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
    size_t n = strlen(totals[i]);
    if (!begins(s, totals[i], n)) continue;
    pl_str rest = {s.p + n, s.n - n};
    if (total_goes_on(rest)) return PL_TOTAL_YES;
    return rest.n && (*rest.p == ' ' || *rest.p == '-') ? PL_TOTAL_BEGINS : PL_TOTAL_NO;
  }
  return PL_TOTAL_NO;
}

bool pl_shape_remark(pl_str cell) {
  static const char *const words[] = {
      "confidential",   "copyright",    "\xC2\xA9",    "(c) ",        "report generated",
      "generated on",   "generated by", "exported on", "exported by", "exported at",
      "report created", "report run",   "created by ", "data as of",  "as of ",
      "source: ",       "sources: ",    "note: ",      "notes: ",     "disclaimer",
      "end of report",
  };
  pl_str s = pl_str_trim(cell);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (begins(s, words[i], strlen(words[i]))) return true;
  return false;
}
