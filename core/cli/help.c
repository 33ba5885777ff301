/* The verbs, and what --help says about them. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

#define EVERYWHERE (PL_OPT_HELP | PL_OPT_QUIET | PL_OPT_VERBOSE | PL_OPT_COLOR)
#define RESULTS (PL_OPT_OUTPUT | PL_OPT_FORMAT)
#define WORKSPACE (PL_OPT_DIRECTORY | PL_OPT_ALLOW | PL_OPT_AS_OF | PL_OPT_DEPARTMENT)
#define RUNNING (PL_OPT_MAX_REJECTS | PL_OPT_THREADS)

const pl_verb pl_verbs[] = {
    {"init", "[DIR]", "look at the exports there, write audit.lua and rules",
     "Reads every export in DIR (default: where you are), three folders deep, finds what\n"
     "belongs together by the values, and writes audit.lua, a rule file for each\n"
     "department and what editors need. A file that is there stays as it is. With\n"
     "--demo DIR it writes the complete workspace of an invented company instead; DIR\n"
     "must then not exist or be empty. Formats: terminal and json.\n",
     EVERYWHERE | RESULTS | PL_OPT_DEMO | PL_OPT_DIRECTORY | PL_OPT_DEALS | PL_OPT_NO_INPUT, 0, 1,
     pl_verb_init},
    {"sniff", "FILE", "what is in an export, and the source to paste",
     "Reads all of FILE (- is standard input) and shows how it is written, its columns,\n"
     "what was skipped, what must be settled, and a source for audit.lua. Formats:\n"
     "terminal and json.\n",
     EVERYWHERE | RESULTS | PL_OPT_DIRECTORY, 1, 1, pl_verb_sniff},
    {"check", "[DIR]", "do all rules fit the exports?",
     "Reads audit.lua, the rule files, and the header and first 64 KiB of each export.\n"
     "Every metric that does not fit is listed. Exit code 2 if there is one.\n",
     EVERYWHERE | WORKSPACE, 0, 1, pl_verb_check},
    {"audit", "[DIR]", "the audit: a summary here, the report in report/",
     "Writes report.json, report.md and flags.csv to report/ in the workspace, and\n"
     "rejects.csv if rows could not be used. With -o the summary goes to FILE instead,\n"
     "in the format of its ending. With --department report/ is left as it is.\n",
     EVERYWHERE | RESULTS | WORKSPACE | RUNNING | PL_OPT_FAIL_ON, 0, 1, pl_verb_audit},
    {"trace", "METRIC [DIR]", "every step of one metric, with proofs",
     "METRIC is department/metric, or the metric alone where that is unique.\n"
     "--deal ID shows the chain of records from the metric to that deal.\n"
     "Formats: terminal and json. Exit code 4 if this metric could not be audited.\n",
     EVERYWHERE | RESULTS | WORKSPACE | RUNNING | PL_OPT_DEAL, 1, 2, pl_verb_trace},
    {"explain", "[CODE]", "what a reason code means and what to do",
     "Without CODE: all of them. Formats: terminal and json.\n", EVERYWHERE | RESULTS, 0, 1,
     pl_verb_explain},
    {"list", "WHAT [DIR]", "metrics, rules, sources, profiles or codes",
     "Lists what the workspace declares; no export is read. Formats: terminal and json.\n",
     EVERYWHERE | RESULTS | WORKSPACE, 1, 2, pl_verb_list},
    {"test", "[DIR] [FILE...]", "the rule author's own tests",
     "Runs the files that end in _test.lua beside the rules, or only those named.\n"
     "--name TEXT and --department NAME choose among the tests. Formats: terminal, json,\n"
     "tap and junit. Exit code 1 if a test failed.\n",
     EVERYWHERE | RESULTS | PL_OPT_DIRECTORY | PL_OPT_ALLOW | PL_OPT_DEPARTMENT | PL_OPT_NAME |
         PL_OPT_THREADS,
     0, PL_CLI_WORDS - 1, pl_verb_test},
    {"help", "[TOPIC]", "the manual: rules, audit, library or a verb",
     "TOPIC is rules (what a rule file may say), audit (what audit.lua may say), library\n"
     "(the C library) or a verb. Without TOPIC: the verbs and options. --man gives\n"
     "the source of the man page. --json gives verbs, options and exit codes as data.\n",
     EVERYWHERE | RESULTS | PL_OPT_MAN | PL_OPT_COMPLETION, 0, 1, pl_verb_help},
    {NULL, NULL, NULL, NULL, 0, 0, 0, NULL}};

const char *const *pl_verb_words(const pl_verb *verb) {
  static const char *const lists[] = {"metrics", "rules", "sources", "profiles", "codes", NULL};
  static const char *const topics[] = {"rules", "audit", "library", NULL};
  if (verb->run == pl_verb_list) return lists;
  return verb->run == pl_verb_help ? topics : NULL;
}

const char *pl_exit_meaning(size_t i, int *code) {
  static const struct {
    int code;
    const char *meaning;
  } exits[] = {{0, "done"},
               {1, "--fail-on held"},
               {2, "usage, configuration or binding is wrong"},
               {3, "an export cannot be used"},
               {4, "something was not audited (the rest was)"},
               {5, "output could not be written"},
               {130, "stopped by Ctrl-C"}};
  if (i >= sizeof exits / sizeof *exits) return NULL;
  *code = exits[i].code;
  return exits[i].meaning;
}

/* Verbs of the design that other versions bring: known, but not run. */
static const char *const later[] = {"report", "decide", "diff"};

const pl_verb *pl_verb_find(const char *name) {
  for (const pl_verb *verb = pl_verbs; verb->name; verb++)
    if (strcmp(verb->name, name) == 0) return verb;
  return NULL;
}

int pl_verb_unknown(const char *name) {
  const char *names[32];
  size_t n = 0;
  char hint[96] = "`plumbline --help` lists the verbs";
  for (const pl_verb *verb = pl_verbs; verb->name; verb++) names[n++] = verb->name;
  for (size_t i = 0; i < sizeof later / sizeof *later; i++)
    if (strcmp(name, later[i]) == 0)
      return pl_cli_usage(hint, "`%s` is not in version %s", name, pl_version());
  const char *near = pl_nearest(name, names, n);
  if (near) snprintf(hint, sizeof hint, "did you mean `plumbline %s`?", near);
  return pl_cli_usage(hint, "there is no verb \"%s\"", name);
}

typedef struct pl_page { /* a help text, put together */
  char text[8192];
  size_t n;
} pl_page;

static void add(pl_page *page, const char *text) {
  size_t n = strlen(text);
  if (page->n + n >= sizeof page->text) return;
  memcpy(page->text + page->n, text, n + 1);
  page->n += n;
}

static void add_options(pl_page *page, uint32_t wanted) {
  uint32_t bit;
  const char *line;
  for (size_t i = 0; (line = pl_option_help(i, &bit)); i++) {
    if (!(bit & wanted)) continue;
    add(page, line);
    add(page, "\n");
  }
}

/* "Exit codes: 0 done, 1 --fail-on held, …", in lines. */
static void add_exits(pl_page *page) {
  const char *meaning;
  int code;
  size_t line = page->n;
  add(page, "Exit codes:");
  for (size_t i = 0; (meaning = pl_exit_meaning(i, &code)); i++) {
    char item[80];
    int n = snprintf(item, sizeof item, "%s%d %s", i ? ", " : " ", code, meaning);
    bool wraps = page->n - line + (size_t)n > 82;
    if (wraps) {
      add(page, ",\n");
      line = page->n;
    }
    add(page, wraps ? item + 2 : item);
  }
  add(page, ".\n");
}

int pl_help_all(const pl_cli *cli) {
  pl_page page = {.n = 0};
  char line[160];
  add(&page, "plumbline follows every metric a company tracks to its closed-won deals\n"
             "and names the ones that cannot be followed.\n\n");
  for (const pl_verb *verb = pl_verbs; verb->name; verb++) {
    snprintf(line, sizeof line, "  plumbline %-8s %-13s %s\n", verb->name, verb->arguments,
             verb->summary);
    add(&page, line);
  }
  add(&page, "\nOptions, in any place:\n");
  add_options(&page, UINT32_MAX);
  add(&page, "\n");
  add_exits(&page);
  return pl_cli_result(cli, page.text, page.n);
}

int pl_help_verb(const pl_cli *cli, const pl_verb *verb) {
  pl_page page = {.n = 0};
  char line[160];
  snprintf(line, sizeof line, "plumbline %s %s: %s\n\n", verb->name, verb->arguments,
           verb->summary);
  add(&page, line);
  add(&page, verb->more);
  add(&page, "\nOptions:\n");
  add_options(&page, verb->options);
  return pl_cli_result(cli, page.text, page.n);
}
