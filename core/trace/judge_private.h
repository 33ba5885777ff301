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

/* ---- judge_fresh.c ---- */
/* The first table behind the metric's figures that is not fresh, or NULL: those of
 * its traces, those that their columns are looked up in, and the rates. */
const pl_source *pl_judge_stale(const pl_found *found, const pl_metric *metric);

/* ---- judge_values.c: conditions on numbers and times ---- */
/* The first conditions of the metric that met values and no number or time among
 * them: almost surely a wrong column. NULL: none. */
const pl_conditions *pl_judge_unread(const pl_found *found, size_t metric, const pl_source **source,
                                     uint64_t *records);
const pl_error *pl_judge_unread_error(pl_arena *arena, const pl_found *found, size_t metric);

#endif
