/* The walls around a worker: what the kernel enforces, whatever Lua does. */
#ifndef PL_RULE_WALLS_H
#define PL_RULE_WALLS_H

#include "rule/rules.h"

/* Raises every wall around this process, for good. False with a text if the
 * rlimits cannot be set (the worker then refuses to run). `warning` is filled
 * ("" if none) where the kernel has no system call filter: the remaining
 * walls stand, and the person who runs the audit is told.
 *
 * Two walls are left out where a tool that checks the program itself needs the
 * room, and only there: builds with AddressSanitizer (known when compiling)
 * and runs under valgrind have no address-space limit and no system call
 * filter. Release builds always have both. */
bool pl_walls_raise(const pl_limits *limits, char message[256], char warning[256]);

#endif
