/* Small pieces of the result object. */
#include "trace/result_parts.h"

#include <assert.h>

void pl_part_text(pl_arena *arena, pl_value *object, const char *key, const char *text) {
  if (text) pl_set_text(arena, object, key, pl_str_of(text));
}

void pl_part_time(pl_arena *arena, pl_value *object, const char *key, pl_time time,
                  const pl_zone *zone) {
  char text[PL_TIME_TEXT];
  if (time.kind != PL_TIME_NONE) pl_part_text(arena, object, key, pl_time_text(time, zone, text));
}

void pl_part_said(pl_arena *arena, pl_value *object, const char *key, pl_buf *text) {
  pl_value *said = pl_said(arena, text);
  if (said) pl_value_set(arena, object, key, said);
}

void pl_part_code(pl_arena *arena, pl_value *object, int code) {
  if (code) pl_value_set(arena, object, "code", pl_value_format(arena, "PL%d", code));
}

void pl_part_site(pl_arena *arena, pl_value *object, pl_site site) {
  if (!site.file) return;
  pl_part_text(arena, object, "file", site.file);
  pl_set_int(arena, object, "line", site.line);
}

static void part_amount(pl_arena *arena, pl_value *object, pl_sum amount) {
  char text[PL_MONEY_TEXT];
  pl_part_text(arena, object, "amount", pl_money_text(amount, text));
}

void pl_part_money(pl_arena *arena, pl_value *object, const char *key,
                   const pl_money_count *count) {
  pl_value *money = pl_part_object(arena, object, key);
  pl_set_int(arena, money, "deals", count->deals);
  part_amount(arena, money, count->amount);
  pl_set_int(arena, money, "unknown_amounts", count->unknown);
}

void pl_part_refunds(pl_arena *arena, pl_value *object, const pl_money_count *count) {
  pl_value *refunds = pl_part_object(arena, object, "refunds");
  pl_set_int(arena, refunds, "deals", count->deals);
  part_amount(arena, refunds, count->amount);
}

pl_value *pl_part_object(pl_arena *arena, pl_value *object, const char *key) {
  return pl_value_set(arena, object, key, pl_value_object(arena));
}

pl_value *pl_part_list(pl_arena *arena, pl_value *object, const char *key) {
  return pl_value_set(arena, object, key, pl_value_list(arena));
}

void pl_part_real(pl_arena *arena, pl_value *object, const char *key, double value, int digits) {
  char text[PL_REAL_TEXT];
  pl_part_text(arena, object, key, pl_real_text(value, digits, text));
}

pl_value *pl_part_error(pl_arena *arena, const pl_error *error, int code) {
  pl_value *object = pl_value_object(arena);
  pl_part_code(arena, object, code);
  pl_part_text(arena, object, "message", error->message);
  if (error->file[0]) pl_part_text(arena, object, "file", error->file);
  if (error->line) pl_set_int(arena, object, "line", error->line);
  if (error->column) pl_set_int(arena, object, "column", error->column);
  if (error->hint[0]) pl_part_text(arena, object, "hint", error->hint);
  return object;
}

static void count_deal(pl_money_count *count, const pl_deal *deal) {
  count->deals++;
  if (!deal->amount_known) {
    count->unknown++;
  } else {
    /* at most 2^32 amounts of 64 bits: 128 bits hold their sum */
    bool fits = pl_sum_add(&count->amount, deal->amount);
    assert(fits);
    (void)fits;
  }
}

pl_money_count pl_deals_of(const pl_deals *deals, pl_deal_status status) {
  pl_money_count count = {0};
  for (uint32_t i = 0; i < deals->n; i++) {
    if (deals->items[i].status == status) count_deal(&count, &deals->items[i]);
  }
  return count;
}

pl_money_count pl_deals_refunds(const pl_deals *deals) {
  pl_money_count count = {0};
  for (uint32_t i = 0; i < deals->n; i++) {
    const pl_deal *deal = &deals->items[i];
    if (deal->status == PL_WON && deal->amount_known && deal->amount < 0) count_deal(&count, deal);
  }
  return count;
}
