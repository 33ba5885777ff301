/* JSON arrays and NDJSON: what text becomes which records, rejects and errors. */
#include "test_read.h"

#include "read/private.h"
#include "test_read_decoder.h"

static const pl_dialect array = {.format = PL_FORMAT_JSON, .delimiter = 0};
static const pl_dialect lines = {.format = PL_FORMAT_NDJSON, .delimiter = 0};

static void array_reads(const char *text, const char *columns, const char *expected) {
  assert_reads(text, array, &small_decoder, columns, expected);
}

static void lines_read(const char *text, const char *columns, const char *expected) {
  assert_reads(text, lines, &small_decoder, columns, expected);
}

static void fails(pl_dialect dialect, const char *text, const char *expected) {
  assert_fails(text, strlen(text), dialect, &small_decoder, PL_E_INPUT, expected);
}

/* --- numbers --- */

static void quoted(const char *text, const char *expected) {
  pl_buf out = {0};
  char message[256] = "";
  bool ok = pl_json_quote_numbers(pl_str_of(text), &out, message);
  assert_string_equal(ok ? pl_buf_view(&out).p : message, expected);
  pl_buf_free(&out);
}

static void numbers_become_strings(void **state) {
  (void)state;
  quoted("{\"a\":1}", "{\"a\":\"1\"}");
  quoted("[0,-1, 2.50 ,\n3]", "[\"0\",\"-1\", \"2.50\" ,\n\"3\"]");
  /* 20 digits: more than a double's 15 or an int64's 19 */
  quoted("{\"id\":12345678901234567890}", "{\"id\":\"12345678901234567890\"}");
  quoted("{\"a 1\":\"2\",\"b\\\"3\":\"\\\\\"}", "{\"a 1\":\"2\",\"b\\\"3\":\"\\\\\"}");
  quoted("[true,false,null]", "[true,false,null]");
}

/* Each by hand: the point moves by the exponent, nothing is rounded. */
static void exponents_are_written_out(void **state) {
  (void)state;
  quoted("1e3", "\"1000\"");
  quoted("1E+3", "\"1000\"");
  quoted("1.5e3", "\"1500\"");
  quoted("1.2345e2", "\"123.45\"");
  quoted("-12e-1", "\"-1.2\"");
  quoted("1e-3", "\"0.001\"");
  quoted("12.5e-4", "\"0.00125\"");
  quoted("0.5e1", "\"5\"");
  quoted("0.05e1", "\"0.5\"");
  quoted("0.001e1", "\"0.01\"");
  quoted("1.50e1", "\"15.0\"");
  quoted("0e5", "\"0\"");
  quoted("0.0e0", "\"0.0\"");
  quoted("0e-2", "\"0.00\"");
  quoted("5e0", "\"5\"");
  quoted("1e401", "\"1e401\""); /* beyond EXPONENT_MAX: as it stands */
  quoted("1e99999999999999999999", "\"1e99999999999999999999\"");
}

static void what_is_no_json_is_refused(void **state) {
  (void)state;
  quoted("{\"a\":NaN}", "this is not JSON: NaN");
  quoted("{\"a\":-Infinity}", "this is not JSON: -Infinity");
  quoted("{\"a\":01}", "this is not JSON: 01");
  quoted("{\"a\":+1}", "this is not JSON: +1");
  quoted("{\"a\":.5}", "this is not JSON: .5");
  quoted("{\"a\":5.}", "this is not JSON: 5.");
  quoted("{\"a\":1e}", "this is not JSON: 1e");
  quoted("{\"a\":0x10}", "this is not JSON: 0x10");
  quoted("{\"a\":-}", "this is not JSON: -");
  quoted("{1 :2}", "this is not JSON: 1");
  quoted("{'a':1}", "this is not JSON: 'a'");
  quoted("{\"a\":\"x}", "a string that never ends: \"x}");
  quoted("{\"a\":\"x\\\"}", "a string that never ends: \"x\\\"}");
  quoted("trueish", "this is not JSON: trueish");
}

/* --- arrays --- */

static void arrays(void **state) {
  (void)state;
  array_reads("[{\"a\":1,\"b\":\"x\"},{\"b\":true,\"c\":null,\"d\":1e2}]", "a|b|d",
              "1@1+15 [1][x][]\n1@17+27 [][true][100]\n");
  array_reads("\n[\r\n {\"a\":\"1\"} ,\r{\"a\":\n2}\n]\n", "a", "3@5+9 [1]\n4@17+8 [2]\n");
  array_reads("\xEF\xBB\xBF[{\"a\":1}]", "a", "1@4+7 [1]\n");
  array_reads("[]", "", "");
  array_reads(" [ ] \n", "", "");
  array_reads("[{}]", "", "1@1+2 \n");
}

static void nesting_and_escapes(void **state) {
  (void)state;
  array_reads("[{\"p\":{\"x\":{\"y\":12345678901234567890},\"z\":[1,\"b\",[2]]}}]", "p.x.y|p.z",
              "1@1+54 [12345678901234567890][1\\x1fb\\x1f2]\n");
  array_reads("[{\"a\":\"]},\\\"[{\"},{\"a\":\"\\u00e9\\n\\\\\"}]", "a",
              "1@1+15 []},\"[{]\n1@17+18 [\xC3\xA9\\x0a\\]\n");
  /* a key that needs an escape, a value in UTF-8, a raw line end in a string */
  array_reads("[{\"\\u0041\":\"\xE2\x82\xAC\"},\n{\"A\":\"x\ny\"},{\"A\":1}]", "A",
              "1@1+16 [\xE2\x82\xAC]\n2@19+11 [x\\x0ay]\n3@31+7 [1]\n");
}

static void bad_elements_are_rejects(void **state) {
  (void)state;
  array_reads("[{\"a\":1},\n5, \"x\",[1],null,\n{\"a\" 1},{\"a\":NaN},{\"a\":\"\xFF\"},"
              "{\"a\":\"\\u0000\"},{\"a\":2}]",
              "a",
              "1@1+7 [1]\n3@70+7 [2]\n"
              "! 2:0 PL209 not an object | 5\n"
              "! 2:0 PL209 not an object | \"x\"\n"
              "! 2:0 PL209 not an object | [1]\n"
              "! 2:0 PL209 not an object | null\n"
              "! 3:0 PL209 not decoded at byte 6 | {\"a\" 1}\n"
              "! 3:0 PL209 this is not JSON: NaN | {\"a\":NaN}\n"
              "! 3:0 PL205 bytes that are not UTF-8 | {\"a\":\"\xFF\"}\n"
              "! 3:0 PL205 a: a NUL byte | {\"a\":\"\\u0000\"}\n");
}

static void broken_arrays_are_errors(void **state) {
  (void)state;
  fails(array, "[{\"a\":1},\n {\"a\":[1}]", "2:9 expected ] before this /  {\"a\":[1}]");
  fails(array, "[{\"a\":1},\n {\"a\":1]", "2:8 expected } before this /  {\"a\":1]");
  fails(array, "[{\"a\":1},\n {\"a\":\"x}]",
        "2:2 the file ends inside this element / Is the export complete? /  {\"a\":\"x}]");
  fails(array, "[{\"a\":1}\n", "1:9 the file ends inside the array: ] is missing / [{\"a\":1}");
  fails(array, "[{\"a\":1},", "1:9 the file ends inside the array: ] is missing / [{\"a\":1},");
  fails(array, "[", "1:1 the file ends inside the array: ] is missing / [");
  fails(array, "[{\"a\":1},]", "1:10 a comma stands before this ] / [{\"a\":1},]");
  fails(array, "[,{\"a\":1}]", "1:2 an element is missing before this / [,{\"a\":1}]");
  fails(array, "[{\"a\":1} {\"a\":2}]",
        "1:10 expected , or ] behind an element / [{\"a\":1} {\"a\":2}]");
  fails(array, "[{\"a\":1}]\nx", "2:1 text behind the end of the array / x");
  fails(array, "[] x", "1:4 text behind the end of the array / [] x");
  fails(array, "{\"a\":1}\n{\"a\":2}\n",
        "1:1 this is an object, not an array of objects: [ {...}, ... ] / With one object a line: "
        "format = \"ndjson\". Otherwise export the records as an array. / {\"a\":1}");
  fails(array, "  a,b\n1,2\n",
        "1:3 this is not the beginning of an array, not an array of "
        "objects: [ {...}, ... ] /   a,b");
  fails(array, " \n ", "1:1 the file is empty: only white space /  ");
}

/* The errors of an array must come wherever they stand, not only in the head. */
static void broken_beyond_the_head(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_buf_text(&text, "[");
  for (int i = 0; i < 10000; i++) pl_buf_format(&text, "{\"a\":%05d},\n", i);
  pl_buf_text(&text, "{\"a\":1]");
  assert_fails(text.p, text.n, array, &small_decoder, PL_E_INPUT,
               "10001:7 expected } before this / {\"a\":1]");
  pl_buf_free(&text);
}

/* --- lines --- */

static void ndjson(void **state) {
  (void)state;
  lines_read("{\"a\":1}\n\n {\"b\":2,\"a\":\"x\"} \r\n{\"a\":3}", "a|b",
             "1@0+7 [1][]\n3@9+17 [x][2]\n4@28+7 [3][]\n");
  lines_read("\xEF\xBB\xBF{\"a\":1}\r{\"a\":2}\r", "a", "1@3+7 [1]\n2@11+7 [2]\n");
  lines_read("{\"a\":1}\n{\"a\":\n2}\n{\"a\":2\n3\n{\"a\":4} x\n{\"a\":\"\xC3\"}\n{\"a\":5}\n", "a",
             "1@0+7 [1]\n8@46+7 [5]\n"
             "! 2:0 PL209 not decoded at byte 6 | {\"a\":\n"
             "! 3:0 PL209 not an object | 2}\n"
             "! 4:0 PL209 not decoded at byte 9 | {\"a\":2\n"
             "! 5:0 PL209 not an object | 3\n"
             "! 6:0 PL209 this is not JSON: x | {\"a\":4} x\n"
             "! 7:7 PL205 bytes that are not UTF-8 | {\"a\":\"\xC3\"}\n");
}

static void ndjson_errors(void **state) {
  (void)state;
  fails(lines, "\n[{\"a\":1}]",
        "2:1 this is an array, not one object a line / format = \"json\" / "
        "[{\"a\":1}]");
  fails(lines, "\n \n", "1:1 the file is empty: only white space");
  /* UTF-16 is decoded; a NUL by itself makes none */
  assert_fails("\xFF\xFE[\0", 4, array, &small_decoder, PL_E_INPUT,
               "1:1 the file ends inside the array: ] is missing / [");
}

/* --- columns --- */

static void columns_beyond_the_head(void **state) {
  (void)state;
  pl_buf text = {0};
  /* 64 KiB of {"a":1}, 8 bytes each: 8192 lines fill the head exactly */
  for (int i = 0; i < 8192; i++) pl_buf_text(&text, "{\"a\":1}\n");
  pl_buf_text(&text, "{\"late\":2}\n");
  pl_input *input;
  pl_error err;
  assert_int_equal(open_bytes(text.p, text.n, lines, &small_decoder, &input, &err), PL_OK);
  assert_int_equal(pl_input_columns(input), 1);
  pl_batch b = {0};
  size_t index = 99;
  assert_int_equal(pl_input_chunk(input, 65536, 100, NULL, &b, &err), PL_OK);
  assert_int_equal(b.n, 1); /* the unknown path is ignored */
  assert_int_equal(b.records[0].cells[0].n, 0);
  assert_int_equal(pl_input_add_column(input, PL_STR("a"), &index, &err), PL_OK);
  assert_int_equal(index, 0);
  assert_int_equal(pl_input_add_column(input, PL_STR("late"), &index, &err), PL_OK);
  assert_int_equal(index, 1);
  assert_int_equal(pl_input_columns(input), 2);
  assert_int_equal(pl_input_chunk(input, 65536, 100, NULL, &b, &err), PL_OK);
  assert_true(pl_str_eq(b.records[0].cells[1], PL_STR("2")));
  const bool wanted[] = {true, false};
  assert_int_equal(pl_input_chunk(input, 65536, 100, wanted, &b, &err), PL_OK);
  assert_int_equal(b.records[0].cells[1].n, 0);
  pl_batch_free(&b);
  pl_input_close(input);
  pl_buf_free(&text);
}

static void batch_brings_its_own_decoder(void **state) {
  (void)state;
  unsigned long calls = 0;
  const pl_json_decoder own = {&calls, small_decode};
  pl_input *input = open_ok("{\"a\":1}\n{\"a\":2}\n", lines, &small_decoder);
  pl_batch b = {.json = &own};
  assert_int_equal(pl_input_chunk(input, 0, 100, NULL, &b, NULL), PL_OK);
  assert_int_equal(calls, 2);
  pl_batch_free(&b);
  pl_input_close(input);
}

/* --- limits --- */

static void repeat(pl_buf *b, char c, size_t n) {
  char block[4096];
  memset(block, c, sizeof block);
  for (; n; n -= n < sizeof block ? n : sizeof block)
    pl_buf_append(b, block, n < sizeof block ? n : sizeof block);
}

/* A value over PL_MAX_FIELD and a record over PL_MAX_RECORD are rejects, and
 * the record behind them is read. */
static void limit_case(pl_dialect dialect, size_t value, const char *expected_message) {
  const bool is_array = dialect.format == PL_FORMAT_JSON;
  pl_buf text = {0};
  pl_buf_text(&text, is_array ? "[\n{\"a\":\"" : "\n{\"a\":\"");
  repeat(&text, 'x', value);
  pl_buf_text(&text, is_array ? "\"},\n{\"a\":1}\n]" : "\"}\n{\"a\":1}\n");
  pl_input *input;
  pl_error err;
  pl_batch b = {0};
  uint32_t line;
  assert_int_equal(open_bytes(text.p, text.n, dialect, &small_decoder, &input, &err), PL_OK);
  uint64_t at = pl_input_start(input, &line);
  size_t index;
  assert_int_equal(pl_input_add_column(input, PL_STR("a"), &index, &err), PL_OK);
  assert_int_equal(pl_input_chunk(input, at, text.n, NULL, &b, &err), PL_OK);
  assert_int_equal(b.rejects_n, 1);
  assert_int_equal(b.rejects[0].code, PL_REJECT_LONG);
  assert_int_equal(b.rejects[0].line + line, 2);
  assert_int_equal(b.rejects[0].raw.n, 4096);
  assert_memory_equal(b.rejects[0].raw.p, "{\"a\":\"xxx", 9);
  assert_true(pl_str_eq(b.rejects[0].message, pl_str_of(expected_message)));
  assert_int_equal(b.n, 1);
  assert_int_equal(b.records[0].line + line, 3);
  assert_true(pl_str_eq(b.records[0].cells[0], PL_STR("1")));
  assert_int_equal(b.next, text.n);
  pl_batch_free(&b);
  pl_input_close(input);
  pl_buf_free(&text);
}

static void long_values_and_records(void **state) {
  (void)state;
  limit_case(array, PL_MAX_FIELD + 1, "a: a value over the limit of one cell");
  limit_case(lines, PL_MAX_FIELD + 1, "a: a value over the limit of one cell");
  limit_case(array, PL_MAX_RECORD + 300000, "a record over 16777216 bytes");
  limit_case(lines, PL_MAX_RECORD + 300000, "a record over 16777216 bytes");
  /* {"a":""} is 8 bytes, so this one is a byte over */
  limit_case(array, PL_MAX_RECORD - 7, "a record over 16777216 bytes");
  limit_case(lines, PL_MAX_RECORD - 7, "a record over 16777216 bytes");
  limit_case(array, PL_MAX_RECORD - 8, "a: a value over the limit of one cell");
  limit_case(lines, PL_MAX_RECORD - 8, "a: a value over the limit of one cell");
}

/* A million brackets must not overrun anything; they never pair. */
static void deep_nesting(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_buf_text(&text, "[{\"a\":");
  repeat(&text, '[', 1000000);
  pl_input *input;
  pl_error err;
  assert_int_equal(open_bytes(text.p, text.n, array, &small_decoder, &input, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the file ends inside this element");
  repeat(&text, ']', 1000000);
  pl_buf_text(&text, "},{\"a\":1}]");
  assert_int_equal(open_bytes(text.p, text.n, array, &small_decoder, &input, &err), PL_OK);
  pl_buf out = {0};
  pl_batch b = {0};
  assert_int_equal(pl_input_chunk(input, 1, text.n, NULL, &b, &err), PL_OK);
  assert_int_equal(b.rejects_n, 1);
  assert_int_equal(b.rejects[0].code, PL_REJECT_JSON);
  assert_true(pl_str_eq(b.rejects[0].message, PL_STR("nested deeper than 512 values")));
  assert_int_equal(b.n, 1);
  pl_batch_free(&b);
  pl_buf_free(&out);
  pl_buf_free(&text);
  pl_input_close(input);
}

/* Very many cells: the batch ends early and reading goes on at `next`. */
static void wide_batches_end_early(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_error err;
  pl_input *input;
  pl_batch b = {0};
  pl_buf_text(&text, "{");
  for (int i = 0; i < 1000; i++) pl_buf_format(&text, "%s\"c%d\":1", i ? "," : "", i);
  pl_buf_text(&text, "}\n");
  for (int i = 0; i < 10000; i++) pl_buf_text(&text, "{}\n");
  assert_int_equal(open_bytes(text.p, text.n, lines, &small_decoder, &input, &err), PL_OK);
  assert_int_equal(pl_input_columns(input), 1000);
  size_t n = 0, batches = 0;
  for (uint64_t at = 0; at < text.n; at = b.next, n += b.n, batches++)
    assert_int_equal(pl_input_chunk(input, at, text.n, NULL, &b, &err), PL_OK);
  assert_int_equal(n, 10001);
  assert_int_equal(batches, 3); /* 10,001,000 cells, 4,194,304 and one record more at a time */
  pl_batch_free(&b);
  pl_input_close(input);
  pl_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_become_strings),
      cmocka_unit_test(exponents_are_written_out),
      cmocka_unit_test(what_is_no_json_is_refused),
      cmocka_unit_test(arrays),
      cmocka_unit_test(nesting_and_escapes),
      cmocka_unit_test(bad_elements_are_rejects),
      cmocka_unit_test(broken_arrays_are_errors),
      cmocka_unit_test(broken_beyond_the_head),
      cmocka_unit_test(ndjson),
      cmocka_unit_test(ndjson_errors),
      cmocka_unit_test(columns_beyond_the_head),
      cmocka_unit_test(batch_brings_its_own_decoder),
      cmocka_unit_test(long_values_and_records),
      cmocka_unit_test(deep_nesting),
      cmocka_unit_test(wide_batches_end_early),
  };
  return cmocka_run_group_tests_name("read json", tests, NULL, NULL);
}
