/* The poll loop over all workers that have something to do. */
#include "rule/exchange.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "rule/exchange_reply.h"

#define MAX_ACTIVE 16 /* workers that work at the same time */
#define READ_BYTES 65536

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

pl_status pl_worker_open(pl_exchange *x, pl_worker *worker, pl_error *err) {
  return pl_child_start(x->program, &worker->child, err);
}

void pl_worker_close(pl_worker *worker) {
  pl_child_stop(&worker->child);
  pl_buf_free(&worker->in);
  pl_buf_free(&worker->out);
  pl_arena_free(&worker->reply);
  pl_free(worker->dead);
  worker->dead = NULL;
}

/* ---- queues --------------------------------------------------------------------------- */

static void enqueue(pl_request *requests, size_t n) {
  for (size_t i = n; i-- > 0;) { /* from behind, so that each queue keeps the order */
    requests[i].next = requests[i].worker->queue;
    requests[i].worker->queue = &requests[i];
  }
}

/* The head of the queue is finished, well or not. */
static void drop_head(pl_worker *worker) {
  worker->queue = worker->queue->next;
  worker->active = false;
}

static void fail_queue(pl_worker *worker) {
  while (worker->queue) {
    pl_request *request = worker->queue;
    drop_head(worker);
    request->failed(request, worker->dead, worker->dead_code);
  }
}

/* ---- one worker ----------------------------------------------------------------------- */

static pl_status start(pl_exchange *x, pl_worker *worker, pl_error *err) {
  pl_request *request = worker->queue;
  pl_arena arena = {0};
  request->more = false;
  pl_arena_free(&worker->reply);
  pl_buf_clear(&worker->out);
  worker->sent = 0;
  const pl_value *v = request->make(request, &arena);
  bool memory = v && !arena.failed;
  bool ok = memory && pl_frame_write(&worker->out, request->type, ++worker->number, v);
  memory = memory && !worker->out.failed;
  pl_arena_free(&arena);
  if (!memory) return pl_fail_memory(err);
  worker->active = true;
  worker->deadline = now_us() + (int64_t)x->limits.active_ms * 1000;
  return ok ? PL_OK : pl_worker_died(x, worker, PL_DEATH_TOO_LARGE, err);
}

static pl_status send_some(pl_exchange *x, pl_worker *worker, pl_error *err) {
  while (worker->sent < worker->out.n) {
    ssize_t n = send(worker->child.fd, worker->out.p + worker->sent, worker->out.n - worker->sent,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return PL_OK;
    if (n < 0) return pl_worker_died(x, worker, PL_DEATH_ENDED, err);
    worker->sent += (size_t)n;
  }
  return PL_OK;
}

/* Reads what is there. A worker that ended may have answered before: its bytes
 * are looked at first. */
static pl_status receive(pl_exchange *x, pl_worker *worker, pl_error *err) {
  char block[READ_BYTES];
  ssize_t n;
  do n = recv(worker->child.fd, block, sizeof block, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return PL_OK;
  if (n <= 0) return pl_worker_died(x, worker, PL_DEATH_ENDED, err);
  worker->received += (uint64_t)n;
  if (worker->received > x->limits.output) return pl_worker_died(x, worker, PL_DEATH_OUTPUT, err);
  if (!pl_buf_append(&worker->in, block, (size_t)n)) return pl_fail_memory(err);
  return pl_worker_read(x, worker, err);
}

static pl_status serve(pl_exchange *x, pl_worker *worker, short events, pl_error *err) {
  pl_status status = PL_OK;
  if (events & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) status = receive(x, worker, err);
  if (status == PL_OK && worker->active && !worker->dead && (events & POLLOUT))
    status = send_some(x, worker, err);
  if (status == PL_OK && worker->active && !worker->dead && now_us() >= worker->deadline)
    status = pl_worker_died(x, worker, PL_DEATH_TIME, err);
  return status;
}

/* ---- the loop -------------------------------------------------------------------------- */

typedef struct loop {
  pl_exchange *x;
  pl_worker **workers; /* each once, in the order of its first request */
  size_t n;
  struct pollfd polls[MAX_ACTIVE];
  pl_worker *polled[MAX_ACTIVE];
} loop;

static bool collect(loop *l, pl_request *requests, size_t n) {
  l->workers = pl_calloc(n ? n : 1, sizeof(void *));
  if (!l->workers) return false;
  for (size_t i = 0; i < n; i++) /* a worker's first request is the head of its queue */
    if (requests[i].worker->queue == &requests[i]) l->workers[l->n++] = requests[i].worker;
  return true;
}

/* Starts what may start; fills `polls`. Returns how many are active. */
static size_t gather(loop *l, pl_status *status, pl_error *err) {
  size_t active = 0;
  for (size_t i = 0; i < l->n; i++) active += l->workers[i]->active;
  for (size_t i = 0; i < l->n && active < MAX_ACTIVE && *status == PL_OK; i++) {
    pl_worker *worker = l->workers[i];
    if (worker->dead) fail_queue(worker);
    if (worker->active || !worker->queue) continue;
    *status = start(l->x, worker, err);
    active += worker->active;
  }
  size_t polled = 0;
  for (size_t i = 0; i < l->n && polled < MAX_ACTIVE; i++) {
    pl_worker *worker = l->workers[i];
    if (!worker->active || worker->dead) continue;
    short out = worker->sent < worker->out.n ? POLLOUT : 0;
    l->polls[polled] = (struct pollfd){worker->child.fd, (short)(POLLIN | out), 0};
    l->polled[polled++] = worker;
  }
  return polled;
}

/* How soon a cancel is noticed while workers think. */
#define PL_CANCEL_LOOK_MS 50

static int wait_ms(const loop *l, size_t polled) {
  int64_t first = INT64_MAX;
  for (size_t i = 0; i < polled; i++)
    if (l->polled[i]->deadline < first) first = l->polled[i]->deadline;
  int64_t left = (first - now_us() + 999) / 1000;
  int64_t most = l->x->cancel ? PL_CANCEL_LOOK_MS : 60000;
  return left < 0 ? 0 : left > most ? (int)most : (int)left;
}

static bool unfinished(const loop *l) {
  for (size_t i = 0; i < l->n; i++)
    if (l->workers[i]->queue) return true;
  return false;
}

/* Memory was out in the middle: nobody may answer an old question later. */
static void abandon(loop *l) {
  for (size_t i = 0; i < l->n; i++) {
    if (l->workers[i]->active) pl_child_stop(&l->workers[i]->child);
    l->workers[i]->active = false;
    l->workers[i]->queue = NULL;
  }
}

pl_status pl_exchange_run(pl_exchange *x, pl_request *requests, size_t n, pl_error *err) {
  loop l = {.x = x};
  pl_status status = PL_OK;
  enqueue(requests, n);
  if (!collect(&l, requests, n)) return pl_fail_memory(err);
  while (status == PL_OK && unfinished(&l)) {
    size_t polled = gather(&l, &status, err);
    if (status != PL_OK || polled == 0) continue;
    int ready = poll(l.polls, (nfds_t)polled, wait_ms(&l, polled));
    if (ready < 0 && errno != EINTR) status = pl_fail(err, PL_E_RULE, "poll failed");
    if (x->cancel && *x->cancel) status = pl_fail(err, PL_E_CANCELLED, "cancelled");
    for (size_t i = 0; i < polled && ready >= 0 && status == PL_OK; i++)
      status = serve(x, l.polled[i], l.polls[i].revents, err);
  }
  if (status != PL_OK) abandon(&l);
  pl_free(l.workers);
  return status;
}
