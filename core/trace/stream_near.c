/* Near misses: deals that an arrival would reach if keys which resemble each
 * other were the same. */
#include "trace/stream_private.h"

static const pl_near *near_of(const pl_arrival *a) {
  pl_lookups *lookups = &a->lane->lookups[a->st->entry];
  if (lookups->near) return lookups->near;
  pl_stream *s = a->stream;
  pl_entry *e = &s->entries[a->st->entry];
  pthread_mutex_lock(&s->lock);
  if (!e->near) e->near = pl_route_near(s->about.parts, e->index, e->slots_n, NULL);
  lookups->near = e->near;
  pthread_mutex_unlock(&s->lock);
  return lookups->near;
}

/* Deals that the near misses of a step would add. */
static bool see_near(const pl_arrival *a, pl_span span, size_t step) {
  pl_pairset *near = &a->st->seen->near_deals;
  for (uint32_t i = 0; i < span.n; i++) {
    uint32_t deal = pl_pair_high(span.items[i]);
    if ((pl_check_time(a, deal) & PL_SEEN_REACHED) &&
        !pl_pairset_add(near, pl_pair((uint32_t)step, deal)))
      return false;
  }
  return true;
}

/* One near miss of a step: `behind` is what it leads to. */
static bool take_near(const pl_arrival *a, pl_span behind, uint32_t group, size_t step,
                      pl_next_deal *best) {
  if (!a->st->is.plan->steps[a->st->is.plan->steps_n - 1].next) return see_near(a, behind, step);
  pl_look_next(a, behind, group, best);
  return true;
}

/* Of the deals that a step's near misses would add, the first at or after it. */
static bool see_nearest(const pl_arrival *a, const pl_next_deal *best, size_t step) {
  return !best->any || see_near(a, (pl_span){&best->pair, 1, 0}, step);
}

static bool follow_behind(const pl_arrival *a, const uint32_t *behind, size_t step) {
  const pl_span *spans = a->st->is.route->spans;
  pl_next_deal best = {0};
  for (uint32_t i = 0; i < a->keys_n; i++) {
    uint32_t group = a->groups[i];
    if (group != PL_NO_GROUP && !take_near(a, spans[behind[group]], group, step, &best))
      return false;
  }
  return see_nearest(a, &best, step);
}

static bool follow_unmatched(const pl_arrival *a, pl_str key, pl_next_deal *best, bool *any) {
  const pl_near *near = near_of(a);
  const uint32_t *groups;
  if (!near) return false;
  size_t n = pl_near_find(near, key, &a->lane->near, &groups);
  if (n && pl_dict_add(a->st->seen->near_keys, key) == PL_DICT_NONE) return false;
  for (size_t i = 0; i < n; i++)
    if (!take_near(a, *pl_level_span(&a->st->is.route->level[1], groups[i]), groups[i], 1, best))
      return false;
  *any |= n > 0;
  return true;
}

bool pl_follow_near(const pl_arrival *a) {
  const pl_route *route = a->st->is.route;
  for (size_t k = 2; k <= route->n; k++)
    if (route->level[k].near_groups && !follow_behind(a, route->level[k].near_groups, k))
      return false;
  bool any = false;
  pl_next_deal best = {0};
  for (uint32_t i = 0; i < a->keys_n; i++)
    if (a->groups[i] == PL_NO_GROUP && !follow_unmatched(a, a->keys[i], &best, &any)) return false;
  a->st->seen->near_records += any;
  return see_nearest(a, &best, 1);
}
