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

/* A count of deals as the report shows it. Large reports hold a million of them,
 * so the parts stand in one block, and an empty count is one for all. */
typedef struct money_block {
  pl_value object, deals, amount, unknown;
  pl_value *items[3];
  char text[];
} money_block;

static pl_str money_keys[] = {
    {"deals", 5},
    {"amount", 6},
    {"unknown_amounts", 15},
};

static void fill_money(money_block *m, pl_str amount, const pl_money_count *count) {
  m->deals = (pl_value){.kind = PL_INT, .as.integer = count->deals};
  m->amount = (pl_value){.kind = PL_TEXT, .as.text = amount};
  m->unknown = (pl_value){.kind = PL_INT, .as.integer = count->unknown};
  m->items[0] = &m->deals;
  m->items[1] = &m->amount;
  m->items[2] = &m->unknown;
  m->object.kind = PL_OBJECT;
  m->object.as.list.items = m->items;
  m->object.as.list.keys = money_keys;
  m->object.as.list.n = m->object.as.list.cap = 3;
}

/* Never written to: whoever reads a result has it as const. */
static pl_value *no_deals(void) {
  static const pl_value none = {.kind = PL_INT};
  static const pl_value nothing = {.kind = PL_TEXT, .as.text = {"0.00", 4}};
  static const pl_value *const items[3] = {&none, &nothing, &none};
  static const pl_value object = {.kind = PL_OBJECT,
                                  .as.list = {(pl_value **)(uintptr_t)items, money_keys, 3, 3}};
  return (pl_value *)(uintptr_t)&object;
}

void pl_part_money(pl_arena *arena, pl_value *object, const char *key,
                   const pl_money_count *count) {
  if (!count->deals) {
    pl_value_set(arena, object, key, no_deals());
    return;
  }
  char text[PL_MONEY_TEXT];
  size_t n = strlen(pl_money_text(count->amount, text));
  money_block *m = pl_arena_alloc(arena, sizeof *m + n + 1);
  if (m) {
    memcpy(m->text, text, n + 1);
    fill_money(m, (pl_str){m->text, n}, count);
  }
  pl_value_set(arena, object, key, m ? &m->object : NULL);
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
