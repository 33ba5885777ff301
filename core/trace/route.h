/* A route: where the steps of a trace lead once its origins are in hand. It is
 * made of held tables only, so it is solved before the first origin is read:
 * for every key of the first step, how far it gets and which deals it reaches.
 * Metrics whose steps are the same share one route.
 *
 * Levels are numbered like steps: level k is the table that step k enters, and
 * level n is deals. Solved backwards, each level from the one behind it, so the
 * work is linear in the records however many ways through there are. */
#ifndef PL_TRACE_ROUTE_H
#define PL_TRACE_ROUTE_H

#include "trace/hop.h"
#include "trace/pairset.h"

/* Deals that something leads to, as pairs (deal, breakdown value), ascending.
 * Value 0 is "blank" or "no breakdown". */
typedef struct pl_span {
  const uint64_t *items;
  uint32_t n;
  uint32_t depth; /* the furthest level reached; where there are deals, the last */
} pl_span;

typedef struct pl_level {
  const pl_table *table;
  pl_index *index;               /* entered by these keys */
  const pl_hop *hop;             /* level >= 2: from the records of the level before */
  const uint8_t *pass;           /* per record: its conditions hold; NULL: no conditions */
  uint64_t unreadable, readable; /* by these conditions (pl_scratch) */
  /* Many records share what is behind them, so these are numbers of spans. */
  uint32_t *rows;      /* per record, passing or not: what is behind it */
  uint32_t *groups;    /* per key: what is behind the passing records it leads to; may be `rows` */
  const pl_near *near; /* of `index`, when some key matched nothing; else NULL */
  uint32_t *near_groups; /* level >= 2: deals that level 1's keys would also lead to if
                            the near misses of this step were fixed; NULL: none */
  const pl_span *spans;  /* of the route */
} pl_level;

typedef struct pl_route {
  const pl_branch *branch; /* the first that takes it: its steps speak for all */
  size_t n;
  pl_level level[PL_MAX_STEPS + 1]; /* 1..n */
  pl_span *spans;                   /* 0..n: no deals, and the number is the depth */
  size_t spans_n, spans_cap;
  pl_dict *values;   /* breakdown values; id + 1 is the value of a pair */
  bool by;           /* the breakdown is read on this route */
  bool failed_limit; /* a pattern met its limit */
  pl_arena arena;
} pl_route;

/* Finds or makes what routes share: hops and near indexes. */
typedef struct pl_route_parts {
  pl_hop **hops;
  size_t hops_n, hops_cap;
  struct pl_near_entry {
    const pl_index *index;
    pl_near *near;
  } * nears;
  size_t nears_n, nears_cap;
  pl_table **tables; /* by source index; NULL: not held */
  pl_scratch *scratch;
  unsigned threads; /* 0: one */
} pl_route_parts;

/* The near index that was made before, or NULL. */
const pl_near *pl_route_near_made(const pl_route_parts *parts, const pl_index *index);
/* The same, made now if it is not there. */
const pl_near *pl_route_near(pl_route_parts *parts, const pl_index *index, size_t key_n,
                             pl_error *err);
void pl_route_parts_free(pl_route_parts *parts);

pl_status pl_route_new(pl_route_parts *parts, const pl_branch *branch, pl_route **out,
                       pl_error *err);
void pl_route_free(pl_route *route);
/* Do two branches take the same route? */
bool pl_route_same(const pl_route *route, const pl_branch *branch);

static inline bool pl_level_passes(const pl_level *level, uint32_t row) {
  return !level->pass || level->pass[row];
}
/* What is behind a key of the level. */
static inline const pl_span *pl_level_span(const pl_level *level, uint32_t group) {
  return &level->spans[level->groups[group]];
}
/* Does the span hold this deal? */
bool pl_span_has(pl_span span, uint32_t deal);

#endif
