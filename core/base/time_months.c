/* Names of months. In the languages here no word is one month in one of them and
 * another month in the next, so that a name is never a guess. */
#include "base/time_scan.h"

/* Lower case; full names and what tools cut them to. Accents may be missing. */
static const struct month {
  const char *letters; /* that they begin with */
  const char *words;   /* between blanks */
} months[12] = {
    {"jeg", "january januar jänner janvier enero gennaio januari janeiro jan janv ene gen"},
    {"f",
     "february februar feber février fevrier febrero febbraio februari fevereiro feb févr fevr "
     "fév fev"},
    {"m", "march märz maerz mars marzo maart março marco mar mär mrz mrt"},
    {"a", "april avril abril aprile apr avr abr"},
    {"m", "may mai mayo maggio mei maio mag"},
    {"jg", "june juni juin junio giugno junho jun giu"},
    {"jl", "july juli juillet julio luglio julho jul juil lug"},
    {"a", "august août aout agosto augustus aug ago"},
    {"s", "september septembre septiembre setiembre settembre setembro sep sept set"},
    {"o", "october oktober octobre octubre ottobre outubro oct okt ott out"},
    {"n", "november novembre noviembre novembro nov"},
    {"d", "december dezember décembre decembre diciembre dicembre dezembro dec dez déc dic"},
};

static unsigned char lower_at(const char *p, size_t i) {
  unsigned char c = (unsigned char)p[i];
  if (c >= 'A' && c <= 'Z') return (unsigned char)(c + ('a' - 'A'));
  bool accent = i > 0 && (unsigned char)p[i - 1] == 0xC3 && c >= 0x80 && c <= 0x9E;
  return accent ? (unsigned char)(c + 0x20) : c;
}

static bool is_letter(const char *p) {
  unsigned char c = (unsigned char)*p;
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC3 && c <= 0xF4);
}

/* Length of the word at `p`, up to the longest that is known. */
static size_t word_length(const char *p, const char *end) {
  const char *at = p;
  while (at < end && at - p < 16 && is_letter(at)) {
    bool two = (unsigned char)*at >= 0xC3;
    at += two && end - at > 1 ? 2 : 1;
  }
  return (size_t)(at - p);
}

static bool same(const char *p, const char *word, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (lower_at(p, i) != (unsigned char)word[i]) return false;
  return true;
}

static bool lists(const char *words, const char *p, size_t n) {
  while (*words) {
    size_t length = strcspn(words, " ");
    if (length == n && same(p, words, n)) return true;
    words += length;
    words += *words == ' ';
  }
  return false;
}

bool pl_scan_month(const char **p, const char *end, bool dot, int *month) {
  size_t n = word_length(*p, end);
  for (int i = 0; n >= 3 && i < 12; i++) {
    if (!strchr(months[i].letters, lower_at(*p, 0)) || !lists(months[i].words, *p, n)) continue;
    *month = i + 1;
    *p += n;
    if (dot && *p < end && **p == '.') ++*p;
    return true;
  }
  return false;
}
