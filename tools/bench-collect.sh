#!/usr/bin/env bash
# Collecting beside the installed nfcapd: the same datagrams, in alternation, one core each for
# collector and generator: flows per CPU second, loss and bytes per flow. Writes the section
# "Collecting" of docs/reference/performance.md. Give the machine nothing else to do meanwhile.
#
#   tools/bench-collect.sh [--repetitions N] [--flows N] [--rate N] [--history on|off|both]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset release "${launcher[@]}" >/dev/null
cmake --build --preset release --target noroshi send_datagrams >/dev/null
section=$(PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 \
  python3 tests/bench/compare_collect.py build/release "$@")
python3 tests/bench/put_section.py docs/reference/performance.md <<<"$section"
printf '%s\n' "$section"
