/* From evidence to the result: the built-in policy names every verdict, then
 * the rules' own judges are heard, and the one result object is built. */
#include "plumbline_audit.h"
#include "trace/result.h"

static const pl_metric_def *metric_def(const pl_found *found, size_t metric) {
  return found->bound->metrics[metric].def;
}

/* Questions for the metrics that have a judge; `asked[i]` is the metric of the
 * i-th question. */
static size_t collect(pl_audit *audit, const pl_found *found, pl_judgement *questions,
                      size_t *asked) {
  size_t n = 0;
  for (size_t m = 0; m < found->bound->metrics_n; m++) {
    if (!pl_verdict_asks_rule(found, m)) continue;
    questions[n].call = metric_def(found, m)->judge;
    questions[n].evidence = pl_result_judge_evidence(&audit->arena, found, m);
    asked[n++] = m;
  }
  return n;
}

static pl_status hear_rules(pl_audit *audit, pl_found *found, pl_error *err) {
  size_t metrics = found->bound->metrics_n;
  if (metrics == 0) return PL_OK;
  pl_judgement *questions = pl_calloc(metrics, sizeof *questions);
  size_t *asked = pl_calloc(metrics, sizeof *asked);
  pl_status status = questions && asked ? PL_OK : pl_fail_memory(err);
  size_t n = status == PL_OK ? collect(audit, found, questions, asked) : 0;
  if (audit->arena.failed) status = pl_fail_memory(err);
  if (status == PL_OK && n) status = pl_rules_judge(audit->rules, questions, n, err);
  for (size_t i = 0; i < n && status == PL_OK; i++) {
    const pl_judgement *j = &questions[i];
    status = pl_verdict_take(&audit->arena, found, asked[i], j->verdict, j->text, j->failed,
                             j->failed_code, err);
  }
  pl_free(questions);
  pl_free(asked);
  return status;
}

pl_status pl_audit_judge(pl_audit *audit, pl_error *err) {
  pl_found found = {0};
  pl_status status = pl_found_of_run(&audit->arena, audit->bound, audit->run, &found, err);
  if (status == PL_OK) status = pl_judge_all(&audit->arena, &found, err);
  if (status == PL_OK) status = hear_rules(audit, &found, err);
  if (status != PL_OK) return status;
  const pl_value *result = pl_result_build(&audit->arena, &found);
  if (!result || audit->arena.failed) return pl_fail_memory(err);
  audit->result = result;
  return PL_OK;
}
