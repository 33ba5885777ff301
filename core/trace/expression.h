/* Computed columns, bound: how the value of one slot follows from other slots
 * of its record, from a held table, or from answers of a Lua function. */
#ifndef PL_TRACE_EXPRESSION_H
#define PL_TRACE_EXPRESSION_H

#include "trace/asks.h"
#include "trace/bind.h"
#include "trace/clean.h"
#include "trace/table.h"

struct pl_expression {
  const pl_compute *def;
  pl_compute_kind kind;
  int *inputs; /* slots of the same record: what it reads, or the key of a lookup */
  size_t inputs_n;
  pl_str constant;
  pl_clean *words;
  size_t words_n;
  pl_dict *map; /* id: index of `to` */
  pl_str *to;
  pl_asked *asked;
  bool exponent;  /* its numbers may be written 1e3 */
  bool calls;     /* some Lua function of its own table has a part in it */
  bool elsewhere; /* its text is known only once a table or an answer is there */
  bool outcome;   /* follows from the status, amount or close of deals */
  /* lookup and sum */
  pl_source *table;
  int there[PL_MAX_KEY], take;
  const pl_table *loaded; /* NULL until attached */
  const pl_index *index;
  pl_sum *sums; /* by group */
  bool *known;  /* by group: some value was not blank */
};

/* Buffers of one thread that hold nothing from one record to the next. */
struct pl_scratch_own {
  pl_keys keys;
  pl_buf spare, tuple, message, raw;
};

/* Does a slot tell how deals ended? */
bool pl_slot_is_outcome(const pl_bound *bound, const pl_source *source, int slot);
pl_status pl_expression_bind(pl_binder *b, pl_source *source, const pl_compute *def, unsigned uses,
                             pl_expression **out, pl_error *err);
/* The text of slot `slot` from the slots before it; a lookup copies its cell
 * whole. Returns a message for a value that cannot be (a sum too large, memory
 * out), else NULL. Unknown answers and tables not attached give blank. */
const char *pl_expression_eval(const pl_source *source, int slot, pl_scratch *scratch,
                               pl_cell *slots);
/* Sets a cell's text, or makes it blank when there is nothing to see in it. */
void pl_cell_set(pl_cell *cell, pl_str text);

#endif
