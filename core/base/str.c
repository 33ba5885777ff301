/* Byte strings and the growable buffer. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"

int pl_str_cmp(pl_str a, pl_str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int order = n ? memcmp(a.p, b.p, n) : 0;
  if (order) return order;
  return (a.n > b.n) - (a.n < b.n);
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

pl_str pl_str_trim(pl_str s) {
  while (s.n && is_space(s.p[0])) s.p++, s.n--;
  while (s.n && is_space(s.p[s.n - 1])) s.n--;
  return s;
}

bool pl_str_blank(pl_str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!is_space(s.p[i])) return false;
  return true;
}

static bool is_tail(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

/* Length of the well-formed character at p (RFC 3629, section 4), or 0. */
static size_t character(const unsigned char *p, size_t n) {
  unsigned char c = p[0];
  if (c < 0x80) return 1;
  if (c < 0xC2 || c > 0xF4) return 0;
  if (n < 2 || !is_tail(p[1])) return 0;
  if (c < 0xE0) return 2;
  if (c == 0xE0 && p[1] < 0xA0) return 0; /* overlong */
  if (c == 0xED && p[1] > 0x9F) return 0; /* surrogates */
  if (c == 0xF0 && p[1] < 0x90) return 0; /* overlong */
  if (c == 0xF4 && p[1] > 0x8F) return 0; /* beyond U+10FFFF */
  if (n < 3 || !is_tail(p[2])) return 0;
  if (c < 0xF0) return 3;
  return n >= 4 && is_tail(p[3]) ? 4 : 0;
}

size_t pl_utf8_valid(pl_str s) {
  const unsigned char *p = (const unsigned char *)s.p;
  size_t i = 0;
  while (i < s.n) {
    uint64_t eight; /* most of every export is ASCII: eight bytes at a time */
    while (s.n - i >= 8 && (memcpy(&eight, p + i, 8), !(eight & 0x8080808080808080u))) i += 8;
    if (i == s.n) break;
    size_t length = character(p + i, s.n - i);
    if (length == 0) break;
    i += length;
  }
  return i;
}

/* Room for n more bytes and the NUL. */
static bool reserve(pl_buf *b, size_t n) {
  if (b->failed) return false;
  size_t need;
  bool large = __builtin_add_overflow(b->n, n, &need) || __builtin_add_overflow(need, 1, &need);
  if (large || !pl_grow(&b->p, &b->cap, need, 1)) b->failed = true;
  return !b->failed;
}

bool pl_buf_append(pl_buf *b, const void *bytes, size_t n) {
  if (!reserve(b, n)) return false;
  if (n) memcpy(b->p + b->n, bytes, n);
  b->n += n;
  b->p[b->n] = '\0';
  return true;
}

bool pl_buf_str(pl_buf *b, pl_str s) {
  return pl_buf_append(b, s.p, s.n);
}

bool pl_buf_text(pl_buf *b, const char *zero_terminated) {
  return pl_buf_str(b, pl_str_of(zero_terminated));
}

bool pl_buf_format(pl_buf *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n < 0) b->failed = true;
  if (!reserve(b, n < 0 ? 0 : (size_t)n)) return false;
  va_start(args, format);
  vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
  va_end(args);
  b->n += (size_t)n;
  return true;
}

void pl_buf_clear(pl_buf *b) {
  b->n = 0;
  if (b->p) b->p[0] = '\0';
}

void pl_buf_free(pl_buf *b) {
  pl_free(b->p);
  *b = (pl_buf){0};
}
