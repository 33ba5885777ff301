/* The command line: a client of plumbline.h and of nothing else. */
#ifndef PL_CLI_CLI_H
#define PL_CLI_CLI_H

#include "plumbline.h"

#define PL_EXIT_FAIL_ON 1 /* --fail-on held */

/* Which options were given; a verb names the ones it takes. */
enum {
  PL_OPT_OUTPUT = 1 << 0,
  PL_OPT_FORMAT = 1 << 1, /* --format and --json */
  PL_OPT_DEPARTMENT = 1 << 2,
  PL_OPT_AS_OF = 1 << 3,
  PL_OPT_FAIL_ON = 1 << 4,
  PL_OPT_MAX_REJECTS = 1 << 5,
  PL_OPT_THREADS = 1 << 6,
  PL_OPT_COLOR = 1 << 7,
  PL_OPT_QUIET = 1 << 8,
  PL_OPT_VERBOSE = 1 << 9,
  PL_OPT_ALLOW = 1 << 10,
  PL_OPT_DIRECTORY = 1 << 11,
  PL_OPT_DEAL = 1 << 12,
  PL_OPT_DEMO = 1 << 13,
  PL_OPT_HELP = 1 << 14,
  PL_OPT_VERSION = 1 << 15,
  PL_OPT_NAME = 1 << 16,
  PL_OPT_NO_INPUT = 1 << 20,
  PL_OPT_DEALS = 1 << 21,
  PL_OPT_MAN = 1 << 24,
  PL_OPT_COMPLETION = 1 << 25
};
#define PL_CLI_WORDS 8
#define PL_CLI_ALLOWS 64

/* One command line, read. Texts point into argv. */
typedef struct pl_cli {
  uint32_t given;
  const char *words[PL_CLI_WORDS]; /* the verb and what follows it */
  size_t words_n;
  const char *output; /* -o */
  const char *format; /* a view's name, not checked; NULL: by the ending of -o */
  const char *department, *as_of, *max_rejects, *deal;
  const char *name;      /* --name: of tests */
  const char *deals;     /* --deals: the file that init takes for them */
  const char *directory; /* the workspace; NULL: where we are */
  const char *allow[PL_CLI_ALLOWS];
  size_t allow_n;
  bool fail_on_flagged;
  unsigned threads;
  const char *color; /* "auto", "always" or "never" */
  bool quiet, verbose;
  const char *completion; /* "bash", "zsh" or "fish" */
} pl_cli;

typedef struct pl_verb {
  const char *name;
  const char *arguments; /* "METRIC [DIR]" */
  const char *summary;   /* one line of --help */
  const char *more;      /* further lines of VERB --help */
  uint32_t options;
  size_t words_from, words_to; /* arguments behind the verb */
  int (*run)(const pl_cli *cli);
} pl_verb;

/* --- options.c --- */
/* Reads argv. 0, or the exit code after a message. */
int pl_cli_read(int argc, char **argv, pl_cli *cli);
/* 0, or the exit code after a message: what this verb does not take. */
int pl_cli_check(const pl_cli *cli, const pl_verb *verb);
/* How the results are drawn: --format, else the ending of -o, else "terminal".
 * 0, or the exit code after a message when it is none of `views`. */
int pl_cli_view(const pl_cli *cli, const char *const *views, size_t n, const char **view);
/* The option's line for --help, NULL behind the last; `bit` says which it is. */
const char *pl_option_help(size_t i, uint32_t *bit);

/* An option as the manual and the completions see it. */
typedef struct pl_option_facts {
  const char *name;
  char letter;              /* 0: none */
  const char *value;        /* NULL: takes none */
  const char *help;         /* one line */
  const char *const *words; /* what the value may be, NULL behind the last; NULL: anything */
  uint32_t bit;
} pl_option_facts;
/* The i-th option; false behind the last. */
bool pl_option_at(size_t i, pl_option_facts *out);

/* --- help.c --- */
extern const pl_verb pl_verbs[];
const pl_verb *pl_verb_find(const char *name);
/* An unknown verb, or one that this version does not have: message, exit code. */
int pl_verb_unknown(const char *name);
int pl_help_all(const pl_cli *cli);
int pl_help_verb(const pl_cli *cli, const pl_verb *verb);
/* What a verb's first argument may be, NULL behind the last; NULL: anything. */
const char *const *pl_verb_words(const pl_verb *verb);
/* What an exit code means; NULL behind the last. */
const char *pl_exit_meaning(size_t i, int *code);

/* --- facts.c --- */
/* Verbs, options and exit codes as JSON: what the manual and the completions are
 * made of. Free it; NULL: out of memory. */
char *pl_facts_json(void);

/* --- message.c: everything that goes to stderr --- */
/* The one way an error reaches the user. Returns the exit code. */
int pl_cli_error(const pl_error *err);
/* A mistake on the command line (exit code 2). `hint` may be NULL. */
int pl_cli_usage(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line for people, unless -q. */
void pl_cli_say(const pl_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Callbacks of pl_audit_options. */
void pl_cli_printed(void *ctx, const char *line);
void pl_cli_progress(void *ctx, uint64_t done, uint64_t total);
void pl_cli_progress_start(const pl_cli *cli);
void pl_cli_progress_end(void);

/* --- screen.c: results --- */
/* Colour and width for results that go where this command line sends them. */
pl_view_options pl_cli_view_options(const pl_cli *cli);
/* Writes results to -o, else stdout. 0, or the exit code after a message. */
int pl_cli_result(const pl_cli *cli, const char *text, size_t size);

/* --- signals.c --- */
/* From now on, Ctrl-C and SIGTERM ask to stop; a second one kills. */
void pl_cli_catch_signals(void);
extern const volatile bool *const pl_cli_cancel;
/* 128 + the signal that asked to stop, else `code`. */
int pl_cli_signal_code(int code);

/* --- workspace.c: what audit, trace, check and list share --- */
/* Opens the workspace that the command line names. `directory` is a further
 * word (may be NULL). 0, or the exit code after a message. */
int pl_cli_open(const pl_cli *cli, const char *directory, pl_audit **audit);
/* Runs it with a progress bar. PL_OK and PL_E_PARTIAL leave a result; anything
 * else was said, with the rejected rows behind it. */
pl_status pl_cli_run(const pl_cli *cli, pl_audit *audit);

/* --- a file for each verb --- */
int pl_verb_audit(const pl_cli *cli);
int pl_verb_check(const pl_cli *cli);
int pl_verb_trace(const pl_cli *cli);
int pl_verb_explain(const pl_cli *cli);
int pl_verb_list(const pl_cli *cli);
int pl_verb_init(const pl_cli *cli);
int pl_verb_sniff(const pl_cli *cli);
int pl_verb_help(const pl_cli *cli);
int pl_verb_test(const pl_cli *cli);

#endif
