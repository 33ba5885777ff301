/* The caret of an error in a Lua file. Lua knows lines only, so the column is
 * that of the word the message quotes, where it stands once in the line. */
#include "base/error_point.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c) {
  return c == '_' || isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Where `word` stands as a whole, if it does so exactly once. */
static const char *only_place(const char *line, const char *word, size_t n) {
  const char *found = NULL;
  for (const char *p = line; (p = memmem(p, strlen(p), word, n)) != NULL; p++) {
    bool before = p > line && is_word(p[-1]) && is_word(word[0]);
    bool after = is_word(p[n]) && is_word(word[n - 1]);
    if (before || after) continue;
    if (found) return NULL;
    found = p;
  }
  return found;
}

/* The last text in quotes: "…" of our messages, '…' of Lua's. */
static const char *last_quoted(const char *message, size_t *n) {
  const char *word = NULL;
  for (const char *p = message; *p; p++) {
    bool opens = *p == '"' || (*p == '\'' && (p == message || !is_word(p[-1])));
    const char *end = opens ? strchr(p + 1, *p) : NULL;
    if (!end) continue;
    if (end > p + 1) {
      word = p + 1;
      *n = (size_t)(end - p - 1);
    }
    p = end;
  }
  return word;
}

/* `metric "searches": title is empty`: the field, not the name before it. */
static const char *field_after(const char *word, size_t n, size_t *field_n) {
  const char *field = word + n;
  if (strncmp(field, "\": ", 3) != 0) return NULL;
  for (*field_n = 0, field += 3; is_word(field[*field_n]);) ++*field_n;
  return *field_n ? field : NULL;
}

/* "… must be a text, not 5": the value itself. */
static const char *last_value(const char *message, size_t *n) {
  const char *word = NULL;
  for (const char *p = message; (p = strstr(p, ", not ")) != NULL;) word = p += 6;
  if (!word || !(isdigit((unsigned char)word[0]) || word[0] == '-')) return NULL;
  *n = strspn(word, "-.0123456789");
  return word[*n] ? NULL : word;
}

void pl_error_point(pl_error *err) {
  size_t n = 0, field_n = 0;
  if (!err || err->column || !err->line || !err->excerpt[0]) return;
  const char *word = last_value(err->message, &n);
  if (!word) word = last_quoted(err->message, &n);
  const char *field = word ? field_after(word, n, &field_n) : NULL;
  const char *place = field ? only_place(err->excerpt, field, field_n) : NULL;
  if (!place) place = word ? only_place(err->excerpt, word, n) : NULL;
  if (place) err->column = (uint32_t)(place - err->excerpt) + 1;
}
