#!/usr/bin/env bash
# image-root.sh PROGRAM FOLDER: the root of a container that holds moyo-worker and nothing else.
# Everything lies where the loader and the C library look by themselves.
set -euo pipefail

[[ $# -eq 2 ]] || { echo "usage: deploy/portable/image-root.sh PROGRAM FOLDER" >&2; exit 2; }
root=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$root"/{lib64,tmp,usr/bin,usr/lib,usr/share/doc}
"$here/collect.sh" "$1" "$root/collected"
mv "$root/collected/lib/ld-linux-x86-64.so.2" "$root/lib64/"
mv "$root/collected/lib/moyo-worker" "$root/usr/bin/"
mv "$root/collected/lib" "$root/usr/lib/x86_64-linux-gnu"
mv "$root/collected/licences" "$root/usr/share/doc/moyo-worker"
rmdir "$root/collected"
