/* Reading the command line: a table of options, and what may go wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

typedef struct pl_option {
  const char *name;
  char letter;       /* 0: none */
  const char *value; /* what --help calls it; NULL: takes none */
  uint32_t bit;
  const char *help;
  const char *const *words;                    /* all that the value may be; NULL: anything */
  int (*take)(pl_cli *cli, const char *value); /* 0, or the exit code after a message */
} pl_option;

/* What some verb can draw; a workspace may add views. */
static const char *const formats[] = {"terminal", "json", "csv", "markdown", "tap", "junit", NULL};
static const char *const fail_ons[] = {"flagged", "none", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

/* One of a few words; else a message with the nearest. */
static int take_word(const char *option, const char *value, const char *const *words, size_t n,
                     const char **out) {
  char list[128] = "write ";
  for (size_t i = 0; i < n; i++) {
    if (strcmp(value, words[i]) == 0) {
      *out = words[i];
      return 0;
    }
    size_t at = strlen(list);
    snprintf(list + at, sizeof list - at, "%s%s",
             i == 0      ? ""
             : i + 1 < n ? ", "
                         : " or ",
             words[i]);
  }
  const char *near = pl_nearest(value, words, n);
  if (near) snprintf(list, sizeof list, "did you mean %s?", near);
  return pl_cli_usage(list, "%s cannot be \"%s\"", option, value);
}

static int set_format(pl_cli *cli, const char *format) {
  if (cli->format && strcmp(cli->format, format) != 0)
    return pl_cli_usage("give one of them", "formats %s and %s contradict each other", cli->format,
                        format);
  cli->format = format;
  return 0;
}

/* Which formats there are is the verb's to say (pl_cli_view): a workspace may add
 * views of its own. */
static int take_format(pl_cli *cli, const char *value) {
  return set_format(cli, value);
}

static int take_json(pl_cli *cli, const char *value) {
  (void)value;
  return set_format(cli, "json");
}

static int take_output(pl_cli *cli, const char *value) {
  if (!value[0]) return pl_cli_usage(NULL, "-o needs the name of a file");
  cli->output = value;
  return 0;
}

static int take_department(pl_cli *cli, const char *value) {
  cli->department = value;
  return 0;
}

static int take_as_of(pl_cli *cli, const char *value) {
  cli->as_of = value;
  return 0;
}

static int take_fail_on(pl_cli *cli, const char *value) {
  if (strcmp(value, "new") == 0 || strcmp(value, "expired") == 0)
    return pl_cli_usage("write --fail-on flagged or --fail-on none",
                        "--fail-on %s needs the history of earlier runs and decisions, which "
                        "version %s does not keep",
                        value, pl_version());
  const char *word = NULL;
  int code = take_word("--fail-on", value, fail_ons, 2, &word);
  if (code == 0) cli->fail_on_flagged = word == fail_ons[0];
  return code;
}

static int take_max_rejects(pl_cli *cli, const char *value) {
  cli->max_rejects = value; /* read by pl_audit_open */
  return 0;
}

static int take_threads(pl_cli *cli, const char *value) {
  char *end;
  bool digits = value[0] && strspn(value, "0123456789") == strlen(value) && strlen(value) < 5;
  unsigned long n = digits ? strtoul(value, &end, 10) : 0;
  if (n < 1 || n > 256)
    return pl_cli_usage("write a number from 1 to 256; the default is one for each core",
                        "--threads cannot be \"%s\"", value);
  cli->threads = (unsigned)n;
  return 0;
}

static int take_color(pl_cli *cli, const char *value) {
  return take_word("--color", value, colors, 3, &cli->color);
}

static int take_allow(pl_cli *cli, const char *value) {
  if (cli->allow_n == PL_CLI_ALLOWS)
    return pl_cli_usage("allow a folder that holds them", "more than %d times --allow",
                        PL_CLI_ALLOWS);
  cli->allow[cli->allow_n++] = value;
  return 0;
}

static int take_directory(pl_cli *cli, const char *value) {
  if (!value[0]) return pl_cli_usage(NULL, "-C needs the name of a folder");
  cli->directory = value;
  return 0;
}

static int take_name(pl_cli *cli, const char *value) {
  cli->name = value;
  return 0;
}

static int take_deals(pl_cli *cli, const char *value) {
  cli->deals = value;
  return 0;
}

static int take_deal(pl_cli *cli, const char *value) {
  cli->deal = value;
  return 0;
}

static int take_quiet(pl_cli *cli, const char *value) {
  (void)value;
  cli->quiet = true;
  return 0;
}

static int take_verbose(pl_cli *cli, const char *value) {
  (void)value;
  cli->verbose = true;
  return 0;
}

static int take_completion(pl_cli *cli, const char *value) {
  return take_word("--completion", value, shells, 3, &cli->completion);
}

static int take_nothing(pl_cli *cli, const char *value) {
  (void)cli;
  (void)value;
  return 0;
}

static const pl_option options[] = {
    {"directory", 'C', "DIR", PL_OPT_DIRECTORY, "the workspace (default: where you are)", NULL,
     take_directory},
    {"output", 'o', "FILE", PL_OPT_OUTPUT, "write the result there: .json .md .csv .txt", NULL,
     take_output},
    {"format", 0, "FORMAT", PL_OPT_FORMAT, "terminal, json, csv or markdown", formats, take_format},
    {"json", 0, NULL, PL_OPT_FORMAT, "the same as --format json", NULL, take_json},
    {"department", 0, "NAME", PL_OPT_DEPARTMENT, "only this department's metrics", NULL,
     take_department},
    {"name", 0, "TEXT", PL_OPT_NAME, "only tests with this in their name", NULL, take_name},
    {"deal", 0, "ID", PL_OPT_DEAL, "show the chain of records to this deal", NULL, take_deal},
    {"demo", 0, NULL, PL_OPT_DEMO, "a complete workspace of an invented company", NULL,
     take_nothing},
    {"deals", 0, "FILE", PL_OPT_DEALS, "which of the exports holds the deals", NULL, take_deals},
    {"no-input", 0, NULL, PL_OPT_NO_INPUT, "ask nothing, also on a terminal", NULL, take_nothing},
    {"as-of", 0, "DATE", PL_OPT_AS_OF, "what counts as today, instead of audit.lua's", NULL,
     take_as_of},
    {"fail-on", 0, "WHAT", PL_OPT_FAIL_ON, "exit 1 if a metric is `flagged` (default: none)",
     fail_ons, take_fail_on},
    {"max-rejects", 0, "N|N%", PL_OPT_MAX_REJECTS,
     "how many rows may be unusable (default 5% of a source)", NULL, take_max_rejects},
    {"allow", 0, "PATH", PL_OPT_ALLOW, "sources may read this path outside the workspace", NULL,
     take_allow},
    {"threads", 0, "N", PL_OPT_THREADS, "default: one for each core", NULL, take_threads},
    {"color", 0, "WHEN", PL_OPT_COLOR, "auto, always or never", colors, take_color},
    {"man", 0, NULL, PL_OPT_MAN, "as the source of a man page", NULL, take_nothing},
    {"completion", 0, "SHELL", PL_OPT_COMPLETION, "what bash, zsh or fish loads to complete words",
     shells, take_completion},
    {"quiet", 'q', NULL, PL_OPT_QUIET, "results and errors only", NULL, take_quiet},
    {"verbose", 'v', NULL, PL_OPT_VERBOSE, "more detail", NULL, take_verbose},
    {"help", 'h', NULL, PL_OPT_HELP, "this text; behind a verb: more about it", NULL, take_nothing},
    {"version", 0, NULL, PL_OPT_VERSION,
     "the version; with --json or -v, also those of the libraries", NULL, take_nothing},
};
#define OPTIONS (sizeof options / sizeof *options)

const char *pl_option_help(size_t i, uint32_t *bit) {
  static char line[160];
  if (i >= OPTIONS) return NULL;
  const pl_option *o = &options[i];
  char left[64], letter[8] = "    ";
  if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
  snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
           o->value ? o->value : "");
  snprintf(line, sizeof line, "  %-24s %s", left, o->help);
  *bit = o->bit;
  return line;
}

bool pl_option_at(size_t i, pl_option_facts *out) {
  if (i >= OPTIONS) return false;
  const pl_option *o = &options[i];
  *out = (pl_option_facts){o->name, o->letter, o->value, o->help, o->words, o->bit};
  return true;
}

static const pl_option *find_letter(char letter) {
  for (size_t i = 0; i < OPTIONS; i++)
    if (options[i].letter && options[i].letter == letter) return &options[i];
  return NULL;
}

static const pl_option *find_name(const char *name, size_t n) {
  for (size_t i = 0; i < OPTIONS; i++)
    if (strlen(options[i].name) == n && memcmp(options[i].name, name, n) == 0) return &options[i];
  return NULL;
}

static int unknown_name(const char *name, size_t n) {
  const char *names[OPTIONS];
  char word[64], hint[128];
  for (size_t i = 0; i < OPTIONS; i++) names[i] = options[i].name;
  snprintf(word, sizeof word, "%.*s", (int)(n < 60 ? n : 60), name);
  const char *near = pl_nearest(word, names, OPTIONS);
  if (near)
    snprintf(hint, sizeof hint, "did you mean --%s?", near);
  else
    snprintf(hint, sizeof hint, "`plumbline --help` lists the options");
  return pl_cli_usage(hint, "there is no option --%s", word);
}

static int take(pl_cli *cli, const pl_option *option, const char *value) {
  cli->given |= option->bit;
  return option->take(cli, value);
}

static int missing_value(const pl_option *option) {
  char hint[128];
  snprintf(hint, sizeof hint, "write --%s %s", option->name, option->value);
  return pl_cli_usage(hint, "--%s needs a value", option->name);
}

/* --name, --name=value or --name value. */
static int read_long(pl_cli *cli, char **argv, int argc, int *i) {
  const char *name = argv[*i] + 2, *equals = strchr(name, '=');
  size_t n = equals ? (size_t)(equals - name) : strlen(name);
  const pl_option *option = find_name(name, n);
  if (!option) return unknown_name(name, n);
  if (!option->value && equals)
    return pl_cli_usage(NULL, "--%s takes no value, so \"%s\" means nothing", option->name,
                        equals + 1);
  if (!option->value) return take(cli, option, NULL);
  if (equals) return take(cli, option, equals + 1);
  if (*i + 1 >= argc) return missing_value(option);
  return take(cli, option, argv[++*i]);
}

/* -q, -qv, -oFILE or -o FILE. */
static int read_letters(pl_cli *cli, char **argv, int argc, int *i) {
  for (const char *p = argv[*i] + 1; *p; p++) {
    const pl_option *option = find_letter(*p);
    if (!option)
      return pl_cli_usage("`plumbline --help` lists the options", "there is no option -%c", *p);
    if (!option->value) {
      int code = take(cli, option, NULL);
      if (code) return code;
      continue;
    }
    if (p[1]) return take(cli, option, p + 1);
    if (*i + 1 >= argc) return missing_value(option);
    return take(cli, option, argv[++*i]);
  }
  return 0;
}

static int read_word(pl_cli *cli, const char *word) {
  if (cli->words_n == PL_CLI_WORDS)
    return pl_cli_usage("`plumbline --help` shows what to write", "too many words, from \"%s\" on",
                        word);
  cli->words[cli->words_n++] = word;
  return 0;
}

int pl_cli_read(int argc, char **argv, pl_cli *cli) {
  *cli = (pl_cli){.color = "auto"};
  bool words_only = false;
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    int code = 0;
    if (!words_only && strcmp(word, "--") == 0)
      words_only = true;
    else if (words_only || word[0] != '-' || !word[1])
      code = read_word(cli, word);
    else if (word[1] == '-')
      code = read_long(cli, argv, argc, &i);
    else
      code = read_letters(cli, argv, argc, &i);
    if (code) return code;
  }
  return 0;
}

int pl_cli_check(const pl_cli *cli, const pl_verb *verb) {
  char hint[160];
  snprintf(hint, sizeof hint, "`plumbline %s --help` shows what it takes", verb->name);
  for (size_t i = 0; i < OPTIONS; i++) {
    if (cli->given & options[i].bit & ~verb->options)
      return pl_cli_usage(hint, "%s takes no --%s", verb->name, options[i].name);
  }
  size_t words = cli->words_n - 1;
  if (words < verb->words_from)
    return pl_cli_usage(hint, "%s needs more: plumbline %s %s", verb->name, verb->name,
                        verb->arguments);
  if (words > verb->words_to)
    return pl_cli_usage(hint, "%s does not know what to do with \"%s\"", verb->name,
                        cli->words[1 + verb->words_to]);
  bool two = words > 0 && words == verb->words_to && (cli->given & PL_OPT_DIRECTORY);
  if (two && verb->words_to > verb->words_from)
    return pl_cli_usage("name the workspace once", "two workspaces: %s and %s", cli->directory,
                        cli->words[words]);
  return 0;
}

/* "report.md" -> "markdown"; NULL for an ending that says nothing. */
static const char *format_of_file(const char *file) {
  static const char *const endings[][2] = {{".txt", "terminal"}, {".json", "json"},
                                           {".csv", "csv"},      {".md", "markdown"},
                                           {".tap", "tap"},      {".xml", "junit"}};
  size_t n = strlen(file);
  for (size_t i = 0; i < 6; i++) {
    size_t m = strlen(endings[i][0]);
    if (n > m && strcmp(file + n - m, endings[i][0]) == 0) return endings[i][1];
  }
  return NULL;
}

int pl_cli_view(const pl_cli *cli, const char *const *views, size_t n, const char **view) {
  const char *format = cli->format;
  if (!format && cli->output) {
    format = format_of_file(cli->output);
    if (!format)
      return pl_cli_usage("end it in .json, .md, .csv or .txt, or add --format",
                          "the ending of \"%s\" names no format", cli->output);
  }
  if (!format) format = "terminal";
  for (size_t i = 0; i < n; i++) {
    if (strcmp(views[i], format) != 0) continue;
    *view = views[i];
    return 0;
  }
  bool known = false;
  for (size_t i = 0; formats[i]; i++) known = known || strcmp(format, formats[i]) == 0;
  if (!known) return take_word("--format", format, views, n, view);
  char hint[128] = "this verb knows ";
  for (size_t i = 0; i < n; i++) {
    size_t at = strlen(hint);
    snprintf(hint + at, sizeof hint - at, "%s%s",
             i == 0      ? ""
             : i + 1 < n ? ", "
                         : " and ",
             views[i]);
  }
  return pl_cli_usage(hint, "%s cannot be drawn as %s", cli->words_n ? cli->words[0] : "--version",
                      format);
}
