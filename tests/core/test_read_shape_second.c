/* Rows below the header that describe the columns: skipped and listed where the columns
 * prove it, asked about or noted where they do not (the form: test_read_shape.h). */
#include "test_read_shape.h"

/* A declared description settles which of two rows is the header. */
static void description_without_header(void **state) {
  (void)state;
  pl_dialect d = look;
  d.description_given = true;
  d.description = 1;
  shows(d, "id,q1,q2\nWho,How many,How much\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n3 [x][1][2]\n4 [y][2][3]\n- description 2+1/1 Who,How many,How much\n");
  /* none: line 1 may be a title still */
  d.description = 0;
  shows(d, "id,q1,q2\nWho,How many,How much\nx,1,2\ny,2,3\n",
        "1 the header cannot be told: is it line 1, id,q1,q2, or line 2, Who,How many,How much? "
        "/ header = 1, description = 1; or header = 2");
}

static void description_rows(void **state) {
  (void)state;
  reads("Respondent,When,Country?,\n,,Response,Other (please specify)\n1,2024-01-01,FR,\n",
        ",\nRespondent|When|Country?|Country? - Other (please specify)\n3 [1][2024-01-01][FR][]\n"
        "- description 2+1/1 ,,Response,Other (please specify)\n");
  /* a record whose first cell is blank is a record */
  reads("Name,City\n,Paris\nAcme,Rome\n", ",\nName|City\n2 [][Paris]\n3 [Acme][Rome]\n");
}

/* ---- proved by the columns ------------------------------------------------------------- */

/* Survey tools: a code, and below it what was asked. Two columns hold numbers only. */
static void questions_under_codes(void **state) {
  (void)state;
  reads("id,q1,q2\nWho?,How many?,How much?\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n3 [x][1][2]\n4 [y][2][3]\n- description 2+1/1 Who?,How many?,How much?\n");
  /* three headers, the third for machines */
  reads("Q1,Q2\nHow old?,Why "
        "so?\n\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2\"\"}\"\n"
        "31,because\n40,no\n",
        ",\nQ1|Q2\n4 [31][because]\n5 [40][no]\n- description 2+2/2 How old?,Why so?\n");
  /* the header below a title, and declared */
  reads("Report\n\nid,q1,q2\nWho?,How many?,How much?\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n5 [x][1][2]\n6 [y][2][3]\n- preamble 1+2/1 Report\n"
        "- description 4+1/1 Who?,How many?,How much?\n");
  pl_dialect d = look;
  d.header = 1;
  shows(d, "id,q1,q2\nWho?,How many?,How much?\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n3 [x][1][2]\n4 [y][2][3]\n- description 2+1/1 Who?,How many?,How much?\n");
  /* the config's word stands */
  d.description_given = true;
  shows(d, "id,q1,q2\nWho?,How many?,How much?\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n2 [Who?][How many?][How much?]\n3 [x][1][2]\n4 [y][2][3]\n");
}

/* Explorations of web analytics: dimensions, and below them the metrics. */
static void metrics_under_dimensions(void **state) {
  (void)state;
  reads("Country,desktop,mobile\nRegion,Active users,Active users\nFR,12,15\nDE,1,3\n",
        ",\nCountry|desktop|mobile\n3 [FR][12][15]\n4 [DE][1][3]\n"
        "- description 2+1/1 Region,Active users,Active users\n");
  /* one record only: nothing is proved by it */
  reads("Country,desktop,mobile\nRegion,Active users,Active users\nFR,12,15\n",
        ",\nCountry|desktop|mobile\n2 [Region][Active users][Active users]\n3 [FR][12][15]\n"
        "? names 2 Region,Active users,Active users\n");
}

static void units(void **state) {
  (void)state;
  reads("Name,Amount,Age\n,USD,days\nAcme,100,3\nBeta,20,5\n",
        ",\nName|Amount|Age\n3 [Acme][100][3]\n4 [Beta][20][5]\n- description 2+1/1 ,USD,days\n");
  reads("Name,Amount,Age\nUnit,(EUR),in days\nAcme,100,3\n",
        ",\nName|Amount|Age\n3 [Acme][100][3]\n- description 2+1/1 Unit,(EUR),in days\n");
  reads(
      "name,amount,closed\nstring,number,date\nAcme,100,2024-01-05\n",
      ",\nname|amount|closed\n3 [Acme][100][2024-01-05]\n- description 2+1/1 string,number,date\n");
  /* currencies are values where they stand for nothing but themselves */
  reads("from,to\nUSD,EUR\nGBP,CHF\n", ",\nfrom|to\n2 [USD][EUR]\n3 [GBP][CHF]\n");
}

static void header_words_again(void **state) {
  (void)state;
  reads("Name,Amount,Closed\nName,Amount (USD),closed\nAcme,1,x\n",
        ",\nName|Amount|Closed\n3 [Acme][1][x]\n- description 2+1/1 Name,Amount (USD),closed\n");
  /* byte for byte it is two exports, one behind the other */
  reads("Name,Amount\nName,Amount\nAcme,1\n", ",\nName|Amount\n! 2 PL210\n3 [Acme][1]\n");
}

/* ---- likely, and said ------------------------------------------------------------------- */

static void one_column_is_not_enough(void **state) {
  (void)state;
  reads("Name,Amount\nWho,How much\nAcme,100\nBeta,20\n",
        ",\nName|Amount\n2 [Who][How much]\n3 [Acme][100]\n4 [Beta][20]\n"
        "? names 2 Who,How much\n");
  /* addresses are a kind of value too */
  reads("Name,Mail\nWho,Where to\nAnn,a@x.org\nBob,b@x.org\n",
        ",\nName|Mail\n2 [Who][Where to]\n3 [Ann][a@x.org]\n4 [Bob][b@x.org]\n"
        "? names 2 Who,Where to\n");
  /* texts only, but none of the answers is a question */
  reads("id,q1,q2\nWho?,What role?,Why so?\nx,boss,fun\ny,clerk,pay\n",
        ",\nid|q1|q2\n2 [Who?][What role?][Why so?]\n3 [x][boss][fun]\n4 [y][clerk][pay]\n"
        "? names 2 Who?,What role?,Why so?\n");
  pl_dialect d = look;
  d.description_given = true;
  shows(d, "Name,Amount\nWho,How much\nAcme,100\nBeta,20\n",
        ",\nName|Amount\n2 [Who][How much]\n3 [Acme][100]\n4 [Beta][20]\n");
  d.description = 1;
  shows(d, "Name,Amount\nWho,How much\nAcme,100\nBeta,20\n",
        ",\nName|Amount\n3 [Acme][100]\n4 [Beta][20]\n- description 2+1/1 Who,How much\n");
}

/* ---- records ------------------------------------------------------------------------------ */

/* The worst that could happen: a first record that is not counted. */
static void first_records_stay_records(void **state) {
  (void)state;
  /* it has a value */
  reads("Name,Amount,Age\nAcme,soon,4\nBeta,5,3\nGamma,6,2\n",
        ",\nName|Amount|Age\n2 [Acme][soon][4]\n3 [Beta][5][3]\n4 [Gamma][6][2]\n");
  /* or a text that a record has too */
  reads("Name,Stage,Amount\nAcme,Won,soon\nBeta,Won,5\nGamma,Lost,6\n",
        ",\nName|Stage|Amount\n2 [Acme][Won][soon]\n3 [Beta][Won][5]\n4 [Gamma][Lost][6]\n");
  /* or says in words that there is no value */
  reads("Name,Amount,Age\nAcme,unknown,pending\nBeta,5,3\nGamma,6,2\n",
        ",\nName|Amount|Age\n2 [Acme][unknown][pending]\n3 [Beta][5][3]\n4 [Gamma][6][2]\n");
  reads("Name,Amount,Age\nAcme,n/a,--\nBeta,5,3\nGamma,6,2\n",
        ",\nName|Amount|Age\n2 [Acme][n/a][--]\n3 [Beta][5][3]\n4 [Gamma][6][2]\n");
  /* nothing but texts */
  reads("Name,City\nAcme,Rome\nBeta,Oslo\n", ",\nName|City\n2 [Acme][Rome]\n3 [Beta][Oslo]\n");
  /* its address is one */
  reads(
      "Name,Mail,Score\nAnn,a@x.org,none yet\nBob,b@x.org,5\nCy,c@x.org,6\n",
      ",\nName|Mail|Score\n2 [Ann][a@x.org][none yet]\n3 [Bob][b@x.org][5]\n4 [Cy][c@x.org][6]\n");
  /* answers that are questions themselves */
  reads("id,asks,wants\nx,Why?,What for?\ny,How?,Who?\n",
        ",\nid|asks|wants\n2 [x][Why?][What for?]\n3 [y][How?][Who?]\n");
}

/* ---- memory ------------------------------------------------------------------------------ */

static void memory_out(void **state) {
  (void)state;
  open_once(look, "id,q,\n,Response,Other\n1,2,\n");
  open_once(look, "id,q1,q2\nWho?,How many?,How much?\nx,1,2\ny,2,3\n");
  open_once(look, "Name,Amount\nWho,How much\nAcme,100\nBeta,20\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(description_without_header),
      cmocka_unit_test(description_rows),
      cmocka_unit_test(questions_under_codes),
      cmocka_unit_test(metrics_under_dimensions),
      cmocka_unit_test(units),
      cmocka_unit_test(header_words_again),
      cmocka_unit_test(one_column_is_not_enough),
      cmocka_unit_test(first_records_stay_records),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read shape second", tests, NULL, NULL);
}
