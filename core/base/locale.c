/* The C locale of one thread. */
#include "base/locale.h"

#include <pthread.h>

static locale_t plain;

static void make_plain(void) {
  plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

locale_t pl_locale_enter(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_plain);
  return plain ? uselocale(plain) : (locale_t)0;
}

void pl_locale_leave(locale_t *before) {
  if (*before) uselocale(*before);
}
