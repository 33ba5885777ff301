/* What happens to the records of a chunk, up to the items in the order of their
 * metrics; stream_private.h has the plan. */
#include "trace/stream_private.h"

#define BLOCK 4096 /* records or items, whichever come first */

/* ---- notes of one record ------------------------------------------------------------- */

static bool is_plain(const pl_source *source, int slot) {
  return !source->slots[slot].list_separator;
}

static bool add_key(pl_lookups *lookups, pl_str key) {
  if (!pl_grow(&lookups->keys, &lookups->keys_cap, lookups->n + 1, sizeof *lookups->keys))
    return false;
  lookups->keys[lookups->n++] = key;
  return true;
}

/* Composite keys are made in memory that the next record uses again. */
static bool add_keys(pl_stream *s, pl_stream_lane *l, const pl_entry *e, pl_lookups *lookups,
                     const pl_cell *cells) {
  if (!pl_keys_of(s->about.source, cells, e->slots, e->slots_n, &l->keys)) return false;
  for (size_t i = 0; i < l->keys.n; i++) {
    pl_str key = l->keys.items[i];
    if (e->slots_n > 1) {
      char *copy = pl_pool_reserve(&l->texts, key.n, NULL);
      if (!copy) return false;
      memcpy(copy, key.p, key.n);
      key.p = copy;
    }
    if (!add_key(lookups, key)) return false;
  }
  return true;
}

/* The keys of a record under an entry, noted once for all traces that share it. */
static bool note_keys(pl_stream *s, pl_stream_lane *l, uint32_t entry, const pl_cell *cells,
                      uint32_t record, pl_item *item) {
  const pl_entry *e = &s->entries[entry];
  pl_lookups *lookups = &l->lookups[entry];
  if (lookups->record != record) {
    lookups->record = record;
    lookups->first = (uint32_t)lookups->n;
    const pl_cell *cell = &cells[e->slots[0]];
    if (!e->plain) {
      if (!add_keys(s, l, e, lookups, cells)) return false;
    } else if (!cell->blank && cell->text.n) {
      if (!add_key(lookups, cell->text)) return false;
    }
  }
  item->key = lookups->first;
  item->keys_n = (uint32_t)lookups->n - lookups->first;
  return true;
}

static bool add_value(pl_stream_lane *l, pl_str text) {
  if (!pl_grow(&l->value_texts, &l->values_cap, l->values_n + 1, sizeof *l->value_texts))
    return false;
  l->value_texts[l->values_n++] = text;
  return true;
}

/* The breakdown values of the record itself; without any it is under the blank one. */
static bool add_values(pl_stream *s, pl_stream_lane *l, int slot, const pl_cell *cells) {
  const pl_cell *cell = &cells[slot];
  const pl_str none = {0};
  if (is_plain(s->about.source, slot))
    return add_value(l, cell->blank || !cell->text.n ? none : cell->text);
  if (!pl_keys_of(s->about.source, cells, &slot, 1, &l->keys)) return false;
  if (!l->keys.n) return add_value(l, none);
  for (size_t i = 0; i < l->keys.n; i++)
    if (!add_value(l, l->keys.items[i])) return false;
  return true;
}

/* value_at: 1 + where the values of the record begin, and behind them where they end. */
static bool note_values(pl_stream *s, pl_stream_lane *l, uint32_t column, const pl_cell *cells,
                        pl_item *item) {
  uint32_t *at = &l->value_at[(size_t)column * 2];
  if (!at[0]) {
    at[0] = (uint32_t)l->values_n + 1;
    if (!add_values(s, l, s->columns[column], cells)) return false;
    at[1] = (uint32_t)l->values_n + 1;
  }
  item->value = at[0] - 1;
  item->values_n = at[1] - at[0];
  return true;
}

static bool meets_conditions(pl_stream *s, pl_stream_lane *l, uint32_t starter,
                             const pl_cell *cells) {
  if (pl_dispatch_sure(s->dispatch, starter)) return true;
  pl_unread *unread = &l->unread[starter];
  l->scratch.unreadable = l->scratch.readable = 0;
  bool ok = pl_predicate_holds(s->starters[starter].is.plan->where, cells, &l->scratch,
                               &unread->failed_limit);
  unread->unreadable += l->scratch.unreadable;
  unread->readable += l->scratch.readable;
  return ok;
}

static bool note_item(pl_stream *s, pl_stream_lane *l, uint32_t starter, const pl_cell *cells,
                      uint32_t record) {
  const pl_stream_starter *st = &s->starters[starter];
  pl_item item = {.record = record, .starter = starter};
  if (st->is.route && !note_keys(s, l, st->entry, cells, record, &item)) return false;
  if (st->column != PL_NO_COLUMN && !note_values(s, l, st->column, cells, &item)) return false;
  if (!pl_grow(&l->items, &l->items_cap, l->items_n + 1, sizeof *l->items)) return false;
  l->items[l->items_n++] = item;
  l->ends[st->ordinal]++;
  return true;
}

static bool note_record(pl_stream *s, pl_stream_lane *l, const pl_cell *cells, pl_place place,
                        uint32_t row) {
  size_t n = pl_dispatch_row(s->dispatch, cells, l->text_ids, l->candidates);
  if (!n) return true;
  if (!pl_grow(&l->records, &l->records_cap, l->records_n + 1, sizeof *l->records)) return false;
  uint32_t record = (uint32_t)l->records_n++;
  int time = s->about.source->time;
  l->records[record] = (pl_streamed){.place = place, .row = row};
  if (time != PL_NO_SLOT) l->records[record].time = cells[time].time;
  memset(l->value_at, 0, s->columns_n * 2 * sizeof *l->value_at);
  for (size_t i = 0; i < n; i++)
    if (meets_conditions(s, l, l->candidates[i], cells) &&
        !note_item(s, l, l->candidates[i], cells, record))
      return false;
  return true;
}

/* ---- a block ----------------------------------------------------------------------------- */

static void begin_block(pl_stream *s, pl_stream_lane *l) {
  for (size_t e = 0; e < s->entries_n; e++) {
    l->lookups[e].n = 0;
    l->lookups[e].record = UINT32_MAX;
  }
  memset(l->ends, 0, s->metrics_n * sizeof *l->ends);
  l->records_n = l->items_n = l->values_n = 0;
  pl_pool_reset(&l->texts);
}

static bool look_up(pl_stream *s, pl_stream_lane *l) {
  for (size_t e = 0; e < s->entries_n; e++) {
    pl_lookups *lookups = &l->lookups[e];
    if (!pl_grow(&lookups->groups, &lookups->groups_cap, lookups->n, sizeof *lookups->groups))
      return false;
    pl_index_find_many(s->entries[e].index, lookups->keys, lookups->n, lookups->groups);
  }
  return pl_grow(&l->value_numbers, &l->numbers_cap, l->values_n, sizeof *l->value_numbers) &&
         pl_values_number(s->about.values, &l->met, l->value_texts, l->values_n, l->value_numbers);
}

/* By metric; those of one metric stay as they are: by record, then by trace. */
static bool put_in_order(pl_stream *s, pl_stream_lane *l) {
  if (!pl_grow(&l->ordered, &l->ordered_cap, l->items_n, sizeof *l->ordered)) return false;
  size_t at = 0;
  for (size_t m = 0; m < s->metrics_n; m++) {
    size_t n = l->ends[m];
    l->ends[m] = at;
    at += n;
  }
  for (size_t i = 0; i < l->items_n; i++) /* ends[m] runs on to where it ends */
    l->ordered[l->ends[s->starters[l->items[i].starter].ordinal]++] = l->items[i];
  return true;
}

static pl_tracker *tracker_at(const pl_stream *s, const pl_stream_lane *l, size_t item) {
  return s->starters[l->ordered[item].starter].tracker;
}

/* Metrics that another thread is at are left for the second round. */
static bool follow_round(pl_stream *s, pl_stream_lane *l, bool wait, bool *left) {
  size_t from = 0;
  for (size_t m = 0; m < s->metrics_n; m++) {
    size_t to = l->ends[m] & ~((size_t)1 << 63);
    bool done = l->ends[m] != to || from == to, ok = true;
    if (!done) {
      pthread_mutex_t *lock = &tracker_at(s, l, from)->lock;
      if (wait) pthread_mutex_lock(lock);
      if (wait || pthread_mutex_trylock(lock) == 0) {
        ok = pl_stream_follow(s, l, from, to);
        l->ends[m] |= (size_t)1 << 63;
        pthread_mutex_unlock(lock);
      } else {
        *left = true;
      }
    }
    if (!ok) return false;
    from = to;
  }
  return true;
}

static bool end_block(pl_stream *s, pl_stream_lane *l) {
  bool left = false;
  bool ok = look_up(s, l) && put_in_order(s, l) && follow_round(s, l, false, &left) &&
            (!left || follow_round(s, l, true, &left));
  begin_block(s, l);
  return ok;
}

static bool take(pl_stream *s, pl_stream_lane *l, const pl_cell *cells, pl_place place,
                 uint32_t row) {
  if (!note_record(s, l, cells, place, row)) return false;
  return (l->items_n < BLOCK && l->records_n < BLOCK) || end_block(s, l);
}

bool pl_stream_chunk(void *stream, unsigned thread, const pl_scanned_all *chunk) {
  pl_stream *s = stream;
  pl_stream_lane *l = &s->lanes[thread];
  size_t slots_n = s->about.source->slots_n;
  for (size_t i = 0; !l->failed && i < chunk->n; i++)
    if (!chunk->rows[i].repeat)
      l->failed = !take(s, l, chunk->cells + i * slots_n,
                        (pl_place){chunk->file, chunk->rows[i].line}, UINT32_MAX);
  if (!l->failed) l->failed = !end_block(s, l);
  return !l->failed;
}

/* A row's texts live with the table, its cells until the next row. */
bool pl_stream_table(pl_stream *s, const pl_table *table) {
  pl_stream_lane *l = &s->lanes[0];
  pl_cell *cells = pl_calloc(s->about.source->slots_n + 1, sizeof *cells);
  l->failed |= cells == NULL;
  for (uint32_t row = 0; !l->failed && row < pl_table_rows(table); row++) {
    pl_table_row(table, row, cells);
    l->failed = !take(s, l, cells, pl_table_place(table, row), row);
  }
  if (!l->failed) l->failed = !end_block(s, l);
  pl_free(cells);
  return !l->failed;
}

/* What threads counted for themselves; each of it is given once. */
static void give_unread(pl_stream *s, pl_stream_lane *l) {
  for (size_t i = 0; l->unread && i < s->about.starters_n; i++) {
    pl_stream_starter *st = &s->starters[i];
    st->seen->unreadable += l->unread[i].unreadable;
    st->seen->readable += l->unread[i].readable;
    st->tracker->failed_limit |= l->unread[i].failed_limit;
    l->unread[i] = (pl_unread){0};
  }
}

pl_status pl_stream_end(pl_stream *s, pl_error *err) {
  bool failed = false;
  for (unsigned i = 0; i < s->about.threads; i++) {
    give_unread(s, &s->lanes[i]);
    failed |= s->lanes[i].failed;
  }
  return failed ? pl_fail_memory(err) : PL_OK;
}

/* ---- making one ----------------------------------------------------------------------------- */

static bool same_entry(const pl_entry *e, const pl_starter *st) {
  const pl_step *step = &st->plan->steps[0];
  return e->index == st->route->level[1].index && e->slots_n == step->key_n &&
         memcmp(e->slots, step->here, step->key_n * sizeof *e->slots) == 0;
}

static uint32_t entry_of(pl_stream *s, const pl_starter *st) {
  for (uint32_t i = 0; i < s->entries_n; i++)
    if (same_entry(&s->entries[i], st)) return i;
  const pl_step *step = &st->plan->steps[0];
  bool plain = step->key_n == 1 && is_plain(s->about.source, step->here[0]);
  s->entries[s->entries_n] =
      (pl_entry){step->here, step->key_n, plain, st->route->level[1].index, NULL};
  return (uint32_t)s->entries_n++;
}

static uint32_t column_of(pl_stream *s, const pl_starter *st) {
  if (!st->metric->by || st->plan->by_step != 0) return PL_NO_COLUMN;
  for (uint32_t i = 0; i < s->columns_n; i++)
    if (s->columns[i] == st->plan->by_slot) return i;
  s->columns[s->columns_n] = st->plan->by_slot;
  return (uint32_t)s->columns_n++;
}

static pl_moment moment_of(const pl_anchors *anchors, pl_before before, const pl_deal *deal,
                           uint32_t d) {
  pl_time at = {0};
  if (before != PL_BEFORE_ANY) at = anchors->at[before][d];
  pl_time early = anchors->early[before][d];
  return (pl_moment){.at_us = at.us,
                     .early_us = early.us,
                     .at_day = at.day,
                     .early_day = early.day,
                     .at_kind = at.kind,
                     .early_kind = early.kind,
                     .won = deal->status == PL_WON};
}

static const pl_moment *moments_of(pl_stream *s, pl_before before) {
  if (s->moments[before]) return s->moments[before];
  const pl_deals *deals = s->about.deals;
  pl_moment *moments = pl_calloc((size_t)deals->n + 1, sizeof *moments);
  for (uint32_t d = 0; moments && d < deals->n; d++)
    moments[d] = moment_of(s->about.anchors, before, &deals->items[d], d);
  return s->moments[before] = moments;
}

static bool open_starter(pl_stream *s, size_t i) {
  const pl_starter *is = &s->about.starters[i];
  pl_stream_starter *st = &s->starters[i];
  bool same = i > 0 && s->about.starters[i - 1].metric == is->metric;
  if (!same) s->metrics_n++;
  st->is = *is;
  st->ordinal = (uint32_t)s->metrics_n - 1;
  st->entry = is->route ? entry_of(s, is) : 0;
  st->column = column_of(s, is);
  st->moments = moments_of(s, is->metric->before);
  st->tracker = &s->about.trackers[is->metric->index];
  st->seen = &st->tracker->branches[is->branch];
  return st->moments != NULL;
}

static bool open_dispatch(pl_stream *s, pl_error *err) {
  size_t n = s->about.starters_n;
  const pl_predicate **wheres = pl_calloc(n + 1, sizeof *wheres);
  if (!wheres) return pl_fail_memory(err), false;
  for (size_t i = 0; i < n; i++) wheres[i] = s->starters[i].is.plan->where;
  s->dispatch = pl_dispatch_new(s->about.source, wheres, n, err);
  pl_free(wheres);
  return s->dispatch != NULL;
}

static bool open_lane(pl_stream *s, pl_stream_lane *l) {
  size_t n = s->about.starters_n;
  l->lookups = pl_calloc(s->entries_n + 1, sizeof *l->lookups);
  l->candidates = pl_calloc(n + 1, sizeof *l->candidates);
  l->text_ids = pl_calloc(pl_dispatch_columns(s->dispatch) + 1, sizeof *l->text_ids);
  l->unread = pl_calloc(n + 1, sizeof *l->unread);
  l->ends = pl_calloc(s->metrics_n + 1, sizeof *l->ends);
  l->value_at = pl_calloc(s->columns_n + 1, 2 * sizeof *l->value_at);
  if (!l->lookups || !l->candidates || !l->text_ids || !l->unread || !l->ends || !l->value_at ||
      !pl_scratch_open(&l->scratch, s->about.bound))
    return false;
  begin_block(s, l);
  return true;
}

static bool open_starters(pl_stream *s) {
  size_t n = s->about.starters_n;
  s->starters = pl_calloc(n + 1, sizeof *s->starters);
  s->entries = pl_calloc(n + 1, sizeof *s->entries);
  s->columns = pl_calloc(n + 1, sizeof *s->columns);
  bool ok = s->starters && s->entries && s->columns;
  for (size_t i = 0; ok && i < n; i++) ok = open_starter(s, i);
  return ok;
}

static bool open_lanes(pl_stream *s) {
  s->lanes = pl_calloc(s->about.threads, sizeof *s->lanes);
  bool ok = s->lanes != NULL;
  for (unsigned i = 0; ok && i < s->about.threads; i++) ok = open_lane(s, &s->lanes[i]);
  return ok;
}

pl_stream *pl_stream_new(const pl_stream_about *about, pl_error *err) {
  pl_stream *s = pl_calloc(1, sizeof *s);
  if (!s) return pl_fail_memory(err), NULL;
  s->about = *about;
  if (!s->about.threads) s->about.threads = 1;
  pthread_mutex_init(&s->lock, NULL);
  bool ok = open_starters(s) || (pl_fail_memory(err), false);
  ok = ok && open_dispatch(s, err);
  ok = ok && (open_lanes(s) || (pl_fail_memory(err), false));
  if (ok) return s;
  pl_stream_free(s);
  return NULL;
}

static void close_lane(pl_stream_lane *l, size_t entries) {
  for (size_t e = 0; l->lookups && e < entries; e++) {
    pl_free(l->lookups[e].keys);
    pl_free(l->lookups[e].groups);
  }
  pl_free(l->lookups);
  pl_free(l->candidates);
  pl_free(l->text_ids);
  pl_free(l->unread);
  pl_free(l->records);
  pl_free(l->items);
  pl_free(l->ordered);
  pl_free(l->ends);
  pl_free(l->value_texts);
  pl_free(l->value_numbers);
  pl_free(l->value_at);
  pl_free(l->seen_values);
  pl_pool_free(&l->texts);
  pl_keys_free(&l->keys);
  pl_values_memory_free(&l->met);
  pl_near_scratch_free(&l->near);
  pl_scratch_close(&l->scratch);
}

void pl_stream_free(pl_stream *s) {
  if (!s) return;
  for (unsigned i = 0; s->lanes && i < s->about.threads; i++)
    close_lane(&s->lanes[i], s->entries_n);
  pl_free(s->lanes);
  pl_dispatch_free(s->dispatch);
  pl_free(s->entries);
  pl_free(s->columns);
  pl_free(s->starters);
  for (int i = 0; i < 3; i++) pl_free(s->moments[i]);
  pthread_mutex_destroy(&s->lock);
  pl_free(s);
}
