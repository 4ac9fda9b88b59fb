#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prove the front door on a bare Debian 12: debootstrap one, clone this repository's HEAD into it, run
# `make demo` and `make test` there. Needs root and debootstrap. The mirror is this machine's own.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
suite=bookworm

# Everything is mounted in a mount namespace of its own and so goes away with this script.
if [ "${1:-}" != --inside ]; then
    [ "$(id -u)" = 0 ] || { echo "test-bare: run it as root" >&2; exit 1; }
    command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap
    root=$(mktemp -d "${TMPDIR:-/var/tmp}/vaccel-bare.XXXXXX")
    trap 'rm -rf --one-file-system "$root"' EXIT
    chmod 755 "$root"
    unshare --mount --propagation private "$0" --inside "$root"
    exit
fi
root=$2

# The first source that has the suite, in either of the two formats that apt reads.
mirror_of_this_machine()
{
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n "s/^deb \(\[[^]]*\] \)\?\([^ ]*\) $suite main.*/\2/p"
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v suite="$suite" '
        /^URIs:/ { uri = $2 }
        /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == suite) print uri }'
}
mirror=$(mirror_of_this_machine | head -n 1)
[ -n "$mirror" ] || { echo "test-bare: no source of $suite in /etc/apt" >&2; exit 1; }

mount --bind "$root" "$root"
debootstrap --variant=minbase "$suite" "$root" "$mirror"

cp /etc/resolv.conf "$root/etc/resolv.conf"
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries)' >"$root/etc/apt/apt.conf.d/90mirror" || true
{
    echo '[global]'
    [ -z "${PIP_INDEX_URL:-}" ] || echo "index-url = $PIP_INDEX_URL"
    [ -z "${PIP_CERT:-}" ] || echo 'cert = /etc/pip-certificates.pem'
} >"$root/etc/pip.conf"
[ -z "${PIP_CERT:-}" ] || cp "$PIP_CERT" "$root/etc/pip-certificates.pem"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
git clone -q --bare "$repository" "$root/srv/vaccel.git"

# Not chroot, which would forbid the user namespaces that some tests are run in.
cd "$root"
pivot_root . mnt
cd /
umount -l /mnt

inside()
{
    echo "+ $*"
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        sh -c "$*"
}
inside 'apt-get update -q && apt-get install -q -y --no-install-recommends git make'
inside 'git clone -q file:///srv/vaccel.git /root/vaccel'
inside 'cd /root/vaccel && make demo'
inside 'cd /root/vaccel && make test'
# Last, as an installed library is found by tests too.
inside 'cd /root/vaccel && make install && ldconfig && pkg-config --exists vaccel && VACCEL_PLUGINS=noop noop'
