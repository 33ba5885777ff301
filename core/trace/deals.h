/* The inside of settling deals: statuses, and the sales cycle. */
#ifndef PL_TRACE_DEALS_H
#define PL_TRACE_DEALS_H

#include "trace/table.h"

#define PL_DEALS_CYCLE_LEAST 5 /* won deals that a sales cycle is computed from */

/* The distinct values of the status column and what each means. */
typedef struct pl_status_words {
  pl_dict *values;
  uint64_t *counts; /* by id */
  int *means;       /* by id: a pl_deal_status, -1: listed nowhere */
  size_t counts_cap, means_cap;
  uint32_t *of_row; /* row -> id */
} pl_status_words;

/* Reads the whole column; PL_E_USAGE names every value that is listed nowhere. */
pl_status pl_status_words_read(const pl_bound *bound, const pl_table *table, pl_status_words *words,
                               pl_error *err);
void pl_status_words_free(pl_status_words *words);
/* Sorted bytewise, in `arena`. */
bool pl_status_words_sorted(const pl_status_words *words, pl_arena *arena, pl_deals *out);
/* '"Won" (3, won), blank (2, open)' as far as it fits. */
void pl_status_words_show(const struct pl_status_value *values, size_t n, pl_buf *out);

/* Fills cycle_us, cycle_from and cycle_days. */
bool pl_deals_cycle(const pl_bound *bound, pl_deals *deals);

#endif
