#!/usr/bin/env bash
# Puts the peers that come from npm into DIR/node_modules, each by itself: one that cannot be
# installed does not take the others with it. The versions are those of issue 4's table.
# Usage: install.sh DIR
set -uo pipefail
dir=$1
command -v npm >/dev/null || { echo "bench: no npm, so no DuckDB, chdb or Polars" >&2; exit 0; }
mkdir -p "$dir"
cd "$dir" || exit 1
[ -f package.json ] || echo '{ "private": true }' >package.json
# Polars keeps its engine in a package of its own for each processor.
arch=$(node -p process.arch)
for package in @duckdb/node-api@1.5.6-r.1 chdb@3.4.0 nodejs-polars@0.26.1 \
  "nodejs-polars-linux-$arch-gnu@0.26.1"; do
  name=${package%@*}
  [ -d "node_modules/$name" ] && continue
  echo "bench: installing $package"
  npm install --save-exact --no-audit --no-fund --loglevel=error "$package" >install.log 2>&1 ||
    { echo "bench: cannot install $package" >&2; tail -n 3 install.log >&2; }
done
exit 0
