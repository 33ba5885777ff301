/* Plain records: their cells are found through the index and borrowed from the
 * window, where libcsv would look at every byte and copy most. libcsv stays the
 * authority: the rules are those that csv.c tells, and a record about which
 * anything has to be said (text behind a closing quote, bad bytes, a number of
 * cells that is not the header's, the header again, a quote that stays open, great length), or
 * whose end is not in the window, is not plain and left to it. */
#include "read/private.h"

#define READ_AHEAD 4096 /* behind `want`, for the last record's end */

typedef enum taken { TAKEN, BLANK, NOT_PLAIN, NO_MEMORY } taken;

/* Lists the wanted columns. Where they are those of the chunk before, its rows are
 * still bare: wide exports, few of whose columns are wanted, are not cleared again. */
static bool pick(struct pl_batch_memory *m, size_t columns, const bool *wanted) {
  size_t n = 0;
  bool same = m->bare_columns == columns;
  if (!pl_grow(&m->picked, &m->picked_cap, columns, sizeof *m->picked)) return false;
  for (size_t i = 0; i < columns; i++) {
    if (wanted && !wanted[i]) continue;
    same = same && n < m->picked_n && m->picked[n] == i;
    m->picked[n++] = (uint32_t)i;
  }
  m->bare_n = same && n == m->picked_n ? m->bare_before : 0;
  m->picked_n = n;
  m->bare_columns = columns;
  return true;
}

bool pl_plain_open(pl_plain *plain, const pl_input *input, struct pl_batch_memory *memory,
                   uint64_t from, uint64_t want, const bool *wanted, pl_status *status,
                   pl_error *err) {
  const uint64_t left = input->end - from, most = PL_INDEX_MOST - READ_AHEAD;
  const size_t columns = input->columns_n;
  size_t n = (size_t)(want < most ? want : most) + READ_AHEAD;
  if (n > left) n = (size_t)left;
  *plain =
      (pl_plain){.input = input, .memory = memory, .columns = columns, .n = n, .final = n == left};
  plain->wanted = wanted;
  plain->trailing = input->shape.trailing;
  plain->delimiter_byte = input->dialect.delimiter;
  *status = PL_E_MEMORY;
  if (memory->held_cap < n + PL_INDEX_PAD) {
    /* what it holds is of no use any more: nothing to copy */
    pl_free(memory->held);
    memory->held = pl_malloc(n + PL_INDEX_PAD);
    memory->held_cap = memory->held ? n + PL_INDEX_PAD : 0;
    if (!memory->held) return false;
  }
  if (!pick(memory, columns, wanted)) return false;
  *status = pl_input_pread(input, from, memory->held, n, err);
  if (*status) return false;
  memset(memory->held + n, ' ', PL_INDEX_PAD);
  plain->text = memory->held;
  plain->from = from;
  *status = PL_E_MEMORY;
  return pl_csv_index_make(&memory->index, input->scan, plain->text, n, plain->delimiter_byte,
                           columns + 1);
}

static inline bool is_space(char c, char delimiter_byte) {
  return (c == ' ' || c == '\t') && c != delimiter_byte;
}

static bool is_gap(const pl_plain *plain, char c) {
  return is_space(c, plain->delimiter_byte);
}

/* [from, to) without the white space on both sides. */
static pl_str without_space(const char *p, char delimiter_byte, size_t from, size_t to) {
  while (from < to && is_space(p[from], delimiter_byte)) from++;
  while (from < to && is_space(p[to - 1], delimiter_byte)) to--;
  return (pl_str){p + from, to - from};
}

static pl_str trimmed(const pl_plain *plain, size_t from, size_t to) {
  return without_space(plain->text, plain->delimiter_byte, from, to);
}

/* The same: most cells have something to see at both ends. */
static inline pl_str cell_between(const char *p, char delimiter_byte, size_t from, size_t to) {
  if (from < to && (unsigned char)p[from] > ' ' && (unsigned char)p[to - 1] > ' ')
    return (pl_str){p + from, to - from};
  return without_space(p, delimiter_byte, from, to);
}

/* The line end at `at`; false where the window does not show all of it. */
static inline bool line_end(const pl_plain *plain, size_t at, size_t *length) {
  *length = at < plain->n;
  if (at == plain->n) return plain->final;
  if (plain->text[at] == '\n') return true;
  if (at + 1 == plain->n) return plain->final;
  *length += plain->text[at + 1] == '\n';
  return true;
}

static inline bool bytes_good(const pl_plain *plain, size_t from, size_t to) {
  size_t bad;
  return !pl_csv_index_odd(&plain->memory->index, from, to) ||
         pl_bytes_good(plain->text + from, to - from, &bad);
}

/* Something has to be said about it, so it is not plain. */
static inline bool header_again(const pl_plain *plain, size_t end) {
  const pl_str raw = {plain->text + plain->at, end - plain->at};
  const size_t header = plain->input->header_text.n;
  return (raw.n == header || raw.n == header + 3) && pl_csv_header_again(plain->input, raw);
}

/* Room for one record; its cells are blank where no column is wanted. */
static bool make_room(pl_plain *plain, pl_batch *batch) {
  struct pl_batch_memory *m = plain->memory;
  const size_t need = m->cells_n + plain->columns;
  if (!pl_grow(&m->cells, &m->cells_cap, need, sizeof *m->cells)) return false;
  if (!pl_grow(&batch->records, &m->records_cap, batch->n + 1, sizeof *batch->records))
    return false;
  if (m->bare_n < need) {
    memset(m->cells + m->cells_n, 0, plain->columns * sizeof *m->cells);
    m->bare_n = need;
  }
  return true;
}

static inline void keep(pl_plain *plain, pl_batch *batch, size_t end) {
  struct pl_batch_memory *m = plain->memory;
  pl_record *record = &batch->records[batch->n++];
  record->line = plain->lines;
  record->offset = plain->from + plain->at;
  record->length = (uint32_t)(end - plain->at);
  m->cells_n += plain->columns;
  m->row_n = 0;
}

static inline void move_on(pl_plain *plain, size_t end, size_t line_end_n, uint32_t lines,
                           size_t delimiters, size_t marks) {
  plain->at = end + line_end_n;
  plain->lines += lines;
  plain->delimiter += delimiters;
  plain->mark += marks;
}

/* ---- a record without quotes ------------------------------------------------------ */

/* The wanted cells of the record in [at, end). */
static inline __attribute__((always_inline)) void fill(const char *text, char delimiter_byte,
                                                       const uint32_t *picked, const uint32_t *stop,
                                                       size_t last, const uint32_t *delimiters,
                                                       size_t at, size_t end, pl_str *row) {
  if (picked < stop && *picked == 0) {
    row[0] = cell_between(text, delimiter_byte, at, last ? delimiters[0] : end);
    picked++;
  }
  for (; picked < stop && *picked < last; picked++)
    row[*picked] = cell_between(text, delimiter_byte, delimiters[*picked - 1] + (size_t)1,
                                delimiters[*picked]);
  if (picked < stop)
    row[last] = cell_between(text, delimiter_byte, delimiters[last - 1] + (size_t)1, end);
}

static inline taken take_unquoted(pl_plain *plain, pl_batch *batch, const uint32_t *delimiters,
                                  size_t end) {
  struct pl_batch_memory *m = plain->memory;
  const size_t last = plain->columns - 1;
  size_t end_n;
  if (!line_end(plain, end, &end_n) || end - plain->at > PL_MAX_FIELD ||
      !bytes_good(plain, plain->at, end) || header_again(plain, end))
    return NOT_PLAIN;
  if (last == 0 && trimmed(plain, plain->at, end).n == 0) {
    move_on(plain, end, end_n, 1, 0, end_n);
    return BLANK;
  }
  fill(plain->text, plain->delimiter_byte, m->picked, m->picked + m->picked_n, last, delimiters,
       plain->at, end, m->cells + m->cells_n);
  keep(plain, batch, end);
  move_on(plain, end, end_n, 1, last, end_n);
  return TAKEN;
}

/* ---- a record with quotes ---------------------------------------------------------- */

/* Where the record is being read; nothing of it counts before it is kept. */
typedef struct place {
  const uint32_t *delimiter, *mark; /* the next ones */
  size_t at;
  uint32_t lines;
} place;

/* From the opening quote on: *close is the closing one (if the window ends there,
 * the record does not, and is left to libcsv for that); false when the window
 * does not show it. *doubled counts quotes that stand for one. */
static bool find_close(const pl_plain *plain, place *here, size_t *close, size_t *doubled) {
  const char *p = plain->text;
  *doubled = 0;
  for (here->mark++;; here->mark++) {
    size_t at = *here->mark, next = here->mark[1];
    if (at == plain->n) return false;
    if (p[at] == '"') {
      *close = at;
      here->at = at + 1;
      if (next == plain->n || next != at + 1 || p[next] != '"') {
        here->mark++;
        return true;
      }
      ++*doubled;
      here->mark++;
    } else {
      here->lines++;
      if (p[at] == '\r' && next == at + 1 && next < plain->n && p[next] == '\n') here->mark++;
    }
  }
}

static bool put_unescaped(struct pl_batch_memory *m, size_t cell, pl_str text) {
  size_t n = 0;
  if (!pl_batch_cell(m, cell, text.p, text.n)) return false;
  pl_str *out = &m->cells[m->cells_n + cell];
  char *to = m->text + (out->p - m->text);
  for (size_t i = 0; i < text.n; i++, n++) {
    to[n] = to[i];
    i += to[i] == '"';
  }
  m->text_n -= text.n - n;
  out->n = n;
  return true;
}

/* A cell in quotes, up to the byte that ends it. */
static taken quoted_cell(pl_plain *plain, place *here, size_t cell) {
  struct pl_batch_memory *m = plain->memory;
  const size_t open = here->at + 1;
  size_t close, doubled;
  if (!find_close(plain, here, &close, &doubled)) return NOT_PLAIN;
  while (here->at < plain->n && is_gap(plain, plain->text[here->at])) here->at++;
  while (*here->delimiter < here->at) here->delimiter++;
  if (here->at != *here->delimiter && here->at != *here->mark) return NOT_PLAIN;
  if (here->at < plain->n && plain->text[here->at] == '"') return NOT_PLAIN;
  if (plain->wanted && !plain->wanted[cell]) return TAKEN;
  pl_str text = {plain->text + open, close - open};
  if (doubled) return put_unescaped(m, cell, text) ? TAKEN : NO_MEMORY;
  m->cells[m->cells_n + cell] = text;
  return TAKEN;
}

/* A cell without quotes around it, as it is trimmed; quotes in it are data. */
static pl_str unquoted_cell(const pl_plain *plain, place *here) {
  const size_t from = here->at;
  while (*here->mark < *here->delimiter && *here->mark < plain->n &&
         plain->text[*here->mark] == '"')
    here->mark++;
  here->at = *here->delimiter < *here->mark ? *here->delimiter : *here->mark;
  return trimmed(plain, from, here->at);
}

/* Behind the last column there may only be cells with nothing in them. */
static taken spare_cell(const pl_plain *plain, place *here) {
  if (!plain->trailing) return NOT_PLAIN;
  return unquoted_cell(plain, here).n == 0 ? TAKEN : NOT_PLAIN;
}

static taken take_cell(pl_plain *plain, place *here, size_t cell) {
  const size_t from = here->at;
  if (cell >= plain->columns) return spare_cell(plain, here);
  while (here->at < plain->n && is_gap(plain, plain->text[here->at])) here->at++;
  if (here->at == *here->mark) {
    if (here->at < plain->n && plain->text[here->at] == '"') return quoted_cell(plain, here, cell);
    if (cell == 0) return BLANK;
  }
  here->at = from;
  pl_str text = unquoted_cell(plain, here);
  if (!plain->wanted || plain->wanted[cell])
    plain->memory->cells[plain->memory->cells_n + cell] = text;
  return TAKEN;
}

/* All cells of the record; here->at is where its line ends. */
static taken take_cells(pl_plain *plain, place *here) {
  for (size_t cell = 0;; cell++) {
    taken result = take_cell(plain, here, cell);
    if (result != TAKEN) return result;
    if (here->at != *here->delimiter) return cell + 1 >= plain->columns ? TAKEN : NOT_PLAIN;
    here->delimiter++;
    here->at++;
  }
}

static taken take_quoted(pl_plain *plain, pl_batch *batch) {
  struct pl_batch_memory *m = plain->memory;
  const uint32_t *delimiters = m->index.delimiters + plain->delimiter;
  const uint32_t *marks = m->index.marks + plain->mark;
  place here = {delimiters, marks, plain->at, 1};
  size_t end_n, text_n = m->text_n;
  m->row_n = plain->columns;
  taken result = take_cells(plain, &here);
  bool fits = (result == TAKEN || result == BLANK) && line_end(plain, here.at, &end_n) &&
              here.at - plain->at <= PL_MAX_FIELD && bytes_good(plain, plain->at, here.at) &&
              !header_again(plain, here.at);
  if (fits && result == TAKEN) keep(plain, batch, here.at);
  if (fits) {
    move_on(plain, here.at, end_n, here.lines, (size_t)(here.delimiter - delimiters),
            (size_t)(here.mark - marks) + end_n);
    return result;
  }
  m->text_n = text_n;
  m->row_n = 0;
  return result == NO_MEMORY ? NO_MEMORY : NOT_PLAIN;
}

/* ---- records ------------------------------------------------------------------------ */

static inline taken take_record(pl_plain *plain, pl_batch *batch) {
  struct pl_batch_memory *m = plain->memory;
  const size_t columns = plain->columns;
  if ((m->bare_n < m->cells_n + columns || m->records_cap == batch->n) && !make_room(plain, batch))
    return NO_MEMORY;
  const uint32_t *delimiters = m->index.delimiters + plain->delimiter;
  const size_t mark = m->index.marks[plain->mark];
  bool fits = delimiters[columns - 1] > mark && (columns == 1 || delimiters[columns - 2] < mark);
  if (fits && (mark == plain->n || plain->text[mark] != '"'))
    return take_unquoted(plain, batch, delimiters, mark);
  return take_quoted(plain, batch);
}

/* Records one after another about which nothing is to be asked: what take_record
 * does for each, with all that it needs at hand. Ends where one is in any way odd. */
static void take_run(pl_plain *plain, pl_batch *batch, size_t until) {
  struct pl_batch_memory *m = plain->memory;
  const char *text = plain->text;
  const size_t columns = plain->columns, last = columns - 1, n = plain->n;
  const size_t header = plain->input->header_text.n;
  const uint32_t *delimiters = m->index.delimiters + plain->delimiter;
  const uint32_t *marks = m->index.marks + plain->mark, *picked = m->picked;
  const uint32_t *stop = picked + m->picked_n;
  const bool any_odd = m->index.any_odd;
  const char delimiter_byte = plain->delimiter_byte;
  const uint32_t first_line = plain->lines;
  if (columns < 2 || m->bare_n < m->cells_n) return;
  size_t at = plain->at, rows = (m->bare_n - m->cells_n) / columns;
  if (rows > m->records_cap - batch->n) rows = m->records_cap - batch->n;
  pl_record *record = batch->records + batch->n, *full = record + rows;
  pl_str *row = m->cells + m->cells_n;
  uint32_t line = first_line;
  for (; record < full && at < until; record++, row += columns, line++) {
    const size_t end = *marks, length = end - at;
    if (delimiters[last] < end || delimiters[last - 1] > end || end == n) break;
    const size_t end_n = text[end] == '\n' ? 1 : 2;
    if (end_n == 2 && (text[end] != '\r' || end + 1 == n || text[end + 1] != '\n')) break;
    if (length > PL_MAX_FIELD || length == header || length == header + 3) break;
    if (any_odd && !bytes_good(plain, at, end)) break;
    fill(text, delimiter_byte, picked, stop, last, delimiters, at, end, row);
    record->line = line;
    record->offset = plain->from + at;
    record->length = (uint32_t)length;
    at = end + end_n;
    marks += end_n;
    delimiters += last;
  }
  batch->n = (size_t)(record - batch->records);
  m->cells_n = (size_t)(row - m->cells);
  move_on(plain, at, 0, line - first_line, (line - first_line) * last,
          (size_t)(marks - m->index.marks) - plain->mark);
}

bool pl_plain_read(pl_plain *plain, pl_batch *batch, uint64_t until) {
  taken result = TAKEN;
  const uint64_t left = until - plain->from;
  while (plain->at < plain->n && plain->at < left) {
    take_run(plain, batch, plain->n < left ? plain->n : (size_t)left);
    if (plain->at >= plain->n || plain->at >= left) break;
    result = take_record(plain, batch);
    if (result == NOT_PLAIN || result == NO_MEMORY) break;
  }
  return result != NO_MEMORY;
}

void pl_plain_seek(pl_plain *plain, uint64_t pos, uint32_t lines) {
  const pl_csv_index *index = &plain->memory->index;
  plain->lines = lines;
  if (pos - plain->from >= plain->n) {
    plain->at = plain->n;
    return;
  }
  plain->at = (size_t)(pos - plain->from);
  while (index->delimiters[plain->delimiter] < plain->at) plain->delimiter++;
  while (index->marks[plain->mark] < plain->at) plain->mark++;
}
