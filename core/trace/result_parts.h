/* Small pieces of the result object, shared by the files of result. */
#ifndef PL_TRACE_RESULT_PARTS_H
#define PL_TRACE_RESULT_PARTS_H

#include "trace/result.h"
#include "trace/sentence.h"

/* Optional fields: an absent thing sets nothing. */
void pl_part_text(pl_arena *arena, pl_value *object, const char *key, const char *text);
void pl_part_time(pl_arena *arena, pl_value *object, const char *key, pl_time time,
                  const pl_zone *zone);
void pl_part_said(pl_arena *arena, pl_value *object, const char *key, pl_buf *text);
/* "PL102"; nothing for 0 */
void pl_part_code(pl_arena *arena, pl_value *object, int code);
/* `file` and `line`; nothing without a place */
void pl_part_site(pl_arena *arena, pl_value *object, pl_site site);
/* {deals, amount, unknown_amounts} */
void pl_part_money(pl_arena *arena, pl_value *object, const char *key, const pl_money_count *count);
/* {deals, amount} */
void pl_part_refunds(pl_arena *arena, pl_value *object, const pl_money_count *count);
/* An object under `key`, and a number as text with `digits` significant digits. */
pl_value *pl_part_object(pl_arena *arena, pl_value *object, const char *key);
pl_value *pl_part_list(pl_arena *arena, pl_value *object, const char *key);
void pl_part_real(pl_arena *arena, pl_value *object, const char *key, double value, int digits);
pl_value *pl_part_error(pl_arena *arena, const pl_error *error, int code);

/* All deals of a status, and the won ones with a negative amount. */
pl_money_count pl_deals_of(const pl_deals *deals, pl_deal_status status);
pl_money_count pl_deals_refunds(const pl_deals *deals);

pl_value *pl_result_finding(pl_arena *arena, const pl_found *found, size_t metric);
pl_value *pl_result_difference(pl_arena *arena, const pl_found *found, size_t metric);
pl_value *pl_result_by(pl_arena *arena, const pl_found *found, size_t metric);
pl_value *pl_result_branch(pl_arena *arena, const pl_found *found, size_t metric, size_t branch);
pl_value *pl_result_audit(pl_arena *arena, const pl_found *found);
pl_value *pl_result_source(pl_arena *arena, const pl_found *found, const pl_source *source);

#endif
