/* What the files of core/read share and nobody else includes. */
#ifndef PL_READ_PRIVATE_H
#define PL_READ_PRIVATE_H

#include <csv.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/dict.h"
#include "read/csv_index.h"
#include "read/input.h"

#define PL_REJECT_RAW 4096           /* bytes of a rejected row that are kept */
#define PL_WINDOW_BYTES (256u << 10) /* read from the file at a time */
#define PL_BATCH_CELLS (4u << 20)    /* a JSON batch ends early rather than hold more */
#define PL_JSON_DEPTH 512            /* of nested values in one JSON record */

struct pl_input {
  int fd;                   /* of the file, or of the spool; -1: a pipe that is held in memory */
  struct pl_stream *stream; /* decodes what fd gives; NULL: it is text as it is */
  bool spooled;             /* came from a pipe */
  uint64_t hold;            /* bytes that all open files may hold in memory */
  uint64_t ahead;           /* atomic: the kernel was asked to read up to here */
  char *path;
  char *shown;
  struct stat opened; /* as the file was at open; compared by pl_input_unchanged */
  uint64_t size;      /* decoded */
  uint64_t text_at;   /* 3 after a UTF-8 byte order mark, else 0 */
  uint64_t end;       /* where the table's records end: footers and other tables lie behind */
  pl_shape shape;
  pl_dialect dialect; /* as asked for; what was looked for is filled in while opening */
  pl_scan_kind scan;  /* CSV */
  pl_json_decoder json;
  pthread_mutex_t json_lock; /* for batches that bring no decoder of their own */
  bool lock_made;
  pl_arena arena;
  pl_dict *names; /* id == index into columns */
  pl_str *columns;
  size_t columns_n, columns_cap;
  uint64_t start;
  uint32_t start_line;
  uint64_t header_at; /* where the header stands, once the shape is known */
  uint32_t header_line;
  pl_str *transposed; /* shape.transposed: the cells of its one record */
  uint32_t transposed_length, transposed_lines;
  bool delimiter_declared;
  pl_str header_text;  /* CSV: the header as it stands in the file */
  uint32_t described;  /* rows below the header that describe the columns */
  pl_skipped *skipped; /* what the shape shows */
  pl_kept *kept;
  size_t skipped_cap, kept_cap;
  uint64_t head_end; /* JSON: what lies before it has shown its paths */
};

/* --- input.c --- */
/* Reads exactly n bytes, decoded; a file that has become shorter is an error. */
pl_status pl_input_pread(const pl_input *input, uint64_t at, void *to, size_t n, pl_error *err);
/* The same of the file as it is. */
pl_status pl_input_read_file(const pl_input *input, uint64_t at, void *to, size_t n, pl_error *err);
/* "the file changed while it was read" */
pl_status pl_input_changed(const pl_input *input, pl_error *err, const char *how);
pl_status pl_input_push_column(pl_input *input, pl_str name, pl_error *err);
/* An error at a byte of the file: finds line, column and excerpt by reading
 * the file from its beginning, which is fine on the way out. */
pl_status pl_input_fail(const pl_input *input, pl_error *err, uint64_t offset, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

/* How to fix the PL_E_INPUT error just made; returns PL_E_INPUT even without err. */
pl_status pl_input_hint(pl_error *err, const char *hint);

/* --- lines.c --- */
/* The line that begins at p: its length and the length of its end (LF, CR LF,
 * lone CR). False where n bytes do not decide it; with `final` nothing follows
 * them, so a line without an end is a line too. */
bool pl_line_find(const char *p, size_t n, bool final, size_t *length, size_t *end);
/* Line ends among n bytes, CR LF counting as one; *after_cr carries over. */
uint32_t pl_line_count(const char *p, size_t n, bool *after_cr);

/* --- window.c: the part of a file that is in memory --- */
typedef struct pl_window {
  const pl_input *input;
  char *bytes;
  size_t cap, n;
  uint64_t at;       /* offset of bytes[0] */
  uint64_t soft_end; /* do not read ahead beyond it */
} pl_window;

/* Makes [from, from + need), as far as the file goes, available and forgets
 * what lies before `from`. Moves the bytes: take pointers afterwards. */
pl_status pl_window_need(pl_window *w, uint64_t from, size_t need, pl_error *err);
static inline const char *pl_window_at(const pl_window *w, uint64_t offset) {
  return w->bytes + (offset - w->at);
}
static inline uint64_t pl_window_end(const pl_window *w) {
  return w->at + w->n;
}
/* The line at `pos`, keeping everything from `start`; *over when it does not
 * end within PL_MAX_RECORD bytes after `start`. */
pl_status pl_window_line(pl_window *w, uint64_t start, uint64_t pos, size_t *length, size_t *end,
                         bool *over, pl_error *err);
/* Offset after the end of the line that `pos` is in. */
pl_status pl_window_skip_line(pl_window *w, uint64_t pos, uint64_t *next, pl_error *err);

/* The names of one JSON record while they are looked through; reused. */
typedef struct pl_json_names {
  struct pl_json_name *items;
  size_t n, cap;
  uint32_t *slots; /* index into items + 1 */
  size_t slots_cap;
  pl_buf plain; /* names without their escapes */
} pl_json_names;

/* --- batch.c: where records are put --- */
struct pl_batch_memory {
  pl_window window;
  char *text; /* the cells' bytes; cells point into it */
  size_t text_n, text_cap;
  pl_str *cells;
  size_t cells_n, cells_cap; /* cells_n: those of kept records */
  size_t row_n;              /* cells of the record being read, behind cells_n */
  size_t row_text;           /* text_n when it began */
  size_t records_cap, rejects_cap;
  pl_arena notes; /* messages and raw rows of rejects */
  pl_buf scratch;
  pl_json_names names;
  uint32_t *met; /* JSON, per column: the record that last had it */
  size_t met_cap;
  uint32_t met_now; /* the record being read */
  struct csv_parser csv;
  bool csv_open;
  /* CSV, what csv_plain.c finds: cells point into `held` */
  char *held;
  size_t held_cap;
  pl_csv_index index;
  uint32_t *picked; /* the wanted columns, ascending */
  size_t picked_n, picked_cap;
  /* The first bare_n cells are rows of bare_columns that have {NULL, 0} where no column
   * is picked, and nobody writes there: 0 unless csv_plain.c is at work. Of the chunk
   * before: bare_before. */
  size_t bare_n, bare_before, bare_columns;
};

bool pl_batch_begin(pl_batch *batch, const pl_input *input, uint64_t from, uint64_t want);
/* Room for one record of `columns` cells, each set to `fill`; false: memory. */
bool pl_batch_row(pl_batch *batch, size_t columns, pl_str fill);
/* Copies a cell of the record being read. */
bool pl_batch_cell(struct pl_batch_memory *m, size_t i, const char *p, size_t n);
bool pl_batch_keep(pl_batch *batch, uint32_t line, uint64_t offset, uint32_t length);
/* Drops the record being read and notes why. */
bool pl_batch_reject(pl_batch *batch, pl_reject_code code, uint32_t line, uint32_t column,
                     pl_str raw, const char *format, ...) __attribute__((format(printf, 6, 7)));
void pl_batch_finish(pl_batch *batch, size_t columns);

/* True if the bytes are UTF-8 without NUL, else where the first bad one is. */
bool pl_bytes_good(const char *p, size_t n, size_t *bad);

/* --- encoding.c --- */
/* "UTF-8", "Windows-1252": for messages. */
const char *pl_encoding_name(pl_encoding encoding);

/* --- csv.c --- */
typedef enum pl_feed { PL_FEED_OK, PL_FEED_STRAY, PL_FEED_MEMORY } pl_feed;
typedef struct pl_csv_sink {
  void (*cell)(void *bytes, size_t n, void *context);
  void (*row)(int end, void *context);
  void *context;
} pl_csv_sink;

bool pl_csv_parser_open(struct csv_parser *csv, char delimiter);
/* Feeds bytes; PL_FEED_STRAY at text behind a closing quote, *at is where.
 * *loose (may be NULL) counts quotes kept as data in unquoted cells. */
pl_feed pl_csv_feed(struct csv_parser *csv, const char *p, size_t n, const pl_csv_sink *sink,
                    size_t *at, size_t *loose);
pl_status pl_csv_chunk(const pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                       pl_batch *batch, pl_error *err);
/* The first record as it is, whatever its number of cells (no record: n == 0). */
pl_status pl_csv_first(const pl_input *input, pl_batch *batch, pl_error *err);

/* Byte for byte, perhaps with the byte order mark of a file put behind this one. */
bool pl_csv_header_again(const pl_input *input, pl_str raw);

/* --- csv_plain.c --- */
/* The chunk at hand, all of it in memory; positions count from its beginning. */
typedef struct pl_plain {
  const pl_input *input;
  struct pl_batch_memory *memory;
  const char *text;
  size_t n;
  uint64_t from; /* offset of text[0] in the file */
  bool final;    /* the table ends where the text does */
  char delimiter_byte;
  size_t columns;
  bool trailing; /* blank cells behind the last column are none */
  const bool *wanted;
  size_t at;              /* of the next record */
  size_t delimiter, mark; /* the next ones, in the index */
  uint32_t lines;
} pl_plain;

/* Reads what is wanted from `from` on, and a little more. False: *status. */
bool pl_plain_open(pl_plain *plain, const pl_input *input, struct pl_batch_memory *memory,
                   uint64_t from, uint64_t want, const bool *wanted, pl_status *status,
                   pl_error *err);
/* Takes the records that begin before `until`, up to the first that is not
 * plain: plain->at. False: memory is out. */
bool pl_plain_read(pl_plain *plain, pl_batch *batch, uint64_t until);
/* On at a record boundary further on, after `lines` lines of the chunk. */
void pl_plain_seek(pl_plain *plain, uint64_t pos, uint32_t lines);

/* --- csv_place.c --- */
typedef struct pl_csv_spot {
  size_t cell;     /* index of the cell that byte `until` belongs to */
  size_t cell_at;  /* where that cell begins */
  size_t quote_at; /* where the last quoted cell opened */
} pl_csv_spot;
/* Reads the record's bytes one by one up to `until`, or to the beginning of
 * cell `cell`. Slow: for messages. False: memory, or not that many cells. */
bool pl_csv_spot_at(char delimiter, const char *raw, size_t n, size_t until, size_t cell,
                    pl_csv_spot *spot);

/* --- csv_header.c --- */
pl_status pl_csv_header(pl_input *input, pl_error *err);

/* --- shape.c: where in the file the table is --- */
/* Decides format, delimiter, header and table, as far as the dialect leaves them
 * open, and sets header_at, end and shape. Call it once the bytes are text, with
 * `end` at the size, before the header is read. */
pl_status pl_shape_find(pl_input *input, pl_error *err);
/* CSV, start being behind the header: sets shape.trailing, and moves start behind
 * rows that describe the columns. */
pl_status pl_shape_below(pl_input *input, pl_error *err);
/* The name that such a row gives to column `column`; empty: none does. */
pl_status pl_shape_name(pl_input *input, size_t column, pl_buf *name, pl_error *err);
/* CSV, once the columns are known: begins behind totals right below the header. */
pl_status pl_shape_top(pl_input *input, pl_error *err);
/* CSV, after that: ends before totals and remarks. */
pl_status pl_shape_foot(pl_input *input, pl_error *err);
/* The one record of a transposed file. */
pl_status pl_shape_record(const pl_input *input, uint64_t from, const bool *wanted, pl_batch *batch,
                          pl_error *err);

/* --- json.c --- */
pl_status pl_json_chunk(pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                        pl_batch *batch, pl_error *err);
pl_status pl_json_head(pl_input *input, pl_error *err);
/* Is there a record with this path behind the head? */
pl_status pl_json_find(pl_input *input, pl_str path, bool *found, pl_error *err);

/* --- json_array.c: where the elements of an array begin and end --- */
typedef struct pl_json_walk {
  const pl_input *input;
  pl_window *window;
  uint64_t pos;
  uint32_t lines; /* line ends passed */
  bool after_cr;
} pl_json_walk;

typedef struct pl_json_element {
  uint64_t offset;
  uint64_t length;
  uint32_t line; /* as walk.lines when it began */
  bool over;     /* longer than PL_MAX_RECORD: its bytes are not in the window */
} pl_json_element;

pl_status pl_json_array_open(pl_json_walk *walk, pl_error *err);
/* The element at walk->pos; its bytes are in the window unless `over`. */
pl_status pl_json_element_read(pl_json_walk *walk, pl_json_element *element, pl_error *err);
/* On to the next element, or to the size of the file behind the last one.
 * Forgets the element's bytes. */
pl_status pl_json_element_next(pl_json_walk *walk, pl_error *err);

/* --- json_number.c --- */
/* Copies JSON text with every number made a string, exponents written out;
 * false with a message at a token that is no JSON. */
bool pl_json_quote_numbers(pl_str text, pl_buf *out, char message[256]);

/* --- json_names.c --- */
void pl_json_names_free(pl_json_names *names);
/* False with a message where one object of the text (JSON, at most PL_JSON_DEPTH
 * deep) has two fields of one name; *memory when memory was out. */
bool pl_json_names_differ(pl_json_names *names, pl_str text, bool *memory, char message[256]);

#endif
