#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TensorFlow Lite's C API, for machines that do not have it as libtensorflowlite_c.so: the shared library out of
# a package for Java, which needs no Java to run. What is there already stays as it is.
# `library.sh --where` prints the folder it lies in, and does nothing else.
set -eu

version=2.20.0-1.5.13
package=org.bytedeco:tensorflow-lite:$version:jar:linux-x86_64
folder=${VACCEL_TFLITE_LIBRARY:-${XDG_CACHE_HOME:-$HOME/.cache}/vaccel/tensorflow-lite-$version}
case ${1:-} in
'') ;;
--where)
    echo "$folder"
    exit 0
    ;;
*)
    echo "usage: library.sh [--where]" >&2
    exit 2
    ;;
esac
[ ! -e "$folder/libtensorflowlite_c.so" ] || exit 0

# Without it everything else can still be built and tested.
leave_out()
{
    echo "tflite: $1, so the plugin tflite is left out. Needed is libtensorflowlite_c.so, or $package"
    exit 0
}

[ "$(uname -sm)" = "Linux x86_64" ] || leave_out "the package has no library for $(uname -sm)"
command -v mvn >/dev/null || leave_out "there is no mvn (package maven)"
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
# In that folder, as the plugin of Maven's leaves files of its own where it is called.
(cd "$unpacked" && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack "-Dartifact=$package" \
    "-DoutputDirectory=$unpacked" "-Dmdep.unpack.includes=**/libjnitensorflowlite.so") ||
    leave_out "mvn could not fetch the package"

# Renamed within one file system, so that nobody ever finds half of it.
mkdir -p "$folder"
cp "$unpacked/org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so" "$folder/fetched.$$"
mv "$folder/fetched.$$" "$folder/libtensorflowlite_c.so"
