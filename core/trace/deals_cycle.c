/* How long a sale takes, as these deals tell it. */
#include <stdlib.h>

#include "trace/deals.h"

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static bool counts(const pl_deal *deal) {
  return deal->status == PL_WON && deal->closed.kind != PL_TIME_NONE &&
         deal->created.kind != PL_TIME_NONE;
}

/* A column with dates tells no more than days, and both must be read alike. */
static bool in_days(const pl_bound *bound, const pl_deals *deals) {
  const pl_source *source = bound->deals;
  bool days = (source->closed != PL_NO_SLOT && source->slots[source->closed].has_dates) ||
              (source->created != PL_NO_SLOT && source->slots[source->created].has_dates);
  for (uint32_t i = 0; i < deals->n && !days; i++)
    days = counts(&deals->items[i]) && (deals->items[i].closed.kind == PL_TIME_DATE ||
                                        deals->items[i].created.kind == PL_TIME_DATE);
  return days;
}

static int64_t duration(const pl_deal *deal, bool days) {
  if (days) return ((int64_t)deal->closed.day - deal->created.day) * PL_DAY_US;
  return deal->closed.us - deal->created.us;
}

bool pl_deals_cycle(const pl_bound *bound, pl_deals *deals) {
  deals->cycle_us = bound->cycle_us;
  deals->cycle_from = 0;
  deals->cycle_days = false;
  if (bound->cycle_us >= 0) return true;
  bool days = in_days(bound, deals);
  size_t n = 0;
  int64_t *all = pl_malloc(deals->n * sizeof *all);
  if (!all) return false;
  for (uint32_t i = 0; i < deals->n; i++) {
    if (!counts(&deals->items[i])) continue;
    int64_t took = duration(&deals->items[i], days);
    if (took >= 0) all[n++] = took; /* closed before it was created: not a duration */
  }
  if (n >= PL_DEALS_CYCLE_LEAST) {
    qsort(all, n, sizeof *all, by_size);
    deals->cycle_us = all[(n - 1) / 2];
    deals->cycle_from = (uint32_t)n;
    deals->cycle_days = days;
  }
  pl_free(all);
  return true;
}
