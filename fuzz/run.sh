#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM CORPUS: fuzz for a while. New inputs and crashes stay beside the program.
set -eu
program=$(realpath "$1")
corpus=$2
found=$program-found
mkdir -p "$found"
cd "$found"
exec "$program" -max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 "$found" "$corpus"
