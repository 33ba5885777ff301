#!/usr/bin/env bash
# Whole audits under valgrind, workers included: the demo, and some random
# workspaces with their results compared. With --all, every product test, which
# takes hours.
set -uo pipefail
program=${PLUMBLINE:-$PWD/build/plumbline}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/plumbline" <<SH
#!/bin/sh
exec valgrind -q --error-exitcode=99 --leak-check=full --trace-children=yes "$program" "\$@"
SH
chmod +x "$dir/plumbline"
failed=0
if [ "${1:-}" = --all ]; then
  for test in tests/*_test.lua; do
    PLUMBLINE=$dir/plumbline lua5.4 "$test" || failed=1
  done
  exit "$failed"
fi
# expect CODE COMMAND…
expect() {
  local want=$1 got
  shift
  "$@" >"$dir/out" 2>&1
  got=$?
  [ "$got" -eq "$want" ] || { echo "exit $got instead of $want: $*"; tail -n 40 "$dir/out"; failed=$((failed + 1)); }
}
expect 0 "$dir/plumbline" init --demo "$dir/demo"
expect 2 "$dir/plumbline" check -C "$dir/demo" # one rule of the story names a renamed column
expect 4 "$dir/plumbline" audit -C "$dir/demo"
expect 0 "$dir/plumbline" trace badge_scans -C "$dir/demo"
cp -r tests/golden/workspace "$dir/golden"
expect 4 "$dir/plumbline" audit -C "$dir/golden" --max-rejects 50%
echo "$((5 - failed)) passed, $failed failed"
lua5.4 tests/trace_diff.lua --seed 3000 --count 8 --binary "$dir/plumbline" || failed=1
[ "$failed" -eq 0 ]
