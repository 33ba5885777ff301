/* From a finished run to what judge and result look at. Apart from judge.c so
 * that these work on evidence made by hand. */
#include "trace/judge.h"

pl_status pl_found_of_run(pl_arena *arena, const pl_bound *bound, const pl_run *run, pl_found *out,
                          pl_error *err) {
  size_t n = bound->metrics_n;
  const pl_evidence **evidence = pl_arena_array(arena, n ? n : 1, sizeof *evidence);
  if (!evidence) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) evidence[i] = pl_run_evidence(run, i);
  const pl_scan *scan = pl_run_scan(run);
  *out = (pl_found){.bound = bound,
                    .evidence = evidence,
                    .deals = pl_run_deals(run),
                    .tallies = scan->tallies,
                    .rejects = &scan->rejects};
  return PL_OK;
}
