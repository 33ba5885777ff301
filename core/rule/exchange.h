/* Talking with many workers at once: one poll loop, at most one outstanding
 * request per worker, a deadline for each, and nothing believed unchecked. */
#ifndef PL_RULE_EXCHANGE_H
#define PL_RULE_EXCHANGE_H

#include "rule/child.h"
#include "rule/frame.h"
#include "rule/rule_files.h"
#include "rule/rules.h"

typedef struct pl_request pl_request;

/* A worker as the parent sees it. Zero-initialise, then pl_worker_open. */
typedef struct pl_worker {
  pl_child child;
  const char *file;               /* shown path of its rule file */
  const pl_rule_folder *folder;   /* the texts it was given: for places and excerpts */
  const pl_rule_folder *profiles; /* the same for profiles; may be NULL */
  pl_site at;                     /* the last place that it told of */
  char department[256];           /* whose file it says this is; "" while unknown */
  pl_site *functions;             /* where each of its functions stands */
  size_t functions_n;
  pl_error *dead; /* why it can no longer be asked; else NULL */
  int dead_code;
  uint32_t number;   /* of the last request */
  uint64_t received; /* bytes in all */
  size_t printed;
  pl_buf in, out;
  size_t sent;       /* of out */
  pl_arena reply;    /* the last answer; freed by the next request */
  pl_request *queue; /* what it still has to do; the first one may be active */
  bool active;
  int64_t deadline; /* of the active request, monotonic microseconds */
} pl_worker;

struct pl_request {
  pl_worker *worker;
  void *ctx;
  pl_frame_type type;
  /* The request as a value in `arena`; NULL when memory is out. */
  const pl_value *(*make)(pl_request *request, pl_arena *arena);
  /* Takes the answer. PL_E_RULE: it has the wrong shape, so the worker is not
   * believed any more. Setting `more` asks for make() once again. */
  pl_status (*take)(pl_request *request, const pl_value *answer, pl_error *err);
  void (*failed)(pl_request *request, const pl_error *why, int code);
  pl_site site; /* what to point at when the worker dies; file NULL: what it said last */
  bool more;
  pl_request *next; /* private */
};

typedef struct pl_exchange {
  pl_limits limits;
  const char *program;
  void (*print)(void *ctx, const char *line);
  void *print_ctx;
  const volatile bool *cancel; /* may be NULL */
  bool warned;                 /* a missing system call filter is said once */
} pl_exchange;

pl_status pl_worker_open(pl_exchange *x, pl_worker *worker, pl_error *err);
void pl_worker_close(pl_worker *worker);

/* Works off all requests; each ends in `take` (the last time without `more`)
 * or in `failed`. Only memory or poll itself can make this fail. */
pl_status pl_exchange_run(pl_exchange *x, pl_request *requests, size_t n, pl_error *err);

#endif
