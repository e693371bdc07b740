#include <boost/json.hpp>

#include "sim/kvsim/check_report.h"
#include "sim/linear/utf8.h"

namespace quorate::sim {
namespace {

namespace json = boost::json;
using linear::Cause;
using linear::kNoOperation;
using linear::OperationId;
using linear::Verdict;
using linear::Witness;

const char* verdict_word(Verdict verdict) {
  return verdict == Verdict::kNotLinearizable ? "not-linearizable" : verdict_name(verdict);
}

const char* cause_word(Cause cause) {
  switch (cause) {
    case Cause::kNeverWritten:
      return "never-written";
    case Cause::kWrittenLater:
      return "written-later";
    case Cause::kTwoOrders:
      return "two-orders";
    case Cause::kNoOrder:
      return "no-order";
  }
  return "?";
}

class Writer {
 public:
  explicit Writer(const linear::History& history) : history_(history) {}

  json::value operation(OperationId id) const {
    if (id == kNoOperation) return nullptr;
    const linear::Operation& op = history_.operations[id];
    const bool read_nothing = op.call == linear::Call::kRead && op.outcome != linear::Outcome::kOk;
    std::string value = read_nothing ? "nil" : history_.values.to_edn(op.value);
    if (op.call == linear::Call::kCas) {
      value = "[" + value + " " + history_.values.to_edn(op.target) + "]";
    }
    const linear::Time completed = op.completed();
    return json::object{{"process", op.process},
                        {"f", call_name(history_.model, op.call)},
                        {"value", value},
                        {"invoked", op.invoked},
                        {"ended", event(completed)},
                        {"invoked_line", line(op.invoked)},
                        {"ended_line", line(completed)}};
  }

  json::object witness(const Witness& witness) const {
    json::object object{{"operation", operation(witness.operation)},
                        {"is_first", witness.is_first},
                        {"cause", cause_word(witness.cause)}};
    object["possible"] = json::array(witness.possible.begin(), witness.possible.end());
    object["possible_is_complete"] = witness.possible_is_complete;
    json::array concurrent;
    for (const OperationId id : witness.concurrent) concurrent.push_back(operation(id));
    object["concurrent"] = std::move(concurrent);
    if (const auto& c = witness.contradiction) {
      object["contradiction"] = json::object{{"own", c->own},
                                             {"other", c->other},
                                             {"own_ended", operation(c->own_ended)},
                                             {"other_began", operation(c->other_began)},
                                             {"other_ended", operation(c->other_ended)},
                                             {"own_began", operation(c->own_began)}};
    }
    if (witness.later_write != kNoOperation) {
      object["later_write"] = operation(witness.later_write);
    }
    return object;
  }

 private:
  static json::value event(linear::Time time) {
    return time == linear::kNever ? json::value(nullptr) : json::value(time);
  }
  json::value line(linear::Time time) const {
    const std::uint32_t line = history_.line(time);
    return line == 0 ? json::value(nullptr) : json::value(line);
  }

  const linear::History& history_;
};

}  // namespace

std::string check_json(const CheckReport& report) {
  const linear::History& history = report.history;
  const Writer writer(history);
  json::array keys;
  for (const linear::KeyVerdict& key : report.judgement.keys) {
    json::object object{{"key", history.values.to_edn(history.keys[key.key])},
                        {"verdict", verdict_word(key.verdict)},
                        {"method", method_name(key.method)},
                        {"steps", key.steps},
                        {"ok", key.ok},
                        {"failed", key.failed},
                        {"open", key.open}};
    if (key.witness) object["witness"] = writer.witness(*key.witness);
    keys.push_back(std::move(object));
  }
  const json::object object{{"schema", "kvsim-check"},
                            {"schema_version", 1},
                            {"file", report.settings.file},
                            {"model", model_name(history.model)},
                            {"initial", history.values.to_edn(history.initial)},
                            {"verdict", verdict_word(report.judgement.verdict)},
                            {"operations", history.operations.size()},
                            {"processes", history.processes},
                            {"events", history.events},
                            {"keys", std::move(keys)}};
  return linear::as_utf8(json::serialize(object)) + "\n";
}

}  // namespace quorate::sim
