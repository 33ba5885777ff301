/* Do bytes above 127 make sense as Windows-1252? Each is judged by what stands
 * around it: an accented letter belongs into a word, a currency sign to a number, a
 * closing quote behind text. Texts in other encodings of one or two bytes fail:
 * Cyrillic and Greek are runs of such letters, Central European ones have symbols
 * inside words, East Asian ones have runs and bytes that are no character. What
 * remains in doubt is not guessed: it must be declared. */
#include "read/decode.h"

typedef struct place {
  const unsigned char *p;
  size_t n, i;
} place;

static int at(const place *s, int step) {
  size_t i = s->i + (size_t)step;
  return i < s->n ? s->p[i] : '\n';
}

/* What each byte from 80 on is: letter, rare letter, quote, dash, currency, space,
 * unit, inner mark; x: doubtful, U: undefined. */
static const char kinds[] = /* one row for 16 bytes */
    "$UqxqmxxxmLqLULU"
    "UqqqqmddxmLqLULr"
    "sm$$x$xmxmmqxxmx"
    "mmmmxmmmxmmqmmmm"
    "LLLLLLLLLLLLLLLL"
    "rLLLLLLmLLLLLrrL"
    "LLLLLLLLLLLLLLLL"
    "rLLLLLLxLLLLLrrr";

static char kind_of(int c) {
  return c < 0x80 ? '\0' : kinds[c - 0x80];
}
static bool is_ascii_letter(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_high_letter(int c) {
  return kind_of(c) == 'L' || kind_of(c) == 'r';
}
static bool is_letter(int c) {
  return is_ascii_letter(c) || is_high_letter(c);
}
static bool is_digit(int c) {
  return c >= '0' && c <= '9';
}
static bool is_word(int c) {
  return is_letter(c) || is_digit(c);
}
static bool is_space(int c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0;
}
static bool is_upper(int c) {
  return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || c == 0x8A ||
         c == 0x8C || c == 0x8E;
}

/* Letters that in Windows-1252 stand in few places, and in Windows-1250 in many. */
static bool is_odd_letter(const place *s, int c) {
  if (c == 0xEC) return is_letter(at(s, 1)); /* Italian ends words with it; Czech ě does not */
  if (c == 0xF5) return at(s, 1) != 'e' && at(s, 1) != 'E'; /* Portuguese; Hungarian ő */
  if (c == 0xF8) return is_high_letter(at(s, 1)) || is_high_letter(at(s, -1)); /* Czech ř */
  return false;
}

/* Points: 2, 1, 0, or -1 for doubt. */
static int judge_letter(const place *s, int c) {
  const int before = at(s, -1), after = at(s, 1);
  bool run = is_high_letter(before) && (is_high_letter(after) || is_high_letter(at(s, -2)));
  bool cased = is_letter(before) && !is_upper(before) && is_upper(c);
  if (run || cased || is_odd_letter(s, c)) return -1;
  if (is_high_letter(after) && is_high_letter(at(s, 2))) return -1;
  if (is_ascii_letter(before) && is_ascii_letter(after)) return 2;
  if (is_ascii_letter(before) || is_ascii_letter(after)) return 1;
  return is_space(before) && is_space(after) && before != '\n' && after != '\n'; /* French à */
}

/* “x”, ‘x’, «x», « x », it’s */
static int judge_quote(const place *s, int c) {
  const int before = at(s, -1), after = at(s, 1);
  if (c == 0x92 && is_letter(before) && is_letter(after)) return 2;
  bool inner_before = is_word(before) || (before && before < 0x80 && strchr(".,!?)%", before));
  bool inner_after = is_word(after);
  if (inner_before && inner_after) return -1;
  if (inner_before || inner_after) return 1;
  return (c == 0xAB || c == 0xBB) && (is_space(before) || is_space(after));
}

static int judge_currency(const place *s) {
  const int before = at(s, -1), after = at(s, 1);
  if (is_letter(before) && is_letter(after)) return -1;
  if (is_digit(before) || is_digit(after)) return 1;
  if (is_space(before) && is_digit(at(s, -2))) return 1;
  if (is_space(after) && is_digit(at(s, 2))) return 1;
  return before == '(' && after == ')';
}

static int judge_other(const place *s, int c, char kind) {
  const int before = at(s, -1), after = at(s, 1);
  if (kind == 's') return is_word(before) || is_word(after); /* a space that does not break */
  if (kind == 'd')
    return (is_space(before) && is_space(after)) || (is_word(before) && is_word(after));
  if (is_letter(before) && is_letter(after)) return -1;
  if (c == 0xA1 || c == 0xBF) return is_letter(after) && !is_word(before); /* ¡ ¿ */
  if (is_word(before) || before == ')') return 1;              /* Acme®, 20°, 1ª, more… */
  return is_space(before) || is_space(after) || before == '('; /* • item, § 5, © 2024 */
}

/* Words of other scripts: four bytes above 127 in a row. */
static bool in_long_run(const place *s) {
  int n = 1;
  for (int i = 1; i < 4 && at(s, -i) >= 0x80; i++) n++;
  for (int i = 1; i < 4 && at(s, i) >= 0x80; i++) n++;
  return n >= 4;
}

static int judge(const place *s, int c) {
  char kind = kind_of(c);
  if (in_long_run(s)) return -1;
  if (kind == 'L') return judge_letter(s, c);
  if (kind == 'q') return judge_quote(s, c);
  if (kind == '$') return judge_currency(s);
  if (kind == 'x' || kind == 'r') return -1;
  return judge_other(s, c, kind);
}

/* ---- 80–9F: Windows-1252, and not DOS or MacRoman? ---- */

/* There DOS and MacRoman have letters, which stand where Windows-1252 has its letters
 * and single quotes too: `J\x9Arg` is Jürg or Jšrg, `Garc\x92a` García or Garc’a. What
 * tells them apart are marks that stand where no letter does, and only these. */

#define PAIR_MOST 120 /* bytes from a quote to the one that closes it */

static bool opens(const place *s) {
  return !is_word(at(s, -1)) && is_word(at(s, 1));
}
static bool closes(const place *s) {
  const int before = at(s, -1);
  return !is_word(at(s, 1)) &&
         (is_word(before) || (before && before < 0x80 && strchr(".,!?)%", before)));
}

/* “x”, „x“, „x”, ‘x’ on one line. */
static bool is_pair(const place *s, int c) {
  const bool single = c == 0x91 || c == 0x92, first = opens(s);
  if (first == closes(s)) return false;
  if (first ? c == 0x92 || c == 0x94 : c == 0x84 || c == 0x91) return false;
  place other = *s;
  for (int i = 0; i < PAIR_MOST; i++) {
    other.i += first ? 1 : SIZE_MAX;
    const int d = at(&other, 0);
    if (d == '\n' || d == '\r') return false;
    if (first && (single ? d == 0x92 : d == 0x94 || (c == 0x84 && d == 0x93)) && closes(&other))
      return true;
    if (!first && (single ? d == 0x91 : d == 0x84 || (c == 0x94 && d == 0x93)) && opens(&other))
      return true;
  }
  return false;
}

static bool is_vowel(int c) {
  return is_high_letter(c) || (c && c < 0x80 && strchr("aeiouhAEIOUH", c));
}

/* it’s, we’ll, l’été, O’Brien; but not d’a, which is día in MacRoman. */
static bool is_apostrophe(const place *s) {
  const int last = at(s, 1), next = at(s, 2);
  if (!is_letter(at(s, -1)) || !is_letter(last)) return false;
  if (last < 0x80 && strchr("stdm", last) && !is_word(next)) return true;
  if (!is_word(at(s, 3)))
    return (last == 'l' && next == 'l') || ((last == 'r' || last == 'v') && next == 'e');
  return !is_letter(at(s, -2)) && is_word(next) && (is_vowel(last) || is_upper(last));
}

/* 1: only Windows-1252 (or a sibling) has a mark there; 0: it fits; -1: perhaps a letter. */
static int judge_mark(const place *s, int c) {
  const int before = at(s, -1), after = at(s, 1);
  const bool alone = is_space(before) && is_space(after);
  switch (c) {
  case 0x80: /* € */
    if (is_letter(before) || is_letter(after)) return -1;
    return is_digit(before) || is_digit(after) || judge_currency(s) > 0 ? 1 : -1;
  case 0x84: /* „ */
  case 0x91:
  case 0x93:
  case 0x94: return is_pair(s, c) ? 1 : -1;
  case 0x92: /* ’ */
    if (is_apostrophe(s) || is_pair(s, c)) return 1;
    return before == 's' && !is_word(after) ? 0 : -1; /* customers’ */
  case 0x96:                                          /* – — */
  case 0x97: return alone || (is_digit(before) && is_digit(after)) ? 1 : -1;
  case 0x95: return alone ? 1 : -1;                               /* • */
  case 0x85: return is_word(before) && is_letter(after) ? -1 : 0; /* …, but à in DOS */
  case 0x99: return is_letter(before) && !is_upper(before) && !is_word(after) ? 0 : -1; /* ™ */
  default: return -1; /* letters, and marks that are letters elsewhere */
  }
}

static void note_mark(pl_high_bytes *out, const place *s, int c) {
  if (c >= 0xA0 || out->unsure) return;
  const int judged = judge_mark(s, c);
  out->marked |= judged > 0;
  out->unsure |= judged < 0;
}

static void note(pl_high_bytes *out, const place *s) {
  const int c = s->p[s->i];
  out->bad++;
  note_mark(out, s, c);
  if (kind_of(c) == 'U') {
    out->undefined++;
    return;
  }
  int points = judge(s, c);
  if (points > 0)
    out->good += (unsigned)points;
  else if (points < 0)
    out->doubtful++;
}

/* Length of the character that a byte of UTF-8 begins; 0 for none. */
static size_t lead_length(unsigned char c) {
  if (c < 0xC2 || c > 0xF4) return 0;
  return c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static size_t skip_ascii(const unsigned char *p, size_t i, size_t n) {
  for (uint64_t word; i + 8 <= n; i += 8) {
    memcpy(&word, p + i, 8);
    if (word & 0x8080808080808080u) break;
  }
  while (i < n && p[i] < 0x80) i++;
  return i;
}

/* `cut`: the file goes on before or behind the sample. */
static void count_sample(place s, bool cut_before, bool cut_behind, pl_high_bytes *out) {
  for (size_t i = 0; cut_before && i < 3 && s.i < s.n && (s.p[s.i] & 0xC0) == 0x80; i++) s.i++;
  while ((s.i = skip_ascii(s.p, s.i, s.n)) < s.n) {
    const size_t length = lead_length(s.p[s.i]), left = s.n - s.i;
    const pl_str character = {(const char *)s.p + s.i, length};
    if (length > left && cut_behind) break;
    if (length && length <= left && pl_utf8_valid(character) == length) {
      out->sequences++;
      s.i += length;
    } else {
      note(out, &s);
      s.i++;
    }
  }
}

void pl_high_bytes_count(const pl_samples *samples, pl_high_bytes *out) {
  *out = (pl_high_bytes){0};
  for (size_t i = 0; i < samples->count; i++) {
    place s = {(const unsigned char *)samples->bytes + samples->at[i],
               samples->at[i + 1] - samples->at[i], 0};
    count_sample(s, i > 0, i + 1 < samples->count, out);
  }
}
