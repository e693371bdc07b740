#include "sim/check/supersession.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

std::optional<Dot> Supersession::replaced_by(const Dot& dot, const Context& known) {
  const MintedEvent* event = ledger_.find(dot);
  if (event == nullptr) return std::nullopt;
  for (const MintedEvent* writer : ledger_.of_key(event->key)) {
    if (writer->dot == dot || !known.contains(writer->dot)) continue;
    if (replaces(*writer, dot) || replaces_twin(*writer, *event)) return writer->dot;
  }
  return std::nullopt;
}

const std::vector<Dot>& Supersession::replacers_of(const Dot& dot) {
  const auto known = replacers_.find(dot);
  if (known != replacers_.end()) return known->second;
  std::vector<Dot> replacers;
  if (const MintedEvent* event = ledger_.find(dot)) {
    for (const MintedEvent* writer : ledger_.of_key(event->key)) {
      if (writer->dot == dot) continue;
      if (replaces(*writer, dot) || replaces_twin(*writer, *event)) {
        replacers.push_back(writer->dot);
      }
    }
  }
  return replacers_.emplace(dot, std::move(replacers)).first->second;
}

bool Supersession::replaces(const MintedEvent& writer, const Dot& dot) {
  const auto [entry, fresh] = cache_.try_emplace({writer.dot, dot}, false);
  if (!fresh) return entry->second;
  const bool result = wins_by_time(writer, dot) || replaces_uncached(writer, dot);
  cache_[{writer.dot, dot}] = result;
  return result;
}

// Only a younger writer: of two writes that each replaced one event of the other, one stands.
bool Supersession::replaces_twin(const MintedEvent& writer, const MintedEvent& event) {
  const std::uint64_t request = ledger_.request_of(event.dot);
  if (request == 0 || ledger_.request_of(writer.dot) == request) return false;
  for (const MintedEvent* twin : ledger_.of_request(request)) {
    if (twin->dot == event.dot || twin->key != event.key) continue;
    if (event.timestamp < writer.timestamp && replaces(writer, twin->dot)) return true;
  }
  return false;
}

bool Supersession::wins_by_time(const MintedEvent& writer, const Dot& dot) const {
  const Bucket* bucket = buckets_.find(writer.key.bucket);
  if (bucket == nullptr || bucket->type != BucketType::kLww) return false;
  const MintedEvent* loser = ledger_.find(dot);
  return std::pair(writer.timestamp, writer.dot) > std::pair(loser->timestamp, dot);
}

bool Supersession::replaces_uncached(const MintedEvent& writer, const Dot& dot) {
  const Operation* operation = history_.find_request(ledger_.request_of(writer.dot));
  if (operation == nullptr) return writer.known_after.contains(dot);
  const ClientRequest& request = operation->request;
  if (request.context_none) return false;
  if (request.token) return seen_in_token(dot, *operation);
  if (request.verb == Verb::kDelete) return writer.known_after.contains(dot);
  const auto& living = writer.living_before;
  if (std::find(living.begin(), living.end(), dot) != living.end()) return true;
  return writer.known_before.contains(dot) && replaced_by(dot, writer.known_before).has_value();
}

bool Supersession::seen_in_token(const Dot& dot, const Operation& operation) {
  if (!operation.request.token || !operation.request.token->context.contains(dot)) return false;
  if (!operation.token_from)
    return true;  // a test made the token: it stands for what its maker saw
  const Operation& source = history_[*operation.token_from];
  if (source.is_write()) {
    if (ledger_.same_write(source.reply.dot, dot) || seen_in_token(dot, source)) return true;
  }
  for (const ReadValue& value : source.reply.values) {
    if (ledger_.same_write(value.dot, dot)) return true;
  }
  return replaced_by(dot, operation.request.token->context).has_value();
}

}  // namespace quorate::sim
