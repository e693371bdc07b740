#include "client/kvcli/text/json.h"

#include <boost/json.hpp>

#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "node/base/check.h"

namespace quorate::client::kvcli {

struct JsonWriter {
  boost::json::value operator()(std::nullptr_t) const { return nullptr; }
  boost::json::value operator()(bool value) const { return value; }
  boost::json::value operator()(std::int64_t value) const { return value; }
  boost::json::value operator()(std::uint64_t value) const { return value; }
  boost::json::value operator()(const std::string& value) const {
    return boost::json::string(value);
  }
  boost::json::value operator()(const Json::Elements& elements) const {
    boost::json::array array;
    for (const Json& element : elements) array.push_back(std::visit(*this, element.value_));
    return array;
  }
  boost::json::value operator()(const Json::Members& members) const {
    boost::json::object object;
    for (const auto& [name, member] : members) object[name] = std::visit(*this, member.value_);
    return object;
  }
};

Json::Json(std::string_view text) : value_(is_utf8(text) ? std::string(text) : escape(text)) {}

Json Json::object() {
  Json json;
  json.value_ = Members{};
  return json;
}

Json Json::array() {
  Json json;
  json.value_ = Elements{};
  return json;
}

Json& Json::set(std::string_view name, Json value) {
  auto* members = std::get_if<Members>(&value_);
  QUORATE_CHECK(members != nullptr);
  members->emplace_back(std::string(name), std::move(value));
  return *this;
}

Json& Json::set_bytes(std::string_view name, std::string_view bytes) {
  if (is_utf8(bytes)) return set(name, Json(bytes));
  return set(std::string(name) + "_base64", Json(base64(bytes)));
}

Json& Json::add(Json value) {
  auto* elements = std::get_if<Elements>(&value_);
  QUORATE_CHECK(elements != nullptr);
  elements->push_back(std::move(value));
  return *this;
}

std::string Json::text() const { return boost::json::serialize(std::visit(JsonWriter{}, value_)); }

}  // namespace quorate::client::kvcli
