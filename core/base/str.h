/* Borrowed strings {pointer, length} and a growable buffer. Bytes, compared
 * bytewise; nothing here knows a locale. */
#ifndef PL_BASE_STR_H
#define PL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "plumbline.h" /* pl_str */

#define PL_STR(literal) ((pl_str){(literal), sizeof(literal) - 1})
#define PL_STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

static inline pl_str pl_str_of(const char *zero_terminated) {
  return (pl_str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}
static inline bool pl_str_eq(pl_str a, pl_str b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool pl_eight_eq(const char *a, const char *b, size_t at) {
  uint64_t x, y;
  memcpy(&x, a + at, 8), memcpy(&y, b + at, 8);
  return x == y;
}
/* The same without a call for 4 to 32 bytes, which most keys have: what hash tables
 * compare with, once per record. */
static inline bool pl_key_eq(pl_str a, pl_str b) {
  if (a.n != b.n) return false;
  if (a.n > 16 && a.n <= 32) {
    return pl_eight_eq(a.p, b.p, a.n - 8) && pl_eight_eq(a.p, b.p, a.n - 16) &&
           pl_eight_eq(a.p, b.p, 0) && pl_eight_eq(a.p, b.p, 8);
  }
  if (a.n >= 8 && a.n <= 16) /* the last eight, and the first */
    return pl_eight_eq(a.p, b.p, a.n - 8) && pl_eight_eq(a.p, b.p, 0);
  if (a.n >= 4 && a.n < 8) {
    uint32_t x[2], y[2];
    memcpy(&x[0], a.p, 4), memcpy(&x[1], a.p + a.n - 4, 4);
    memcpy(&y[0], b.p, 4), memcpy(&y[1], b.p + b.n - 4, 4);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
  }
  return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}
int pl_str_cmp(pl_str a, pl_str b); /* bytewise, shorter first */
pl_str pl_str_trim(pl_str s);       /* ASCII white space off both ends */
bool pl_str_blank(pl_str s);        /* empty or only ASCII white space */
/* Glob over the whole string: `*`, `?` (one UTF-8 character), `[a-z]`,
 * `[!a]`, backslash escapes. Linear in pattern × text, never exponential. */
bool pl_str_glob(pl_str pattern, pl_str text);
/* Length of the valid UTF-8 prefix of s; == s.n when all of it is valid
 * (RFC 3629: no surrogates, no overlong forms). */
size_t pl_utf8_valid(pl_str s);
/* The fold under which near misses are found: Unicode case folding (ICU),
 * white space and punctuation dropped, URL scheme, "www." and trailing slashes
 * dropped. Result in `out` (cleared first). */
typedef struct pl_buf pl_buf;
bool pl_str_fold_near(pl_str s, pl_buf *out);
/* Unicode lower / upper case through ICU, root locale. */
bool pl_str_case(pl_str s, bool upper, pl_buf *out);

/* A growable byte buffer; zero-initialise. `failed` stays set once memory was
 * out, so that a chain of appends is checked once. Always NUL-terminated when
 * p is not NULL. */
struct pl_buf {
  char *p;
  size_t n, cap;
  bool failed;
};
bool pl_buf_append(pl_buf *b, const void *bytes, size_t n);
bool pl_buf_str(pl_buf *b, pl_str s);
bool pl_buf_text(pl_buf *b, const char *zero_terminated);
bool pl_buf_format(pl_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pl_buf_clear(pl_buf *b); /* keeps the memory */
void pl_buf_free(pl_buf *b);
static inline pl_str pl_buf_view(const pl_buf *b) {
  return (pl_str){b->p ? b->p : "", b->n};
}

#endif
