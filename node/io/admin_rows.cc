// What this node alone holds of keys: for a person who asks why replicas differ, and for a program
// that compares them.
#include <algorithm>
#include <string>
#include <utility>

#include "node/base/hash.h"
#include "node/base/in_quotes.h"
#include "node/causality/codec.h"
#include "node/core/hint.h"
#include "node/core/retired.h"
#include "node/io/admin.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

// The values stay behind; the hash tells whether they are equal all the same. What was applied
// recently is bookkeeping, and may differ between replicas that hold the same state.
void put_record(const Record& record, bool without_values, wire::HeldRecord& out) {
  Record state{record.context, record.siblings, {}};
  std::string bytes;
  append_record(state, bytes);
  out.set_state_hash(std::max<std::uint64_t>(hash64(bytes), 1));
  if (without_values) {
    for (Sibling& sibling : state.siblings) {
      sibling.value = Blob();
      sibling.field.clear();
    }
    bytes.clear();
    append_record(state, bytes);
  }
  out.set_record(std::move(bytes));
}

// What the row shows to others; empty context: nothing.
Record shown_of(const StoreReader& store, const Buckets& buckets, VnodeId vnode, const Key& key,
                const Record& record) {
  const auto retired = store.read_meta(retired_name(vnode, key));
  if (!retired || !*retired || (**retired).empty()) return record;
  return Retired(buckets).reaped(key, record);
}

}  // namespace

std::string Admin::no_such_vnode(std::uint32_t vnode) const {
  const std::uint32_t vnodes = from_.core.ring().vnodes();
  if (vnode < vnodes) return {};
  return "there is no vnode " + std::to_string(vnode) + ": the ring has " + std::to_string(vnodes);
}

void Admin::row(const wire::RowRequest& in, wire::RowReply& out) const {
  const std::string& name = in.bucket().empty() ? "default" : in.bucket();
  if (from_.config.buckets.find(name) == nullptr) {
    out.set_error("there is no bucket " + in_quotes(name) + " in this cluster's configuration");
    return;
  }
  const Ring& ring = from_.core.ring();
  const VnodeId vnode = ring.vnode_of(name, in.key());
  const Key key{name, in.key()};
  out.set_vnode(vnode);
  const Result<RowPtr> row = from_.store.read(vnode, key);
  if (!row) {
    out.mutable_row()->set_unreadable(row.error().to_string());
  } else if (*row != nullptr) {
    const Record shown = shown_of(from_.store, from_.config.buckets, vnode, key, (*row)->record);
    out.set_retired(shown.context != (*row)->record.context);
    if (!shown.context.empty()) put_record(shown, in.without_values(), *out.mutable_row());
  }
  std::size_t room = static_cast<std::size_t>(from_.config.io.list_bytes_max);
  for (const NodeId primary : ring.members()) {
    if (primary == from_.facts.node) continue;
    const auto kept = from_.store.read_meta(hint_name(HintId{primary, vnode, key}));
    if (kept && !kept->has_value()) continue;
    wire::RowReply::Hint& entry = *out.add_hints();
    entry.set_primary(primary);
    const Result<Hint> hint = kept ? decode_hint(**kept) : Result<Hint>(kept.error());
    if (!hint) {
      entry.mutable_held()->set_unreadable(hint.error().to_string());
      continue;
    }
    entry.set_owed(hint->owed());
    entry.set_spare(hint->spare);
    entry.set_since_ms(hint->since_ms);
    if (hint->owed()) continue;
    const std::size_t bytes = hint->row->record.size_bytes();
    if (bytes > room && !in.without_values()) {
      entry.mutable_held()->set_omitted_bytes(bytes);
      continue;
    }
    room -= std::min(room, bytes);
    put_record(hint->row->record, in.without_values(), *entry.mutable_held());
  }
}

void Admin::digest(const wire::DigestRequest& in, wire::DigestReply& out) const {
  if (std::string none = no_such_vnode(in.vnode()); !none.empty()) {
    out.set_error(none);
    return;
  }
  const auto vnode = static_cast<VnodeId>(in.vnode());
  const auto wanted = [&](const Key& key) {
    return (in.bucket().empty() || key.bucket == in.bucket()) && key.name.starts_with(in.prefix());
  };
  const auto add = [&](const Key& key) {
    wire::DigestReply::Entry& entry = *out.add_entries();
    entry.set_bucket(key.bucket);
    entry.set_key(key.name);
    return entry.mutable_held();
  };
  // Where the range begins: a scan starts behind a key, and this very one may be there.
  std::optional<Key> after;
  if (in.has_after()) {
    after = Key{in.after_bucket(), in.after_key()};
  } else if (!in.bucket().empty()) {
    after = Key{in.bucket(), in.prefix()};
    const Result<RowPtr> first =
        in.prefix().empty() ? Result<RowPtr>(RowPtr()) : from_.store.read(vnode, *after);
    if (!first) {
      add(*after)->set_unreadable(first.error().to_string());
    } else if (*first != nullptr) {
      const Record shown =
          shown_of(from_.store, from_.config.buckets, vnode, *after, (*first)->record);
      if (!shown.context.empty()) put_record(shown, true, *add(*after));
    }
  }
  const auto rows_max = static_cast<std::uint32_t>(from_.config.io.list_rows_max);
  const std::uint32_t rows = in.rows_max() == 0 ? rows_max : std::min(in.rows_max(), rows_max);
  const Result<StoreReader::ScanPage> page = from_.store.scan(
      vnode, after, rows, static_cast<std::uint32_t>(from_.config.io.list_bytes_max), false);
  if (!page) {
    out.clear_entries();
    out.set_error(page.error().to_string());
    return;
  }
  // Both lists are in order; so is what becomes of them.
  std::optional<Key> through = after;
  auto row = page->rows.begin();
  auto unreadable = page->unreadable.begin();
  while (row != page->rows.end() || unreadable != page->unreadable.end()) {
    const bool broken = row == page->rows.end() ||
                        (unreadable != page->unreadable.end() && *unreadable < row->first);
    const Key& key = broken ? *unreadable : row->first;
    if (wanted(key)) {
      if (broken) {
        add(key)->set_unreadable("the row cannot be read");
      } else {
        const Record shown =
            shown_of(from_.store, from_.config.buckets, vnode, key, row->second.record);
        if (!shown.context.empty()) put_record(shown, true, *add(key));
      }
    }
    through = key;
    if (broken) {
      ++unreadable;
    } else {
      ++row;
    }
  }
  const bool past_the_end = through && !in.bucket().empty() &&
                            Key{in.bucket(), in.prefix()} < *through && !wanted(*through);
  out.set_done(page->done || past_the_end || !through);
  if (!through) return;
  out.set_through_bucket(through->bucket);
  out.set_through_key(through->name);
}

void Admin::repair(const wire::RepairRequest& in, wire::RepairReply& out) {
  if (!from_.config.core.anti_entropy) {
    out.set_error("this node compares nothing with its peers: anti-entropy is off");
    return;
  }
  if (!in.one_vnode()) {
    from_.repair(std::nullopt);
    return;
  }
  if (std::string none = no_such_vnode(in.vnode()); !none.empty()) {
    out.set_error(none);
    return;
  }
  from_.repair(static_cast<VnodeId>(in.vnode()));
}

}  // namespace quorate
