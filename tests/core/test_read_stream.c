/* Decoded files that are not kept in memory: any byte of them, in any order, by any
 * number of threads, must be the byte that decoding all of it gives. PLUMBLINE_HELD=0
 * makes every file such a file. */
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "read/stream.h"
#include "test_read.h"

static const pl_dialect looked = {.format = PL_FORMAT_CSV, .delimiter = ',', .header = 1};

/* --- making files --- */

/* A table of about `size` bytes; rows can be told from each other, and compress about
 * five to one. */
static pl_buf table_of(size_t size) {
  pl_buf text = {0};
  uint32_t x = 1;
  pl_buf_text(&text, "id,when,amount,note\n");
  for (unsigned i = 0; text.n < size; i++) {
    if (text.n > 4u << 20) { /* quicker, and long enough not to be found by gzip */
      static char piece[100000];
      memcpy(piece, text.p + (x & 0xFFFF), sizeof piece);
      pl_buf_append(&text, piece, size - text.n < sizeof piece ? size - text.n : sizeof piece);
      x += 1237;
      continue;
    }
    x = x * 1664525 + 1013904223;
    pl_buf_format(&text, "%u,2024-%02u-%02u,%u.%02u,\"visit, %s\"\n", i, 1 + x % 12, 1 + i % 28,
                  x >> 20, i % 100, x & 64 ? "long ago" : "new");
  }
  assert_false(text.failed);
  return text;
}

static void gzip_to(pl_buf *out, const char *bytes, size_t n) {
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  size_t cap = deflateBound(&z, n) + 32;
  unsigned char *to = malloc(cap);
  z.next_in = (unsigned char *)bytes;
  z.avail_in = (unsigned)n;
  z.next_out = to;
  z.avail_out = (unsigned)cap;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  assert_true(pl_buf_append(out, to, z.total_out));
  deflateEnd(&z);
  free(to);
}

static void zstd_to(pl_buf *out, const char *bytes, size_t n) {
  size_t cap = ZSTD_compressBound(n);
  char *to = malloc(cap);
  size_t made = ZSTD_compress(to, cap, bytes, n, 1);
  assert_false(ZSTD_isError(made));
  assert_true(pl_buf_append(out, to, made));
  free(to);
}

typedef void (*pack)(pl_buf *out, const char *bytes, size_t n);

/* In `parts` members or frames, of different lengths. */
static pl_buf packed(pack how, pl_str text, size_t parts) {
  pl_buf out = {0};
  for (size_t i = 0, at = 0; i < parts; i++) {
    size_t n = i + 1 == parts ? text.n - at : (text.n / parts) * (i % 2 ? 1 : 2) / 2;
    how(&out, text.p + at, n);
    at += n;
  }
  return out;
}

static pl_buf wide(pl_str text) {
  pl_buf out = {0};
  pl_buf_append(&out, "\xFF\xFE", 2);
  for (size_t i = 0; i < text.n; i++) pl_buf_append(&out, (char[]){text.p[i], 0}, 2);
  assert_false(out.failed);
  return out;
}

static pl_input *opened(pl_buf bytes) {
  pl_input *input = NULL;
  pl_error err = {0};
  if (open_bytes(bytes.p, bytes.n, looked, NULL, &input, &err))
    fail_msg("not opened: %s", err.message);
  return input;
}

/* --- reading them --- */

static void same_bytes(const pl_input *input, pl_str text, uint64_t at, size_t n) {
  pl_error err = {0};
  char *to = malloc(n + 1);
  if (pl_input_pread(input, at, to, n, &err)) fail_msg("at %d: %s", (int)at, err.message);
  if (memcmp(to, text.p + at, n) != 0) fail_msg("other bytes in %d + %d", (int)at, (int)n);
  free(to);
}

/* From the beginning to the end, from the end to the beginning, and here and there. */
static void any_byte(const pl_input *input, pl_str text) {
  const size_t step = 300007;
  assert_int_equal(input->size, text.n);
  for (size_t at = 0; at < text.n; at += step)
    same_bytes(input, text, at, text.n - at < step ? text.n - at : step);
  const size_t back = text.n / 9;
  for (size_t at = text.n; at >= back && back > 5000; at -= back)
    same_bytes(input, text, at - 5000, 5000);
  for (uint32_t i = 0, x = 7; i < 25; i++) {
    x = x * 1664525 + 1013904223;
    size_t at = (size_t)x % text.n, n = (x >> 8) % 500000;
    same_bytes(input, text, at, n < text.n - at ? n : text.n - at);
  }
}

static void every_way_to_pack(void **state) {
  (void)state;
  pl_buf text = table_of(6u << 20);
  pl_str plain = pl_buf_view(&text);
  setenv("PLUMBLINE_HELD", "0", 1);
  const pack ways[] = {gzip_to, zstd_to};
  for (size_t k = 0; k < 2; k++)
    for (size_t parts = 1; parts < 30; parts += 14) {
      pl_buf bytes = packed(ways[k], plain, parts);
      pl_input *input = opened(bytes);
      assert_false(pl_stream_is_held(input->stream));
      any_byte(input, plain);
      pl_input_close(input);
      pl_buf_free(&bytes);
    }
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
}

/* Two decoders, one on top of the other; and backslashes, whose reader has a state. */
static void text_in_another_encoding(void **state) {
  (void)state;
  pl_buf text = table_of(3u << 20), back = {0}, doubled = {0};
  pl_str plain = pl_buf_view(&text);
  pl_buf bytes = wide(plain), gzip = packed(gzip_to, pl_buf_view(&bytes), 1);
  setenv("PLUMBLINE_HELD", "0", 1);
  pl_input *input = opened(bytes);
  any_byte(input, plain);
  pl_input_close(input);
  input = opened(gzip);
  any_byte(input, plain);
  pl_input_close(input);
  pl_buf_text(&back, "a,b\n");
  pl_buf_text(&doubled, "a,b\n");
  for (int i = 0; i < 200000; i++) {
    pl_buf_format(&back, "%d,\"\\\"\\\"\\\"hi\\\"\\\"\\\"\"\n", i);
    pl_buf_format(&doubled, "%d,\"\"\"\"\"\"\"hi\"\"\"\"\"\"\"\n", i);
  }
  input = opened(back);
  any_byte(input, pl_buf_view(&doubled));
  pl_input_close(input);
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
  pl_buf_free(&bytes);
  pl_buf_free(&gzip);
  pl_buf_free(&back);
  pl_buf_free(&doubled);
}

/* 66 MiB: more points than are kept, so that every second one is dropped. */
static void a_long_file(void **state) {
  (void)state;
  pl_buf text = table_of(66u << 20);
  pl_buf bytes = packed(gzip_to, pl_buf_view(&text), 1);
  pl_input *input = opened(bytes); /* and it does not fit into the 64 MiB that are held */
  assert_false(pl_stream_is_held(input->stream));
  any_byte(input, pl_buf_view(&text));
  pl_input_close(input);
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

/* --- several threads --- */

typedef struct reader {
  const pl_input *input;
  pl_str text;
  size_t first, step; /* blocks of 100,000 bytes */
  pthread_t thread;
  bool same;
} reader;

static void *read_every(void *context) {
  reader *r = context;
  char *to = malloc(100000);
  r->same = true;
  for (size_t at = r->first * 100000; at + 100000 <= r->text.n; at += r->step * 100000)
    r->same &= pl_input_pread(r->input, at, to, 100000, NULL) == PL_OK &&
               memcmp(to, r->text.p + at, 100000) == 0;
  free(to);
  return NULL;
}

static void several_threads(void **state) {
  (void)state;
  pl_buf text = table_of(8u << 20);
  setenv("PLUMBLINE_HELD", "0", 1);
  const pack ways[] = {gzip_to, zstd_to};
  for (size_t k = 0; k < 2; k++) {
    pl_buf bytes = packed(ways[k], pl_buf_view(&text), 1);
    pl_input *input = opened(bytes);
    reader readers[5];
    assert_int_equal(pl_input_share(input, 4, 100000), 100000);
    for (size_t i = 0; i < 5; i++) { /* four in step, and one on its own */
      readers[i] = (reader){input, pl_buf_view(&text), i % 4, i < 4 ? 4 : 1, 0, false};
      assert_int_equal(pthread_create(&readers[i].thread, NULL, read_every, &readers[i]), 0);
    }
    for (size_t i = 0; i < 5; i++) {
      pthread_join(readers[i].thread, NULL);
      assert_true(readers[i].same);
    }
    pl_input_close(input);
    pl_buf_free(&bytes);
  }
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
}

/* A chunk is no larger than what is kept of the file; of a held one it may be any. */
static void the_size_of_chunks(void **state) {
  (void)state;
  pl_buf text = table_of(300000), bytes = packed(gzip_to, pl_buf_view(&text), 1);
  pl_input *input = opened(bytes);
  assert_int_equal(pl_input_share(input, 2, 1ull << 40), 1ull << 40);
  pl_input_close(input);
  setenv("PLUMBLINE_HELD", "0", 1);
  input = opened(bytes);
  assert_int_equal(pl_input_share(input, 2, 1ull << 40), 4u << 20);
  assert_int_equal(pl_input_share(input, 2, 1000), 1000);
  pl_input_close(input);
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

/* --- the budget --- */

static void one_budget_for_all(void **state) {
  (void)state;
  pl_buf text = table_of(700000), bytes = packed(zstd_to, pl_buf_view(&text), 1);
  setenv("PLUMBLINE_HELD", "1", 1);
  pl_input *first = opened(bytes), *second = opened(bytes);
  assert_true(pl_stream_is_held(first->stream)); /* 3 blocks of 256 KiB of 4 */
  assert_false(pl_stream_is_held(second->stream));
  any_byte(first, pl_buf_view(&text));
  any_byte(second, pl_buf_view(&text));
  pl_input_close(first);
  pl_input_close(second);
  second = opened(bytes);
  assert_true(pl_stream_is_held(second->stream)); /* it was given back */
  pl_input_close(second);
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

static void a_budget_that_is_no_number(void **state) {
  (void)state;
  const char *const wrong[] = {"64M", "-1", "9999999"};
  pl_input *input;
  pl_error err;
  for (size_t i = 0; i < 3; i++) {
    char expected[80];
    setenv("PLUMBLINE_HELD", wrong[i], 1);
    assert_int_equal(open_bytes("a,b\n1,2\n", 8, comma, NULL, &input, &err), PL_E_USAGE);
    snprintf(expected, sizeof expected, "PLUMBLINE_HELD is %s, which is no number of MiB",
             wrong[i]);
    assert_string_equal(err.message, expected);
  }
  unsetenv("PLUMBLINE_HELD");
}

/* --- what goes wrong --- */

static void cut_or_damaged(void **state) {
  (void)state;
  pl_buf text = table_of(2u << 20);
  setenv("PLUMBLINE_HELD", "0", 1);
  const pack ways[] = {gzip_to, zstd_to};
  const char *const names[] = {"gzip", "zstd"};
  for (size_t k = 0; k < 2; k++) {
    pl_buf bytes = packed(ways[k], pl_buf_view(&text), 1);
    pl_input *input;
    pl_error err;
    char expected[120];
    for (size_t cut = 20; cut < bytes.n; cut += bytes.n / 7) {
      assert_int_equal(open_bytes(bytes.p, cut, looked, NULL, &input, &err), PL_E_INPUT);
      snprintf(expected, sizeof expected,
               "the %s data stops in the middle, at byte %zu: the file is not whole", names[k],
               cut);
      assert_string_equal(err.message, expected);
    }
    memset(bytes.p + bytes.n / 2, 0x55, 64);
    assert_int_equal(open_bytes(bytes.p, bytes.n, looked, NULL, &input, &err), PL_E_INPUT);
    assert_non_null(strstr(err.message, "data is damaged before byte "));
    assert_string_equal(err.hint, "Copy or export it again.");
    pl_buf_free(&bytes);
  }
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
}

/* The file is written over, then cut, between the first pass and the second. */
static void a_file_that_changes(void **state) {
  (void)state;
  pl_buf text = table_of(4u << 20);
  char *to = malloc(2u << 20);
  uint32_t x = 1;
  setenv("PLUMBLINE_HELD", "0", 1);
  const pack ways[] = {gzip_to, zstd_to};
  for (size_t k = 0; k < 2; k++) {
    pl_buf bytes = packed(ways[k], pl_buf_view(&text), 1);
    char path[64];
    pl_input *input;
    pl_error err;
    strcpy(path, file_of(bytes.p, bytes.n));
    assert_int_equal(pl_input_open(path, "x.gz", looked, NULL, &input, &err), PL_OK);
    int fd = open(path, O_WRONLY);
    for (size_t i = 0; i < bytes.n; i++) bytes.p[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    assert_int_equal(pwrite(fd, bytes.p, bytes.n, 0), bytes.n);
    assert_int_equal(pl_input_pread(input, 1u << 20, to, 2u << 20, &err), PL_E_INPUT);
    assert_string_equal(err.message, "the file changed while it was read");
    assert_int_equal(ftruncate(fd, 30), 0);
    assert_int_equal(pl_input_pread(input, 1u << 20, to, 2u << 20, &err), PL_E_INPUT);
    assert_string_equal(err.message, "the file changed while it was read");
    close(fd);
    unlink(path);
    pl_input_close(input);
    pl_buf_free(&bytes);
  }
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
  free(to);
}

/* Every allocation on the way may fail: while it is opened, and while it is read. */
static void memory_may_be_out(void **state) {
  (void)state;
  pl_buf text = table_of(600000), bytes = wide(pl_buf_view(&text));
  pl_buf gzip = packed(gzip_to, pl_buf_view(&bytes), 2);
  char path[64], byte;
  pl_input *input = NULL;
  pl_error err;
  strcpy(path, file_of(gzip.p, gzip.n));
  for (int held = 0; held < 2; held++) {
    setenv("PLUMBLINE_HELD", held ? "64" : "0", 1);
    uint64_t failed = 0;
    for (uint64_t n = 1; n < 160; n++) {
      pl_alloc_fail_at(n);
      pl_status status = pl_input_open(path, "x.csv.gz", looked, NULL, &input, &err);
      if (!status) status = pl_input_pread(input, 300000, &byte, 1, &err);
      pl_alloc_fail_at(0);
      assert_true(status == PL_OK || status == PL_E_MEMORY);
      failed += status == PL_E_MEMORY;
      if (!status) same_bytes(input, pl_buf_view(&text), 123456, 400000);
      pl_input_close(input);
      input = NULL;
    }
    assert_true(failed > 20); /* those without which it would only be slower do not count */
  }
  unsetenv("PLUMBLINE_HELD");
  unlink(path);
  pl_buf_free(&gzip);
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

/* --- folders and pipes --- */

static void no_temporary_folder_is_needed(void **state) {
  (void)state;
  pl_buf text = table_of(1u << 20), bytes = packed(gzip_to, pl_buf_view(&text), 1);
  setenv("TMPDIR", "/nowhere", 1);
  for (int held = 0; held < 2; held++) {
    setenv("PLUMBLINE_HELD", held ? "64" : "0", 1);
    pl_input *input = opened(bytes);
    any_byte(input, pl_buf_view(&text));
    pl_input_close(input);
  }
  unsetenv("PLUMBLINE_HELD");
  unsetenv("TMPDIR");
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

static void *write_pipe(void *context) {
  void **pair = context;
  const pl_buf *bytes = pair[1];
  int fd = *(int *)pair[0];
  for (size_t at = 0; at < bytes->n;) {
    ssize_t n = write(fd, bytes->p + at, bytes->n - at);
    if (n <= 0) break;
    at += (size_t)n;
  }
  close(fd);
  return NULL;
}

static pl_status open_pipe(pl_buf bytes, pl_input **input, pl_error *err) {
  int ends[2];
  char path[64];
  pthread_t writer;
  void *pair[] = {&ends[1], &bytes};
  assert_int_equal(pipe(ends), 0);
  pthread_create(&writer, NULL, write_pipe, pair);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  pl_status status = pl_input_open(path, "-", looked, NULL, input, err);
  close(ends[0]);
  pthread_join(writer, NULL);
  return status;
}

/* What a pipe gives is held, or written to a file once that is too much. */
static void pipes(void **state) {
  (void)state;
  pl_buf text = table_of(1500000), bytes = packed(gzip_to, pl_buf_view(&text), 1);
  const char *const held[] = {"0", "1", "64"};
  pl_input *input;
  pl_error err;
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < 3; i++) {
    setenv("PLUMBLINE_HELD", held[i], 1);
    assert_int_equal(open_pipe(text, &input, &err), PL_OK);
    assert_int_equal(input->fd >= 0, i < 2);
    any_byte(input, pl_buf_view(&text));
    pl_input_close(input);
    assert_int_equal(open_pipe(bytes, &input, &err), PL_OK);
    any_byte(input, pl_buf_view(&text));
    assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
    pl_input_close(input);
  }
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&bytes);
  pl_buf_free(&text);
}

/* Where the copy does not fit: the limit on file sizes stands for a full disk. */
static void a_full_temporary_folder(void **state) {
  (void)state;
  struct rlimit before, small;
  pl_buf text = table_of(300000);
  pl_input *input;
  pl_error err;
  setenv("PLUMBLINE_HELD", "0", 1);
  getrlimit(RLIMIT_FSIZE, &before);
  small = (struct rlimit){64u << 10, before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  setenv("TMPDIR", "/tmp", 1);
  setrlimit(RLIMIT_FSIZE, &small);
  pl_status status = open_pipe(text, &input, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(status, PL_E_INPUT);
  assert_string_equal(err.message, "the temporary folder /tmp is full: File too large");
  assert_string_equal(err.hint,
                      "Set TMPDIR to a folder with more room: TMPDIR=/var/tmp plumbline …");
  setenv("TMPDIR", "/nowhere", 1);
  assert_int_equal(open_pipe(text, &input, &err), PL_E_INPUT);
  assert_string_equal(err.message,
                      "no temporary copy of it can be made in /nowhere: No such file or directory");
  unsetenv("TMPDIR");
  unsetenv("PLUMBLINE_HELD");
  pl_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_way_to_pack),
      cmocka_unit_test(text_in_another_encoding),
      cmocka_unit_test(a_long_file),
      cmocka_unit_test(several_threads),
      cmocka_unit_test(the_size_of_chunks),
      cmocka_unit_test(one_budget_for_all),
      cmocka_unit_test(a_budget_that_is_no_number),
      cmocka_unit_test(cut_or_damaged),
      cmocka_unit_test(a_file_that_changes),
      cmocka_unit_test(memory_may_be_out),
      cmocka_unit_test(no_temporary_folder_is_needed),
      cmocka_unit_test(pipes),
      cmocka_unit_test(a_full_temporary_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
