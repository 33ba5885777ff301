/* What the files of profiles share. */
#ifndef PL_RULE_PROFILE_PRIVATE_H
#define PL_RULE_PROFILE_PRIVATE_H

#include "rule/profiles.h"

/* What a worker declared as a profile -> the object that profiles.h describes, or
 * NULL: it makes no sense, or memory is out (`arena` knows). */
pl_value *pl_profile_decode(pl_arena *arena, const pl_value *declared);

#endif
