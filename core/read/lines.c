/* Lines: LF, CR LF and a lone CR end one. */
#include "read/private.h"

/* Both ends are looked for block by block, so that a file that has only one
 * kind does not pay for a search of all that remains at every line. */
#define LINE_BLOCK 512

static const char *end_in(const char *p, size_t n) {
  const char *lf = memchr(p, '\n', n);
  const char *cr = memchr(p, '\r', lf ? (size_t)(lf - p) : n);
  return cr ? cr : lf;
}

bool pl_line_find(const char *p, size_t n, bool final, size_t *length, size_t *end) {
  const char *hit = NULL;
  for (size_t at = 0; at < n && !hit; at += LINE_BLOCK)
    hit = end_in(p + at, n - at < LINE_BLOCK ? n - at : LINE_BLOCK);
  if (!hit) {
    *length = n;
    *end = 0;
    return final;
  }
  *length = (size_t)(hit - p);
  *end = 1;
  if (*hit == '\n') return true;
  if (*length + 1 == n) return final; /* the LF of a CR LF may be the next byte */
  *end = hit[1] == '\n' ? 2 : 1;
  return true;
}

uint32_t pl_line_count(const char *p, size_t n, bool *after_cr) {
  uint32_t lines = 0;
  for (size_t i = 0; i < n; i++) {
    lines += p[i] == '\r' || (p[i] == '\n' && !*after_cr);
    *after_cr = p[i] == '\r';
  }
  return lines;
}
