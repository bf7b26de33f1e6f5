#!/usr/bin/env bash
# collect.sh PROGRAM FOLDER: what moyo-worker needs besides a kernel. FOLDER/lib gets the program, the
# loader, the libraries and the charset converters (lib/gconv), FOLDER/licences their licences.
set -euo pipefail

fail() {
  echo "collect.sh: $1" >&2
  exit 1
}

[[ $# -eq 2 ]] || { echo "usage: deploy/portable/collect.sh PROGRAM FOLDER" >&2; exit 2; }
program=$1
folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -x $program ]] || fail "no program '$program'; build moyo-worker first"
mkdir -p "$folder/lib" "$folder/licences"

# "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)", "/lib64/ld-linux-x86-64.so.2 (0x...)"
mapfile -t libraries < <(ldd "$program" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }')
for library in "${libraries[@]}"; do
  [[ -f $library ]] || fail "ldd finds no file for '$library'"
  cp -L "$library" "$folder/lib/"
  # The licence goes along. A path through /lib is known to dpkg with or without /usr.
  package=$(dpkg-query --search "$(readlink -f "$library")" "$library" 2>/dev/null | head -n 1 | cut -d: -f1 || true)
  if [[ -n $package && -f /usr/share/doc/$package/copyright ]]; then
    cp -L "/usr/share/doc/$package/copyright" "$folder/licences/$package"
  fi
done
[[ -f $folder/lib/ld-linux-x86-64.so.2 ]] || fail "'$program' is not an x86-64 program of this system"

# The C library's own: names of players are in every charset of East Asia.
converters=$(dirname "$(readlink -f "$(ldd "$program" | awk '$1 == "libc.so.6" { print $3 }')")")/gconv
[[ -f $converters/gconv-modules ]] || fail "no charset converters in '$converters' (package libc6)"
cp -rL "$converters" "$folder/lib/gconv"

strip -o "$folder/lib/moyo-worker" "$program"
install -m 644 "$here/../../LICENSE" "$folder/licences/moyo"
chmod -R u+w,a+rX "$folder"
chmod 755 "$folder/lib/ld-linux-x86-64.so.2" "$folder/lib/moyo-worker"
