/* What goes to stderr: errors, messages, what rules print, the progress bar. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define PL_BAR_WIDTH 24
#define PL_BAR_EVERY_NS 100000000LL

static struct {
  bool on;    /* stderr is a terminal and nobody asked for quiet */
  bool drawn; /* a bar stands on the line */
  long long last;
  atomic_flag busy; /* the callback comes from several threads */
} bar = {.busy = ATOMIC_FLAG_INIT};

static void wipe_bar(void) {
  if (!bar.drawn) return;
  fputs("\r\033[K", stderr);
  bar.drawn = false;
}

/* Text that may come from outside, made safe for a terminal by pl_error_text. */
static void put_safe(const char *text) {
  pl_error plain = {0};
  char shown[PL_ERROR_SHOWN];
  snprintf(plain.message, sizeof plain.message, "%s", text);
  pl_error_text(&plain, shown, sizeof shown);
  fprintf(stderr, "%s\n", shown);
}

int pl_cli_error(const pl_error *err) {
  char shown[PL_ERROR_SHOWN];
  pl_error_text(err, shown, sizeof shown);
  wipe_bar();
  fprintf(stderr, "%s%s\n", err->file[0] ? "" : "plumbline: ", shown);
  return pl_exit_code(err->status);
}

int pl_cli_usage(const char *hint, const char *format, ...) {
  pl_error err = {.status = PL_E_USAGE};
  va_list args;
  va_start(args, format);
  vsnprintf(err.message, sizeof err.message, format, args);
  va_end(args);
  snprintf(err.hint, sizeof err.hint, "%s", hint ? hint : "");
  return pl_cli_error(&err);
}

void pl_cli_say(const pl_cli *cli, const char *format, ...) {
  if (cli->quiet) return;
  char text[PL_ERROR_TEXT];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  wipe_bar();
  put_safe(text);
}

void pl_cli_printed(void *ctx, const char *line) {
  (void)ctx;
  wipe_bar();
  put_safe(line);
}

/* ---- progress -------------------------------------------------------------------- */

void pl_cli_progress_start(const pl_cli *cli) {
  const char *term = getenv("TERM");
  bar.on = !cli->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void draw_bar(uint64_t done, uint64_t total) {
  if (done > total) done = total;
  int percent = total ? (int)((double)done * 100 / (double)total) : 0;
  int full = percent * PL_BAR_WIDTH / 100;
  char cells[PL_BAR_WIDTH + 1];
  memset(cells, '.', PL_BAR_WIDTH);
  memset(cells, '#', (size_t)full);
  cells[PL_BAR_WIDTH] = '\0';
  fprintf(stderr, "\rreading the exports  [%s] %3d %%", cells, percent);
  fflush(stderr);
  bar.drawn = true;
}

void pl_cli_progress(void *ctx, uint64_t done, uint64_t total) {
  (void)ctx;
  if (!bar.on || atomic_flag_test_and_set(&bar.busy)) return;
  long long now = now_ns();
  if (now - bar.last >= PL_BAR_EVERY_NS) {
    bar.last = now;
    draw_bar(done, total);
  }
  atomic_flag_clear(&bar.busy);
}

void pl_cli_progress_end(void) {
  wipe_bar();
  bar.on = false;
}
