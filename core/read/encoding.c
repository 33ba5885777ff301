/* Which encoding a file is in: by its byte order mark, by the NULs of UTF-16, by
 * bytes that are not UTF-8 and that make sense as Windows-1252; or as declared,
 * held against all that. */
#include "read/decode.h"

static const struct {
  const char *name, *word;
} encodings[] = {
    [PL_ENCODING_LOOK] = {"", ""},
    [PL_ENCODING_UTF8] = {"UTF-8", "utf-8"},
    [PL_ENCODING_UTF16LE] = {"UTF-16LE", "utf-16le"},
    [PL_ENCODING_UTF16BE] = {"UTF-16BE", "utf-16be"},
    [PL_ENCODING_CP1252] = {"Windows-1252", "windows-1252"},
    [PL_ENCODING_LATIN1] = {"Latin-1", "latin-1"},
};

const char *pl_encoding_name(pl_encoding encoding) {
  return encodings[encoding].name;
}
const char *pl_encoding_word(pl_encoding encoding) {
  return encodings[encoding].word;
}

pl_status pl_samples_read(const pl_input *input, pl_samples *samples, pl_error *err) {
  const uint64_t most = (uint64_t)PL_SAMPLES * PL_HEAD_BYTES;
  const uint64_t size = input->size, step = pl_places_step(size, PL_SAMPLES - 1);
  *samples = (pl_samples){.whole = size <= most, .count = 1};
  size_t each = samples->whole ? (size_t)size : PL_HEAD_BYTES;
  if (!samples->whole) /* and the end; no byte twice */
    samples->count = (size_t)((size - 2 * each) / step) + 2;
  samples->bytes = pl_malloc(each * samples->count);
  if (!samples->bytes) return pl_fail_memory(err);
  for (size_t i = 0; i < samples->count; i++) {
    uint64_t at = i && i + 1 == samples->count ? size - each : i * step;
    samples->at[i] = samples->n;
    pl_status status = pl_input_pread(input, at, samples->bytes + samples->n, each, err);
    if (status) return status;
    samples->n += each;
  }
  samples->at[samples->count] = samples->n;
  return PL_OK;
}

/* --- marks and NULs --- */

typedef struct mark {
  const char *bytes;
  size_t n;
  pl_encoding encoding; /* PL_ENCODING_LOOK: UTF-32, which is not read */
} mark;

static const mark marks[] = {
    {"\xEF\xBB\xBF", 3, PL_ENCODING_UTF8}, {"\xFF\xFE\0\0", 4, PL_ENCODING_LOOK},
    {"\0\0\xFE\xFF", 4, PL_ENCODING_LOOK}, {"\xFF\xFE", 2, PL_ENCODING_UTF16LE},
    {"\xFE\xFF", 2, PL_ENCODING_UTF16BE},
};

static const mark *mark_of(pl_str head) {
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (head.n >= marks[i].n && memcmp(head.p, marks[i].bytes, marks[i].n) == 0) return &marks[i];
  return NULL;
}

typedef struct nuls {
  size_t even, odd; /* by offset */
  size_t quads;     /* groups of four that hold exactly three */
} nuls;

static nuls nuls_of(pl_str head) {
  nuls found = {0};
  for (size_t i = 0; i < head.n; i++) {
    found.even += !head.p[i] && i % 2 == 0;
    found.odd += !head.p[i] && i % 2 == 1;
  }
  for (size_t i = 0; i + 3 < head.n; i += 4)
    found.quads += !head.p[i] + !head.p[i + 1] + !head.p[i + 2] + !head.p[i + 3] == 3;
  return found;
}

/* Delimiters, digits and line ends of UTF-16 have a NUL on one side, whatever the
 * language; a stray NUL in other text is far rarer and stands anywhere. */
static pl_encoding utf16_of(pl_str head) {
  const nuls n = nuls_of(head);
  const size_t units = head.n / 2;
  if (units < 2) return PL_ENCODING_LOOK;
  if (n.odd * 4 >= units && n.even * 3 <= n.odd) return PL_ENCODING_UTF16LE;
  if (n.even * 4 >= units && n.odd * 3 <= n.even) return PL_ENCODING_UTF16BE;
  return PL_ENCODING_LOOK;
}

static pl_status refuse_utf32(const pl_input *input, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 1, 1}, "the file is UTF-32");
  return pl_input_hint(err, "Export it as UTF-8.");
}

/* --- declared --- */

static pl_status contradicts(const pl_input *input, const char *bytes, pl_encoding encoding,
                             pl_error *err) {
  pl_fail_at(err, PL_E_USAGE, (pl_site){input->shown, 1, 1},
             "%s, but encoding = \"%s\" is declared", bytes,
             pl_encoding_word(input->dialect.encoding));
  pl_hint(err, "encoding = \"%s\", or leave it out", pl_encoding_word(encoding));
  return PL_E_USAGE;
}

/* Three characters of UTF-8 and nothing else above 127 are no accident. */
#define SURELY_UTF8 3

static pl_status check_declared(const pl_input *input, const pl_samples *samples, pl_error *err) {
  const pl_encoding declared = input->dialect.encoding;
  const pl_str head = pl_samples_head(samples);
  const pl_encoding by_nuls = utf16_of(head);
  bool wide = declared == PL_ENCODING_UTF16LE || declared == PL_ENCODING_UTF16BE;
  pl_high_bytes high;
  if (by_nuls != PL_ENCODING_LOOK && by_nuls != declared)
    return contradicts(
        input, by_nuls == PL_ENCODING_UTF16LE ? "the bytes are UTF-16LE" : "the bytes are UTF-16BE",
        by_nuls, err);
  if (wide && !memchr(head.p, 0, head.n)) {
    return contradicts(input, "no byte is NUL, as half of them are in UTF-16", PL_ENCODING_UTF8,
                       err);
  }
  if (declared != PL_ENCODING_CP1252 && declared != PL_ENCODING_LATIN1) return PL_OK;
  pl_high_bytes_count(samples, &high);
  if (high.sequences >= SURELY_UTF8 && !high.bad)
    return contradicts(input, "all bytes above 127 are UTF-8", PL_ENCODING_UTF8, err);
  return PL_OK;
}

/* --- looked for --- */

#define ENOUGH 2 /* points; one letter between letters, or two other places */

static void look_at_high_bytes(const pl_samples *samples, pl_encoding_found *out) {
  pl_high_bytes high;
  pl_high_bytes_count(samples, &high);
  out->encoding = PL_ENCODING_UTF8;
  out->ascii = !high.sequences && !high.bad;
  out->certain = high.sequences >= high.bad; /* no bad ones, or few among many */
  if (high.sequences || !high.bad || high.undefined || high.good < ENOUGH ||
      high.doubtful * 50 > high.good)
    return;
  out->encoding = PL_ENCODING_CP1252;
  out->certain = high.marked && !high.unsure;
}

pl_status pl_encoding_find(const pl_input *input, const pl_samples *samples, pl_encoding_found *out,
                           pl_error *err) {
  const pl_str head = pl_samples_head(samples);
  const mark *found = mark_of(head);
  const pl_encoding declared = input->dialect.encoding;
  *out = (pl_encoding_found){.encoding = declared, .certain = true};
  if (found) {
    out->encoding = found->encoding;
    out->mark = found->n;
    if (found->encoding == PL_ENCODING_LOOK) return refuse_utf32(input, err);
    if (declared == PL_ENCODING_LOOK || declared == found->encoding) return PL_OK;
    char what[64] = "it begins with the mark of ";
    strcat(what, pl_encoding_name(found->encoding));
    return contradicts(input, what, found->encoding, err);
  }
  if (nuls_of(head).quads * 8 >= head.n) return refuse_utf32(input, err); /* half of the groups */
  if (declared != PL_ENCODING_LOOK) return check_declared(input, samples, err);
  out->encoding = utf16_of(head);
  if (out->encoding == PL_ENCODING_LOOK) look_at_high_bytes(samples, out);
  return PL_OK;
}
