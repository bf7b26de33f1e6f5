#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [TARGET...]: builds the fuzzers and runs each for SECONDS, one after the other.
#
# Targets: sgf header_values text_encoding parse archive shard deflate board; all when none is named.
# JOBS=N runs N processes of a target.
# Reads the committed corpora and keeps what it finds under build/fuzz/found/TARGET. An input that breaks
# a target is left there as crash-*, oom-* or timeout-*, the script ends with 1, and
#     build/fuzz/bin/fuzz_TARGET FILE
# shows it again. To keep what was found, minimised:
#     build/fuzz/bin/fuzz_TARGET -merge=1 tests/fuzz/corpus/TARGET build/fuzz/found/TARGET
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  echo "usage: tests/fuzz/run.sh SECONDS [sgf|header_values|text_encoding|parse|archive|shard|deflate|board]..." >&2
  exit 2
}

[[ ${1:-} =~ ^[0-9]+$ ]] || usage
seconds=$1
shift
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=(sgf header_values text_encoding parse archive shard deflate board)

# The folders that a target starts from, beside what it found before.
corpora() {
  case $1 in
    sgf | parse) echo tests/fuzz/corpus/sgf tests/data/mixed ;;
    header_values | text_encoding | archive | shard | deflate | board) echo "tests/fuzz/corpus/$1" ;;
    *) usage ;;
  esac
}
for target in "${targets[@]}"; do corpora "$target" >/dev/null; done

command -v clang++ >/dev/null || { echo "run.sh: the fuzzers need clang and libclang-rt-dev" >&2; exit 1; }
cmake --preset fuzz
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"

export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
failed=()
for target in "${targets[@]}"; do
  found=build/fuzz/found/$target
  mkdir -p "$found"
  echo "== $target: $seconds s, log in build/fuzz/$target.log"
  read -ra from <<<"$(corpora "$target")"
  jobs=()
  [[ ${JOBS:-1} -gt 1 ]] && jobs=(-fork="$JOBS")
  if ! "build/fuzz/bin/fuzz_$target" "${jobs[@]}" -max_total_time="$seconds" -max_len=65536 -timeout=20 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/" "$found" "${from[@]}" \
    >"build/fuzz/$target.log" 2>&1; then
    failed+=("$target")
    grep -E 'ERROR|demand broken|runtime error|SUMMARY|Test unit written' "build/fuzz/$target.log" || true
  fi
  grep -E 'number_of_executed_units|peak_rss_mb' "build/fuzz/$target.log" || true
done
[[ ${#failed[@]} -eq 0 ]] || { echo "run.sh: findings in ${failed[*]}" >&2; exit 1; }
echo "no finding"
