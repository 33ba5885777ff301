#!/bin/sh
# The README's first command: makes the demo workspace, audits it, says where
# the report is. Exit code 4 (a metric was not audited) is part of the story.
set -eu
binary=$1
rm -rf build/demo
"$binary" init --demo build/demo
code=0
"$binary" audit -C build/demo || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 4 ] || exit "$code"
echo
echo "The report: build/demo/report/report.md (also report.json, flags.csv)"
echo "Look closer: $binary trace linkedin_impressions -C build/demo"
