/* Work on many things alike: see share.h. */
#include "trace/share.h"

#include <pthread.h>

#include "trace/table.h"

typedef struct shared {
  size_t n, batch, next;
  pl_share_part part;
  void *ctx;
  bool failed;
} shared;

typedef struct worker {
  shared *work;
  unsigned number;
  pthread_t thread;
} worker;

static void *work(void *argument) {
  worker *w = argument;
  shared *s = w->work;
  while (!__atomic_load_n(&s->failed, __ATOMIC_RELAXED)) {
    size_t from = __atomic_fetch_add(&s->next, s->batch, __ATOMIC_RELAXED);
    if (from >= s->n) break;
    size_t to = s->n - from > s->batch ? from + s->batch : s->n;
    if (!s->part(s->ctx, w->number, from, to)) __atomic_store_n(&s->failed, true, __ATOMIC_RELAXED);
  }
  return NULL;
}

/* Where no more threads are to be had, fewer serve. */
bool pl_share(size_t n, size_t batch, unsigned threads, pl_share_part part, void *ctx) {
  shared s = {.n = n, .batch = batch, .part = part, .ctx = ctx};
  worker workers[PL_MAX_THREADS];
  size_t parts = n / batch + (n % batch != 0);
  if (threads > PL_MAX_THREADS) threads = PL_MAX_THREADS;
  if (threads > parts) threads = (unsigned)parts;
  unsigned started = 1;
  for (; started < threads; started++) {
    workers[started] = (worker){.work = &s, .number = started};
    if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) break;
  }
  workers[0] = (worker){.work = &s};
  work(&workers[0]);
  for (unsigned i = 1; i < started; i++) pthread_join(workers[i].thread, NULL);
  return !s.failed;
}
