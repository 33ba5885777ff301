/* Near misses: an index of an index, by folded key. Built only when a key
 * matched nothing, because most audits never need it.
 *
 * Most tables' keys are what folding makes of them (c000123), and those the index
 * itself finds by the folded key: here stand only the others. */
#include "trace/hop.h"

#include <stdlib.h>

#include "base/hash.h"
#include "trace/clean.h"
#include "trace/tracker.h"

/* Folded keys are not kept: a table may hold millions. A mark that fits is checked
 * by folding the key again. */
typedef struct near_slot {
  uint32_t mark;
  uint32_t first_1; /* first of its groups, in `groups`; 0: free */
} near_slot;

struct pl_near {
  const pl_index *index;
  near_slot *slots; /* one for each distinct folded key that is not its only key */
  size_t slots_n;
  uint32_t *groups; /* by folded key, then by key */
  size_t groups_n, groups_cap;
  uint64_t *last; /* a bit per place in `groups`: the last of its folded key */
  size_t key_n;
  uint64_t seed;
};

static void drop_zeros(pl_buf *text) {
  pl_str kept = pl_clean_zeros(pl_buf_view(text));
  if (kept.n == text->n) return;
  memmove(text->p, kept.p, kept.n);
  text->p[text->n = kept.n] = 0;
}

/* Folds each component by itself: moving characters from one to the other is
 * not a near miss. An empty fold ("--") is near nothing. Zeros in front, which a
 * spreadsheet takes off, are left out of a key of digits. */
static bool fold_key(pl_str key, size_t key_n, pl_near_scratch *scratch, pl_buf *out, bool *empty) {
  *empty = false;
  if (key_n == 1) {
    bool ok = pl_str_fold_near(key, out);
    *empty = out->n == 0;
    drop_zeros(out);
    return ok;
  }
  pl_buf_clear(out);
  for (size_t i = 0; i < key_n; i++) {
    uint32_t n;
    memcpy(&n, key.p, 4);
    pl_str part = {key.p + 4, n};
    key = (pl_str){key.p + 4 + n, key.n - 4 - n};
    if (!pl_str_fold_near(part, &scratch->part)) return false;
    if (!scratch->part.n) *empty = true;
    pl_str folded = pl_clean_zeros(pl_buf_view(&scratch->part));
    n = (uint32_t)folded.n;
    pl_buf_append(out, &n, 4);
    pl_buf_append(out, folded.p, folded.n);
  }
  return !out->failed;
}

/* Small letters and digits fold to themselves, but for zeros in front. */
static bool is_plain(pl_str key) {
  if (key.n && key.p[0] == '0') return false;
  for (size_t i = 0; i < key.n; i++) {
    unsigned char c = (unsigned char)key.p[i];
    if ((unsigned char)(c - 'a') > 25 && (unsigned char)(c - '0') > 9) return false;
  }
  return true;
}

/* Is the key in scratch->whole, made by folding, also what folding makes of it? */
static bool is_folded(const pl_near *near, pl_near_scratch *scratch, bool *folded) {
  bool empty;
  pl_str key = pl_buf_view(&scratch->whole);
  if (!fold_key(key, near->key_n, scratch, &scratch->other, &empty)) return false;
  *folded = pl_str_eq(pl_buf_view(&scratch->other), key);
  return true;
}

/* The group whose key is scratch->whole and folds to itself, or PL_NO_GROUP. */
static bool own_group(const pl_near *near, pl_near_scratch *scratch, uint32_t *group) {
  bool folded = false;
  *group = pl_index_find(near->index, pl_buf_view(&scratch->whole));
  if (*group == PL_NO_GROUP) return true;
  if (!is_folded(near, scratch, &folded)) return false;
  if (!folded) *group = PL_NO_GROUP;
  return true;
}

/* The slot of the folded key in scratch->whole, or the free one where it belongs;
 * NULL: memory is out. */
static near_slot *slot_of(const pl_near *near, uint32_t mark, pl_near_scratch *scratch) {
  for (size_t i = (uint64_t)mark * near->slots_n >> 32;; i = i + 1 == near->slots_n ? 0 : i + 1) {
    near_slot *slot = &near->slots[i];
    bool empty;
    if (!slot->first_1) return slot;
    if (slot->mark != mark) continue;
    pl_str key = pl_index_key(near->index, near->groups[slot->first_1 - 1]);
    if (!fold_key(key, near->key_n, scratch, &scratch->other, &empty)) return NULL;
    if (pl_str_eq(pl_buf_view(&scratch->other), pl_buf_view(&scratch->whole))) return slot;
  }
}

static uint32_t mark_of(const pl_near *near, const pl_near_scratch *scratch) {
  return (uint32_t)pl_hash_seeded(pl_buf_view(&scratch->whole), near->seed);
}

static bool add_group(pl_near *near, uint32_t group) {
  if (!pl_grow(&near->groups, &near->groups_cap, near->groups_n + 1, sizeof *near->groups))
    return false;
  near->groups[near->groups_n++] = group;
  return true;
}

/* The groups whose keys are not what folding makes of them. */
static bool collect(pl_near *near) {
  pl_near_scratch scratch = {0};
  uint32_t groups = pl_index_groups(near->index);
  bool ok = true;
  for (uint32_t g = 0; ok && g < groups; g++) {
    bool empty;
    pl_str key = pl_index_key(near->index, g);
    if (near->key_n == 1 && is_plain(key)) continue;
    ok = fold_key(key, near->key_n, &scratch, &scratch.whole, &empty);
    if (!ok || empty || pl_str_eq(pl_buf_view(&scratch.whole), key)) continue;
    ok = add_group(near, g);
  }
  pl_near_scratch_free(&scratch);
  return ok;
}

/* Makes `place` in `groups` the first of its folded key: a slot's first_1 and next
 * are places + 1. */
static bool chain_place(pl_near *near, uint32_t place, uint32_t *next, pl_near_scratch *scratch) {
  bool empty;
  pl_str key = pl_index_key(near->index, near->groups[place]);
  if (!fold_key(key, near->key_n, scratch, &scratch->whole, &empty)) return false;
  uint32_t mark = mark_of(near, scratch), own = PL_NO_GROUP;
  near_slot *slot = slot_of(near, mark, scratch);
  if (!slot) return false;
  if (!slot->first_1) { /* with it the key that needs no folding */
    if (!own_group(near, scratch, &own)) return false;
    if (own != PL_NO_GROUP) {
      near->groups[near->groups_n++] = own;
      next[place] = (uint32_t)near->groups_n;
    }
  } else {
    next[place] = slot->first_1;
  }
  *slot = (near_slot){mark, place + 1};
  return true;
}

static bool chain(pl_near *near, uint32_t *next, size_t n) {
  pl_near_scratch scratch = {0};
  bool ok = true;
  for (uint32_t place = 0; ok && place < n; place++) ok = chain_place(near, place, next, &scratch);
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
  uint32_t *groups = pl_malloc(near->groups_n * sizeof *groups);
  size_t n = 0;
  bool ok = groups != NULL;
  for (size_t i = 0; ok && i < near->slots_n; i++) {
    near_slot *slot = &near->slots[i];
    size_t from = n;
    if (!slot->first_1) continue;
    for (uint32_t at = slot->first_1; at; at = next[at - 1]) groups[n++] = near->groups[at - 1];
    ok = sort_groups(near, groups + from, n - from);
    slot->first_1 = (uint32_t)from + 1;
    pl_bits_set(near->last, (uint32_t)n - 1);
  }
  if (ok) {
    pl_free(near->groups);
    near->groups = groups;
  } else {
    pl_free(groups);
  }
  return ok;
}

/* Lays out what was collected; each may bring one more, which folds to itself. */
static bool lay_out(pl_near *near) {
  size_t n = near->groups_n, most = n * 2;
  if (n == 0) return true;
  near->slots_n = n + n / 3 + 1; /* a free one is always met */
  near->slots = pl_calloc(near->slots_n, sizeof *near->slots);
  near->last = pl_calloc(pl_bits_words(most), sizeof *near->last);
  uint32_t *next = pl_calloc(most, sizeof *next);
  bool ok = near->slots && near->last && next && most < UINT32_MAX &&
            pl_grow(&near->groups, &near->groups_cap, most, sizeof *near->groups) &&
            chain(near, next, n) && arrange(near, next);
  pl_free(next);
  return ok;
}

pl_near *pl_near_new(const pl_index *index, size_t key_n, pl_error *err) {
  pl_near *near = pl_calloc(1, sizeof *near);
  bool ok = near != NULL;
  if (ok) {
    *near = (pl_near){.index = index, .key_n = key_n, .seed = pl_hash_seed()};
    ok = collect(near) && lay_out(near);
  }
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
  if (!near->slots_n && near->key_n == 1 && is_plain(key)) return 0; /* its own fold: unmatched */
  if (!fold_key(key, near->key_n, scratch, &scratch->whole, &empty) || empty) return 0;
  const near_slot *slot = near->slots_n ? slot_of(near, mark_of(near, scratch), scratch) : NULL;
  if (slot && slot->first_1) {
    uint32_t from = slot->first_1 - 1;
    *groups = near->groups + from;
    return pl_bits_next(near->last, from, (uint32_t)near->groups_n) - from + 1;
  }
  if (!own_group(near, scratch, &scratch->group) || scratch->group == PL_NO_GROUP) return 0;
  *groups = &scratch->group;
  return 1;
}

void pl_near_scratch_free(pl_near_scratch *scratch) {
  pl_buf_free(&scratch->part);
  pl_buf_free(&scratch->whole);
  pl_buf_free(&scratch->other);
}
