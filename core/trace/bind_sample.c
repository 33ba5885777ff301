/* Looking at times before the run: a sample of each file when binding, or every
 * record when a sample turned out not to stand for the whole. */
#include <pthread.h>
#include <stdio.h>

#include "trace/expression.h"
#include "trace/styles.h"

/* Tallies of one source; only slots that are `asked` for are counted. */
typedef struct source_tally {
  bool *asked;
  pl_style_tally *slots;
  bool any;
} source_tally;

static bool is_undeclared(const pl_slot *slot, unsigned uses) {
  bool looked_up = slot->compute && slot->compute->kind == PL_COMPUTE_LOOKUP;
  return (slot->uses & uses) && !slot->style_declared && !looked_up;
}

static bool tally_open(pl_arena *arena, const pl_source *source, unsigned uses, source_tally *out) {
  size_t n = source->slots_n;
  for (size_t i = 0; i < n; i++) out->any |= is_undeclared(&source->slots[i], uses);
  if (!out->any) return true;
  out->asked = pl_arena_array(arena, n, sizeof *out->asked);
  out->slots = pl_arena_array(arena, n, sizeof *out->slots);
  if (!out->asked || !out->slots) return false;
  for (size_t i = 0; i < n; i++) {
    out->asked[i] = is_undeclared(&source->slots[i], uses);
    pl_style_tally_open(&out->slots[i]);
  }
  return true;
}

static void copy_text(char *out, size_t size, pl_str text) {
  pl_str cut = {text.p, text.n < size ? text.n : size - 1};
  cut.n = pl_utf8_valid(cut);
  if (cut.n) memcpy(out, cut.p, cut.n);
  out[cut.n] = '\0';
}

/* Sets readers and kinds from tallies; errors go to who needs the column. */
static pl_status settle_source(pl_bound *bound, pl_source *source, const source_tally *tally,
                               pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; tally->any && status == PL_OK && i < source->slots_n; i++) {
    pl_error why;
    if (!tally->asked[i]) continue;
    if (pl_style_settle(bound, source, (int)i, &tally->slots[i], &why) == PL_OK) continue;
    status = pl_style_blame(bound, source, (int)i, &why, err);
  }
  return status;
}

/* ---- the sample --------------------------------------------------------------- */
typedef struct sampler {
  pl_bound *bound;
  pl_source *source;
  source_tally *tally;
  pl_scratch *scratch;
  pl_cell *cells;
} sampler;

static void fill_example(const sampler *s, size_t input, const pl_record *record, size_t slot,
                         uint64_t place, pl_style_example *out) {
  const pl_input *file = s->source->inputs[input];
  int cell = s->source->cell_of[input][slot];
  pl_buf *raw = &s->scratch->own->raw;
  out->place = place;
  copy_text(out->text, sizeof out->text, s->cells[slot].text);
  out->column =
      cell < 0 ? 0 : pl_input_cell_column(file, record->offset, record->length, (size_t)cell);
  pl_buf_clear(raw);
  pl_input_raw(file, record->offset, record->length, sizeof out->excerpt, raw, NULL);
  pl_str line = pl_buf_view(raw);
  const char *end = line.n ? memchr(line.p, '\n', line.n) : NULL;
  if (end) line.n = (size_t)(end - line.p);
  copy_text(out->excerpt, sizeof out->excerpt, line);
}

static void sample_record(const sampler *s, size_t input, const pl_record *record, uint32_t line) {
  uint64_t place = (uint64_t)(s->source->first_file + input) << 32 | line;
  pl_row_texts(s->source, input, record, s->scratch, s->cells);
  for (size_t i = 0; i < s->source->slots_n; i++) {
    int style;
    pl_style_tally *tally = &s->tally->slots[i];
    if (!s->tally->asked[i] || s->cells[i].blank) continue;
    unsigned reading = pl_style_read(s->cells[i].text, &s->source->slots[i]);
    if (pl_style_tally_note(tally, reading, place, &style))
      fill_example(s, input, record, i, place, &tally->examples[style]);
  }
}

static pl_status sample_input(const sampler *s, size_t input, pl_batch *batch, pl_error *err) {
  uint32_t line = 1;
  pl_input *file = s->source->inputs[input];
  uint64_t start = pl_input_start(file, &line);
  if (start >= pl_input_size(file)) return PL_OK;
  pl_status status =
      pl_input_chunk(file, start, PL_HEAD_BYTES, s->source->wanted[input], batch, err);
  for (size_t i = 0; status == PL_OK && i < batch->n; i++)
    sample_record(s, input, &batch->records[i], line + batch->records[i].line);
  return status;
}

static pl_status sample_source(pl_bound *bound, pl_source *source, pl_scratch *scratch,
                               pl_error *err) {
  pl_arena arena = {0};
  pl_status status = PL_OK;
  source_tally tally = {0};
  sampler s = {bound, source, &tally, scratch, NULL};
  bool opened = tally_open(&arena, source, PL_USE_TIME | PL_USE_TIME_TEXT, &tally);
  s.cells = pl_arena_array(&arena, source->slots_n, sizeof *s.cells);
  if (!opened || !s.cells) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && tally.any && i < source->inputs_n; i++) {
    pl_batch batch = {0};
    status = sample_input(&s, i, &batch, err);
    pl_batch_free(&batch);
  }
  if (status == PL_OK) status = settle_source(bound, source, &tally, err);
  pl_arena_free(&arena);
  return status;
}

pl_status pl_bind_sample(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_scratch scratch;
  pl_status status = PL_OK;
  if (!pl_scratch_open(&scratch, bound)) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = sample_source(bound, &bound->sources[i], &scratch, err);
  if (status == PL_OK) pl_style_inherit(bound);
  pl_scratch_close(&scratch);
  return status;
}

/* ---- the survey ----------------------------------------------------------------- */
struct pl_styles {
  pl_bound *bound;
  source_tally *sources;
  pl_arena arena;
  pthread_mutex_t lock;
};

pl_styles *pl_styles_new(pl_bound *bound) {
  pl_styles *styles = pl_calloc(1, sizeof *styles);
  if (!styles) return NULL;
  styles->bound = bound;
  pthread_mutex_init(&styles->lock, NULL);
  styles->sources = pl_arena_array(&styles->arena, bound->sources_n, sizeof *styles->sources);
  bool whole = styles->sources;
  for (size_t i = 0; whole && i < bound->sources_n; i++)
    whole = tally_open(&styles->arena, &bound->sources[i], PL_USE_TIME, &styles->sources[i]);
  if (whole) return styles;
  pl_styles_free(styles);
  return NULL;
}

void pl_styles_free(pl_styles *styles) {
  if (!styles) return;
  pthread_mutex_destroy(&styles->lock);
  pl_arena_free(&styles->arena);
  pl_free(styles);
}

static void note_value(pl_styles *styles, pl_style_tally *tally, const pl_slot *slot, pl_str text,
                       uint64_t place) {
  int style;
  unsigned reading = pl_style_read(text, slot);
  pthread_mutex_lock(&styles->lock);
  if (pl_style_tally_note(tally, reading, place, &style)) {
    tally->examples[style].place = place;
    copy_text(tally->examples[style].text, sizeof tally->examples[style].text, text);
  }
  pthread_mutex_unlock(&styles->lock);
}

void pl_styles_note(pl_styles *styles, const pl_source *source, const pl_cell *slots, uint32_t file,
                    uint32_t line) {
  source_tally *tally = &styles->sources[source->index];
  uint64_t place = (uint64_t)file << 32 | line;
  for (size_t i = 0; tally->any && i < source->slots_n; i++)
    if (tally->asked[i] && !slots[i].blank)
      note_value(styles, &tally->slots[i], &source->slots[i], slots[i].text, place);
}

pl_status pl_styles_settle(pl_styles *styles, pl_error *err) {
  pl_bound *bound = styles->bound;
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = settle_source(bound, &bound->sources[i], &styles->sources[i], err);
  if (status != PL_OK) return status;
  pl_style_inherit(bound);
  bound->surveyed = true;
  return pl_bind_check_windows(bound, err);
}
