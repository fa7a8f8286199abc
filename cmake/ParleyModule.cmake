# One folder, one library: parley_module(NAME SOURCES… PUBLIC… PRIVATE…).
# Includes are written from the repository's root: #include "rooms/room.hpp".

add_library(parley_options INTERFACE)
target_include_directories(parley_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_features(parley_options INTERFACE cxx_std_20)
target_compile_options(parley_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Wconversion -Wno-sign-conversion -Woverloaded-virtual)
# Moved std::variants with a string in them, at -O2 (gcc.gnu.org/PR105562 and its like).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(parley_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(PARLEY_WERROR)
  target_compile_options(parley_options INTERFACE -Werror)
endif()
if(PARLEY_SANITIZE)
  target_compile_options(parley_options INTERFACE
    -fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(parley_options INTERFACE -fsanitize=${PARLEY_SANITIZE})
endif()
if(PARLEY_FUZZ)  # so that libFuzzer sees coverage inside the libraries too
  target_compile_options(parley_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

function(parley_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(parley_${name} STATIC ${arg_SOURCES})
  set_target_properties(parley_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(parley_${name} PUBLIC parley_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# parley_test(NAME LIBS…): every tests/NAME/*_test.cpp in one GoogleTest binary.
# New files are found by themselves, so no list of tests is kept by hand.
function(parley_test name)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cpp"
                                      "${PROJECT_SOURCE_DIR}/tests/${name}/support/*.cpp")
  if(NOT sources)
    return()
  endif()
  if(PARLEY_SANITIZE)
    list(APPEND sources "${PROJECT_SOURCE_DIR}/cmake/sanitizer_options.cpp")
  endif()
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE ${ARGN} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_tests PRIVATE
    PARLEY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name}_tests PROPERTIES LABELS ${name} TIMEOUT 120 DISCOVERY_TIMEOUT 60)
endfunction()

# parley_fuzz(NAME LIBS…): tests/fuzz/NAME_fuzz.cpp, a libFuzzer target. Without libFuzzer a test of
# the same name: the seeds in tests/fuzz/seeds/NAME, and some thousand random changes of them.
function(parley_fuzz name)
  if(NOT PARLEY_FUZZ)
    add_executable(${name}_fuzz_replay "${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp"
                                       "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
    target_link_libraries(${name}_fuzz_replay PRIVATE ${ARGN})
    add_test(NAME Fuzz.${name} COMMAND ${name}_fuzz_replay 3000
             "${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${name}")
    set_tests_properties(Fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
    return()
  endif()
  add_executable(${name}_fuzz "${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp")
  target_link_libraries(${name}_fuzz PRIVATE ${ARGN})
  target_compile_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
endfunction()

# parley_node_tests(LABEL [PROCESSORS n]): every *.test.mjs of the calling folder as one ctest each.
# scripts/test runs `npm ci` there first. The server under test is $PARLEY_BINARY.
function(parley_node_tests label)
  cmake_parse_arguments(arg "" "PROCESSORS;TIMEOUT" "" ${ARGN})
  if(NOT arg_PROCESSORS)
    set(arg_PROCESSORS 1)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 240)
  endif()
  find_program(NODE node)
  if(NOT NODE)
    message(STATUS "node is missing: the tests in ${CMAKE_CURRENT_SOURCE_DIR} are left out")
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.test.mjs"
                                    "${CMAKE_CURRENT_SOURCE_DIR}/*.test.js")
  foreach(file ${files})
    get_filename_component(name "${file}" NAME_WE)
    add_test(NAME "${label}.${name}" COMMAND "${NODE}" --test "${file}"
             WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    set_tests_properties("${label}.${name}" PROPERTIES
      LABELS "${label}" TIMEOUT ${arg_TIMEOUT} PROCESSORS ${arg_PROCESSORS}
      ENVIRONMENT "PARLEY_BINARY=$<TARGET_FILE_DIR:parley_support>/../server/parley;PARLEY_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
  endforeach()
endfunction()
