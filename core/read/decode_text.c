/* Text of any encoding, with any quotes, copied as UTF-8 with doubled quotes. */
#include <errno.h>
#include <iconv.h>

#include "read/decode.h"

#define NOTHING "\xFF" /* what stands for bytes that are no character: not UTF-8 either */

typedef struct text_copy {
  pl_spool *spool;
  pl_encoding encoding;
  iconv_t converter;      /* (iconv_t)-1: the bytes are UTF-8 */
  pl_unescape *unescape;  /* NULL: quotes are doubled already */
  char *in, *text, *bare; /* as read, as UTF-8, without backslashes */
} text_copy;

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

static pl_status put(text_copy *t, const char *p, size_t n, pl_error *err) {
  if (!t->unescape) return pl_spool_write(t->spool, p, n, err);
  size_t made = pl_unescape_feed(t->unescape, p, n, t->bare);
  return pl_spool_write(t->spool, t->bare, made, err);
}

/* Converts n bytes; *kept: how many at their end are the beginning of a character. */
static pl_status put_converted(text_copy *t, size_t n, bool last, size_t *kept, pl_error *err) {
  char *p = t->in;
  const size_t unit = unit_of(t->encoding);
  *kept = 0;
  while (n) {
    char *to = t->text;
    size_t room = PL_DECODE_BLOCK;
    bool bad;
    bool whole = convert(t->converter, t->encoding, &p, &n, &to, &room, &bad);
    pl_status status = put(t, t->text, (size_t)(to - t->text), err);
    if (!status && (bad || (!whole && last))) {
      size_t skip = !bad || unit > n ? n : unit;
      status = put(t, NOTHING, 1, err);
      p += skip;
      n -= skip;
    } else if (!whole) {
      *kept = n;
      memmove(t->in, p, n);
      return status;
    }
    if (status) return status;
  }
  return PL_OK;
}

static pl_status copy_blocks(text_copy *t, uint64_t at, pl_error *err) {
  const pl_input *input = t->spool->input;
  size_t kept = 0;
  while (at < input->size) {
    size_t n = PL_DECODE_BLOCK - kept;
    if (n > input->size - at) n = (size_t)(input->size - at);
    pl_status status = pl_input_pread(input, at, t->in + kept, n, err);
    at += n;
    if (!status && t->converter == (iconv_t)-1)
      status = put(t, t->in, n, err);
    else if (!status)
      status = put_converted(t, kept + n, at == input->size, &kept, err);
    if (status) return status;
  }
  if (!t->unescape) return PL_OK;
  size_t made = pl_unescape_end(t->unescape, t->bare);
  return pl_spool_write(t->spool, t->bare, made, err);
}

pl_status pl_text_copy(pl_spool *spool, uint64_t from, pl_encoding encoding, bool backslash,
                       char delimiter, pl_error *err) {
  pl_unescape unescape = {.delimiter = delimiter};
  text_copy t = {.spool = spool, .encoding = encoding, .converter = (iconv_t)-1};
  pl_status status = PL_OK;
  t.unescape = backslash ? &unescape : NULL;
  t.in = pl_malloc(PL_DECODE_BLOCK);
  t.text = pl_malloc(PL_DECODE_BLOCK);
  t.bare = pl_malloc(2 * PL_DECODE_BLOCK + 4);
  if (!t.in || !t.text || !t.bare) {
    status = pl_fail_memory(err);
    goto done;
  }
  if (iconv_name(encoding)) {
    t.converter = iconv_open("UTF-8", iconv_name(encoding));
    if (t.converter == (iconv_t)-1) {
      status = pl_fail_at(err, PL_E_INPUT, (pl_site){spool->input->shown, 0, 0},
                          "%s cannot be read on this machine: %s", pl_encoding_name(encoding),
                          strerror(errno));
      goto done;
    }
  }
  status = copy_blocks(&t, from, err);
done:
  if (t.converter != (iconv_t)-1) iconv_close(t.converter);
  pl_free(t.in);
  pl_free(t.text);
  pl_free(t.bare);
  return status;
}
