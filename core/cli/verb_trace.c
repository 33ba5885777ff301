/* plumbline trace METRIC: every step of one metric, with proofs. */
#include "cli/cli.h"

static int show(const pl_cli *cli, pl_audit *audit, const char *id, const char *view) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  const char *text;
  size_t size;
  pl_status status =
      pl_audit_metric_trace(audit, id, cli->deal, view, &options, &text, &size, &err);
  if (status != PL_OK && status != PL_E_PARTIAL) return pl_cli_error(&err);
  int code = pl_cli_result(cli, text, size);
  return code ? code : pl_exit_code(status);
}

/* The name is looked up first: a slip of the finger should not cost a run. */
static int trace(const pl_cli *cli, pl_audit *audit, const char *view) {
  pl_error err = {0};
  const char *id;
  if (pl_audit_metric(audit, cli->words[1], &id, &err) != PL_OK) return pl_cli_error(&err);
  pl_status status = pl_cli_run(cli, audit);
  if (status != PL_OK && status != PL_E_PARTIAL) return pl_exit_code(status);
  return show(cli, audit, id, view);
}

int pl_verb_trace(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view;
  pl_audit *audit = NULL;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code == 0) code = pl_cli_open(cli, cli->words_n > 2 ? cli->words[2] : NULL, &audit);
  if (code == 0) code = trace(cli, audit, view);
  pl_audit_close(audit);
  return pl_cli_signal_code(code);
}
