// Short ways to write dots, contexts and records in tests.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "node/core/messages.h"

namespace quorate {

inline Dot dot(std::uint64_t run, std::uint64_t counter) { return Dot{Actor{run, 1}, counter}; }

inline Context context(std::initializer_list<Dot> dots) {
  Context result;
  for (const Dot& each : dots) result.add(each);
  return result;
}

inline Sibling sibling(const Dot& at, std::string value, std::uint64_t timestamp = 1) {
  Sibling result;
  result.dot = at;
  result.timestamp = Timestamp{timestamp};
  result.value = Blob(std::move(value));
  return result;
}

inline Record record(Context knows, std::initializer_list<Sibling> siblings) {
  Record result;
  result.context = std::move(knows);
  result.siblings = siblings;
  return result;
}

inline RecordPtr share(Record value) { return std::make_shared<const Record>(std::move(value)); }

}  // namespace quorate
