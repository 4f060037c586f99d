# With NOROSHI_PRECOMPILED the headers that most files include are read once per build and not once
# per file. tools/test.sh and tools/demo.sh ask for it where there is no compiler cache, which does not
# go with it. Off by default: clang-tidy cannot read them, and a build without them is the one that
# tells where an #include is missing.
#
# precompile(TARGET PURPOSE) lets TARGET use the headers of PURPOSE, layers or tests.
option(NOROSHI_PRECOMPILED "Read the headers that most files include once" OFF)

set(headers_layers
    <algorithm> <array> <chrono> <cstddef> <cstdint> <cstring> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <random> <set> <span> <string> <string_view> <unordered_map> <utility>
    <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
set(headers_tests ${headers_layers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)

if(NOROSHI_PRECOMPILED)
  # Clang refuses a precompiled header that was made without what a target is compiled with.
  add_compile_options(-pthread)
endif()

function(precompile target purpose)
  if(NOT NOROSHI_PRECOMPILED)
    return()
  endif()
  set(owner noroshi_precompiled_${purpose})
  if(NOT TARGET ${owner})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${owner}.cpp CONTENT "")
    add_library(${owner} OBJECT ${PROJECT_BINARY_DIR}/${owner}.cpp)
    target_link_libraries(${owner} PRIVATE noroshi_warnings fmt::fmt tl::expected)
    if(purpose STREQUAL "tests")
      target_link_libraries(${owner} PRIVATE GTest::gmock GTest::gtest rapidcheck)
      target_compile_options(${owner} PRIVATE ${quick_options})
    endif()
    target_precompile_headers(${owner} PRIVATE ${headers_${purpose}})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
