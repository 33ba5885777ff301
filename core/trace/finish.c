/* Trackers -> evidence: what one metric's run comes to. */
#include "trace/run_private.h"

#include <stdlib.h>

void pl_count_deal(const pl_deals *deals, uint32_t deal, pl_money_count *count) {
  const pl_deal *d = &deals->items[deal];
  count->deals++;
  if (!d->amount_known)
    count->unknown++;
  else
    pl_sum_add(&count->amount, d->amount); /* 2^32 deals of 2^63 units fit 128 bits */
}

static void count_deals(const pl_run *run, const pl_tracker *t, pl_evidence *out) {
  const pl_deals *deals = run->deals;
  for (uint32_t d = 0; d < deals->n; d++) {
    const pl_deal_seen *seen = &t->deals[d];
    uint8_t status = deals->items[d].status;
    if (seen->flags & PL_SEEN_MATCHED) pl_count_deal(deals, d, &out->matched[status]);
    if (seen->flags & PL_SEEN_IN_ORDER) pl_count_deal(deals, d, &out->in_order[status]);
    if (!(seen->flags & PL_SEEN_REACHED)) continue;
    pl_count_deal(deals, d, &out->reached[status]);
    if (status != PL_WON) continue;
    if (deals->items[d].amount_known && deals->items[d].amount < 0)
      pl_count_deal(deals, d, &out->refunds);
    else
      out->won_countable++;
  }
}

/* ---- the time check, summed up --------------------------------------------------------- */

static bool any_dates(const pl_run *run, const pl_metric *metric, bool *checked, bool *timed) {
  bool days = false;
  *checked = *timed = true;
  for (size_t b = 0; b < metric->branches_n; b++) {
    pl_starter st = {.metric = metric, .plan = &metric->branches[b]};
    pl_starter_clock(run, &st);
    days |= st.days;
    *checked &= st.checked;
    *timed &= st.timed;
  }
  return days;
}

static void count_undated_deals(const pl_run *run, const pl_tracker *t, pl_evidence *out) {
  const pl_time *at = run->anchors.at[t->metric->before];
  for (uint32_t d = 0; d < run->deals->n; d++)
    if ((t->deals[d].flags & PL_SEEN_MATCHED) && !at[d].kind) out->undated_deals++;
}

static void sum_up_time(const pl_run *run, const pl_tracker *t, pl_evidence *out) {
  bool checked, timed, days = any_dates(run, t->metric, &checked, &timed);
  out->compared = !checked ? PL_COMPARED_NOT : days ? PL_COMPARED_DAYS : PL_COMPARED_SECONDS;
  out->has_time = timed;
  out->first = t->first;
  out->last = t->last;
  if (!t->undated_usable) out->oldest_usable = t->oldest_usable;
  out->undated_origins = t->undated;
  if (checked) count_undated_deals(run, t, out);
}

/* ---- the deal side of the last step ------------------------------------------------------ */

typedef enum side { SIDE_LEFT_OUT, SIDE_BLANK, SIDE_NO_MATCH } side;

/* Why no chain led to this deal in one branch. A deal that a condition leaves
 * out is left out whatever its key. */
static bool side_of(pl_run *run, size_t metric, size_t branch, uint32_t deal, pl_keys *keys,
                    pl_cell *cells, side *out) {
  const pl_branch *plan = &run->bound->metrics[metric].branches[branch];
  const pl_route *route = run->route_of[metric][branch];
  const pl_table *table = run->tables[run->bound->deals->index];
  *out = SIDE_NO_MATCH;
  if (!route) { /* from "deals": what it does not start from, it leaves out */
    *out = SIDE_LEFT_OUT;
    return true;
  }
  if (!pl_level_passes(&route->level[route->n], deal)) {
    *out = SIDE_LEFT_OUT;
    return true;
  }
  const pl_step *last = &plan->steps[plan->steps_n - 1];
  for (size_t i = 0; i < last->key_n; i++)
    cells[last->there[i]] = pl_table_cell(table, deal, last->there[i]);
  if (!pl_keys_of(run->bound->deals, cells, last->there, last->key_n, keys)) return false;
  if (!keys->n) *out = SIDE_BLANK;
  return true;
}

/* The branch that came closest to the deal speaks for a union. */
static bool deal_side(pl_run *run, size_t metric, pl_evidence *out) {
  const pl_tracker *t = &run->trackers[metric];
  pl_keys keys = {0};
  pl_cell *cells = pl_calloc(run->bound->deals->slots_n + 1, sizeof *cells);
  bool ok = cells != NULL;
  for (uint32_t d = 0; ok && d < run->deals->n; d++) {
    if (run->deals->items[d].status != PL_WON) continue;
    uint8_t flags = t->deals[d].flags;
    if (flags & PL_SEEN_REACHED) {
      out->last_reached++;
      continue;
    }
    if (flags & PL_SEEN_MATCHED) {
      out->last_out_of_time++;
      continue;
    }
    side closest = SIDE_LEFT_OUT, one;
    for (size_t b = 0; ok && b < t->metric->branches_n; b++) {
      ok = side_of(run, metric, b, d, &keys, cells, &one);
      if (one > closest) closest = one;
    }
    out->last_left_out += closest == SIDE_LEFT_OUT;
    out->last_blank += closest == SIDE_BLANK;
    out->last_no_match += closest == SIDE_NO_MATCH;
  }
  pl_keys_free(&keys);
  pl_free(cells);
  return ok;
}

/* ---- first to close ------------------------------------------------------------------------- */

static int by_gap(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static bool gap_of(const pl_run *run, const pl_tracker *t, uint32_t d, bool days, int64_t *gap) {
  const pl_deal *deal = &run->deals->items[d];
  const pl_deal_seen *seen = &t->deals[d];
  if (deal->status != PL_WON || !(seen->flags & PL_SEEN_REACHED) || !deal->closed.kind ||
      seen->origin_us == INT64_MAX)
    return false;
  *gap = deal->closed.us - seen->origin_us;
  if (days)
    *gap = ((int64_t)deal->closed.day - pl_zone_day(run->bound->zone, seen->origin_us)) * PL_DAY_US;
  return true;
}

/* Lower median of close minus the earliest origin that reaches the deal; in
 * whole days where either side holds dates without times. */
static bool first_to_close(const pl_run *run, const pl_tracker *t, pl_evidence *out) {
  int64_t *gaps = pl_calloc((size_t)run->deals->n + 1, sizeof *gaps);
  size_t n = 0;
  if (!gaps) return false;
  const pl_source *source = run->bound->deals;
  bool days = source->closed != PL_NO_SLOT && source->slots[source->closed].has_dates;
  for (size_t b = 0; b < t->metric->branches_n; b++) {
    const pl_source *from = t->metric->branches[b].from;
    days |= from->time != PL_NO_SLOT && from->slots[from->time].has_dates;
  }
  for (uint32_t d = 0; d < run->deals->n; d++)
    if (gap_of(run, t, d, days, &gaps[n])) n++;
  if (n) {
    qsort(gaps, n, sizeof *gaps, by_gap);
    out->has_first_to_close = true;
    out->first_to_close_us = gaps[(n - 1) / 2];
    out->first_to_close_deals = (uint32_t)n;
    out->first_to_close_in_days = days;
  }
  pl_free(gaps);
  return true;
}

/* ---- few keys -----------------------------------------------------------------------------------
 */

static pl_str shown(pl_arena *arena, pl_str key, size_t key_n) {
  pl_buf text = {0};
  pl_str out = {0};
  if (pl_key_show(key, key_n, &text)) {
    char *copy = pl_arena_copy(arena, text.p, text.n);
    if (copy) out = (pl_str){copy, text.n};
  }
  pl_buf_free(&text);
  return out;
}

/* The key of the first step that carries the most reached won deals; the
 * smallest key among equals. */
static bool top_key(pl_run *run, size_t metric, pl_evidence *out) {
  const pl_tracker *t = &run->trackers[metric];
  uint64_t *pairs;
  if (!pl_pairset_sorted(&t->top, &pairs)) return false;
  uint32_t best = 0;
  pl_str best_key = {0};
  size_t best_n = 1;
  for (size_t i = 0, j; i < t->top.n; i = j) {
    uint32_t tag = pl_pair_high(pairs[i]);
    for (j = i; j < t->top.n && pl_pair_high(pairs[j]) == tag;) j++;
    const pl_route *route = run->route_of[metric][tag >> 27];
    pl_str key = pl_index_key(route->level[1].index, tag & ((1u << 27) - 1));
    uint32_t n = (uint32_t)(j - i);
    if (n < best || (n == best && pl_str_cmp(key, best_key) >= 0)) continue;
    best = n;
    best_key = key;
    best_n = route->branch->steps[0].key_n;
  }
  pl_free(pairs);
  if (!best) return true;
  out->top_key_won = best;
  out->top_key = shown(&run->arena, best_key, best_n);
  return out->top_key.p != NULL;
}

/* ---- all of it
 * -------------------------------------------------------------------------------------- */

static uint64_t unreadable(const pl_branch_evidence *branch, size_t steps_n) {
  uint64_t n = branch->unreadable;
  for (size_t k = 0; k < steps_n; k++) n += branch->steps[k].unreadable;
  return n;
}

static uint64_t after_as_of(const pl_run *run, const pl_metric *metric) {
  uint64_t n = 0;
  for (size_t b = 0; b < metric->branches_n; b++) {
    bool counted = false;
    for (size_t a = 0; a < b; a++) counted |= metric->branches[a].from == metric->branches[b].from;
    if (!counted) n += run->scan.tallies[metric->branches[b].from->index].after_as_of;
  }
  return n;
}

pl_status pl_finish_metric(pl_run *run, size_t m, pl_error *err) {
  const pl_metric *metric = &run->bound->metrics[m];
  const pl_tracker *t = &run->trackers[m];
  pl_evidence *out = &run->evidence[m];
  out->branches_n = metric->branches_n;
  out->branches = pl_arena_array(&run->arena, metric->branches_n + 1, sizeof *out->branches);
  if (!out->branches) return pl_fail_memory(err);
  out->failed_limit = t->failed_limit;
  for (size_t b = 0; b < metric->branches_n; b++) {
    const pl_route *route = run->route_of[m][b];
    out->failed_limit |= route && route->failed_limit;
  }
  if (!metric->branches_n) return PL_OK;
  out->origins = t->origins;
  out->with_key = t->with_key;
  out->after_as_of = after_as_of(run, metric);
  sum_up_time(run, t, out);
  count_deals(run, t, out);
  pl_finish_compare(run, m, out);
  bool ok = deal_side(run, m, out) && first_to_close(run, t, out) && top_key(run, m, out) &&
            pl_finish_by(run, m, out) && pl_finish_proofs(run, m, out);
  for (size_t b = 0; ok && b < metric->branches_n; b++) {
    ok = pl_finish_steps(run, m, b, &out->branches[b]);
    out->unreadable += unreadable(&out->branches[b], metric->branches[b].steps_n);
  }
  return ok ? PL_OK : pl_fail_memory(err);
}
