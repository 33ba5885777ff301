/* The words of clean(): each is one function from text to text. */
#include "trace/clean.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

const char *const pl_clean_names[PL_CLEAN_WORDS] = {
    "trim",    "lower", "upper", "nospace", "alnum", "digits",
    "nozeros", "url",   "path",  "domain",  "email",
};

bool pl_clean_word(const char *name, pl_clean *out) {
  for (int i = 0; i < PL_CLEAN_WORDS; i++) {
    if (strcmp(name, pl_clean_names[i]) != 0) continue;
    *out = (pl_clean)i;
    return true;
  }
  return false;
}

static bool is_kept(UChar32 c, pl_clean how) {
  if (how == PL_CLEAN_DIGITS) return c >= '0' && c <= '9';
  if (how == PL_CLEAN_NOSPACE) return !u_isUWhiteSpace(c);
  return u_isalnum(c) || (U_MASK(u_charType(c)) & U_GC_M_MASK); /* accents belong to letters */
}

static bool keep_some(pl_str in, pl_clean how, pl_buf *out) {
  size_t i = 0;
  while (i < in.n) {
    size_t from = i;
    UChar32 c;
    U8_NEXT(in.p, i, in.n, c);
    if (c >= 0 && !is_kept(c, how)) continue;
    if (!pl_buf_append(out, in.p + from, i - from)) return false;
  }
  return true;
}

/* A zero byte ends every word. */
static bool is_any_of(char c, const char *any) {
  while (*any && *any != c) any++;
  return *any == c;
}

static size_t find(pl_str s, const char *any) {
  size_t i = 0;
  while (i < s.n && !is_any_of(s.p[i], any)) i++;
  return i;
}

static pl_str skip(pl_str s, size_t n) {
  return (pl_str){s.p + n, s.n - n};
}

static bool is_scheme(pl_str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || strchr("+.-", c)))) return false;
  }
  return s.n > 0;
}

static bool starts(pl_str s, const char *lower_case) {
  size_t n = strlen(lower_case);
  if (s.n < n) return false;
  for (size_t i = 0; i < n; i++) {
    char c = s.p[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c != lower_case[i]) return false;
  }
  return true;
}

/* Splits a URL, or what is left of one, into host and path; both may be empty. */
static void split(pl_str in, pl_str *host, pl_str *path) {
  pl_str s = pl_str_trim(in);
  s.n = find(s, "?#");
  size_t colon = find(s, ":/");
  bool scheme = starts(skip(s, colon), "://") && is_scheme((pl_str){s.p, colon});
  if (scheme)
    s = skip(s, colon + 3);
  else if (starts(s, "//"))
    s = skip(s, 2);
  if (starts(s, "www.")) s = skip(s, 4);
  size_t slash = find(s, "/");
  *host = (pl_str){s.p, slash};
  *path = skip(s, slash);
  while (path->n && path->p[path->n - 1] == '/') path->n--;
}

static bool clean_url(pl_str in, pl_buf *out) {
  pl_str host, path;
  split(in, &host, &path);
  return pl_str_case(host, false, out) && pl_buf_str(out, path);
}

static bool clean_path(pl_str in, pl_buf *out) {
  pl_str host, path;
  split(in, &host, &path);
  if (path.n == 0 && !pl_str_blank(in)) path = PL_STR("/");
  return pl_buf_str(out, path);
}

static bool clean_domain(pl_str in, pl_buf *out) {
  pl_str host, path;
  split(starts(pl_str_trim(in), "mailto:") ? skip(pl_str_trim(in), 7) : in, &host, &path);
  for (size_t at = host.n; at > 0; at--) /* user@host and name@example.com */
    if (host.p[at - 1] == '@') {
      host = skip(host, at);
      break;
    }
  host.n = find(host, ":>");
  if (starts(host, "www.")) host = skip(host, 4);
  return pl_str_case(host, false, out);
}

static bool clean_email(pl_str in, pl_buf *out) {
  pl_str s = pl_str_trim(in);
  if (starts(s, "mailto:")) s = pl_str_trim(skip(s, 7));
  return pl_str_case(s, false, out);
}

pl_str pl_clean_zeros(pl_str in) {
  pl_str s = pl_str_trim(in);
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return in;
  while (s.n > 1 && s.p[0] == '0') s = skip(s, 1);
  return s.n ? s : in;
}

static bool apply(pl_clean word, pl_str in, pl_buf *out) {
  pl_buf_clear(out);
  switch (word) {
  case PL_CLEAN_NOZEROS: return pl_buf_str(out, pl_clean_zeros(in));
  case PL_CLEAN_LOWER: return pl_str_case(in, false, out);
  case PL_CLEAN_UPPER: return pl_str_case(in, true, out);
  case PL_CLEAN_URL: return clean_url(in, out);
  case PL_CLEAN_PATH: return clean_path(in, out);
  case PL_CLEAN_DOMAIN: return clean_domain(in, out);
  case PL_CLEAN_EMAIL: return clean_email(in, out);
  default: return keep_some(in, word, out);
  }
}

bool pl_clean_apply(const pl_clean *words, size_t n, pl_str in, pl_buf *a, pl_buf *b, pl_str *out) {
  pl_str now = in;
  for (size_t i = 0; i < n; i++) {
    if (words[i] == PL_CLEAN_TRIM) {
      now = pl_str_trim(now); /* a view: no buffer changes hands */
      continue;
    }
    if (!apply(words[i], now, a)) return false;
    now = pl_buf_view(a);
    pl_buf *used = a;
    a = b;
    b = used;
  }
  *out = now;
  return true;
}
