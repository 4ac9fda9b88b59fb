#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install what is missing of the packages for the purposes named: setup.sh build test
set -eu

list=$(dirname "$0")/packages.txt
wanted=
for purpose in "$@"; do
    wanted="$wanted $(sed -n "s/^$purpose //p" "$list")"
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: this is not Debian, so nothing is installed. Needed are (names as in Debian 12):"
    echo $wanted
    exit 0
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    case $state in
    installed*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: as root, run: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "setup: installing with apt-get:$missing"
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
