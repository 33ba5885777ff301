/* Names of columns -> slots. A slot is made on first use, after the slots that
 * it is computed from, so that their index is an order to compute them in. */
#include <assert.h>

#include "trace/bind.h"
#include "trace/condition.h"
#include "trace/expression.h"

#define NAMES_SHOWN 12      /* in "it has: …" */
#define PL_JSON_LIST '\x1f' /* joins the elements of a JSON array (input.h) */

int pl_bind_cell(const pl_source *source, size_t input, const char *name) {
  pl_str want = pl_str_of(name);
  size_t n = pl_input_columns(source->inputs[input]);
  for (size_t i = 0; i < n; i++)
    if (pl_str_eq(pl_bind_header(source, input, i), want)) return (int)i;
  return -1;
}

const pl_compute *pl_bind_compute(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->def->columns_n; i++)
    if (strcmp(source->def->columns[i].name, name) == 0) return &source->def->columns[i];
  return NULL;
}

/* JSON without a record has no columns to check a name against. */
static bool is_open_ended(const pl_source *source) {
  for (size_t i = 0; i < source->inputs_n; i++)
    if (source->dialects[i].format == PL_FORMAT_CSV || pl_input_columns(source->inputs[i]) > 0)
      return false;
  return true;
}

static bool some_input_has(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->inputs_n; i++)
    if (pl_bind_cell(source, i, name) >= 0) return true;
  return is_open_ended(source);
}

/* A JSON file shows in its head the paths of its first records only. One that no
 * head shows is looked for in the whole files, so that a misspelt name is still
 * an error; and once some file has it, any JSON record may. */
static pl_status look_for_path(const pl_source *source, const char *name, pl_str path,
                               pl_error *err) {
  bool found = some_input_has(source, name);
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && !found && i < source->inputs_n; i++)
    status = pl_input_find_column(source->inputs[i], path, &found, err);
  for (size_t i = 0; status == PL_OK && found && i < source->inputs_n; i++) {
    size_t index;
    if (source->dialects[i].format != PL_FORMAT_CSV && pl_input_columns(source->inputs[i]) > 0)
      status = pl_input_add_column(source->inputs[i], path, &index, err);
  }
  return status;
}

/* A column that the source names itself may stand under its name or an alias. */
static pl_status look_further(const pl_source *source, const char *name, pl_error *err) {
  const pl_name_def *def = pl_bind_name(source, name);
  if (def && def->given) return look_for_path(source, name, pl_str_of(def->given), err);
  pl_status status = look_for_path(source, name, pl_str_of(name), err);
  for (size_t i = 0; status == PL_OK && def && i < def->aliases.n; i++)
    if (!some_input_has(source, name))
      status = look_for_path(source, name, pl_str_of(def->aliases.items[i]), err);
  return status;
}

pl_status pl_bind_has_column(const pl_source *source, const char *name, bool *has, pl_error *err) {
  *has = pl_bind_compute(source, name) != NULL;
  if (*has) return PL_OK;
  pl_status status = look_further(source, name, err);
  *has = some_input_has(source, name);
  return status;
}

/* All names, for "did you mean" and the list; the first file's come first. */
static size_t all_names(const pl_source *source, pl_arena *arena, const char ***out) {
  size_t n = 0, cap = source->def->columns_n;
  for (size_t i = 0; i < source->inputs_n; i++) cap += pl_input_columns(source->inputs[i]);
  const char **names = *out = pl_arena_array(arena, cap, sizeof *names);
  for (size_t i = 0; names && i < source->inputs_n; i++)
    for (size_t k = 0; k < pl_input_columns(source->inputs[i]); k++) {
      pl_str name = pl_bind_header(source, i, k);
      const char *copy = pl_arena_copy(arena, name.p, name.n);
      if (copy) names[n++] = copy;
    }
  for (size_t i = 0; names && i < source->def->columns_n; i++)
    if (source->def->columns[i].name[0] != '(') names[n++] = source->def->columns[i].name;
  return n;
}

pl_status pl_bind_hint_list(const pl_source *source, pl_error *err) {
  pl_arena arena = {0};
  pl_buf list = {0};
  const char **names;
  size_t n = all_names(source, &arena, &names);
  for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
    pl_buf_format(&list, "%s%s", i ? ", " : "", names[i]);
  if (list.n) pl_hint(err, "it has: %s%s", list.p, n > NAMES_SHOWN ? ", …" : "");
  pl_buf_free(&list);
  pl_arena_free(&arena);
  return err ? err->status : PL_E_USAGE;
}

/* The name of this source for what the file calls `name`, or NULL. */
static const char *renamed(const pl_source *source, const char *name, pl_arena *arena) {
  for (size_t i = 0; i < source->inputs_n; i++)
    for (size_t k = 0; k < pl_input_columns(source->inputs[i]); k++) {
      if (!pl_str_eq(pl_input_column(source->inputs[i], k), pl_str_of(name))) continue;
      pl_str now = pl_bind_header(source, i, k);
      if (!pl_str_eq(now, pl_str_of(name))) return pl_arena_copy(arena, now.p, now.n);
    }
  return NULL;
}

static pl_status fail_unknown(const pl_source *source, const char *name, pl_site site,
                              pl_error *err) {
  pl_arena arena = {0};
  const char **names;
  size_t n = all_names(source, &arena, &names);
  const char *file = source->inputs_n ? pl_input_shown(source->inputs[0]) : "";
  const char *nearest = pl_nearest(name, names, n), *now = renamed(source, name, &arena);
  pl_fail_at(err, PL_E_USAGE, site, "\"%s\" has no column \"%s\" (%s%s)", source->def->name, name,
             file, source->inputs_n > 1 ? ", …" : "");
  bool moved = source->inputs_n && pl_bind_hint_header(source, 0, name, err);
  if (!moved && pl_bind_name(source, name) && source->inputs_n)
    pl_bind_hint_name(source, 0, name, err);
  else if (!moved && now)
    pl_hint(err, "that column of the file is called \"%s\" here", now);
  else if (!moved && nearest)
    pl_hint(err, "did you mean \"%s\"?", nearest);
  else if (!moved)
    pl_bind_hint_list(source, err);
  pl_arena_free(&arena);
  return PL_E_USAGE;
}

/* The files of a source must agree on the columns that are used; only JSON
 * records may leave one out. */
static pl_status check_raw(const pl_source *source, const char *name, pl_site site, pl_error *err) {
  const pl_input *with = NULL, *without = NULL;
  size_t lacking = 0;
  pl_status status = pl_bind_check_clash(source, name, site, err);
  if (status == PL_OK) status = look_further(source, name, err);
  if (status != PL_OK) return status;
  for (size_t i = 0; i < source->inputs_n; i++) {
    const pl_input *input = source->inputs[i];
    if (pl_bind_cell(source, i, name) >= 0)
      with = with ? with : input;
    else if (source->dialects[i].format == PL_FORMAT_CSV && !without)
      without = input, lacking = i;
  }
  if (!with && is_open_ended(source)) return PL_OK;
  if (!with) return fail_unknown(source, name, site, err);
  if (!without) return PL_OK;
  pl_fail_at(err, PL_E_INPUT, site,
             "the files of \"%s\" differ: %s has a column \"%s\", %s has not", source->def->name,
             pl_input_shown(with), name, pl_input_shown(without));
  if (pl_bind_hint_header(source, lacking, name, err)) return PL_E_INPUT;
  return pl_hint(err, "export both again with the same columns, or make two sources of them");
}

pl_status pl_bind_exists(const pl_source *source, const char *name, pl_site site, pl_error *err) {
  if (pl_bind_compute(source, name)) return PL_OK;
  return check_raw(source, name, site, err);
}

static int find_slot(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->slots_n; i++)
    if (strcmp(source->slots[i].name, name) == 0) return (int)i;
  return PL_NO_SLOT;
}

static pl_slot *push_slot(pl_binder *b, pl_source *source) {
  size_t *cap = &b->slots_cap[source->index];
  if (source->slots_n == *cap) {
    size_t more = *cap ? *cap * 2 : 8;
    pl_slot *slots = pl_arena_array(&b->bound->arena, more, sizeof *slots);
    if (!slots) return NULL;
    if (source->slots_n) memcpy(slots, source->slots, source->slots_n * sizeof *slots);
    source->slots = slots;
    *cap = more;
  }
  pl_slot *slot = &source->slots[source->slots_n++];
  *slot = (pl_slot){.numbers = source->def->numbers};
  slot->how.declared = source->def->numbers_given;
  return slot;
}

static bool has_json(const pl_source *source) {
  for (size_t i = 0; i < source->inputs_n; i++)
    if (source->dialects[i].format != PL_FORMAT_CSV) return true;
  return false;
}

/* How numbers are written in a column of this name, where `numbers` says so for
 * that column alone. */
static void set_numbers(const pl_source *source, pl_slot *slot) {
  for (size_t i = 0; i < source->def->number_columns_n; i++) {
    const pl_number_column *column = &source->def->number_columns[i];
    if (strcmp(column->column, slot->name) != 0) continue;
    slot->numbers = column->style;
    slot->how.declared = true;
  }
}

/* What a computed slot inherits of how its text is written. Values that come from
 * elsewhere cannot be looked at beforehand: they are what their column says. */
static void set_style(const pl_source *source, pl_slot *slot) {
  const pl_expression *e = slot->compute;
  const pl_slot *input = e->inputs_n ? &source->slots[e->inputs[0]] : NULL;
  switch (e->kind) {
  case PL_COMPUTE_LOOKUP:
    slot->numbers = e->table->slots[e->take].numbers;
    slot->how = e->table->slots[e->take].how;
    slot->list_separator = e->table->slots[e->take].list_separator;
    break;
  case PL_COMPUTE_LIST: slot->list_separator = e->def->words.items[0][0]; break;
  case PL_COMPUTE_CLEAN:
  case PL_COMPUTE_MAP:
    assert(input);
    slot->numbers = input->numbers;
    slot->how.declared = input->how.declared || e->elsewhere;
    break;
  default: slot->numbers = PL_NUMBER_PLAIN; slot->how.declared = true;
  }
  set_numbers(source, slot);
}

static pl_status add_computed(pl_binder *b, pl_source *source, const pl_compute *def, unsigned uses,
                              int *out, pl_error *err) {
  pl_expression *compute = NULL;
  pl_status status = pl_expression_bind(b, source, def, uses, &compute, err);
  if (status != PL_OK) return status;
  pl_slot *slot = push_slot(b, source);
  if (!slot) return pl_fail_memory(err);
  slot->name = def->name;
  slot->compute = compute;
  set_style(source, slot);
  *out = (int)source->slots_n - 1;
  return PL_OK;
}

static char separator_of(const pl_source *source, const char *name) {
  for (size_t i = 0; i < source->def->lists_n; i++)
    if (strcmp(source->def->lists[i].column, name) == 0) return source->def->lists[i].separator;
  return has_json(source) ? PL_JSON_LIST : '\0';
}

bool pl_bind_holds_several(const pl_source *source, const char *name) {
  const pl_compute *compute = pl_bind_compute(source, name);
  if (compute) return compute->kind == PL_COMPUTE_LIST;
  for (size_t i = 0; i < source->def->lists_n; i++)
    if (strcmp(source->def->lists[i].column, name) == 0) return true;
  return false;
}

static pl_status add_raw(pl_binder *b, pl_source *source, const char *name, pl_site site, int *out,
                         pl_error *err) {
  pl_status status = check_raw(source, name, site, err);
  if (status != PL_OK) return status;
  pl_slot *slot = push_slot(b, source);
  if (!slot) return pl_fail_memory(err);
  slot->name = name;
  set_numbers(source, slot);
  slot->list_separator = separator_of(source, name);
  *out = (int)source->slots_n - 1;
  return PL_OK;
}

static pl_status claim(pl_binder *b, const pl_source *source, int slot, unsigned uses, pl_site site,
                       pl_error *err) {
  struct pl_bound_own *own = b->bound->own;
  if (!pl_grow(&own->claims, &own->claims_cap, own->claims_n + 1, sizeof *own->claims))
    return pl_fail_memory(err);
  own->claims[own->claims_n++] = (pl_claim){uses, b->metric, source->index, slot, site};
  return PL_OK;
}

/* A sample cannot show values that come from another table or from Lua. */
static pl_status check_sampled(const pl_source *source, const pl_slot *slot, pl_site site,
                               pl_error *err) {
  const pl_expression *e = slot->compute;
  if (!e || !e->elsewhere || e->kind == PL_COMPUTE_LOOKUP || slot->style_declared) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, site,
             "column \"%s\" of \"%s\" is used as a time, but how it is "
             "written cannot be seen beforehand",
             slot->name, source->def->name);
  return pl_hint(err, "declare it: formats = { [\"%s\"] = \"%%Y-%%m-%%d\" }", slot->name);
}

/* A looked-up column is parsed where it stands, so that a bad number is a
 * reject of its own record; hence its uses go on to the other table. */
static pl_status add_uses(pl_binder *b, pl_source *source, int index, unsigned uses, pl_site site,
                          pl_error *err) {
  pl_status status = PL_OK;
  pl_slot *slot = &source->slots[index];
  unsigned more = uses & ~(unsigned)slot->uses;
  const pl_expression *e = slot->compute;
  slot->uses |= (uint8_t)uses;
  const unsigned times = PL_USES_TIME, looked = PL_USES_TIME | PL_USES_NUMBER;
  if (uses & looked) status = claim(b, source, index, uses & looked, site, err);
  if (status == PL_OK && (more & times)) status = pl_bind_reader(b->bound, source, slot, err);
  if (status == PL_OK && (uses & times)) status = check_sampled(source, slot, site, err);
  if (status != PL_OK || !e || e->kind != PL_COMPUTE_LOOKUP) return status;
  if (!more && !(uses & looked)) return PL_OK;
  return add_uses(b, e->table, e->take, uses, site, err);
}

pl_status pl_bind_column(pl_binder *b, pl_source *source, const char *name, unsigned uses,
                         pl_site site, int *slot, pl_error *err) {
  pl_status status = PL_OK;
  *slot = find_slot(source, name);
  if (*slot < 0) {
    const pl_compute *def = pl_bind_compute(source, name);
    status = def ? add_computed(b, source, def, uses, slot, err)
                 : add_raw(b, source, name, site, slot, err);
  }
  if (status != PL_OK) return status;
  return add_uses(b, source, *slot, uses, site, err);
}

/* ---- layout ----------------------------------------------------------------- */
static void need(const pl_source *source, bool *needed, int slot) {
  if (slot == PL_NO_SLOT || needed[slot]) return;
  needed[slot] = true;
  const pl_expression *e = source->slots[slot].compute;
  for (size_t i = 0; e && i < e->inputs_n; i++) need(source, needed, e->inputs[i]);
}

typedef struct needing {
  const pl_source *source;
  bool *needed;
} needing;

static void need_visited(void *ctx, int slot) {
  needing *n = ctx;
  need(n->source, n->needed, slot);
}

static bool set_order(pl_binder *b, pl_source *source) {
  size_t n = source->slots_n, k = 0;
  source->order = pl_arena_array(&b->bound->arena, n, sizeof *source->order);
  bool *early = pl_arena_array(&b->bound->arena, n, sizeof *early);
  bool *timed = pl_arena_array(&b->bound->arena, n, sizeof *timed);
  if (!source->order || !early || !timed) return false;
  pl_predicate_slots(source->where, need_visited, &(needing){source, early});
  need(source, timed, source->time);
  for (size_t i = 0; i < n; i++)
    if (early[i]) source->order[k++] = (int)i;
  source->filtered_n = k;
  for (size_t i = 0; i < n; i++)
    if (!early[i] && timed[i]) source->order[k++] = (int)i;
  source->timed_n = k - source->filtered_n;
  for (size_t i = 0; i < n; i++)
    if (!early[i] && !timed[i]) source->order[k++] = (int)i;
  return true;
}

static bool set_cells(pl_binder *b, pl_source *source, size_t input) {
  pl_arena *arena = &b->bound->arena;
  int *cells = pl_arena_array(arena, source->slots_n, sizeof *cells);
  bool *wanted = pl_arena_array(arena, pl_input_columns(source->inputs[input]), sizeof *wanted);
  if (!cells || !wanted) return false;
  for (size_t i = 0; i < source->slots_n; i++) {
    const pl_slot *slot = &source->slots[i];
    cells[i] = slot->compute ? -1 : pl_bind_cell(source, input, slot->name);
    if (cells[i] >= 0) wanted[cells[i]] = true;
  }
  source->cell_of[input] = cells;
  source->wanted[input] = wanted;
  return true;
}

pl_status pl_bind_layout(pl_binder *b, pl_source *source, pl_error *err) {
  pl_arena *arena = &b->bound->arena;
  source->cell_of = pl_arena_array(arena, source->inputs_n, sizeof *source->cell_of);
  source->wanted = pl_arena_array(arena, source->inputs_n, sizeof *source->wanted);
  if (!source->cell_of || !source->wanted) return pl_fail_memory(err);
  for (size_t i = 0; i < source->inputs_n; i++)
    if (!set_cells(b, source, i)) return pl_fail_memory(err);
  return set_order(b, source) ? PL_OK : pl_fail_memory(err);
}
