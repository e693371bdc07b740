#include "node/core/hint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/node/core/builders.h"

namespace quorate {
namespace {

HintId id_of(NodeId primary, VnodeId vnode, std::string bucket, std::string key) {
  return HintId{primary, vnode, Key{std::move(bucket), std::move(key)}};
}

std::vector<HintId> some_ids() {
  const std::string zeros(3, '\0');
  return {id_of(1, 0, "b", "k"),     id_of(1, 0, "b", zeros),
          id_of(1, 0, "bk", ""),     id_of(1, 255, "b", "k"),
          id_of(1, 256, "b", "k"),   id_of(2, 0, "b", "k"),
          id_of(256, 0, "b", "k"),   id_of(65535, 4095, "b", "\xff"),
          id_of(3, 7, zeros, zeros), id_of(3, 7, std::string(64, 'b'), std::string(1024, 'k'))};
}

TEST(Hint, NamesAreReadBack) {
  for (const HintId& id : some_ids()) {
    EXPECT_EQ(parse_hint_name(hint_name(id)), id);
    EXPECT_TRUE(hint_name(id).starts_with(hint_prefix()));
    EXPECT_TRUE(hint_name(id).starts_with(hint_prefix(id.primary)));
  }
}

TEST(Hint, NamesSortByPrimaryThenVnode) {
  std::vector<HintId> ids = some_ids();
  std::vector<std::string> names;
  for (const HintId& id : ids) names.push_back(hint_name(id));
  std::sort(names.begin(), names.end());
  std::vector<std::pair<NodeId, VnodeId>> places;
  for (const std::string& name : names) {
    const auto id = parse_hint_name(name);
    ASSERT_TRUE(id);
    places.emplace_back(id->primary, id->vnode);
  }
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end()));
}

TEST(Hint, AMalformedNameIsNone) {
  const std::string name = hint_name(id_of(1, 2, "bucket", ""));
  for (std::size_t bytes = 0; bytes < name.size(); ++bytes) {
    EXPECT_FALSE(parse_hint_name(name.substr(0, bytes))) << bytes;
  }
  EXPECT_FALSE(parse_hint_name("mark/1"));
}

TEST(Hint, ValuesAreReadBack) {
  Hint owed;
  owed.spare = true;
  owed.order = 300;
  owed.since_ms = -5;
  Hint kept;
  kept.order = 1;
  kept.since_ms = 1'700'000'000'000;
  kept.row = Row{};
  kept.row->record.siblings.push_back(sibling(dot(1, 1), "value"));
  kept.row->record.context.add(kept.row->record.siblings.front().dot);
  kept.row->mark = Mark{kept.row->record.siblings.front().dot.actor, 1};
  for (const Hint& hint : {owed, kept}) {
    const Result<Hint> back = decode_hint(encode_hint(hint));
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ(*back, hint);
  }
}

TEST(Hint, DamagedBytesAreCorruption) {
  Hint kept;
  kept.row = Row{};
  const std::string bytes = encode_hint(kept);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Result<Hint> cut = decode_hint(bytes.substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorruption);
  }
  EXPECT_FALSE(decode_hint(bytes + "x"));
  std::string newer = bytes;
  newer[0] = 2;
  ASSERT_FALSE(decode_hint(newer));
  EXPECT_NE(decode_hint(newer).error().message.find("newer version"), std::string::npos);
  std::string contradicting = bytes;
  contradicting[1] = 2;  // owed, and yet with a record
  EXPECT_FALSE(decode_hint(contradicting));
}

}  // namespace
}  // namespace quorate
