#include "sim/linear/model.h"

#include "node/base/check.h"

namespace quorate::sim::linear {
namespace {

// In the order of Call; empty for a call that the model does not have.
constexpr std::string_view kCallNames[][4] = {
    {"read", "write", "", ""},
    {"read", "write", "cas", ""},
    {"get", "put", "", "append"},
};

constexpr Call kCalls[] = {Call::kRead, Call::kWrite, Call::kCas, Call::kAppend};

std::string_view name_of(Model model, Call call) {
  return kCallNames[static_cast<int>(model)][static_cast<int>(call)];
}

}  // namespace

const char* model_name(Model model) {
  switch (model) {
    case Model::kRegister:
      return "register";
    case Model::kCasRegister:
      return "cas-register";
    case Model::kKeyValue:
      return "kv";
  }
  return "?";
}

std::optional<Model> model_named(std::string_view name) {
  for (const Model model : kModels) {
    if (name == model_name(model)) return model;
  }
  return std::nullopt;
}

const char* call_name(Model model, Call call) {
  const std::string_view name = name_of(model, call);
  QUORATE_CHECK(!name.empty());
  return name.data();
}

std::optional<Call> call_named(Model model, std::string_view name) {
  for (const Call call : kCalls) {
    const std::string_view known = name_of(model, call);
    if (!known.empty() && name == known) return call;
  }
  return std::nullopt;
}

std::string calls_of(Model model) {
  std::string text;
  std::string_view last;
  for (const Call call : kCalls) {
    const std::string_view name = name_of(model, call);
    if (name.empty()) continue;
    if (!last.empty()) text += (text.empty() ? ":" : ", :") + std::string(last);
    last = name;
  }
  return text + " or :" + std::string(last);
}

}  // namespace quorate::sim::linear
