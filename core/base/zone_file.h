/* Zones as the system's package tzdata compiles them: TZif files (RFC 9636).
 * This package follows the world's governments within weeks; ICU's own copy is
 * as old as the ICU library. */
#ifndef PL_BASE_ZONE_FILE_H
#define PL_BASE_ZONE_FILE_H

#include "base/error.h"

#define PL_ZONE_FILE_MOST (256 * 1024) /* bytes; real ones have under 4 KiB */
#define PL_ZONE_FIRST_YEAR 1850        /* from here to the last year, rules without */
#define PL_ZONE_LAST_YEAR 2150         /* an end of their own are written out */

/* From `at` on (seconds since 1970, UTC) the clock is `offset` seconds east. */
typedef struct pl_zone_change {
  int64_t at;
  int32_t offset;
} pl_zone_change;

/* Zero-initialise; free `list` with pl_free, whatever the call returned. */
typedef struct pl_zone_changes {
  int32_t first; /* the offset before list[0] */
  size_t count, cap;
  pl_zone_change *list; /* `at` ascends strictly, within the years 0 to 9999 */
} pl_zone_changes;

/* Reads $TZDIR/NAME, or /usr/share/zoneinfo/NAME where TZDIR is unset or empty.
 * PL_OK with *found false: not a name that IANA could list, or no such file.
 * PL_E_USAGE: there is a file, and it cannot be read or is damaged. */
pl_status pl_zone_file_read(const char *name, bool *found, pl_zone_changes *out, pl_error *err);

/* The bytes of such a file, which may be anything. PL_E_USAGE: *wrong says what
 * is wrong with them. */
pl_status pl_zone_file_parse(const uint8_t *bytes, size_t n, pl_zone_changes *out,
                             const char **wrong);

#endif
