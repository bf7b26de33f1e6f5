#!/usr/bin/env bash
# Makes play/web/vendor anew, from the versions that package.json names. Needs node, npm and the network; run it
# only to change a version, and commit what it writes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
vendor=../vendor

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json shudan.js "$work"
npm install --prefix "$work" --no-audit --no-fund --silent

mkdir -p "$vendor"
rm -f "$vendor"/*
modules=$work/node_modules
(cd "$work" && node_modules/.bin/esbuild shudan.js --bundle --format=esm --target=es2020 \
  --define:process.env.NODE_ENV='"production"' --outfile=shudan.out.js --log-level=warning)
version() { node -p "require('$modules/$1/package.json').version"; }
{
  echo "// preact $(version preact), @sabaki/shudan $(version @sabaki/shudan), classnames $(version classnames):"
  echo "// see LICENSE.txt. Made by play/web/bundle/bundle.sh."
  cat "$work/shudan.out.js"
} >"$vendor/shudan.js"
# Without its pictures of board and stones: play/web/page/board.css has its own.
sed -e "s|url('./board.png') ||" -e "/url('.\/stone_/d" "$modules/@sabaki/shudan/css/goban.css" >"$vendor/shudan.css"
for package in preact @sabaki/shudan classnames; do
  printf '%s %s\n\n' "$package" "$(version "$package")"
  cat "$modules/$package/LICENSE"
  printf '\n'
done >"$vendor/LICENSE.txt"
