/* The JSON decoder: which fields come out, in which order, and what is refused.
 * Numbers arrive as texts already (read/json.c), so here they are quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rule/views.h"

static void add_field(void *ctx, pl_str path, pl_str value) {
  pl_buf *out = ctx;
  pl_buf_str(out, path);
  pl_buf_text(out, "=");
  for (size_t i = 0; i < value.n; i++)
    pl_buf_append(out, value.p[i] == 0x1f ? "|" : value.p + i, 1);
  pl_buf_text(out, "\n");
}

static pl_json_decoder decoder;

static int open_decoder(void **state) {
  (void)state;
  return pl_json_decoder_open(&decoder, NULL) == PL_OK ? 0 : -1;
}
static int close_decoder(void **state) {
  (void)state;
  pl_json_decoder_close(&decoder);
  return 0;
}

static void expect_fields(const char *json, const char *fields) {
  char message[256] = "";
  pl_buf out = {0};
  if (!decoder.decode(decoder.state, pl_str_of(json), add_field, &out, message))
    print_error("%s\n", message);
  assert_string_equal(out.p ? out.p : "", fields);
  pl_buf_free(&out);
}

static void expect_refusal(const char *json, const char *part) {
  char message[256] = "";
  pl_buf out = {0};
  assert_false(decoder.decode(decoder.state, pl_str_of(json), add_field, &out, message));
  if (!strstr(message, part)) print_error("got: %s\n", message);
  assert_non_null(strstr(message, part));
  assert_null(out.p); /* nothing was handed out */
  pl_buf_free(&out);
}

static void leaves_come_sorted_by_key(void **state) {
  (void)state;
  expect_fields("{\"b\":\"2\",\"a\":\"1\",\"B\":\"0\"}", "B=0\na=1\nb=2\n");
  expect_fields("{}", "");
}

static void nested_objects_have_dotted_paths(void **state) {
  (void)state;
  expect_fields("{\"id\":\"7\",\"properties\":{\"amount\":\"12.50\",\"owner\":{\"name\":\"Ada\"}}}",
                "id=7\nproperties.amount=12.50\nproperties.owner.name=Ada\n");
}

static void null_is_a_name_with_no_value_and_booleans_are_words(void **state) {
  (void)state;
  expect_fields("{\"a\":null,\"b\":true,\"c\":false,\"d\":\"\"}", "a=\nb=true\nc=false\nd=\n");
}

/* Elements keep their order, joined with 0x1f ("|" here). */
static void arrays_are_joined(void **state) {
  (void)state;
  expect_fields("{\"ids\":[\"3\",\"1\",\"2\"]}", "ids=3|1|2\n");
  expect_fields("{\"ids\":[],\"x\":[null]}", "");
  expect_fields("{\"items\":[{\"sku\":\"b\",\"n\":\"1\"},{\"sku\":\"a\"}],\"z\":\"1\"}",
                "items.n=1\nitems.sku=b|a\nz=1\n");
  expect_fields("{\"m\":[[\"1\",\"2\"],[\"3\"]]}", "m=1|2|3\n");
}

static void bytes_stay_as_they_are(void **state) {
  (void)state;
  expect_fields("{\"k\\u00e9y\":\"caf\\u00e9 \\\"x\\\"\"}", "k\xc3\xa9y=caf\xc3\xa9 \"x\"\n");
  expect_fields("{\"big\":\"12345678901234567890\"}", "big=12345678901234567890\n");
}

static void what_is_not_an_object_is_refused(void **state) {
  (void)state;
  expect_refusal("[]", "not a JSON object");
  expect_refusal("\"x\"", "not a JSON object");
  expect_refusal("", "not a JSON object");
  expect_refusal("{\"a\":}", "");
  expect_refusal("{\"a\":\"1\"} x", "");
  expect_refusal("{\"a\":NaN}", "");
  expect_refusal("{\"a\":0x10}", "");
}

static void depth_is_limited(void **state) {
  (void)state;
  char text[1200];
  size_t n = (size_t)snprintf(text, sizeof text, "{\"a\":");
  memset(text + n, '[', 500);
  memset(text + n + 500, ']', 500);
  memcpy(text + n + 1000, "}", 2);
  expect_refusal(text, "nest");
}

/* After an error the decoder works on. */
static void an_error_leaves_nothing_behind(void **state) {
  (void)state;
  for (int i = 0; i < 1000; i++) expect_refusal("{\"a\":{\"b\":", "");
  expect_fields("{\"a\":\"1\"}", "a=1\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(leaves_come_sorted_by_key),
      cmocka_unit_test(nested_objects_have_dotted_paths),
      cmocka_unit_test(null_is_a_name_with_no_value_and_booleans_are_words),
      cmocka_unit_test(arrays_are_joined),
      cmocka_unit_test(bytes_stay_as_they_are),
      cmocka_unit_test(what_is_not_an_object_is_refused),
      cmocka_unit_test(depth_is_limited),
      cmocka_unit_test(an_error_leaves_nothing_behind),
  };
  return cmocka_run_group_tests_name("json", tests, open_decoder, close_decoder);
}
