/* Won against lost: does meeting the metric go with winning?
 *
 * The universe is the deals closed from the metric's first origin to as_of: a
 * deal that closed before the metric existed could not have met it. Deals that
 * live longer meet more of everything, so where their creation is known they
 * are compared at a landmark (Anderson, Cain and Gelber 1983): only deals still
 * open 30 days after creation, by what had happened up to that day. */
#include "trace/run_private.h"

static bool has_dates(const pl_source *source, int slot) {
  return slot != PL_NO_SLOT && source->slots[slot].has_dates;
}

static bool in_universe(const pl_evidence *e, const pl_deal *deal, bool days) {
  if (deal->status != PL_WON && deal->status != PL_LOST) return false;
  if (!e->has_time || !e->first.kind) return true; /* nobody knows when it began */
  if (!deal->closed.kind) return false;
  return days ? deal->closed.day >= e->first.day : deal->closed.us >= e->first.us;
}

static bool open_at_landmark(const pl_deal *deal, bool days) {
  if (!deal->created.kind || !deal->closed.kind) return false;
  if (days) return deal->closed.day >= deal->created.day + PL_LANDMARK_DAYS;
  return deal->closed.us >= deal->created.us + PL_LANDMARK_DAYS * PL_DAY_US;
}

static void enter(pl_table22 *table, const pl_deal *deal, bool with) {
  if (deal->status == PL_WON)
    (*(with ? &table->won_with : &table->won_without))++;
  else
    (*(with ? &table->lost_with : &table->lost_without))++;
}

void pl_finish_compare(pl_run *run, size_t metric, pl_evidence *out) {
  const pl_tracker *t = &run->trackers[metric];
  const pl_source *deals = run->bound->deals;
  bool closed_dates = has_dates(deals, deals->closed), days = closed_dates;
  for (size_t b = 0; b < t->metric->branches_n; b++)
    days |= has_dates(t->metric->branches[b].from, t->metric->branches[b].from->time);
  bool landmark_days = closed_dates || has_dates(deals, deals->created);
  out->landmark = out->has_time && deals->created != PL_NO_SLOT;
  for (uint32_t d = 0; d < run->deals->n; d++) {
    const pl_deal *deal = &run->deals->items[d];
    if (!in_universe(out, deal, days)) continue;
    enter(&out->naive, deal, t->deals[d].flags & PL_SEEN_REACHED);
    if (out->landmark && open_at_landmark(deal, landmark_days))
      enter(&out->main, deal, t->deals[d].flags & PL_SEEN_EARLY);
  }
  if (!out->landmark) out->main = out->naive;
}
