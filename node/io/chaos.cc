#include "node/io/chaos.h"

#include <algorithm>
#include <utility>

#include "node/io/log.h"

namespace quorate {
namespace {

std::string list_of(const std::vector<std::uint32_t>& peers) {
  std::string text;
  for (const std::uint32_t peer : peers) text += (text.empty() ? "" : ",") + std::to_string(peer);
  return text.empty() ? "none" : text;
}

}  // namespace

Chaos::Chaos(bool allowed, NodeId self, std::vector<NodeId> members,
             std::function<void()> on_change)
    : allowed_(allowed),
      self_(self),
      members_(std::move(members)),
      on_change_(std::move(on_change)) {}

Status Chaos::check(const std::vector<std::uint32_t>& peers) const {
  for (const std::uint32_t peer : peers) {
    if (peer == self_) {
      return invalid_input("node " + std::to_string(peer) + " cannot be cut off from itself");
    }
    if (std::find(members_.begin(), members_.end(), peer) == members_.end()) {
      return invalid_input("there is no node " + std::to_string(peer) + " in this cluster");
    }
  }
  return {};
}

Status Chaos::set(const std::vector<std::uint32_t>& in, const std::vector<std::uint32_t>& out) {
  if (!allowed_) {
    return Error{
        ErrorCode::kNotSupported,
        "node " + std::to_string(self_) + " was started without --chaos: its links cannot be cut"};
  }
  for (const auto* peers : {&in, &out}) {
    if (Status ok = check(*peers); !ok) return ok;
  }
  in_.reset();
  out_.reset();
  for (const std::uint32_t peer : in) in_.set(peer);
  for (const std::uint32_t peer : out) out_.set(peer);
  log(LogLevel::kWarn, in.empty() && out.empty() ? "chaos: no link is cut" : "chaos: links are cut",
      {{"from", list_of(in)}, {"to", list_of(out)}});
  on_change_();
  return {};
}

}  // namespace quorate
