#include "node/io/config_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <sstream>

namespace quorate {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

enum class AddressKind { kNone, kV4, kV6 };

AddressKind address_kind(const std::string& host, unsigned char (&bytes)[16]) {
  if (inet_pton(AF_INET, host.c_str(), bytes) == 1) return AddressKind::kV4;
  if (inet_pton(AF_INET6, host.c_str(), bytes) == 1) return AddressKind::kV6;
  return AddressKind::kNone;
}

bool is_host_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

}  // namespace

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool is_host(std::string_view host) {
  unsigned char bytes[16];
  if (address_kind(std::string(host), bytes) != AddressKind::kNone) return true;
  if (host.empty() || host.size() > 253) return false;
  // Digits and dots alone would be a mistyped address, not a name.
  if (std::all_of(host.begin(), host.end(), [](char c) { return std::isdigit(c) || c == '.'; })) {
    return false;
  }
  while (true) {
    const std::size_t dot = host.find('.');
    if (!is_host_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost") return true;
  unsigned char bytes[16] = {};
  switch (address_kind(std::string(host), bytes)) {
    case AddressKind::kNone:
      return false;
    case AddressKind::kV4:
      return bytes[0] == 127;
    case AddressKind::kV6:
      return bytes[15] == 1 &&
             std::all_of(bytes, bytes + 15, [](unsigned char b) { return b == 0; });
  }
  return false;
}

std::string relative_to_file(const std::string& file, const std::string& from) {
  const std::size_t slash = from.rfind('/');
  if (file.empty() || file.front() == '/' || slash == std::string::npos) return file;
  return from.substr(0, slash + 1) + file;
}

std::string last_os_error() { return std::strerror(errno); }

std::vector<Limit> limits_of(ClusterConfig& config) {
  std::vector<Limit> limits;
  const auto plain = [&limits](const char* name, auto& member, std::int64_t low,
                               std::int64_t high) {
    auto* at = &member;
    limits.push_back({name, low, high, [at] { return static_cast<std::int64_t>(*at); },
                      [at](std::int64_t value) {
                        *at = static_cast<std::remove_reference_t<decltype(member)>>(value);
                      }});
  };
  // Given in ms, kept in ns.
  const auto time = [&limits](const char* name, std::int64_t& member_ns, std::int64_t low_ms,
                              std::int64_t high_ms) {
    auto* at = &member_ns;
    limits.push_back({name, low_ms, high_ms, [at] { return *at / kNsPerMs; },
                      [at](std::int64_t value_ms) { *at = value_ms * kNsPerMs; }});
  };
  constexpr std::int64_t kMinuteMs = 60'000;
  constexpr std::int64_t kHourMs = 60 * kMinuteMs;
  constexpr std::int64_t kDayMs = 24 * kHourMs;
  constexpr std::int64_t kMiB = 1 << 20;

  CoreOptions& core = config.core;
  time("deadline_default_ms", core.deadline_default_ns, 1, kHourMs);
  time("deadline_max_ms", core.deadline_max_ns, 1, kHourMs);
  time("resend_ms", core.resend_ns, 1, kHourMs);
  time("session_poll_ms", core.session_poll_ns, 1, kHourMs);
  time("ping_interval_ms", core.ping_interval_ns, 1, kMinuteMs);
  time("silence_max_ms", core.silence_max_ns, 1, 10 * kMinuteMs);
  plain("retry_window_ms", core.retry_window_ms, 1'000, kDayMs);
  plain("token_life_ms", core.token_life_ms, 1'000, 365 * kDayMs);
  plain("clock_skew_max_ms", core.clock_skew_max_ms, 0, kDayMs);
  plain("requests_max", core.requests_max, 1, 1'000'000);
  plain("unanswered_bytes_max", core.unanswered_bytes_max, 1024, 4096 * kMiB);
  plain("late_bytes_max", core.late_bytes_max, 1024, 4096 * kMiB);
  plain("context_bytes_max", core.context_bytes_max, 64, kMiB);
  plain("delta_bytes_min", core.delta_bytes_min, 0, std::int64_t{1} << 32);
  plain("hints_bytes_max", core.hints_bytes_max, 1024, 1024 * 1024 * kMiB);
  plain("hints_max", core.hints_max, 1, 100'000'000);
  plain("hint_age_max_ms", core.hint_age_max_ms, 1'000, 365 * kDayMs);
  plain("handoff_bytes_per_second", core.handoff_bytes_per_second, 1024, 1024 * 1024 * kMiB);
  plain("handoff_keys_per_second", core.handoff_keys_per_second, 1, 1'000'000'000);
  time("anti_entropy_interval_ms", core.anti_entropy_interval_ns, 1, kDayMs);
  time("tree_verify_interval_ms", core.tree_verify_interval_ns, 1, 30 * kDayMs);
  plain("repair_bytes_per_second", core.repair_bytes_per_second, 1024, 1024 * 1024 * kMiB);
  plain("repair_rows_per_second", core.repair_rows_per_second, 1, 1'000'000'000);
  plain("repair_keys_per_second", core.repair_keys_per_second, 1, 1'000'000'000);
  time("reap_interval_ms", core.reap_interval_ns, 1, kDayMs);
  plain("retired_max", core.retired_max, 1, 100'000'000);
  plain("rebuild_rows_page", core.rebuild_rows_page, 1, 10'000);
  plain("rebuild_bytes_page", core.rebuild_bytes_page, 1024, 16 * kMiB);

  IoOptions& io = config.io;
  plain("clients_max", io.clients_max, 1, 100'000);
  plain("clients_per_address_max", io.clients_per_address_max, 1, 100'000);
  plain("client_requests_max", io.client_requests_max, 1, 100'000);
  plain("client_out_pause_bytes", io.client_out_pause_bytes, 4096, 1024 * kMiB);
  plain("client_out_bytes_max", io.client_out_bytes_max, 4096, 1024 * kMiB);
  plain("clients_out_bytes_max", io.clients_out_bytes_max, 4096, 65536 * kMiB);
  plain("client_idle_max_ms", io.client_idle_max_ms, 100, kDayMs);
  plain("peer_out_bytes_max", io.peer_out_bytes_max, kMiB, 4096 * kMiB);
  plain("peer_silence_max_ms", io.peer_silence_max_ms, 10, kHourMs);
  plain("reconnect_min_ms", io.reconnect_min_ms, 1, kMinuteMs);
  plain("reconnect_max_ms", io.reconnect_max_ms, 1, kHourMs);
  plain("dial_max_ms", io.dial_max_ms, 10, kMinuteMs);
  plain("tcp_user_timeout_ms", io.tcp_user_timeout_ms, 100, kHourMs);
  plain("handshakes_max", io.handshakes_max, 1, 10'000);
  plain("handshake_max_ms", io.handshake_max_ms, 10, kHourMs);
  plain("frame_max_ms", io.frame_max_ms, 10, kHourMs);
  plain("write_stall_max_ms", io.write_stall_max_ms, 10, kHourMs);
  plain("linger_max_ms", io.linger_max_ms, 1, kMinuteMs);
  plain("read_bytes", io.read_bytes, 1024, kMiB);
  plain("stop_max_ms", io.stop_max_ms, 1, kHourMs);
  plain("store_poll_ms", io.store_poll_ms, 10, kHourMs);
  plain("scrub_interval_ms", io.scrub_interval_ms, 0, 30 * kDayMs);
  plain("list_rows_max", io.list_rows_max, 1, 100'000);
  plain("list_bytes_max", io.list_bytes_max, 4096, 64 * kMiB);
  return limits;
}

std::string describe_config(const ClusterConfig& config) {
  std::ostringstream out;
  const auto cell = [&out](const std::string& text, std::size_t width) {
    out << text;
    for (std::size_t i = text.size(); i < width; ++i) out << ' ';
  };
  out << "cluster " << config.name << ": " << config.nodes.size() << " nodes, " << config.vnodes
      << " vnodes, "
      << (config.secret_path.empty() ? "no secret (loopback only)" : "secret " + config.secret_path)
      << "\n\n";
  out << "node    host                       client port  peer port\n";
  for (const NodeAddress& node : config.nodes) {
    cell(std::to_string(node.id), 8);
    cell(node.host, 27);
    cell(std::to_string(node.client_port), 13);
    out << node.peer_port << "\n";
  }
  out << "\nbucket                     type      n   r   w   sloppy  read repair  key, value, "
         "record "
         "bytes; siblings\n";
  for (const auto& [name, bucket] : config.buckets.all()) {
    static constexpr const char* kRepairs[] = {"async", "blocking", "off"};
    cell(name, 27);
    cell(bucket_type_name(bucket.type), 10);
    cell(std::to_string(bucket.n), 4);
    cell(std::to_string(bucket.r), 4);
    cell(std::to_string(bucket.w), 4);
    cell(bucket.sloppy ? "yes" : "no", 8);
    cell(kRepairs[static_cast<std::size_t>(bucket.read_repair)], 13);
    out << bucket.key_bytes_max << ", " << bucket.value_bytes_max << ", " << bucket.record_bytes_max
        << "; " << bucket.siblings_max << "\n";
  }
  out << "\nlimit                      value\n";
  ClusterConfig copy = config;
  for (const Limit& limit : limits_of(copy)) {
    cell(limit.name, 27);
    out << limit.get() << "\n";
  }
  return out.str();
}

const NodeAddress* ClusterConfig::find(NodeId node) const {
  for (const NodeAddress& address : nodes) {
    if (address.id == node) return &address;
  }
  return nullptr;
}

}  // namespace quorate
