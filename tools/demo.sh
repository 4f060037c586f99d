#!/usr/bin/env bash
# From a fresh clone to the first verdict: installs what is missing, builds, makes a recording of a
# provider's traffic with a botnet in it, and analyses it.
#
#   tools/demo.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

began=$SECONDS
step() { printf '\n[%3ds] %s\n' $((SECONDS - began)) "$*"; }
demo=build/demo
recording=$demo/provider.pcap
mkdir -p "$demo"
# Long output goes to a file and is shown only when something fails.
quietly() {
  "$@" >"$demo/log" 2>&1 || { tail -n 60 "$demo/log" >&2; printf '\nfailed: %s\n' "$*" >&2; exit 1; }
}

step 'Packages'
tools/bootstrap.sh --for demo

step 'Building noroshi (a few minutes the first time)'
compiling=('-DNOROSHI_PRECOMPILED=commands;layers;unhurried')
if command -v ccache >/dev/null && [[ -z ${CCACHE_DISABLE:-} ]]; then
  compiling=(-DNOROSHI_PRECOMPILED= -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
quietly cmake --preset release -B "$demo/cmake" -DNOROSHI_TESTS=OFF -DNOROSHI_BENCHMARKS=OFF "${compiling[@]}"
quietly cmake --build "$demo/cmake" --target noroshi
noroshi=$demo/cmake/noroshi

step 'Recording: a simulated provider, a few of its subscribers infected'
"$noroshi" simulate --seed 1 --force --output "$recording"

step "noroshi recording show $recording"
"$noroshi" recording show "$recording"

step "noroshi analyze --top 8 $recording"
"$noroshi" analyze --top 8 "$recording"

printf '\nDone in %d s. Try your own: %s analyze FILE…\n' $((SECONDS - began)) "$noroshi"
