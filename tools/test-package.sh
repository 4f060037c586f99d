#!/usr/bin/env bash
# Installs the Debian package into a bare Debian 12 of its own (debootstrap, a folder), starts the
# daemon there as its own user, feeds it on loopback, asks it, removes and purges the package, and
# looks that nothing is left. Needs root and debootstrap; takes minutes.
#
#   tools/test-package.sh PACKAGE.deb [FOLDER]
set -euo pipefail

(($# >= 1)) && [[ -f $1 ]] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
package=$(realpath "$1")
root=${2:-$(mktemp -d /var/tmp/noroshi-package-XXXXXX)}
[[ $(id -u) -eq 0 ]] || { echo 'test-package: root is needed for a root file system of its own' >&2; exit 2; }
command -v debootstrap >/dev/null || { echo 'test-package: debootstrap is not installed' >&2; exit 2; }

inside() { env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$root" "$@"; }
finish() {
  umount "$root/proc" 2>/dev/null || true
  (($# == 0)) || rm -rf "$root"
}
trap 'finish' EXIT

[[ -d $root/usr ]] || debootstrap --variant=minbase bookworm "$root" >/dev/null
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[[ ! -d /etc/apt/sources.list.d ]] || cp -a /etc/apt/sources.list /etc/apt/sources.list.d "$root/etc/apt/" 2>/dev/null || true
cp "$package" "$root/root/noroshi.deb"

echo 'test-package: installing'
inside sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends /root/noroshi.deb' >"$root/root/install.log" 2>&1 ||
  { tail -n 20 "$root/root/install.log" >&2; exit 1; }

cat >"$root/root/try.sh" <<'TRY'
set -eu
noroshi --version
noroshi config check
install -d -o noroshi -g noroshi /run/noroshi
sed -i 's|^listen = .*|listen = ["udp://127.0.0.1:29777"]|' /etc/noroshi/noroshi.toml
setpriv --reuid noroshi --regid noroshi --clear-groups noroshi serve 2>/root/serve.log &
daemon=$!
for _ in $(seq 100); do [ -S /run/noroshi/noroshi.sock ] && break; sleep 0.1; done
noroshi guard file --show | grep -q '^not_filed'
noroshi guard file --demo
noroshi simulate --subscribers 100 --duration 10m --send 127.0.0.1:29777 --truth /root/truth.json \
  --force 2>/dev/null >/dev/null
sleep 3
noroshi exporters list
noroshi flows query --stat proto/bytes | grep -E '^Total: [1-9]'
kill $daemon
wait $daemon
test -s /var/lib/noroshi/templates
TRY
echo 'test-package: starting, feeding, asking'
inside sh /root/try.sh

echo 'test-package: removing and purging'
inside apt-get remove -y -qq noroshi >/dev/null 2>&1
inside test -d /var/lib/noroshi -a -f /etc/noroshi/noroshi.toml
inside apt-get purge -y -qq noroshi >/dev/null 2>&1
if inside sh -c 'ls -d /var/lib/noroshi /etc/noroshi /usr/lib/noroshi /usr/bin/noroshi; getent passwd noroshi' 2>/dev/null | grep -q .; then
  echo 'test-package: something is left' >&2
  exit 1
fi
finish "$root"
echo 'test-package: installs, starts, answers, and goes without a trace'
