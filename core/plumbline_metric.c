/* Finding the metric that a person means. */
#include <string.h>

#include "plumbline_audit.h"

/* All ids of a name that several departments use, one below the other. */
static pl_status fail_ambiguous(const pl_model *model, const char *name, pl_error *err) {
  pl_buf ids = {0};
  for (size_t m = 0; m < model->metrics_n; m++) {
    if (strcmp(model->metrics[m].name, name) == 0)
      pl_buf_format(&ids, "%s%s", ids.n ? ", " : "", model->metrics[m].id);
  }
  pl_fail(err, PL_E_USAGE, "several departments have a metric \"%s\"", name);
  pl_status status = ids.failed ? pl_fail_memory(err) : pl_hint(err, "write one of: %s", ids.p);
  pl_buf_free(&ids);
  return status == PL_OK ? PL_E_USAGE : status;
}

/* The nearest id or name; else why it may not be known. */
static pl_status fail_unknown(const pl_model *model, const char *name, pl_error *err) {
  const char **words = pl_calloc(2 * model->metrics_n + 1, sizeof *words);
  if (!words) return pl_fail_memory(err);
  for (size_t m = 0; m < model->metrics_n; m++) {
    words[m] = model->metrics[m].name;
    words[model->metrics_n + m] = model->metrics[m].id;
  }
  const char *near = pl_nearest(name, words, 2 * model->metrics_n);
  pl_fail(err, PL_E_USAGE, "there is no metric \"%s\"", name);
  const pl_department_def *failed = NULL;
  for (size_t d = 0; d < model->departments_n && !failed; d++)
    if (model->departments[d].failed) failed = &model->departments[d];
  if (near) {
    pl_hint(err, "did you mean \"%s\"?", near);
  } else if (failed) {
    pl_hint(err, "%s cannot be used, so its metrics are not known; `plumbline check` says why",
            failed->file);
  } else {
    pl_hint(err, "`plumbline list metrics` lists all of them");
  }
  pl_free(words);
  return PL_E_USAGE;
}

pl_status pl_audit_metric(pl_audit *audit, const char *name, const char **id, pl_error *err) {
  PL_WANT_ERROR(err);
  const pl_model *model = &audit->model;
  const char *found = NULL;
  size_t n = 0;
  for (size_t m = 0; m < model->metrics_n; m++) {
    if (strcmp(model->metrics[m].id, name) == 0) {
      *id = model->metrics[m].id;
      return PL_OK;
    }
    if (strcmp(model->metrics[m].name, name) == 0 && n++ == 0) found = model->metrics[m].id;
  }
  if (n > 1) return fail_ambiguous(model, name, err);
  if (n == 0) return fail_unknown(model, name, err);
  *id = found;
  return PL_OK;
}

pl_status pl_audit_finding(pl_audit *audit, const char *metric, const pl_value **finding,
                           pl_error *err) {
  PL_WANT_ERROR(err);
  const char *id = NULL;
  *finding = NULL;
  if (!audit->result) return pl_fail(err, PL_E_USAGE, "there is no result: the audit was not run");
  pl_status status = pl_audit_metric(audit, metric, &id, err);
  if (status != PL_OK) return status;
  const pl_value *all = pl_value_get(audit->result, "findings");
  for (size_t i = 0; i < pl_value_count(all) && !*finding; i++) {
    const pl_value *one = pl_value_at(all, i);
    if (pl_str_eq(pl_value_str(pl_value_get(one, "id")), pl_str_of(id))) *finding = one;
  }
  return *finding ? PL_OK : pl_fail(err, PL_E_USAGE, "the result has no finding for %s", id);
}
