/* The stream: every record of a source that traces start from goes past once,
 * and each trace it can start is followed along its route. */
#ifndef PL_TRACE_STREAM_H
#define PL_TRACE_STREAM_H

#include "trace/dispatch.h"
#include "trace/scan.h"
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
  bool timed;                   /* the source has a time */
  bool checked;                 /* and the time check applies */
  bool days, early_days;        /* compared as days */
  int64_t within, early_within; /* in days or microseconds; -1: none */
} pl_starter;

/* What a stream works with; it owns none of it. */
typedef struct pl_stream_about {
  const pl_bound *bound;
  const pl_source *source;
  const pl_starter *starters; /* by metric, in the order of the metrics */
  size_t starters_n;
  const pl_anchors *anchors;
  const pl_deals *deals;
  pl_tracker *trackers; /* by metric */
  pl_values *values;
  pl_route_parts *parts;
  unsigned threads;
} pl_stream_about;

typedef struct pl_stream pl_stream;

pl_stream *pl_stream_new(const pl_stream_about *about, pl_error *err);
void pl_stream_free(pl_stream *stream);
/* A pl_scan_take_all. */
bool pl_stream_chunk(void *stream, unsigned thread, const pl_scanned_all *chunk);
/* The same for a held table: all of its rows. */
bool pl_stream_table(pl_stream *stream, const pl_table *table);
/* After the last record: the trackers are whole. PL_OK, or why a record was
 * refused (memory); may be asked again. */
pl_status pl_stream_end(pl_stream *stream, pl_error *err);

#endif
