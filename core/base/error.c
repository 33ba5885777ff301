/* Filling a pl_error, and the nearest word for "did you mean". */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NEAR_LONGEST 128

/* Drops a UTF-8 character that the end of the buffer cut in two. */
static void drop_half_character(char *text, size_t n) {
  size_t start = n;
  while (start > 0 && n - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
  if (start == 0) return;
  unsigned char lead = (unsigned char)text[start - 1];
  size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length > n - start + 1) text[start - 1] = '\0';
}

/* Formats aside first: an argument may point into the error being filled. */
static void fill(char *out, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void fill(char *out, size_t size, const char *format, va_list args) {
  char text[PL_ERROR_TEXT];
  int n = vsnprintf(text, sizeof text, format, args);
  if (n < 0) text[0] = '\0';
  if (n >= (int)sizeof text) drop_half_character(text, sizeof text - 1);
  snprintf(out, size, "%s", text);
}

static void clear(pl_error *err, pl_status status) {
  err->status = status;
  err->file[0] = err->excerpt[0] = err->message[0] = err->hint[0] = '\0';
  err->line = err->column = 0;
}

pl_status(pl_fail)(pl_error *err, pl_status status, const char *format, ...) {
  if (!err) return status;
  char message[PL_ERROR_TEXT];
  va_list args;
  va_start(args, format);
  fill(message, sizeof message, format, args);
  va_end(args);
  clear(err, status);
  memcpy(err->message, message, sizeof message);
  return status;
}

pl_status(pl_fail_at)(pl_error *err, pl_status status, pl_site site, const char *format, ...) {
  if (!err) return status;
  char message[PL_ERROR_TEXT], file[PL_ERROR_PATH];
  va_list args;
  va_start(args, format);
  fill(message, sizeof message, format, args);
  va_end(args);
  snprintf(file, sizeof file, "%s", site.file ? site.file : "");
  clear(err, status);
  memcpy(err->message, message, sizeof message);
  memcpy(err->file, file, sizeof file);
  err->line = site.line;
  err->column = site.column;
  return status;
}

pl_status pl_hint(pl_error *err, const char *format, ...) {
  if (!err) return PL_OK;
  va_list args;
  va_start(args, format);
  fill(err->hint, sizeof err->hint, format, args);
  va_end(args);
  return err->status;
}

pl_status(pl_fail_memory)(pl_error *err) {
  if (!err) return PL_E_MEMORY;
  clear(err, PL_E_MEMORY);
  strcpy(err->message, "out of memory");
  return PL_E_MEMORY;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Optimal string alignment (Damerau 1964, restricted): insertions, deletions,
 * replacements and swaps of neighbours, letters of ASCII without their case. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn) {
  size_t rows[3][NEAR_LONGEST + 1];
  size_t *before = rows[0], *last = rows[1], *row = rows[2];
  for (size_t j = 0; j <= bn; j++) last[j] = j;
  for (size_t i = 1; i <= an; i++) {
    row[0] = i;
    for (size_t j = 1; j <= bn; j++) {
      char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (x != y));
      bool swapped = i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y;
      if (swapped) row[j] = least(row[j], before[j - 2] + 1);
    }
    size_t *spare = before;
    before = last;
    last = row;
    row = spare;
  }
  return last[bn];
}

const char *pl_nearest(const char *word, const char *const *candidates, size_t n) {
  size_t length = word ? strlen(word) : 0;
  if (length == 0 || length > NEAR_LONGEST) return NULL;
  size_t limit = length / 3 > 2 ? length / 3 : 2;
  if (limit >= length) limit = length - 1; /* a word with nothing in common is not near */
  const char *nearest = NULL;
  for (size_t i = 0; i < n; i++) {
    size_t other = candidates[i] ? strlen(candidates[i]) : 0;
    if (other == 0 || other > length + limit || other + limit < length) continue;
    if (other > NEAR_LONGEST) continue;
    size_t d = distance(word, length, candidates[i], other);
    if (d > limit || d >= other + (d == 0)) continue;
    nearest = candidates[i];
    if (d == 0) break;
    limit = d - 1; /* from now on only a nearer one wins */
  }
  return nearest;
}
