/* Rows by columns: what a held table is made of, and what each thread fills
 * while one is loaded. A slot has up to five lanes (arrays with one element per
 * row), only those that its uses ask for. */
#ifndef PL_TRACE_TABLE_STORE_H
#define PL_TRACE_TABLE_STORE_H

#include "trace/table.h"
#include "trace/table_pool.h"

typedef struct pl_lane {
  char *bytes;
  size_t each; /* 0: not there */
} pl_lane;

enum pl_lane_of { PL_LANE_FLAGS, PL_LANE_TEXT, PL_LANE_UNITS, PL_LANE_US, PL_LANE_DAY, PL_LANES };
/* After the slots' lanes come those of the row itself. */
enum pl_lane_row { PL_LANE_PLACE, PL_LANE_OFFSET, PL_LANE_LENGTH, PL_LANES_ROW };

typedef struct pl_store {
  const pl_source *source;
  pl_lane *lanes;
  size_t lanes_n;
  size_t n, cap;
  pl_pool pool; /* texts of more than 7 bytes, each after its length */
} pl_store;

/* `raw`: also keep where each record stands in its file, for rejecting it. */
bool pl_store_open(pl_store *store, const pl_source *source, bool raw);
void pl_store_free(pl_store *store);
bool pl_store_add(pl_store *store, const pl_cell *cells, pl_place place, uint64_t offset,
                  uint32_t length);
/* Makes one store of several, rows by place; each of `parts` is in that order.
 * The parts are used up, also on failure. */
bool pl_store_merge(pl_store *out, pl_store *parts, size_t n);
/* Keeps only the rows listed (ascending). */
void pl_store_keep(pl_store *store, const uint32_t *rows, size_t n);
/* Gives back memory that growing left unused. */
void pl_store_trim(pl_store *store);
pl_cell pl_store_cell(const pl_store *store, size_t row, int slot);
pl_place pl_store_place(const pl_store *store, size_t row);
/* Only with `raw`. */
uint64_t pl_store_offset(const pl_store *store, size_t row, uint32_t *length);
size_t pl_store_bytes(const pl_store *store);

#endif
