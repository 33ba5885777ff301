/* How each time column is written, as far as audit.lua says so. */
#include <assert.h>

#include "trace/bind.h"

static void close_zone(void *zone) {
  pl_zone_close(zone);
}

pl_status pl_bind_zone(pl_bound *bound, const char *name, pl_site site, const pl_zone **out,
                       pl_error *err) {
  struct pl_bound_own *own = bound->own;
  for (size_t i = 0; i < own->zones_n; i++) {
    *out = own->zones[i].zone;
    if (strcmp(own->zones[i].name, name) == 0) return PL_OK;
  }
  if (!pl_grow(&own->zones, &own->zones_cap, own->zones_n + 1, sizeof *own->zones))
    return pl_fail_memory(err);
  pl_error why;
  pl_zone *zone = pl_zone_open(name, &why);
  if (!zone && why.status == PL_E_MEMORY) return pl_fail_memory(err);
  if (!zone) {
    pl_fail_at(err, PL_E_USAGE, site, "%s", why.message);
    return why.hint[0] ? pl_hint(err, "%s", why.hint) : PL_E_USAGE;
  }
  if (!pl_bound_keep(bound, zone, close_zone)) return pl_fail_memory(err);
  own->zones[own->zones_n++] = (pl_zone_named){name, zone};
  *out = zone;
  return PL_OK;
}

/* All declarations of times of a source, by number; NULL after the last. */
static const pl_time_column *declaration(const pl_source *source, const pl_model *model, size_t i) {
  const pl_source_def *def = source->def;
  if (i == 0) return &def->time;
  if (i <= def->times_n) return &def->times[i - 1];
  if (!source->is_deals || i > def->times_n + 2) return NULL;
  return i == def->times_n + 1 ? &model->deals.closed : &model->deals.created;
}

static bool says_something(const pl_time_column *time) {
  return time->format || time->timezone;
}

static const pl_time_column *declared_for(const pl_source *source, const pl_model *model,
                                          const char *column) {
  const pl_time_column *time, *bare = NULL;
  for (size_t i = 0; (time = declaration(source, model, i)); i++) {
    if (!time->column || strcmp(time->column, column) != 0) continue;
    if (says_something(time)) return time;
    bare = time;
  }
  return bare;
}

static bool is_same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static pl_status check_agreement(const pl_source *source, const pl_model *model,
                                 const pl_time_column *time, pl_error *err) {
  const pl_time_column *other = declared_for(source, model, time->column);
  if (!says_something(time) ||
      (is_same_text(time->format, other->format) && is_same_text(time->timezone, other->timezone)))
    return PL_OK;
  pl_fail_at(err, PL_E_USAGE, time->site, "the times of \"%s\" in \"%s\" are declared in two ways",
             time->column, source->def->name);
  return pl_hint(err, "give one format and one timezone for the column");
}

/* Styles with a name instead of a format. */
static const struct {
  const char *name;
  pl_time_style style;
} named[] = {
    {"epoch", PL_TIME_EPOCH_S},
    {"epoch_ms", PL_TIME_EPOCH_MS},
    {"excel", PL_TIME_EXCEL},
    {"excel_1904", PL_TIME_EXCEL_1904},
};

static bool is_named(const char *format, pl_time_style *style) {
  for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
    *style = named[i].style;
    if (strcmp(format, named[i].name) == 0) return true;
  }
  return false;
}

static pl_status check_format(const pl_time_column *time, pl_error *err) {
  pl_error why;
  pl_time_style style;
  if (!time->format || is_named(time->format, &style)) return PL_OK;
  if (pl_time_format_check(time->format, &why) == PL_OK) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, time->site, "%s", why.message);
  return pl_hint(err, "%s",
                 why.hint[0] ? why.hint
                             : "write \"epoch\", \"epoch_ms\", \"excel\" or a format such as "
                               "\"%d/%m/%Y\"");
}

pl_status pl_bind_times(pl_binder *b, pl_source *source, pl_error *err) {
  const pl_time_column *time;
  const pl_zone *zone;
  pl_status status = PL_OK;
  assert(source->def);
  for (size_t i = 0; status == PL_OK && (time = declaration(source, b->model, i)); i++) {
    if (!time->column) continue;
    status = check_format(time, err);
    if (status == PL_OK) status = check_agreement(source, b->model, time, err);
    if (status == PL_OK && time->timezone)
      status = pl_bind_zone(b->bound, time->timezone, time->site, &zone, err);
    if (status == PL_OK) status = pl_bind_exists(source, time->column, time->site, err);
  }
  if (status == PL_OK && source->def->timezone)
    status = pl_bind_zone(b->bound, source->def->timezone, source->def->site, &zone, err);
  for (size_t i = 0; status == PL_OK && i < source->def->number_columns_n; i++) {
    const pl_number_column *column = &source->def->number_columns[i];
    status = pl_bind_exists(source, column->column, column->site, err);
  }
  return status;
}

/* Directives that tell the hour: a column with one holds instants. */
static bool has_clock(const char *format) {
  for (const char *p = strchr(format, '%'); p && p[1]; p = strchr(p + 2, '%'))
    if (strchr("HITs", p[1])) return true;
  return false;
}

static void set_declared(pl_slot *slot, const char *format) {
  bool known = is_named(format, &slot->reader.style);
  slot->style_declared = true;
  if (!known) slot->reader.style = PL_TIME_FORMAT;
  slot->reader.format = known ? NULL : format;
  slot->has_instants = known || has_clock(format);
  /* serial days may have a fraction or none: dates among them are compared as days */
  slot->has_dates = !slot->has_instants || slot->reader.style == PL_TIME_EXCEL ||
                    slot->reader.style == PL_TIME_EXCEL_1904;
}

pl_status pl_bind_reader(pl_bound *bound, const pl_source *source, pl_slot *slot, pl_error *err) {
  const pl_time_column *time = declared_for(source, bound->model, slot->name);
  const char *timezone = time && time->timezone ? time->timezone : source->def->timezone;
  slot->reader = (pl_time_reader){PL_TIME_ISO, NULL, bound->zone, bound->zone};
  if (time && time->format) set_declared(slot, time->format);
  slot->by_profile = time && time->format && time->by_profile;
  if (!timezone) return PL_OK;
  return pl_bind_zone(bound, timezone, time ? time->site : source->def->site, &slot->reader.zone,
                      err);
}
