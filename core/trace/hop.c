/* Building hops: one pass over the held table's keys. */
#include "trace/hop.h"

typedef struct builder {
  pl_hop *hop;
  size_t groups_cap;
  pl_keys keys;
  pl_cell *cells;
} builder;

void pl_hop_cells(const pl_hop *hop, uint32_t row, pl_cell *cells) {
  for (size_t i = 0; i < hop->key_n; i++)
    cells[hop->here[i]] = pl_table_cell(hop->from, row, hop->here[i]);
}

static bool add_row(builder *b, uint32_t row, size_t *n) {
  pl_hop *hop = b->hop;
  pl_hop_cells(hop, row, b->cells);
  if (!pl_keys_of(pl_table_source(hop->from), b->cells, hop->here, hop->key_n, &b->keys))
    return false;
  size_t first = *n;
  for (size_t i = 0; i < b->keys.n; i++) {
    hop->state[row] |= PL_HOP_KEY;
    uint32_t group = pl_index_find(hop->index, b->keys.items[i]);
    if (group == PL_NO_GROUP) {
      hop->state[row] |= PL_HOP_UNMATCHED;
      continue;
    }
    if (!pl_grow(&hop->groups, &b->groups_cap, *n + 1, sizeof *hop->groups)) return false;
    /* ascending within the row, so that walks meet groups in a fixed order */
    size_t at = (*n)++;
    for (; at > first && hop->groups[at - 1] > group; at--) hop->groups[at] = hop->groups[at - 1];
    hop->groups[at] = group;
  }
  return *n < UINT32_MAX;
}

pl_hop *pl_hop_new(const pl_table *from, const int *here, size_t key_n, const pl_index *index,
                   pl_error *err) {
  uint32_t rows = pl_table_rows(from);
  builder b = {.hop = pl_calloc(1, sizeof(pl_hop))};
  bool ok = false;
  if (!b.hop) goto done;
  *b.hop = (pl_hop){.from = from, .here = here, .key_n = key_n, .index = index};
  b.hop->start = pl_calloc((size_t)rows + 1, sizeof *b.hop->start);
  b.hop->state = pl_calloc((size_t)rows + 1, 1);
  b.cells = pl_calloc(pl_table_source(from)->slots_n + 1, sizeof *b.cells);
  if (!b.hop->start || !b.hop->state || !b.cells) goto done;
  size_t n = 0;
  for (uint32_t row = 0; row < rows; row++) {
    b.hop->start[row] = (uint32_t)n;
    if (!add_row(&b, row, &n)) goto done;
  }
  b.hop->start[rows] = (uint32_t)n;
  ok = true;
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
