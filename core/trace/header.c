/* Comparing names of columns: see header.h. */
#include "trace/header.h"

#define MAX_PAIRS 256 /* of a name; longer ones are compared by their beginning */

/* U+00A0 is what a spreadsheet makes of a blank. */
static size_t blank_at(pl_str s, size_t i) {
  unsigned char c = (unsigned char)s.p[i];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  return c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] == 0xA0 ? 2 : 0;
}

pl_str pl_header_fold(pl_arena *arena, pl_str name) {
  pl_buf lower = {0};
  pl_str out = {NULL, 0};
  if (pl_str_case(name, false, &lower)) {
    char *p = pl_arena_alloc(arena, lower.n + 1);
    pl_str s = pl_buf_view(&lower);
    bool gap = false;
    for (size_t i = 0, step; p && i < s.n; i += step ? step : 1) {
      step = blank_at(s, i);
      if (step) {
        gap = true;
        continue;
      }
      if (gap && out.n) p[out.n++] = ' ';
      gap = false;
      p[out.n++] = s.p[i];
    }
    out.p = p;
  } else {
    arena->failed = true;
  }
  pl_buf_free(&lower);
  return out;
}

unsigned pl_header_likeness(pl_str a, pl_str b) {
  bool used[MAX_PAIRS] = {false};
  if (pl_str_eq(a, b)) return 1000;
  if (a.n < 2 || b.n < 2) return 0;
  size_t n = a.n - 1 < MAX_PAIRS ? a.n - 1 : MAX_PAIRS;
  size_t m = b.n - 1 < MAX_PAIRS ? b.n - 1 : MAX_PAIRS, same = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m; k++) {
      if (used[k] || a.p[i] != b.p[k] || a.p[i + 1] != b.p[k + 1]) continue;
      used[k] = true;
      same++;
      break;
    }
  return (unsigned)(2000 * same / (n + m));
}
