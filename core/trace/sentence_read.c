/* Notes about how files were read where that was a matter of judgement. */
#include "trace/sentence.h"

static bool assumed(const pl_source *source, size_t input) {
  return source->def->dialect.encoding == PL_ENCODING_LOOK &&
         pl_input_shape(source->inputs[input])->dialect.encoding == PL_ENCODING_CP1252;
}

/* "exports/x.csv was read as Windows-1252, because …" */
static void note_source(pl_arena *arena, pl_value *notes, const pl_source *source) {
  size_t files = 0, first = 0;
  for (size_t i = source->inputs_n; i-- > 0;)
    if (assumed(source, i)) {
      files++;
      first = i;
    }
  if (!files) return;
  pl_buf text = {0};
  if (files > 1) {
    pl_say_count(&text, files);
    pl_buf_text(&text, " files, the first is ");
  }
  const bool deals = source->is_deals;
  pl_buf_format(
      &text,
      "%s%s read as Windows-1252, because %s not UTF-8 and makes sense so. If its letters "
      "look right, settle it: encoding = \"windows-1252\" in %s%s%s",
      pl_input_shown(source->inputs[first]), files > 1 ? ", were" : " was",
      files > 1 ? "their text is" : "its text is", deals ? "" : "source \"", source->def->name,
      deals ? "" : "\"");
  pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
  pl_set_text(arena, item, "text", pl_buf_view(&text));
  if (text.failed) arena->failed = true;
  pl_buf_free(&text);
}

void pl_note_encodings(pl_arena *arena, pl_value *notes, const pl_found *found) {
  for (size_t i = 0; i < found->bound->sources_n; i++)
    note_source(arena, notes, &found->bound->sources[i]);
}
