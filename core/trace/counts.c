/* Open addressing with linear probing, by the numbers spread. */
#include "trace/counts.h"

static pl_count *cell_of(pl_count *cells, size_t cap, uint32_t number) {
  size_t i = pl_counts_spread(number) & (cap - 1);
  while (cells[i].used && cells[i].number != number) i = (i + 1) & (cap - 1);
  return &cells[i];
}

static bool widen(pl_counts *counts) {
  size_t cap = counts->cap ? counts->cap * 2 : 16;
  pl_count *cells = pl_calloc(cap, sizeof *cells);
  if (!cells) return false;
  for (size_t i = 0; i < counts->cap; i++)
    if (counts->cells[i].used) *cell_of(cells, cap, counts->cells[i].number) = counts->cells[i];
  pl_free(counts->cells);
  counts->cells = cells;
  counts->cap = cap;
  return true;
}

bool pl_counts_add(pl_counts *counts, uint32_t number) {
  if (counts->n * 4 >= counts->cap * 3 && !widen(counts)) return false;
  pl_count *cell = cell_of(counts->cells, counts->cap, number);
  counts->n += !cell->used;
  cell->number = number;
  cell->used = 1;
  cell->n++;
  return true;
}

size_t pl_counts_find(const pl_counts *counts, uint32_t number) {
  return (size_t)(cell_of(counts->cells, counts->cap, number) - counts->cells);
}

void pl_counts_free(pl_counts *counts) {
  pl_free(counts->cells);
  *counts = (pl_counts){0};
}
