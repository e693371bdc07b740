// A bug aborts: QUORATE_CHECK is always on, in every build.
//
// Not here:   faults of the world, which are values (status.h), and outcomes of the protocol, which
//             are fields of a reply (core/messages.h).
#pragma once

namespace quorate {

// Prints where and what to stderr, then aborts. `message` may be null.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* message);

}  // namespace quorate

#define QUORATE_CHECK(condition) \
  (static_cast<bool>(condition)  \
       ? void(0)                 \
       : ::quorate::check_failed(__FILE__, __LINE__, #condition, nullptr))

#define QUORATE_CHECK_MSG(condition, message) \
  (static_cast<bool>(condition)               \
       ? void(0)                              \
       : ::quorate::check_failed(__FILE__, __LINE__, #condition, message))
