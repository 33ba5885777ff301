/* Lua's own messages say what is wrong in the words of its parser; a person who
 * writes a rule wants to know what to type. */
#include "rule/lua_hint.h"

#include <stddef.h>
#include <string.h>

static const struct {
  const char *part, *also; /* both stand in the message; NULL: anything */
  const char *hint;
} hints[] = {
    {"'}' expected (to close", "near <eof>", "close the { of that line with }"},
    {"'}' expected", NULL, "is a comma missing in front of it?"},
    {"')' expected", NULL, "is a comma or a closing ) missing in front of it?"},
    {"'end' expected", NULL, "close the function or block of that line with end"},
    {"unfinished string", NULL, "close the text with a quote on the same line"},
    {"unfinished long string", NULL, "close the text with ]]"},
    {"unexpected symbol near '='", NULL, "one = sets a value; == compares"},
    {"unexpected symbol near <eof>", NULL,
     "something is still open where the file ends: a {, a ( or a function"},
    {"unexpected symbol", NULL, "is there a comma, a quote or a bracket too many or too few?"},
    {"syntax error near", NULL, "a file is made of calls such as metric \"name\" { … }"},
    {"attempt to index a nil value", NULL, "it holds nothing: is it spelt as where it is set?"},
    {"attempt to call a nil value", NULL,
     "there is no such function: is it spelt as where it is set?"},
    {"attempt to call a table value", NULL, "is a comma missing in front of this {?"},
    {"attempt to call a string value", NULL, "is a comma missing between two texts?"},
    {"attempt to", "a nil value", "it holds nothing (blank cells are nil): test it first"},
    {"attempt to compare", NULL, "cells are texts: tonumber(value) makes a number, nil is blank"},
};

const char *pl_lua_hint(const char *message) {
  for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
    if (!strstr(message, hints[i].part)) continue;
    if (hints[i].also && !strstr(message, hints[i].also)) continue;
    return hints[i].hint;
  }
  return NULL;
}
