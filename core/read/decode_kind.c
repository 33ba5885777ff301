/* What a file is, by its first bytes: compressed, no export at all, JSON or CSV. */
#include <strings.h>

#include "read/decode.h"

static bool begins(pl_str head, const void *magic, size_t n) {
  return head.n >= n && memcmp(head.p, magic, n) == 0;
}
#define BEGINS(head, text) begins((head), (text), sizeof(text) - 1)

static bool holds(pl_str head, const char *text) {
  return memmem(head.p, head.n, text, strlen(text)) != NULL;
}

/* Frames that hold no data may stand before the first one of a zstd file. */
static bool is_zstd(pl_str head) {
  if (BEGINS(head, "\x28\xB5\x2F\xFD")) return true;
  return head.n >= 4 && ((unsigned char)head.p[0] & 0xF0) == 0x50 &&
         memcmp(head.p + 1, "\x2A\x4D\x18", 3) == 0;
}

pl_packing pl_kind_packing(pl_str head) {
  if (BEGINS(head, "\x1F\x8B\x08")) return PL_PACKING_GZIP;
  return is_zstd(head) ? PL_PACKING_ZSTD : PL_PACKING_NONE;
}

static pl_status refuse(const pl_input *input, const char *what, const char *hint, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0}, "this is %s, not a CSV or JSON export",
             what);
  return pl_input_hint(err, hint);
}

#define SAVE_AS "Open it and save the sheet as \"CSV UTF-8\", or let the tool export CSV."
#define UNPACK "Unpack it, or compress it with gzip or zstd: those are read as they are."

static pl_status refuse_zip(const pl_input *input, pl_str head, pl_error *err) {
  if (holds(head, "opendocument.spreadsheet"))
    return refuse(input, "an OpenDocument spreadsheet (.ods)", SAVE_AS, err);
  if (holds(head, "[Content_Types].xml") || holds(head, "xl/"))
    return refuse(input, "an Excel workbook (.xlsx)", SAVE_AS, err);
  return refuse(input, "a zip archive", "Unzip it and name the files that were in it.", err);
}

pl_status pl_kind_refuse_bytes(const pl_input *input, pl_str head, pl_error *err) {
  if (BEGINS(head, "PK\x03\x04") || BEGINS(head, "PK\x05\x06")) return refuse_zip(input, head, err);
  if (BEGINS(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
    return refuse(input, "an old Excel workbook (.xls)", SAVE_AS, err);
  if (BEGINS(head, "%PDF-")) return refuse(input, "a PDF", "Export the table itself, as CSV.", err);
  if (BEGINS(head, "BZh") && head.n > 9 && memcmp(head.p + 4, "1AY&SY", 6) == 0)
    return refuse(input, "a bzip2 file", UNPACK, err);
  if (BEGINS(head, "\xFD"
                   "7zXZ"))
    return refuse(input, "an xz file", UNPACK, err);
  if (BEGINS(head, "7z\xBC\xAF\x27\x1C")) return refuse(input, "a 7z archive", UNPACK, err);
  if (BEGINS(head, "Rar!\x1A\x07")) return refuse(input, "a rar archive", UNPACK, err);
  if (BEGINS(head, "\x04\x22\x4D\x18")) return refuse(input, "an lz4 file", UNPACK, err);
  if (BEGINS(head, "PAR1")) return refuse(input, "a Parquet file", "Write it as CSV.", err);
  if (BEGINS(head, "SQLite format 3"))
    return refuse(input, "a SQLite database", "Export the table as CSV: sqlite3 -csv -header …",
                  err);
  return PL_OK;
}

static pl_str past_space(pl_str head) {
  if (BEGINS(head, "\xEF\xBB\xBF")) head = (pl_str){head.p + 3, head.n - 3};
  return pl_str_trim(head);
}

pl_status pl_kind_refuse_text(const pl_input *input, pl_str head, pl_error *err) {
  static const char *const html[] = {"<!doctype html", "<html", "<head", "<body",
                                     "<table",         "<meta", "<style"};
  pl_str text = past_space(head);
  for (size_t i = 0; i < sizeof html / sizeof *html; i++) {
    size_t n = strlen(html[i]);
    if (text.n > n && strncasecmp(text.p, html[i], n) == 0)
      return refuse(input, "an HTML page",
                    "Is it the page of a log-in, or a table that was saved as a page? Export CSV.",
                    err);
  }
  if (text.n > 5 && memcmp(text.p, "<?xml", 5) == 0)
    return refuse(input, "an XML file", "Let the tool export CSV.", err);
  return PL_OK;
}

/* --- JSON --- */

/* Length of the JSON value at the beginning, by its brackets; 0: not all of it.
 * *array: an array that begins with an object stands in it. */
static size_t value_length(pl_str text, bool *array) {
  size_t depth = 0;
  bool quoted = false;
  *array = false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (quoted) {
      i += c == '\\';
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      depth++;
      pl_str rest = pl_str_trim((pl_str){text.p + i + 1, text.n - i - 1});
      *array |= c == '[' && rest.n && rest.p[0] == '{';
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

/* `{` begins a line of NDJSON, or one object that holds the array. */
static pl_format object_format(pl_str text) {
  bool array;
  size_t n = value_length(text, &array);
  /* not all of it is in the head: a line of NDJSON would have no end in it */
  if (n == 0) return array || memchr(text.p, '\n', text.n) ? PL_FORMAT_JSON : PL_FORMAT_NDJSON;
  pl_str rest = pl_str_trim((pl_str){text.p + n, text.n - n});
  return rest.n || !array ? PL_FORMAT_NDJSON : PL_FORMAT_JSON;
}

pl_format pl_kind_format(pl_str head) {
  pl_str text = past_space(head);
  if (text.n < 2) return PL_FORMAT_CSV;
  pl_str rest = pl_str_trim((pl_str){text.p + 1, text.n - 1});
  char next = rest.n ? rest.p[0] : '\0';
  if (text.p[0] == '[') return next == '{' || next == ']' ? PL_FORMAT_JSON : PL_FORMAT_CSV;
  if (text.p[0] == '{' && (next == '"' || next == '}')) return object_format(text);
  return PL_FORMAT_CSV;
}
