# Run by the build, for moyo_assets: writes OUT, the C++ source of FUNCTION, from the files of FOLDERS.
string(REPLACE "::" ";" names ${FUNCTION})
list(POP_BACK names function)
list(JOIN names "::" namespace)

set(arrays "")
set(entries "")
set(count 0)
foreach(folder ${FOLDERS})
  string(REPLACE ":" ";" parts ${folder})
  list(GET parts 0 path)
  list(GET parts 1 prefix)
  file(GLOB_RECURSE files RELATIVE ${path} ${path}/*)
  list(SORT files)
  foreach(file ${files})
    file(READ ${path}/${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    # One byte more than the file has, as an array must hold something.
    string(APPEND arrays "constexpr unsigned char kFile${count}[] = {\n${bytes}0};\n")
    string(APPEND entries "    Entry(\"${prefix}${file}\", kFile${count}, sizeof(kFile${count}) - 1),\n")
    math(EXPR count "${count} + 1")
  endforeach()
endforeach()

file(WRITE ${OUT} "// Written by cmake/WriteAssets.cmake.
#include <span>

#include \"common/web/assets.h\"

namespace ${namespace} {
namespace {

${arrays}
moyo::web::Asset Entry(const char* path, const unsigned char* bytes, size_t size) {
  return {path, {reinterpret_cast<const char*>(bytes), size}};
}

}  // namespace

std::span<const moyo::web::Asset> ${function}() {
  static const moyo::web::Asset kAssets[] = {
${entries}  };
  return kAssets;
}

}  // namespace ${namespace}
")
