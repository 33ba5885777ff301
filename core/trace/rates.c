/* Exchange rates: see rates.h. */
#include "trace/rates.h"

#include <stdlib.h>

#include "trace/scan.h"
#include "trace/table_private.h"

typedef struct dated {
  uint32_t code; /* id in `codes` */
  int32_t day;
  int64_t rate; /* 1/10^12 of the audit's currency for one unit */
  uint32_t row; /* of the table; fixed rates: their position */
} dated;

struct pl_rates {
  pl_dict *codes;
  dated *items; /* by code, then day */
  size_t n, cap;
  bool by_day;
  int64_t max_age_us; /* -1: any */
};

bool pl_rates_dated(const pl_rates *rates) {
  return rates->by_day;
}

void pl_rates_free(pl_rates *rates) {
  if (!rates) return;
  pl_dict_free(rates->codes);
  pl_free(rates->items);
  pl_free(rates);
}

static bool add(pl_rates *rates, pl_str code, int32_t day, int64_t rate, uint32_t row) {
  if (!pl_grow(&rates->items, &rates->cap, rates->n + 1, sizeof *rates->items)) return false;
  uint32_t id = pl_dict_add(rates->codes, code);
  if (id == PL_DICT_NONE) return false;
  rates->items[rates->n++] = (dated){id, day, rate, row};
  return true;
}

static int by_code_day_row(const void *a, const void *b) {
  const dated *x = a, *y = b;
  if (x->code != y->code) return x->code < y->code ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* ---- fixed ------------------------------------------------------------------- */

static pl_status load_fixed(pl_rates *rates, const pl_rates_def *def, pl_error *err) {
  for (size_t i = 0; i < def->codes.n; i++) {
    int64_t rate;
    const char *code = def->codes.items[i];
    if (!pl_rate_parse(pl_str_of(def->rates.items[i]), PL_NUMBER_PLAIN, &rate) || rate <= 0) {
      pl_fail_at(err, PL_E_USAGE, def->site, "the rate of %s, \"%s\", is not a number above 0",
                 code, def->rates.items[i]);
      pl_hint(err, "Write it as text: rates = { %s = \"0.92\" }", code);
      return PL_E_USAGE;
    }
    if (!add(rates, pl_str_trim(pl_str_of(code)), 0, rate, (uint32_t)i)) return pl_fail_memory(err);
  }
  if (rates->n) qsort(rates->items, rates->n, sizeof *rates->items, by_code_day_row);
  return PL_OK;
}

/* ---- from a source ------------------------------------------------------------- */

/* The style that a row's rate is written in: in JSON a point is the decimal point. */
static pl_number_style style_of(const pl_table *table, uint32_t row, int slot, pl_str text) {
  const pl_source *source = table->source;
  size_t input = pl_store_place(&table->store, row).file - source->first_file;
  pl_number number;
  bool json = source->dialects[input].format != PL_FORMAT_CSV;
  if (json && pl_number_parse(text, PL_NUMBER_PLAIN, false, &number) != PL_NUMBER_BAD)
    return PL_NUMBER_PLAIN;
  return source->slots[slot].numbers;
}

static bool rate_of(const pl_table *table, uint32_t row, int slot, int64_t *rate) {
  pl_str text = pl_store_cell(&table->store, row, slot).text;
  return pl_rate_parse(text, style_of(table, row, slot, text), rate);
}

#define RATE_PER_UNIT 100000000 /* a rate counts 1/10^12, a number 1/10^4 */

/* A number that is no rate: too small, too large, or with too many decimals. */
static const char *why_no_rate(const pl_table *table, uint32_t row, int slot) {
  pl_str text = pl_store_cell(&table->store, row, slot).text;
  const pl_number_style style = style_of(table, row, slot, text);
  pl_number number;
  switch (pl_number_parse(text, style, false, &number)) {
  case PL_NUMBER_OK:
    if (number.units < 0 || (number.units == 0 && !number.more))
      return "is no rate: a rate must be above 0";
    return number.units > INT64_MAX / RATE_PER_UNIT ? "is too large for a rate"
                                                    : "is no rate: it has more than 12 decimals";
  case PL_NUMBER_TOO_LARGE: return "is too large for a rate";
  default: return "is not a number";
  }
}

static pl_status load_row(pl_scan *scan, pl_rates *rates, const pl_table *table, uint32_t row,
                          pl_error *err) {
  const pl_rates_plan *plan = &scan->bound->rates_plan;
  int64_t rate = 0;
  pl_cell currency = pl_store_cell(&table->store, row, plan->currency);
  pl_cell amount = pl_store_cell(&table->store, row, plan->rate);
  pl_cell date = {0};
  if (plan->date != PL_NO_SLOT) date = pl_store_cell(&table->store, row, plan->date);
  const char *wrong = NULL;
  int slot = plan->rate;
  pl_str code = pl_str_trim(currency.text);
  if (code.n == 0) {
    wrong = "a rate with no currency";
    slot = plan->currency;
  } else if (amount.blank) {
    wrong = "the rate is blank";
  } else if (!rate_of(table, row, plan->rate, &rate)) {
    wrong = why_no_rate(table, row, plan->rate);
  } else if (plan->date != PL_NO_SLOT && date.time.kind == PL_TIME_NONE) {
    wrong = "a rate with no date";
    slot = plan->date;
  }
  if (wrong) return pl_table_reject(scan, table, row, slot, PL_REJECT_NUMBER, wrong, err);
  return add(rates, code, date.time.day, rate, row) ? PL_OK : pl_fail_memory(err);
}

static pl_status check_unique(const pl_rates *rates, const pl_table *table, pl_error *err) {
  for (size_t i = 1; i < rates->n; i++) {
    const dated *a = &rates->items[i - 1], *b = &rates->items[i];
    if (a->code != b->code || a->day != b->day || a->rate == b->rate) continue;
    pl_site x = pl_table_site(table, a->row), y = pl_table_site(table, b->row);
    char day[PL_TIME_TEXT + 4] = "", text[PL_TIME_TEXT];
    pl_time time = {.day = a->day, .kind = PL_TIME_DATE};
    if (rates->by_day) {
      memcpy(day, " on ", 5);
      strcpy(day + 4, pl_time_text(time, NULL, text));
    }
    pl_str code = pl_dict_at(rates->codes, a->code);
    pl_fail_at(err, PL_E_INPUT, y, "%s:%u and %s:%u give different rates for %.*s%s", x.file,
               x.line, y.file, y.line, PL_STR_ARG(code), day);
    pl_hint(err, rates->by_day ? "Keep one rate for each currency and day."
                               : "Keep one rate for each currency, or name its date column.");
    return PL_E_INPUT;
  }
  return PL_OK;
}

static pl_status load_table(pl_scan *scan, pl_rates *rates, const pl_table *table, pl_error *err) {
  pl_status status = PL_OK;
  rates->by_day = scan->bound->rates_plan.date != PL_NO_SLOT;
  for (uint32_t row = 0; status == PL_OK && row < pl_table_rows(table); row++)
    status = load_row(scan, rates, table, row, err);
  if (status != PL_OK) return status;
  pl_rejects_sort(&scan->rejects);
  if (rates->n) qsort(rates->items, rates->n, sizeof *rates->items, by_code_day_row);
  status = pl_scan_rejects_allowed(scan, table->source, err);
  return status == PL_OK ? check_unique(rates, table, err) : status;
}

/* From the caller's table, or from one that is loaded for this alone. */
static pl_status load_source(pl_scan *scan, pl_rates *rates, const pl_table *table, pl_error *err) {
  pl_table *own = NULL;
  pl_status status = PL_OK;
  if (!table) status = pl_table_load(scan, scan->bound->rates_plan.source, &own, err);
  if (!table) table = own;
  if (table) status = load_table(scan, rates, table, err);
  pl_table_free(own);
  return status;
}

pl_status pl_rates_load(pl_scan *scan, const pl_table *table, pl_rates **out, pl_error *err) {
  const pl_rates_def *def = &scan->bound->model->rates;
  *out = NULL;
  if (!def->given) return PL_OK;
  pl_rates *rates = pl_calloc(1, sizeof *rates);
  if (!rates) return pl_fail_memory(err);
  rates->max_age_us = scan->bound->rates_plan.max_age_us;
  rates->codes = pl_dict_new();
  pl_status status;
  if (!rates->codes)
    status = pl_fail_memory(err);
  else if (scan->bound->rates_plan.source)
    status = load_source(scan, rates, table, err);
  else
    status = load_fixed(rates, def, err);
  if (status == PL_OK && !scan->style_contradicted)
    *out = rates;
  else
    pl_rates_free(rates);
  return status;
}

/* ---- finding ----------------------------------------------------------------------- */

pl_rate_result pl_rates_find(const pl_rates *rates, pl_str code, int32_t day, int64_t *rate,
                             int32_t *of) {
  uint32_t id = rates ? pl_dict_find(rates->codes, code) : PL_DICT_NONE;
  if (id == PL_DICT_NONE) return PL_RATE_UNKNOWN;
  if (!rates->by_day) day = 0;
  size_t low = 0, high = rates->n; /* the first item behind (id, day) */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const dated *item = &rates->items[middle];
    if (item->code < id || (item->code == id && item->day <= day))
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0 || rates->items[low - 1].code != id) return PL_RATE_LATER;
  const dated *found = &rates->items[low - 1];
  *rate = found->rate;
  *of = found->day;
  int64_t age = ((int64_t)day - found->day) * PL_DAY_US;
  bool old = rates->by_day && rates->max_age_us >= 0 && age > rates->max_age_us;
  return old ? PL_RATE_OLD : PL_RATE_FOUND;
}
