/* Errors as people read them: place, line, caret, how to fix it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error_point.h"
#include "plumbline_audit.h"

typedef struct pl_sink { /* the caller's buffer; what does not fit is dropped */
  char *out;
  size_t size, n;
} pl_sink;

static void put(pl_sink *sink, char c) {
  if (sink->n + 1 < sink->size) sink->out[sink->n++] = c;
}

static void put_text(pl_sink *sink, const char *text) {
  for (; *text; text++) put(sink, *text);
}

/* Length of a character that a terminal only shows; 0 for one that might steer
 * it (C0, DEL, C1, bidirectional overrides) and for bytes that are not UTF-8. */
static size_t shown_character(const char *p, size_t n) {
  unsigned char c = (unsigned char)p[0];
  if (c < 0x80) return c >= 0x20 && c != 0x7f ? 1 : 0;
  size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
  if (length > n || pl_utf8_valid((pl_str){p, length}) != length) return 0;
  if (c == 0xC2 && (unsigned char)p[1] < 0xA0) return 0;
  bool override =
      c == 0xE2 &&
      (((unsigned char)p[1] == 0x80 && (unsigned char)p[2] >= 0xAA &&
        (unsigned char)p[2] <= 0xAE) ||
       ((unsigned char)p[1] == 0x81 && (unsigned char)p[2] >= 0xA6 && (unsigned char)p[2] <= 0xA9));
  return override ? 0 : length;
}

/* Text that came from outside; further lines are indented. */
static void put_outside(pl_sink *sink, const char *text, const char *indent) {
  size_t n = strlen(text);
  for (size_t i = 0; i < n;) {
    size_t length = shown_character(text + i, n - i);
    if (text[i] == '\n') {
      put(sink, '\n');
      put_text(sink, indent);
    } else if (text[i] == '\t') {
      put(sink, '\t');
    } else if (length == 0) {
      put(sink, '?');
    }
    for (size_t k = 0; k < length; k++) put(sink, text[i + k]);
    i += length ? length : 1;
  }
}

static void put_place(pl_sink *sink, const pl_error *err) {
  if (!err->file[0]) return;
  char number[32];
  put_outside(sink, err->file, "");
  if (err->line) {
    snprintf(number, sizeof number, ":%u", err->line);
    put_text(sink, number);
  }
  if (err->line && err->column) {
    snprintf(number, sizeof number, ":%u", err->column);
    put_text(sink, number);
  }
  put_text(sink, ": ");
}

/* A caret under byte `column`: one space for each character before it, tabs
 * kept, so that it stands right whatever a tab means. */
static void put_caret(pl_sink *sink, const char *line, uint32_t column) {
  size_t n = strlen(line);
  if (column == 0 || column > n + 1) return;
  put_text(sink, "\n    ");
  for (size_t i = 0; i + 1 < column;) {
    size_t length = shown_character(line + i, n - i);
    put(sink, line[i] == '\t' ? '\t' : ' ');
    i += length ? length : 1;
  }
  put(sink, '^');
}

size_t pl_error_text(const pl_error *err, char *out, size_t size) {
  if (size == 0) return 0;
  pl_sink sink = {out, size, 0};
  put_place(&sink, err);
  put_outside(&sink, err->message, "  ");
  if (err->excerpt[0]) {
    put_text(&sink, "\n    ");
    put_outside(&sink, err->excerpt, "    ");
    put_caret(&sink, err->excerpt, err->column);
  }
  if (err->hint[0]) {
    put_text(&sink, "\n  ");
    put_outside(&sink, err->hint, "  ");
  }
  out[sink.n] = '\0';
  return sink.n;
}

/* Opens a Lua file of the workspace; the path is a message's, so it is not
 * followed anywhere else, and a pipe does not block. */
static int open_rule(const char *directory, const char *file) {
  size_t n = strlen(file);
  if (n < 4 || strcmp(file + n - 4, ".lua") != 0 || file[0] == '/' || strstr(file, "..")) return -1;
  char path[2 * PL_ERROR_PATH];
  if (snprintf(path, sizeof path, "%s/%s", directory, file) >= (int)sizeof path) return -1;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
    close(fd);
    return -1;
  }
  return fd;
}

void pl_error_add_excerpt(pl_error *err, const char *directory) {
  if (!err || !err->line || err->excerpt[0]) return;
  int fd = open_rule(directory, err->file);
  if (fd < 0) return;
  char block[4096];
  uint32_t line = 1;
  size_t kept = 0;
  ssize_t got;
  while (line <= err->line && (got = read(fd, block, sizeof block)) > 0) {
    for (ssize_t i = 0; i < got && line <= err->line; i++) {
      bool here = line == err->line && block[i] != '\n' && block[i] != '\r' && block[i] != '\0';
      if (block[i] == '\n') line++;
      if (here && kept + 1 < sizeof err->excerpt) err->excerpt[kept++] = block[i];
    }
  }
  err->excerpt[kept] = '\0';
  pl_error_point(err);
  close(fd);
}
