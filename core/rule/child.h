/* One worker process as the parent sees it: starting, ending, why it ended. */
#ifndef PL_RULE_CHILD_H
#define PL_RULE_CHILD_H

#include <sys/types.h>

#include "base/error.h"

typedef struct pl_child {
  pid_t pid;  /* 0: none */
  int pidfd;  /* -1 where the kernel has none */
  int fd;     /* our end of the socket, non-blocking; -1: closed */
  int status; /* from waitpid, valid if `reaped` */
  bool reaped;
} pl_child;
#define PL_NO_CHILD ((pl_child){0, -1, -1, 0, false})

/* Starts `program --worker` (NULL: this very program) with an empty
 * environment and nothing open but its end of a socket as fd 0 and 1, and
 * /dev/null as fd 2. */
pl_status pl_child_start(const char *program, pl_child *out, pl_error *err);
/* Closes the socket, kills and reaps. Only ever waits for its own pid; a host
 * that reaps all children itself is tolerated. */
void pl_child_stop(pl_child *child);
/* After the socket has ended: reaps, killing if the process lingers. */
void pl_child_reap(pl_child *child);

#endif
