/* Near misses: an index of an index, by folded key. Built only when a key
 * matched nothing, because most audits never need it. */
#include "trace/hop.h"

#include <stdlib.h>

#include "base/hash.h"
#include "trace/tracker.h"

/* Folded keys are not kept: a table may hold millions. A mark that fits is checked
 * by folding the key again. */
typedef struct near_slot {
  uint32_t mark;
  uint32_t first_1; /* first of its groups, in `groups`; 0: free */
} near_slot;

struct pl_near {
  const pl_index *index;
  near_slot *slots; /* one for each distinct folded key */
  size_t slots_n;
  uint32_t *groups; /* by folded key, then by key */
  uint64_t *last;   /* a bit per place in `groups`: the last of its folded key */
  size_t key_n;
  uint64_t seed;
};

/* Folds each component by itself: moving characters from one to the other is
 * not a near miss. An empty fold ("--") is near nothing. */
static bool fold_key(pl_str key, size_t key_n, pl_near_scratch *scratch, pl_buf *out, bool *empty) {
  pl_buf_clear(out);
  *empty = false;
  for (size_t i = 0; i < key_n; i++) {
    pl_str part = key;
    if (key_n > 1) {
      uint32_t n;
      memcpy(&n, key.p, 4);
      part = (pl_str){key.p + 4, n};
      key = (pl_str){key.p + 4 + n, key.n - 4 - n};
    }
    if (!pl_str_fold_near(part, &scratch->part)) return false;
    if (!scratch->part.n) *empty = true;
    uint32_t n = (uint32_t)scratch->part.n;
    pl_buf_append(out, &n, 4);
    pl_buf_append(out, scratch->part.p, scratch->part.n);
  }
  return !out->failed;
}

/* The slot of the folded key in scratch->whole, or the free one where it belongs;
 * NULL: memory is out. first_1 counts groups themselves, or places in `examples`. */
static near_slot *slot_of(const pl_near *near, const uint32_t *examples, uint32_t mark,
                          pl_near_scratch *scratch) {
  for (size_t i = (uint64_t)mark * near->slots_n >> 32;; i = i + 1 == near->slots_n ? 0 : i + 1) {
    near_slot *slot = &near->slots[i];
    bool empty;
    if (!slot->first_1) return slot;
    if (slot->mark != mark) continue;
    uint32_t group = examples ? examples[slot->first_1 - 1] : slot->first_1 - 1;
    pl_str key = pl_index_key(near->index, group);
    if (!fold_key(key, near->key_n, scratch, &scratch->other, &empty)) return NULL;
    if (pl_str_eq(pl_buf_view(&scratch->other), pl_buf_view(&scratch->whole))) return slot;
  }
}

static uint32_t mark_of(const pl_near *near, const pl_near_scratch *scratch) {
  return (uint32_t)pl_hash_seeded(pl_buf_view(&scratch->whole), near->seed);
}

/* Chains the groups of each folded key: a slot's first_1 and next are groups + 1. */
static bool chain(pl_near *near, uint32_t *next) {
  pl_near_scratch scratch = {0};
  uint32_t groups = pl_index_groups(near->index);
  bool ok = true;
  for (uint32_t g = 0; ok && g < groups; g++) {
    bool empty;
    ok = fold_key(pl_index_key(near->index, g), near->key_n, &scratch, &scratch.whole, &empty);
    if (!ok || empty) continue;
    uint32_t mark = mark_of(near, &scratch);
    near_slot *slot = slot_of(near, NULL, mark, &scratch);
    ok = slot != NULL;
    if (!ok) continue;
    next[g] = slot->first_1;
    *slot = (near_slot){mark, g + 1};
  }
  pl_near_scratch_free(&scratch);
  return ok;
}

typedef struct keyed {
  pl_str key;
  uint32_t group;
} keyed;

static int by_key(const void *a, const void *b) {
  return pl_str_cmp(((const keyed *)a)->key, ((const keyed *)b)->key);
}

static bool sort_groups(const pl_near *near, uint32_t *groups, size_t n) {
  if (n < 2) return true;
  keyed *sorted = pl_malloc(n * sizeof *sorted);
  if (!sorted) return false;
  for (size_t i = 0; i < n; i++)
    sorted[i] = (keyed){pl_index_key(near->index, groups[i]), groups[i]};
  qsort(sorted, n, sizeof *sorted, by_key);
  for (size_t i = 0; i < n; i++) groups[i] = sorted[i].group;
  pl_free(sorted);
  return true;
}

/* Each chain becomes a stretch of `groups`, the smallest key first. */
static bool arrange(pl_near *near, const uint32_t *next) {
  size_t n = 0;
  for (size_t i = 0; i < near->slots_n; i++) {
    near_slot *slot = &near->slots[i];
    size_t from = n;
    if (!slot->first_1) continue;
    for (uint32_t g = slot->first_1; g; g = next[g - 1]) near->groups[n++] = g - 1;
    if (!sort_groups(near, near->groups + from, n - from)) return false;
    slot->first_1 = (uint32_t)from + 1;
    pl_bits_set(near->last, (uint32_t)n - 1);
  }
  return true;
}

pl_near *pl_near_new(const pl_index *index, size_t key_n, pl_error *err) {
  size_t groups = pl_index_groups(index);
  pl_near *near = pl_calloc(1, sizeof *near);
  uint32_t *next = pl_calloc(groups + 1, sizeof *next);
  bool ok = near && next;
  if (ok) {
    *near = (pl_near){.index = index, .key_n = key_n, .seed = pl_hash_seed()};
    near->slots_n = groups + groups / 3 + 1; /* a free one is always met */
    near->slots = pl_calloc(near->slots_n, sizeof *near->slots);
    near->groups = pl_calloc(groups + 1, sizeof *near->groups);
    near->last = pl_calloc(pl_bits_words(groups), sizeof *near->last);
    ok = near->slots && near->groups && near->last && chain(near, next) && arrange(near, next);
  }
  pl_free(next);
  if (ok) return near;
  pl_near_free(near);
  pl_fail_memory(err);
  return NULL;
}

void pl_near_free(pl_near *near) {
  if (!near) return;
  pl_free(near->slots);
  pl_free(near->groups);
  pl_free(near->last);
  pl_free(near);
}

size_t pl_near_find(const pl_near *near, pl_str key, pl_near_scratch *scratch,
                    const uint32_t **groups) {
  bool empty;
  if (!fold_key(key, near->key_n, scratch, &scratch->whole, &empty) || empty) return 0;
  const near_slot *slot = slot_of(near, near->groups, mark_of(near, scratch), scratch);
  if (!slot || !slot->first_1) return 0;
  uint32_t from = slot->first_1 - 1;
  *groups = near->groups + from;
  return pl_bits_next(near->last, from, pl_index_groups(near->index)) - from + 1;
}

void pl_near_scratch_free(pl_near_scratch *scratch) {
  pl_buf_free(&scratch->part);
  pl_buf_free(&scratch->whole);
  pl_buf_free(&scratch->other);
}
