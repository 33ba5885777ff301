/* Deciding whether a record meets compiled conditions. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "trace/condition_node.h"
#include "trace/styles.h"

/* UNREAD: the value is not the number or time that the condition needs. */
typedef enum answer { NO, YES, GAVE_UP, UNREAD } answer;

struct pattern_memory {
  pcre2_general_context *general;
  pcre2_match_context *limits;
  pcre2_match_data *data;
};

void *pl_pattern_malloc(size_t n, void *unused) {
  (void)unused;
  return pl_malloc(n);
}

void pl_pattern_free(void *block, void *unused) {
  (void)unused;
  pl_free(block);
}

void pl_pattern_memory_free(void *memory) {
  struct pattern_memory *m = memory;
  if (!m) return;
  if (m->data) pcre2_match_data_free(m->data);
  if (m->limits) pcre2_match_context_free(m->limits);
  if (m->general) pcre2_general_context_free(m->general);
  pl_free(m);
}

void *pl_pattern_memory_new(void) {
  struct pattern_memory *m = pl_calloc(1, sizeof *m);
  if (!m) return NULL;
  m->general = pcre2_general_context_create(pl_pattern_malloc, pl_pattern_free, NULL);
  if (m->general) m->limits = pcre2_match_context_create(m->general);
  if (m->general) m->data = pcre2_match_data_create(1, m->general);
  if (!m->limits || !m->data) {
    pl_pattern_memory_free(m);
    return NULL;
  }
  pcre2_set_match_limit(m->limits, PL_PATTERN_MATCHES);
  pcre2_set_heap_limit(m->limits, PL_PATTERN_HEAP_KB);
  pcre2_set_depth_limit(m->limits, PL_PATTERN_DEPTH);
  return m;
}

static answer match_pattern(const pl_node *node, pl_str text, const pl_scratch *scratch) {
  const struct pattern_memory *m = scratch->predicate;
  int found = pcre2_match(node->pattern, (PCRE2_SPTR)text.p, text.n, 0, 0, m->data, m->limits);
  if (found >= 0) return YES;
  return found == PCRE2_ERROR_NOMATCH ? NO : GAVE_UP;
}

static bool equals_number(const pl_node *node, pl_str text) {
  pl_number number;
  if (node->numbers_n == 0) return false;
  pl_number_marks marks;
  const pl_slot *slot = &node->source->slots[node->slot];
  if (pl_style_number(slot, text, true, &number, &marks) != PL_NUMBER_OK) return false;
  for (size_t i = 0; i < node->numbers_n; i++)
    if (pl_number_cmp(number, node->numbers[i]) == 0) return true;
  return false;
}

static bool equals(const pl_node *node, pl_str text) {
  if (node->set) {
    if (pl_dict_find(node->set, text) != PL_DICT_NONE) return true;
  } else {
    for (size_t i = 0; i < node->texts_n; i++)
      if (pl_str_eq(node->texts[i], text)) return true;
  }
  return equals_number(node, text);
}

static bool is_like(const pl_node *node, pl_str text) {
  for (size_t i = 0; i < node->texts_n; i++)
    if (pl_str_glob(node->texts[i], text)) return true;
  return false;
}

static answer meets_text(const pl_node *node, pl_str text, const pl_scratch *scratch) {
  if (node->kind == PL_COND_EQUAL) return equals(node, text) ? YES : NO;
  if (node->kind == PL_COND_LIKE) return is_like(node, text) ? YES : NO;
  return match_pattern(node, text, scratch);
}

/* The next value of a list that is not blank; false after the last. */
static bool next_value(const pl_node *node, pl_str *list, pl_str *one) {
  while (list->p) {
    const char *end = list->n ? memchr(list->p, node->separator, list->n) : NULL;
    *one = pl_str_trim((pl_str){list->p, end ? (size_t)(end - list->p) : list->n});
    *list = end ? (pl_str){end + 1, list->n - (size_t)(end + 1 - list->p)} : (pl_str){NULL, 0};
    if (one->n && !pl_counts_as_blank(node->source->def, *one)) return true;
  }
  return false;
}

/* A column that holds several values meets a condition with any of them. */
static answer meets_any(const pl_node *node, pl_str list, const pl_scratch *scratch) {
  pl_str one;
  while (next_value(node, &list, &one)) {
    answer a = meets_text(node, one, scratch);
    if (a != NO) return a;
  }
  return NO;
}

/* Where one of the two is a date without a time, days are compared. */
static int compare_times(pl_time a, pl_time b) {
  if (a.kind == PL_TIME_DATE || b.kind == PL_TIME_DATE) return (a.day > b.day) - (a.day < b.day);
  return (a.us > b.us) - (a.us < b.us);
}

static int compare_bound(const pl_node *node, const pl_cell *cell, const pl_bound_value *bound) {
  return node->times ? compare_times(cell->time, bound->time)
                     : pl_number_cmp(cell->number, bound->number);
}

static bool is_inside(const pl_node *node, const pl_cell *cell) {
  if (node->times && cell->time.kind == PL_TIME_NONE) return false;
  if (node->low.given) {
    int order = compare_bound(node, cell, &node->low);
    if (order < 0 || (order == 0 && node->low.open)) return false;
  }
  if (node->high.given) {
    int order = compare_bound(node, cell, &node->high);
    if (order > 0 || (order == 0 && node->high.open)) return false;
  }
  return true;
}

static bool read_value(const pl_node *node, pl_str text, pl_cell *out) {
  const pl_slot *slot = &node->source->slots[node->slot];
  pl_number_marks marks;
  if (node->times) return pl_style_time(slot, text, &out->time);
  return pl_style_number(slot, text, node->exponent, &out->number, &marks) == PL_NUMBER_OK;
}

static answer read_range(const pl_node *node, pl_str list, pl_scratch *scratch) {
  pl_str one;
  pl_cell cell = {0};
  answer a = NO;
  bool met = false;
  while (next_value(node, &list, &one)) {
    if (!read_value(node, one, &cell)) {
      if (!met && !pl_column_is_token(one)) a = UNREAD;
      continue;
    }
    met = true;
    scratch->readable++;
    if (is_inside(node, &cell)) return YES;
    a = NO;
  }
  return a;
}

static answer in_range(const pl_node *node, const pl_cell *cell, pl_scratch *scratch) {
  if (!node->reads) return is_inside(node, cell) ? YES : NO;
  if (node->separator) return read_range(node, cell->text, scratch);
  pl_cell read = {0};
  if (!read_value(node, cell->text, &read)) return pl_column_is_token(cell->text) ? NO : UNREAD;
  scratch->readable++;
  return is_inside(node, &read) ? YES : NO;
}

static bool calls(const pl_node *node, const pl_cell *slots, pl_scratch *scratch) {
  bool truth;
  pl_str tuple = pl_tuple_of(slots, &node->slot, 1, &scratch->own->tuple);
  return pl_asked_truth(node->asked, tuple, &truth) && truth;
}

static answer meets(const pl_node *node, const pl_cell *slots, pl_scratch *scratch) {
  const pl_cell *cell = &slots[node->slot];
  if (node->kind == PL_COND_NOT) {
    answer a = meets(node->child, slots, scratch);
    return a == YES ? NO : a == NO ? YES : a;
  }
  if (node->kind == PL_COND_BLANK) return cell->blank ? YES : NO;
  if (cell->blank) return NO;
  if (node->kind == PL_COND_RANGE) return in_range(node, cell, scratch);
  if (node->kind == PL_COND_CALL) return calls(node, slots, scratch) ? YES : NO;
  if (node->separator) return meets_any(node, cell->text, scratch);
  return meets_text(node, cell->text, scratch);
}

bool pl_predicate_holds(const pl_predicate *predicate, const pl_cell *slots, pl_scratch *scratch,
                        bool *failed) {
  bool unread = false;
  for (size_t i = 0; predicate && i < predicate->n; i++) {
    answer a = meets(&predicate->nodes[i], slots, scratch);
    if (a == GAVE_UP) *failed = true;
    if (a == NO || a == GAVE_UP) return false;
    unread |= a == UNREAD;
  }
  scratch->unreadable += unread;
  return !unread;
}

static bool is_equality(const pl_node *node) {
  return node->kind == PL_COND_EQUAL && !node->separator && !node->numbers_n;
}

size_t pl_predicate_equalities(const pl_predicate *predicate, bool *all) {
  size_t n = 0;
  for (size_t i = 0; predicate && i < predicate->n; i++) n += is_equality(&predicate->nodes[i]);
  *all = !predicate || n == predicate->n;
  return n;
}

void pl_predicate_equality(const pl_predicate *predicate, size_t nth, int *slot,
                           const pl_str **texts, size_t *n) {
  const pl_node *node = predicate->nodes;
  while (!is_equality(node) || nth--) node++;
  *slot = node->slot;
  *texts = node->texts;
  *n = node->texts_n;
}

const char *pl_predicate_signature(const pl_predicate *predicate) {
  return predicate ? predicate->signature : "";
}

void pl_predicate_slots(const pl_predicate *predicate, void (*visit)(void *ctx, int slot),
                        void *ctx) {
  for (size_t i = 0; predicate && i < predicate->n; i++) visit(ctx, predicate->nodes[i].slot);
}
