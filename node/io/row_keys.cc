#include "node/io/row_keys.h"

#include <cstddef>
#include <cstdint>

#include "node/base/check.h"

namespace quorate::row_keys {

namespace {

constexpr std::size_t kDotBytes = 8 + 4 + 8;

template <typename Unsigned>
void append_big_endian(Unsigned value, std::string& out) {
  for (std::size_t byte = sizeof(Unsigned); byte-- > 0;) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * byte))));
  }
}

template <typename Unsigned>
Unsigned read_big_endian(std::string_view bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = static_cast<Unsigned>((value << 8) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

void append_ordered(std::string_view text, std::string& out) {
  for (;;) {
    const std::size_t zero = text.find('\0');
    out.append(text.substr(0, zero));
    if (zero == std::string_view::npos) break;
    out.append("\0\xff", 2);
    text.remove_prefix(zero + 1);
  }
  out.append("\0\0", 2);
}

// Takes an ordered string off the front. False: malformed.
bool take_ordered(std::string_view& bytes, std::string& text) {
  for (;;) {
    const std::size_t zero = bytes.find('\0');
    if (zero == std::string_view::npos || zero + 1 == bytes.size()) return false;
    text.append(bytes.substr(0, zero));
    const char mark = bytes[zero + 1];
    bytes.remove_prefix(zero + 2);
    if (mark == '\0') return true;
    if (mark != '\xff') return false;
    text.push_back('\0');
  }
}

void append_prefix(Type type, VnodeId vnode, std::string& out) {
  out.push_back(static_cast<char>(type));
  append_big_endian(vnode, out);
}

}  // namespace

void append_vnode_prefix(VnodeId vnode, std::string& out) { append_prefix(Type::kRow, vnode, out); }

void append_row(VnodeId vnode, const Key& key, std::string& out) {
  append_vnode_prefix(vnode, out);
  append_ordered(key.bucket, out);
  out.append(key.name);
}

void append_siblings_prefix(VnodeId vnode, const Key& key, std::string& out) {
  append_prefix(Type::kSibling, vnode, out);
  append_ordered(key.bucket, out);
  append_ordered(key.name, out);
}

void append_sibling(VnodeId vnode, const Key& key, const Dot& dot, std::string& out) {
  append_siblings_prefix(vnode, key, out);
  append_big_endian(dot.actor.run, out);
  append_big_endian(dot.actor.epoch, out);
  append_big_endian(dot.counter, out);
}

void append_meta(std::string_view name, std::string& out) {
  out.push_back(static_cast<char>(Type::kMeta));
  out.append(name);
}

std::optional<Key> parse_row(std::string_view after_vnode_prefix) {
  Key key;
  if (!take_ordered(after_vnode_prefix, key.bucket)) return std::nullopt;
  key.name = after_vnode_prefix;
  return key;
}

std::optional<Dot> parse_dot(std::string_view after_siblings_prefix) {
  if (after_siblings_prefix.size() != kDotBytes) return std::nullopt;
  Dot dot;
  dot.actor.run = read_big_endian<std::uint64_t>(after_siblings_prefix);
  dot.actor.epoch = read_big_endian<std::uint32_t>(after_siblings_prefix.substr(8));
  dot.counter = read_big_endian<std::uint64_t>(after_siblings_prefix.substr(12));
  return dot;
}

std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  QUORATE_CHECK(!end.empty());
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace quorate::row_keys
