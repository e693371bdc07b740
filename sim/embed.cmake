# quorate_embed(OUT NAME DIRECTORY GLOB): writes a C++ source that defines the function NAME declared in
# DIRECTORY/NAME.h, returning name and text of every file that matches, sorted by name; OUT becomes its path.
# Configuring again follows a change of any of them.
function(quorate_embed out name directory glob)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${directory}/${glob})
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(stem ${file} NAME_WLE)
    file(READ ${file} text)
    string(APPEND entries "      {\"${stem}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "sim/@directory@/@name@.h"

namespace quorate::sim {

const std::vector<EmbeddedText>& @name@() {
  static const std::vector<EmbeddedText> texts = {
@entries@  };
  return texts;
}

}  // namespace quorate::sim
]])
  set(${out} ${source} PARENT_SCOPE)
endfunction()
