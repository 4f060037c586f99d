# add_migrations(LAYER FOLDER FUNCTION)
#
# Carries src/FOLDER/NNNN_name.sql in the program: they become `std::span<const Migration>
# FUNCTION()` of the layer, in the order of their numbers. The layer declares the function.
function(add_migrations layer folder function)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
  file(GLOB files CONFIGURE_DEPENDS ${source}/*.sql)
  list(SORT files)
  set(steps "")
  set(expected 1)
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^0*([1-9][0-9]*)_[a-z0-9_]+$" OR NOT CMAKE_MATCH_1 EQUAL expected)
      message(FATAL_ERROR "${file}: the next migration is number ${expected}, named NNNN_words.sql")
    endif()
    math(EXPR expected "${expected} + 1")
    file(READ ${file} sql)
    string(APPEND steps "    {${CMAKE_MATCH_1}, \"${name}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  set(output ${PROJECT_BINARY_DIR}/migrations/${function}.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Made by cmake/Migrations.cmake from ${folder}.
#include <span>

#include \"database/migration.h\"

namespace noroshi {

std::span<const Migration> ${function}();

std::span<const Migration> ${function}() {
  static constexpr Migration kSteps[] = {
${steps}  };
  return kSteps;
}

}  // namespace noroshi
")
  target_sources(noroshi_${layer} PRIVATE ${output})
endfunction()
