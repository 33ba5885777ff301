/* Shapes: bytes in; delimiter, columns, records and what was skipped out.
 *
 * A file prints as
 *   ; trailing                                  the delimiter, and what else is so
 *   a|b                                         its columns
 *   2 [1][2]                                    line and cells of each record
 *   ! 3 PL201                                   rejects
 *   - preamble 1+2/1 Report                     kind, line + lines / rows, text
 *   ? 4 Total,5                                 kept, but may be a total
 *   # name 3                                    the tables of a file with several
 * and one that is not read as `line message / hint`. */
#include "test_read.h"

static const pl_dialect look = {.format = PL_FORMAT_CSV};

static bool one_field(void *state, pl_str text, void (*field)(void *, pl_str, pl_str), void *ctx,
                      char message[256]) {
  (void)state;
  (void)message;
  field(ctx, PL_STR("object"), text);
  return true;
}

static void print_shape(pl_input *input, pl_buf *out) {
  static const char *const kinds[] = {"preamble", "description", "total", "footer", "block"};
  const pl_shape *shape = pl_input_shape(input);
  for (size_t i = 0; i < shape->skipped_n; i++) {
    const pl_skipped *s = &shape->skipped[i];
    pl_buf_format(out, "- %s %u+%u/%u %.*s\n", kinds[s->kind], s->line, s->lines, s->rows,
                  PL_STR_ARG(s->text));
  }
  for (size_t i = 0; i < shape->kept_n; i++)
    pl_buf_format(out, "? %u %.*s\n", shape->kept[i].line, PL_STR_ARG(shape->kept[i].text));
  for (size_t i = 0; i < shape->blocks_n; i++)
    pl_buf_format(out, "# %.*s %u\n", PL_STR_ARG(shape->blocks[i].name), shape->blocks[i].line);
}

static void print_head(pl_input *input, pl_buf *out) {
  const pl_shape *shape = pl_input_shape(input);
  char delimiter = shape->dialect.delimiter;
  if (shape->dialect.format == PL_FORMAT_CSV)
    pl_buf_format(out, "%s", delimiter == '\t' ? "\\t" : (char[]){delimiter, 0});
  else
    pl_buf_format(out, "json %s", shape->dialect.records ? shape->dialect.records : "");
  if (shape->trailing) pl_buf_text(out, " trailing");
  if (shape->transposed) pl_buf_text(out, " transposed");
  pl_buf_text(out, "\n");
  for (size_t i = 0; i < pl_input_columns(input); i++) {
    pl_buf_text(out, i ? "|" : "");
    print_str(out, pl_input_column(input, i));
  }
  pl_buf_text(out, "\n");
}

static void print_records(pl_input *input, pl_buf *out) {
  pl_batch b = {0};
  pl_error err = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    if (pl_input_chunk(input, at, 1, NULL, &b, &err)) fail_msg("%s", err.message);
    assert_true(b.next > at);
    for (size_t i = 0; i < b.n; i++) {
      pl_buf_format(out, "%u ", line + b.records[i].line);
      for (size_t c = 0; c < pl_input_columns(input); c++) {
        pl_buf_text(out, "[");
        print_str(out, b.records[i].cells[c]);
        pl_buf_text(out, "]");
      }
      pl_buf_text(out, "\n");
    }
    for (size_t i = 0; i < b.rejects_n; i++)
      pl_buf_format(out, "! %u PL%d\n", line + b.rejects[i].line, (int)b.rejects[i].code);
    at = b.next;
    line += b.lines;
  }
  pl_batch_free(&b);
}

static void shows(pl_dialect dialect, const char *text, const char *expected) {
  const pl_json_decoder decoder = {NULL, one_field};
  pl_input *input = NULL;
  pl_error err = {0};
  pl_buf out = {0};
  if (open_bytes(text, strlen(text), dialect, &decoder, &input, &err)) {
    pl_buf_format(&out, "%u %s", err.line, err.message);
    if (err.hint[0]) pl_buf_format(&out, " / %s", err.hint);
  } else {
    print_head(input, &out);
    print_records(input, &out);
    print_shape(input, &out);
  }
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_input_close(input);
  pl_buf_free(&out);
}

static void reads(const char *text, const char *expected) {
  shows(look, text, expected);
}

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
  /* names, and below them the questions */
  reads(
      "id,q1,q2\nWho,How many?,How much?\nx,1,2\ny,2,3\n",
      "1 the header cannot be told: is it line 1, id,q1,q2, or line 2, Who,How many?,How much?? / "
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

/* A declared description settles which of two rows is the header. */
static void description_without_header(void **state) {
  (void)state;
  pl_dialect d = look;
  d.description_given = true;
  d.description = 1;
  shows(d, "id,q1,q2\nWho,How many?,How much?\nx,1,2\ny,2,3\n",
        ",\nid|q1|q2\n3 [x][1][2]\n4 [y][2][3]\n- description 2+1/1 Who,How many?,How much?\n");
  /* none: line 1 may be a title still */
  d.description = 0;
  shows(d, "id,q1,q2\nWho,How many?,How much?\nx,1,2\ny,2,3\n",
        "1 the header cannot be told: is it line 1, id,q1,q2, or line 2, Who,How many?,How much?? "
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

static void open_once(pl_dialect dialect, const char *text) {
  const pl_json_decoder decoder = {NULL, one_field};
  for (uint64_t n = 1;; n++) {
    pl_input *input = NULL;
    pl_error err = {0};
    char *path = file_of(text, strlen(text));
    uint64_t before = pl_alloc_count();
    pl_alloc_fail_at(n);
    pl_status status = pl_input_open(path, "shown.txt", dialect, &decoder, &input, &err);
    bool failed = pl_alloc_count() - before >= n;
    pl_alloc_fail_at(0);
    unlink(path);
    pl_input_close(input);
    if (!failed) break;
    if (status) assert_int_equal(status, PL_E_MEMORY);
  }
}

static void memory_out(void **state) {
  (void)state;
  pl_dialect d = look;
  open_once(d, "# x\nDay,Name,N,\n2026-09-01,x,10,\nTotal,,30,\n\nCopyright 2026\n");
  open_once(d, "id,q,\n,Response,Other\n1,2,\n");
  open_once(d, "A\n\"Title:\",\"x\"\n\"Sent:\",\"5\"\n\"Opens:\",\"7\"\n");
  open_once(d, "Day,Name,N\nTotal,,30\n2026-09-01,x,10\n2026-09-02,y,20\n");
  d.any_block = true;
  open_once(d, overview);
  open_once(d, "Page,Views\n/a,1\n\nSource,Users\nads,3\n");
  d = (pl_dialect){.format = PL_FORMAT_JSON};
  open_once(d, "{\"results\":[{\"a\":1}]}");
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
      cmocka_unit_test(description_without_header),
      cmocka_unit_test(description_rows),
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
      cmocka_unit_test(several_tables),
      cmocka_unit_test(tables_of_one_width),
      cmocka_unit_test(the_header_again),
      cmocka_unit_test(blank_lines_begin_no_table),
      cmocka_unit_test(keys_and_values),
      cmocka_unit_test(json_arrays),
      cmocka_unit_test(memory_out),
  };
  return cmocka_run_group_tests_name("read shape", tests, NULL, NULL);
}
