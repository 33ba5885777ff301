/* Exports: bytes on disk -> records. One pl_input per file. CSV and TSV are
 * parsed by libcsv, and where a record is plain by a vectorised scan that finds
 * the same (PLUMBLINE_SCAN in the environment: libcsv, bytes, sse2 or avx2 for
 * one way only); JSON values by lua-cjson (given from outside as a function,
 * because nothing here knows Lua).
 *
 * A file is never mapped: it is read with pread, so that one that shrinks
 * under us is an error and not a signal. Everything in it is data. */
#ifndef PL_READ_INPUT_H
#define PL_READ_INPUT_H

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

typedef enum pl_format {
  PL_FORMAT_CSV,
  PL_FORMAT_JSON, /* an array of objects, or an object that holds one */
  PL_FORMAT_NDJSON,
  PL_FORMAT_LOOK /* by looking at the first bytes; an open input never has it */
} pl_format;

typedef enum pl_encoding {
  PL_ENCODING_LOOK, /* by looking; an open input never has it */
  PL_ENCODING_UTF8,
  PL_ENCODING_UTF16LE,
  PL_ENCODING_UTF16BE,
  PL_ENCODING_CP1252, /* Windows-1252 */
  PL_ENCODING_LATIN1  /* ISO 8859-1 */
} pl_encoding;

/* How a quote is written inside a quoted cell. */
typedef enum pl_quotes { PL_QUOTES_LOOK, PL_QUOTES_DOUBLED, PL_QUOTES_BACKSLASH } pl_quotes;

/* What the config says about a file. Zero, NULL or _LOOK: decided by looking. */
typedef struct pl_dialect {
  pl_format format;
  char delimiter; /* ',' ';' '\t' '|'; 0: by looking */
  pl_encoding encoding;
  pl_quotes quotes;
  uint32_t header;                      /* the line of the header, from 1 */
  bool description_given, footer_given; /* else by looking */
  uint32_t description; /* records right below the header that describe the columns */
  uint32_t footer;      /* records at the end that are no data: totals, remarks */
  const char *block;    /* which of the tables in the file, by its name */
  bool any_block;       /* the first table will do where there are several (`sniff`) */
  const char *records;  /* JSON: the path of the array that holds the records */
} pl_dialect;

#define PL_MAX_COLUMNS 4096
#define PL_MAX_RECORD (16u << 20) /* bytes in one record; longer is a reject */
#define PL_MAX_FIELD (1u << 20)
#define PL_HEAD_BYTES (64u << 10) /* what `check` and style sampling look at */

/* Stable codes of rejected rows (rejects.csv, `explain`). */
typedef enum pl_reject_code {
  PL_REJECT_NONE = 0,
  PL_REJECT_FEW = 201,    /* PL201 too few cells */
  PL_REJECT_MANY = 202,   /* PL202 too many cells */
  PL_REJECT_NUMBER = 203, /* PL203 not a number */
  PL_REJECT_TIME = 204,   /* PL204 not a time */
  PL_REJECT_UTF8 = 205,   /* PL205 bytes that are not UTF-8, or a NUL */
  PL_REJECT_QUOTE = 206,  /* PL206 stray quote, or one that never ends */
  PL_REJECT_RATE = 207,   /* PL207 no rate for a deal's currency */
  PL_REJECT_LONG = 208,   /* PL208 a field or record over the limit */
  PL_REJECT_JSON = 209,   /* PL209 not a JSON object */
  PL_REJECT_HEADER = 210  /* PL210 the header again: exports put one behind another */
} pl_reject_code;

typedef struct pl_reject {
  uint32_t file;   /* index into the run's files; set by the caller of pl_input_chunk */
  uint32_t line;   /* of the record's first line */
  uint32_t column; /* byte column of the offending cell in that line, 0 unknown */
  pl_reject_code code;
  pl_str message; /* "12 cells, the header has 14" */
  pl_str raw;     /* the record as it stands in the file, at most 4 KiB */
} pl_reject;

/* A part of a file that holds no records of the table that is read. */
typedef enum pl_skip_kind {
  PL_SKIP_PREAMBLE,    /* above the header: a title, `# …`, `key: value` */
  PL_SKIP_DESCRIPTION, /* a row that describes the columns, next to the header */
  PL_SKIP_TOTAL,       /* a row of totals, below the last record or above the first */
  PL_SKIP_FOOTER,      /* remarks below the last record */
  PL_SKIP_BLOCK,       /* another table of the same file */
  PL_SKIP_KINDS
} pl_skip_kind;

typedef struct pl_skipped {
  pl_skip_kind kind;
  uint32_t line;  /* the first line */
  uint32_t lines; /* how many lines, blank ones among them included */
  uint32_t rows;  /* how many of these are not blank */
  pl_str text;    /* the first of them that is not blank, at most 200 bytes */
} pl_skipped;

/* A record that is read, but may be none. */
typedef enum pl_doubt {
  PL_DOUBT_FOOT,  /* a total at the end: `footer` settles it */
  PL_DOUBT_TOP,   /* a total below the header: `description` does */
  PL_DOUBT_NAMES, /* a row below the header that describes the columns: `description` does */
  PL_DOUBT_TABLE  /* the header of another table: `block` or `header` does */
} pl_doubt;

typedef struct pl_kept {
  pl_doubt as;
  uint32_t line;
  pl_str text; /* at most 200 bytes */
  const char
      *block; /* PL_DOUBT_TABLE: the table above it by name; NULL: `block` is given already */
} pl_kept;

/* One table of a file that holds several. */
typedef struct pl_block {
  pl_str name;   /* unique in the file; of the heading above it, else of its first column */
  uint32_t line; /* of its header */
} pl_block;

/* What was seen when the file was opened; `sniff` shows it. */
typedef struct pl_shape {
  pl_dialect dialect;        /* as it is read: nothing is left to be looked for */
  const char *compression;   /* "gzip", "zstd" or NULL */
  bool bom;                  /* the file begins with a byte order mark */
  bool encoding_certain;     /* false: no byte tells Windows-1252 from Latin-1, … */
  bool ascii;                /* no byte above 127 was seen: any encoding but UTF-16 would do */
  uint32_t lf, crlf, cr;     /* line ends in the first PL_HEAD_BYTES (decoded) */
  bool trailing;             /* records end with a delimiter that no column follows */
  bool transposed;           /* lines of `"Title:","…"`: one record, its columns are the keys */
  const pl_skipped *skipped; /* by line */
  size_t skipped_n;
  const pl_kept *kept; /* for a note each, with the line that settles it */
  size_t kept_n;
  const pl_block *blocks; /* several tables: all of them, else none */
  size_t blocks_n;
} pl_shape;

/* Decodes the text of ONE JSON value with every number already a string (see
 * json.c); calls `field` for each leaf with its dotted path ("properties.amount",
 * array elements joined with '\x1f'). Null comes as {NULL, 0}, so that its name is
 * known (a decoder may leave it out, as what is missing is); true and false come
 * as "true" / "false". Returns false with a message for text
 * that is not a JSON object. Called from one thread at a time per `state`. */
typedef struct pl_json_decoder {
  void *state;
  bool (*decode)(void *state, pl_str text, void (*field)(void *ctx, pl_str path, pl_str value),
                 void *ctx, char message[256]);
} pl_json_decoder;

typedef struct pl_input pl_input;

/* Opens a file, checks it, reads its header (CSV) or the union of the paths in
 * its first PL_HEAD_BYTES (JSON). Errors (PL_E_INPUT unless said otherwise),
 * each with its own message: missing, unreadable, a directory, empty, header
 * only is NOT an error, a duplicate or blank column name, bad UTF-8 in the
 * header, an unterminated quote in the header; a compressed file that is cut or
 * damaged; a workbook, an archive, a page. A pipe or other unseekable file, and "-",
 * standard input, is read to its end first, into memory, and beyond 64 MiB into an
 * unlinked temporary file. What is compressed, not UTF-8 or has backslash quotes is
 * decoded once here and, where it is larger than that, again while it is read, without
 * a copy on a disk (stream.h). PLUMBLINE_HELD in the environment sets these MiB.
 * Offsets, lengths and sizes are those of the decoded text, lines are the file's.
 * `shown` is the path as messages and proofs print it (relative to the workspace). */
pl_status pl_input_open(const char *path, const char *shown, pl_dialect dialect,
                        const pl_json_decoder *json, pl_input **out, pl_error *err);
/* The same; waiting for a pipe ends with PL_E_CANCELLED once *cancel is set
 * (NULL: nobody will). */
pl_status pl_input_open_unless(const volatile bool *cancel, const char *path, const char *shown,
                               pl_dialect dialect, const pl_json_decoder *json, pl_input **out,
                               pl_error *err);
void pl_input_close(pl_input *input);
/* A temporary file without a name, in TMPDIR or /tmp; -1 with errno. */
int pl_spool_open(void);
const char *pl_input_shown(const pl_input *input);
/* What was opened; it may be a pipe. */
const char *pl_input_path(const pl_input *input);
pl_format pl_input_format(const pl_input *input);
/* Where the records end: the size of the file, less what was skipped at its end. */
uint64_t pl_input_size(const pl_input *input);
/* Lives as long as the input. */
const pl_shape *pl_input_shape(const pl_input *input);
size_t pl_input_columns(const pl_input *input);
pl_str pl_input_column(const pl_input *input, size_t i);
/* Does the path stand in some record of a JSON file? What the head did not show is
 * looked for in the whole file, so ask only when the name is not a column. */
pl_status pl_input_find_column(pl_input *input, pl_str name, bool *found, pl_error *err);
/* JSON only: the index of a path, added as a new last column where the head
 * did not show it (records without it have an empty cell). Not while another
 * thread reads the input. PL_E_USAGE for CSV: its header names all there is. */
pl_status pl_input_add_column(pl_input *input, pl_str name, size_t *index, pl_error *err);
/* Where the first record begins. For CSV `line` is the line it stands on. */
uint64_t pl_input_start(const pl_input *input, uint32_t *line);
/* PL_E_INPUT if size, mtime, inode or device differ from what they were at
 * open, or the path leads nowhere any more. A spooled file never changes. */
pl_status pl_input_unchanged(const pl_input *input, pl_error *err);

/* One record of a batch: `cells` has pl_input_columns() entries. A JSON record
 * whose path is missing has an empty cell there; `known` columns beyond the
 * head are ignored. */
typedef struct pl_record {
  const pl_str *cells;
  uint32_t line;   /* first line of the record, relative: 0 = first line of the chunk */
  uint64_t offset; /* of its first byte in the file */
  uint32_t length; /* bytes up to and without its line end */
} pl_record;

typedef struct pl_batch {
  pl_record *records;
  size_t n;
  pl_reject *rejects; /* lines relative, like records */
  size_t rejects_n;
  uint64_t next;  /* offset at which the next record begins (== size at the end) */
  uint32_t lines; /* lines in [from, next) */
  /* JSON: the decoder of the thread that uses this batch. May be NULL: then the
   * decoder given to pl_input_open serves, one thread at a time (a lock). */
  const pl_json_decoder *json;
  /* private: buffers that the strings above point into, reused from call to call */
  struct pl_batch_memory *memory;
} pl_batch;

/* Parses the records that begin at offset `from` (a record boundary) until at
 * least `want` bytes are consumed, always whole records. Blank lines are not
 * records. Strings in `batch` are valid until it is used again or freed.
 * Different threads may parse different chunks of one CSV or NDJSON input at
 * the same time, each with its own batch. `wanted` (pl_input_columns() flags,
 * NULL = all) says which cells the caller needs: others may be left {NULL,0}.
 * An unterminated quote that runs to the end of the file (or over
 * PL_MAX_RECORD) is a PL_E_INPUT error at the line where it opens.
 *
 * A boundary is the beginning of a line outside quotes, so a chunk may begin or
 * end at blank lines and hold no record at all. Zero-initialise a new batch.
 * A JSON batch of very many cells may end before `want`, and so may a CSV batch of
 * more than a GiB: go on at `next`.
 * Where `from` was a guess, an error counts only once the guess is verified. */
pl_status pl_input_chunk(pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                         pl_batch *batch, pl_error *err);
void pl_batch_free(pl_batch *batch);
/* Before `threads` threads read chunks of `chunk` bytes next to each other: the size
 * that chunks may have, at most `chunk`. It is less for a file that is decoded while
 * it is read, of which no more than a few blocks are in memory. */
uint64_t pl_input_share(const pl_input *input, unsigned threads, uint64_t chunk);

/* The probable first record boundary at or after `near`: a guess, made by
 * looking at quotes around there. The caller verifies it: chunk i's `next`
 * must equal the guess that chunk i + 1 began with, else that chunk is parsed
 * again from the true place. JSON arrays cannot be split: returns the size.
 * Guesses need not grow with `near`: drop one that is not beyond the last. */
uint64_t pl_input_guess(const pl_input *input, uint64_t near);

/* The byte column, in the record's first line, of cell `cell` of a CSV record;
 * 0 when it stands on a later line, for JSON, or when it cannot be told. Reads
 * the record again: for messages. */
uint32_t pl_input_cell_column(const pl_input *input, uint64_t offset, uint32_t length, size_t cell);

/* The raw text of a record, for a message or a proof; at most `max` bytes.
 * `out` is cleared first. */
pl_status pl_input_raw(const pl_input *input, uint64_t offset, uint32_t length, size_t max,
                       pl_buf *out, pl_error *err);

#endif
