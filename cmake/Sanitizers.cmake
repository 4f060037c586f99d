# Sanitizers apply to the whole build, third-party headers included.
if(NOROSHI_SANITIZE)
  add_compile_options(-fsanitize=${NOROSHI_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g1 -O1)
  add_link_options(-fsanitize=${NOROSHI_SANITIZE})
  # With all that sanitizers add, GNU's linker takes several seconds for each of fifty programs.
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_link_options(-fuse-ld=lld)
  endif()
endif()
if(NOROSHI_SANITIZE MATCHES thread)
  # Asio adds fences, which this sanitizer does not know, to the locks that its queues hold anyway:
  # without them it sees by those locks alone what runs before what.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(NOROSHI_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "NOROSHI_FUZZ needs clang: cmake --preset fuzz")
  endif()
  # The libraries are instrumented too, or the fuzzer cannot see into them.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
