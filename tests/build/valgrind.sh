#!/usr/bin/env bash
# Whole audits under valgrind, workers included: the demo, and some random
# workspaces with their results compared.
set -uo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/plumbline" <<SH
#!/bin/sh
exec valgrind -q --error-exitcode=99 --leak-check=full --trace-children=yes "$PLUMBLINE" "\$@"
SH
chmod +x "$dir/plumbline"
failed=0
"$dir/plumbline" init --demo "$dir/demo" >"$dir/out" 2>&1 || { cat "$dir/out"; failed=$((failed + 1)); }
"$dir/plumbline" check -C "$dir/demo" >"$dir/out" 2>&1
case $? in 0 | 2) ;; *) cat "$dir/out"; failed=$((failed + 1)) ;; esac
"$dir/plumbline" audit -C "$dir/demo" >"$dir/out" 2>&1
[ $? -eq 4 ] || { cat "$dir/out"; failed=$((failed + 1)); }
echo "$((3 - failed)) passed, $failed failed"
lua5.4 tests/trace_diff.lua --seed 3000 --count 8 --binary "$dir/plumbline" || failed=1
[ "$failed" -eq 0 ]
