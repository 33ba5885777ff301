/* What a look at the beginning of each file leaves open: `check` says it, so that
 * nobody takes "all sound" for more than it is. */
#include "trace/sentence.h"

static bool is_long(pl_input *input) {
  uint32_t line;
  return pl_input_size(input) > pl_input_start(input, &line) + PL_HEAD_BYTES;
}

static void say_files(const pl_bound *bound, pl_buf *out) {
  size_t n = 0;
  const char *first = NULL;
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].inputs_n; k++) {
      if (!is_long(bound->sources[i].inputs[k])) continue;
      if (n++ == 0) first = pl_input_shown(bound->sources[i].inputs[k]);
    }
  if (n == 0) return;
  pl_buf_format(out, ", and behind the first 64 KiB of %s", first);
  if (n == 1) return;
  pl_buf_text(out, " and ");
  pl_say_count(out, n - 1);
  pl_buf_text(out, n == 2 ? " other file" : " other files");
}

static bool is_open(const pl_slot *slot) {
  bool number = (slot->uses & PL_USES_NUMBER) && slot->how.undecided;
  return number || ((slot->uses & PL_USES_TIME) && slot->undecided);
}

static void say_columns(const pl_bound *bound, pl_buf *out) {
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].slots_n; k++) {
      const pl_slot *slot = &bound->sources[i].slots[k];
      if (!is_open(slot)) continue;
      pl_buf_format(out, "\nhow \"%s\" of %s is written is not settled by what was looked at",
                    slot->name, bound->sources[i].def->name);
    }
}

void pl_say_left(pl_buf *out, const pl_bound *bound) {
  pl_buf_text(out, "`plumbline audit` looks further: at statuses, repeated keys and single values");
  say_files(bound, out);
  say_columns(bound, out);
}
