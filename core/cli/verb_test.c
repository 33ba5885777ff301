/* plumbline test: the rule author's own tests. */
#include <sys/stat.h>

#include "cli/cli.h"

typedef struct chosen {
  const char *directory;
  const char *files[PL_CLI_WORDS];
  size_t files_n;
} chosen;

/* A folder is the workspace; everything else is a test file. */
static int choose(const pl_cli *cli, chosen *out) {
  *out = (chosen){.directory = cli->directory};
  for (size_t i = 1; i < cli->words_n; i++) {
    struct stat info;
    bool folder = stat(cli->words[i], &info) == 0 && S_ISDIR(info.st_mode);
    if (folder && out->directory)
      return pl_cli_usage("name the workspace once", "two workspaces: %s and %s", out->directory,
                          cli->words[i]);
    if (folder)
      out->directory = cli->words[i];
    else
      out->files[out->files_n++] = cli->words[i];
  }
  return 0;
}

static int show(const pl_cli *cli, pl_tests *tests, const char *view) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  const char *text;
  size_t size;
  if (pl_tests_render(tests, view, &options, &text, &size, &err) != PL_OK)
    return pl_cli_error(&err);
  int code = pl_cli_result(cli, text, size);
  return code ? code : pl_tests_count(tests).failed > 0;
}

int pl_verb_test(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json", "tap", "junit"};
  const char *view;
  chosen which;
  int code = pl_cli_view(cli, views, 4, &view);
  if (code == 0) code = choose(cli, &which);
  if (code) return code;
  pl_audit_options audit = {.directory = which.directory,
                            .worker = PL_WORKER_SELF,
                            .department = cli->department,
                            .allow = cli->allow,
                            .allow_n = cli->allow_n,
                            .threads = cli->threads,
                            .print = pl_cli_printed,
                            .cancel = pl_cli_cancel};
  pl_test_options options = {which.files, which.files_n, cli->name};
  pl_tests *tests = NULL;
  pl_error err = {0};
  pl_cli_catch_signals();
  pl_status status = pl_tests_open(&audit, &options, &tests, &err);
  code = status == PL_OK ? show(cli, tests, view) : pl_cli_error(&err);
  pl_tests_close(tests);
  return pl_cli_signal_code(code);
}
