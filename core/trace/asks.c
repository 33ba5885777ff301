/* Lua functions in the plan: which there are, and what they answered. */
#include "trace/asks.h"

#include "trace/expression.h"

static void free_asked(void *thing) {
  pl_asked *asked = thing;
  pl_dict_free(asked->tuples);
  pl_free(asked->texts);
  pl_free(asked->truths);
  pl_free(asked->metrics);
  pl_arena_free(&asked->memory);
}

static bool is_same(const pl_asked *asked, const pl_source *source, pl_function call,
                    const int *args, size_t args_n) {
  return asked->source == source && asked->call.worker == call.worker &&
         asked->call.id == call.id && asked->args_n == args_n &&
         memcmp(asked->args, args, args_n * sizeof *args) == 0;
}

static pl_asked *find(const pl_binder *b, const pl_source *source, pl_function call, bool want_text,
                      const int *args, size_t args_n) {
  const struct pl_bound_own *own = b->bound->own;
  for (size_t i = 0; i < own->asked_n; i++)
    if (own->asked[i]->want_text == want_text && is_same(own->asked[i], source, call, args, args_n))
      return own->asked[i];
  return NULL;
}

static pl_asked *make(pl_binder *b, pl_source *source, pl_function call, bool want_text,
                      const int *args, size_t args_n) {
  struct pl_bound_own *own = b->bound->own;
  if (!pl_grow(&own->asked, &own->asked_cap, own->asked_n + 1, sizeof *own->asked)) return NULL;
  pl_asked *asked = pl_arena_alloc(&b->bound->arena, sizeof *asked);
  int *copy = pl_arena_array(&b->bound->arena, args_n, sizeof *copy);
  if (!asked || !copy) return NULL;
  memcpy(copy, args, args_n * sizeof *copy);
  *asked = (pl_asked){
      .call = call, .want_text = want_text, .source = source, .args = copy, .args_n = args_n};
  if (!pl_bound_keep(b->bound, asked, free_asked)) return NULL;
  asked->tuples = pl_dict_new();
  if (asked->tuples) own->asked[own->asked_n++] = asked;
  return asked->tuples ? asked : NULL;
}

static bool add_metric(pl_asked *asked, int metric) {
  if (asked->metrics_n && asked->metrics[asked->metrics_n - 1] == metric) return true;
  if (!pl_grow(&asked->metrics, &asked->metrics_cap, asked->metrics_n + 1, sizeof(int)))
    return false;
  asked->metrics[asked->metrics_n++] = metric;
  return true;
}

pl_status pl_asked_bind(pl_binder *b, pl_source *source, pl_function call, bool want_text,
                        const int *args, size_t args_n, pl_site site, pl_asked **out,
                        pl_error *err) {
  pl_asked *asked = find(b, source, call, want_text, args, args_n);
  if (!asked) asked = make(b, source, call, want_text, args, args_n);
  if (!asked) return pl_fail_memory(err);
  if (!asked->site.file) asked->site = site;
  /* a computed column belongs to audit.lua, whoever uses it first */
  if (want_text || b->metric < 0)
    asked->audit = true;
  else if (!add_metric(asked, b->metric))
    return pl_fail_memory(err);
  *out = asked;
  return PL_OK;
}

pl_str pl_tuple_of(const pl_cell *slots, const int *args, size_t args_n, pl_buf *memory) {
  if (args_n == 1) return slots[args[0]].text;
  pl_buf_clear(memory);
  for (size_t i = 0; i < args_n; i++) {
    pl_str text = slots[args[i]].text;
    uint32_t n = (uint32_t)text.n;
    unsigned char length[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                               (unsigned char)(n >> 24)};
    pl_buf_append(memory, length, sizeof length);
    pl_buf_str(memory, text);
  }
  return pl_buf_view(memory);
}

static bool is_answered(const pl_asked *asked, pl_str tuple, uint32_t *id) {
  *id = pl_dict_find(asked->tuples, tuple);
  return *id != PL_DICT_NONE && *id < asked->answered;
}

bool pl_asked_text(const pl_asked *asked, pl_str tuple, pl_str *text) {
  uint32_t id;
  if (!asked->texts || !is_answered(asked, tuple, &id)) return false;
  *text = asked->texts[id];
  return true;
}

bool pl_asked_truth(const pl_asked *asked, pl_str tuple, bool *truth) {
  uint32_t id;
  if (!asked->truths || !is_answered(asked, tuple, &id)) return false;
  *truth = asked->truths[id];
  return true;
}

/* A function that only failed metrics need is not asked. */
static bool is_needed(const pl_bound *bound, const pl_asked *asked) {
  if (asked->audit) return true;
  for (size_t i = 0; i < asked->metrics_n; i++)
    if (!bound->metrics[asked->metrics[i]].failed) return true;
  return false;
}

bool pl_source_asks(const pl_bound *bound, const pl_source *source) {
  for (size_t i = 0; i < bound->own->asked_n; i++) {
    const pl_asked *asked = bound->own->asked[i];
    if (asked->source == source && is_needed(bound, asked)) return true;
  }
  return false;
}

bool pl_bound_asks(const pl_bound *bound) {
  for (size_t i = 0; i < bound->sources_n; i++)
    if (pl_source_asks(bound, &bound->sources[i])) return true;
  return false;
}
