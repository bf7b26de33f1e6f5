// What is well-formed UTF-8. Source: Unicode 15, table 3-7; the same as RFC 3629, section 4.
#pragma once

#include <cstddef>
#include <string_view>

namespace moyo {

// Bytes of the character that `text` begins with; 0 when it begins with none. (The C library's own
// check lets characters above U+10FFFF pass.)
size_t Utf8CharacterBytes(std::string_view text);

// Whether all of it is.
bool IsUtf8(std::string_view text);

// Bytes of the control character that `text` begins with, which may steer a terminal: one of C0 and
// DEL, two of C1 (U+0080 to U+009F: the second is "escape [" in one). 0: it begins with none.
size_t ControlCharacterBytes(std::string_view text);

}  // namespace moyo
