/* What counts as blank: nothing to see, or a text that the source lists. */
#include "trace/bound.h"

bool pl_counts_as_blank(const pl_source_def *def, pl_str text) {
  if (text.n && (unsigned char)text.p[0] > ' ' && !def->blank.n) return false;
  text = pl_str_trim(text);
  if (text.n == 0) return true;
  for (size_t i = 0; i < def->blank.n; i++)
    if (pl_str_eq(text, pl_str_trim(pl_str_of(def->blank.items[i])))) return true;
  return false;
}

bool pl_list_is_blank(const pl_source_def *def, pl_str text, char separator) {
  while (separator && text.n) {
    const char *end = memchr(text.p, separator, text.n);
    pl_str one = {text.p, end ? (size_t)(end - text.p) : text.n};
    if (!pl_counts_as_blank(def, one)) return false;
    if (!end) return true;
    text = (pl_str){end + 1, text.n - one.n - 1};
  }
  return pl_counts_as_blank(def, text);
}
