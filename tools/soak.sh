#!/usr/bin/env bash
# Runs every fuzz target for a time each under address and undefined-behaviour sanitizers (clang's
# libFuzzer), two at once on two cores; then, when a log is asked for, the whole test suite of the
# sanitizer build, the daemon with its engine under the undefined-behaviour sanitizer and under load
# under the thread sanitizer, and the long forms of the tests of the daemon: fifty kills, floods of two
# minutes, a day of traffic. Findings are written to build/soak and end the run with status 1.
#
#   tools/soak.sh [--seconds N] [--log FILE] [TARGET...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=600 log=
while (($#)); do
  case "$1" in
    --seconds) seconds=$2; shift 2 ;;
    --log) log=$2; shift 2 ;;
    -*) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) break ;;
  esac
done

targets=("$@")
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/*_fuzz.cpp; do
    target=${source##*/}
    targets+=("${target%_fuzz.cpp}")
  done
fi

launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
out=build/soak
mkdir -p "$out"
echo 'soak: building the fuzz targets'
cmake --preset fuzz "${launcher[@]}" >"$out/build.log" 2>&1 &&
  cmake --build build/fuzz --target "${targets[@]/%/_fuzz}" >>"$out/build.log" 2>&1 || { tail -n 40 "$out/build.log" >&2; exit 1; }

# One target: new inputs go to build/soak/corpus, seeds and regressions are read only.
soak_one() {
  local target=$1 seconds=$2 out=$3
  mkdir -p "$out/corpus/$target" "$out/findings/$target"
  local folders=("$out/corpus/$target")
  for kind in corpus regressions; do
    [[ ! -d tests/fuzz/$kind/$target ]] || folders+=("tests/fuzz/$kind/$target")
  done
  local options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
    -artifact_prefix="$out/findings/$target/")
  [[ ! -f tests/fuzz/$target.dict ]] || options+=(-dict="tests/fuzz/$target.dict")
  local status=0
  "build/fuzz/tests/${target}_fuzz" "${options[@]}" "${folders[@]}" >"$out/$target.log" 2>&1 ||
    status=$?
  local runs coverage verdict=clean
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$target.log")
  coverage=$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$out/$target.log" | tail -n 1)
  ((status == 0)) || verdict="FINDING (exit $status, see $out/$target.log)"
  printf '%-24s %6d s %12s runs  %-24s %s\n' "$target" "$seconds" "${runs:-?}" \
    "${coverage:-}" "$verdict"
  return $((status != 0))
}
export -f soak_one

report=$out/report
status=0
{
  printf 'Fuzzing: clang %s libFuzzer, address and undefined-behaviour sanitizers, commit %s\n\n' \
    "$(clang -dumpversion)" "$(git describe --always --dirty 2>/dev/null || echo unknown)"
  printf '%s\0' "${targets[@]}" |
    xargs -0 -P "$(nproc)" -I '{}' bash -c "soak_one '{}' $seconds $out"
} | tee "$report" || status=1

# Configures and builds PRESET [TARGET...].
build() {
  cmake --preset "$1" "${launcher[@]}" >"$out/$1.log" 2>&1 &&
    cmake --build "build/$1" ${2:+--target "${@:2}"} >>"$out/$1.log" 2>&1 ||
    { tail -n 40 "$out/$1.log" >&2; exit 1; }
}
# Says how COMMAND... ended, as WHAT; its output goes to $out/NAME.txt.
judged() {  # NAME WHAT COMMAND...
  local name=$1 what=$2 verdict=passed
  shift 2
  "$@" >"$out/$name.txt" 2>&1 || { verdict="FAILED, see $out/$name.txt"; status=1; }
  printf '%s: %s\n' "$what" "$verdict" | tee -a "$report"
  grep -E '^[0-9,]+ (h of|s of load|flows a second)' "$out/$name.txt" | tee -a "$report" || true
}
# The tests of the daemon NAME... with the program of PRESET.
daemon_tests() {  # PRESET NAME...
  local tree=$PWD/build/$1 name
  for name in "${@:2}"; do
    NOROSHI=$tree/noroshi NOROSHI_STORE_TEST=$tree/src/store_test \
      NOROSHI_DELIVERY_DRIVER=$tree/tests/delivery_driver \
      NOROSHI_AUDIT_DRIVER=$tree/tests/audit_driver \
      judged "$1-$name" "Long form of tests/interop/test_$name.py, $1" \
      python3 "tests/interop/test_$name.py"
  done
}

if [[ -n $log ]]; then
  echo | tee -a "$report"
  export NOROSHI_SOURCE=$PWD PYTHONPATH=$PWD/tests PYTHONDONTWRITEBYTECODE=1
  export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
  export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

  build asan
  ctest --test-dir build/asan --output-on-failure --no-label-summary --output-log "$out/ctest.log" \
    >/dev/null || status=1
  grep -E '^[0-9]+% tests passed' "$out/ctest.log" |
    sed 's/^/Whole suite under the sanitizers: /' | tee -a "$report"
  # The daemon with its engine inside it: the one sanitizer that can load it.
  build ubsan noroshi delivery_driver store_test
  judged ubsan-store 'Unit tests of store, ubsan' build/ubsan/src/store_test
  daemon_tests ubsan serve kill history
  # The daemon with everything that has a thread in it.
  build tsan noroshi
  export NOROSHI_LOAD_SECONDS=60
  daemon_tests asan load
  daemon_tests tsan load collect floods

  build release
  export NOROSHI_KILLS=50 NOROSHI_FLOOD_SECONDS=120
  export NOROSHI_DAY_HOURS=24 NOROSHI_DAY_SUBSCRIBERS=2000
  export NOROSHI_FLOWS_PER_SECOND=200000
  daemon_tests release kill audit floods day busy
  cp "$report" "$log"
  echo "soak: log written to $log"
fi
exit "$status"
