/* plumbline audit: the audit, its summary, and the report folder. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define PL_REPORT_PATH 4096

/* A path in the workspace, as this command line would name it. */
static void report_path(const pl_cli *cli, const char *name, char out[PL_REPORT_PATH]) {
  const char *workspace = cli->words_n > 1 ? cli->words[1] : cli->directory;
  snprintf(out, PL_REPORT_PATH, "%s%s%s", workspace ? workspace : "", workspace ? "/" : "", name);
}

static bool is_there(const pl_cli *cli, const char *name) {
  char path[PL_REPORT_PATH];
  report_path(cli, name, path);
  return access(path, F_OK) == 0;
}

/* Nothing was written; say so where an earlier report might be taken for this one. */
static void say_old_report(const pl_cli *cli) {
  if (is_there(cli, "report/report.json") || is_there(cli, "report/rejects.csv"))
    pl_cli_say(cli, "nothing was written: report/ is from an earlier run and was left as it is");
}

/* There is no report; all rows that were too many are what helps to repair the
 * exports. 0, or the exit code after a message. */
static int write_rejects(const pl_cli *cli, pl_audit *audit) {
  char path[PL_REPORT_PATH];
  pl_error err = {0};
  report_path(cli, "report", path);
  if (pl_audit_report_rejects(audit, path, &err) != PL_OK) return pl_cli_error(&err);
  pl_cli_say(cli, "rows that could not be used, up to where it stopped: %s/rejects.csv", path);
  if (is_there(cli, "report/report.json"))
    pl_cli_say(cli, "no report was written: the rest of report/ is from an earlier run and was "
                    "left as it is");
  return 0;
}

/* What a run without a result leaves behind. Returns the exit code. */
static int give_up(const pl_cli *cli, pl_audit *audit, pl_status status) {
  int written = 0;
  if (status == PL_E_INPUT && !cli->department && pl_audit_count(audit).rejects > 0)
    written = write_rejects(cli, audit);
  else
    say_old_report(cli);
  return pl_cli_signal_code(written ? written : pl_exit_code(status));
}

static int write_report(const pl_cli *cli, pl_audit *audit) {
  if (cli->department) {
    pl_cli_say(cli, "report/ was left as it is: this was one department; -o FILE keeps it");
    return 0;
  }
  char path[PL_REPORT_PATH];
  pl_error err = {0};
  report_path(cli, "report", path);
  if (pl_audit_report(audit, path, &err) != PL_OK) return pl_cli_error(&err);
  uint64_t rejects = pl_audit_count(audit).rejects;
  pl_cli_say(cli, "wrote report.json, report.md and flags.csv to %s", path);
  if (rejects)
    pl_cli_say(cli, "%llu row%s could not be used: %s/rejects.csv", (unsigned long long)rejects,
               rejects == 1 ? "" : "s", path);
  return 0;
}

/* The worst of what happened: 5 before 1 before 4. A gate that is held shut by
 * --fail-on stays shut when some other metric could not be audited. */
static int exit_code(const pl_cli *cli, const pl_audit *audit, pl_status status, int written) {
  if (written) return written;
  if (cli->fail_on_flagged && pl_audit_count(audit).flagged > 0) return PL_EXIT_FAIL_ON;
  return pl_exit_code(status);
}

static int show(const pl_cli *cli, pl_audit *audit, const char *view) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  const char *text;
  size_t size;
  if (pl_audit_render(audit, view, &options, &text, &size, &err) != PL_OK)
    return pl_cli_error(&err);
  return pl_cli_result(cli, text, size);
}

static int run(const pl_cli *cli, pl_audit *audit, const char *view) {
  pl_status status = pl_cli_run(cli, audit);
  if (status != PL_OK && status != PL_E_PARTIAL) return give_up(cli, audit, status);
  pl_audit_totals totals = pl_audit_count(audit);
  if (totals.not_audited && strcmp(view, "terminal") != 0) /* the summary says it itself */
    pl_cli_say(cli, "%llu of %llu metric%s could not be audited",
               (unsigned long long)totals.not_audited, (unsigned long long)totals.metrics,
               totals.metrics == 1 ? "" : "s");
  int shown = show(cli, audit, view);
  int written = *pl_cli_cancel ? pl_exit_code(PL_E_CANCELLED) : write_report(cli, audit);
  return pl_cli_signal_code(exit_code(cli, audit, status, shown ? shown : written));
}

/* --format names no built-in view, and the workspace has views of its own. */
static bool wants_own_view(const pl_cli *cli) {
  static const char *const built_in[] = {"terminal", "json", "csv", "markdown", "tap", "junit"};
  char path[PL_REPORT_PATH];
  if (!cli->format) return false;
  for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
    if (strcmp(cli->format, built_in[i]) == 0) return false;
  report_path(cli, "views", path);
  return access(path, F_OK) == 0;
}

static int check_view(pl_audit *audit, const char *view) {
  pl_error err = {0};
  return pl_audit_view(audit, view, &err) == PL_OK ? 0 : pl_cli_error(&err);
}

int pl_verb_audit(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json", "csv", "markdown"};
  const char *view;
  pl_audit *audit = NULL;
  bool own = wants_own_view(cli);
  int code = own ? 0 : pl_cli_view(cli, views, 4, &view);
  if (own) view = cli->format;
  if (code == 0) code = pl_cli_open(cli, cli->words_n > 1 ? cli->words[1] : NULL, &audit);
  if (code == 0 && own) code = check_view(audit, view);
  if (code == 0) code = run(cli, audit, view);
  pl_audit_close(audit);
  return code;
}
