/* plumbline check: do all rules bind to the exports' headers? */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int show_problems(const pl_audit *audit) {
  pl_error problem = {0};
  size_t n = 0;
  for (; pl_audit_problem(audit, n, &problem); n++) pl_cli_error(&problem);
  pl_audit_totals totals = pl_audit_count(audit);
  unsigned long long metrics = totals.metrics, files = totals.departments;
  return pl_cli_usage(NULL, "%zu wrong; %llu metric%s in %llu rule file%s %s looked at", n, metrics,
                      metrics == 1 ? "" : "s", files, files == 1 ? "" : "s",
                      metrics == 1 ? "was" : "were");
}

static int show_sound(const pl_cli *cli, const pl_audit *audit) {
  pl_audit_totals totals = pl_audit_count(audit);
  unsigned long long files = totals.departments, metrics = totals.metrics, sources = totals.sources;
  char text[256];
  int n = snprintf(text, sizeof text, "%llu rule file%s, %llu metric%s, %llu source%s: all sound\n",
                   files, files == 1 ? "" : "s", metrics, metrics == 1 ? "" : "s", sources,
                   sources == 1 ? "" : "s");
  int code = pl_cli_result(cli, text, (size_t)n);
  for (const char *p = pl_audit_left(audit); !code && *p; p += *p == '\n') {
    size_t line = strcspn(p, "\n");
    pl_cli_say(cli, "%.*s", (int)line, p);
    p += line;
  }
  return code;
}

int pl_verb_check(const pl_cli *cli) {
  pl_audit *audit = NULL;
  pl_error err = {0};
  int code = pl_cli_open(cli, cli->words_n > 1 ? cli->words[1] : NULL, &audit);
  if (code) return code;
  pl_status status = pl_audit_check(audit, &err);
  if (status == PL_OK) {
    code = show_sound(cli, audit);
  } else if (status == PL_E_PARTIAL) {
    code = show_problems(audit);
  } else {
    code = pl_cli_error(&err);
  }
  pl_audit_close(audit);
  return pl_cli_signal_code(code);
}
