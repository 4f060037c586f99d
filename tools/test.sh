#!/usr/bin/env bash
# Everything that must hold before a change is taken: installs what is missing, builds as users run
# it and under the sanitizers, and runs every test of both builds in one go. Unit tests are compiled
# once, for the sanitizers; what users run is tested as a whole, but for the room of the embedded
# engine, which no sanitizer can load. The last line is ctest's own closing line; the exit status is
# 0 only when every stage passed.
#
#   tools/test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The rooms that own threads, and so are worth running under the thread sanitizer. One place. Not api:
# Asio synchronises by fences, which the thread sanitizer does not know.
rooms_with_threads=(collect store pipeline)

began=$SECONDS
step() { printf '\n== [%4ds] %s\n' $((SECONDS - began)) "$*"; }
jobs=$(nproc)
logs=build/test
mkdir -p "$logs"
quietly() {  # NAME COMMAND...
  local log=$logs/$1.log
  shift
  "$@" >"$log" 2>&1 || { tail -n 100 "$log" >&2; printf '\nfailed: %s\n' "$*" >&2; exit 1; }
}
compiler_cache=
if command -v ccache >/dev/null && [[ -z ${CCACHE_DISABLE:-} ]]; then compiler_cache=ccache; fi
# What PRESET reads once and not once per file. The layers of the release are compiled with their own
# includes alone, so that a missing one is found here; so is everything where there is a compiler cache.
precompiled() {  # PRESET
  if [[ -n $compiler_cache ]]; then
    echo
  elif [[ $1 == release ]]; then
    echo commands
  else
    echo 'commands;layers;unhurried;tests'
  fi
}
build() {  # PRESET UNIT-TESTS [TARGET...]
  local unit_tests=$2
  set -- "$1" "${@:3}"
  step "build: $*"
  # A tree of before, made with g++: where the compiler changes, CMake forgets every other setting.
  [[ $1 != *san ]] || grep -qs '^CMAKE_CXX_COMPILER:.*clang' "build/$1/CMakeCache.txt" ||
    rm -rf "build/$1"
  quietly "configure-$1" cmake --preset "$1" "-DNOROSHI_UNIT_TESTS=$unit_tests" \
    "-DCMAKE_CXX_COMPILER_LAUNCHER=$compiler_cache" "-DNOROSHI_PRECOMPILED=$(precompiled "$1")"
  quietly "build-$1" cmake --build "build/$1" --parallel "$jobs" ${2:+--target "${@:2}"}
}

step 'packages'
tools/bootstrap.sh --for test

build release store
build asan all
build tsan all "${rooms_with_threads[@]/%/_test}"

# One ctest over all builds, so that one line tells the whole. Of the thread
# sanitizer's build only the rooms with threads were made, each one test here.
{
  for tree in release asan; do printf 'subdirs("%s")\n' "$PWD/build/$tree"; done
  for room in "${rooms_with_threads[@]}"; do
    printf 'add_test("tsan/%s" "%s/build/tsan/src/%s_test")\n' "$room" "$PWD" "$room"
    printf 'set_tests_properties("tsan/%s" PROPERTIES ENVIRONMENT "NOROSHI_SOURCE=%s")\n' \
      "$room" "$PWD"
  done
} >"$logs/CTestTestfile.cmake"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/leaks.suppressions:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

step "tests: release, asan, tsan of ${rooms_with_threads[*]}"
status=0
ctest --test-dir "$logs" --output-on-failure --no-label-summary --parallel "$jobs" \
  --output-log "$logs/ctest.log" || status=$?

printf '\n== [%4ds] done\n' $((SECONDS - began))
grep -E '^[0-9]+% tests passed' "$logs/ctest.log" | tail -n 1 ||
  { echo 'no test ran' >&2; exit 1; }
exit "$status"
