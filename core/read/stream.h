/* Decoded bytes, read as if they were a file: at any offset, by several threads.
 *
 * Whatever has to be undone first (compression, an encoding, backslashes) is
 * undone once when the file is opened. This first pass finds the size, and what is
 * cut or damaged, and keeps the text in memory where it fits. The memory is one
 * budget for all open files (PL_HELD_MOST); most files fit and are never decoded
 * again. Of a larger file the pass keeps nothing but points to start again from,
 * samples for the encoding, and its last blocks. It is decoded a second time while it is read: in
 * order, in blocks, by whichever thread first needs the next one, while the others work on what
 * they have. Nothing is written to a disk.
 *
 * Why twice, and not once: what a table is depends on the end of the file (rows of
 * totals are no records) and on samples from all over it (its encoding), and a file
 * that is cut must be told before its first half is counted. So a compressed export
 * reads exactly as the same export does uncompressed.
 *
 * A look back (a record for a message, the line of a byte, another scan) finds its
 * block among the last ones, or decodes again from the nearest point: any byte of
 * gzip can be one, since all that decides what follows is 40 KiB; in zstd only the
 * beginning of a frame. A second decoder does that, so that the scan's one stands
 * where it stood.
 *
 * Decoders may be put on top of each other: gzip, and UTF-16 in it. */
#ifndef PL_READ_STREAM_H
#define PL_READ_STREAM_H

#include "read/private.h"

#define PL_STREAM_BLOCK (256u << 10)
#define PL_STREAM_POINTS 64            /* points to start from; at first one in … */
#define PL_STREAM_SPACING (1ull << 20) /* … so many bytes, in a longer file fewer */
#define PL_HELD_MOST 64                /* MiB decoded in memory, all open files together */
#define PL_MAX_DECODED (1ull << 40)

/* --- held.c: bytes that stay in memory --- */
typedef struct pl_held {
  char **blocks; /* PL_STREAM_BLOCK bytes each, the last one perhaps shorter */
  size_t n, cap;
  uint64_t size;
} pl_held;

/* Room behind the last byte, at least one, *room at most PL_STREAM_BLOCK; NULL where
 * memory is used up, or would be over `most` in all. */
char *pl_held_room(pl_held *held, uint64_t most, size_t *room);
void pl_held_took(pl_held *held, size_t n);
/* Nothing more will come: gives back what is left of the last block. */
void pl_held_end(pl_held *held);
void pl_held_read(const pl_held *held, uint64_t at, char *to, size_t n);
void pl_held_free(pl_held *held);

/* --- places.c: what the first pass keeps of a file that is too large to be held --- */
typedef struct pl_places {
  char *bytes; /* PL_HEAD_BYTES from every multiple of `step` on */
  size_t n;
  uint64_t step;
} pl_places;

/* pl_samples_read looks at multiples of this (and at the end), because a pass over a
 * file can keep those before it knows the size: there are at most `most`. */
static inline uint64_t pl_places_step(uint64_t size, size_t most) {
  uint64_t step = PL_HEAD_BYTES;
  while (size / step >= most) step *= 2;
  return step;
}

/* n bytes of the file at `at`, a multiple of PL_HEAD_BYTES. False: memory. */
bool pl_places_note(pl_places *places, uint64_t at, const char *p, size_t n);
/* NULL: it is not one of those that were kept. */
const char *pl_places_find(const pl_places *places, uint64_t at, size_t n);
void pl_places_free(pl_places *places);

/* --- decoders: decode_gzip.c, decode_zstd.c, decode_text.c --- */
typedef struct pl_stream pl_stream;
typedef struct pl_decoder pl_decoder; /* each kind its own */

/* What a decoder of text needs to know; decompressors do not look at it. */
typedef struct pl_text_way {
  uint64_t from; /* behind the byte order mark */
  pl_encoding encoding;
  bool backslash;
  char delimiter;
} pl_text_way;

typedef struct pl_decoder_kind {
  /* At the beginning, or at a point that `mark` made. */
  pl_status (*open)(const pl_stream *stream, const void *point, pl_decoder **out, pl_error *err);
  /* The next bytes, at most `room`; none: the end. */
  pl_status (*make)(pl_decoder *decoder, char *to, size_t room, size_t *made, pl_error *err);
  /* A point where the decoder stands; NULL: not here, or memory is out. */
  void *(*mark)(const pl_decoder *decoder);
  void (*unmark)(void *point);
  void (*close)(pl_decoder *decoder);
  /* About how many bytes all will be, so that what cannot be held is not begun. */
  uint64_t (*guess)(const pl_stream *stream);
} pl_decoder_kind;

extern const pl_decoder_kind pl_decoder_gzip, pl_decoder_zstd, pl_decoder_text;

/* What a decoder reads: the file, or another stream. */
uint64_t pl_stream_in_size(const pl_stream *stream);
pl_status pl_stream_in(const pl_stream *stream, uint64_t at, void *to, size_t n, pl_error *err);
const pl_text_way *pl_stream_way(const pl_stream *stream);
const pl_input *pl_stream_input(const pl_stream *stream);

/* --- stream.c --- */
/* Makes the first pass over what the input is read from now, and puts itself in its
 * place: input->stream and input->size. */
pl_status pl_stream_decode(pl_input *input, const pl_decoder_kind *kind, const pl_text_way *way,
                           const volatile bool *cancel, pl_error *err);
/* Bytes that are held already, taken over. NULL: memory, and `held` is left. */
pl_stream *pl_stream_of_held(const pl_input *input, pl_held *held);
/* All of it is in memory: reading takes no lock and decodes nothing. */
bool pl_stream_is_held(const pl_stream *stream);
pl_status pl_stream_read(pl_stream *stream, uint64_t at, void *to, size_t n, pl_error *err);
/* `threads` will read chunks of `chunk` bytes next to each other: keeps as many
 * blocks. Returns the chunk, or less where that would be too many. Call it while no
 * thread reads. */
uint64_t pl_stream_share(pl_stream *stream, unsigned threads, uint64_t chunk);
void pl_stream_close(pl_stream *stream);

#endif
