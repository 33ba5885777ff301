/* The fast ways to look through CSV against libcsv, which says what CSV means:
 * the same bytes must give the same records, rejects, lines, offsets and errors,
 * wherever the chunks end. Short texts all of them, longer ones from fixed seeds. */
#include <sys/mman.h>

#include "read/private.h"
#include "test_read.h"

static const pl_scan_kind fast[] = {PL_SCAN_BYTES, PL_SCAN_SSE2, PL_SCAN_AVX2};
#define FAST (sizeof fast / sizeof *fast)

/* xorshift64: the same numbers everywhere. */
static uint64_t seed;
static uint32_t pick(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}

/* ---- the index: against a loop that looks at one byte after the other ------------ */

static void assert_index(const char *p, size_t n, char delimiter, pl_scan_kind kind) {
  pl_csv_index index = {0};
  size_t d = 0, m = 0;
  assert_true(pl_csv_index_make(&index, kind, p, n, delimiter, 3));
  for (size_t i = 0; i < n; i++) {
    if (p[i] == delimiter) assert_int_equal(index.delimiters[d++], i);
    if (p[i] == '"' || p[i] == '\n' || p[i] == '\r') assert_int_equal(index.marks[m++], i);
    /* `odd` may say yes for a neighbour, but never no for the byte itself */
    if ((signed char)p[i] <= 0) assert_true(pl_csv_index_odd(&index, i, i));
  }
  assert_int_equal(index.delimiters_n, d);
  assert_int_equal(index.marks_n, m);
  for (int i = 0; i < 3; i++) assert_int_equal(index.delimiters[d + i], UINT32_MAX);
  assert_int_equal(index.marks[m], n);
  assert_int_equal(index.marks[m + 1], n);
  pl_csv_index_free(&index);
}

static void index_finds_every_byte(void **state) {
  (void)state;
  /* sizes around a block (64), a stretch of blocks (4096) and two of them */
  static const size_t sizes[] = {0, 1, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 8191, 8200};
  char *p = malloc(8200 + PL_INDEX_PAD);
  assert_non_null(p);
  seed = 1;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (uint32_t density = 1; density <= 64; density *= 4) {
      for (size_t i = 0; i < 8200 + PL_INDEX_PAD; i++)
        p[i] = pick(density) ? 'x' : ",;\t\"\n\r\0\xC3"[pick(8)];
      for (size_t k = 0; k < FAST; k++)
        if (pl_scan_possible(fast[k])) assert_index(p, sizes[s], ",;\t"[s % 3], fast[k]);
    }
  /* nothing but what is looked for: more in a block than is written at once */
  memset(p, ',', 8200 + PL_INDEX_PAD);
  for (size_t k = 0; k < FAST; k++)
    if (pl_scan_possible(fast[k])) assert_index(p, 8200, ',', fast[k]);
  memset(p, '"', 8200 + PL_INDEX_PAD);
  for (size_t k = 0; k < FAST; k++)
    if (pl_scan_possible(fast[k])) assert_index(p, 8200, ',', fast[k]);
  free(p);
}

static void odd_is_told_per_block(void **state) {
  (void)state;
  char p[256 + PL_INDEX_PAD];
  for (size_t k = 0; k < FAST; k++) {
    pl_csv_index index = {0};
    if (!pl_scan_possible(fast[k])) continue;
    memset(p, 'x', sizeof p);
    assert_true(pl_csv_index_make(&index, fast[k], p, 256, ',', 1));
    assert_false(index.any_odd);
    p[130] = (char)0x80;
    assert_true(pl_csv_index_make(&index, fast[k], p, 256, ',', 1));
    assert_false(pl_csv_index_odd(&index, 0, 127));
    assert_true(pl_csv_index_odd(&index, 100, 140));
    assert_false(pl_csv_index_odd(&index, 192, 255));
    pl_csv_index_free(&index);
  }
}

/* ---- records: against libcsv -------------------------------------------------------- */

/* What one holds of one file, and of the columns that were wanted, must not show in
 * the next. libcsv has its own, as it would clear that away. */
static pl_batch batches[2];

/* Everything that reading says: records and rejects, and for each chunk where it
 * ended and how many lines it had; or the error. */
static void read_as(pl_input *input, pl_scan_kind kind, uint64_t want, const bool *wanted,
                    pl_buf *out) {
  pl_batch *batch = &batches[kind != PL_SCAN_LIBCSV];
  pl_error err = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  pl_buf_clear(out);
  input->scan = kind;
  while (at < pl_input_size(input)) {
    pl_status status = pl_input_chunk(input, at, want, wanted, batch, &err);
    if (status) {
      pl_buf_format(out, "status %d, %u:%u %s / %s / %s\n", (int)status, err.line, err.column,
                    err.message, err.hint, err.excerpt);
      break;
    }
    print_batch(input, batch, line, out, out);
    pl_buf_format(out, "> %llu, %u lines\n", (unsigned long long)batch->next, batch->lines);
    assert_true(batch->next > at);
    at = batch->next;
    line += batch->lines;
  }
}

static pl_input *open_memory(const pl_buf *text, char delimiter) {
  char path[64];
  pl_input *input = NULL;
  int fd = memfd_create("scan", MFD_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text->p, text->n), (ssize_t)text->n);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  /* all is declared: opening must not refuse a text because of its shape */
  pl_dialect dialect = {.format = PL_FORMAT_CSV,
                        .delimiter = delimiter,
                        .encoding = PL_ENCODING_UTF8,
                        .quotes = PL_QUOTES_DOUBLED,
                        .header = 1,
                        .description_given = true,
                        .footer_given = true,
                        .any_block = true};
  pl_error err = {0};
  if (pl_input_open(path, "shown.txt", dialect, NULL, &input, &err)) {
    print_message("not opened: %s\n", err.message);
    input = NULL;
  }
  close(fd);
  return input;
}

static void assert_alike(pl_input *input, uint64_t want, const bool *wanted, const pl_buf *text) {
  static pl_buf expected, got;
  read_as(input, PL_SCAN_LIBCSV, want, wanted, &expected);
  for (size_t k = 0; k < FAST; k++) {
    if (!pl_scan_possible(fast[k])) continue;
    read_as(input, fast[k], want, wanted, &got);
    if (!pl_str_eq(pl_buf_view(&expected), pl_buf_view(&got)))
      fail_msg("scan %d, chunks of %llu:\n%s\nlibcsv:\n%s\nthe file:\n%s", (int)fast[k],
               (unsigned long long)want, got.p, expected.p, text->p);
  }
}

/* Every text of up to 5 bytes of what CSV gives a meaning, behind headers of one
 * and two columns: 9,331 texts each. */
static void every_short_text(void **state) {
  (void)state;
  static const char alphabet[] = "x,\"\n\r ";
  static const char *const headers[] = {"a\n", "a,b\n"};
  pl_buf text = {0};
  for (int h = 0; h < 2; h++)
    for (int n = 0, all = 1; n <= 5; n++, all *= 6)
      for (int t = 0; t < all; t++) {
        pl_buf_clear(&text);
        pl_buf_text(&text, headers[h]);
        for (int i = 0, rest = t; i < n; i++, rest /= 6)
          pl_buf_append(&text, &alphabet[rest % 6], 1);
        pl_input *input = open_memory(&text, ',');
        if (!input) continue; /* a header of one column and `;`, say */
        assert_alike(input, 1, NULL, &text);
        assert_alike(input, 1000, NULL, &text);
        pl_input_close(input);
      }
  pl_buf_free(&text);
}

/* Pieces, so that what is well formed is met as often as what is not. */
static void random_text(pl_buf *text, char delimiter, uint32_t pieces, uint32_t hostile) {
  static const char *const good[] = {
      "x",   "12",      " y ",        "\"a b\"",        "\"p\"\"q\"", "\"\"",
      "é",   "\"\n\"",  "\"1\r\n2\"", "\"\"\"\"",       "",           "\t",
      "u v", "\"\r\" ", " \"w\"\t",   "5\" nail\"\" z", "\"d,;\td\"", "\"\"\"x\"\"\""};
  static const char *const bad[] = {"\"", "\r",  "\n", " ",        "\xFF", "\xE2\x82",
                                    "x",  "\"y", ",",  "\xF0\x9F", "\t",   "\"\""};
  static const char *const ends[] = {"\n", "\r\n", "\r", "\n", "\n\n", "\n \t\r\n"};
  uint32_t column = 0;
  for (uint32_t i = 0; i < pieces; i++) {
    if (hostile && pick(2 * hostile) == 0) { /* two files one behind the other */
      pl_buf_format(text, "%s\n%sa%cb%cc%s", pick(4) ? "" : "\"", pick(4) ? "" : "\xEF\xBB\xBF",
                    delimiter, delimiter, ends[pick(6)]);
      column = 0;
    }
    if (hostile && pick(hostile) == 0) {
      const char *piece = bad[pick(12)];
      pl_buf_text(text, piece);
      if (pick(8) == 0) pl_buf_append(text, "\0", 1);
      continue;
    }
    pl_buf_text(text, good[pick(18)]);
    if (++column % 3 || pick(20) == 0)
      pl_buf_append(text, &delimiter, 1);
    else
      pl_buf_text(text, ends[pick(6)]);
  }
}

static void start_text(pl_buf *text, char delimiter) {
  pl_buf_clear(text);
  pl_buf_format(text, "a%cb%cc\n", delimiter, delimiter);
}

static void random_texts_at_every_split(void **state) {
  (void)state;
  pl_buf text = {0};
  seed = 20181114;
  for (int i = 0; i < 1500; i++) {
    const char delimiter = ",;\t|"[i % 4];
    start_text(&text, delimiter);
    random_text(&text, delimiter, 1 + pick(40), (uint32_t)(i % 5) * 4);
    pl_input *input = open_memory(&text, delimiter);
    assert_non_null(input);
    input->shape.trailing = i % 2; /* as if the header ended with a delimiter too */
    for (uint64_t want = 0; want <= text.n; want += 1 + want / 8)
      assert_alike(input, want, NULL, &text);
    bool wanted[3] = {pick(2), pick(2), pick(2)};
    assert_alike(input, text.n, wanted, &text);
    assert_alike(input, 1 + pick(40), wanted, &text);
    pl_input_close(input);
  }
  pl_buf_free(&text);
}

/* Rows one after another with nothing to ask about, as most are, in files of other
 * widths and with other columns wanted each time; now and then one that is not so. */
static void runs_of_plain_records(void **state) {
  (void)state;
  pl_buf text = {0};
  seed = 99;
  for (int i = 0; i < 400; i++) {
    const uint32_t columns = 1 + pick(6);
    const char *end = pick(3) ? "\n" : "\r\n";
    bool wanted[6];
    pl_buf_clear(&text);
    for (uint32_t c = 0; c < columns; c++) pl_buf_format(&text, "%s%c", c ? "," : "", 'a' + c);
    pl_buf_text(&text, end);
    for (uint32_t rows = pick(200); rows; rows--) {
      for (uint32_t c = 0; c < columns; c++) {
        static const char *const cells[] = {"x", "", " ", "y ", "a", "long enough", "é", "\tz"};
        pl_buf_format(&text, "%s%s", c ? "," : "", cells[pick(columns > 1 ? 8 : 7)]);
      }
      pl_buf_text(&text, pick(30) ? end : ",\"q\"\n\r\xFF" + pick(7));
    }
    for (uint32_t c = 0; c < columns; c++) wanted[c] = pick(2);
    pl_input *input = open_memory(&text, ',');
    if (!input) continue;
    assert_alike(input, text.n, wanted, &text);
    assert_alike(input, text.n, NULL, &text);
    assert_alike(input, 1 + pick(500), wanted, &text);
    pl_input_close(input);
  }
  pl_buf_free(&text);
}

/* libcsv fills cells that the next chunk, read in another way, does not want. */
static void cells_that_are_not_wanted(void **state) {
  (void)state;
  const bool wanted[2] = {true, false};
  pl_buf text = {0};
  pl_batch b = {0};
  pl_error err;
  pl_buf_text(&text, "a,b\n1,2\n3,4\n");
  pl_input *input = open_memory(&text, ',');
  assert_non_null(input);
  for (int i = 0; i < 3; i++) {
    input->scan = i == 1 ? PL_SCAN_LIBCSV : PL_SCAN_BYTES;
    assert_int_equal(pl_input_chunk(input, 4, 8, i == 1 ? NULL : wanted, &b, &err), PL_OK);
    assert_true(pl_str_eq(b.records[1].cells[0], PL_STR("3")));
    assert_int_equal(b.records[1].cells[1].p != NULL, i == 1);
  }
  pl_batch_free(&b);
  pl_input_close(input);
  pl_buf_free(&text);
}

/* Over what is read ahead (4096 bytes behind the chunk), over a stretch of the
 * index, and with more unescaped text than its buffer first holds. */
static void long_random_texts(void **state) {
  (void)state;
  pl_buf text = {0};
  seed = 7;
  for (int i = 0; i < 60; i++) {
    start_text(&text, ',');
    while (text.n < 20000 + 40000 * (size_t)(i % 3)) {
      random_text(&text, ',', 50, i % 4 ? 200 * (uint32_t)(i % 4) : 0);
      if (pick(4)) continue;
      pl_buf_text(&text, "\n\"");
      for (uint32_t n = pick(9000); n; n--) pl_buf_text(&text, pick(3) ? "long " : "\"\"\r\n");
      pl_buf_text(&text, "\",2,3\n");
    }
    pl_input *input = open_memory(&text, ',');
    assert_non_null(input);
    assert_alike(input, 1 + pick(300), NULL, &text);
    assert_alike(input, 4096, NULL, &text);
    assert_alike(input, text.n, NULL, &text);
    pl_input_close(input);
  }
  pl_buf_free(&text);
}

/* A chunk of 1 byte is read with 4096 more: a record that long may be cut at any
 * of its bytes, between CR and LF or between the quotes of a pair. */
static void records_cut_where_reading_ahead_ends(void **state) {
  (void)state;
  static const char *const heads[] = {"", "\"", "1,\"", " ", "1,"};
  static const char *const tails[] = {
      "\r\n1,2\n",     "\r1,2\n",     ",2\r\n1,2\n",  "\"\"z\",2\n3,4\n", "\",2\r\n\"3\",4\n",
      "\"\t\r\n3,4\n", "\"\"\"\r3,4", "\"z,1\n3,4\n", ",\"\n\",\n3,4\n",  "\r\n\"\r\n"};
  pl_buf text = {0};
  for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
    for (size_t t = 0; t < sizeof tails / sizeof *tails; t++)
      for (size_t long_n = 4085; long_n <= 4100; long_n++) {
        pl_buf_clear(&text);
        pl_buf_format(&text, "a,b\n%s", heads[h]);
        for (size_t i = 0; i < long_n; i++) pl_buf_append(&text, "x", 1);
        pl_buf_text(&text, tails[t]);
        for (int more = 0; more < 2; more++) { /* the file may end right there */
          pl_input *input = open_memory(&text, ',');
          assert_non_null(input);
          assert_alike(input, 1, NULL, &text);
          pl_input_close(input);
          for (int i = 0; i < 20; i++) pl_buf_text(&text, "5,6\n");
        }
      }
  pl_buf_free(&text);
}

/* Around PL_MAX_FIELD (1 MiB) in one cell, quoted and not. */
static void cells_around_the_limit(void **state) {
  (void)state;
  pl_buf text = {0};
  for (int quoted = 0; quoted < 2; quoted++)
    for (size_t n = PL_MAX_FIELD - 3; n <= PL_MAX_FIELD + 1; n++) {
      start_text(&text, ',');
      pl_buf_text(&text, quoted ? "1,\"" : "1,");
      for (size_t i = 0; i < n; i++) pl_buf_append(&text, "x", 1);
      pl_buf_text(&text, quoted ? "\",3\n1,2,3\n" : ",3\n1,2,3\n");
      pl_input *input = open_memory(&text, ',');
      assert_non_null(input);
      assert_alike(input, text.n, NULL, &text);
      assert_alike(input, 1, NULL, &text);
      pl_input_close(input);
    }
  pl_buf_free(&text);
}

/* The header behind the records, with quotes and without; csv.c says what of it. */
static void the_header_again(void **state) {
  (void)state;
  static const char *const texts[] = {"a,b\n1,2\na,b\n3,4\n", "\"a\",b\n1,2\n\"a\",b\n3,4\n",
                                      "\"a\",b\n1,2\n\xEF\xBB\xBF\"a\",b\n3,4\n"};
  pl_buf text = {0}, out = {0};
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
    pl_buf_clear(&text);
    pl_buf_text(&text, texts[t]);
    pl_input *input = open_memory(&text, ',');
    assert_non_null(input);
    assert_alike(input, text.n, NULL, &text);
    read_as(input, PL_SCAN_BYTES, text.n, NULL, &out);
    assert_non_null(strstr(out.p, "! 3:1 PL210"));
    pl_input_close(input);
  }
  pl_buf_free(&text);
  pl_buf_free(&out);
}

/* ---- what may fail ------------------------------------------------------------------- */

/* Every allocation of a chunk that is read for the first time: it says so, or it reads. */
static void memory_may_be_out(void **state) {
  (void)state;
  pl_buf text = {0};
  start_text(&text, ',');
  for (int i = 0; i < 3000; i++) pl_buf_text(&text, i % 3 ? "1,2,3\n" : "1,\"x\"\"y\",3\n");
  pl_buf_text(&text, "1,2\n1,2,3\n"); /* a reject, then the plain path again */
  pl_input *input = open_memory(&text, ',');
  assert_non_null(input);
  for (size_t k = 0; k < FAST; k++) {
    pl_status status = PL_E_MEMORY;
    if (!pl_scan_possible(fast[k])) continue;
    input->scan = fast[k];
    for (uint64_t n = 1; status == PL_E_MEMORY; n++) {
      pl_batch batch = {0};
      pl_error err = {0};
      assert_true(n < 1000);
      pl_alloc_fail_at(n);
      status = pl_input_chunk(input, 6, text.n, NULL, &batch, &err);
      pl_alloc_fail_at(0);
      if (!status) assert_int_equal(batch.n, 3001);
      pl_batch_free(&batch);
    }
    assert_int_equal(status, PL_OK);
  }
  pl_input_close(input);
  pl_buf_free(&text);
}

/* An index of no bytes has the entries behind the last one all the same. */
static void memory_may_be_out_for_an_index(void **state) {
  (void)state;
  static const char none[PL_INDEX_PAD];
  bool made = false;
  for (uint64_t n = 1; !made; n++) {
    pl_csv_index index = {0};
    assert_true(n <= 4); /* odd, delimiters, marks */
    pl_alloc_fail_at(n);
    made = pl_csv_index_make(&index, PL_SCAN_BYTES, none, 0, ',', 3);
    pl_alloc_fail_at(0);
    assert_int_equal(made, n == 4);
    pl_csv_index_free(&index);
  }
}

static void a_file_that_becomes_shorter(void **state) {
  (void)state;
  pl_buf text = {0};
  start_text(&text, ',');
  pl_buf_text(&text, "1,2,3\n4,5,6\n");
  pl_input *input = open_memory(&text, ',');
  assert_non_null(input);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", input->fd);
  assert_int_equal(truncate(path, 8), 0);
  for (size_t k = 0; k < FAST; k++) {
    pl_batch batch = {0};
    pl_error err = {0};
    if (!pl_scan_possible(fast[k])) continue;
    input->scan = fast[k];
    assert_int_equal(pl_input_chunk(input, 6, 100, NULL, &batch, &err), PL_E_INPUT);
    pl_batch_free(&batch);
  }
  pl_input_close(input);
  pl_buf_free(&text);
}

/* Behind a record that went through libcsv the next ones are plain again. */
static void plain_again_behind_a_reject(void **state) {
  (void)state;
  pl_buf text = {0};
  pl_batch batch = {0};
  pl_error err;
  start_text(&text, ',');
  pl_buf_text(&text, "1,\"2\"x\",3\n"); /* PL206 */
  for (int i = 0; i < 1000; i++) pl_buf_text(&text, "one,\"two\",three\n");
  pl_input *input = open_memory(&text, ',');
  assert_non_null(input);
  assert_int_equal(pl_input_chunk(input, 6, text.n, NULL, &batch, &err), PL_OK);
  assert_int_equal(batch.n, 1000);
  assert_int_equal(batch.rejects_n, 1);
  /* libcsv's copies: `one`, `two` and `three` of each, unless they are borrowed */
  if (input->scan != PL_SCAN_LIBCSV) assert_true(batch.memory->text_n <= 11);
  pl_batch_free(&batch);
  pl_input_close(input);
  pl_buf_free(&text);
}

/* Cells of plain records are borrowed, not copied: that is the point. */
static void plain_cells_are_not_copied(void **state) {
  (void)state;
  pl_buf text = {0};
  start_text(&text, ',');
  for (int i = 0; i < 1000; i++) pl_buf_text(&text, "one, two ,\"three, or so\"\n");
  pl_input *input = open_memory(&text, ',');
  pl_batch batch = {0};
  pl_error err;
  assert_non_null(input);
  assert_int_equal(pl_input_chunk(input, 6, text.n, NULL, &batch, &err), PL_OK);
  assert_int_equal(batch.n, 1000);
  assert_int_equal(batch.memory->text_n, input->scan == PL_SCAN_LIBCSV ? 1000 * 19 : 0);
  pl_batch_free(&batch);
  pl_input_close(input);
  pl_buf_free(&text);
}

/* ---- choosing ----------------------------------------------------------------------- */

static int free_batches(void **state) {
  (void)state;
  pl_batch_free(&batches[0]);
  pl_batch_free(&batches[1]);
  return 0;
}

static void environment_chooses(void **state) {
  (void)state;
  static const char *const names[] = {"libcsv", "bytes", "sse2", "avx2"};
  pl_input *input;
  pl_error err;
  const char *before = getenv("PLUMBLINE_SCAN");
  char *kept = before ? strdup(before) : NULL;
  for (int kind = PL_SCAN_LIBCSV; kind <= PL_SCAN_AVX2; kind++) {
    if (!pl_scan_possible((pl_scan_kind)kind)) continue;
    setenv("PLUMBLINE_SCAN", names[kind], 1);
    assert_int_equal(open_bytes("a\n1\n", 4, comma, NULL, &input, &err), PL_OK);
    assert_int_equal(input->scan, kind);
    pl_input_close(input);
  }
  setenv("PLUMBLINE_SCAN", "fast", 1);
  assert_int_equal(open_bytes("a\n1\n", 4, comma, NULL, &input, &err), PL_E_USAGE);
  assert_string_equal(err.message,
                      "PLUMBLINE_SCAN is fast, which is no way to scan on this processor");
  assert_string_equal(err.hint, "Leave it out, or set it to libcsv, bytes, sse2 or avx2.");
  unsetenv("PLUMBLINE_SCAN");
  assert_int_equal(open_bytes("a\n1\n", 4, comma, NULL, &input, &err), PL_OK);
  assert_int_equal(input->scan, pl_scan_best());
  pl_input_close(input);
  if (kept) setenv("PLUMBLINE_SCAN", kept, 1);
  free(kept);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(index_finds_every_byte),
      cmocka_unit_test(odd_is_told_per_block),
      cmocka_unit_test(every_short_text),
      cmocka_unit_test(random_texts_at_every_split),
      cmocka_unit_test(runs_of_plain_records),
      cmocka_unit_test(cells_that_are_not_wanted),
      cmocka_unit_test(long_random_texts),
      cmocka_unit_test(records_cut_where_reading_ahead_ends),
      cmocka_unit_test(cells_around_the_limit),
      cmocka_unit_test(the_header_again),
      cmocka_unit_test(memory_may_be_out),
      cmocka_unit_test(memory_may_be_out_for_an_index),
      cmocka_unit_test(a_file_that_becomes_shorter),
      cmocka_unit_test(plain_again_behind_a_reject),
      cmocka_unit_test(plain_cells_are_not_copied),
      cmocka_unit_test(environment_chooses),
  };
  return cmocka_run_group_tests_name("read scan", tests, NULL, free_batches);
}
