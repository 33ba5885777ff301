/* What the report says about the audit as a whole: its settings and sources. */
#include <inttypes.h>
#include <stdio.h>

#include "trace/result_parts.h"

static void set_cycle(pl_arena *arena, pl_value *object, const pl_deals *deals) {
  char text[PL_TIME_TEXT];
  if (deals->cycle_us < 0) return;
  pl_value *cycle = pl_part_object(arena, object, "cycle");
  pl_part_real(arena, cycle, "days", (double)deals->cycle_us / (double)PL_DAY_US, 4);
  pl_set_int(arena, cycle, "seconds", deals->cycle_us / PL_SECOND_US);
  pl_part_text(arena, cycle, "text", pl_span_text(deals->cycle_us, text));
  if (deals->cycle_from == 0) {
    pl_part_text(arena, cycle, "from", "audit.lua");
  } else {
    pl_value_set(arena, cycle, "from",
                 pl_value_format(arena, "%" PRIu32 " won deals", deals->cycle_from));
  }
}

/* "1.5", "0.10": at least as many decimals as policies are written with. */
static void set_threshold(pl_arena *arena, pl_value *object, const char *key, double value,
                          size_t decimals) {
  char text[PL_REAL_TEXT + 4];
  pl_real_text(value, 4, text);
  char *point = strchr(text, '.');
  if (!point && !strpbrk(text, "efn")) strcat(text, ".");
  point = strchr(text, '.');
  while (point && strlen(point + 1) < decimals) strcat(text, "0");
  pl_part_text(arena, object, key, text);
}

static void set_policy(pl_arena *arena, pl_value *object, const pl_policy *policy) {
  pl_value *value = pl_part_object(arena, object, "policy");
  set_threshold(arena, value, "no_difference_below", policy->no_difference_below, 1);
  set_threshold(arena, value, "q", policy->q, 2);
  set_threshold(arena, value, "few_keys", policy->few_keys, 2);
}

static void set_within(pl_arena *arena, pl_value *object, const char *within) {
  char text[PL_TIME_TEXT];
  int64_t us;
  if (!within) return;
  bool known = pl_duration_parse(pl_str_of(within), &us);
  pl_part_text(arena, object, "within", known ? pl_duration_text(us, text) : within);
}

pl_value *pl_result_audit(pl_arena *arena, const pl_found *found) {
  const pl_model *model = found->bound->model;
  pl_value *audit = pl_value_object(arena);
  pl_part_text(arena, audit, "title", model->title);
  pl_part_time(arena, audit, "as_of", found->bound->as_of, found->bound->zone);
  pl_part_text(arena, audit, "currency", model->currency);
  pl_part_text(arena, audit, "timezone", model->timezone ? model->timezone : "UTC");
  pl_part_text(arena, audit, "before", model->before ? model->before : "closed");
  set_within(arena, audit, model->within);
  pl_set_int(arena, audit, "min_won", model->policy.min_won);
  if (model->since || model->until) {
    pl_value *period = pl_part_object(arena, audit, "period");
    pl_part_text(arena, period, "since", model->since);
    pl_part_text(arena, period, "until", model->until);
  }
  set_cycle(arena, audit, found->deals);
  set_policy(arena, audit, &model->policy);
  return audit;
}

/* ---- sources ------------------------------------------------------------------------ */

static const char *role_of(const pl_bound *bound, const pl_source *source) {
  if (source->is_deals) return "deals";
  if (source->held) return "held";
  if (source->started) return "streamed";
  return source == bound->rates_plan.source ? "rates" : "unused";
}

/* How a file was read, where it was not plain UTF-8 with doubled quotes. */
static void set_read_as(pl_arena *arena, pl_value *file, const pl_source *source, size_t i) {
  static const char *const words[] = {[PL_ENCODING_UTF8] = "utf-8",
                                      [PL_ENCODING_UTF16LE] = "utf-16le",
                                      [PL_ENCODING_UTF16BE] = "utf-16be",
                                      [PL_ENCODING_CP1252] = "windows-1252",
                                      [PL_ENCODING_LATIN1] = "latin-1"};
  const pl_shape *shape = pl_input_shape(source->inputs[i]);
  bool utf8 = shape->dialect.encoding == PL_ENCODING_UTF8 && shape->encoding_certain;
  bool backslash = shape->dialect.quotes == PL_QUOTES_BACKSLASH;
  if (utf8 && !backslash && !shape->compression) return;
  bool declared = source->def->dialect.encoding != PL_ENCODING_LOOK;
  pl_value *read_as = pl_part_object(arena, file, "read_as");
  if (shape->compression) pl_part_text(arena, read_as, "compression", shape->compression);
  pl_part_text(arena, read_as, "encoding", words[shape->dialect.encoding]);
  pl_part_text(arena, read_as, "encoding_by",
               declared     ? "declared"
               : shape->bom ? "byte order mark"
                            : "looking");
  pl_set_bool(arena, read_as, "encoding_certain", shape->encoding_certain);
  if (backslash) pl_part_text(arena, read_as, "quotes", "backslash");
}

/* The records of each file are known only where there is one. */
static void set_files(pl_arena *arena, pl_value *object, const pl_found *found,
                      const pl_source *source, const pl_tally *tally) {
  pl_value *files = pl_part_list(arena, object, "files");
  for (size_t i = 0; i < source->inputs_n; i++) {
    pl_value *file = pl_value_push(arena, files, pl_value_object(arena));
    pl_part_text(arena, file, "path", found->bound->files[source->first_file + i]);
    if (source->inputs_n == 1) pl_set_int(arena, file, "records", (int64_t)pl_tally_records(tally));
    set_read_as(arena, file, source, i);
  }
}

static const char *const skip_kinds[PL_SKIP_KINDS] = {"preamble", "description", "total", "footer",
                                                      "block"};

static void set_skipped(pl_arena *arena, pl_value *object, const pl_tally *tally) {
  pl_value *skipped = pl_part_object(arena, object, "skipped");
  for (int kind = 0; kind < PL_SKIP_KINDS; kind++)
    pl_set_int(arena, skipped, skip_kinds[kind], (int64_t)tally->passed[kind]);
  pl_set_int(arena, skipped, "filtered", (int64_t)tally->filtered);
  pl_set_int(arena, skipped, "after_as_of", (int64_t)tally->after_as_of);
  pl_set_int(arena, skipped, "duplicates", (int64_t)tally->duplicates);
  pl_set_int(arena, skipped, "ignored", (int64_t)tally->ignored);
  pl_set_int(arena, skipped, "created_later", (int64_t)tally->created_later);
  pl_set_int(arena, skipped, "outside_period", (int64_t)tally->outside_period);
}

#define LINES_SHOWN 100 /* of one source; `skipped` counts them all */

static void set_line(pl_arena *arena, pl_value *list, const char *file, const pl_skipped *skipped) {
  pl_value *one = pl_value_push(arena, list, pl_value_object(arena));
  pl_part_text(arena, one, "file", file);
  pl_set_int(arena, one, "line", skipped->line);
  pl_set_int(arena, one, "lines", skipped->lines);
  pl_set_int(arena, one, "rows", skipped->rows);
  pl_part_text(arena, one, "kind", skip_kinds[skipped->kind]);
  pl_set_text(arena, one, "text", skipped->text);
}

static void set_kept(pl_arena *arena, pl_value *list, const char *file, const pl_kept *kept) {
  pl_value *one = pl_value_push(arena, list, pl_value_object(arena));
  pl_part_text(arena, one, "file", file);
  pl_set_int(arena, one, "line", kept->line);
  pl_set_text(arena, one, "text", kept->text);
}

static bool is_total(const pl_kept *kept) {
  return kept->as == PL_DOUBT_FOOT || kept->as == PL_DOUBT_TOP;
}

/* Where the files hold rows that are no records, and records that may be none. */
static void set_lines(pl_arena *arena, pl_value *object, const pl_found *found,
                      const pl_source *source) {
  pl_value *lines = pl_value_list(arena), *totals = pl_value_list(arena),
           *headers = pl_value_list(arena);
  size_t lines_n = 0, totals_n = 0, headers_n = 0;
  for (size_t f = 0; f < source->inputs_n; f++) {
    const pl_shape *shape = pl_input_shape(source->inputs[f]);
    const char *file = found->bound->files[source->first_file + f];
    for (size_t i = 0; i < shape->skipped_n && lines_n < LINES_SHOWN; i++, lines_n++)
      set_line(arena, lines, file, &shape->skipped[i]);
    for (size_t i = 0; i < shape->kept_n; i++) {
      const pl_kept *kept = &shape->kept[i];
      size_t *n = is_total(kept) ? &totals_n : &headers_n;
      if ((*n)++ < LINES_SHOWN) set_kept(arena, is_total(kept) ? totals : headers, file, kept);
    }
  }
  if (lines_n) pl_value_set(arena, object, "skipped_lines", lines);
  if (totals_n) pl_value_set(arena, object, "maybe_totals", totals);
  if (headers_n) pl_value_set(arena, object, "maybe_headers", headers);
}

static void set_fresh(pl_arena *arena, pl_value *object, const pl_found *found,
                      const pl_source *source, const pl_tally *tally) {
  char text[PL_TIME_TEXT];
  if (source->fresh_us < 0) return;
  int64_t age = pl_source_age(found->bound, tally);
  pl_value *fresh = pl_part_object(arena, object, "fresh");
  pl_part_text(arena, fresh, "limit", pl_duration_text(source->fresh_us, text));
  if (age >= 0) pl_part_text(arena, fresh, "age", pl_span_text(age, text));
  pl_set_bool(arena, fresh, "ok", pl_source_is_fresh(found->bound, source, tally));
}

pl_value *pl_result_source(pl_arena *arena, const pl_found *found, const pl_source *source) {
  const pl_tally *tally = &found->tallies[source->index];
  pl_value *object = pl_value_object(arena);
  pl_part_text(arena, object, "name", source->def->name);
  pl_part_text(arena, object, "role", role_of(found->bound, source));
  set_files(arena, object, found, source, tally);
  pl_set_int(arena, object, "read", (int64_t)tally->read);
  pl_set_int(arena, object, "used", (int64_t)tally->used);
  pl_set_int(arena, object, "rejected", (int64_t)tally->rejected);
  set_skipped(arena, object, tally);
  set_lines(arena, object, found, source);
  pl_part_time(arena, object, "newest", tally->newest, found->bound->zone);
  pl_part_time(arena, object, "oldest", tally->oldest, found->bound->zone);
  pl_set_int(arena, object, "blank_time", (int64_t)tally->blank_time);
  pl_set_int(arena, object, "blank_lookups", (int64_t)tally->blank_lookups);
  set_fresh(arena, object, found, source, tally);
  return object;
}
