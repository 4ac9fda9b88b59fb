#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD: handwritten digits, read by an application that calls vaccel_image_classification()
# and knows nothing of networks. Which plugin runs which network is said here, not there.
set -eu
cd "$(dirname "$0")/.."

show()
{
    printf '\n$ %s\n' "$*"
    env "$@"
}
show VACCEL_PLUGINS=opencv VACCEL_VISION_MODELS=models/digits \
    "$1/examples/classify" models/digits/sample.jpg
show VACCEL_PLUGINS=opencv VACCEL_VISION_MODELS=models/digits \
    "$1/examples/classify" models/digits/held-out
