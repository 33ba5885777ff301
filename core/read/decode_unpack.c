/* gzip (any number of members) and zstd (any number of frames), decompressed into
 * a temporary copy. What ends too soon or is damaged is an error that says where:
 * never a table that is shorter than it was. */
#include <zlib.h>
#include <zstd.h>

#include "read/decode.h"

typedef struct unpack {
  pl_spool *spool;
  const pl_input *input;
  const char *name, *command; /* "gzip", and what decompresses it by hand */
  uint64_t at;                /* read from the file so far */
  char *in, *out;
} unpack;

/* --- what both need --- */

static pl_status unpack_read(unpack *u, size_t *n, pl_error *err) {
  uint64_t left = u->input->size - u->at;
  *n = left < PL_DECODE_BLOCK ? (size_t)left : PL_DECODE_BLOCK;
  pl_status status = pl_input_pread(u->input, u->at, u->in, *n, err);
  u->at += *n;
  return status;
}

static pl_status unpack_write(unpack *u, size_t n, pl_error *err) {
  uint64_t made = u->spool->size + n;
  if (made > PL_RATIO_FREE && made / PL_MAX_RATIO > u->at) {
    pl_fail_at(err, PL_E_INPUT, (pl_site){u->input->shown, 0, 0},
               "the %s data grows to more than %d times its size: %llu bytes gave %llu so far",
               u->name, PL_MAX_RATIO, (unsigned long long)u->at, (unsigned long long)made);
    pl_hint(err, "It may be made to fill the disk. If you trust it: %s FILE", u->command);
    return PL_E_INPUT;
  }
  return pl_spool_write(u->spool, u->out, n, err);
}

static pl_status unpack_short(const unpack *u, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, (pl_site){u->input->shown, 0, 0},
             "the %s data stops in the middle, at byte %llu: the file is not whole", u->name,
             (unsigned long long)u->at);
  return pl_input_hint(err, "Copy or export it again.");
}

/* `left`: bytes of the block that were not used yet. */
static pl_status unpack_damaged(const unpack *u, size_t left, const char *why, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, (pl_site){u->input->shown, 0, 0},
             "the %s data is damaged before byte %llu: %s", u->name,
             (unsigned long long)(u->at - left), why);
  return pl_input_hint(err, "Copy or export it again.");
}

/* --- gzip --- */

static void *zlib_alloc(void *context, unsigned items, unsigned size) {
  (void)context;
  return pl_calloc(items, size);
}

static void zlib_free(void *context, void *block) {
  (void)context;
  pl_free(block);
}

/* All that the bytes in z->next_in give; *ended when they ended a member. */
static pl_status inflate_some(unpack *u, z_stream *z, bool *ended, pl_error *err) {
  do {
    z->next_out = (unsigned char *)u->out;
    z->avail_out = PL_DECODE_BLOCK;
    int r = inflate(z, Z_NO_FLUSH);
    *ended = r == Z_STREAM_END;
    if (r == Z_MEM_ERROR) return pl_fail_memory(err);
    if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
      return unpack_damaged(u, z->avail_in, z->msg ? z->msg : "not gzip", err);
    pl_status status = unpack_write(u, PL_DECODE_BLOCK - z->avail_out, err);
    if (status) return status;
  } while (!*ended && z->avail_out == 0);
  return PL_OK;
}

/* Behind a member: zeros up to the end are padding, all else is another member. */
static void skip_padding(z_stream *z) {
  while (z->avail_in && !*z->next_in) {
    z->next_in++;
    z->avail_in--;
  }
}

static pl_status gunzip(unpack *u, z_stream *z, pl_error *err) {
  bool inside = true, padded = false;
  while (u->at < u->input->size || z->avail_in) {
    pl_status status = PL_OK;
    if (!z->avail_in) {
      size_t n;
      status = unpack_read(u, &n, err);
      if (status) return status;
      z->next_in = (unsigned char *)u->in;
      z->avail_in = (unsigned)n;
    }
    if (!inside) {
      unsigned before = z->avail_in;
      skip_padding(z);
      padded |= z->avail_in < before;
      if (!z->avail_in) continue;
      if (padded || inflateReset(z) != Z_OK)
        return unpack_damaged(u, z->avail_in, "something else follows", err);
    }
    bool ended;
    status = inflate_some(u, z, &ended, err);
    if (status) return status;
    inside = !ended;
  }
  return inside ? unpack_short(u, err) : PL_OK;
}

static pl_status unpack_gzip(unpack *u, pl_error *err) {
  z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free};
  if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return pl_fail_memory(err); /* 16: gzip only */
  pl_status status = gunzip(u, &z, err);
  inflateEnd(&z);
  return status;
}

/* --- zstd --- */

static pl_status unzstd(unpack *u, ZSTD_DStream *stream, pl_error *err) {
  size_t due = 1; /* 0: a frame has just ended */
  while (u->at < u->input->size) {
    ZSTD_inBuffer in = {u->in, 0, 0};
    pl_status status = unpack_read(u, &in.size, err);
    bool full = false;
    while (!status && (in.pos < in.size || (full && due))) {
      ZSTD_outBuffer out = {u->out, PL_DECODE_BLOCK, 0};
      due = ZSTD_decompressStream(stream, &out, &in);
      if (ZSTD_isError(due))
        return unpack_damaged(u, in.size - in.pos, ZSTD_getErrorName(due), err);
      full = out.pos == out.size;
      status = unpack_write(u, out.pos, err);
    }
    if (status) return status;
  }
  return due ? unpack_short(u, err) : PL_OK;
}

static pl_status unpack_zstd(unpack *u, pl_error *err) {
  ZSTD_DStream *stream = ZSTD_createDStream();
  if (!stream) return pl_fail_memory(err);
  pl_status status = unzstd(u, stream, err);
  ZSTD_freeDStream(stream);
  return status;
}

pl_status pl_unpack(pl_packing packing, pl_spool *spool, pl_error *err) {
  bool gzip = packing == PL_PACKING_GZIP;
  unpack u = {.spool = spool, .input = spool->input};
  u.name = gzip ? "gzip" : "zstd";
  u.command = gzip ? "gzip -dk" : "zstd -d";
  u.in = pl_malloc(PL_DECODE_BLOCK);
  u.out = pl_malloc(PL_DECODE_BLOCK);
  pl_status status = PL_OK;
  if (!u.in || !u.out)
    status = pl_fail_memory(err);
  else
    status = gzip ? unpack_gzip(&u, err) : unpack_zstd(&u, err);
  pl_free(u.in);
  pl_free(u.out);
  return status;
}
