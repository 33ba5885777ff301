/* rejects.csv: collected per thread, merged, sorted, written. */
#include "test_read.h"

#include "read/rejects.h"

static void add(pl_rejects *list, uint32_t file, uint32_t line, uint32_t column,
                pl_reject_code code, const char *message, const char *raw) {
  char gone[64]; /* the list must copy what it is given */
  strcpy(gone, raw);
  pl_reject reject = {file, line, column, code, pl_str_of(message), pl_str_of(gone)};
  pl_rejects_add(list, &reject);
  memset(gone, 'z', sizeof gone);
}

static void written(const pl_rejects *list, const char *expected) {
  static const char *const files[] = {"a.csv", "in/b, \"2\".csv"};
  pl_buf out = {0};
  assert_true(pl_rejects_csv(list, files, &out));
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_buf_free(&out);
}

static void merged_and_sorted(void **state) {
  (void)state;
  pl_rejects one = {0}, two = {0};
  add(&one, 1, 5, 0, PL_REJECT_FEW, "1 cell, the header has 2", "x");
  add(&one, 0, 9, 3, PL_REJECT_NUMBER, "not a number", "1,n\"a");
  add(&two, 0, 9, 1, PL_REJECT_TIME, "not a time", "1,n\"a");
  add(&two, 0, 2, 0, PL_REJECT_MANY, "m", "1,2\n3");
  add(&two, 0, 9, 1, PL_REJECT_NUMBER, "not a number", "1,n\"a");
  pl_rejects_take(&one, &two);
  assert_int_equal(two.n, 0);
  assert_null(two.items);
  assert_int_equal(one.n, 5);
  pl_rejects_sort(&one);
  written(&one, "file,line,column,code,message,row\n"
                "\"a.csv\",2,,PL202,\"m\",\"1,2\n3\"\n"
                "\"a.csv\",9,1,PL203,\"not a number\",\"1,n\"\"a\"\n"
                "\"a.csv\",9,1,PL204,\"not a time\",\"1,n\"\"a\"\n"
                "\"a.csv\",9,3,PL203,\"not a number\",\"1,n\"\"a\"\n"
                "\"in/b, \"\"2\"\".csv\",5,,PL201,\"1 cell, the header has 2\",\"x\"\n");
  pl_rejects_free(&one);
  pl_rejects_free(&two);
}

static void empty_list(void **state) {
  (void)state;
  pl_rejects none = {0};
  pl_rejects_sort(&none);
  written(&none, "file,line,column,code,message,row\n");
  pl_rejects_free(&none);
}

static void formulas_are_guarded(void **state) {
  (void)state;
  pl_rejects list = {0};
  const char *rows[] = {"=1+1", "+1", "-5,x", "@x", "\tx", "x=1", "", "'x"};
  for (uint32_t i = 0; i < 8; i++) add(&list, 0, i, 0, PL_REJECT_FEW, "m", rows[i]);
  written(&list, "file,line,column,code,message,row\n"
                 "\"a.csv\",0,,PL201,\"m\",\"'=1+1\"\n"
                 "\"a.csv\",1,,PL201,\"m\",\"'+1\"\n"
                 "\"a.csv\",2,,PL201,\"m\",\"'-5,x\"\n"
                 "\"a.csv\",3,,PL201,\"m\",\"'@x\"\n"
                 "\"a.csv\",4,,PL201,\"m\",\"'\tx\"\n"
                 "\"a.csv\",5,,PL201,\"m\",\"x=1\"\n"
                 "\"a.csv\",6,,PL201,\"m\",\"\"\n"
                 "\"a.csv\",7,,PL201,\"m\",\"'x\"\n");
  pl_rejects_free(&list);
}

static void bad_bytes_become_replacement_characters(void **state) {
  (void)state;
  pl_rejects list = {0};
  pl_reject reject = {0, 1, 2, PL_REJECT_UTF8, PL_STR("m"), PL_STR("a\xFF\0\xC3\xA9\xC3")};
  pl_rejects_add(&list, &reject);
  written(&list, "file,line,column,code,message,row\n"
                 "\"a.csv\",1,2,PL205,\"m\",\"a\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\"\n");
  pl_rejects_free(&list);
}

/* A list that lost one says so, also after it was merged. */
static void memory_out(void **state) {
  (void)state;
  static const char *const files[] = {"a.csv"};
  pl_rejects list = {0}, all = {0};
  pl_buf out = {0};
  pl_alloc_fail_at(1);
  add(&list, 0, 1, 0, PL_REJECT_FEW, "m", "x");
  pl_alloc_fail_at(0);
  assert_true(list.failed);
  pl_rejects_take(&all, &list);
  assert_true(all.failed);
  assert_false(pl_rejects_csv(&all, files, &out));
  pl_buf_free(&out);
  pl_rejects_free(&all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(merged_and_sorted),
      cmocka_unit_test(empty_list),
      cmocka_unit_test(formulas_are_guarded),
      cmocka_unit_test(bad_bytes_become_replacement_characters),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read rejects", tests, NULL, NULL);
}
