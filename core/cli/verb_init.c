/* plumbline init: a workspace from the exports in a folder; with --demo, one of an
 * invented company. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int write_demo(const pl_cli *cli) {
  const char *directory = cli->words_n > 1 ? cli->words[1] : cli->directory;
  if (!directory) return pl_cli_usage("write plumbline init --demo DIR", "--demo needs a folder");
  pl_error err = {0};
  if (pl_demo_write(directory, &err) != PL_OK) return pl_cli_error(&err);
  pl_cli_say(cli, "wrote a demo workspace to %s; next: plumbline audit %s", directory, directory);
  return 0;
}

static bool may_ask(const pl_cli *cli) {
  return !(cli->given & PL_OPT_NO_INPUT) && !cli->quiet && isatty(STDIN_FILENO) &&
         isatty(STDERR_FILENO);
}

/* Which file holds the deals, when several might: the one question there is. An
 * empty line takes the first. */
static int ask_for_deals(const pl_cli *cli, pl_init *init) {
  const pl_value *result = pl_init_result(init), *choices = pl_value_get(result, "choices");
  bool sure = pl_value_boolean(pl_value_get(pl_value_get(result, "deals"), "sure"), true);
  size_t n = pl_value_count(choices);
  char line[32];
  if (sure || n < 2 || !may_ask(cli)) return 0;
  if (n > 9) n = 9;
  pl_cli_say(cli, "Which of these holds the deals?");
  for (size_t i = 0; i < n; i++)
    pl_cli_say(cli, "  %zu  %s", i + 1, pl_value_str(pl_value_at(choices, i)).p);
  fprintf(stderr, "1 to %zu, or Enter for 1: ", n);
  if (!fgets(line, sizeof line, stdin)) return 0;
  unsigned long choice = strtoul(line, NULL, 10);
  if (choice < 2 || choice > n) return 0;
  char file[PL_ERROR_PATH];
  snprintf(file, sizeof file, "%s", pl_value_str(pl_value_at(choices, choice - 1)).p);
  pl_error err = {0};
  return pl_init_choose(init, file, &err) == PL_OK ? 0 : pl_cli_error(&err);
}

static int write_and_show(const pl_cli *cli, pl_init *init, const char *view) {
  pl_view_options how = pl_cli_view_options(cli);
  pl_error err = {0};
  const char *text;
  size_t size;
  if (pl_init_write(init, &err) != PL_OK) return pl_cli_error(&err);
  if (pl_init_render(init, view, &how, &text, &size, &err) != PL_OK) return pl_cli_error(&err);
  return pl_cli_result(cli, text, size);
}

int pl_verb_init(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  if (cli->given & PL_OPT_DEMO) return write_demo(cli);
  pl_init_options options = {.directory = cli->words_n > 1 ? cli->words[1] : cli->directory,
                             .deals = cli->deals,
                             .worker = PL_WORKER_SELF,
                             .print = pl_cli_printed,
                             .cancel = pl_cli_cancel,
                             .progress = pl_cli_progress};
  pl_init *init = NULL;
  pl_error err = {0};
  pl_cli_catch_signals();
  pl_cli_progress_start(cli);
  pl_status status = pl_init_open(&options, &init, &err);
  pl_cli_progress_end();
  code = status == PL_OK ? 0 : pl_cli_error(&err);
  if (code == 0) code = ask_for_deals(cli, init);
  if (code == 0) code = write_and_show(cli, init, view);
  pl_init_close(init);
  return pl_cli_signal_code(code);
}
