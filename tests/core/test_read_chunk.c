/* Chunks: however a file is cut, the same records come out. Generated files, a
 * fixed seed; the same file in one go is the expected result. */
#include <pthread.h>

#include "test_read.h"
#include "test_read_decoder.h"

static const pl_dialect array = {.format = PL_FORMAT_JSON, .delimiter = 0};
static const pl_dialect lines = {.format = PL_FORMAT_NDJSON, .delimiter = 0};

/* xorshift64: the same numbers everywhere. */
static uint64_t seed;
static uint32_t pick(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}

static const char *one_of(const char *const *items, uint32_t n) {
  return items[pick(n)];
}

/* Cells with line ends, delimiters and doubled quotes in quotes, stray quotes,
 * bad bytes; rows that are ragged or blank. */
static void generate_csv(pl_buf *out, int rows, const char *end) {
  static const char *const cells[] = {
      "x",        "",         "12",       "\"a,b\"",     "\"l1\nl2\"",        "\"q\"\"q\"",
      "5\" nail", " padded ", "\"\r\n\"", "\"\n1,2\n\"", "\xC3\xA9t\xC3\xA9", "\"\""};
  static const char *const odd[] = {"1", "1,2,3", "\"a\"b,c",    "\xFF,1",
                                    "",  " ",     "\"x\ny\"z,1", ",\n"};
  pl_buf_text(out, "a,b");
  pl_buf_text(out, end);
  for (int i = 0; i < rows; i++) {
    if (pick(6) == 0) {
      pl_buf_text(out, one_of(odd, 8));
    } else {
      pl_buf_text(out, one_of(cells, 12));
      pl_buf_text(out, ",");
      pl_buf_text(out, one_of(cells, 12));
    }
    if (i + 1 < rows || pick(2)) pl_buf_text(out, end);
  }
}

static void generate_json(pl_buf *out, int n, bool is_array) {
  static const char *const records[] = {"{\"a\":1,\"b\":\"x\"}",
                                        "{\"b\":{\"c\":[1,2,\"]\"]}}",
                                        "{}",
                                        "5",
                                        "{\"a\":\"\\\"}\"}",
                                        "{\"a\":NaN}",
                                        "{\"a\":\"\xFF\"}",
                                        "{\"b\":1e2 , \"a\":null}"};
  static const char *const gaps[] = {",", ", ", ",\n", "\r\n,", " ,\r"};
  static const char *const ends[] = {"\n", "\r\n", "\n\n", "\r", "\n \n"};
  if (is_array) pl_buf_text(out, pick(2) ? "[" : " [\n");
  for (int i = 0; i < n; i++) {
    if (i) pl_buf_text(out, is_array ? one_of(gaps, 5) : one_of(ends, 5));
    pl_buf_text(out, one_of(records, 8));
  }
  if (is_array) pl_buf_text(out, pick(2) ? "]" : "\n]\n");
}

static void assert_same(const pl_buf *got, const pl_buf *expected, const pl_buf *text) {
  if (!pl_str_eq(pl_buf_view(got), pl_buf_view(expected)))
    fail_msg("cut, the file reads\n%s\nin one go\n%s\nthe file:\n%s", got->p, expected->p, text->p);
}

static void every_want(const pl_buf *text, pl_dialect dialect) {
  pl_input *input;
  pl_error err;
  pl_buf whole = {0}, cut = {0};
  assert_int_equal(open_bytes(text->p, text->n, dialect, &small_decoder, &input, &err), PL_OK);
  pl_status expected = print_input(input, text->n, NULL, &whole, &err);
  if (!expected)
    for (uint64_t want = 0; want <= text->n; want++) {
      pl_buf_clear(&cut);
      assert_int_equal(print_input(input, want, NULL, &cut, &err), PL_OK);
      assert_same(&cut, &whole, text);
    }
  pl_buf_free(&whole);
  pl_buf_free(&cut);
  pl_input_close(input);
}

static void every_want_gives_the_same(void **state) {
  (void)state;
  pl_buf text = {0};
  seed = 20181114;
  for (int i = 0; i < 60; i++) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    pl_buf_clear(&text);
    generate_csv(&text, 1 + (int)pick(12), ends[i % 3]);
    every_want(&text, comma);
    pl_buf_clear(&text);
    generate_json(&text, 1 + (int)pick(8), false);
    every_want(&text, lines);
    pl_buf_clear(&text);
    generate_json(&text, 1 + (int)pick(8), true);
    every_want(&text, array);
  }
  pl_buf_free(&text);
}

/* What a caller with several threads does: cuts at guesses, reads each part,
 * and reads a part again whose guess was wrong. Counts those. */
static pl_status print_guessed(pl_input *input, uint64_t part, pl_buf *out, size_t *parts,
                               size_t *wrong) {
  pl_buf rejects = {0};
  pl_batch b = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line), size = pl_input_size(input), cut = at;
  pl_status status = PL_OK;
  while (!status && at < size) {
    do cut = pl_input_guess(input, (cut > at ? cut : at) + part);
    while (cut <= at);
    status = pl_input_chunk(input, at, cut - at, NULL, &b, NULL);
    print_batch(input, &b, line, out, &rejects);
    line += b.lines;
    ++*parts;
    *wrong += b.next != cut;
    at = b.next;
  }
  pl_buf_str(out, pl_buf_view(&rejects));
  pl_buf_free(&rejects);
  pl_batch_free(&b);
  return status;
}

static void guessed_parts_give_the_same(void **state) {
  (void)state;
  pl_buf text = {0}, whole = {0}, cut = {0};
  pl_error err;
  seed = 4711;
  for (int i = 0; i < 200; i++) {
    pl_input *input;
    size_t parts = 0, wrong = 0;
    pl_buf_clear(&text);
    pl_buf_clear(&whole);
    if (i % 4 == 3)
      generate_json(&text, 30, false);
    else
      generate_csv(&text, 30, i % 2 ? "\n" : "\r\n");
    pl_dialect dialect = i % 4 == 3 ? lines : comma;
    dialect.header = i % 4 == 3 ? 0 : 1; /* noise may look like two tables */
    assert_int_equal(open_bytes(text.p, text.n, dialect, &small_decoder, &input, &err), PL_OK);
    if (print_input(input, text.n, NULL, &whole, &err) == PL_OK)
      for (uint64_t part = 1; part < 200; part += 1 + part / 7) {
        pl_buf_clear(&cut);
        assert_int_equal(print_guessed(input, part, &cut, &parts, &wrong), PL_OK);
        assert_same(&cut, &whole, &text);
      }
    pl_input_close(input);
  }
  pl_buf_free(&text);
  pl_buf_free(&whole);
  pl_buf_free(&cut);
}

/* On well-formed files with many quoted line ends the guess is nearly always
 * right (a wrong one only costs time, so the bound here is loose). */
static void guesses_are_good(void **state) {
  (void)state;
  pl_buf text = {0}, out = {0};
  pl_input *input;
  pl_error err;
  size_t parts = 0, wrong = 0;
  seed = 99;
  pl_buf_text(&text, "id,note,n\n");
  for (int i = 0; i < 20000; i++)
    pl_buf_format(&text, pick(3) ? "%d,plain text,%u\n" : "%d,\"two\nlines, \"\"quoted\"\"\",%u\n",
                  i, pick(1000));
  assert_int_equal(open_bytes(text.p, text.n, comma, NULL, &input, &err), PL_OK);
  print_guessed(input, 1009, &out, &parts, &wrong);
  assert_true(parts > 300);
  assert_true(wrong * 20 <= parts);
  /* no quotes near by: exactly the next line start */
  pl_input_close(input);
  input = open_ok("a,b\n1,2\n3,4\n", comma, NULL);
  assert_int_equal(pl_input_guess(input, 0), 4);
  assert_int_equal(pl_input_guess(input, 4), 4);
  assert_int_equal(pl_input_guess(input, 5), 8);
  assert_int_equal(pl_input_guess(input, 8), 8);
  assert_int_equal(pl_input_guess(input, 9), 12);
  assert_int_equal(pl_input_guess(input, 12), 12);
  assert_int_equal(pl_input_guess(input, 1000), 12);
  pl_input_close(input);
  input = open_ok("[{\"a\":1},{\"a\":2}]", array, &small_decoder);
  assert_int_equal(pl_input_guess(input, 5), pl_input_size(input)); /* cannot be split */
  pl_input_close(input);
  pl_buf_free(&text);
  pl_buf_free(&out);
}

/* The text of a batch moves while it grows; earlier cells must move with it. */
static void large_batches_keep_every_cell(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_input *input;
  pl_error err;
  pl_batch b = {0};
  char expected[32];
  pl_buf_text(&text, "id,note\n");
  for (int i = 0; i < 100000; i++) pl_buf_format(&text, "%d,note %d\n", i, i);
  assert_int_equal(open_bytes(text.p, text.n, comma, NULL, &input, &err), PL_OK);
  assert_int_equal(pl_input_chunk(input, 8, text.n, NULL, &b, &err), PL_OK);
  assert_int_equal(b.n, 100000);
  for (int i = 0; i < 100000; i++) {
    snprintf(expected, sizeof expected, "%d", i);
    assert_true(pl_str_eq(b.records[i].cells[0], pl_str_of(expected)));
    snprintf(expected, sizeof expected, "note %d", i);
    assert_true(pl_str_eq(b.records[i].cells[1], pl_str_of(expected)));
  }
  pl_batch_free(&b);
  pl_input_close(input);
  pl_buf_free(&text);
}

/* --- threads --- */

typedef struct part {
  pl_input *input;
  uint64_t from, to;
  pl_json_decoder decoder;
  unsigned long calls;
  bool own;
  pl_batch batch;
  pl_status status;
} part;

static void *read_part(void *context) {
  part *p = context;
  if (p->own) p->batch.json = &p->decoder;
  p->status = pl_input_chunk(p->input, p->from, p->to - p->from, NULL, &p->batch, NULL);
  return NULL;
}

static void read_in_four(const pl_buf *text, pl_dialect dialect, bool own) {
  unsigned long shared = 0;
  const pl_json_decoder counting = {&shared, small_decode};
  pl_input *input;
  pl_error err;
  pthread_t threads[4];
  part parts[4];
  memset(parts, 0, sizeof parts);
  assert_int_equal(open_bytes(text->p, text->n, dialect, &counting, &input, &err), PL_OK);
  for (int i = 0; i < 4; i++) {
    parts[i] = (part){.input = input, .own = own};
    parts[i].decoder = (pl_json_decoder){&parts[i].calls, small_decode};
    parts[i].from = i ? parts[i - 1].to : pl_input_start(input, NULL);
    parts[i].to = i < 3 ? pl_input_guess(input, text->n * (uint64_t)(i + 1) / 4) : text->n;
  }
  for (int i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, read_part, &parts[i]), 0);
  size_t records = 0;
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(parts[i].status, PL_OK);
    assert_int_equal(parts[i].batch.next, parts[i].to);
    for (size_t r = 0; r < parts[i].batch.n; r++, records++) {
      char id[16];
      snprintf(id, sizeof id, "%zu", records);
      assert_true(pl_str_eq(parts[i].batch.records[r].cells[0], pl_str_of(id)));
    }
    pl_batch_free(&parts[i].batch);
  }
  assert_int_equal(records, 20000);
  pl_input_close(input);
}

static void four_threads(void **state) {
  (void)state;
  pl_buf csv = {0}, json = {0};
  pl_buf_text(&csv, "id,note\n");
  for (int i = 0; i < 20000; i++) {
    pl_buf_format(&csv, i % 3 ? "%d,plain\n" : "%d,\"two\nlines\"\n", i);
    pl_buf_format(&json, "{\"id\":%d,\"note\":\"x\"}\n", i);
  }
  read_in_four(&csv, comma, false);
  read_in_four(&json, lines, false);
  read_in_four(&json, lines, true);
  pl_buf_free(&csv);
  pl_buf_free(&json);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_want_gives_the_same),
      cmocka_unit_test(guessed_parts_give_the_same),
      cmocka_unit_test(guesses_are_good),
      cmocka_unit_test(large_batches_keep_every_cell),
      cmocka_unit_test(four_threads),
  };
  return cmocka_run_group_tests_name("read chunk", tests, NULL, NULL);
}
