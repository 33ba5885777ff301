/* Conditions that ask for numbers or times of columns that hold none. */
#include "trace/judge_private.h"
#include "trace/sentence.h"

const pl_conditions *pl_judge_unread(const pl_found *found, size_t metric, const pl_source **source,
                                     uint64_t *records) {
  const pl_metric *m = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  for (size_t b = 0; b < e->branches_n; b++) {
    const pl_branch *branch = &m->branches[b];
    const pl_branch_evidence *be = &e->branches[b];
    *source = branch->from;
    *records = be->unreadable;
    if (be->unreadable && !be->readable) return &branch->def->where;
    for (size_t k = 0; k < branch->steps_n; k++) {
      *source = branch->steps[k].to;
      *records = be->steps[k].unreadable;
      if (*records && !be->steps[k].readable) return &branch->steps[k].def->where;
    }
  }
  return NULL;
}

static pl_site site_of(const pl_conditions *where) {
  for (size_t i = 0; i < where->n; i++)
    if (pl_condition_range(&where->items[i])) return where->items[i].site;
  return (pl_site){0};
}

const pl_error *pl_judge_unread_error(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_source *source;
  uint64_t records;
  const pl_conditions *where = pl_judge_unread(found, metric, &source, &records);
  pl_error *error = pl_arena_alloc(arena, sizeof *error);
  pl_buf text = {0};
  if (!error || !where) return NULL;
  pl_say_unread_columns(&text, where);
  pl_buf_format(&text, " of \"%s\" holds no %s in any of the ", source->def->name,
                pl_say_unread_kind(where));
  pl_say_count(&text, records);
  pl_buf_text(&text, records == 1 ? " record that this condition looks at"
                                  : " records that this condition looks at");
  if (text.failed) arena->failed = true;
  pl_fail_at(error, PL_E_RULE, site_of(where), "%s", text.failed ? "" : text.p);
  pl_hint(error, "check the column; text is compared without gt, lt and between");
  pl_buf_free(&text);
  return error;
}
