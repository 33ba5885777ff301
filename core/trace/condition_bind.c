/* Compiling conditions: values read once, patterns checked, columns found. */
#include <stdlib.h>

#include "trace/condition_node.h"

#define SET_FROM 9 /* values; fewer are compared one by one */

static pl_status bind_node(pl_binder *b, pl_source *source, const pl_condition *def, pl_node *node,
                           pl_error *err);

static void free_dict(void *dict) {
  pl_dict_free(dict);
}
static void free_pattern(void *pattern) {
  pcre2_code_free(pattern);
}

static pl_status bind_number(const pl_literal *value, pl_site site, pl_number *out, pl_error *err) {
  pl_str text = pl_str_of(value->text);
  if (pl_number_parse(text, PL_NUMBER_PLAIN, true, out) == PL_NUMBER_OK) return PL_OK;
  return pl_fail_at(err, PL_E_USAGE, site, "the number %s is out of range", value->text);
}

static pl_status bind_set(pl_binder *b, pl_node *node, pl_error *err) {
  if (node->texts_n < SET_FROM) return PL_OK;
  node->set = pl_dict_new();
  if (!node->set || !pl_bound_keep(b->bound, node->set, free_dict)) return pl_fail_memory(err);
  for (size_t i = 0; i < node->texts_n; i++)
    if (pl_dict_add(node->set, node->texts[i]) == PL_DICT_NONE) return pl_fail_memory(err);
  return PL_OK;
}

static pl_status bind_values(pl_binder *b, const pl_condition *def, pl_node *node, pl_error *err) {
  pl_arena *arena = &b->bound->arena;
  pl_status status = PL_OK;
  if (def->values_n == 0)
    return pl_fail_at(err, PL_E_USAGE, def->site, "the condition on \"%s\" names no value",
                      def->column);
  node->texts = pl_arena_array(arena, def->values_n, sizeof *node->texts);
  node->numbers = pl_arena_array(arena, def->values_n, sizeof *node->numbers);
  if (!node->texts || !node->numbers) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < def->values_n; i++) {
    const pl_literal *value = &def->values[i];
    if (value->number && def->kind == PL_COND_EQUAL) {
      status = bind_number(value, def->site, &node->numbers[node->numbers_n++], err);
    } else if (pl_str_blank(pl_str_of(value->text))) {
      pl_fail_at(err, PL_E_USAGE, def->site, "an empty text is equal to nothing");
      status = pl_hint(err, "write %s = blank()", def->column);
    } else {
      node->texts[node->texts_n++] = pl_str_of(value->text);
    }
  }
  if (status == PL_OK && def->kind == PL_COND_EQUAL) status = bind_set(b, node, err);
  return status;
}

static pl_status compile(pl_binder *b, const pl_condition *def, pcre2_compile_context *context,
                         pl_node *node, pl_error *err) {
  const char *text = def->values[0].text;
  int code = 0;
  PCRE2_SIZE at = 0;
  PCRE2_UCHAR why[256];
  uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
  node->pattern = pcre2_compile((PCRE2_SPTR)text, strlen(text), options, &code, &at, context);
  if (!node->pattern) {
    if (code == PCRE2_ERROR_NOMEMORY || code == 121) return pl_fail_memory(err); /* 121: heap */
    pcre2_get_error_message(code, why, sizeof why);
    pl_fail_at(err, PL_E_USAGE, def->site, "the pattern \"%s\" is wrong at character %zu: %s", text,
               (size_t)at + 1, (const char *)why);
    return pl_hint(err, "matches takes a Perl-compatible pattern; like takes \"*\" and \"?\"");
  }
  if (!pl_bound_keep(b->bound, node->pattern, free_pattern)) return pl_fail_memory(err);
  return PL_OK;
}

static pl_status bind_pattern(pl_binder *b, const pl_condition *def, pl_node *node, pl_error *err) {
  pl_status status = PL_E_MEMORY;
  pcre2_compile_context *context = NULL;
  pcre2_general_context *general =
      pcre2_general_context_create(pl_pattern_malloc, pl_pattern_free, NULL);
  if (general) context = pcre2_compile_context_create(general);
  if (!context) {
    pl_fail_memory(err);
    goto done;
  }
  pcre2_set_max_pattern_length(context, PL_PATTERN_LENGTH);
  status = compile(b, def, context, node, err);
done:
  if (context) pcre2_compile_context_free(context);
  if (general) pcre2_general_context_free(general);
  return status;
}

static pl_status bind_end(pl_binder *b, const pl_condition *def, const pl_literal *value, bool open,
                          pl_bound_value *out, pl_error *err) {
  if (!value->text) return PL_OK;
  out->given = true;
  out->open = open;
  if (value->number) return bind_number(value, def->site, &out->number, err);
  pl_time_reader iso = {PL_TIME_ISO, NULL, b->bound->zone, b->bound->zone};
  if (pl_time_parse(pl_str_of(value->text), &iso, &out->time)) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, def->site, "\"%s\" is not a date or time", value->text);
  return pl_hint(err, "write \"2024-03-14\" or \"2024-03-14 09:30\"; numbers go without quotes");
}

static pl_status bind_range(pl_binder *b, const pl_condition *def, pl_node *node, pl_error *err) {
  bool both = def->low.text && def->high.text;
  if (!def->low.text && !def->high.text)
    return pl_fail_at(err, PL_E_USAGE, def->site, "the condition on \"%s\" names no bound",
                      def->column);
  if (both && def->low.number != def->high.number)
    return pl_fail_at(err, PL_E_USAGE, def->site, "between needs two numbers or two dates");
  node->times = def->low.text ? !def->low.number : !def->high.number;
  pl_status status = bind_end(b, def, &def->low, def->low_open, &node->low, err);
  if (status == PL_OK) status = bind_end(b, def, &def->high, def->high_open, &node->high, err);
  return status;
}

static pl_status bind_child(pl_binder *b, pl_source *source, const pl_condition *def, pl_node *node,
                            pl_error *err) {
  node->child = pl_arena_alloc(&b->bound->arena, sizeof *node->child);
  if (!node->child) return pl_fail_memory(err);
  pl_condition child = *def->child; /* the column is the one that not_() stands on */
  child.column = def->column;
  if (!child.site.file) child.site = def->site;
  return bind_node(b, source, &child, node->child, err);
}

/* audit.lua may reject records for everybody; a rule file may not, and equality
 * never does. */
static unsigned uses_of(const pl_binder *b, const pl_condition *def) {
  bool numbers = false;
  for (size_t i = 0; def->kind == PL_COND_EQUAL && i < def->values_n; i++)
    numbers |= def->values[i].number;
  if (def->kind != PL_COND_RANGE) return PL_USE_TEXT | (numbers ? PL_USE_NUMBER_TEXT : 0u);
  bool number = def->low.text ? def->low.number : def->high.number;
  if (b->metric < 0) return number ? PL_USE_NUMBER : PL_USE_TIME;
  return PL_USE_TEXT | (number ? PL_USE_NUMBER_TEXT : PL_USE_TIME_TEXT);
}

/* The same numbers are read here as where a column rejects what is none. */
static bool reads_exponents(const pl_source *source, int slot) {
  const pl_expression *e = source->slots[slot].compute;
  if (e && e->kind == PL_COMPUTE_LOOKUP) return reads_exponents(e->table, e->take);
  for (size_t i = 0; i < source->inputs_n; i++)
    if (source->dialects[i].format != PL_FORMAT_CSV) return true;
  return e && e->exponent;
}

static pl_status bind_kind(pl_binder *b, pl_source *source, const pl_condition *def, pl_node *node,
                           pl_error *err) {
  switch (def->kind) {
  case PL_COND_EQUAL:
  case PL_COND_LIKE: return bind_values(b, def, node, err);
  case PL_COND_MATCHES: return bind_pattern(b, def, node, err);
  case PL_COND_RANGE: return bind_range(b, def, node, err);
  case PL_COND_BLANK: return PL_OK;
  case PL_COND_NOT: return bind_child(b, source, def, node, err);
  case PL_COND_CALL:
    return pl_asked_bind(b, source, def->call, false, &node->slot, 1, def->site, &node->asked, err);
  }
  return PL_OK;
}

static pl_status bind_node(pl_binder *b, pl_source *source, const pl_condition *def, pl_node *node,
                           pl_error *err) {
  pl_status status = pl_bind_exists(source, def->column, def->site, err);
  if (status == PL_OK && def->kind == PL_COND_RANGE) status = bind_range(b, def, node, err);
  if (status == PL_OK)
    status = pl_bind_column(b, source, def->column, uses_of(b, def), def->site, &node->slot, err);
  if (status != PL_OK) return status;
  const pl_slot *slot = &source->slots[node->slot];
  node->kind = def->kind;
  node->source = source;
  node->reads = def->kind == PL_COND_RANGE && b->metric >= 0;
  node->exponent = node->reads && reads_exponents(source, node->slot);
  node->separator = slot->list_separator;
  return def->kind == PL_COND_RANGE ? PL_OK : bind_kind(b, source, def, node, err);
}

/* ---- signatures ----------------------------------------------------------------- */
static void sign_text(pl_buf *out, pl_str text) {
  pl_buf_format(out, "%zu:", text.n);
  pl_buf_str(out, text);
}

static void sign_end(pl_buf *out, const pl_literal *value, bool open) {
  if (value->text) pl_buf_format(out, "%c%c", value->number ? 'n' : 't', open ? '<' : '=');
  if (value->text)
    sign_text(out, pl_str_of(value->text));
  else
    pl_buf_text(out, "-");
}

static void sign(pl_buf *out, const pl_condition *def, const pl_node *node) {
  pl_buf_format(out, "%d/%d(", node->slot, (int)def->kind);
  for (size_t i = 0; i < def->values_n; i++) {
    pl_buf_text(out, def->values[i].number ? "n" : "t");
    sign_text(out, pl_str_of(def->values[i].text));
  }
  if (def->kind == PL_COND_RANGE) {
    sign_end(out, &def->low, def->low_open);
    sign_end(out, &def->high, def->high_open);
  }
  if (def->kind == PL_COND_NOT) sign(out, def->child, node->child);
  if (def->kind == PL_COND_CALL) pl_buf_format(out, "%d.%d", def->call.worker, def->call.id);
  pl_buf_text(out, ")");
}

static int by_text(const void *a, const void *b) {
  const pl_str *x = a, *y = b;
  return pl_str_cmp(*x, *y);
}

/* The order in which conditions were written does not change what they mean. */
static pl_status set_signature(pl_binder *b, const pl_source *source,
                               const pl_conditions *conditions, pl_predicate *predicate,
                               pl_error *err) {
  pl_arena *arena = &b->bound->arena;
  pl_status status = PL_E_MEMORY;
  pl_buf buf = {0};
  pl_str *parts = pl_arena_array(arena, predicate->n, sizeof *parts);
  for (size_t i = 0; parts && i < predicate->n; i++) {
    pl_buf_clear(&buf);
    sign(&buf, &conditions->items[i], &predicate->nodes[i]);
    parts[i] = (pl_str){pl_arena_copy(arena, buf.p, buf.n), buf.n};
  }
  if (!parts || buf.failed || arena->failed) goto done;
  qsort(parts, predicate->n, sizeof *parts, by_text);
  pl_buf_clear(&buf);
  pl_buf_format(&buf, "%d;", source->index);
  for (size_t i = 0; i < predicate->n; i++) pl_buf_str(&buf, parts[i]);
  predicate->signature = buf.failed ? NULL : pl_arena_copy(arena, buf.p, buf.n);
  if (predicate->signature) status = PL_OK;
done:
  pl_buf_free(&buf);
  return status == PL_OK ? PL_OK : pl_fail_memory(err);
}

pl_status pl_predicate_bind(pl_binder *b, pl_source *source, const pl_conditions *conditions,
                            pl_predicate **out, pl_error *err) {
  pl_arena *arena = &b->bound->arena;
  pl_status status = PL_OK;
  *out = NULL;
  if (conditions->n == 0) return PL_OK;
  pl_predicate *predicate = pl_arena_alloc(arena, sizeof *predicate);
  if (!predicate) return pl_fail_memory(err);
  predicate->n = conditions->n;
  predicate->nodes = pl_arena_array(arena, conditions->n, sizeof *predicate->nodes);
  if (!predicate->nodes) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < conditions->n; i++)
    status = bind_node(b, source, &conditions->items[i], &predicate->nodes[i], err);
  if (status == PL_OK) status = set_signature(b, source, conditions, predicate, err);
  if (status == PL_OK) *out = predicate;
  return status;
}
