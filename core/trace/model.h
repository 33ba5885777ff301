/* The model: what audit.lua and the rule files declare, as plain data. Built by
 * rule/ from what the workers send, read by bind. Names are still names here;
 * nothing is resolved. All memory belongs to the model's arena; strings are
 * NUL-terminated; an absent text is NULL; every thing knows its place. */
#ifndef PL_TRACE_MODEL_H
#define PL_TRACE_MODEL_H

#include "base/alloc.h"
#include "base/error.h"
#include "base/money.h"
#include "base/str.h"
#include "base/time.h"
#include "read/input.h"

#define PL_MAX_STEPS 16
#define PL_MAX_KEY 8       /* columns of a composite key */
#define PL_MAX_BRANCHES 32 /* traces in one `any` */
#define PL_MAX_METRICS 5000

typedef struct pl_texts {
  const char **items;
  size_t n;
} pl_texts;

/* A Lua function that a worker holds: which worker, which function. */
typedef struct pl_function {
  int worker; /* index into the model's rule files; -1: audit.lua; -2: none */
  int id;
} pl_function;
#define PL_NO_FUNCTION ((pl_function){-2, 0})

/* ---- conditions ---------------------------------------------------------- */
typedef enum pl_condition_kind {
  PL_COND_EQUAL,   /* any of `values`, as text; a Lua number compares as a number */
  PL_COND_LIKE,    /* any of `values` as globs */
  PL_COND_MATCHES, /* values[0] as PCRE2 */
  PL_COND_RANGE,   /* low/high, each optional */
  PL_COND_BLANK,
  PL_COND_NOT, /* not child */
  PL_COND_CALL /* a Lua function of one value */
} pl_condition_kind;

typedef struct pl_literal {
  const char *text; /* decimal text when number */
  bool number;      /* written as a Lua number */
} pl_literal;

typedef struct pl_condition pl_condition;
struct pl_condition {
  pl_condition_kind kind;
  const char *column; /* of the table that the step entered */
  pl_site site;
  pl_literal *values;
  size_t values_n;
  /* RANGE: bounds that are Lua numbers compare numbers; text bounds must be
   * ISO dates or times and compare times. Absent bound: text == NULL. */
  pl_literal low, high;
  bool low_open, high_open;  /* gt / lt: the bound itself is outside */
  const pl_condition *child; /* NOT: same column */
  pl_function call;
};
typedef struct pl_conditions { /* all must hold */
  pl_condition *items;
  size_t n;
} pl_conditions;

/* ---- computed columns ----------------------------------------------------- */
typedef enum pl_compute_kind {
  PL_COMPUTE_LOOKUP,   /* table, keys, take */
  PL_COMPUTE_SUM,      /* table, keys, take: a number */
  PL_COMPUTE_CONSTANT, /* value */
  PL_COMPUTE_CLEAN,    /* inputs[0], words */
  PL_COMPUTE_MAP,      /* inputs[0], pairs from -> to; otherwise the value as it is */
  PL_COMPUTE_LIST,     /* inputs[0], words[0] = separator */
  PL_COMPUTE_DERIVE    /* inputs, call */
} pl_compute_kind;

typedef struct pl_key { /* the columns of a join */
  const char *here[PL_MAX_KEY];
  const char *there[PL_MAX_KEY];
  size_t n;
} pl_key;

typedef struct pl_compute {
  pl_compute_kind kind;
  const char *name; /* the new column; for an inline one a made-up "(status)" */
  pl_site site;
  const char *table;
  pl_key key;
  const char *take;
  pl_literal value;
  pl_texts inputs;
  pl_texts words;
  pl_texts from, to; /* MAP, pairwise, sorted by `from` */
  pl_function call;
} pl_compute;

/* ---- sources, deals, links ------------------------------------------------- */
typedef struct pl_time_column { /* a column that holds times */
  const char *column;           /* NULL: none */
  const char *format;   /* NULL: by looking; else "epoch", "epoch_ms", "excel", "excel_1904" or
                           a %-format */
  const char *timezone; /* NULL: the audit's */
  pl_site site;
  bool optional;   /* from a profile: where no file has the column, there is no such time */
  bool by_profile; /* what it says is a profile's, and audit.lua says nothing of it */
} pl_time_column;

/* A column under another name than the file's. Headers are compared without
 * letter case and surrounding white space (header.h), never by position. */
typedef struct pl_name_def {
  const char *name;  /* what rules and audit.lua call it */
  const char *given; /* the file's header, as `names` says; NULL: by name or alias */
  pl_texts aliases;  /* of a profile */
  bool required;     /* the profile cannot do without it */
} pl_name_def;

typedef struct pl_list_def { /* a column of the file that holds several values */
  const char *column;
  char separator;
  bool optional; /* from a profile: the files may lack the column */
} pl_list_def;

typedef struct pl_number_column { /* how one column writes its numbers */
  const char *column;
  pl_number_style style;
  pl_site site;
} pl_number_column;

typedef enum pl_duplicates {
  PL_DUPLICATES_ERROR = 0, /* identical repeats collapse, differing ones are an error */
  PL_DUPLICATES_FIRST,     /* keep the earliest by duplicates_by */
  PL_DUPLICATES_LAST,
  PL_DUPLICATES_ALL
} pl_duplicates;

typedef struct pl_source_def {
  const char *name;
  pl_site site;
  pl_texts paths; /* as written: files or globs */
  pl_dialect dialect;
  bool format_given; /* else by the ending of each path */
  bool delimiter_given;
  pl_number_style numbers; /* of all its columns, where numbers_given: else by looking */
  bool numbers_given;
  pl_number_column *number_columns; /* declared one by one; sorted, unique */
  size_t number_columns_n;
  pl_texts key; /* 0..PL_MAX_KEY columns: a record's identity */
  pl_time_column time;
  const char *timezone;  /* of its times that name none; NULL: the audit's */
  pl_time_column *times; /* further columns with a declared format (`formats`) */
  size_t times_n;
  pl_conditions where;
  pl_texts blank;    /* texts that count as blank, beside the empty one */
  const char *fresh; /* "8d" or NULL */
  pl_duplicates duplicates;
  const char *duplicates_by; /* NULL: the source's time */
  pl_compute *columns;       /* in declaration order, names unique */
  size_t columns_n;
  const char *profile; /* what the names below are from; NULL: none */
  pl_name_def *names;  /* names unique */
  size_t names_n;
  pl_list_def *lists;
  size_t lists_n;
} pl_source_def;

/* status: a column and which of its values mean what; `others` names the list
 * that takes all unlisted values, or -1. A blank value is the text "". */
typedef enum pl_deal_status { PL_WON, PL_LOST, PL_OPEN, PL_IGNORED, PL_STATUSES } pl_deal_status;

typedef struct pl_deals_def {
  pl_source_def source; /* name "deals", key, where, columns, … as any source */
  const char *status;   /* column (may be computed, "(status)") */
  pl_texts values[PL_STATUSES];
  int others;           /* a pl_deal_status or -1 */
  bool status_given;    /* false: `status` must be a column holding won/lost/open */
  const char *amount;   /* column or NULL */
  const char *currency; /* column or NULL */
  bool amount_optional, currency_optional; /* as pl_time_column.optional */
  pl_time_column closed, created;
} pl_deals_def;

typedef struct pl_link_def {
  const char *from, *to;
  pl_key key; /* a link works in both directions */
  pl_site site;
} pl_link_def;

typedef struct pl_rates_def {
  bool given;
  pl_site site;
  pl_texts codes, rates; /* fixed rates, pairwise, or */
  const char *source;    /* a source with these columns: */
  const char *currency, *rate;
  const char *date;    /* NULL: one rate per currency; else the latest on or before the close */
  const char *max_age; /* "7d" or NULL */
} pl_rates_def;

/* ---- traces and metrics ----------------------------------------------------- */
typedef struct pl_step_def {
  const char *table;
  pl_site site;
  pl_key key; /* n == 0: by the declared link */
  pl_conditions where;
  const char *within; /* NULL or a duration */
  bool next;          /* which = "next" */
} pl_step_def;

typedef struct pl_trace_def { /* one branch */
  const char *table;
  pl_site site;
  pl_conditions where;
  pl_step_def *steps;
  size_t steps_n;
} pl_trace_def;

typedef struct pl_cost { /* as declared; for the reports */
  bool given;
  const char *money; /* decimal text or NULL */
  const char *hours;
  const char *per; /* "month", … */
} pl_cost;

typedef struct pl_metric_def {
  const char *department, *name, *id; /* id: "Department/name" */
  pl_site site;
  const char *title, *owner, *question, *definition, *unit, *note;
  pl_cost cost;
  pl_trace_def *branches; /* n == 0: untraced */
  size_t branches_n;
  const char *within;   /* NULL: the audit's */
  const char *before;   /* "closed", "created", "any" or NULL */
  const char *by_table; /* NULL: the origin */
  const char *by;       /* NULL: none */
  int64_t min_won;      /* 0: the audit's */
  pl_function judge;
  /* Set when this metric cannot be audited (its rule failed, a bind error):
   * a PL_E_RULE / PL_E_USAGE error with the code that explains it. */
  const pl_error *failed;
  int failed_code; /* 110 rule failed or bind error, 111 limit, 115 not fresh */
} pl_metric_def;

typedef struct pl_department_def {
  const char *name;
  const char *file;       /* shown path of the rule file */
  const pl_error *failed; /* the whole file failed: it has no metrics */
  int failed_code;
} pl_department_def;

typedef struct pl_policy {    /* thresholds that a policy may change (§4.4) */
  int64_t min_won;            /* 1 */
  double no_difference_below; /* 1.5 */
  double q;                   /* .10 */
  double few_keys;            /* .20 */
  int64_t few_keys_from;      /* 5 */
} pl_policy;

/* Records of the program's own, spooled. */
typedef struct pl_given {
  const char *path; /* what sources name; shown in places */
  const char *real; /* what is opened */
  pl_format format; /* NDJSON; JSON where there are none, as [] is not an empty file */
} pl_given;

typedef struct pl_model {
  pl_arena arena;
  const char *directory; /* the workspace, absolute */
  const char *title;
  pl_site site;
  const char *as_of;                   /* text as declared or given; NULL: now */
  const char *currency;                /* NULL: none named */
  const char *timezone;                /* "UTC" */
  const char *within, *before, *cycle; /* NULL: none */
  const char *since, *until;           /* period; dates */
  pl_policy policy;
  pl_function judge; /* for metrics without their own; rule/ gives it to them */
  pl_rates_def rates;
  pl_source_def *sources; /* in declaration order */
  size_t sources_n;
  pl_deals_def deals;
  bool deals_given;
  pl_link_def *links;
  size_t links_n;
  pl_department_def *departments; /* sorted bytewise by name; index = worker */
  size_t departments_n;
  pl_metric_def *metrics; /* sorted by department, then order of declaration */
  size_t metrics_n;
  pl_texts allowed; /* --allow paths */
  pl_given *given;  /* read where a source names their path */
  size_t given_n;
} pl_model;

#endif
