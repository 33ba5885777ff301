/* The plain English of the result: counts, nouns, money, and the sentences of a
 * finding. Every sentence must be true for the evidence at hand. Text is added
 * to a pl_buf; an empty buffer means that there is nothing to say. */
#ifndef PL_TRACE_SENTENCE_H
#define PL_TRACE_SENTENCE_H

#include "trace/judge.h"

/* ---- words (sentence.c) --------------------------------------------------------- */
void pl_say_count(pl_buf *out, uint64_t n); /* "184,220" */
/* "184,220 impressions", "1 record of impressions", "5 records of traffic" */
void pl_say_records(pl_buf *out, uint64_t n, const char *source);
/* "leads", "records of traffic" */
void pl_say_noun(pl_buf *out, const char *source);
/* The origins of a metric: "1,586 leads", "1,200 records of leads and posts" */
void pl_say_origins(pl_buf *out, const pl_metric *metric, uint64_t n);
void pl_say_origin_noun(pl_buf *out, const pl_metric *metric);
/* "1 won deal", "195 won deals" */
void pl_say_deals(pl_buf *out, uint64_t n, const char *status);
/* "BRL 151,444.15" (no code where no currency is named) */
void pl_say_money(pl_buf *out, const pl_bound *bound, pl_sum amount);
/* "195 won deals worth BRL 151,444.15 (the amount of 2 of them is unknown)" */
void pl_say_worth(pl_buf *out, const pl_bound *bound, const pl_money_count *count,
                  const char *status);
/* "origin = paid_search and amount above 5"; nothing without conditions */
void pl_say_conditions(pl_buf *out, const pl_conditions *conditions);
/* "mql_id", "region and year", "id = contact_id" */
void pl_say_key(pl_buf *out, const pl_step *step);
/* "posts -> contacts by campaign" */
void pl_say_step(pl_buf *out, const pl_step *step);

/* "49 days", "48.4 days", "36 hours", "90 seconds": how long something took. */
char *pl_span_text(int64_t us, char out[PL_TIME_TEXT]);
/* A number with `digits` significant digits, the same in every locale: "3.412",
 * "0.00012", "1.2e-7", "inf"; trailing zeros are dropped. */
#define PL_REAL_TEXT 40
char *pl_real_text(double value, int digits, char out[PL_REAL_TEXT]);

/* A buffer as a value, and the buffer is freed. NULL for an empty one; memory
 * that was out marks the arena. */
pl_value *pl_said(pl_arena *arena, pl_buf *text);

/* ---- sentences of a finding ---------------------------------------------------------- */
void pl_say_headline(pl_buf *out, const pl_found *found, size_t metric); /* sentence_headline.c */
void pl_say_where(pl_buf *out, const pl_found *found, size_t metric);    /* sentence_where.c */
void pl_say_near(pl_buf *out, const pl_bound *bound, const pl_step_evidence *step);
/* "add columns = … in audit.lua, and in the trace write :to(…)", which makes the
 * samples match; false: nothing was said. (sentence_near.c) */
bool pl_say_near_change(pl_buf *out, const pl_step *step, const pl_step_evidence *evidence);
void pl_say_tells(pl_buf *out, const pl_found *found, size_t metric);
void pl_say_difference(pl_buf *out, const pl_found *found, size_t metric);
void pl_say_order(pl_buf *out, const pl_found *found, size_t metric);
/* "180 days", where all branches have that window; "" otherwise */
char *pl_within_text(const pl_metric *metric, char out[PL_TIME_TEXT]);

/* Conditions on numbers or times: `"n" or "m"`, "number", "time" or "number or time" */
const pl_condition *pl_condition_range(const pl_condition *condition); /* NULL: another kind */
void pl_say_unread_columns(pl_buf *out, const pl_conditions *where);
const char *pl_say_unread_kind(const pl_conditions *where);
/* "3 records of t hold no number in "n" and are left out", as notes */
void pl_note_unread(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric);

/* Rows that are no records, and those that may be none. */
void pl_note_skipped(pl_arena *arena, pl_value *notes, const pl_found *found);

/* Records that hold nothing in the key of their source. */
void pl_note_keys(pl_arena *arena, pl_value *notes, const pl_found *found);
/* A key of a metric that reads like no value. */
void pl_note_nothing(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric);

/* Files whose encoding was not declared and is an assumption. */
void pl_note_encodings(pl_arena *arena, pl_value *notes, const pl_found *found);

/* Times (sentence_times.c): the audit's window where it does not apply; deals that close
 * as they are created; dates that a profile says how to read. */
bool pl_window_is_idle(const pl_found *found, size_t metric);
void pl_note_window(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric);
void pl_note_at_once(pl_arena *arena, pl_value *notes, const pl_found *found);
void pl_note_orders(pl_arena *arena, pl_value *notes, const pl_found *found);

/* What `check` leaves to the audit: a line, and one for each column that is open. */
void pl_say_left(pl_buf *out, const pl_bound *bound);

/* Lists of {code?, text} and {action, text}. */
pl_value *pl_say_notes(pl_arena *arena, const pl_found *found, size_t metric);
pl_value *pl_say_todo(pl_arena *arena, const pl_found *found, size_t metric);
/* Notes about the whole audit. */
pl_value *pl_say_audit_notes(pl_arena *arena, const pl_found *found);

#endif
