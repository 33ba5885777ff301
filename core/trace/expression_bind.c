/* Computed columns: binding their inputs, and giving lookups their tables. */
#include "trace/expression.h"

static void free_dict(void *dict) {
  pl_dict_free(dict);
}

static pl_status bind_names(pl_binder *b, pl_source *source, pl_expression *e, size_t n,
                            const char *const *names, pl_error *err) {
  pl_status status = PL_OK;
  e->inputs = pl_arena_array(&b->bound->arena, n, sizeof *e->inputs);
  if (!e->inputs) return pl_fail_memory(err);
  e->inputs_n = n;
  for (size_t i = 0; status == PL_OK && i < n; i++)
    status = pl_bind_column(b, source, names[i], PL_USE_TEXT, e->def->site, &e->inputs[i], err);
  return status;
}

static pl_status bind_words(pl_binder *b, pl_expression *e, pl_error *err) {
  e->words_n = e->def->words.n;
  e->words = pl_arena_array(&b->bound->arena, e->words_n, sizeof *e->words);
  if (!e->words) return pl_fail_memory(err);
  for (size_t i = 0; i < e->words_n; i++) /* checked by pl_bind_check_computes */
    if (!pl_clean_word(e->def->words.items[i], &e->words[i])) e->words[i] = PL_CLEAN_TRIM;
  return PL_OK;
}

static pl_status bind_map(pl_binder *b, pl_expression *e, pl_error *err) {
  const pl_compute *def = e->def;
  e->map = pl_dict_new();
  if (!e->map || !pl_bound_keep(b->bound, e->map, free_dict)) return pl_fail_memory(err);
  e->to = pl_arena_array(&b->bound->arena, def->from.n, sizeof *e->to);
  if (!e->to) return pl_fail_memory(err);
  for (size_t i = 0; i < def->from.n; i++) {
    uint32_t before = pl_dict_count(e->map);
    uint32_t id = pl_dict_add(e->map, pl_str_of(def->from.items[i]));
    if (id == PL_DICT_NONE) return pl_fail_memory(err);
    if (id == before) e->to[id] = pl_str_of(def->to.items[i]);
  }
  return PL_OK;
}

static pl_status bind_table(pl_binder *b, pl_source *source, pl_expression *e, unsigned uses,
                            pl_error *err) {
  const pl_compute *def = e->def;
  pl_status status = pl_bind_source(b->bound, def->table, def->site, &e->table, err);
  if (status == PL_OK) status = bind_names(b, source, e, def->key.n, def->key.here, err);
  for (size_t i = 0; status == PL_OK && i < def->key.n; i++)
    status =
        pl_bind_column(b, e->table, def->key.there[i], PL_USE_TEXT, def->site, &e->there[i], err);
  if (status != PL_OK) return status;
  e->table->held = true;
  if (e->kind == PL_COMPUTE_SUM)
    uses = PL_USE_NUMBER;
  else if (source->def->blank.n)
    uses |= PL_USE_TEXT;  /* is it one of the texts that count as blank here? */
  int metric = b->metric; /* a sum belongs to audit.lua, whoever uses it first */
  if (e->kind == PL_COMPUTE_SUM) b->metric = -1;
  status = pl_bind_column(b, e->table, def->take, uses, def->site, &e->take, err);
  b->metric = metric;
  return status;
}

static pl_status bind_kind(pl_binder *b, pl_source *source, pl_expression *e, unsigned uses,
                           pl_error *err) {
  const pl_compute *def = e->def;
  e->constant = pl_str_of(def->value.text);
  e->exponent = e->kind == PL_COMPUTE_CONSTANT || e->kind == PL_COMPUTE_DERIVE;
  if (e->kind == PL_COMPUTE_CONSTANT) return PL_OK;
  if (e->kind == PL_COMPUTE_LOOKUP || e->kind == PL_COMPUTE_SUM)
    return bind_table(b, source, e, uses, err);
  size_t n = e->kind == PL_COMPUTE_DERIVE ? def->inputs.n : 1;
  pl_status status = bind_names(b, source, e, n, def->inputs.items, err);
  if (status != PL_OK) return status;
  if (e->kind == PL_COMPUTE_CLEAN) return bind_words(b, e, err);
  if (e->kind == PL_COMPUTE_MAP) return bind_map(b, e, err);
  if (e->kind == PL_COMPUTE_DERIVE)
    return pl_asked_bind(b, source, def->call, true, e->inputs, n, def->site, &e->asked, err);
  return PL_OK;
}

void pl_expressions_detach(pl_bound *bound) {
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].slots_n; k++) {
      pl_expression *e = bound->sources[i].slots[k].compute;
      if (!e) continue;
      e->loaded = NULL;
      e->index = NULL;
    }
}

/* Is `name` the column of a role, or what that column is made from alone? */
static bool is_role(const pl_source *deals, const char *role, const char *name) {
  while (role) {
    if (strcmp(role, name) == 0) return true;
    const pl_compute *compute = pl_bind_compute(deals, role);
    bool made = compute && compute->inputs.n == 1; /* not a lookup: its key is no outcome */
    role = made ? compute->inputs.items[0] : NULL;
  }
  return false;
}

/* A status that a function makes of several columns: each of them tells of it. */
static bool is_status(const pl_source *deals, const char *status, const char *name) {
  const pl_compute *compute = status ? pl_bind_compute(deals, status) : NULL;
  for (size_t i = 0; compute && i < compute->inputs.n; i++)
    if (is_role(deals, compute->inputs.items[i], name)) return true;
  return is_role(deals, status, name);
}

bool pl_slot_is_outcome(const pl_bound *bound, const pl_source *source, int slot) {
  const pl_deals_def *deals = &bound->model->deals;
  const pl_slot *s = &source->slots[slot];
  if (s->compute && s->compute->outcome) return true;
  return source->is_deals &&
         (is_status(source, deals->status, s->name) || is_role(source, deals->amount, s->name) ||
          is_role(source, deals->closed.column, s->name));
}

static void set_traits(const pl_bound *bound, const pl_source *source, pl_expression *e) {
  e->calls = e->kind == PL_COMPUTE_DERIVE;
  e->elsewhere = e->calls || e->table;
  for (size_t i = 0; i < e->inputs_n; i++) {
    const pl_expression *input = source->slots[e->inputs[i]].compute;
    e->calls |= input && input->calls;
    e->elsewhere |= input && input->elsewhere;
    e->outcome |= pl_slot_is_outcome(bound, source, e->inputs[i]);
    e->outcome |= e->table && pl_slot_is_outcome(bound, e->table, e->there[i]);
  }
  e->outcome |= e->table && pl_slot_is_outcome(bound, e->table, e->take);
}

pl_status pl_expression_bind(pl_binder *b, pl_source *source, const pl_compute *def, unsigned uses,
                             pl_expression **out, pl_error *err) {
  pl_expression *e = pl_arena_alloc(&b->bound->arena, sizeof *e);
  if (!e) return pl_fail_memory(err);
  e->def = def;
  e->kind = def->kind;
  pl_status status = bind_kind(b, source, e, uses, err);
  if (status == PL_OK) set_traits(b->bound, source, e);
  if (status == PL_OK) *out = e;
  return status;
}

/* ---- giving lookups their tables ---------------------------------------------- */
static const char *file_of(const pl_bound *bound, pl_place place) {
  return place.file < bound->files_n ? bound->files[place.file] : "?";
}

static pl_status fail_repeated(const pl_bound *bound, const pl_expression *e, uint32_t group,
                               pl_error *err) {
  pl_buf key = {0};
  pl_rows rows = pl_index_rows(e->index, group);
  pl_place a = pl_table_place(e->loaded, pl_row_at(&rows, 0));
  pl_place b = pl_table_place(e->loaded, pl_row_at(&rows, 1));
  pl_key_show(pl_index_key(e->index, group), e->inputs_n, &key);
  pl_fail_at(err, PL_E_INPUT, e->def->site,
             "lookup in \"%s\": the key \"%s\" stands there more "
             "than once, at %s:%u and %s:%u",
             e->table->def->name, key.p ? key.p : "", file_of(bound, a), a.line, file_of(bound, b),
             b.line);
  pl_buf_free(&key);
  return pl_hint(err,
                 "sum { … } adds up several rows; `duplicates` of the source keeps one of them");
}

static pl_status check_single(const pl_bound *bound, const pl_expression *e, pl_error *err) {
  uint32_t groups = pl_index_groups(e->index);
  uint32_t worst = PL_NO_GROUP, first = UINT32_MAX;
  for (uint32_t g = 0; g < groups; g++) {
    pl_rows rows = pl_index_rows(e->index, g);
    if (rows.n < 2 || pl_row_at(&rows, 1) >= first) continue;
    worst = g; /* the one that a reader of the file meets first */
    first = pl_row_at(&rows, 1);
  }
  return worst == PL_NO_GROUP ? PL_OK : fail_repeated(bound, e, worst, err);
}

static void free_block(void *block) {
  pl_free(block);
}

/* Sums are exact, in units of 1/10,000: rounding each part would be a silent guess. */
static pl_status fail_fine(const pl_bound *bound, const pl_expression *e, uint32_t row,
                           pl_error *err) {
  pl_place place = pl_table_place(e->loaded, row);
  pl_site site = {file_of(bound, place), place.line, 0};
  pl_fail_at(err, PL_E_INPUT, site, "sum of \"%s\": a value with more than four decimals",
             e->def->take);
  return pl_hint(err, "round the column in the tool that exports it: sums are exact to 1/10,000");
}

static pl_status add_up(pl_bound *bound, pl_expression *e, pl_error *err) {
  uint32_t groups = pl_index_groups(e->index);
  e->sums = pl_calloc(groups, sizeof *e->sums);
  if (!e->sums || !pl_bound_keep(bound, e->sums, free_block)) return pl_fail_memory(err);
  e->known = pl_calloc(groups, sizeof *e->known);
  if (!e->known || !pl_bound_keep(bound, e->known, free_block)) return pl_fail_memory(err);
  for (uint32_t g = 0; g < groups; g++) {
    pl_rows rows = pl_index_rows(e->index, g);
    for (uint32_t i = 0; i < rows.n; i++) {
      uint32_t row = pl_row_at(&rows, i);
      pl_cell cell = pl_table_cell(e->loaded, row, e->take);
      if (cell.blank) continue;
      if (cell.number.more) return fail_fine(bound, e, row, err);
      e->known[g] = true; /* 2^32 rows of 64 bits cannot overflow 128 */
      pl_sum_add(&e->sums[g], cell.number.units);
    }
  }
  return PL_OK;
}

static pl_status attach(pl_bound *bound, pl_expression *e, pl_table *table, pl_error *err) {
  e->index = pl_table_index(table, e->there, e->inputs_n, err);
  if (!e->index) return err ? err->status : PL_E_MEMORY;
  e->loaded = table;
  return e->kind == PL_COMPUTE_SUM ? add_up(bound, e, err) : check_single(bound, e, err);
}

pl_status pl_expressions_attach(pl_bound *bound, pl_source *loaded, pl_table *table,
                                pl_error *err) {
  pl_error own; /* an index tells why it failed only through an error */
  pl_status status = PL_OK;
  if (!err) err = &own;
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++) {
    const pl_source *source = &bound->sources[i];
    for (size_t k = 0; status == PL_OK && k < source->slots_n; k++) {
      pl_expression *e = source->slots[k].compute;
      if (e && e->table == loaded) status = attach(bound, e, table, err);
    }
  }
  return status;
}
