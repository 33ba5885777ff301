/* Several tables in one file, a file that is one record, and arrays of JSON. */
#include "test_read_shape.h"

/* ---- several tables ---------------------------------------------------------------------- */

static const char overview[] = "# Overview\n# Date range\nUsers,Events\n876,3897\n\n"
                               "# Date range\nPage,Views,Rate\nHome,737,0.98\n\n"
                               "# Date range\nSource,Users\ngoogle,2\n";

static void several_tables(void **state) {
  (void)state;
  pl_dialect d = look;
  shows(d, overview,
        "3 the file holds 3 tables: \"Users\" (line 3), \"Page\" (line 7), \"Source\" (line 11) / "
        "block = \"Users\" reads that one");
  d.block = "Page";
  shows(
      d, overview,
      ",\nPage|Views|Rate\n8 [Home][737][0.98]\n- block 1+5/4 # Overview\n- preamble 6+1/1 # Date "
      "range\n- block 10+3/3 # Date range\n# Users 3\n# Page 7\n# Source 11\n");
  d.block = "Pages";
  shows(
      d, overview,
      "3 no table of the file is named \"Pages\": there are \"Users\" (line 3), \"Page\" (line 7), "
      "\"Source\" (line 11) / block = \"Users\" reads that one");
  d.block = NULL;
  d.any_block = true;
  shows(d, overview,
        ",\nUsers|Events\n4 [876][3897]\n- preamble 1+2/2 # Overview\n- block 6+4/3 # Date range\n"
        "- block 10+3/3 # Date range\n# Users 3\n# Page 7\n# Source 11\n");
  d = look;
  d.block = "x";
  shows(d, "a,b\n1,2\n", "0 block = \"x\", but the file holds one table / Leave out block.");
  /* names of their own, and a total below the first */
  d.block = "Devices";
  shows(d, "Countries\nCountry,Clicks,Rate\nFR,1,2\nTotal,1,2\n\nDevices\nDevice,Clicks\nphone,1\n",
        ",\nDevice|Clicks\n8 [phone][1]\n- block 1+5/4 Countries\n- preamble 6+1/1 Devices\n"
        "# Countries 2\n# Devices 7\n");
}

/* Nothing but a blank line above the second header, and as many columns as before. */
static void tables_of_one_width(void **state) {
  (void)state;
  /* texts over numbers, where numbers were */
  reads(
      "Page,Views\n/a,1\n/b,2\n\nSource,Users\nads,3\n",
      "1 the file holds 2 tables: \"Page\" (line 1), \"Source\" (line 5) / block = \"Page\" reads "
      "that one; header = 1 reads all as one table");
  /* texts where numbers were */
  reads(
      "Page,Views\n/a,1\n/b,2\n\nSource,Medium\nads,cpc\n",
      "1 the file holds 2 tables: \"Page\" (line 1), \"Source\" (line 5) / block = \"Page\" reads "
      "that one; header = 1 reads all as one table");
  /* numbers where texts were */
  reads("Source,Medium\nads,cpc\n\nPage,Views\n/a,1\n/b,2\n",
        "1 the file holds 2 tables: \"Source\" (line 1), \"Page\" (line 4) / block = \"Source\" "
        "reads that one; header = 1 reads all as one table");
  /* the header again */
  reads("Page,Views\n/a,1\n\nPage,Views\n/b,2\n",
        "1 the file holds 2 tables: \"Page\" (line 1), \"Page 2\" (line 4) / block = \"Page\" "
        "reads that one; header = 1 reads all as one table");
  pl_dialect d = look;
  d.block = "Source";
  shows(d, "Page,Views\n/a,1\n/b,2\n\nSource,Users\nads,3\n",
        ",\nSource|Users\n6 [ads][3]\n- block 1+4/3 Page,Views\n# Page 1\n# Source 5\n");
  d = look;
  d.header = 1;
  shows(d, "Page,Views\n/a,1\n\nBeta,none\n/b,2\n",
        ",\nPage|Views\n2 [/a][1]\n4 [Beta][none]\n5 [/b][2]\n");
  shows(d, "Page,Views\n/a,1\n\nPage,Views\n/b,2\n",
        ",\nPage|Views\n2 [/a][1]\n! 4 PL210\n5 [/b][2]\n");
}

/* All is text in both tables, so no kind of value tells where the second begins. */
static void tables_of_texts(void **state) {
  (void)state;
  /* addresses below names, and none above */
  reads("Source,Medium\ngoogle,cpc\nbing,organic\n\nPage,Title\n/a,Home\n/b,Pricing\n",
        "1 the file holds 2 tables: \"Source\" (line 1), \"Page\" (line 5) / block = \"Source\" "
        "reads that one; header = 1 reads all as one table");
  /* a column's own name below it */
  reads("Name,Role\nAnn,CEO\nBob,CFO\n\nName,Team\nCy,Blue\nDi,Red\n",
        "1 the file holds 2 tables: \"Name\" (line 1), \"Name 2\" (line 5) / block = \"Name\" "
        "reads that one; header = 1 reads all as one table");
  /* a title alone on its line */
  reads("Source,Medium\ngoogle,cpc\nbing,organic\n\nTeams\nTeam,Lead\nBlue,Ann\nRed,Bob\n",
        "1 the file holds 2 tables: \"Source\" (line 1), \"Teams\" (line 6) / block = \"Source\" "
        "reads that one");
  pl_dialect d = look;
  d.block = "Teams";
  shows(d, "Source,Medium\ngoogle,cpc\nbing,organic\n\nTeams\nTeam,Lead\nBlue,Ann\nRed,Bob\n",
        ",\nTeam|Lead\n7 [Blue][Ann]\n8 [Red][Bob]\n- block 1+4/3 Source,Medium\n"
        "- preamble 5+1/1 Teams\n# Source 1\n# Teams 6\n");
}

static const char usual[] =
    "Source,Medium\ngoogle,cpc\nbing,organic\n\nTeam,Owner\nBlue,Ann\nRed,Bob\n";

static void tables_that_are_likely(void **state) {
  (void)state;
  /* usual names, strange among the values above: kept, and said */
  reads(usual,
        ",\nSource|Medium\n2 [google][cpc]\n3 [bing][organic]\n5 [Team][Owner]\n6 [Blue][Ann]\n"
        "7 [Red][Bob]\n? table 5 Team,Owner / block = Source\n");
  /* both lines that the note names */
  pl_dialect d = look;
  d.block = "Source";
  shows(d, usual,
        ",\nSource|Medium\n2 [google][cpc]\n3 [bing][organic]\n- block 5+3/3 Team,Owner\n"
        "# Source 1\n# Team 5\n");
  d.block = "Team";
  shows(d, usual,
        ",\nTeam|Owner\n6 [Blue][Ann]\n7 [Red][Bob]\n- block 1+4/3 Source,Medium\n"
        "# Source 1\n# Team 5\n");
  d = look;
  d.header = 1;
  shows(d, usual,
        ",\nSource|Medium\n2 [google][cpc]\n3 [bing][organic]\n5 [Team][Owner]\n"
        "6 [Blue][Ann]\n7 [Red][Bob]\n");
  /* values that come back above, and none of them below */
  reads("Kanal,Art\nAnzeige,neu\nAnzeige,alt\nBrief,neu\nBrief,alt\n\nStadt,Leitung\nBern,"
        "Ann\nGenf,Bob\n",
        ",\nKanal|Art\n2 [Anzeige][neu]\n3 [Anzeige][alt]\n4 [Brief][neu]\n5 [Brief][alt]\n"
        "7 [Stadt][Leitung]\n8 [Bern][Ann]\n9 [Genf][Bob]\n? table 7 Stadt,Leitung / block = "
        "Kanal\n");
  /* among tables that have titles there is no other word for it */
  d = look;
  d.any_block = true;
  shows(
      d,
      "# A\nSource,Medium\ngoogle,cpc\nbing,organic\n\nTeam,Owner\nBlue,Ann\n\n# B\nx,y,z\n1,2,3\n",
      ",\nSource|Medium\n3 [google][cpc]\n4 [bing][organic]\n6 [Team][Owner]\n7 [Blue][Ann]\n"
      "- preamble 1+1/1 # A\n- block 9+3/3 # B\n? table 6 Team,Owner\n# A 2\n# B 10\n");
}

/* Exports put one behind the other. */
static void the_header_again(void **state) {
  (void)state;
  reads("Page,Views\n/a,1\nPage,Views\n/b,2\nPage,Views\n",
        ",\nPage|Views\n2 [/a][1]\n! 3 PL210\n4 [/b][2]\n! 5 PL210\n");
  /* with the byte order mark of the second one, and its line ends */
  reads("\xEF\xBB\xBFPage,Views\n/a,1\n\xEF\xBB\xBFPage,Views\r\n/b,2\r\n",
        ",\nPage|Views\n2 [/a][1]\n! 3 PL210\n4 [/b][2]\n");
  /* below titles, too */
  reads("# Pages\nPage,Views\n/a,1\nPage,Views\n/b,2\n",
        ",\nPage|Views\n3 [/a][1]\n! 4 PL210\n5 [/b][2]\n- preamble 1+1/1 # Pages\n");
  /* one cell alike is a record */
  reads("Page,Kind\n/a,x\nPage,y\n", ",\nPage|Kind\n2 [/a][x]\n3 [Page][y]\n");
}

static void blank_lines_begin_no_table(void **state) {
  (void)state;
  reads("a,b\nx,2\n\ny,3\nw,5\n", ",\na|b\n2 [x][2]\n4 [y][3]\n5 [w][5]\n");
  /* words like those above them */
  reads("a,b\nx,p\n\ny,q\nw,r\n", ",\na|b\n2 [x][p]\n4 [y][q]\n5 [w][r]\n");
  /* a column that has both has both */
  reads("a,b\nx,2\nu,t\n\ny,z\nw,5\n", ",\na|b\n2 [x][2]\n3 [u][t]\n5 [y][z]\n6 [w][5]\n");
  reads("a,b\nx,p\n\ny,q\nw,5\nv,r\n", ",\na|b\n2 [x][p]\n4 [y][q]\n5 [w][5]\n6 [v][r]\n");
  /* groups of records, each with a value of its own or with those of the others */
  reads("month,what\nJan,mail\nJan,call\nJan,mail\nJan,call\n\nFeb,post\nFeb,post\n",
        ",\nmonth|what\n2 [Jan][mail]\n3 [Jan][call]\n4 [Jan][mail]\n5 [Jan][call]\n7 [Feb][post]\n"
        "8 [Feb][post]\n");
  reads("name,what\nAnn,mail\nBob,call\nCy,mail\nDi,call\n\nEve,post\nFay,mail\nGil,call\n",
        ",\nname|what\n2 [Ann][mail]\n3 [Bob][call]\n4 [Cy][mail]\n5 [Di][call]\n7 [Eve][post]\n"
        "8 [Fay][mail]\n9 [Gil][call]\n");
  reads("a,b,c\nx,1,2\n\n\ny,3,4\n", ",\na|b|c\n2 [x][1][2]\n5 [y][3][4]\n");
  /* inside quotes there is no blank line */
  reads("a,b\n\"x\n\nc,d,e\n1,2,3\",4\n", ",\na|b\n2 [x\\x0a\\x0ac,d,e\\x0a1,2,3][4]\n");
}

/* ---- one record, transposed ---------------------------------------------------------------- */

static void keys_and_values(void **state) {
  (void)state;
  reads(
      "Report\n\"Title:\",\"x, y\"\n\n\"Stats\"\n\"Sent:\",\"1,751\"\n\"Opens:\",\"141 (8.1%)\"\n",
      ", transposed\nTitle|Sent|Opens\n2 [x, y][1,751][141 (8.1%)]\n- preamble 1+1/1 Report\n"
      "- preamble 4+1/1 \"Stats\"\n");
  /* bytes that are no text are a reject here too */
  reads("Title:,x\nSent:,\xFF\nOpens:,7\n", ", transposed\nTitle|Sent|Opens\n! 1 PL205\n");
  reads("Title:,x\nSe\xFFnt:,1\nOpens:,7\n", "2 the key cannot be read: bytes that are no text");
  /* two of them are too few to be sure */
  reads("\"Title:\",\"x\"\n\"Sent:\",\"1\"\n", ",\nTitle:|x\n2 [Sent:][1]\n");
}

/* ---- JSON ------------------------------------------------------------------------------ */

static void json_arrays(void **state) {
  (void)state;
  pl_dialect d = {.format = PL_FORMAT_JSON};
  shows(d, "[{\"a\":1}]", "json \nobject\n1 [{\"a\":\"1\"}]\n");
  shows(d, "{\"results\":[{\"a\":1},\n{\"a\":2}],\"paging\":{\"next\":{\"after\":\"5\"}}}\n",
        "json results\nobject\n1 [{\"a\":\"1\"}]\n2 [{\"a\":\"2\"}]\n");
  /* brackets and quotes in texts are texts; lists of something else are no records */
  shows(d, "{\"s\":\"[{]}\\\"\",\"n\":[1,2],\"d\":{\"items\":[{\"a\":[{\"b\":1}]}]}}",
        "json d.items\nobject\n1 [{\"a\":[{\"b\":\"1\"}]}]\n");
  shows(d, "{\"results\":[]}", "json results\n\n");
  shows(
      d, "{\"a\":[{\"x\":1}],\n\"b\":{\"c\":[{\"y\":2}]}}",
      "1 the file holds 2 arrays of objects: a (line 1), b.c (line 2) / records = \"a\" reads that "
      "one");
  d.records = "b.c";
  shows(d, "{\"a\":[{\"x\":1}],\n\"b\":{\"c\":[{\"y\":2}]}}",
        "json b.c\nobject\n2 [{\"y\":\"2\"}]\n");
  d.records = "c";
  shows(d, "{\"a\":[{\"x\":1}]}",
        "1 no array of the file has the path \"c\": there are a (line 1) / records = \"a\" reads "
        "that "
        "one");
  shows(d, "[{\"a\":1}]",
        "1 records = \"c\", but the file is an array itself / Leave out records.");
  d = (pl_dialect){.format = PL_FORMAT_JSON};
  shows(d, "{\"a\":1}\n",
        "1 this is an object, not an array of objects: [ {...}, ... ] / With one object a line: "
        "format = \"ndjson\". Otherwise export the records as an array.");
  /* objects line by line, each with a list: not one object that wraps */
  shows(d, "{\"a\":[{\"x\":1}]}\n{\"a\":[{\"x\":2}]}\n",
        "1 this is an object, not an array of objects: [ {...}, ... ] / With one object a line: "
        "format = \"ndjson\". Otherwise export the records as an array.");
}

/* ---- memory ------------------------------------------------------------------------------ */

static void memory_out(void **state) {
  (void)state;
  pl_dialect d = look;
  open_once(d, "A\n\"Title:\",\"x\"\n\"Sent:\",\"5\"\n\"Opens:\",\"7\"\n");
  d.any_block = true;
  open_once(d, overview);
  open_once(d, "Page,Views\n/a,1\n\nSource,Users\nads,3\n");
  open_once(look, usual);
  d = look;
  d.block = "Team";
  open_once(d, usual);
  d = (pl_dialect){.format = PL_FORMAT_JSON};
  open_once(d, "{\"results\":[{\"a\":1}]}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(several_tables),   cmocka_unit_test(tables_of_one_width),
      cmocka_unit_test(tables_of_texts),  cmocka_unit_test(tables_that_are_likely),
      cmocka_unit_test(the_header_again), cmocka_unit_test(blank_lines_begin_no_table),
      cmocka_unit_test(keys_and_values),  cmocka_unit_test(json_arrays),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read shape blocks", tests, NULL, NULL);
}
