/* The column of an error whose line is known. */
#ifndef PL_BASE_ERROR_POINT_H
#define PL_BASE_ERROR_POINT_H

#include "base/error.h"

/* Sets the column of an error with a line and its excerpt, where the message
 * names what to point at and the line holds it once. */
void pl_error_point(pl_error *err);

#endif
