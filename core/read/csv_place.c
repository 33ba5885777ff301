/* Where in a record's bytes a cell begins or a quote opens. libcsv does not
 * say; asking it byte by byte is slow and only done for messages. */
#include "read/private.h"

static void count_cell(void *bytes, size_t n, void *context) {
  (void)bytes;
  (void)n;
  ++*(size_t *)context;
}

bool pl_csv_spot_at(char delimiter, const char *raw, size_t n, size_t until, size_t cell,
                    pl_csv_spot *spot) {
  struct csv_parser csv;
  size_t cells = 0;
  pl_csv_sink sink = {count_cell, NULL, &cells};
  bool quoted = false, ok = pl_csv_parser_open(&csv, delimiter);
  if (!ok) return false;
  *spot = (pl_csv_spot){0};
  for (size_t i = 0, at; ok && i < n && i < until && cells < cell; i++) {
    size_t before = cells;
    ok = pl_csv_feed(&csv, raw + i, 1, &sink, &at, NULL) != PL_FEED_MEMORY;
    if (cells > before) spot->cell_at = i + 1;
    if (csv.quoted && !quoted) spot->quote_at = i;
    quoted = csv.quoted;
  }
  spot->cell = cells;
  csv_free(&csv);
  return ok && (cell == SIZE_MAX || cells == cell);
}

uint32_t pl_input_cell_column(const pl_input *input, uint64_t offset, uint32_t length,
                              size_t cell) {
  pl_csv_spot spot;
  pl_buf raw = {0};
  uint32_t column = 0;
  bool cr = false;
  if (input->dialect.format == PL_FORMAT_CSV &&
      pl_input_raw(input, offset, length, PL_MAX_RECORD, &raw, NULL) == PL_OK &&
      pl_csv_spot_at(input->dialect.delimiter, raw.p, raw.n, SIZE_MAX, cell, &spot) &&
      pl_line_count(raw.p, spot.cell_at, &cr) == 0)
    column = (uint32_t)spot.cell_at + 1;
  pl_buf_free(&raw);
  return column;
}
