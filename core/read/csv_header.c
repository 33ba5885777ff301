/* The header of a CSV export: column names. */
#include "read/private.h"

/* Offset of the first byte of header cell i, for the place of an error. */
static uint64_t header_place(const pl_input *input, const pl_batch *batch, size_t i) {
  const pl_record *record = &batch->records[0];
  pl_csv_spot spot;
  const char *raw = pl_window_at(&batch->memory->window, record->offset);
  if (!pl_csv_spot_at(input->dialect.delimiter, raw, record->length, SIZE_MAX, i, &spot))
    return record->offset;
  return record->offset + spot.cell_at;
}

static pl_status push_name(pl_input *input, const pl_batch *batch, size_t i, pl_str name,
                           pl_error *err) {
  if (pl_str_blank(name)) {
    pl_input_fail(input, err, header_place(input, batch, i), "column %zu has no name", i + 1);
    return pl_input_hint(err, "Give every column of the header a name, in the export. If the "
                              "names stand on another line, say which: header = LINE.");
  }
  uint32_t first = pl_dict_find(input->names, name);
  if (first != PL_DICT_NONE) {
    pl_input_fail(input, err, header_place(input, batch, i),
                  "columns %u and %zu have the same name, %.*s", first + 1, i + 1,
                  name.n < 100 ? (int)name.n : 100, name.p);
    return pl_input_hint(err, "Rename one of them in the export.");
  }
  return pl_input_push_column(input, name, err);
}

/* Blank cells behind the last name are no columns where records have none either. */
static pl_status header_columns(pl_input *input, const pl_batch *batch, pl_error *err) {
  const pl_record *record = &batch->records[0];
  size_t n = batch->memory->row_n;
  pl_buf described = {0};
  pl_status status = PL_OK;
  if (n > PL_MAX_COLUMNS)
    return pl_input_fail(input, err, record->offset, "the header has %zu columns, at most %d", n,
                         PL_MAX_COLUMNS);
  while (input->shape.trailing && n > 1 && pl_str_blank(record->cells[n - 1])) n--;
  for (size_t i = 0; !status && i < n; i++) {
    pl_str name = record->cells[i];
    if (pl_str_blank(name)) {
      status = pl_shape_name(input, i, &described, err);
      name = pl_buf_view(&described);
    }
    if (!status) status = push_name(input, batch, i, name, err);
  }
  pl_buf_free(&described);
  return status;
}

/* --- the whole header --- */

static pl_status header_reject(const pl_input *input, const pl_batch *batch, pl_error *err) {
  const pl_reject *reject = &batch->rejects[0];
  pl_site site = {input->shown, input->header_line + reject->line, reject->column};
  pl_fail_at(err, PL_E_INPUT, site, "the header cannot be read: %.*s", PL_STR_ARG(reject->message));
  if (reject->code != PL_REJECT_UTF8) return PL_E_INPUT;
  if (memchr(reject->raw.p, 0, reject->raw.n))
    return pl_input_hint(err, "If it is UTF-16, say so: encoding = \"utf-16le\"");
  if (input->dialect.encoding == PL_ENCODING_UTF8)
    return pl_input_hint(err, "If it is another encoding, say so: encoding = \"windows-1252\"");
  return pl_input_hint(err, "Is it in another encoding? Export the file again as UTF-8.");
}

/* For telling where a file goes on with the header again. */
static pl_status keep_text(pl_input *input, const pl_batch *batch, pl_error *err) {
  const pl_record *record = &batch->records[0];
  const char *raw = pl_window_at(&batch->memory->window, record->offset);
  input->header_text.p = pl_arena_copy(&input->arena, raw, record->length);
  input->header_text.n = record->length;
  return input->header_text.p ? PL_OK : pl_fail_memory(err);
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
  input->start_line = input->header_line + batch.lines;
  status = pl_shape_below(input, err);
  if (!status) status = header_columns(input, &batch, err);
  if (!status) status = keep_text(input, &batch, err);
  if (!status) status = pl_shape_top(input, err);
  if (!status) status = pl_shape_foot(input, err);
  input->dialect.header = input->header_line; /* as it is read */
done:
  pl_batch_free(&batch);
  return status;
}
