# moyo_library(NAME SOURCES... [PUBLIC deps...] [PRIVATE deps...]): a static library with the alias
# moyo::NAME. moyo_program(NAME SOURCES... PRIVATE deps...): an executable in build/<preset>/bin.
# moyo_test(NAME SOURCES... PRIVATE deps... [LABELS labels...]): a GoogleTest executable known to ctest.
include(CMakeParseArguments)

function(_moyo_options target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  # Clang (the preset `fuzz`) also reads which mutex guards what.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter
                                           $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
  if(MOYO_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${MOYO_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${MOYO_SANITIZE})
  endif()
  if(MOYO_COVERAGE)
    # Counters are atomic, as the programs have threads and gcovr refuses the negative counts of a race.
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()

# What every program of a thread sanitizer build has (tests/support/tsan_mutex.cc).
function(_moyo_thread_sanitizer target)
  if(MOYO_SANITIZE MATCHES "thread")
    target_link_libraries(${target} PRIVATE moyo_tsan_mutex)
  endif()
endfunction()

function(moyo_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(moyo_${name} STATIC ${ARG_SOURCES})
  add_library(moyo::${name} ALIAS moyo_${name})
  target_link_libraries(moyo_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  _moyo_options(moyo_${name})
endfunction()

function(moyo_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PRIVATE" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_PRIVATE})
  _moyo_options(${name})
  _moyo_thread_sanitizer(${name})
endfunction()

# How long a test may take. The thread sanitizer makes everything slower by far.
set(MOYO_TEST_SECONDS 300)
set(MOYO_INTEGRATION_TEST_SECONDS 600)
if(MOYO_SANITIZE MATCHES "thread")
  set(MOYO_TEST_SECONDS 900)
  set(MOYO_INTEGRATION_TEST_SECONDS 1800)
endif()

function(moyo_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PRIVATE;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_PRIVATE} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE MOYO_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             MOYO_BINARY_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  _moyo_options(${name})
  _moyo_thread_sanitizer(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${MOYO_TEST_SECONDS})
endfunction()
