/* The one result object, as a tree of values: every view is drawn from it and
 * from nothing else. Its shape is tests/result.schema.json. */
#ifndef PL_TRACE_RESULT_H
#define PL_TRACE_RESULT_H

#include "trace/judge.h"

#define PL_RESULT_SCHEMA 1

/* The whole of it. `found` has its verdicts (with judge()'s answers taken).
 * NULL only when memory is out. */
pl_value *pl_result_build(pl_arena *arena, const pl_found *found);

/* The evidence of one metric, as it stands in the report. */
pl_value *pl_result_evidence(pl_arena *arena, const pl_found *found, size_t metric);

/* What judge(evidence) is handed: the same, with `standard` = {verdict, code}. */
pl_value *pl_result_judge_evidence(pl_arena *arena, const pl_found *found, size_t metric);

/* One proof (of pl_run_proof) as in evidence.proofs; `trace METRIC --deal ID`. */
pl_value *pl_result_proof(pl_arena *arena, const pl_found *found, const pl_proof *proof);

#endif
