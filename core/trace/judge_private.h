/* What the files of judge share, and nobody else needs. */
#ifndef PL_TRACE_JUDGE_PRIVATE_H
#define PL_TRACE_JUDGE_PRIVATE_H

#include "trace/judge.h"

/* 102 or 103 and the place where the trace breaks; 0 (-1, 0) when it does not. */
int pl_judge_break(const pl_evidence *evidence, int *branch, int *step);

/* The code of an unlinked metric, time to wait not considered. */
int pl_judge_unlinked_code(const pl_evidence *evidence);

void pl_judge_set(pl_verdict *verdict, pl_verdict_kind kind, int code);

/* Why a metric was not audited, in `arena`; NULL when memory is out. */
const pl_error *pl_judge_limit_error(pl_arena *arena, const pl_metric *metric);
const pl_error *pl_judge_stale_error(pl_arena *arena, const pl_found *found,
                                     const pl_source *source);

#endif
