/* gzip, any number of members: a pl_decoder. */
#include <zlib.h>

#include "read/decode_unpack.h"

typedef struct gunzip {
  pl_packed packed;
  z_stream z;
  bool ready;  /* z is to be ended */
  bool inside; /* a member, not between two */
  bool padded; /* zeros came behind a member */
  bool full;   /* the last step filled its room: there may be more in z */
} gunzip;

/* A copy of z is all that the bytes before it decide about those behind it. */
typedef struct gunzip_point {
  uint64_t at, made;
  bool inside, padded, full;
  z_stream z;
} gunzip_point;

static void *zlib_alloc(void *context, unsigned items, unsigned size) {
  (void)context;
  return pl_calloc(items, size);
}

static void zlib_free(void *context, void *block) {
  (void)context;
  pl_free(block);
}

static void gunzip_close(pl_decoder *decoder) {
  gunzip *g = (gunzip *)decoder;
  if (g->ready) inflateEnd(&g->z);
  pl_packed_close(&g->packed);
  pl_free(g);
}

/* From a point on nothing is checked again: the first pass has done that, and whether
 * the file changed since is seen by its time. */
static bool go_to(gunzip *g, const gunzip_point *point) {
  if (inflateCopy(&g->z, (z_stream *)&point->z) != Z_OK) return false;
  g->ready = true;
  g->packed.at = point->at;
  g->packed.made = point->made;
  g->inside = point->inside;
  g->padded = point->padded;
  g->full = point->full;
  g->z.next_in = (unsigned char *)g->packed.bytes;
  g->z.avail_in = 0;
  return inflateValidate(&g->z, 0) == Z_OK;
}

static pl_status gunzip_open(const pl_stream *stream, const void *point, pl_decoder **out,
                             pl_error *err) {
  gunzip *g = pl_calloc(1, sizeof *g);
  if (!g) return pl_fail_memory(err);
  g->packed.name = "gzip";
  g->packed.command = "gzip -dk";
  g->inside = true;
  g->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
  bool ok = pl_packed_open(&g->packed, stream);
  if (ok && point)
    ok = go_to(g, point);
  else if (ok)
    ok = g->ready = inflateInit2(&g->z, 16 + MAX_WBITS) == Z_OK; /* 16: gzip only */
  if (!ok) {
    gunzip_close((pl_decoder *)g);
    return pl_fail_memory(err);
  }
  *out = (pl_decoder *)g;
  return PL_OK;
}

/* Behind a member: zeros up to the end are padding, all else is another member. */
static pl_status between(gunzip *g, pl_error *err) {
  z_stream *z = &g->z;
  unsigned before = z->avail_in;
  while (z->avail_in && !*z->next_in) {
    z->next_in++;
    z->avail_in--;
  }
  g->padded |= z->avail_in < before;
  if (!z->avail_in) return PL_OK;
  if (g->padded || inflateReset(z) != Z_OK)
    return pl_packed_damaged(&g->packed, z->avail_in, "something else follows", err);
  g->inside = true;
  return PL_OK;
}

static pl_status inflate_some(gunzip *g, char *to, size_t room, size_t *made, pl_error *err) {
  z_stream *z = &g->z;
  z->next_out = (unsigned char *)to;
  z->avail_out = (unsigned)room;
  int r = inflate(z, Z_NO_FLUSH);
  if (r == Z_MEM_ERROR) return pl_fail_memory(err);
  if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
    return pl_packed_damaged(&g->packed, z->avail_in, z->msg ? z->msg : "not gzip", err);
  *made = room - z->avail_out;
  g->full = r != Z_STREAM_END && z->avail_out == 0;
  g->inside = r != Z_STREAM_END;
  return pl_packed_made(&g->packed, *made, err);
}

static pl_status gunzip_make(pl_decoder *decoder, char *to, size_t room, size_t *made,
                             pl_error *err) {
  gunzip *g = (gunzip *)decoder;
  pl_status status = PL_OK;
  *made = 0;
  while (!status && !*made) {
    if (!g->z.avail_in && !g->full) {
      size_t n;
      status = pl_packed_read(&g->packed, &n, err);
      if (status) break;
      if (!n) return g->inside ? pl_packed_short(&g->packed, err) : PL_OK;
      g->z.next_in = (unsigned char *)g->packed.bytes;
      g->z.avail_in = (unsigned)n;
    }
    if (!g->inside)
      status = between(g, err);
    else
      status = inflate_some(g, to, room, made, err);
  }
  return status;
}

static void gunzip_unmark(void *point) {
  if (!point) return;
  inflateEnd(&((gunzip_point *)point)->z);
  pl_free(point);
}

static void *gunzip_mark(const pl_decoder *decoder) {
  const gunzip *g = (const gunzip *)decoder;
  gunzip_point *point = pl_calloc(1, sizeof *point);
  if (!point) return NULL;
  *point = (gunzip_point){.at = g->packed.at - g->z.avail_in, .made = g->packed.made};
  point->inside = g->inside;
  point->padded = g->padded;
  point->full = g->full;
  if (inflateCopy(&point->z, (z_stream *)&g->z) == Z_OK) return point;
  pl_free(point);
  return NULL;
}

/* The last four bytes tell the size of the last member. */
static uint64_t gunzip_guess(const pl_stream *stream) {
  unsigned char size[4];
  const uint64_t in = pl_stream_in_size(stream);
  if (in < 18 || pl_stream_in(stream, in - 4, size, 4, NULL)) return in;
  uint64_t out = size[0] | size[1] << 8 | size[2] << 16 | (uint64_t)size[3] << 24;
  return out > in ? out : in;
}

const pl_decoder_kind pl_decoder_gzip = {gunzip_open,   gunzip_make,  gunzip_mark,
                                         gunzip_unmark, gunzip_close, gunzip_guess};
