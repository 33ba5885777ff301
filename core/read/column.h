/* What the values of one column are: text, numbers in some style, or times in
 * some format. Fed every value of a column (or of a sample), it settles on the
 * one style that reads all of them, and tells when two styles with different
 * meanings do: never a guess. The audit and `sniff` both ask here, so that they
 * cannot disagree. Knows no files; a place is whatever the caller notes with it.
 *
 * Use: pl_column_look_open, pl_column_note for each value, pl_column_look_finish.
 * Nothing is allocated; a look is about 16 KB. Not thread safe: lock around note.
 * The outcome does not depend on the order of the values (an example is the
 * value with the smallest place). */
#ifndef PL_READ_COLUMN_H
#define PL_READ_COLUMN_H

#include "base/money.h"
#include "base/time.h"

/* What to look for; either or both. */
enum { PL_LOOK_NUMBERS = 1, PL_LOOK_TIMES = 2 };

/* Where a value stands. Compared by file, then line. */
typedef struct pl_look_place {
  uint32_t file, line;
  uint32_t length; /* of the record, and its offset: kept for the caller; 0: unknown */
  uint64_t offset;
} pl_look_place;

typedef struct pl_look_example {
  pl_look_place place;
  char text[64]; /* cut between characters where it is longer */
} pl_look_example;

typedef enum pl_look_state {
  PL_LOOK_SETTLED,   /* one style reads every value that can be read */
  PL_LOOK_NOTHING,   /* no value can be read (or there is none) */
  PL_LOOK_AMBIGUOUS, /* two styles read every value, with different results */
  PL_LOOK_MIXED,     /* no one style reads them all: examples[0] and [1] have none in common.
                        (Of times, a minority in another format is unreadable instead, where
                        the others read in one way only: see column_time.c) */
  PL_LOOK_PERCENT,   /* numbers: some with a percent sign (examples[0]), some without ([1]) */
  PL_LOOK_CURRENCIES /* numbers: two currency signs, of examples[0] and [1] */
} pl_look_state;

/* One way to read an example. */
typedef struct pl_look_reading {
  char declare[PL_TIME_DECLARE]; /* what config says: "1.234,56", "%d/%m/%Y %H:%M", "epoch" */
  char text[PL_TIME_TEXT];       /* and what the example then is: "1234", "2024-04-03" */
} pl_look_reading;

#define PL_LOOK_READINGS 3
#define PL_LOOK_SIGNS 4

typedef struct pl_number_look {
  pl_look_state state;
  pl_number_style style;        /* SETTLED, PERCENT, CURRENCIES */
  bool proven;                  /* false: no value had a separator (or none told the meanings of two
                                   styles apart): every style fits, and plain was chosen */
  bool open;                    /* several meanings fit all values, even though none of these values
                                   differs between them: more values may make it AMBIGUOUS */
  uint64_t fits;                /* values that some style reads */
  uint64_t unreadable;          /* values that none does; not those that mean "no value" */
  uint64_t percents;            /* of the values that fit: written 12% (read as 12) */
  uint64_t bare;                /* and with neither a percent nor a currency sign */
  uint8_t signs[PL_LOOK_SIGNS]; /* currency signs, in order of first place: base/currency.h */
  size_t signs_n;
  pl_look_example examples[2];                /* SETTLED, AMBIGUOUS: [0]; see the states */
  pl_look_example wrong;                      /* the first unreadable value */
  pl_look_reading readings[PL_LOOK_READINGS]; /* AMBIGUOUS: of examples[0] */
  size_t readings_n;
  uint64_t others; /* AMBIGUOUS: further values that read in these ways, differing */
  /* PERCENT or CURRENCIES with their two values, whatever the state is; else SETTLED.
   * (`state` is one of them only where the style is settled.) */
  pl_look_state marks;
  pl_look_example marked[2];
} pl_number_look;

typedef struct pl_time_look {
  pl_look_state state;
  pl_time_reader reader;         /* SETTLED: reads them; its format is a static text */
  char declare[PL_TIME_DECLARE]; /* what `format = ` would say: "%d/%m/%Y %H:%M", "epoch"; "" for
                            ISO, and where values differ in their clock (no one format reads all) */
  bool open;                     /* as for numbers */
  bool has_dates, has_instants;
  uint64_t fits, unreadable;
  pl_look_example examples[2];
  pl_look_example wrong;
  pl_look_reading readings[PL_LOOK_READINGS];
  size_t readings_n;
  uint64_t others;
} pl_time_look;

typedef enum pl_column_kind {
  PL_COLUMN_EMPTY,  /* no value */
  PL_COLUMN_TEXT,   /* some value is neither a number nor a time */
  PL_COLUMN_NUMBER, /* every value is a number (see its state) */
  PL_COLUMN_TIME    /* every value is a time (see its state). Plain digits count as times
                       where they are dates (20240314), not where they may be an epoch */
} pl_column_kind;

#define PL_LOOK_TOKENS 4

typedef struct pl_column_look_result {
  pl_column_kind kind;
  uint64_t values, blanks; /* blanks: empty, white space, and tokens */
  /* Texts met that mean "no value" in a number or time column ("--", "n/a"); in a
   * text column they are texts, so that `kind` TEXT does not count on them. */
  char tokens[PL_LOOK_TOKENS][16]; /* in the order met */
  size_t tokens_n;
  pl_number_look number; /* both are filled as far as they were asked for */
  pl_time_look time;
} pl_column_look_result;

typedef struct pl_column_look pl_column_look;

void pl_column_look_open(pl_column_look *look, unsigned what, const pl_zone *zone,
                         const pl_zone *days);
/* Counts one value. `machine`: from JSON, where 1.234 is one and a bit whoever
 * wrote it, and 1e3 a number. */
void pl_column_note(pl_column_look *look, pl_str value, bool machine, pl_look_place place);
/* Adds what another look of the same kind saw. `votes`: how its numbers are written
 * counts too. */
void pl_column_look_merge(pl_column_look *look, const pl_column_look *other, bool votes);
void pl_column_look_finish(const pl_column_look *look, pl_column_look_result *out);

/* A text that stands for "no value" in a number or time column: -- - – — n/a
 * #N/A (not set) null, white space around it and case aside. */
bool pl_column_is_token(pl_str text);

/* What one number alone tells: PL_LOOK_NOTHING (it is none), PL_LOOK_AMBIGUOUS, or
 * PL_LOOK_SETTLED: read alike by every style that reads it. */
pl_look_state pl_number_look_one(pl_str value, bool machine);

/* Says what is wrong, as the audit does behind `column "Amount" of "deals": `
 *   "1,234" can be read as 1234 (numbers = "1,234.56") or as 1.234 (numbers =
 *   "1.234,56"); 41 other values read both ways
 * `files`: names by place.file; NULL: places are said as "line 17". Appends
 * nothing for SETTLED and NOTHING. */
void pl_number_look_say(const pl_number_look *look, const char *const *files, pl_buf *out);
void pl_time_look_say(const pl_time_look *look, const char *const *files, pl_buf *out);

/* ---- the inside, here so that a look can live on a stack or in an array ---------- */
#define PL_LOOK_CLASSES 64 /* more than there are */

/* Values that the same styles read, with the same differences. */
typedef struct pl_look_class {
  uint64_t fits;    /* bits: styles that read it */
  uint64_t differs; /* of these, those whose result is not that of the lowest */
  uint64_t third;   /* and of those, whose is not that of their lowest: no value reads in
                       more than three ways */
  uint64_t count;
  uint64_t clocks; /* of times, as bits: the clocks seen behind dates (pl_time_clock) */
  bool has_dates, has_instants;
  pl_look_example first;
} pl_look_class;

typedef struct pl_look_tally {
  pl_look_class classes[PL_LOOK_CLASSES];
  size_t n;
  uint64_t all;  /* styles that read everything so far */
  uint64_t fits; /* values that any style reads */
  uint64_t unreadable;
  pl_look_example wrong;
} pl_look_tally;

struct pl_column_look {
  unsigned what;
  const pl_zone *zone, *days;
  uint64_t values, blanks;
  char tokens[PL_LOOK_TOKENS][16];
  size_t tokens_n;
  pl_look_tally numbers, times;
  /* of the numbers: written with a percent sign, without, with none of the signs */
  uint64_t percents, plain, bare;
  pl_look_example percent, number; /* the first with a percent sign, the first without */
  uint8_t signs[PL_LOOK_SIGNS];
  pl_look_example sign_first[PL_LOOK_SIGNS];
  size_t signs_n;
};

#endif
