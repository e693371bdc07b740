// A file that was compiled in (sim/embed.cmake): kvsim needs none at run time.
#pragma once

#include <string_view>

namespace quorate::sim {

struct EmbeddedText {
  std::string_view name;  // of the file, without its ending
  std::string_view text;
};

}  // namespace quorate::sim
