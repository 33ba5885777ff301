/* The parallel scan. Threads take chunks in order, parse and evaluate them at a
 * guessed boundary, then settle one after another, in the order of the file:
 * is the boundary true, which line is it, has the key been seen. Rows go to the
 * receiver after that, again in parallel. */
#include <unistd.h>

#include "trace/scan.h"

/* The cells of a chunk stay in the core's own cache until they are delivered. */
#define CHUNK_DEFAULT ((uint64_t)1 << 18)
#define AHEAD 8 /* records */
#define CHUNK_MOST ((uint64_t)1 << 40)
#define NEVER UINT64_MAX

/* A part of a file: the records that begin in [from, end). */
typedef struct task {
  uint64_t ticket;
  size_t input;
  uint64_t from, end;
  bool first;   /* of its file */
  bool certain; /* `from` is the boundary itself, known since all before is settled */
} task;

typedef struct scan_state {
  pl_scan *scan;
  const pl_source *source;
  const pl_receiver *receiver;
  uint64_t chunk;
  pl_identity identity;
  pthread_mutex_t lock, json_lock;
  pthread_cond_t turned;
  /* under the lock */
  uint64_t next_ticket, turn;
  size_t next_input;
  uint64_t next_from; /* in next_input; 0: at its beginning */
  uint64_t headers;   /* bytes of files with a header and nothing else */
  /* the earliest failure; nothing behind it is looked at any more */
  uint64_t stop;
  pl_status status;
  pl_error error;
  int contradicted;
  bool differ;
  pl_spot spots[2];
  /* of the thread whose turn it is */
  uint64_t expected; /* where the next record begins */
  uint64_t line;     /* and on which line */
  pl_seen seen;
} scan_state;

typedef struct worker {
  scan_state *state;
  unsigned number;
  pl_chunk chunk;
  bool ready; /* the chunk holds what was read from chunk.from */
  bool open;
  pthread_t thread;
} worker;

unsigned pl_run_threads(const pl_run_options *options) {
  long n = options->threads;
  if (n == 0) n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > PL_MAX_THREADS ? PL_MAX_THREADS : (unsigned)n;
}

/* ---- stopping ----------------------------------------------------------------- */

/* True for the caller whose failure is the earliest so far; it holds the lock. */
static bool stop_at(scan_state *s, uint64_t ticket, pl_status status) {
  if (ticket >= s->stop) return false;
  s->stop = ticket;
  s->status = status;
  s->contradicted = PL_NO_SLOT;
  s->differ = false;
  pthread_cond_broadcast(&s->turned);
  return true;
}

static bool fail(scan_state *s, uint64_t ticket, pl_status status, const pl_error *error) {
  pthread_mutex_lock(&s->lock);
  if (stop_at(s, ticket, status)) s->error = *error;
  pthread_mutex_unlock(&s->lock);
  return false;
}

static bool fail_differ(scan_state *s, uint64_t ticket, pl_spot earlier, pl_spot later) {
  pthread_mutex_lock(&s->lock);
  if (stop_at(s, ticket, PL_E_INPUT)) {
    s->differ = true;
    s->spots[0] = earlier;
    s->spots[1] = later;
  }
  pthread_mutex_unlock(&s->lock);
  return false;
}

static bool fail_contradicted(scan_state *s, uint64_t ticket, int slot) {
  pthread_mutex_lock(&s->lock);
  if (stop_at(s, ticket, PL_OK)) s->contradicted = slot;
  pthread_mutex_unlock(&s->lock);
  return false;
}

static bool fail_memory(scan_state *s, uint64_t ticket) {
  pl_error error;
  return fail(s, ticket, pl_fail_memory(&error), &error);
}

/* ---- tasks ---------------------------------------------------------------------- */

static bool cancelled(const scan_state *s) {
  const volatile bool *cancel = s->scan->options->cancel;
  return cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED);
}

static bool take_next(scan_state *s, task *out) {
  const pl_source *source = s->source;
  for (; s->next_input < source->inputs_n; s->next_input++, s->next_from = 0) {
    pl_input *input = source->inputs[s->next_input];
    uint64_t start = pl_input_start(input, NULL), size = pl_input_size(input);
    bool first = s->next_from == 0;
    uint64_t from = first ? start : s->next_from;
    if (from >= size) {
      if (first) s->headers += size;
      continue;
    }
    uint64_t end = size - from > s->chunk ? from + s->chunk : size;
    s->next_from = end;
    *out = (task){s->next_ticket, s->next_input, from, end, first, first};
    if (!first && s->turn == s->next_ticket) {
      out->from = s->expected;
      out->certain = true;
    }
    s->next_ticket++;
    return true;
  }
  return false;
}

static bool take_task(scan_state *s, task *out) {
  pthread_mutex_lock(&s->lock);
  bool any = s->stop == NEVER;
  if (any && cancelled(s)) {
    if (stop_at(s, s->next_ticket, PL_E_CANCELLED)) pl_fail(&s->error, PL_E_CANCELLED, "cancelled");
    any = false;
  }
  any = any && take_next(s, out);
  pthread_mutex_unlock(&s->lock);
  return any;
}

static bool wait_turn(scan_state *s, uint64_t ticket) {
  pthread_mutex_lock(&s->lock);
  while (s->turn != ticket && s->stop > ticket) pthread_cond_wait(&s->turned, &s->lock);
  bool go = s->stop > ticket;
  pthread_mutex_unlock(&s->lock);
  return go;
}

static void pass_turn(scan_state *s) {
  pthread_mutex_lock(&s->lock);
  s->turn++;
  pthread_cond_broadcast(&s->turned);
  pthread_mutex_unlock(&s->lock);
}

/* ---- settling: one thread at a time, in the order of the file --------------------- */

static bool settle_rows(worker *w, const task *t) {
  scan_state *s = w->state;
  uint32_t file = s->source->first_file + (uint32_t)t->input;
  for (size_t i = 0; i < w->chunk.n; i++) {
    pl_chunk_row *row = &w->chunk.rows[i];
    row->line += (uint32_t)s->line;
    if (!row->mark.keyed) continue;
    if (i + AHEAD < w->chunk.n) pl_seen_ahead(&s->seen, &w->chunk.rows[i + AHEAD].mark);
    pl_spot earlier, spot = {file, row->offset};
    pl_seen_result result = pl_seen_add(&s->seen, &row->mark, spot, &earlier);
    if (result == PL_SEEN_NO_MEMORY) return fail_memory(s, t->ticket);
    if (result == PL_SEEN_DIFFERS) return fail_differ(s, t->ticket, earlier, spot);
    row->repeat = result == PL_SEEN_SAME;
    w->chunk.tally.duplicates += row->repeat;
    w->chunk.tally.used -= row->repeat;
  }
  return true;
}

/* Keeps what the limits may still forgive, and counts the rest. */
static bool settle_rejects(worker *w, const task *t) {
  scan_state *s = w->state;
  pl_rejects *from = &w->chunk.rejects, *all = &s->scan->rejects;
  for (size_t i = 0; i < from->n; i++) from->items[i].line += (uint32_t)s->line;
  if (all->n <= s->scan->options->max_rejects) pl_rejects_take(all, from);
  return !all->failed || fail_memory(s, t->ticket);
}

static bool settle_part(worker *w, const task *t) {
  scan_state *s = w->state;
  pl_chunk *chunk = &w->chunk;
  pl_error error;
  if (chunk->status != PL_OK) return fail(s, t->ticket, chunk->status, &chunk->error);
  if (s->line + chunk->batch.lines > UINT32_MAX || chunk->batch.next <= chunk->from) {
    pl_site site = {pl_input_shown(s->source->inputs[t->input]), 0, 0};
    pl_fail_at(&error, PL_E_INPUT, site, "the file has more lines than can be counted");
    return fail(s, t->ticket, PL_E_INPUT, &error);
  }
  if (!settle_rows(w, t)) return false;
  if (chunk->contradicted != PL_NO_SLOT)
    return fail_contradicted(s, t->ticket, chunk->contradicted);
  if (!settle_rejects(w, t)) return false;
  pl_tally_add(&s->scan->tallies[s->source->index], &chunk->tally);
  s->scan->bytes_done += chunk->batch.next - s->expected;
  s->expected = chunk->batch.next;
  s->line += chunk->batch.lines;
  return true;
}

static bool take_each(worker *w, uint32_t file) {
  const scan_state *s = w->state;
  for (size_t i = 0; i < w->chunk.n; i++) {
    const pl_chunk_row *row = &w->chunk.rows[i];
    if (row->repeat) continue;
    const pl_cell *cells = w->chunk.cells + i * s->source->slots_n;
    pl_scanned scanned = {cells, {file, row->line}, row->offset, row->length};
    if (!s->receiver->take(s->receiver->ctx, w->number, &scanned)) return false;
  }
  return true;
}

static bool deliver(worker *w, const task *t) {
  scan_state *s = w->state;
  uint32_t file = s->source->first_file + (uint32_t)t->input;
  pl_scanned_all all = {w->chunk.cells, w->chunk.rows, w->chunk.n, file};
  if (s->receiver->take_all ? s->receiver->take_all(s->receiver->ctx, w->number, &all)
                            : take_each(w, file))
    return true;
  pl_error error;
  pl_fail(&error, PL_E_CANCELLED, "stopped");
  return fail(s, t->ticket, PL_E_CANCELLED, &error);
}

/* Settles a task; the rows of its last part are left to deliver. A part that
 * was read from a wrong guess is read again. A part that cannot be parsed is
 * read again record by record, so that whatever is wrong before that place is
 * met first, wherever the chunks happen to end. */
static bool settle(worker *w, const task *t) {
  scan_state *s = w->state;
  pl_input *input = s->source->inputs[t->input];
  bool careful = false;
  if (t->first) {
    uint32_t line;
    s->expected = pl_input_start(input, &line);
    s->line = line;
    s->scan->bytes_done += s->expected;
  }
  while (s->expected < t->end) {
    if (!w->ready || w->chunk.from != s->expected)
      pl_chunk_read(&w->chunk, t->input, s->expected, careful ? 1 : t->end - s->expected);
    w->ready = false;
    if (w->chunk.status == PL_E_INPUT && !careful) {
      careful = true;
      continue;
    }
    if (!settle_part(w, t)) return false;
    w->ready = true;
    if (s->expected >= t->end) return true;
    if (!deliver(w, t)) return false;
    w->ready = false;
  }
  w->chunk.n = 0; /* an earlier record reached over this part */
  return true;
}

static void report_progress(const scan_state *s) {
  const pl_run_options *options = s->scan->options;
  if (options->progress)
    options->progress(options->progress_ctx, s->scan->bytes_done, s->scan->bytes_total);
}

/* ---- threads ----------------------------------------------------------------------- */

static void *work(void *argument) {
  worker *w = argument;
  scan_state *s = w->state;
  task t;
  while (take_task(s, &t)) {
    pl_input *input = s->source->inputs[t.input];
    uint64_t from = t.certain ? t.from : pl_input_guess(input, t.from);
    w->ready = from < t.end;
    if (w->ready) pl_chunk_read(&w->chunk, t.input, from, t.end - from);
    if (!wait_turn(s, t.ticket)) break;
    bool whole = settle(w, &t);
    if (whole) report_progress(s);
    if (whole) pass_turn(s);
    if (!whole || !deliver(w, &t)) break;
  }
  return NULL;
}

/* Thread 0 is the caller; where no more threads are to be had, fewer serve. */
static void run_workers(worker *workers, unsigned n) {
  unsigned started = 1;
  while (started < n) {
    worker *w = &workers[started];
    if (pthread_create(&w->thread, NULL, work, w) != 0) break;
    started++;
  }
  work(&workers[0]);
  for (unsigned i = 1; i < started; i++) pthread_join(workers[i].thread, NULL);
}

static bool open_workers(scan_state *s, worker *workers, unsigned n) {
  for (unsigned i = 0; i < n; i++) {
    workers[i] = (worker){.state = s, .number = i, .open = true};
    if (!pl_chunk_open(&workers[i].chunk, s->scan->bound, &s->identity, &s->json_lock))
      return false;
  }
  return true;
}

/* Chunks that there are work for: no thread is started to find nothing. */
static unsigned threads_for(const scan_state *s) {
  uint64_t tasks = 0;
  unsigned threads = pl_run_threads(s->scan->options);
  for (size_t i = 0; i < s->source->inputs_n && tasks < threads; i++)
    tasks += pl_input_size(s->source->inputs[i]) / s->chunk + 1;
  return tasks < threads ? (tasks ? (unsigned)tasks : 1) : threads;
}

/* ---- the whole scan ------------------------------------------------------------------ */

static pl_status outcome(scan_state *s, pl_error *err) {
  if (s->differ)
    return pl_duplicates_fail(s->scan->bound, &s->identity, s->spots[0], s->spots[1], err);
  if (s->status != PL_OK && err) *err = s->error;
  if (s->contradicted != PL_NO_SLOT) {
    pl_slot *slot = &s->source->slots[s->contradicted];
    slot->has_dates = slot->has_instants = true;
    s->scan->style_contradicted = true;
  }
  if (s->status != PL_OK || s->contradicted != PL_NO_SLOT) return s->status;
  for (size_t i = 0; i < s->source->inputs_n; i++) {
    pl_status status = pl_input_unchanged(s->source->inputs[i], err);
    if (status != PL_OK) return status;
  }
  return pl_scan_rejects_allowed(s->scan, s->source, err);
}

/* What was passed over when the files were opened is a part of what is read. */
static void count_passed(pl_tally *tally, const pl_source *source) {
  for (size_t f = 0; f < source->inputs_n; f++) {
    const pl_shape *shape = pl_input_shape(source->inputs[f]);
    for (size_t i = 0; i < shape->skipped_n; i++) {
      tally->passed[shape->skipped[i].kind] += shape->skipped[i].rows;
      tally->read += shape->skipped[i].rows;
    }
  }
}

/* A source that is scanned again starts from nothing. */
static void forget(pl_scan *scan, const pl_source *source) {
  size_t kept = 0;
  for (size_t i = 0; i < scan->rejects.n; i++) {
    uint32_t file = scan->rejects.items[i].file;
    if (file < source->first_file || file >= source->first_file + source->inputs_n)
      scan->rejects.items[kept++] = scan->rejects.items[i];
  }
  scan->rejects.n = kept;
  scan->tallies[source->index] = (pl_tally){0};
  count_passed(&scan->tallies[source->index], source);
}

static void scan_begin(scan_state *s) {
  uint64_t chunk = s->scan->options->chunk;
  s->chunk = chunk == 0 ? CHUNK_DEFAULT : chunk > CHUNK_MOST ? CHUNK_MOST : chunk;
  for (size_t i = 0; i < s->source->inputs_n; i++)
    s->chunk = pl_input_share(s->source->inputs[i], pl_run_threads(s->scan->options), s->chunk);
  s->stop = NEVER;
  s->contradicted = PL_NO_SLOT;
  forget(s->scan, s->source);
  pthread_mutex_init(&s->lock, NULL);
  pthread_mutex_init(&s->json_lock, NULL);
  pthread_cond_init(&s->turned, NULL);
}

static void scan_end(scan_state *s) {
  pl_seen_free(&s->seen);
  pl_identity_close(&s->identity);
  pthread_cond_destroy(&s->turned);
  pthread_mutex_destroy(&s->json_lock);
  pthread_mutex_destroy(&s->lock);
}

pl_status pl_scan_run(pl_scan *scan, const pl_source *source, const pl_receiver *receiver,
                      pl_error *err) {
  scan_state s = {.scan = scan, .source = source, .receiver = receiver};
  scan_begin(&s);
  unsigned n = threads_for(&s);
  worker *workers = pl_calloc(n, sizeof *workers);
  pl_status status;
  bool ready = workers && pl_identity_open(&s.identity, source, scan->bound->surveying) &&
               open_workers(&s, workers, n);
  if (!ready) {
    status = pl_fail_memory(err);
  } else {
    run_workers(workers, n);
    scan->bytes_done += s.headers;
    status = outcome(&s, err);
  }
  for (unsigned i = 0; workers && i < n; i++)
    if (workers[i].open) pl_chunk_close(&workers[i].chunk);
  pl_free(workers);
  scan_end(&s);
  return status;
}

/* ---- receivers that only want cells -------------------------------------------------- */

typedef struct row_receiver {
  pl_scan_row row;
  void *ctx;
} row_receiver;

static bool take_row(void *ctx, unsigned thread, const pl_scanned *row) {
  const row_receiver *receiver = ctx;
  return receiver->row(receiver->ctx, thread, row->cells, row->place);
}

pl_status pl_scan_source(pl_scan *scan, const pl_source *source, pl_scan_row row, void *ctx,
                         pl_error *err) {
  row_receiver rows = {row, ctx};
  return pl_scan_run(scan, source, &(pl_receiver){.take = take_row, .ctx = &rows}, err);
}
