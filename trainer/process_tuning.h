// What the process as a whole needs to train fast on a CPU. Called first in main.
#pragma once

namespace moyo::trainer {

// Before anything allocates: keeps large tensors on the heap, which spares mapping and clearing
// them anew at every step (three times faster on glibc).
void TuneAllocator();

// Lets threads that wait for each other give their processor away soon. GNU's OpenMP spins for
// billions of rounds by default: on cores that others use, too, two threads then get a fifth of the
// work done. It reads its settings when it is loaded, so the program starts itself anew with the
// setting in place. Nothing happens when GOMP_SPINCOUNT or OMP_WAIT_POLICY is set.
// Source: GNU libgomp manual, "GOMP_SPINCOUNT".
void LimitSpinning(char** argv);

}  // namespace moyo::trainer
