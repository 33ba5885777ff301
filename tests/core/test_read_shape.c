/* Which row is the header, by which delimiter, and what stands above it
 * (the form of what is printed: test_read_shape.h). */
#include "test_read_shape.h"

/* ---- delimiters ---------------------------------------------------------------------- */

static void delimiter_by_looking(void **state) {
  (void)state;
  reads("a,b\n1,2\n", ",\na|b\n2 [1][2]\n");
  reads("a;b\n1;2\n", ";\na|b\n2 [1][2]\n");
  reads("a\tb\n1\t2\n", "\\t\na|b\n2 [1][2]\n");
  reads("a|b\n1|2\n", "|\na|b\n2 [1][2]\n");
  /* decimal commas: every row has one, the header has none */
  reads("q;ctr\nx;1,5\ny;0,0\n", ";\nq|ctr\n2 [x][1,5]\n3 [y][0,0]\n");
  /* ids joined by ; in every row, not in the header */
  reads("id,contacts\n1,8;9\n2,7;8\n", ",\nid|contacts\n2 [1][8;9]\n3 [2][7;8]\n");
  /* what stands in quotes does not count */
  reads("\"a;1\",b\n\"x;y\",2\n", ",\na;1|b\n2 [x;y][2]\n");
  /* a name with a bar in it: more columns with the comma */
  reads("Site | x,b,c\ny | z,2,3\n", ",\nSite | x|b|c\n2 [y | z][2][3]\n");
}

static void delimiter_of_one_column(void **state) {
  (void)state;
  reads("name\nAcme\nBeta\n", ",\nname\n2 [Acme]\n3 [Beta]\n");
  reads("name\n", ",\nname\n");
  /* a comma in one text of a column makes a reject, not a table */
  reads("note\nx\ny,z\nw\n", ",\nnote\n2 [x]\n! 3 PL202\n4 [w]\n");
}

static void delimiter_undecided(void **state) {
  (void)state;
  reads("a,b;c\n1,2;3\n4,5;6\n",
        "1 the delimiter cannot be told: 2 columns with ',' and 2 with ';' / delimiter = \";\", or "
        "delimiter = \",\"");
  /* 1,5 and 2,7: amounts with a decimal comma, or two columns? */
  reads("amount\n1,5\n2,7\n",
        "1 the header cannot be told: is it line 1, amount, or line 2, 1,5? / header = 1, or "
        "header = 2");
}

static void delimiter_declared(void **state) {
  (void)state;
  pl_dialect d = comma;
  shows(d, "a;b\n1;2\n",
        "1 the header has one column; it looks separated by ';' / delimiter = \";\"");
  /* under a title too */
  shows(d, "Report\na;b\n1;2\n3;4\n",
        "2 the header has one column; it looks separated by ';' / delimiter = \";\"");
  d.delimiter = '|';
  shows(d, "a|b\n1|2\n", "|\na|b\n2 [1][2]\n");
  /* the user's word stands: with `;` this is one column */
  d.delimiter = ';';
  shows(d, "a;b,c;d\n1;2,3;4\n", ";\na|b,c|d\n2 [1][2,3][4]\n");
}

/* ---- above the header ------------------------------------------------------------------ */

static void preambles(void **state) {
  (void)state;
  /* GA4: comments, one of them no comment */
  reads("# ----\n# Pages\n# \nAll Users\n# Start date: 20250101\nPage path,Views\n/,83171\n",
        ",\nPage path|Views\n7 [/][83171]\n- preamble 1+5/5 # ----\n");
  /* Google Ads: a title, a period */
  reads("Campaign report\n\"1 May 2026 - 2 May 2026\"\nDay,Campaign,Cost\n2026-05-01,x,1.50\n",
        ",\nDay|Campaign|Cost\n4 [2026-05-01][x][1.50]\n- preamble 1+2/2 Campaign report\n");
  /* LinkedIn: one of the titles has a comma */
  reads("Report (in UTC)\nStart: 09/01, End: 09/02\n\nDay,Name,Spent\n09/01/2026,x,1.50\n",
        ",\nDay|Name|Spent\n5 [09/01/2026][x][1.50]\n- preamble 1+3/2 Report (in UTC)\n");
  /* key: value heads */
  reads("Account:,Acme\nPeriod:,2024\n\nCampaign,Clicks,Cost\nx,1,2\ny,3,4\n",
        ",\nCampaign|Clicks|Cost\n5 [x][1][2]\n6 [y][3][4]\n- preamble 1+3/2 Account:,Acme\n");
  /* saved by a spreadsheet: titles have the table's delimiters */
  reads("Report,,\n,,\na,b,c\nx,2,3\n", ",\na|b|c\n4 [x][2][3]\n- preamble 1+2/1 Report,,\n");
  /* blank lines above are nothing */
  reads("\n\na,b\n1,2\n", ",\na|b\n4 [1][2]\n");
  /* only a header below */
  reads("# Pages\na,b\n", ",\na|b\n- preamble 1+1/1 # Pages\n");
}

/* A row of delimiters alone is a gap: what stands above it is no table. */
static void a_row_of_delimiters_is_a_gap(void **state) {
  (void)state;
  reads("Sales report,,,\nPeriod,2024-01-01,,\n,,,\ndeal,id,closed,amount\nx,1,2024-02-01,5\n"
        "y,2,2024-02-03,6\n",
        ",\ndeal|id|closed|amount\n5 [x][1][2024-02-01][5]\n6 [y][2][2024-02-03][6]\n"
        "- preamble 1+3/2 Sales report,,,\n");
  /* as wide as the table; the addresses below `email` show the names */
  reads("Sales report,\nOwner,Ann Smith\n,\nemail,stage\na@x.com,won\nb@x.com,lost\n",
        ",\nemail|stage\n5 [a@x.com][won]\n6 [b@x.com][lost]\n- preamble 1+3/2 Sales report,\n");
  /* nothing shows which are the names */
  reads("Sales report,\nOwner,Ann Smith\n,\nname,stage\nacme,won\nbeta,lost\n",
        "2 the header cannot be told: is it line 2, Owner,Ann Smith, or line 4, name,stage? / "
        "header = 2, or header = 4");
  /* line 3 may be a record of line 2 */
  reads("Sales report,\nOwner,Ann Smith\nRegion,EMEA\n,\nemail,stage\na@x.com,won\nb@x.com,lost\n",
        "2 the header cannot be told: is it line 2, Owner,Ann Smith, or line 5, email,stage? / "
        "header = 2, or header = 5");
  /* below the header it changes nothing */
  reads("a,b\nx,1\n,\ny,2\n", ",\na|b\n2 [x][1]\n3 [][]\n4 [y][2]\n");
}

/* A blank first name, as data frames are written: no record is taken for the header. */
static void first_name_missing(void **state) {
  (void)state;
  const char *const error =
      "1 column 1 has no name / Give every column of the header a name, in the "
      "export. If the names stand on another line, say which: header = LINE.";
  reads(",stage\nacme,won\nbeta,lost\n", error);
  reads(",0\nacme,won\nbeta,lost\n", error);
  reads(",amount\nacme,5\nbeta,6\n", error);
  reads(",name,stage\n0,acme,won\n1,beta,lost\n", error);
  /* a title to the right, above names and values */
  reads(",Report\nname,amount\nacme,5\nbeta,6\n",
        ",\nname|amount\n3 [acme][5]\n4 [beta][6]\n- preamble 1+1/1 ,Report\n");
}

static void headers_that_look_otherwise(void **state) {
  (void)state;
  reads("Region,2021,2022\nEMEA,1,2\n", ",\nRegion|2021|2022\n2 [EMEA][1][2]\n");
  reads("Sales\n\nRegion,2021,2022\nEMEA,1,2\n",
        ",\nRegion|2021|2022\n4 [EMEA][1][2]\n- preamble 1+2/1 Sales\n");
  reads("2021,2022\n1,2\n", ",\n2021|2022\n2 [1][2]\n");
  reads("Page,2024-01-01,2024-01-02\n/,1,2\n", ",\nPage|2024-01-01|2024-01-02\n2 [/][1][2]\n");
  reads("#,Name\n1,Acme\n", ",\n#|Name\n2 [1][Acme]\n");
  reads("# of deals,Stage\n5,Won\n", ",\n# of deals|Stage\n2 [5][Won]\n");
  reads("a,b\n", ",\na|b\n");
  reads("a,b\n1,2\n", ",\na|b\n2 [1][2]\n");
  /* a row that looks like a title is a row: its cells are as many */
  reads("Title,Note\nReport: x,\n,y\n", ",\nTitle|Note\n2 [Report: x][]\n3 [][y]\n");
}

static void ragged_tables_are_tables(void **state) {
  (void)state;
  reads("a,b,c\n1,2,3\n1,2\n1,2,3,4\n\nfoo,bar\n4,5,6\n",
        ",\na|b|c\n2 [1][2][3]\n! 3 PL201\n! 4 PL202\n! 6 PL201\n7 [4][5][6]\n");
  reads("a,b,c\n1,2\n3,4\n5,6\n", ",\na|b|c\n! 2 PL201\n! 3 PL201\n! 4 PL201\n");
  reads("a,b\n1,2,3\n4,5,6\n", ",\na|b\n! 2 PL202\n! 3 PL202\n");
}

static void header_undecided(void **state) {
  (void)state;
  reads(
      "2024-01-05,Acme,12.50\n2024-01-06,Beta,13.50\n",
      "1 line 1 looks like a record, not like the names of columns / header = 1, if these are the "
      "names; else add a line with the names of the columns above it.");
  reads("Report: a, b\n\nCampaign,Clicks\nx,1\n",
        "1 the header cannot be told: is it line 1, Report: a, b, or line 3, Campaign,Clicks? / "
        "header = 1, or header = 3");
  reads("title\nHello, world\nFoo, bar\n",
        "1 the header cannot be told: is it line 1, title, or line 2, Hello, world? / header = 1, "
        "or header = 2");
  /* names, and below them what they are */
  reads("id,q1,q2\nWho,How many,How much\nx,1,2\ny,2,3\n",
        "1 the header cannot be told: is it line 1, id,q1,q2, or line 2, Who,How many,How much? / "
        "header = 1, description = 1; or header = 2");
}

static void header_declared(void **state) {
  (void)state;
  pl_dialect d = look;
  d.header = 2;
  shows(d, "title\nHello, world\nFoo, bar\n",
        ",\nHello|world\n3 [Foo][bar]\n- preamble 1+1/1 title\n");
  d.header = 1;
  shows(d, "2024-01-05,1.50\n2024-01-06,2.50\n", ",\n2024-01-05|1.50\n2 [2024-01-06][2.50]\n");
  shows(d, "id,q1\nWho,What\nx,1\n", ",\nid|q1\n2 [Who][What]\n3 [x][1]\n");
  d.description_given = true;
  d.description = 1;
  shows(d, "id,q1\nWho,What\nx,1\n", ",\nid|q1\n3 [x][1]\n- description 2+1/1 Who,What\n");
  d.description = 3;
  shows(d, "id,q1\nWho,What\nx,1\n", "1 description = 3, but below the header stand 2 rows");
  d = look;
  d.header = 9;
  shows(d, "a,b\n1,2\n",
        "0 header = 9, but the file has no such line / Write the number of the line that "
        "holds the names of the columns.");
}

/* ---- memory ------------------------------------------------------------------------------ */

static void memory_out(void **state) {
  (void)state;
  open_once(look, "# x\nDay,Name,N,\n2026-09-01,x,10,\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(delimiter_by_looking),
      cmocka_unit_test(delimiter_of_one_column),
      cmocka_unit_test(delimiter_undecided),
      cmocka_unit_test(delimiter_declared),
      cmocka_unit_test(preambles),
      cmocka_unit_test(a_row_of_delimiters_is_a_gap),
      cmocka_unit_test(first_name_missing),
      cmocka_unit_test(headers_that_look_otherwise),
      cmocka_unit_test(ragged_tables_are_tables),
      cmocka_unit_test(header_undecided),
      cmocka_unit_test(header_declared),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read shape", tests, NULL, NULL);
}
