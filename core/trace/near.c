/* Near misses: an index of an index, by folded key. Built only when a key
 * matched nothing, because most audits never need it. */
#include "trace/hop.h"

#include <stdlib.h>

struct pl_near {
  pl_dict *folded;
  uint32_t *start;  /* folded id -> first of its groups */
  uint32_t *groups; /* by folded id, then by key */
  size_t key_n;
};

/* Folds each component by itself: moving characters from one to the other is
 * not a near miss. An empty fold ("--") is near nothing. */
static bool fold_key(pl_str key, size_t key_n, pl_near_scratch *scratch, bool *empty) {
  pl_buf_clear(&scratch->whole);
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
    pl_buf_append(&scratch->whole, &n, 4);
    pl_buf_append(&scratch->whole, scratch->part.p, scratch->part.n);
  }
  return !scratch->whole.failed;
}

typedef struct pl_folded {
  uint32_t id, group;
  pl_str key;
} pl_folded;

static int by_id_then_key(const void *a, const void *b) {
  const pl_folded *x = a, *y = b;
  if (x->id != y->id) return x->id < y->id ? -1 : 1;
  return pl_str_cmp(x->key, y->key);
}

static bool fold_all(pl_near *near, const pl_index *index, pl_folded *pairs, uint32_t *kept) {
  pl_near_scratch scratch = {0};
  uint32_t groups = pl_index_groups(index);
  bool ok = true;
  *kept = 0;
  for (uint32_t g = 0; g < groups && ok; g++) {
    bool empty;
    pl_str key = pl_index_key(index, g);
    ok = fold_key(key, near->key_n, &scratch, &empty);
    if (!ok || empty) continue;
    uint32_t id = pl_dict_add(near->folded, pl_buf_view(&scratch.whole));
    ok = id != PL_DICT_NONE;
    pairs[(*kept)++] = (pl_folded){id, g, key};
  }
  pl_near_scratch_free(&scratch);
  return ok;
}

pl_near *pl_near_new(const pl_index *index, size_t key_n, pl_error *err) {
  uint32_t groups = pl_index_groups(index), kept = 0;
  pl_near *near = pl_calloc(1, sizeof *near);
  pl_folded *pairs = pl_calloc((size_t)groups + 1, sizeof *pairs);
  if (near) {
    near->key_n = key_n;
    near->folded = pl_dict_new();
  }
  bool ok = near && pairs && near->folded && fold_all(near, index, pairs, &kept);
  if (ok) {
    qsort(pairs, kept, sizeof *pairs, by_id_then_key);
    near->start = pl_calloc((size_t)pl_dict_count(near->folded) + 1, sizeof *near->start);
    near->groups = pl_calloc((size_t)kept + 1, sizeof *near->groups);
    ok = near->start && near->groups;
  }
  for (uint32_t i = 0; ok && i < kept; i++) {
    near->groups[i] = pairs[i].group;
    near->start[pairs[i].id + 1] = i + 1;
  }
  pl_free(pairs);
  if (ok) return near;
  pl_near_free(near);
  pl_fail_memory(err);
  return NULL;
}

void pl_near_free(pl_near *near) {
  if (!near) return;
  pl_dict_free(near->folded);
  pl_free(near->start);
  pl_free(near->groups);
  pl_free(near);
}

size_t pl_near_find(const pl_near *near, pl_str key, pl_near_scratch *scratch,
                    const uint32_t **groups) {
  bool empty;
  if (!fold_key(key, near->key_n, scratch, &empty) || empty) return 0;
  uint32_t id = pl_dict_find(near->folded, pl_buf_view(&scratch->whole));
  if (id == PL_DICT_NONE) return 0;
  *groups = near->groups + near->start[id];
  return near->start[id + 1] - near->start[id];
}

void pl_near_scratch_free(pl_near_scratch *scratch) {
  pl_buf_free(&scratch->part);
  pl_buf_free(&scratch->whole);
}
