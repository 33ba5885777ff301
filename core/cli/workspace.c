/* What the verbs on a workspace share: opening it, running it, saying why not. */
#include <stdio.h>

#include "cli/cli.h"

#define PL_REJECTS_SHOWN 5

int pl_cli_open(const pl_cli *cli, const char *directory, pl_audit **audit) {
  pl_audit_options options = {.directory = directory ? directory : cli->directory,
                              .as_of = cli->as_of,
                              .department = cli->department,
                              .allow = cli->allow,
                              .allow_n = cli->allow_n,
                              .threads = cli->threads,
                              .max_rejects = cli->max_rejects,
                              .worker = PL_WORKER_SELF,
                              .progress = pl_cli_progress,
                              .print = pl_cli_printed,
                              .cancel = pl_cli_cancel};
  pl_error err = {0};
  pl_cli_catch_signals();
  pl_status status = pl_audit_open(&options, audit, &err);
  return status == PL_OK ? 0 : pl_cli_signal_code(pl_cli_error(&err));
}

/* The first rows that could not be used, when the run failed over them. */
static void show_rejects(const pl_audit *audit) {
  pl_error reject = {0};
  size_t i = 0;
  for (; i < PL_REJECTS_SHOWN && pl_audit_reject(audit, i, &reject); i++) pl_cli_error(&reject);
  uint64_t all = pl_audit_count(audit).rejects;
  if (all <= i) return;
  pl_error more = {.status = PL_E_INPUT};
  snprintf(more.message, sizeof more.message, "%llu more rows could not be used",
           (unsigned long long)(all - i));
  pl_cli_error(&more);
}

pl_status pl_cli_run(const pl_cli *cli, pl_audit *audit) {
  pl_error err = {0};
  pl_cli_progress_start(cli);
  pl_status status = pl_audit_run(audit, &err);
  pl_cli_progress_end();
  if (status == PL_OK || status == PL_E_PARTIAL) return status;
  pl_cli_error(&err);
  if (status == PL_E_INPUT) show_rejects(audit);
  return status;
}
