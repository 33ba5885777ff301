#!/usr/bin/env bash
# Builds every libFuzzer target with clang and runs each for some seconds.
# Usage: bash tests/fuzz/run.sh SECONDS   (needs clang and libclang-rt)
set -uo pipefail
seconds=$1
out=build/fuzz
mkdir -p "$out"
flags=(-std=gnu11 -D_GNU_SOURCE -Icore -Itests/fuzz -O1 -g -fsanitize=address,undefined
  $(pkg-config --cflags lua5.4 lua5.4-cjson))
libs=(-l:liblua5.4-cjson.a -l:libcsv.a
  $(pkg-config --libs lua5.4 libpcre2-8 libseccomp icu-i18n icu-uc zlib libzstd)
  -lpthread -lm)
make --no-print-directory build/embedded.c >/dev/null || exit 1
sources=(core/base/*.c core/read/*.c core/trace/*.c core/rule/*.c build/embedded.c)
passed=0 failed=0
for target in tests/fuzz/fuzz_*.c; do
  name=$(basename "$target" .c)
  if ! clang "${flags[@]}" -fsanitize=fuzzer "$target" "${sources[@]}" -o "$out/$name" "${libs[@]}"; then
    failed=$((failed + 1))
    continue
  fi
  mkdir -p "$out/corpus-$name"
  if "$out/$name" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$out/" \
    "$out/corpus-$name" >"$out/$name.log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: $(grep -o 'stat::number_of_executed_units: *[0-9]*' "$out/$name.log" | tr -dc 0-9) executions"
  else
    failed=$((failed + 1))
    tail -n 30 "$out/$name.log"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
