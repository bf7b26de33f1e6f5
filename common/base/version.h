// What programs of one release must agree on.
#pragma once

namespace moyo {

inline constexpr char kReleaseVersion[] = "0.1.0";
// The first line of RUN_DIR/version: raised when an older release would misread the folder.
inline constexpr char kRunFolderVersion[] = "moyo-run 1";

}  // namespace moyo
