/* Opening files: what is refused and how it is said, pipes, files that change. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "test_read.h"

static void open_fails(const char *path, const char *message) {
  pl_input *input = (pl_input *)1;
  pl_error err;
  assert_int_equal(pl_input_open(path, "in/x.csv", comma, NULL, &input, &err), PL_E_INPUT);
  assert_null(input);
  assert_string_equal(err.message, message);
  assert_string_equal(err.file, "in/x.csv");
  assert_int_equal(err.status, PL_E_INPUT);
  assert_int_equal(pl_input_open(path, "in/x.csv", comma, NULL, &input, NULL), PL_E_INPUT);
}

static void unusable_paths(void **state) {
  (void)state;
  open_fails("/tmp/plumbline-no-such-file.csv", "there is no such file");
  open_fails("/tmp", "this is a directory, not a file");
  open_fails("/dev/null", "this is a device, neither a file nor a pipe");
  char *path = file_of("", 0);
  open_fails(path, "the file is empty");
  char below[80];
  snprintf(below, sizeof below, "%s/x.csv", path);
  open_fails(below, "there is no such file");
  unlink(path);
  path = file_of("\xEF\xBB\xBF", 3);
  open_fails(path, "the file is empty");
  chmod(path, 0);
  if (geteuid() != 0) /* root may read everything */
    open_fails(path, "the file cannot be opened: Permission denied");
  unlink(path);
}

static void what_an_input_tells(void **state) {
  (void)state;
  pl_input *input = open_ok("a,b\n1,2\n", comma, NULL);
  uint32_t line;
  assert_string_equal(pl_input_shown(input), "shown.txt");
  assert_int_equal(pl_input_size(input), 8);
  assert_int_equal(pl_input_columns(input), 2);
  assert_true(pl_str_eq(pl_input_column(input, 1), PL_STR("b")));
  assert_int_equal(pl_input_start(input, &line), 4);
  assert_int_equal(line, 2);
  pl_input_close(input);
  pl_input_close(NULL);
}

static void *write_pipe(void *context) {
  const int fd = *(int *)context;
  char row[32];
  bool ok = write(fd, "a,b\n", 4) == 4;
  for (int i = 0; ok && i < 20000; i++)
    ok = write(fd, row, (size_t)snprintf(row, sizeof row, "%d,x\n", i)) > 0;
  close(fd);
  return NULL;
}

static void pipes_are_spooled(void **state) {
  (void)state;
  int ends[2];
  pthread_t writer;
  char path[64];
  pl_input *input;
  pl_error err;
  pl_batch b = {0};
  assert_int_equal(pipe(ends), 0);
  pthread_create(&writer, NULL, write_pipe, &ends[1]);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  assert_int_equal(pl_input_open(path, "-", comma, NULL, &input, &err), PL_OK);
  pthread_join(writer, NULL);
  close(ends[0]);
  /* "a,b\n", 10 rows of 4 bytes, 90 of 5, 900 of 6, 9000 of 7, 10000 of 8 */
  assert_int_equal(pl_input_size(input), 4 + 40 + 450 + 5400 + 63000 + 80000);
  for (int twice = 0; twice < 2; twice++) {
    assert_int_equal(pl_input_chunk(input, 4, 1u << 20, NULL, &b, &err), PL_OK);
    assert_int_equal(b.n, 20000);
    assert_true(pl_str_eq(b.records[19999].cells[0], PL_STR("19999")));
  }
  assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
  pl_batch_free(&b);
  pl_input_close(input);
}

static void changes_are_seen(void **state) {
  (void)state;
  char path[64], other[64];
  pl_input *input;
  pl_error err;
  strcpy(path, file_of("a,b\n1,2\n", 8));
  assert_int_equal(pl_input_open(path, "x.csv", comma, NULL, &input, &err), PL_OK);
  assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
  /* the same bytes and size, another time */
  struct timespec times[2] = {{1, 0}, {1, 1}};
  utimensat(AT_FDCWD, path, times, 0);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the file changed while it was read");
  assert_string_equal(err.file, "x.csv");
  pl_input_close(input);
  /* another file in its place, with the same size and time */
  assert_int_equal(pl_input_open(path, "x.csv", comma, NULL, &input, &err), PL_OK);
  strcpy(other, file_of("a,b\n1,2\n", 8));
  utimensat(AT_FDCWD, other, times, 0);
  assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
  rename(other, path);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  pl_input_close(input);
  /* it grows, it goes */
  assert_int_equal(pl_input_open(path, "x.csv", comma, NULL, &input, &err), PL_OK);
  assert_int_equal(truncate(path, 9), 0);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  unlink(path);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the file disappeared while it was read");
  pl_input_close(input);
}

/* A file that shrinks under the reader is an error, not a signal. */
static void shrinking_files(void **state) {
  (void)state;
  char path[64];
  pl_input *input;
  pl_error err;
  pl_batch b = {0};
  strcpy(path, file_of("a,b\n1,2\n3,4\n", 12));
  assert_int_equal(pl_input_open(path, "x.csv", comma, NULL, &input, &err), PL_OK);
  assert_int_equal(truncate(path, 6), 0);
  assert_int_equal(pl_input_chunk(input, 4, 100, NULL, &b, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the file became shorter while it was read");
  pl_batch_free(&b);
  pl_input_close(input);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unusable_paths),    cmocka_unit_test(what_an_input_tells),
      cmocka_unit_test(pipes_are_spooled), cmocka_unit_test(changes_are_seen),
      cmocka_unit_test(shrinking_files),
  };
  return cmocka_run_group_tests_name("read file", tests, NULL, NULL);
}
