/* Opening and closing trackers. */
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
                     pl_deal_seen *deals) {
  *tracker = (pl_tracker){.metric = metric, .first_us = INT64_MAX, .last_us = INT64_MIN};
  pthread_mutex_init(&tracker->lock, NULL);
  if (metric->failed) return true;
  tracker->branches = pl_calloc(metric->branches_n + 1, sizeof *tracker->branches);
  tracker->deals = deals;
  if (!tracker->branches) return false;
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
  if (!tracker->metric) return; /* it was never opened */
  pthread_mutex_destroy(&tracker->lock);
  for (size_t b = 0; tracker->branches && b < tracker->metric->branches_n; b++) {
    pl_free(tracker->branches[b].groups);
    pl_dict_free(tracker->branches[b].near_keys);
    pl_pairset_free(&tracker->branches[b].near_deals);
    pl_free(tracker->route_origins[b]);
  }
  pl_free(tracker->branches);
  pl_counts_free(&tracker->by_origins);
  pl_pairset_free(&tracker->top);
  pl_pairset_free(&tracker->by_origin_pairs);
  pl_pairset_free(&tracker->by_route_pairs);
  *tracker = (pl_tracker){0};
}
