/* The inside of a held table, for the files that load, index and settle it. */
#ifndef PL_TRACE_TABLE_PRIVATE_H
#define PL_TRACE_TABLE_PRIVATE_H

#include "trace/table_store.h"

struct pl_table {
  const pl_source *source;
  pl_store store;
  pl_index *indexes; /* a list, the newest first */
  pl_arena arena;    /* the deals, and keys as people read them */
};

pl_index *pl_index_next(const pl_index *index);
/* Is the column a part of its keys? */
bool pl_index_reads(const pl_index *index, int slot);
void pl_index_free(pl_index *index);
/* Rows in all groups together. */
size_t pl_index_rows_total(const pl_index *index);
size_t pl_index_bytes(const pl_index *index);

/* Builds an index that the table does not keep; NULL with `err` filled. */
pl_index *pl_index_build(const pl_table *table, const int *slots, size_t slots_n, pl_error *err);

/* duplicates = "first" / "last": leaves one row of each identity. */
pl_status pl_duplicates_resolve(pl_scan *scan, pl_table *table, pl_error *err);

/* Moves a row from the used to the rejected ones: a reject with its raw text, and
 * the tally. The message is `slot`'s column, its value where there is one, and
 * `what`: amount: "1.23456" has more than four decimals. The row itself stays
 * until pl_store_keep. Sort the rejects after. */
pl_status pl_table_reject(pl_scan *scan, const pl_table *table, uint32_t row, int slot,
                          pl_reject_code code, const char *what, pl_error *err);
/* "file:line" of a row, for messages. */
pl_site pl_table_site(const pl_table *table, uint32_t row);

/* "newest" and "oldest", up to as_of, of the rows that the table has. */
void pl_table_times(const pl_table *table, pl_time as_of, pl_tally *tally);

#endif
