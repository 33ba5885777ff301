/* Finding the table in a text: the inside of shape*.c. */
#ifndef PL_READ_SHAPE_H
#define PL_READ_SHAPE_H

#include "read/private.h"

#define PL_SHAPE_WHOLE                                                                             \
  (16u << 20)                 /* a file up to this size is looked at whole for several tables */
#define PL_SHAPE_ROWS 2000    /* rows of the head that are compared */
#define PL_SHAPE_SAMPLE 60    /* rows whose cells are looked into */
#define PL_SHAPE_BLOCKS 64    /* tables in one file */
#define PL_SHAPE_TEXT 200     /* bytes of a skipped line that are kept */
#define PL_SHAPE_DOUBTS 5     /* records of a file that may begin a table */
#define PL_SHAPE_SKIPPED 1000 /* entries of what was skipped */

/* --- shape_rows.c: text -> rows, by the same grammar as csv.c --- */
typedef struct pl_shape_text {
  const char *p;
  size_t n;
  uint64_t base; /* offset of p[0] in the file */
  bool final;    /* nothing follows p[n - 1] */
  char delimiter;
} pl_shape_text;

typedef struct pl_shape_row {
  size_t at, length, next; /* in the text; next: behind its line end */
  uint32_t line, lines;    /* the first, and how many */
  uint32_t gap;            /* blank lines right above */
  uint32_t cells;
  uint32_t filled; /* cells that are not blank */
  uint32_t last;   /* 1 + index of the last of them; 0: all are blank */
  bool comment;    /* begins with # */
  bool stray;      /* its quotes are wrong: a reject */
} pl_shape_row;

typedef struct pl_shape_spot {
  size_t at;
  uint32_t line;
} pl_shape_spot;

/* The next row that is not a blank line; false at the end, or where the text ends
 * inside it. Moves *spot behind it. */
bool pl_shape_next(const pl_shape_text *text, pl_shape_spot *spot, pl_shape_row *row);
/* The text of one cell, without quotes; empty where the row has not as many. */
bool pl_shape_cell(const pl_shape_text *text, const pl_shape_row *row, uint32_t cell, pl_buf *out);

/* The texts of a row's first `n` cells without the quotes around them, doubled quotes as
 * they stand; {NULL, 0} beyond its end. */
void pl_shape_cells(const pl_shape_text *text, const pl_shape_row *row, pl_str *cells, size_t n);

typedef struct pl_shape_rows {
  pl_shape_row *items;
  size_t n, cap;
  bool all; /* the whole text was read */
} pl_shape_rows;
/* Up to `max` rows from *spot on; false: memory. */
bool pl_shape_rows_read(const pl_shape_text *text, pl_shape_spot spot, size_t max,
                        pl_shape_rows *rows);

/* --- shape_words.c: what a cell says --- */
typedef enum pl_shape_kind {
  PL_KIND_BLANK,
  PL_KIND_TOKEN, /* --, n/a: no value, in words */
  PL_KIND_YEAR,  /* 1900 to 2100 */
  PL_KIND_COUNT, /* digits only */
  PL_KIND_NUMBER,
  PL_KIND_TIME,
  PL_KIND_TEXT
} pl_shape_kind;
pl_shape_kind pl_shape_kind_of(pl_str cell);
static inline bool pl_kind_is_value(uint8_t kind) {
  return kind >= PL_KIND_YEAR && kind <= PL_KIND_TIME;
}

typedef enum pl_total { PL_TOTAL_NO, PL_TOTAL_BEGINS, PL_TOTAL_YES } pl_total;
/* YES: `Total`, `Grand Totals (5700 records)`, `Gesamt: Konto`; BEGINS: `Total Energies`. */
pl_total pl_shape_total(pl_str cell);
/* `Confidential …`, `Copyright …`, `Report generated …`: remarks below a table. */
bool pl_shape_remark(pl_str cell);

/* The kinds of a row's first `n` cells; blank beyond its end. */
void pl_shape_kinds(const pl_shape_text *text, const pl_shape_row *row, uint8_t *kinds, size_t n);

/* --- shape_header.c: which row is the header --- */
/* Could be names: not blank, none twice, no value but years. */
bool pl_shape_names(const pl_shape_text *text, const pl_shape_row *row, bool *memory);
typedef struct pl_shape_header {
  size_t row;           /* index into the rows */
  bool undecided;       /* between these two: */
  size_t candidates[2]; /* row indexes */
  bool described;       /* one of them describes the columns */
  bool record;          /* the first row looks like a record, and nothing like names */
  bool found;           /* two cells or more */
} pl_shape_header;
/* Takes rows of delimiters alone out of `rows`: they are gaps. False: memory. */
bool pl_shape_header_find(const pl_shape_text *text, pl_shape_rows *rows, pl_shape_header *out);
/* Are the extra cells of rows under this header blank ones behind the last column? */
bool pl_shape_trailing(const pl_shape_row *header, const pl_shape_row *rows, size_t n);

/* --- shape_second.c: rows below the header that describe the columns --- */
#define PL_SHAPE_SECONDS 3 /* at most */
typedef enum pl_second {
  PL_SECOND_NO,
  PL_SECOND_DOUBT, /* a record perhaps: kept, and said */
  PL_SECOND_ASK,   /* no record, but it may be the header, and rows[0] a title above it */
  PL_SECOND_SURE
} pl_second;
/* What stands below the header, rows[0]; *count: how many rows that is said of. */
pl_second pl_shape_second(const pl_shape_text *text, const pl_shape_row *rows, size_t n,
                          size_t *count, bool *memory);

/* --- shape_delimiter.c --- */
/* Decides text->delimiter. */
pl_status pl_shape_delimiter(pl_input *input, pl_shape_text *text, pl_error *err);
/* With the declared delimiter every row is one cell: an error where with another
 * one they are a table. */
pl_status pl_shape_declared(const pl_input *input, const pl_shape_text *text, pl_error *err);

/* --- shape_blocks.c: several tables in one text --- */
typedef struct pl_shape_block {
  pl_shape_spot from;   /* its first heading, or header */
  pl_shape_spot to;     /* behind its last row */
  pl_shape_spot header; /* where its header probably is */
  uint32_t rows;        /* not blank */
  bool commented;       /* a # line stands above the header */
  bool bare;            /* nothing but a blank line sets it apart from the one before */
  pl_str heading;       /* of the text; {NULL, 0}: none */
} pl_shape_block;
typedef struct pl_shape_blocks {
  bool eager; /* given: what is only perhaps a table is one */
  pl_shape_block items[PL_SHAPE_BLOCKS];
  size_t n;
  pl_shape_row doubts[PL_SHAPE_DOUBTS]; /* records that may be the header of another table */
  size_t doubts_n;
  bool transposed; /* the first is lines of `"Key:","value"` */
  bool memory;     /* was out */
} pl_shape_blocks;
/* At least one; sets all but `eager`. */
void pl_shape_blocks_find(const pl_shape_text *text, pl_shape_blocks *out);
/* Unique names for them, in the arena; false: memory. */
bool pl_shape_blocks_name(const pl_shape_text *text, const pl_shape_blocks *blocks, pl_arena *arena,
                          pl_block *out);
/* A blank line, or one of delimiters only, behind byte `from`? */
bool pl_shape_has_gap(const char *p, size_t n, size_t from);

/* --- shape_again.c: the header of another table, where all is text? --- */
typedef enum pl_again_verdict { PL_AGAIN_NO, PL_AGAIN_PERHAPS, PL_AGAIN_YES } pl_again_verdict;
typedef struct pl_again {
  const pl_shape_text *text;
  uint32_t width;
  const pl_shape_row *names;  /* the header above */
  pl_shape_spot above, below; /* where records begin */
  size_t above_end;
  const pl_shape_row *header; /* what may be one */
  bool titled;                /* below a line of one cell */
} pl_again;
pl_again_verdict pl_shape_again(const pl_again *question, bool *memory);

/* --- shape_pairs.c: `"Title:","…"` --- */
/* How many lines of a key and its value the text has between two bytes; 0 where a
 * row of another kind stands among them. */
size_t pl_shape_pairs(const pl_shape_text *text, pl_shape_spot from, bool *memory);
/* Reads them as one record. */
pl_status pl_shape_transpose(pl_input *input, const pl_shape_text *text, pl_shape_spot from,
                             pl_error *err);

/* --- shape_total.c: rows of totals --- */
typedef enum pl_row_verdict {
  PL_ROW_NO,
  PL_ROW_MAYBE,  /* one cell: a remark, if it stands among others */
  PL_ROW_DOUBT,  /* a record that may be a total: kept, and said */
  PL_ROW_REMARK, /* words, or delimiters alone */
  PL_ROW_TOTAL
} pl_row_verdict;
typedef struct pl_totals {
  pl_input *input; /* its columns are known */
  pl_shape_text text;
  pl_shape_rows rows;
  bool below;      /* the records stand below the row that is judged, not above it */
  uint8_t *kinds;  /* of the row that is looked at */
  uint8_t *common; /* per column: what the records have there */
  pl_buf cell, other;
  bool memory; /* was out */
} pl_totals;
/* Room for kinds, once `input` is set; false: memory. Close it even then. */
bool pl_totals_open(pl_totals *totals);
void pl_totals_close(pl_totals *totals);
/* The first cell that is not blank, its text in totals->cell. */
uint32_t pl_totals_first(pl_totals *totals, const pl_shape_row *row);
pl_row_verdict pl_totals_judge(pl_totals *totals, size_t row);

/* --- shape_json.c --- */
pl_status pl_shape_json(pl_input *input, pl_error *err);

/* --- shape.c --- */
/* Notes rows that are skipped; `text` is the first of them. False: memory. */
bool pl_shape_skip(pl_input *input, pl_skipped what, pl_str text);
/* Notes a record that may be none. */
bool pl_shape_keep(pl_input *input, pl_doubt as, uint32_t line, pl_str text);
/* n bytes of the file as a text; free text.p. */
pl_status pl_shape_load(const pl_input *input, uint64_t at, size_t n, pl_shape_text *out,
                        pl_error *err);

#endif
