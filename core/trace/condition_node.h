/* One compiled condition. */
#ifndef PL_TRACE_CONDITION_NODE_H
#define PL_TRACE_CONDITION_NODE_H

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

#include "trace/condition.h"
#include "trace/expression.h"

typedef struct pl_bound_value { /* an end of a range */
  bool given, open;             /* open: the value itself is outside */
  pl_number number;
  pl_time time;
} pl_bound_value;

typedef struct pl_node pl_node;
struct pl_node {
  pl_condition_kind kind;
  const pl_source *source;
  int slot;
  char separator; /* not 0: any of the values in the cell */
  pl_str *texts;
  size_t texts_n;
  pl_dict *set;       /* the texts again, when they are many */
  pl_number *numbers; /* values written as Lua numbers */
  size_t numbers_n;
  bool times;    /* RANGE: of times, else of numbers */
  bool reads;    /* RANGE in a rule file: reads the text itself and rejects nothing */
  bool exponent; /* its numbers may be written 1e3 */
  pl_bound_value low, high;
  pcre2_code *pattern;
  pl_node *child;
  pl_asked *asked;
};

struct pl_predicate {
  pl_node *nodes;
  size_t n;
  const char *signature;
};

void *pl_pattern_malloc(size_t n, void *unused);
void pl_pattern_free(void *block, void *unused);

#endif
