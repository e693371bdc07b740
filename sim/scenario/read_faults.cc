#include <algorithm>
#include <utility>

#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;

// Primitives by the number of their kind, then shapes.
const std::vector<std::string>& kind_words() {
  static const std::vector<std::string> kWords = [] {
    std::vector<std::string> words;
    for (std::size_t kind = 0; kind < kFaultKindCount; ++kind) {
      words.push_back(fault_word(static_cast<FaultKind>(kind)));
    }
    words.insert(words.end(), shape_words().begin(), shape_words().end());
    return words;
  }();
  return kWords;
}

class FaultReader {
 public:
  FaultReader(Section& section, Reading& reading) : section_(section), reading_(reading) {}

  void read() {
    const auto kind = section_.word("kind", kind_words());
    if (!kind && section_.find("kind") == nullptr) {
      reading_.problems.add(section_.source(), "[[fault]] needs a kind");
    }
    read_window();
    if (!kind) return;  // what else it has to say depends on the kind
    if (*kind < kFaultKindCount) {
      read_primitive(static_cast<FaultKind>(*kind));
    } else {
      read_shape(kind_words()[*kind], section_, reading_, {at_, until_});
    }
    section_.refuse_unknown_keys();
  }

 private:
  void read_window() {
    const auto at = read_time(section_, "at", 0, kHour);
    if (!at && section_.find("at") == nullptr) {
      reading_.problems.add(section_.source(), "[[fault]] needs a time: at = \"1s\"");
    }
    at_ = at.value_or(0);
    until_ = read_time(section_, "until", 0, kHour);
    if (until_ && *until_ < at_) {
      section_.problem(*section_.find("until"), "until", "is before its beginning");
    }
  }

  std::int64_t read_amount(FaultKind kind) {
    const FaultAmount amount = amount_of(kind);
    std::optional<std::int64_t> value;
    switch (amount.kind) {
      case AmountKind::kNone:
        return 0;
      case AmountKind::kTime:
        value = read_time(section_, amount.word, 0, kHour);
        break;
      case AmountKind::kWholeMs:
        value = read_time(section_, amount.word, -24 * kHour, 24 * kHour);
        if (value && *value % kNsPerMs != 0) {
          section_.problem(*section_.find(amount.word), amount.word, "must be whole milliseconds");
        }
        if (value) value = *value / kNsPerMs;
        break;
      case AmountKind::kPpm:
        value = section_.integer(amount.word, -500'000, 500'000);
        break;
      case AmountKind::kPercent:
        if (const auto parts = read_percent(section_, amount.word)) value = *parts;
        break;
    }
    if (!value && section_.find(amount.word) == nullptr) {
      reading_.problems.add(section_.source(), "[[fault]] " + fault_word(kind) + " needs " +
                                                   std::string("\"") + amount.word + "\"");
    }
    return value.value_or(0);
  }

  std::vector<HostId> read_hosts(const char* key, FaultKind kind) {
    std::vector<HostId> hosts;
    const toml::node* node = section_.find(key);
    if (node == nullptr) {
      reading_.problems.add(section_.source(),
                            "[[fault]] " + fault_word(kind) + " needs \"" + key + "\"");
    }
    for (const toml::node* element : elements_of(node)) {
      if (const auto host = host_at(*element, key, section_, reading_)) hosts.push_back(*host);
    }
    return hosts;
  }

  void read_primitive(FaultKind kind) {
    const std::optional<FaultKind> end = end_of(kind);
    if (until_ && !end) {
      section_.problem(*section_.find("until"), "until",
                       "is not for " + fault_word(kind) + ", which does not last");
    }
    Fault fault;
    fault.at = at_;
    fault.kind = kind;
    fault.amount = read_amount(kind);
    if (names_a_key(kind)) {
      if (const auto key = read_key(section_, "key", reading_)) {
        fault.key = *key;
      } else if (section_.find("key") == nullptr) {
        reading_.problems.add(section_.source(),
                              "[[fault]] " + fault_word(kind) + " needs \"key\"");
      }
    }
    if (is_of_link(kind)) {
      const std::vector<HostId> from = read_hosts("from", kind);
      const std::vector<HostId> to = read_hosts("to", kind);
      for (const HostId a : from) {
        for (const HostId b : to) add(fault, a, b);
      }
      return;
    }
    const std::vector<NodeId> nodes = read_nodes(section_, "node", reading_);
    if (section_.find("node") == nullptr) {
      reading_.problems.add(section_.source(), "[[fault]] " + fault_word(kind) + " needs \"node\"");
    }
    for (const NodeId node : nodes) add(fault, node, 0);
  }

  void add(Fault fault, HostId a, HostId b) {
    if (a == b || (is_client(a) && is_client(b))) {
      reading_.problems.add(section_.source(),
                            "[[fault]] there is no link between a host and itself, or two clients");
      return;
    }
    fault.a = a;
    fault.b = b;
    std::vector<Fault>& faults = reading_.plan.faults;
    faults.push_back(fault);
    if (!until_ || !end_of(fault.kind)) return;
    fault.at = *until_;
    fault.kind = *end_of(fault.kind);
    fault.amount = 0;
    faults.push_back(std::move(fault));
  }

  Section& section_;
  Reading& reading_;
  SimTime at_ = 0;
  std::optional<SimTime> until_;
};

}  // namespace

void read_faults(Section& root, Reading& reading) {
  for (const toml::table* table : toml_file::tables_of(root, "fault")) {
    Section section(*table, "[fault]", reading.problems);
    FaultReader(section, reading).read();
  }
  std::vector<Fault>& faults = reading.plan.faults;
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.at < b.at; });
}

}  // namespace quorate::sim::scenario_file
