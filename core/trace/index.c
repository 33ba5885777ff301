/* key -> rows of a held table: groups by open addressing, the rows of each
 * group side by side. Shared by all threads once built. */
#include <assert.h>

#include "base/hash.h"
#include "trace/table_private.h"

typedef struct index_slot {
  uint32_t mark;    /* lower half of the hash: tells most keys apart unread */
  uint32_t group_1; /* 0: free */
} index_slot;

struct pl_index {
  pl_index *next;
  int key[PL_MAX_KEY];
  size_t key_n;
  uint64_t seed;
  index_slot *slots;
  size_t slots_n; /* a power of two */
  pl_str *keys;   /* by group; one column: borrowed from the table */
  size_t groups, keys_cap;
  uint32_t *starts; /* groups + 1 */
  uint32_t *rows;
  size_t rows_n;
  pl_pool bytes; /* composite keys */
};

typedef struct pair {
  uint32_t row, group;
} pair;
typedef struct pairs {
  pair *items;
  size_t n, cap;
} pairs;

static index_slot *slot_of(const pl_index *index, pl_str key, uint32_t mark) {
  size_t mask = index->slots_n - 1;
  for (size_t i = mark & mask;; i = (i + 1) & mask) {
    index_slot *slot = &index->slots[i];
    if (slot->group_1 == 0) return slot;
    if (slot->mark == mark && pl_key_eq(index->keys[slot->group_1 - 1], key)) return slot;
  }
}

static bool more_slots(pl_index *index) {
  size_t n = index->slots_n * 2;
  index_slot *slots = pl_calloc(n, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < index->slots_n; i++) {
    if (index->slots[i].group_1 == 0) continue;
    size_t to = index->slots[i].mark & (n - 1);
    while (slots[to].group_1) to = (to + 1) & (n - 1);
    slots[to] = index->slots[i];
  }
  pl_free(index->slots);
  index->slots = slots;
  index->slots_n = n;
  return true;
}

/* A composite key is made in a buffer that the next row uses again. */
static bool keep_key(pl_index *index, pl_str *key) {
  if (index->key_n == 1) return true;
  char *copy = pl_pool_reserve(&index->bytes, key->n, NULL);
  if (!copy) return false;
  memcpy(copy, key->p, key->n);
  key->p = copy;
  return true;
}

static uint32_t group_of(pl_index *index, pl_str key) {
  uint32_t mark = (uint32_t)pl_hash_seeded(key, index->seed);
  index_slot *slot = slot_of(index, key, mark);
  if (slot->group_1) return slot->group_1 - 1;
  if (index->groups >= PL_NO_GROUP - 1) return PL_NO_GROUP;
  if (!pl_grow(&index->keys, &index->keys_cap, index->groups + 1, sizeof *index->keys))
    return PL_NO_GROUP;
  if ((index->groups + 1) * 3 > index->slots_n * 2) {
    if (!more_slots(index)) return PL_NO_GROUP;
    slot = slot_of(index, key, mark);
  }
  if (!keep_key(index, &key)) return PL_NO_GROUP;
  index->keys[index->groups++] = key;
  *slot = (index_slot){mark, (uint32_t)index->groups};
  return (uint32_t)index->groups - 1;
}

#define AHEAD 12 /* rows */

/* Fetches into the cache where the key of a row will go; of the common kind of key. */
static void look_ahead(const pl_index *index, const pl_table *table, size_t row) {
  if (index->key_n > 1 || row >= table->store.n) return;
  pl_str key = pl_store_cell(&table->store, row, index->key[0]).text;
  uint32_t mark = (uint32_t)pl_hash_seeded(key, index->seed);
  __builtin_prefetch(&index->slots[mark & (index->slots_n - 1)], 1);
}

/* Every (row, group), rows ascending. */
static bool collect(pl_index *index, const pl_table *table, pl_cell *cells, pairs *list) {
  pl_keys keys = {0};
  bool ok = true;
  for (uint32_t row = 0; ok && row < table->store.n; row++) {
    look_ahead(index, table, (size_t)row + AHEAD);
    for (size_t i = 0; i < index->key_n; i++)
      cells[index->key[i]] = pl_store_cell(&table->store, row, index->key[i]);
    ok = pl_keys_of(table->source, cells, index->key, index->key_n, &keys) &&
         pl_grow(&list->items, &list->cap, list->n + keys.n, sizeof *list->items);
    for (size_t k = 0; ok && k < keys.n; k++) {
      uint32_t group = group_of(index, keys.items[k]);
      ok = group != PL_NO_GROUP;
      list->items[list->n++] = (pair){row, group};
    }
  }
  pl_keys_free(&keys);
  return ok && list->n < UINT32_MAX;
}

/* Counting sort by group: stable, so that rows stay ascending. */
static bool arrange(pl_index *index, const pairs *list) {
  index->starts = pl_calloc(index->groups + 1, sizeof *index->starts);
  index->rows = pl_malloc(list->n * sizeof *index->rows);
  if (!index->starts || !index->rows) return false;
  index->rows_n = list->n;
  for (size_t i = 0; i < list->n; i++) index->starts[list->items[i].group + 1]++;
  for (size_t g = 1; g <= index->groups; g++) index->starts[g] += index->starts[g - 1];
  for (size_t i = 0; i < list->n; i++) /* starts[g] runs on to where g ends … */
    index->rows[index->starts[list->items[i].group]++] = list->items[i].row;
  for (size_t g = index->groups; g > 0; g--) index->starts[g] = index->starts[g - 1]; /* … back */
  index->starts[0] = 0;
  return true;
}

pl_index *pl_index_build(const pl_table *table, const int *slots, size_t slots_n, pl_error *err) {
  assert(slots_n >= 1 && slots_n <= PL_MAX_KEY);
  pairs list = {0};
  bool ok = false;
  pl_cell *cells = pl_calloc(table->source->slots_n, sizeof *cells);
  pl_index *index = pl_calloc(1, sizeof *index);
  if (!cells || !index) goto done;
  memcpy(index->key, slots, slots_n * sizeof *slots);
  index->key_n = slots_n;
  index->seed = pl_hash_seed();
  index->slots_n = 64;
  index->slots = pl_calloc(index->slots_n, sizeof *index->slots);
  ok = index->slots && collect(index, table, cells, &list) && arrange(index, &list);
done:
  pl_free(list.items);
  pl_free(cells);
  if (ok) return index;
  pl_index_free(index);
  pl_fail_memory(err);
  return NULL;
}

pl_index *pl_table_index(pl_table *table, const int *slots, size_t slots_n, pl_error *err) {
  for (pl_index *index = table->indexes; index; index = index->next)
    if (index->key_n == slots_n && memcmp(index->key, slots, slots_n * sizeof *slots) == 0)
      return index;
  pl_index *index = pl_index_build(table, slots, slots_n, err);
  if (!index) return NULL;
  index->next = table->indexes;
  table->indexes = index;
  return index;
}

uint32_t pl_index_find(const pl_index *index, pl_str key) {
  uint32_t mark = (uint32_t)pl_hash_seeded(key, index->seed);
  const index_slot *slot = slot_of(index, key, mark);
  return slot->group_1 ? slot->group_1 - 1 : PL_NO_GROUP;
}

#define TOGETHER 64 /* look-ups on the way at a time */

static const index_slot *first_slot(const pl_index *index, uint32_t mark) {
  return &index->slots[mark & (index->slots_n - 1)];
}

/* Three passes: each fetches what the next reads. */
static void find_some(const pl_index *index, const pl_str *keys, size_t n, uint32_t *groups) {
  uint32_t marks[TOGETHER];
  for (size_t i = 0; i < n; i++) {
    marks[i] = (uint32_t)pl_hash_seeded(keys[i], index->seed);
    __builtin_prefetch(first_slot(index, marks[i]));
  }
  for (size_t i = 0; i < n; i++) {
    const index_slot *slot = first_slot(index, marks[i]);
    if (slot->group_1) __builtin_prefetch(&index->keys[slot->group_1 - 1]);
  }
  for (size_t i = 0; i < n; i++) {
    const index_slot *slot = first_slot(index, marks[i]);
    if (slot->mark == marks[i] && slot->group_1)
      __builtin_prefetch(index->keys[slot->group_1 - 1].p);
  }
  for (size_t i = 0; i < n; i++) {
    const index_slot *slot = slot_of(index, keys[i], marks[i]);
    groups[i] = slot->group_1 ? slot->group_1 - 1 : PL_NO_GROUP;
  }
}

void pl_index_find_all(const pl_index *index, const pl_str *keys, size_t n, uint32_t *groups) {
  for (size_t i = 0; i < n; i += TOGETHER)
    find_some(index, keys + i, n - i < TOGETHER ? n - i : TOGETHER, groups + i);
}

uint32_t pl_index_groups(const pl_index *index) {
  return (uint32_t)index->groups;
}

pl_str pl_index_key(const pl_index *index, uint32_t group) {
  assert(group < index->groups);
  return index->keys[group];
}

const uint32_t *pl_index_rows(const pl_index *index, uint32_t group, uint32_t *n) {
  assert(group < index->groups);
  *n = index->starts[group + 1] - index->starts[group];
  return index->rows + index->starts[group];
}

pl_index *pl_index_next(const pl_index *index) {
  return index->next;
}

size_t pl_index_rows_total(const pl_index *index) {
  return index->rows_n;
}

void pl_index_free(pl_index *index) {
  if (!index) return;
  pl_free(index->slots);
  pl_free(index->keys);
  pl_free(index->starts);
  pl_free(index->rows);
  pl_pool_free(&index->bytes);
  pl_free(index);
}

size_t pl_index_bytes(const pl_index *index) {
  return sizeof *index + index->slots_n * sizeof *index->slots +
         index->keys_cap * sizeof *index->keys + (index->groups + 1) * sizeof *index->starts +
         index->rows_n * sizeof *index->rows + pl_pool_bytes(&index->bytes);
}
