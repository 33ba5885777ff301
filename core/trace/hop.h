/* A hop: for every record of a held table, the groups of another table's index
 * that its key leads to. Computed once and shared by all routes that take it;
 * from here on a trace is a walk over integers. */
#ifndef PL_TRACE_HOP_H
#define PL_TRACE_HOP_H

#include "trace/table.h"

typedef struct pl_hop {
  const pl_table *from;
  const int *here; /* slots of `from` */
  size_t key_n;
  const pl_index *index;
  uint32_t *start;  /* rows + 1 entries into `groups`; NULL: no key is a list */
  uint32_t *groups; /* without `start`: one per row, PL_NO_GROUP where there is none */
  uint8_t *state;   /* per row: PL_HOP_* */
} pl_hop;

enum {
  PL_HOP_KEY = 1,       /* the record carries a key */
  PL_HOP_UNMATCHED = 2, /* one of its keys matches nothing */
  PL_HOP_NEAR = 4       /* and resembles one that is there; known once a route was solved */
};

pl_hop *pl_hop_new(const pl_table *from, const int *here, size_t key_n, const pl_index *index,
                   unsigned threads, pl_error *err);
void pl_hop_free(pl_hop *hop);
/* The cells of one row that the hop's keys are made of; the others stay as they are. */
void pl_hop_cells(const pl_hop *hop, uint32_t row, pl_cell *cells);
/* The groups of a row, ascending. */
static inline const uint32_t *pl_hop_groups(const pl_hop *hop, uint32_t row, uint32_t *n) {
  if (!hop->start) {
    *n = hop->groups[row] != PL_NO_GROUP;
    return &hop->groups[row];
  }
  *n = hop->start[row + 1] - hop->start[row];
  return hop->groups + hop->start[row];
}

/* Groups of an index by their folded key: near misses are found here. */
typedef struct pl_near pl_near;
pl_near *pl_near_new(const pl_index *index, size_t key_n, pl_error *err);
void pl_near_free(pl_near *near);
/* The groups whose folded key equals the folded `key`, which the index itself does
 * not have; 0 when none. `scratch` belongs to the calling thread; `groups` may point into it. The
 * smallest key comes first. */
typedef struct pl_near_scratch {
  pl_buf part, whole, other;
  uint32_t group;
} pl_near_scratch;
size_t pl_near_find(const pl_near *near, pl_str key, pl_near_scratch *scratch,
                    const uint32_t **groups);
void pl_near_scratch_free(pl_near_scratch *scratch);

#endif
