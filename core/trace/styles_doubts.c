/* Columns of a source that read in two ways, all of them: a line of config that settled
 * one of them would take the place of the line for another. */
#include "trace/styles.h"

/* ---- finding them ------------------------------------------------------------------- */
typedef struct finding {
  pl_column_look all;
  pl_column_look_result result;
} finding;

static void take(const pl_look_reading *readings, size_t n, size_t *out_n,
                 char out[PL_LOOK_READINGS][PL_TIME_DECLARE]) {
  if (*out_n) return; /* the first look that is in doubt says how */
  for (size_t i = 0; i < n; i++) memcpy(out[i], readings[i].declare, PL_TIME_DECLARE);
  *out_n = n;
}

static void note(const pl_slot *slot, const pl_column_look *look, pl_column_look_result *found,
                 pl_style_doubt *out) {
  pl_column_look_finish(look, found);
  const pl_number_look *n = &found->number;
  const pl_time_look *t = &found->time;
  if ((look->what & PL_LOOK_NUMBERS) && !slot->how.declared && n->state == PL_LOOK_AMBIGUOUS)
    take(n->readings, n->readings_n, &out->numbers_n, out->numbers);
  if ((look->what & PL_LOOK_TIMES) && !slot->style_declared && t->state == PL_LOOK_AMBIGUOUS)
    take(t->readings, t->readings_n, &out->times_n, out->times);
}

bool pl_style_doubts_find(pl_arena *arena, const pl_source *source, pl_column_look **const *looks,
                          const pl_style_groups *groups, pl_style_doubt **out) {
  pl_style_doubt *doubts = pl_arena_array(arena, source->slots_n, sizeof *doubts);
  finding *f = pl_malloc(sizeof *f);
  for (size_t i = 0; f && doubts && i < source->slots_n; i++) {
    const pl_slot *slot = &source->slots[i];
    if (!looks[i]) continue;
    pl_style_look_at_all(looks[i], groups, &f->all);
    for (size_t g = 0; groups->n > 1 && g < groups->n; g++)
      note(slot, looks[i][g], &f->result, &doubts[i]);
    note(slot, &f->all, &f->result, &doubts[i]);
  }
  *out = doubts;
  bool ok = f && doubts;
  pl_free(f);
  return ok;
}

size_t pl_style_doubts_numbers(const pl_source *source, const pl_style_doubt *doubts) {
  size_t n = 0;
  for (size_t i = 0; doubts && i < source->slots_n; i++) n += doubts[i].numbers_n > 0;
  return n;
}

/* ---- saying them -------------------------------------------------------------------- */
static void add(pl_buf *out, size_t *n, const char *column) {
  pl_buf_format(out, "%s[\"%s\"] = ", (*n)++ ? ", " : "", column);
}

void pl_style_say_numbers(const pl_source *source, const pl_slot *slot, const char *style,
                          const pl_style_doubt *doubts, pl_buf *out) {
  const pl_source_def *def = source->def;
  size_t n = 0;
  pl_buf_text(out, "numbers = { ");
  for (size_t i = 0; i < def->number_columns_n; i++) {
    if (strcmp(def->number_columns[i].column, slot->name) == 0) continue;
    add(out, &n, def->number_columns[i].column);
    pl_buf_format(out, "\"%s\"", pl_number_style_name(def->number_columns[i].style));
  }
  for (size_t i = 0; i < source->slots_n; i++) {
    const pl_slot *other = &source->slots[i];
    if (other != slot && !(doubts && doubts[i].numbers_n)) continue;
    add(out, &n, other->name);
    pl_buf_format(out, "\"%s\"", other == slot ? style : doubts[i].numbers[0]);
  }
  pl_buf_text(out, " }");
}

/* As audit.lua has it: the zone only where it is not the source's. */
static void say_format(const pl_source *source, const pl_time_column *time, pl_buf *out) {
  const char *zone = time->timezone, *usual = source->def->timezone;
  if (zone && !(usual && strcmp(zone, usual) == 0))
    pl_buf_format(out, "{ \"%s\", timezone = \"%s\" }", time->format, zone);
  else
    pl_buf_format(out, "\"%s\"", time->format);
}

/* Those of a profile stand whatever audit.lua says of other columns. */
static bool is_written(const pl_time_column *time, const pl_slot *slot) {
  return time->format && !time->by_profile && strcmp(time->column, slot->name) != 0;
}

static bool has_role(const pl_source *source, const pl_slot *slot) {
  int at = (int)(slot - source->slots);
  const char *time = source->def->time.column;
  if (source->is_deals && (at == source->closed || at == source->created)) return true;
  return time && strcmp(time, slot->name) == 0;
}

void pl_style_say_formats(const pl_source *source, const pl_slot *slot, const char *format,
                          const pl_style_doubt *doubts, size_t reading, pl_buf *out) {
  const pl_source_def *def = source->def;
  size_t n = 0;
  pl_buf_text(out, "formats = { ");
  for (size_t i = 0; i < def->times_n; i++) {
    if (!is_written(&def->times[i], slot)) continue;
    add(out, &n, def->times[i].column);
    say_format(source, &def->times[i], out);
  }
  for (size_t i = 0; i < source->slots_n; i++) {
    const pl_slot *other = &source->slots[i];
    const bool open = doubts && doubts[i].times_n && !has_role(source, other);
    if (other != slot && !open) continue;
    add(out, &n, other->name);
    if (other == slot)
      pl_buf_format(out, "\"%s\"", format);
    else if (doubts)
      pl_buf_format(out, "\"%s\"", doubts[i].times[reading < doubts[i].times_n ? reading : 0]);
  }
  pl_buf_text(out, " }");
}
