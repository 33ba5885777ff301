/* plumbline: follow every tracked metric to closed-won deals.
 *
 * This is the one public header; it reads as the manual of the C library.
 *
 * Ownership: you free only what a function ending in `_open` or `_new`
 * returned, with the matching `_close` or `_free`. Everything else is borrowed
 * and lives until its parent is closed.
 *
 * Errors: functions that can fail return a pl_status and fill the pl_error the
 * caller owns (it may be NULL). The library never prints, exits or aborts.
 */
#ifndef PLUMBLINE_H
#define PLUMBLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PL_VERSION "0.1.0"

#if defined(__GNUC__)
#define PL_API __attribute__((visibility("default")))
#else
#define PL_API
#endif

/* What came of a call. The first five are the exit codes of the command line. */
typedef enum pl_status {
  PL_OK = 0,        /* done */
  PL_E_USAGE = 2,   /* the caller, the configuration or a binding is wrong */
  PL_E_INPUT = 3,   /* an export cannot be used */
  PL_E_PARTIAL = 4, /* something was not audited; the rest was */
  PL_E_OUTPUT = 5,  /* a result could not be written */
  PL_E_MEMORY = 6,  /* out of memory (exit code 3) */
  PL_E_RULE = 7,    /* a rule failed or met a limit; becomes PL_E_PARTIAL */
  PL_E_CANCELLED = 8
} pl_status;

#define PL_ERROR_PATH 1024
#define PL_ERROR_TEXT 1024

/* An error: what, where and how to fix it. `file` is "" and `line`, `column`
 * are 0 where there is no place to point at; lines and columns count from 1,
 * columns in bytes. `excerpt` is the offending line ("" if none), for a caret. */
typedef struct pl_error {
  pl_status status;
  char file[PL_ERROR_PATH];
  uint32_t line;
  uint32_t column;
  char excerpt[256];
  char message[PL_ERROR_TEXT];
  char hint[PL_ERROR_TEXT];
} pl_error;

/* Room for any error as pl_error_text writes it. */
#define PL_ERROR_SHOWN 8192

/* Writes `err` for people into `out`, always ended with a NUL, cut at `size`:
 *
 *     rules/marketing.lua:12:9: there is no column "campain" in "posts"
 *         trace = from "posts" :where { campain = "spring" } :to "deals",
 *                                       ^
 *       did you mean "campaign"?
 *
 * Every part that is absent is left out. Bytes that would steer a terminal are
 * shown as "?". Returns the length written, without the NUL. */
PL_API size_t pl_error_text(const pl_error *err, char *out, size_t size);

/* The exit code of the command line for a status: PL_E_MEMORY is 3, PL_E_RULE
 * is 4, PL_E_CANCELLED is 130, the others are their own. */
PL_API int pl_exit_code(pl_status status);

/* "0.1.0": the version of the library that runs, which may be newer than the
 * PL_VERSION a program was compiled with. */
PL_API const char *pl_version(void);

/* ---- texts and values --------------------------------------------------------- */
/* A borrowed text: `n` bytes of UTF-8 from `p` on, which need not end with a NUL. */
typedef struct pl_str {
  const char *p;
  size_t n;
} pl_str;

/* A value of a result: results are trees of these, to be read and not changed.
 * Amounts and ids are texts ("664858.00"), so that they are exact. */
typedef struct pl_value pl_value;
typedef enum pl_kind { PL_NULL, PL_BOOL, PL_INT, PL_REAL, PL_TEXT, PL_LIST, PL_OBJECT } pl_kind;

/* All of these take NULL for a value that is not there: it is a PL_NULL, counts
 * nothing and has no parts, so that a whole path can be read and checked once. */
PL_API pl_kind pl_value_kind(const pl_value *v);
/* The value under a key of an object; NULL if it has none. */
PL_API const pl_value *pl_value_get(const pl_value *object, const char *key);
/* How many items a list or an object has; else 0. */
PL_API size_t pl_value_count(const pl_value *v);
/* The i-th (from 0) item of a list or an object; NULL behind the last. */
PL_API const pl_value *pl_value_at(const pl_value *v, size_t i);
/* The key of the i-th item of an object; {"", 0} behind the last. */
PL_API pl_str pl_value_key(const pl_value *object, size_t i);
/* The text; {"", 0} for another kind. A text always has a NUL behind it. */
PL_API pl_str pl_value_str(const pl_value *v);
PL_API int64_t pl_value_integer(const pl_value *v, int64_t fallback);
PL_API bool pl_value_boolean(const pl_value *v, bool fallback);
PL_API double pl_value_number(const pl_value *v, double fallback); /* PL_INT or PL_REAL */

/* ---- an audit ---------------------------------------------------------------
 *
 *     pl_audit_open  -> audit.lua and the rule files are read, in workers
 *     pl_audit_check    binds every plan to the exports' headers, or
 *     pl_audit_run      does the whole audit
 *     pl_audit_render   draws a view; pl_audit_report writes the report folder
 *     pl_audit_close
 *
 * One audit is for one thread at a time; several audits may run side by side.
 * An audit is checked and run at most once each, in that order. */
typedef struct pl_audit pl_audit;

typedef struct pl_records pl_records; /* see "records of the program's own" */
typedef struct pl_host pl_host;       /* see "an audit that the program declares" */

/* What to audit and how. Zero-initialise it; every field has a default. The
 * strings are copied where they are needed after pl_audit_open. */
typedef struct pl_audit_options {
  const char *directory;    /* the workspace, which holds audit.lua; NULL: "." */
  const char *as_of;        /* ISO date or time, instead of the one in audit.lua; NULL: that one */
  const char *department;   /* only this department's metrics; NULL: all */
  const char *const *allow; /* files and folders outside the workspace that sources may read */
  size_t allow_n;
  unsigned threads;        /* 0: one for each core */
  const char *max_rejects; /* "200": rows in all; "5%": of each source's records; NULL: "5%" */
  const char *worker;      /* the program `plumbline`, which is started as a worker for each
                              rule file; NULL: what pl_worker_find finds; PL_WORKER_SELF */
  /* How far the reading is, in bytes. Called from any thread, perhaps from two
   * at a time, and often: return at once. */
  void (*progress)(void *ctx, uint64_t done, uint64_t total);
  void *progress_ctx;
  /* What a rule printed: one line, with its file in front, without a line end.
   * From the caller's thread. NULL: dropped. */
  void (*print)(void *ctx, const char *line);
  void *print_ctx;
  /* Set it from a signal handler or another thread: the audit stops soon, with
   * PL_E_CANCELLED. May be NULL; must outlive the audit. */
  const volatile bool *cancel;
  /* Records that stand for files. Not needed any more after pl_audit_open. */
  pl_records *const *records;
  size_t records_n;
  /* Instead of audit.lua and rule files; NULL: those of `directory`. */
  const pl_host *host;
} pl_audit_options;

/* For `worker`: this very program, which then is the command line. */
#define PL_WORKER_SELF "/proc/self/exe"

/* Reads audit.lua and the rule files. PL_E_USAGE with its place for an error in
 * audit.lua, for a department or an option that makes no sense. An error in a
 * rule file is not an error here: it is a finding (see pl_audit_check). */
PL_API pl_status pl_audit_open(const pl_audit_options *options, pl_audit **out, pl_error *err);
/* Ends the workers and frees everything borrowed from the audit. NULL is fine. */
PL_API void pl_audit_close(pl_audit *audit);

/* Binds every plan to the headers of its exports; reads at most the first
 * 64 KiB of each file. PL_OK: everything binds. PL_E_USAGE or PL_E_INPUT with
 * *err filled: audit.lua, a source or the deals are wrong, nothing else was
 * looked at. PL_E_PARTIAL: single metrics or whole rule files are wrong; all of
 * them are listed by pl_audit_problem. */
PL_API pl_status pl_audit_check(pl_audit *audit, pl_error *err);
/* After pl_audit_check: what it did not look at and a run does, a line each; "" where
 * nothing was bound. Borrowed until pl_audit_close. */
PL_API const char *pl_audit_left(const pl_audit *audit);
/* The i-th (from 0) rule file or metric that is wrong, in report order; false
 * behind the last. Known after pl_audit_open, and more of them after
 * pl_audit_check or pl_audit_run. */
PL_API bool pl_audit_problem(const pl_audit *audit, size_t i, pl_error *out);

/* The whole audit: bind, survey and ask (where rules hold functions of values),
 * run, judge, and the one result that every view is drawn from.
 * PL_OK: every metric was audited. PL_E_PARTIAL: some were not (*err says how
 * many), the rest were and the result is there. Anything else: there is no
 * result. PL_E_USAGE: configuration or binding; PL_E_INPUT: an export cannot be
 * used, has too many rejected rows, holds no won deal or changed while it was
 * read; PL_E_MEMORY; PL_E_CANCELLED. */
PL_API pl_status pl_audit_run(pl_audit *audit, pl_error *err);

/* The result in numbers, for a caller that only decides what to do next. */
typedef struct pl_audit_totals {
  uint64_t departments, metrics;
  uint64_t sources;     /* the deals among them */
  uint64_t flagged;     /* candidates to stop tracking; 0 before pl_audit_run */
  uint64_t not_audited; /* metrics with the verdict `error`; 0 before pl_audit_run */
  uint64_t rejects;     /* rows that could not be used */
} pl_audit_totals;
PL_API pl_audit_totals pl_audit_count(const pl_audit *audit);

/* The i-th (from 0) row that could not be used, as an error with its place and
 * the row as excerpt, in report order. False behind the last. Also after a
 * pl_audit_run that failed over too many of them. */
PL_API bool pl_audit_reject(const pl_audit *audit, size_t i, pl_error *out);

/* The id ("Marketing/landing_pages") of the metric a person means: an id, or a
 * bare name where it is unique. PL_E_USAGE otherwise, with the nearest name, or
 * all ids of that name. The id lives as long as the audit. */
PL_API pl_status pl_audit_metric(pl_audit *audit, const char *name, const char **id, pl_error *err);

/* The result as a tree, for a program that reads rather than shows it: what
 * report.json holds, with the same keys. NULL before a pl_audit_run that came
 * through. Borrowed until the audit closes. */
PL_API const pl_value *pl_audit_result(const pl_audit *audit);
/* One finding of it; `metric` is a name as pl_audit_metric takes it. */
PL_API pl_status pl_audit_finding(pl_audit *audit, const char *metric, const pl_value **finding,
                                  pl_error *err);

/* Where the program `plumbline` is, which runs rule files: what the variable
 * PLUMBLINE_WORKER names, else beside this library or in a `bin` above it, else
 * where it was installed, else in PATH. PL_E_USAGE if it is nowhere. */
PL_API pl_status pl_worker_find(char path[PL_ERROR_PATH], pl_error *err);

/* ---- records of the program's own ------------------------------------------------
 * A source need not be a file: records that the program adds here are written to
 * a temporary file without a name, and a source that names their path reads
 * them. All values are texts, as in an export, and are kept as they are.
 *
 *     pl_records_new("crm/deals", &records, &err);   deals { "crm/deals", … }
 *     pl_records_field(records, "id", "17"); … pl_records_end(records);
 *     pl_audit_open with options.records, pl_records_free                        */

/* `path`: what sources name, and what places of proofs and rejects show, with
 * the number of the record as the line. Need not exist as a file. */
PL_API pl_status pl_records_new(const char *path, pl_records **out, pl_error *err);
/* A field of the record at hand. A field that is left out, or whose text is
 * empty, is blank. Mistakes are kept until pl_records_end. */
PL_API void pl_records_field(pl_records *records, pl_str name, pl_str value);
/* Ends the record; one without fields is a blank record. PL_E_OUTPUT when the
 * temporary file cannot be written (TMPDIR names its folder, else /tmp). */
PL_API pl_status pl_records_end(pl_records *records, pl_error *err);
PL_API void pl_records_free(pl_records *records);

/* ---- an audit that the program declares --------------------------------------------
 * How require "plumbline" declares sources and metrics in the host's own code.
 * `declared` is made by that module; its form is private and may change with
 * every version. No worker is started, no file is read but the exports. */

/* What one function of the program is asked: `n` tuples of `parameters` texts. */
typedef struct pl_host_question {
  int function;   /* its number in the declaration */
  bool want_text; /* a column is derived; else a condition: true or false */
  size_t parameters, n;
  const pl_str *values; /* n × parameters; p is NULL where a cell is blank */
  /* The answers. Texts are borrowed until the next call of the program: */
  pl_str *texts; /* where want_text; p NULL: blank, which they are at first */
  bool *truths;  /* else; at first false */
} pl_host_question;

struct pl_host {
  const void *declared;
  size_t declared_n;
  /* Answers all of it. Anything but PL_OK makes the metrics that ask *not
   * audited*, with *err as the reason; a place in *err is kept. */
  pl_status (*ask)(void *ctx, pl_host_question *question, pl_error *err);
  /* A metric's judge: the name of a verdict, or {NULL, 0} to keep the standard
   * one, and a text or {NULL, 0}. Both are borrowed until the next call. */
  pl_status (*judge)(void *ctx, int function, const pl_value *evidence, pl_str *verdict,
                     pl_str *text, pl_error *err);
  void *ctx;
};

/* The text of a Lua file of the product ("prelude.lua"), for a module that
 * brings the rule API into its host; of a folder ("profiles/"): the paths of the
 * files in it, a line for each. *text is yours: pl_text_free. */
PL_API pl_status pl_lua_new(const char *path, char **text, size_t *size, pl_error *err);

/* ---- views ------------------------------------------------------------------ */
/* How a view is drawn. Zero-initialise; all of it is optional. */
typedef struct pl_view_options {
  unsigned width; /* columns of the terminal; 0: 80 */
  bool color;     /* terminal views: colours by escape sequences */
  bool verbose;   /* terminal views: more of the evidence */
} pl_view_options;

/* Draws the result of pl_audit_run as "terminal", "json", "csv" or "markdown".
 * The text (UTF-8, *size bytes, then a NUL) is borrowed until the audit closes.
 * The same result gives the same bytes. Any other name is a view of the
 * workspace's own, a file in its folder views, which runs in a worker as rules
 * do: PL_E_OUTPUT with its place if it failed or met a limit. */
PL_API pl_status pl_audit_render(pl_audit *audit, const char *view, const pl_view_options *options,
                                 const char **text, size_t *size, pl_error *err);

/* Is there such a view? Works right after pl_audit_open, so that a slip costs no
 * run. PL_E_USAGE if not, with the nearest name. */
PL_API pl_status pl_audit_view(pl_audit *audit, const char *view, pl_error *err);

/* Draws one metric, every step with its counts, where the trail breaks, the
 * near misses and the proofs. `metric` is a name as pl_audit_metric takes it.
 * `deal` (may be NULL) is a deal's key: its chain of records is shown, or that
 * the metric does not reach it; PL_E_USAGE where the exports hold no such deal.
 * `view` is "terminal" or "json" (the finding, with the deal's proof if asked).
 * PL_E_PARTIAL, with the text and the reason in *err: it was not audited. */
PL_API pl_status pl_audit_metric_trace(pl_audit *audit, const char *metric, const char *deal,
                                       const char *view, const pl_view_options *options,
                                       const char **text, size_t *size, pl_error *err);

/* Draws what the workspace declares, without reading an export: `what` is
 * "metrics", "rules" or "sources"; `view` is "terminal" or "json". Works right
 * after pl_audit_open. */
PL_API pl_status pl_audit_list(pl_audit *audit, const char *what, const char *view,
                               const pl_view_options *options, const char **text, size_t *size,
                               pl_error *err);

/* What a code means and what to do about it: `code` is "PL103", "pl103" or
 * "103"; NULL explains all. `view` is "terminal" or "json". PL_E_USAGE for an
 * unknown code, with the nearest one. *text is yours: pl_text_free. */
PL_API pl_status pl_explain_new(const char *code, const char *view, const pl_view_options *options,
                                char **text, size_t *size, pl_error *err);
/* One line for each code. Otherwise as pl_explain_new. */
PL_API pl_status pl_codes_new(const char *view, const pl_view_options *options, char **text,
                              size_t *size, pl_error *err);
/* One line for each profile of an export that a source may name: the built-in
 * ones, and those in the folder `profiles` of `directory` (NULL: only the built-in
 * ones), which come first where both have a name. One that cannot be used is
 * listed with its error. `options` (may be NULL) gives worker, print and cancel;
 * `view` is "terminal" or "json". *text is yours: pl_text_free. */
PL_API pl_status pl_profiles_new(const char *directory, const pl_audit_options *options,
                                 const char *view, char **text, size_t *size, pl_error *err);
PL_API void pl_text_free(char *text);

/* ---- the manual -------------------------------------------------------------- */
/* A page of the manual: "plumbline" (the command line), "rules" (rule files),
 * "audit" (audit.lua) or "library" (this header). `view` is "terminal" or "man",
 * the source of a man page. `commands` is the JSON that `plumbline help --json`
 * prints, which only the page "plumbline" needs; NULL elsewhere.
 * *text is yours: pl_text_free. */
PL_API pl_status pl_manual_new(const char *page, const char *commands, const char *view,
                               const pl_view_options *options, char **text, size_t *size,
                               pl_error *err);
/* What "bash", "zsh" or "fish" loads to complete command lines; `commands` as
 * above. *text is yours. */
PL_API pl_status pl_completion_new(const char *shell, const char *commands, char **text,
                                   size_t *size, pl_error *err);
/* The versions of this library, of the libraries under it and of the time zones.
 * `view` is "terminal" or "json". *text is yours. */
PL_API pl_status pl_versions_new(const char *view, char **text, size_t *size, pl_error *err);

/* ---- a rule author's tests ---------------------------------------------------- */
/* Files that end in _test.lua beside the rules hold a few rows and what the audit
 * must find in them. The rows stand in for the exports: they are written to a
 * private folder below TMPDIR, and neither the workspace nor its exports are
 * touched. */
typedef struct pl_tests pl_tests;

/* Which tests to run. Zero-initialise it: all of them. */
typedef struct pl_test_options {
  const char *const *files; /* only these test files */
  size_t files_n;
  const char *name; /* only tests with this in their name */
} pl_test_options;

typedef struct pl_tests_totals {
  uint64_t tests; /* those that were run; a file that cannot be run counts as one, failed */
  uint64_t passed, failed;
  uint64_t todo;        /* announced with `todo`: neither passed nor failed */
  uint64_t todo_passed; /* of these, those that would have passed */
  uint64_t untested;    /* metrics with a trace that no test names */
} pl_tests_totals;

/* Runs the tests of a workspace; `options` may be NULL. A test that fails is no
 * error: pl_tests_count tells. PL_E_USAGE where audit.lua cannot be used, a file
 * or department does not exist, or nothing was chosen. Of `audit`, as_of,
 * max_rejects and progress mean nothing here. */
PL_API pl_status pl_tests_open(const pl_audit_options *audit, const pl_test_options *options,
                               pl_tests **out, pl_error *err);
PL_API void pl_tests_close(pl_tests *tests);
PL_API pl_tests_totals pl_tests_count(const pl_tests *tests);
/* `view` is "terminal", "json", "tap" (version 14) or "junit". Borrowed until closed. */
PL_API pl_status pl_tests_render(pl_tests *tests, const char *view, const pl_view_options *options,
                                 const char **text, size_t *size, pl_error *err);

/* ---- looking at exports --------------------------------------------------------
 *
 *     pl_sniff_open   -> one file is read to its end, measured, and shown
 *     pl_init_open    -> every export below a folder is, and a workspace proposed
 *     pl_init_write      writes that workspace, beside what is there
 *
 * Nothing is declared for these: how a file is written is found by looking. */
typedef struct pl_sniff pl_sniff;

/* Zero-initialise it. */
typedef struct pl_sniff_options {
  const char *directory; /* a workspace, whose own profiles are known too; NULL: none */
  const char *shown;     /* the path as the result says it; NULL: as it was given */
  const char *name;      /* of the source to paste; NULL: from the file's name */
  uint64_t records;      /* at most so many of each table; 0: 5,000,000 */
  const char *worker;    /* see pl_audit_options: it reads the profiles */
  void (*print)(void *ctx, const char *line); /* what a workspace's profile prints */
  void *print_ctx;
  const volatile bool *cancel;
  /* How far the reading is, in bytes; from the caller's thread. */
  void (*progress)(void *ctx, uint64_t done, uint64_t total);
  void *progress_ctx;
} pl_sniff_options;

/* Looks at one file; `options` may be NULL, and a `path` of "-" is standard
 * input. PL_E_INPUT: it cannot be read as a table, with the reason;
 * PL_E_CANCELLED. */
PL_API pl_status pl_sniff_open(const char *path, const pl_sniff_options *options, pl_sniff **out,
                               pl_error *err);
PL_API void pl_sniff_close(pl_sniff *sniff);
/* What was seen, borrowed until closed:
 *
 *   file text
 *   tables [{                   one, or each of the blocks of the file
 *     format · encoding · compression · delimiter · quotes · line_ends (texts)
 *     header · description · footer (integers)   absent: none
 *     bom · trailing · encoding_open (true, or absent)
 *     block text · path text (of a JSON file's records)
 *     skipped [{kind, line, lines, rows, text}] · blocks [{name, line}]
 *     maybe_totals [{file, line, field, rows, text}]  read as records; field = rows leaves one out
 *     maybe_headers [{file, line, text, field, rows}]      read as records; may describe columns
 *                   [{file, line, text, block, header}]    … or begin another table: block = …
 * reads the one above it alone, header = … both records · rejected (integers) · rejects [{file,
 * line, code, message}] cut true                  only the first records were looked at columns
 * [{name, kind, blank, values, distinct, exact, unique, numbers, percent, currency, format, dates,
 * clocks, least, most, samples, listed, tokens, separator, emails, ambiguous, almost}] profile
 * {name, title, fits, columns [{name, header, nearest, required}]} source text               what
 * audit.lua would say: ready to paste notes [text]              what to decide, and the line that
 * settles it
 *   }] */
PL_API const pl_value *pl_sniff_result(const pl_sniff *sniff);
/* `view` is "terminal" or "json". Borrowed until closed. */
PL_API pl_status pl_sniff_render(pl_sniff *sniff, const char *view, const pl_view_options *options,
                                 const char **text, size_t *size, pl_error *err);

typedef struct pl_init pl_init;

/* Zero-initialise it. */
typedef struct pl_init_options {
  const char *directory; /* the folder with the exports; NULL: "." */
  const char *deals;     /* which of the files holds the deals; NULL: found by looking */
  uint64_t records;      /* as in pl_sniff_options */
  const char *worker;
  void (*print)(void *ctx, const char *line);
  void *print_ctx;
  const volatile bool *cancel;
  void (*progress)(void *ctx, uint64_t done, uint64_t total); /* as in pl_sniff_options */
  void *progress_ctx;
} pl_init_options;

/* Looks at every export in the folder, three folders deep, and proposes a
 * workspace; writes nothing. A file that cannot be read is listed, with the
 * reason. PL_E_USAGE: there is no such folder, or it has an audit.lua; PL_E_INPUT:
 * no file there can be read, or none holds deals; PL_E_CANCELLED. */
PL_API pl_status pl_init_open(const pl_init_options *options, pl_init **out, pl_error *err);
PL_API void pl_init_close(pl_init *init);
/* What is proposed, borrowed until closed:
 *
 *   tables [{name, files [text], records, columns, skipped, profile, title}]
 *   refused [{file, why}]
 *   copies [{file, of}]                    left out: the same bytes as another file
 *   deals {table, file, sure bool, why}   `sure` false: another file may hold them
 *   choices [text]                         files that may hold the deals, best first
 *   files [{path, text, kept bool}]        kept: one is there already, and stays
 *   metrics {traced, untraced} · asks [text]   what a person should look at */
PL_API const pl_value *pl_init_result(const pl_init *init);
/* Proposes again with another file for the deals; nothing is read anew. */
PL_API pl_status pl_init_choose(pl_init *init, const char *deals, pl_error *err);
/* Writes the files that are not there yet, each whole or not at all, audit.lua
 * last. A file that is there stays as it is. PL_E_OUTPUT with the system's reason. */
PL_API pl_status pl_init_write(pl_init *init, pl_error *err);
/* `view` is "terminal" or "json". Borrowed until closed. */
PL_API pl_status pl_init_render(pl_init *init, const char *view, const pl_view_options *options,
                                const char **text, size_t *size, pl_error *err);

/* ---- output ----------------------------------------------------------------- */
/* Writes the report folder (made if it does not exist): report.json, report.md,
 * flags.csv, and rejects.csv if there are rejected rows; a rejects.csv of an
 * earlier run is removed if there are none. All files are written beside their
 * places and synced before the first is renamed, so a full disk leaves the
 * earlier report as it was. A link among them is replaced, and a folder in the
 * workspace that is a link out of it is refused. PL_E_OUTPUT with the system's
 * reason. */
PL_API pl_status pl_audit_report(pl_audit *audit, const char *directory, pl_error *err);

/* After a pl_audit_run that failed over too many rejected rows: writes those
 * met so far to rejects.csv in that folder, and nothing else. PL_E_USAGE if there are
 * none, PL_E_OUTPUT. */
PL_API pl_status pl_audit_report_rejects(pl_audit *audit, const char *directory, pl_error *err);

/* Writes a file whole or not at all: temporary file in the same folder, fsync,
 * rename, fsync of the folder. A device or pipe is written to as it is.
 * PL_E_OUTPUT with the system's reason. */
PL_API pl_status pl_file_write(const char *path, const void *bytes, size_t size, pl_error *err);

/* Writes the demo workspace, an invented company, into `directory`, which must
 * not exist or be empty. The same bytes each time. PL_E_USAGE if the directory
 * is in use, PL_E_OUTPUT. */
PL_API pl_status pl_demo_write(const char *directory, pl_error *err);

/* ---- for the command line only ------------------------------------------------- */
/* The other end of the pipe: what `plumbline --worker` does, before it touches
 * anything else. Returns the exit code. */
PL_API int pl_worker_main(void);

/* The candidate nearest to `word` (a typing slip or two), or NULL. */
PL_API const char *pl_nearest(const char *word, const char *const *candidates, size_t n);

#ifdef __cplusplus
}
#endif
#endif
