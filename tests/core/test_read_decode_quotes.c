/* Quotes that a backslash stands before, declared and by looking; and CSV or JSON. */
#include "test_read_bytes.h"

static const pl_dialect semicolon = {.format = PL_FORMAT_CSV, .delimiter = ';', .header = 1};

/* --- quotes --- */

static pl_dialect quoted_with(pl_quotes quotes) {
  pl_dialect dialect = looked;
  dialect.quotes = quotes;
  return dialect;
}

static void backslash_quotes(void **state) {
  (void)state;
  const pl_dialect backslash = quoted_with(PL_QUOTES_BACKSLASH);
  READS("a,b\n\"say \\\"hi\\\"\",1\n", backslash, "2 [say \"hi\"][1]\n");
  READS("a,b\n\"C:\\\\dir\\\\\",1\n", backslash, "2 [C:\\dir\\][1]\n");
  /* before all else a backslash is itself: NULL of MySQL, \n, a path; so is the last one */
  READS("a,b\n\\N,\"x\\ny\"\n\"C:\\dir\",2\\", backslash, "2 [\\N][x\\ny]\n3 [C:\\dir][2\\]\n");
  /* a doubled quote is a quote as well */
  READS("a,b\n\"say \"\"hi\"\" \\\"you\\\"\",1\n", backslash, "2 [say \"hi\" \"you\"][1]\n");
  /* unquoted cells: in the middle, at the beginning, alone */
  READS("a,b\n5\\\" nail,\\\"x\\\" y\n\\\",\\\\\n", backslash,
        "2 [5\" nail][\"x\" y]\n3 [\"][\\]\n");
  READS("a,b\n1,\\\"z", backslash, "2 [1][\"z]\n");
  /* lines inside quoted cells are the same lines */
  READS("a,b\n\"x\\\"\r\n\\\"y\",1\nz,2\n", backslash, "2 [x\"\\x0d\\x0a\"y][1]\n4 [z][2]\n");
  /* a header may be written so too */
  pl_input *input = opened(PL_STR("\"a \\\"b\\\"\",c\n1,2\n"), backslash);
  ASSERT_STR(pl_input_column(input, 0), "a \"b\"");
  pl_input_close(input);
}

static void quotes_by_looking(void **state) {
  (void)state;
  /* doubled quotes make no sense of it: text behind a closing quote */
  READS("a,b\n\"say \\\"hi\\\"\",1\n\"x\",2\n", looked, "2 [say \"hi\"][1]\n3 [x][2]\n");
  READS("a;b\n\"say \\\"hi\\\"\";1\n", semicolon, "2 [say \"hi\"][1]\n");
  /* backslashes make no sense of it: Windows paths in quotes */
  READS("a,b\n\"C:\\\",\"x\"\n\"D:\\\",\"y\"\n", looked, "2 [C:\\][x]\n3 [D:\\][y]\n");
  READS("a,b\n1,\"C:\\\"\n2,\"D:\\\"\n", looked, "2 [1][C:\\]\n3 [2][D:\\]\n");
  /* no \" at all: a backslash is a backslash */
  READS("a,b\n\"C:\\\\x\",\"say \"\"hi\"\"\"\n", looked, "2 [C:\\\\x][say \"hi\"]\n");
  pl_input *input = opened(PL_STR("a,b\n\"say \\\"hi\\\"\",1\n"), looked);
  assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_BACKSLASH);
  pl_input_close(input);
  input = opened(PL_STR("a,b\n1,2\n"), looked);
  assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_DOUBLED);
  pl_input_close(input);
}

/* The head (64 KiB) has none. Up to 1 MiB all of a file is looked at, of a larger one 16
 * places; where they show none either, the row that is rejected says what to write. */
static void quotes_far_from_the_head(void **state) {
  (void)state;
  for (int large = 0; large < 2; large++) {
    pl_buf text = {0};
    const size_t most = large ? 4u << 20 : 300000;
    pl_buf_text(&text, "a,b\n");
    while (text.n < 100000) pl_buf_text(&text, "\"plain text\",1\n");
    while (text.n < most) pl_buf_text(&text, "\"say \\\"hi\\\"\",2\n");
    pl_input *input = opened(pl_buf_view(&text), looked);
    assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_BACKSLASH);
    pl_input_close(input);
    pl_buf_free(&text);
  }
}

static void quotes_that_no_place_shows(void **state) {
  (void)state;
  pl_buf text = {0}, out = {0};
  pl_buf_text(&text, "a,b\n");
  while (text.n < 4u << 20) pl_buf_text(&text, "\"plain text\",1\n");
  const size_t middle =
      text.n / 15 + PL_HEAD_BYTES * 2; /* between the second place and the third */
  const size_t line = 4 + (middle - 4) / 15 * 15;
  memcpy((char *)text.p + line, "\"s \\\"h\\\" i\",1\n", 15);
  pl_input *input = opened(pl_buf_view(&text), looked);
  assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_DOUBLED);
  assert_non_null(strstr(printed(input, 1u << 20, &out),
                         "PL206 text behind a closing quote, up to the end of the line; if \\\" "
                         "stands for a quote in the text: quotes = \"backslash\"\n"));
  pl_input_close(input);
  pl_buf_free(&out);
  pl_buf_clear(&text);
  /* a delimiter between two of them: a cell too many */
  READS("a,b\n\"x \\\", \\\"y\",1\n", quoted_with(PL_QUOTES_DOUBLED),
        "! 2:13 PL202 3 cells, the header has 2; if \\\" stands for a quote in the text: "
        "quotes = \"backslash\"\n");
  pl_buf_free(&text);
}

/* Two cells, a" and b", or one that holds a delimiter, a\",b\: both are tables. */
static void quotes_that_both_fit(void **state) {
  (void)state;
  const pl_str both = PL_STR("\"a\\\"\",b\\\"\n\"c\\\"\",d\\\"\n");
  bytes_fail(both, looked, PL_E_USAGE,
             "1:3 \\\" may be a quote inside the cell, or a backslash that stands before a quote / "
             "quotes = \"backslash\", or quotes = \"doubled\"");
  pl_input *input = opened(both, quoted_with(PL_QUOTES_BACKSLASH));
  assert_int_equal(pl_input_columns(input), 2);
  ASSERT_STR(pl_input_column(input, 0), "a\"");
  ASSERT_STR(pl_input_column(input, 1), "b\"");
  pl_input_close(input);
  input = opened(both, quoted_with(PL_QUOTES_DOUBLED));
  assert_int_equal(pl_input_columns(input), 1);
  ASSERT_STR(pl_input_column(input, 0), "a\\\",b\\");
  pl_input_close(input);
  /* a header of two cells tells them apart */
  READS("a,b\n\"C:\\\",\"D:\\\"\n", looked, "2 [C:\\][D:\\]\n");
}

/* A backslash is the last byte of a buffer, and what it stands before the next. */
static void backslashes_at_buffer_ends(void **state) {
  (void)state;
  for (int shift = 0; shift < 3; shift++) {
    pl_buf text = {0}, out = {0};
    pl_buf_format(&text, "a%.*s,b\n", shift, "xx");
    for (int i = 0; i < 30000; i++) pl_buf_text(&text, "\"\\\"\\\\\\\"\",1\n"); /* "\"\\\"" */
    pl_input *input = opened(pl_buf_view(&text), looked);
    printed(input, 1u << 16, &out);
    assert_null(strstr(out.p, "PL2"));
    size_t rows = 0;
    for (char *p = out.p; (p = strstr(p, " [\"\\\"][1]\n")); p++) rows++;
    assert_int_equal(rows, 30000);
    pl_input_close(input);
    pl_buf_free(&text);
    pl_buf_free(&out);
  }
}

/* --- the format --- */

static pl_format format_of(const char *text) {
  static char path[64];
  pl_input *input = NULL;
  pl_error err = {0};
  strcpy(path, file_of(text, strlen(text)));
  pl_status status =
      pl_input_open(path, "x.txt", (pl_dialect){.format = PL_FORMAT_LOOK}, NULL, &input, &err);
  unlink(path);
  pl_format format = status ? PL_FORMAT_LOOK : pl_input_format(input);
  pl_input_close(input);
  return format;
}

static void formats_by_looking(void **state) {
  (void)state;
  assert_int_equal(format_of("a,b\n1,2\n"), PL_FORMAT_CSV);
  assert_int_equal(format_of("[section],b\n1,2\n"), PL_FORMAT_CSV);
  assert_int_equal(format_of("{id},b\n1,2\n"), PL_FORMAT_CSV);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(backslash_quotes),         cmocka_unit_test(quotes_by_looking),
      cmocka_unit_test(quotes_far_from_the_head), cmocka_unit_test(quotes_that_no_place_shows),
      cmocka_unit_test(quotes_that_both_fit),     cmocka_unit_test(backslashes_at_buffer_ends),
      cmocka_unit_test(formats_by_looking),
  };
  return cmocka_run_group_tests_name("read decode quotes", tests, NULL, NULL);
}
