/* One dictionary per column that conditions compare with plain texts. The first
 * equality of a starter finds it, the others are tested by number. */
#include "trace/dispatch.h"

#define UNASKED (PL_DICT_NONE - 1) /* this record's text in that column was not looked up */

typedef struct starter_list {
  uint32_t *items;
  size_t n, cap;
} starter_list;

typedef struct column {
  int slot;
  pl_dict *texts;         /* all that conditions name */
  starter_list *starters; /* by text: those found by it */
  bool finds;             /* some are; else it only tests */
} column;

typedef struct test { /* a further equality of a starter */
  size_t column;
  uint64_t *ids; /* a bit for each text of the column that meets it */
} test;

typedef struct plan {
  bool found; /* by a text; else it is tried with every record */
  bool sure;
  test *tests;
  size_t tests_n;
} plan;

struct pl_dispatch {
  const pl_source *source;
  column *columns;
  size_t columns_n, columns_cap;
  plan *plans; /* by starter */
  starter_list always;
  pl_arena arena;
};

/* ---- making one -------------------------------------------------------------------- */

static bool list_add(starter_list *list, uint32_t starter) {
  if (list->n && list->items[list->n - 1] == starter) return true; /* { "a", "a" } */
  if (!pl_grow(&list->items, &list->cap, list->n + 1, sizeof *list->items)) return false;
  list->items[list->n++] = starter;
  return true;
}

static bool column_of(pl_dispatch *d, int slot, size_t *out) {
  for (*out = 0; *out < d->columns_n; ++*out)
    if (d->columns[*out].slot == slot) return true;
  if (!pl_grow(&d->columns, &d->columns_cap, d->columns_n + 1, sizeof *d->columns)) return false;
  d->columns[d->columns_n] = (column){.slot = slot, .texts = pl_dict_new()};
  return d->columns[d->columns_n++].texts != NULL;
}

/* A column that holds lists is compared value by value: not by number. */
static bool usable(const pl_dispatch *d, const pl_predicate *where, size_t nth, int *slot,
                   const pl_str **texts, size_t *n) {
  pl_predicate_equality(where, nth, slot, texts, n);
  return !d->source->slots[*slot].list_separator;
}

/* First all texts are numbered, so that sets of them have their size. */
static bool number_texts(pl_dispatch *d, const pl_predicate *where) {
  int slot;
  const pl_str *texts;
  size_t n, at;
  bool all;
  for (size_t i = 0; i < pl_predicate_equalities(where, &all); i++) {
    if (!usable(d, where, i, &slot, &texts, &n)) continue;
    if (!column_of(d, slot, &at)) return false;
    for (size_t t = 0; t < n; t++)
      if (pl_dict_add(d->columns[at].texts, texts[t]) == PL_DICT_NONE) return false;
  }
  return true;
}

static bool open_columns(pl_dispatch *d) {
  for (size_t i = 0; i < d->columns_n; i++) {
    size_t texts = pl_dict_count(d->columns[i].texts);
    d->columns[i].starters = pl_arena_array(&d->arena, texts + 1, sizeof *d->columns[i].starters);
    if (!d->columns[i].starters) return false;
  }
  return true;
}

static bool add_test(pl_dispatch *d, plan *p, size_t at, const pl_str *texts, size_t n) {
  const column *c = &d->columns[at];
  uint64_t *ids = pl_arena_array(&d->arena, pl_dict_count(c->texts) / 64 + 1, sizeof *ids);
  if (!ids) return false;
  for (size_t t = 0; t < n; t++) {
    uint32_t id = pl_dict_find(c->texts, texts[t]);
    ids[id / 64] |= (uint64_t)1 << id % 64;
  }
  p->tests[p->tests_n++] = (test){at, ids};
  return true;
}

static bool add_first(pl_dispatch *d, size_t at, const pl_str *texts, size_t n, uint32_t starter) {
  d->columns[at].finds = true;
  for (size_t t = 0; t < n; t++) {
    uint32_t id = pl_dict_find(d->columns[at].texts, texts[t]);
    if (!list_add(&d->columns[at].starters[id], starter)) return false;
  }
  return true;
}

static bool add(pl_dispatch *d, const pl_predicate *where, uint32_t starter) {
  int slot;
  const pl_str *texts;
  size_t n, at, equalities;
  plan *p = &d->plans[starter];
  equalities = pl_predicate_equalities(where, &p->sure);
  p->tests = pl_arena_array(&d->arena, equalities + 1, sizeof *p->tests);
  if (!p->tests) return false;
  for (size_t i = 0; i < equalities; i++) {
    if (!usable(d, where, i, &slot, &texts, &n)) {
      p->sure = false;
      continue;
    }
    if (!column_of(d, slot, &at)) return false;
    if (!(p->found ? add_test(d, p, at, texts, n) : add_first(d, at, texts, n, starter)))
      return false;
    p->found = true;
  }
  return p->found || list_add(&d->always, starter);
}

pl_dispatch *pl_dispatch_new(const pl_source *source, const pl_predicate *const *wheres, size_t n,
                             pl_error *err) {
  pl_dispatch *d = pl_calloc(1, sizeof *d);
  if (!d) return pl_fail_memory(err), NULL;
  d->source = source;
  d->plans = pl_arena_array(&d->arena, n + 1, sizeof *d->plans);
  bool ok = d->plans != NULL;
  for (size_t i = 0; ok && i < n; i++) ok = number_texts(d, wheres[i]);
  ok = ok && open_columns(d);
  for (size_t i = 0; ok && i < n; i++) ok = add(d, wheres[i], (uint32_t)i);
  if (ok) return d;
  pl_dispatch_free(d);
  pl_fail_memory(err);
  return NULL;
}

void pl_dispatch_free(pl_dispatch *d) {
  if (!d) return;
  for (size_t i = 0; i < d->columns_n; i++) {
    column *c = &d->columns[i];
    for (uint32_t id = 0; c->starters && id < pl_dict_count(c->texts); id++)
      pl_free(c->starters[id].items);
    pl_dict_free(c->texts);
  }
  pl_free(d->columns);
  pl_free(d->always.items);
  pl_arena_free(&d->arena);
  pl_free(d);
}

/* ---- one record ---------------------------------------------------------------------- */

size_t pl_dispatch_columns(const pl_dispatch *d) {
  return d->columns_n;
}

bool pl_dispatch_sure(const pl_dispatch *d, uint32_t starter) {
  return d->plans[starter].sure;
}

static uint32_t id_in(const column *c, const pl_cell *cells, uint32_t *id) {
  if (*id == UNASKED)
    *id = cells[c->slot].blank ? PL_DICT_NONE : pl_dict_find(c->texts, cells[c->slot].text);
  return *id;
}

static bool meets(const pl_dispatch *d, const plan *p, const pl_cell *cells, uint32_t *ids) {
  for (size_t i = 0; i < p->tests_n; i++) {
    const test *t = &p->tests[i];
    uint32_t id = id_in(&d->columns[t->column], cells, &ids[t->column]);
    if (id == PL_DICT_NONE || !(t->ids[id / 64] >> id % 64 & 1)) return false;
  }
  return true;
}

/* Keeps `out` ascending; the lists are, so this rarely moves anything. */
static size_t insert(uint32_t *out, size_t n, uint32_t starter) {
  size_t at = n;
  for (; at > 0 && out[at - 1] > starter; at--) out[at] = out[at - 1];
  out[at] = starter;
  return n + 1;
}

size_t pl_dispatch_row(const pl_dispatch *d, const pl_cell *cells, uint32_t *ids, uint32_t *out) {
  size_t n = 0;
  for (size_t i = 0; i < d->columns_n; i++) ids[i] = UNASKED;
  for (size_t i = 0; i < d->columns_n; i++) {
    const column *c = &d->columns[i];
    uint32_t id = c->finds ? id_in(c, cells, &ids[i]) : PL_DICT_NONE;
    if (id == PL_DICT_NONE) continue;
    const starter_list *list = &c->starters[id];
    for (size_t k = 0; k < list->n; k++)
      if (meets(d, &d->plans[list->items[k]], cells, ids)) n = insert(out, n, list->items[k]);
  }
  for (size_t k = 0; k < d->always.n; k++) n = insert(out, n, d->always.items[k]);
  return n;
}
