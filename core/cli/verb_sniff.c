/* plumbline sniff FILE: what the reader sees, and the source to paste. */
#include <sys/stat.h>

#include "cli/cli.h"

/* The profiles of the workspace we are in count as well. */
static const char *workspace(const pl_cli *cli) {
  struct stat info;
  if (cli->directory) return cli->directory;
  return stat("audit.lua", &info) == 0 ? "." : NULL;
}

int pl_verb_sniff(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view, *text;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  pl_sniff_options options = {.directory = workspace(cli),
                              .worker = PL_WORKER_SELF,
                              .print = pl_cli_printed,
                              .cancel = pl_cli_cancel,
                              .progress = pl_cli_progress};
  pl_view_options how = pl_cli_view_options(cli);
  pl_sniff *sniff = NULL;
  pl_error err = {0};
  size_t size;
  pl_cli_catch_signals();
  pl_cli_progress_start(cli);
  pl_status status = pl_sniff_open(cli->words[1], &options, &sniff, &err);
  pl_cli_progress_end();
  if (status == PL_OK) status = pl_sniff_render(sniff, view, &how, &text, &size, &err);
  code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_sniff_close(sniff);
  return pl_cli_signal_code(code);
}
