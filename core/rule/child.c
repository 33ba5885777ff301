/* Starting and ending one worker process. */
#ifndef _GNU_SOURCE
#endif
#include "rule/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#define LINGER_MS 500

/* /proc/self/exe still works when the file on disk was replaced meanwhile.
 * Under valgrind it is valgrind itself, but readlink is answered for us. */
static const char *own_program(char path[PATH_MAX]) {
  if (!RUNNING_ON_VALGRIND) return "/proc/self/exe";
  ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (n <= 0) return "/proc/self/exe";
  path[n] = 0;
  return path;
}

static bool is_self(const char *program) {
  return !program || strcmp(program, PL_WORKER_SELF) == 0;
}

static int set_actions(posix_spawn_file_actions_t *actions, int end) {
  int e = posix_spawn_file_actions_adddup2(actions, end, 0);
  if (!e) e = posix_spawn_file_actions_adddup2(actions, end, 1);
#if !defined(__SANITIZE_ADDRESS__) /* a sanitizer's report must be seen */
  if (!e) e = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_RDWR, 0);
#endif
  if (!e) e = posix_spawn_file_actions_addclosefrom_np(actions, 3);
  return e;
}

static int set_attributes(posix_spawnattr_t *attr) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int e = posix_spawnattr_setsigmask(attr, &none);
  if (!e) e = posix_spawnattr_setsigdefault(attr, &all);
  if (!e) e = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return e;
}

static int spawn(const char *program, int end, pid_t *pid) {
  char path[PATH_MAX];
  char name[] = "plumbline", flag[] = "--worker";
  char *argv[] = {name, flag, NULL}, *envp[] = {NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attr;
  int e = posix_spawn_file_actions_init(&actions);
  if (e) return e;
  e = posix_spawnattr_init(&attr);
  if (!e) {
    e = set_actions(&actions, end);
    if (!e) e = set_attributes(&attr);
    if (!e)
      e = posix_spawn(pid, is_self(program) ? own_program(path) : program, &actions, &attr, argv,
                      envp);
    posix_spawnattr_destroy(&attr);
  }
  posix_spawn_file_actions_destroy(&actions);
  return e;
}

/* Both ends above 2, even if the host runs with 0, 1 or 2 closed: dup2 onto
 * itself would keep close-on-exec. */
static bool lift(int *fd) {
  if (*fd > 2) return true;
  int up = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
  if (up < 0) return false;
  close(*fd);
  *fd = up;
  return true;
}

pl_status pl_child_start(const char *program, pl_child *out, pl_error *err) {
  int ends[2] = {-1, -1};
  *out = PL_NO_CHILD;
  int e = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
  if (!e && (!lift(&ends[0]) || !lift(&ends[1]))) e = errno;
  if (!e && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) e = errno;
  if (!e) e = spawn(program, ends[1], &out->pid);
  if (ends[1] >= 0) close(ends[1]);
  if (e) {
    if (ends[0] >= 0) close(ends[0]);
    out->pid = 0;
    return pl_fail(err, PL_E_RULE, "a worker process cannot be started: %s", strerror(e));
  }
  out->fd = ends[0];
  out->pidfd = RUNNING_ON_VALGRIND ? -1 : pidfd_open(out->pid, 0); /* valgrind has none */
  return PL_OK;
}

static void kill_child(pl_child *child) {
  if (child->pidfd >= 0)
    pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
  else
    kill(child->pid, SIGKILL);
}

static void wait_child(pl_child *child) {
  pid_t got;
  do got = waitpid(child->pid, &child->status, 0);
  while (got < 0 && errno == EINTR);
  child->reaped = got == child->pid;
  child->pid = 0;
  if (child->pidfd >= 0) close(child->pidfd);
  child->pidfd = -1;
}

void pl_child_stop(pl_child *child) {
  if (child->fd >= 0) close(child->fd);
  child->fd = -1;
  if (child->pid <= 0) return;
  kill_child(child);
  wait_child(child);
}

/* A process whose socket has ended is about to end; one that only closed its
 * descriptors is helped along. */
void pl_child_reap(pl_child *child) {
  if (child->fd >= 0) close(child->fd);
  child->fd = -1;
  if (child->pid <= 0) return;
  const struct timespec pause = {0, 2000000};
  for (int waited = 0; waited < LINGER_MS; waited += 2) {
    pid_t got = waitpid(child->pid, &child->status, WNOHANG);
    if (got == child->pid) {
      child->reaped = true;
      child->pid = 0;
      if (child->pidfd >= 0) close(child->pidfd);
      child->pidfd = -1;
      return;
    }
    if (got < 0 && errno != EINTR) break;
    nanosleep(&pause, NULL);
  }
  kill_child(child);
  wait_child(child);
}
