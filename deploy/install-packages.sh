#!/usr/bin/env bash
# install-packages.sh LIST...: installs the Debian packages that the lists name, where they are missing.
set -euo pipefail

fail() {
  echo "install-packages.sh: $1" >&2
  exit 1
}

[[ $# -ge 1 ]] || { echo "usage: deploy/install-packages.sh LIST..." >&2; exit 2; }
command -v dpkg-query >/dev/null || fail "this is no Debian system; install what $* name by other means"

for list in "$@"; do
  [[ -r $list ]] || fail "cannot read the list '$list'; the lists are deploy/packages*.txt"
done
missing=()
while read -r package || [[ -n $package ]]; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed \
    || missing+=("$package")
done < <(grep -hv '^#' "$@")

if [[ ${#missing[@]} -eq 0 ]]; then
  echo "all packages of $* are installed"
  exit 0
fi

sudo=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || fail "packages are missing; as root: apt-get install ${missing[*]}"
  sudo=(sudo)
fi
echo "installing ${#missing[@]} packages: ${missing[*]}"
log=$(mktemp)
apt() {
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
    -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}
apt update || fail "apt-get update failed; check the network and /etc/apt (log: $log)"
apt install --no-install-recommends "${missing[@]}" \
  || fail "apt-get install failed: $(grep '^E:' "$log" | head -n 1) (log: $log)"
rm -f "$log"
