/* What a workspace declares, as a tree for the view "list": the keys are those
 * of the result object, as far as they are known before any export is read. */
#include <string.h>

#include "plumbline_audit.h"

static void set_words(pl_arena *a, pl_value *object, const char *key, const char *text) {
  if (text) pl_set_text(a, object, key, pl_str_of(text));
}

static void set_error(pl_arena *a, pl_value *object, const pl_error *failed) {
  if (!failed) return;
  pl_value *error = pl_value_object(a);
  pl_set_text(a, error, "message", pl_str_of(failed->message));
  if (failed->file[0]) pl_set_text(a, error, "file", pl_str_of(failed->file));
  if (failed->line) pl_set_int(a, error, "line", failed->line);
  if (failed->hint[0]) pl_set_text(a, error, "hint", pl_str_of(failed->hint));
  pl_value_set(a, object, "error", error);
}

static pl_value *metric_entry(pl_arena *a, const pl_metric_def *metric) {
  pl_value *entry = pl_value_object(a);
  set_words(a, entry, "id", metric->id);
  set_words(a, entry, "department", metric->department);
  set_words(a, entry, "metric", metric->name);
  set_words(a, entry, "title", metric->title);
  set_words(a, entry, "owner", metric->owner);
  set_words(a, entry, "question", metric->question);
  set_words(a, entry, "file", metric->site.file);
  pl_set_int(a, entry, "line", metric->site.line);
  pl_set_bool(a, entry, "traced", metric->branches_n > 0);
  set_error(a, entry, metric->failed);
  return entry;
}

static pl_value *department_entry(pl_arena *a, const pl_model *model,
                                  const pl_department_def *department) {
  int64_t metrics = 0;
  for (size_t m = 0; m < model->metrics_n; m++)
    metrics += strcmp(model->metrics[m].department, department->name) == 0;
  pl_value *entry = pl_value_object(a);
  set_words(a, entry, "name", department->name);
  set_words(a, entry, "file", department->file);
  pl_set_int(a, entry, "metrics", metrics);
  set_error(a, entry, department->failed);
  return entry;
}

static void set_texts(pl_arena *a, pl_value *object, const char *key, const pl_texts *texts) {
  if (texts->n == 0) return;
  pl_value *list = pl_value_set(a, object, key, pl_value_list(a));
  for (size_t i = 0; i < texts->n; i++)
    pl_value_push(a, list, pl_value_text(a, pl_str_of(texts->items[i])));
}

static pl_value *source_entry(pl_arena *a, const pl_source_def *source, bool deals) {
  pl_value *entry = pl_value_object(a);
  set_words(a, entry, "name", source->name);
  if (deals) set_words(a, entry, "role", "deals");
  pl_value *files = pl_value_set(a, entry, "files", pl_value_list(a));
  for (size_t i = 0; i < source->paths.n; i++) {
    pl_value *file = pl_value_object(a);
    set_words(a, file, "path", source->paths.items[i]);
    pl_value_push(a, files, file);
  }
  set_texts(a, entry, "key", &source->key);
  set_words(a, entry, "time", source->time.column);
  set_words(a, entry, "file", source->site.file);
  pl_set_int(a, entry, "line", source->site.line);
  return entry;
}

const pl_value *pl_audit_declared(pl_audit *audit) {
  pl_arena *a = &audit->arena;
  const pl_model *model = &audit->model;
  pl_value *all = pl_value_object(a);
  pl_value *head = pl_value_set(a, all, "audit", pl_value_object(a));
  set_words(a, head, "title", model->title);
  pl_value *departments = pl_value_set(a, all, "departments", pl_value_list(a));
  for (size_t i = 0; i < model->departments_n; i++)
    pl_value_push(a, departments, department_entry(a, model, &model->departments[i]));
  pl_value *sources = pl_value_set(a, all, "sources", pl_value_list(a));
  for (size_t i = 0; i < model->sources_n; i++)
    pl_value_push(a, sources, source_entry(a, &model->sources[i], false));
  if (model->deals_given) pl_value_push(a, sources, source_entry(a, &model->deals.source, true));
  pl_value *findings = pl_value_set(a, all, "findings", pl_value_list(a));
  for (size_t i = 0; i < model->metrics_n; i++)
    pl_value_push(a, findings, metric_entry(a, &model->metrics[i]));
  return a->failed ? NULL : all;
}
