#!/usr/bin/env bash
# Everything that must hold before a change goes in, from a bare Debian 12 on: packages, format, lint,
# build, unit tests, sanitizers, and in the end every test of the dev build (lint, unit, integration
# and the benchmarks for a moment). Stops at the first stage that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage="starting"
stage_begin=0
times=()

trap 'echo "tests/run.sh: stage \"$stage\" failed; the lines above say why" >&2' ERR

finish_stage() {
  [[ $stage == starting ]] || times+=("$(printf '%5d s  %s' $((SECONDS - stage_begin)) "$stage")")
}

begin() {
  finish_stage
  stage=$1
  stage_begin=$SECONDS
  printf '\n== [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$stage"
}

begin packages
deploy/install-packages.sh deploy/packages.txt deploy/packages-test.txt

begin format
git ls-files -z '*.h' '*.cc' | xargs -0 clang-format --dry-run -Werror
git ls-files -z "*.sh" .ci/run | xargs -0 shellcheck

if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  # Paths below this folder count from the build folder, so that every checkout of one commit finds the same objects;
  # without the sloppiness nothing that takes a precompiled header would be kept.
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
fi
CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(deploy/build-jobs.sh)}
export CMAKE_BUILD_PARALLEL_LEVEL

begin "include layers and lint"
cmake --preset dev
ctest --preset dev -L lint --no-tests=error --no-label-summary

begin build
cmake --build --preset dev

begin "unit tests"
ctest --preset dev -L unit --no-tests=error --no-label-summary -j "$(nproc)"

begin "sanitizers: build"
cmake --preset asan-ubsan
cmake --build --preset asan-ubsan

begin "sanitizers: unit tests"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
ctest --preset asan-ubsan -L unit --no-tests=error --no-label-summary -j "$(nproc)"

begin "every test: integration, benchmarks, and the others once more"
printf '%s\n' "${times[@]}"
# Side by side: each has ports and folders of its own, and waits for disks and timeouts most of its time.
# A Docker engine and a browser are for machines of one's own: ctest --preset dev -L "docker|browser".
ctest --preset dev -LE "docker|browser" --no-tests=error --no-label-summary -j "$(nproc)"
