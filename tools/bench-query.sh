#!/usr/bin/env bash
# Ten questions on the same ten million flows in Noroshi and in nfdump, in alternation, on this
# machine. The flows are simulated once and kept in build/bench-query. Give the machine nothing else
# to do meanwhile.
#
#   tools/bench-query.sh [--repetitions N] [--store DIR]
#
# --store adds the history in DIR, which must hold the same flows, as a third column.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset release "${launcher[@]}" >/dev/null
cmake --build --preset release --target noroshi >&2
PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 \
  python3 tests/bench/compare_questions.py build/release/noroshi build/bench-query "$@"
