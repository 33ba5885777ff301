/* What an arrival does to one deal. */
#include "trace/stream_private.h"

static bool within(int64_t gap, int64_t limit, bool *in_order) {
  *in_order = gap >= 0;
  return gap >= 0 && (limit < 0 || gap <= limit);
}

uint8_t pl_check_time(const pl_arrival *a, uint32_t deal) {
  const pl_starter *st = &a->st->is;
  const pl_moment *m = &a->st->moments[deal];
  uint8_t flags = PL_SEEN_MATCHED | (a->time.kind ? PL_SEEN_DATED : 0);
  bool in_order;
  if (!st->checked) {
    flags |= PL_SEEN_IN_ORDER | PL_SEEN_REACHED;
  } else if (a->time.kind && m->at_kind) {
    int64_t gap = st->days ? (int64_t)m->at_day - a->time.day : m->at_us - a->time.us;
    if (within(gap, st->within, &in_order)) flags |= PL_SEEN_REACHED;
    if (in_order) flags |= PL_SEEN_IN_ORDER;
  }
  if (st->timed && a->time.kind && m->early_kind) {
    int64_t gap = st->early_days ? (int64_t)m->early_day - a->time.day : m->early_us - a->time.us;
    if (within(gap, st->early_within, &in_order)) flags |= PL_SEEN_EARLY;
  }
  return flags;
}

static bool better_proof(const pl_deal_seen *seen, const pl_arrival *a, int64_t us, uint8_t branch,
                         uint32_t group) {
  if (!(seen->flags & PL_SEEN_REACHED)) return true;
  if (us != seen->origin_us) return us < seen->origin_us;
  if (a->place.file != seen->place.file) return a->place.file < seen->place.file;
  if (a->place.line != seen->place.line) return a->place.line < seen->place.line;
  if (branch != seen->branch) return branch < seen->branch;
  return group < seen->group;
}

/* ---- pairs ------------------------------------------------------------------------- */

bool pl_stream_drain(pl_stream_lane *lane) {
  bool ok = true;
  for (size_t i = 0; i < lane->pending_n; i++)
    ok = pl_pairset_add(lane->pending[i].set, lane->pending[i].pair) && ok;
  lane->pending_n = 0;
  return ok;
}

/* Soon: its place is being fetched. */
static bool add_pair(const pl_arrival *a, pl_pairset *set, uint64_t pair) {
  pl_stream_lane *lane = a->lane;
  if (lane->pending_n == PL_PENDING && !pl_stream_drain(lane)) return false;
  pl_pairset_ahead(set, pair);
  lane->pending[lane->pending_n++] = (pl_pending){set, pair};
  return true;
}

/* ---- a deal ------------------------------------------------------------------------- */

static bool see_reached(const pl_arrival *a, uint32_t group, uint32_t deal, uint32_t route_value) {
  pl_tracker *t = a->tracker;
  const pl_starter *st = &a->st->is;
  pl_deal_seen *seen = &t->deals[deal];
  int64_t us = st->timed && a->time.kind ? a->time.us : INT64_MAX;
  if (better_proof(seen, a, us, (uint8_t)st->branch, group)) {
    seen->origin_us = us;
    seen->place = a->place;
    seen->branch = (uint8_t)st->branch;
    seen->group = group;
  }
  uint32_t tag = (uint32_t)st->branch << 27;
  if (group != PL_NO_GROUP && a->st->moments[deal].won &&
      !add_pair(a, &t->top, pl_pair(tag | group, deal)))
    return false;
  if (st->plan->by_step == 0)
    for (size_t i = 0; i < a->values_n; i++)
      if (!add_pair(a, &t->by_origin_pairs, pl_pair(a->values[i], deal))) return false;
  return st->plan->by_step <= 0 ||
         add_pair(a, &t->by_route_pairs, pl_pair(tag | route_value, deal));
}

bool pl_see_deal(const pl_arrival *a, uint32_t group, uint32_t deal, uint32_t route_value) {
  uint8_t flags = pl_check_time(a, deal);
  if ((flags & PL_SEEN_REACHED) && !see_reached(a, group, deal, route_value)) return false;
  a->tracker->deals[deal].flags |= flags;
  return true;
}

/* ---- which = "next" --------------------------------------------------------------------- */

/* Which of two deals comes first; the one that stands first, of two at once. */
static bool comes_first(const pl_moment *of, bool days, uint32_t a, uint32_t b) {
  int64_t x = days ? of[a].at_day : of[a].at_us, y = days ? of[b].at_day : of[b].at_us;
  return x != y ? x < y : a < b;
}

void pl_look_next(const pl_arrival *a, pl_span span, uint32_t group, pl_next_deal *best) {
  const pl_moment *of = a->st->moments;
  bool days = a->st->is.days;
  for (uint32_t j = 0; j < span.n; j++) {
    uint32_t deal = pl_pair_high(span.items[j]);
    if (!a->time.kind || !of[deal].at_kind) continue;
    if (days ? of[deal].at_day < a->time.day : of[deal].at_us < a->time.us) continue;
    if (best->any && !comes_first(of, days, deal, pl_pair_high(best->pair))) continue;
    *best = (pl_next_deal){span.items[j], group, true};
  }
}
