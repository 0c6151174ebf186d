#!/usr/bin/env bash
# Builds the addon, native/*.c, with node-gyp into native/build/Release/synack.node. Prints only what goes wrong.
set -euo pipefail
cd "$(dirname "$0")/.."

gyp=node_modules/node-gyp/bin/node-gyp.js
if [[ ! -f $gyp ]]; then # installed as a package, without development tools: npm carries a node-gyp of its own
  gyp=$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
fi
arguments=(rebuild --directory native)

# Node's headers often lie beside Node; then nothing need be downloaded.
prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
if [[ -f $prefix/include/node/node_api.h ]]; then arguments+=(--nodedir "$prefix"); fi

log=$(node "$gyp" "${arguments[@]}" 2>&1) || {
  echo "$log" >&2
  exit 1
}
