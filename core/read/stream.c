/* The first pass over decoded bytes, and reading them at any offset after it: see
 * stream.h for the design. */
#include <assert.h>

#include "read/stream.h"

#define CURSORS 2 /* decoders: the scan's, and one to look back */
#define SLOTS 8   /* blocks that are kept, before anybody says how many threads read */
#define SHARE_MOST (4ull << 20)
#define NO_BLOCK UINT64_MAX

typedef struct point {
  uint64_t at; /* bytes made before it */
  void *state;
} point;

typedef struct cursor {
  pl_decoder *decoder;
  uint64_t at; /* bytes made so far */
  uint64_t used;
} cursor;

typedef struct slot {
  uint64_t block; /* its number, or NO_BLOCK */
  char *bytes;
  unsigned readers;
  uint64_t used;
} slot;

struct pl_stream {
  const pl_input *input;
  const pl_decoder_kind *kind;
  pl_text_way way;
  pl_stream *inner; /* NULL: the file itself */
  uint64_t in_size;
  uint64_t size;
  pl_held held;
  bool whole;       /* all of it is held */
  pl_places places; /* else */
  point *points;
  size_t points_n;
  uint64_t spacing;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool lock_made, changed_made;
  /* under the lock, once there are threads */
  bool busy; /* one of them decodes */
  uint64_t clock;
  slot *slots;
  size_t slots_n;
  /* of the thread that set `busy` */
  cursor cursors[CURSORS];
  uint64_t turns;
};

uint64_t pl_stream_in_size(const pl_stream *stream) {
  return stream->in_size;
}
const pl_text_way *pl_stream_way(const pl_stream *stream) {
  return &stream->way;
}
const pl_input *pl_stream_input(const pl_stream *stream) {
  return stream->input;
}

pl_status pl_stream_in(const pl_stream *s, uint64_t at, void *to, size_t n, pl_error *err) {
  return s->inner ? pl_stream_read(s->inner, at, to, n, err)
                  : pl_input_read_file(s->input, at, to, n, err);
}

/* --- points --- */

/* Every second one goes, so that a file of any length has enough and not too many. */
static void thin_points(pl_stream *s) {
  size_t kept = 0;
  for (size_t i = 0; i < s->points_n; i++) {
    if (i % 2)
      s->points[kept++] = s->points[i];
    else
      s->kind->unmark(s->points[i].state);
  }
  s->points_n = kept;
  s->spacing *= 2;
}

/* Without a point where one is due it only takes longer to come back. */
static void note_point(pl_stream *s, const cursor *c) {
  uint64_t last = s->points_n ? s->points[s->points_n - 1].at : 0;
  if (c->at - last < s->spacing) return;
  void *state = s->kind->mark(c->decoder);
  if (!state) return;
  if (s->points_n == PL_STREAM_POINTS) thin_points(s);
  s->points[s->points_n++] = (point){c->at, state};
}

static void forget_points(pl_stream *s) {
  for (size_t i = 0; i < s->points_n; i++) s->kind->unmark(s->points[i].state);
  pl_free(s->points);
  s->points = NULL;
  s->points_n = 0;
}

/* The last point that is not behind `at`; NULL: the beginning. */
static const point *point_before(const pl_stream *s, uint64_t at) {
  size_t n = s->points_n;
  while (n && s->points[n - 1].at > at) n--;
  return n ? &s->points[n - 1] : NULL;
}

/* --- blocks that are kept --- */

static slot *find_slot(const pl_stream *s, uint64_t block) {
  for (size_t i = 0; i < s->slots_n; i++)
    if (s->slots[i].block == block) return &s->slots[i];
  return NULL;
}

/* The one that was not used for longest; NULL: each is being read. */
static slot *free_slot(const pl_stream *s) {
  slot *best = NULL;
  for (size_t i = 0; i < s->slots_n; i++) {
    slot *one = &s->slots[i];
    if (!one->readers && (!best || one->used < best->used)) best = one;
  }
  return best;
}

static bool more_slots(pl_stream *s, size_t n) {
  if (n <= s->slots_n) return true;
  slot *slots = pl_realloc(s->slots, n * sizeof *slots);
  if (!slots) return false;
  s->slots = slots;
  while (s->slots_n < n) slots[s->slots_n++] = (slot){.block = NO_BLOCK};
  return true;
}

static pl_status empty_slot(slot *to, pl_error *err) {
  to->block = NO_BLOCK;
  if (!to->bytes) to->bytes = pl_malloc(PL_STREAM_BLOCK);
  return to->bytes ? PL_OK : pl_fail_memory(err);
}

static void publish(pl_stream *s, slot *to, uint64_t block) {
  to->block = block;
  to->used = ++s->clock;
}

/* --- cursors --- */

static void cursor_close(const pl_stream *s, cursor *c) {
  if (c->decoder) s->kind->close(c->decoder);
  *c = (cursor){0};
}

/* As many of `n` bytes as there are. */
static pl_status cursor_make(pl_stream *s, cursor *c, char *to, size_t n, size_t *made,
                             bool marking, pl_error *err) {
  *made = 0;
  for (size_t more = 1; *made < n && more;) {
    pl_status status = s->kind->make(c->decoder, to + *made, n - *made, &more, err);
    if (status) return status;
    *made += more;
    c->at += more;
    if (marking && more) note_point(s, c);
  }
  return PL_OK;
}

/* The cursor to make a block that begins at `at`: one that stands before it, unless
 * a point is nearer. */
static pl_status cursor_for(pl_stream *s, uint64_t at, cursor **out, pl_error *err) {
  const point *from = point_before(s, at);
  cursor *best = NULL, *oldest = &s->cursors[0];
  for (int i = 0; i < CURSORS; i++) {
    cursor *c = &s->cursors[i];
    if (c->used < oldest->used) oldest = c;
    if (!c->decoder || c->at > at || (from && c->at < from->at)) continue;
    if (!best || c->at > best->at) best = c;
  }
  *out = best ? best : oldest;
  pl_status status = PL_OK;
  if (!best) {
    cursor_close(s, oldest);
    status = s->kind->open(s, from ? from->state : NULL, &oldest->decoder, err);
    oldest->at = from ? from->at : 0;
  }
  (*out)->used = ++s->turns;
  return status;
}

/* Moves the cursor on to `to`; `scratch` has room for a block. */
static pl_status cursor_skip(pl_stream *s, cursor *c, uint64_t to, char *scratch, pl_error *err) {
  while (c->at < to) {
    uint64_t left = to - c->at;
    size_t n = left < PL_STREAM_BLOCK ? (size_t)left : PL_STREAM_BLOCK, made;
    pl_status status = cursor_make(s, c, scratch, n, &made, false, err);
    if (!status && made < n) status = pl_input_changed(s->input, err, "changed");
    if (status) return status;
  }
  return PL_OK;
}

/* Makes the wanted block, or one before it that will be wanted too: those right
 * before it are for the other threads. */
static pl_status make_towards(pl_stream *s, uint64_t wanted, slot *to, uint64_t *block,
                              pl_error *err) {
  cursor *c;
  pl_status status = cursor_for(s, wanted * PL_STREAM_BLOCK, &c, err);
  if (status) return status;
  *block = (c->at + PL_STREAM_BLOCK - 1) / PL_STREAM_BLOCK;
  if (wanted - *block >= s->slots_n) *block = wanted;
  uint64_t at = *block * PL_STREAM_BLOCK, left = s->size - at;
  size_t n = left < PL_STREAM_BLOCK ? (size_t)left : PL_STREAM_BLOCK, made;
  status = cursor_skip(s, c, at, to->bytes, err);
  if (!status) status = cursor_make(s, c, to->bytes, n, &made, false, err);
  if (!status && made < n) status = pl_input_changed(s->input, err, "changed");
  if (status) cursor_close(s, c);
  return status;
}

/* --- reading --- */

/* What was good in the first pass is not now. */
static pl_status say_changed(const pl_stream *s, pl_status status, pl_error *err) {
  return status == PL_E_INPUT ? pl_input_changed(s->input, err, "changed") : status;
}

/* One step of decoding; called and left with the lock held. */
static pl_status decode_step(pl_stream *s, uint64_t wanted, pl_error *err) {
  slot *to = free_slot(s);
  if (!to) { /* a reader has a block for a moment only */
    pthread_cond_wait(&s->changed, &s->lock);
    return PL_OK;
  }
  uint64_t block = wanted;
  pl_status status = empty_slot(to, err);
  if (status) return status;
  to->readers++;
  s->busy = true;
  pthread_mutex_unlock(&s->lock);
  status = say_changed(s, make_towards(s, wanted, to, &block, err), err);
  pthread_mutex_lock(&s->lock);
  s->busy = false;
  to->readers--;
  if (!status) publish(s, to, block);
  pthread_cond_broadcast(&s->changed);
  return status;
}

/* The slot of a block, kept until it is let go. */
static pl_status hold_block(pl_stream *s, uint64_t block, slot **out, pl_error *err) {
  pl_status status = PL_OK;
  pthread_mutex_lock(&s->lock);
  while (!status && !(*out = find_slot(s, block))) {
    if (s->busy)
      pthread_cond_wait(&s->changed, &s->lock);
    else
      status = decode_step(s, block, err);
  }
  if (!status) {
    (*out)->readers++;
    (*out)->used = ++s->clock;
  }
  pthread_mutex_unlock(&s->lock);
  return status;
}

static void let_go(pl_stream *s, slot *held) {
  pthread_mutex_lock(&s->lock);
  if (--held->readers == 0) pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}

pl_status pl_stream_read(pl_stream *s, uint64_t at, void *to, size_t n, pl_error *err) {
  char *p = to;
  if (at > s->size || n > s->size - at) return pl_input_changed(s->input, err, "became shorter");
  if (s->whole) {
    pl_held_read(&s->held, at, p, n);
    return PL_OK;
  }
  const char *kept = pl_places_find(&s->places, at, n);
  if (kept) {
    memcpy(p, kept, n);
    return PL_OK;
  }
  while (n) {
    size_t from = (size_t)(at % PL_STREAM_BLOCK);
    size_t piece = n < PL_STREAM_BLOCK - from ? n : PL_STREAM_BLOCK - from;
    slot *held;
    pl_status status = hold_block(s, at / PL_STREAM_BLOCK, &held, err);
    if (status) return status;
    memcpy(p, held->bytes + from, piece);
    let_go(s, held);
    at += piece;
    p += piece;
    n -= piece;
  }
  return PL_OK;
}

bool pl_stream_is_held(const pl_stream *stream) {
  return stream->whole;
}

uint64_t pl_stream_share(pl_stream *s, unsigned threads, uint64_t chunk) {
  if (s->inner) pl_stream_share(s->inner, 1, 2 * PL_STREAM_BLOCK);
  if (s->whole) return chunk;
  if (chunk > SHARE_MOST) chunk = SHARE_MOST;
  /* a chunk that begins and ends inside a block, and what is read behind it */
  size_t each = (size_t)(chunk / PL_STREAM_BLOCK) + 3;
  more_slots(s, (threads + 1) * each); /* else it is slower */
  return chunk;
}

/* --- the first pass --- */

/* One block more; *made less than a block: the end. */
static pl_status first_held(pl_stream *s, cursor *c, bool *full, size_t *made, pl_error *err) {
  size_t room;
  char *to = pl_held_room(&s->held, s->input->hold, &room);
  *full = !to;
  if (*full) return PL_OK;
  pl_status status = cursor_make(s, c, to, room, made, true, err);
  if (!status) pl_held_took(&s->held, *made);
  return status;
}

/* It is too large: samples of what was held so far. */
static pl_status stop_holding(pl_stream *s, pl_error *err) {
  bool ok = true;
  for (size_t i = 0; ok && i < s->held.n; i++)
    ok = pl_places_note(&s->places, i * PL_STREAM_BLOCK, s->held.blocks[i], PL_STREAM_BLOCK);
  pl_held_free(&s->held);
  return ok ? PL_OK : pl_fail_memory(err);
}

static pl_status first_kept(pl_stream *s, cursor *c, size_t *made, pl_error *err) {
  const uint64_t at = c->at;
  slot *to = free_slot(s);
  pl_status status = empty_slot(to, err);
  if (!status) status = cursor_make(s, c, to->bytes, PL_STREAM_BLOCK, made, true, err);
  if (status || !*made) return status;
  publish(s, to, at / PL_STREAM_BLOCK);
  return pl_places_note(&s->places, at, to->bytes, *made) ? PL_OK : pl_fail_memory(err);
}

static pl_status first_pass(pl_stream *s, const volatile bool *cancel, pl_error *err) {
  cursor *c = &s->cursors[0];
  bool holding = s->kind->guess(s) <= s->input->hold;
  size_t made = PL_STREAM_BLOCK;
  pl_status status = s->kind->open(s, NULL, &c->decoder, err);
  while (!status && made == PL_STREAM_BLOCK) {
    bool full = false;
    if (holding) status = first_held(s, c, &full, &made, err);
    if (!status && full) {
      holding = false;
      status = stop_holding(s, err);
    }
    if (!status && !holding) status = first_kept(s, c, &made, err);
    if (!status && c->at > PL_MAX_DECODED)
      status = pl_fail_at(err, PL_E_INPUT, (pl_site){s->input->shown, 0, 0},
                          "more than 1 TiB once it is decoded");
    if (!status && cancel && *cancel) status = pl_fail(err, PL_E_CANCELLED, "cancelled");
  }
  s->size = c->at;
  s->whole = holding;
  cursor_close(s, c);
  return status;
}

/* --- opening and closing --- */

static pl_stream *stream_new(const pl_input *input, const pl_decoder_kind *kind) {
  pl_stream *s = pl_calloc(1, sizeof *s);
  if (!s) return NULL;
  s->input = input;
  s->kind = kind;
  s->spacing = PL_STREAM_SPACING;
  s->lock_made = pthread_mutex_init(&s->lock, NULL) == 0;
  s->changed_made = pthread_cond_init(&s->changed, NULL) == 0;
  if (kind) s->points = pl_calloc(PL_STREAM_POINTS, sizeof *s->points);
  if (s->lock_made && s->changed_made && (!kind || (s->points && more_slots(s, SLOTS)))) return s;
  pl_stream_close(s);
  return NULL;
}

/* Held in memory, it needs nothing of what it was made from. */
static void settle_whole(pl_stream *s) {
  pl_held_end(&s->held);
  forget_points(s);
  pl_stream_close(s->inner);
  s->inner = NULL;
}

pl_status pl_stream_decode(pl_input *input, const pl_decoder_kind *kind, const pl_text_way *way,
                           const volatile bool *cancel, pl_error *err) {
  pl_stream *s = stream_new(input, kind);
  if (!s) return pl_fail_memory(err);
  if (way) s->way = *way;
  s->inner = input->stream;
  s->in_size = input->size;
  input->stream = s; /* closed with the input, whatever happens */
  pl_status status = first_pass(s, cancel, err);
  if (status) return status;
  if (s->whole) settle_whole(s);
  input->size = s->size;
  return PL_OK;
}

pl_stream *pl_stream_of_held(const pl_input *input, pl_held *held) {
  pl_stream *s = stream_new(input, NULL);
  if (!s) return NULL;
  pl_held_end(held);
  s->held = *held;
  s->size = held->size;
  s->whole = true;
  *held = (pl_held){0};
  return s;
}

void pl_stream_close(pl_stream *s) {
  if (!s) return;
  for (int i = 0; i < CURSORS; i++) cursor_close(s, &s->cursors[i]);
  forget_points(s);
  for (size_t i = 0; i < s->slots_n; i++) pl_free(s->slots[i].bytes);
  pl_free(s->slots);
  pl_places_free(&s->places);
  pl_held_free(&s->held);
  if (s->lock_made) pthread_mutex_destroy(&s->lock);
  if (s->changed_made) pthread_cond_destroy(&s->changed);
  pl_stream_close(s->inner);
  pl_free(s);
}
