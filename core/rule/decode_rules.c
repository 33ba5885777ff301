/* A rule file's declaration -> its department and metrics. */
#include "base/dict.h"

#include "rule/decode.h"
#include "rule/exchange_reply.h"

static const char *const anchors[] = {"closed", "created", "any", NULL};

static void take_step(pl_decoding *d, const pl_value *v, pl_step_def *out) {
  out->table = pl_take_name(d, v, "table", true);
  out->site = pl_take_site(d, v);
  pl_take_key(d, v, &out->key);
  out->where = pl_take_conditions(d, v, "where");
  out->within = pl_take_duration(d, v, "within");
  out->next = pl_take_flag(d, v, "next");
}

static void take_branch(pl_decoding *d, const pl_value *v, pl_trace_def *out) {
  const char *last = out->table = pl_take_name(d, v, "table", true);
  out->site = pl_take_site(d, v);
  out->where = pl_take_conditions(d, v, "where");
  const pl_value *list = pl_take_list(d, v, "steps", PL_MAX_STEPS, &out->steps_n);
  out->steps = pl_take_array(d, out->steps_n, sizeof *out->steps);
  if (!out->steps) out->steps_n = 0;
  for (size_t i = 0; i < out->steps_n && d->status == PL_OK; i++) {
    take_step(d, pl_value_at(list, i), &out->steps[i]);
    last = out->steps[i].table;
  }
  if (d->status == PL_OK && strcmp(last, "deals") != 0)
    pl_decode_fail(d, "a trace that does not end in deals");
}

static void take_branches(pl_decoding *d, const pl_value *v, pl_metric_def *out) {
  const pl_value *list = pl_take_list(d, v, "branches", PL_MAX_BRANCHES, &out->branches_n);
  out->branches = pl_take_array(d, out->branches_n, sizeof *out->branches);
  if (!out->branches) out->branches_n = 0;
  for (size_t i = 0; i < out->branches_n && d->status == PL_OK; i++)
    take_branch(d, pl_value_at(list, i), &out->branches[i]);
}

static void take_cost(pl_decoding *d, const pl_value *v, pl_cost *out) {
  if (!v || v->kind == PL_NULL) return;
  out->given = true;
  out->money = pl_take_name(d, v, "money", false);
  out->hours = pl_take_name(d, v, "hours", false);
  out->per = pl_take_name(d, v, "per", false);
}

/* The prelude's own report that this metric is wrong. */
static void take_failed(pl_decoding *d, const pl_value *v, pl_metric_def *out) {
  char text[PL_ERROR_TEXT];
  if (!v || v->kind == PL_NULL) return;
  pl_error *failed = pl_take_array(d, 1, sizeof *failed);
  if (!failed) return;
  pl_text_plain(pl_value_str(pl_value_get(v, "message")), text, sizeof text);
  pl_site site = pl_take_site(d, v);
  if (!site.line) site = out->site;
  pl_fail_at(failed, PL_E_RULE, site, "%s", text[0] ? text : "an error with no text");
  pl_text_plain(pl_value_str(pl_value_get(v, "hint")), text, sizeof text);
  if (text[0]) pl_hint(failed, "%s", text);
  out->failed = failed;
  out->failed_code = 110;
}

static bool metric_name(const char *name) {
  if (!name || name[0] < 'a' || name[0] > 'z') return false;
  for (const char *p = name; *p; p++)
    if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_')) return false;
  return true;
}

static void take_texts(pl_decoding *d, const pl_value *v, pl_metric_def *out) {
  out->title = pl_take_name(d, v, "title", false);
  out->owner = pl_take_name(d, v, "owner", false);
  out->question = pl_take_text(d, v, "question", PL_MAX_DECLARED);
  out->definition = pl_take_text(d, v, "definition", PL_MAX_DECLARED);
  out->unit = pl_take_name(d, v, "unit", false);
  out->note = pl_take_text(d, v, "note", PL_MAX_DECLARED);
}

static void take_metric(pl_decoding *d, const pl_value *v, const char *department,
                        pl_metric_def *out) {
  out->department = department;
  d->line = pl_take_site(d, v).line;
  out->name = pl_take_name(d, v, "name", true);
  if (!metric_name(out->name)) pl_decode_fail(d, "a metric's name");
  if (d->status != PL_OK) return;
  out->id = pl_arena_format(d->arena, "%s/%s", department, out->name);
  out->site = pl_take_site(d, v);
  out->judge = PL_NO_FUNCTION;
  take_failed(d, pl_value_get(v, "failed"), out);
  if (out->failed) return;
  take_texts(d, v, out);
  take_cost(d, pl_value_get(v, "cost"), &out->cost);
  take_branches(d, v, out);
  out->within = pl_take_duration(d, v, "within");
  int before = pl_take_choice(d, v, "before", anchors);
  if (before >= 0) out->before = anchors[before];
  out->by = pl_take_name(d, v, "by", false);
  out->by_table = pl_take_name(d, v, "by_table", false);
  out->min_won = pl_take_count(d, v, "min_won");
  out->judge = pl_take_function(d, v, "fn");
}

static void take_metrics(pl_decoding *d, const pl_value *list, const char *department,
                         pl_metric_def *out, size_t n) {
  pl_dict *seen = pl_dict_new();
  if (!seen) d->status = pl_fail_memory(d->err);
  for (size_t i = 0; i < n && d->status == PL_OK; i++) {
    take_metric(d, pl_value_at(list, i), department, &out[i]);
    if (d->status != PL_OK) break;
    uint32_t id = pl_dict_add(seen, pl_str_of(out[i].name));
    if (id == PL_DICT_NONE)
      d->status = pl_fail_memory(d->err);
    else if (id != i)
      pl_decode_fail(d, "a metric declared twice");
  }
  pl_dict_free(seen);
}

/* A "/" would make ids ambiguous. */
static bool department_name(const char *name) {
  for (const char *p = name; *p; p++)
    if ((unsigned char)*p < 0x20 || *p == 0x7F || *p == '/') return false;
  return true;
}

pl_status pl_decode_rules(pl_decoding *d, const pl_value *v, pl_department_def *department,
                          pl_metric_def **metrics, size_t *n) {
  const pl_value *list = pl_take_list(d, v, "metrics", PL_MAX_METRICS, n);
  const pl_value *who = pl_value_get(v, "department");
  *metrics = NULL;
  department->name = who && who->kind != PL_NULL ? pl_take_name(d, who, "name", true) : NULL;
  department->file = d->file;
  if (department->name && !department_name(department->name))
    pl_decode_fail(d, "a department's name");
  if (!department->name && *n) pl_decode_fail(d, "metrics without a department");
  if (d->status != PL_OK) return d->status;
  *metrics = pl_take_array(d, *n, sizeof **metrics);
  if (*n && *metrics) take_metrics(d, list, department->name, *metrics, *n);
  if (d->status == PL_OK && d->arena->failed) d->status = pl_fail_memory(d->err);
  return d->status;
}
