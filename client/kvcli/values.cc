#include "client/kvcli/values.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kFileBytesMax = 64u << 20;  // nodes refuse far less, with a better message
constexpr std::size_t kColumnsOffTerminal = 60;   // of a value in a table

Result<std::string> read_all(std::FILE* file, const std::string& name) {
  std::string bytes;
  char part[64 << 10];
  while (true) {
    const std::size_t n = std::fread(part, 1, sizeof part, file);
    bytes.append(part, n);
    if (bytes.size() > kFileBytesMax) {
      return invalid_input(name + " is larger than " + size_text(kFileBytesMax) +
                           ": too large for a value");
    }
    if (n < sizeof part) break;
  }
  if (std::ferror(file) != 0) {
    return invalid_input(name + " cannot be read: " + std::strerror(errno));
  }
  return bytes;
}

}  // namespace

void print_value(Console& console, const ReadValue& value) {
  if (console.out_is_terminal()) {
    console.out(escape(value.value.view()) + "\n");
  } else {
    console.out(value.value.view());
    console.out("\n");
  }
}

void print_siblings(Console& console, const std::vector<ReadValue>& values,
                    const std::vector<ReadValue>* among) {
  const bool some_end = std::any_of(values.begin(), values.end(),
                                    [](const ReadValue& value) { return value.expiry_ms != 0; });
  std::vector<std::string> header = {"#", "VALUE", "WRITTEN", "NODE", "DOT"};
  if (some_end) header.push_back("ENDS");
  Table table(std::move(header));
  table.right_align(0);
  table.right_align(3);
  for (const ReadValue& value : values) {
    const std::vector<ReadValue>& all = among == nullptr ? values : *among;
    const auto number = std::find(all.begin(), all.end(), value) - all.begin() + 1;
    std::string shown = escape(value.value.view().substr(0, 4096));
    if (!console.out_is_terminal()) shown = shortened(shown, kColumnsOffTerminal);
    if (shown.empty()) shown = "(empty)";
    std::vector<Cell> row = {
        std::to_string(number), shown, local_time_text(value.timestamp.wall_ms()),
        std::to_string(node_of(value.dot.actor.run)), Cell(to_string(value.dot), Style::kDim)};
    if (some_end) row.push_back(value.expiry_ms == 0 ? "" : local_time_text(value.expiry_ms));
    table.add(std::move(row));
  }
  console.table(table);
}

Result<std::string> read_file(const std::string& path) {
  if (path == "-") return read_stdin();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  const std::string name = "the file " + escape(path);
  if (!file) return invalid_input(name + " cannot be opened: " + std::strerror(errno));
  return read_all(file.get(), name);
}

Result<std::string> read_stdin() { return read_all(stdin, "stdin"); }

}  // namespace quorate::client::kvcli
