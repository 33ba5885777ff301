/* `by`: deals and amounts per value. Values of the origin's own column and
 * values met on the way meet here, as text. */
#include "trace/run_private.h"

#include <stdlib.h>

typedef struct gather {
  pl_run *run;
  const pl_tracker *tracker;
  pl_dict *values; /* id + 1; 0 is blank */
  pl_by_row *rows;
  size_t rows_cap;
  size_t n;
  uint32_t *own_rows; /* by cell of tracker->by_origins */
  pl_pairset pairs;   /* (row, deal), where values are met on the way */
} gather;

static bool row_of(gather *g, pl_str value, bool blank, uint32_t *row) {
  uint32_t id = 0;
  if (!blank) {
    id = pl_dict_add(g->values, value);
    if (id == PL_DICT_NONE) return false;
    id++;
  }
  size_t old = g->rows_cap;
  if (!pl_grow(&g->rows, &g->rows_cap, (size_t)id + 1, sizeof *g->rows)) return false;
  if (g->rows_cap > old) memset(g->rows + old, 0, (g->rows_cap - old) * sizeof *g->rows);
  if (g->n < (size_t)id + 1) g->n = (size_t)id + 1;
  *row = id;
  return true;
}

/* Every value that an origin holds was counted, so its row is found by its cell. */
static bool gather_own(gather *g) {
  const pl_counts *counts = &g->tracker->by_origins;
  g->own_rows = pl_calloc(counts->cap + 1, sizeof *g->own_rows);
  if (!g->own_rows) return false;
  for (size_t i = 0; i < counts->cap; i++) {
    const pl_count *count = &counts->cells[i];
    if (!count->used) continue;
    if (!row_of(g, pl_values_at(g->run->values, count->number), count->number == 0,
                &g->own_rows[i]))
      return false;
    g->rows[g->own_rows[i]].origins += count->n;
  }
  return true;
}

/* Millions of pairs, which are gone through where they are; false: a free cell. */
static bool own_pair(const gather *g, size_t i, uint32_t *row, uint32_t *deal) {
  uint64_t stored = g->tracker->by_origin_pairs.cells[i];
  if (!stored) return false;
  *row = g->own_rows[pl_counts_find(&g->tracker->by_origins, pl_pair_high(stored - 1))];
  *deal = pl_pair_low(stored - 1);
  return true;
}

/* A value may be met both ways, and a deal then counts once. */
static bool join_own(gather *g) {
  uint32_t row, deal;
  for (size_t i = 0; i < g->tracker->by_origin_pairs.cap; i++)
    if (own_pair(g, i, &row, &deal) && !pl_pairset_add(&g->pairs, pl_pair(row, deal))) return false;
  return true;
}

static size_t pairs_end(const gather *g) {
  return g->pairs.n ? g->pairs.cap : g->tracker->by_origin_pairs.cap;
}

/* The pair at `i`, of all that were gathered; false: there is none. */
static bool pair_at(const gather *g, size_t i, uint32_t *row, uint32_t *deal) {
  if (!g->pairs.n) return own_pair(g, i, row, deal);
  uint64_t stored = g->pairs.cells[i];
  if (!stored) return false;
  *row = pl_pair_high(stored - 1);
  *deal = pl_pair_low(stored - 1);
  return true;
}

static bool gather_route(gather *g, size_t metric) {
  const pl_tracker *t = g->tracker;
  uint32_t row;
  for (size_t b = 0; b < t->metric->branches_n; b++) {
    const pl_route *route = g->run->route_of[metric][b];
    for (uint32_t v = 0; t->route_origins[b] && v <= pl_dict_count(route->values); v++) {
      if (!t->route_origins[b][v]) continue;
      pl_str value = v ? pl_dict_at(route->values, v - 1) : (pl_str){0};
      if (!row_of(g, value, v == 0, &row)) return false;
      g->rows[row].origins += t->route_origins[b][v];
    }
  }
  for (size_t i = 0; i < t->by_route_pairs.cap; i++) {
    uint64_t stored = t->by_route_pairs.cells[i];
    if (!stored) continue;
    uint32_t tag = pl_pair_high(stored - 1), v = tag & ((1u << 27) - 1);
    const pl_route *route = g->run->route_of[metric][tag >> 27];
    pl_str value = v ? pl_dict_at(route->values, v - 1) : (pl_str){0};
    if (!row_of(g, value, v == 0, &row) ||
        !pl_pairset_add(&g->pairs, pl_pair(row, pl_pair_low(stored - 1))))
      return false;
  }
  return !g->pairs.n || join_own(g);
}

static void count_pairs(gather *g) {
  uint32_t row, deal;
  for (size_t i = 0; i < pairs_end(g); i++)
    if (pair_at(g, i, &row, &deal))
      pl_count_deal(g->run->deals, deal, &g->rows[row].status[g->run->deals->items[deal].status]);
}

/* Most won deals first, then amount, origins, value; blank last among equals. */
static int by_weight(const void *a, const void *b) {
  const pl_by_row *x = a, *y = b;
  const pl_money_count *xw = &x->status[PL_WON], *yw = &y->status[PL_WON];
  if (xw->deals != yw->deals) return xw->deals > yw->deals ? -1 : 1;
  if (xw->amount != yw->amount) return xw->amount > yw->amount ? -1 : 1;
  if (x->origins != y->origins) return x->origins > y->origins ? -1 : 1;
  if (x->blank != y->blank) return x->blank ? 1 : -1;
  return pl_str_cmp(x->value, y->value);
}

static bool is_empty(const pl_by_row *row) {
  return !row->origins && !row->status[PL_WON].deals && !row->status[PL_LOST].deals &&
         !row->status[PL_OPEN].deals;
}

static bool name_rows(gather *g) {
  for (size_t v = 1; v < g->n; v++) {
    pl_str value = pl_dict_at(g->values, (uint32_t)v - 1);
    char *copy = pl_arena_copy(&g->run->arena, value.p, value.n);
    if (!copy) return false;
    g->rows[v].value = (pl_str){copy, value.n};
  }
  if (g->n) g->rows[0].blank = true;
  size_t kept = 0;
  for (size_t v = 0; v < g->n; v++)
    if (!is_empty(&g->rows[v])) g->rows[kept++] = g->rows[v];
  g->n = kept;
  return true;
}

/* Which rows, as they were gathered, are among those beyond PL_MAX_BY. */
static bool mark_rest(const gather *g, bool *rest) {
  pl_dict *texts = pl_dict_new();
  bool ok = texts != NULL;
  for (size_t i = PL_MAX_BY; ok && i < g->n; i++) {
    if (g->rows[i].blank)
      rest[0] = true;
    else
      ok = pl_dict_add(texts, g->rows[i].value) != PL_DICT_NONE;
  }
  for (uint32_t id = 0; ok && id < pl_dict_count(g->values); id++)
    rest[id + 1] = pl_dict_find(texts, pl_dict_at(g->values, id)) != PL_DICT_NONE;
  pl_dict_free(texts);
  return ok;
}

/* Everything beyond PL_MAX_BY in one row; a deal that several of its values
 * reach counts once. */
static bool fold_rest(gather *g, pl_evidence *out) {
  if (g->n <= PL_MAX_BY) return true;
  const pl_deals *deals = g->run->deals;
  uint32_t row, deal;
  out->by_other = true;
  out->by_other_values = g->n - PL_MAX_BY;
  for (size_t i = PL_MAX_BY; i < g->n; i++) out->other.origins += g->rows[i].origins;
  bool *seen = pl_calloc((size_t)deals->n + 1, sizeof *seen);
  bool *rest = pl_calloc((size_t)pl_dict_count(g->values) + 1, sizeof *rest);
  bool ok = seen && rest && mark_rest(g, rest);
  for (size_t i = 0; ok && i < pairs_end(g); i++) {
    if (!pair_at(g, i, &row, &deal) || !rest[row] || seen[deal]) continue;
    seen[deal] = true;
    pl_count_deal(deals, deal, &out->other.status[deals->items[deal].status]);
  }
  pl_free(rest);
  pl_free(seen);
  g->n = PL_MAX_BY;
  return ok;
}

bool pl_finish_by(pl_run *run, size_t metric, pl_evidence *out) {
  gather g = {.run = run, .tracker = &run->trackers[metric]};
  if (!g.tracker->metric->by) return true;
  g.values = pl_dict_new();
  bool ok = g.values && gather_own(&g) && gather_route(&g, metric);
  if (ok) count_pairs(&g);
  ok = ok && name_rows(&g);
  if (ok) {
    if (g.n) qsort(g.rows, g.n, sizeof *g.rows, by_weight);
    ok = fold_rest(&g, out);
  }
  if (ok) {
    out->by = pl_arena_array(&run->arena, g.n + 1, sizeof *out->by);
    ok = out->by != NULL;
    if (ok && g.n) memcpy(out->by, g.rows, g.n * sizeof *out->by);
    out->by_n = g.n;
  }
  pl_pairset_free(&g.pairs);
  pl_dict_free(g.values);
  pl_free(g.own_rows);
  pl_free(g.rows);
  return ok;
}
