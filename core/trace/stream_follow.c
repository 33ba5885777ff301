/* Following the items of one metric, one after another, its tracker in hand. */
#include "trace/stream_private.h"

/* ---- looking ahead -------------------------------------------------------------------- */

#define STRIDE 8 /* items between two fetches, each of which reads what the last brought */
#define STAGES 4
#define DEALS_AHEAD 4
/* A function that only fetches looks to the compiler as if it did nothing: unless it is
 * a part of its caller, GCC 12 leaves the call out. */
#define AHEAD static inline __attribute__((always_inline))

static const uint32_t *first_group(const pl_stream_lane *l, const pl_stream_starter *st,
                                   const pl_item *item) {
  if (!st->is.route || !item->keys_n) return NULL;
  const uint32_t *group = &l->lookups[st->entry].groups[item->key];
  return *group == PL_NO_GROUP ? NULL : group;
}

AHEAD void fetch_deals(const pl_stream_starter *st, pl_span span) {
  for (uint32_t i = 0; i < span.n && i < DEALS_AHEAD; i++) {
    uint32_t deal = pl_pair_high(span.items[i]);
    __builtin_prefetch(&st->moments[deal]);
    __builtin_prefetch(&st->tracker->deals[deal], 1);
  }
}

AHEAD void fetch(const pl_stream *s, const pl_stream_lane *l, const pl_item *item, int stage) {
  const pl_stream_starter *st = &s->starters[item->starter];
  if (stage == 0 && item->values_n)
    pl_counts_ahead(&st->tracker->by_origins, l->value_numbers[item->value]);
  const uint32_t *group = first_group(l, st, item);
  if (!group) return;
  const pl_level *level = &st->is.route->level[1];
  if (stage == 0) {
    __builtin_prefetch(&level->groups[*group]);
    __builtin_prefetch(&st->seen->groups[*group / 64], 1);
  } else if (stage == 1) {
    __builtin_prefetch(pl_level_span(level, *group));
  } else if (stage == 2) {
    __builtin_prefetch(pl_level_span(level, *group)->items);
  } else {
    fetch_deals(st, *pl_level_span(level, *group));
  }
}

AHEAD void look_ahead(const pl_stream *s, const pl_stream_lane *l, size_t i, size_t to) {
  for (int stage = 0; stage < STAGES; stage++) {
    size_t at = i + STRIDE * (size_t)(STAGES - stage);
    if (at < to) fetch(s, l, &l->ordered[at], stage);
  }
}

/* ---- deals behind the keys --------------------------------------------------------------- */

/* Deals that match but are not the next one: they do not count as reached. */
static void see_passed(const pl_arrival *a, pl_span span) {
  const uint8_t kept = PL_SEEN_MATCHED | PL_SEEN_IN_ORDER | PL_SEEN_DATED;
  for (uint32_t j = 0; j < span.n; j++) {
    uint32_t deal = pl_pair_high(span.items[j]);
    a->tracker->deals[deal].flags |= pl_check_time(a, deal) & kept;
  }
}

static bool see_next(const pl_arrival *a) {
  pl_next_deal best = {0};
  for (uint32_t i = 0; i < a->keys_n; i++) {
    if (a->groups[i] == PL_NO_GROUP) continue;
    pl_span span = *pl_level_span(&a->st->is.route->level[1], a->groups[i]);
    see_passed(a, span);
    pl_look_next(a, span, a->groups[i], &best);
  }
  return !best.any || pl_see_deal(a, best.group, pl_pair_high(best.pair), pl_pair_low(best.pair));
}

static bool note_value(pl_stream_lane *l, uint32_t value) {
  for (size_t i = 0; i < l->seen_values_n; i++)
    if (l->seen_values[i] == value) return true;
  if (!pl_grow(&l->seen_values, &l->seen_values_cap, l->seen_values_n + 1, sizeof value))
    return false;
  l->seen_values[l->seen_values_n++] = value;
  return true;
}

static bool see_groups(const pl_arrival *a) {
  const pl_route *route = a->st->is.route;
  for (uint32_t i = 0; i < a->keys_n; i++) {
    uint32_t group = a->groups[i];
    if (group == PL_NO_GROUP) continue;
    pl_span span = *pl_level_span(&route->level[1], group);
    for (uint32_t j = 0; j < span.n; j++) {
      uint32_t value = pl_pair_low(span.items[j]);
      if (!pl_see_deal(a, group, pl_pair_high(span.items[j]), value)) return false;
      if (route->by && !note_value(a->lane, value)) return false;
    }
  }
  return true;
}

/* ---- counts ---------------------------------------------------------------------------------- */

/* Of two records at one moment either will do: their times say the same. */
static bool is_earlier(pl_time a, pl_time b) {
  return a.us != b.us ? a.us < b.us : a.kind < b.kind;
}

static void note_usable(const pl_arrival *a, pl_counted *counted) {
  pl_tracker *t = a->tracker;
  if (counted->keyed) return;
  counted->keyed = true;
  t->with_key++;
  if (!a->time.kind)
    t->undated_usable = true;
  else if (!t->oldest_usable.kind || is_earlier(a->time, t->oldest_usable))
    t->oldest_usable = a->time;
}

static void note_undated(const pl_arrival *a, pl_counted *counted) {
  if (counted->undated || !a->st->is.checked || a->time.kind) return;
  counted->undated = true;
  a->tracker->undated++;
}

static void note_origin(const pl_arrival *a) {
  pl_tracker *t = a->tracker;
  t->origins++;
  if (!a->time.kind) return;
  if (t->first_us == INT64_MAX || is_earlier(a->time, t->first)) {
    t->first_us = a->time.us;
    t->first = a->time;
  }
  if (t->last_us == INT64_MIN || is_earlier(t->last, a->time)) {
    t->last_us = a->time.us;
    t->last = a->time;
  }
}

static bool note_values(const pl_arrival *a, pl_counted *counted) {
  if (a->st->column == PL_NO_COLUMN || counted->valued) return true;
  counted->valued = true;
  for (uint32_t i = 0; i < a->values_n; i++)
    if (!pl_counts_add(&a->tracker->by_origins, a->values[i])) return false;
  return true;
}

/* How far the keys lead; the groups are marked as met. */
static uint8_t mark_groups(const pl_arrival *a, bool *any) {
  const pl_level *level = &a->st->is.route->level[1];
  uint8_t depth = 0;
  for (uint32_t i = 0; i < a->keys_n; i++) {
    uint32_t group = a->groups[i];
    if (group == PL_NO_GROUP) continue;
    *any = true;
    pl_bits_set(a->st->seen->groups, group);
    uint32_t reached = pl_level_span(level, group)->depth;
    if (reached > depth) depth = (uint8_t)reached;
  }
  return depth;
}

/* ---- one item ----------------------------------------------------------------------------------
 */

static bool follow(const pl_arrival *a, pl_counted *counted) {
  pl_branch_seen *seen = a->st->seen;
  const pl_branch *plan = a->st->is.plan;
  pl_stream_lane *l = a->lane;
  if (!a->keys_n) {
    seen->depth[0]++;
    return true;
  }
  bool any = false;
  seen->with_key++;
  note_usable(a, counted);
  uint8_t depth = mark_groups(a, &any);
  seen->matched += any;
  seen->depth[depth]++;
  if (depth == a->st->is.route->n) note_undated(a, counted);
  l->seen_values_n = 0;
  if (!(plan->steps[plan->steps_n - 1].next ? see_next : see_groups)(a)) return false;
  for (size_t i = 0; i < l->seen_values_n; i++)
    a->tracker->route_origins[a->st->is.branch][l->seen_values[i]]++;
  return pl_follow_near(a);
}

static bool arrive(const pl_arrival *a, pl_counted *counted) {
  pl_branch_seen *seen = a->st->seen;
  if (!counted->any || counted->record != a->item->record) {
    *counted = (pl_counted){.record = a->item->record, .any = true};
    note_origin(a);
  }
  seen->origins++;
  if (!note_values(a, counted)) return false;
  if (a->st->is.route) return follow(a, counted);
  seen->with_key++;
  seen->depth[0]++;
  note_usable(a, counted);
  note_undated(a, counted);
  return pl_see_deal(a, PL_NO_GROUP, a->row, 0);
}

static void take_item(pl_arrival *a, const pl_item *item) {
  pl_stream_lane *l = a->lane;
  const pl_stream_starter *st = &a->stream->starters[item->starter];
  const pl_streamed *record = &l->records[item->record];
  a->item = item;
  a->st = st;
  a->tracker = st->tracker;
  a->keys_n = item->keys_n;
  a->keys = item->keys_n ? l->lookups[st->entry].keys + item->key : NULL;
  a->groups = item->keys_n ? l->lookups[st->entry].groups + item->key : NULL;
  a->values = item->values_n ? l->value_numbers + item->value : NULL;
  a->values_n = item->values_n;
  a->time = record->time;
  a->place = record->place;
  a->row = record->row;
}

bool pl_stream_follow(pl_stream *s, pl_stream_lane *l, size_t from, size_t to) {
  pl_arrival a = {.stream = s, .lane = l};
  pl_counted counted = {0};
  bool ok = true;
  for (size_t i = from; ok && i < to; i++) {
    look_ahead(s, l, i, l->items_n);
    take_item(&a, &l->ordered[i]);
    ok = arrive(&a, &counted);
  }
  return pl_stream_drain(l) && ok;
}
