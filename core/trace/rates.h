/* Exchange rates: fixed ones from audit.lua, or dated ones from a source. */
#ifndef PL_TRACE_RATES_H
#define PL_TRACE_RATES_H

#include "trace/table.h"

typedef struct pl_rates pl_rates;

/* The rates that the model declares; *out is NULL when it declares none.
 * `table` is the loaded rates source if the caller holds it, else NULL: then it
 * is loaded here and let go. Unusable rates (<= 0, blank) become rejects; two
 * that differ for one currency (and day) are PL_E_INPUT with both lines. PL_OK
 * with *out NULL also when scan->style_contradicted was set. */
pl_status pl_rates_load(pl_scan *scan, const pl_table *table, pl_rates **out, pl_error *err);
void pl_rates_free(pl_rates *rates);
/* True when a rate depends on the day. */
bool pl_rates_dated(const pl_rates *rates);

typedef enum pl_rate_result {
  PL_RATE_FOUND,
  PL_RATE_UNKNOWN, /* no rate for that currency at all */
  PL_RATE_LATER,   /* all its rates are later than the day */
  PL_RATE_OLD      /* the latest one, of `*of`, is older than max_age */
} pl_rate_result;
/* The latest rate on or before `day` (ignored for rates without dates). */
pl_rate_result pl_rates_find(const pl_rates *rates, pl_str code, int32_t day, int64_t *rate,
                             int32_t *of);

#endif
