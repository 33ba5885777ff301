/* What stands below the last record, or right below the header, and is none: totals,
 * remarks, delimiters behind the last column. */
#include "test_read_shape.h"

/* ---- below the last record --------------------------------------------------------------- */

static void footers(void **state) {
  (void)state;
  reads(
      "Owner,Amount\nMaya,5\n\n\n\"Grand Totals (5700 records)\"\n\n\"Confidential Information\"\n"
      "\"Copyright (c) 2000-2026 x, inc. All rights reserved.\"\n",
      ",\nOwner|Amount\n2 [Maya][5]\n- total 5+1/1 \"Grand Totals (5700 records)\"\n"
      "- footer 7+2/2 \"Confidential Information\"\n");
  reads("a,b,c\nx,2,3\n\nSome remark of a tool\n",
        ",\na|b|c\n2 [x][2][3]\n- footer 4+1/1 Some remark of a tool\n");
  /* without a blank line it may be a record that was cut off: a reject */
  reads("a,b,c\nx,2,3\nSome remark\n", ",\na|b|c\n2 [x][2][3]\n! 3 PL201\n");
  /* rows of delimiters that a spreadsheet leaves: between records they are records */
  reads("a,b\n1,2\n,\n3,4\n,\n,\n", ",\na|b\n2 [1][2]\n3 [][]\n4 [3][4]\n- footer 5+2/2 ,\n");
  /* remarks do not belong to a column */
  reads("name\nx\n\nCopyright 2026\n", ",\nname\n2 [x]\n4 [Copyright 2026]\n? 4 Copyright 2026\n");
}

static void total_rows(void **state) {
  (void)state;
  reads("Day,Campaign,Cost\n2026-09-01,x,1.50\n2026-09-02,y,2.50\nGesamt: Konto,--,4.00\n",
        ",\nDay|Campaign|Cost\n2 [2026-09-01][x][1.50]\n3 [2026-09-02][y][2.50]\n"
        "- total 4+1/1 Gesamt: Konto,--,4.00\n");
  /* several; the currency is that of all records */
  reads("Status,Campaign,Code,Cost\nOn,x,USD,1\nOff,y,USD,2\nTotal: Campaigns,,USD,3\n"
        "Total : compte, --,USD,3\n",
        ",\nStatus|Campaign|Code|Cost\n2 [On][x][USD][1]\n3 [Off][y][USD][2]\n"
        "- total 4+2/2 Total: Campaigns,,USD,3\n");
  reads("Day,Id,Cost\n2026-09-01,11,1\nTotal,,1\n",
        ",\nDay|Id|Cost\n2 [2026-09-01][11][1]\n- total 3+1/1 Total,,1\n");
}

/* The worst that could happen: a customer's deal that is not counted. */
static void companies_called_total(void **state) {
  (void)state;
  reads("Company,Stage,Amount\nAcme,Won,10\nTotal Energies,Won,5000\n",
        ",\nCompany|Stage|Amount\n2 [Acme][Won][10]\n3 [Total Energies][Won][5000]\n");
  reads("Company,Stage,Amount\nAcme,Won,10\nTotalEnergies SE,,5000\n",
        ",\nCompany|Stage|Amount\n2 [Acme][Won][10]\n3 [TotalEnergies SE][][5000]\n");
  reads("Company,Stage,Amount\nAcme,Won,10\nTotal makeover,,5000\n",
        ",\nCompany|Stage|Amount\n2 [Acme][Won][10]\n3 [Total makeover][][5000]\n"
        "? 3 Total makeover,,5000\n");
  reads("Company,Stage,Amount\nAcme,Won,10\nTotal,Won,5000\n",
        ",\nCompany|Stage|Amount\n2 [Acme][Won][10]\n3 [Total][Won][5000]\n? 3 Total,Won,5000\n");
  /* nothing but the name tells records apart here: kept, and said */
  reads("Source,Sessions\nads,10\nmail,20\nTotal,30\n",
        ",\nSource|Sessions\n2 [ads][10]\n3 [mail][20]\n4 [Total][30]\n? 4 Total,30\n");
  /* neither at the end nor at the top */
  reads("Company,Stage,Amount\nBeta,Won,5\nTotal,,10\nAcme,Won,5\n",
        ",\nCompany|Stage|Amount\n2 [Beta][Won][5]\n3 [Total][][10]\n4 [Acme][Won][5]\n");
}

/* Tools that sum up before they list (explorations of web analytics). */
static void totals_below_the_header(void **state) {
  (void)state;
  reads("Event,Country,Users\nGrand total,,90\nscroll,FR,60\nclick,DE,30\n",
        ",\nEvent|Country|Users\n3 [scroll][FR][60]\n4 [click][DE][30]\n"
        "- total 2+1/1 Grand total,,90\n");
  /* two of them, below a preamble; and one more at the end */
  reads("# Events\nDay,Event,Users\nTotal,,90\nSubtotal,--,60\n2026-09-01,scroll,60\n"
        "2026-09-02,click,30\nTotal,,90\n",
        ",\nDay|Event|Users\n5 [2026-09-01][scroll][60]\n6 [2026-09-02][click][30]\n"
        "- preamble 1+1/1 # Events\n- total 3+2/2 Total,,90\n- total 7+1/1 Total,,90\n");
  /* the word stands behind the last column */
  reads("Event,Users\n,90,Grand total\nscroll,60\nclick,30\n",
        ",\nEvent|Users\n3 [scroll][60]\n4 [click][30]\n- total 2+1/1 ,90,Grand total\n");
  /* nothing but the name tells records apart: kept, and said */
  reads("Event,Users\nTotal,90\nscroll,60\nclick,30\n",
        ",\nEvent|Users\n2 [Total][90]\n3 [scroll][60]\n4 [click][30]\n? 2 Total,90\n");
  /* no word at all, but no record says so little: kept, and said */
  reads("Event,Users\n,90\nscroll,60\nclick,30\n",
        ",\nEvent|Users\n2 [][90]\n3 [scroll][60]\n4 [click][30]\n? 2 ,90\n");
  /* a company of that name has what the others have */
  reads("Company,Stage,Amount\nTotal Energies,Won,5000\nAcme,Won,10\n",
        ",\nCompany|Stage|Amount\n2 [Total Energies][Won][5000]\n3 [Acme][Won][10]\n");
  /* a total and nothing else: there is no record to tell it from */
  reads("Company,Stage,Amount\nTotal,,10\n",
        ",\nCompany|Stage|Amount\n2 [Total][][10]\n? 2 Total,,10\n");
}

static void totals_below_the_header_declared(void **state) {
  (void)state;
  pl_dialect d = look;
  d.description_given = true;
  shows(d, "Event,Country,Users\nTotal,,90\nscroll,FR,60\nclick,DE,30\n",
        ",\nEvent|Country|Users\n2 [Total][][90]\n3 [scroll][FR][60]\n4 [click][DE][30]\n");
  d.description = 1;
  shows(d, "Event,Users\nTotal,90\nscroll,60\nclick,30\n",
        ",\nEvent|Users\n3 [scroll][60]\n4 [click][30]\n- description 2+1/1 Total,90\n");
}

/* What the shape says is what the config would have to say: 1 row below the header. */
static void totals_below_the_header_can_be_pasted(void **state) {
  (void)state;
  pl_input *input =
      open_ok("Event,Country,Users\nTotal,,90\nscroll,FR,60\nclick,DE,30\n", look, NULL);
  assert_int_equal(pl_input_shape(input)->dialect.description, 1);
  pl_input_close(input);
}

/* No word at the end either. */
static void numbers_alone_at_the_end(void **state) {
  (void)state;
  reads("Event,Country,Users\nscroll,FR,60\nclick,DE,30\n,,90\n",
        ",\nEvent|Country|Users\n2 [scroll][FR][60]\n3 [click][DE][30]\n4 [][][90]\n? 4 ,,90\n");
  /* a record without a name has a stage at least */
  reads("Company,Stage,Amount\nAcme,Won,10\nBeta,Won,5\n,Lost,7\n",
        ",\nCompany|Stage|Amount\n2 [Acme][Won][10]\n3 [Beta][Won][5]\n4 [][Lost][7]\n");
  /* or an id */
  reads("Deal ID,Company,Amount\n1,Acme,10\n2,Beta,5\n3,,7\n",
        ",\nDeal ID|Company|Amount\n2 [1][Acme][10]\n3 [2][Beta][5]\n4 [3][][7]\n");
}

static void footer_declared(void **state) {
  (void)state;
  pl_dialect d = look;
  d.footer_given = true;
  d.footer = 1;
  shows(d, "Source,Sessions\nads,10\nTotal,30\n",
        ",\nSource|Sessions\n2 [ads][10]\n- total 3+1/1 Total,30\n");
  shows(d, "a,b\n1,2\n3,4\n", ",\na|b\n2 [1][2]\n- footer 3+1/1 3,4\n");
  d.footer = 0;
  shows(d, "Day,Name,N\n2026-09-01,x,10\nTotal,,30\n",
        ",\nDay|Name|N\n2 [2026-09-01][x][10]\n3 [Total][][30]\n");
  d.footer = 5;
  shows(d, "a,b\n1,2\n",
        "0 footer = 5, but below the header there are 1 row / Write how many rows at the end "
        "are no records, or leave it out to have them looked for.");
}

/* The tail of a file that is larger than what is looked at of it. */
static void footer_of_a_large_file(void **state) {
  (void)state;
  pl_buf text = {0}, out = {0};
  pl_input *input;
  pl_error err;
  pl_buf_text(&text, "Day,Name,N\n");
  for (int i = 0; i < 20000; i++) pl_buf_format(&text, "2026-09-01,\"n\n%d\",%d\n", i, i);
  pl_buf_text(&text, "Total,,199990000\n\nConfidential\n");
  assert_int_equal(open_bytes(text.p, text.n, look, NULL, &input, &err), PL_OK);
  print_shape(input, &out);
  /* the header, 20,000 records of two lines */
  assert_string_equal(out.p,
                      "- total 40002+1/1 Total,,199990000\n- footer 40004+1/1 Confidential\n");
  pl_input_close(input);
  pl_buf_free(&text);
  pl_buf_free(&out);
}

/* ---- delimiters behind the last column ---------------------------------------------------- */

static void trailing_delimiters(void **state) {
  (void)state;
  reads("a,b,\n1,2,\n3,4,\n", ", trailing\na|b\n2 [1][2]\n3 [3][4]\n");
  reads("a,b\n1,2,\n3,4,\n", ", trailing\na|b\n2 [1][2]\n3 [3][4]\n");
  reads("a,b,,,\n1,2,,,\n", ", trailing\na|b\n2 [1][2]\n");
  /* some rows with them, some without */
  reads("a,b\n1,2,\n3,4\n", ", trailing\na|b\n2 [1][2]\n3 [3][4]\n");
  /* a cell that is not blank is one too many */
  reads("a,b,\n1,2,\n1,2,\n1,2,\n1,2,\n3,4,x\n",
        ", trailing\na|b\n2 [1][2]\n3 [1][2]\n4 [1][2]\n5 [1][2]\n! 6 PL202\n");
  /* and a column with values but no name is an error */
  reads("a,b,\n1,2,x\n",
        "1 column 3 has no name / Give every column of the header a name, in the export. If "
        "the names stand on another line, say which: header = LINE.");
  reads("a,,c\n1,,3\n",
        "1 column 2 has no name / Give every column of the header a name, in the export. If "
        "the names stand on another line, say which: header = LINE.");
}

/* ---- memory ------------------------------------------------------------------------------ */

static void memory_out(void **state) {
  (void)state;
  open_once(look, "# x\nDay,Name,N,\n2026-09-01,x,10,\nTotal,,30,\n\nCopyright 2026\n");
  open_once(look, "Day,Name,N\nTotal,,30\n2026-09-01,x,10\n2026-09-02,y,20\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(footers),
      cmocka_unit_test(total_rows),
      cmocka_unit_test(companies_called_total),
      cmocka_unit_test(totals_below_the_header),
      cmocka_unit_test(totals_below_the_header_declared),
      cmocka_unit_test(totals_below_the_header_can_be_pasted),
      cmocka_unit_test(numbers_alone_at_the_end),
      cmocka_unit_test(footer_declared),
      cmocka_unit_test(footer_of_a_large_file),
      cmocka_unit_test(trailing_delimiters),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read shape below", tests, NULL, NULL);
}
