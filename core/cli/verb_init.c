/* plumbline init --demo DIR: the demo workspace. */
#include "cli/cli.h"

int pl_verb_init(const pl_cli *cli) {
  if (!(cli->given & PL_OPT_DEMO))
    return pl_cli_usage("`plumbline init --demo DIR` writes a complete workspace to learn from",
                        "init without --demo, which looks at your exports, is not in version %s",
                        pl_version());
  const char *directory = cli->words_n > 1 ? cli->words[1] : cli->directory;
  if (!directory) return pl_cli_usage("write plumbline init --demo DIR", "--demo needs a folder");
  pl_error err = {0};
  if (pl_demo_write(directory, &err) != PL_OK) return pl_cli_error(&err);
  pl_cli_say(cli, "wrote a demo workspace to %s; next: plumbline audit %s", directory, directory);
  return 0;
}
