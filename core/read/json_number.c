/* Numbers in JSON text become strings before it is decoded, so that no id and
 * no amount ever passes through a binary float: {"id":12345678901234567890}
 * is handed on as {"id":"12345678901234567890"}. 1.5e3 becomes "1500".
 *
 * The grammar of what stands outside strings is RFC 8259's, so NaN, 0x10, 01
 * and +1, which decoders like to accept, are refused here. */
#include <stdio.h>

#include "read/private.h"

/* Exponents beyond it stay as they are written; a double ends at 308. */
#define EXPONENT_MAX 400

typedef struct number {
  const char *whole, *fraction; /* digits */
  size_t whole_n, fraction_n;
  bool negative, has_exponent;
  int exponent; /* clipped to ±(EXPONENT_MAX + 1) */
  size_t length;
} number;

static size_t digits(const char *p, size_t n) {
  size_t i = 0;
  while (i < n && p[i] >= '0' && p[i] <= '9') i++;
  return i;
}

static bool exponent_parse(const char *p, size_t n, size_t *at, int *out) {
  bool negative = *at < n && p[*at] == '-';
  int value = 0;
  if (*at < n && (p[*at] == '-' || p[*at] == '+')) ++*at;
  size_t count = digits(p + *at, n - *at);
  for (size_t i = 0; i < count; i++)
    if (value <= EXPONENT_MAX) value = value * 10 + (p[*at + i] - '0');
  if (value > EXPONENT_MAX) value = EXPONENT_MAX + 1;
  *at += count;
  *out = negative ? -value : value;
  return count > 0;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? and then no more of a word. */
static bool number_parse(const char *p, size_t n, number *out) {
  size_t at = 0;
  *out = (number){.negative = n && p[0] == '-'};
  at += out->negative;
  out->whole = p + at;
  out->whole_n = digits(p + at, n - at);
  at += out->whole_n;
  if (!out->whole_n || (out->whole_n > 1 && out->whole[0] == '0')) return false;
  if (at < n && p[at] == '.') {
    out->fraction = p + ++at;
    out->fraction_n = digits(p + at, n - at);
    at += out->fraction_n;
    if (!out->fraction_n) return false;
  }
  if (at < n && (p[at] == 'e' || p[at] == 'E')) {
    at++;
    out->has_exponent = true;
    if (!exponent_parse(p, n, &at, &out->exponent)) return false;
  }
  out->length = at;
  return at == n || strchr(" \t\r\n,]}:", p[at]) != NULL;
}

static char digit_at(const number *x, size_t i) {
  return i < x->whole_n ? x->whole[i] : x->fraction[i - x->whole_n];
}

/* The digits with the point moved, zeros added where it goes beyond them. */
static void number_write_plain(const number *x, pl_buf *out) {
  const long n = (long)(x->whole_n + x->fraction_n);
  const long point = (long)x->whole_n + x->exponent;
  long i = 0;
  if (x->negative) pl_buf_append(out, "-", 1);
  while (i < point - 1 && i < n - 1 && digit_at(x, (size_t)i) == '0') i++;
  if (n == 1 && digit_at(x, 0) == '0' && point > 1) i = point - 1; /* 0e5 */
  if (point <= 0) pl_buf_append(out, "0", 1);
  for (; i < point; i++) {
    char digit = i < n ? digit_at(x, (size_t)i) : '0';
    pl_buf_append(out, &digit, 1);
  }
  if (point < n) pl_buf_append(out, ".", 1);
  for (long zero = point; zero < 0; zero++) pl_buf_append(out, "0", 1);
  for (i = point > 0 ? point : 0; i < n; i++)
    pl_buf_append(out, &(char){digit_at(x, (size_t)i)}, 1);
}

static void number_write(const number *x, const char *token, pl_buf *out) {
  pl_buf_append(out, "\"", 1);
  if (x->has_exponent && x->exponent >= -EXPONENT_MAX && x->exponent <= EXPONENT_MAX)
    number_write_plain(x, out);
  else
    pl_buf_append(out, token, x->length);
  pl_buf_append(out, "\"", 1);
}

/* Length of the string that begins at p, quotes included; 0: it never ends. */
static size_t string_length(const char *p, size_t n) {
  for (size_t i = 1; i < n; i++) {
    if (p[i] == '\\')
      i++;
    else if (p[i] == '"')
      return i + 1;
  }
  return 0;
}

static size_t word_length(const char *p, size_t n) {
  size_t i = 0;
  while (i < n && !strchr(" \t\r\n,]}[{:\"", p[i])) i++;
  return i ? i : 1;
}

static bool is_literal(const char *p, size_t n) {
  pl_str word = {p, n};
  return pl_str_eq(word, PL_STR("true")) || pl_str_eq(word, PL_STR("false")) ||
         pl_str_eq(word, PL_STR("null"));
}

static bool key_follows(pl_str text, size_t at) {
  while (at < text.n && text.p[at] && strchr(" \t\r\n", text.p[at])) at++;
  return at < text.n && text.p[at] == ':';
}

static bool fail(char message[256], const char *what, const char *p, size_t n) {
  snprintf(message, 256, "%s: %.*s", what, n < 40 ? (int)n : 40, p);
  return false;
}

bool pl_json_quote_numbers(pl_str text, pl_buf *out, char message[256]) {
  long depth = 0;
  pl_buf_clear(out);
  for (size_t i = 0, n; i < text.n; i += n) {
    const char *p = text.p + i;
    const size_t left = text.n - i;
    number x;
    n = 1;
    if (*p == '"') {
      n = string_length(p, left);
      if (!n) return fail(message, "a string that never ends", p, left);
    } else if (!*p || !strchr("{}[]:, \t\r\n", *p)) {
      n = word_length(p, left);
      if (number_parse(p, left, &x) && !key_follows(text, i + x.length)) {
        number_write(&x, p, out);
        n = x.length;
        continue;
      }
      if (!is_literal(p, n)) return fail(message, "this is not JSON", p, n);
    }
    depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
    if (depth > PL_JSON_DEPTH) {
      snprintf(message, 256, "nested deeper than %d values", PL_JSON_DEPTH);
      return false;
    }
    pl_buf_append(out, p, n);
  }
  if (out->failed) snprintf(message, 256, "out of memory");
  return !out->failed;
}
