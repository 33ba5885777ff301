/* An audit that a program declares in its own process: its declaration -> the
 * model, and its functions asked without a worker in between. */
#include "rule/decode.h"
#include "rule/rules_private.h"

/* ---- declaring ------------------------------------------------------------------- */

static pl_status decode_audit(pl_rules *rules, const pl_value *v, pl_model *model, pl_error *err) {
  pl_texts unused;
  pl_decoding d = {.arena = &model->arena, .file = "", .any_file = true, .worker = -1, .err = err};
  if (pl_decode_functions(&d, v, &rules->host_functions) == PL_OK)
    pl_decode_audit(&d, v, model, &unused);
  rules->host_functions_n = d.functions_n;
  return d.status;
}

static pl_status decode_department(const pl_rules *rules, const pl_value *v, size_t index,
                                   pl_model *model, pl_metric_def **metrics, size_t *n,
                                   pl_error *err) {
  pl_decoding d = {.arena = &model->arena,
                   .any_file = true,
                   .functions_n = rules->host_functions_n,
                   .worker = (int)index,
                   .err = err};
  pl_str file = pl_value_str(pl_value_get(pl_value_get(v, "department"), "file"));
  d.file = pl_arena_copy(&model->arena, file.p, file.n);
  if (!d.file) return pl_fail_memory(err);
  return pl_decode_rules(&d, v, &model->departments[index], metrics, n);
}

/* Departments come sorted by name, each with its metrics. */
static pl_status decode_departments(const pl_rules *rules, const pl_value *list, pl_model *model,
                                    pl_error *err) {
  size_t n = pl_value_count(list), total = 0;
  model->departments = pl_arena_array(&model->arena, n + 1, sizeof *model->departments);
  model->metrics = pl_arena_array(&model->arena, PL_MAX_METRICS, sizeof *model->metrics);
  if (!model->departments || !model->metrics) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) {
    pl_metric_def *metrics = NULL;
    size_t count = 0;
    pl_status status =
        decode_department(rules, pl_value_at(list, i), i, model, &metrics, &count, err);
    if (status != PL_OK) return status;
    if (count > PL_MAX_METRICS - total)
      return pl_fail(err, PL_E_USAGE, "more than %d metrics are declared", PL_MAX_METRICS);
    if (count) memcpy(model->metrics + total, metrics, count * sizeof *metrics);
    total += count;
    model->departments_n = i + 1;
    model->metrics_n = total;
  }
  return PL_OK;
}

static pl_status decode(pl_rules *rules, const pl_host *host, pl_model *model, pl_error *err) {
  pl_arena arena = {0};
  pl_str wire = {host->declared, host->declared_n};
  const pl_value *v = pl_value_decode(&arena, wire, false, err);
  pl_status status = v ? decode_audit(rules, pl_value_get(v, "audit"), model, err) : err->status;
  if (status == PL_OK)
    status = decode_departments(rules, pl_value_get(v, "departments"), model, err);
  if (status == PL_OK && (arena.failed || model->arena.failed)) status = pl_fail_memory(err);
  pl_arena_free(&arena);
  if (status != PL_E_RULE) return status;
  err->status = PL_E_USAGE; /* there is no rule file to blame */
  return PL_E_USAGE;
}

pl_status pl_rules_open_host(const pl_host *host, const char *directory, pl_model *model,
                             pl_rules **out, pl_error *err) {
  *out = NULL;
  pl_rules *rules = pl_calloc(1, sizeof *rules);
  if (!rules) return pl_fail_memory(err);
  rules->audit.child = PL_NO_CHILD;
  rules->host = *host;
  rules->hosted = true;
  model->directory = pl_arena_copy(&model->arena, directory, strlen(directory));
  pl_status status = model->directory ? decode(rules, host, model, err) : pl_fail_memory(err);
  if (status == PL_OK)
    *out = rules;
  else
    pl_rules_close(rules);
  return status;
}

/* ---- asking ------------------------------------------------------------------------ */

static bool known(const pl_rules *rules, pl_function call) {
  return call.id >= 0 && (size_t)call.id < rules->host_functions_n;
}

/* The program's reason, at the function's place where it names none. */
static pl_error *keep_reason(pl_rules *rules, pl_function call, pl_error *why) {
  const pl_site *site = known(rules, call) ? &rules->host_functions[call.id] : NULL;
  why->status = PL_E_RULE;
  if (!why->file[0] && site) {
    pl_error placed;
    pl_fail_at(&placed, PL_E_RULE, *site, "%s", why->message);
    if (why->hint[0]) pl_hint(&placed, "%s", why->hint);
    return pl_rules_keep(&rules->arena, &placed);
  }
  return pl_rules_keep(&rules->arena, why);
}

static pl_status copy_texts(pl_rules *rules, pl_ask *ask, pl_error *err) {
  for (size_t i = 0; i < ask->n && ask->texts; i++) {
    pl_str *text = &ask->texts[i];
    if (!text->p) continue;
    bool usable =
        text->n <= PL_MAX_FIELD && pl_utf8_valid(*text) == text->n && !memchr(text->p, 0, text->n);
    if (!usable) {
      pl_error why;
      pl_fail(&why, PL_E_RULE,
              "a function gave a text that cannot be used (not UTF-8, or too long)");
      ask->failed = keep_reason(rules, ask->call, &why);
      ask->failed_code = 110;
      return PL_OK;
    }
    text->p = pl_arena_copy(&rules->arena, text->p, text->n);
    if (!text->p) return pl_fail_memory(err);
  }
  return PL_OK;
}

static pl_status ask_one(pl_rules *rules, pl_ask *ask, pl_error *err) {
  pl_error why = {0};
  size_t n = ask->n ? ask->n : 1;
  *ask = (pl_ask){ask->call, ask->want_text, ask->parameters, ask->values, ask->n, NULL, NULL, NULL,
                  0};
  if (ask->want_text)
    ask->texts = pl_arena_array(&rules->arena, n, sizeof *ask->texts);
  else
    ask->truths = pl_arena_array(&rules->arena, n, sizeof *ask->truths);
  if (!ask->texts && !ask->truths) return pl_fail_memory(err);
  if (ask->n == 0) return PL_OK;
  pl_host_question question = {ask->call.id, ask->want_text, ask->parameters, ask->n,
                               ask->values,  ask->texts,     ask->truths};
  pl_status status = rules->host.ask(rules->host.ctx, &question, &why);
  if (status == PL_OK) return copy_texts(rules, ask, err);
  if (status == PL_E_MEMORY) return pl_fail_memory(err);
  if (status == PL_E_CANCELLED) return pl_fail(err, status, "cancelled");
  ask->failed = keep_reason(rules, ask->call, &why);
  ask->failed_code = 110;
  return PL_OK;
}

pl_status pl_rules_ask_host(pl_rules *rules, pl_ask *asks, size_t n, pl_error *err) {
  for (size_t i = 0; i < n; i++) {
    pl_status status = ask_one(rules, &asks[i], err);
    if (status == PL_OK && rules->arena.failed) status = pl_fail_memory(err);
    if (status != PL_OK) return status;
  }
  return PL_OK;
}

static pl_status judge_one(pl_rules *rules, pl_judgement *j, pl_error *err) {
  pl_error why = {0};
  pl_str verdict = {NULL, 0}, text = {NULL, 0};
  pl_site none = {NULL, 0, 0};
  j->verdict = j->text = NULL;
  j->failed = NULL;
  pl_status status =
      rules->host.judge(rules->host.ctx, j->call.id, j->evidence, &verdict, &text, &why);
  if (status == PL_OK) {
    pl_site site = known(rules, j->call) ? rules->host_functions[j->call.id] : none;
    return pl_judgement_take(rules, j, site, verdict, text, err);
  }
  if (status == PL_E_MEMORY) return pl_fail_memory(err);
  if (status == PL_E_CANCELLED) return pl_fail(err, status, "cancelled");
  j->failed = keep_reason(rules, j->call, &why);
  j->failed_code = 110;
  return PL_OK;
}

pl_status pl_rules_judge_host(pl_rules *rules, pl_judgement *judgements, size_t n, pl_error *err) {
  for (size_t i = 0; i < n; i++) {
    pl_status status = judge_one(rules, &judgements[i], err);
    if (status == PL_OK && rules->arena.failed) status = pl_fail_memory(err);
    if (status != PL_OK) return status;
  }
  return PL_OK;
}
