/* The public API where the command line's tests do not reach: errors as text,
 * exit codes, files written whole, and the order in which an audit is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "plumbline.h"

/* ---- pl_error_text ---------------------------------------------------------- */

static const char *shown(const pl_error *err) {
  static char text[PL_ERROR_SHOWN];
  size_t n = pl_error_text(err, text, sizeof text);
  assert_int_equal(n, strlen(text));
  return text;
}

static pl_error error_of(const char *file, uint32_t line, uint32_t column, const char *excerpt,
                         const char *message, const char *hint) {
  pl_error err = {.status = PL_E_USAGE, .line = line, .column = column};
  snprintf(err.file, sizeof err.file, "%s", file);
  snprintf(err.excerpt, sizeof err.excerpt, "%s", excerpt);
  snprintf(err.message, sizeof err.message, "%s", message);
  snprintf(err.hint, sizeof err.hint, "%s", hint);
  return err;
}

static void test_error_whole(void **state) {
  (void)state;
  pl_error err =
      error_of("audit.lua", 2, 3, "  as_off = 1", "no such field", "did you mean as_of?");
  assert_string_equal(shown(&err), "audit.lua:2:3: no such field\n"
                                   "      as_off = 1\n"
                                   "      ^\n"
                                   "  did you mean as_of?");
}

static void test_error_parts_left_out(void **state) {
  (void)state;
  pl_error err = error_of("", 0, 0, "", "no workspace", "");
  assert_string_equal(shown(&err), "no workspace");
  err = error_of("a.csv", 0, 4, "", "empty", "");
  assert_string_equal(shown(&err), "a.csv: empty");
  err = error_of("a.csv", 7, 0, "x,y", "bad", "");
  assert_string_equal(shown(&err), "a.csv:7: bad\n    x,y");
}

/* The caret counts characters, not bytes, and keeps tabs: column 5 in bytes is
 * behind a tab and the two bytes of "ü" and one letter. */
static void test_error_caret(void **state) {
  (void)state;
  pl_error err = error_of("a", 1, 5, "\t\xc3\xbcx?", "m", "");
  assert_string_equal(shown(&err), "a:1:5: m\n    \t\xc3\xbcx?\n    \t  ^");
  err = error_of("a", 1, 4, "abc", "m", ""); /* just behind the end */
  assert_string_equal(shown(&err), "a:1:4: m\n    abc\n       ^");
  err = error_of("a", 1, 9, "abc", "m", ""); /* outside of what is shown */
  assert_string_equal(shown(&err), "a:1:9: m\n    abc");
}

/* ESC, DEL, the C1 control CSI (U+009B), a right-to-left override (U+202E) and a
 * byte that is no UTF-8 never reach a terminal; a second line is indented. */
static void test_error_steers_no_terminal(void **state) {
  (void)state;
  pl_error err = error_of("", 0, 0, "",
                          "a\033[2Jb\177c\xc2\x9b"
                          "d\xe2\x80\xae"
                          "e\xff"
                          "f\ng",
                          "");
  assert_string_equal(shown(&err), "a?[2Jb?c??d???e?f\n  g");
}

static void test_error_is_cut(void **state) {
  (void)state;
  pl_error err = error_of("file", 1, 0, "", "message", "");
  char small[8];
  assert_int_equal(pl_error_text(&err, small, sizeof small), 7);
  assert_string_equal(small, "file:1:");
  assert_int_equal(pl_error_text(&err, small, 0), 0);
}

/* design.md §8 lists the exit codes. */
static void test_exit_codes(void **state) {
  (void)state;
  assert_int_equal(pl_exit_code(PL_OK), 0);
  assert_int_equal(pl_exit_code(PL_E_USAGE), 2);
  assert_int_equal(pl_exit_code(PL_E_INPUT), 3);
  assert_int_equal(pl_exit_code(PL_E_MEMORY), 3);
  assert_int_equal(pl_exit_code(PL_E_PARTIAL), 4);
  assert_int_equal(pl_exit_code(PL_E_RULE), 4);
  assert_int_equal(pl_exit_code(PL_E_OUTPUT), 5);
  assert_int_equal(pl_exit_code(PL_E_CANCELLED), 130);
}

/* ---- pl_file_write ---------------------------------------------------------- */

static char folder[] = "/tmp/plumbline-test-XXXXXX";

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder); /* fails if a test or the library left something behind */
}

static void path_to(char out[256], const char *name) {
  snprintf(out, 256, "%s/%s", folder, name);
}

static void assert_file(const char *path, const char *text) {
  char bytes[64] = "";
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t n = fread(bytes, 1, sizeof bytes - 1, file);
  fclose(file);
  assert_int_equal(n, strlen(text));
  assert_string_equal(bytes, text);
}

static void test_write_and_replace(void **state) {
  (void)state;
  char path[256];
  pl_error err = {0};
  path_to(path, "a.txt");
  assert_int_equal(pl_file_write(path, "one", 3, &err), PL_OK);
  assert_file(path, "one");
  chmod(path, 0600);
  assert_int_equal(pl_file_write(path, "", 0, &err), PL_OK);
  assert_file(path, "");
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600); /* what the user set stays */
  unlink(path);
}

static void test_write_fails(void **state) {
  (void)state;
  char path[256];
  pl_error err = {0};
  path_to(path, "missing/a.txt");
  assert_int_equal(pl_file_write(path, "x", 1, &err), PL_E_OUTPUT);
  assert_non_null(strstr(err.message, "No such file or directory"));
  assert_int_equal(pl_file_write(folder, "x", 1, &err), PL_E_OUTPUT);
  assert_non_null(strstr(err.message, "Is a directory"));
  assert_int_equal(pl_file_write("/dev/full", "x", 1, &err), PL_E_OUTPUT);
  assert_non_null(strstr(err.message, "No space left on device"));
  assert_int_equal(pl_file_write("/dev/full", "x", 1, NULL), PL_E_OUTPUT); /* err is optional */
}

/* ---- misuse that is reported, not crashed on ----------------------------------- */

static void test_open_errors(void **state) {
  (void)state;
  pl_audit *audit = NULL;
  pl_error err = {0};
  pl_audit_options options = {.directory = folder};
  assert_int_equal(pl_audit_open(&options, &audit, &err), PL_E_USAGE);
  assert_null(audit);
  assert_non_null(strstr(err.message, "no audit.lua"));
  options.max_rejects = "many";
  assert_int_equal(pl_audit_open(&options, &audit, &err), PL_E_USAGE);
  assert_non_null(strstr(err.message, "\"many\""));
  pl_audit_close(audit); /* NULL is fine */
}

/* A flag that is already set stops the audit before anything else is said. */
static void test_cancelled(void **state) {
  (void)state;
  volatile bool cancel = true;
  pl_audit *audit = NULL;
  pl_error err = {0};
  pl_audit_options options = {.directory = folder, .cancel = &cancel};
  assert_int_equal(pl_audit_open(&options, &audit, &err), PL_E_CANCELLED);
  assert_null(audit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_error_whole),       cmocka_unit_test(test_error_parts_left_out),
      cmocka_unit_test(test_error_caret),       cmocka_unit_test(test_error_steers_no_terminal),
      cmocka_unit_test(test_error_is_cut),      cmocka_unit_test(test_exit_codes),
      cmocka_unit_test(test_write_and_replace), cmocka_unit_test(test_write_fails),
      cmocka_unit_test(test_open_errors),       cmocka_unit_test(test_cancelled),
  };
  return cmocka_run_group_tests_name("plumbline", tests, make_folder, remove_folder);
}
