/* Computed columns before any is used: every name in them must exist, no
 * column may need itself, and no two tables may need each other. */
#include <assert.h>

#include "trace/bind.h"
#include "trace/clean.h"
#include "trace/expression.h"

#define PL_MAX_CHAIN 64 /* computed columns that rest on each other */

typedef enum mark { NEW, OPEN, DONE } mark;

typedef struct checker {
  const pl_bound *bound;
  mark **marks; /* by source, by computed column */
  int depth;
} checker;

static pl_status check_compute(checker *c, pl_source *source, const pl_compute *def, pl_error *err);

static pl_status fail_at(pl_error *err, const pl_source *source, const pl_compute *def,
                         const char *what) {
  return pl_fail_at(err, PL_E_USAGE, def->site, "column \"%s\" of \"%s\": %s", def->name,
                    source->def->name, what);
}

static pl_status check_name(checker *c, pl_source *source, const char *name, pl_site site,
                            pl_error *err) {
  const pl_compute *other = pl_bind_compute(source, name);
  if (other) return check_compute(c, source, other, err);
  return pl_bind_exists(source, name, site, err);
}

static pl_status check_words(const pl_source *source, const pl_compute *def, pl_error *err) {
  pl_clean word;
  if (def->words.n == 0) return fail_at(err, source, def, "clean() names nothing to do");
  for (size_t i = 0; i < def->words.n; i++) {
    const char *text = def->words.items[i];
    if (pl_clean_word(text, &word)) continue;
    pl_fail_at(err, PL_E_USAGE, def->site, "clean() does not know \"%s\"", text);
    const char *nearest = pl_nearest(text, pl_clean_names, PL_CLEAN_WORDS);
    if (nearest) return pl_hint(err, "did you mean \"%s\"?", nearest);
    return pl_hint(err, "it knows trim, lower, upper, nospace, alnum, digits, nozeros, url, path, "
                        "domain and email");
  }
  return PL_OK;
}

static pl_status check_separator(const pl_source *source, const pl_compute *def, pl_error *err) {
  const char *separator = def->words.n ? def->words.items[0] : "";
  if (strlen(separator) == 1) return PL_OK;
  fail_at(err, source, def, "the separator of list() must be one character");
  return pl_hint(err, "write list(\"%s\", \";\")", def->inputs.n ? def->inputs.items[0] : "…");
}

static pl_status check_table(checker *c, pl_source *source, const pl_compute *def, pl_error *err) {
  pl_source *other;
  pl_status status = pl_bind_source(c->bound, def->table, def->site, &other, err);
  if (status == PL_OK && other == source) {
    fail_at(err, source, def, "a table cannot look into itself");
    status = pl_hint(err, "declare the same file as a second source, and look there");
  }
  if (status == PL_OK && def->key.n == 0) status = fail_at(err, source, def, "`on` is missing");
  if (status == PL_OK && !def->take) status = fail_at(err, source, def, "`take` is missing");
  for (size_t i = 0; status == PL_OK && i < def->key.n; i++) {
    status = check_name(c, source, def->key.here[i], def->site, err);
    if (status == PL_OK) status = check_name(c, other, def->key.there[i], def->site, err);
  }
  if (status == PL_OK) status = check_name(c, other, def->take, def->site, err);
  return status;
}

static pl_status check_parts(checker *c, pl_source *source, const pl_compute *def, pl_error *err) {
  pl_status status = PL_OK;
  if (def->kind == PL_COMPUTE_LOOKUP || def->kind == PL_COMPUTE_SUM)
    return check_table(c, source, def, err);
  if (def->kind == PL_COMPUTE_CONSTANT) return PL_OK;
  if (def->kind == PL_COMPUTE_CLEAN) status = check_words(source, def, err);
  if (def->kind == PL_COMPUTE_LIST) status = check_separator(source, def, err);
  if (status == PL_OK && def->inputs.n == 0)
    status = fail_at(err, source, def, "it names no column to start from");
  for (size_t i = 0; status == PL_OK && i < def->inputs.n; i++)
    status = check_name(c, source, def->inputs.items[i], def->site, err);
  return status;
}

/* Two columns of one name would leave unsaid which is meant. */
static pl_status check_unique(const pl_source *source, const pl_compute *def, pl_error *err) {
  const pl_compute *first = pl_bind_compute(source, def->name);
  if (first != def) return fail_at(err, source, def, "it is declared twice");
  for (size_t i = 0; i < source->inputs_n; i++) {
    if (pl_bind_cell(source, i, def->name) < 0) continue;
    pl_fail_at(err, PL_E_USAGE, def->site, "column \"%s\" of \"%s\" is already a column of %s",
               def->name, source->def->name, pl_input_shown(source->inputs[i]));
    return pl_hint(err, "give the computed column a name of its own");
  }
  return PL_OK;
}

static pl_status check_compute(checker *c, pl_source *source, const pl_compute *def,
                               pl_error *err) {
  assert(c->marks && c->marks[source->index]); /* a source with computed columns has marks */
  mark *state = &c->marks[source->index][def - source->def->columns];
  if (*state == DONE) return PL_OK;
  if (*state == OPEN) {
    fail_at(err, source, def, "it is computed from itself");
    return pl_hint(err, "give one of the columns that need each other another name");
  }
  if (c->depth == PL_MAX_CHAIN)
    return fail_at(err, source, def, "too many computed columns rest on each other");
  *state = OPEN;
  c->depth++;
  pl_status status = check_unique(source, def, err);
  if (status == PL_OK) status = check_parts(c, source, def, err);
  c->depth--;
  *state = DONE;
  return status;
}

pl_status pl_bind_check_computes(const pl_bound *bound, pl_error *err) {
  pl_status status = PL_OK;
  pl_arena arena = {0};
  checker c = {bound, pl_arena_array(&arena, bound->sources_n, sizeof(mark *)), 0};
  for (size_t i = 0; c.marks && i < bound->sources_n; i++)
    c.marks[i] = pl_arena_array(&arena, bound->sources[i].def->columns_n, sizeof(mark));
  if (arena.failed) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    for (size_t k = 0; status == PL_OK && k < source->def->columns_n; k++)
      status = check_compute(&c, source, &source->def->columns[k], err);
  }
  pl_arena_free(&arena);
  return status;
}

/* ---- the order in which tables are loaded ------------------------------------ */
typedef struct orderer {
  pl_bound *bound;
  mark *marks;
  size_t n;
} orderer;

static pl_status place(orderer *o, pl_source *source, pl_error *err);

static pl_status place_needed(orderer *o, pl_source *source, const pl_compute *why,
                              pl_source *needed, pl_error *err) {
  if (o->marks[needed->index] == OPEN) {
    pl_site site = why ? why->site : o->bound->model->rates.site;
    pl_fail_at(err, PL_E_USAGE, site,
               "the tables \"%s\" and \"%s\" need each other: \"%s\" cannot "
               "be loaded before the other",
               source->def->name, needed->def->name, why ? why->name : "rates");
    return pl_hint(err, "declare the same file as a second source, and look there");
  }
  return place(o, needed, err);
}

static pl_status place(orderer *o, pl_source *source, pl_error *err) {
  pl_status status = PL_OK;
  pl_source *rates = o->bound->rates_plan.source;
  if (o->marks[source->index] == DONE) return PL_OK;
  o->marks[source->index] = OPEN;
  for (size_t i = 0; status == PL_OK && i < source->slots_n; i++) {
    const pl_expression *e = source->slots[i].compute;
    if (e && e->table) status = place_needed(o, source, e->def, e->table, err);
  }
  if (status == PL_OK && source->is_deals && rates)
    status = place_needed(o, source, NULL, rates, err);
  o->marks[source->index] = DONE;
  if (status == PL_OK) o->bound->load_order[o->n++] = source->index;
  return status;
}

pl_status pl_bind_load_order(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_status status = PL_OK;
  orderer o = {bound, pl_calloc(bound->sources_n, sizeof(mark)), 0};
  bound->load_order = pl_arena_array(&bound->arena, bound->sources_n, sizeof(int));
  if (!o.marks || !bound->load_order) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = place(&o, &bound->sources[i], err);
  pl_free(o.marks);
  return status;
}
