/* Collecting what Lua functions must answer. A function over columns that
 * follow from other functions is asked in a later round: the survey keeps the
 * tuples of the columns that all of it rests on (its leaves), and each round
 * computes the arguments from them, so that no file is read again. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "trace/asks.h"
#include "trace/expression.h"

typedef struct collector {
  pl_asked *asked;
  bool nested; /* its arguments need other functions' answers */
  int *leaves; /* nested: slots that no function has a part in */
  size_t leaves_n;
  int *between; /* nested: slots to compute from them, in order */
  size_t between_n;
  pl_dict *seen;     /* nested: tuples of leaves */
  uint32_t computed; /* of `seen` */
  bool over;         /* more than PL_MAX_DISTINCT */
} collector;

struct pl_asks {
  pl_bound *bound;
  collector *items;
  size_t n;
  pl_arena arena;
  pthread_mutex_t lock;
  pl_buf tuple;
  /* the round that is being asked */
  pl_arena round;
  pl_question *questions;
  size_t *of;     /* question -> collector */
  uint32_t **ids; /* question -> id of each tuple, in the order asked */
  size_t questions_n;
  bool failed; /* memory was out while a round was made */
};

/* ---- what a function rests on -------------------------------------------------- */
static bool needs_function(const pl_source *source, int slot) {
  const pl_expression *e = source->slots[slot].compute;
  return e && e->calls;
}

static void mark(const pl_source *source, int slot, bool *leaf, bool *between) {
  if (leaf[slot] || between[slot]) return;
  if (!needs_function(source, slot)) {
    leaf[slot] = true;
    return;
  }
  const pl_expression *e = source->slots[slot].compute;
  between[slot] = true;
  for (size_t i = 0; i < e->inputs_n; i++) mark(source, e->inputs[i], leaf, between);
}

static bool list(pl_arena *arena, const bool *flags, size_t n, int **out, size_t *out_n) {
  *out = pl_arena_array(arena, n, sizeof **out);
  for (size_t i = 0; *out && i < n; i++)
    if (flags[i]) (*out)[(*out_n)++] = (int)i;
  return *out;
}

static bool open_nested(pl_asks *asks, collector *c) {
  const pl_source *source = c->asked->source;
  size_t n = source->slots_n;
  bool *leaf = pl_arena_array(&asks->arena, n, sizeof *leaf);
  bool *between = pl_arena_array(&asks->arena, n, sizeof *between);
  if (!leaf || !between) return false;
  for (size_t i = 0; i < c->asked->args_n; i++) mark(source, c->asked->args[i], leaf, between);
  c->seen = pl_dict_new();
  return c->seen && list(&asks->arena, leaf, n, &c->leaves, &c->leaves_n) &&
         list(&asks->arena, between, n, &c->between, &c->between_n);
}

static bool open_collector(pl_asks *asks, collector *c, pl_asked *asked) {
  c->asked = asked;
  for (size_t i = 0; i < asked->args_n; i++)
    c->nested |= needs_function(asked->source, asked->args[i]);
  return !c->nested || open_nested(asks, c);
}

pl_asks *pl_asks_new(pl_bound *bound) {
  const struct pl_bound_own *own = bound->own;
  pl_asks *asks = pl_calloc(1, sizeof *asks);
  if (!asks) return NULL;
  asks->bound = bound;
  pthread_mutex_init(&asks->lock, NULL);
  asks->items = pl_arena_array(&asks->arena, own->asked_n, sizeof *asks->items);
  bool whole = asks->items;
  for (size_t i = 0; whole && i < own->asked_n; i++) {
    asks->n = i + 1;
    whole = open_collector(asks, &asks->items[i], own->asked[i]);
  }
  if (whole) return asks;
  pl_asks_free(asks);
  return NULL;
}

void pl_asks_free(pl_asks *asks) {
  if (!asks) return;
  for (size_t i = 0; asks->items && i < asks->n; i++) pl_dict_free(asks->items[i].seen);
  pthread_mutex_destroy(&asks->lock);
  pl_buf_free(&asks->tuple);
  pl_arena_free(&asks->round);
  pl_arena_free(&asks->arena);
  pl_free(asks);
}

/* ---- collecting ------------------------------------------------------------------ */
static bool is_blank_tuple(const collector *c, const pl_cell *slots) {
  return !c->asked->want_text && slots[c->asked->args[0]].blank;
}

/* A failure that concerns whoever needs the function. */
static pl_status fail_asked(pl_asks *asks, pl_asked *asked, const pl_error *why, int code) {
  pl_error *copy = pl_arena_alloc(&asks->bound->arena, sizeof *copy);
  if (!copy) return PL_E_MEMORY;
  *copy = *why;
  asked->failed = copy;
  asked->failed_code = code;
  return PL_OK;
}

static pl_status fail_over(pl_asks *asks, collector *c) {
  pl_error why;
  c->over = true;
  pl_fail_at(&why, PL_E_RULE, c->asked->site,
             "the function would have to answer for more than %d "
             "different values of \"%s\"",
             PL_MAX_DISTINCT, c->asked->source->slots[c->asked->args[0]].name);
  pl_hint(&why, "use a column with fewer values, or a condition that needs no function");
  return fail_asked(asks, c->asked, &why, 111);
}

static pl_status add(pl_asks *asks, collector *c, pl_dict *to, pl_str tuple) {
  if (pl_dict_find(to, tuple) != PL_DICT_NONE) return PL_OK;
  if (pl_dict_count(to) >= PL_MAX_DISTINCT) return fail_over(asks, c);
  return pl_dict_add(to, tuple) == PL_DICT_NONE ? PL_E_MEMORY : PL_OK;
}

static pl_status collect(pl_asks *asks, collector *c, const pl_cell *slots) {
  if (c->nested)
    return add(asks, c, c->seen, pl_tuple_of(slots, c->leaves, c->leaves_n, &asks->tuple));
  if (is_blank_tuple(c, slots)) return PL_OK; /* a blank meets no function: nobody asks */
  return add(asks, c, c->asked->tuples,
             pl_tuple_of(slots, c->asked->args, c->asked->args_n, &asks->tuple));
}

/* The caller went through load_order, or a function would see blanks. */
static bool is_in_order(const pl_source *source) {
  for (size_t i = 0; i < source->slots_n; i++) {
    const pl_expression *e = source->slots[i].compute;
    if (e && e->table && !e->loaded) return false;
  }
  return true;
}

pl_status pl_asks_row(pl_asks *asks, const pl_source *source, const pl_cell *slots, pl_error *err) {
  pl_status status = PL_OK;
  pthread_mutex_lock(&asks->lock);
  for (size_t i = 0; status == PL_OK && i < asks->n; i++) {
    collector *c = &asks->items[i];
    if (c->asked->source != source || c->over) continue;
    assert(is_in_order(source));
    status = collect(asks, c, slots);
  }
  if (asks->tuple.failed) status = PL_E_MEMORY;
  pthread_mutex_unlock(&asks->lock);
  return status == PL_OK ? PL_OK : pl_fail_memory(err);
}

/* ---- rounds ---------------------------------------------------------------------- */
static uint32_t waiting(const collector *c) {
  if (c->asked->failed) return 0;
  return pl_dict_count(c->asked->tuples) - (uint32_t)c->asked->answered;
}

static collector *collector_of(pl_asks *asks, const pl_asked *asked) {
  for (size_t i = 0; i < asks->n; i++)
    if (asks->items[i].asked == asked) return &asks->items[i];
  return NULL;
}

/* Every function between the leaves and the arguments has answered. A failed
 * one fails this too. */
static bool is_ready(pl_asks *asks, const collector *c) {
  for (size_t i = 0; i < c->between_n; i++) {
    const pl_expression *e = c->asked->source->slots[c->between[i]].compute;
    if (e->kind != PL_COMPUTE_DERIVE) continue;
    const collector *other = collector_of(asks, e->asked);
    if (waiting(other) || other->computed < (other->seen ? pl_dict_count(other->seen) : 0))
      return false;
    if (!e->asked->failed || c->asked->failed) continue;
    c->asked->failed = e->asked->failed;
    c->asked->failed_code = e->asked->failed_code;
  }
  return true;
}

/* The i-th of n values of a tuple (pl_tuple_of), which begins at *at. */
static pl_str next_value(pl_str tuple, size_t n, size_t *at) {
  if (n == 1) return tuple;
  const unsigned char *p = (const unsigned char *)tuple.p + *at;
  size_t length = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
  pl_str value = {tuple.p + *at + 4, length};
  *at += 4 + length;
  return value;
}

static void set_leaves(const collector *c, pl_str tuple, pl_cell *cells) {
  size_t at = 0;
  for (size_t i = 0; i < c->leaves_n; i++)
    pl_cell_set(&cells[c->leaves[i]], next_value(tuple, c->leaves_n, &at));
}

/* Tuples of leaves -> tuples of arguments, now that what lies between is known. */
static pl_status compute(pl_asks *asks, collector *c) {
  const pl_source *source = c->asked->source;
  pl_scratch scratch = {0};
  pl_status status = PL_E_MEMORY;
  pl_cell *cells = pl_calloc(source->slots_n, sizeof *cells);
  if (!cells || !pl_scratch_open(&scratch, asks->bound)) goto done;
  status = PL_OK;
  for (; status == PL_OK && c->computed < pl_dict_count(c->seen) && !c->over; c->computed++) {
    set_leaves(c, pl_dict_at(c->seen, c->computed), cells);
    for (size_t i = 0; i < c->between_n; i++)
      pl_expression_eval(source, c->between[i], &scratch, cells);
    if (is_blank_tuple(c, cells)) continue;
    status = add(asks, c, c->asked->tuples,
                 pl_tuple_of(cells, c->asked->args, c->asked->args_n, &asks->tuple));
  }
  if (asks->tuple.failed || scratch.out_of_memory) status = PL_E_MEMORY;
done:
  pl_scratch_close(&scratch);
  pl_free(cells);
  return status;
}

typedef struct numbered {
  pl_str tuple;
  uint32_t id;
} numbered;

static int by_tuple(const void *a, const void *b) {
  const numbered *x = a, *y = b;
  return pl_str_cmp(x->tuple, y->tuple);
}

/* Takes a tuple apart into the values of a question; blank is {NULL,0}. */
static void split_tuple(pl_str tuple, size_t n, pl_str *out) {
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    out[i] = next_value(tuple, n, &at);
    if (out[i].n == 0) out[i].p = NULL;
  }
}

static bool add_question(pl_asks *asks, size_t index) {
  pl_asked *asked = asks->items[index].asked;
  size_t n = waiting(&asks->items[index]);
  numbered *sorted = pl_calloc(n, sizeof *sorted);
  pl_str *values = pl_arena_array(&asks->round, n * asked->args_n, sizeof *values);
  uint32_t *ids = pl_arena_array(&asks->round, n, sizeof *ids);
  bool whole = sorted && values && ids;
  for (size_t i = 0; whole && i < n; i++) {
    uint32_t id = (uint32_t)(asked->answered + i);
    sorted[i] = (numbered){pl_dict_at(asked->tuples, id), id};
  }
  if (whole) qsort(sorted, n, sizeof *sorted, by_tuple);
  for (size_t i = 0; whole && i < n; i++) {
    split_tuple(sorted[i].tuple, asked->args_n, values + i * asked->args_n);
    ids[i] = sorted[i].id;
  }
  pl_free(sorted);
  if (!whole) return false;
  asks->of[asks->questions_n] = index;
  asks->ids[asks->questions_n] = ids;
  asks->questions[asks->questions_n++] =
      (pl_question){asked->call, asked->want_text, asked->args_n, values, n};
  return true;
}

/* Questions of one round come in the order in which the functions were bound,
 * so that workers see the same on every run. */
bool pl_asks_next(pl_asks *asks, pl_question **questions, size_t *n) {
  pl_arena_free(&asks->round);
  asks->questions_n = 0;
  asks->questions = pl_arena_array(&asks->round, asks->n, sizeof *asks->questions);
  asks->of = pl_arena_array(&asks->round, asks->n, sizeof *asks->of);
  asks->ids = pl_arena_array(&asks->round, asks->n, sizeof *asks->ids);
  bool whole = asks->questions && asks->of && asks->ids;
  for (size_t i = 0; whole && i < asks->n; i++) {
    collector *c = &asks->items[i];
    if (c->nested && is_ready(asks, c) && !c->asked->failed) whole = compute(asks, c) == PL_OK;
    if (c->nested && c->asked->failed) c->computed = pl_dict_count(c->seen);
    if (whole && waiting(c)) whole = add_question(asks, i);
  }
  if (!whole) asks->failed = true;
  *questions = asks->questions;
  *n = whole ? asks->questions_n : 0;
  return *n > 0;
}

/* ---- answers ---------------------------------------------------------------------- */
static pl_status room(pl_asked *asked, pl_error *err) {
  size_t need = pl_dict_count(asked->tuples), cap = asked->answers_cap;
  bool grown = asked->want_text ? pl_grow(&asked->texts, &cap, need, sizeof *asked->texts)
                                : pl_grow(&asked->truths, &cap, need, sizeof *asked->truths);
  asked->answers_cap = cap;
  return grown ? PL_OK : pl_fail_memory(err);
}

pl_status pl_asks_answer(pl_asks *asks, size_t i, const pl_str *texts, const bool *truths,
                         const pl_error *failed, int failed_code) {
  assert(i < asks->questions_n);
  pl_asked *asked = asks->items[asks->of[i]].asked;
  const pl_question *question = &asks->questions[i];
  if (failed) return fail_asked(asks, asked, failed, failed_code);
  if (room(asked, NULL) != PL_OK) return PL_E_MEMORY;
  for (size_t k = 0; k < question->n; k++) {
    uint32_t id = asks->ids[i][k];
    if (asked->want_text) {
      const char *copy = pl_arena_copy(&asked->memory, texts[k].p, texts[k].n);
      if (!copy) return PL_E_MEMORY;
      asked->texts[id] = (pl_str){copy, texts[k].n};
    } else {
      asked->truths[id] = truths[k];
    }
  }
  asked->answered = pl_dict_count(asked->tuples);
  return PL_OK;
}

/* What audit.lua computes concerns everybody: there is nothing to audit without. */
pl_status pl_asks_failed(const pl_asks *asks, pl_error *err) {
  if (asks->failed) return pl_fail_memory(err);
  for (size_t i = 0; i < asks->n; i++) {
    const pl_asked *asked = asks->items[i].asked;
    if (!asked->failed || !asked->audit) continue;
    if (err) {
      *err = *asked->failed;
      err->status = PL_E_USAGE;
    }
    return PL_E_USAGE;
  }
  return PL_OK;
}

pl_status pl_asks_finish(pl_asks *asks, pl_error *err) {
  pl_bound *bound = asks->bound;
  pl_status status = pl_asks_failed(asks, err);
  if (status != PL_OK) return status;
  for (size_t i = 0; i < asks->n; i++) {
    const pl_asked *asked = asks->items[i].asked;
    if (!asked->failed) continue;
    for (size_t k = 0; k < asked->metrics_n; k++) {
      pl_metric *metric = &bound->metrics[asked->metrics[k]];
      if (metric->failed) continue;
      metric->failed = asked->failed;
      metric->failed_code = asked->failed_code;
    }
  }
  return PL_OK;
}
