/* The header of a CSV export: column names, and the delimiter that was declared
 * but is not the one in the file. */
#include "read/private.h"

#define SAMPLE_RECORDS 20

/* Offset of the first byte of header cell i, for the place of an error. */
static uint64_t header_place(const pl_input *input, const pl_batch *batch, size_t i) {
  const pl_record *record = &batch->records[0];
  pl_csv_spot spot;
  const char *raw = pl_window_at(&batch->memory->window, record->offset);
  if (!pl_csv_spot_at(input->dialect.delimiter, raw, record->length, SIZE_MAX, i, &spot))
    return record->offset;
  return record->offset + spot.cell_at;
}

static pl_status header_columns(pl_input *input, const pl_batch *batch, pl_error *err) {
  const pl_record *record = &batch->records[0];
  size_t n = batch->memory->row_n;
  if (n > PL_MAX_COLUMNS)
    return pl_input_fail(input, err, record->offset, "the header has %zu columns, at most %d", n,
                         PL_MAX_COLUMNS);
  for (size_t i = 0; i < n; i++) {
    pl_str name = record->cells[i];
    if (pl_str_blank(name)) {
      pl_input_fail(input, err, header_place(input, batch, i), "column %zu has no name", i + 1);
      return pl_input_hint(err, "Give every column of the header a name.");
    }
    uint32_t first = pl_dict_find(input->names, name);
    if (first != PL_DICT_NONE) {
      pl_input_fail(input, err, header_place(input, batch, i),
                    "columns %u and %zu have the same name, %.*s", first + 1, i + 1,
                    name.n < 100 ? (int)name.n : 100, name.p);
      return pl_input_hint(err, "Rename one of them in the export.");
    }
    pl_status status = pl_input_push_column(input, name, err);
    if (status) return status;
  }
  return PL_OK;
}

/* --- another delimiter --- */

typedef struct sample {
  size_t rows, cells, header, same;
} sample;

static void sample_cell(void *bytes, size_t n, void *context) {
  (void)bytes;
  (void)n;
  ((sample *)context)->cells++;
}

static void sample_row(int end, void *context) {
  sample *s = context;
  (void)end;
  if (s->rows == 0) s->header = s->cells;
  if (s->rows < SAMPLE_RECORDS) {
    s->rows++;
    s->same += s->cells == s->header;
  }
  s->cells = 0;
}

/* How many cells the header has with this delimiter, if at least three of four
 * records have as many; else 1. */
static size_t cells_with(char delimiter, const char *head, size_t n, bool whole) {
  struct csv_parser csv;
  sample s = {0};
  pl_csv_sink sink = {sample_cell, sample_row, &s};
  size_t at;
  if (!pl_csv_parser_open(&csv, delimiter)) return 1;
  pl_feed fed = pl_csv_feed(&csv, head, n, &sink, &at, NULL);
  if (fed == PL_FEED_OK && whole) pl_csv_feed(&csv, "\n", 1, &sink, &at, NULL);
  csv_free(&csv);
  return s.rows && s.same * 4 >= s.rows * 3 ? s.header : 1;
}

static pl_status check_delimiter(const pl_input *input, const pl_batch *batch, pl_error *err) {
  static const struct {
    char byte;
    const char *shown, *written;
  } known[] = {{',', "','", ","}, {';', "';'", ";"}, {'\t', "tabs", "\\t"}};
  uint64_t at = batch->records[0].offset;
  size_t best = 1, which = 0, n = (size_t)(input->size - at);
  n = n < PL_HEAD_BYTES ? n : PL_HEAD_BYTES;
  char *head = pl_malloc(n);
  if (!head) return pl_fail_memory(err);
  pl_status status = pl_input_pread(input, at, head, n, err);
  for (size_t i = 0; !status && i < sizeof known / sizeof *known; i++) {
    size_t cells = cells_with(known[i].byte, head, n, at + n == input->size);
    if (known[i].byte != input->dialect.delimiter && cells > best) {
      best = cells;
      which = i;
    }
  }
  if (!status && best > 1) {
    pl_input_fail(input, err, at, "the header has one column; it looks separated by %s",
                  known[which].shown);
    if (err) err->status = PL_E_USAGE; /* the config is wrong, not the file */
    status = PL_E_USAGE;
    pl_hint(err, "delimiter = \"%s\"", known[which].written);
  }
  pl_free(head);
  return status;
}

/* --- the whole header --- */

static pl_status header_reject(const pl_input *input, const pl_batch *batch, pl_error *err) {
  const pl_reject *reject = &batch->rejects[0];
  pl_site site = {input->shown, 1 + reject->line, reject->column};
  pl_fail_at(err, PL_E_INPUT, site, "the header cannot be read: %.*s", PL_STR_ARG(reject->message));
  if (memchr(reject->raw.p, 0, reject->raw.n))
    return pl_input_hint(err, "Is it UTF-16? This version reads UTF-8: export it again as UTF-8.");
  if (reject->code == PL_REJECT_UTF8)
    return pl_input_hint(err, "This version reads UTF-8: export the file again as UTF-8.");
  return PL_E_INPUT;
}

pl_status pl_csv_header(pl_input *input, pl_error *err) {
  pl_batch batch = {0};
  pl_status status = pl_csv_first(input, &batch, err);
  if (status) goto done;
  if (batch.rejects_n) {
    status = header_reject(input, &batch, err);
    goto done;
  }
  if (batch.n == 0) {
    status = pl_input_fail(input, err, 0, "the file is empty: no header, only blank lines");
    goto done;
  }
  input->start = batch.next;
  input->start_line = 1 + batch.lines;
  status = header_columns(input, &batch, err);
  if (!status && input->columns_n == 1) status = check_delimiter(input, &batch, err);
done:
  pl_batch_free(&batch);
  return status;
}
