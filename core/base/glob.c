/* Glob matching. Only the last `*` is ever taken back, which is enough (what
 * stands before it has matched as early as it could), so the time is bounded
 * by pattern × text. */
#include "base/str.h"

/* Reads one character; a byte that is not UTF-8 counts as a character. */
static uint32_t next_character(const char **p, const char *end) {
  const unsigned char *s = (const unsigned char *)*p;
  size_t n = (size_t)(end - *p);
  size_t length = s[0] < 0xC0 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
  if (length > n || length == 1 || pl_utf8_valid((pl_str){*p, length}) != length) {
    *p += 1;
    return s[0] < 0x80 ? s[0] : 0x110000u + s[0]; /* a stray byte equals only itself */
  }
  uint32_t c = s[0] & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; i++) c = c << 6 | (s[i] & 0x3F);
  *p += length;
  return c;
}

static uint32_t next_literal(const char **p, const char *end) {
  if (**p == '\\' && end - *p > 1) *p += 1;
  return next_character(p, end);
}

/* The end of the set that starts after `[`, or NULL if it is never closed (the
 * bracket then stands for itself). A `]` that comes first is a member. */
static const char *set_end(const char *p, const char *end) {
  if (p < end && *p == '!') p++;
  for (const char *first = p; p < end; p++) {
    if (*p == ']' && p > first) return p;
    if (*p == '\\' && end - p > 1) p++;
  }
  return NULL;
}

static bool set_has(const char *p, const char *end, uint32_t c) {
  bool wanted = *p != '!', found = false;
  if (!wanted) p++;
  while (p < end) {
    uint32_t low = next_literal(&p, end), high = low;
    if (end - p > 1 && *p == '-') {
      p++;
      high = next_literal(&p, end);
    }
    found |= low <= c && c <= high;
  }
  return found == wanted;
}

/* One element of the pattern (not `*`) against one character of the text. Once
 * a bracket is found open to the end, so is every later one: `open` remembers
 * where, so that the rest of the pattern is not searched again and again. */
static bool element(const char **p, const char *end, const char **open, uint32_t c) {
  const char *close = **p == '[' && *p < *open ? set_end(*p + 1, end) : NULL;
  if (**p == '[' && !close && *p < *open) *open = *p;
  if (close) {
    bool has = set_has(*p + 1, close, c);
    *p = close + 1;
    return has;
  }
  if (**p == '?') {
    *p += 1;
    return true;
  }
  return next_literal(p, end) == c;
}

bool pl_str_glob(pl_str pattern, pl_str text) {
  if (!pattern.p || !pattern.n) return text.n == 0;
  const char *p = pattern.p, *p_end = p + pattern.n;
  const char *t = text.p, *t_end = text.n ? t + text.n : t;
  const char *star = NULL, *resume = NULL, *open = p_end;
  while (t < t_end) {
    if (p < p_end && *p == '*') {
      star = ++p;
      resume = t;
      continue;
    }
    if (p < p_end) {
      uint32_t c = next_character(&t, t_end);
      if (element(&p, p_end, &open, c)) continue;
    }
    if (!star) return false;
    next_character(&resume, t_end);
    p = star;
    t = resume;
  }
  while (p < p_end && *p == '*') p++;
  return p == p_end;
}
