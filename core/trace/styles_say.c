/* What is said of a column that cannot be read in one way, and the line of config
 * that settles it. */
#include <stdio.h>

#include "trace/styles.h"

/* The value's place: its column and its line as text, where the record is known. */
static pl_status fail_at(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                         const pl_look_example *example, const char *message, pl_error *err) {
  size_t input = example->place.file - source->first_file;
  if (example->place.file < source->first_file || input >= source->inputs_n)
    return pl_fail(err, PL_E_USAGE, "%s", message);
  pl_site site = {bound->files[example->place.file], example->place.line, 0};
  const pl_input *file = source->inputs[input];
  int cell = source->cell_of[input][slot - source->slots];
  if (cell >= 0 && example->place.length)
    site.column =
        pl_input_cell_column(file, example->place.offset, example->place.length, (size_t)cell);
  pl_fail_at(err, PL_E_USAGE, site, "%s", message);
  if (!err || !example->place.length) return PL_E_USAGE;
  pl_buf raw = {0};
  pl_input_raw(file, example->place.offset, example->place.length, sizeof err->excerpt, &raw, NULL);
  size_t n = raw.n < sizeof err->excerpt ? raw.n : sizeof err->excerpt - 1;
  const char *end = n ? memchr(raw.p, '\n', n) : NULL;
  if (end) n = (size_t)(end - raw.p);
  n = n ? pl_utf8_valid((pl_str){raw.p, n}) : 0;
  if (n) memcpy(err->excerpt, raw.p, n);
  err->excerpt[n] = '\0';
  pl_buf_free(&raw);
  return PL_E_USAGE;
}

static pl_status fail_with(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                           const pl_look_example *example, pl_buf *message, pl_error *err) {
  pl_status status = message->failed ? pl_fail_memory(err)
                                     : fail_at(bound, source, slot, example, message->p, err);
  pl_buf_free(message);
  return status;
}

static void name_column(const pl_source *source, const pl_slot *slot, pl_buf *out) {
  pl_buf_format(out, "column \"%s\" of \"%s\": ", slot->name, source->def->name);
}

static const char *file_of(const pl_source *source) {
  return source->def->site.file ? source->def->site.file : "audit.lua";
}

/* ---- numbers ------------------------------------------------------------------------- */
static pl_status hint_number(const pl_source *source, const pl_slot *slot,
                             const pl_number_look *look, pl_error *err) {
  const char *file = file_of(source);
  uint32_t line = source->def->site.line;
  if (look->marks == PL_LOOK_PERCENT)
    return pl_hint(err, "12%% is read as 12: export the column with a percent sign throughout, or "
                        "without any");
  if (look->marks == PL_LOOK_CURRENCIES && source->is_deals)
    return pl_hint(err,
                   "name the column that holds each deal's currency, at %s:%u: currency = "
                   "\"…\"; what one is worth in another, audit says: rates = { … }",
                   file, line);
  if (look->marks == PL_LOOK_CURRENCIES)
    return pl_hint(err, "plumbline never adds up different currencies: export the column in one");
  if (look->state == PL_LOOK_AMBIGUOUS)
    return pl_hint(err,
                   "say which, at %s:%u: numbers = \"%s\" or numbers = \"%s\"; for this column "
                   "alone: numbers = { [\"%s\"] = \"%s\" }",
                   file, line, look->readings[0].declare, look->readings[1].declare, slot->name,
                   look->readings[0].declare);
  return pl_hint(err,
                 "export the column in one style; or say at %s:%u which one holds, and what is "
                 "written otherwise is rejected: numbers = { [\"%s\"] = \"1,234.56\" }",
                 file, line, slot->name);
}

pl_status pl_style_fail_number(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                               const pl_number_look *look, pl_error *err) {
  pl_buf message = {0};
  pl_number_look shown = *look;
  if (look->marks != PL_LOOK_SETTLED) {
    shown.state = look->marks;
    memcpy(shown.examples, look->marked, sizeof shown.examples);
  }
  name_column(source, slot, &message);
  pl_number_look_say(&shown, bound->files, &message);
  int at = shown.state == PL_LOOK_AMBIGUOUS ? 0 : 1;
  pl_status status = fail_with(bound, source, slot, &shown.examples[at], &message, err);
  return status == PL_E_USAGE ? hint_number(source, slot, look, err) : status;
}

/* ---- times --------------------------------------------------------------------------- */
/* `time = { "seen", format = "…" }`, as the column's role wants it. */
static void show_line(const pl_source *source, const pl_slot *slot, const char *format,
                      pl_buf *out) {
  const pl_time_column *time = &source->def->time;
  const char *role = NULL;
  if (time->column && strcmp(time->column, slot->name) == 0) role = "time";
  if (source->is_deals && source->closed >= 0 && slot == &source->slots[source->closed])
    role = "closed";
  if (source->is_deals && source->created >= 0 && slot == &source->slots[source->created])
    role = "created";
  if (role)
    pl_buf_format(out, "%s = { \"%s\", format = \"%s\" }", role, slot->name, format);
  else
    pl_buf_format(out, "formats = { [\"%s\"] = \"%s\" }", slot->name, format);
}

/* Days since 1900 that fall between 1954 and 2119. */
static bool is_serial(const char *text) {
  size_t digits = strspn(text, "0123456789");
  return digits == 5 && text[0] >= '2' && text[0] <= '7' && (!text[5] || text[5] == '.');
}

static pl_status hint_time(const pl_source *source, const pl_slot *slot, const pl_time_look *look,
                           pl_error *err) {
  pl_buf lines = {0};
  const char *format = is_serial(look->wrong.text) ? "excel" : "%d/%m/%Y";
  if (look->state == PL_LOOK_MIXED || look->state == PL_LOOK_AMBIGUOUS) {
    for (size_t i = 0; i < look->readings_n; i++) {
      if (i) pl_buf_text(&lines, " or ");
      show_line(source, slot, look->readings[i].declare, &lines);
    }
  } else {
    show_line(source, slot, format, &lines);
  }
  pl_status status = lines.failed
                         ? PL_E_USAGE
                         : pl_hint(err, "say %s, at %s:%u: %s",
                                   look->state == PL_LOOK_AMBIGUOUS ? "which" : "how it is written",
                                   file_of(source), source->def->site.line, lines.p ? lines.p : "");
  pl_buf_free(&lines);
  return status;
}

pl_status pl_style_fail_time(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                             const pl_time_look *look, pl_error *err) {
  pl_buf message = {0};
  pl_status status;
  bool unreadable = look->state != PL_LOOK_MIXED && look->unreadable > look->fits;
  if (unreadable) {
    pl_buf_format(&message,
                  "\"%s\" in column \"%s\" of \"%s\" is not a date or time that needs no "
                  "declaration",
                  look->wrong.text, slot->name, source->def->name);
    status = fail_with(bound, source, slot, &look->wrong, &message, err);
  } else {
    name_column(source, slot, &message);
    pl_time_look_say(look, bound->files, &message);
    int at = look->state == PL_LOOK_AMBIGUOUS ? 0 : 1;
    status = fail_with(bound, source, slot, &look->examples[at], &message, err);
  }
  if (status != PL_E_USAGE) return status;
  if (look->state == PL_LOOK_MIXED)
    return pl_hint(err, "export the column in one format; a declared one rejects what is written "
                        "otherwise");
  pl_time_look how = *look;
  if (unreadable) how.state = PL_LOOK_NOTHING;
  return hint_time(source, slot, &how, err);
}
