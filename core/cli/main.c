/* The command line: find the verb, run it, give back its exit code. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* If we were started with a standard stream closed, the next file opened would
 * take its place and be written into. A read-only one makes writing an error. */
static void hold_standard_streams(void) {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) == -1) (void)!open("/dev/null", O_RDONLY);
}

/* One line; with -v or --json also the libraries under it. */
static int show_version(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view;
  char *text = NULL, line[64];
  size_t size;
  pl_error err = {0};
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  if (!cli->verbose && view == views[0]) {
    int n = snprintf(line, sizeof line, "plumbline %s\n", pl_version());
    return pl_cli_result(cli, line, (size_t)n);
  }
  pl_status status = pl_versions_new(view, &text, &size, &err);
  code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return code;
}

static int run(const pl_cli *cli) {
  if (cli->given & PL_OPT_VERSION) return show_version(cli);
  if (cli->words_n == 0 && (cli->given & PL_OPT_HELP)) return pl_help_all(cli);
  if (cli->words_n == 0)
    return pl_cli_usage("`plumbline --help` lists the verbs; a first try: "
                        "`plumbline init --demo DIR`",
                        "what should be done?");
  const pl_verb *verb = pl_verb_find(cli->words[0]);
  if (!verb) return pl_verb_unknown(cli->words[0]);
  if (cli->given & PL_OPT_HELP) return pl_help_verb(cli, verb);
  int code = pl_cli_check(cli, verb);
  return code ? code : verb->run(cli);
}

int main(int argc, char **argv) {
  /* Before anything else: a worker has its own rules about what is open. */
  if (argc == 2 && strcmp(argv[1], "--worker") == 0) return pl_worker_main();
  hold_standard_streams();
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is exit code 5, not a death */
  pl_cli cli;
  int code = pl_cli_read(argc, argv, &cli);
  return code ? code : run(&cli);
}
