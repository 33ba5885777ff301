/* Ctrl-C: the audit is asked to stop and cleans up behind itself. */
#include <signal.h>

#include "cli/cli.h"

static volatile bool cancelled;
static volatile sig_atomic_t by_signal;
const volatile bool *const pl_cli_cancel = &cancelled;

static void ask_to_stop(int signal_number) {
  by_signal = signal_number;
  cancelled = true;
}

void pl_cli_catch_signals(void) {
  /* Once only: a second Ctrl-C ends a program that does not stop by itself. */
  struct sigaction stop = {.sa_handler = ask_to_stop, .sa_flags = SA_RESETHAND | SA_RESTART};
  sigemptyset(&stop.sa_mask);
  sigaction(SIGINT, &stop, NULL);
  sigaction(SIGTERM, &stop, NULL);
}

int pl_cli_signal_code(int code) {
  return by_signal ? 128 + (int)by_signal : code;
}
