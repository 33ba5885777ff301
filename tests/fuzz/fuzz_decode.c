/* Any bytes through the decoders: as they are, under every declared encoding and
 * kind of quotes; and compressed, or turned into UTF-16, where they must read as
 * they read by themselves. First byte: chunk size, second: what to do. */
#include <iconv.h>
#include <zlib.h>
#include <zstd.h>

#include "fuzz_read.h"
#include "read/decode.h"

static const pl_encoding encodings[] = {PL_ENCODING_LOOK,    PL_ENCODING_UTF8,
                                        PL_ENCODING_UTF16LE, PL_ENCODING_UTF16BE,
                                        PL_ENCODING_CP1252,  PL_ENCODING_LATIN1};

static pl_input *open_these(const void *bytes, size_t n, pl_dialect dialect) {
  char path[64];
  pl_input *input = NULL;
  pl_error err;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  must(fd >= 0, "there is a file in memory");
  if (n) must(write(fd, bytes, n) == (ssize_t)n, "it is written");
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  pl_input_open(path, "x", dialect, NULL, &input, &err);
  close(fd);
  return input;
}

/* Two files of the same text must read alike; `may_fail`: the second need not open. */
static void read_alike(const void *a, size_t a_n, const void *b, size_t b_n, pl_dialect of_a,
                       pl_dialect of_b, bool may_fail) {
  pl_input *one = open_these(a, a_n, of_a), *other = open_these(b, b_n, of_b);
  if (!may_fail) must(!one == !other, "both open, or neither does");
  if (one && other) {
    must(pl_input_columns(one) == pl_input_columns(other), "as many columns");
    totals x = read_all(one, UINT64_MAX, NULL), y = read_all(other, UINT64_MAX, NULL);
    must(x.status == y.status, "they end alike");
    must(x.records == y.records && x.rejects == y.rejects && x.lines == y.lines, "as many records");
    must(x.sum == y.sum, "the same cells");
  }
  pl_input_close(one);
  pl_input_close(other);
}

static void compressed(const uint8_t *data, size_t n, bool gzip, pl_dialect dialect) {
  static unsigned char out[1 << 20];
  size_t made = 0;
  if (n > sizeof out / 4) return;
  pl_str head = {(const char *)data, n};
  if (pl_kind_packing(head) != PL_PACKING_NONE) return; /* twice is refused */
  if (gzip) {
    z_stream z = {0};
    must(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib opens");
    z.next_in = (unsigned char *)data;
    z.avail_in = (unsigned)n;
    z.next_out = out;
    z.avail_out = sizeof out;
    must(deflate(&z, Z_FINISH) == Z_STREAM_END, "zlib compresses");
    made = z.total_out;
    deflateEnd(&z);
  } else {
    made = ZSTD_compress(out, sizeof out, data, n, 1);
    must(!ZSTD_isError(made), "zstd compresses");
  }
  read_alike(data, n, out, made, dialect, dialect, false);
}

/* The part of the data that is text, as UTF-16. */
static void widened(const uint8_t *data, size_t n, bool little, pl_dialect dialect) {
  static char out[1 << 20];
  n = pl_utf8_valid((pl_str){(const char *)data, n});
  if (n > sizeof out / 4 || (n >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)) return;
  iconv_t converter = iconv_open(little ? "UTF-16LE" : "UTF-16BE", "UTF-8");
  char *from = (char *)data, *to = out;
  size_t left = n, room = sizeof out;
  must(converter != (iconv_t)-1 && iconv(converter, &from, &left, &to, &room) == 0, "iconv works");
  iconv_close(converter);
  pl_dialect wide = dialect;
  dialect.encoding = PL_ENCODING_UTF8;
  wide.encoding = little ? PL_ENCODING_UTF16LE : PL_ENCODING_UTF16BE;
  read_alike(data, n, out, (size_t)(to - out), dialect, wide, true);
}

/* However the bytes are cut, the backslashes go in the same way. */
static void unescaped(const uint8_t *data, size_t n) {
  pl_unescape whole = {.delimiter = ','}, cut = {.delimiter = ','};
  char *a = malloc(2 * n + 8), *b = malloc(2 * n + 8);
  must(a && b, "memory");
  size_t x = pl_unescape_feed(&whole, (const char *)data, n, a), y = 0;
  for (size_t i = 0; i < n; i++) y += pl_unescape_feed(&cut, (const char *)data + i, 1, b + y);
  must(x <= 2 * n + 4, "there is room for it");
  x += pl_unescape_end(&whole, a + x);
  y += pl_unescape_end(&cut, b + y);
  must(x == y && memcmp(a, b, x) == 0, "cut or whole, it is the same");
  size_t lines_before = 0, lines_behind = 0;
  for (size_t i = 0; i < n; i++) lines_before += data[i] == '\n';
  for (size_t i = 0; i < x; i++) lines_behind += a[i] == '\n';
  must(lines_before == lines_behind, "lines stay lines");
  free(a);
  free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) return 0;
  const unsigned how = data[1];
  pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ",;"[how >> 7], .header = 1};
  dialect.quotes = (pl_quotes)(how / 6 % 3);
  if (how % 6 < 3) {
    dialect.encoding = encodings[how / 18 % 6];
    uint8_t *rest = malloc(size - 1);
    must(rest != NULL, "memory");
    rest[0] = data[0];
    memcpy(rest + 1, data + 2, size - 2);
    fuzz(rest, size - 1, dialect, NULL);
    free(rest);
    unescaped(data + 2, size - 2);
  } else if (how % 6 < 5) {
    compressed(data + 2, size - 2, how % 6 == 3, dialect);
  } else {
    widened(data + 2, size - 2, how / 18 % 2, dialect);
  }
  return 0;
}
