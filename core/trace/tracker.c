/* Opening, merging and closing trackers. */
#include "trace/tracker.h"

static bool open_branch(pl_branch_seen *seen, const pl_route *route) {
  seen->near_keys = pl_dict_new();
  if (!seen->near_keys) return false;
  if (!route) return true;
  seen->groups =
      pl_calloc(pl_bits_words(pl_index_groups(route->level[1].index)), sizeof *seen->groups);
  return seen->groups != NULL;
}

bool pl_tracker_open(pl_tracker *tracker, const pl_metric *metric, pl_route *const *routes,
                     uint32_t deals) {
  *tracker = (pl_tracker){.metric = metric, .first_us = INT64_MAX, .last_us = INT64_MIN};
  if (metric->failed) return true;
  tracker->branches = pl_calloc(metric->branches_n + 1, sizeof *tracker->branches);
  /* calloc of something large is zero pages: deals that are never met cost nothing */
  tracker->deals = pl_calloc((size_t)deals + 1, sizeof *tracker->deals);
  tracker->by_values = metric->by ? pl_dict_new() : NULL;
  if (!tracker->branches || !tracker->deals || (metric->by && !tracker->by_values)) return false;
  for (size_t b = 0; b < metric->branches_n; b++) {
    if (!open_branch(&tracker->branches[b], routes[b])) return false;
    if (routes[b] && routes[b]->by) {
      size_t values = pl_dict_count(routes[b]->values) + 1;
      tracker->route_origins[b] = pl_calloc(values, sizeof(uint64_t));
      if (!tracker->route_origins[b]) return false;
    }
  }
  return true;
}

void pl_tracker_close(pl_tracker *tracker) {
  for (size_t b = 0; tracker->branches && b < tracker->metric->branches_n; b++) {
    pl_free(tracker->branches[b].groups);
    pl_dict_free(tracker->branches[b].near_keys);
    pl_pairset_free(&tracker->branches[b].near_deals);
    pl_free(tracker->route_origins[b]);
  }
  pl_free(tracker->branches);
  pl_free(tracker->deals);
  pl_dict_free(tracker->by_values);
  pl_free(tracker->by_origins);
  pl_pairset_free(&tracker->top);
  pl_pairset_free(&tracker->by_origin_pairs);
  pl_pairset_free(&tracker->by_route_pairs);
  *tracker = (pl_tracker){0};
}

bool pl_tracker_count_value(pl_tracker *tracker, uint32_t value) {
  size_t old = tracker->by_origins_cap;
  if (!pl_grow(&tracker->by_origins, &tracker->by_origins_cap, (size_t)value + 1,
               sizeof *tracker->by_origins))
    return false;
  if (tracker->by_origins_cap > old)
    memset(tracker->by_origins + old, 0, (tracker->by_origins_cap - old) * sizeof(uint64_t));
  tracker->by_origins[value]++;
  return true;
}

/* ---- merging ------------------------------------------------------------------ */

static bool earlier(const pl_deal_seen *a, const pl_deal_seen *b) {
  if (a->origin_us != b->origin_us) return a->origin_us < b->origin_us;
  if (a->place.file != b->place.file) return a->place.file < b->place.file;
  if (a->place.line != b->place.line) return a->place.line < b->place.line;
  if (a->branch != b->branch) return a->branch < b->branch;
  return a->group < b->group;
}

static void merge_deal(pl_deal_seen *into, const pl_deal_seen *from) {
  uint8_t flags = into->flags | from->flags;
  bool had = into->flags & PL_SEEN_REACHED, has = from->flags & PL_SEEN_REACHED;
  if (has && (!had || earlier(from, into))) *into = *from;
  into->flags = flags;
}

static bool merge_dict(pl_dict *into, const pl_dict *from) {
  for (uint32_t i = 0; i < pl_dict_count(from); i++)
    if (pl_dict_add(into, pl_dict_at(from, i)) == PL_DICT_NONE) return false;
  return true;
}

static bool merge_pairs(pl_pairset *into, const pl_pairset *from) {
  for (size_t i = 0; i < from->cap; i++)
    if (from->cells[i] && !pl_pairset_add(into, from->cells[i] - 1)) return false;
  return true;
}

static bool merge_branch(pl_branch_seen *into, const pl_branch_seen *from, const pl_route *route) {
  into->origins += from->origins;
  into->with_key += from->with_key;
  into->matched += from->matched;
  into->unreadable += from->unreadable;
  into->readable += from->readable;
  into->near_records += from->near_records;
  for (size_t k = 0; k <= PL_MAX_STEPS; k++) into->depth[k] += from->depth[k];
  size_t words = route ? pl_bits_words(pl_index_groups(route->level[1].index)) : 0;
  for (size_t i = 0; i < words; i++) into->groups[i] |= from->groups[i];
  return merge_pairs(&into->near_deals, &from->near_deals) &&
         merge_dict(into->near_keys, from->near_keys);
}

/* Values are numbered per thread, so they travel as text. */
static bool merge_values(pl_tracker *into, const pl_tracker *from) {
  uint32_t n = pl_dict_count(from->by_values);
  uint32_t *ids = pl_calloc((size_t)n + 1, sizeof *ids);
  bool ok = ids != NULL;
  for (uint32_t i = 0; ok && i < n; i++) {
    uint32_t id = pl_dict_add(into->by_values, pl_dict_at(from->by_values, i));
    ok = id != PL_DICT_NONE;
    ids[i + 1] = id + 1;
  }
  for (uint32_t v = 0; ok && v < from->by_origins_cap && v <= n; v++) {
    if (!from->by_origins[v]) continue;
    ok = pl_tracker_count_value(into, ids[v]);
    if (ok) into->by_origins[ids[v]] += from->by_origins[v] - 1;
  }
  for (size_t i = 0; ok && i < from->by_origin_pairs.cap; i++) {
    uint64_t stored = from->by_origin_pairs.cells[i];
    if (!stored) continue;
    uint64_t pair = pl_pair(ids[pl_pair_high(stored - 1)], pl_pair_low(stored - 1));
    ok = pl_pairset_add(&into->by_origin_pairs, pair);
  }
  pl_free(ids);
  return ok;
}

static void merge_times(pl_tracker *into, const pl_tracker *from) {
  if (from->first_us < into->first_us) {
    into->first_us = from->first_us;
    into->first = from->first;
  }
  if (from->last_us > into->last_us) {
    into->last_us = from->last_us;
    into->last = from->last;
  }
  if (from->oldest_usable.kind &&
      (!into->oldest_usable.kind || from->oldest_usable.us < into->oldest_usable.us))
    into->oldest_usable = from->oldest_usable;
}

bool pl_tracker_merge(pl_tracker *into, const pl_tracker *from, pl_route *const *routes,
                      uint32_t deals) {
  if (!into->branches) return true;
  into->origins += from->origins;
  into->with_key += from->with_key;
  into->undated += from->undated;
  into->undated_usable |= from->undated_usable;
  into->failed_limit |= from->failed_limit;
  merge_times(into, from);
  for (uint32_t d = 0; d < deals; d++)
    if (from->deals[d].flags) merge_deal(&into->deals[d], &from->deals[d]);
  for (size_t b = 0; b < into->metric->branches_n; b++) {
    if (!merge_branch(&into->branches[b], &from->branches[b], routes[b])) return false;
    size_t values = into->route_origins[b] ? pl_dict_count(routes[b]->values) + 1 : 0;
    for (size_t v = 0; v < values; v++) into->route_origins[b][v] += from->route_origins[b][v];
  }
  return merge_pairs(&into->top, &from->top) &&
         merge_pairs(&into->by_route_pairs, &from->by_route_pairs) &&
         (!into->by_values || merge_values(into, from));
}
