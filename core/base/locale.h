/* The locale of the program is its own affair: a German host writes 0,5, and a
 * report must not. So the public functions work in the C locale of their thread. */
#ifndef PL_BASE_LOCALE_H
#define PL_BASE_LOCALE_H

#include <locale.h>

/* From here to the end of the block numbers are written as in the C locale,
 * whatever the program has chosen; the choice of its other threads stands. */
#define PL_C_LOCALE                                                                                \
  __attribute__((cleanup(pl_locale_leave))) locale_t pl_locale_before = pl_locale_enter();         \
  (void)pl_locale_before

locale_t pl_locale_enter(void);
void pl_locale_leave(locale_t *before);

#endif
