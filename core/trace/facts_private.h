/* What the files of facts share and nobody else includes. */
#ifndef PL_TRACE_FACTS_PRIVATE_H
#define PL_TRACE_FACTS_PRIVATE_H

#include "read/column.h"
#include "trace/facts.h"

#define PL_FACTS_PROBES 128 /* values looked up before two columns are compared whole */

/* A value of a column that has few. */
typedef struct pl_listed {
  uint64_t hash, count;
  pl_str text;
} pl_listed;

/* What of a cell is compared with other columns. */
enum { PL_FORM_CELL, PL_FORM_SEMICOLON, PL_FORM_COMMA, PL_FORM_EMAIL, PL_FORM_ZEROS, PL_FORMS };

typedef struct pl_fact_column {
  pl_str name;
  uint64_t values, blanks;
  pl_sketch sets[PL_FORMS];
  uint64_t lists[PL_FORMS]; /* cells with that separator, e-mail addresses, zeros in front */
  char joint;               /* what PL_FORM_SEMICOLON stands for: ';', or in JSON an array's */
  bool plain[PL_FORMS];     /* separators are a part of texts here */
  pl_listed listed[PL_FACTS_VALUES];
  size_t listed_n;
  bool many;          /* more values than are listed */
  pl_str least, most; /* texts, bytewise; at most PL_FACTS_TEXT bytes */
  pl_column_look look;
  /* Numbers and times are compared in the style that the first records suggest;
   * void if the whole column has another. */
  bool settled;
  bool is_text;   /* nothing in the first records is a number or a time: not looked for further */
  pl_buf fold[2]; /* of e-mail addresses, from cell to cell */
  pl_column_kind kind;
  pl_number_style style;
  pl_time_reader reader;
  char declare[PL_TIME_DECLARE];
  bool ranged, finer; /* finer: numbers with more decimals than are kept */
  pl_number low, high;
  pl_time first, last;
  int32_t day;          /* of the record that is being noted; PL_NO_DAY: none */
  bool once_first;      /* in the first file alone no value stood in two records that differ */
  bool unique, amounts; /* frozen; amounts: numbers that are no ids */
  uint64_t probes[PL_FACTS_PROBES]; /* frozen: the smallest hashes of the cells */
} pl_fact_column;

#define PL_NO_DAY INT32_MIN
#define PL_FACTS_DAYS 12 /* columns of times that are compared with each other */

/* In how many records two columns of times have a day both, and the same one. */
typedef struct pl_same_days {
  size_t a, b; /* columns; a < b */
  uint64_t both, same;
} pl_same_days;

struct pl_facts {
  pl_facts_options options;
  pl_arena arena;
  pl_zone *zone;
  pl_fact_column *columns;
  size_t columns_n;
  uint64_t records, rejected;
  pl_same_days days[PL_FACTS_DAYS * (PL_FACTS_DAYS - 1) / 2];
  size_t days_n;
  const char **files; /* as they are shown */
  size_t files_n, files_cap;
  bool cut, machine;
  struct pl_fact_reject {
    const char *file;
    uint32_t line;
    int code;
    pl_str message;
  } rejects[PL_FACTS_REJECTS];
  size_t rejects_n;
  struct pl_fact_maybe { /* a record that may be none */
    const char *file, *block;
    uint32_t line, rows, header;
    pl_doubt as;
    pl_str text;
  } * maybe;
  size_t maybe_n, maybe_cap;
};

/* --- facts_column.c --- */
bool pl_fact_column_open(pl_fact_column *column, pl_arena *arena, pl_str name, size_t limit,
                         bool machine, const pl_zone *zone);
void pl_fact_column_close(pl_fact_column *column);
/* Counts a cell that is not blank; false: memory. */
bool pl_fact_column_note(pl_fact_column *column, pl_arena *arena, pl_str cell, uint32_t row,
                         bool machine, pl_look_place place);
/* Decides, from what was noted so far, how values are compared. */
void pl_fact_column_settle(pl_fact_column *column);
void pl_fact_column_range(pl_fact_column *column, pl_str cell, bool machine);
pl_value *pl_fact_column_tell(const pl_fact_column *column, const char *const *files,
                              pl_arena *arena);
/* Which separator joins values in cells of this column; 0: none does. */
char pl_fact_separator(const pl_fact_column *column);
/* What the column holds, as pl_column_look_finish says it, but texts where plain
 * numbers have zeros in front: those are postal codes, telephone numbers, ids. */
void pl_fact_column_look(const pl_fact_column *column, pl_column_look_result *out);
bool pl_fact_has_emails(const pl_fact_column *column);

/* --- facts_days.c: once the columns are settled; after each record; at the end --- */
void pl_facts_days_open(pl_facts *facts);
void pl_facts_days_note(pl_facts *facts);
void pl_facts_days_tell(const pl_facts *facts, pl_arena *arena, pl_value *columns);

#endif
