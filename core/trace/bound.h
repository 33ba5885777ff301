/* The bound plan: every name of the model resolved to a source, a slot (a used
 * column of a source) or a function; every style known. What survey, load and
 * run work on. Made by pl_bind from headers only; read-only afterwards, except
 * for what survey and load fill in (marked). */
#ifndef PL_TRACE_BOUND_H
#define PL_TRACE_BOUND_H

#include "base/dict.h"
#include "base/value.h"
#include "read/rejects.h"
#include "trace/model.h"

#define PL_NO_SLOT (-1)

/* One value of one record, in the representations that its column's uses ask
 * for. A blank cell has text {"",0} and no number or time. */
typedef struct pl_cell {
  pl_str text;
  pl_number number;
  pl_time time;
  bool blank;
} pl_cell;

/* NUMBER and TIME reject a record whose value is none. Conditions of rule files
 * must not: they read the text themselves; TIME_TEXT and NUMBER_TEXT say that one
 * reads times or numbers, so that how they are written is found out. */
enum {
  PL_USE_TEXT = 1,
  PL_USE_NUMBER = 2,
  PL_USE_TIME = 4,
  PL_USE_TIME_TEXT = 8,
  PL_USE_NUMBER_TEXT = 16,
  PL_USES_NUMBER = PL_USE_NUMBER | PL_USE_NUMBER_TEXT,
  PL_USES_TIME = PL_USE_TIME | PL_USE_TIME_TEXT
};

/* How a slot's numbers are written. Filled by looking, as far as not declared. */
typedef struct pl_slot_numbers {
  bool declared;  /* the style is */
  bool looked;    /* values were seen beforehand, so that signs beside them are checked */
  bool open;      /* every style reads what was seen: plain, until a value tells */
  bool undecided; /* a sample fits two meanings: only the whole column can tell */
  bool any_sign;  /* each record's currency is known: signs may differ */
  bool json;  /* every file is JSON: what reads as a plain number is one, whatever is declared */
  bool mixed; /* some files are JSON, others are not */
  uint8_t json_kinds; /* what their values in JSON were seen to be (styles.h) */
  bool percent;
  uint8_t currency; /* base/currency.h; 0: no sign seen */
} pl_slot_numbers;

typedef struct pl_expression pl_expression; /* a bound computed column (expression.h) */
typedef struct pl_predicate pl_predicate;   /* compiled conditions (condition.h) */

/* Times whose format is a profile's word, where the values would read in another as well. */
typedef struct pl_time_doubt {
  char example[64], read[PL_TIME_TEXT];               /* a value, and what it was read as */
  char says[PL_TIME_DECLARE], other[PL_TIME_DECLARE]; /* the profile's format, and the other */
  bool whole;                                         /* every value of the column was seen */
} pl_time_doubt;

typedef struct pl_slot {
  const char *name;
  uint8_t uses;
  pl_expression *compute; /* NULL: a column of the file */
  char list_separator;    /* not 0: the cell holds several values (PL_COMPUTE_LIST) */
  pl_number_style numbers;
  pl_slot_numbers how;
  pl_time_reader reader;         /* style filled by sampling when not declared */
  bool style_declared;           /* of times */
  bool by_profile;               /* declared by a profile, not in audit.lua */
  const pl_time_doubt *doubt;    /* NULL: none; by_profile */
  bool undecided;                /* of times: as for numbers */
  char declare[PL_TIME_DECLARE]; /* the format that times were found to have; "": ISO or several */
  bool has_dates, has_instants;  /* seen (sample or survey): dates without / with times */
} pl_slot;

typedef struct pl_source {
  const pl_source_def *def;
  int index; /* in pl_bound.sources */
  bool is_deals;
  bool held;         /* some plan enters it by a step, or it is looked up */
  bool started;      /* some plan starts from it */
  pl_input **inputs; /* files, sorted by shown path */
  size_t inputs_n;
  pl_dialect *dialects; /* [input] */
  pl_str **names;       /* [input][cell] -> what it is called here (bind_names.c); NULL: as there */
  size_t *names_n;      /* [input] cells that had a name when the file was opened */
  struct pl_name_clash *clashes; /* names that two headers of a file fit */
  uint32_t first_file;           /* index of inputs[0] among all files of the run */
  int **cell_of;                 /* [input][slot] -> cell of its records; -1: computed, or a path
                                    that this (JSON) input does not have: blank */
  bool **wanted;                 /* [input][cell]: what pl_input_chunk should fill */
  pl_slot *slots;
  size_t slots_n;
  int *order; /* all slots, as they are computed: first those that `where` needs
                 (filtered_n), then those of the time (timed_n), then the rest */
  size_t filtered_n, timed_n;
  int key[PL_MAX_KEY]; /* slots of the identity */
  size_t key_n;
  int time; /* slot or PL_NO_SLOT */
  int duplicates_by;
  int64_t fresh_us;    /* -1: not asked */
  pl_predicate *where; /* NULL: none */
  /* deals only; PL_NO_SLOT where not mapped */
  int status, amount, currency, closed, created;
} pl_source;

/* Step k: records of the table before it (`here` slots) to records of `to`. */
typedef struct pl_step {
  const pl_step_def *def;
  pl_source *from, *to;
  int here[PL_MAX_KEY], there[PL_MAX_KEY];
  size_t key_n;
  pl_predicate *where; /* on `to`; NULL: none */
  bool next;
} pl_step;

typedef struct pl_branch {
  const pl_trace_def *def;
  pl_source *from;
  pl_predicate *where; /* on `from` */
  pl_step *steps;      /* steps_n == 0: from "deals" itself */
  size_t steps_n;
  int64_t within_us; /* the tightest of metric/audit and steps; -1: none */
  int by_step;       /* where `by` is read: 0 = origin, k = the table step k enters, -1: not here */
  int by_slot;
} pl_branch;

typedef enum pl_before { PL_BEFORE_CLOSED, PL_BEFORE_CREATED, PL_BEFORE_ANY } pl_before;

typedef struct pl_metric {
  const pl_metric_def *def;
  int index;              /* in pl_bound.metrics == position in the report */
  const pl_error *failed; /* cannot be audited; from the model or from binding */
  int failed_code;
  pl_branch *branches;
  size_t branches_n;
  pl_before before;
  int64_t min_won;
  bool by; /* a breakdown is asked for */
} pl_metric;

/* Where dated rates stand; source NULL: fixed rates or none. */
typedef struct pl_rates_plan {
  struct pl_source *source; /* before the deals in load_order; not held for it */
  int currency, rate;       /* slots; both as text */
  int date;                 /* PL_NO_SLOT: one rate per currency */
  int64_t max_age_us;       /* -1: none */
} pl_rates_plan;

typedef struct pl_bound {
  pl_arena arena;
  const pl_model *model;
  pl_zone *zone;                /* the audit's */
  pl_time as_of;                /* us: the last instant that counts; day in zone */
  int64_t cycle_us;             /* declared, else -1 */
  int32_t since_day, until_day; /* period; INT32_MIN / INT32_MAX: open */
  pl_source *sources;           /* declaration order; the deals source is among them */
  size_t sources_n;
  pl_source *deals;
  pl_metric *metrics;
  size_t metrics_n;
  const char **files; /* shown paths of all files of the run, by file index */
  size_t files_n;
  /* fixed or dated rates, loaded from their source (survey/load fills it) */
  struct pl_rates *rates;
  pl_rates_plan rates_plan;
  int *load_order; /* all sources_n source indexes, each after those it looks up */
  /* A survey is under way: every record is PL_ROW_USED (no filter, no as_of, no
   * reject for a number or time), so that it sees all values. Scans must not
   * look for duplicates meanwhile. Set and cleared by the caller. */
  bool surveying;
  bool surveyed;            /* styles rest on whole columns: nothing is contradicted any more */
  struct pl_bound_own *own; /* bind.h */
} pl_bound;

typedef struct pl_bind_options {
  const char *as_of; /* overrides the model's, or NULL */
  const pl_json_decoder *json;
  bool headers_only;           /* check: no sampling beyond the head */
  const volatile bool *cancel; /* may be NULL; set: stop waiting for pipes */
} pl_bind_options;

/* Binds. Errors in audit.lua, a source or deals are returned (PL_E_USAGE, or
 * PL_E_INPUT for a file); an error in a metric marks that metric failed (code
 * 110) and binding goes on. Styles of number and time columns that are not
 * declared are settled from a sample (first 64 KiB of each file), those of files
 * that different tools wrote each for itself; no reading
 * fits, or two do in all of a file: an error that shows the value and the config
 * line that settles it. A table that no plan uses is
 * still opened and its header checked. */
pl_status pl_bind(const pl_model *model, const pl_bind_options *options, pl_bound **out,
                  pl_error *err);
void pl_bound_free(pl_bound *bound);

/* ---- evaluating one record (expression.c, condition.c, row.c) ------------- */
typedef enum pl_row_fate {
  PL_ROW_USED,
  PL_ROW_REJECTED,
  PL_ROW_FILTERED,   /* the source's where */
  PL_ROW_AFTER_AS_OF /* its time is later than as_of */
} pl_row_fate;

static inline bool pl_is_after(pl_time t, pl_time as_of) {
  if (t.kind == PL_TIME_NONE) return false;
  return t.kind == PL_TIME_DATE ? t.day > as_of.day : t.us > as_of.us;
}

/* Blank, or one of the texts that the source says are: of a cell, and of one value
 * of a column that holds several. */
bool pl_counts_as_blank(const pl_source_def *def, pl_str text);
/* The same for a whole list: is there no value in it? */
bool pl_list_is_blank(const pl_source_def *def, pl_str text, char separator);

/* Scratch of one thread: text made by computed columns until the next row. */
typedef struct pl_scratch {
  pl_buf *texts; /* one per slot of the widest source */
  size_t texts_n;
  void *predicate;        /* PCRE2 match data */
  bool out_of_memory;     /* a computed cell could not be made: the row is not to be relied on */
  uint64_t blank_lookups; /* misses of lookup and sum so far; a blank key is not one */
  /* conditions of rule files: records left out only because a value is no number
   * or time, and values that were one */
  uint64_t unreadable, readable;
  /* set by pl_row_eval when a sampled style turns out wrong for the whole column
   * (another style, another sign, dates where only instants were seen, …) */
  int contradicted_slot;      /* -1: none so far */
  struct pl_scratch_own *own; /* expression.h */
} pl_scratch;
bool pl_scratch_open(pl_scratch *scratch, const pl_bound *bound);
void pl_scratch_close(pl_scratch *scratch);

/* Fills slots (source->slots_n cells) from a record of input `input`. On
 * PL_ROW_REJECTED fills `reject` (code, message, column of the cell). A number
 * or time that does not parse rejects the row only in slots whose uses ask for
 * it. Safe from several threads, each with its own scratch. */
pl_row_fate pl_row_eval(const pl_bound *bound, const pl_source *source, size_t input,
                        const pl_record *record, pl_scratch *scratch, pl_cell *slots,
                        pl_reject *reject);

/* The cell of the file that a slot's value came from; SIZE_MAX for none. */
size_t pl_cell_behind(const pl_source *source, size_t input, int slot);

/* True when every condition holds. A value that is not the number or time that a
 * condition of a rule file needs meets neither the condition nor its opposite;
 * scratch->unreadable counts records left out for that alone. `failed` is set (and false returned)
 * when a PCRE2 limit was met; the caller marks the metric as failed with code 111. */
bool pl_predicate_holds(const pl_predicate *predicate, const pl_cell *slots, pl_scratch *scratch,
                        bool *failed);
/* How many of its conditions compare a column with plain texts; `all`: there are
 * no others. */
size_t pl_predicate_equalities(const pl_predicate *predicate, bool *all);
/* The nth of them (0 …): its slot, and the texts of which one must be there. */
void pl_predicate_equality(const pl_predicate *predicate, size_t nth, int *slot,
                           const pl_str **texts, size_t *n);
/* Text that is equal for equal predicates of one source (sharing of routes). */
const char *pl_predicate_signature(const pl_predicate *predicate);

/* A held table was loaded: gives it to every lookup and sum on it. PL_E_INPUT
 * (both places, and the hint to use `sum`) when a lookup's key is not unique.
 * The table must outlive the use of `bound`. */
struct pl_table;
pl_status pl_expressions_attach(pl_bound *bound, pl_source *loaded, struct pl_table *table,
                                pl_error *err);
/* Before tables are freed while `bound` is still scanned: lookups give blank
 * until they are attached again. */
void pl_expressions_detach(pl_bound *bound);

/* ---- survey of styles ------------------------------------------------------ */
/* Settles the styles of undeclared number and time columns from every value,
 * after a sampled one was contradicted. Notes may come from several threads. */
typedef struct pl_styles pl_styles;
pl_styles *pl_styles_new(pl_bound *bound);
void pl_styles_free(pl_styles *styles);
void pl_styles_note(pl_styles *styles, const pl_source *source, const pl_cell *slots, uint32_t file,
                    uint32_t line);
/* Sets styles, has_dates and has_instants, and bound->surveyed. A metric that
 * cannot live with what was found is marked failed; what concerns audit.lua is
 * returned. */
pl_status pl_styles_settle(pl_styles *styles, pl_error *err);

/* ---- functions: survey and ask ------------------------------------------------ */
/* Needs of the Lua functions: collects the distinct tuples that each function
 * must answer. Present when any bound expression or predicate calls Lua. */
bool pl_bound_asks(const pl_bound *bound);
bool pl_source_asks(const pl_bound *bound, const pl_source *source);
/* Functions may read looked-up columns: go through load_order, and for each
 * source that asks: scan it (surveying), ask until nothing is left, only then
 * load it if it is held, and attach. One distinct-value collector per (function, argument columns).
 * The survey feeds rows; then rounds: pl_asks_next fills the next batch (functions whose arguments
 * are all known), the caller answers, pl_asks_answer stores. */
typedef struct pl_asks pl_asks;
pl_asks *pl_asks_new(pl_bound *bound);
void pl_asks_free(pl_asks *asks);
/* Called for every record that the survey sees, after pl_row_eval with unknown
 * answers treated as blank; from any thread. At most PL_MAX_DISTINCT tuples per function. */
#define PL_MAX_DISTINCT 1000000
pl_status pl_asks_row(pl_asks *asks, const pl_source *source, const pl_cell *slots, pl_error *err);
/* One question: tuples sorted bytewise. */
typedef struct pl_question {
  pl_function call;
  bool want_text;
  size_t parameters;
  const pl_str *values; /* n × parameters */
  size_t n;
} pl_question;
/* The next round; false when all is answered. */
bool pl_asks_next(pl_asks *asks, pl_question **questions, size_t *n);
/* The answers of question i of this round (copied). failed != NULL: all metrics
 * or columns that need it fail with it (a source's or the deals' column: the
 * error is returned by pl_asks_finish). */
pl_status pl_asks_answer(pl_asks *asks, size_t i, const pl_str *texts, const bool *truths,
                         const pl_error *failed, int failed_code);
pl_status pl_asks_finish(pl_asks *asks, pl_error *err);
/* What audit.lua computes failed so far: PL_E_USAGE with the function's place. */
pl_status pl_asks_failed(const pl_asks *asks, pl_error *err);

#endif
