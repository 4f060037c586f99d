#!/usr/bin/env bash
# Decode speed per protocol beside nfdump reading the same records, in alternation, on this machine;
# writes the section "Decoding" of docs/reference/performance.md. Give the machine nothing else to do meanwhile.
#
#   tools/bench-decode.sh [--repetitions N] [--flows N]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset release "${launcher[@]}" >/dev/null
cmake --build --preset release --target noroshi decode_bench
section=$(PYTHONPATH=tests python3 tests/bench/compare_decode.py build/release "$@")
python3 tests/bench/put_section.py docs/reference/performance.md <<<"$section"
printf '%s\n' "$section"
