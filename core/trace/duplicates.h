/* The identity of records while a source is scanned: which have been seen, and
 * whether a repeat says the same. Only hashes are remembered (96 bits of the key,
 * 64 of the content), so that memory does not grow with the texts. */
#ifndef PL_TRACE_DUPLICATES_H
#define PL_TRACE_DUPLICATES_H

#include "trace/table.h"

/* What identity means for one source; read-only while it is scanned. */
typedef struct pl_identity {
  const pl_source *source;
  bool checked; /* keyed, and repeats collapse or are an error */
  uint64_t seed;
  pl_dict *names;   /* the columns of all its files */
  uint32_t **cells; /* [input][name] -> cell, PL_DICT_NONE: the file lacks it */
} pl_identity;

bool pl_identity_open(pl_identity *identity, const pl_source *source, bool surveying);
void pl_identity_close(pl_identity *identity);

typedef struct pl_mark {
  bool keyed; /* false: a part of the key is blank */
  pl_hash128 key;
  uint64_t content; /* of all columns of the file, used or not */
} pl_mark;
/* False: memory is out. `scratch` is the thread's own. */
bool pl_identity_mark(const pl_identity *identity, size_t input, const pl_record *record,
                      const pl_cell *slots, pl_buf *scratch, pl_mark *mark);

typedef enum pl_seen_result {
  PL_SEEN_NEW,
  PL_SEEN_SAME,
  PL_SEEN_DIFFERS,
  PL_SEEN_NO_MEMORY
} pl_seen_result;

/* The byte at which a record begins; several may stand on one line. */
typedef struct pl_spot {
  uint32_t file; /* index into pl_bound.files */
  uint64_t offset;
} pl_spot;

/* The marks in the order in which they came, and a table of where each is: one word
 * per key. (seen.c) */
typedef struct pl_seen {
  struct pl_seen_entry *entries;
  size_t n, cap;
  struct pl_seen_base *bases; /* what the offsets of entries are counted from */
  size_t bases_n, bases_cap;
  uint32_t *slots; /* entry + 1 in the lower bits, above them some of the hash; 0: free */
  size_t slots_n;  /* a power of two */
  uint32_t entry_bits;
} pl_seen; /* zero-initialise */
/* Called in the order of spots; `earlier` is set for a repeat. */
pl_seen_result pl_seen_add(pl_seen *seen, const pl_mark *mark, pl_spot spot, pl_spot *earlier);
/* Fetches into the cache what pl_seen_add will touch. */
void pl_seen_ahead(const pl_seen *seen, const pl_mark *mark);
void pl_seen_free(pl_seen *seen);

/* The error that shows two records of one key and a column in which they
 * differ; reads both once more. */
pl_status pl_duplicates_fail(const pl_bound *bound, const pl_identity *identity, pl_spot earlier,
                             pl_spot later, pl_error *err);

#endif
