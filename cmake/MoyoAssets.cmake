# moyo_assets(NAME FUNCTION moyo::x::Assets FOLDERS folder:prefix...): a static library moyo::NAME that
# holds every file below some folders, and a function that returns them (common/web/assets.h). A file
# a/b.js of the folder page:/ is asked for as /a/b.js. You declare the function in a header of your own.
function(moyo_assets name)
  cmake_parse_arguments(ARG "" "FUNCTION" "FOLDERS" ${ARGN})
  set(files)
  set(folders)
  foreach(folder ${ARG_FOLDERS})
    string(REPLACE ":" ";" parts ${folder})
    list(GET parts 0 path)
    list(GET parts 1 prefix)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${path}/*)
    list(APPEND files ${found})
    list(APPEND folders ${CMAKE_CURRENT_SOURCE_DIR}/${path}:${prefix})
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_assets.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/WriteAssets.cmake)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DOUT=${source} -DFUNCTION=${ARG_FUNCTION} "-DFOLDERS=${folders}" -P ${script}
    DEPENDS ${files} ${script}
    COMMENT "Embedding ${name}"
    VERBATIM)
  moyo_library(${name} SOURCES ${source} PUBLIC moyo::web)
endfunction()
