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
enum pl_lane_row { PL_LANE_LINE, PL_LANE_OFFSET, PL_LANE_LENGTH, PL_LANES_ROW };

/* Rows from `row` on are of this file. */
typedef struct pl_store_file {
  uint32_t file, row;
} pl_store_file;

typedef struct pl_store {
  const pl_source *source;
  pl_lane *lanes;
  size_t lanes_n;
  size_t n, cap;
  pl_pool pool; /* texts that do not fit in their lane, each after its length */
  pl_store_file *files;
  size_t files_n, files_cap;
} pl_store;

/* A lane of texts. An element ends in a byte that is the length of the text before
 * it, or says that there is none, or that it is in the pool. Lanes are as wide as
 * suits the texts that they hold: ids mostly have one length. */
typedef struct pl_text_lane {
  const char *bytes;
  size_t each;
  const pl_pool *pool;
} pl_text_lane;
#define PL_TEXT_LONGEST ((size_t)63) /* in a lane */
enum { PL_TEXT_POOLED = 255, PL_TEXT_BLANK = 254 };

pl_text_lane pl_store_texts(const pl_store *store, int slot);
/* A text that is not in its lane. */
pl_str pl_texts_elsewhere(const pl_text_lane *texts, const char *element);
static inline pl_str pl_texts_at(const pl_text_lane *texts, size_t row) {
  const char *element = texts->bytes + row * texts->each;
  uint8_t tag = (uint8_t)element[texts->each - 1];
  return tag < texts->each ? (pl_str){element, tag} : pl_texts_elsewhere(texts, element);
}
/* Fetches into the cache what pl_texts_at will touch. */
static inline void pl_texts_fetch(const pl_text_lane *texts, size_t row) {
  const char *element = texts->bytes + row * texts->each;
  __builtin_prefetch(element);
  __builtin_prefetch(element + texts->each - 1);
}

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
/* Frees the texts of a column, but for those in the pool. Its cells are gone. */
void pl_store_forget_text(pl_store *store, int slot);
pl_cell pl_store_cell(const pl_store *store, size_t row, int slot);
pl_place pl_store_place(const pl_store *store, size_t row);
/* Only with `raw`. */
uint64_t pl_store_offset(const pl_store *store, size_t row, uint32_t *length);
size_t pl_store_bytes(const pl_store *store);

#endif
