#!/usr/bin/env bash
# SQLite's own program, in memory: sqlite.sh EXPORTS OUT. It has one thread.
set -euo pipefail
exports=$1 out=$2
{
  for table in touches contacts deals; do
    echo "CREATE TABLE $table ($(head -n 1 "$exports/$table.csv" | sed 's/[a-z][a-z]*/& TEXT/g'));"
    echo ".import --csv --skip 1 \"$exports/$table.csv\" $table"
  done
  echo ".mode tabs"
  sed "/^-- answers/i .output '$out'" "$(dirname "$0")/sqlite.sql"
} | sqlite3 -batch -bail :memory:
