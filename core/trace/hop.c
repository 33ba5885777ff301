/* Building hops: one pass over the held table's keys. */
#include "trace/hop.h"

#include "trace/share.h"

void pl_hop_cells(const pl_hop *hop, uint32_t row, pl_cell *cells) {
  for (size_t i = 0; i < hop->key_n; i++)
    cells[hop->here[i]] = pl_table_cell(hop->from, row, hop->here[i]);
}

/* ---- keys that are lists ------------------------------------------------------ */

typedef struct builder {
  pl_hop *hop;
  size_t groups_n, groups_cap;
  pl_keys keys;
  pl_cell *cells;
  unsigned threads;
} builder;

static bool add_row(builder *b, uint32_t row) {
  pl_hop *hop = b->hop;
  size_t first = b->groups_n;
  for (size_t i = 0; i < b->keys.n; i++) {
    uint32_t group = pl_index_find(hop->index, b->keys.items[i]);
    if (group == PL_NO_GROUP) {
      hop->state[row] |= PL_HOP_UNMATCHED;
      continue;
    }
    if (!pl_grow(&hop->groups, &b->groups_cap, b->groups_n + 1, sizeof *hop->groups)) return false;
    /* ascending within the row, so that walks meet groups in a fixed order */
    size_t at = b->groups_n++;
    for (; at > first && hop->groups[at - 1] > group; at--) hop->groups[at] = hop->groups[at - 1];
    hop->groups[at] = group;
  }
  return b->groups_n < UINT32_MAX;
}

static bool build_lists(builder *b, uint32_t rows) {
  pl_hop *hop = b->hop;
  hop->start = pl_calloc((size_t)rows + 1, sizeof *hop->start);
  bool ok = hop->start != NULL;
  for (uint32_t row = 0; ok && row < rows; row++) {
    hop->start[row] = (uint32_t)b->groups_n;
    pl_hop_cells(hop, row, b->cells);
    ok = pl_keys_of(pl_table_source(hop->from), b->cells, hop->here, hop->key_n, &b->keys);
    if (ok && b->keys.n) hop->state[row] |= PL_HOP_KEY;
    ok = ok && add_row(b, row);
  }
  if (ok) hop->start[rows] = (uint32_t)b->groups_n;
  return ok;
}

/* ---- keys of several columns ---------------------------------------------------- */

static void take(pl_hop *hop, uint32_t row, uint32_t group) {
  hop->groups[row] = group;
  hop->state[row] |= PL_HOP_KEY | (group == PL_NO_GROUP ? PL_HOP_UNMATCHED : 0);
}

static bool build_composite(builder *b, uint32_t rows) {
  pl_hop *hop = b->hop;
  hop->groups = pl_malloc((size_t)rows * sizeof *hop->groups);
  bool ok = hop->groups != NULL;
  for (uint32_t row = 0; ok && row < rows; row++) {
    pl_hop_cells(hop, row, b->cells);
    ok = pl_keys_of(pl_table_source(hop->from), b->cells, hop->here, hop->key_n, &b->keys);
    hop->groups[row] = PL_NO_GROUP;
    if (ok && b->keys.n) take(hop, row, pl_index_find(hop->index, b->keys.items[0]));
  }
  return ok;
}

/* ---- the common kind: one column ------------------------------------------------- */

static bool plain_part(void *ctx, unsigned thread, size_t from, size_t to) {
  pl_hop *hop = ctx;
  pl_str keys[PL_INDEX_MANY];
  uint32_t groups[PL_INDEX_MANY];
  (void)thread;
  for (size_t at = from, n; at < to; at += n) {
    n = to - at < PL_INDEX_MANY ? to - at : PL_INDEX_MANY;
    pl_table_texts(hop->from, (uint32_t)at, n, hop->here[0], keys);
    pl_index_find_many(hop->index, keys, n, groups);
    for (size_t i = 0; i < n; i++) {
      hop->groups[at + i] = PL_NO_GROUP;
      if (keys[i].n) take(hop, (uint32_t)(at + i), groups[i]);
    }
  }
  return true;
}

#define ROWS_TOGETHER ((size_t)1 << 16) /* worth a thread */

static bool build_plain(builder *b, uint32_t rows) {
  pl_hop *hop = b->hop;
  hop->groups = pl_malloc((size_t)rows * sizeof *hop->groups);
  return hop->groups && pl_share(rows, ROWS_TOGETHER, b->threads, plain_part, hop);
}

static bool has_list(const pl_hop *hop) {
  for (size_t i = 0; i < hop->key_n; i++)
    if (pl_table_source(hop->from)->slots[hop->here[i]].list_separator) return true;
  return false;
}

static bool build(builder *b, uint32_t rows) {
  if (has_list(b->hop)) return build_lists(b, rows);
  return b->hop->key_n > 1 ? build_composite(b, rows) : build_plain(b, rows);
}

pl_hop *pl_hop_new(const pl_table *from, const int *here, size_t key_n, const pl_index *index,
                   unsigned threads, pl_error *err) {
  uint32_t rows = pl_table_rows(from);
  builder b = {.hop = pl_calloc(1, sizeof(pl_hop)), .threads = threads};
  bool ok = false;
  if (!b.hop) goto done;
  *b.hop = (pl_hop){.from = from, .here = here, .key_n = key_n, .index = index};
  b.hop->state = pl_calloc((size_t)rows + 1, 1);
  b.cells = pl_calloc(pl_table_source(from)->slots_n + 1, sizeof *b.cells);
  ok = b.hop->state && b.cells && build(&b, rows);
done:
  pl_keys_free(&b.keys);
  pl_free(b.cells);
  if (ok) return b.hop;
  pl_hop_free(b.hop);
  pl_fail_memory(err);
  return NULL;
}

void pl_hop_free(pl_hop *hop) {
  if (!hop) return;
  pl_free(hop->start);
  pl_free(hop->groups);
  pl_free(hop->state);
  pl_free(hop);
}
