/* Deals as the audit sees them as of as_of: which exist, which are won, and for
 * how much in the audit's currency. */
#include "trace/deals.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/currency.h"
#include "trace/rates.h"
#include "trace/scan.h"
#include "trace/styles.h"
#include "trace/table_private.h"

typedef struct settling {
  pl_scan *scan;
  pl_table *table;
  const pl_source *source;
  pl_tally *tally;
  pl_status_words words;
  const pl_rates *rates;
  pl_rates *own_rates;
  pl_deal *items; /* of the rows that stay; `row` is still the row before */
  uint32_t *rows;
  uint32_t n;
} settling;

typedef enum fate { STAYS, GOES, FAILED } fate;

static pl_time time_of(const settling *s, uint32_t row, int slot) {
  if (slot == PL_NO_SLOT) return (pl_time){0};
  return pl_store_cell(&s->table->store, row, slot).time;
}

static fate skip(settling *s, uint64_t *counter) {
  (*counter)++;
  s->tally->used--;
  return GOES;
}

/* ---- amounts ------------------------------------------------------------------ */

static fate reject_as(settling *s, uint32_t row, int slot, pl_reject_code code, pl_error *err,
                      const char *what) {
  pl_status status = pl_table_reject(s->scan, s->table, row, slot, code, what, err);
  s->words.counts[s->words.of_row[row]]--;
  return status == PL_OK ? GOES : FAILED;
}

static fate reject(settling *s, uint32_t row, int slot, pl_error *err, const char *what) {
  return reject_as(s, row, slot, PL_REJECT_RATE, err, what);
}

static const char *day_text(int32_t day, char out[PL_TIME_TEXT]) {
  return pl_time_text((pl_time){.day = day, .kind = PL_TIME_DATE}, NULL, out);
}

static fate reject_rate(settling *s, uint32_t row, int32_t day, pl_rate_result why, int32_t of,
                        pl_error *err) {
  char message[256], on[PL_TIME_TEXT], then[PL_TIME_TEXT];
  if (why == PL_RATE_UNKNOWN)
    snprintf(message, sizeof message, "is a currency with no rate");
  else if (why == PL_RATE_LATER)
    snprintf(message, sizeof message, "has no rate on or before %s", day_text(day, on));
  else
    snprintf(message, sizeof message, "on %s: the latest rate is of %s, too old", day_text(day, on),
             day_text(of, then));
  return reject(s, row, s->source->currency, err, message);
}

/* "$5" of a deal in euros: one of them is wrong. Only codes of ISO 4217 tell. */
static bool has_other_sign(const settling *s, uint32_t row, pl_str code) {
  const pl_slot *slot = &s->source->slots[s->source->amount];
  pl_number number;
  pl_number_marks marks;
  if (!slot->how.any_sign || !pl_currency_is_code(code)) return false;
  pl_str text = pl_store_cell(&s->table->store, row, s->source->amount).text;
  pl_style_number(slot, text, true, &number, &marks);
  return marks.currency && !pl_currency_means(marks.currency, code);
}

/* `day`: the day whose rate counts, if it has one. */
static fate convert(settling *s, uint32_t row, pl_deal *deal, pl_time day, pl_error *err) {
  const char *ours = s->scan->bound->model->currency;
  pl_str code = pl_str_trim(pl_store_cell(&s->table->store, row, s->source->currency).text);
  int64_t rate, foreign = deal->amount;
  int32_t of = 0;
  if (code.n == 0) return reject(s, row, s->source->currency, err, "an amount with no currency");
  if (has_other_sign(s, row, code))
    return reject_as(s, row, s->source->amount, PL_REJECT_NUMBER, err,
                     "has the sign of another currency than its deal");
  if (pl_str_eq(code, pl_str_of(ours))) return STAYS;
  if (s->rates && pl_rates_dated(s->rates) && day.kind == PL_TIME_NONE)
    return reject(s, row, s->source->closed, err, "no close date to choose a rate by");
  pl_rate_result found = pl_rates_find(s->rates, code, day.day, &rate, &of);
  if (found != PL_RATE_FOUND) return reject_rate(s, row, day.day, found, of, err);
  if (pl_money_convert(foreign, rate, &deal->amount)) return STAYS;
  pl_fail_at(err, PL_E_INPUT, pl_table_site(s->table, row),
             "the amount in %.*s is too large to convert to %s", PL_STR_ARG(code), ours);
  return FAILED;
}

/* A deal with no amount needs no rate: it counts, its sum is unknown. */
static fate settle_amount(settling *s, uint32_t row, pl_deal *deal, pl_error *err) {
  if (s->source->amount == PL_NO_SLOT) return STAYS;
  pl_cell cell = pl_store_cell(&s->table->store, row, s->source->amount);
  if (cell.blank) return STAYS;
  /* money is counted in 1/10,000; rounding it here would be a silent guess */
  if (cell.number.more)
    return reject_as(s, row, s->source->amount, PL_REJECT_NUMBER, err,
                     "has more than four decimals");
  deal->amount_known = true;
  deal->amount = cell.number.units;
  if (s->source->currency == PL_NO_SLOT) return STAYS;
  pl_time day = deal->status == PL_OPEN ? s->scan->bound->as_of : deal->closed;
  return convert(s, row, deal, day, err);
}

/* ---- one deal -------------------------------------------------------------------- */

static bool outside_period(const settling *s, const pl_deal *deal) {
  const pl_bound *bound = s->scan->bound;
  bool period = bound->since_day != INT32_MIN || bound->until_day != INT32_MAX;
  if (!period || deal->status == PL_OPEN) return false;
  return deal->closed.kind == PL_TIME_NONE || deal->closed.day < bound->since_day ||
         deal->closed.day > bound->until_day;
}

/* What was closed after as_of was open on that day. */
static fate settle_deal(settling *s, uint32_t row, pl_deal *deal, pl_error *err) {
  pl_time as_of = s->scan->bound->as_of;
  int status = s->words.means[s->words.of_row[row]];
  *deal = (pl_deal){.row = row, .status = (uint8_t)status};
  if (status == PL_IGNORED) return skip(s, &s->tally->ignored);
  deal->created = time_of(s, row, s->source->created);
  if (pl_is_after(deal->created, as_of)) return skip(s, &s->tally->created_later);
  deal->closed = time_of(s, row, s->source->closed);
  if (pl_is_after(deal->closed, as_of)) deal->status = PL_OPEN;
  if (deal->status == PL_OPEN) deal->closed = (pl_time){0};
  if (outside_period(s, deal)) return skip(s, &s->tally->outside_period);
  return settle_amount(s, row, deal, err);
}

static pl_status settle_rows(settling *s, pl_error *err) {
  uint32_t rows = pl_table_rows(s->table);
  s->rows = pl_malloc(rows * sizeof *s->rows);
  s->items = pl_arena_array(&s->table->arena, rows, sizeof *s->items);
  if (!s->rows || !s->items) return pl_fail_memory(err);
  for (uint32_t row = 0; row < rows; row++) {
    fate f = settle_deal(s, row, &s->items[s->n], err);
    if (f == FAILED) return err ? err->status : PL_E_INPUT;
    if (f == STAYS) s->rows[s->n++] = row;
  }
  pl_rejects_sort(&s->scan->rejects);
  pl_store_keep(&s->table->store, s->rows, s->n);
  return PL_OK;
}

/* ---- identities -------------------------------------------------------------------- */

static bool same_line(const settling *s, uint32_t a, uint32_t b) {
  if (b >= s->n) return false;
  pl_place x = pl_store_place(&s->table->store, a), y = pl_store_place(&s->table->store, b);
  return x.file == y.file && x.line == y.line;
}

/* Where several records stand on one line, the byte tells them apart. */
static bool name_by_place(settling *s, pl_deal *deal) {
  pl_site site = pl_table_site(s->table, deal->row);
  pl_arena *arena = &s->table->arena;
  uint32_t length;
  uint64_t byte = pl_store_offset(&s->table->store, deal->row, &length) + 1;
  bool shared = same_line(s, deal->row, deal->row + 1) ||
                (deal->row > 0 && same_line(s, deal->row - 1, deal->row));
  const char *text =
      shared ? pl_arena_format(arena, "%s:%u, byte %" PRIu64, site.file, site.line, byte)
             : pl_arena_format(arena, "%s:%u", site.file, site.line);
  deal->id = pl_str_of(text);
  return text != NULL;
}

/* One column: its text, borrowed from the table. Several: as people read them. */
static bool name_deal(settling *s, pl_deal *deal, pl_buf *shown) {
  pl_buf_clear(shown);
  for (size_t i = 0; i < s->source->key_n; i++) {
    pl_cell cell = pl_store_cell(&s->table->store, deal->row, s->source->key[i]);
    if (cell.blank || cell.text.n == 0) return name_by_place(s, deal);
    deal->id = cell.text;
    if (i) pl_buf_text(shown, " · ");
    pl_show_text(cell.text, shown);
  }
  if (s->source->key_n == 0) return name_by_place(s, deal);
  if (s->source->key_n == 1 && !memchr(deal->id.p, '\x1f', deal->id.n)) return true;
  deal->id = (pl_str){pl_arena_copy(&s->table->arena, shown->p, shown->n), shown->n};
  return !shown->failed && deal->id.p;
}

static bool name_deals(settling *s) {
  pl_buf shown = {0};
  bool ok = true;
  for (uint32_t i = 0; ok && i < s->n; i++) {
    s->items[i].row = i;
    ok = name_deal(s, &s->items[i], &shown);
  }
  pl_buf_free(&shown);
  return ok;
}

/* ---- the whole ------------------------------------------------------------------------ */

static pl_status check_currency(const settling *s, pl_error *err) {
  const pl_model *model = s->scan->bound->model;
  if (s->source->currency == PL_NO_SLOT || model->currency) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, model->deals.source.site,
             "the deals name a currency column, but the audit names no currency");
  pl_hint(err, "Say in audit { … } which one sums are in: currency = \"EUR\"");
  return PL_E_USAGE;
}

static pl_status find_rates(settling *s, pl_error *err) {
  s->rates = s->scan->bound->rates;
  if (s->rates || s->source->currency == PL_NO_SLOT) return PL_OK;
  pl_status status = pl_rates_load(s->scan, NULL, &s->own_rates, err);
  s->rates = s->own_rates;
  return status;
}

static pl_status check_won(const settling *s, const pl_deals *deals, pl_error *err) {
  for (uint32_t i = 0; i < deals->n; i++)
    if (deals->items[i].status == PL_WON) return PL_OK;
  pl_buf shown = {0};
  pl_status_words_show(deals->values, deals->values_n, &shown);
  pl_fail_at(err, PL_E_INPUT, s->scan->bound->model->deals.source.site,
             "no won deal among the %" PRIu32 " deals as of the audit's date (%" PRIu64
             " records read, %" PRIu64 " ignored, %" PRIu64 " created later, %" PRIu64
             " outside the period, %" PRIu64 " rejected)",
             deals->n, pl_tally_records(s->tally), s->tally->ignored, s->tally->created_later,
             s->tally->outside_period, s->tally->rejected);
  pl_hint(err, "There is nothing to trace to. Statuses seen: %s",
          shown.n && !shown.failed ? shown.p : "none");
  pl_buf_free(&shown);
  return PL_E_INPUT;
}

static pl_status settle_all(settling *s, pl_deals *deals, pl_error *err) {
  pl_status status = check_currency(s, err);
  if (status == PL_OK) status = pl_status_words_read(s->scan->bound, s->table, &s->words, err);
  if (status == PL_OK) status = find_rates(s, err);
  if (status != PL_OK || s->scan->style_contradicted) return status;
  status = settle_rows(s, err);
  if (status != PL_OK) return status;
  status = pl_scan_rejects_allowed(s->scan, s->source, err);
  if (status != PL_OK) return status;
  deals->items = s->items;
  deals->n = s->n;
  if (!name_deals(s) || !pl_status_words_sorted(&s->words, &s->table->arena, deals) ||
      !pl_deals_cycle(s->scan->bound, deals))
    return pl_fail_memory(err);
  return check_won(s, deals, err);
}

pl_status pl_deals_settle(pl_scan *scan, pl_table *deals_table, pl_deals **out, pl_error *err) {
  const pl_source *source = deals_table->source;
  assert(source->is_deals && source->status != PL_NO_SLOT && !deals_table->indexes);
  settling s = {
      .scan = scan, .table = deals_table, .source = source, .tally = &scan->tallies[source->index]};
  *out = NULL;
  pl_error spare;
  if (!err) err = &spare;
  pl_deals *deals = pl_arena_alloc(&deals_table->arena, sizeof *deals);
  pl_status status = deals ? settle_all(&s, deals, err) : pl_fail_memory(err);
  if (status == PL_OK && !scan->style_contradicted) *out = deals;
  pl_status_words_free(&s.words);
  pl_rates_free(s.own_rates);
  pl_free(s.rows);
  return status;
}
