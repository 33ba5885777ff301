/* Conditions, compiled: what a record must meet to stay in a trace. */
#ifndef PL_TRACE_CONDITION_H
#define PL_TRACE_CONDITION_H

#include "trace/bind.h"

/* Limits of one match of a pattern against one value. */
#define PL_PATTERN_MATCHES 1000000u
#define PL_PATTERN_HEAP_KB 16384u
#define PL_PATTERN_DEPTH 20000u
#define PL_PATTERN_LENGTH 65536u

/* NULL in *out for no conditions. Bounds written as dates mean whole days in
 * the audit's timezone: lte "2024-03-31" and the upper bound of `between`
 * reach through the end of that day, gt begins after it. */
pl_status pl_predicate_bind(pl_binder *b, pl_source *source, const pl_conditions *conditions,
                            pl_predicate **out, pl_error *err);
/* Calls visit for each slot that the predicate reads. */
void pl_predicate_slots(const pl_predicate *predicate, void (*visit)(void *ctx, int slot),
                        void *ctx);

/* Match data of one thread; NULL when memory is out. */
void *pl_pattern_memory_new(void);
void pl_pattern_memory_free(void *memory);

#endif
