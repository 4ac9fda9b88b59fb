#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM CORPUS: fuzz for a while. New inputs and crashes stay beside the program. Sizes that
# cannot be allocated are part of the test, and the library's log of what it refuses is not shown. A
# finding exits with 1: the fuzzer's own 77 would be taken for a skipped test.
set -eu
program=$(realpath "$1")
corpus=$2
found=$program-found
mkdir -p "$found"
cd "$found"
# Meson's has the library that keeps its inner symbols to itself.
unset LD_LIBRARY_PATH
export ASAN_OPTIONS="allocator_may_return_null=1:max_allocation_size_mb=256:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
exec "$program" -max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -error_exitcode=1 \
    -rss_limit_mb=2048 -max_len=4096 -close_fd_mask=3 -print_final_stats=1 "$found" "$corpus"
