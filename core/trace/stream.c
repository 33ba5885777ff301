/* What happens to one record: its keys are looked up once for all traces that
 * share them, then each trace takes its counts and its deals. */
#include "trace/stream.h"

#include <pthread.h>

typedef struct found { /* one entry's answer for the record at hand */
  uint64_t row;        /* which record it was computed for */
  bool keyed;
  uint32_t *groups;
  size_t groups_n, groups_cap;
  pl_str *unmatched;
  size_t unmatched_n, unmatched_cap;
  const pl_near *near; /* the entry's, once it was asked for: without the lock */
  pl_keys keys;
} found;

typedef struct lane { /* one thread's memory */
  pl_scratch scratch;
  found *found;
  uint32_t *candidates;
  pl_near_scratch near;
  pl_keys values;
  uint32_t *value_ids;
  size_t value_ids_n, value_ids_cap;
  uint32_t *seen_values;
  size_t seen_values_n, seen_values_cap;
  uint64_t row;
  bool failed;
  char padding[64]; /* threads count in their own cache lines */
} lane;

struct pl_stream {
  const pl_bound *bound;
  const pl_source *source;
  const pl_starter *starters;
  size_t n;
  const pl_anchors *anchors;
  const pl_deals *deals;
  pl_tracker **trackers; /* [thread][metric] */
  pl_route_parts *parts;
  pl_dispatch *dispatch;
  pl_entry *entries;
  size_t entries_n;
  lane *lanes;
  unsigned threads;
  pthread_mutex_t lock;
};

/* The record at hand, as the steps below pass it on. */
typedef struct arrival {
  const pl_cell *cells;
  pl_place place;
  pl_time time;
  uint32_t row; /* held tables only */
  /* what this record already counted for its metric, in an earlier trace of it */
  bool first_of_metric, keyed, undated, valued;
} arrival;

/* ---- looking up the first step --------------------------------------------------- */

static bool find_groups(pl_stream *s, lane *l, size_t entry, const pl_cell *cells) {
  const pl_entry *e = &s->entries[entry];
  found *f = &l->found[entry];
  if (f->row == l->row) return true;
  f->row = l->row;
  f->groups_n = f->unmatched_n = 0;
  if (!pl_keys_of(s->source, cells, e->slots, e->slots_n, &f->keys)) return false;
  f->keyed = f->keys.n > 0;
  for (size_t i = 0; i < f->keys.n; i++) {
    uint32_t group = pl_index_find(e->index, f->keys.items[i]);
    if (group != PL_NO_GROUP) {
      if (!pl_grow(&f->groups, &f->groups_cap, f->groups_n + 1, sizeof *f->groups)) return false;
      f->groups[f->groups_n++] = group;
    } else {
      if (!pl_grow(&f->unmatched, &f->unmatched_cap, f->unmatched_n + 1, sizeof *f->unmatched))
        return false;
      f->unmatched[f->unmatched_n++] = f->keys.items[i];
    }
  }
  return true;
}

static const pl_near *near_of(pl_stream *s, lane *l, size_t entry) {
  pl_entry *e = &s->entries[entry];
  if (l->found[entry].near) return l->found[entry].near;
  pthread_mutex_lock(&s->lock);
  if (!e->near) e->near = pl_route_near(s->parts, e->index, e->slots_n, NULL);
  const pl_near *near = e->near;
  pthread_mutex_unlock(&s->lock);
  return l->found[entry].near = near;
}

/* ---- one deal ---------------------------------------------------------------------- */

static bool within(bool days, int64_t limit, pl_time from, pl_time to, bool *in_order) {
  int64_t gap = days ? (int64_t)to.day - from.day : to.us - from.us;
  *in_order = gap >= 0;
  return gap >= 0 && (limit < 0 || gap <= limit);
}

static uint8_t check_time(const pl_stream *s, const pl_starter *st, pl_time when, uint32_t deal) {
  uint8_t flags = PL_SEEN_MATCHED | (when.kind ? PL_SEEN_DATED : 0);
  bool in_order;
  if (!st->checked) {
    flags |= PL_SEEN_IN_ORDER | PL_SEEN_REACHED;
  } else {
    pl_time anchor = s->anchors->at[st->metric->before][deal];
    if (when.kind && anchor.kind) {
      if (within(st->days, st->within, when, anchor, &in_order)) flags |= PL_SEEN_REACHED;
      if (in_order) flags |= PL_SEEN_IN_ORDER;
    }
  }
  pl_time early = s->anchors->early[st->metric->before][deal];
  if (st->timed && when.kind && early.kind &&
      within(st->early_days, st->early_within, when, early, &in_order))
    flags |= PL_SEEN_EARLY;
  return flags;
}

static bool better_proof(const pl_deal_seen *seen, const arrival *o, int64_t us, uint8_t branch,
                         uint32_t group) {
  if (!(seen->flags & PL_SEEN_REACHED)) return true;
  if (us != seen->origin_us) return us < seen->origin_us;
  if (o->place.file != seen->place.file) return o->place.file < seen->place.file;
  if (o->place.line != seen->place.line) return o->place.line < seen->place.line;
  if (branch != seen->branch) return branch < seen->branch;
  return group < seen->group;
}

static bool see_deal(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, const arrival *o,
                     uint32_t group, uint32_t deal, uint32_t route_value) {
  pl_deal_seen *seen = &t->deals[deal];
  uint8_t flags = check_time(s, st, o->time, deal);
  if (flags & PL_SEEN_REACHED) {
    int64_t us = st->timed && o->time.kind ? o->time.us : INT64_MAX;
    if (better_proof(seen, o, us, (uint8_t)st->branch, group)) {
      seen->origin_us = us;
      seen->place = o->place;
      seen->branch = (uint8_t)st->branch;
      seen->group = group;
    }
    uint32_t tag = (uint32_t)st->branch << 27;
    if (group != PL_NO_GROUP && s->deals->items[deal].status == PL_WON &&
        !pl_pairset_add(&t->top, pl_pair(tag | group, deal)))
      return false;
    if (st->plan->by_step == 0)
      for (size_t i = 0; i < l->value_ids_n; i++)
        if (!pl_pairset_add(&t->by_origin_pairs, pl_pair(l->value_ids[i], deal))) return false;
    if (st->plan->by_step > 0 &&
        !pl_pairset_add(&t->by_route_pairs, pl_pair(tag | route_value, deal)))
      return false;
  }
  seen->flags |= flags;
  return true;
}

/* Deals that the near misses of a step would add. */
static bool see_near(pl_stream *s, const pl_starter *st, pl_tracker *t, const arrival *o,
                     pl_span span, size_t step) {
  pl_pairset *near = &t->branches[st->branch].near_deals;
  for (uint32_t i = 0; i < span.n; i++) {
    uint32_t deal = pl_pair_high(span.items[i]);
    if ((check_time(s, st, o->time, deal) & PL_SEEN_REACHED) &&
        !pl_pairset_add(near, pl_pair((uint32_t)step, deal)))
      return false;
  }
  return true;
}

/* ---- one trace ---------------------------------------------------------------------- */

/* which = "next": of all deals behind the record, the first at or after it. */
typedef struct nearest { /* the first deal at or after an origin */
  uint64_t pair;
  uint32_t group;
  bool any;
} nearest;

/* Which of two deals comes first; the one that stands first, of two at once. */
static bool comes_first(const pl_time *at, bool days, uint32_t a, uint32_t b) {
  int64_t x = days ? at[a].day : at[a].us, y = days ? at[b].day : at[b].us;
  return x != y ? x < y : a < b;
}

static void look_next(const pl_stream *s, const pl_starter *st, const arrival *o, pl_span span,
                      uint32_t group, nearest *best) {
  const pl_time *at = s->anchors->at[st->metric->before];
  for (uint32_t j = 0; j < span.n; j++) {
    uint32_t deal = pl_pair_high(span.items[j]);
    bool in_order = false;
    if (o->time.kind && at[deal].kind) within(st->days, -1, o->time, at[deal], &in_order);
    if (!in_order) continue;
    if (best->any && !comes_first(at, st->days, deal, pl_pair_high(best->pair))) continue;
    *best = (nearest){span.items[j], group, true};
  }
}

/* Deals that match but are not the next one: they do not count as reached. */
static void see_passed(pl_stream *s, const pl_starter *st, pl_tracker *t, const arrival *o,
                       pl_span span) {
  const uint8_t kept = PL_SEEN_MATCHED | PL_SEEN_IN_ORDER | PL_SEEN_DATED;
  for (uint32_t j = 0; j < span.n; j++) {
    uint32_t deal = pl_pair_high(span.items[j]);
    t->deals[deal].flags |= check_time(s, st, o->time, deal) & kept;
  }
}

static bool see_next(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, const arrival *o,
                     const found *f) {
  nearest best = {0};
  for (size_t i = 0; i < f->groups_n; i++) {
    pl_span span = st->route->level[1].groups[f->groups[i]];
    see_passed(s, st, t, o, span);
    look_next(s, st, o, span, f->groups[i], &best);
  }
  if (!best.any) return true;
  return see_deal(s, l, st, t, o, best.group, pl_pair_high(best.pair), pl_pair_low(best.pair));
}

/* Of the deals that a step's near misses would add, the first at or after it. */
static bool see_near_next(pl_stream *s, const pl_starter *st, pl_tracker *t, const arrival *o,
                          const nearest *best, size_t step) {
  return !best->any || see_near(s, st, t, o, (pl_span){&best->pair, 1}, step);
}

static bool note_value(lane *l, uint32_t value) {
  for (size_t i = 0; i < l->seen_values_n; i++)
    if (l->seen_values[i] == value) return true;
  if (!pl_grow(&l->seen_values, &l->seen_values_cap, l->seen_values_n + 1, sizeof value))
    return false;
  l->seen_values[l->seen_values_n++] = value;
  return true;
}

static bool see_groups(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, const arrival *o,
                       const found *f) {
  const pl_level *level = &st->route->level[1];
  for (size_t i = 0; i < f->groups_n; i++) {
    uint32_t group = f->groups[i];
    pl_span span = level->groups[group];
    for (uint32_t j = 0; j < span.n; j++) {
      uint32_t value = pl_pair_low(span.items[j]);
      if (!see_deal(s, l, st, t, o, group, pl_pair_high(span.items[j]), value)) return false;
      if (st->route->by && !note_value(l, value)) return false;
    }
  }
  return true;
}

/* One step's near misses: `spans` are the deals behind each of them. */
static bool take_near(pl_stream *s, const pl_starter *st, pl_tracker *t, const arrival *o,
                      const pl_span *spans, const uint32_t *groups, size_t n, size_t step,
                      nearest *best) {
  bool next = st->plan->steps[st->plan->steps_n - 1].next;
  for (size_t i = 0; i < n; i++) {
    if (next)
      look_next(s, st, o, spans[groups[i]], groups[i], best);
    else if (!see_near(s, st, t, o, spans[groups[i]], step))
      return false;
  }
  return true;
}

static bool follow_near(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t,
                        const arrival *o, const found *f) {
  const pl_route *route = st->route;
  pl_branch_seen *seen = &t->branches[st->branch];
  for (size_t k = 2; k <= route->n; k++) {
    const pl_span *spans = route->level[k].near_groups;
    nearest best = {0};
    if (spans && (!take_near(s, st, t, o, spans, f->groups, f->groups_n, k, &best) ||
                  !see_near_next(s, st, t, o, &best, k)))
      return false;
  }
  bool any = false;
  nearest best = {0};
  for (size_t i = 0; i < f->unmatched_n; i++) {
    const pl_near *near = near_of(s, l, st->entry);
    const uint32_t *groups;
    if (!near) return false;
    size_t n = pl_near_find(near, f->unmatched[i], &l->near, &groups);
    if (n && pl_dict_add(seen->near_keys, f->unmatched[i]) == PL_DICT_NONE) return false;
    if (!take_near(s, st, t, o, route->level[1].groups, groups, n, 1, &best)) return false;
    any |= n > 0;
  }
  seen->near_records += any;
  return see_near_next(s, st, t, o, &best, 1);
}

static void note_usable(pl_tracker *t, const pl_starter *st, arrival *o) {
  if (o->keyed) return;
  o->keyed = true;
  t->with_key++;
  if (!st->timed || !o->time.kind)
    t->undated_usable = true;
  else if (!t->oldest_usable.kind || o->time.us < t->oldest_usable.us)
    t->oldest_usable = o->time;
}

static void note_undated(pl_tracker *t, const pl_starter *st, arrival *o) {
  if (o->undated || !st->checked || o->time.kind) return;
  o->undated = true;
  t->undated++;
}

static bool follow(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, arrival *o) {
  pl_branch_seen *seen = &t->branches[st->branch];
  if (!find_groups(s, l, st->entry, o->cells)) return false;
  const found *f = &l->found[st->entry];
  if (!f->keyed) {
    seen->depth[0]++;
    return true;
  }
  seen->with_key++;
  note_usable(t, st, o);
  uint8_t depth = 0;
  for (size_t i = 0; i < f->groups_n; i++) {
    uint32_t group = f->groups[i];
    pl_bits_set(seen->groups, group);
    if (st->route->level[1].group_depth[group] > depth)
      depth = st->route->level[1].group_depth[group];
  }
  seen->matched += f->groups_n > 0;
  seen->depth[depth]++;
  if (depth == st->route->n) note_undated(t, st, o);
  bool next = st->plan->steps[st->plan->steps_n - 1].next;
  l->seen_values_n = 0;
  if (!(next ? see_next : see_groups)(s, l, st, t, o, f)) return false;
  for (size_t i = 0; i < l->seen_values_n; i++) t->route_origins[st->branch][l->seen_values[i]]++;
  return follow_near(s, l, st, t, o, f);
}

/* ---- one record ------------------------------------------------------------------------ */

static void note_origin(pl_tracker *t, const pl_starter *st, const arrival *o) {
  t->origins++;
  if (!st->timed || !o->time.kind) return;
  if (o->time.us < t->first_us) {
    t->first_us = o->time.us;
    t->first = o->time;
  }
  if (o->time.us > t->last_us) {
    t->last_us = o->time.us;
    t->last = o->time;
  }
}

/* The breakdown values of the record itself, numbered. */
static bool number_values(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, arrival *o) {
  l->value_ids_n = 0;
  if (st->plan->by_step != 0 || !t->by_values) return true;
  int slot = st->plan->by_slot;
  if (!pl_keys_of(s->source, o->cells, &slot, 1, &l->values)) return false;
  size_t n = l->values.n ? l->values.n : 1;
  if (!pl_grow(&l->value_ids, &l->value_ids_cap, n, sizeof *l->value_ids)) return false;
  l->value_ids[0] = 0;
  for (size_t i = 0; i < l->values.n; i++) {
    uint32_t id = pl_dict_add(t->by_values, l->values.items[i]);
    if (id == PL_DICT_NONE) return false;
    l->value_ids[i] = id + 1;
  }
  l->value_ids_n = n;
  for (size_t i = 0; !o->valued && i < n; i++)
    if (!pl_tracker_count_value(t, l->value_ids[i])) return false;
  o->valued = true;
  return true;
}

static bool start(pl_stream *s, lane *l, const pl_starter *st, pl_tracker *t, arrival *o) {
  o->time = st->timed ? o->cells[s->source->time].time : (pl_time){0};
  t->branches[st->branch].origins++;
  if (o->first_of_metric) note_origin(t, st, o);
  if (!number_values(s, l, st, t, o)) return false;
  if (st->route) return follow(s, l, st, t, o);
  t->branches[st->branch].with_key++;
  t->branches[st->branch].depth[0]++;
  note_usable(t, st, o);
  note_undated(t, st, o);
  return see_deal(s, l, st, t, o, PL_NO_GROUP, o->row, 0);
}

static bool meets_conditions(lane *l, const pl_starter *st, pl_tracker *t, const pl_cell *cells) {
  if (!st->plan->where) return true;
  l->scratch.unreadable = l->scratch.readable = 0;
  bool ok = pl_predicate_holds(st->plan->where, cells, &l->scratch, &t->failed_limit);
  t->branches[st->branch].unreadable += l->scratch.unreadable;
  t->branches[st->branch].readable += l->scratch.readable;
  return ok;
}

static bool visit(pl_stream *s, unsigned thread, const pl_cell *cells, pl_place place,
                  uint32_t row) {
  lane *l = &s->lanes[thread];
  if (l->failed) return false;
  l->row++;
  arrival o = {.cells = cells, .place = place, .row = row};
  const pl_metric *last = NULL;
  size_t n = pl_dispatch_row(s->dispatch, cells, l->candidates);
  for (size_t i = 0; i < n; i++) {
    const pl_starter *st = &s->starters[l->candidates[i]];
    pl_tracker *t = &s->trackers[thread][st->metric->index];
    if (!meets_conditions(l, st, t, cells)) continue;
    /* starters stand in the order of metrics, so one metric's traces are neighbours */
    o.first_of_metric = last != st->metric;
    if (o.first_of_metric) o.keyed = o.undated = o.valued = false;
    last = st->metric;
    if (!start(s, l, st, t, &o)) return !(l->failed = true);
  }
  return true;
}

/* A look-up touches memory all over the place, and one that waits for each piece in
 * turn waits longer than it works. */
void pl_stream_ahead(void *stream, const pl_cell *cells, int stage) {
  const pl_stream *s = stream;
  for (size_t i = 0; i < s->entries_n; i++) {
    const pl_entry *e = &s->entries[i];
    const pl_cell *key = &cells[e->slots[0]];
    if (e->slots_n > 1 || key->blank || s->source->slots[e->slots[0]].list_separator) continue;
    uint32_t group = pl_index_ahead(e->index, key->text, stage);
    if (group == PL_NO_GROUP) continue;
    if (stage == 1) {
      __builtin_prefetch(&e->level->groups[group]);
      __builtin_prefetch(&e->level->group_depth[group]);
    } else {
      __builtin_prefetch(e->level->groups[group].items);
    }
  }
}

bool pl_stream_row(void *stream, unsigned thread, const pl_cell *cells, pl_place place) {
  return visit(stream, thread, cells, place, UINT32_MAX);
}

bool pl_stream_table(pl_stream *s, const pl_table *table) {
  pl_cell *cells = pl_calloc(s->source->slots_n + 1, sizeof *cells);
  bool ok = cells != NULL;
  for (uint32_t row = 0; ok && row < pl_table_rows(table); row++) {
    pl_table_row(table, row, cells);
    ok = visit(s, 0, cells, pl_table_place(table, row), row);
  }
  pl_free(cells);
  if (!ok) s->lanes[0].failed = true;
  return ok;
}

/* ---- making one --------------------------------------------------------------------------- */

pl_status pl_stream_status(const pl_stream *s, pl_error *err) {
  for (unsigned i = 0; i < s->threads; i++)
    if (s->lanes[i].failed) return pl_fail_memory(err);
  return PL_OK;
}

static bool same_entry(const pl_entry *e, const pl_starter *st) {
  const pl_step *step = &st->plan->steps[0];
  return e->index == st->route->level[1].index && e->slots_n == step->key_n &&
         memcmp(e->slots, step->here, step->key_n * sizeof *e->slots) == 0;
}

static uint32_t entry_of(pl_stream *s, const pl_starter *st) {
  for (uint32_t i = 0; i < s->entries_n; i++)
    if (same_entry(&s->entries[i], st)) return i;
  const pl_step *step = &st->plan->steps[0];
  s->entries[s->entries_n] =
      (pl_entry){step->here, step->key_n, st->route->level[1].index, &st->route->level[1], NULL};
  return (uint32_t)s->entries_n++;
}

static bool open_lanes(pl_stream *s) {
  s->lanes = pl_calloc(s->threads, sizeof *s->lanes);
  if (!s->lanes) return false;
  for (unsigned i = 0; i < s->threads; i++) {
    lane *l = &s->lanes[i];
    l->found = pl_calloc(s->entries_n + 1, sizeof *l->found);
    l->candidates = pl_calloc(s->n + 1, sizeof *l->candidates);
    if (!l->found || !l->candidates || !pl_scratch_open(&l->scratch, s->bound)) return false;
  }
  return true;
}

pl_stream *pl_stream_new(const pl_bound *bound, const pl_source *source, const pl_starter *starters,
                         size_t n, const pl_anchors *anchors, const pl_deals *deals,
                         pl_tracker **trackers, pl_route_parts *parts, unsigned threads,
                         pl_error *err) {
  pl_stream *s = pl_calloc(1, sizeof *s);
  if (!s) return pl_fail_memory(err), NULL;
  *s = (pl_stream){.bound = bound,
                   .source = source,
                   .starters = starters,
                   .n = n,
                   .anchors = anchors,
                   .deals = deals,
                   .trackers = trackers,
                   .parts = parts,
                   .threads = threads ? threads : 1};
  pthread_mutex_init(&s->lock, NULL);
  const pl_predicate **wheres = pl_calloc(n + 1, sizeof *wheres);
  s->entries = pl_calloc(n + 1, sizeof *s->entries);
  pl_starter *own = pl_calloc(n + 1, sizeof *own);
  bool ok = wheres && s->entries && own;
  for (size_t i = 0; ok && i < n; i++) {
    own[i] = starters[i];
    wheres[i] = starters[i].plan->where;
    if (own[i].route) own[i].entry = entry_of(s, &own[i]);
  }
  s->starters = own;
  ok = ok && open_lanes(s);
  s->dispatch = ok ? pl_dispatch_new(source, wheres, n, err) : NULL;
  pl_free(wheres);
  if (ok && s->dispatch) return s;
  if (!ok) pl_fail_memory(err);
  pl_stream_free(s);
  return NULL;
}

static void close_lane(lane *l, size_t entries) {
  for (size_t e = 0; l->found && e < entries; e++) {
    pl_free(l->found[e].groups);
    pl_free(l->found[e].unmatched);
    pl_keys_free(&l->found[e].keys);
  }
  pl_free(l->found);
  pl_free(l->candidates);
  pl_free(l->value_ids);
  pl_free(l->seen_values);
  pl_keys_free(&l->values);
  pl_near_scratch_free(&l->near);
  pl_scratch_close(&l->scratch);
}

void pl_stream_free(pl_stream *s) {
  if (!s) return;
  for (unsigned i = 0; s->lanes && i < s->threads; i++) close_lane(&s->lanes[i], s->entries_n);
  pl_free(s->lanes);
  pl_dispatch_free(s->dispatch);
  pl_free(s->entries);
  pl_free((void *)s->starters);
  pthread_mutex_destroy(&s->lock);
  pl_free(s);
}
