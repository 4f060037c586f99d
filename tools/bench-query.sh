#!/usr/bin/env bash
# Ten questions on the same ten million flows in Noroshi and in nfdump, in alternation, on this
# machine. The flows are simulated once and kept in build/bench-query. Give the machine nothing else
# to do meanwhile.
#
#   tools/bench-query.sh [--repetitions N]
#
# The history holds the same flows, imported once. Writes the section "Questions" of
# docs/reference/performance.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset release "${launcher[@]}" >/dev/null
cmake --build build/release --target noroshi >&2
section=$(PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 \
  python3 tests/bench/compare_questions.py build/release/noroshi build/bench-query "$@")
python3 tests/bench/put_section.py docs/reference/performance.md <<<"$section"
printf '%s\n' "$section"
