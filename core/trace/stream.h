/* The stream: every record of a source that traces start from goes past once,
 * and each trace it can start is followed along its route. */
#ifndef PL_TRACE_STREAM_H
#define PL_TRACE_STREAM_H

#include "trace/dispatch.h"
#include "trace/tracker.h"

/* The moments that origins are held against, per deal. */
typedef struct pl_anchors {
  const pl_time *at[2];    /* PL_BEFORE_CLOSED, PL_BEFORE_CREATED */
  const pl_time *early[3]; /* the same at the landmark; [PL_BEFORE_ANY]: the landmark itself */
  bool dates[2];           /* that column holds dates without times */
  bool created_dates;
} pl_anchors;

/* A trace as the stream sees it. */
typedef struct pl_starter {
  const pl_metric *metric;
  size_t branch;
  const pl_branch *plan;
  pl_route *route;              /* NULL: from "deals" with no step */
  uint32_t entry;               /* which first-step look-up it shares */
  bool timed;                   /* the source has a time */
  bool checked;                 /* and the time check applies */
  bool days, early_days;        /* compared as days */
  int64_t within, early_within; /* in days or microseconds; -1: none */
} pl_starter;

/* One first-step look-up: key columns of the source into an index. */
typedef struct pl_entry {
  const int *slots;
  size_t slots_n;
  const pl_index *index;
  const pl_level *level; /* the first of a route that is entered so; others may differ */
  const pl_near *near;   /* made on the first unmatched key, under the stream's lock */
} pl_entry;

typedef struct pl_stream pl_stream;

pl_stream *pl_stream_new(const pl_bound *bound, const pl_source *source, const pl_starter *starters,
                         size_t n, const pl_anchors *anchors, const pl_deals *deals,
                         pl_tracker **trackers, pl_route_parts *parts, unsigned threads,
                         pl_error *err);
void pl_stream_free(pl_stream *stream);
/* A pl_scan_row. */
bool pl_stream_row(void *stream, unsigned thread, const pl_cell *cells, pl_place place);
/* A pl_scan_ahead. */
void pl_stream_ahead(void *stream, const pl_cell *cells, int stage);
/* The same for a held table: all of its rows. */
bool pl_stream_table(pl_stream *stream, const pl_table *table);
/* PL_OK, or why a row was refused (memory). */
pl_status pl_stream_status(const pl_stream *stream, pl_error *err);

#endif
