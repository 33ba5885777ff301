/* The keys of a record: one, none when a part is blank, or several when a part
 * holds a list. */
#include <assert.h>

#include "base/hash.h"
#include "trace/table.h"

#define FEW 16                      /* up to here elements are compared one by one */
#define KEYS_MOST ((size_t)1 << 24) /* combinations of one record */

static bool add_part(pl_keys *keys, size_t n, pl_str part) {
  if (!pl_grow(&keys->parts, &keys->parts_cap, n + 1, sizeof *keys->parts)) return false;
  keys->parts[n] = part;
  return true;
}

/* Removes repeats from parts[from..n), keeping the first of each. */
static size_t distinct_few(pl_str *parts, size_t from, size_t n) {
  size_t kept = from;
  for (size_t i = from; i < n; i++) {
    size_t j = from;
    while (j < kept && !pl_str_eq(parts[j], parts[i])) j++;
    if (j == kept) parts[kept++] = parts[i];
  }
  return kept;
}

/* The same through a small hash table; false: memory is out. */
static bool distinct_many(pl_keys *keys, size_t from, size_t *n) {
  size_t slots = 64;
  while (slots < (*n - from) * 2) slots *= 2;
  if (!pl_grow(&keys->seen, &keys->seen_cap, slots, sizeof *keys->seen)) return false;
  memset(keys->seen, 0, slots * sizeof *keys->seen);
  uint64_t seed = pl_hash_seed();
  size_t kept = from;
  for (size_t i = from; i < *n; i++) {
    size_t at = pl_hash_seeded(keys->parts[i], seed) & (slots - 1);
    while (keys->seen[at] && !pl_str_eq(keys->parts[keys->seen[at] - 1], keys->parts[i]))
      at = (at + 1) & (slots - 1);
    if (keys->seen[at]) continue;
    keys->parts[kept++] = keys->parts[i];
    keys->seen[at] = (uint32_t)kept;
  }
  *n = kept;
  return true;
}

/* Appends the elements of a list: trimmed, blanks dropped, each once. */
static bool split(const pl_source *source, pl_keys *keys, pl_str text, char separator, size_t *n) {
  size_t from = *n;
  const char *p = text.p, *end = text.p + text.n;
  while (p <= end && text.n) {
    const char *stop = memchr(p, separator, (size_t)(end - p));
    if (!stop) stop = end;
    pl_str part = pl_str_trim((pl_str){p, (size_t)(stop - p)});
    bool blank = part.n == 0 || pl_counts_as_blank(source->def, part);
    if (!blank && !add_part(keys, (*n)++, part)) return false;
    p = stop + 1;
  }
  if (*n - from > FEW) return distinct_many(keys, from, n);
  *n = distinct_few(keys->parts, from, *n);
  return true;
}

/* Parts of every component: component c has parts[starts[c] .. starts[c + 1]). */
static bool collect(const pl_source *source, const pl_cell *cells, const int *slots, size_t slots_n,
                    pl_keys *keys, size_t *starts, bool *blank) {
  size_t n = 0;
  *blank = false;
  for (size_t c = 0; c < slots_n && !*blank; c++) {
    const pl_cell *cell = &cells[slots[c]];
    char separator = source->slots[slots[c]].list_separator;
    starts[c] = n;
    if (cell->blank || cell->text.n == 0)
      *blank = true;
    else if (separator ? !split(source, keys, cell->text, separator, &n)
                       : !add_part(keys, n++, cell->text))
      return false;
    *blank = *blank || n == starts[c];
  }
  starts[slots_n] = n;
  return true;
}

static bool append_part(pl_buf *out, pl_str part) {
  unsigned char length[4];
  if (part.n > UINT32_MAX) return false;
  for (int i = 0; i < 4; i++) length[i] = (unsigned char)(part.n >> (8 * i));
  return pl_buf_append(out, length, sizeof length) && pl_buf_str(out, part);
}

/* Every combination, the last component changing fastest. */
static bool combine(pl_keys *keys, const size_t *starts, size_t slots_n, size_t total) {
  size_t at[PL_MAX_KEY];
  memcpy(at, starts, slots_n * sizeof *at);
  for (keys->n = 0; keys->n < total; keys->n++) {
    size_t from = keys->bytes.n;
    for (size_t c = 0; c < slots_n; c++)
      if (!append_part(&keys->bytes, keys->parts[at[c]])) return false;
    keys->items[keys->n].n = keys->bytes.n - from;
    for (size_t c = slots_n; c-- > 0;) {
      if (++at[c] < starts[c + 1]) break;
      at[c] = starts[c];
    }
  }
  const char *p = keys->bytes.p; /* only now: the buffer has stopped moving */
  for (size_t i = 0; i < keys->n; i++) {
    keys->items[i].p = p;
    p += keys->items[i].n;
  }
  return true;
}

bool pl_keys_of(const pl_source *source, const pl_cell *cells, const int *slots, size_t slots_n,
                pl_keys *out) {
  assert(slots_n >= 1 && slots_n <= PL_MAX_KEY);
  size_t starts[PL_MAX_KEY + 1], total = 1;
  bool blank;
  out->n = 0;
  pl_buf_clear(&out->bytes);
  if (!collect(source, cells, slots, slots_n, out, starts, &blank)) return false;
  if (blank) return true;
  for (size_t c = 0; c < slots_n; c++)
    if (__builtin_mul_overflow(total, starts[c + 1] - starts[c], &total) || total > KEYS_MOST)
      return false;
  if (!pl_grow(&out->items, &out->cap, total, sizeof *out->items)) return false;
  if (slots_n > 1) return combine(out, starts, slots_n, total);
  memcpy(out->items, out->parts, total * sizeof *out->items);
  out->n = total;
  return true;
}

void pl_keys_free(pl_keys *keys) {
  pl_free(keys->items);
  pl_free(keys->parts);
  pl_free(keys->seen);
  pl_buf_free(&keys->bytes);
  *keys = (pl_keys){0};
}

bool pl_show_text(pl_str text, pl_buf *out) {
  for (const char *end; text.n && (end = memchr(text.p, '\x1f', text.n));) {
    size_t n = (size_t)(end - text.p);
    if (!pl_buf_append(out, text.p, n) || !pl_buf_text(out, ", ")) return false;
    text = (pl_str){end + 1, text.n - n - 1};
  }
  return pl_buf_str(out, text);
}

bool pl_key_show(pl_str key, size_t slots_n, pl_buf *out) {
  if (slots_n == 1) return pl_show_text(key, out);
  bool first = true;
  while (key.n >= 4) {
    const unsigned char *length = (const unsigned char *)key.p;
    size_t n =
        length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    assert(n <= key.n - 4);
    if (!first && !pl_buf_text(out, " · ")) return false;
    if (!pl_show_text((pl_str){key.p + 4, n}, out)) return false;
    key = (pl_str){key.p + 4 + n, key.n - 4 - n};
    first = false;
  }
  return true;
}
