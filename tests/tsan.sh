#!/usr/bin/env bash
# The thread sanitizer over the tests of server and worker, and of what they share: unit tests, and the integration
# tests that need neither trainer nor player, with programs built with it (but for large_sources_test, whose bound of
# memory no sanitizer keeps).
#
#   tests/tsan.sh
#
# gRPC, Protobuf and the other packaged libraries are built without the sanitizer, so it takes for a race what their
# atomics order. tsan_reports.py tells these apart: a report counts when both its accesses are made by our own code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$PWD/build/tsan
reports=$build/reports
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(deploy/build-jobs.sh)}

cmake --preset tsan
cmake --build "$build" -j "$jobs"
rm -rf "$reports"
mkdir -p "$reports"
export TSAN_OPTIONS="exitcode=0:log_path=$reports/report"
# A test that fails still leaves its reports; it fails the script in the end.
failed=0
ctest --test-dir "$build" -R '^(base|common|metrics|rpc|server|shard|source|status|web|worker)_' -L unit \
  --output-on-failure --no-tests=error -j "$jobs" || failed=$?
ctest --test-dir "$build" -L integration -E 'portable|fault_campaign|large_sources' \
  --output-on-failure --no-tests=error -j "$jobs" || failed=$?
python3 tests/tsan_reports.py "$reports"
exit "$failed"
