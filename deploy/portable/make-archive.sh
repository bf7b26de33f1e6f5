#!/usr/bin/env bash
# make-archive.sh PROGRAM OUT.tar.xz: packs moyo-worker with its loader and libraries (deploy/portable).
# The same inputs give the same bytes.
set -euo pipefail

fail() {
  echo "make-archive.sh: $1" >&2
  exit 1
}

[[ $# -eq 2 ]] || { echo "usage: deploy/portable/make-archive.sh PROGRAM OUT.tar.xz" >&2; exit 2; }
program=$1
out=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -x $program ]] || fail "no program '$program'; build moyo-worker first"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
top=$folder/moyo-worker
mkdir -p "$top/lib" "$top/licences"

# "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)", "/lib64/ld-linux-x86-64.so.2 (0x...)"
mapfile -t libraries < <(ldd "$program" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }')
for library in "${libraries[@]}"; do
  [[ -f $library ]] || fail "ldd finds no file for '$library'"
  cp -L "$library" "$top/lib/"
  # The licence goes along. A path through /lib is known to dpkg with or without /usr.
  package=$(dpkg-query --search "$(readlink -f "$library")" "$library" 2>/dev/null | head -n 1 | cut -d: -f1 || true)
  if [[ -n $package && -f /usr/share/doc/$package/copyright ]]; then
    cp -L "/usr/share/doc/$package/copyright" "$top/licences/$package"
  fi
done
[[ -f $top/lib/ld-linux-x86-64.so.2 ]] || fail "'$program' is not an x86-64 program of this system"
strip -o "$top/lib/moyo-worker" "$program"
chmod -R u+w,a+rX "$top"
chmod 755 "$top/lib/ld-linux-x86-64.so.2" "$top/lib/moyo-worker"
install -m 755 "$here/moyo-worker.sh" "$top/moyo-worker"
install -m 644 "$here/README.txt" "$top/README.txt"
install -m 644 "$here/../../LICENSE" "$top/licences/moyo"

tar -C "$folder" --sort=name --mtime="@${SOURCE_DATE_EPOCH:-0}" --owner=0 --group=0 --numeric-owner \
  -c moyo-worker | xz -6 > "$out.tmp"
mv "$out.tmp" "$out"
echo "$out: $(stat -c %s "$out") bytes, $(du -sb "$top" | cut -f1) unpacked, ${#libraries[@]} libraries"
