/* Where results go: a file, or stdout with the width and colours it has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

#define PL_WIDTH_LEAST 40
#define PL_WIDTH_MOST 400

static bool to_stdout(const pl_cli *cli) {
  return !cli->output || strcmp(cli->output, "-") == 0;
}

/* COLUMNS, else the terminal's own width, else 0: the view's default. */
static unsigned stdout_width(void) {
  const char *columns = getenv("COLUMNS");
  long width = columns ? strtol(columns, NULL, 10) : 0;
  struct winsize size;
  if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width <= 0) return 0;
  if (width < PL_WIDTH_LEAST) width = PL_WIDTH_LEAST;
  return width > PL_WIDTH_MOST ? PL_WIDTH_MOST : (unsigned)width;
}

static bool wants_color(const pl_cli *cli) {
  if (strcmp(cli->color, "always") == 0) return true;
  if (strcmp(cli->color, "never") == 0 || !to_stdout(cli)) return false;
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  if (no && no[0]) return false;
  return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

pl_view_options pl_cli_view_options(const pl_cli *cli) {
  return (pl_view_options){.width = to_stdout(cli) ? stdout_width() : 0,
                           .color = wants_color(cli),
                           .verbose = cli->verbose};
}

/* A reader that went away (EPIPE) needs no message, only the exit code. */
static int fail_stdout(int reason) {
  if (reason == EPIPE) return PL_E_OUTPUT;
  pl_error err = {.status = PL_E_OUTPUT};
  strcpy(err.message, "cannot write to standard output: ");
  strncat(err.message, strerror(reason), 200);
  return pl_cli_error(&err);
}

static int write_stdout(const char *p, size_t n) {
  while (n > 0) {
    ssize_t done = write(STDOUT_FILENO, p, n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_stdout(errno);
    p += done;
    n -= (size_t)done;
  }
  return 0;
}

int pl_cli_result(const pl_cli *cli, const char *text, size_t size) {
  if (to_stdout(cli)) return write_stdout(text, size);
  pl_error err = {0};
  if (pl_file_write(cli->output, text, size, &err) != PL_OK) return pl_cli_error(&err);
  pl_cli_say(cli, "wrote %s", cli->output);
  return 0;
}
