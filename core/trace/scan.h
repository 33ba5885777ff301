/* The inside of a scan: chunks, and rows with what a held table needs of them. */
#ifndef PL_TRACE_SCAN_H
#define PL_TRACE_SCAN_H

#include <pthread.h>

#include "trace/duplicates.h"
#include "trace/row.h"
#include "trace/table_pool.h"

/* A used record of a chunk. */
typedef struct pl_chunk_row {
  pl_mark mark;
  uint64_t offset;
  uint32_t length;
  uint32_t line; /* relative to the chunk, absolute once it is settled */
  bool repeat;   /* says what an earlier record said */
} pl_chunk_row;

/* One chunk of a file, read and evaluated by one thread. Cells stay valid until
 * it is used for the next. */
typedef struct pl_chunk {
  const pl_bound *bound;
  const pl_identity *identity;
  pthread_mutex_t *json_lock; /* inputs may share a decoder */
  pl_batch batch;
  pl_scratch scratch;
  pl_row_plan plan; /* of `input` */
  pl_buf hashed;
  pl_pool texts;  /* of computed columns, whose scratch only lasts for a row */
  pl_cell *cells; /* n × slots */
  size_t cells_cap;
  pl_chunk_row *rows;
  size_t n, rows_cap;
  pl_rejects rejects; /* lines relative */
  pl_tally tally;
  int contradicted; /* slot or PL_NO_SLOT; the rows stop before it */
  pl_status status;
  pl_error error;
  size_t input;
  uint64_t from;
} pl_chunk;

bool pl_chunk_open(pl_chunk *chunk, const pl_bound *bound, const pl_identity *identity,
                   pthread_mutex_t *json_lock);
void pl_chunk_close(pl_chunk *chunk);
/* Parses and evaluates; the outcome is in chunk->status. */
void pl_chunk_read(pl_chunk *chunk, size_t input, uint64_t from, uint64_t want);

typedef struct pl_scanned {
  const pl_cell *cells;
  pl_place place;
  uint64_t offset;
  uint32_t length;
} pl_scanned;
typedef bool (*pl_scan_take)(void *ctx, unsigned thread, const pl_scanned *row);
/* All records of a chunk at once; row i has cells + i * slots_n. Those with
 * rows[i].repeat are not for the receiver. */
typedef struct pl_scanned_all {
  const pl_cell *cells;
  const pl_chunk_row *rows;
  size_t n;
  uint32_t file;
} pl_scanned_all;
typedef bool (*pl_scan_take_all)(void *ctx, unsigned thread, const pl_scanned_all *chunk);
typedef struct pl_receiver {
  pl_scan_take take;
  pl_scan_take_all take_all; /* instead of it, when given */
  void *ctx;
} pl_receiver;
/* What pl_scan_source does, for receivers that want to know where a record is. */
pl_status pl_scan_run(pl_scan *scan, const pl_source *source, const pl_receiver *receiver,
                      pl_error *err);

void pl_tally_add(pl_tally *sum, const pl_tally *part);
/* PL_E_INPUT when rejects of the run, or of this source, are over the limits. */
pl_status pl_scan_rejects_allowed(const pl_scan *scan, const pl_source *source, pl_error *err);

#endif
