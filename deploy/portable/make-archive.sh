#!/usr/bin/env bash
# make-archive.sh PROGRAM OUT.tar.xz: packs moyo-worker with its loader and libraries (deploy/portable).
# The same inputs give the same bytes.
set -euo pipefail

[[ $# -eq 2 ]] || { echo "usage: deploy/portable/make-archive.sh PROGRAM OUT.tar.xz" >&2; exit 2; }
program=$1
out=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
top=$folder/moyo-worker
"$here/collect.sh" "$program" "$top"
install -m 755 "$here/moyo-worker.sh" "$top/moyo-worker"
install -m 644 "$here/README.txt" "$top/README.txt"

tar -C "$folder" --sort=name --mtime="@${SOURCE_DATE_EPOCH:-0}" --owner=0 --group=0 --numeric-owner \
  -c moyo-worker | xz -6 > "$out.tmp"
mv "$out.tmp" "$out"
echo "$out: $(stat -c %s "$out") bytes, $(du -sb "$top" | cut -f1) unpacked"
