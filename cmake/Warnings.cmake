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
