# NOROSHI_PRECOMPILED names the purposes whose most included headers are read once per build and not
# once per file: `commands` (the command line and JSON: half of what a command takes to compile),
# `layers`, `unhurried` and `tests` (gains with clang, hardly any with g++). None by default: clang-tidy
# cannot read them, a compiler cache does not go with them, and a build without them is the one that
# tells where an #include is missing. tools/test.sh and tools/demo.sh choose.
#
# precompile(TARGET PURPOSE) lets TARGET use the headers of PURPOSE.
set(NOROSHI_PRECOMPILED "" CACHE STRING "Purposes whose headers are read once (cmake/Precompiled.cmake)")

set(headers_layers
    <algorithm> <array> <chrono> <cstddef> <cstdint> <cstring> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <random> <set> <span> <string> <string_view> <unordered_map> <utility>
    <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
set(headers_unhurried ${headers_layers} <nlohmann/json.hpp>)
set(headers_commands ${headers_unhurried} <CLI/CLI.hpp>)
set(headers_tests ${headers_layers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)

set(libraries_layers)
set(libraries_unhurried nlohmann_json::nlohmann_json)
set(libraries_commands CLI11::CLI11 nlohmann_json::nlohmann_json)
set(libraries_tests GTest::gmock GTest::gtest rapidcheck)

if(NOROSHI_PRECOMPILED AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # It refuses a precompiled header that was made without what a target is compiled with.
  add_compile_options(-pthread)
endif()

function(precompile target purpose)
  if(NOT purpose IN_LIST NOROSHI_PRECOMPILED)
    return()
  endif()
  set(owner noroshi_precompiled_${purpose})
  if(NOT TARGET ${owner})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${owner}.cpp CONTENT "")
    add_library(${owner} OBJECT ${PROJECT_BINARY_DIR}/${owner}.cpp)
    target_link_libraries(${owner} PRIVATE noroshi_warnings fmt::fmt tl::expected
                                           ${libraries_${purpose}})
    if(NOT purpose STREQUAL "layers")
      target_compile_options(${owner} PRIVATE ${quick_options})
    endif()
    target_precompile_headers(${owner} PRIVATE ${headers_${purpose}})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
