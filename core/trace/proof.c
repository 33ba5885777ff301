/* Proofs: one concrete chain of records behind "this deal was reached", with the
 * place of every record. Of all chains from the chosen origin, the one whose
 * records stand first. */
#include "trace/run_private.h"

#include <stdlib.h>

static bool show_key(pl_run *run, const pl_index *index, uint32_t group, size_t key_n,
                     pl_str *out) {
  pl_buf text = {0};
  char *copy = NULL;
  if (pl_key_show(pl_index_key(index, group), key_n, &text))
    copy = pl_arena_copy(&run->arena, text.p, text.n);
  *out = (pl_str){copy, text.n};
  pl_buf_free(&text);
  return copy != NULL;
}

/* The first record of a key that passes and has the deal behind it. */
static uint32_t first_row(const pl_route *route, size_t k, uint32_t group, uint32_t deal) {
  const pl_level *level = &route->level[k];
  pl_rows rows = pl_index_rows(level->index, group);
  for (uint32_t i = 0; i < rows.n; i++) {
    uint32_t row = pl_row_at(&rows, i);
    if (pl_level_passes(level, row) && pl_span_has(level->spans[level->rows[row]], deal))
      return row;
  }
  return UINT32_MAX;
}

/* From a record of level k - 1 to the first record of level k. */
static uint32_t next_row(const pl_route *route, size_t k, uint32_t from, uint32_t deal,
                         uint32_t *group) {
  const pl_hop *hop = route->level[k].hop;
  uint32_t best = UINT32_MAX, n;
  const uint32_t *groups = pl_hop_groups(hop, from, &n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = first_row(route, k, groups[i], deal);
    if (row < best) {
      best = row;
      *group = groups[i];
    }
  }
  return best;
}

static bool chain(pl_run *run, const pl_branch *plan, const pl_route *route,
                  const pl_deal_seen *seen, uint32_t deal, pl_proof *out) {
  uint32_t group = seen->group, row = 0;
  out->links[0] = (pl_chain_link){.table = plan->from->def->name, .place = seen->place};
  out->links_n = 1;
  for (size_t k = 1; route && k <= route->n; k++) {
    uint32_t next =
        k == 1 ? first_row(route, 1, group, deal) : next_row(route, k, row, deal, &group);
    if (next == UINT32_MAX) return false;
    const pl_level *level = &route->level[k];
    if (!show_key(run, level->index, group, plan->steps[k - 1].key_n, &out->links[k - 1].key))
      return false;
    out->links[k] = (pl_chain_link){.table = plan->steps[k - 1].to->def->name,
                                    .place = pl_table_place(level->table, next)};
    out->links_n++;
    row = next;
  }
  return true;
}

static bool prove(pl_run *run, size_t metric, uint32_t deal, pl_proof *out) {
  const pl_deal_seen *seen = &run->trackers[metric].deals[deal];
  const pl_branch *plan = &run->bound->metrics[metric].branches[seen->branch];
  *out = (pl_proof){.deal = deal};
  if (seen->origin_us != INT64_MAX) {
    bool date = plan->from->time != PL_NO_SLOT && plan->from->slots[plan->from->time].has_dates;
    out->origin = (pl_time){.us = seen->origin_us,
                            .day = pl_zone_day(run->bound->zone, seen->origin_us),
                            .kind = date ? PL_TIME_DATE : PL_TIME_INSTANT};
  }
  return chain(run, plan, run->route_of[metric][seen->branch], seen, deal, out);
}

/* Won before lost before open; then the larger amount, unknown last; then key. */
static bool better(const pl_deals *deals, uint32_t a, uint32_t b) {
  const pl_deal *x = &deals->items[a], *y = &deals->items[b];
  if (x->status != y->status) return x->status < y->status;
  if (x->amount_known != y->amount_known) return x->amount_known;
  if (x->amount_known && x->amount != y->amount) return x->amount > y->amount;
  int order = pl_str_cmp(x->id, y->id);
  return order ? order < 0 : a < b;
}

/* Keeps the best PL_PROOFS deals, best first. */
static void keep_best(const pl_deals *deals, uint32_t d, uint32_t best[PL_PROOFS], size_t *n) {
  size_t at = *n < PL_PROOFS ? (*n)++ : PL_PROOFS;
  if (at == PL_PROOFS && !better(deals, d, best[--at])) return;
  for (; at > 0 && better(deals, d, best[at - 1]); at--) best[at] = best[at - 1];
  best[at] = d;
}

static bool wants_next(const pl_metric *metric) {
  for (size_t b = 0; b < metric->branches_n; b++) {
    const pl_branch *branch = &metric->branches[b];
    if (branch->steps_n && branch->steps[branch->steps_n - 1].next) return true;
  }
  return false;
}

/* Won deals that chains lead to, but only at the wrong time. */
static void name_out_of_time(pl_run *run, const pl_tracker *t, pl_evidence *out) {
  uint32_t best[PL_PROOFS];
  size_t n = 0;
  for (uint32_t d = 0; d < run->deals->n; d++)
    if ((t->deals[d].flags & (PL_SEEN_MATCHED | PL_SEEN_REACHED)) == PL_SEEN_MATCHED &&
        run->deals->items[d].status == PL_WON)
      keep_best(run->deals, d, best, &n);
  const pl_time *at = run->anchors.at[t->metric->before];
  const pl_table *table = run->tables[run->bound->deals->index];
  for (size_t i = 0; i < n; i++) {
    uint8_t flags = t->deals[best[i]].flags;
    out->out_of_time[i] =
        (struct pl_out_of_time){.deal = best[i],
                                .place = pl_table_place(table, best[i]),
                                .undated = !at[best[i]].kind || !(flags & PL_SEEN_DATED),
                                .in_order = flags & PL_SEEN_IN_ORDER,
                                .later = wants_next(t->metric)};
  }
  out->out_of_time_n = n;
}

bool pl_finish_proofs(pl_run *run, size_t metric, pl_evidence *out) {
  const pl_tracker *t = &run->trackers[metric];
  uint32_t best[PL_PROOFS];
  size_t n = 0;
  if (t->metric->before != PL_BEFORE_ANY) name_out_of_time(run, t, out);
  for (uint32_t d = 0; d < run->deals->n; d++)
    if (t->deals[d].flags & PL_SEEN_REACHED) keep_best(run->deals, d, best, &n);
  /* lost and open deals prove nothing about revenue: they are shown only where
   * there is no won deal */
  for (size_t i = 0; i < n; i++) {
    if (i && run->deals->items[best[0]].status == PL_WON &&
        run->deals->items[best[i]].status != PL_WON)
      break;
    if (!prove(run, metric, best[i], &out->proofs[out->proofs_n])) return false;
    out->proofs_n++;
  }
  return true;
}

bool pl_run_proof(const pl_run *run, size_t metric, pl_str deal, pl_proof *out) {
  const pl_tracker *t = &run->trackers[metric];
  for (uint32_t d = 0; t->deals && d < run->deals->n; d++)
    if (pl_str_eq(run->deals->items[d].id, deal) && (t->deals[d].flags & PL_SEEN_REACHED))
      return prove((pl_run *)run, metric, d, out); /* only its arena changes */
  return false;
}
