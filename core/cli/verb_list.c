/* plumbline list WHAT: metrics, rules, sources, profiles, codes. */
#include <string.h>

#include "cli/cli.h"

static int list_codes(const pl_cli *cli, const char *view) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  char *text = NULL;
  size_t size;
  pl_status status = pl_codes_new(view, &options, &text, &size, &err);
  int code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return code;
}

/* Without a folder: the one that the command line names, if it is a workspace's. */
static int list_profiles(const pl_cli *cli, const char *view) {
  pl_audit_options options = {
      .worker = PL_WORKER_SELF, .print = pl_cli_printed, .cancel = pl_cli_cancel};
  const char *directory = cli->words_n > 2 ? cli->words[2] : cli->directory;
  pl_error err = {0};
  char *text = NULL;
  size_t size;
  pl_cli_catch_signals();
  pl_status status =
      pl_profiles_new(directory ? directory : ".", &options, view, &text, &size, &err);
  int code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return pl_cli_signal_code(code);
}

static int list_workspace(const pl_cli *cli, const char *view) {
  pl_view_options options = pl_cli_view_options(cli);
  pl_audit *audit = NULL;
  int code = pl_cli_open(cli, cli->words_n > 2 ? cli->words[2] : NULL, &audit);
  if (code) return code;
  pl_error err = {0};
  const char *text;
  size_t size;
  pl_status status = pl_audit_list(audit, cli->words[1], view, &options, &text, &size, &err);
  code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_audit_close(audit);
  return pl_cli_signal_code(code);
}

int pl_verb_list(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  static const char *const lists[] = {"metrics", "rules", "sources", "profiles", "codes"};
  const char *what = cli->words[1], *view;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  if (strcmp(what, "codes") == 0 && cli->words_n == 2) return list_codes(cli, view);
  for (size_t i = 0; i < 3; i++)
    if (strcmp(what, lists[i]) == 0) return list_workspace(cli, view);
  if (strcmp(what, "profiles") == 0) return list_profiles(cli, view);
  if (strcmp(what, "codes") == 0)
    return pl_cli_usage(NULL, "the codes are the same in every workspace: list codes");
  if (strcmp(what, "decisions") == 0)
    return pl_cli_usage(NULL, "version %s keeps no decisions yet", pl_version());
  const char *near = pl_nearest(what, lists, 5);
  char hint[64] = "write metrics, rules, sources, profiles or codes";
  if (near) strcat(strcat(strcpy(hint, "did you mean "), near), "?");
  return pl_cli_usage(hint, "there is no list of \"%s\"", what);
}
