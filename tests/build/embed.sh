#!/bin/sh
# Prints a C file that holds the Lua sources named as arguments. Paths are
# relative to lua/plumbline; the cookbook keeps its "rules/" in front.
set -eu
echo '#include "rule/embedded.h"'
n=0
for file in "$@"; do
  printf 'static const unsigned char text_%d[] = {\n' "$n"
  od -An -v -tu1 "$file" | sed 's/ *\([0-9][0-9]*\)/\1,/g'
  echo '0};'
  n=$((n + 1))
done
echo 'const struct pl_embedded pl_embedded[] = {'
n=0
for file in "$@"; do
  printf '{"%s", (const char *)text_%d, sizeof(text_%d) - 1},\n' "${file#lua/plumbline/}" "$n" "$n"
  n=$((n + 1))
done
echo '{0, 0, 0}};'
