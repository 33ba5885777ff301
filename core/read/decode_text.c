/* Text of any encoding, with any quotes, as UTF-8 with doubled quotes: a pl_decoder. */
#include <errno.h>
#include <iconv.h>

#include "read/decode.h"

#define NOTHING "\xFF" /* what stands for bytes that are no character: not UTF-8 either */

/* Text is made piece by piece: what one step of the converter gives. */
typedef struct retext {
  const pl_stream *stream;
  iconv_t converter;      /* (iconv_t)-1: the bytes are UTF-8 */
  pl_unescape unescape;   /* used where quotes have backslashes */
  uint64_t at;            /* read so far */
  char *in, *text, *bare; /* as read, as UTF-8, without backslashes */
  char *p;                /* in `in`: not converted yet, */
  size_t n;               /* … so many */
  bool starved;           /* they are the beginning of a character: more is needed */
  bool ended;             /* the last piece is made */
  const char *piece;
  size_t piece_n, given;
  /* where the piece began, for a point */
  uint64_t piece_at;
  pl_unescape piece_unescape;
} retext;

/* A point: where a piece begins, and how many bytes from there. */
typedef struct retext_point {
  uint64_t at;
  pl_unescape unescape;
  size_t skip;
} retext_point;

static const char *iconv_name(pl_encoding encoding) {
  switch (encoding) {
  case PL_ENCODING_UTF16LE: return "UTF-16LE";
  case PL_ENCODING_UTF16BE: return "UTF-16BE";
  case PL_ENCODING_CP1252: return "WINDOWS-1252";
  case PL_ENCODING_LATIN1: return "ISO-8859-1";
  default: return NULL;
  }
}

static size_t unit_of(pl_encoding encoding) {
  return encoding == PL_ENCODING_UTF16LE || encoding == PL_ENCODING_UTF16BE ? 2 : 1;
}

/* iconv knows the control characters 80–9F of Latin-1; no export means them. */
static size_t latin1_prefix(const char *p, size_t n) {
  size_t i = 0;
  while (i < n && ((unsigned char)p[i] & 0xE0) != 0x80) i++;
  return i;
}

/* Converts as much as there is room for. *bad: *p is at bytes that are no character;
 * false when the bytes end inside one. */
static bool convert(iconv_t converter, pl_encoding encoding, char **p, size_t *n, char **to,
                    size_t *room, bool *bad) {
  size_t run = encoding == PL_ENCODING_LATIN1 ? latin1_prefix(*p, *n) : *n;
  size_t left = run;
  bool ok = iconv(converter, p, &left, to, room) != (size_t)-1;
  *n -= run - left;
  *bad = (ok && *n) || (!ok && errno == EILSEQ);
  return ok || errno != EINVAL;
}

size_t pl_text_head(pl_encoding encoding, pl_str bytes, char *to, size_t room) {
  char *p = (char *)bytes.p, *start = to;
  size_t n = bytes.n, unit = unit_of(encoding);
  iconv_t converter = iconv_open("UTF-8", iconv_name(encoding));
  if (converter == (iconv_t)-1) return SIZE_MAX;
  while (n && room) {
    bool bad;
    if (!convert(converter, encoding, &p, &n, &to, &room, &bad)) break;
    if (!bad) {
      if (n) break; /* no room */
      continue;
    }
    if (!room) break;
    *to++ = *NOTHING;
    room--;
    p += unit < n ? unit : n;
    n -= unit < n ? unit : n;
  }
  iconv_close(converter);
  return (size_t)(to - start);
}

/* --- pieces --- */

static pl_status read_more(retext *t, pl_error *err) {
  uint64_t left = pl_stream_in_size(t->stream) - t->at;
  size_t room = PL_DECODE_BLOCK - t->n, n = left < room ? (size_t)left : room;
  memmove(t->in, t->p, t->n);
  t->p = t->in;
  pl_status status = pl_stream_in(t->stream, t->at, t->in + t->n, n, err);
  t->at += n;
  t->n += n;
  t->starved = false;
  return status;
}

/* One step of the converter; bytes that are no character are a step of their own. */
static size_t convert_some(retext *t) {
  const pl_encoding encoding = pl_stream_way(t->stream)->encoding;
  const size_t unit = unit_of(encoding);
  const bool last = t->at == pl_stream_in_size(t->stream);
  char *to = t->text;
  size_t room = PL_DECODE_BLOCK;
  bool bad, whole = convert(t->converter, encoding, &t->p, &t->n, &to, &room, &bad);
  if (bad || (!whole && last)) {
    size_t skip = !bad || unit > t->n ? t->n : unit;
    *to++ = *NOTHING;
    t->p += skip;
    t->n -= skip;
  } else {
    t->starved = !whole;
  }
  return (size_t)(to - t->text);
}

static void take_bytes(retext *t) {
  t->piece = t->p;
  t->piece_n = t->n;
  if (t->converter != (iconv_t)-1) {
    t->piece_n = convert_some(t);
    t->piece = t->text;
  } else {
    t->p += t->n;
    t->n = 0;
  }
  if (!pl_stream_way(t->stream)->backslash) return;
  t->piece_n = pl_unescape_feed(&t->unescape, t->piece, t->piece_n, t->bare);
  t->piece = t->bare;
}

static void take_end(retext *t) {
  t->ended = true;
  t->piece = t->bare;
  t->piece_n = pl_stream_way(t->stream)->backslash ? pl_unescape_end(&t->unescape, t->bare) : 0;
}

static pl_status next_piece(retext *t, pl_error *err) {
  t->given = t->piece_n = 0;
  t->piece_at = t->at - t->n;
  t->piece_unescape = t->unescape;
  bool more = t->at < pl_stream_in_size(t->stream);
  if (more && (!t->n || t->starved)) {
    pl_status status = read_more(t, err);
    if (status) return status;
  }
  if (t->n)
    take_bytes(t);
  else
    take_end(t);
  return PL_OK;
}

/* --- the decoder --- */

static pl_status retext_make(pl_decoder *decoder, char *to, size_t room, size_t *made,
                             pl_error *err) {
  retext *t = (retext *)decoder;
  while (t->given == t->piece_n) {
    *made = 0;
    if (t->ended) return PL_OK;
    pl_status status = next_piece(t, err);
    if (status) return status;
  }
  *made = t->piece_n - t->given < room ? t->piece_n - t->given : room;
  memcpy(to, t->piece + t->given, *made);
  t->given += *made;
  return PL_OK;
}

static void retext_close(pl_decoder *decoder) {
  retext *t = (retext *)decoder;
  if (t->converter != (iconv_t)-1) iconv_close(t->converter);
  pl_free(t->in);
  pl_free(t->text);
  pl_free(t->bare);
  pl_free(t);
}

static pl_status open_converter(retext *t, pl_error *err) {
  const pl_encoding encoding = pl_stream_way(t->stream)->encoding;
  if (!iconv_name(encoding)) return PL_OK;
  t->converter = iconv_open("UTF-8", iconv_name(encoding));
  if (t->converter != (iconv_t)-1) return PL_OK;
  return pl_fail_at(err, PL_E_INPUT, (pl_site){pl_stream_input(t->stream)->shown, 0, 0},
                    "%s cannot be read on this machine: %s", pl_encoding_name(encoding),
                    strerror(errno));
}

/* Makes what lies between the beginning of the piece and the point once more. */
static pl_status go_to(retext *t, const retext_point *point, pl_error *err) {
  t->at = point->at;
  t->unescape = point->unescape;
  for (size_t left = point->skip; left;) {
    pl_status status = next_piece(t, err);
    if (status) return status;
    if (t->ended && !t->piece_n)
      return pl_input_changed(pl_stream_input(t->stream), err, "changed");
    t->given = t->piece_n < left ? t->piece_n : left;
    left -= t->given;
  }
  return PL_OK;
}

static pl_status retext_open(const pl_stream *stream, const void *point, pl_decoder **out,
                             pl_error *err) {
  retext *t = pl_calloc(1, sizeof *t);
  if (!t) return pl_fail_memory(err);
  const pl_text_way *way = pl_stream_way(stream);
  t->stream = stream;
  t->converter = (iconv_t)-1;
  t->at = way->from;
  t->unescape.delimiter = way->delimiter;
  t->in = t->p = pl_malloc(PL_DECODE_BLOCK);
  t->text = pl_malloc(PL_DECODE_BLOCK + 1);
  t->bare = pl_malloc(2 * (PL_DECODE_BLOCK + 1) + 4);
  pl_status status = t->in && t->text && t->bare ? PL_OK : pl_fail_memory(err);
  if (!status) status = open_converter(t, err);
  if (!status && point) status = go_to(t, point, err);
  if (status)
    retext_close((pl_decoder *)t);
  else
    *out = (pl_decoder *)t;
  return status;
}

static void *retext_mark(const pl_decoder *decoder) {
  const retext *t = (const retext *)decoder;
  retext_point *point = t->ended ? NULL : pl_malloc(sizeof *point);
  if (point) *point = (retext_point){t->piece_at, t->piece_unescape, t->given};
  return point;
}

/* UTF-16 has two bytes for most characters of an export. */
static uint64_t retext_guess(const pl_stream *stream) {
  return pl_stream_in_size(stream) / unit_of(pl_stream_way(stream)->encoding);
}

const pl_decoder_kind pl_decoder_text = {retext_open, retext_make,  retext_mark,
                                         pl_free,     retext_close, retext_guess};
