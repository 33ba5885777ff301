/* key -> rows of a held table: groups by open addressing, the rows of each
 * group side by side. Shared by all threads once built.
 *
 * A table may hold millions of keys, and each is looked up at random, so nothing
 * is kept twice: a slot is one word, a key of one column is read from the table
 * itself, and where every row has a key of its own there are no lists of rows. */
#include <assert.h>

#include "base/hash.h"
#include "trace/table_private.h"

struct pl_index {
  pl_index *next;
  const pl_table *table;
  int key[PL_MAX_KEY];
  size_t key_n;
  uint64_t seed;
  /* group + 1 in the lower bits, above them as many of the hash as fit: they tell
   * most keys apart unread. 0: free. */
  uint32_t *slots;
  size_t slots_n;
  uint32_t group_bits; /* all ones in the bits of group + 1 */
  size_t groups;
  pl_text_lane texts; /* of the one key column, where `keys` is NULL */
  pl_str *keys;       /* by group: composite keys, and elements of lists */
  size_t keys_cap;
  uint32_t *starts; /* groups + 1; NULL: each group has one row */
  uint32_t *rows;   /* NULL: group g is row g */
  size_t rows_n;
  pl_pool bytes; /* composite keys */
};

/* Entries (row, group) while an index is built. */
typedef struct entries {
  uint32_t *groups;
  uint32_t *rows; /* NULL: entry e is of row e */
  size_t n, groups_cap, rows_cap;
  uint32_t *first; /* by group, its first row; NULL: group g is row g */
} entries;

/* ---- slots ------------------------------------------------------------------ */

static size_t home_of(const pl_index *index, uint64_t hash) {
  return (size_t)((hash >> 32) * index->slots_n >> 32);
}

static uint32_t first_row(const pl_index *index, const uint32_t *first, uint32_t group) {
  if (first) return first[group];
  if (!index->rows) return group;
  return index->rows[index->starts ? index->starts[group] : group];
}

/* `first`: while the index is being built, else NULL. */
static pl_str key_of(const pl_index *index, const uint32_t *first, uint32_t group) {
  if (index->keys) return index->keys[group];
  return pl_texts_at(&index->texts, first_row(index, first, group));
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *slot_of(const pl_index *index, const uint32_t *first, pl_str key, uint64_t hash) {
  uint32_t bits = index->group_bits, mark = (uint32_t)hash;
  for (size_t i = home_of(index, hash);; i = i + 1 == index->slots_n ? 0 : i + 1) {
    uint32_t *slot = &index->slots[i];
    if (*slot == 0) return slot;
    if (((*slot ^ mark) & ~bits) == 0 && pl_key_eq(key_of(index, first, (*slot & bits) - 1), key))
      return slot;
  }
}

static void slot_fill(const pl_index *index, uint32_t *slot, uint64_t hash, size_t group_1) {
  *slot = ((uint32_t)hash & ~index->group_bits) | (uint32_t)group_1;
}

/* Half as many again as groups, so that a free one is soon met. */
static bool open_slots(pl_index *index, size_t groups) {
  const size_t most = (size_t)1 << 32;
  uint32_t bits = 63;
  while (bits < groups + 1 && bits < UINT32_MAX) bits = bits * 2 + 1;
  index->group_bits = bits;
  index->slots_n = groups + groups / 2 + 16;
  if (index->slots_n > most) index->slots_n = most;
  index->slots = pl_calloc(index->slots_n, sizeof *index->slots);
  pl_dense(index->slots,
           groups >= index->table->store.n ? index->slots_n * sizeof *index->slots : 0);
  return index->slots != NULL;
}

static bool more_slots(pl_index *index) {
  pl_free(index->slots);
  if (!open_slots(index, index->groups * 2)) return false;
  for (uint32_t g = 0; g < index->groups; g++) {
    uint64_t hash = pl_hash_seeded(index->keys[g], index->seed);
    slot_fill(index, slot_of(index, NULL, index->keys[g], hash), hash, (size_t)g + 1);
  }
  return true;
}

/* ---- building --------------------------------------------------------------- */

/* A composite key is made in a buffer that the next row uses again. */
static bool keep_key(pl_index *index, pl_str key) {
  if (!pl_grow(&index->keys, &index->keys_cap, index->groups + 1, sizeof *index->keys))
    return false;
  if (index->key_n > 1) {
    char *copy = pl_pool_reserve(&index->bytes, key.n, NULL);
    if (!copy) return false;
    memcpy(copy, key.p, key.n);
    key.p = copy;
  }
  index->keys[index->groups] = key;
  return true;
}

/* The group of a key that need not be read from one column of the table. */
static uint32_t group_of(pl_index *index, pl_str key) {
  uint64_t hash = pl_hash_seeded(key, index->seed);
  uint32_t *slot = slot_of(index, NULL, key, hash);
  if (*slot) return (*slot & index->group_bits) - 1;
  if (index->groups >= PL_NO_GROUP - 1) return PL_NO_GROUP;
  if ((index->groups + 1) * 3 > index->slots_n * 2) {
    if (!more_slots(index)) return PL_NO_GROUP;
    slot = slot_of(index, NULL, key, hash);
  }
  if (!keep_key(index, key)) return PL_NO_GROUP;
  slot_fill(index, slot, hash, ++index->groups);
  return (uint32_t)index->groups - 1;
}

static bool add_entry(entries *list, uint32_t row, uint32_t group) {
  if (!pl_grow(&list->groups, &list->groups_cap, list->n + 1, sizeof *list->groups) ||
      !pl_grow(&list->rows, &list->rows_cap, list->n + 1, sizeof *list->rows))
    return false;
  list->groups[list->n] = group;
  list->rows[list->n++] = row;
  return list->n < UINT32_MAX;
}

/* Keys of several columns, or lists of keys: every (row, group), rows ascending. */
static bool collect_made(pl_index *index, entries *list) {
  const pl_table *table = index->table;
  pl_keys keys = {0};
  pl_cell *cells = pl_calloc(table->source->slots_n, sizeof *cells);
  bool ok = cells && open_slots(index, 64) && keep_key(index, (pl_str){"", 0});
  for (uint32_t row = 0; ok && row < table->store.n; row++) {
    for (size_t i = 0; i < index->key_n; i++)
      cells[index->key[i]] = pl_store_cell(&table->store, row, index->key[i]);
    ok = pl_keys_of(table->source, cells, index->key, index->key_n, &keys);
    for (size_t k = 0; ok && k < keys.n; k++) {
      uint32_t group = group_of(index, keys.items[k]);
      ok = group != PL_NO_GROUP && add_entry(list, row, group);
    }
  }
  pl_keys_free(&keys);
  pl_free(cells);
  return ok;
}

/* The first row that is not a group of its own: from here on it is written down
 * which row is of which group. */
static bool part_ways(entries *list, uint32_t row, size_t rows) {
  list->groups = pl_malloc(rows * sizeof *list->groups);
  list->first = pl_malloc(rows * sizeof *list->first);
  if (!list->groups || !list->first) return false;
  for (uint32_t i = 0; i < row; i++) list->groups[i] = list->first[i] = i;
  return true;
}

#define BATCH PL_INDEX_MANY /* rows whose slots are fetched into the cache together */

static bool enter_row(pl_index *index, entries *list, uint32_t row, pl_str key, uint64_t hash) {
  uint32_t group = PL_NO_GROUP;
  if (key.n) {
    uint32_t *slot = slot_of(index, list->first, key, hash);
    bool known = *slot != 0;
    group = known ? (*slot & index->group_bits) - 1 : (uint32_t)index->groups;
    if (!known) slot_fill(index, slot, hash, (size_t)group + 1);
    if (group == row && !list->groups) {
      index->groups++;
      return true;
    }
    if (!list->groups && !part_ways(list, row, index->table->store.n)) return false;
    if (!known) list->first[index->groups++] = row;
  } else if (!list->groups && !part_ways(list, row, index->table->store.n)) {
    return false;
  }
  list->groups[row] = group;
  return true;
}

/* The common kind of key: one column, read where it stands. */
static bool collect_column(pl_index *index, entries *list) {
  size_t rows = index->table->store.n;
  pl_str keys[BATCH];
  uint64_t hashes[BATCH];
  if (rows >= PL_NO_GROUP - 1 || !open_slots(index, rows)) return false;
  for (size_t at = 0; at < rows; at += BATCH) {
    size_t n = rows - at < BATCH ? rows - at : BATCH;
    for (size_t i = 0; i < n; i++) {
      keys[i] = pl_texts_at(&index->texts, at + i);
      hashes[i] = pl_hash_seeded(keys[i], index->seed);
      __builtin_prefetch(&index->slots[home_of(index, hashes[i])], 1);
    }
    for (size_t i = 0; i < n; i++)
      if (!enter_row(index, list, (uint32_t)(at + i), keys[i], hashes[i])) return false;
  }
  list->n = rows;
  return true;
}

/* Counting sort by group: stable, so that rows stay ascending. */
static bool arrange(pl_index *index, entries *list) {
  size_t keyed = 0;
  for (size_t e = 0; e < list->n; e++) keyed += list->groups[e] != PL_NO_GROUP;
  index->starts = pl_calloc(index->groups + 1, sizeof *index->starts);
  index->rows = pl_malloc(keyed * sizeof *index->rows);
  if (!index->starts || !index->rows) return false;
  index->rows_n = keyed;
  for (size_t e = 0; e < list->n; e++)
    if (list->groups[e] != PL_NO_GROUP) index->starts[list->groups[e] + 1]++;
  for (size_t g = 1; g <= index->groups; g++) index->starts[g] += index->starts[g - 1];
  for (size_t e = 0; e < list->n; e++) /* starts[g] runs on to where g ends … */
    if (list->groups[e] != PL_NO_GROUP)
      index->rows[index->starts[list->groups[e]]++] = list->rows ? list->rows[e] : (uint32_t)e;
  for (size_t g = index->groups; g > 0; g--) index->starts[g] = index->starts[g - 1]; /* … back */
  index->starts[0] = 0;
  return true;
}

static bool one_row_each(const pl_index *index, const entries *list) {
  size_t keyed = 0;
  if (!list->first) return false;
  for (size_t e = 0; e < list->n; e++) keyed += list->groups[e] != PL_NO_GROUP;
  return keyed == index->groups;
}

static bool settle(pl_index *index, entries *list) {
  if (!list->groups && !index->keys) {
    index->rows_n = index->groups;
    return true;
  }
  if (!one_row_each(index, list)) return arrange(index, list);
  uint32_t *rows = pl_realloc(list->first, index->groups * sizeof *rows);
  if (!rows) return false;
  list->first = NULL;
  index->rows = rows;
  index->rows_n = index->groups;
  return true;
}

static bool is_plain(const pl_index *index) {
  return index->key_n == 1 && !index->table->source->slots[index->key[0]].list_separator;
}

pl_index *pl_index_build(const pl_table *table, const int *slots, size_t slots_n, pl_error *err) {
  assert(slots_n >= 1 && slots_n <= PL_MAX_KEY);
  entries list = {0};
  bool ok = false;
  pl_index *index = pl_calloc(1, sizeof *index);
  if (!index) goto done;
  index->table = table;
  memcpy(index->key, slots, slots_n * sizeof *slots);
  index->key_n = slots_n;
  index->seed = pl_hash_seed();
  if (is_plain(index)) {
    index->texts = pl_store_texts(&table->store, slots[0]);
    ok = collect_column(index, &list);
  } else {
    ok = collect_made(index, &list);
  }
  ok = ok && settle(index, &list);
done:
  pl_free(list.groups);
  pl_free(list.rows);
  pl_free(list.first);
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

/* ---- looking up ------------------------------------------------------------- */

static uint32_t find(const pl_index *index, pl_str key, uint64_t hash) {
  uint32_t slot = *slot_of(index, NULL, key, hash);
  return slot ? (slot & index->group_bits) - 1 : PL_NO_GROUP;
}

uint32_t pl_index_find(const pl_index *index, pl_str key) {
  return find(index, key, pl_hash_seeded(key, index->seed));
}

/* The group whose slot is the first that the key may have. */
static uint32_t likely(const pl_index *index, uint64_t hash) {
  uint32_t slot = index->slots[home_of(index, hash)];
  if (!slot || ((slot ^ (uint32_t)hash) & ~index->group_bits)) return PL_NO_GROUP;
  return (slot & index->group_bits) - 1;
}

/* Unless it is a part of its caller, GCC 12 leaves out a function that only fetches. */
#define AHEAD static inline __attribute__((always_inline))

AHEAD void fetch_key(const pl_index *index, uint32_t group) {
  if (index->keys)
    __builtin_prefetch(&index->keys[group]);
  else if (!index->rows)
    pl_texts_fetch(&index->texts, group);
  else
    __builtin_prefetch(index->starts ? &index->starts[group] : &index->rows[group]);
}

/* One more step towards the key, when fetch_key had its time. */
AHEAD void fetch_more(const pl_index *index, uint32_t group) {
  if (index->keys)
    __builtin_prefetch(index->keys[group].p);
  else if (index->rows)
    pl_texts_fetch(&index->texts, first_row(index, NULL, group));
}

/* Each pass fetches what the next reads. */
static void find_batch(const pl_index *index, const pl_str *keys, size_t n, uint32_t *groups) {
  uint64_t hashes[BATCH];
  for (size_t i = 0; i < n; i++) {
    hashes[i] = pl_hash_seeded(keys[i], index->seed);
    __builtin_prefetch(&index->slots[home_of(index, hashes[i])]);
  }
  for (size_t i = 0; i < n; i++)
    if ((groups[i] = likely(index, hashes[i])) != PL_NO_GROUP) fetch_key(index, groups[i]);
  for (size_t i = 0; i < n; i++)
    if (groups[i] != PL_NO_GROUP) fetch_more(index, groups[i]);
  for (size_t i = 0; i < n; i++) groups[i] = find(index, keys[i], hashes[i]);
}

void pl_index_find_many(const pl_index *index, const pl_str *keys, size_t n, uint32_t *groups) {
  for (size_t i = 0; i < n; i += BATCH)
    find_batch(index, keys + i, n - i < BATCH ? n - i : BATCH, groups + i);
}

uint32_t pl_index_groups(const pl_index *index) {
  return (uint32_t)index->groups;
}

pl_str pl_index_key(const pl_index *index, uint32_t group) {
  assert(group < index->groups);
  return key_of(index, NULL, group);
}

pl_rows pl_index_rows(const pl_index *index, uint32_t group) {
  assert(group < index->groups);
  if (!index->rows) return (pl_rows){.one = group, .n = 1};
  if (!index->starts) return (pl_rows){.one = index->rows[group], .n = 1};
  uint32_t from = index->starts[group];
  return (pl_rows){index->rows + from, 0, index->starts[group + 1] - from};
}

bool pl_index_is_rows(const pl_index *index) {
  return !index->rows;
}

/* ---- the whole --------------------------------------------------------------- */

pl_index *pl_index_next(const pl_index *index) {
  return index->next;
}

bool pl_index_reads(const pl_index *index, int slot) {
  for (size_t i = 0; i < index->key_n; i++)
    if (index->key[i] == slot) return true;
  return false;
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
         index->keys_cap * sizeof *index->keys +
         (index->starts ? (index->groups + 1) * sizeof *index->starts : 0) +
         (index->rows ? index->rows_n * sizeof *index->rows : 0) + pl_pool_bytes(&index->bytes);
}
