#!/usr/bin/env bash
# From a bare Debian 12 to a trained network that suggests a move, in under 15 minutes on two cores:
# installs packages, builds, and runs the main job on the games in tests/data. Run it again at will:
# what is there is kept, and a broken-off run goes on.
#
#   MOYO_RUN_DIR=DIR   where the run lives (build/quickstart-run)
#   MOYO_MINUTES=N     how long to train (3)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

run_dir=${MOYO_RUN_DIR:-build/quickstart-run}
minutes=${MOYO_MINUTES:-3}
games=tests/data/games-2015.zip
bin=build/release/bin
step="starting"
advice="see the lines above"

trap 'echo "quickstart.sh: failed while $step; $advice" >&2' ERR
# What the shell exports must not change the build.
unset CMAKE_GENERATOR CXXFLAGS CFLAGS LDFLAGS

begin() {
  step=$1
  advice=$2
  printf '\n== [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$step"
}

begin "installing packages" "the line above says why"
deploy/install-packages.sh deploy/packages.txt

begin "configuring the build" "the lines above say why; a fresh start: rm -r build/release"
cmake --preset release

begin "building the programs" "the lines above say why; when memory ran out, set CMAKE_BUILD_PARALLEL_LEVEL=1"
CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(deploy/build-jobs.sh)}
export CMAKE_BUILD_PARALLEL_LEVEL
cmake --build --preset release

begin "parsing 3,000 games and training a 4x32 network for $minutes minutes" \
  "the line above says why; a fresh start: $bin/moyo reset --run-dir $run_dir --yes"
"$bin/moyo" run --games "$games" --run-dir "$run_dir" --blocks 4 --filters 32 \
  --max-minutes "$minutes" --seed 1

begin "asking the network for a move" "the line above says why"
"$bin/moyo-play" suggest --model "$run_dir/model.pt" --game tests/data/mixed/result-letter-only.sgf --ply 30 --top-k 5

cat <<TEXT

== [$((SECONDS / 60)):$(printf '%02d' $((SECONDS % 60)))] done. Next:
  $bin/moyo-play board --model $run_dir/model.pt        # play against it, ask for 'top 5'
  $bin/moyo-play gtp --model $run_dir/model.pt          # for Sabaki, GoGui and other programs
  $bin/moyo status --run-dir $run_dir
  $bin/moyo ledger --run-dir $run_dir --format csv
  $bin/moyo run --games YOUR_FOLDER --run-dir my-run --max-minutes 60
TEXT
