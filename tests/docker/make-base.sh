#!/usr/bin/env bash
# make-base.sh NAME: an image of Debian 12 with what Moyo's programs and the test need to run, from Debian's
# mirror alone. make-base.sh --bare NAME: one with nothing added, to build deploy/Dockerfile.* on.
# MOYO_MIRROR: another mirror than the one this machine uses.
set -euo pipefail

fail() {
  echo "make-base.sh: $1" >&2
  exit 1
}

bare=no
[[ ${1:-} != --bare ]] || { bare=yes; shift; }
[[ $# -eq 1 ]] || { echo "usage: tests/docker/make-base.sh [--bare] NAME" >&2; exit 2; }
[[ $(id -u) -eq 0 ]] || fail "debootstrap needs root"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
docker info >/dev/null 2>&1 || fail "no Docker engine answers; start dockerd"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

this_machines_mirror() {
  grep -rhE '^(deb|URIs:) ' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null \
    | grep -oE '(https?|file):/[^ ]*debian/?( |$)' | head -n 1 || true
}
mirror=${MOYO_MIRROR:-$(this_machines_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}
include=()
if [[ $bare == no ]]; then
  packages=$(grep -hv '^#' deploy/packages-run.txt deploy/packages-run-torch.txt | sort -u | paste -sd,)
  include=(--include="$packages,prometheus")
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase "${include[@]}" bookworm "$root" "$mirror" >"$root.log" 2>&1 \
  || fail "debootstrap failed; see $root.log"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c . | docker import - "$1"
rm -f "$root.log"
