/* The tables of verbs, options and exit codes as JSON, so that the man page and
 * the completions cannot say anything else than --help does. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

/* Every text in the tables is ASCII of our own. */
static void put_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '\n') {
      fputs("\\n", out);
      continue;
    }
    if (*text == '"' || *text == '\\') fputc('\\', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void put_field(FILE *out, const char *key, const char *text) {
  fprintf(out, ", \"%s\": ", key);
  put_text(out, text);
}

static void put_words(FILE *out, const char *const *words) {
  if (!words) return;
  fputs(", \"words\": [", out);
  for (size_t i = 0; words[i]; i++) {
    if (i) fputs(", ", out);
    put_text(out, words[i]);
  }
  fputc(']', out);
}

static void put_option_names(FILE *out, uint32_t wanted) {
  pl_option_facts option;
  size_t n = 0;
  fputs(", \"options\": [", out);
  for (size_t i = 0; pl_option_at(i, &option); i++) {
    if (!(option.bit & wanted)) continue;
    if (n++) fputs(", ", out);
    put_text(out, option.name);
  }
  fputc(']', out);
}

static void put_verbs(FILE *out) {
  fputs("{\n  \"verbs\": [", out);
  for (const pl_verb *verb = pl_verbs; verb->name; verb++) {
    fputs(verb == pl_verbs ? "\n    {\"name\": " : ",\n    {\"name\": ", out);
    put_text(out, verb->name);
    put_field(out, "arguments", verb->arguments);
    put_field(out, "summary", verb->summary);
    put_field(out, "more", verb->more);
    put_words(out, pl_verb_words(verb));
    put_option_names(out, verb->options);
    fputc('}', out);
  }
  fputs("\n  ],\n", out);
}

static void put_options(FILE *out) {
  pl_option_facts option;
  fputs("  \"options\": [", out);
  for (size_t i = 0; pl_option_at(i, &option); i++) {
    char letter[2] = {option.letter, '\0'};
    fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", out);
    put_text(out, option.name);
    if (option.letter) put_field(out, "letter", letter);
    if (option.value) put_field(out, "value", option.value);
    put_field(out, "help", option.help);
    put_words(out, option.words);
    fputc('}', out);
  }
  fputs("\n  ],\n", out);
}

static void put_exits(FILE *out) {
  const char *meaning;
  int code;
  fputs("  \"exits\": [", out);
  for (size_t i = 0; (meaning = pl_exit_meaning(i, &code)); i++) {
    fprintf(out, "%s{\"code\": %d", i ? ",\n    " : "\n    ", code);
    put_field(out, "meaning", meaning);
    fputc('}', out);
  }
  fputs("\n  ]\n}\n", out);
}

char *pl_facts_json(void) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out) return NULL;
  put_verbs(out);
  put_options(out);
  put_exits(out);
  bool failed = ferror(out) != 0;
  if (fclose(out) == 0 && !failed) return text;
  free(text);
  return NULL;
}
