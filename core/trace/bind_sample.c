/* Looking at numbers and times before the run: a sample of each file when binding, or every
 * record when a sample turned out not to stand for the whole. */
#include <pthread.h>

#include "trace/expression.h"
#include "trace/styles.h"

/* What is seen of one source: looks for each slot with something to settle, one for
 * each group of its files. */
typedef struct source_look {
  pl_column_look ***slots; /* [slot][group]; NULL: nothing to settle */
  pl_style_groups groups;
  bool any;
} source_look;

static pl_column_look **open_groups(pl_arena *arena, const pl_slot *slot, size_t n) {
  pl_column_look **looks = pl_arena_array(arena, n, sizeof(pl_column_look *));
  for (size_t i = 0; looks && i < n; i++) {
    looks[i] = pl_arena_alloc(arena, sizeof **looks);
    if (!looks[i]) return NULL;
    pl_column_look_open(looks[i], pl_style_asks(slot), slot->reader.zone, slot->reader.days);
  }
  return looks;
}

static bool look_open(pl_arena *arena, const pl_source *source, source_look *out) {
  size_t n = source->slots_n;
  out->slots = pl_arena_array(arena, n, sizeof *out->slots);
  if (!out->slots || !pl_style_groups_open(arena, source, &out->groups)) return false;
  for (size_t i = 0; i < n && out->groups.n; i++) {
    if (!pl_style_asks(&source->slots[i])) continue;
    out->any = true;
    out->slots[i] = open_groups(arena, &source->slots[i], out->groups.n);
    if (!out->slots[i]) return false;
  }
  return true;
}

static pl_status settle_source(pl_bound *bound, pl_source *source, const source_look *look,
                               bool whole, pl_error *err) {
  pl_status status = PL_OK;
  pl_arena arena = {0};
  pl_style_doubt *doubts = NULL;
  if (look->any && whole &&
      !pl_style_doubts_find(&arena, source, look->slots, &look->groups, &doubts))
    status = pl_fail_memory(err);
  for (size_t i = 0; look->any && status == PL_OK && i < source->slots_n; i++)
    if (look->slots[i])
      status =
          pl_style_settle(bound, source, (int)i, look->slots[i], &look->groups, doubts, whole, err);
  pl_arena_free(&arena);
  return status;
}

static pl_status settled(pl_bound *bound, pl_error *err) {
  pl_style_inherit(bound);
  pl_status status = pl_style_check_json(bound, err);
  return status == PL_OK ? pl_style_check_currency(bound, err) : status;
}

/* One value, or each of the values of a column that holds several. */
static void note(const pl_source *source, size_t input, int slot, pl_str text, pl_look_place place,
                 pl_column_look *look) {
  const pl_slot *s = &source->slots[slot];
  bool machine = pl_style_machine(source, input, s) && !pl_style_json_is_declared(source, input, s);
  const char *end;
  while (s->list_separator && text.n && (end = memchr(text.p, s->list_separator, text.n))) {
    pl_column_note(look, (pl_str){text.p, (size_t)(end - text.p)}, machine, place);
    text = (pl_str){end + 1, text.n - (size_t)(end + 1 - text.p)};
  }
  pl_column_note(look, text, machine, place);
}

/* ---- the sample --------------------------------------------------------------- */
typedef struct sampler {
  pl_source *source;
  source_look *look;
  pl_scratch *scratch;
  pl_cell *cells;
  bool whole; /* so far every record of every file was seen */
} sampler;

static void sample_record(const sampler *s, size_t input, const pl_record *record, uint32_t line) {
  pl_look_place place = {s->source->first_file + (uint32_t)input, line, record->length,
                         record->offset};
  size_t group = s->look->groups.of[input];
  pl_row_texts(s->source, input, record, s->scratch, s->cells);
  for (size_t i = 0; i < s->source->slots_n; i++)
    if (s->look->slots[i] && !s->cells[i].blank)
      note(s->source, input, (int)i, s->cells[i].text, place, s->look->slots[i][group]);
}

static pl_status sample_input(sampler *s, size_t input, pl_batch *batch, pl_error *err) {
  uint32_t line = 1;
  pl_input *file = s->source->inputs[input];
  uint64_t start = pl_input_start(file, &line);
  if (start >= pl_input_size(file)) return PL_OK;
  pl_status status =
      pl_input_chunk(file, start, PL_HEAD_BYTES, s->source->wanted[input], batch, err);
  for (size_t i = 0; status == PL_OK && i < batch->n; i++)
    sample_record(s, input, &batch->records[i], line + batch->records[i].line);
  if (status == PL_OK && batch->next < pl_input_size(file)) s->whole = false;
  return status;
}

static pl_status sample_source(pl_bound *bound, pl_source *source, pl_scratch *scratch,
                               pl_error *err) {
  pl_arena arena = {0};
  pl_status status = PL_OK;
  source_look look = {0};
  sampler s = {source, &look, scratch, NULL, true};
  bool opened = look_open(&arena, source, &look);
  s.cells = pl_arena_array(&arena, source->slots_n, sizeof *s.cells);
  if (!opened || !s.cells) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && look.any && i < source->inputs_n; i++) {
    pl_batch batch = {0};
    status = sample_input(&s, i, &batch, err);
    pl_batch_free(&batch);
  }
  if (status == PL_OK) status = settle_source(bound, source, &look, s.whole, err);
  pl_arena_free(&arena);
  return status;
}

pl_status pl_bind_sample(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_scratch scratch;
  pl_status status = PL_OK;
  if (!pl_scratch_open(&scratch, bound)) return pl_fail_memory(err);
  pl_style_allow_signs(bound);
  pl_style_mark_json(bound);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = sample_source(bound, &bound->sources[i], &scratch, err);
  if (status == PL_OK) status = settled(bound, err);
  pl_scratch_close(&scratch);
  return status;
}

/* ---- the survey ----------------------------------------------------------------- */
struct pl_styles {
  pl_bound *bound;
  source_look *sources;
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
    whole = look_open(&styles->arena, &bound->sources[i], &styles->sources[i]);
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

void pl_styles_note(pl_styles *styles, const pl_source *source, const pl_cell *slots, uint32_t file,
                    uint32_t line) {
  const source_look *look = &styles->sources[source->index];
  pl_look_place place = {file, line, 0, 0};
  size_t input = file - source->first_file;
  if (!look->any) return;
  pthread_mutex_lock(&styles->lock);
  for (size_t i = 0; i < source->slots_n; i++)
    if (look->slots[i] && !slots[i].blank)
      note(source, input, (int)i, slots[i].text, place, look->slots[i][look->groups.of[input]]);
  pthread_mutex_unlock(&styles->lock);
}

pl_status pl_styles_settle(pl_styles *styles, pl_error *err) {
  pl_bound *bound = styles->bound;
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = settle_source(bound, &bound->sources[i], &styles->sources[i], true, err);
  if (status == PL_OK) status = settled(bound, err);
  if (status != PL_OK) return status;
  bound->surveyed = true;
  return pl_bind_check_windows(bound, err);
}
