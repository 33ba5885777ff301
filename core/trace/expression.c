/* Evaluating computed columns for one record. */
#include "trace/expression.h"

void pl_cell_set(pl_cell *cell, pl_str text) {
  bool blank = pl_str_blank(text);
  *cell = (pl_cell){.text = blank ? (pl_str){"", 0} : text, .blank = blank};
}

static const char *no_memory(pl_scratch *scratch) {
  scratch->out_of_memory = true;
  return "out of memory";
}

static const char *eval_clean(const pl_expression *e, pl_scratch *scratch, pl_buf *out, pl_str in,
                              pl_cell *cell) {
  pl_str text;
  if (!pl_clean_apply(e->words, e->words_n, in, out, &scratch->own->spare, &text))
    return no_memory(scratch);
  const pl_buf *spare = &scratch->own->spare; /* the next column will use it: swap */
  if (text.n && spare->p && text.p >= spare->p && text.p < spare->p + spare->cap) {
    pl_buf used = scratch->own->spare;
    scratch->own->spare = *out;
    *out = used;
  }
  pl_cell_set(cell, text);
  return NULL;
}

static void eval_map(const pl_expression *e, pl_str in, pl_cell *cell) {
  uint32_t id = pl_dict_find(e->map, in);
  pl_cell_set(cell, id == PL_DICT_NONE ? in : e->to[id]);
}

/* Elements of a JSON array arrive joined with 0x1f: as a list they read like
 * any other. */
static const char *eval_list(pl_scratch *scratch, pl_buf *out, char separator, pl_str in,
                             pl_cell *cell) {
  if (in.n && memchr(in.p, '\x1f', in.n)) {
    pl_buf_clear(out);
    if (!pl_buf_str(out, in)) return no_memory(scratch);
    for (size_t i = 0; i < out->n; i++)
      if (out->p[i] == '\x1f') out->p[i] = separator;
    in = pl_buf_view(out);
  }
  pl_cell_set(cell, in);
  return NULL;
}

static void eval_derive(const pl_expression *e, pl_scratch *scratch, const pl_cell *slots,
                        pl_cell *cell) {
  pl_str text = {"", 0};
  pl_str tuple = pl_tuple_of(slots, e->inputs, e->inputs_n, &scratch->own->tuple);
  if (scratch->own->tuple.failed) scratch->out_of_memory = true;
  if (!pl_asked_text(e->asked, tuple, &text)) text = (pl_str){"", 0};
  pl_cell_set(cell, text);
}

/* The groups that the record's key (or each of its keys, for a list) meets. */
static bool next_group(const pl_expression *e, const pl_keys *keys, size_t *k, uint32_t *group) {
  while (*k < keys->n) {
    *group = pl_index_find(e->index, keys->items[(*k)++]);
    if (*group != PL_NO_GROUP) return true;
  }
  return false;
}

static void eval_lookup(const pl_expression *e, pl_scratch *scratch, pl_cell *cell) {
  size_t k = 0;
  uint32_t group;
  const pl_keys *keys = &scratch->own->keys;
  if (next_group(e, keys, &k, &group)) {
    pl_rows rows = pl_index_rows(e->index, group);
    *cell = pl_table_cell(e->loaded, pl_row_at(&rows, 0), e->take);
  } else if (keys->n) {
    scratch->blank_lookups++;
  }
}

static const char *eval_sum(const pl_expression *e, pl_scratch *scratch, pl_buf *out,
                            pl_cell *cell) {
  const pl_keys *keys = &scratch->own->keys;
  pl_sum sum = 0;
  size_t k = 0;
  uint32_t group;
  bool known = false, met = false;
  char text[PL_MONEY_TEXT];
  while (next_group(e, keys, &k, &group)) {
    met = true;
    known |= e->known[group];
    if (__builtin_add_overflow(sum, e->sums[group], &sum)) return "the sum is too large";
  }
  if (!met && keys->n) scratch->blank_lookups++;
  if (!known) return NULL;
  if (sum > INT64_MAX || sum < INT64_MIN) return "the sum is too large";
  pl_buf_clear(out);
  if (!pl_buf_text(out, pl_money_text(sum, text))) return no_memory(scratch);
  pl_cell_set(cell, pl_buf_view(out));
  cell->number.units = (int64_t)sum;
  return NULL;
}

static const char *eval_table(const pl_source *source, const pl_expression *e, pl_scratch *scratch,
                              pl_buf *out, const pl_cell *slots, pl_cell *cell) {
  if (!e->loaded) return NULL;
  if (!pl_keys_of(source, slots, e->inputs, e->inputs_n, &scratch->own->keys))
    return no_memory(scratch);
  if (e->kind == PL_COMPUTE_SUM) return eval_sum(e, scratch, out, cell);
  eval_lookup(e, scratch, cell);
  return NULL;
}

static const char *eval(const pl_source *source, int slot, pl_scratch *scratch, pl_cell *slots) {
  const pl_expression *e = source->slots[slot].compute;
  pl_buf *out = &scratch->texts[slot];
  pl_cell *cell = &slots[slot];
  pl_str in = e->inputs_n ? slots[e->inputs[0]].text : (pl_str){"", 0};
  pl_cell_set(cell, (pl_str){"", 0});
  switch (e->kind) {
  case PL_COMPUTE_CONSTANT: pl_cell_set(cell, e->constant); return NULL;
  case PL_COMPUTE_CLEAN: return eval_clean(e, scratch, out, in, cell);
  case PL_COMPUTE_MAP: eval_map(e, in, cell); return NULL;
  case PL_COMPUTE_LIST: return eval_list(scratch, out, e->def->words.items[0][0], in, cell);
  case PL_COMPUTE_DERIVE: eval_derive(e, scratch, slots, cell); return NULL;
  case PL_COMPUTE_LOOKUP:
  case PL_COMPUTE_SUM: return eval_table(source, e, scratch, out, slots, cell);
  }
  return NULL;
}

/* What the source calls blank is so in every column that comes from its exports;
 * a constant and a sum are what audit.lua made them. */
const char *pl_expression_eval(const pl_source *source, int slot, pl_scratch *scratch,
                               pl_cell *slots) {
  const pl_slot *s = &source->slots[slot];
  pl_compute_kind kind = s->compute->kind;
  const char *wrong = eval(source, slot, scratch, slots);
  if (wrong || !source->def->blank.n || kind == PL_COMPUTE_CONSTANT || kind == PL_COMPUTE_SUM)
    return wrong;
  pl_cell *cell = &slots[slot];
  if (!cell->blank && pl_list_is_blank(source->def, cell->text, s->list_separator))
    pl_cell_set(cell, (pl_str){"", 0});
  return NULL;
}
