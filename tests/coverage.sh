#!/usr/bin/env bash
# Line coverage of what does not link Torch, by folder: builds with the preset `coverage`, runs the unit tests and the
# integration tests that need no trainer (the others skip themselves), and prints a table for tests/README.md.
#
#   tests/coverage.sh                  all
#   tests/coverage.sh --lines FILE...  also the lines of these files that did not run
#
# MOYO_COVERAGE_BUILD: another build folder, configured with MOYO_COVERAGE=ON. A program that is killed writes no counts,
# so what only a killed one did is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$(realpath -m "${MOYO_COVERAGE_BUILD:-build/coverage}")
command -v gcovr >/dev/null || { echo "coverage.sh: gcovr is missing; apt-get install gcovr" >&2; exit 1; }
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(deploy/build-jobs.sh)}

if [[ ! -v MOYO_COVERAGE_BUILD ]]; then
  cmake --preset coverage
fi
cmake --build "$build" -j "$jobs"
find "$build" -name '*.gcda' -delete
# A test that fails still has its counts; it fails the script in the end.
failed=0
ctest --test-dir "$build" -L 'unit|integration' --output-on-failure --no-tests=error -j "$jobs" || failed=$?

filters=()
for folder in common server worker cli play trainer/data; do filters+=(--filter "$PWD/$folder/"); done
gcovr --root . --object-directory "$build" "${filters[@]}" --gcov-ignore-parse-errors -j "$jobs" \
  --csv "$build/coverage.csv" --json "$build/coverage.json" "$build"
python3 tests/coverage_table.py "$build/coverage.csv"
if [[ ${1:-} == --lines ]]; then
  python3 tests/coverage_table.py --lines "$build/coverage.json" "${@:2}"
fi
exit "$failed"
