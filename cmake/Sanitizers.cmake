# Sanitizers apply to the whole build, third-party headers included.
if(NOROSHI_SANITIZE)
  add_compile_options(-fsanitize=${NOROSHI_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g1 -O1)
  add_link_options(-fsanitize=${NOROSHI_SANITIZE})
endif()
if(NOROSHI_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "NOROSHI_FUZZ needs clang: cmake --preset fuzz")
  endif()
  # The libraries are instrumented too, or the fuzzer cannot see into them.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
