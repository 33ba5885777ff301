/* plumbline help [TOPIC]: the manual in the terminal, the sources of the man
 * pages, and what shells load to complete command lines. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static int fail_memory(void) {
  pl_error err = {.status = PL_E_MEMORY};
  strcpy(err.message, "not enough memory");
  return pl_cli_error(&err);
}

static int show_facts(const pl_cli *cli, const char *facts) {
  return pl_cli_result(cli, facts, strlen(facts));
}

static int show_completion(const pl_cli *cli, const char *facts) {
  pl_error err = {0};
  char *text = NULL;
  size_t size;
  pl_status status = pl_completion_new(cli->completion, facts, &text, &size, &err);
  int code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return code;
}

static int show_page(const pl_cli *cli, const char *page, const char *facts) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  char *text = NULL;
  size_t size;
  const char *view = cli->given & PL_OPT_MAN ? "man" : "terminal";
  pl_status status = pl_manual_new(page, facts, view, &options, &text, &size, &err);
  int code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return code;
}

static int unknown_topic(const char *topic) {
  const char *names[48];
  size_t n = 0;
  char hint[128] = "the topics are rules, audit, library and every verb";
  for (const char *const *word = pl_verb_words(pl_verb_find("help")); *word; word++)
    names[n++] = *word;
  for (const pl_verb *verb = pl_verbs; verb->name; verb++) names[n++] = verb->name;
  const char *near = pl_nearest(topic, names, n);
  if (near) strcat(strcat(strcpy(hint, "did you mean `plumbline help "), near), "`?");
  return pl_cli_usage(hint, "there is no help on \"%s\"", topic);
}

static int show_topic(const pl_cli *cli, const char *topic, const char *facts) {
  const char *const *words = pl_verb_words(pl_verb_find("help"));
  for (; *words; words++)
    if (strcmp(topic, *words) == 0) return show_page(cli, topic, facts);
  const pl_verb *verb = pl_verb_find(topic);
  if (verb && !(cli->given & PL_OPT_MAN)) return pl_help_verb(cli, verb);
  if (verb)
    return pl_cli_usage("`plumbline help --man` is the page with all verbs",
                        "the verb %s has no man page of its own", topic);
  return unknown_topic(topic);
}

int pl_verb_help(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view, *topic = cli->words_n > 1 ? cli->words[1] : NULL;
  bool man = cli->given & PL_OPT_MAN;
  int code = man || cli->completion ? 0 : pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  if ((man || topic) && cli->completion)
    return pl_cli_usage("give one of them", "--completion is a text of its own");
  if ((man || topic || cli->completion) && cli->format)
    return pl_cli_usage("`plumbline help --json` prints verbs, options and exit codes",
                        "a text of the manual has no other format");
  char *facts = pl_facts_json();
  if (!facts) return fail_memory();
  if (cli->completion)
    code = show_completion(cli, facts);
  else if (topic)
    code = show_topic(cli, topic, facts);
  else if (man)
    code = show_page(cli, "plumbline", facts);
  else
    code = view == views[1] ? show_facts(cli, facts) : pl_help_all(cli);
  free(facts);
  return code;
}
