#include "client/kvcli/record_text.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kValueColumns = 40;
constexpr std::size_t kValueBytesShown = 4096;

}  // namespace

std::string expiry_text(const Sibling& sibling) {
  if (sibling.expiry_ms == 0) return {};
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  return (sibling.expiry_ms <= now_ms ? ", expired " : ", expires ") +
         local_time_text(sibling.expiry_ms);
}

std::string value_text(const Sibling& sibling) {
  if (sibling.kind == SiblingKind::kDeleted) return "(deleted)";
  const std::string field = shortened(escape(sibling.field), kValueColumns);
  if (sibling.value.size() == 0) return field.empty() ? "(empty)" : field;
  if (!field.empty()) {
    Sibling value = sibling;
    value.field.clear();
    return field + " = " + value_text(value);
  }
  const std::string shown = escape(sibling.value.view().substr(0, kValueBytesShown));
  const std::string text = shortened(shown, kValueColumns);
  return text == shown && sibling.value.size() <= kValueBytesShown
             ? text
             : text + " (" + size_text(sibling.value.size()) + ")";
}

std::vector<EventRange> ranges_of(const quorate::Context& context) {
  std::vector<EventRange> ranges;
  for (const quorate::Context::Entry& entry : context.entries()) {
    ranges.push_back(EventRange{entry.actor, 1, entry.counter});
  }
  for (const Dot& dot : context.lone_dots()) {
    ranges.push_back(EventRange{dot.actor, dot.counter, dot.counter});
  }
  std::sort(ranges.begin(), ranges.end(), [](const EventRange& a, const EventRange& b) {
    return std::pair(a.actor, a.first) < std::pair(b.actor, b.first);
  });
  return ranges;
}

std::string ranges_text(const std::vector<EventRange>& ranges) {
  std::string text;
  for (const EventRange& range : ranges) text += (text.empty() ? "" : ", ") + to_string(range);
  return text.empty() ? "nothing" : text;
}

Json sibling_json(const Sibling& sibling) {
  Json json = Json::object();
  json.set("deleted", sibling.kind == SiblingKind::kDeleted);
  set_written(json, sibling);
  return json;
}

Json ranges_json(const std::vector<EventRange>& ranges) {
  Json list = Json::array();
  for (const EventRange& range : ranges) list.add(to_string(range));
  return list;
}

Json dots_json(const std::vector<Dot>& dots) {
  Json list = Json::array();
  for (const Dot& dot : dots) list.add(to_string(dot));
  return list;
}

Json nodes_json(const std::vector<NodeId>& nodes) {
  Json list = Json::array();
  for (const NodeId node : nodes) list.add(std::uint32_t{node});
  return list;
}

}  // namespace quorate::client::kvcli
