/* CSV and TSV: what text becomes which records, rejects and errors. */
#include "test_read.h"

static const pl_dialect semicolon = {.format = PL_FORMAT_CSV, .delimiter = ';'};
static const pl_dialect tab = {.format = PL_FORMAT_CSV, .delimiter = '\t'};

#define CLOSE_IT " / Close the quote, or double it (\"\") if it belongs to the text. / "

static void reads(const char *text, const char *columns, const char *expected) {
  assert_reads(text, comma, NULL, columns, expected);
}

static void fails(const char *text, const char *expected) {
  assert_fails(text, strlen(text), comma, NULL, PL_E_INPUT, expected);
}

/* RFC 4180, section 2, rules 1 to 7: "Each record is located on a separate
 * line, delimited by a line break (CRLF)"; "The last record in the file may or
 * may not have an ending line break"; an optional header line (here always);
 * "Spaces are considered part of a field" (not kept here: libcsv trims unquoted
 * cells, design.md §6); "Each field may or may not be enclosed in double
 * quotes"; "Fields containing line breaks (CRLF), double quotes, and commas
 * should be enclosed in double-quotes"; "a double-quote appearing inside a field
 * must be escaped by preceding it with another double quote". */
static void rfc_4180(void **state) {
  (void)state;
  reads("field_name,field_name2,field_name3\r\naaa,bbb,ccc\r\nzzz,yyy,xxx\r\n",
        "field_name|field_name2|field_name3", "2@36+11 [aaa][bbb][ccc]\n3@49+11 [zzz][yyy][xxx]\n");
  reads("a,b,c\r\naaa,bbb,ccc\r\nzzz,yyy,xxx", "a|b|c",
        "2@7+11 [aaa][bbb][ccc]\n3@20+11 [zzz][yyy][xxx]\n");
  reads("a,b,c\r\n\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", "a|b|c",
        "2@7+17 [aaa][bbb][ccc]\n3@26+11 [zzz][yyy][xxx]\n");
  reads("a,b,c\r\n\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", "a|b|c",
        "2@7+19 [aaa][b\\x0d\\x0abb][ccc]\n4@28+11 [zzz][yyy][xxx]\n");
  reads("a,b,c\r\n\"aaa\",\"b\"\"bb\",\"ccc\"", "a|b|c", "2@7+19 [aaa][b\"bb][ccc]\n");
}

static void line_ends(void **state) {
  (void)state;
  reads("a,b\n1,2\n3,4\n", "a|b", "2@4+3 [1][2]\n3@8+3 [3][4]\n");
  reads("a,b\r\n1,2\r\n3,4\r\n", "a|b", "2@5+3 [1][2]\n3@10+3 [3][4]\n");
  reads("a,b\r1,2\r3,4\r", "a|b", "2@4+3 [1][2]\n3@8+3 [3][4]\n");
  reads("a,b\r1,2\r\n3,4\n\r5,6", "a|b", "2@4+3 [1][2]\n3@9+3 [3][4]\n5@14+3 [5][6]\n");
  /* all three inside quotes: lines 2 to 5 are one record */
  reads("a,b\n1,\"x\ny\r\nz\rw\"\n3,4\n", "a|b",
        "2@4+12 [1][x\\x0ay\\x0d\\x0az\\x0dw]\n6@17+3 [3][4]\n");
}

static void blank_lines_are_no_records(void **state) {
  (void)state;
  reads("\n\na,b\n\n1,2\n \t\n\r\n3,4\n\n", "a|b", "5@7+3 [1][2]\n8@16+3 [3][4]\n");
  reads("a,b\n,\n", "a|b", "2@4+1 [][]\n"); /* empty cells are a record */
  reads("a\n\"\"\n\nx\n", "a", "2@2+2 []\n4@6+1 [x]\n");
}

static void delimiters(void **state) {
  (void)state;
  assert_reads("a;b\n1,5;x\n", semicolon, NULL, "a|b", "2@4+5 [1,5][x]\n");
  assert_reads("a\tb\tc\n\t x \t\n\t\t\n", tab, NULL, "a|b|c", "2@6+5 [][x][]\n");
  assert_reads("a|b\n1|x,y\n", (pl_dialect){.format = PL_FORMAT_CSV, .delimiter = '|'}, NULL, "a|b",
               "2@4+5 [1][x,y]\n");
  pl_input *input;
  pl_error err;
  assert_int_equal(open_bytes("a:b\n", 4, (pl_dialect){.format = PL_FORMAT_CSV, .delimiter = ':'},
                              NULL, &input, &err),
                   PL_E_USAGE);
  assert_string_equal(err.message, "the delimiter is not one that is read");
}

static void white_space_is_trimmed_outside_quotes(void **state) {
  (void)state;
  reads(" a , \"b\" \n  x y\t, \" z \" \n", "a|b", "2@10+14 [x y][ z ]\n");
}

static void byte_order_mark_is_skipped(void **state) {
  (void)state;
  reads("\xEF\xBB\xBF"
        "a,b\n1,2\n",
        "a|b", "2@7+3 [1][2]\n");
  reads("\xEF\xBB\xBF\"a\",b\n1,2\n", "a|b", "2@9+3 [1][2]\n");
}

static void ragged_rows_are_rejects(void **state) {
  (void)state;
  reads("a,b,c\n1\n1,2\n1,2,3\n1,2,3,4\n1,2,3,\n", "a|b|c",
        "4@12+5 [1][2][3]\n"
        "! 2:2 PL201 1 cell, the header has 3 | 1\n"
        "! 3:4 PL201 2 cells, the header has 3 | 1,2\n"
        "! 5:7 PL202 4 cells, the header has 3 | 1,2,3,4\n"
        "! 6:7 PL202 4 cells, the header has 3 | 1,2,3,\n");
}

static void bad_bytes_are_rejects_with_their_column(void **state) {
  (void)state;
  reads("a,b\n\xC3\xA9,ok\nx,\"caf\xE9\"\n3,4\n", "a|b",
        "2@4+5 [\xC3\xA9][ok]\n4@19+3 [3][4]\n"
        "! 3:3 PL205 b: bytes that are not UTF-8 | x,\"caf\xE9\"\n");
  /* RFC 3629: no surrogates (ED A0 80), no overlong forms (C0 AF) */
  reads("a\n\xED\xA0\x80\n\xC0\xAF\n\xE2\x82\n", "a",
        "! 2:1 PL205 a: bytes that are not UTF-8 | \xED\xA0\x80\n"
        "! 3:1 PL205 a: bytes that are not UTF-8 | \xC0\xAF\n"
        "! 4:1 PL205 a: bytes that are not UTF-8 | \xE2\x82\n");
  /* on the record's second line there is no column to give */
  reads("a,b\n\"1\n2\",\xFF\n", "a|b",
        "! 2:0 PL205 b: bytes that are not UTF-8 | \"1\\x0a2\",\xFF\n");
}

static void nul_is_a_reject(void **state) {
  (void)state;
  pl_input *input;
  pl_error err;
  pl_buf out = {0};
  assert_int_equal(open_bytes("a,b\n1,x\0y\n3,4\n", 14, comma, NULL, &input, &err), PL_OK);
  assert_int_equal(print_input(input, 64, NULL, &out, &err), PL_OK);
  assert_string_equal(out.p, "3@10+3 [3][4]\n! 2:3 PL205 b: a NUL byte | 1,x\\x00y\n");
  pl_buf_free(&out);
  pl_input_close(input);
}

static void stray_quotes(void **state) {
  (void)state;
  /* inside an unquoted cell it is data */
  reads("a,b\n5\" nail,x\n3 x 5\"\",y \"z\"\n", "a|b",
        "2@4+9 [5\" nail][x]\n3@14+13 [3 x 5\"\"][y \"z\"]\n");
  /* text behind a closing quote: a reject up to the end of the line, and the
   * quote that line leaves open does not swallow the next record */
  reads("a,b\n\"a\"b,c\n1,\"x\" y\"\n\"a\" \"b\",c\n3,4\n", "a|b",
        "5@30+3 [3][4]\n"
        "! 2:4 PL206 text behind a closing quote, up to the end of the line | \"a\"b,c\n"
        "! 3:7 PL206 text behind a closing quote, up to the end of the line | 1,\"x\" y\"\n"
        "! 4:5 PL206 text behind a closing quote, up to the end of the line | \"a\" \"b\",c\n");
  /* white space behind it is none */
  reads("a,b\n\"a\" ,\"b\"\t\n", "a|b", "2@4+9 [a][b]\n");
  /* seen on the record's second line: the reject begins at its first */
  reads("a,b\n1,\"x\ny\"z\n3,4\n", "a|b",
        "4@13+3 [3][4]\n"
        "! 2:0 PL206 text behind a closing quote, up to the end of the line | 1,\"x\\x0ay\"z\n");
}

static void unterminated_quotes(void **state) {
  (void)state;
  fails("a,b\n1,2\n3, \"x\n5,6\n7,8",
        "3:4 a quote opens here and is never closed: all that follows would be one cell" CLOSE_IT
        "3, \"x");
  fails("a,b\n1,2\n\"3", "3:1 a quote opens here and is never closed: all that follows would be "
                         "one cell" CLOSE_IT "\"3");
  /* the record's second line holds the quote */
  fails("a,b\n\"1\n2\",\"x\n", "3:4 a quote opens here and is never closed: all that follows "
                               "would be one cell" CLOSE_IT "2\",\"x");
  fails("\xEF\xBB\xBF"
        "a,\"b\n1,2\n",
        "1:3 a quote opens here and is never closed: all that "
        "follows would be one cell" CLOSE_IT "a,\"b");
}

static void header_only_is_no_error(void **state) {
  (void)state;
  uint32_t line;
  pl_input *input = open_ok("a,b", comma, NULL);
  assert_int_equal(pl_input_columns(input), 2);
  assert_int_equal(pl_input_start(input, &line), 3);
  assert_int_equal(pl_input_size(input), 3);
  pl_input_close(input);
  reads("a,b\n", "a|b", "");
  /* a chunk at the end of the file is empty, not an error */
  input = open_ok("a,b\n", comma, NULL);
  pl_batch batch = {0};
  assert_int_equal(pl_input_chunk(input, 4, 10, NULL, &batch, NULL), PL_OK);
  assert_int_equal(batch.n, 0);
  assert_int_equal(batch.next, 4);
  pl_batch_free(&batch);
  pl_input_close(input);
}

static void header_errors(void **state) {
  (void)state;
  fails("a,b,a\n1,2,3\n", "1:5 columns 1 and 3 have the same name, a / Rename one of them in the "
                          "export. / a,b,a");
  fails("a,,c\n", "1:3 column 2 has no name / Give every column of the header a name, in the "
                  "export. If the names stand on another line, say which: header = LINE. / a,,c");
  fails("a,b,\" \"\n1,2,3\n",
        "1:5 column 3 has no name / Give every column of the header a name, in the export. If the "
        "names stand on another line, say which: header = LINE. "
        "/ a,b,\" \"");
  fails("a,b\xFF,c\n", "1:3 the header cannot be read: cell 2: bytes that are not UTF-8 / "
                       "If it is another encoding, say so: encoding = \"windows-1252\"");
  fails("\na,\"b\"c\n", "2:6 the header cannot be read: text behind a closing quote, up to the "
                        "end of the line");
  fails("\n \n", "1:1 the file is empty: no header, only blank lines");
  /* names differ bytewise, so these are two */
  reads("a,A\n1,2\n", "a|A", "2@4+3 [1][2]\n");
}

/* Other encodings: test_read_decode.c. A NUL by itself makes none. */
static void nul_in_the_header(void **state) {
  (void)state;
  assert_fails(
      "\"a\",x\0y\n1,2\n", 12, comma, NULL, PL_E_INPUT,
      "1:5 the header cannot be read: cell 2: a NUL byte / If it is UTF-16, say so: encoding = "
      "\"utf-16le\"");
}

static void wrong_delimiter_is_seen(void **state) {
  (void)state;
  assert_fails("id;name\n1;x\n2;\"y;z\"\n", 20, comma, NULL, PL_E_USAGE,
               "1:1 the header has one column; it looks separated by ';' / delimiter = \";\" / "
               "id;name");
  assert_fails("id\tname\n1\tx\n", 12, semicolon, NULL, PL_E_USAGE,
               "1:1 the header has one column; it looks separated by tabs / delimiter = \"\\t\" / "
               "id\tname");
  assert_fails("id,name", 7, tab, NULL, PL_E_USAGE,
               "1:1 the header has one column; it looks separated by ',' / delimiter = \",\" / "
               "id,name");
  /* one column whose rows hold other marks is one column */
  reads("note\nx;y\nz\n", "note", "2@5+3 [x;y]\n3@9+1 [z]\n");
}

static void only_wanted_cells_are_copied(void **state) {
  (void)state;
  const bool wanted[] = {false, true, false};
  pl_input *input = open_ok("a,b,c\n1,2,3\n4,\xC3\xA9,6\n7,8\n9,10,\xFF\n", comma, NULL);
  pl_buf out = {0};
  pl_error err;
  assert_int_equal(print_input(input, 1000, wanted, &out, &err), PL_OK);
  /* what is rejected does not depend on it */
  assert_string_equal(out.p, "2@6+5 [-][2][-]\n3@12+6 [-][\xC3\xA9][-]\n"
                             "! 4:4 PL201 2 cells, the header has 3 | 7,8\n"
                             "! 5:6 PL205 c: bytes that are not UTF-8 | 9,10,\xFF\n");
  pl_buf_free(&out);
  pl_input_close(input);
}

/* --- limits --- */

static void repeat(pl_buf *b, char c, size_t n) {
  char block[4096];
  memset(block, c, sizeof block);
  for (; n; n -= n < sizeof block ? n : sizeof block)
    pl_buf_append(b, block, n < sizeof block ? n : sizeof block);
}

/* Reads header + text; the rejects' raw rows are left out. */
static void limit_case(const pl_buf *text, const char *expected) {
  pl_input *input;
  pl_error err = {0};
  pl_buf out = {0};
  assert_int_equal(open_bytes(text->p, text->n, comma, NULL, &input, &err), PL_OK);
  pl_batch b = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < text->n && pl_input_chunk(input, at, 1000, NULL, &b, &err) == PL_OK) {
    for (size_t i = 0; i < b.n; i++)
      pl_buf_format(&out, "%u+%u ", b.records[i].line + line, b.records[i].length);
    for (size_t i = 0; i < b.rejects_n; i++) {
      pl_buf_format(&out, "!%u:%u PL%d ", b.rejects[i].line + line, b.rejects[i].column,
                    b.rejects[i].code);
      assert_true(b.rejects[i].raw.n <= 4096);
    }
    at = b.next;
    line += b.lines;
  }
  if (err.status) pl_buf_format(&out, "error %u:%u", err.line, err.column);
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_batch_free(&b);
  pl_buf_free(&out);
  pl_input_close(input);
}

static void long_cells_and_records(void **state) {
  (void)state;
  pl_buf text = {0};
  /* a cell of exactly PL_MAX_FIELD = 1,048,576 bytes, and one byte more */
  pl_buf_text(&text, "a,b\n1,");
  repeat(&text, 'x', PL_MAX_FIELD);
  pl_buf_text(&text, "\n2,\"");
  repeat(&text, 'x', PL_MAX_FIELD + 1);
  pl_buf_text(&text, "\"\n3,4\n");
  limit_case(&text, "2+1048578 !3:3 PL208 4+3 ");
  /* a line over PL_MAX_RECORD: reading goes on behind it; CR LF at the end */
  pl_buf_clear(&text);
  pl_buf_text(&text, "a,b\n1,");
  repeat(&text, 'x', PL_MAX_RECORD + 70000);
  pl_buf_text(&text, "\r\n3,4\n");
  limit_case(&text, "!2:0 PL208 3+3 ");
  /* the same in a quote that is closed: no safe place to go on */
  pl_buf_clear(&text);
  pl_buf_text(&text, "a,b\n1,2\n1,\"");
  repeat(&text, 'x', PL_MAX_RECORD + 70000);
  pl_buf_text(&text, "\"\n3,4\n");
  limit_case(&text, "error 3:3");
  /* many lines in one quote */
  pl_buf_clear(&text);
  pl_buf_text(&text, "a,b\n1,\"");
  repeat(&text, '\n', PL_MAX_RECORD + 70000);
  pl_buf_text(&text, "\"\n3,4\n");
  limit_case(&text, "error 2:3");
  pl_buf_free(&text);
}

static void record_of_exactly_the_limit(void **state) {
  (void)state;
  pl_buf text = {0};
  for (size_t more = 0; more < 2; more++) {
    pl_buf_clear(&text);
    pl_buf_text(&text, "a\n");
    repeat(&text, ',', PL_MAX_RECORD + more);
    pl_buf_text(&text, "\r\nx\n");
    limit_case(&text, more ? "!2:0 PL208 3+1 " : "!2:2 PL202 3+1 ");
  }
  pl_buf_free(&text);
}

static void too_many_columns(void **state) {
  (void)state;
  pl_buf text = {0};
  for (int i = 0; i <= PL_MAX_COLUMNS; i++) pl_buf_format(&text, "%sc%d", i ? "," : "", i);
  pl_input *input;
  pl_error err;
  assert_int_equal(open_bytes(text.p, text.n, comma, NULL, &input, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the header has 4097 columns, at most 4096");
  pl_buf_free(&text);
}

/* --- places --- */

static void cell_columns_and_raw(void **state) {
  (void)state;
  pl_input *input = open_ok("a,b,c\n 1 ,\"x,\"\"y\",z\n\"1\n2\",3,4\n", comma, NULL);
  /* in ` 1 ,"x,""y",z` the cells begin at bytes 1, 5 and 13 */
  assert_int_equal(pl_input_cell_column(input, 6, 13, 0), 1);
  assert_int_equal(pl_input_cell_column(input, 6, 13, 1), 5);
  assert_int_equal(pl_input_cell_column(input, 6, 13, 2), 13);
  assert_int_equal(pl_input_cell_column(input, 6, 13, 3), 0);
  assert_int_equal(pl_input_cell_column(input, 20, 9, 0), 1);
  assert_int_equal(pl_input_cell_column(input, 20, 9, 1), 0); /* on its second line */
  pl_buf raw = {0};
  pl_error err;
  assert_int_equal(pl_input_raw(input, 6, 13, 100, &raw, &err), PL_OK);
  assert_string_equal(raw.p, " 1 ,\"x,\"\"y\",z");
  assert_int_equal(pl_input_raw(input, 6, 13, 3, &raw, &err), PL_OK);
  assert_string_equal(raw.p, " 1 ");
  pl_buf_free(&raw);
  size_t index;
  assert_int_equal(pl_input_add_column(input, PL_STR("b"), &index, &err), PL_OK);
  assert_int_equal(index, 1);
  assert_int_equal(pl_input_add_column(input, PL_STR("d"), &index, &err), PL_E_USAGE);
  assert_string_equal(err.message, "there is no column d");
  pl_input_close(input);
}

/* Every single allocation fails once: an error, never a crash or a wrong record.
 * (libcsv asks again for half as much, so one failure may also do no harm.) */
static void memory_out(void **state) {
  (void)state;
  const char *text = "a,b\n1,2\n\"x\"y\n3,\xFF\n4\n\"5\n\",6\n";
  char path[64];
  strcpy(path, file_of(text, strlen(text)));
  for (uint64_t n = 1;; n++) {
    pl_input *input = NULL;
    pl_batch batch = {0};
    pl_error err = {0};
    pl_alloc_fail_at(n);
    uint64_t before = pl_alloc_count();
    pl_status status = pl_input_open(path, "x", comma, NULL, &input, &err);
    if (!status)
      status = pl_input_chunk(input, pl_input_start(input, NULL), 100, NULL, &batch, &err);
    bool failed = pl_alloc_count() - before >= n;
    pl_alloc_fail_at(0);
    if (status == PL_OK) {
      assert_int_equal(batch.n, 2);
      assert_int_equal(batch.rejects_n, 3);
    } else {
      assert_int_equal(status, PL_E_MEMORY);
      assert_true(failed);
    }
    pl_batch_free(&batch);
    pl_input_close(input);
    if (!failed) break;
  }
  unlink(path);
}

/* Reading on in the same batch allocates nothing. */
static void steady_state_allocates_nothing(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_buf_text(&text, "a,b\n");
  for (int i = 0; i < 50000; i++) pl_buf_format(&text, "%06d,\"x\"\"%d\"\n", i, i % 10);
  pl_input *input;
  pl_error err;
  pl_batch batch = {0};
  assert_int_equal(open_bytes(text.p, text.n, comma, NULL, &input, &err), PL_OK);
  uint64_t at = pl_input_start(input, NULL), count = 0, records = 0;
  while (at < text.n) {
    assert_int_equal(pl_input_chunk(input, at, 100000, NULL, &batch, &err), PL_OK);
    if (at > 4) assert_int_equal(pl_alloc_count(), count);
    count = pl_alloc_count();
    at = batch.next;
    records += batch.n;
  }
  assert_int_equal(records, 50000);
  pl_batch_free(&batch);
  pl_input_close(input);
  pl_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rfc_4180),
      cmocka_unit_test(line_ends),
      cmocka_unit_test(blank_lines_are_no_records),
      cmocka_unit_test(delimiters),
      cmocka_unit_test(white_space_is_trimmed_outside_quotes),
      cmocka_unit_test(byte_order_mark_is_skipped),
      cmocka_unit_test(ragged_rows_are_rejects),
      cmocka_unit_test(bad_bytes_are_rejects_with_their_column),
      cmocka_unit_test(nul_is_a_reject),
      cmocka_unit_test(stray_quotes),
      cmocka_unit_test(unterminated_quotes),
      cmocka_unit_test(header_only_is_no_error),
      cmocka_unit_test(header_errors),
      cmocka_unit_test(nul_in_the_header),
      cmocka_unit_test(wrong_delimiter_is_seen),
      cmocka_unit_test(only_wanted_cells_are_copied),
      cmocka_unit_test(long_cells_and_records),
      cmocka_unit_test(record_of_exactly_the_limit),
      cmocka_unit_test(too_many_columns),
      cmocka_unit_test(cell_columns_and_raw),
      cmocka_unit_test(memory_out),
      cmocka_unit_test(steady_state_allocates_nothing),
  };
  return cmocka_run_group_tests_name("read csv", tests, NULL, NULL);
}
