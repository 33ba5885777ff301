/* How often each of some numbers was met: memory for those that were, not for
 * all that there are. */
#ifndef PL_TRACE_COUNTS_H
#define PL_TRACE_COUNTS_H

#include "base/alloc.h"

typedef struct pl_count {
  uint32_t number, used; /* used: 0, this cell is free */
  uint64_t n;
} pl_count;

typedef struct pl_counts {
  pl_count *cells; /* zero-initialise; go through them by cap, free ones included */
  size_t n, cap;   /* cap: 0 or a power of two */
} pl_counts;

static inline size_t pl_counts_spread(uint32_t number) {
  return (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}
/* Fetches into the cache where a number is counted. */
static inline void pl_counts_ahead(const pl_counts *counts, uint32_t number) {
  if (counts->cap)
    __builtin_prefetch(&counts->cells[pl_counts_spread(number) & (counts->cap - 1)], 1);
}
/* False when memory is out. */
bool pl_counts_add(pl_counts *counts, uint32_t number);
/* The cell of a number that was counted. */
size_t pl_counts_find(const pl_counts *counts, uint32_t number);
void pl_counts_free(pl_counts *counts);

#endif
