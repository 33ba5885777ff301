/* Compressed files read as what is in them; what is cut, damaged or no export at all
 * must say so. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "test_read_bytes.h"

/* Appends a gzip member. */
static void gzip_to(pl_buf *out, const void *bytes, size_t n) {
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
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

/* Appends a zstd frame with a checksum. */
static void zstd_to(pl_buf *out, const void *bytes, size_t n) {
  size_t cap = ZSTD_compressBound(n);
  char *to = malloc(cap);
  ZSTD_CCtx *c = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
  size_t made = ZSTD_compress2(c, to, cap, bytes, n);
  assert_false(ZSTD_isError(made));
  assert_true(pl_buf_append(out, to, made));
  ZSTD_freeCCtx(c);
  free(to);
}

/* --- compression --- */

static void compressed_files(void **state) {
  (void)state;
  pl_buf gzip = {0}, zstd = {0};
  gzip_to(&gzip, table, sizeof table - 1);
  bytes_read(pl_buf_view(&gzip), looked, table_read);
  pl_input *input = opened(pl_buf_view(&gzip), looked);
  assert_string_equal(pl_input_shape(input)->compression, "gzip");
  pl_input_close(input);
  zstd_to(&zstd, table, sizeof table - 1);
  bytes_read(pl_buf_view(&zstd), looked, table_read);
  input = opened(pl_buf_view(&zstd), looked);
  assert_string_equal(pl_input_shape(input)->compression, "zstd");
  pl_input_close(input);
  /* compressed and of another encoding */
  pl_buf_clear(&gzip);
  pl_str wide = encoded("UTF-16LE", "\xFF\xFE", 2, pl_str_of(table));
  gzip_to(&gzip, wide.p, wide.n);
  bytes_read(pl_buf_view(&gzip), looked, table_read);
  pl_buf_free(&gzip);
  pl_buf_free(&zstd);
}

/* `cat a.gz b.gz` is a gzip file; so is one with an empty member, or zeros behind. */
static void several_members(void **state) {
  (void)state;
  pl_buf gzip = {0}, zstd = {0};
  gzip_to(&gzip, "a,b\n1,", 6);
  gzip_to(&gzip, "", 0);
  gzip_to(&gzip, "2\n3,4\n", 6);
  bytes_read(pl_buf_view(&gzip), looked, "2 [1][2]\n3 [3][4]\n");
  char zeros[700] = "";
  pl_buf_append(&gzip, zeros, sizeof zeros);
  bytes_read(pl_buf_view(&gzip), looked, "2 [1][2]\n3 [3][4]\n");
  zstd_to(&zstd, "a,b\n1,", 6);
  pl_buf_append(&zstd, "\x50\x2A\x4D\x18\x03\0\0\0xyz", 11); /* a frame to be skipped */
  zstd_to(&zstd, "", 0);
  zstd_to(&zstd, "2\n3,4\n", 6);
  bytes_read(pl_buf_view(&zstd), looked, "2 [1][2]\n3 [3][4]\n");
  pl_buf_free(&gzip);
  pl_buf_free(&zstd);
}

/* Whatever is cut off, there is no table. */
static void cut_files(void **state) {
  (void)state;
  pl_buf text = {0}, packed[2] = {{0}, {0}};
  pl_buf_text(&text, "a,b\n");
  for (int i = 0; i < 300; i++) pl_buf_format(&text, "%d,%d\n", i, i * 7919 % 1000);
  gzip_to(&packed[0], text.p, text.n);
  zstd_to(&packed[1], text.p, text.n);
  for (size_t k = 0; k < 2; k++)
    for (size_t n = 4; n < packed[k].n; n++) {
      char expected[200];
      snprintf(expected, sizeof expected,
               "the %s data stops in the middle, at byte %zu: the file is not whole / "
               "Copy or export it again.",
               k ? "zstd" : "gzip", n);
      bytes_fail((pl_str){packed[k].p, n}, looked, PL_E_INPUT, expected);
    }
  /* the second member is cut */
  size_t first = packed[0].n;
  gzip_to(&packed[0], "1,2\n", 4);
  char cut[200];
  snprintf(cut, sizeof cut,
           "the gzip data stops in the middle, at byte %zu: the file is not whole / "
           "Copy or export it again.",
           first + 5);
  bytes_fail((pl_str){packed[0].p, first + 5}, looked, PL_E_INPUT, cut);
  pl_buf_free(&text);
  pl_buf_free(&packed[0]);
  pl_buf_free(&packed[1]);
}

/* Any one bit flipped behind the magic is found, or was of no meaning (a file name or
 * time in the head of gzip). */
static void damaged_files(void **state) {
  (void)state;
  pl_buf packed[2] = {{0}, {0}};
  gzip_to(&packed[0], table, sizeof table - 1);
  zstd_to(&packed[1], table, sizeof table - 1);
  for (size_t k = 0; k < 2; k++)
    for (size_t bit = 10 * 8; bit < packed[k].n * 8; bit++) {
      pl_input *input = NULL;
      pl_error err = {0};
      packed[k].p[bit / 8] ^= (char)(1 << bit % 8);
      assert_int_equal(open_bytes(packed[k].p, packed[k].n, looked, NULL, &input, &err),
                       PL_E_INPUT);
      assert_true(strstr(err.message, "data is damaged before byte ") ||
                  strstr(err.message, "data stops in the middle"));
      packed[k].p[bit / 8] ^= (char)(1 << bit % 8);
    }
  /* something else behind it: its first two bytes are no gzip header */
  char expected[200];
  snprintf(expected, sizeof expected,
           "the gzip data is damaged before byte %zu: incorrect header check / "
           "Copy or export it again.",
           packed[0].n + 2);
  pl_buf_append(&packed[0], "more", 4);
  bytes_fail(pl_buf_view(&packed[0]), looked, PL_E_INPUT, expected);
  pl_buf_free(&packed[0]);
  pl_buf_free(&packed[1]);
}

static void bombs(void **state) {
  (void)state;
  const size_t n = 80u << 20;
  char *zeros = calloc(1, n);
  pl_buf gzip = {0}, zstd = {0};
  pl_input *input;
  pl_error err;
  gzip_to(&gzip, zeros, n);
  zstd_to(&zstd, zeros, n);
  assert_int_equal(open_bytes(gzip.p, gzip.n, looked, NULL, &input, &err), PL_E_INPUT);
  assert_non_null(strstr(err.message, "the gzip data grows to more than 500 times its size: "));
  assert_string_equal(err.hint,
                      "It may be made to keep the machine busy. If you trust it: gzip -dk FILE");
  assert_int_equal(open_bytes(zstd.p, zstd.n, looked, NULL, &input, &err), PL_E_INPUT);
  assert_non_null(strstr(err.message, "the zstd data grows to more than 500 times its size: "));
  pl_buf_free(&gzip);
  pl_buf_free(&zstd);
  free(zeros);
}

static void nothing_inside(void **state) {
  (void)state;
  pl_buf once = {0}, twice = {0};
  gzip_to(&once, "", 0);
  bytes_fail(pl_buf_view(&once), looked, PL_E_INPUT,
             "the file is empty: nothing was compressed in it");
  pl_buf_clear(&once);
  gzip_to(&once, table, sizeof table - 1);
  zstd_to(&twice, once.p, once.n);
  bytes_fail(pl_buf_view(&twice), looked, PL_E_INPUT,
             "the file is compressed twice / Decompress it once.");
  pl_buf_free(&once);
  pl_buf_free(&twice);
}

/* --- what is no export --- */

#define NOT ", not a CSV or JSON export / "
#define SAVE_AS "Open it and save the sheet as \"CSV UTF-8\", or let the tool export CSV."
#define UNPACK "Unpack it, or compress it with gzip or zstd: those are read as they are."

static void other_files(void **state) {
  (void)state;
  FAILS("PK\x03\x04\x14\0\6\0[Content_Types].xml", looked,
        "this is an Excel workbook (.xlsx)" NOT SAVE_AS);
  FAILS("PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet", looked,
        "this is an OpenDocument spreadsheet (.ods)" NOT SAVE_AS);
  FAILS("PK\x03\x04\x14\0\0\0leads.csv", looked,
        "this is a zip archive" NOT "Unzip it and name the files that were in it.");
  FAILS("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xxxx", looked,
        "this is an old Excel workbook (.xls)" NOT SAVE_AS);
  FAILS("%PDF-1.7\n", looked, "this is a PDF" NOT "Export the table itself, as CSV.");
  FAILS("BZh91AY&SYxxxx", looked, "this is a bzip2 file" NOT UNPACK);
  FAILS("\xFD"
        "7zXZ\0\0",
        looked, "this is an xz file" NOT UNPACK);
#define PAGE                                                                                       \
  "this is an HTML page" NOT                                                                       \
  "Is it the page of a log-in, or a table that was saved as a page? Export CSV."
  FAILS("<!DOCTYPE html>\n<html>", looked, PAGE);
  FAILS("\xEF\xBB\xBF \n<HTML><table>", looked, PAGE);
  FAILS("\n<table border=1>", looked, PAGE);
  FAILS("\xFF\xFE<\0h\0t\0m\0l\0>\0x\0", looked, PAGE);
  FAILS("<?xml version=\"1.0\"?>", looked, "this is an XML file" NOT "Let the tool export CSV.");
  pl_buf gzip = {0};
  gzip_to(&gzip, "PK\x03\x04xl/workbook.xml", 19);
  bytes_fail(pl_buf_view(&gzip), looked, PL_E_INPUT,
             "this is an Excel workbook (.xlsx)" NOT SAVE_AS);
  pl_buf_free(&gzip);
  /* names that only begin alike */
  READS("PK,BZh\n1,2\n", looked, "2 [1][2]\n");
  READS("<tag>,b\n1,2\n", looked, "2 [1][2]\n");
}

/* --- the file itself --- */

static void a_decoded_file_that_changes(void **state) {
  (void)state;
  char path[64];
  pl_input *input;
  pl_error err;
  pl_buf gzip = {0};
  gzip_to(&gzip, table, sizeof table - 1);
  strcpy(path, file_of(gzip.p, gzip.n));
  assert_int_equal(pl_input_open(path, "x.csv.gz", looked, NULL, &input, &err), PL_OK);
  assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
  struct timespec times[2] = {{1, 0}, {1, 1}};
  utimensat(AT_FDCWD, path, times, 0);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  assert_string_equal(err.message, "the file changed while it was read");
  unlink(path);
  assert_int_equal(pl_input_unchanged(input, &err), PL_E_INPUT);
  pl_input_close(input);
  pl_buf_free(&gzip);
}

static void *write_all_to(void *context) {
  const pl_buf *gzip = ((void **)context)[1];
  int fd = *(int *)((void **)context)[0];
  assert_int_equal(write(fd, gzip->p, gzip->n), (ssize_t)gzip->n);
  close(fd);
  return NULL;
}

/* zcat is not needed in front of a pipe either. */
static void a_compressed_pipe(void **state) {
  (void)state;
  int ends[2];
  pthread_t writer;
  char path[64];
  pl_input *input;
  pl_error err;
  pl_buf gzip = {0}, out = {0};
  gzip_to(&gzip, table, sizeof table - 1);
  assert_int_equal(pipe(ends), 0);
  void *context[] = {&ends[1], &gzip};
  pthread_create(&writer, NULL, write_all_to, context);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  assert_int_equal(pl_input_open(path, "-", looked, NULL, &input, &err), PL_OK);
  pthread_join(writer, NULL);
  close(ends[0]);
  assert_string_equal(printed(input, 1u << 20, &out), table_read);
  assert_int_equal(pl_input_unchanged(input, &err), PL_OK);
  pl_input_close(input);
  pl_buf_free(&gzip);
  pl_buf_free(&out);
}

/* Every allocation on the way may fail. */
static void memory_may_be_out(void **state) {
  (void)state;
  pl_buf gzip = {0};
  char path[64];
  pl_str wide = encoded("UTF-16LE", "\xFF\xFE", 2, PL_STR("a,b\n\"say \\\"hi\\\"\",1\n"));
  gzip_to(&gzip, wide.p, wide.n);
  strcpy(path, file_of(gzip.p, gzip.n));
  pl_status status = PL_E_MEMORY;
  for (uint64_t n = 1; status == PL_E_MEMORY; n++) {
    pl_input *input;
    pl_error err;
    assert_true(n < 200);
    pl_alloc_fail_at(n);
    status = pl_input_open(path, "x.csv.gz", looked, NULL, &input, &err);
    pl_alloc_fail_at(0);
    pl_input_close(input);
  }
  assert_int_equal(status, PL_OK);
  unlink(path);
  pl_buf_free(&gzip);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(compressed_files),
      cmocka_unit_test(several_members),
      cmocka_unit_test(cut_files),
      cmocka_unit_test(damaged_files),
      cmocka_unit_test(bombs),
      cmocka_unit_test(nothing_inside),
      cmocka_unit_test(other_files),
      cmocka_unit_test(a_decoded_file_that_changes),
      cmocka_unit_test(a_compressed_pipe),
      cmocka_unit_test(memory_may_be_out),
  };
  return cmocka_run_group_tests_name("read decode packed", tests, NULL, NULL);
}
