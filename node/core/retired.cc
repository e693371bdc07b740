#include "node/core/retired.h"

#include <algorithm>
#include <memory>

#include "node/causality/byte_io.h"
#include "node/core/types/data_type.h"

namespace quorate {

namespace {

constexpr std::string_view kPrefix = "retired/";
constexpr std::uint32_t kPageValues = 1024;
constexpr std::uint32_t kPageBytes = 4u << 20;

void append_letter(std::uint64_t value, std::string& out) {
  out.push_back(static_cast<char>(value & 0xff));
}

std::optional<Retired::Entry> decode(std::string_view bytes) {
  ByteReader reader(bytes, "retired");
  Retired::Entry entry;
  entry.generation = reader.varint();
  entry.since_ms = static_cast<std::int64_t>(reader.varint());
  reader.expect_end();
  if (!reader.ok()) return std::nullopt;
  return entry;
}

}  // namespace

std::string retired_name(VnodeId vnode, const Key& key) {
  std::string name(kPrefix);
  append_letter(vnode >> 8, name);
  append_letter(vnode, name);
  append_letter(key.bucket.size(), name);
  name += key.bucket;
  name += key.name;
  return name;
}

std::optional<Retired::Id> parse_retired_name(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  if (name.size() < 3) return std::nullopt;
  const auto letter = [&name](std::size_t at) { return static_cast<unsigned char>(name[at]); };
  Retired::Id id;
  id.first = static_cast<VnodeId>(letter(0) << 8 | letter(1));
  const std::size_t bucket_bytes = letter(2);
  name.remove_prefix(3);
  if (name.size() < bucket_bytes) return std::nullopt;
  id.second.bucket = name.substr(0, bucket_bytes);
  id.second.name = name.substr(bucket_bytes);
  return id;
}

void Retired::enter(const Id& id, const Entry& entry) {
  leave(id);
  index_.emplace(id, entry);
  generations_[id.first].insert(entry.generation);
}

void Retired::leave(const Id& id) {
  const auto found = index_.find(id);
  if (found == index_.end()) return;
  std::multiset<Generation>& of_vnode = generations_[id.first];
  of_vnode.erase(of_vnode.find(found->second.generation));
  if (of_vnode.empty()) generations_.erase(id.first);
  index_.erase(found);
}

Generation Retired::newest(VnodeId vnode) const {
  const auto found = generations_.find(vnode);
  return found == generations_.end() ? 0 : *found->second.rbegin();
}

bool Retired::load(const StoreReader& store) {
  index_.clear();
  generations_.clear();
  std::string after;
  for (bool done = false; !done;) {
    const auto page = store.scan_meta(kPrefix, after, kPageValues, kPageBytes);
    if (!page) {
      index_.clear();
      generations_.clear();
      return false;
    }
    for (const auto& [name, value] : page->values) {
      const std::optional<Id> id = parse_retired_name(name);
      const std::optional<Entry> entry = decode(value);
      if (id && entry) enter(*id, *entry);
    }
    if (!page->values.empty()) after = page->values.back().first;
    done = page->done;
  }
  return true;
}

Record Retired::reaped(const Key& key, const Record& record) const {
  const Bucket* bucket = buckets_.find(key.bucket);
  return bucket == nullptr ? record : data_type(bucket->type).reaped(record);
}

bool Retired::has_remains(const Key& key, const Record& record) const {
  const auto lives = [&record](const Actor& actor) {
    return std::any_of(record.siblings.begin(), record.siblings.end(),
                       [&actor](const Sibling& sibling) { return sibling.dot.actor == actor; });
  };
  for (const Context::Entry& entry : record.context.entries()) {
    if (!lives(entry.actor)) return true;
  }
  for (const Dot& dot : record.context.lone_dots()) {
    if (!lives(dot.actor)) return true;
  }
  // The usual case is decided without asking the type, which makes a copy.
  const bool plain = record.siblings.size() == 1 && record.siblings[0].kind == SiblingKind::kValue;
  return !record.siblings.empty() && !plain && !same_state(record, reaped(key, record));
}

RecordPtr Retired::shown(VnodeId vnode, const Key& key, const RowPtr& row) const {
  if (row == nullptr || !has(vnode, key)) return record_of(row);
  Record left = reaped(key, row->record);
  return left.context.empty() ? nullptr : std::make_shared<const Record>(std::move(left));
}

void Retired::add(const Id& id, const Entry& entry, Batch& batch) {
  enter(id, entry);
  std::string& value = batch.meta[retired_name(id.first, id.second)];
  value.clear();
  append_varint(entry.generation, value);
  append_varint(static_cast<std::uint64_t>(entry.since_ms), value);
}

void Retired::remove(const Id& id, Batch& batch) {
  if (!index_.contains(id)) return;
  leave(id);
  batch.meta[retired_name(id.first, id.second)] = "";
}

}  // namespace quorate
