# add_layer(NAME [DEPENDS layer...] [LINKS library...])
#
# Makes src/NAME one static library of its *.cpp files. A layer may depend only on layers already
# defined, so a cycle cannot be written. Its *_test.cpp files, beside the code, become one test
# program, NAME_test. The declared dependencies are written to layers.txt in the build folder, from
# which the layering test checks every #include.
# What is tested is optimised as users run it; the tests themselves need not be, and take half as long
# to compile.
set(quick_options $<$<CONFIG:Release>:-O1> $<$<CONFIG:Debug>:-O0>)

# Rooms in which nothing happens for each flow: most of their compilation went into optimising the
# writing of JSON.
set(unhurried_layers api app desk docket document)

function(add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "DEPENDS;LINKS")
  foreach(dependency IN LISTS layer_DEPENDS)
    if(NOT TARGET noroshi_${dependency})
      message(FATAL_ERROR "layer ${name} depends on ${dependency}, which is not a layer below it")
    endif()
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  list(TRANSFORM layer_DEPENDS PREPEND noroshi_ OUTPUT_VARIABLE dependency_targets)
  if(sources)
    add_library(noroshi_${name} STATIC ${sources})
    target_include_directories(noroshi_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(noroshi_${name} PUBLIC ${dependency_targets} ${layer_LINKS}
                          PRIVATE noroshi_warnings)
    if(name IN_LIST unhurried_layers)
      target_compile_options(noroshi_${name} PRIVATE ${quick_options})
      precompile(noroshi_${name} unhurried)
    else()
      precompile(noroshi_${name} layers)
    endif()
  else()
    add_library(noroshi_${name} INTERFACE)
    target_include_directories(noroshi_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(noroshi_${name} INTERFACE ${dependency_targets} ${layer_LINKS})
  endif()

  if(NOROSHI_TESTS AND tests AND (NOROSHI_UNIT_TESTS STREQUAL "all" OR name IN_LIST
                                                                      NOROSHI_UNIT_TESTS))
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE noroshi_${name} noroshi_warnings GTest::gmock
                                               GTest::gtest_main rapidcheck)
    target_compile_options(${name}_test PRIVATE ${quick_options})
    precompile(${name}_test tests)
    gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 TEST_PREFIX "${name}/"
                         PROPERTIES LABELS unit ENVIRONMENT
                                    "NOROSHI_SOURCE=${PROJECT_SOURCE_DIR}")
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY NOROSHI_LAYERS "${name}: ${layer_DEPENDS}\n")
endfunction()
