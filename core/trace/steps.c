/* The counts of every step of one trace. The first step was counted as origins
 * streamed past; the later ones are walks over sets of held records: the
 * records that some origin's chain leads to, time ignored. */
#include "trace/run_private.h"

#include <stdlib.h>

typedef struct walk {
  pl_run *run;
  const pl_route *route;
  const pl_branch_seen *seen;
  uint64_t *in;     /* a bit per record of the level before: it is reached */
  uint64_t *groups; /* a bit per key of this step: it was met */
} walk;

/* ---- keys of a step --------------------------------------------------------------- */

static bool show(pl_run *run, pl_str key, size_t key_n, pl_str *out) {
  pl_buf text = {0};
  char *copy = NULL;
  if (pl_key_show(key, key_n, &text)) copy = pl_arena_copy(&run->arena, text.p, text.n);
  *out = (pl_str){copy, text.n};
  pl_buf_free(&text);
  return copy != NULL;
}

/* Keeps the three smallest keys that are not unique. */
static void note_not_unique(pl_str best[3], size_t *n, pl_str key) {
  size_t at = *n < 3 ? (*n)++ : 3;
  if (at == 3) {
    if (pl_str_cmp(key, best[2]) >= 0) return;
    at = 2;
  }
  for (; at > 0 && pl_str_cmp(key, best[at - 1]) < 0; at--) best[at] = best[at - 1];
  best[at] = key;
}

/* How many keys lead to so many records: most lead to a few. */
typedef struct sizes {
  uint32_t few[64];
  uint32_t *many; /* the others, one by one */
  size_t many_n, many_cap;
  uint32_t n;
} sizes;

static bool count_size(sizes *s, uint32_t rows) {
  s->n++;
  if (rows < sizeof s->few / sizeof *s->few) {
    s->few[rows]++;
    return true;
  }
  if (!pl_grow(&s->many, &s->many_cap, s->many_n + 1, sizeof *s->many)) return false;
  s->many[s->many_n++] = rows;
  return true;
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* The size at this place, were all of them sorted. */
static uint32_t size_at(const sizes *s, uint32_t place) {
  for (uint32_t rows = 0; rows < sizeof s->few / sizeof *s->few; rows++) {
    if (place < s->few[rows]) return rows;
    place -= s->few[rows];
  }
  return s->many[place];
}

/* Over the distinct keys that matched: how many records each leads to. */
static bool fan_out(walk *w, size_t k, const uint64_t *groups, pl_step_evidence *out) {
  const pl_index *index = w->route->level[k].index;
  uint32_t n = pl_index_groups(index);
  size_t samples = 0, key_n = w->route->branch->steps[k - 1].key_n;
  pl_str not_unique[3] = {{0}};
  sizes found = {0};
  bool ok = true;
  for (uint32_t g = pl_bits_next(groups, 0, n); ok && g < n; g = pl_bits_next(groups, g + 1, n)) {
    uint32_t rows = pl_index_rows(index, g).n;
    ok = count_size(&found, rows);
    if (rows < 2) continue;
    out->not_unique++;
    note_not_unique(not_unique, &samples, pl_index_key(index, g));
  }
  if (ok && found.n) {
    if (found.many_n) qsort(found.many, found.many_n, sizeof *found.many, by_number);
    out->fan_keys = found.n;
    out->fan_median = size_at(&found, (found.n - 1) / 2);
    out->fan_max = size_at(&found, found.n - 1);
  }
  pl_free(found.many);
  for (size_t i = 0; ok && i < samples; i++)
    ok = show(w->run, not_unique[i], key_n, &out->not_unique_samples[i]);
  return ok;
}

/* Words by which tools write that there is no value. As a key they join what has
 * nothing to do with each other. */
static const char *const nothings[] = {
    "NULL", "null", "Null", "\\N",       "N/A",       "n/a",    "#N/A", "None", "none",
    "NaN",  "nan",  "NaT",  "undefined", "(not set)", "(none)", "-",    "--",   "—",
};

/* The first of them that matched in this step. */
static void find_nothing(walk *w, size_t k, const uint64_t *groups, pl_step_evidence *out) {
  const pl_index *index = w->route->level[k].index;
  if (w->route->branch->steps[k - 1].key_n != 1) return;
  for (size_t i = 0; !out->nothing && i < sizeof nothings / sizeof *nothings; i++) {
    uint32_t group = pl_index_find(index, pl_str_of(nothings[i]));
    if (group != PL_NO_GROUP && pl_bits_has(groups, group)) out->nothing = nothings[i];
  }
}

/* ---- near misses --------------------------------------------------------------------- */

static int by_text(const void *a, const void *b) {
  return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

/* The five smallest of the keys that resemble one, each beside the smallest key
 * it resembles. */
static bool near_samples(walk *w, size_t k, const pl_dict *keys, pl_step_evidence *out) {
  uint32_t n = pl_dict_count(keys);
  out->near_keys = n;
  if (!n) return true;
  const pl_level *level = &w->route->level[k];
  size_t key_n = w->route->branch->steps[k - 1].key_n;
  const pl_near *near = pl_route_near_made(&w->run->parts, level->index); /* it found them */
  pl_str *sorted = pl_malloc(n * sizeof *sorted);
  pl_near_scratch scratch = {0};
  bool ok = near && sorted;
  for (uint32_t i = 0; ok && i < n; i++) sorted[i] = pl_dict_at(keys, i);
  if (ok) qsort(sorted, n, sizeof *sorted, by_text);
  for (uint32_t i = 0; ok && i < n && out->near_n < PL_NEAR_SAMPLES; i++) {
    const uint32_t *groups;
    pl_near_sample *sample = &out->near[out->near_n];
    if (!pl_near_find(near, sorted[i], &scratch, &groups)) continue;
    ok = show(w->run, sorted[i], key_n, &sample->here) &&
         show(w->run, pl_index_key(level->index, groups[0]), key_n, &sample->there);
    out->near_n++;
  }
  pl_near_scratch_free(&scratch);
  pl_free(sorted);
  return ok;
}

/* The unmatched keys of one held record that resemble one of the step's. */
static bool near_row(const pl_level *level, uint32_t row, pl_cell *cells, pl_keys *keys,
                     pl_near_scratch *scratch, pl_dict *found, bool *any) {
  const pl_hop *hop = level->hop;
  pl_hop_cells(hop, row, cells);
  if (!pl_keys_of(pl_table_source(hop->from), cells, hop->here, hop->key_n, keys)) return false;
  for (size_t i = 0; i < keys->n; i++) {
    const uint32_t *groups;
    if (pl_index_find(level->index, keys->items[i]) != PL_NO_GROUP) continue;
    if (!pl_near_find(level->near, keys->items[i], scratch, &groups)) continue;
    if (pl_dict_add(found, keys->items[i]) == PL_DICT_NONE) return false;
    *any = true;
  }
  return true;
}

static bool near_held(walk *w, size_t k, pl_step_evidence *out) {
  const pl_level *level = &w->route->level[k];
  if (!level->near) return true;
  pl_dict *found = pl_dict_new();
  pl_cell *cells = pl_calloc(pl_table_source(level->hop->from)->slots_n + 1, sizeof *cells);
  pl_keys keys = {0};
  pl_near_scratch scratch = {0};
  bool ok = found && cells;
  uint32_t n = pl_table_rows(level->hop->from);
  for (uint32_t row = pl_bits_next(w->in, 0, n); ok && row < n;
       row = pl_bits_next(w->in, row + 1, n)) {
    if (!(level->hop->state[row] & PL_HOP_NEAR)) continue;
    bool any = false;
    ok = near_row(level, row, cells, &keys, &scratch, found, &any);
    out->near_records += any;
  }
  ok = ok && near_samples(w, k, found, out);
  pl_near_scratch_free(&scratch);
  pl_keys_free(&keys);
  pl_free(cells);
  pl_dict_free(found);
  return ok;
}

/* Won deals that only the step's near misses keep from being reached. */
static void near_deals(const walk *w, size_t metric, size_t k, pl_step_evidence *out) {
  const pl_tracker *t = &w->run->trackers[metric];
  const pl_deals *deals = w->run->deals;
  const pl_pairset *near = &w->seen->near_deals;
  for (size_t i = 0; i < near->cap; i++) {
    uint64_t pair = near->cells[i] - 1;
    uint32_t deal = pl_pair_low(pair);
    if (!near->cells[i] || pl_pair_high(pair) != k) continue;
    if (t->deals[deal].flags & PL_SEEN_REACHED) continue;
    if (deals->items[deal].status == PL_WON) pl_count_deal(deals, deal, &out->near_won);
  }
}

/* ---- walking ---------------------------------------------------------------------------- */

/* Which keys of step k the reached records carry; fills in / with_key / matched. */
static bool meet_groups(walk *w, size_t k, pl_step_evidence *out) {
  const pl_level *level = &w->route->level[k];
  const pl_hop *hop = level->hop;
  w->groups = pl_calloc(pl_bits_words(pl_index_groups(level->index)), sizeof *w->groups);
  if (!w->groups) return false;
  uint32_t n = pl_table_rows(hop->from);
  for (uint32_t row = pl_bits_next(w->in, 0, n); row < n; row = pl_bits_next(w->in, row + 1, n)) {
    out->in++;
    out->with_key += hop->state[row] & PL_HOP_KEY;
    uint32_t groups_n;
    const uint32_t *groups = pl_hop_groups(hop, row, &groups_n);
    out->matched += groups_n > 0;
    for (uint32_t i = 0; i < groups_n; i++) pl_bits_set(w->groups, groups[i]);
  }
  return true;
}

/* The records that the met keys lead to and that pass the step's conditions. */
static bool advance(walk *w, size_t k, const uint64_t *groups, pl_step_evidence *out) {
  const pl_level *level = &w->route->level[k];
  uint64_t *next = pl_calloc(pl_bits_words(pl_table_rows(level->table)), sizeof *next);
  if (!next) return false;
  uint32_t n = pl_index_groups(level->index);
  for (uint32_t g = pl_bits_next(groups, 0, n); g < n; g = pl_bits_next(groups, g + 1, n)) {
    pl_rows rows = pl_index_rows(level->index, g);
    for (uint32_t i = 0; i < rows.n; i++) {
      uint32_t row = pl_row_at(&rows, i);
      if (!pl_level_passes(level, row) || pl_bits_has(next, row)) continue;
      pl_bits_set(next, row);
      out->out++;
    }
  }
  pl_free(w->in);
  w->in = next;
  return true;
}

static bool first_step(walk *w, pl_step_evidence *out) {
  out->in = w->seen->origins;
  out->with_key = w->seen->with_key;
  out->matched = w->seen->matched;
  out->near_records = w->seen->near_records;
  find_nothing(w, 1, w->seen->groups, out);
  return fan_out(w, 1, w->seen->groups, out) && near_samples(w, 1, w->seen->near_keys, out) &&
         advance(w, 1, w->seen->groups, out);
}

static bool later_step(walk *w, size_t k, pl_step_evidence *out) {
  bool ok = meet_groups(w, k, out);
  if (ok) find_nothing(w, k, w->groups, out);
  ok = ok && fan_out(w, k, w->groups, out) && near_held(w, k, out) && advance(w, k, w->groups, out);
  pl_free(w->groups);
  w->groups = NULL;
  return ok;
}

bool pl_finish_steps(pl_run *run, size_t metric, size_t branch, pl_branch_evidence *out) {
  const pl_branch *plan = &run->bound->metrics[metric].branches[branch];
  walk w = {.run = run,
            .route = run->route_of[metric][branch],
            .seen = &run->trackers[metric].branches[branch]};
  out->records = run->scan.tallies[plan->from->index].used;
  out->origins = w.seen->origins;
  out->with_key = w.seen->with_key;
  out->unreadable = w.seen->unreadable;
  out->readable = w.seen->readable;
  bool ok = true;
  for (size_t k = 1; ok && k <= plan->steps_n; k++) {
    pl_step_evidence *step = &out->steps[k - 1];
    for (size_t j = k; j <= plan->steps_n; j++) step->followed += w.seen->depth[j];
    if (!step->followed && out->origins && !out->breaks_at) out->breaks_at = (int)k;
    ok = k == 1 ? first_step(&w, step) : later_step(&w, k, step);
    step->unreadable = w.route->level[k].unreadable;
    step->readable = w.route->level[k].readable;
    near_deals(&w, metric, k, step);
  }
  pl_free(w.in);
  return ok;
}
