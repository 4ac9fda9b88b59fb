#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install the frameworks of wheels.txt, with pip, into a Python environment of their own. What is there
# already stays as it is. `wheels.sh --where` prints the environment's folder, and does nothing else.
set -eu

list=$(dirname "$0")/wheels.txt
folder=${VACCEL_WHEELS:-${XDG_CACHE_HOME:-$HOME/.cache}/vaccel/wheels}
case ${1:-} in
'') ;;
--where)
    echo "$folder"
    exit 0
    ;;
*)
    echo "usage: wheels.sh [--where]" >&2
    exit 2
    ;;
esac

# Without the frameworks everything else can still be built and tested.
leave_out()
{
    echo "wheels: $1, so the plugins openvino, tf and tflite are left out. Needed are:"
    sed -n 's/^[a-z]/    &/p' "$list"
    exit 0
}

# Another one may be at it already; what it has installed need not be installed again.
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9

# Also when the system's Python was replaced by another version: the environment is then repaired.
if ! "$folder/bin/python3" -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$folder" || leave_out "python3 cannot make an environment (package python3-venv)"
fi

# With everything installed pip asks nobody.
"$folder/bin/python3" -m pip install --quiet --disable-pip-version-check --retries 2 -r "$list" ||
    leave_out "pip could not install into $folder"
