/* The proleptic Gregorian calendar as day numbers, after H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms" (2013): years start in March,
 * so that the leap day comes last. */
#include "base/time.h"

#define DAYS_PER_ERA 146097 /* 400 years */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

int32_t pl_days_from_civil(int year, int month, int day) {
  int64_t y = (int64_t)year - (month <= 2);
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (int32_t)(era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970);
}

void pl_civil_from_days(int32_t day, int *year, int *month, int *dom) {
  int64_t z = (int64_t)day + DAYS_TO_1970;
  int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
  int64_t doe = z - era * DAYS_PER_ERA;
  int64_t year_of_era = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t day_of_year = doe - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted = (5 * day_of_year + 2) / 153;
  *dom = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
  *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
  *year = (int)(year_of_era + era * 400 + (*month <= 2));
}
