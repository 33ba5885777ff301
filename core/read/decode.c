/* From the bytes of a file to the bytes that are read: what has to be undone, and
 * in which order. A file that is UTF-8 with doubled quotes is looked at and left. */
#include "read/decode.h"

/* --- compression --- */

static pl_status read_head(const pl_input *input, char *bytes, pl_str *head, pl_error *err) {
  size_t n = input->size < PL_HEAD_BYTES ? (size_t)input->size : PL_HEAD_BYTES;
  *head = (pl_str){bytes, n};
  return pl_input_pread(input, 0, bytes, n, err);
}

static pl_status refuse_empty(const pl_input *input, pl_error *err) {
  return pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0},
                    input->shape.compression ? "the file is empty: nothing was compressed in it"
                                             : "the file is empty");
}

static pl_status decompress(pl_input *input, const volatile bool *cancel, pl_error *err) {
  pl_str head;
  char *bytes = pl_malloc(PL_HEAD_BYTES);
  if (!bytes) return pl_fail_memory(err);
  pl_status status = read_head(input, bytes, &head, err);
  if (!status) status = pl_kind_refuse_bytes(input, head, err);
  pl_packing packing = status ? PL_PACKING_NONE : pl_kind_packing(head);
  if (packing == PL_PACKING_NONE) goto done;
  input->shape.compression = packing == PL_PACKING_GZIP ? "gzip" : "zstd";
  status = pl_stream_decode(input, packing == PL_PACKING_GZIP ? &pl_decoder_gzip : &pl_decoder_zstd,
                            NULL, cancel, err);
  if (!status && input->size == 0) status = refuse_empty(input, err);
  if (!status) status = read_head(input, bytes, &head, err);
  if (!status) status = pl_kind_refuse_bytes(input, head, err);
  if (!status && pl_kind_packing(head) != PL_PACKING_NONE) {
    pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0}, "the file is compressed twice");
    status = pl_input_hint(err, "Decompress it once.");
  }
done:
  pl_free(bytes);
  return status;
}

/* --- text --- */

static pl_status ambiguous_quotes(const pl_input *input, pl_str head, size_t at, pl_error *err) {
  bool cr = false;
  size_t begin = at, length, end;
  while (begin && head.p[begin - 1] != '\n' && head.p[begin - 1] != '\r') begin--;
  pl_site site = {input->shown, 1 + pl_line_count(head.p, begin, &cr), (uint32_t)(at - begin) + 1};
  pl_fail_at(err, PL_E_USAGE, site,
             "\\\" may be a quote inside the cell, or a backslash that stands before a quote");
  pl_hint(err, "quotes = \"backslash\", or quotes = \"doubled\"");
  if (!err) return PL_E_USAGE;
  pl_line_find(head.p + begin, head.n - begin, true, &length, &end);
  if (length >= sizeof err->excerpt) length = sizeof err->excerpt - 1;
  length = pl_utf8_valid((pl_str){head.p + begin, length});
  memcpy(err->excerpt, head.p + begin, length);
  err->excerpt[length] = '\0';
  return PL_E_USAGE;
}

/* Settles the format and the quotes, by the head as UTF-8. */
static pl_status look_at_text(pl_input *input, pl_str head, bool whole, char *delimiter,
                              pl_error *err) {
  pl_dialect *dialect = &input->dialect;
  pl_status status = pl_kind_refuse_text(input, head, err);
  if (status) return status;
  if (dialect->format == PL_FORMAT_LOOK) dialect->format = pl_kind_format(head);
  if (dialect->format != PL_FORMAT_CSV) {
    dialect->quotes = PL_QUOTES_DOUBLED;
    return PL_OK;
  }
  *delimiter = dialect->delimiter ? dialect->delimiter : pl_quotes_delimiter(head);
  if (dialect->quotes != PL_QUOTES_LOOK) return PL_OK;
  size_t at;
  dialect->quotes = pl_quotes_look(head, whole, *delimiter, &at);
  return dialect->quotes == PL_QUOTES_LOOK ? ambiguous_quotes(input, head, at, err) : PL_OK;
}

/* The same where the head has to be turned into UTF-8 first. */
static pl_status look_at_bytes(pl_input *input, pl_str head, char *delimiter, pl_error *err) {
  const pl_encoding encoding = input->dialect.encoding;
  bool whole = input->text_at + head.n == input->size;
  if (encoding == PL_ENCODING_UTF8) return look_at_text(input, head, whole, delimiter, err);
  const size_t room = (size_t)PL_HEAD_BYTES * 3;
  char *text = pl_malloc(room);
  if (!text) return pl_fail_memory(err);
  size_t n = pl_text_head(encoding, head, text, room);
  pl_status status =
      n == SIZE_MAX ? pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0},
                                 "%s cannot be read on this machine", pl_encoding_name(encoding))
                    : look_at_text(input, (pl_str){text, n}, whole, delimiter, err);
  pl_free(text);
  return status;
}

/* A tool that writes \" may do so for the first time far behind the head. In UTF-16 the
 * other places are not text yet, so there it is left to the rejects to say. */
static void look_at_quotes(pl_input *input, const pl_samples *samples, pl_str head,
                           char delimiter) {
  pl_dialect *d = &input->dialect;
  const bool wide = d->encoding == PL_ENCODING_UTF16LE || d->encoding == PL_ENCODING_UTF16BE;
  if (d->format != PL_FORMAT_CSV || d->quotes != PL_QUOTES_DOUBLED || wide) return;
  if (memmem(head.p, head.n, "\\\"", 2)) return; /* the head has said which it is */
  if (pl_quotes_elsewhere(samples, input->text_at + head.n, delimiter))
    d->quotes = PL_QUOTES_BACKSLASH;
}

static pl_status look(pl_input *input, char *delimiter, pl_error *err) {
  pl_samples samples;
  pl_encoding_found found;
  pl_status status = pl_samples_read(input, &samples, err);
  if (!status) status = pl_encoding_find(input, &samples, &found, err);
  if (status) goto done;
  input->dialect.encoding = found.encoding;
  input->shape.bom = found.mark > 0;
  input->shape.encoding_certain = found.certain;
  input->shape.ascii = found.ascii;
  input->text_at = found.mark;
  pl_str head = pl_samples_head(&samples);
  head = (pl_str){head.p + found.mark, head.n - found.mark};
  const bool open = input->dialect.quotes == PL_QUOTES_LOOK;
  status = head.n ? look_at_bytes(input, head, delimiter, err) : refuse_empty(input, err);
  if (!status && open) look_at_quotes(input, &samples, head, *delimiter);
done:
  pl_free(samples.bytes);
  return status;
}

static pl_status turn_text(pl_input *input, char delimiter, const volatile bool *cancel,
                           pl_error *err) {
  const pl_dialect *dialect = &input->dialect;
  const pl_text_way way = {input->text_at, dialect->encoding,
                           dialect->quotes == PL_QUOTES_BACKSLASH, delimiter};
  input->text_at = 0;
  return pl_stream_decode(input, &pl_decoder_text, &way, cancel, err);
}

/* --- the whole --- */

static pl_status count_line_ends(pl_input *input, pl_error *err) {
  pl_str head;
  char *bytes = pl_malloc(PL_HEAD_BYTES);
  if (!bytes) return pl_fail_memory(err);
  pl_status status = read_head(input, bytes, &head, err);
  for (size_t i = 0; !status && i < head.n; i++) {
    bool lf = head.p[i] == '\n', pair = lf && i && head.p[i - 1] == '\r';
    bool followed = i + 1 < head.n && head.p[i + 1] == '\n';
    input->shape.crlf += pair;
    input->shape.lf += lf && !pair;
    input->shape.cr += head.p[i] == '\r' && !followed;
  }
  pl_free(bytes);
  return status;
}

pl_status pl_decode(pl_input *input, const volatile bool *cancel, pl_error *err) {
  char delimiter = ',';
  pl_status status = decompress(input, cancel, err);
  if (!status) status = look(input, &delimiter, err);
  if (status) return status;
  if (input->dialect.encoding != PL_ENCODING_UTF8 || input->dialect.quotes == PL_QUOTES_BACKSLASH) {
    status = turn_text(input, delimiter, cancel, err);
    if (status) return status;
  }
  return count_line_ends(input, err);
}
