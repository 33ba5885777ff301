/* How an undeclared time column writes its times: readings counted over a
 * sample or over the whole column, and the decision. */
#ifndef PL_TRACE_STYLES_H
#define PL_TRACE_STYLES_H

#include "trace/bind.h"

/* Readings that need no declaration, as bits. */
enum { PL_READ_DATE = 1, PL_READ_INSTANT = 2, PL_READ_SECONDS = 4, PL_READ_MILLISECONDS = 8 };

/* The reading of one text: at most one bit, 0 for none. */
unsigned pl_style_read(pl_str text, const pl_slot *slot);
/* Does a value contradict the style that was assumed? `time` is its reading in
 * that style, NULL if there is none. */
bool pl_style_contradicts(const pl_slot *slot, pl_str text, const pl_time *time);

/* The texts of all slots, without numbers, times or filters. */
void pl_row_texts(const pl_source *source, size_t input, const pl_record *record,
                  pl_scratch *scratch, pl_cell *slots);

/* --- styles.c: the tally of one slot --- */
typedef struct pl_style_example {
  uint64_t place;  /* file << 32 | line */
  uint32_t column; /* of the cell; 0 unknown */
  char text[64];
  char excerpt[256];
} pl_style_example;

enum { PL_STYLE_ISO, PL_STYLE_S, PL_STYLE_MS, PL_STYLE_NONE, PL_STYLES };
typedef struct pl_style_tally {
  uint64_t counts[PL_STYLES];
  unsigned seen;             /* PL_READ_ bits */
  uint64_t first[PL_STYLES]; /* place of the first value of each style, UINT64_MAX */
  pl_style_example examples[PL_STYLES];
} pl_style_tally;

void pl_style_tally_open(pl_style_tally *tally);
/* True when the value is the first of its style so far: fill its example. */
bool pl_style_tally_note(pl_style_tally *tally, unsigned reading, uint64_t place, int *style);
/* Settles a slot from its tally; an error shows a value and how to declare it. */
pl_status pl_style_settle(pl_bound *bound, pl_source *source, int slot, const pl_style_tally *tally,
                          pl_error *err);
/* Columns that are looked up take over what is known of where they come from. */
void pl_style_inherit(pl_bound *bound);
/* The time of `slot` is unknown: returns it as an error if audit.lua needs it,
 * else marks the metrics that do. */
pl_status pl_style_blame(pl_bound *bound, pl_source *source, int slot, const pl_error *why,
                         pl_error *err);

#endif
