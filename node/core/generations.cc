#include "node/core/generations.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "node/base/check.h"

namespace quorate {

namespace {

constexpr char kUnknownMeta[] = "generations.unknown";
constexpr char kPrefix[] = "generation/";

std::string name_of(std::size_t vnode) { return kPrefix + std::to_string(vnode); }

}  // namespace

Generations::Generations(std::uint32_t vnodes) : generations_(vnodes, 1), words_(vnodes, 0) {}

void Generations::load(const StoreReader& store) {
  const auto unknown = store.read_meta(kUnknownMeta);
  // A value that cannot be read is asked for like one that is gone.
  known_ = unknown && (!*unknown || (**unknown).empty());
  for (std::size_t vnode = 0; vnode < generations_.size(); ++vnode) {
    generations_[vnode] = 1;
    words_[vnode] = 0;
    const auto value = store.read_meta(name_of(vnode));
    if (!value) known_ = false;
    if (!value || !*value) continue;
    const char* const end = (**value).data() + (**value).size();
    const auto parsed = std::from_chars((**value).data(), end, generations_[vnode]);
    if (parsed.ptr != end) std::from_chars(parsed.ptr + 1, end, words_[vnode]);
  }
}

void Generations::write(VnodeId vnode, Batch& batch) const {
  batch.meta[name_of(vnode)] =
      std::to_string(generations_[vnode]) + " " + std::to_string(words_[vnode]);
}

void Generations::forget(Batch& batch) {
  known_ = false;
  batch.meta[kUnknownMeta] = "1";
}

// Of what was before nothing is left here, so there is nothing to give one's word on.
void Generations::learn(const std::vector<Generation>& heard, Batch& batch) {
  const std::size_t vnodes = std::min(heard.size(), generations_.size());
  for (std::size_t vnode = 0; vnode < vnodes; ++vnode) {
    generations_[vnode] = std::max(generations_[vnode], heard[vnode]);
    words_[vnode] = generations_[vnode];
    write(static_cast<VnodeId>(vnode), batch);
  }
  known_ = true;
  batch.meta[kUnknownMeta] = "";
}

void Generations::raise(VnodeId vnode, Generation generation, Batch& batch) {
  QUORATE_CHECK(known_ && generation > generations_[vnode]);
  const bool forgotten = has_forgotten(vnode, generation);
  generations_[vnode] = generation;
  if (forgotten) words_[vnode] = generation;  // as when it is learned
  write(vnode, batch);
}

void Generations::give_word(VnodeId vnode, Batch& batch) {
  words_[vnode] = generations_[vnode];
  write(vnode, batch);
}

}  // namespace quorate
