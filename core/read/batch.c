/* A batch: the records of one chunk, their cells copied into one buffer that
 * is kept from call to call, so that reading allocates nothing per record. */
#include <stdarg.h>
#include <stdio.h>

#include "read/private.h"

bool pl_batch_begin(pl_batch *batch, const pl_input *input, uint64_t from, uint64_t want) {
  struct pl_batch_memory *m = batch->memory;
  if (!m) m = batch->memory = pl_calloc(1, sizeof *m);
  if (!m) return false;
  uint64_t left = input->size - from;
  m->window.input = input;
  m->window.n = 0;
  m->window.at = from;
  m->window.soft_end = from + (want < left ? want : left) + 4096;
  m->text_n = m->cells_n = m->row_n = m->row_text = 0;
  m->bare_before = m->bare_n;
  m->bare_n = 0;
  pl_arena_free(&m->notes);
  m->notes = (pl_arena){0};
  batch->n = batch->rejects_n = 0;
  batch->next = from;
  batch->lines = 0;
  return true;
}

/* Moves the text to a larger buffer, and every cell that points into it. */
static bool text_grow(struct pl_batch_memory *m, size_t need) {
  size_t cap = m->text_cap ? m->text_cap : PL_WINDOW_BYTES;
  while (cap < need) cap *= 2;
  char *text = pl_malloc(cap);
  if (!text) return false;
  if (m->text_n) memcpy(text, m->text, m->text_n);
  for (size_t i = 0; m->text && i < m->cells_n + m->row_n; i++) {
    uintptr_t at = (uintptr_t)m->cells[i].p - (uintptr_t)m->text;
    if (m->cells[i].p && at <= m->text_n) m->cells[i].p = text + at;
  }
  pl_free(m->text);
  m->text = text;
  m->text_cap = cap;
  return true;
}

bool pl_batch_row(pl_batch *batch, size_t columns, pl_str fill) {
  struct pl_batch_memory *m = batch->memory;
  if (m->cells_cap < m->cells_n + columns &&
      !pl_grow(&m->cells, &m->cells_cap, m->cells_n + columns, sizeof *m->cells))
    return false;
  m->row_n = columns;
  m->row_text = m->text_n;
  for (size_t i = 0; i < columns; i++) m->cells[m->cells_n + i] = fill;
  return true;
}

bool pl_batch_cell(struct pl_batch_memory *m, size_t i, const char *p, size_t n) {
  if (m->text_cap - m->text_n < n + 1 && !text_grow(m, m->text_n + n + 1)) return false;
  char *to = m->text + m->text_n;
  if (n) memcpy(to, p, n);
  m->cells[m->cells_n + i] = (pl_str){to, n};
  m->text_n += n;
  return true;
}

bool pl_batch_keep(pl_batch *batch, uint32_t line, uint64_t offset, uint32_t length) {
  struct pl_batch_memory *m = batch->memory;
  if (m->records_cap == batch->n &&
      !pl_grow(&batch->records, &m->records_cap, batch->n + 1, sizeof *batch->records))
    return false;
  batch->records[batch->n++] = (pl_record){.line = line, .offset = offset, .length = length};
  m->cells_n += m->row_n;
  m->row_n = 0;
  return true;
}

/* At most PL_REJECT_RAW bytes, not ending inside a UTF-8 sequence. */
static pl_str raw_clip(pl_str raw) {
  if (raw.n <= PL_REJECT_RAW) return raw;
  raw.n = PL_REJECT_RAW;
  for (int back = 0; back < 3 && ((unsigned char)raw.p[raw.n] & 0xC0) == 0x80; back++) raw.n--;
  return raw;
}

bool pl_batch_reject(pl_batch *batch, pl_reject_code code, uint32_t line, uint32_t column,
                     pl_str raw, const char *format, ...) {
  struct pl_batch_memory *m = batch->memory;
  m->text_n = m->row_text;
  m->row_n = 0;
  if (m->rejects_cap == batch->rejects_n &&
      !pl_grow(&batch->rejects, &m->rejects_cap, batch->rejects_n + 1, sizeof *batch->rejects))
    return false;
  char message[512];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  raw = raw_clip(raw);
  pl_reject reject = {.line = line, .column = column, .code = code};
  reject.message = (pl_str){pl_arena_copy(&m->notes, message, strlen(message)), strlen(message)};
  reject.raw = (pl_str){pl_arena_copy(&m->notes, raw.p, raw.n), raw.n};
  if (!reject.message.p || !reject.raw.p) return false;
  batch->rejects[batch->rejects_n++] = reject;
  return true;
}

void pl_batch_finish(pl_batch *batch, size_t columns) {
  for (size_t i = 0; i < batch->n; i++)
    batch->records[i].cells = columns ? batch->memory->cells + i * columns : NULL;
}

void pl_batch_free(pl_batch *batch) {
  struct pl_batch_memory *m = batch->memory;
  if (m) {
    pl_free(m->window.bytes);
    pl_free(m->text);
    pl_free(m->cells);
    pl_arena_free(&m->notes);
    pl_buf_free(&m->scratch);
    pl_json_names_free(&m->names);
    pl_free(m->met);
    if (m->csv_open) csv_free(&m->csv);
    pl_free(m->held);
    pl_csv_index_free(&m->index);
    pl_free(m->picked);
    pl_free(m);
  }
  pl_free(batch->records);
  pl_free(batch->rejects);
  const pl_json_decoder *json = batch->json;
  *batch = (pl_batch){.json = json};
}

/* Eight bytes at a time: no high bit and no zero byte among them. */
static size_t plain_prefix(const char *p, size_t n) {
  const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
  size_t i = 0;
  for (uint64_t word; i + 8 <= n; i += 8) {
    memcpy(&word, p + i, 8);
    if ((word | ((word - ones) & ~word)) & tops) return i;
  }
  while (i < n && (signed char)p[i] > 0) i++;
  return i;
}

bool pl_bytes_good(const char *p, size_t n, size_t *bad) {
  size_t plain = plain_prefix(p, n);
  if (plain == n) return true;
  const char *nul = memchr(p + plain, 0, n - plain);
  size_t valid = plain + pl_utf8_valid((pl_str){p + plain, n - plain});
  size_t clean = nul ? (size_t)(nul - p) : n;
  *bad = valid < clean ? valid : clean;
  return *bad == n;
}
