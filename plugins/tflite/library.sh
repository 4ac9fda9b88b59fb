#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TensorFlow Lite's C API for machines that have it not as libtensorflowlite_c.so: the shared library within
# a package for Java, which stands by itself.
#   library.sh          fetch it with Maven, unless it is there
#   library.sh --where  print the folder it is in, or would be
set -eu

package=org.bytedeco:tensorflow-lite:2.20.0-1.5.13:jar:linux-x86_64
folder=${VACCEL_TFLITE_LIBRARY:-${XDG_CACHE_HOME:-$HOME/.cache}/vaccel/tensorflow-lite-2.20.0}

if [ "${1:-}" = --where ]; then
    echo "$folder"
    exit 0
fi
[ ! -e "$folder/libtensorflowlite_c.so" ] || exit 0
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "tflite: the package has no library for $(uname -sm): install libtensorflowlite_c.so yourself" >&2
    exit 1
fi

unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
echo "tflite: fetching $package with mvn"
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack -Dartifact=$package \
    "-DoutputDirectory=$unpacked" "-Dmdep.unpack.includes=**/libjnitensorflowlite.so" \
    "-DmarkersDirectory=$unpacked/markers"
mkdir -p "$folder"
# Renamed within one file system, so that nobody ever finds half of it.
cp "$unpacked/org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so" "$folder/fetched.$$"
mv "$folder/fetched.$$" "$folder/libtensorflowlite_c.so"
