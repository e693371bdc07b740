#include "node/causality/context_codec.h"

#include <optional>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "node/base/hash.h"
#include "node/causality/codec.h"

namespace quorate {

namespace {

constexpr std::size_t kEntryBytesMin = 2;  // epoch, counter; the run is shared
constexpr std::size_t kLoneDotBytesMin = 1;

// An epoch that is `base` or later: epochs are written as the distance to the one before.
std::uint32_t read_epoch(ByteReader& in, std::uint32_t base) {
  const std::uint64_t distance = in.varint();
  if (distance == 0) in.fail("has an epoch of zero, or the same one twice");
  if (distance > UINT32_MAX - base) in.fail("has an epoch of more than 32 bits");
  return in.ok() ? base + static_cast<std::uint32_t>(distance) : 0;
}

std::uint64_t read_counter(ByteReader& in, std::uint64_t base) {
  const std::uint64_t distance = in.varint();
  if (distance == 0) in.fail("has a counter of zero, or the same one twice");
  if (distance > kCounterMax - base) in.fail("has a counter beyond its bound");
  return in.ok() ? base + distance : 0;
}

void append_entries(const std::vector<Context::Entry>& entries, std::string& out) {
  append_varint(entries.size(), out);
  for (std::size_t i = 0; i < entries.size();) {
    const RunId run = entries[i].actor.run;
    std::size_t end = i + 1;
    while (end < entries.size() && entries[end].actor.run == run) ++end;
    append_fixed64(run, out);
    append_varint(end - i, out);
    std::uint32_t epoch = 0;
    for (; i < end; ++i) {
      const Context::Entry& entry = entries[i];
      QUORATE_CHECK(entry.actor.epoch > 0 && entry.counter <= kCounterMax);
      append_varint(entry.actor.epoch - epoch, out);
      append_varint(entry.counter, out);
      epoch = entry.actor.epoch;
    }
  }
}

void append_lone_dots(const std::vector<Dot>& dots, std::string& out) {
  append_varint(dots.size(), out);
  for (std::size_t i = 0; i < dots.size();) {
    const Actor actor = dots[i].actor;
    std::size_t end = i + 1;
    while (end < dots.size() && dots[end].actor == actor) ++end;
    QUORATE_CHECK(actor.epoch > 0 && dots[end - 1].counter <= kCounterMax);
    append_fixed64(actor.run, out);
    append_varint(actor.epoch, out);
    append_varint(end - i, out);
    std::uint64_t counter = 0;
    for (; i < end; ++i) {
      append_varint(dots[i].counter - counter, out);
      counter = dots[i].counter;
    }
  }
}

std::vector<Context::Entry> read_entries(ByteReader& in) {
  std::vector<Context::Entry> entries;
  const std::size_t total = in.count(kEntryBytesMin);
  entries.reserve(total);
  while (in.ok() && entries.size() < total) {
    const RunId run = in.fixed64();
    const std::size_t of_run = in.count(kEntryBytesMin);
    if (of_run == 0 || of_run > total - entries.size()) in.fail("has a wrong number of epochs");
    std::uint32_t epoch = 0;
    for (std::size_t i = 0; i < of_run && in.ok(); ++i) {
      epoch = read_epoch(in, epoch);
      entries.push_back({Actor{run, epoch}, read_counter(in, 0)});
    }
    // Entries of one run stand together, or there would be two encodings: the next run must be
    // larger.
    if (in.ok() && entries.size() > of_run &&
        entries[entries.size() - of_run - 1].actor.run >= run) {
      in.fail("has runs out of order");
    }
  }
  return entries;
}

std::vector<Dot> read_lone_dots(ByteReader& in) {
  std::vector<Dot> dots;
  const std::size_t total = in.count(kLoneDotBytesMin);
  dots.reserve(total);
  while (in.ok() && dots.size() < total) {
    Actor actor;
    actor.run = in.fixed64();
    actor.epoch = read_epoch(in, 0);
    const std::size_t of_actor = in.count(kLoneDotBytesMin);
    if (of_actor == 0 || of_actor > total - dots.size()) in.fail("has a wrong number of lone dots");
    std::uint64_t counter = 0;
    for (std::size_t i = 0; i < of_actor && in.ok(); ++i) {
      counter = read_counter(in, counter);
      dots.push_back({actor, counter});
    }
    if (in.ok() && dots.size() > of_actor && dots[dots.size() - of_actor - 1].actor >= actor) {
      in.fail("has actors out of order");
    }
  }
  return dots;
}

// Of the 20 bytes of run, epoch and counter, little-endian. Sums of it are stored: it never
// changes.
std::uint64_t seeded_dot_hash(const Actor& actor, std::uint64_t counter, std::uint64_t seed) {
  char bytes[20];
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<char>((actor.run >> (8 * i)) & 0xff);
  for (unsigned i = 0; i < 4; ++i)
    bytes[8 + i] = static_cast<char>((actor.epoch >> (8 * i)) & 0xff);
  for (unsigned i = 0; i < 8; ++i) bytes[12 + i] = static_cast<char>((counter >> (8 * i)) & 0xff);
  return hash64(std::string_view(bytes, sizeof bytes), seed);
}

}  // namespace

void append_dot(const Dot& dot, std::string& out) {
  QUORATE_CHECK(dot.actor.epoch > 0 && dot.counter > 0 && dot.counter <= kCounterMax);
  append_fixed64(dot.actor.run, out);
  append_varint(dot.actor.epoch, out);
  append_varint(dot.counter, out);
}

Dot read_dot(ByteReader& in) {
  Dot dot;
  dot.actor.run = in.fixed64();
  dot.actor.epoch = read_epoch(in, 0);
  dot.counter = read_counter(in, 0);
  return dot;
}

Context read_context(ByteReader& in) {
  std::vector<Context::Entry> entries = read_entries(in);
  std::vector<Dot> lone_dots = read_lone_dots(in);
  if (!in.ok()) return {};
  std::optional<Context> context =
      Context::from_normal_form(std::move(entries), std::move(lone_dots));
  if (!context) {
    in.fail("has lone dots that belong into an entry");
    return {};
  }
  return *std::move(context);
}

void append_context(const Context& context, std::string& out) {
  append_entries(context.entries(), out);
  append_lone_dots(context.lone_dots(), out);
}

Result<Context> decode_context(std::string_view bytes) {
  ByteReader in(bytes, "context");
  Context context = read_context(in);
  in.expect_end();
  if (!in.ok()) return in.error();
  return context;
}

std::uint64_t dot_hash(const Dot& dot) { return seeded_dot_hash(dot.actor, dot.counter, 0); }

// A chain over the items: nothing is allocated. Starting from the number of entries tells entries
// from lone dots.
std::uint64_t context_hash(const Context& context) {
  std::uint64_t hash = context.entries().size();
  for (const Context::Entry& entry : context.entries()) {
    hash = seeded_dot_hash(entry.actor, entry.counter, hash);
  }
  for (const Dot& dot : context.lone_dots()) hash = seeded_dot_hash(dot.actor, dot.counter, hash);
  return hash != 0 ? hash : 1;
}

}  // namespace quorate
