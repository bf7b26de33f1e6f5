// A digest behind a file's bytes, for formats whose readers check none: Torch's archives, where a
// flipped bit would be learned from, or played by.
//
//   WriteFileAtomically(path, Sealed(std::move(bytes)));
//   std::string bytes = *ReadFile(path);
//   if (!Unseal(bytes)) return DataLossError(...);
//
// The bytes, "moyo-sha256", and the SHA-256 (32 bytes) of what is before it.
#pragma once

#include <string>

namespace moyo {

std::string Sealed(std::string bytes);

// Takes the seal off. False: these are not the bytes that were sealed. Bytes without a seal, as
// earlier versions wrote them, stay as they are.
bool Unseal(std::string& bytes);

}  // namespace moyo
