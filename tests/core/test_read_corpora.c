/* Published sets of CSV files that readers are measured by, case by case: files of our
 * own with the same quirk, read without a word in the config, every cell compared.
 *
 *   spectrum   github.com/maxogden/csv-spectrum (eleven files and what they mean)
 *   sineemore  github.com/sineemore/csv-test-data (good files, and bad-*.csv)
 *   papaparse  github.com/mholt/PapaParse, tests/test-cases.js
 *   clevercsv  github.com/alan-turing-institute/CleverCSV, tests/test_unit/test_detect.py
 *   duckdb     github.com/duckdb/duckdb, data/csv/auto
 *   data       github.com/frictionlessdata/test-data, files/csv
 *
 * A case that we read as its set expects says only which it is. One where we differ
 * says why. A file prints as its columns, a line for each record, and `! line code` for
 * each row that is rejected; one that is not read, as what the error says. */
#include "test_read.h"

static void print_cells(const pl_input *input, const pl_batch *b, uint32_t line, pl_buf *out) {
  for (size_t i = 0; i < b->n; i++) {
    for (size_t c = 0; c < pl_input_columns(input); c++) {
      pl_buf_text(out, "[");
      print_str(out, b->records[i].cells[c]);
      pl_buf_text(out, "]");
    }
    pl_buf_text(out, "\n");
  }
  for (size_t i = 0; i < b->rejects_n; i++)
    pl_buf_format(out, "! %u PL%d\n", line + b->rejects[i].line, (int)b->rejects[i].code);
}

static pl_status print_all(pl_input *input, pl_buf *out, pl_error *err) {
  pl_batch b = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  pl_status status = PL_OK;
  for (size_t i = 0; i < pl_input_columns(input); i++) {
    pl_buf_text(out, i ? "|" : "");
    print_str(out, pl_input_column(input, i));
  }
  pl_buf_text(out, "\n");
  while (!status && at < pl_input_size(input)) {
    status = pl_input_chunk(input, at, 1, NULL, &b, err);
    if (status) break;
    print_cells(input, &b, line, out);
    at = b.next;
    line += b.lines;
  }
  pl_batch_free(&b);
  return status;
}

static void reads(const char *text, const char *expected) {
  pl_input *input = NULL;
  pl_error err = {0};
  pl_buf out = {0};
  pl_status status =
      open_bytes(text, strlen(text), (pl_dialect){.format = PL_FORMAT_CSV}, NULL, &input, &err);
  if (!status) status = print_all(input, &out, &err);
  if (status) pl_buf_format(&out, "%u %s", err.line, err.message);
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_input_close(input);
  pl_buf_free(&out);
}

/* ---- spectrum: all eleven as expected ------------------------------------------------------ */

static void spectrum(void **state) {
  (void)state;
  /* comma_in_quotes: no line end at the end, a number with a leading zero is a text */
  reads("name,street,town,code\nMaya,7 Mill Lane,\"Hull, UK\",00714",
        "name|street|town|code\n[Maya][7 Mill Lane][Hull, UK][00714]\n");
  /* empty, empty_crlf */
  reads("p,q,r\n7,\"\",\"\"\n8,9,10", "p|q|r\n[7][][]\n[8][9][10]\n");
  reads("p,q,r\r\n7,\"\",\"\"\r\n8,9,10", "p|q|r\n[7][][]\n[8][9][10]\n");
  /* escaped_quotes */
  reads("n,said\n5,\"oh \"\"well\"\" then\"\n6,no\n", "n|said\n[5][oh \"well\" then]\n[6][no]\n");
  /* json */
  reads("id,shape\n5,\"{\"\"kind\"\": \"\"Line\"\", \"\"at\"\": [10.5, 0.25]}\"\n",
        "id|shape\n[5][{\"kind\": \"Line\", \"at\": [10.5, 0.25]}]\n");
  /* newlines, newlines_crlf: what stands in quotes stays, byte for byte */
  reads("p,q,r\n5,6,7\n\"In the beginning \nof May\",8,9\n1,2,3\n",
        "p|q|r\n[5][6][7]\n[In the beginning \\x0aof May][8][9]\n[1][2][3]\n");
  reads("p,q,r\r\n5,6,7\r\n\"In the beginning \r\nof May\",8,9\r\n1,2,3\r\n",
        "p|q|r\n[5][6][7]\n[In the beginning \\x0d\\x0aof May][8][9]\n[1][2][3]\n");
  /* quotes_and_newlines */
  reads("n,said\n5,\"oh \n\"\"well\"\" \nthen\"\n6,no\n",
        "n|said\n[5][oh \\x0a\"well\" \\x0athen]\n[6][no]\n");
  /* simple, simple_crlf */
  reads("p,q,r\n5,6,7\n", "p|q|r\n[5][6][7]\n");
  reads("p,q,r\r\n5,6,7\r\n", "p|q|r\n[5][6][7]\n");
  /* utf8 */
  reads("p,q,r\n5,6,7\n8,9,\xC5\x8B\n", "p|q|r\n[5][6][7]\n[8][9][\xC5\x8B]\n");
}

/* ---- sineemore ------------------------------------------------------------------------------ */

static void sineemore_as_expected(void **state) {
  (void)state;
  /* empty-field, quotes-empty */
  reads("x,y,z\n4,,6", "x|y|z\n[4][][6]\n");
  reads("x,y,z\n4,\"\",6", "x|y|z\n[4][][6]\n");
  /* header-no-rows, header-simple */
  reads("x,y,z", "x|y|z\n");
  reads("x,y,z\n4,5,6", "x|y|z\n[4][5][6]\n");
  /* one-column, trailing-newline-one-field */
  reads("x\n4", "x\n[4]\n");
  reads("x\n4\n", "x\n[4]\n");
  /* quotes-with-comma, -escaped-quote, -newline, -space */
  reads("x,y,z\n4,\"Well, hello.\",6", "x|y|z\n[4][Well, hello.][6]\n");
  reads("x,y,z\n4,\"A \"\" is doubled\",6", "x|y|z\n[4][A \" is doubled][6]\n");
  reads("x,y,z\n4,\"One line,\nand one more\",6", "x|y|z\n[4][One line,\\x0aand one more][6]\n");
  reads("x,y,z\n4,\"some words\",6", "x|y|z\n[4][some words][6]\n");
  /* simple-lf, simple-crlf, trailing-newline, utf8 */
  reads("x,y,z\r\n4,5,6", "x|y|z\n[4][5][6]\n");
  reads("x,y,z\n4,5,6\n", "x|y|z\n[4][5][6]\n");
  reads("x,y,z\n4,\xF0\x9F\x99\x82,6", "x|y|z\n[4][\xF0\x9F\x99\x82][6]\n");
}

static void sineemore_on_purpose(void **state) {
  (void)state;
  /* leading-space, trailing-space: they expect the spaces. We drop them around cells
   * without quotes, because a key with a space behind it would match nothing ... */
  reads("x,y,z\n4, in front,6", "x|y|z\n[4][in front][6]\n");
  reads("x,y,z\n4,behind ,6", "x|y|z\n[4][behind][6]\n");
  /* ... and keep them in quotes, where somebody meant them. */
  reads("x,y,z\n4,\" both \",6", "x|y|z\n[4][ both ][6]\n");
  /* empty-one-column: they expect one record, a blank cell. A blank line is no record
   * here: exports end with them, and a record of nothing says nothing. */
  reads("x\n\n", "x\n");
  /* all-empty: they expect two records. Without a name there is no column to read. */
  reads("\n\n", "1 the file is empty: no header, only blank lines");
}

/* bad-*.csv must fail. A row that is wrong is one reject here, the others are read. */
static void sineemore_bad(void **state) {
  (void)state;
  /* bad-header-less-fields, bad-header-more-fields */
  reads("x,y,z\n4,5\n7,8,9", "x|y|z\n! 2 PL201\n[7][8][9]\n");
  reads("x,y,z\n4,5,6,7\n7,8,9", "x|y|z\n! 2 PL202\n[7][8][9]\n");
  /* bad-header-no-header */
  reads("", "0 the file is empty");
  /* bad-missing-quote: nothing behind it can be trusted */
  reads("x,y,z\n4,\"never closed,6",
        "x|y|z\n2 a quote opens here and is never closed: all that follows would be one cell");
  /* bad-quotes-with-unescaped-quote */
  reads("x,y,z\n4,\"Oh, one \" here\",6\n7,8,9", "x|y|z\n! 2 PL206\n[7][8][9]\n");
  /* bad-unescaped-quote: they expect an error. In a cell that does not begin with a
   * quote it cannot be read in two ways, and people write 5" nail. */
  reads("x,y,z\n4,A \"word\" in it,6", "x|y|z\n[4][A \"word\" in it][6]\n");
}

/* ---- papaparse ------------------------------------------------------------------------------ */

static void papaparse_quotes(void **state) {
  (void)state;
  /* escaped quotes at the boundaries; quotes around, right and left of a delimiter */
  reads("k,l,m\nu,\"\"\"v\"\"\",w\n", "k|l|m\n[u][\"v\"][w]\n");
  reads("k,l,m\nu,\"\"\",\"\"\",w\nu,\",\"\"\",w\nu,\"\"\",\",w\n",
        "k|l|m\n[u][\",\"][w]\n[u][,\"][w]\n[u][\",][w]\n");
  /* five quotes in a row (their issue 121) */
  reads("k,l,m\n\"3\",\"nonce=\"\"\"\",n=\"\"\"\"\",\"4\"\n", "k|l|m\n[3][nonce=\"\",n=\"\"][4]\n");
  /* an unquoted cell with quotes at its end, or in the middle */
  reads("k,l,m\nu,v\",w\nu,v \"v\",w\n", "k|l|m\n[u][v\"][w]\n[u][v \"v\"][w]\n");
  /* white space inside quotes; a first cell that is blank; a quote at the very end */
  reads("k,l,m\nu,\" v  \",w\n,\"v\",\"w\"", "k|l|m\n[u][ v  ][w]\n[][v][w]\n");
  /* a quoted cell with delimiters and line ends up to the end */
  reads("k,l\nu,\"v,w\nx,y,z\"", "k|l\n[u][v,w\\x0ax,y,z]\n");
}

static void papaparse_lines(void **state) {
  (void)state;
  /* two rows, CR only */
  reads("k,l,m\ru,V,w\r", "k|l|m\n[u][V][w]\n");
  /* line ends in several quoted cells */
  reads("k,l,m\nu,\"v\nv\",\"w\nw\nw\"\nx,y,z", "k|l|m\n[u][v\\x0av][w\\x0aw\\x0aw]\n[x][y][z]\n");
  /* a comment at the beginning */
  reads("# Remark!\nk,l,m\n1,2,3\n", "k|l|m\n[1][2][3]\n");
  /* just a text */
  reads("Some words", "Some words\n");
  /* one column */
  reads("k\nu\nv\nw", "k\n[u]\n[v]\n[w]\n");
}

static void papaparse_on_purpose(void **state) {
  (void)state;
  /* white space around quotes: they read the quotes as part of the text. Tools that
   * write ", " between cells mean the cell. */
  reads("k,l,m\nu, \"v\" ,w\n", "k|l|m\n[u][v][w]\n");
  /* text behind a closing quote: they go on, perhaps to the end of the file. We take out
   * the row, up to its line end, and say so. */
  reads("k,l\n\"u,\"v,w\"\nx,y\n", "k|l\n! 2 PL206\n[x][y]\n");
  /* a comment among the records: skipped there (when told). A record may begin with #,
   * so it is a reject that can be seen ... */
  reads("k,l,m\nu,v,1\n# Remark\nx,y,2\nz,y,3\n",
        "k|l|m\n[u][v][1]\n! 3 PL201\n[x][y][2]\n[z][y][3]\n");
  /* ... and where what follows may be names, another table may begin: that has to be said. */
  reads("k,l,m\nu,v,w\n# Remark\nx,y,z\n",
        "1 the file holds 2 tables: \"k\" (line 1), \"Remark\" (line 4)");
  /* one column with blank lines: they give blank records */
  reads("k\nu\n\n\nv\n", "k\n[u]\n[v]\n");
  /* names that repeat: they rename them (A, A_1). Nobody can say which one a rule
   * means, so it has to be settled in the export. */
  reads("k,k\n1,2\n", "1 columns 1 and 2 have the same name, k");
  /* columns without a name in the middle, and nothing but delimiters */
  reads("k,l,,,m\n,,u,,v\n", "1 column 3 has no name");
  reads(",,\n,,,\n", "1 column 1 has no name");
}

/* ---- clevercsv, duckdb, data: which dialect is it? ------------------------------------------- */

static void dialects_as_expected(void **state) {
  (void)state;
  /* clevercsv sample5 (tabs, blank last cells, CRLF), sample6 (bars) */
  reads("kkk\tlll\r\nUUU\t\r\nVVV\t\r\n", "kkk|lll\n[UUU][]\n[VVV][]\n");
  reads("k|l|m\r\nu|v|w\r\n", "k|l|m\n[u][v][w]\n");
  /* clevercsv header1 + sample1: spaces behind the commas, an apostrophe */
  reads("\"hall\",\"town\",\"day\",\"who\"\nMiller's, Long Island, 3/4/05, Ann Lee\n"
        "Red Barn, Old Town, 11/25/04, Duo\n",
        "hall|town|day|who\n[Miller's][Long Island][3/4/05][Ann Lee]\n"
        "[Red Barn][Old Town][11/25/04][Duo]\n");
  /* duckdb semicolon_escape, quote_escape, with a header */
  reads("n;t;u\n5;T;one\n\"6\";T;\"t\"\"wo\"\n", "n|t|u\n[5][T][one]\n[6][T][t\"wo]\n");
  reads("n|t|u\n5|T|\"t\"\"w\"\"o\"\n\"6\"|T|one\n", "n|t|u\n[5][T][t\"w\"o]\n[6][T][one]\n");
  /* duckdb issue_1254: blank lines at the end; utf8bom */
  reads("k,l\n5,6\n5,6\n\n\n\n", "k|l\n[5][6]\n[5][6]\n");
  reads("\xEF\xBB\xBFk,l\n5,6\n", "k|l\n[5][6]\n");
  /* data: separators/tab, separators/pipes, missing-values, various-characters, iso8859 */
  reads("no\tword\tis\n5\tfive\ttrue\n", "no|word|is\n[5][five][true]\n");
  reads("no|word|is\n5|five|false\n", "no|word|is\n[5][five][false]\n");
  reads("no,word,is\n5,five,true\n6,,false\n", "no|word|is\n[5][five][true]\n[6][][false]\n");
  reads("k,l\n\xD1\x81\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE,\xE8\xAF\x8D\n",
        "k|l\n[\xD1\x81\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE][\xE8\xAF\x8D]\n");
  reads("land,year\nCura\xE7"
        "ao,1990\n",
        "land|year\n[Cura\xC3\xA7"
        "ao][1990]\n");
}

static void dialects_on_purpose(void **state) {
  (void)state;
  /* clevercsv sample7: single quotes around cells. No tool that we know exports them, and
   * an apostrophe begins many a name, so they are part of the text: to be seen at once in
   * the names of the columns. */
  reads("'k'|'l'\r\n'u'|v\r\n", "'k'|'l'\n['u'][v]\n");
  /* data: separators/colon, separators/carets; clevercsv sample8: a plus sign. Only
   * comma, semicolon, tab and bar are delimiters. Read as one column whose name is the
   * whole line, so that a rule finds none of its columns. */
  reads("no:word\n5:five\n", "no:word\n[5:five]\n");
  reads("no^word\n5^five\n", "no^word\n[5^five]\n");
  reads("no+ word\n5+ five\n", "no+ word\n[5+ five]\n");
  /* duckdb rfc_conform_quote, no_header: there the columns get numbers. A record is
   * never taken for names without a word where it shows a time or an amount ... */
  reads("5,T,2001-02-03\n6,T,2001-02-04\n",
        "1 line 1 looks like a record, not like the names of columns");
  /* ... and where it does not, the names are seen to be none: nothing binds to them. */
  reads("5,T,\"one\"\n6,T,\"two\"\n", "5|T|one\n[6][T][two]\n");
  /* duckdb unnamed_columns: numbered there */
  reads("5,T,,,one\n6,T,,,two\n", "1 column 3 has no name");
  /* duckdb multiple_skip_row: skipped there by a guess. Line 2 has as many delimiters as
   * a table of two columns, so it has to be said. */
  reads("some words\nmore words,...\nno,word,day\n5.0,five,2001-02-03\n",
        "2 the header cannot be told: is it line 2, more words,..., or line 3, no,word,day?");
  /* data: inconsistent-column-number: the short row is a reject, not a row with a gap */
  reads("no,word,is\n5,five,true\n6,six\n", "no|word|is\n[5][five][true]\n! 3 PL201\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spectrum),
      cmocka_unit_test(sineemore_as_expected),
      cmocka_unit_test(sineemore_on_purpose),
      cmocka_unit_test(sineemore_bad),
      cmocka_unit_test(papaparse_quotes),
      cmocka_unit_test(papaparse_lines),
      cmocka_unit_test(papaparse_on_purpose),
      cmocka_unit_test(dialects_as_expected),
      cmocka_unit_test(dialects_on_purpose),
  };
  return cmocka_run_group_tests_name("read corpora", tests, NULL, NULL);
}
