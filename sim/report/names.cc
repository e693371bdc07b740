#include "sim/report/names.h"

namespace quorate::sim {

const char* standing_name(Standing standing) {
  switch (standing) {
    case Standing::kRunning:
      return "running";
    case Standing::kPaused:
      return "paused";
    case Standing::kCrashed:
      return "crashed";
    case Standing::kAlone:
      return "alone";
  }
  return "?";
}

const char* told_name(Told told) {
  switch (told) {
    case Told::kAnswered:
      return "answered";
    case Told::kStale:
      return "stale";
    case Told::kRefused:
      return "refused";
    case Told::kUnknown:
      return "unknown";
  }
  return "?";
}

const char* read_repair_name(ReadRepair repair) {
  switch (repair) {
    case ReadRepair::kAsync:
      return "async";
    case ReadRepair::kBlocking:
      return "blocking";
    case ReadRepair::kOff:
      return "off";
  }
  return "?";
}

const char* verb_name(Verb verb) {
  switch (verb) {
    case Verb::kGet:
      return "get";
    case Verb::kPut:
      return "put";
    case Verb::kDelete:
      return "delete";
    case Verb::kUpdate:
      return "update";
  }
  return "?";
}

std::string host_name(HostId host) {
  if (is_client(host)) return "client " + std::to_string(host - kFirstClientHost + 1);
  return std::to_string(host);
}

boost::json::object fault_object(const Fault& fault) {
  boost::json::object object{{"at_ns", fault.at}, {"kind", fault_kind_name(fault.kind)}};
  object["a"] = host_name(fault.a);
  object["b"] = fault.b == 0 ? boost::json::value(nullptr) : boost::json::value(host_name(fault.b));
  object["amount"] = fault.amount;
  object["key"] = fault.key.name.empty()
                      ? boost::json::value(nullptr)
                      : boost::json::value(fault.key.bucket + "/" + fault.key.name);
  return object;
}

}  // namespace quorate::sim
