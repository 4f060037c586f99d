#!/usr/bin/env bash
# Installs what Noroshi needs: Debian 12's own packages, and the embedded engine from npm, pinned in
# packaging/engine, into build/engine. The only place that installs. Safe to run again: when all is
# there, it changes nothing and touches no network.
#
#   tools/bootstrap.sh [--for build|demo|test|develop] [--list]
#
#   build    compiler and libraries
#   demo     what tools/demo.sh needs: the same
#   test     build, and the peers and libraries of the tests (the default)
#   develop  test, and formatter and linter
set -euo pipefail

# package=upstream version. A newer Debian revision of that version (a security fix) is welcome;
# another upstream version is not what the project is tested with.
build_packages=(
  'g++=4:12.2*' 'cmake=3.25*' 'ninja-build=1.11*' 'pkgconf=1.8*'
  'libfmt-dev=9.1*' 'libexpected-dev=1.0*' 'libcli11-dev=2.1*' 'nlohmann-json3-dev=3.11*'
  'libsimdjson-dev=3.0*' 'libkissfft-dev=131.1*' 'zlib1g-dev=1:1.2.13*' 'libbz2-dev=1.0.8*'
  'liblzma-dev=5.4*' 'libzstd-dev=1.5.4*' 'liblz4-dev=1.9.4*'
  'libspdlog-dev=1:1.10*' 'libtomlplusplus-dev=3.3*' 'libssl-dev=3.0*'
  'libcurl4-openssl-dev=7.88*' 'libloc-database=0~*' 'libmaxminddb-dev=1.7*'
  'libboost1.81-dev=1.81*' 'ca-certificates=20*' 'libxxhash-dev=0.8*'
  'libsoci-dev=4.0.3*' 'libsqlite3-dev=3.40*' 'libpango1.0-dev=1.50*' 'fonts-noto-cjk=1:20220127*'
  'libxgboost-dev=1.7.4*'
)
test_packages=(
  'libgtest-dev=1.12*' 'libgmock-dev=1.12*' 'librapidcheck-dev=0~1033*' 'libbenchmark-dev=1.7*'
  'python3=3.11*' 'openssl=3.0*' 'nfdump=1.7.1*' 'softflowd=1.1*' 'pmacct=1.7.7*' 'tshark=4.0*'
  'clickhouse-server=18.16*' 'clang=1:14.0*' 'clang-14=1:14.0*' 'libclang-rt-14-dev=1:14.0*'
  'llvm=1:14.0*' 'lld=1:14.0*'
)
develop_packages=(
  'clang-format=1:14.0*' 'clang-tidy=1:14.0*' 'make=4.3*' 'git=1:2.39*'
)

say() { printf '%s\n' "bootstrap: $*"; }
fail() { printf '%s\n' "bootstrap: $*" >&2; exit 1; }

purpose="test"
list=no
while (($#)); do
  case "$1" in
    --for) [[ $# -ge 2 ]] || { say '--for needs build, demo, test or develop' >&2; exit 2; }
           purpose=$2; shift 2 ;;
    --list) list=yes; shift ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
case "$purpose" in
  build | demo) wanted=("${build_packages[@]}") ;;
  test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
  develop) wanted=("${build_packages[@]}" "${test_packages[@]}" "${develop_packages[@]}") ;;
  *) say "--for $purpose: choose build, demo, test or develop" >&2; exit 2 ;;
esac
# npm fetches the engine; whichever npm is there will do.
command -v npm >/dev/null || wanted+=('npm=9.2*')
if [[ $list == yes ]]; then
  printf '%s\n' "${wanted[@]}"
  exit 0
fi

command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
  fail 'apt-get is missing: Noroshi is built on Debian 12 (bookworm)'

# The installed version, or nothing.
installed() {
  dpkg-query --show --showformat='${db:Status-Status} ${Version}\n' "$1" 2>/dev/null |
    sed -n 's/^installed //p' | head -n 1
}

missing=()
differing=()
for pin in "${wanted[@]}"; do
  name=${pin%%=*} version=${pin#*=}
  present=$(installed "$name" || true)
  # shellcheck disable=SC2053  # the pin is a pattern
  if [[ -z $present ]]; then
    missing+=("$pin")
  elif [[ $present != $version ]]; then
    differing+=("$name $present is installed, $version is expected")
  fi
done
if ((${#differing[@]})); then
  printf 'bootstrap: %s\n' "${differing[@]}" >&2
  fail 'remove these or use Debian 12 (bookworm); nothing was changed'
fi

install_packages() {
  as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null ||
      fail "to install ${missing[*]%%=*}: run tools/bootstrap.sh as root, or install sudo"
    as_root=(sudo)
  fi
  apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y \
      -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
  }

  say "installing ${#missing[@]} of ${#wanted[@]} packages: ${missing[*]%%=*}"
  quietly apt update || fail 'apt-get update failed (above): are the package sources reachable?'

  unavailable=()
  for pin in "${missing[@]}"; do
    name=${pin%%=*} version=${pin#*=}
    offered=$(apt-cache madison "$name" 2>/dev/null | awk -F' *\\| *' '{ print $2 }' | sort -u)
    found=no
    while read -r candidate; do
      # shellcheck disable=SC2053
      [[ -n $candidate && $candidate == $version ]] && found=yes
    done <<<"$offered"
    [[ $found == yes ]] ||
      unavailable+=("$name $version is not available; apt offers ${offered:-nothing}" )
  done
  if ((${#unavailable[@]})); then
    printf 'bootstrap: %s\n' "${unavailable[@]//$'\n'/, }" >&2
    fail 'Noroshi is built on Debian 12 (bookworm), component main; nothing was installed'
  fi

  local service_before
  service_before=$(installed clickhouse-server || true)
  quietly apt install --no-install-recommends "${missing[@]}" ||
    fail 'apt-get install failed (above)'
  # The tests start servers of their own: none is to run beside them, now or after a restart.
  if [[ -z $service_before && -n $(installed clickhouse-server || true) &&
        -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl --quiet disable --now clickhouse-server ||
      fail 'the service runs: stop it with systemctl disable --now clickhouse-server'
  fi
}

# The engine is whole when its library is the one that packaging/engine names.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
engine=$root/build/engine
engine_is_there() {
  (cd "$engine" 2>/dev/null && sha256sum --status --check "$root/packaging/engine/engine.sha256") \
    2>/dev/null
}
install_engine() {
  say 'installing the embedded engine (npm, about 560 MB unpacked) into build/engine'
  mkdir -p "$engine"
  cp "$root/packaging/engine/package.json" "$root/packaging/engine/package-lock.json" "$engine/"
  (cd "$engine" && quietly npm ci --ignore-scripts --no-audit --no-fund) ||
    fail 'npm ci failed (above): is the package registry reachable? Nothing else is missing'
  engine_is_there ||
    fail "npm brought another library than packaging/engine/engine.sha256 names: $engine"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }; }

((${#missing[@]} == 0)) || install_packages
engine_is_there || install_engine
say "done: all ${#wanted[@]} packages for '$purpose' and the engine are installed"
