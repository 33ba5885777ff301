/* The walls around a worker: no new privileges, resource limits, and a list of
 * the few system calls that a Lua state on a pipe needs. */
#ifndef _GNU_SOURCE
#endif
#include "rule/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_TOOL 1
#else
#define UNDER_TOOL RUNNING_ON_VALGRIND
#endif

/* Beside the Lua heap: one request and its answer on the wire and as a tree. */
#define SPARE (192ull << 20)

/* What is mapped already (the program and its libraries). */
static uint64_t mapped_bytes(void) {
  char text[128] = "";
  int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 512ull << 20;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  unsigned long long pages = 0;
  if (n <= 0 || sscanf(text, "%llu", &pages) != 1) return 512ull << 20;
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool limit(int what, uint64_t soft, uint64_t hard) {
  struct rlimit old, now = {(rlim_t)soft, (rlim_t)hard};
  if (getrlimit(what, &old) != 0) return false;
  if (old.rlim_max < now.rlim_max) now.rlim_max = old.rlim_max;
  if (now.rlim_max < now.rlim_cur) now.rlim_cur = now.rlim_max;
  return setrlimit(what, &now) == 0;
}

static bool set_limits(const pl_limits *limits) {
  uint64_t space = mapped_bytes() + limits->memory + SPARE; /* needs a descriptor itself */
  bool ok = limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NPROC, 0, 0);
  ok = ok && (UNDER_TOOL || limit(RLIMIT_NOFILE, 3, 3)); /* valgrind keeps descriptors of its own */
  /* A second after the limit that Lua's own hook reports with a better message. */
  ok = ok && limit(RLIMIT_CPU, limits->cpu_s + 1ull, limits->cpu_s + 2ull);
  if (UNDER_TOOL) return ok;
  return ok && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_AS, space, space);
}

static int allow_plain(scmp_filter_ctx filter) {
  static const int calls[] = {
      SCMP_SYS(read),
      SCMP_SYS(write),
      SCMP_SYS(exit),
      SCMP_SYS(exit_group),
      SCMP_SYS(brk),
      SCMP_SYS(munmap),
      SCMP_SYS(mremap),
      SCMP_SYS(madvise),
      SCMP_SYS(futex),
      SCMP_SYS(rt_sigreturn),
      SCMP_SYS(rt_sigprocmask),
      SCMP_SYS(clock_gettime),
      SCMP_SYS(gettimeofday),
      SCMP_SYS(time),
      SCMP_SYS(restart_syscall),
      SCMP_SYS(getrandom),
      SCMP_SYS(sysinfo), /* glibc's qsort asks how much memory there is */
  };
  int e = 0;
  for (size_t i = 0; i < sizeof calls / sizeof *calls && e == 0; i++) {
    e = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    if (e == -EDOM) e = 0; /* this machine has no such call */
  }
  return e;
}

/* Memory without a file behind it and never executable. */
static int allow_memory(scmp_filter_ctx filter) {
  int e = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                           SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                           SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  if (e) return e;
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int raise_filter(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return -ENOMEM;
  int e = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (!e) e = allow_plain(filter);
  if (!e) e = allow_memory(filter);
  if (!e) e = seccomp_load(filter);
  seccomp_release(filter);
  return e;
}

/* No PR_SET_PDEATHSIG: it follows the thread that started us, and a host may
 * well open an audit on one thread and run it on another. When the host is gone
 * the pipe ends, and so do we; who loops meets the CPU limit. */
bool pl_walls_raise(const pl_limits *limits, char message[256], char warning[256]) {
  warning[0] = 0;
  bool ok = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && set_limits(limits);
  if (!ok) {
    snprintf(message, 256, "the limits of the worker cannot be set: %s", strerror(errno));
    return false;
  }
  int e = UNDER_TOOL ? 0 : raise_filter();
  if (e)
    snprintf(warning, 256,
             "this kernel has no system call filter (%s); rules run behind the remaining limits",
             strerror(-e));
  return true;
}
