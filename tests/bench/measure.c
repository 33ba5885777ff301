/* measure OUT COMMAND [ARG]...: runs a command and writes to OUT one line: seconds of wall
 * clock, seconds of CPU (user and system, children that it waited for included), peak
 * resident memory in KiB, exit code.
 *
 * A program of its own because Linux keeps the peak across exec: a child of a large process
 * starts with that process's peak, a child of this one with almost nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure OUT COMMAND [ARG]...\n");
    return 2;
  }
  double start = now();
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    perror("measure");
    return 2;
  }
  double wall = now() - start;
  FILE *out = fopen(argv[1], "w");
  if (!out) {
    perror(argv[1]);
    return 2;
  }
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  fprintf(out, "%.4f %.4f %ld %d\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
          used.ru_maxrss, code);
  return fclose(out) == 0 ? 0 : 2;
}
