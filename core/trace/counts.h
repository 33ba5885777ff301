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

/* False when memory is out. */
bool pl_counts_add(pl_counts *counts, uint32_t number);
void pl_counts_free(pl_counts *counts);

#endif
