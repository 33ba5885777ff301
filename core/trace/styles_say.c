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
static void say_ambiguous(const pl_source *source, const pl_slot *slot, const pl_number_look *look,
                          const pl_style_doubt *doubts, pl_buf *out) {
  const char *one = look->readings[0].declare, *two = look->readings[1].declare;
  bool some_declared = source->def->number_columns_n > 0;
  bool several = pl_style_doubts_numbers(source, doubts) > 1;
  if (!some_declared)
    pl_buf_format(out, "numbers = \"%s\" or numbers = \"%s\"; %s: ", one, two,
                  several ? "or column by column, for all that read in two ways"
                          : "for this column alone");
  pl_style_say_numbers(source, slot, one, doubts, out);
  if (some_declared) pl_buf_format(out, ", or \"%s\" for \"%s\"", two, slot->name);
}

static pl_status hint_style(const pl_source *source, const pl_slot *slot,
                            const pl_number_look *look, const pl_style_doubt *doubts,
                            pl_error *err) {
  const char *file = file_of(source);
  uint32_t line = source->def->site.line;
  pl_buf lines = {0};
  pl_status status = PL_E_USAGE;
  if (look->state == PL_LOOK_AMBIGUOUS)
    say_ambiguous(source, slot, look, doubts, &lines);
  else
    pl_style_say_numbers(source, slot, "1,234.56", doubts, &lines);
  if (lines.failed)
    status = pl_fail_memory(err);
  else if (look->state == PL_LOOK_AMBIGUOUS)
    pl_hint(err, "say which, at %s:%u: %s", file, line, lines.p);
  else
    pl_hint(err,
            "export the column in one style; or say at %s:%u which one holds, and what is "
            "written otherwise is rejected: %s",
            file, line, lines.p);
  pl_buf_free(&lines);
  return status;
}

static pl_status hint_number(const pl_source *source, const pl_slot *slot,
                             const pl_number_look *look, const pl_style_doubt *doubts,
                             pl_error *err) {
  if (look->marks == PL_LOOK_PERCENT)
    return pl_hint(err, "12%% is read as 12: export the column with a percent sign throughout, or "
                        "without any");
  if (look->marks == PL_LOOK_CURRENCIES && source->is_deals)
    return pl_hint(err,
                   "name the column that holds each deal's currency, at %s:%u: currency = "
                   "\"…\"; what one is worth in another, audit says: rates = { … }",
                   file_of(source), source->def->site.line);
  if (look->marks == PL_LOOK_CURRENCIES)
    return pl_hint(err, "plumbline never adds up different currencies: export the column in one");
  return hint_style(source, slot, look, doubts, err);
}

pl_status pl_style_fail_number(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                               const pl_number_look *look, const pl_style_doubt *doubts,
                               pl_error *err) {
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
  return status == PL_E_USAGE ? hint_number(source, slot, look, doubts, err) : status;
}

/* ---- times --------------------------------------------------------------------------- */
/* The declaration that gives the column its role; *role is the word for it. */
static const pl_time_column *role_of(const pl_bound *bound, const pl_source *source,
                                     const pl_slot *slot, const char **role) {
  const pl_time_column *out = NULL, *time = &source->def->time;
  int at = (int)(slot - source->slots);
  if (time->column && strcmp(time->column, slot->name) == 0) *role = "time", out = time;
  if (!source->is_deals) return out;
  if (source->closed == at) *role = "closed", out = &bound->model->deals.closed;
  if (source->created == at) *role = "created", out = &bound->model->deals.created;
  return out;
}

/* `time = { "seen", format = "…" }`, as the column's role wants it. */
static void show_line(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                      const char *format, const pl_style_doubt *doubts, size_t reading,
                      pl_buf *out) {
  const char *role = NULL, *usual = source->def->timezone;
  const pl_time_column *time = role_of(bound, source, slot, &role);
  if (!time) {
    pl_style_say_formats(source, slot, format, doubts, reading, out);
    return;
  }
  pl_buf_format(out, "%s = { \"%s\", format = \"%s\"", role, slot->name, format);
  if (time->timezone && !(usual && strcmp(usual, time->timezone) == 0))
    pl_buf_format(out, ", timezone = \"%s\"", time->timezone);
  pl_buf_text(out, " }");
}

/* Days since 1900 that fall between 1954 and 2119. */
static bool is_serial(const char *text) {
  size_t digits = strspn(text, "0123456789");
  return digits == 5 && text[0] >= '2' && text[0] <= '7' && (!text[5] || text[5] == '.');
}

/* `14 marca 2024`: digits, and a word of three letters or more. */
static bool names_month(const char *text) {
  size_t letters = 0, most = 0;
  bool digits = false;
  for (const char *p = text; *p; p++) {
    unsigned char c = (unsigned char)*p, lower = c | 0x20;
    letters = (lower >= 'a' && lower <= 'z') || c >= 0xC3 ? letters + 1 : 0;
    most = letters > most ? letters : most;
    digits |= c >= '0' && c <= '9';
  }
  return digits && most >= 3;
}

static pl_status hint_time(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                           const pl_time_look *look, const pl_style_doubt *doubts, pl_error *err) {
  if (look->state == PL_LOOK_NOTHING && names_month(look->wrong.text))
    return pl_hint(err, "months are known by their names in English, Dutch, French, German, "
                        "Italian, Portuguese and Spanish; export the column with one of these, or "
                        "in numbers, such as 2024-03-14");
  pl_buf lines = {0};
  const char *format = is_serial(look->wrong.text) ? "excel" : "%d/%m/%Y";
  if (look->state == PL_LOOK_MIXED || look->state == PL_LOOK_AMBIGUOUS) {
    for (size_t i = 0; i < look->readings_n; i++) {
      if (i) pl_buf_text(&lines, " or ");
      show_line(bound, source, slot, look->readings[i].declare, doubts, i, &lines);
    }
  } else {
    show_line(bound, source, slot, format, doubts, 0, &lines);
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
                             const pl_time_look *look, const pl_style_doubt *doubts,
                             pl_error *err) {
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
  return hint_time(bound, source, slot, &how, doubts, err);
}
