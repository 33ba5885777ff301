/* What a lying worker may send: any bytes as a frame, its value, and the value
 * as the declaration of audit.lua and of a rule file. Nothing may crash, leak or
 * make a model that breaks its own rules. */
#include <stdlib.h>

#include "rule/decode.h"
#include "rule/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void decode_as(const pl_value *v, bool audit) {
  static const char *const files[] = {"rules/a.lua", "rules/b.lua"};
  pl_error err;
  pl_model model = {0};
  pl_site *functions = NULL;
  pl_texts rules;
  pl_department_def department = {0};
  pl_metric_def *metrics = NULL;
  size_t metrics_n = 0;
  pl_decoding d = {
      .arena = &model.arena, .file = files[0], .files = files, .files_n = 2, .err = &err};
  if (pl_decode_functions(&d, v, &functions) == PL_OK) {
    if (audit)
      pl_decode_audit(&d, v, &model, &rules);
    else
      pl_decode_rules(&d, v, &department, &metrics, &metrics_n);
  }
  if (d.status == PL_OK && !audit)
    for (size_t i = 0; i < metrics_n; i++)
      if (!metrics[i].id || metrics[i].branches_n > PL_MAX_BRANCHES ||
          metrics[i].judge.id >= (int)(d.functions_n + 1))
        abort();
  pl_arena_free(&model.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  pl_frame frame;
  pl_error err;
  size_t used = 0;
  pl_arena arena = {0};
  pl_str all = {(const char *)bytes, n};
  if (pl_frame_read(all, PL_FRAME_MAX, &frame, &used) == PL_FRAME_READY && used > n) abort();
  const pl_value *v = pl_value_decode(&arena, all, false, &err);
  if (v) {
    decode_as(v, true);
    decode_as(v, false);
  }
  pl_arena_free(&arena);
  return 0;
}
