/* Currency signs and codes as they stand beside numbers. A sign is a small
 * number, so that a column can be checked for one sign throughout. */
#ifndef PL_BASE_CURRENCY_H
#define PL_BASE_CURRENCY_H

#include "base/str.h"

/* The sign or ISO 4217 code (in capitals) that `text` begins with, and how many
 * bytes it has; 0 if there is none. Letters must not go on behind it. */
uint8_t pl_currency_at(pl_str text, size_t *n);
/* "$", "US$", "EUR"; "" for 0. */
pl_str pl_currency_text(uint8_t currency);
bool pl_currency_is_code(pl_str text); /* "EUR", all of it */
/* Can the sign stand for the currency with this code? "$" can for USD and for
 * CAD, "US$" for USD alone. */
bool pl_currency_means(uint8_t currency, pl_str code);

#endif
