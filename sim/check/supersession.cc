#include "sim/check/supersession.h"

#include <algorithm>

namespace quorate::sim {

bool Supersession::replaced_by(const Dot& dot, const Context& known) {
  const MintedEvent* event = ledger_.find(dot);
  if (event == nullptr) return false;
  if (is_lww(event->key) && index_of(event->key).younger_known(*event, known)) return true;
  return replaced_itself(*event, known) || replaced_through_twin(*event, known);
}

bool Supersession::replaced_itself(const MintedEvent& event, const Context& known) {
  if (!known.contains(event.dot)) return false;
  const ReplacementIndex& index = index_of(event.key);
  if (index.replaced_at_first_hand(event.dot, known)) return true;
  // Whoever replaced it at second hand came after somebody who did at first hand.
  const std::size_t first = index.first_replacer(event.dot);
  return index.any_known_from(first, known, [&](const MintedEvent& writer) {
    return !(writer.dot == event.dot) && replaces(writer, event.dot);
  });
}

// Only by a younger writer: of two writes that each replaced one event of the other, one stands.
bool Supersession::replaced_through_twin(const MintedEvent& event, const Context& known) {
  const std::uint64_t request = ledger_.request_of(event.dot);
  if (request == 0) return false;
  for (const MintedEvent* twin : ledger_.of_request(request)) {
    if (twin->dot == event.dot || twin->key != event.key || !known.contains(twin->dot)) continue;
    const ReplacementIndex& index = index_of(event.key);
    const bool replaced = index.any_known_from(
        index.first_replacer(twin->dot), known, [&](const MintedEvent& writer) {
          return ledger_.request_of(writer.dot) != request && event.timestamp < writer.timestamp &&
                 replaces(writer, twin->dot);
        });
    if (replaced) return true;
  }
  return false;
}

bool Supersession::replaces(const MintedEvent& writer, const Dot& dot) {
  const auto [entry, fresh] = cache_.try_emplace({writer.dot, dot}, false);
  if (!fresh) return entry->second;
  const MintedEvent* loser = ledger_.find(dot);
  const bool by_time = loser != nullptr && is_lww(writer.key) &&
                       std::pair(writer.timestamp, writer.dot) > std::pair(loser->timestamp, dot);
  const bool result = by_time || replaces_uncached(writer, dot);
  cache_[{writer.dot, dot}] = result;
  return result;
}

bool Supersession::is_lww(const Key& key) const {
  const Bucket* bucket = buckets_.find(key.bucket);
  return bucket != nullptr && bucket->type == BucketType::kLww;
}

bool Supersession::replaces_uncached(const MintedEvent& writer, const Dot& dot) {
  if (ledger_.removes_expired(writer.dot)) {
    const auto holds = [&dot](const std::vector<Dot>& dots) {
      return std::find(dots.begin(), dots.end(), dot) != dots.end();
    };
    return holds(writer.living_before) && !holds(writer.living_after);
  }
  const Operation* operation = history_.find_request(ledger_.request_of(writer.dot));
  if (operation == nullptr) return writer.known_after.contains(dot);
  const ClientRequest& request = operation->request;
  if (request.context_none) return false;
  if (request.token) return seen_in_token(dot, *operation);
  if (request.verb == Verb::kDelete) return writer.known_after.contains(dot);
  const auto& living = writer.living_before;
  if (std::find(living.begin(), living.end(), dot) != living.end()) return true;
  return writer.known_before.contains(dot) && replaced_by(dot, writer.known_before);
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
  return replaced_by(dot, operation.request.token->context);
}

const ReplacementIndex& Supersession::index_of(const Key& key) {
  const auto found = indexes_.find(key);
  if (found != indexes_.end()) return found->second;
  return indexes_.emplace(key, ReplacementIndex(ledger_, history_, key)).first->second;
}

}  // namespace quorate::sim
