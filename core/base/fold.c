/* Letter case and the near-miss fold: the Unicode half of strings, on ICU. */
#include <stdint.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/alloc.h"
#include "base/str.h"

typedef enum mapping { FOLD, LOWER, UPPER } mapping;

static bool is_ascii(pl_str s) {
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] >= 0x80) return false;
  return true;
}

static bool map_ascii(pl_str s, mapping how, pl_buf *out) {
  if (!pl_buf_str(out, s)) return false;
  char first = how == UPPER ? 'a' : 'A', last = how == UPPER ? 'z' : 'Z';
  for (size_t i = 0; i < out->n; i++)
    if (out->p[i] >= first && out->p[i] <= last) out->p[i] ^= 0x20;
  return true;
}

static int32_t map_into(const UCaseMap *icu, mapping how, pl_str s, char *to, size_t cap,
                        UErrorCode *code) {
  int32_t n = (int32_t)s.n, room = (int32_t)cap;
  if (how == FOLD) return ucasemap_utf8FoldCase(icu, to, room, s.p, n, code);
  if (how == UPPER) return ucasemap_utf8ToUpper(icu, to, room, s.p, n, code);
  return ucasemap_utf8ToLower(icu, to, room, s.p, n, code);
}

/* One character becomes at most three, so three times the bytes always do. */
static bool map_unicode(pl_str s, mapping how, pl_buf *out) {
  UErrorCode code = U_ZERO_ERROR;
  UCaseMap *icu = NULL;
  bool done = false;
  if (out->failed || s.n > INT32_MAX / 4) goto done;
  if (!pl_grow(&out->p, &out->cap, s.n * 3 + 4, 1)) goto done;
  icu = ucasemap_open("", 0, &code); /* "" is the root locale, NULL would be the user's */
  if (U_FAILURE(code)) goto done;
  int32_t n = map_into(icu, how, s, out->p, out->cap < INT32_MAX ? out->cap - 1 : INT32_MAX, &code);
  if (U_FAILURE(code)) goto done;
  out->n = (size_t)n;
  out->p[n] = '\0';
  done = true;
done:
  if (!done) out->failed = true;
  if (icu) ucasemap_close(icu);
  return done;
}

static bool map(pl_str s, mapping how, pl_buf *out) {
  pl_buf_clear(out);
  return is_ascii(s) ? map_ascii(s, how, out) : map_unicode(s, how, out);
}

bool pl_str_case(pl_str s, bool upper, pl_buf *out) {
  return map(s, upper ? UPPER : LOWER, out);
}

static bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
}

/* Where the text starts once "scheme://" and "www." are left out. */
static size_t after_address_prefix(const char *p, size_t n) {
  size_t start = 0, i = 0;
  while (i < n && is_name(p[i])) i++;
  if (i > 0 && n - i >= 3 && memcmp(p + i, "://", 3) == 0) start = i + 3;
  if (n - start >= 4 && memcmp(p + start, "www.", 4) == 0) start += 4;
  return start;
}

/* Besides white space and punctuation, what cannot be seen (zero-width spaces,
 * byte order marks, soft hyphens): it makes two keys differ that look alike. */
static bool is_dropped(UChar32 c) {
  if (c < 0x80) return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  return u_isUWhiteSpace(c) || u_ispunct(c) || u_charType(c) == U_FORMAT_CHAR;
}

bool pl_str_fold_near(pl_str s, pl_buf *out) {
  if (!map(pl_str_trim(s), FOLD, out)) return false;
  size_t read = after_address_prefix(out->p, out->n), kept = 0;
  while (read < out->n) {
    size_t from = read;
    UChar32 c;
    U8_NEXT(out->p, read, out->n, c);
    if (c >= 0 && is_dropped(c)) continue;
    memmove(out->p + kept, out->p + from, read - from);
    kept += read - from;
  }
  out->n = kept;
  out->p[kept] = '\0';
  return true;
}
