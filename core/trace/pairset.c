/* Open addressing with linear probing; the finaliser of splitmix64 spreads the
 * dense ids that pairs are made of. */
#include "trace/pairset.h"

#include <assert.h>
#include <stdlib.h>

/* Salted with the capacity: pairs taken from one set in the order of its cells, and
 * added to a smaller one, would otherwise pile up at its beginning. */
static uint64_t spread(uint64_t x, size_t cap) {
  x += cap * 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

static void place(uint64_t *cells, size_t cap, uint64_t stored) {
  size_t i = spread(stored, cap) & (cap - 1);
  while (cells[i]) i = (i + 1) & (cap - 1);
  cells[i] = stored;
}

static bool widen(pl_pairset *set) {
  size_t cap = set->cap ? set->cap * 2 : 64;
  uint64_t *cells = pl_calloc(cap, sizeof *cells);
  if (!cells) return false;
  for (size_t i = 0; i < set->cap; i++)
    if (set->cells[i]) place(cells, cap, set->cells[i]);
  pl_free(set->cells);
  set->cells = cells;
  set->cap = cap;
  return true;
}

bool pl_pairset_add(pl_pairset *set, uint64_t pair) {
  assert(pair != UINT64_MAX);
  if (set->n * 4 >= set->cap * 3 && !widen(set)) return false;
  uint64_t stored = pair + 1;
  size_t i = spread(stored, set->cap) & (set->cap - 1);
  for (; set->cells[i]; i = (i + 1) & (set->cap - 1))
    if (set->cells[i] == stored) return true;
  set->cells[i] = stored;
  set->n++;
  return true;
}

void pl_pairset_ahead(const pl_pairset *set, uint64_t pair) {
  if (set->cap) __builtin_prefetch(&set->cells[spread(pair + 1, set->cap) & (set->cap - 1)], 1);
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

bool pl_pairset_sorted(const pl_pairset *set, uint64_t **out) {
  *out = NULL;
  if (!set->n) return true;
  uint64_t *pairs = pl_malloc(set->n * sizeof *pairs);
  if (!pairs) return false;
  size_t n = 0;
  for (size_t i = 0; i < set->cap; i++)
    if (set->cells[i]) pairs[n++] = set->cells[i] - 1;
  qsort(pairs, n, sizeof *pairs, ascending);
  *out = pairs;
  return true;
}

void pl_pairset_free(pl_pairset *set) {
  pl_free(set->cells);
  *set = (pl_pairset){0};
}
