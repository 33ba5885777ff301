/* CSV and TSV: libcsv, fed one line at a time, so that the line, offset and
 * length of every record are known.
 *
 * What libcsv 3.0.3 makes of quotes, and what is made of that here:
 *   5" nail,x   not strict: the quote is data. Strict: CSV_EPARSE. Kept as data,
 *               because it cannot be read in another way.
 *   "a"b,c      not strict: goes on INSIDE the quotes, up to the next quote that
 *               a delimiter or a line end follows, which may be many records
 *               away. Strict: CSV_EPARSE. Rejected (PL206), up to the line end.
 *   "a" "b",c   not strict: one cell `a" "b`. Strict: CSV_EPARSE. Rejected.
 *   "a" ,b      both: cell `a`. Kept.
 * So the parser is strict, and is made lenient for one byte where the quote
 * stands in an unquoted cell. White space (space, tab) around unquoted cells is
 * dropped by libcsv, inside quotes it stays; a line of only white space is no
 * record; a quoted cell keeps the line ends in it byte by byte.
 *
 * Where several things are wrong with a record, the first of PL206, PL208,
 * PL205, PL210, PL201 or PL202 is named. */
#include "read/private.h"

typedef struct csv_row {
  struct pl_batch_memory *memory;
  const bool *wanted;
  size_t limit; /* cells that are stored; those beyond are counted */
  size_t count;
  size_t long_cell; /* 1 + index of a cell over PL_MAX_FIELD */
  bool extra;       /* a cell beyond the limit is not blank */
  bool done, failed;
} csv_row;

typedef struct csv_scan {
  const pl_input *input;
  pl_batch *batch;
  struct pl_batch_memory *memory;
  uint64_t pos;
  uint32_t lines;
  bool header;
  csv_row row;
  pl_csv_sink sink;
} csv_scan;

bool pl_csv_parser_open(struct csv_parser *csv, char delimiter) {
  if (csv_init(csv, CSV_STRICT) != 0) return false;
  csv_set_realloc_func(csv, pl_realloc);
  csv_set_free_func(csv, pl_free);
  csv_set_blk_size(csv, 16384); /* libcsv grows by this much, not by doubling */
  csv_set_delim(csv, (unsigned char)delimiter);
  return true;
}

pl_feed pl_csv_feed(struct csv_parser *csv, const char *p, size_t n, const pl_csv_sink *sink,
                    size_t *at, size_t *loose) {
  *at = 0;
  for (;;) {
    *at += csv_parse(csv, p + *at, n - *at, sink->cell, sink->row, sink->context);
    if (*at == n) return PL_FEED_OK;
    if (csv_error(csv) != CSV_EPARSE) return PL_FEED_MEMORY;
    if (csv->quoted) return PL_FEED_STRAY;
    if (loose) ++*loose;
    csv_set_opts(csv, 0);
    size_t fed = csv_parse(csv, p + *at, 1, sink->cell, sink->row, sink->context);
    csv_set_opts(csv, CSV_STRICT);
    if (fed != 1) return PL_FEED_MEMORY;
    ++*at;
  }
}

static void on_cell(void *bytes, size_t n, void *context) {
  csv_row *row = context;
  size_t i = row->count++;
  if (n > PL_MAX_FIELD) {
    if (!row->long_cell) row->long_cell = i + 1;
  } else if (i < row->limit && (!row->wanted || row->wanted[i])) {
    row->failed |= !pl_batch_cell(row->memory, i, bytes, n);
  }
  if (i >= row->limit) row->extra |= !pl_str_blank((pl_str){bytes, n});
}

static void on_row(int end, void *context) {
  (void)end;
  ((csv_row *)context)->done = true;
}

/* Throws away the record that the parser is in. */
static void parser_reset(struct csv_parser *csv) {
  csv_fini(csv, NULL, NULL, NULL);
}

static uint32_t column_in(const char *raw, size_t at) {
  bool cr = false;
  return pl_line_count(raw, at, &cr) == 0 ? (uint32_t)at + 1 : 0;
}

/* The name of a column; a cell of the header has none yet, and goes by its number. */
static pl_str column_name(const csv_scan *s, size_t cell, char number[32]) {
  if (cell < s->input->columns_n) return s->input->columns[cell];
  snprintf(number, 32, "cell %zu", cell + 1);
  return pl_str_of(number);
}

/* PL208, PL205: names the cell and finds where it begins. */
static bool reject_cell(csv_scan *s, pl_reject_code code, uint32_t line, pl_str raw, size_t bad,
                        size_t cell) {
  pl_csv_spot spot;
  if (!pl_csv_spot_at(s->input->dialect.delimiter, raw.p, raw.n, bad, cell, &spot)) return false;
  uint32_t column = column_in(raw.p, spot.cell_at);
  char number[32];
  pl_str name = column_name(s, spot.cell, number);
  name.n = name.n < 100 ? name.n : 100;
  if (code == PL_REJECT_LONG)
    return pl_batch_reject(s->batch, code, line, column, raw, "%.*s: a cell over %u bytes",
                           PL_STR_ARG(name), PL_MAX_FIELD);
  return pl_batch_reject(s->batch, code, line, column, raw, "%.*s: %s%s", PL_STR_ARG(name),
                         raw.p[bad] ? "bytes that are not " : "a NUL byte",
                         raw.p[bad] ? pl_encoding_name(s->input->dialect.encoding) : "");
}

/* The first cell too many, or where the record ends too soon; 0 on another line. */
static uint32_t count_column(const csv_scan *s, pl_str raw) {
  pl_csv_spot spot;
  const size_t columns = s->input->columns_n;
  if (s->row.count < columns) return column_in(raw.p, raw.n);
  if (!pl_csv_spot_at(s->input->dialect.delimiter, raw.p, raw.n, SIZE_MAX, columns, &spot))
    return 0;
  return column_in(raw.p, spot.cell_at);
}

/* As many cells as columns; or blank ones behind them, where the file has those. */
static bool count_fits(const csv_scan *s) {
  const size_t columns = s->input->columns_n;
  return s->header || s->row.count == columns ||
         (s->row.count > columns && s->input->shape.trailing && !s->row.extra);
}

bool pl_csv_header_again(const pl_input *input, pl_str raw) {
  const pl_str header = input->header_text;
  if (raw.n == header.n + 3 && memcmp(raw.p, "\xEF\xBB\xBF", 3) == 0) raw.p += 3, raw.n -= 3;
  return raw.n == header.n && header.n && memcmp(raw.p, header.p, raw.n) == 0;
}

/* What \" in a row may mean, where nobody said and the file's other rows do not show it. */
static const char *backslash_word(const csv_scan *s, pl_str raw) {
  if (s->header || !memmem(raw.p, raw.n, "\\\"", 2)) return "";
  if (s->input->dialect.quotes == PL_QUOTES_BACKSLASH) return "";
  return "; if \\\" stands for a quote in the text: quotes = \"backslash\"";
}

static bool finish_record(csv_scan *s, uint64_t start, uint32_t line, size_t length) {
  const csv_row *row = &s->row;
  pl_str raw = {pl_window_at(&s->memory->window, start), length};
  size_t bad;
  if (row->long_cell)
    return reject_cell(s, PL_REJECT_LONG, line, raw, SIZE_MAX, row->long_cell - 1);
  if (!pl_bytes_good(raw.p, raw.n, &bad))
    return reject_cell(s, PL_REJECT_UTF8, line, raw, bad, SIZE_MAX);
  size_t columns = s->input->columns_n;
  if (pl_csv_header_again(s->input, raw))
    return pl_batch_reject(s->batch, PL_REJECT_HEADER, line, 1, raw,
                           "the header again, not a record: two exports one behind the other?");
  if (!count_fits(s))
    return pl_batch_reject(s->batch, row->count < columns ? PL_REJECT_FEW : PL_REJECT_MANY, line,
                           count_column(s, raw), raw, "%zu cell%s, the header has %zu%s",
                           row->count, row->count == 1 ? "" : "s", columns, backslash_word(s, raw));
  return pl_batch_keep(s->batch, line, start, (uint32_t)length);
}

/* The byte after which a quote stayed open until `end`. */
static pl_status open_quote(csv_scan *s, uint64_t start, uint64_t end, pl_error *err) {
  pl_csv_spot spot;
  const char *raw = pl_window_at(&s->memory->window, start);
  size_t n = (size_t)(end - start);
  if (!pl_csv_spot_at(s->input->dialect.delimiter, raw, n, n, SIZE_MAX, &spot))
    return pl_fail_memory(err);
  if (end == s->input->end)
    pl_input_fail(s->input, err, start + spot.quote_at,
                  "a quote opens here and is never closed: all that follows would be one cell");
  else
    pl_input_fail(s->input, err, start + spot.quote_at,
                  "a quote opens here and is still open after %u bytes", PL_MAX_RECORD);
  return pl_input_hint(err,
                       memmem(raw, n, "\\\"", 2)
                           ? "If \\\" stands for a quote in the text: quotes = \"backslash\". "
                             "Else close the quote, or double it (\"\")."
                           : "Close the quote, or double it (\"\") if it belongs to the text.");
}

/* A record over PL_MAX_RECORD: a reject up to the end of the line, unless a
 * quote is open, which leaves no safe place to go on. */
static pl_status long_record(csv_scan *s, uint64_t start, uint32_t line, pl_error *err) {
  uint64_t limit = start + PL_MAX_RECORD;
  if (s->pos < limit) {
    size_t at;
    pl_feed fed = pl_csv_feed(&s->memory->csv, pl_window_at(&s->memory->window, s->pos),
                              (size_t)(limit - s->pos), &s->sink, &at, NULL);
    if (fed == PL_FEED_MEMORY || s->row.failed) return pl_fail_memory(err);
    if (fed == PL_FEED_OK && s->memory->csv.quoted) return open_quote(s, start, limit, err);
  } else if (s->memory->csv.quoted) {
    return open_quote(s, start, limit, err);
  }
  parser_reset(&s->memory->csv);
  pl_str raw = {pl_window_at(&s->memory->window, start), PL_MAX_RECORD};
  if (!pl_batch_reject(s->batch, PL_REJECT_LONG, line, 0, raw, "a record over %u bytes",
                       PL_MAX_RECORD))
    return pl_fail_memory(err);
  s->lines++;
  uint64_t from = s->pos > limit ? s->pos : limit;
  return pl_window_skip_line(&s->memory->window, from, &s->pos, err);
}

static bool stray_quote(csv_scan *s, uint64_t start, uint32_t line, uint64_t at, size_t length) {
  parser_reset(&s->memory->csv);
  pl_str raw = {pl_window_at(&s->memory->window, start), length};
  return pl_batch_reject(s->batch, PL_REJECT_QUOTE, line, column_in(raw.p, (size_t)(at - start)),
                         raw, "text behind a closing quote, up to the end of the line%s",
                         backslash_word(s, raw));
}

/* Gives the parser one line and says whether its record goes on. At the end of
 * the file a line end is added, so that the last record needs none. */
static pl_feed feed_line(csv_scan *s, size_t length, size_t end, size_t *at) {
  const char *p = pl_window_at(&s->memory->window, s->pos);
  size_t none;
  pl_feed fed = pl_csv_feed(&s->memory->csv, p, length + end, &s->sink, at, NULL);
  if (fed == PL_FEED_OK && end == 0)
    fed = pl_csv_feed(&s->memory->csv, "\n", 1, &s->sink, &none, NULL);
  return s->row.failed ? PL_FEED_MEMORY : fed;
}

/* One record, or one blank line, from s->pos on. */
static pl_status read_record(csv_scan *s, pl_error *err) {
  const uint64_t start = s->pos;
  const uint32_t line = s->lines;
  size_t length, end, at;
  bool over;
  s->row.count = s->row.long_cell = 0;
  s->row.done = s->row.extra = false;
  if (!pl_batch_row(s->batch, s->row.limit, (pl_str){NULL, 0})) return pl_fail_memory(err);
  do {
    if (s->pos >= s->input->end) return open_quote(s, start, s->pos, err);
    pl_status status = pl_window_line(&s->memory->window, start, s->pos, &length, &end, &over, err);
    if (status) return status;
    if (over) return long_record(s, start, line, err);
    pl_feed fed = feed_line(s, length, end, &at);
    if (fed == PL_FEED_MEMORY) return pl_fail_memory(err);
    uint64_t stray = s->pos + at;
    s->pos += length + end;
    s->lines++;
    if (fed == PL_FEED_STRAY)
      return stray_quote(s, start, line, stray, (size_t)(s->pos - end - start))
                 ? PL_OK
                 : pl_fail_memory(err);
  } while (!s->row.done && s->memory->csv.quoted);
  if (!s->row.done) return PL_OK; /* a blank line */
  return finish_record(s, start, line, (size_t)(s->pos - end - start)) ? PL_OK
                                                                       : pl_fail_memory(err);
}

static pl_status scan_open(csv_scan *s, const pl_input *input, pl_batch *batch, uint64_t from,
                           uint64_t want, pl_error *err) {
  if (!pl_batch_begin(batch, input, from, want)) return pl_fail_memory(err);
  struct pl_batch_memory *m = batch->memory;
  *s = (csv_scan){.input = input, .batch = batch, .memory = m, .pos = from};
  s->row = (csv_row){.memory = m, .limit = input->columns_n};
  s->sink = (pl_csv_sink){on_cell, on_row, &s->row};
  if (!m->csv_open && !pl_csv_parser_open(&m->csv, input->dialect.delimiter))
    return pl_fail_memory(err);
  m->csv_open = true;
  csv_set_delim(&m->csv, (unsigned char)input->dialect.delimiter);
  parser_reset(&m->csv); /* an error may have left it inside a record */
  return PL_OK;
}

static void scan_close(csv_scan *s) {
  s->batch->next = s->pos;
  s->batch->lines = s->lines;
  pl_batch_finish(s->batch, s->row.limit);
}

/* Plain records by the index, each other one by libcsv. */
static pl_status read_ahead(csv_scan *s, uint64_t from, uint64_t want, pl_error *err) {
  pl_plain plain;
  pl_status status;
  const uint64_t left = s->input->end - from, until = from + (want < left ? want : left);
  if (!pl_plain_open(&plain, s->input, s->memory, from, want, s->row.wanted, &status, err))
    return status == PL_E_MEMORY ? pl_fail_memory(err) : status;
  status = PL_OK;
  while (!status && (s->pos == from || s->pos < until)) {
    const uint64_t before = s->pos;
    if (plain.at == plain.n) break; /* more is wanted than is held at once */
    if (!pl_plain_read(&plain, s->batch, until > from ? until : from + 1))
      return pl_fail_memory(err);
    s->pos = plain.from + plain.at;
    s->lines = plain.lines;
    if (s->pos != before) continue;
    status = read_record(s, err);
    if (!status) pl_plain_seek(&plain, s->pos, s->lines);
  }
  return status;
}

pl_status pl_csv_chunk(const pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                       pl_batch *batch, pl_error *err) {
  csv_scan s;
  if (input->shape.transposed) return pl_shape_record(input, from, wanted, batch, err);
  pl_status status = scan_open(&s, input, batch, from, want, err);
  s.row.wanted = wanted;
  const bool ahead = input->scan != PL_SCAN_LIBCSV && from < input->end &&
                     input->dialect.quotes != PL_QUOTES_BACKSLASH;
  if (!status && ahead)
    status = read_ahead(&s, from, want, err);
  else
    while (!status && s.pos < input->end && (s.pos == from || s.pos - from < want))
      status = read_record(&s, err);
  if (!status) scan_close(&s);
  return status;
}

pl_status pl_csv_first(const pl_input *input, pl_batch *batch, pl_error *err) {
  csv_scan s;
  pl_status status = scan_open(&s, input, batch, input->header_at, PL_HEAD_BYTES, err);
  s.header = true;
  s.row.limit = PL_MAX_COLUMNS + 1;
  while (!status && s.pos < input->end && batch->n + batch->rejects_n == 0)
    status = read_record(&s, err);
  if (!status) scan_close(&s);
  if (!status && batch->n) batch->memory->row_n = s.row.count; /* how many cells the caller finds */
  return status;
}
