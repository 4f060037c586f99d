# Every target of ours is built with these; a warning is an error.
add_library(noroshi_warnings INTERFACE)
target_compile_options(
  noroshi_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wold-style-cast
            -Wcast-align
            -Werror)

# Under the sanitizers and at -O3 g++ 12 sees writes out of bounds where std::vector grows inside
# inlined code, and there are none: the sanitizer build would find them at run time. The dev build
# keeps the warnings.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (NOROSHI_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Release"))
  target_compile_options(noroshi_warnings INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()
