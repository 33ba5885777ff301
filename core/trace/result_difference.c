/* Won against lost, and the breakdown by a column. */
#include <math.h>
#include <stdlib.h>

#include "trace/result_parts.h"

static void set_table(pl_arena *arena, pl_value *object, const pl_table22 *t) {
  pl_value *table = pl_part_object(arena, object, "table");
  pl_set_int(arena, table, "won_with", t->won_with);
  pl_set_int(arena, table, "won_without", t->won_without);
  pl_set_int(arena, table, "lost_with", t->lost_with);
  pl_set_int(arena, table, "lost_without", t->lost_without);
}

static void set_fisher(pl_arena *arena, pl_value *object, const pl_fisher *f) {
  if (!isnan(f->odds)) pl_part_real(arena, object, "odds_ratio", f->odds, 4);
  pl_part_real(arena, object, "low", f->low, 4);
  pl_part_real(arena, object, "high", f->high, 4);
  pl_part_real(arena, object, "p", f->p, 4);
}

pl_value *pl_result_difference(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_evidence *e = found->evidence[metric];
  const pl_difference *d = &found->verdicts[metric].difference;
  pl_value *object = pl_value_object(arena);
  pl_set_bool(arena, object, "tested", d->tested);
  pl_buf text = {0};
  pl_say_difference(&text, found, metric);
  pl_part_said(arena, object, "text", &text);
  pl_set_bool(arena, object, "landmark", e->landmark);
  pl_value *universe = pl_part_object(arena, object, "universe");
  pl_set_int(arena, universe, "won", (int64_t)e->main.won_with + e->main.won_without);
  pl_set_int(arena, universe, "lost", (int64_t)e->main.lost_with + e->main.lost_without);
  set_table(arena, object, &e->main);
  if (d->tested) {
    set_fisher(arena, object, &d->fisher);
    pl_part_real(arena, object, "q", d->q, 4);
  }
  pl_part_text(arena, object, "answer", pl_answer_name(d->answer));
  if (d->has_naive) {
    pl_value *naive = pl_part_object(arena, object, "naive");
    set_table(arena, naive, &e->naive);
    set_fisher(arena, naive, &d->naive);
  }
  return object;
}

/* ---- by --------------------------------------------------------------------------- */

static int descending(uint64_t a, uint64_t b) {
  return (a < b) - (a > b);
}

/* Won deals, won amount, origins, each from the largest; then the value, blank last. */
static int compare_rows(const void *a, const void *b) {
  const pl_by_row *x = *(const pl_by_row *const *)a, *y = *(const pl_by_row *const *)b;
  const pl_money_count *xw = &x->status[PL_WON], *yw = &y->status[PL_WON];
  if (xw->deals != yw->deals) return descending(xw->deals, yw->deals);
  if (xw->amount != yw->amount) return xw->amount < yw->amount ? 1 : -1;
  if (x->origins != y->origins) return descending(x->origins, y->origins);
  if (x->blank != y->blank) return x->blank ? 1 : -1;
  return pl_str_cmp(x->value, y->value);
}

static void set_counts(pl_arena *arena, pl_value *object, const pl_by_row *row) {
  pl_set_int(arena, object, "origins", (int64_t)row->origins);
  pl_part_money(arena, object, "won", &row->status[PL_WON]);
  pl_part_money(arena, object, "lost", &row->status[PL_LOST]);
  pl_part_money(arena, object, "open", &row->status[PL_OPEN]);
}

static void set_rows(pl_arena *arena, pl_value *by, const pl_evidence *e) {
  pl_value *rows = pl_part_list(arena, by, "rows");
  const pl_by_row **sorted = pl_arena_array(arena, e->by_n ? e->by_n : 1, sizeof *sorted);
  if (!sorted) return;
  for (size_t i = 0; i < e->by_n; i++) sorted[i] = &e->by[i];
  qsort(sorted, e->by_n, sizeof *sorted, compare_rows);
  for (size_t i = 0; i < e->by_n; i++) {
    pl_value *row = pl_value_push(arena, rows, pl_value_object(arena));
    if (sorted[i]->blank) {
      pl_set_bool(arena, row, "blank", true);
    } else {
      pl_set_text(arena, row, "value", sorted[i]->value);
    }
    set_counts(arena, row, sorted[i]);
  }
}

pl_value *pl_result_by(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_metric *m = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  pl_value *by = pl_value_object(arena);
  pl_part_text(arena, by, "column", m->def->by);
  const char *table = m->def->by_table;
  if (!table && m->branches_n > 0) table = m->branches[0].from->def->name;
  pl_part_text(arena, by, "table", table);
  set_rows(arena, by, e);
  if (e->by_other) {
    pl_value *other = pl_part_object(arena, by, "other");
    pl_set_int(arena, other, "values", (int64_t)e->by_other_values);
    set_counts(arena, other, &e->other);
  }
  return by;
}
