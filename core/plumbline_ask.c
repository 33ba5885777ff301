/* The survey and the questions: every Lua function of the rules is answered
 * once for each distinct value, before the run, by the worker that holds it. */
#include "plumbline_audit.h"

/* One round, all workers at the same time. */
static pl_status ask_round(pl_audit *audit, pl_asks *asks, const pl_question *questions, size_t n,
                           pl_error *err) {
  pl_ask *batch = pl_calloc(n, sizeof *batch);
  if (!batch) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) {
    batch[i].call = questions[i].call;
    batch[i].want_text = questions[i].want_text;
    batch[i].parameters = questions[i].parameters;
    batch[i].values = questions[i].values;
    batch[i].n = questions[i].n;
  }
  pl_status status = pl_rules_ask(audit->rules, batch, n, err);
  for (size_t i = 0; i < n && status == PL_OK; i++) {
    const pl_ask *a = &batch[i];
    status = pl_asks_answer(asks, i, a->texts, a->truths, a->failed, a->failed_code);
    if (status != PL_OK) pl_fail_memory(err); /* the one way in which copying answers fails */
  }
  pl_free(batch);
  return status;
}

/* All rounds that are due; the survey calls this after each source. */
static pl_status answer_due(void *ctx, pl_asks *asks, pl_error *err) {
  pl_question *questions = NULL;
  size_t n = 0;
  pl_status status = PL_OK;
  while (status == PL_OK && pl_asks_next(asks, &questions, &n))
    status = ask_round(ctx, asks, questions, n, err);
  return status;
}

pl_status pl_audit_ask(pl_audit *audit, pl_error *err) {
  pl_asks *asks = pl_asks_new(audit->bound);
  if (!asks) return pl_fail_memory(err);
  pl_status status = pl_run_survey(audit->run, asks, answer_due, audit, err);
  pl_asks_free(asks);
  return status;
}
