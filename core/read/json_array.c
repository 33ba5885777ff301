/* The elements of a JSON array, found one by one by their brackets and strings,
 * so that a file of any size is read in little memory. What is inside an
 * element is the decoder's business; only brackets must pair, because without
 * that the end of an element is not known. */
#include "read/private.h"

typedef struct brackets {
  uint8_t square[PL_JSON_DEPTH / 8]; /* one bit a level: [ or { */
  uint32_t depth;
  bool string, escaped, scalar;
  bool done, wrong;
} brackets;

/* --- one byte further --- */

static void count_line(pl_json_walk *walk, char c) {
  walk->lines += c == '\r' || (c == '\n' && !walk->after_cr);
  walk->after_cr = c == '\r';
}

static void bracket_open(brackets *b, bool square) {
  if (b->depth < PL_JSON_DEPTH) {
    uint8_t bit = (uint8_t)(1u << (b->depth % 8));
    if (square)
      b->square[b->depth / 8] |= bit;
    else
      b->square[b->depth / 8] &= (uint8_t)~bit;
  }
  b->depth++;
}

static void bracket_close(brackets *b, bool square) {
  b->depth--;
  if (b->depth < PL_JSON_DEPTH)
    b->wrong = square != (bool)(b->square[b->depth / 8] >> (b->depth % 8) & 1);
  b->done = b->depth == 0;
}

/* True if the byte belongs to the element. */
static bool brackets_take(brackets *b, char c) {
  if (b->string) {
    bool closes = c == '"' && !b->escaped;
    b->escaped = c == '\\' && !b->escaped;
    b->string = !closes;
    b->done = closes && b->depth == 0;
    return true;
  }
  switch (c) {
  case '"':
    b->done = b->scalar; /* abc"def" */
    b->string = !b->done;
    return b->string;
  case '{':
  case '[':
    if (b->scalar) {
      b->done = true;
      return false;
    }
    bracket_open(b, c == '[');
    return true;
  case '}':
  case ']':
    if (b->depth == 0) {
      b->done = true;
      return false;
    }
    bracket_close(b, c == ']');
    return !b->wrong;
  case ',':
  case ' ':
  case '\t':
  case '\r':
  case '\n': b->done = b->depth == 0; return !b->done;
  default: b->scalar = b->depth == 0; return true;
  }
}

/* --- walking --- */

static pl_status walk_space(pl_json_walk *walk, pl_error *err) {
  for (;;) {
    pl_status status = pl_window_need(walk->window, walk->pos, 1, err);
    if (status) return status;
    const uint64_t end = pl_window_end(walk->window);
    for (; walk->pos < end; walk->pos++) {
      char c = *pl_window_at(walk->window, walk->pos);
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return PL_OK;
      count_line(walk, c);
    }
    if (walk->pos == walk->input->end) return PL_OK;
  }
}

/* The byte at walk->pos after walk_space, 0 at the end of the file. */
static char walk_byte(const pl_json_walk *walk) {
  return walk->pos < walk->input->end ? *pl_window_at(walk->window, walk->pos) : 0;
}

static void walk_take(pl_json_walk *walk) {
  walk->after_cr = false;
  walk->pos++;
}

static pl_status never_closed(const pl_json_walk *walk, pl_error *err) {
  uint64_t last = walk->input->end - 1;
  return pl_input_fail(walk->input, err, last, "the file ends inside the array: ] is missing");
}

static pl_status array_end(pl_json_walk *walk, pl_error *err) {
  walk_take(walk);
  pl_status status = walk_space(walk, err);
  if (!status && walk->pos != walk->input->end)
    status = pl_input_fail(walk->input, err, walk->pos, "text behind the end of the array");
  return status;
}

static pl_status not_an_array(const pl_json_walk *walk, char c, pl_error *err) {
  if (!c) return pl_input_fail(walk->input, err, 0, "the file is empty: only white space");
  pl_input_fail(walk->input, err, walk->pos, "this is %s, not an array of objects: [ {...}, ... ]",
                c == '{' ? "an object" : "not the beginning of an array");
  if (c == '{')
    return pl_input_hint(err, "With one object a line: format = \"ndjson\". Otherwise export the "
                              "records as an array.");
  return PL_E_INPUT;
}

pl_status pl_json_array_open(pl_json_walk *walk, pl_error *err) {
  pl_status status = walk_space(walk, err);
  if (status) return status;
  char c = walk_byte(walk);
  if (c != '[') return not_an_array(walk, c, err);
  walk_take(walk);
  status = walk_space(walk, err);
  if (status) return status;
  if (walk->pos == walk->input->end) return never_closed(walk, err);
  return walk_byte(walk) == ']' ? array_end(walk, err) : PL_OK;
}

/* Makes the byte at walk->pos available, keeping the element while it is short
 * enough to be used. */
static pl_status element_need(pl_json_walk *walk, pl_json_element *element, pl_error *err) {
  uint64_t held = walk->pos - element->offset;
  if (held > PL_MAX_RECORD) element->over = true;
  if (element->over) return pl_window_need(walk->window, walk->pos, PL_WINDOW_BYTES, err);
  size_t need = held < 2048 ? 4096 : (size_t)held * 2;
  return pl_window_need(walk->window, element->offset, need, err);
}

static pl_status element_wrong(const pl_json_walk *walk, const brackets *b, pl_error *err) {
  bool square = b->square[b->depth / 8] >> (b->depth % 8) & 1;
  return pl_input_fail(walk->input, err, walk->pos, "expected %c before this", square ? ']' : '}');
}

pl_status pl_json_element_read(pl_json_walk *walk, pl_json_element *element, pl_error *err) {
  brackets b = {.depth = 0};
  *element = (pl_json_element){.offset = walk->pos, .line = walk->lines};
  while (!b.done) {
    if (walk->pos == walk->input->end) {
      pl_input_fail(walk->input, err, element->offset, "the file ends inside this element");
      return pl_input_hint(err, "Is the export complete?");
    }
    pl_status status = element_need(walk, element, err);
    if (status) return status;
    const uint64_t end = pl_window_end(walk->window);
    for (; walk->pos < end && !b.done; walk->pos++) {
      char c = *pl_window_at(walk->window, walk->pos);
      if (!brackets_take(&b, c)) break;
      count_line(walk, c);
    }
    if (b.wrong) return element_wrong(walk, &b, err);
  }
  element->length = walk->pos - element->offset;
  element->over |= element->length > PL_MAX_RECORD;
  if (element->length == 0)
    return pl_input_fail(walk->input, err, walk->pos, "an element is missing before this");
  return PL_OK;
}

pl_status pl_json_element_next(pl_json_walk *walk, pl_error *err) {
  pl_status status = walk_space(walk, err);
  if (status) return status;
  char c = walk_byte(walk);
  if (c == ']') return array_end(walk, err);
  if (walk->pos == walk->input->end) return never_closed(walk, err);
  if (c != ',')
    return pl_input_fail(walk->input, err, walk->pos, "expected , or ] behind an element");
  walk_take(walk);
  status = walk_space(walk, err);
  if (status) return status;
  if (walk->pos == walk->input->end) return never_closed(walk, err);
  if (walk_byte(walk) == ']')
    return pl_input_fail(walk->input, err, walk->pos, "a comma stands before this ]");
  return PL_OK;
}
