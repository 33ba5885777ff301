/* A set of pairs of 32-bit numbers, such as (value, deal). */
#ifndef PL_TRACE_PAIRSET_H
#define PL_TRACE_PAIRSET_H

#include "base/alloc.h"

typedef struct pl_pairset {
  uint64_t *cells; /* pair + 1, 0 = free */
  size_t n, cap;   /* cap is a power of two */
} pl_pairset;

static inline uint64_t pl_pair(uint32_t high, uint32_t low) {
  return (uint64_t)high << 32 | low;
}
static inline uint32_t pl_pair_high(uint64_t pair) {
  return (uint32_t)(pair >> 32);
}
static inline uint32_t pl_pair_low(uint64_t pair) {
  return (uint32_t)pair;
}

/* False when memory is out. The pair UINT64_MAX cannot be stored. */
bool pl_pairset_add(pl_pairset *set, uint64_t pair);
/* Fetches into the cache where the pair will go. */
void pl_pairset_ahead(const pl_pairset *set, uint64_t pair);
/* All pairs, ascending, in a new array (NULL when empty or out of memory; *n
 * says which). */
bool pl_pairset_sorted(const pl_pairset *set, uint64_t **out);
void pl_pairset_free(pl_pairset *set);

#endif
