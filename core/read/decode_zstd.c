/* zstd, any number of frames: a pl_decoder. */
#include <zstd.h>
#include <zstd_errors.h>

#include "read/decode_unpack.h"

typedef struct unzstd {
  pl_packed packed;
  ZSTD_DStream *z;
  ZSTD_inBuffer in;
  size_t due; /* 0: a frame has just ended */
  bool full;  /* the last step filled its room: there may be more in z */
} unzstd;

/* Between two frames, where nothing before decides what follows. */
typedef struct unzstd_point {
  uint64_t at, made;
} unzstd_point;

static void unzstd_close(pl_decoder *decoder) {
  unzstd *u = (unzstd *)decoder;
  ZSTD_freeDStream(u->z);
  pl_packed_close(&u->packed);
  pl_free(u);
}

static pl_status unzstd_open(const pl_stream *stream, const void *state, pl_decoder **out,
                             pl_error *err) {
  const unzstd_point *point = state;
  unzstd *u = pl_calloc(1, sizeof *u);
  if (!u) return pl_fail_memory(err);
  u->packed.name = "zstd";
  u->packed.command = "zstd -d";
  u->due = !point;
  u->z = ZSTD_createDStream();
  if (!pl_packed_open(&u->packed, stream) || !u->z) {
    unzstd_close((pl_decoder *)u);
    return pl_fail_memory(err);
  }
  if (point) {
    u->packed.at = point->at;
    u->packed.made = point->made;
  }
  u->in.src = u->packed.bytes;
  *out = (pl_decoder *)u;
  return PL_OK;
}

static pl_status fail(const unzstd *u, size_t code, pl_error *err) {
  const size_t left = u->in.size - u->in.pos;
  if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) return pl_fail_memory(err);
  if (ZSTD_getErrorCode(code) != ZSTD_error_frameParameter_windowTooLarge)
    return pl_packed_damaged(&u->packed, left, ZSTD_getErrorName(code), err);
  pl_fail_at(err, PL_E_INPUT, (pl_site){pl_stream_input(u->packed.stream)->shown, 0, 0},
             "the zstd data needs more than 128 MiB of memory to be decompressed");
  return pl_input_hint(err, "Compress it again without --long or --ultra.");
}

static pl_status unzstd_make(pl_decoder *decoder, char *to, size_t room, size_t *made,
                             pl_error *err) {
  unzstd *u = (unzstd *)decoder;
  pl_status status = PL_OK;
  *made = 0;
  while (!status && !*made) {
    if (u->in.pos == u->in.size && !(u->full && u->due)) {
      status = pl_packed_read(&u->packed, &u->in.size, err);
      u->in.pos = 0;
      if (status) break;
      if (!u->in.size) return u->due ? pl_packed_short(&u->packed, err) : PL_OK;
    }
    ZSTD_outBuffer out = {to, room, 0};
    size_t due = ZSTD_decompressStream(u->z, &out, &u->in);
    if (ZSTD_isError(due)) return fail(u, due, err);
    u->due = due;
    u->full = out.pos == room;
    *made = out.pos;
    status = pl_packed_made(&u->packed, out.pos, err);
  }
  return status;
}

static void *unzstd_mark(const pl_decoder *decoder) {
  const unzstd *u = (const unzstd *)decoder;
  unzstd_point *point = u->due ? NULL : pl_malloc(sizeof *point);
  if (point) *point = (unzstd_point){u->packed.at - (u->in.size - u->in.pos), u->packed.made};
  return point;
}

/* The first frame may tell the size of what is in it. */
static uint64_t unzstd_guess(const pl_stream *stream) {
  char head[18];
  const uint64_t in = pl_stream_in_size(stream);
  const size_t n = in < sizeof head ? (size_t)in : sizeof head;
  if (pl_stream_in(stream, 0, head, n, NULL)) return in;
  unsigned long long size = ZSTD_getFrameContentSize(head, n);
  bool known = size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR;
  return known && size > in ? size : in;
}

const pl_decoder_kind pl_decoder_zstd = {unzstd_open, unzstd_make,  unzstd_mark,
                                         pl_free,     unzstd_close, unzstd_guess};
