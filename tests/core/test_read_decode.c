/* Encodings, compression and backslash quotes: every way to write one small table
 * must read as that table, and what cannot be read must say why. */
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "test_read.h"

#define ASSERT_STR(s, text) assert_true(pl_str_eq((s), PL_STR(text)))

/* The header is declared: where it stands is no matter here. */
static const pl_dialect looked = {.format = PL_FORMAT_CSV, .delimiter = ',', .header = 1};
static const pl_dialect semicolon = {.format = PL_FORMAT_CSV, .delimiter = ';', .header = 1};

/* --- making files --- */

static pl_str encoded(const char *encoding, const char *mark, size_t mark_n, pl_str utf8) {
  static char out[1 << 20];
  char *to = out + mark_n, *from = (char *)utf8.p;
  size_t room = sizeof out - mark_n, n = utf8.n;
  memcpy(out, mark, mark_n);
  iconv_t converter = iconv_open(encoding, "UTF-8");
  assert_true(converter != (iconv_t)-1);
  assert_int_equal(iconv(converter, &from, &n, &to, &room), 0);
  iconv_close(converter);
  return (pl_str){out, (size_t)(to - out)};
}

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

/* --- reading them --- */

static pl_input *opened(pl_str bytes, pl_dialect dialect) {
  pl_input *input = NULL;
  pl_error err = {0};
  if (open_bytes(bytes.p, bytes.n, dialect, NULL, &input, &err))
    fail_msg("not opened: %u:%u %s / %s", err.line, err.column, err.message, err.hint);
  return input;
}

/* "line [cell][cell]" for every record, rejects behind. */
static char *printed(pl_input *input, uint64_t want, pl_buf *out) {
  pl_batch batch = {0};
  pl_error err = {0};
  pl_buf rejects = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    if (pl_input_chunk(input, at, want, NULL, &batch, &err)) fail_msg("%s", err.message);
    for (size_t i = 0; i < batch.n; i++) {
      pl_buf_format(out, "%u ", batch.records[i].line + line);
      for (size_t c = 0; c < pl_input_columns(input); c++) {
        pl_buf_text(out, "[");
        print_str(out, batch.records[i].cells[c]);
        pl_buf_text(out, "]");
      }
      pl_buf_text(out, "\n");
    }
    for (size_t i = 0; i < batch.rejects_n; i++)
      pl_buf_format(&rejects, "! %u:%u PL%d %.*s\n", batch.rejects[i].line + line,
                    batch.rejects[i].column, (int)batch.rejects[i].code,
                    PL_STR_ARG(batch.rejects[i].message));
    at = batch.next;
    line += batch.lines;
  }
  pl_buf_str(out, pl_buf_view(&rejects));
  pl_buf_free(&rejects);
  pl_batch_free(&batch);
  return out->p ? out->p : (char *)"";
}

static void bytes_read(pl_str bytes, pl_dialect dialect, const char *expected) {
  pl_input *input = opened(bytes, dialect);
  pl_buf whole = {0}, cut = {0};
  assert_string_equal(printed(input, UINT64_MAX, &whole), expected);
  /* chunk by chunk it is the same */
  assert_string_equal(printed(input, 1, &cut), expected);
  pl_buf_free(&whole);
  pl_buf_free(&cut);
  pl_input_close(input);
}

/* "message / hint", with line:column where there is one. */
static void bytes_fail(pl_str bytes, pl_dialect dialect, pl_status status, const char *expected) {
  pl_input *input = NULL;
  pl_error err = {0};
  char text[PL_ERROR_TEXT * 3];
  assert_int_equal(open_bytes(bytes.p, bytes.n, dialect, NULL, &input, &err), status);
  assert_null(input);
  char place[32] = "";
  if (err.line) snprintf(place, sizeof place, "%u:%u ", err.line, err.column);
  snprintf(text, sizeof text, "%s%s%s%s", place, err.message, err.hint[0] ? " / " : "", err.hint);
  assert_string_equal(text, expected);
  assert_int_equal(open_bytes(bytes.p, bytes.n, dialect, NULL, &input, NULL), status);
}

#define READS(literal, dialect, expected) bytes_read(PL_STR(literal), dialect, expected)
#define FAILS(literal, dialect, expected) bytes_fail(PL_STR(literal), dialect, PL_E_INPUT, expected)

/* --- encodings --- */

/* Names and money as a European tool writes them; é, ü, ’, €, – are in both
 * Windows-1252 and UTF-16. */
static const char table[] = "city,note,amount\nZ\xC3\xBCrich,L\xE2\x80\x99\xC3\xA9t\xC3\xA9,\"5 "
                            "\xE2\x82\xAC\"\nM\xC3\xA1laga,\"a\nb\",\"1 \xE2\x80\x93 2\"\n";
static const char table_read[] =
    "2 [Z\xC3\xBCrich][L\xE2\x80\x99\xC3\xA9t\xC3\xA9][5 \xE2\x82\xAC]\n"
    "3 [M\xC3\xA1laga][a\\x0ab][1 \xE2\x80\x93 2]\n";

static const struct written {
  const char *encoding, *mark;
  size_t mark_n;
  pl_encoding found;
} written[] = {
    {"UTF-8", "", 0, PL_ENCODING_UTF8},          {"UTF-8", "\xEF\xBB\xBF", 3, PL_ENCODING_UTF8},
    {"UTF-16LE", "", 0, PL_ENCODING_UTF16LE},    {"UTF-16LE", "\xFF\xFE", 2, PL_ENCODING_UTF16LE},
    {"UTF-16BE", "", 0, PL_ENCODING_UTF16BE},    {"UTF-16BE", "\xFE\xFF", 2, PL_ENCODING_UTF16BE},
    {"WINDOWS-1252", "", 0, PL_ENCODING_CP1252},
};

static void one_table_in_every_encoding(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
    const struct written *w = &written[i];
    pl_str bytes = encoded(w->encoding, w->mark, w->mark_n, pl_str_of(table));
    bytes_read(bytes, looked, table_read);
    pl_input *input = opened(bytes, looked);
    const pl_shape *shape = pl_input_shape(input);
    assert_int_equal(shape->dialect.encoding, w->found);
    assert_int_equal(shape->bom, w->mark_n > 0);
    assert_true(shape->encoding_certain);
    assert_null(shape->compression);
    assert_int_equal(shape->lf, 4);
    pl_input_close(input);
    /* declared, it is the same */
    pl_dialect declared = looked;
    declared.encoding = w->found;
    bytes_read(bytes, declared, table_read);
  }
}

static pl_encoding encoding_of(pl_str bytes, bool *certain) {
  pl_input *input = opened(bytes, looked);
  pl_encoding found = pl_input_shape(input)->dialect.encoding;
  *certain = pl_input_shape(input)->encoding_certain;
  pl_input_close(input);
  return found;
}

static void taken_for(pl_str bytes, pl_encoding encoding, bool certain) {
  bool sure;
  pl_encoding found = encoding_of(bytes, &sure);
  if (found != encoding || sure != certain)
    fail_msg("encoding %d, certain %d: %.*s", (int)found, sure, PL_STR_ARG(bytes));
}
#define TAKEN_FOR(literal, encoding, certain)                                                      \
  taken_for(PL_STR(literal), PL_ENCODING_##encoding, certain)

/* Text that makes sense as Windows-1252. Nothing in 80–9F: it may be Latin-1, which
 * reads the same. */
static void windows_1252_by_its_words(void **state) {
  (void)state;
  TAKEN_FOR("a\nM\xFCller\n", CP1252, false);             /* Müller */
  TAKEN_FOR("a\nCaf\xE9\nR\xE9sum\xE9\n", CP1252, false); /* Café, Résumé */
  TAKEN_FOR("a\nS\xE3o Paulo\nA\xE7\xF5"
            "es\n",
            CP1252, false);                            /* São Paulo, Ações */
  TAKEN_FOR("a\n5 \x80\n\x80 7\n", CP1252, true);      /* 5 €, € 7 */
  TAKEN_FOR("a\n\x93so\x94\nit\x92s\n", CP1252, true); /* “so”, it’s */
  TAKEN_FOR("a\n1\xA0"
            "234,5\n2\xA0"
            "345,6\n",
            CP1252, false); /* 1 234,5 */
  TAKEN_FOR("a\ndi\x9C"
            "c\x9Cur\n",
            CP1252, false); /* œ, or £ in DOS, ú in MacRoman */
  TAKEN_FOR("a\nGR\xD6SSE\nSTRA\xDF"
            "E\n",
            CP1252, false); /* GRÖSSE, STRAßE */
  TAKEN_FOR("a\nplain\n", UTF8, true);
  TAKEN_FOR("a\n\xC3\xA9\n", UTF8, true);
}

/* In 80–9F DOS and MacRoman have letters: certain only by marks where no letter stands. */
static void marks_or_letters(void **state) {
  (void)state;
  TAKEN_FOR("a\nJ\x9Arg K\x9Aln\n", CP1252, false); /* MacRoman: Jörg Köln */
  TAKEN_FOR("a\nGarc\x92"
            "a\nD\x92"
            "az\n",
            CP1252, false);                                /* MacRoman: García, Díaz */
  TAKEN_FOR("a\nAndr\x82\nRen\x82\n", CP1252, false);      /* DOS: André, René */
  TAKEN_FOR("a\nMalm\x94\nV\x94xj\x94\n", UTF8, false);    /* DOS: Malmö, Växjö */
  TAKEN_FOR("a\nvoil\x85\nvoil\x85\n", CP1252, false);     /* DOS: voilà */
  TAKEN_FOR("a\n\x84hnlich\n\x84hnlich\n", CP1252, false); /* DOS: ähnlich */
  TAKEN_FOR("a\nEspa\x96"
            "a\nEspa\x96"
            "a\n",
            CP1252, false);                                 /* MacRoman: España */
  TAKEN_FOR("a\nMilo\x9A and \x93so\x94\n", CP1252, false); /* a pair of quotes, and a letter */
  TAKEN_FOR("a\n\x84so\x93 \x96 l\x92\xE9t\xE9\n", CP1252, true); /* „so“ – l’été */
  TAKEN_FOR("a\n\x95 one\nO\x92"
            "Brien, we\x92ll\n",
            CP1252, true); /* • one, O’Brien, we’ll */
  TAKEN_FOR("a\n2019\x96"
            "2024\nmore\x85\n\x91x\x92\n",
            CP1252, true); /* 2019–2024 more… ‘x’ */
}

/* Nothing is guessed where it might be something else: the rows are rejected. */
static void other_bytes_are_not_guessed(void **state) {
  (void)state;
  TAKEN_FOR("a\nCaf\xE9\n", UTF8, false); /* one letter at the end of a word may be anything */
  TAKEN_FOR("a\nM\xFCller\n\xC3\xA9\n", UTF8, true); /* UTF-8, and one bad row */
  TAKEN_FOR("a\nM\xFCller\nx\x81y\n", UTF8, false);  /* 81 is no character */
  TAKEN_FOR("a\nwo\xFF\xFErd\n", UTF8, false);
  /* four in a row are a word of another script, whatever else makes sense */
  TAKEN_FOR("a\nM\xFCller\nx\xB0\xB7\xB0\xB7\n", UTF8, false);
  /* Windows-1251, KOI8-R, Windows-1253: Привет, Привет, Γειά */
  TAKEN_FOR("a\n\xCF\xF0\xE8\xE2\xE5\xF2\n", UTF8, false);
  TAKEN_FOR("a\n\xF0\xD2\xC9\xD7\xC5\xD4\n", UTF8, false);
  TAKEN_FOR("a\n\xC3\xE5\xE9\xDC\n\xC3\xE5\xE9\xDC\n", UTF8, false);
  /* Windows-1250: Wałęsa, Příklad; MacRoman: é as 8E; CP850: é as 82, ü as 81 */
  TAKEN_FOR("a\nWa\xB3\xEAsa\n", UTF8, false);
  TAKEN_FOR("a\nP\xF8\xEDklad\n", UTF8, false);
  TAKEN_FOR("a\nR\x8Esum\x8E\nd\x8Et\x8Eil\n", UTF8, false);
  TAKEN_FOR("a\nR\x82sum\x82\n", UTF8, false);
  TAKEN_FOR("a\nM\x81ller\n", UTF8, false);
  /* Shift-JIS, GBK, Latin-9: 日本, 中国人民, 5 € */
  TAKEN_FOR("a\n\x93\xFA\x96\x7B\x8C\xEA\n", UTF8, false);
  TAKEN_FOR("a\n\xD6\xD0\xB9\xFA\xC8\xCB\xC3\xF1\n", UTF8, false);
  TAKEN_FOR("a\n5 \xA4\nM\xFCller\n", UTF8, false);
  TAKEN_FOR("a\n\x83\x65\x83\x58\x83\x67\n", UTF8, false); /* テスト, with letters in it */
  TAKEN_FOR("a\n\xC7\xD1\xB1\xB9\n", UTF8, false);         /* 한국, EUC-KR */
  READS("a,b\nCaf\xE9,1\nx,2\n", looked, "3 [x][2]\n! 2:1 PL205 a: bytes that are not UTF-8\n");
}

static void high_bytes_far_from_the_head(void **state) {
  (void)state;
  /* 3 MiB of ASCII; the places looked at show one of many umlauts */
  pl_buf text = {0};
  bool certain;
  pl_buf_text(&text, "name,n\n");
  for (int i = 0; i < 60000; i++)
    pl_buf_format(&text, "%s,%06d and some more text to fill it\n",
                  i > 30000 && i % 10 == 0 ? "J\xFCrgen" : "Peter", i);
  assert_int_equal(encoding_of(pl_buf_view(&text), &certain), PL_ENCODING_CP1252);
  assert_false(certain);
  pl_buf_free(&text);
}

static pl_dialect as_declared(pl_encoding encoding) {
  pl_dialect dialect = looked;
  dialect.encoding = encoding;
  return dialect;
}

static void declared_wins_unless_the_bytes_contradict(void **state) {
  (void)state;
  READS("a,b\nCaf\xE9,1\n", as_declared(PL_ENCODING_CP1252), "2 [Caf\xC3\xA9][1]\n");
  READS("a,b\nCaf\xE9,1\n", as_declared(PL_ENCODING_LATIN1), "2 [Caf\xC3\xA9][1]\n");
  /* no character: 81 in Windows-1252, 80 to 9F in Latin-1 */
  READS("a,b\nx\x81y,1\nz,2\n", as_declared(PL_ENCODING_CP1252),
        "3 [z][2]\n! 2:1 PL205 a: bytes that are not Windows-1252\n");
  READS("a,b\n5 \x80,1\nz,2\n", as_declared(PL_ENCODING_LATIN1),
        "3 [z][2]\n! 2:1 PL205 a: bytes that are not Latin-1\n");
  READS("a,b\nM\xFCller,1\nz,2\n", as_declared(PL_ENCODING_UTF8),
        "3 [z][2]\n! 2:1 PL205 a: bytes that are not UTF-8\n");
  bytes_fail(PL_STR("\xFF\xFE"
                    "a\0\n\0"),
             as_declared(PL_ENCODING_UTF8), PL_E_USAGE,
             "1:1 it begins with the mark of UTF-16LE, but encoding = \"utf-8\" is declared / "
             "encoding = \"utf-16le\", or leave it out");
  bytes_fail(PL_STR("\xEF\xBB\xBF"
                    "a\n1\n"),
             as_declared(PL_ENCODING_CP1252), PL_E_USAGE,
             "1:1 it begins with the mark of UTF-8, but encoding = \"windows-1252\" is declared / "
             "encoding = \"utf-8\", or leave it out");
  bytes_fail(PL_STR("a\0,\0b\0\n\0"), as_declared(PL_ENCODING_UTF16BE), PL_E_USAGE,
             "1:1 the bytes are UTF-16LE, but encoding = \"utf-16be\" is declared / "
             "encoding = \"utf-16le\", or leave it out");
  bytes_fail(PL_STR("a,b\n1,2\n"), as_declared(PL_ENCODING_UTF16LE), PL_E_USAGE,
             "1:1 no byte is NUL, as half of them are in UTF-16, but encoding = \"utf-16le\" is "
             "declared / encoding = \"utf-8\", or leave it out");
  bytes_fail(PL_STR("a\n\xC3\xA9\xC3\xBC\xC3\xA1\n"), as_declared(PL_ENCODING_CP1252), PL_E_USAGE,
             "1:1 all bytes above 127 are UTF-8, but encoding = \"windows-1252\" is declared / "
             "encoding = \"utf-8\", or leave it out");
}

/* --- UTF-16 --- */

static void utf16_that_is_not_whole(void **state) {
  (void)state;
  /* D83D alone; DE00 alone; D83D DE00 is a face; one byte left at the end */
  READS("\xFF\xFE"
        "a\0,\0b\0\n\0"
        "\x3D\xD8,\0"
        "1\0\n\0"
        "x\0,\0"
        "2\0\n\0",
        looked, "3 [x][2]\n! 2:1 PL205 a: bytes that are not UTF-16LE\n");
  READS("\xFF\xFE"
        "a\0,\0b\0\n\0"
        "\x00\xDE,\0"
        "1\0\n\0"
        "x\0,\0"
        "2\0\n\0",
        looked, "3 [x][2]\n! 2:1 PL205 a: bytes that are not UTF-16LE\n");
  READS("\xFF\xFE"
        "a\0,\0b\0\n\0"
        "\x3D\xD8\x00\xDE,\0"
        "1\0\n\0",
        looked, "2 [\xF0\x9F\x98\x80][1]\n");
  READS("\xFF\xFE"
        "a\0,\0b\0\n\0"
        "x\0,\0"
        "2\0\n\0"
        "y\0,\0"
        "3",
        looked, "2 [x][2]\n! 3:3 PL205 b: bytes that are not UTF-16LE\n");
  READS("\xFE\xFF"
        "\0a\0,\0b\0\n\0x\0,\xD8\x3D",
        looked, "! 2:3 PL205 b: bytes that are not UTF-16BE\n");
  /* a NUL character is none of a table */
  READS("\xFF\xFE"
        "a\0\n\0"
        "x\0\0\0\n\0"
        "y\0\n\0",
        looked, "3 [y]\n! 2:1 PL205 a: a NUL byte\n");
}

static void utf16_without_a_mark(void **state) {
  (void)state;
  bool certain;
  /* 日本語 in most cells: NULs only in delimiters, digits and line ends */
  pl_str japanese = encoded("UTF-16BE", "", 0,
                            PL_STR("id,\xE5\x90\x8D\n1,\xE6\x97\xA5\xE6\x9C\xAC"
                                   "\xE8\xAA\x9E\n2,\xE6\x9D\xB1\xE4\xBA\xAC\n"));
  assert_int_equal(encoding_of(japanese, &certain), PL_ENCODING_UTF16BE);
  bytes_read(japanese, looked,
             "2 [1][\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E]\n3 [2][\xE6\x9D\xB1\xE4\xBA\xAC]\n");
  /* stray NULs do not make UTF-16 */
  READS("a,b\nx\0y,1\nplain text,2\n", looked, "3 [plain text][2]\n! 2:1 PL205 a: a NUL byte\n");
}

static void utf32_is_refused(void **state) {
  (void)state;
  FAILS("\xFF\xFE\0\0a\0\0\0\n\0\0\0", looked, "1:1 the file is UTF-32 / Export it as UTF-8.");
  FAILS("\0\0\xFE\xFF\0\0\0a\0\0\0\n", looked, "1:1 the file is UTF-32 / Export it as UTF-8.");
  FAILS("a\0\0\0,\0\0\0b\0\0\0\n\0\0\0", looked, "1:1 the file is UTF-32 / Export it as UTF-8.");
}

/* Only marks: nothing in it. */
static void only_a_mark(void **state) {
  (void)state;
  FAILS("\xFF\xFE", looked, "the file is empty");
  FAILS("\xFE\xFF", looked, "the file is empty");
  FAILS("\xEF\xBB\xBF", looked, "the file is empty");
}

static void header_with_bad_bytes(void **state) {
  (void)state;
  FAILS("a,b\xFF,c\n1,2,3\n", looked,
        "1:3 the header cannot be read: ?: bytes that are not UTF-8 / "
        "If it is another encoding, say so: encoding = \"windows-1252\"");
}

/* A character, a CR LF, a surrogate pair lie across every kind of buffer's end. */
static void characters_at_buffer_ends(void **state) {
  (void)state;
  static const char *const encodings[] = {"UTF-16LE", "UTF-16BE"};
  for (size_t e = 0; e < 2; e++)
    for (int shift = 0; shift < 4; shift++) {
      pl_buf text = {0}, out = {0};
      pl_buf_format(&text, "a%.*s,b\r\n", shift, "xxx");
      /* 5 letters, one face of two units, CR LF: 128 KiB lie everywhere in it */
      for (int i = 0; i < 30000; i++) pl_buf_text(&text, "abc,\xF0\x9F\x98\x80\xC3\xA9\r\n");
      pl_input *input = opened(encoded(encodings[e], "", 0, pl_buf_view(&text)), looked);
      assert_int_equal(pl_input_size(input), text.n); /* UTF-8 again, as it was */
      printed(input, 1u << 16, &out);
      assert_null(strstr(out.p, "PL2"));
      assert_non_null(strstr(out.p, "\n30001 [abc][\xF0\x9F\x98\x80\xC3\xA9]\n"));
      pl_input_close(input);
      pl_buf_free(&text);
      pl_buf_free(&out);
    }
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
  assert_string_equal(err.hint, "It may be made to fill the disk. If you trust it: gzip -dk FILE");
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

/* Where the copy does not fit: the limit on file sizes stands for a full disk. */
static void a_full_temporary_folder(void **state) {
  (void)state;
  struct rlimit before, small = {64u << 10, RLIM_INFINITY};
  pl_buf text = {0}, gzip = {0};
  pl_input *input;
  pl_error err;
  pl_buf_text(&text, "a,b\n");
  for (int i = 0; i < 100000; i++) pl_buf_format(&text, "%d,x\n", i);
  gzip_to(&gzip, text.p, 200000);
  char path[64];
  strcpy(path, file_of(gzip.p, gzip.n));
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setenv("TMPDIR", "/tmp", 1);
  setrlimit(RLIMIT_FSIZE, &small);
  pl_status status = pl_input_open(path, "x.csv.gz", looked, NULL, &input, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(status, PL_E_INPUT);
  assert_string_equal(err.message, "the temporary folder /tmp is full: File too large");
  assert_string_equal(err.hint,
                      "Set TMPDIR to a folder with more room: TMPDIR=/var/tmp plumbline …");
  setenv("TMPDIR", "/nowhere", 1);
  assert_int_equal(pl_input_open(path, "x.csv.gz", looked, NULL, &input, &err), PL_E_INPUT);
  assert_string_equal(err.message,
                      "no temporary copy of it can be made in /nowhere: No such file or directory");
  unsetenv("TMPDIR");
  unlink(path);
  pl_buf_free(&text);
  pl_buf_free(&gzip);
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

/* --- quotes --- */

static pl_dialect quoted_with(pl_quotes quotes) {
  pl_dialect dialect = looked;
  dialect.quotes = quotes;
  return dialect;
}

static void backslash_quotes(void **state) {
  (void)state;
  const pl_dialect backslash = quoted_with(PL_QUOTES_BACKSLASH);
  READS("a,b\n\"say \\\"hi\\\"\",1\n", backslash, "2 [say \"hi\"][1]\n");
  READS("a,b\n\"C:\\\\dir\\\\\",1\n", backslash, "2 [C:\\dir\\][1]\n");
  /* before all else a backslash is itself: NULL of MySQL, \n, a path; so is the last one */
  READS("a,b\n\\N,\"x\\ny\"\n\"C:\\dir\",2\\", backslash, "2 [\\N][x\\ny]\n3 [C:\\dir][2\\]\n");
  /* a doubled quote is a quote as well */
  READS("a,b\n\"say \"\"hi\"\" \\\"you\\\"\",1\n", backslash, "2 [say \"hi\" \"you\"][1]\n");
  /* unquoted cells: in the middle, at the beginning, alone */
  READS("a,b\n5\\\" nail,\\\"x\\\" y\n\\\",\\\\\n", backslash,
        "2 [5\" nail][\"x\" y]\n3 [\"][\\]\n");
  READS("a,b\n1,\\\"z", backslash, "2 [1][\"z]\n");
  /* lines inside quoted cells are the same lines */
  READS("a,b\n\"x\\\"\r\n\\\"y\",1\nz,2\n", backslash, "2 [x\"\\x0d\\x0a\"y][1]\n4 [z][2]\n");
  /* a header may be written so too */
  pl_input *input = opened(PL_STR("\"a \\\"b\\\"\",c\n1,2\n"), backslash);
  ASSERT_STR(pl_input_column(input, 0), "a \"b\"");
  pl_input_close(input);
}

static void quotes_by_looking(void **state) {
  (void)state;
  /* doubled quotes make no sense of it: text behind a closing quote */
  READS("a,b\n\"say \\\"hi\\\"\",1\n\"x\",2\n", looked, "2 [say \"hi\"][1]\n3 [x][2]\n");
  READS("a;b\n\"say \\\"hi\\\"\";1\n", semicolon, "2 [say \"hi\"][1]\n");
  /* backslashes make no sense of it: Windows paths in quotes */
  READS("a,b\n\"C:\\\",\"x\"\n\"D:\\\",\"y\"\n", looked, "2 [C:\\][x]\n3 [D:\\][y]\n");
  READS("a,b\n1,\"C:\\\"\n2,\"D:\\\"\n", looked, "2 [1][C:\\]\n3 [2][D:\\]\n");
  /* no \" at all: a backslash is a backslash */
  READS("a,b\n\"C:\\\\x\",\"say \"\"hi\"\"\"\n", looked, "2 [C:\\\\x][say \"hi\"]\n");
  pl_input *input = opened(PL_STR("a,b\n\"say \\\"hi\\\"\",1\n"), looked);
  assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_BACKSLASH);
  pl_input_close(input);
  input = opened(PL_STR("a,b\n1,2\n"), looked);
  assert_int_equal(pl_input_shape(input)->dialect.quotes, PL_QUOTES_DOUBLED);
  pl_input_close(input);
}

/* Two cells, a" and b", or one that holds a delimiter, a\",b\: both are tables. */
static void quotes_that_both_fit(void **state) {
  (void)state;
  const pl_str both = PL_STR("\"a\\\"\",b\\\"\n\"c\\\"\",d\\\"\n");
  bytes_fail(both, looked, PL_E_USAGE,
             "1:3 \\\" may be a quote inside the cell, or a backslash that stands before a quote / "
             "quotes = \"backslash\", or quotes = \"doubled\"");
  pl_input *input = opened(both, quoted_with(PL_QUOTES_BACKSLASH));
  assert_int_equal(pl_input_columns(input), 2);
  ASSERT_STR(pl_input_column(input, 0), "a\"");
  ASSERT_STR(pl_input_column(input, 1), "b\"");
  pl_input_close(input);
  input = opened(both, quoted_with(PL_QUOTES_DOUBLED));
  assert_int_equal(pl_input_columns(input), 1);
  ASSERT_STR(pl_input_column(input, 0), "a\\\",b\\");
  pl_input_close(input);
  /* a header of two cells tells them apart */
  READS("a,b\n\"C:\\\",\"D:\\\"\n", looked, "2 [C:\\][D:\\]\n");
}

/* A backslash is the last byte of a buffer, and what it stands before the next. */
static void backslashes_at_buffer_ends(void **state) {
  (void)state;
  for (int shift = 0; shift < 3; shift++) {
    pl_buf text = {0}, out = {0};
    pl_buf_format(&text, "a%.*s,b\n", shift, "xx");
    for (int i = 0; i < 30000; i++) pl_buf_text(&text, "\"\\\"\\\\\\\"\",1\n"); /* "\"\\\"" */
    pl_input *input = opened(pl_buf_view(&text), looked);
    printed(input, 1u << 16, &out);
    assert_null(strstr(out.p, "PL2"));
    size_t rows = 0;
    for (char *p = out.p; (p = strstr(p, " [\"\\\"][1]\n")); p++) rows++;
    assert_int_equal(rows, 30000);
    pl_input_close(input);
    pl_buf_free(&text);
    pl_buf_free(&out);
  }
}

/* --- the format --- */

static pl_format format_of(const char *text) {
  static char path[64];
  pl_input *input = NULL;
  pl_error err = {0};
  strcpy(path, file_of(text, strlen(text)));
  pl_status status =
      pl_input_open(path, "x.txt", (pl_dialect){.format = PL_FORMAT_LOOK}, NULL, &input, &err);
  unlink(path);
  pl_format format = status ? PL_FORMAT_LOOK : pl_input_format(input);
  pl_input_close(input);
  return format;
}

static void formats_by_looking(void **state) {
  (void)state;
  assert_int_equal(format_of("a,b\n1,2\n"), PL_FORMAT_CSV);
  assert_int_equal(format_of("[section],b\n1,2\n"), PL_FORMAT_CSV);
  assert_int_equal(format_of("{id},b\n1,2\n"), PL_FORMAT_CSV);
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
      cmocka_unit_test(one_table_in_every_encoding),
      cmocka_unit_test(windows_1252_by_its_words),
      cmocka_unit_test(marks_or_letters),
      cmocka_unit_test(other_bytes_are_not_guessed),
      cmocka_unit_test(high_bytes_far_from_the_head),
      cmocka_unit_test(declared_wins_unless_the_bytes_contradict),
      cmocka_unit_test(utf16_that_is_not_whole),
      cmocka_unit_test(utf16_without_a_mark),
      cmocka_unit_test(utf32_is_refused),
      cmocka_unit_test(only_a_mark),
      cmocka_unit_test(header_with_bad_bytes),
      cmocka_unit_test(characters_at_buffer_ends),
      cmocka_unit_test(compressed_files),
      cmocka_unit_test(several_members),
      cmocka_unit_test(cut_files),
      cmocka_unit_test(damaged_files),
      cmocka_unit_test(bombs),
      cmocka_unit_test(nothing_inside),
      cmocka_unit_test(a_full_temporary_folder),
      cmocka_unit_test(other_files),
      cmocka_unit_test(backslash_quotes),
      cmocka_unit_test(quotes_by_looking),
      cmocka_unit_test(quotes_that_both_fit),
      cmocka_unit_test(backslashes_at_buffer_ends),
      cmocka_unit_test(formats_by_looking),
      cmocka_unit_test(a_decoded_file_that_changes),
      cmocka_unit_test(a_compressed_pipe),
      cmocka_unit_test(memory_may_be_out),
  };
  return cmocka_run_group_tests_name("read decode", tests, NULL, NULL);
}
