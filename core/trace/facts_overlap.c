/* Which columns of different tables hold the same values, and how many. */
#include <stdlib.h>

#include "trace/facts_private.h"

#define DISTINCT_LEAST 8 /* below, a column whose values repeat has few of them */

/* ---- freezing ------------------------------------------------------------------------ */

static int by_hash(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* The smallest hashes, in order: a set of values depends on no record's place. */
static bool take_probes(pl_fact_column *c) {
  const pl_sketch *set = &c->sets[PL_FORM_CELL];
  uint64_t *all = pl_malloc((set->n ? set->n : 1) * sizeof *all);
  size_t n = 0;
  if (!all) return false;
  for (size_t i = 0; i < set->cap; i++)
    if (set->slots[i]) all[n++] = set->slots[i] & ~(uint64_t)1;
  qsort(all, n, sizeof *all, by_hash);
  for (size_t i = 0; i < n && i < PL_FACTS_PROBES; i++) c->probes[i] = all[i];
  pl_free(all);
  return true;
}

pl_status pl_facts_freeze(pl_facts *f, pl_error *err) {
  for (size_t i = 0; i < f->columns_n; i++) {
    pl_fact_column *c = &f->columns[i];
    c->unique = c->values > 0 && !pl_sketch_repeats(&c->sets[PL_FORM_CELL]);
    pl_column_look_result look;
    pl_fact_column_look(c, &look);
    c->kind = look.kind;
    c->amounts = look.kind == PL_COLUMN_NUMBER && (look.number.style != PL_NUMBER_PLAIN ||
                                                   look.number.percents || look.number.signs_n);
    for (int form = 0; form < PL_FORMS; form++)
      if (!pl_sketch_freeze(&c->sets[form], PL_FACTS_OVERLAP)) return pl_fail_memory(err);
    if (!take_probes(c)) return pl_fail_memory(err);
  }
  return PL_OK;
}

/* ---- comparing two sets ----------------------------------------------------------------- */

typedef struct overlap {
  uint64_t here, there, common;
  bool exact;
} overlap;

static bool is_below(uint64_t hash, unsigned halvings) {
  return !halvings || !(hash >> (64 - halvings));
}

static uint64_t count_below(const pl_sketch *s, unsigned halvings) {
  if (s->halvings == halvings) return s->n;
  uint64_t n = 0;
  for (size_t i = 0; i < s->cap; i++) n += s->slots[i] && is_below(s->slots[i], halvings);
  return n;
}

static overlap compare(const pl_sketch *a, const pl_sketch *b) {
  unsigned halvings = a->halvings > b->halvings ? a->halvings : b->halvings;
  overlap o = {count_below(a, halvings), count_below(b, halvings), 0, halvings == 0};
  const pl_sketch *few = a->n < b->n ? a : b, *many = few == a ? b : a;
  for (size_t i = 0; i < few->cap; i++)
    if (few->slots[i] && is_below(few->slots[i], halvings) && pl_sketch_has(many, few->slots[i]))
      o.common++;
  return o;
}

/* Does a look at a few values of either find one in the other? */
static bool touches(const pl_fact_column *a, const pl_sketch *b) {
  for (size_t i = 0; i < PL_FACTS_PROBES && a->probes[i]; i++)
    if (is_below(a->probes[i], b->halvings) && pl_sketch_has(b, a->probes[i])) return true;
  return false;
}

/* ---- which columns may be keys ------------------------------------------------------------- */

/* So few values that two columns may share them by chance. */
static bool has_few(const pl_fact_column *c) {
  return !c->unique && pl_sketch_count(&c->sets[PL_FORM_CELL]) < DISTINCT_LEAST;
}

static bool may_join(const pl_fact_column *c) {
  if (c->kind == PL_COLUMN_EMPTY || c->kind == PL_COLUMN_TIME || c->amounts) return false;
  return c->kind == PL_COLUMN_TEXT || !has_few(c);
}

static const pl_sketch *without_zeros(const pl_fact_column *c) {
  return &c->sets[c->lists[PL_FORM_ZEROS] ? PL_FORM_ZEROS : PL_FORM_CELL];
}

static const pl_sketch *list_of(const pl_fact_column *c) {
  char separator = c->kind == PL_COLUMN_TEXT ? pl_fact_separator(c) : '\0';
  if (!separator) return NULL;
  return &c->sets[separator == ',' ? PL_FORM_COMMA : PL_FORM_SEMICOLON];
}

typedef struct side {
  size_t table, column;
  const char *form;
} side;

typedef struct finding {
  pl_arena *arena;
  pl_value *list;
} finding;

static void tell_side(pl_arena *a, pl_value *to, const char *key, side s) {
  pl_value *v = pl_value_set(a, to, key, pl_value_object(a));
  pl_set_int(a, v, "table", (int64_t)s.table + 1);
  pl_set_int(a, v, "column", (int64_t)s.column + 1);
  if (s.form) pl_set_text(a, v, "form", pl_str_of(s.form));
}

static void tell(const finding *f, side here, side there, overlap o, bool few) {
  pl_value *v = pl_value_push(f->arena, f->list, pl_value_object(f->arena));
  tell_side(f->arena, v, "here", here);
  tell_side(f->arena, v, "there", there);
  pl_set_int(f->arena, v, "here_values", (int64_t)o.here);
  pl_set_int(f->arena, v, "there_values", (int64_t)o.there);
  pl_set_int(f->arena, v, "common", (int64_t)o.common);
  pl_set_bool(f->arena, v, "exact", o.exact);
  if (few) pl_set_bool(f->arena, v, "few", true);
}

/* "00123" there is "123" here. */
static void compare_zeros(const finding *f, const pl_fact_column *a, side here,
                          const pl_fact_column *b, side there, uint64_t plain) {
  if (!a->lists[PL_FORM_ZEROS] && !b->lists[PL_FORM_ZEROS]) return;
  overlap o = compare(without_zeros(a), without_zeros(b));
  if (o.common <= plain) return;
  here.form = a->lists[PL_FORM_ZEROS] ? "zeros" : NULL;
  there.form = b->lists[PL_FORM_ZEROS] ? "zeros" : NULL;
  tell(f, here, there, o, has_few(a) || has_few(b));
}

/* Cells with cells; then parts of cells, told where they find more. */
static void compare_columns(const finding *f, const pl_fact_column *a, side here,
                            const pl_fact_column *b, side there) {
  const pl_sketch *x = &a->sets[PL_FORM_CELL], *y = &b->sets[PL_FORM_CELL];
  const pl_sketch *in_a = list_of(a), *in_b = list_of(b);
  bool emails = pl_fact_has_emails(a) && pl_fact_has_emails(b);
  bool few = has_few(a) || has_few(b);
  overlap plain = {0}, parts;
  if (touches(a, y) || touches(b, x)) plain = compare(x, y);
  if (plain.common) tell(f, here, there, plain, few);
  compare_zeros(f, a, here, b, there, plain.common);
  if (in_a && touches(b, in_a) && (parts = compare(in_a, y)).common > plain.common)
    tell(f, (side){here.table, here.column, "list"}, there, parts, few);
  if (in_b && touches(a, in_b) && (parts = compare(x, in_b)).common > plain.common)
    tell(f, here, (side){there.table, there.column, "list"}, parts, few);
  if (!emails) return;
  parts = compare(&a->sets[PL_FORM_EMAIL], &b->sets[PL_FORM_EMAIL]);
  if (parts.common > plain.common)
    tell(f, (side){here.table, here.column, "email"}, (side){there.table, there.column, "email"},
         parts, few);
}

static void compare_tables(const finding *f, pl_facts *const *tables, size_t a, size_t b) {
  for (size_t i = 0; i < tables[a]->columns_n; i++) {
    const pl_fact_column *x = &tables[a]->columns[i];
    if (!may_join(x)) continue;
    for (size_t k = 0; k < tables[b]->columns_n; k++) {
      const pl_fact_column *y = &tables[b]->columns[k];
      if (may_join(y)) compare_columns(f, x, (side){a, i, NULL}, y, (side){b, k, NULL});
    }
  }
}

pl_status pl_facts_overlaps(pl_facts *const *tables, size_t n, pl_arena *arena, pl_value **out,
                            pl_error *err) {
  finding f = {arena, pl_value_list(arena)};
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++) {
      const volatile bool *cancel = tables[a]->options.cancel;
      if (cancel && *cancel) return pl_fail(err, PL_E_CANCELLED, "stopped");
      compare_tables(&f, tables, a, b);
    }
  *out = f.list;
  return arena->failed ? pl_fail_memory(err) : PL_OK;
}
