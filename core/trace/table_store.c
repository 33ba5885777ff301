/* Rows by columns: see table_store.h. */
#include "trace/table_store.h"

#include <assert.h>

#define TEXT_LEAST ((size_t)8) /* room for a spot in the pool, and the tag */

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
    /* a text says itself whether it is blank */
    lanes[PL_LANE_FLAGS].each = !(uses & PL_USE_TEXT) || uses & (PL_USE_NUMBER | PL_USE_TIME);
    if (uses & PL_USE_TEXT) lanes[PL_LANE_TEXT].each = TEXT_LEAST;
    if (uses & PL_USE_NUMBER) lanes[PL_LANE_UNITS].each = sizeof(int64_t);
    if (uses & PL_USE_TIME) lanes[PL_LANE_US].each = sizeof(int64_t);
    if (uses & PL_USE_TIME) lanes[PL_LANE_DAY].each = sizeof(int32_t);
  }
  row_lane(store, PL_LANE_LINE)->each = sizeof(uint32_t);
  row_lane(store, PL_LANE_OFFSET)->each = raw ? sizeof(uint64_t) : 0;
  row_lane(store, PL_LANE_LENGTH)->each = raw ? sizeof(uint32_t) : 0;
  return true;
}

void pl_store_free(pl_store *store) {
  for (size_t i = 0; store->lanes && i < store->lanes_n; i++) pl_free(store->lanes[i].bytes);
  pl_free(store->lanes);
  pl_pool_free(&store->pool);
  pl_free(store->files);
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
    pl_dense(moved, bytes);
  }
  store->cap = cap;
  return true;
}

/* ---- texts ------------------------------------------------------------------ */

static bool is_text_lane(const pl_store *store, size_t lane) {
  return lane < store->source->slots_n * PL_LANES && lane % PL_LANES == PL_LANE_TEXT &&
         store->lanes[lane].each != 0;
}

static bool pool_put(pl_pool *pool, pl_str text, char *element, size_t each) {
  if (text.n > UINT32_MAX - 8) return false;
  char head[8];
  size_t head_n = 0, rest = text.n;
  do { /* seven bits at a time, the lowest first */
    head[head_n++] = (char)((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest);
  pl_pool_spot spot;
  char *place = pl_pool_reserve(pool, head_n + text.n, &spot);
  if (!place) return false;
  memcpy(place, head, head_n);
  memcpy(place + head_n, text.p, text.n);
  memcpy(element, &spot.block, 4);
  memcpy(element + 4, &spot.offset, 3); /* little endian, as x86-64 and arm64 are */
  element[each - 1] = (char)PL_TEXT_POOLED;
  return true;
}

static void inline_put(pl_str text, char *element, size_t each) {
  if (text.n) memcpy(element, text.p, text.n);
  element[each - 1] = (char)text.n;
}

static bool text_put(pl_store *store, pl_str text, bool blank, char *element, size_t each) {
  if (blank)
    element[each - 1] = (char)PL_TEXT_BLANK;
  else if (text.n < each)
    inline_put(text, element, each);
  else
    return pool_put(&store->pool, text, element, each);
  return true;
}

pl_str pl_texts_elsewhere(const pl_text_lane *texts, const char *element) {
  pl_pool_spot spot = {0};
  if ((uint8_t)element[texts->each - 1] == PL_TEXT_BLANK) return (pl_str){"", 0};
  memcpy(&spot.block, element, 4);
  memcpy(&spot.offset, element + 4, 3);
  const char *p = texts->pool->blocks[spot.block].bytes + spot.offset;
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

pl_text_lane pl_store_texts(const pl_store *store, int slot) {
  const pl_lane *lane = lane_of(store, slot, PL_LANE_TEXT);
  assert(lane->each && (lane->bytes || store->n == 0));
  return (pl_text_lane){lane->bytes, lane->each, &store->pool};
}

/* Copies n elements to a lane that may be wider. Of texts in the pool only those
 * that fit now are moved (`pool`); the others have their blocks behind `base`. */
static void texts_copy(char *to, size_t to_each, const char *from, size_t from_each, size_t n,
                       const pl_pool *pool, uint32_t base) {
  pl_text_lane texts = {from, from_each, pool};
  if (to_each == from_each && base == 0) {
    memcpy(to, from, n * to_each);
    return;
  }
  for (size_t i = 0; i < n; i++, to += to_each) {
    const char *element = from + i * from_each;
    uint8_t tag = (uint8_t)element[from_each - 1];
    pl_str text = {element, tag};
    if (tag == PL_TEXT_POOLED && pool) text = pl_texts_elsewhere(&texts, element);
    if (tag != PL_TEXT_BLANK && (tag != PL_TEXT_POOLED || pool) && text.n < to_each) {
      inline_put(text, to, to_each);
      continue;
    }
    to[to_each - 1] = (char)tag;
    if (tag != PL_TEXT_POOLED) continue;
    uint32_t block;
    memcpy(&block, element, 4);
    block += base;
    memcpy(to, &block, 4);
    memcpy(to + 4, element + 4, 3);
  }
}

/* The width of a lane at which its texts so far take the least memory. */
static size_t best_width(const pl_text_lane *texts, size_t n) {
  size_t lengths[PL_TEXT_LONGEST + 1] = {0}, longer = 0, best = texts->each, least = SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    pl_str text = pl_texts_at(texts, i);
    if (text.n <= PL_TEXT_LONGEST)
      lengths[text.n]++;
    else
      longer++;
  }
  size_t beyond = longer * (PL_TEXT_LONGEST + 2); /* of those in the pool, what is known */
  for (size_t width = PL_TEXT_LONGEST + 1; width >= texts->each; width--) {
    size_t bytes = width * n + beyond;
    if (bytes < least) {
      least = bytes;
      best = width;
    }
    beyond += lengths[width - 1] * width; /* its bytes, and one for the length */
  }
  return best;
}

/* Widens the lanes of texts that mostly stand in the pool. */
static bool widen(pl_store *store) {
  for (size_t l = 0; l < store->lanes_n; l++) {
    pl_lane *lane = &store->lanes[l];
    if (!is_text_lane(store, l)) continue;
    pl_text_lane texts = {lane->bytes, lane->each, &store->pool};
    size_t width = best_width(&texts, store->n);
    if (width <= lane->each) continue;
    char *wider = pl_malloc(store->cap * width);
    if (!wider) return false;
    texts_copy(wider, width, lane->bytes, lane->each, store->n, &store->pool, 0);
    pl_free(lane->bytes);
    *lane = (pl_lane){wider, width};
  }
  return true;
}

#define WIDEN_FROM ((size_t)1024) /* rows, below which it is not worth while */

static bool grow(pl_store *store) {
  if (store->n < store->cap) return true;
  if (store->n >= UINT32_MAX - 1) return false;
  if (store->n >= WIDEN_FROM && !widen(store)) return false;
  return resize(store, store->cap ? store->cap * 2 : 64);
}

/* ---- rows ------------------------------------------------------------------- */

static bool cell_put(pl_store *store, size_t row, int slot, const pl_cell *cell) {
  pl_lane *lanes = lane_of(store, slot, 0);
  bool blank = cell->blank;
  uint8_t kind = blank ? PL_TIME_NONE : cell->time.kind;
  if (lanes[PL_LANE_FLAGS].each)
    lanes[PL_LANE_FLAGS].bytes[row] =
        (char)((blank ? FLAG_BLANK : 0) | (!blank && cell->number.more ? FLAG_MORE : 0) |
               kind * FLAG_KIND);
  if (lanes[PL_LANE_UNITS].each)
    ((int64_t *)(void *)lanes[PL_LANE_UNITS].bytes)[row] = blank ? 0 : cell->number.units;
  if (lanes[PL_LANE_US].each) {
    ((int64_t *)(void *)lanes[PL_LANE_US].bytes)[row] = kind ? cell->time.us : 0;
    ((int32_t *)(void *)lanes[PL_LANE_DAY].bytes)[row] = kind ? cell->time.day : 0;
  }
  size_t each = lanes[PL_LANE_TEXT].each;
  return !each || text_put(store, cell->text, blank, lanes[PL_LANE_TEXT].bytes + row * each, each);
}

static bool note_file(pl_store *store, uint32_t file, size_t row) {
  if (store->files_n && store->files[store->files_n - 1].file == file) return true;
  if (!pl_grow(&store->files, &store->files_cap, store->files_n + 1, sizeof *store->files))
    return false;
  store->files[store->files_n++] = (pl_store_file){file, (uint32_t)row};
  return true;
}

bool pl_store_add(pl_store *store, const pl_cell *cells, pl_place place, uint64_t offset,
                  uint32_t length) {
  if (!grow(store) || !note_file(store, place.file, store->n)) return false;
  size_t row = store->n;
  for (size_t i = 0; i < store->source->slots_n; i++)
    if (!cell_put(store, row, (int)i, &cells[i])) return false;
  ((uint32_t *)(void *)row_lane(store, PL_LANE_LINE)->bytes)[row] = place.line;
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
  uint8_t flags = lanes[PL_LANE_FLAGS].each ? (uint8_t)lanes[PL_LANE_FLAGS].bytes[row] : 0;
  pl_cell cell = {.text = {"", 0}, .blank = flags & FLAG_BLANK};
  if (lanes[PL_LANE_TEXT].each) {
    assert(lanes[PL_LANE_TEXT].bytes);
    pl_text_lane texts = {lanes[PL_LANE_TEXT].bytes, lanes[PL_LANE_TEXT].each, &store->pool};
    cell.text = pl_texts_at(&texts, row);
    cell.blank = (uint8_t)texts.bytes[(row + 1) * texts.each - 1] == PL_TEXT_BLANK;
  }
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
  size_t low = 0, high = store->files_n; /* the last that begins at or before the row */
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    *(store->files[mid].row <= row ? &low : &high) = mid;
  }
  uint32_t line = ((const uint32_t *)(void *)row_lane(store, PL_LANE_LINE)->bytes)[row];
  return (pl_place){store->files[low].file, line};
}

uint64_t pl_store_offset(const pl_store *store, size_t row, uint32_t *length) {
  assert(row < store->n && row_lane(store, PL_LANE_OFFSET)->each);
  *length = ((const uint32_t *)(void *)row_lane(store, PL_LANE_LENGTH)->bytes)[row];
  return ((const uint64_t *)(void *)row_lane(store, PL_LANE_OFFSET)->bytes)[row];
}

/* ---- whole stores ----------------------------------------------------------- */

/* Where each file begins among the rows that are kept: where the next one does, if
 * none of its own is left. */
static void keep_files(pl_store *store, const uint32_t *rows, size_t n) {
  size_t at = 0;
  for (size_t i = 0; i < store->files_n; i++) {
    while (at < n && rows[at] < store->files[i].row) at++;
    store->files[i].row = (uint32_t)at;
  }
}

void pl_store_keep(pl_store *store, const uint32_t *rows, size_t n) {
  keep_files(store, rows, n);
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

static bool gather_files(pl_store *out, const pl_store *parts, const run *runs, size_t runs_n) {
  for (size_t i = 0, row = 0; i < runs_n; row += runs[i++].n) {
    const pl_store *part = &parts[runs[i].part];
    if (!note_file(out, pl_store_place(part, runs[i].from).file, row)) return false;
    for (size_t f = 0; f < part->files_n; f++) { /* files that begin within the run */
      size_t from = part->files[f].row;
      if (from <= runs[i].from || from >= runs[i].from + runs[i].n) continue;
      if (!note_file(out, part->files[f].file, row + from - runs[i].from)) return false;
    }
  }
  return true;
}

/* One lane at a time, so that at most one stands in memory twice. */
static bool gather(pl_store *out, size_t l, pl_store *parts, size_t n, const run *runs,
                   size_t runs_n, const uint32_t *bases) {
  pl_lane *lane = &out->lanes[l];
  if (lane->each == 0) return true;
  bool texts = is_text_lane(out, l);
  for (size_t i = 0; texts && i < n; i++)
    if (parts[i].lanes[l].each > lane->each) lane->each = parts[i].lanes[l].each;
  lane->bytes = pl_malloc(out->cap * lane->each);
  if (!lane->bytes) return false;
  pl_dense(lane->bytes, out->cap * lane->each);
  char *to = lane->bytes;
  for (size_t i = 0; i < runs_n; i++) {
    const pl_lane *part = &parts[runs[i].part].lanes[l];
    const char *from = part->bytes + runs[i].from * part->each;
    if (texts)
      texts_copy(to, lane->each, from, part->each, runs[i].n, NULL, bases[runs[i].part]);
    else
      memcpy(to, from, runs[i].n * lane->each);
    to += runs[i].n * lane->each;
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
  if (!gather_files(out, parts, runs, runs_n)) return false;
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

void pl_store_forget_text(pl_store *store, int slot) {
  pl_lane *lane = lane_of(store, slot, PL_LANE_TEXT);
  pl_free(lane->bytes);
  lane->bytes = NULL;
}

size_t pl_store_bytes(const pl_store *store) {
  size_t bytes = store->lanes_n * sizeof *store->lanes + pl_pool_bytes(&store->pool) +
                 store->files_cap * sizeof *store->files;
  for (size_t i = 0; i < store->lanes_n; i++)
    bytes += store->lanes[i].bytes ? store->cap * store->lanes[i].each : 0;
  return bytes;
}
