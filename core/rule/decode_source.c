/* Sources and deals of audit.lua's declaration. */
#include "rule/decode.h"

#define MAX_PATHS 100000
#define MAX_BLANK 10000

static const char *const formats[] = {"csv", "tsv", "json", "ndjson", NULL};
static const char *const delimiters[] = {",", ";", "\t", "|", NULL};
static const char *const encodings[] = {"utf-8",        "utf-16le", "utf-16be",
                                        "windows-1252", "latin-1",  NULL};
static const char *const quotes[] = {"doubled", "backslash", NULL};
static const char *const kept[] = {"first", "last", "all", NULL};

static void take_dialect(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  int format = pl_take_choice(d, v, "format", formats);
  int delimiter = pl_take_choice(d, v, "delimiter", delimiters);
  out->dialect.delimiter = format == 1 ? '\t' : ',';
  if (format >= 0) {
    static const pl_format of[] = {PL_FORMAT_CSV, PL_FORMAT_CSV, PL_FORMAT_JSON, PL_FORMAT_NDJSON};
    out->dialect.format = of[format];
    out->format_given = true;
  }
  out->delimiter_given = delimiter >= 0 || format == 1;
  if (delimiter >= 0) out->dialect.delimiter = delimiters[delimiter][0];
  int encoding = pl_take_choice(d, v, "encoding", encodings);
  if (encoding >= 0) out->dialect.encoding = (pl_encoding)(PL_ENCODING_UTF8 + encoding);
  int quoted = pl_take_choice(d, v, "quotes", quotes);
  if (quoted >= 0) out->dialect.quotes = (pl_quotes)(PL_QUOTES_DOUBLED + quoted);
}

static uint32_t take_rows(pl_decoding *d, const pl_value *v, const char *name, bool *given) {
  const pl_value *rows = pl_value_get(v, name);
  *given = rows && rows->kind != PL_NULL;
  if (*given && rows->kind == PL_INT && rows->as.integer == 0) return 0;
  return (uint32_t)pl_take_count(d, v, name); /* at most 10^9 */
}

/* Where in the file the table is. */
static void take_shape(pl_decoding *d, const pl_value *v, pl_dialect *out) {
  bool given;
  out->header = take_rows(d, v, "header", &given);
  out->description = take_rows(d, v, "description", &out->description_given);
  out->footer = take_rows(d, v, "footer", &out->footer_given);
  out->block = pl_take_name(d, v, "block", false);
  out->records = pl_take_name(d, v, "records", false);
}

void pl_take_time(pl_decoding *d, const pl_value *v, pl_time_column *out) {
  if (!v || v->kind == PL_NULL) return;
  if (v->kind != PL_OBJECT) {
    pl_decode_fail(d, "a time column");
    return;
  }
  out->column = pl_take_name(d, v, "column", true);
  out->format = pl_take_name(d, v, "format", false);
  out->timezone = pl_take_name(d, v, "timezone", false);
  out->optional = pl_take_flag(d, v, "optional");
  out->by_profile = pl_take_flag(d, v, "by_profile");
  out->site = pl_take_site(d, v);
}

static void take_times(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  const pl_value *list = pl_take_list(d, v, "times", PL_MAX_COLUMNS, &out->times_n);
  out->times = pl_take_array(d, out->times_n, sizeof *out->times);
  if (!out->times) out->times_n = 0;
  for (size_t i = 0; i < out->times_n && d->status == PL_OK; i++)
    pl_take_time(d, pl_value_at(list, i), &out->times[i]);
  for (size_t i = 0; i < out->times_n && d->status == PL_OK; i++)
    if (!out->times[i].column) pl_decode_fail(d, "a time column");
}

static void take_number_columns(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  const pl_value *list =
      pl_take_list(d, v, "number_columns", PL_MAX_COLUMNS, &out->number_columns_n);
  out->number_columns = pl_take_array(d, out->number_columns_n, sizeof *out->number_columns);
  if (!out->number_columns) out->number_columns_n = 0;
  for (size_t i = 0; i < out->number_columns_n && d->status == PL_OK; i++) {
    pl_number_column *column = &out->number_columns[i];
    const pl_value *item = pl_value_at(list, i);
    const char *style = pl_take_name(d, item, "style", true);
    column->column = pl_take_name(d, item, "column", true);
    column->site = out->site;
    if (style && !pl_number_style_of(pl_str_of(style), &column->style))
      pl_decode_fail(d, "numbers");
  }
}

static void take_duplicates(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  static const pl_duplicates of[] = {PL_DUPLICATES_FIRST, PL_DUPLICATES_LAST, PL_DUPLICATES_ALL};
  int how = pl_take_choice(d, v, "duplicates", kept);
  if (how >= 0) out->duplicates = of[how];
  out->duplicates_by = pl_take_name(d, v, "duplicates_by", false);
}

static void take_names(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  const pl_value *list = pl_take_list(d, v, "names", PL_MAX_COLUMNS, &out->names_n);
  out->names = pl_take_array(d, out->names_n, sizeof *out->names);
  if (!out->names) out->names_n = 0;
  for (size_t i = 0; i < out->names_n && d->status == PL_OK; i++) {
    pl_name_def *name = &out->names[i];
    const pl_value *item = pl_value_at(list, i);
    name->name = pl_take_name(d, item, "name", true);
    name->given = pl_take_name(d, item, "given", false);
    name->aliases = pl_take_texts(d, item, "aliases", 1000);
    name->required = pl_take_flag(d, item, "required");
    for (size_t k = 0; k < i && d->status == PL_OK; k++)
      if (strcmp(out->names[k].name, name->name) == 0) pl_decode_fail(d, "a name given twice");
  }
}

static void take_lists(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  const pl_value *list = pl_take_list(d, v, "lists", PL_MAX_COLUMNS, &out->lists_n);
  out->lists = pl_take_array(d, out->lists_n, sizeof *out->lists);
  if (!out->lists) out->lists_n = 0;
  for (size_t i = 0; i < out->lists_n && d->status == PL_OK; i++) {
    const pl_value *item = pl_value_at(list, i);
    const char *separator = pl_take_text(d, item, "separator", 1);
    out->lists[i].column = pl_take_name(d, item, "column", true);
    out->lists[i].optional = pl_take_flag(d, item, "optional");
    if (!separator || !separator[0]) pl_decode_fail(d, "a list without its separator");
    out->lists[i].separator = separator ? separator[0] : ';';
  }
}

void pl_take_source(pl_decoding *d, const pl_value *v, pl_source_def *out) {
  out->name = pl_take_name(d, v, "name", true);
  out->site = pl_take_site(d, v);
  out->paths = pl_take_texts(d, v, "paths", MAX_PATHS);
  if (out->paths.n == 0) pl_decode_fail(d, "a source without a file");
  take_dialect(d, v, out);
  take_shape(d, v, &out->dialect);
  const char *numbers = pl_take_name(d, v, "numbers", false);
  out->numbers_given = numbers;
  if (numbers && !pl_number_style_of(pl_str_of(numbers), &out->numbers))
    pl_decode_fail(d, "numbers");
  take_number_columns(d, v, out);
  out->key = pl_take_texts(d, v, "key", PL_MAX_KEY);
  pl_take_time(d, pl_value_get(v, "time"), &out->time);
  take_times(d, v, out);
  out->where = pl_take_conditions(d, v, "where");
  out->blank = pl_take_texts(d, v, "blank", MAX_BLANK);
  out->fresh = pl_take_duration(d, v, "fresh");
  take_duplicates(d, v, out);
  out->columns = pl_take_computes(d, v, "columns", &out->columns_n);
  out->profile = pl_take_name(d, v, "profile", false);
  take_names(d, v, out);
  take_lists(d, v, out);
}

void pl_take_deals(pl_decoding *d, const pl_value *v, pl_deals_def *out) {
  static const char *const meanings[] = {"won", "lost", "open", "ignore", NULL};
  const pl_value *values = pl_value_get(v, "values");
  pl_take_source(d, v, &out->source);
  if (d->status == PL_OK && strcmp(out->source.name, "deals") != 0)
    pl_decode_fail(d, "deals of another name");
  out->status = pl_take_name(d, v, "status", true);
  out->status_given = pl_take_flag(d, v, "status_given");
  out->others = pl_take_choice(d, v, "others", meanings); /* in the order of pl_deal_status */
  for (int i = 0; i < PL_STATUSES; i++)
    out->values[i] = pl_take_texts(d, values, meanings[i], MAX_PATHS);
  out->amount = pl_take_name(d, v, "amount", false);
  out->currency = pl_take_name(d, v, "currency", false);
  out->amount_optional = pl_take_flag(d, v, "amount_optional");
  out->currency_optional = pl_take_flag(d, v, "currency_optional");
  pl_take_time(d, pl_value_get(v, "closed"), &out->closed);
  pl_take_time(d, pl_value_get(v, "created"), &out->created);
}
