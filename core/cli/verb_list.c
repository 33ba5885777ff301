/* plumbline list WHAT: metrics, rules, sources, codes. */
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
  static const char *const lists[] = {"metrics", "rules", "sources", "codes"};
  const char *what = cli->words[1], *view;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  if (strcmp(what, "codes") == 0 && cli->words_n == 2) return list_codes(cli, view);
  for (size_t i = 0; i < 3; i++)
    if (strcmp(what, lists[i]) == 0) return list_workspace(cli, view);
  if (strcmp(what, "codes") == 0)
    return pl_cli_usage(NULL, "the codes are the same in every workspace: list codes");
  if (strcmp(what, "decisions") == 0)
    return pl_cli_usage(NULL, "version %s keeps no decisions yet", pl_version());
  const char *near = pl_nearest(what, lists, 4);
  char hint[64] = "write metrics, rules, sources or codes";
  if (near) strcat(strcat(strcpy(hint, "did you mean "), near), "?");
  return pl_cli_usage(hint, "there is no list of \"%s\"", what);
}
