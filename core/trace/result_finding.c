/* One finding: the metric, its verdict, the sentences, the evidence. */
#include "trace/result_parts.h"

static void set_declared(pl_arena *arena, pl_value *object, const pl_metric_def *def) {
  pl_part_text(arena, object, "id", def->id);
  pl_part_text(arena, object, "department", def->department);
  pl_part_text(arena, object, "metric", def->name);
  pl_part_text(arena, object, "title", def->title);
  pl_part_text(arena, object, "owner", def->owner);
  pl_part_text(arena, object, "question", def->question);
  pl_part_text(arena, object, "definition", def->definition);
  pl_part_text(arena, object, "unit", def->unit);
  pl_part_text(arena, object, "note", def->note);
  pl_part_site(arena, object, def->site);
  if (!def->cost.given) return;
  pl_value *cost = pl_part_object(arena, object, "cost");
  pl_part_text(arena, cost, "money", def->cost.money);
  pl_part_text(arena, cost, "hours", def->cost.hours);
  pl_part_text(arena, cost, "per", def->cost.per);
}

/* Of the step that breaks, else of the metric. */
static pl_site site_of(const pl_metric *metric, const pl_verdict *verdict) {
  bool broken = verdict->step > 0 && verdict->kind != PL_VERDICT_ERROR;
  if (!broken) return metric->def->site;
  pl_site site = metric->branches[verdict->branch].steps[verdict->step - 1].def->site;
  return site.file ? site : metric->def->site;
}

static void set_judge(pl_arena *arena, pl_value *object, const pl_verdict *verdict) {
  if (verdict->departed) {
    pl_value *standard = pl_part_object(arena, object, "standard");
    pl_part_text(arena, standard, "verdict", pl_verdict_name(verdict->standard));
    pl_part_code(arena, standard, verdict->standard_code);
  }
  if (verdict->text) {
    pl_part_text(arena, pl_part_object(arena, object, "judge"), "text", verdict->text);
  }
}

static void set_sentences(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  pl_buf text = {0};
  pl_say_headline(&text, found, i);
  pl_part_said(arena, object, "headline", &text);
  pl_say_where(&text, found, i);
  pl_part_said(arena, object, "where", &text);
  pl_value *site = pl_part_object(arena, object, "site");
  pl_part_site(arena, site, site_of(&found->bound->metrics[i], &found->verdicts[i]));
  pl_say_tells(&text, found, i);
  pl_part_said(arena, object, "tells", &text);
  pl_value_set(arena, object, "notes", pl_say_notes(arena, found, i));
  pl_value_set(arena, object, "todo", pl_say_todo(arena, found, i));
}

pl_value *pl_result_finding(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  pl_value *object = pl_value_object(arena);
  set_declared(arena, object, found->bound->metrics[metric].def);
  pl_part_text(arena, object, "verdict", pl_verdict_name(verdict->kind));
  pl_part_code(arena, object, verdict->code);
  pl_set_bool(arena, object, "flagged", verdict->flagged);
  set_sentences(arena, object, found, metric);
  set_judge(arena, object, verdict);
  if (verdict->error) {
    pl_value_set(arena, object, "error", pl_part_error(arena, verdict->error, verdict->code));
  }
  if (verdict->kind != PL_VERDICT_ERROR && verdict->kind != PL_VERDICT_UNTRACED) {
    pl_value_set(arena, object, "evidence", pl_result_evidence(arena, found, metric));
  }
  return object;
}
