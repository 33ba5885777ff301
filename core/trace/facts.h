/* What the columns of an export hold, measured from all of its records in one
 * reading: for `sniff`, which shows it, and `init`, which proposes a workspace
 * from it. Measures only; what follows from it is Lua's to say (lua/plumbline/init).
 *
 * Memory is bounded by the limits below, whatever the export holds; where a limit
 * was met the facts say so. Nothing depends on the order of hashes. */
#ifndef PL_TRACE_FACTS_H
#define PL_TRACE_FACTS_H

#include "base/value.h"
#include "read/input.h"

#define PL_FACTS_RECORDS 5000000u         /* of one table; further ones are not looked at */
#define PL_FACTS_DISTINCT (4u << 20)      /* values remembered, all columns of a table together */
#define PL_FACTS_DISTINCT_LEAST 4096u     /* of one column, at the least, */
#define PL_FACTS_DISTINCT_MOST (1u << 19) /* and at the most */
#define PL_FACTS_OVERLAP 16384u           /* of one column, when columns are compared */
#define PL_FACTS_VALUES 64                /* a column of more values than these is not listed */
#define PL_FACTS_SAMPLES 3
#define PL_FACTS_TEXT 200 /* bytes of a value that is shown */
#define PL_FACTS_REJECTS 5

/* ---- sets of values (facts_sketch.c) -------------------------------------------
 * The hashes of distinct values. Above `limit` only those below a ceiling are
 * kept, which is halved as often as needed: what is left is a sample of values,
 * not of records, that depends on the values alone and not on their order
 * (adaptive sampling: M. Wegman; P. Flajolet, Computing 43, 1990). Two sets are
 * compared below the lower of their ceilings. */
typedef struct pl_sketch {
  uint64_t *slots; /* hashes; 0: none. The lowest bit: this value repeats, and the
                      records differ */
  uint32_t *rows;  /* of the first record with the value; NULL when frozen */
  size_t cap, n, limit;
  uint64_t seed;     /* where a hash stands; decides nothing else */
  unsigned halvings; /* the ceiling is 2^(64 - halvings); 0: every value is here */
} pl_sketch;

uint64_t pl_sketch_hash(pl_str value);
/* Adds a value that stands in a record with this hash; false: memory. */
bool pl_sketch_add(pl_sketch *sketch, uint64_t value, uint32_t row);
/* Is the value among those that are kept? Never for one above the ceiling. */
bool pl_sketch_has(const pl_sketch *sketch, uint64_t value);
/* How many distinct values; an estimate where the ceiling was lowered. */
uint64_t pl_sketch_count(const pl_sketch *sketch);
/* Does any value stand in two records that differ? */
bool pl_sketch_repeats(const pl_sketch *sketch);
/* Lowers the limit, forgets the records. False: memory, and nothing changed. */
bool pl_sketch_freeze(pl_sketch *sketch, size_t limit);
bool pl_sketch_copy(const pl_sketch *from, pl_sketch *to);
void pl_sketch_free(pl_sketch *sketch);

/* ---- one table ------------------------------------------------------------------- */
typedef struct pl_facts pl_facts;

typedef struct pl_facts_options {
  const pl_json_decoder *json;
  const volatile bool *cancel; /* may be NULL */
  uint64_t records;            /* at most so many; 0: PL_FACTS_RECORDS */
  /* How far one file is read, of its decoded bytes; NULL: nobody asks. */
  void (*progress)(void *ctx, uint64_t done, uint64_t total);
  void *progress_ctx;
} pl_facts_options;

/* A table of the columns that `input` has. */
pl_status pl_facts_open(const pl_facts_options *options, const pl_input *input, pl_facts **out,
                        pl_error *err);
/* Reads all records of one file of the table, which must have the same columns.
 * Rows that cannot be used are counted. PL_E_INPUT: the file cannot be read to
 * its end. */
pl_status pl_facts_read(pl_facts *facts, pl_input *input, pl_error *err);
/* The facts so far, in `arena`:
 *
 *   records int · rejected int · cut true (the limit was met)
 *   rejects [{file, line, code, message}]        the first few
 *   columns [{
 *     name · blank int · values int (not blank) · distinct int · exact bool
 *     unique bool          no two records that differ share a value
 *     kind "text" | "number" | "time" | "empty"
 *     numbers "1.234,56"   the style, where the values prove one
 *     percent, currency    signs that stand beside the numbers
 *     format               of times: what config says for it; absent: ISO
 *     dates, clocks bool   of times: some are days, some are moments
 *     least, most          smallest and largest (texts: bytewise); absent: not known
 *     samples [text]       the first values in the file
 *     listed [{text, count}]   all values, most first; only where they are few
 *     tokens [text]        texts that mean "no value"
 *     separator ";"        some cells hold several values
     zeros true           texts of digits, some with zeros in front: no numbers to reckon with
     same_days [name]     of times: the same day as this column in every record that has both
     unique_first true    of several files: unique within the first
 *     ambiguous {message, number bool, readings [{declare, text}]}
 *     almost {kind, fits, wrong, line, text}   all but a few are numbers or times, and the
 *                          first that is not
 *   }]                                                                            */
pl_status pl_facts_tell(const pl_facts *facts, pl_arena *arena, pl_value **out, pl_error *err);
void pl_facts_close(pl_facts *facts);

/* The shape of a file: format, encoding, delimiter, … as config names them, and
 * what was skipped. Only what was looked for and found; in `arena`. */
pl_value *pl_facts_shape(const pl_input *input, pl_arena *arena);

/* ---- between tables (facts_overlap.c) ----------------------------------------------- */
/* Frees what only one table needs, so that many can be held. */
pl_status pl_facts_freeze(pl_facts *facts, pl_error *err);
/* Columns of different tables that have values in common, sorted by table and
 * column, in `arena`:
 *   [{here {table, column, form?}, there {table, column, form?}, here_values,
 *     there_values, common, exact bool, few true?}]
 * Tables and columns count from 1. `form` says what of the cell was compared:
 * "list" (each value between separators) or "email" (folded as clean("email")
 * does), or "zeros" (digits without zeros in front); absent: the cell. `few`: one of
 * the columns has so few values that sharing them says little. The three counts are of distinct
 * values, all taken from the same sample where `exact` is false. */
pl_status pl_facts_overlaps(pl_facts *const *tables, size_t n, pl_arena *arena, pl_value **out,
                            pl_error *err);

/* ---- a folder (facts_folder.c) -------------------------------------------------------- */
#define PL_FACTS_DEPTH 3
#define PL_FACTS_FILES 2000

/* The exports below a folder, sorted bytewise by their path in it, in `arena`:
 *   [{path, refused? text}]     refused: why it is not read
 * Looked for by their endings (.csv .tsv .txt .json .ndjson .jsonl, also with .gz
 * or .zst behind), PL_FACTS_DEPTH folders deep; hidden ones and those that are the
 * workspace's own are left out. A link is followed to a file inside the folder
 * and nowhere else. */
pl_status pl_facts_folder(const char *directory, pl_arena *arena, pl_value **out, pl_error *err);

/* Adds to such a list, of files that are read: `bytes`, and `copy_of` (a path) to a
 * file whose bytes are those of another; of several, the one with the shortest name
 * stays without. (facts_copies.c) */
pl_status pl_facts_copies(const char *directory, pl_arena *arena, pl_value *files, pl_error *err);

#endif
