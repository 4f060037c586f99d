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

# Under the sanitizers g++ 12 sees writes out of bounds where std::vector grows inside inlined code,
# and values not set where a std::variant moves; there are none: the same build would find them at
# run time. The other builds keep the warnings.
if(NOROSHI_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(noroshi_warnings INTERFACE -Wno-array-bounds -Wno-stringop-overflow
                                                    -Wno-maybe-uninitialized)
endif()
