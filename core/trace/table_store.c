/* Rows by columns: see table_store.h. */
#include "trace/table_store.h"

#include <assert.h>

/* A short text stands in its lane itself; a longer one in the pool, and the
 * lane says where. */
typedef struct text_ref {
  char bytes[7];
  uint8_t tag; /* length of a short text, or IN_POOL */
} text_ref;
_Static_assert(sizeof(text_ref) == 8, "one word per text");
#define IN_POOL 0xFF

enum { FLAG_BLANK = 1, FLAG_MORE = 2, FLAG_KIND = 4 /* two bits: pl_time_kind */ };

static pl_lane *lane_of(const pl_store *store, int slot, enum pl_lane_of which) {
  return &store->lanes[(size_t)slot * PL_LANES + which];
}
static pl_lane *row_lane(const pl_store *store, enum pl_lane_row which) {
  return &store->lanes[store->source->slots_n * PL_LANES + which];
}

bool pl_store_open(pl_store *store, const pl_source *source, bool raw) {
  *store = (pl_store){.source = source};
  store->lanes_n = source->slots_n * PL_LANES + PL_LANES_ROW;
  store->lanes = pl_calloc(store->lanes_n, sizeof *store->lanes);
  if (!store->lanes) return false;
  for (size_t i = 0; i < source->slots_n; i++) {
    uint8_t uses = source->slots[i].uses;
    pl_lane *lanes = lane_of(store, (int)i, 0);
    lanes[PL_LANE_FLAGS].each = 1;
    if (uses & PL_USE_TEXT) lanes[PL_LANE_TEXT].each = sizeof(text_ref);
    if (uses & PL_USE_NUMBER) lanes[PL_LANE_UNITS].each = sizeof(int64_t);
    if (uses & PL_USE_TIME) lanes[PL_LANE_US].each = sizeof(int64_t);
    if (uses & PL_USE_TIME) lanes[PL_LANE_DAY].each = sizeof(int32_t);
  }
  row_lane(store, PL_LANE_PLACE)->each = sizeof(pl_place);
  row_lane(store, PL_LANE_OFFSET)->each = raw ? sizeof(uint64_t) : 0;
  row_lane(store, PL_LANE_LENGTH)->each = raw ? sizeof(uint32_t) : 0;
  return true;
}

void pl_store_free(pl_store *store) {
  for (size_t i = 0; store->lanes && i < store->lanes_n; i++) pl_free(store->lanes[i].bytes);
  pl_free(store->lanes);
  pl_pool_free(&store->pool);
  *store = (pl_store){0};
}

static bool resize(pl_store *store, size_t cap) {
  for (size_t i = 0; i < store->lanes_n; i++) {
    pl_lane *lane = &store->lanes[i];
    size_t bytes;
    if (lane->each == 0) continue;
    if (__builtin_mul_overflow(cap, lane->each, &bytes)) return false;
    char *moved = pl_realloc(lane->bytes, bytes);
    if (!moved) return false; /* lanes before it are larger than `cap` says: harmless */
    lane->bytes = moved;
  }
  store->cap = cap;
  return true;
}

static bool grow(pl_store *store) {
  if (store->n < store->cap) return true;
  if (store->n >= UINT32_MAX - 1) return false;
  return resize(store, store->cap ? store->cap * 2 : 64);
}

/* ---- texts ------------------------------------------------------------------ */

static bool text_put(pl_store *store, pl_str text, text_ref *out) {
  *out = (text_ref){.tag = (uint8_t)text.n};
  if (text.n <= sizeof out->bytes) {
    if (text.n) memcpy(out->bytes, text.p, text.n);
    return true;
  }
  if (text.n > UINT32_MAX - 8) return false;
  char head[8];
  size_t head_n = 0, rest = text.n;
  do { /* seven bits at a time, the lowest first */
    head[head_n++] = (char)((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest);
  pl_pool_spot spot;
  char *place = pl_pool_reserve(&store->pool, head_n + text.n, &spot);
  if (!place) return false;
  memcpy(place, head, head_n);
  memcpy(place + head_n, text.p, text.n);
  memcpy(out->bytes, &spot.block, 4);
  memcpy(out->bytes + 4, &spot.offset, 3); /* little endian, as x86-64 and arm64 are */
  out->tag = IN_POOL;
  return true;
}

static pl_str text_get(const pl_store *store, const text_ref *ref) {
  if (ref->tag != IN_POOL) return (pl_str){ref->tag ? ref->bytes : "", ref->tag};
  pl_pool_spot spot = {0};
  memcpy(&spot.block, ref->bytes, 4);
  memcpy(&spot.offset, ref->bytes + 4, 3);
  const char *p = store->pool.blocks[spot.block].bytes + spot.offset;
  size_t n = 0;
  unsigned shift = 0;
  unsigned char c;
  do {
    c = (unsigned char)*p++;
    n |= (size_t)(c & 127) << shift;
    shift += 7;
  } while (c & 128);
  return (pl_str){p, n};
}

static void texts_rebase(char *lane, size_t from, size_t n, uint32_t base) {
  text_ref *refs = (text_ref *)(void *)lane + from;
  for (size_t i = 0; i < n; i++) {
    if (refs[i].tag != IN_POOL) continue;
    uint32_t block;
    memcpy(&block, refs[i].bytes, 4);
    block += base;
    memcpy(refs[i].bytes, &block, 4);
  }
}

/* ---- rows ------------------------------------------------------------------- */

static bool cell_put(pl_store *store, size_t row, int slot, const pl_cell *cell) {
  pl_lane *lanes = lane_of(store, slot, 0);
  bool blank = cell->blank;
  uint8_t kind = blank ? PL_TIME_NONE : cell->time.kind;
  lanes[PL_LANE_FLAGS].bytes[row] =
      (char)((blank ? FLAG_BLANK : 0) | (!blank && cell->number.more ? FLAG_MORE : 0) |
             kind * FLAG_KIND);
  if (lanes[PL_LANE_UNITS].each)
    ((int64_t *)(void *)lanes[PL_LANE_UNITS].bytes)[row] = blank ? 0 : cell->number.units;
  if (lanes[PL_LANE_US].each) {
    ((int64_t *)(void *)lanes[PL_LANE_US].bytes)[row] = kind ? cell->time.us : 0;
    ((int32_t *)(void *)lanes[PL_LANE_DAY].bytes)[row] = kind ? cell->time.day : 0;
  }
  if (!lanes[PL_LANE_TEXT].each) return true;
  text_ref *refs = (text_ref *)(void *)lanes[PL_LANE_TEXT].bytes;
  return text_put(store, blank ? (pl_str){"", 0} : cell->text, &refs[row]);
}

bool pl_store_add(pl_store *store, const pl_cell *cells, pl_place place, uint64_t offset,
                  uint32_t length) {
  if (!grow(store)) return false;
  size_t row = store->n;
  for (size_t i = 0; i < store->source->slots_n; i++)
    if (!cell_put(store, row, (int)i, &cells[i])) return false;
  ((pl_place *)(void *)row_lane(store, PL_LANE_PLACE)->bytes)[row] = place;
  if (row_lane(store, PL_LANE_OFFSET)->each) {
    ((uint64_t *)(void *)row_lane(store, PL_LANE_OFFSET)->bytes)[row] = offset;
    ((uint32_t *)(void *)row_lane(store, PL_LANE_LENGTH)->bytes)[row] = length;
  }
  store->n++;
  return true;
}

pl_cell pl_store_cell(const pl_store *store, size_t row, int slot) {
  assert(row < store->n && slot >= 0 && (size_t)slot < store->source->slots_n);
  const pl_lane *lanes = lane_of(store, slot, 0);
  uint8_t flags = (uint8_t)lanes[PL_LANE_FLAGS].bytes[row];
  pl_cell cell = {.text = {"", 0}, .blank = flags & FLAG_BLANK};
  if (lanes[PL_LANE_TEXT].each)
    cell.text = text_get(store, (const text_ref *)(void *)lanes[PL_LANE_TEXT].bytes + row);
  if (lanes[PL_LANE_UNITS].each) {
    cell.number.units = ((const int64_t *)(void *)lanes[PL_LANE_UNITS].bytes)[row];
    cell.number.more = flags & FLAG_MORE;
  }
  if (lanes[PL_LANE_US].each) {
    cell.time.us = ((const int64_t *)(void *)lanes[PL_LANE_US].bytes)[row];
    cell.time.day = ((const int32_t *)(void *)lanes[PL_LANE_DAY].bytes)[row];
    cell.time.kind = (uint8_t)(flags / FLAG_KIND);
  }
  return cell;
}

pl_place pl_store_place(const pl_store *store, size_t row) {
  assert(row < store->n);
  return ((const pl_place *)(void *)row_lane(store, PL_LANE_PLACE)->bytes)[row];
}

uint64_t pl_store_offset(const pl_store *store, size_t row, uint32_t *length) {
  assert(row < store->n && row_lane(store, PL_LANE_OFFSET)->each);
  *length = ((const uint32_t *)(void *)row_lane(store, PL_LANE_LENGTH)->bytes)[row];
  return ((const uint64_t *)(void *)row_lane(store, PL_LANE_OFFSET)->bytes)[row];
}

/* ---- whole stores ----------------------------------------------------------- */

void pl_store_keep(pl_store *store, const uint32_t *rows, size_t n) {
  for (size_t l = 0; l < store->lanes_n; l++) {
    pl_lane *lane = &store->lanes[l];
    if (lane->each == 0) continue;
    for (size_t i = 0; i < n; i++)
      if (rows[i] != i)
        memcpy(lane->bytes + i * lane->each, lane->bytes + rows[i] * lane->each, lane->each);
  }
  store->n = n;
}

void pl_store_trim(pl_store *store) {
  if (store->n == 0 || store->n == store->cap) return;
  (void)resize(store, store->n);
  store->cap = store->n; /* true of every lane, whether or not it could be moved */
}

/* Neighbouring rows of one part that stay neighbours. */
typedef struct run {
  uint32_t part, from, n;
} run;

/* Of records on one line (JSON arrays) the offset decides, which is kept for them. */
static bool before(const pl_store *a, size_t i, const pl_store *b, size_t j) {
  pl_place x = pl_store_place(a, i), y = pl_store_place(b, j);
  if (x.file != y.file) return x.file < y.file;
  if (x.line != y.line || !row_lane(a, PL_LANE_OFFSET)->each) return x.line < y.line;
  uint32_t length;
  return pl_store_offset(a, i, &length) < pl_store_offset(b, j, &length);
}

/* The part whose next row stands first; n when all are used up. */
static size_t first_part(const pl_store *parts, const size_t *at, size_t n) {
  size_t best = n;
  for (size_t i = 0; i < n; i++) {
    if (at[i] >= parts[i].n) continue;
    if (best == n || before(&parts[i], at[i], &parts[best], at[best])) best = i;
  }
  return best;
}

static bool runs_of(const pl_store *parts, size_t n, run **runs, size_t *runs_n) {
  size_t at[PL_MAX_THREADS] = {0}, cap = 0;
  for (;;) {
    size_t part = first_part(parts, at, n);
    if (part == n) return true;
    size_t from = at[part];
    at[part] = parts[part].n; /* out of the race: who would be next? */
    size_t other = first_part(parts, at, n);
    size_t to = from + 1;
    while (to < parts[part].n && (other == n || before(&parts[part], to, &parts[other], at[other])))
      to++;
    at[part] = to;
    if (!pl_grow(runs, &cap, *runs_n + 1, sizeof **runs)) return false;
    (*runs)[(*runs_n)++] = (run){(uint32_t)part, (uint32_t)from, (uint32_t)(to - from)};
  }
}

/* One lane at a time, so that at most one stands in memory twice. */
static bool gather(pl_store *out, size_t l, pl_store *parts, size_t n, const run *runs,
                   size_t runs_n, const uint32_t *bases) {
  pl_lane *lane = &out->lanes[l];
  if (lane->each == 0) return true;
  lane->bytes = pl_malloc(out->cap * lane->each);
  if (!lane->bytes) return false;
  bool texts = l < out->source->slots_n * PL_LANES && l % PL_LANES == PL_LANE_TEXT;
  size_t at = 0;
  for (size_t i = 0; i < runs_n; i++) {
    const char *from = parts[runs[i].part].lanes[l].bytes + runs[i].from * lane->each;
    memcpy(lane->bytes + at * lane->each, from, runs[i].n * lane->each);
    if (texts) texts_rebase(lane->bytes, at, runs[i].n, bases[runs[i].part]);
    at += runs[i].n;
  }
  for (size_t i = 0; i < n; i++) {
    pl_free(parts[i].lanes[l].bytes);
    parts[i].lanes[l].bytes = NULL;
  }
  return true;
}

static bool merge_into(pl_store *out, pl_store *parts, size_t n, const run *runs, size_t runs_n) {
  uint32_t bases[PL_MAX_THREADS] = {0};
  size_t rows = 0;
  for (size_t i = 0; i < n; i++) rows += parts[i].n;
  if (rows >= UINT32_MAX - 1) return false;
  for (size_t i = 0; i < n; i++)
    if (!pl_pool_join(&out->pool, &parts[i].pool, &bases[i])) return false;
  out->cap = rows;
  for (size_t l = 0; rows && l < out->lanes_n; l++)
    if (!gather(out, l, parts, n, runs, runs_n, bases)) return false;
  out->n = rows;
  return true;
}

bool pl_store_merge(pl_store *out, pl_store *parts, size_t n) {
  assert(n >= 1 && n <= PL_MAX_THREADS);
  run *runs = NULL;
  size_t runs_n = 0;
  *out = (pl_store){0};
  bool ok = true;
  if (n == 1) {
    *out = parts[0];
    parts[0] = (pl_store){0};
    pl_store_trim(out);
  } else {
    bool raw = row_lane(&parts[0], PL_LANE_OFFSET)->each != 0;
    ok = pl_store_open(out, parts[0].source, raw) && runs_of(parts, n, &runs, &runs_n) &&
         merge_into(out, parts, n, runs, runs_n);
  }
  for (size_t i = 0; i < n; i++) pl_store_free(&parts[i]);
  if (!ok) pl_store_free(out);
  pl_free(runs);
  return ok;
}

size_t pl_store_bytes(const pl_store *store) {
  size_t bytes = store->lanes_n * sizeof *store->lanes + pl_pool_bytes(&store->pool);
  for (size_t i = 0; i < store->lanes_n; i++) bytes += store->cap * store->lanes[i].each;
  return bytes;
}
