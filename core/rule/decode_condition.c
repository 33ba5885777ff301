/* Conditions and computed columns of a declaration. */
#include "rule/decode.h"

#define MAX_CONDITIONS 1000
#define MAX_VALUES 100000
#define MAX_NOT 8

static const char *const condition_kinds[] = {"equal", "like", "matches", "range",
                                              "blank", "not",  "call",    NULL};

static void take_condition(pl_decoding *d, const pl_value *v, pl_condition *out, int depth);

static void take_values(pl_decoding *d, const pl_value *v, pl_condition *out) {
  const pl_value *list = pl_take_list(d, v, "values", MAX_VALUES, &out->values_n);
  out->values = pl_take_array(d, out->values_n, sizeof *out->values);
  if (!out->values) out->values_n = 0;
  for (size_t i = 0; i < out->values_n && d->status == PL_OK; i++)
    out->values[i] = pl_take_literal(d, pl_value_at(list, i));
  if (out->values_n == 0 || (out->kind == PL_COND_MATCHES && out->values_n != 1))
    pl_decode_fail(d, "a condition without its value");
}

static void take_range(pl_decoding *d, const pl_value *v, pl_condition *out) {
  const pl_value *low = pl_value_get(v, "low"), *high = pl_value_get(v, "high");
  if (low) out->low = pl_take_literal(d, low);
  if (high) out->high = pl_take_literal(d, high);
  out->low_open = pl_take_flag(d, v, "low_open");
  out->high_open = pl_take_flag(d, v, "high_open");
  if (!low && !high) pl_decode_fail(d, "a range without a bound");
  if (low && high && out->low.number != out->high.number)
    pl_decode_fail(d, "a range from a number to a date");
}

static void take_not(pl_decoding *d, const pl_value *v, pl_condition *out, int depth) {
  const pl_value *child = pl_value_get(v, "child");
  pl_condition *inner = pl_take_array(d, 1, sizeof *inner);
  if (!child || depth >= MAX_NOT) pl_decode_fail(d, "a not_ without its condition");
  if (!inner || d->status != PL_OK) return;
  take_condition(d, child, inner, depth + 1);
  if (inner->column && out->column && strcmp(inner->column, out->column) != 0)
    pl_decode_fail(d, "a not_ on another column");
  out->child = inner;
}

static void take_condition(pl_decoding *d, const pl_value *v, pl_condition *out, int depth) {
  int kind = pl_take_choice(d, v, "kind", condition_kinds);
  if (kind < 0) pl_decode_fail(d, "a condition of no kind");
  if (d->status != PL_OK) return;
  out->kind = (pl_condition_kind)kind;
  out->column = pl_take_name(d, v, "column", true);
  out->site = pl_take_site(d, v);
  out->call = PL_NO_FUNCTION;
  if (kind <= PL_COND_MATCHES) take_values(d, v, out);
  if (kind == PL_COND_RANGE) take_range(d, v, out);
  if (kind == PL_COND_NOT) take_not(d, v, out, depth);
  if (kind != PL_COND_CALL) return;
  out->call = pl_take_function(d, v, "fn");
  if (out->call.worker == PL_NO_FUNCTION.worker) pl_decode_fail(d, "a function that is none");
}

pl_conditions pl_take_conditions(pl_decoding *d, const pl_value *object, const char *key) {
  pl_conditions out = {NULL, 0};
  const pl_value *list = pl_take_list(d, object, key, MAX_CONDITIONS, &out.n);
  out.items = pl_take_array(d, out.n, sizeof *out.items);
  if (!out.items) out.n = 0;
  for (size_t i = 0; i < out.n && d->status == PL_OK; i++)
    take_condition(d, pl_value_at(list, i), &out.items[i], 0);
  return out;
}

/* ---- computed columns ------------------------------------------------------------------- */

static const char *const compute_kinds[] = {"lookup", "sum",  "constant", "clean",
                                            "map",    "list", "derive",   NULL};

static void take_joining(pl_decoding *d, const pl_value *v, pl_compute *out) {
  out->table = pl_take_name(d, v, "table", true);
  out->take = pl_take_name(d, v, "take", true);
  pl_take_key(d, v, &out->key);
  if (out->key.n == 0) pl_decode_fail(d, "a lookup without its key");
}

static void take_map(pl_decoding *d, const pl_value *v, pl_compute *out) {
  out->from = pl_take_texts(d, v, "from", MAX_VALUES);
  out->to = pl_take_texts(d, v, "to", MAX_VALUES);
  if (out->from.n == 0 || out->from.n != out->to.n) pl_decode_fail(d, "a map without pairs");
  for (size_t i = 1; i < out->from.n && d->status == PL_OK; i++)
    if (strcmp(out->from.items[i - 1], out->from.items[i]) >= 0)
      pl_decode_fail(d, "a map that is not sorted");
}

static void take_inputs(pl_decoding *d, const pl_value *v, pl_compute *out, size_t max) {
  out->inputs = pl_take_texts(d, v, "inputs", max);
  if (out->inputs.n == 0) pl_decode_fail(d, "a computed column without its input");
  for (size_t i = 0; i < out->inputs.n; i++)
    if (!out->inputs.items[i][0]) pl_decode_fail(d, "a computed column without its input");
}

static void take_compute(pl_decoding *d, const pl_value *v, pl_compute *out) {
  int kind = pl_take_choice(d, v, "kind", compute_kinds);
  if (kind < 0) pl_decode_fail(d, "a computed column of no kind");
  if (d->status != PL_OK) return;
  out->kind = (pl_compute_kind)kind;
  out->name = pl_take_name(d, v, "name", true);
  out->site = pl_take_site(d, v);
  out->call = PL_NO_FUNCTION;
  switch (out->kind) {
  case PL_COMPUTE_LOOKUP:
  case PL_COMPUTE_SUM: take_joining(d, v, out); return;
  case PL_COMPUTE_CONSTANT: out->value = pl_take_literal(d, pl_value_get(v, "value")); return;
  case PL_COMPUTE_CLEAN:
  case PL_COMPUTE_LIST:
    take_inputs(d, v, out, 1);
    out->words = pl_take_texts(d, v, "words", 100);
    if (out->words.n == 0) pl_decode_fail(d, "a computed column without its words");
    return;
  case PL_COMPUTE_MAP:
    take_inputs(d, v, out, 1);
    take_map(d, v, out);
    return;
  case PL_COMPUTE_DERIVE:
    take_inputs(d, v, out, PL_MAX_KEY);
    out->call = pl_take_function(d, v, "fn");
    if (out->call.worker == PL_NO_FUNCTION.worker) pl_decode_fail(d, "a function that is none");
  }
}

pl_compute *pl_take_computes(pl_decoding *d, const pl_value *object, const char *key, size_t *n) {
  const pl_value *list = pl_take_list(d, object, key, PL_MAX_COLUMNS, n);
  pl_compute *out = pl_take_array(d, *n, sizeof *out);
  if (!out) *n = 0;
  for (size_t i = 0; i < *n && d->status == PL_OK; i++) {
    take_compute(d, pl_value_at(list, i), &out[i]);
    for (size_t k = 0; k < i && d->status == PL_OK; k++)
      if (strcmp(out[k].name, out[i].name) == 0) pl_decode_fail(d, "a column declared twice");
  }
  return out;
}
