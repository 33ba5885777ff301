/* Trackers: what the run remembers of each metric while records stream past.
 * All threads share one for each metric, under its lock; what a record does to it
 * is a minimum, a sum or a union, so the result does not depend on who saw which
 * record when. Memory grows with deals and keys, never with touches. */
#ifndef PL_TRACE_TRACKER_H
#define PL_TRACE_TRACKER_H

#include <pthread.h>

#include "trace/counts.h"
#include "trace/evidence.h"
#include "trace/route.h"
#include "trace/values.h"

enum {                       /* pl_deal_seen.flags */
       PL_SEEN_MATCHED = 1,  /* a chain exists */
       PL_SEEN_IN_ORDER = 2, /* and an origin is not after the anchor */
       PL_SEEN_REACHED = 4,  /* and inside the window */
       PL_SEEN_EARLY = 8,    /* reached already at the landmark */
       PL_SEEN_DATED = 16    /* matched by an origin that has a time */
};

/* One deal as one metric met it. The origin kept for the proof is the smallest
 * (time, place, key) among those that reach it. */
typedef struct pl_deal_seen {
  int64_t origin_us;
  pl_place place;
  uint32_t group; /* of the first step's index; PL_NO_GROUP without steps */
  uint8_t branch;
  uint8_t flags;
} pl_deal_seen;

typedef struct pl_branch_seen {
  uint64_t origins, with_key, matched;
  uint64_t unreadable, readable;    /* by the conditions on origins (pl_scratch) */
  uint64_t depth[PL_MAX_STEPS + 1]; /* origins by the furthest step they follow */
  uint64_t *groups;                 /* a bit per key of the first step: met */
  uint64_t near_records;
  pl_dict *near_keys;    /* unmatched keys that resemble one */
  pl_pairset near_deals; /* (step, deal): reached if its near misses were fixed */
} pl_branch_seen;

typedef struct pl_tracker {
  const pl_metric *metric;
  pthread_mutex_t lock;
  pl_branch_seen *branches;
  pl_deal_seen *deals; /* per deal; lent by the run, for all metrics in one block */
  pl_pairset top;      /* (branch << 27 | group, deal) of reached won deals */
  uint64_t origins, with_key, undated;
  int64_t first_us, last_us; /* INT64_MAX / INT64_MIN: none */
  pl_time first, last;
  pl_time oldest_usable;
  bool undated_usable;
  bool failed_limit;
  /* breakdown */
  pl_counts by_origins;       /* per value of an origin column, as pl_values numbers it */
  pl_pairset by_origin_pairs; /* (value, deal), the same values */
  pl_pairset by_route_pairs;  /* (branch << 27 | value, deal), values of the branch's route */
  uint64_t *route_origins[PL_MAX_BRANCHES];
} pl_tracker;

/* Sets of small numbers, a bit for each. */
static inline size_t pl_bits_words(size_t n) {
  return n / 64 + 1;
}
static inline void pl_bits_set(uint64_t *bits, uint32_t i) {
  bits[i / 64] |= (uint64_t)1 << i % 64;
}
static inline bool pl_bits_has(const uint64_t *bits, uint32_t i) {
  return bits[i / 64] >> i % 64 & 1;
}
/* The first member at or after `i`; `n` when there is none. */
static inline uint32_t pl_bits_next(const uint64_t *bits, uint32_t i, uint32_t n) {
  for (size_t at = i; at < n; at = (at / 64 + 1) * 64) {
    uint64_t rest = bits[at / 64] >> at % 64;
    if (!rest) continue;
    at += (size_t)__builtin_ctzll(rest);
    return at < n ? (uint32_t)at : n;
  }
  return n;
}

/* `deals`: zeroed, one for each deal, until the tracker is closed. */
bool pl_tracker_open(pl_tracker *tracker, const pl_metric *metric, pl_route *const *routes,
                     pl_deal_seen *deals);
void pl_tracker_close(pl_tracker *tracker);

#endif
