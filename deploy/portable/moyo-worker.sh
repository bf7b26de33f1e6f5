#!/bin/sh
# Starts the worker with the loader and the libraries beside it, so that nothing of this machine's is
# used but its kernel.
here=$(dirname "$(readlink -f "$0")")
export GCONV_PATH="$here/lib/gconv"
exec "$here/lib/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$here/lib" \
  "$here/lib/moyo-worker" "$@"
