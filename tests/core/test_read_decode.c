/* Encodings: every way to write one small table must read as that table, and what
 * cannot be read must say why. */
#include "test_read_bytes.h"

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
        "1:3 the header cannot be read: cell 2: bytes that are not UTF-8 / "
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
  };
  return cmocka_run_group_tests_name("read decode", tests, NULL, NULL);
}
