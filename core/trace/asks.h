/* A Lua function over columns, and what it answered for each distinct tuple. */
#ifndef PL_TRACE_ASKS_H
#define PL_TRACE_ASKS_H

#include "trace/bind.h"

struct pl_asked {
  pl_function call;
  bool want_text;
  pl_source *source;
  int *args; /* slots */
  size_t args_n;
  pl_site site;
  bool audit;   /* a column or `where` of a source needs it, */
  int *metrics; /* else these metrics */
  size_t metrics_n, metrics_cap;
  /* answers; ids of `tuples` index texts and truths */
  pl_dict *tuples;
  pl_str *texts;
  bool *truths;
  size_t answered, answers_cap;
  pl_arena memory; /* of the texts */
  const pl_error *failed;
  int failed_code;
};

/* The one for this function over these slots, made on first need. */
pl_status pl_asked_bind(pl_binder *b, pl_source *source, pl_function call, bool want_text,
                        const int *args, size_t args_n, pl_site site, pl_asked **out,
                        pl_error *err);
/* The tuple of the argument cells as a key: one argument is its text, several
 * are each a 4-byte little-endian length and the bytes; blank has length 0. */
pl_str pl_tuple_of(const pl_cell *slots, const int *args, size_t args_n, pl_buf *memory);
/* Answers already known; false for an unknown tuple. */
bool pl_asked_text(const pl_asked *asked, pl_str tuple, pl_str *text);
bool pl_asked_truth(const pl_asked *asked, pl_str tuple, bool *truth);

#endif
