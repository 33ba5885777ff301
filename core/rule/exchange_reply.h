/* What a worker sent, and why it ended: the half of exchange.c that judges. */
#ifndef PL_RULE_EXCHANGE_REPLY_H
#define PL_RULE_EXCHANGE_REPLY_H

#include "rule/exchange.h"

typedef enum pl_death {
  PL_DEATH_ENDED,    /* the socket ended: the exit status says more */
  PL_DEATH_TIME,     /* the wall clock */
  PL_DEATH_OUTPUT,   /* it sent too much */
  PL_DEATH_LIED,     /* a frame, its order or its shape was wrong */
  PL_DEATH_TOO_LARGE /* the request does not fit a frame */
} pl_death;

/* Stops the worker and marks it dead with a text, a place and a code. Fails
 * only when memory is out. */
pl_status pl_worker_died(pl_exchange *x, pl_worker *worker, pl_death death, pl_error *err);

/* Handles all whole frames in worker->in. */
pl_status pl_worker_read(pl_exchange *x, pl_worker *worker, pl_error *err);

/* Copies untrusted text into a message: control characters become blanks, so
 * that a rule cannot write to anybody's terminal. */
void pl_text_plain(pl_str text, char *out, size_t size);

#endif
