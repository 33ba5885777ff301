/* plumbline explain [CODE]: what a reason code means and what to do. */
#include "cli/cli.h"

int pl_verb_explain(const pl_cli *cli) {
  static const char *const views[] = {"terminal", "json"};
  const char *view;
  int code = pl_cli_view(cli, views, 2, &view);
  if (code) return code;
  pl_view_options options = pl_cli_view_options(cli);
  pl_error err = {0};
  char *text = NULL;
  size_t size;
  const char *asked = cli->words_n > 1 ? cli->words[1] : NULL;
  pl_status status = pl_explain_new(asked, view, &options, &text, &size, &err);
  code = status == PL_OK ? pl_cli_result(cli, text, size) : pl_cli_error(&err);
  pl_text_free(text);
  return code;
}
