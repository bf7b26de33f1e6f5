#!/usr/bin/env bash
# Prints how many compilations to run at once: one a CPU, but no more than 1.5 GB of free memory each,
# which is what a source that includes LibTorch takes.
set -euo pipefail

cpus=$(nproc)
by_memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
jobs=$((by_memory < cpus ? by_memory : cpus))
echo $((jobs > 1 ? jobs : 1))
