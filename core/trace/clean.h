/* The words of clean("column", …): small, exact changes of one text. */
#ifndef PL_TRACE_CLEAN_H
#define PL_TRACE_CLEAN_H

#include "base/str.h"

typedef enum pl_clean {
  PL_CLEAN_TRIM, /* white space off both ends */
  PL_CLEAN_LOWER,
  PL_CLEAN_UPPER,
  PL_CLEAN_NOSPACE, /* no white space at all */
  PL_CLEAN_ALNUM,   /* letters and digits of any script */
  PL_CLEAN_DIGITS,  /* 0-9 */
  PL_CLEAN_NOZEROS, /* 00123 is 123; texts of anything but digits stay as they are */
  PL_CLEAN_URL,     /* scheme, www., query, fragment and trailing slashes off, host lower case */
  PL_CLEAN_PATH,    /* of a URL: "/pricing"; "/" for the root */
  PL_CLEAN_DOMAIN,  /* of a URL or an e-mail address, lower case, without www. and port */
  PL_CLEAN_EMAIL,   /* mailto: off, trimmed, lower case */
  PL_CLEAN_WORDS
} pl_clean;

extern const char *const pl_clean_names[PL_CLEAN_WORDS];

bool pl_clean_word(const char *name, pl_clean *out);
/* "nozeros" of one text, as a view into it. */
pl_str pl_clean_zeros(pl_str in);
/* Applies `words` in order. The result points into `in`, `a` or `b`. False when
 * memory is out. */
bool pl_clean_apply(const pl_clean *words, size_t n, pl_str in, pl_buf *a, pl_buf *b, pl_str *out);

#endif
