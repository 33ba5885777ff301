/* What sniffing one file and proposing a workspace share. */
#ifndef PL_PLUMBLINE_LOOK_H
#define PL_PLUMBLINE_LOOK_H

#include "plumbline_audit.h"
#include "rule/profiles.h"
#include "trace/facts.h"

#define PL_LOOK_BLOCKS 32 /* tables of one file that are looked at */

/* How to look, from either kind of options. */
typedef struct pl_look {
  pl_arena *arena; /* of the result */
  pl_json_decoder json;
  bool json_open;
  const pl_value *profiles;
  uint64_t records;
  const volatile bool *cancel;
  void (*progress)(void *ctx, uint64_t done, uint64_t total); /* of one file; may be NULL */
  void *progress_ctx;
} pl_look;

/* Opens the decoder and reads the profiles. */
pl_status pl_look_open(pl_look *look, const pl_profiles_options *profiles, pl_error *err);
void pl_look_close(pl_look *look);

/* Opens a file by looking; `block` NULL: the first of its tables. */
pl_status pl_look_input(const pl_look *look, const char *path, const char *shown, const char *block,
                        pl_input **out, pl_error *err);
/* Measures a table from an open input. *facts goes on to the caller. */
pl_status pl_look_measure(const pl_look *look, pl_input *input, pl_facts **facts, pl_error *err);
/* Adds shape, facts and the profile that fits or nearly does to `tables`, as one
 * object, and the profile itself, if it fits, to `known`, else false. */
pl_status pl_look_tell(const pl_look *look, const pl_input *input, const pl_facts *facts,
                       pl_value *tables, pl_value *known, pl_error *err);

/* Texts that were drawn, kept until their owner closes. */
typedef struct pl_look_texts {
  pl_buf *items;
  size_t n, cap;
} pl_look_texts;
/* Draws `result` with the view `name`, or as JSON. */
pl_status pl_look_render(pl_look_texts *texts, const char *name, const char *view,
                         const pl_value *result, const pl_view_options *options, const char **text,
                         size_t *size, pl_error *err);
void pl_look_texts_free(pl_look_texts *texts);

#endif
