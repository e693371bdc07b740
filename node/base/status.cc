#include "node/base/status.h"

namespace quorate {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return "invalid input";
    case ErrorCode::kCorruption:
      return "corruption";
    case ErrorCode::kIoError:
      return "input/output error";
    case ErrorCode::kNoSpace:
      return "no space";
    case ErrorCode::kInUse:
      return "in use";
    case ErrorCode::kIncompatible:
      return "incompatible";
    case ErrorCode::kUnauthorized:
      return "unauthorized";
    case ErrorCode::kUnreachable:
      return "unreachable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kNotSupported:
      return "not supported";
  }
  return "unknown error code";
}

std::string Error::to_string() const { return std::string(error_code_name(code)) + ": " + message; }

}  // namespace quorate
