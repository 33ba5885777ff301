/* What a worker declared -> the model. The worker is untrusted: the prelude has
 * checked everything already and made good messages, here it is all checked
 * again, and what does not hold is one flat "makes no sense". */
#ifndef PL_RULE_DECODE_H
#define PL_RULE_DECODE_H

#include "base/value.h"
#include "trace/model.h"

typedef struct pl_decoding {
  pl_arena *arena;          /* the model's: everything is copied into it */
  const char *file;         /* the file that was run: where a place without a file is */
  uint32_t line;            /* of what is being decoded; 0: the file as a whole */
  const char *const *files; /* shown paths that places may name */
  size_t files_n;
  bool any_file;      /* the program's own declaration: places are believed */
  int worker;         /* for pl_function */
  size_t functions_n; /* set by pl_decode_functions */
  pl_error *err;      /* may be NULL */
  pl_status status;   /* PL_OK until the first mistake */
} pl_decoding;

/* `functions` of a declaration -> where each stands; call it first. */
pl_status pl_decode_functions(pl_decoding *d, const pl_value *v, pl_site **out);
/* audit.lua: fills the model, and `rules` with the patterns of rule files. */
pl_status pl_decode_audit(pl_decoding *d, const pl_value *v, pl_model *model, pl_texts *rules);
/* A rule file: the department's name (NULL: none declared) and its metrics. */
pl_status pl_decode_rules(pl_decoding *d, const pl_value *v, pl_department_def *department,
                          pl_metric_def **metrics, size_t *n);

/* ---- fields (decode_field.c): for the decode files ------------------------------------ */

#define PL_MAX_NAME 256
#define PL_MAX_DECLARED 16384 /* bytes of a definition, a note */

/* Records "makes no sense: <what>" unless a mistake is recorded already. */
void pl_decode_fail(pl_decoding *d, const char *what);
/* NULL where absent. Texts hold no zero byte and are at most `max` long. */
const char *pl_take_text(pl_decoding *d, const pl_value *object, const char *key, size_t max);
const char *pl_take_name(pl_decoding *d, const pl_value *object, const char *key, bool required);
const char *pl_take_duration(pl_decoding *d, const pl_value *object, const char *key);
/* One of `words` (NULL at the end): its index, or -1 where absent. */
int pl_take_choice(pl_decoding *d, const pl_value *object, const char *key,
                   const char *const *words);
bool pl_take_flag(pl_decoding *d, const pl_value *object, const char *key);
int64_t pl_take_count(pl_decoding *d, const pl_value *object, const char *key);
pl_texts pl_take_texts(pl_decoding *d, const pl_value *object, const char *key, size_t max_n);
pl_site pl_take_site(pl_decoding *d, const pl_value *object);
pl_function pl_take_function(pl_decoding *d, const pl_value *object, const char *key);
pl_literal pl_take_literal(pl_decoding *d, const pl_value *v);
void pl_take_key(pl_decoding *d, const pl_value *object, pl_key *out);
/* The list under `key`: its length (0 where absent), checked against `max`. */
const pl_value *pl_take_list(pl_decoding *d, const pl_value *object, const char *key, size_t max,
                             size_t *n);
void *pl_take_array(pl_decoding *d, size_t n, size_t each);

/* ---- parts (decode_condition.c, decode_source.c) --------------------------------------- */

pl_conditions pl_take_conditions(pl_decoding *d, const pl_value *object, const char *key);
pl_compute *pl_take_computes(pl_decoding *d, const pl_value *object, const char *key, size_t *n);
void pl_take_source(pl_decoding *d, const pl_value *v, pl_source_def *out);
void pl_take_deals(pl_decoding *d, const pl_value *v, pl_deals_def *out);
void pl_take_time(pl_decoding *d, const pl_value *v, pl_time_column *out);

#endif
