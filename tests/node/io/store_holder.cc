// Opens a store, says "open" or why not, and holds it until its standard input ends.
// Usage: store_holder DIRECTORY
#include <cstdio>

#include "tests/support/rocks_fixture.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto store = quorate::RocksStore::open(quorate::testing_support::small_store(argv[1]));
  std::printf("%s\n", store ? "open" : store.error().to_string().c_str());
  std::fflush(stdout);
  if (!store) return 1;
  while (std::getchar() != EOF) {
  }
  return (*store)->close() ? 0 : 1;
}
