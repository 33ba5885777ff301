/* Solving routes backwards from the deals. */
#include "trace/route.h"

#include <assert.h>
#include <stdlib.h>

/* ---- unions of spans -------------------------------------------------------- */

/* Collects spans to be united. */
typedef struct mixer {
  pl_route *route;
  uint64_t *items;
  size_t n, cap;
  uint32_t only; /* the single span with deals seen so far: shared, not copied */
  size_t spans;
  uint32_t depth;
} mixer;

static bool mix_items(mixer *m, const uint64_t *items, size_t n) {
  if (!pl_grow(&m->items, &m->cap, m->n + n, sizeof *m->items)) return false;
  if (n) memcpy(m->items + m->n, items, n * sizeof *items);
  m->n += n;
  return true;
}

static bool mix_span(mixer *m, uint32_t number) {
  const pl_span *span = &m->route->spans[number];
  if (span->depth > m->depth) m->depth = span->depth;
  if (!span->n || (m->spans == 1 && m->only == number)) return true;
  if (m->spans++ == 0) {
    m->only = number;
    return true;
  }
  const pl_span *only = &m->route->spans[m->only];
  if (m->spans == 2 && !mix_items(m, only->items, only->n)) return false;
  return mix_items(m, span->items, span->n);
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* `items` live as long as the route. */
static bool add_span(pl_route *route, const uint64_t *items, size_t n, uint32_t depth,
                     uint32_t *number) {
  if (route->spans_n >= UINT32_MAX) return false;
  if (!pl_grow(&route->spans, &route->spans_cap, route->spans_n + 1, sizeof *route->spans))
    return false;
  route->spans[route->spans_n] = (pl_span){items, (uint32_t)n, depth};
  *number = (uint32_t)route->spans_n++;
  return true;
}

/* The collected items as a span of its own. */
static bool mix_keep(mixer *m, uint32_t *out) {
  bool sorted = true;
  for (size_t i = 1; i < m->n && sorted; i++) sorted = m->items[i - 1] < m->items[i];
  if (!sorted) qsort(m->items, m->n, sizeof *m->items, ascending);
  size_t n = 0;
  for (size_t i = 0; i < m->n; i++)
    if (n == 0 || m->items[n - 1] != m->items[i]) m->items[n++] = m->items[i];
  *out = m->depth;
  if (n == 0) return true;
  uint64_t *kept = pl_arena_array(&m->route->arena, n, sizeof *kept);
  if (!kept) return false;
  memcpy(kept, m->items, n * sizeof *kept);
  return add_span(m->route, kept, n, m->depth, out);
}

static void mix_clear(mixer *m) {
  m->n = m->spans = 0;
  m->depth = 0;
}

/* Ends a union: its result, and the mixer empty again. */
static bool mix_done(mixer *m, uint32_t *out) {
  bool ok = true;
  if (m->spans <= 1) /* with deals behind it, a span reaches the last level */
    *out = m->spans ? m->only : m->depth;
  else
    ok = mix_keep(m, out);
  mix_clear(m);
  return ok;
}

bool pl_span_has(pl_span span, uint32_t deal) {
  size_t low = 0, high = span.n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (pl_pair_high(span.items[mid]) < deal)
      low = mid + 1;
    else
      high = mid;
  }
  return low < span.n && pl_pair_high(span.items[low]) == deal;
}

/* ---- the parts of a level ----------------------------------------------------- */

static const pl_hop *shared_hop(pl_route_parts *parts, const pl_table *from, const int *here,
                                size_t key_n, const pl_index *index, pl_error *err) {
  for (size_t i = 0; i < parts->hops_n; i++) {
    pl_hop *hop = parts->hops[i];
    if (hop->from == from && hop->index == index && hop->key_n == key_n &&
        memcmp(hop->here, here, key_n * sizeof *here) == 0)
      return hop;
  }
  if (!pl_grow(&parts->hops, &parts->hops_cap, parts->hops_n + 1, sizeof *parts->hops)) {
    pl_fail_memory(err);
    return NULL;
  }
  pl_hop *hop = pl_hop_new(from, here, key_n, index, parts->threads, err);
  if (hop) parts->hops[parts->hops_n++] = hop;
  return hop;
}

const pl_near *pl_route_near_made(const pl_route_parts *parts, const pl_index *index) {
  for (size_t i = 0; i < parts->nears_n; i++)
    if (parts->nears[i].index == index) return parts->nears[i].near;
  return NULL;
}

const pl_near *pl_route_near(pl_route_parts *parts, const pl_index *index, size_t key_n,
                             pl_error *err) {
  const pl_near *made = pl_route_near_made(parts, index);
  if (made) return made;
  if (!pl_grow(&parts->nears, &parts->nears_cap, parts->nears_n + 1, sizeof *parts->nears)) {
    pl_fail_memory(err);
    return NULL;
  }
  pl_near *near = pl_near_new(index, key_n, err);
  if (near) parts->nears[parts->nears_n++] = (struct pl_near_entry){index, near};
  return near;
}

void pl_route_parts_free(pl_route_parts *parts) {
  for (size_t i = 0; i < parts->hops_n; i++) pl_hop_free(parts->hops[i]);
  for (size_t i = 0; i < parts->nears_n; i++) pl_near_free(parts->nears[i].near);
  pl_free(parts->hops);
  pl_free(parts->nears);
  *parts = (pl_route_parts){0};
}

static bool mark_passing(pl_route_parts *parts, pl_route *route, size_t k) {
  const pl_predicate *where = route->branch->steps[k - 1].where;
  pl_level *level = &route->level[k];
  if (!where) return true;
  uint32_t rows = pl_table_rows(level->table);
  uint8_t *pass = pl_arena_array(&route->arena, (size_t)rows + 1, 1);
  pl_cell *cells = pl_calloc(pl_table_source(level->table)->slots_n + 1, sizeof *cells);
  if (pass && cells) {
    parts->scratch->unreadable = parts->scratch->readable = 0;
    for (uint32_t row = 0; row < rows; row++) {
      pl_table_row(level->table, row, cells);
      pass[row] = pl_predicate_holds(where, cells, parts->scratch, &route->failed_limit);
    }
    level->unreadable = parts->scratch->unreadable;
    level->readable = parts->scratch->readable;
  }
  pl_free(cells);
  level->pass = pass;
  return pass && cells;
}

/* ---- breakdown values ------------------------------------------------------------ */

/* The pairs of one deal set under the values that `cell` holds. */
static bool tag_value(pl_route *route, pl_str value, uint32_t behind, mixer *m) {
  uint32_t id = 0;
  const pl_span *span = &route->spans[behind];
  if (!pl_str_blank(value)) {
    id = pl_dict_add(route->values, value);
    if (id == PL_DICT_NONE) return false;
    id++;
  }
  for (uint32_t i = 0; i < span->n; i++) {
    uint64_t pair = pl_pair(pl_pair_high(span->items[i]), id);
    if (!mix_items(m, &pair, 1)) return false;
  }
  return true;
}

static bool tag_row(pl_route *route, size_t k, uint32_t row, pl_keys *keys, pl_cell *cells,
                    mixer *m, uint32_t *behind) {
  const pl_table *table = route->level[k].table;
  const pl_source *source = pl_table_source(table);
  int slot = route->branch->by_slot;
  pl_table_row(table, row, cells);
  if (!pl_keys_of(source, cells, &slot, 1, keys)) return false;
  m->depth = route->spans[*behind].depth;
  if (!keys->n && !tag_value(route, (pl_str){0}, *behind, m)) return false;
  for (size_t i = 0; i < keys->n; i++)
    if (!tag_value(route, keys->items[i], *behind, m)) return false;
  bool ok = mix_keep(m, behind);
  mix_clear(m);
  return ok;
}

/* ---- solving -------------------------------------------------------------------- */

/* What is behind one record of level k: for deals the deal itself, else what the
 * groups that its keys lead to have behind them. */
static bool solve_row(pl_route *route, size_t k, uint32_t row, uint64_t *deals, mixer *m) {
  pl_level *level = &route->level[k], *next = level + 1;
  if (deals) {
    deals[row] = pl_pair(row, 0);
    return add_span(route, &deals[row], 1, (uint32_t)k, &level->rows[row]);
  }
  uint32_t n;
  const uint32_t *groups = pl_hop_groups(next->hop, row, &n);
  m->depth = (uint32_t)k;
  for (uint32_t i = 0; i < n; i++)
    if (!mix_span(m, next->groups[groups[i]])) return false;
  return mix_done(m, &level->rows[row]);
}

static bool solve_rows(pl_route *route, size_t k, mixer *m) {
  pl_level *level = &route->level[k];
  uint32_t rows = pl_table_rows(level->table);
  const pl_source *source = pl_table_source(level->table);
  bool tags = route->by && (size_t)route->branch->by_step == k, last = k == route->n;
  pl_keys keys = {0};
  pl_cell *cells = pl_calloc(source->slots_n + 1, sizeof *cells);
  level->rows = pl_arena_array(&route->arena, (size_t)rows + 1, sizeof *level->rows);
  pl_dense(level->rows, rows * sizeof *level->rows);
  uint64_t *deals = last ? pl_arena_array(&route->arena, (size_t)rows + 1, sizeof *deals) : NULL;
  bool ok = cells && level->rows && (deals || !last);
  for (uint32_t row = 0; ok && row < rows; row++)
    ok = solve_row(route, k, row, deals, m) &&
         (!tags || tag_row(route, k, row, &keys, cells, m, &level->rows[row]));
  pl_keys_free(&keys);
  pl_free(cells);
  return ok;
}

static bool solve_groups(pl_route *route, size_t k, mixer *m) {
  pl_level *level = &route->level[k];
  uint32_t groups = pl_index_groups(level->index);
  if (pl_index_is_rows(level->index) && !level->pass) {
    level->groups = level->rows;
    return true;
  }
  level->groups = pl_arena_array(&route->arena, (size_t)groups + 1, sizeof *level->groups);
  if (!level->groups) return false;
  for (uint32_t g = 0; g < groups; g++) {
    pl_rows rows = pl_index_rows(level->index, g);
    m->depth = (uint32_t)k - 1;
    for (uint32_t i = 0; i < rows.n; i++) {
      uint32_t row = pl_row_at(&rows, i);
      if (pl_level_passes(level, row) && !mix_span(m, level->rows[row])) return false;
    }
    if (!mix_done(m, &level->groups[g])) return false;
  }
  return true;
}

/* ---- near misses behind the first step --------------------------------------------- */

static bool near_key(const pl_level *to, uint32_t row, pl_str key, pl_near_scratch *scratch,
                     mixer *m) {
  const uint32_t *groups;
  size_t n = pl_near_find(to->near, key, scratch, &groups);
  if (n) to->hop->state[row] |= PL_HOP_NEAR;
  for (size_t i = 0; i < n; i++)
    if (!mix_span(m, to->groups[groups[i]])) return false;
  return true;
}

/* Deals that a record's unmatched keys would lead to if they were spelled like
 * the keys they resemble. */
static bool near_row(const pl_level *to, uint32_t row, pl_keys *keys, pl_cell *cells,
                     pl_near_scratch *scratch, mixer *m) {
  const pl_hop *hop = to->hop;
  if (hop->key_n == 1 && !hop->start) { /* one key, and it matched nothing */
    pl_str key;
    pl_table_texts(hop->from, row, 1, hop->here[0], &key);
    return near_key(to, row, key, scratch, m);
  }
  pl_hop_cells(hop, row, cells);
  if (!pl_keys_of(pl_table_source(hop->from), cells, hop->here, hop->key_n, keys)) return false;
  for (size_t i = 0; i < keys->n; i++)
    if (pl_index_find(to->index, keys->items[i]) == PL_NO_GROUP &&
        !near_key(to, row, keys->items[i], scratch, m))
      return false;
  return true;
}

/* Spans by row are only needed on the way back to level 1; NULL in `out`: none of
 * them has a deal. */
static bool near_rows(pl_route *route, const pl_level *to, pl_arena *passing, mixer *m,
                      uint32_t **out) {
  const pl_hop *hop = to->hop;
  uint32_t rows = pl_table_rows(hop->from);
  pl_keys keys = {0};
  pl_near_scratch scratch = {0};
  pl_cell *cells = pl_calloc(pl_table_source(hop->from)->slots_n + 1, sizeof *cells);
  bool ok = cells != NULL;
  *out = NULL;
  for (uint32_t row = 0; ok && row < rows; row++) {
    uint32_t behind;
    if (!(hop->state[row] & PL_HOP_UNMATCHED)) continue;
    ok = near_row(to, row, &keys, cells, &scratch, m) && mix_done(m, &behind);
    if (!ok || !route->spans[behind].n) continue;
    if (!*out) *out = pl_arena_array(passing, (size_t)rows + 1, sizeof **out);
    ok = *out != NULL;
    if (ok) (*out)[row] = behind;
  }
  pl_keys_free(&keys);
  pl_near_scratch_free(&scratch);
  pl_free(cells);
  return ok;
}

/* Carries row spans of level k back to the groups of level k. */
static bool back_to_groups(pl_route *route, size_t k, const uint32_t *rows, uint32_t *groups,
                           mixer *m) {
  const pl_level *level = &route->level[k];
  for (uint32_t g = 0; g < pl_index_groups(level->index); g++) {
    pl_rows of = pl_index_rows(level->index, g);
    for (uint32_t i = 0; i < of.n; i++) {
      uint32_t row = pl_row_at(&of, i);
      if (pl_level_passes(level, row) && !mix_span(m, rows[row])) return false;
    }
    if (!mix_done(m, &groups[g])) return false;
  }
  return true;
}

static bool back_to_rows(pl_route *route, size_t k, const uint32_t *groups, uint32_t *rows,
                         mixer *m) {
  const pl_hop *hop = route->level[k + 1].hop;
  for (uint32_t row = 0; row < pl_table_rows(hop->from); row++) {
    uint32_t n;
    const uint32_t *of = pl_hop_groups(hop, row, &n);
    for (uint32_t i = 0; i < n; i++)
      if (!mix_span(m, groups[of[i]])) return false;
    if (!mix_done(m, &rows[row])) return false;
  }
  return true;
}

static bool near_back(pl_route *route, size_t k, mixer *m, pl_arena *passing) {
  uint32_t *rows;
  if (!near_rows(route, &route->level[k], passing, m, &rows)) return false;
  if (!rows) return true;
  for (size_t j = k - 1;; j--) {
    size_t groups_n = pl_index_groups(route->level[j].index);
    uint32_t *groups = pl_arena_array(&route->arena, groups_n + 1, sizeof *groups);
    if (!groups || !back_to_groups(route, j, rows, groups, m)) return false;
    if (j == 1) {
      route->level[k].near_groups = groups;
      return true;
    }
    size_t rows_n = pl_table_rows(route->level[j - 1].table);
    rows = pl_arena_array(passing, rows_n + 1, sizeof *rows);
    if (!rows || !back_to_rows(route, j - 1, groups, rows, m)) return false;
  }
}

static bool near_step(pl_route *route, size_t k, mixer *m) {
  pl_arena passing = {0};
  bool ok = near_back(route, k, m, &passing);
  pl_arena_free(&passing);
  return ok;
}

static bool has_unmatched(const pl_hop *hop) {
  for (uint32_t row = 0; row < pl_table_rows(hop->from); row++)
    if (hop->state[row] & PL_HOP_UNMATCHED) return true;
  return false;
}

/* ---- making one --------------------------------------------------------------------- */

static pl_status prepare_level(pl_route_parts *parts, pl_route *route, size_t k, pl_error *err) {
  const pl_step *step = &route->branch->steps[k - 1];
  pl_level *level = &route->level[k];
  pl_table *table = parts->tables[step->to->index];
  assert(table);
  level->table = table;
  level->index = pl_table_index(table, step->there, step->key_n, err);
  if (!level->index) return err ? err->status : PL_E_MEMORY;
  if (k > 1) {
    level->hop = shared_hop(parts, parts->tables[step->from->index], step->here, step->key_n,
                            level->index, err);
    if (!level->hop) return err ? err->status : PL_E_MEMORY;
    if (has_unmatched(level->hop)) {
      level->near = pl_route_near(parts, level->index, step->key_n, err);
      if (!level->near) return err ? err->status : PL_E_MEMORY;
    }
  }
  return mark_passing(parts, route, k) ? PL_OK : pl_fail_memory(err);
}

/* Spans 0..n have no deals; of these, the number is how far it goes. */
static bool add_depths(pl_route *route) {
  uint32_t number;
  for (uint32_t depth = 0; depth <= route->n; depth++)
    if (!add_span(route, NULL, 0, depth, &number)) return false;
  return true;
}

static void trim_spans(pl_route *route) {
  pl_span *spans = pl_realloc(route->spans, route->spans_n * sizeof *spans);
  if (spans) route->spans = spans;
  for (size_t k = 1; k <= route->n; k++) route->level[k].spans = route->spans;
}

static bool solve(pl_route *route) {
  mixer m = {.route = route};
  bool ok = add_depths(route);
  for (size_t k = route->n; ok && k >= 1; k--)
    ok = solve_rows(route, k, &m) && solve_groups(route, k, &m);
  for (size_t k = 2; ok && k <= route->n; k++)
    if (route->level[k].near) ok = near_step(route, k, &m);
  if (ok) trim_spans(route);
  pl_free(m.items);
  return ok;
}

pl_status pl_route_new(pl_route_parts *parts, const pl_branch *branch, pl_route **out,
                       pl_error *err) {
  assert(branch->steps_n >= 1 && branch->steps_n <= PL_MAX_STEPS);
  pl_error ignored;
  if (!err) err = &ignored;
  pl_route *route = pl_calloc(1, sizeof *route);
  pl_status status = PL_OK;
  if (!route) return pl_fail_memory(err);
  route->branch = branch;
  route->n = branch->steps_n;
  route->by = branch->by_step >= 1;
  route->values = pl_dict_new();
  if (!route->values) status = pl_fail_memory(err);
  for (size_t k = 1; status == PL_OK && k <= route->n; k++)
    status = prepare_level(parts, route, k, err);
  if (status == PL_OK && !solve(route)) status = pl_fail_memory(err);
  if (status == PL_OK)
    *out = route;
  else
    pl_route_free(route);
  return status;
}

void pl_route_free(pl_route *route) {
  if (!route) return;
  pl_dict_free(route->values);
  pl_free(route->spans);
  pl_arena_free(&route->arena);
  pl_free(route);
}

static bool same_slots(const int *a, const int *b, size_t n) {
  return memcmp(a, b, n * sizeof *a) == 0;
}

static bool same_step(const pl_step *a, const pl_step *b, bool first) {
  if (a->to != b->to || a->key_n != b->key_n) return false;
  if (!same_slots(a->there, b->there, a->key_n)) return false;
  /* the first step's own side belongs to the origin, not to the route */
  if (!first && (a->from != b->from || !same_slots(a->here, b->here, a->key_n))) return false;
  if (!a->where || !b->where) return a->where == b->where;
  return strcmp(pl_predicate_signature(a->where), pl_predicate_signature(b->where)) == 0;
}

bool pl_route_same(const pl_route *route, const pl_branch *branch) {
  const pl_branch *own = route->branch;
  bool by = branch->by_step >= 1;
  if (route->n != branch->steps_n || route->by != by) return false;
  if (by && (own->by_step != branch->by_step || own->by_slot != branch->by_slot)) return false;
  for (size_t k = 0; k < route->n; k++)
    if (!same_step(&own->steps[k], &branch->steps[k], k == 0)) return false;
  return true;
}
