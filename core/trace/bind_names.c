/* What the columns of a file are called: a source's `names` and the names and
 * aliases of its profile are matched with each header once, when the file is
 * opened. From then on everything goes by the name that was found; a header that
 * none fits keeps its own. */
#include <stdio.h>

#include "trace/bind.h"
#include "trace/header.h"

typedef struct naming {
  pl_binder *b;
  pl_source *source;
  size_t input;
  pl_arena *folds; /* folded texts, for as long as one file is matched */
  pl_str *headers; /* folded */
  bool *taken;     /* a header that `names` names is nobody else's */
  size_t n;
} naming;

static const pl_input *input_of(const naming *m) {
  return m->source->inputs[m->input];
}

static bool is_csv(const pl_source *source, size_t input) {
  return source->dialects[input].format == PL_FORMAT_CSV;
}

const pl_name_def *pl_bind_name(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->def->names_n; i++)
    if (strcmp(source->def->names[i].name, name) == 0) return &source->def->names[i];
  return NULL;
}

pl_str pl_bind_header(const pl_source *source, size_t input, size_t cell) {
  if (source->names && source->names[input] && cell < source->names_n[input])
    return source->names[input][cell];
  /* A path that was found later in a JSON file, exactly as it is written. */
  pl_str raw = pl_input_column(source->inputs[input], cell);
  for (size_t i = 0; i < source->def->names_n; i++) {
    const pl_name_def *def = &source->def->names[i];
    if (def->given && pl_str_eq(raw, pl_str_of(def->given))) return pl_str_of(def->name);
    for (size_t k = 0; !def->given && k < def->aliases.n; k++)
      if (pl_str_eq(raw, pl_str_of(def->aliases.items[k]))) return pl_str_of(def->name);
  }
  return raw;
}

/* ---- matching ------------------------------------------------------------------- */

/* The header that `names` means: as it is written, else folded; -1: none. */
static int given_at(const naming *m, const pl_name_def *def) {
  pl_str want = pl_str_of(def->given);
  for (size_t i = 0; i < m->n; i++)
    if (pl_str_eq(pl_input_column(input_of(m), i), want)) return (int)i;
  pl_str fold = pl_header_fold(m->folds, want);
  for (size_t i = 0; i < m->n; i++)
    if (pl_str_eq(m->headers[i], fold)) return (int)i;
  return -1;
}

/* The name and its aliases, folded. */
static pl_str *fold_all(const naming *m, const pl_name_def *def) {
  pl_str *out = pl_arena_array(m->folds, def->aliases.n + 1, sizeof *out);
  if (!out) return NULL;
  out[0] = pl_header_fold(m->folds, pl_str_of(def->name));
  for (size_t i = 0; i < def->aliases.n; i++)
    out[i + 1] = pl_header_fold(m->folds, pl_str_of(def->aliases.items[i]));
  return out;
}

static bool is_any(pl_str header, const pl_str *names, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (pl_str_eq(header, names[i])) return true;
  return false;
}

static pl_status note_clash(const naming *m, const pl_name_def *def, size_t first, size_t second,
                            pl_error *err) {
  pl_name_clash *clash = pl_arena_alloc(&m->b->bound->arena, sizeof *clash);
  if (!clash) return pl_fail_memory(err);
  *clash = (pl_name_clash){def, m->input, first, second, m->source->clashes};
  m->source->clashes = clash;
  return PL_OK;
}

/* A name that two headers fit is left to both as it is; whoever needs the name is
 * told (pl_bind_check_clash). */
static pl_status match_name(naming *m, const pl_name_def *def, pl_str *names, pl_error *err) {
  size_t found = 0, first = 0;
  const pl_str *known = fold_all(m, def);
  if (!known) return pl_fail_memory(err);
  for (size_t i = 0; i < m->n; i++) {
    if (m->taken[i] && pl_str_eq(names[i], pl_str_of(def->name))) return PL_OK; /* given by hand */
    if (m->taken[i] || !is_any(m->headers[i], known, def->aliases.n + 1)) continue;
    if (found++ == 0) first = i;
    if (found == 2) return note_clash(m, def, first, i, err);
  }
  if (!found) return PL_OK;
  names[first] = pl_str_of(def->name);
  m->taken[first] = true;
  return PL_OK;
}

/* Headers that no name fits keep their own; one that is spelt like a name which
 * another header has now is told apart. */
static bool keep_others(const naming *m, pl_str *names) {
  pl_arena *arena = &m->b->bound->arena;
  for (size_t i = 0; i < m->n; i++) {
    pl_str raw = pl_input_column(input_of(m), i);
    bool taken = false;
    if (names[i].p) continue;
    for (size_t k = 0; k < m->n && !taken; k++) taken = m->taken[k] && pl_str_eq(names[k], raw);
    char *copy = taken ? pl_arena_format(arena, "%.*s (in the file)", PL_STR_ARG(raw))
                       : pl_arena_copy(arena, raw.p, raw.n);
    if (!copy) return false;
    names[i] = pl_str_of(copy);
  }
  return true;
}

static pl_status match_all(naming *m, pl_str *names, pl_error *err) {
  const pl_source_def *def = m->source->def;
  pl_status status = PL_OK;
  for (size_t i = 0; i < m->n; i++)
    m->headers[i] = pl_header_fold(m->folds, pl_input_column(input_of(m), i));
  for (size_t i = 0; i < def->names_n; i++) {
    int given = def->names[i].given ? given_at(m, &def->names[i]) : -1;
    if (given < 0) continue;
    m->taken[given] = true;
    names[given] = pl_str_of(def->names[i].name);
  }
  for (size_t i = 0; status == PL_OK && i < def->names_n; i++)
    status = match_name(m, &def->names[i], names, err);
  if (status == PL_OK && (m->folds->failed || !keep_others(m, names))) status = pl_fail_memory(err);
  return status;
}

static pl_status match_input(pl_binder *b, pl_source *source, size_t input, pl_error *err) {
  pl_arena folds = {0};
  size_t n = pl_input_columns(source->inputs[input]);
  naming m = {b,
              source,
              input,
              &folds,
              pl_arena_array(&folds, n, sizeof(pl_str)),
              pl_arena_array(&folds, n, sizeof(bool)),
              n};
  pl_str *names = pl_arena_array(&b->bound->arena, n, sizeof *names);
  pl_status status = PL_OK;
  if (n && (!m.headers || !m.taken || !names))
    status = pl_fail_memory(err);
  else
    status = match_all(&m, names, err);
  source->names[input] = names;
  source->names_n[input] = n;
  pl_arena_free(&folds);
  return status;
}

/* ---- what is missing ---------------------------------------------------------------- */

static bool is_name(const pl_source *source, pl_str raw) {
  for (size_t i = 0; i < source->def->names_n; i++)
    if (pl_str_eq(raw, pl_str_of(source->def->names[i].name))) return true;
  return false;
}

/* The header most like a name or one of its aliases that has no name yet; -1: none
 * is worth showing. */
static int nearest_header(const pl_source *source, size_t input, const char *name,
                          const pl_name_def *def) {
  pl_arena arena = {0};
  const pl_texts aliases = def ? def->aliases : (pl_texts){0};
  unsigned best = PL_HEADER_LIKE - 1;
  int found = -1;
  for (size_t i = 0; i < pl_input_columns(source->inputs[input]); i++) {
    pl_str raw = pl_input_column(source->inputs[input], i);
    bool named = !pl_str_eq(pl_bind_header(source, input, i), raw) || is_name(source, raw);
    pl_str header = pl_header_fold(&arena, raw);
    for (size_t k = 0; !named && k <= aliases.n; k++) {
      const char *other = k ? aliases.items[k - 1] : name;
      unsigned like = pl_header_likeness(header, pl_header_fold(&arena, pl_str_of(other)));
      if (like <= best) continue;
      best = like;
      found = (int)i;
    }
  }
  pl_arena_free(&arena);
  return found;
}

/* The line that names a header by hand; a quote in it would end the text. */
static pl_status hint_line(pl_error *err, const char *before, const char *name, pl_str header) {
  char quote = memchr(header.p, '"', header.n) ? '\'' : '"';
  return pl_hint(err, "%snames = { [\"%s\"] = %c%.*s%c }", before, name, quote, PL_STR_ARG(header),
                 quote);
}

pl_status pl_bind_hint_name(const pl_source *source, size_t input, const char *name,
                            pl_error *err) {
  const pl_name_def *def = pl_bind_name(source, name);
  char before[512];
  int at = nearest_header(source, input, name, def);
  if (at >= 0) {
    pl_str header = pl_input_column(source->inputs[input], (size_t)at);
    snprintf(before, sizeof before,
             "nearest in the file is \"%.*s\"; if that is it, write in \"%s\": ",
             header.n < 200 ? (int)header.n : 200, header.p, source->def->name);
    return hint_line(err, before, name, header);
  }
  snprintf(before, sizeof before,
           "if the file has it under another name, write in \"%s\": ", source->def->name);
  return hint_line(err, before, name, PL_STR("header in the file"));
}

static pl_status fail_missing(const pl_source *source, size_t input, const pl_name_def *def,
                              pl_error *err) {
  pl_fail_at(err, PL_E_USAGE, source->def->site,
             "\"%s\" has no column \"%s\", which the profile \"%s\" needs (%s)", source->def->name,
             def->name, source->def->profile, pl_input_shown(source->inputs[input]));
  if (pl_bind_hint_header(source, input, def->name, err)) return PL_E_USAGE;
  return pl_bind_hint_name(source, input, def->name, err);
}

pl_status pl_bind_check_clash(const pl_source *source, const char *name, pl_site site,
                              pl_error *err) {
  for (const pl_name_clash *c = source->clashes; c; c = c->next) {
    if (strcmp(c->def->name, name) != 0) continue;
    const pl_input *input = source->inputs[c->input];
    pl_str first = pl_input_column(input, c->first), second = pl_input_column(input, c->second);
    pl_fail_at(
        err, PL_E_USAGE, site, "two columns of %s may be \"%s\" of \"%s\": \"%.*s\" and \"%.*s\"",
        pl_input_shown(input), name, source->def->name, PL_STR_ARG(first), PL_STR_ARG(second));
    return hint_line(err, "say which: ", name, first);
  }
  return PL_OK;
}

static pl_status check_required(const pl_source *source, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < source->def->names_n; i++) {
    const pl_name_def *def = &source->def->names[i];
    if (!def->required) continue;
    status = pl_bind_check_clash(source, def->name, source->def->site, err);
    for (size_t k = 0; status == PL_OK && k < source->inputs_n; k++)
      if (is_csv(source, k) && pl_bind_cell(source, k, def->name) < 0)
        status = fail_missing(source, k, def, err);
    if (status == PL_OK) status = pl_bind_exists(source, def->name, source->def->site, err);
  }
  return status;
}

/* ---- what `names` says ------------------------------------------------------------------ */

static bool some_file_has(const pl_source *source, const pl_name_def *def) {
  pl_arena arena = {0};
  bool found = false;
  pl_str want = pl_header_fold(&arena, pl_str_of(def->given));
  for (size_t i = 0; !found && i < source->inputs_n; i++)
    for (size_t c = 0; !found && c < pl_input_columns(source->inputs[i]); c++)
      found = pl_str_eq(want, pl_header_fold(&arena, pl_input_column(source->inputs[i], c)));
  pl_arena_free(&arena);
  return found;
}

static pl_status check_given(const pl_source *source, const pl_name_def *def, pl_error *err) {
  bool found = some_file_has(source, def), any_json = false;
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && !found && i < source->inputs_n; i++) {
    if (is_csv(source, i)) continue;
    any_json = true;
    status = pl_input_find_column(source->inputs[i], pl_str_of(def->given), &found, err);
  }
  if (status != PL_OK || found || source->inputs_n == 0) return status;
  if (any_json && pl_input_columns(source->inputs[0]) == 0) return PL_OK; /* no record at all */
  pl_fail_at(err, PL_E_USAGE, source->def->site,
             "`names` of \"%s\" says that \"%s\" is \"%s\", but %s has no such column",
             source->def->name, def->name, def->given, pl_input_shown(source->inputs[0]));
  if (pl_bind_hint_header(source, 0, def->name, err)) return PL_E_USAGE;
  int at = nearest_header(source, 0, def->given, NULL);
  if (at < 0) return pl_bind_hint_list(source, err);
  return hint_line(err, "did you mean: ", def->name,
                   pl_input_column(source->inputs[0], (size_t)at));
}

/* In JSON a list is a list; a text there that holds several values needs list(). */
static pl_status check_lists(const pl_source *source, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < source->def->lists_n; i++) {
    const pl_list_def *list = &source->def->lists[i];
    for (size_t k = 0; k < source->inputs_n; k++) {
      if (is_csv(source, k)) continue;
      pl_fail_at(err, PL_E_USAGE, source->def->site,
                 "`lists` of \"%s\" is for CSV files, and %s is none", source->def->name,
                 pl_input_shown(source->inputs[k]));
      return pl_hint(err, "write lists = false, columns = { several = list(\"%s\", \"%c\") }",
                     list->column, list->separator);
    }
    if (!list->optional) status = pl_bind_exists(source, list->column, source->def->site, err);
  }
  return status;
}

static pl_status match_inputs(pl_binder *b, pl_source *source, pl_error *err) {
  const pl_source_def *def = source->def;
  pl_status status = PL_OK;
  if (def->names_n == 0) return PL_OK;
  source->names = pl_arena_array(&b->bound->arena, source->inputs_n, sizeof *source->names);
  source->names_n = pl_arena_array(&b->bound->arena, source->inputs_n, sizeof *source->names_n);
  if (!source->names || !source->names_n) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < source->inputs_n; i++)
    status = match_input(b, source, i, err);
  for (size_t i = 0; status == PL_OK && i < def->names_n; i++)
    if (def->names[i].given) status = check_given(source, &def->names[i], err);
  return status == PL_OK ? check_required(source, err) : status;
}

pl_status pl_bind_names(pl_binder *b, pl_source *source, pl_error *err) {
  pl_status status = match_inputs(b, source, err);
  return status == PL_OK ? check_lists(source, err) : status;
}

/* ---- what a profile offers and the files lack ---------------------------------------------- */

static pl_status drop_time(const pl_source *source, pl_time_column *time, pl_error *err) {
  bool has = true;
  pl_status status = PL_OK;
  if (time->column && time->optional) status = pl_bind_has_column(source, time->column, &has, err);
  if (status == PL_OK && !has) *time = (pl_time_column){0};
  return status;
}

static pl_status drop_column(const pl_source *source, const char **column, bool optional,
                             pl_error *err) {
  bool has = true;
  pl_status status = PL_OK;
  if (*column && optional) status = pl_bind_has_column(source, *column, &has, err);
  if (status == PL_OK && !has) *column = NULL;
  return status;
}

static pl_status drop_times(pl_binder *b, const pl_source *source, pl_source_def *def,
                            pl_error *err) {
  pl_status status = drop_time(source, &def->time, err);
  if (status != PL_OK || def->times_n == 0) return status;
  pl_time_column *times = pl_arena_array(&b->bound->arena, def->times_n, sizeof *times);
  size_t kept = 0;
  if (!times) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < def->times_n; i++) {
    times[kept] = def->times[i];
    status = drop_time(source, &times[kept], err);
    if (times[kept].column) kept++;
  }
  def->times = times;
  def->times_n = kept;
  return status;
}

/* The model as it is for these files: a copy, in which roles that only a profile
 * gave to columns that are not there are left out. */
pl_status pl_bind_drop_absent(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  bool some = false;
  for (size_t i = 0; i < bound->sources_n; i++) some = some || bound->sources[i].def->profile;
  if (!some) return PL_OK;
  pl_model *model = pl_arena_alloc(&bound->arena, sizeof *model);
  pl_source_def *defs = pl_arena_array(&bound->arena, b->model->sources_n, sizeof *defs);
  if (!model || (b->model->sources_n && !defs)) return pl_fail_memory(err);
  *model = *b->model;
  if (model->sources_n) memcpy(defs, model->sources, model->sources_n * sizeof *defs);
  model->sources = defs;
  pl_deals_def *deals = &model->deals;
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    pl_source_def *def = source->is_deals ? &deals->source : &defs[i];
    if (def->profile) status = drop_times(b, source, def, err);
    source->def = def;
  }
  if (status == PL_OK) status = drop_time(bound->deals, &deals->closed, err);
  if (status == PL_OK) status = drop_time(bound->deals, &deals->created, err);
  if (status == PL_OK)
    status = drop_column(bound->deals, &deals->amount, deals->amount_optional, err);
  if (status == PL_OK)
    status = drop_column(bound->deals, &deals->currency, deals->currency_optional, err);
  b->model = bound->model = model;
  return status;
}
