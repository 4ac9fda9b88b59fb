#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD: handwritten digits, read by a unikernel that calls vaccel_image_classification() and
# knows nothing of networks. The agent, a process of the host, runs the network; which plugin does so, and
# on which network, is said there. The same program, run natively, must give the same answers.
set -eu
cd "$(dirname "$0")/.."
image=$1/guest/baremetal/classify.elf
pictures=models/digits/held-out
memory=4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
exec 3>&1
export VACCEL_PLUGINS=opencv VACCEL_VISION_MODELS=models/digits

show()
{
    printf '\n$ %s\n' "VACCEL_PLUGINS=$VACCEL_PLUGINS VACCEL_VISION_MODELS=$VACCEL_VISION_MODELS $*" >&3
    "$@"
}

# Times differ from run to run, and by who measures.
without_times()
{
    grep -vE '^(boot|pci): ' "$1" | sed -E 's/ +[0-9]+\.[0-9]+( ms|  )/ /'
}

show "$1/tools/vaccel-run" --memory $memory --env BOOT_REPORT=1 --files "$pictures" "$image" . |
    tee "$folder/unikernel"
show "$1/examples/classify" "$pictures" >"$folder/native"

without_times "$folder/native" >"$folder/expected"
without_times "$folder/unikernel" >"$folder/found"
if ! diff "$folder/expected" "$folder/found"; then
    echo "the unikernel's answers differ from the native run's, as shown above" >&2
    exit 1
fi
printf '\nThe same answers as natively, where a call took %s.\n' \
    "$(sed -n 's/.*classified, \(.* ms\) each/\1/p' "$folder/native")"
printf 'The unikernel: an image of %s bytes, a machine of %s MiB.\n' \
    "$(wc -c <"$image")" "$memory"
