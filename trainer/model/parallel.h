// Loops over all of Torch's threads. For trainer/ only: includes Torch.
//
//   ForRanges(x.size(0), 1, [&](int64_t begin, int64_t end) { ... });
//
// As at::parallel_for, which is compiled where it is called: on one thread where OpenMP is not
// switched on, and by the count of this program's OpenMP where LibTorch brings another copy.
#pragma once

#ifndef _OPENMP
#error "compile with OpenMP: without it this runs on one thread"
#endif
#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <exception>

namespace moyo::trainer {

// Calls work(begin, end) for adjoining ranges that make up [0, count), of `least` each or more, at
// most one a thread (at::get_num_threads), and waits for all. The first exception is thrown on.
template <typename Work>
void ForRanges(int64_t count, int64_t least, const Work& work) {
  const int64_t threads = std::min<int64_t>(at::get_num_threads(), count / least);
  if (threads <= 1 || omp_in_parallel()) {
    if (count > 0) work(int64_t{0}, count);
    return;
  }
  std::exception_ptr failure;
#pragma omp parallel num_threads(threads)
  {
    const int64_t range = omp_get_thread_num(), ranges = omp_get_num_threads();
    try {
      work(count * range / ranges, count * (range + 1) / ranges);
    } catch (...) {
#pragma omp critical
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace moyo::trainer
