#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD: handwritten digits, read by an application that calls vaccel_image_classification()
# and knows nothing of networks. The agent, another process, runs the network; which plugin does so,
# and on which network, is said there.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
agent=

finish()
{
    [ -z "$agent" ] || kill "$agent" 2>/dev/null || true
    [ -z "$agent" ] || wait "$agent" || true
    rm -rf "$folder"
}
trap finish EXIT

show()
{
    printf '\n$ %s\n' "$*"
    env "$@"
}

# It says so when it has loaded its plugins and listens.
wait_for_agent()
{
    tries=0
    until grep -q 'listening at' "$folder/log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$agent" 2>/dev/null; then
            cat "$folder/log" >&2
            exit 1
        fi
        sleep 0.1
    done
    cat "$folder/log"
}

listen=unix://$folder/agent.sock
printf '\n$ %s\n' "VACCEL_VISION_MODELS=models/digits $1/agent/vaccel-agent --listen $listen --plugins opencv &"
XDG_RUNTIME_DIR=$folder VACCEL_VISION_MODELS=models/digits \
    "$1/agent/vaccel-agent" --listen "$listen" --plugins opencv 2>"$folder/log" &
agent=$!
wait_for_agent

show VACCEL_PLUGINS=rpc VACCEL_RPC_ADDRESS="$listen" \
    "$1/examples/classify" models/digits/sample.jpg
show VACCEL_PLUGINS=rpc VACCEL_RPC_ADDRESS="$listen" \
    "$1/examples/classify" models/digits/held-out
