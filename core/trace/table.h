/* Reading sources: the parallel scan that every record passes through once, and
 * held tables with their key indexes. */
#ifndef PL_TRACE_TABLE_H
#define PL_TRACE_TABLE_H

#include "trace/bound.h"

/* Where a record stands. Compared as (file, line): report order, the same on
 * any number of threads. */
typedef struct pl_place {
  uint32_t file; /* index into pl_bound.files */
  uint32_t line;
} pl_place;

/* What became of a source's rows; read == used + rejected + the skipped. */
typedef struct pl_tally {
  uint64_t read, used, rejected;
  uint64_t passed[PL_SKIP_KINDS]; /* rows of the files that are no records */
  uint64_t filtered, after_as_of, duplicates;
  /* deals only */
  uint64_t ignored, created_later, outside_period;
  pl_time newest; /* of the source's time column, among records used when it was
                     loaded (before deals are settled); NONE: no time */
  pl_time oldest;
  uint64_t blank_time;
  uint64_t blank_keys;    /* used records with no identity: a part of `key` is blank */
  uint64_t blank_lookups; /* misses of lookups, all columns together */
} pl_tally;

/* Of the rows that were read, those that are records. */
static inline uint64_t pl_tally_records(const pl_tally *tally) {
  uint64_t records = tally->read;
  for (int kind = 0; kind < PL_SKIP_KINDS; kind++) records -= tally->passed[kind];
  return records;
}

/* What a whole run needs of the outside. */
typedef struct pl_run_options {
  unsigned threads;                                           /* 0: number of cores */
  uint64_t chunk;                                             /* bytes per chunk; 0: 256 KiB */
  void (*progress)(void *ctx, uint64_t done, uint64_t total); /* bytes; may be NULL */
  void *progress_ctx;
  const volatile bool *cancel; /* may be NULL */
  uint64_t max_rejects;        /* UINT64_MAX: no absolute limit */
  double max_reject_share;     /* of one source's records; > 1: none */
} pl_run_options;
#define PL_MAX_THREADS 64
/* How many threads a scan with these options uses: at least 1. */
unsigned pl_run_threads(const pl_run_options *options);

typedef struct pl_scan {
  pl_bound *bound;
  const pl_run_options *options;
  pl_rejects rejects;
  pl_tally *tallies;       /* by source index */
  bool style_contradicted; /* a sampled style was wrong: survey, then again */
  uint64_t bytes_done, bytes_total;
} pl_scan;

/* Receives every used record; `thread` < pl_run_threads(options). Cells are
 * borrowed for the call. One thread sees its records in the order of their
 * places; threads call at the same time. Return false to stop: the receiver
 * keeps its own error, and the scan returns PL_E_CANCELLED. */
typedef bool (*pl_scan_row)(void *ctx, unsigned thread, const pl_cell *slots, pl_place place);

/* Scans all files of a source on all threads. Chunks are parsed in parallel at
 * guessed boundaries and verified in order; line numbers, duplicates (`key`)
 * and tallies are settled in file order, so that nothing depends on the number
 * of threads. Two differing records of one key: PL_E_INPUT that shows both
 * lines. Checks that no file changed. A source with duplicates = "first" or
 * "last" must be loaded instead (pl_table_load). PL_OK with
 * scan->style_contradicted set: the slot is marked (has_dates and
 * has_instants), the scan stopped early; start over. Rows that could not be
 * used are in scan->rejects, in the order of the file; too many of them:
 * PL_E_INPUT. */
pl_status pl_scan_source(pl_scan *scan, const pl_source *source, pl_scan_row row, void *ctx,
                         pl_error *err);
/* ---- held tables ------------------------------------------------------------ */
typedef struct pl_table pl_table;

/* Loads a held source (its lookups' tables first: the caller goes by order of
 * need). Status, amount, currency and period of deals are settled afterwards,
 * in pl_deals_settle. Rows are in the order of their places. PL_OK with *out ==
 * NULL: scan->style_contradicted. */
pl_status pl_table_load(pl_scan *scan, pl_source *source, pl_table **out, pl_error *err);
void pl_table_free(pl_table *table);
uint32_t pl_table_rows(const pl_table *table);
pl_place pl_table_place(const pl_table *table, uint32_t row);
const pl_source *pl_table_source(const pl_table *table);
/* All cells of one row (source->slots_n). Borrowed texts live with the table. */
void pl_table_row(const pl_table *table, uint32_t row, pl_cell *cells);
pl_cell pl_table_cell(const pl_table *table, uint32_t row, int slot);
/* The texts of one column in n rows; "" where it is blank. */
void pl_table_texts(const pl_table *table, uint32_t row, size_t n, int slot, pl_str *texts);
size_t pl_table_bytes(const pl_table *table);
/* Frees the texts of columns that no index of the table has in its keys: once routes
 * are solved, a table that is only a way through needs no more. Nobody may ask for
 * cells of these columns afterwards. */
void pl_table_forget_texts(pl_table *table);

/* The keys of a record under `slots`: none if any component is blank, several
 * when a component is a list (each combination once, in order). One column: its
 * text; several: each component as a 4-byte little-endian length and its bytes. */
typedef struct pl_keys {
  pl_str *items;
  size_t n, cap;
  pl_buf bytes;
  /* private, reused from call to call */
  pl_str *parts;
  size_t parts_cap;
  uint32_t *seen;
  size_t seen_cap;
} pl_keys; /* zero-initialise */
/* Items borrow from `cells` and `out`. False: memory is out. */
bool pl_keys_of(const pl_source *source, const pl_cell *cells, const int *slots, size_t slots_n,
                pl_keys *out);
void pl_keys_free(pl_keys *keys);
/* For people: the elements of a JSON array as "5, 6". Appends. */
bool pl_show_text(pl_str text, pl_buf *out);
/* For people: "EU · 2024" for a composite key. */
bool pl_key_show(pl_str key, size_t slots_n, pl_buf *out);

/* key -> rows. Built once per (table, slots) and kept by the table. */
typedef struct pl_index pl_index;
#define PL_NO_GROUP UINT32_MAX
pl_index *pl_table_index(pl_table *table, const int *slots, size_t slots_n, pl_error *err);
uint32_t pl_index_find(const pl_index *index, pl_str key); /* group or PL_NO_GROUP */
/* The same for many keys, PL_INDEX_MANY at a time: what each look-up waits for is
 * fetched while others are looked at. */
#define PL_INDEX_MANY 32
void pl_index_find_many(const pl_index *index, const pl_str *keys, size_t n, uint32_t *groups);
uint32_t pl_index_groups(const pl_index *index);
pl_str pl_index_key(const pl_index *index, uint32_t group);
/* The rows of a group, ascending. */
typedef struct pl_rows {
  const uint32_t *list; /* NULL: `one` */
  uint32_t one, n;
} pl_rows;
pl_rows pl_index_rows(const pl_index *index, uint32_t group);
static inline uint32_t pl_row_at(const pl_rows *rows, uint32_t i) {
  return rows->list ? rows->list[i] : rows->one;
}
/* True: every row has one key and no other row has it; group g is row g. */
bool pl_index_is_rows(const pl_index *index);

/* ---- deals -------------------------------------------------------------------- */
/* One deal as the audit sees it as of as_of. */
typedef struct pl_deal {
  pl_str id;      /* its key as people read it, else "file:line" */
  uint32_t row;   /* in the deals table */
  uint8_t status; /* PL_WON, PL_LOST, PL_OPEN (closed after as_of: open) */
  bool amount_known;
  int64_t amount; /* 1/10,000 of the audit's currency */
  pl_time closed; /* kind NONE when blank, or when it is open */
  pl_time created;
} pl_deal;
typedef struct pl_deals {
  pl_deal *items; /* index == row of the deals table: rows that do not exist as
                     of as_of, are ignored or outside the period are not loaded */
  uint32_t n;
  /* every distinct status value with its list and count, sorted bytewise */
  struct pl_status_value {
    pl_str value;
    pl_deal_status status;
    uint64_t count;
  } * values;
  size_t values_n;
  int64_t cycle_us;    /* audit.cycle, else lower median of close − created over at
                          least 5 won deals, else -1 */
  uint32_t cycle_from; /* how many deals it was computed from; 0: declared */
  bool cycle_days;     /* computed on days */
} pl_deals;
/* PL_E_USAGE: an unlisted status value (with its count and the nearest list);
 * PL_E_INPUT: no won deal at all, an amount that overflows, too many rejects.
 * Rows that are not deals of this audit leave the table; rows without a rate
 * become rejects (PL207); the tally of the source follows. Call it once, before
 * any index of the table is built. Uses bound->rates where the caller has
 * set it (pl_rates_load; its owner frees it), else loads the declared rates for
 * this call. The result lives as long as the table. */
pl_status pl_deals_settle(pl_scan *scan, pl_table *deals_table, pl_deals **out, pl_error *err);

#endif
