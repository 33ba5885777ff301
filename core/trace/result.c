/* The whole result object. */
#include "trace/result.h"

#include "trace/result_parts.h"

/* ---- deals ------------------------------------------------------------------------- */

static const char *meaning_of(pl_deal_status status) {
  switch (status) {
  case PL_WON: return "won";
  case PL_LOST: return "lost";
  case PL_OPEN: return "open";
  default: return "ignore";
  }
}

static pl_value *deals_value(pl_arena *arena, const pl_deals *deals) {
  pl_value *object = pl_value_object(arena);
  for (int status = PL_WON; status <= PL_OPEN; status++) {
    pl_money_count count = pl_deals_of(deals, (pl_deal_status)status);
    pl_part_money(arena, object, meaning_of((pl_deal_status)status), &count);
  }
  pl_money_count refunds = pl_deals_refunds(deals);
  pl_part_refunds(arena, object, &refunds);
  pl_value *statuses = pl_part_list(arena, object, "statuses");
  for (size_t i = 0; i < deals->values_n; i++) {
    pl_value *one = pl_value_push(arena, statuses, pl_value_object(arena));
    pl_set_text(arena, one, "value", deals->values[i].value);
    pl_part_text(arena, one, "means", meaning_of(deals->values[i].status));
    pl_set_int(arena, one, "deals", (int64_t)deals->values[i].count);
  }
  return object;
}

/* ---- totals and departments ------------------------------------------------------------- */

static pl_value *totals_value(pl_arena *arena, const pl_found *found) {
  int64_t of[PL_VERDICTS] = {0}, flagged = 0;
  for (size_t i = 0; i < found->bound->metrics_n; i++) {
    of[found->verdicts[i].kind]++;
    if (found->verdicts[i].flagged) flagged++;
  }
  pl_value *totals = pl_value_object(arena);
  pl_set_int(arena, totals, "metrics", (int64_t)found->bound->metrics_n);
  pl_set_int(arena, totals, "flagged", flagged);
  for (int kind = 0; kind < PL_VERDICTS; kind++) {
    pl_set_int(arena, totals, pl_verdict_name((pl_verdict_kind)kind), of[kind]);
  }
  pl_set_int(arena, totals, "departments", (int64_t)found->bound->model->departments_n);
  return totals;
}

static pl_value *department_value(pl_arena *arena, const pl_found *found,
                                  const pl_department_def *department) {
  int64_t metrics = 0, flagged = 0;
  for (size_t i = 0; i < found->bound->metrics_n; i++) {
    if (strcmp(found->bound->metrics[i].def->department, department->name) != 0) continue;
    metrics++;
    if (found->verdicts[i].flagged) flagged++;
  }
  pl_value *object = pl_value_object(arena);
  pl_part_text(arena, object, "name", department->name);
  pl_part_text(arena, object, "file", department->file);
  pl_set_int(arena, object, "metrics", metrics);
  pl_set_int(arena, object, "flagged", flagged);
  if (department->failed) {
    pl_value_set(arena, object, "error",
                 pl_part_error(arena, department->failed, department->failed_code));
  }
  return object;
}

/* ---- rejects ------------------------------------------------------------------------- */
#define REJECTS_SHOWN 10

static pl_value *rejects_value(pl_arena *arena, const pl_found *found) {
  const pl_rejects *rejects = found->rejects;
  size_t n = rejects ? rejects->n : 0;
  pl_value *object = pl_value_object(arena);
  pl_set_int(arena, object, "rows", (int64_t)n);
  pl_value *first = pl_part_list(arena, object, "first");
  for (size_t i = 0; i < n && i < REJECTS_SHOWN; i++) {
    const pl_reject *reject = &rejects->items[i];
    pl_value *one = pl_value_push(arena, first, pl_value_object(arena));
    if (reject->file < found->bound->files_n) {
      pl_part_text(arena, one, "file", found->bound->files[reject->file]);
    }
    pl_set_int(arena, one, "line", reject->line);
    pl_set_int(arena, one, "column", reject->column);
    pl_part_code(arena, one, reject->code);
    pl_set_text(arena, one, "message", reject->message);
  }
  return object;
}

/* ---- the whole -------------------------------------------------------------------------- */

pl_value *pl_result_build(pl_arena *arena, const pl_found *found) {
  const pl_bound *bound = found->bound;
  pl_value *root = pl_value_object(arena);
  pl_part_text(arena, root, "plumbline", PL_VERSION);
  pl_set_int(arena, root, "schema", PL_RESULT_SCHEMA);
  pl_value_set(arena, root, "audit", pl_result_audit(arena, found));
  pl_value_set(arena, root, "deals", deals_value(arena, found->deals));
  pl_value_set(arena, root, "totals", totals_value(arena, found));
  pl_value *departments = pl_part_list(arena, root, "departments");
  for (size_t i = 0; i < bound->model->departments_n; i++) {
    pl_value_push(arena, departments,
                  department_value(arena, found, &bound->model->departments[i]));
  }
  pl_value *sources = pl_part_list(arena, root, "sources");
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_value_push(arena, sources, pl_result_source(arena, found, &bound->sources[i]));
  }
  pl_value_set(arena, root, "rejects", rejects_value(arena, found));
  pl_value_set(arena, root, "notes", pl_say_audit_notes(arena, found));
  pl_value *findings = pl_part_list(arena, root, "findings");
  for (size_t i = 0; i < bound->metrics_n; i++) {
    pl_value_push(arena, findings, pl_result_finding(arena, found, i));
  }
  pl_part_object(arena, root, "review");
  return arena->failed ? NULL : root;
}
