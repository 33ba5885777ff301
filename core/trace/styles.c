/* Which reading the values of an undeclared time column allow, and what is said
 * when none or several do. Never a guess: 03/04/2024 is two different days. */
#include "trace/styles.h"

#include <stdio.h>

#include "trace/expression.h"

/* Ways to write a date that an error offers; never used for reading. */
static const char *const offered[] = {
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y",  "%Y/%m/%d", "%Y.%m.%d",  "%Y%m%d",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
};
static const char *const offered_times[] = {"",        " %H:%M",    " %H:%M:%S",
                                            ", %H:%M", " %I:%M %p", " %I:%M:%S %p"};
#define READINGS_SHOWN 3

/* ---- one value ---------------------------------------------------------------- */
static size_t digits(pl_str s) {
  size_t n = 0;
  while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') n++;
  return n;
}

/* Digits, perhaps with a fraction behind them: how many before the point. */
static size_t whole_digits(pl_str s) {
  size_t n = digits(s);
  if (n == s.n) return n;
  if (s.p[n] != '.') return 0;
  pl_str fraction = {s.p + n + 1, s.n - n - 1};
  return fraction.n && digits(fraction) == fraction.n ? n : 0;
}

unsigned pl_style_read(pl_str text, const pl_slot *slot) {
  pl_time_reader iso = {PL_TIME_ISO, NULL, slot->reader.zone, slot->reader.days};
  pl_time time;
  if (pl_time_parse(text, &iso, &time))
    return time.kind == PL_TIME_DATE ? PL_READ_DATE : PL_READ_INSTANT;
  size_t n = whole_digits(pl_str_trim(text));
  if (n == 9 || n == 10) return PL_READ_SECONDS;
  return n == 12 || n == 13 ? PL_READ_MILLISECONDS : 0;
}

static int style_of(unsigned reading) {
  if (reading & (PL_READ_DATE | PL_READ_INSTANT)) return PL_STYLE_ISO;
  if (reading & PL_READ_SECONDS) return PL_STYLE_S;
  return reading & PL_READ_MILLISECONDS ? PL_STYLE_MS : PL_STYLE_NONE;
}

static int style_now(const pl_slot *slot) {
  if (slot->reader.style == PL_TIME_EPOCH_S) return PL_STYLE_S;
  return slot->reader.style == PL_TIME_EPOCH_MS ? PL_STYLE_MS : PL_STYLE_ISO;
}

bool pl_style_contradicts(const pl_slot *slot, pl_str text, const pl_time *time) {
  bool known = slot->has_dates || slot->has_instants;
  if (time && known && style_now(slot) == PL_STYLE_ISO)
    return time->kind == PL_TIME_DATE ? !slot->has_dates : !slot->has_instants;
  unsigned reading = pl_style_read(text, slot);
  if (reading == 0) return false; /* fits nothing: a reject, whatever the style */
  return !known || style_of(reading) != style_now(slot);
}

/* ---- tallies ------------------------------------------------------------------ */
void pl_style_tally_open(pl_style_tally *tally) {
  *tally = (pl_style_tally){0};
  for (int i = 0; i < PL_STYLES; i++) tally->first[i] = UINT64_MAX;
}

bool pl_style_tally_note(pl_style_tally *tally, unsigned reading, uint64_t place, int *style) {
  *style = style_of(reading);
  tally->counts[*style]++;
  tally->seen |= reading;
  if (place >= tally->first[*style]) return false;
  tally->first[*style] = place;
  return true;
}

/* ---- saying what is wrong -------------------------------------------------------- */
static void hint_declare(const pl_source *source, const char *column, const char *format,
                         pl_error *err) {
  const pl_time_column *time = &source->def->time;
  const char *role = NULL;
  if (time->column && strcmp(time->column, column) == 0) role = "time";
  if (source->is_deals && source->closed >= 0 &&
      strcmp(source->slots[source->closed].name, column) == 0)
    role = "closed";
  if (source->is_deals && source->created >= 0 &&
      strcmp(source->slots[source->created].name, column) == 0)
    role = "created";
  if (role)
    pl_hint(err, "say how it is written, at %s:%u: %s = { \"%s\", format = \"%s\" }",
            source->def->site.file ? source->def->site.file : "audit.lua", source->def->site.line,
            role, column, format);
  else
    pl_hint(err, "say how it is written, at %s:%u: formats = { [\"%s\"] = \"%s\" }",
            source->def->site.file ? source->def->site.file : "audit.lua", source->def->site.line,
            column, format);
}

static pl_status fail_with(const pl_bound *bound, const pl_style_example *example,
                           const char *message, pl_error *err) {
  uint32_t file = (uint32_t)(example->place >> 32);
  pl_site site = {file < bound->files_n ? bound->files[file] : "", (uint32_t)example->place,
                  example->column};
  pl_fail_at(err, PL_E_USAGE, site, "%s", message);
  if (err) memcpy(err->excerpt, example->excerpt, sizeof err->excerpt);
  return PL_E_USAGE;
}

/* Appends "2024-04-03 as %d/%m/%Y" for each way in which the value reads. */
static int list_readings(const pl_slot *slot, const char *text, pl_buf *out, char *first,
                         size_t first_n) {
  int n = 0;
  for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
    for (size_t k = 0; k < sizeof offered_times / sizeof *offered_times; k++) {
      char format[64], shown[PL_TIME_TEXT];
      pl_time time;
      snprintf(format, sizeof format, "%s%s", offered[i], offered_times[k]);
      pl_time_reader reader = {PL_TIME_FORMAT, format, slot->reader.zone, slot->reader.days};
      if (n == READINGS_SHOWN || !pl_time_parse(pl_str_of(text), &reader, &time)) continue;
      time.kind = PL_TIME_DATE;
      pl_time_text(time, slot->reader.days, shown);
      pl_buf_format(out, "%s%s as %s", n ? ", " : "", shown, format);
      if (n++ == 0) snprintf(first, first_n, "%s", format);
    }
  return n;
}

static pl_status fail_unreadable(const pl_bound *bound, const pl_source *source,
                                 const pl_slot *slot, const pl_style_example *example,
                                 pl_error *err) {
  pl_buf message = {0}, readings = {0};
  char format[64] = "%d/%m/%Y";
  int n = list_readings(slot, example->text, &readings, format, sizeof format);
  pl_buf_format(&message, "\"%s\" in column \"%s\" of \"%s\" ", example->text, slot->name,
                source->def->name);
  if (n > 1)
    pl_buf_format(&message, "can be read in several ways: %s", readings.p);
  else if (n == 1)
    pl_buf_format(&message, "is not an ISO date; is it %s?", readings.p);
  else
    pl_buf_text(&message, "is not a date or time that needs no declaration");
  pl_status status = message.failed || readings.failed ? pl_fail_memory(err)
                                                       : fail_with(bound, example, message.p, err);
  if (status == PL_E_USAGE) hint_declare(source, slot->name, format, err);
  pl_buf_free(&message);
  pl_buf_free(&readings);
  return status;
}

static const char *const style_words[PL_STYLES] = {"ISO dates", "seconds since 1970",
                                                   "milliseconds since 1970", "other texts"};

static pl_status fail_mixed(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                            const pl_style_tally *tally, int a, int b, pl_error *err) {
  char message[PL_ERROR_TEXT];
  if (tally->first[a] > tally->first[b]) { /* point at the one that breaks with the other */
    int swap = a;
    a = b;
    b = swap;
  }
  snprintf(message, sizeof message,
           "column \"%.200s\" of \"%.200s\" holds both %s (\"%s\") and %s "
           "(\"%s\")",
           slot->name, source->def->name, style_words[a], tally->examples[a].text, style_words[b],
           tally->examples[b].text);
  pl_status status = fail_with(bound, &tally->examples[b], message, err);
  int epoch = a == PL_STYLE_S || a == PL_STYLE_MS ? a : b;
  hint_declare(source, slot->name, epoch == PL_STYLE_MS ? "epoch_ms" : "epoch", err);
  return status;
}

/* ---- deciding --------------------------------------------------------------------- */
pl_status pl_style_settle(pl_bound *bound, pl_source *source, int index,
                          const pl_style_tally *tally, pl_error *err) {
  static const pl_time_style styles[] = {PL_TIME_ISO, PL_TIME_EPOCH_S, PL_TIME_EPOCH_MS};
  pl_slot *slot = &source->slots[index];
  const uint64_t *counts = tally->counts;
  int found = PL_STYLE_NONE;
  for (int i = 0; i < PL_STYLE_NONE; i++) {
    if (counts[i] && found != PL_STYLE_NONE)
      return fail_mixed(bound, source, slot, tally, found, i, err);
    if (counts[i]) found = i;
  }
  /* A few values that are no times are rejects; a column of them is undeclared. */
  if (counts[PL_STYLE_NONE] > (found == PL_STYLE_NONE ? 0 : counts[found]))
    return fail_unreadable(bound, source, slot, &tally->examples[PL_STYLE_NONE], err);
  slot->reader.style = found == PL_STYLE_NONE ? PL_TIME_ISO : styles[found];
  slot->has_dates = tally->seen & PL_READ_DATE;
  slot->has_instants = tally->seen & ~(unsigned)PL_READ_DATE;
  return PL_OK;
}

pl_status pl_style_blame(pl_bound *bound, pl_source *source, int slot, const pl_error *why,
                         pl_error *err) {
  const struct pl_bound_own *own = bound->own;
  pl_status status = PL_OK;
  bool memory = why->status != PL_E_USAGE;
  for (size_t i = 0; i < own->claims_n; i++) {
    const pl_claim *claim = &own->claims[i];
    if (claim->source != source->index || claim->slot != slot) continue;
    if (claim->metric >= 0 && !memory) continue;
    if (err) *err = *why;
    return why->status;
  }
  for (size_t i = 0; status == PL_OK && i < own->claims_n; i++) {
    const pl_claim *claim = &own->claims[i];
    if (claim->source == source->index && claim->slot == slot)
      status = pl_bind_fail_metric(bound, claim->metric, why, err);
  }
  source->slots[slot].uses &= (uint8_t) ~(PL_USE_TIME | PL_USE_TIME_TEXT);
  return status;
}

void pl_style_inherit(pl_bound *bound) {
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[bound->load_order[i]];
    for (size_t k = 0; k < source->slots_n; k++) {
      pl_slot *slot = &source->slots[k];
      const pl_expression *e = slot->compute;
      if (!e || e->kind != PL_COMPUTE_LOOKUP) continue;
      if (!(slot->uses & (PL_USE_TIME | PL_USE_TIME_TEXT))) continue;
      const pl_slot *origin = &e->table->slots[e->take];
      slot->reader = origin->reader;
      slot->style_declared = origin->style_declared;
      slot->has_dates = origin->has_dates;
      slot->has_instants = origin->has_instants;
    }
  }
}
