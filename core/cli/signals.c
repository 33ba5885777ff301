/* Ctrl-C: the audit is asked to stop and cleans up behind itself. */
#include <signal.h>
#include <time.h>

#include "cli/cli.h"

/* One Ctrl-C may arrive twice (to the process and to its group), so a second
 * one counts as impatience only after this long. */
#define PL_IMPATIENT_NS 500000000LL

static volatile bool cancelled;
static volatile sig_atomic_t by_signal;
static volatile long long asked_ns;
const volatile bool *const pl_cli_cancel = &cancelled;

static long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t); /* safe in a signal handler */
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void ask_to_stop(int signal_number) {
  if (cancelled && now_ns() - asked_ns > PL_IMPATIENT_NS) {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
  if (cancelled) return;
  asked_ns = now_ns();
  by_signal = signal_number;
  cancelled = true;
}

void pl_cli_catch_signals(void) {
  struct sigaction stop = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};
  sigemptyset(&stop.sa_mask);
  sigaction(SIGINT, &stop, NULL);
  sigaction(SIGTERM, &stop, NULL);
}

int pl_cli_signal_code(int code) {
  return by_signal ? 128 + (int)by_signal : code;
}
