/* What the tests of decoding share: making files of any encoding or packing, and
 * reading them as text: "line [cell][cell]" for every record, rejects behind. */
#ifndef TEST_READ_BYTES_H
#define TEST_READ_BYTES_H

#include <iconv.h>

#include "test_read.h"

#define ASSERT_STR(s, text) assert_true(pl_str_eq((s), PL_STR(text)))

/* The header is declared: where it stands is no matter here. */
static const pl_dialect looked = {.format = PL_FORMAT_CSV, .delimiter = ',', .header = 1};

/* Names and money as a European tool writes them; é, ü, ’, €, – are in both
 * Windows-1252 and UTF-16. */
static const char table[] = "city,note,amount\nZ\xC3\xBCrich,L\xE2\x80\x99\xC3\xA9t\xC3\xA9,\"5 "
                            "\xE2\x82\xAC\"\nM\xC3\xA1laga,\"a\nb\",\"1 \xE2\x80\x93 2\"\n";
static const char table_read[] =
    "2 [Z\xC3\xBCrich][L\xE2\x80\x99\xC3\xA9t\xC3\xA9][5 \xE2\x82\xAC]\n"
    "3 [M\xC3\xA1laga][a\\x0ab][1 \xE2\x80\x93 2]\n";

/* --- making files --- */

static inline pl_str encoded(const char *encoding, const char *mark, size_t mark_n, pl_str utf8) {
  static char out[1 << 20];
  char *to = out + mark_n, *from = (char *)utf8.p;
  size_t room = sizeof out - mark_n, n = utf8.n;
  memcpy(out, mark, mark_n);
  iconv_t converter = iconv_open(encoding, "UTF-8");
  assert_true(converter != (iconv_t)-1);
  assert_int_equal(iconv(converter, &from, &n, &to, &room), 0);
  iconv_close(converter);
  return (pl_str){out, (size_t)(to - out)};
}

/* --- reading them --- */

static inline pl_input *opened(pl_str bytes, pl_dialect dialect) {
  pl_input *input = NULL;
  pl_error err = {0};
  if (open_bytes(bytes.p, bytes.n, dialect, NULL, &input, &err))
    fail_msg("not opened: %u:%u %s / %s", err.line, err.column, err.message, err.hint);
  return input;
}

/* "line [cell][cell]" for every record, rejects behind. */
static inline char *printed(pl_input *input, uint64_t want, pl_buf *out) {
  pl_batch batch = {0};
  pl_error err = {0};
  pl_buf rejects = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    if (pl_input_chunk(input, at, want, NULL, &batch, &err)) fail_msg("%s", err.message);
    for (size_t i = 0; i < batch.n; i++) {
      pl_buf_format(out, "%u ", batch.records[i].line + line);
      for (size_t c = 0; c < pl_input_columns(input); c++) {
        pl_buf_text(out, "[");
        print_str(out, batch.records[i].cells[c]);
        pl_buf_text(out, "]");
      }
      pl_buf_text(out, "\n");
    }
    for (size_t i = 0; i < batch.rejects_n; i++)
      pl_buf_format(&rejects, "! %u:%u PL%d %.*s\n", batch.rejects[i].line + line,
                    batch.rejects[i].column, (int)batch.rejects[i].code,
                    PL_STR_ARG(batch.rejects[i].message));
    at = batch.next;
    line += batch.lines;
  }
  pl_buf_str(out, pl_buf_view(&rejects));
  pl_buf_free(&rejects);
  pl_batch_free(&batch);
  return out->p ? out->p : (char *)"";
}

static inline void bytes_read(pl_str bytes, pl_dialect dialect, const char *expected) {
  pl_input *input = opened(bytes, dialect);
  pl_buf whole = {0}, cut = {0};
  assert_string_equal(printed(input, UINT64_MAX, &whole), expected);
  /* chunk by chunk it is the same */
  assert_string_equal(printed(input, 1, &cut), expected);
  pl_buf_free(&whole);
  pl_buf_free(&cut);
  pl_input_close(input);
}

/* "message / hint", with line:column where there is one. */
static inline void bytes_fail(pl_str bytes, pl_dialect dialect, pl_status status,
                              const char *expected) {
  pl_input *input = NULL;
  pl_error err = {0};
  char text[PL_ERROR_TEXT * 3];
  assert_int_equal(open_bytes(bytes.p, bytes.n, dialect, NULL, &input, &err), status);
  assert_null(input);
  char place[32] = "";
  if (err.line) snprintf(place, sizeof place, "%u:%u ", err.line, err.column);
  snprintf(text, sizeof text, "%s%s%s%s", place, err.message, err.hint[0] ? " / " : "", err.hint);
  assert_string_equal(text, expected);
  assert_int_equal(open_bytes(bytes.p, bytes.n, dialect, NULL, &input, NULL), status);
}

#define READS(literal, dialect, expected) bytes_read(PL_STR(literal), dialect, expected)
#define FAILS(literal, dialect, expected) bytes_fail(PL_STR(literal), dialect, PL_E_INPUT, expected)

#endif
