/* The inside of a stream. Records come by the chunk and are worked on in passes,
 * because what a record needs lies all over the memory, and one that waits for each
 * piece in turn waits longer than it works:
 *
 *   1. stream.c: which traces does each record start? Its keys and its breakdown
 *      values are noted.                                     -> items, look-ups
 *   2. stream.c: all keys are looked up together.
 *   3. stream.c: items are put in the order of their metrics, so that a metric's
 *      tracker is locked, and is in the cache, for many of them.
 *   4. stream_follow.c: each item takes its counts and its deals (stream_deal.c),
 *      those ahead of it are being fetched meanwhile. */
#ifndef PL_TRACE_STREAM_PRIVATE_H
#define PL_TRACE_STREAM_PRIVATE_H

#include "trace/stream.h"

/* One first-step look-up: key columns of the source into an index. */
typedef struct pl_entry {
  const int *slots;
  size_t slots_n;
  bool plain; /* one column that holds no lists */
  const pl_index *index;
  const pl_near *near; /* made on the first unmatched key, under the stream's lock */
} pl_entry;

/* The keys of a block's records under one entry, and what they lead to. */
typedef struct pl_lookups {
  pl_str *keys;
  uint32_t *groups; /* PL_NO_GROUP: matches nothing */
  size_t n, keys_cap, groups_cap;
  uint32_t record, first; /* whose keys the last are, and where they begin */
  const pl_near *near;    /* the entry's, once it was asked for: without the lock */
} pl_lookups;

typedef struct pl_streamed { /* a record of the block */
  pl_time time;              /* kind NONE without one */
  pl_place place;
  uint32_t row; /* held tables only */
} pl_streamed;

typedef struct pl_item { /* a record at a trace */
  uint32_t record, starter;
  uint32_t key, keys_n;     /* in the entry's look-ups */
  uint32_t value, values_n; /* in the lane's values */
} pl_item;

/* What one deal is held against, in one cache line. */
typedef struct pl_moment {
  int64_t at_us, early_us;
  int32_t at_day, early_day;
  uint8_t at_kind, early_kind; /* PL_TIME_NONE: none */
  bool won;
} pl_moment;

typedef struct pl_pending { /* a pair on its way into a set */
  pl_pairset *set;
  uint64_t pair;
} pl_pending;
#define PL_PENDING 32

typedef struct pl_unread { /* a starter's conditions, at one thread */
  uint64_t unreadable, readable;
  bool failed_limit;
} pl_unread;

typedef struct pl_stream_lane { /* one thread's memory */
  pl_scratch scratch;
  pl_lookups *lookups;  /* by entry */
  uint32_t *candidates; /* room for all starters */
  uint32_t *text_ids;   /* of the dispatch */
  pl_unread *unread;    /* by starter */
  pl_streamed *records;
  size_t records_n, records_cap;
  pl_item *items, *ordered;
  size_t items_n, items_cap, ordered_cap;
  size_t *ends;        /* by metric of the stream: where its items end */
  pl_str *value_texts; /* p == NULL: blank */
  uint32_t *value_numbers;
  size_t values_n, values_cap, numbers_cap;
  uint32_t *value_at; /* by starter's column: where the record at hand has its values */
  pl_pool texts;      /* composite keys of the block */
  pl_keys keys;
  pl_values_memory met;
  pl_near_scratch near;
  uint32_t *seen_values; /* of a route, met by one item */
  size_t seen_values_n, seen_values_cap;
  pl_pending pending[PL_PENDING];
  size_t pending_n;
  bool failed;
  char padding[64]; /* threads count in their own cache lines */
} pl_stream_lane;

/* A starter with what the stream adds to it. */
typedef struct pl_stream_starter {
  pl_starter is;
  uint32_t entry;
  uint32_t ordinal; /* of its metric among those of the stream */
  uint32_t column;  /* of the breakdown, among those of the stream; NO_COLUMN */
  const pl_moment *moments;
  pl_tracker *tracker;
  pl_branch_seen *seen;
} pl_stream_starter;
#define PL_NO_COLUMN UINT32_MAX

struct pl_stream {
  pl_stream_about about;
  pl_stream_starter *starters;
  pl_dispatch *dispatch;
  pl_entry *entries;
  size_t entries_n;
  int *columns; /* slots of breakdowns */
  size_t columns_n;
  size_t metrics_n;
  pl_moment *moments[3]; /* by pl_before; NULL: not needed */
  pl_stream_lane *lanes;
  pthread_mutex_t lock;
};

/* One item and what belongs to it, as the steps of following it pass it on. */
typedef struct pl_arrival {
  pl_stream *stream;
  pl_stream_lane *lane;
  const pl_stream_starter *st;
  pl_tracker *tracker;
  const pl_item *item;
  const pl_str *keys; /* keys_n of each; some groups are PL_NO_GROUP */
  const uint32_t *groups;
  uint32_t keys_n;
  const uint32_t *values; /* values_n; 0: blank */
  uint32_t values_n;
  pl_time time;
  pl_place place;
  uint32_t row;
} pl_arrival;

/* What a record already counted for its metric, in an earlier trace of it. */
typedef struct pl_counted {
  uint32_t record;
  bool any, keyed, undated, valued;
} pl_counted;

/* --- stream_follow.c: one metric's items of a block, under its lock --- */
bool pl_stream_follow(pl_stream *stream, pl_stream_lane *lane, size_t from, size_t to);

/* --- stream_deal.c: one deal --- */
bool pl_see_deal(const pl_arrival *a, uint32_t group, uint32_t deal, uint32_t route_value);
/* PL_SEEN_* of the arrival at a deal. */
uint8_t pl_check_time(const pl_arrival *a, uint32_t deal);
/* Puts the pairs that are on their way where they belong. */
bool pl_stream_drain(pl_stream_lane *lane);
/* which = "next": of all deals behind the record, the first at or after it. */
typedef struct pl_next_deal {
  uint64_t pair;
  uint32_t group;
  bool any;
} pl_next_deal;
void pl_look_next(const pl_arrival *a, pl_span span, uint32_t group, pl_next_deal *best);

/* --- stream_near.c: deals that near misses would add --- */
bool pl_follow_near(const pl_arrival *a);

#endif
