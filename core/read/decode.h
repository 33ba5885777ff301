/* Bytes as tools write them -> what everything behind reads: UTF-8 in which a
 * quote inside a quoted cell is doubled. A file that is not like that is read through
 * a pl_stream (stream.h), or two: decompressed, then turned into UTF-8 and freed of
 * its backslashes. Memory does not grow with the file, nothing is written to a disk,
 * and a line of the decoded text is the same line of the file.
 *
 * Bytes that are nothing in the file's encoding become the byte FF in the text,
 * which is nothing in UTF-8: the row is rejected (PL205), or the header refused. */
#ifndef PL_READ_DECODE_H
#define PL_READ_DECODE_H

#include "read/stream.h"

#define PL_DECODE_BLOCK (128u << 10) /* bytes that are decoded at a time */
#define PL_MAX_SPOOL (1ull << 36)    /* bytes that come through a pipe: 64 GiB */
#define PL_MAX_RATIO 500             /* a file that grows more often than this is refused, */
#define PL_RATIO_FREE (64ull << 20)  /* once it gave so many bytes */
#define PL_SAMPLES 16                /* places of a file that are looked at, PL_HEAD_BYTES each */

/* --- spool.c: what a pipe gives, which can be read once --- */
/* Takes all of it: into memory within the budget of stream.h, else into a temporary
 * file without a name. Sets input->size, and stream or fd. */
pl_status pl_spool_pipe(pl_input *input, const volatile bool *cancel, pl_error *err);

/* --- decode_kind.c: what a file is, by its first bytes --- */
typedef enum pl_packing { PL_PACKING_NONE, PL_PACKING_GZIP, PL_PACKING_ZSTD } pl_packing;

pl_packing pl_kind_packing(pl_str head);
/* PL_E_INPUT for what is no export: workbooks, archives, PDF, … */
pl_status pl_kind_refuse_bytes(const pl_input *input, pl_str head, pl_error *err);
/* The same for what can be seen in text: HTML, XML. */
pl_status pl_kind_refuse_text(const pl_input *input, pl_str head, pl_error *err);
/* JSON, NDJSON or CSV, by the first bytes that are not white space. */
pl_format pl_kind_format(pl_str head);

/* --- encoding.c, encoding_1252.c: which encoding it is --- */
typedef struct pl_samples {
  char *bytes;
  size_t n;
  size_t at[PL_SAMPLES + 1]; /* where each begins in `bytes`; at[count] == n */
  size_t count;
  bool whole; /* one sample, and it is all of the file */
} pl_samples;

/* The head, and places all over a file larger than all samples; free the bytes. */
pl_status pl_samples_read(const pl_input *input, pl_samples *samples, pl_error *err);
static inline pl_str pl_samples_head(const pl_samples *s) {
  size_t n = s->count > 1 ? s->at[1] : s->n;
  return (pl_str){s->bytes, n < PL_HEAD_BYTES ? n : PL_HEAD_BYTES};
}

/* What the bytes above 127 are. */
typedef struct pl_high_bytes {
  uint64_t sequences; /* characters of UTF-8 */
  uint64_t bad;       /* bytes that are not UTF-8, which as Windows-1252 … */
  uint64_t undefined; /* … are no character, */
  uint64_t good;      /* … stand where such a character would stand (points), */
  uint64_t doubtful;  /* … or do not */
  bool marked;        /* some in 80–9F are marks where DOS and Latin-1 have none, */
  bool unsure;        /* … or may be letters of DOS or MacRoman */
} pl_high_bytes;
void pl_high_bytes_count(const pl_samples *samples, pl_high_bytes *out);

typedef struct pl_encoding_found {
  pl_encoding encoding;
  size_t mark; /* bytes of the byte order mark */
  bool certain;
  bool ascii; /* nothing above 127 was seen, so that it could be any encoding but UTF-16 */
} pl_encoding_found;

/* Decides, or holds what is declared against the bytes. */
pl_status pl_encoding_find(const pl_input *input, const pl_samples *samples, pl_encoding_found *out,
                           pl_error *err);
/* As config writes it: "windows-1252". */
const char *pl_encoding_word(pl_encoding encoding);

/* --- decode_quotes.c: quotes that a backslash stands before --- */
/* Reads bytes with backslash quotes and writes them with doubled ones. */
typedef struct pl_unescape {
  char delimiter;
  int state;
  bool escaped; /* a backslash came, and what it stands before did not yet */
  bool forced;  /* quotes are put around the cell, because it begins with a quote */
} pl_unescape;

/* Appends at most 2 * n + 4 bytes to `to`; returns how many. */
size_t pl_unescape_feed(pl_unescape *u, const char *p, size_t n, char *to);
size_t pl_unescape_end(pl_unescape *u, char *to);

/* The delimiter that stands next to quotes most often; ',' where none does. */
char pl_quotes_delimiter(pl_str head);
/* Doubled or backslash; PL_QUOTES_LOOK when both readings make sense and differ,
 * with the place in the head where they part. `whole`: nothing follows the head. */
pl_quotes pl_quotes_look(pl_str head, bool whole, char delimiter, size_t *at);

/* Does one of the places behind the first `head` bytes have quotes that only a backslash
 * explains? */
bool pl_quotes_elsewhere(const pl_samples *samples, size_t head, char delimiter);

/* --- decode_text.c --- */
/* Turns bytes of an encoding into UTF-8, for a look at the head; stops at the end
 * of n or of room. Returns the bytes made; SIZE_MAX with errno. */
size_t pl_text_head(pl_encoding encoding, pl_str bytes, char *to, size_t room);

/* --- decode.c --- */
/* The whole of it, for an input that is open and whose size is known: fills
 * dialect.format, .encoding and .quotes, text_at and what the shape says of them. */
pl_status pl_decode(pl_input *input, const volatile bool *cancel, pl_error *err);

#endif
