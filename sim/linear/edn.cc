#include "sim/linear/edn.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/linear/edn_scanner.h"

namespace quorate::sim::linear {
namespace {

// The keys of an event that matter.
enum Field : unsigned { kProcess, kType, kF, kKey, kValue, kFields };

constexpr std::string_view kFieldNames[kFields] = {"process", "type", "f", "key", "value"};

enum class EventType { kInvoke, kOk, kFail, kInfo };

// For short words that are known when this is compiled: without a call.
template <std::size_t Size>
bool is(std::string_view word, const char (&known)[Size]) {
  return word.size() == Size - 1 && std::memcmp(word.data(), known, Size - 1) == 0;
}

Field field_named(std::string_view name) {
  if (is(name, "process")) return kProcess;
  if (is(name, "type")) return kType;
  if (is(name, "f")) return kF;
  if (is(name, "value")) return kValue;
  if (is(name, "key")) return kKey;
  return kFields;
}

struct Event {
  EdnForm fields[kFields];
  unsigned present = 0;  // a bit for each field
  const char* at = nullptr;

  bool has(Field field) const { return (present & (1U << field)) != 0; }
  const EdnForm* find(Field field) const { return has(field) ? &fields[field] : nullptr; }
  const EdnForm& operator[](Field field) const { return fields[field]; }
};

class HistoryReader {
 public:
  HistoryReader(std::string_view text, const EdnOptions& options)
      : text_(text),
        options_(options),
        scanner_(text),
        recorder_(options.model),
        lines_at_(text.data()) {}

  Result<History> read();

 private:
  bool read_initial();
  bool read_all();
  bool read_events(char closing);
  bool read_event();
  bool read_field(Event& event);
  bool interpret(const Event& event);
  bool interpret_type(const EdnForm& form, EventType& type);
  bool interpret_invocation(const Event& event, Call call, ValueId key);
  bool interpret_end(const Event& event, EventType type, Call call, ValueId key);
  bool same_value(const Event& event, const Operation& operation);

  bool argument(const Event& event, Call call, ValueId& value, ValueId& target);
  bool pair(const EdnForm& form, ValueId& value, ValueId& target);
  bool intern(const EdnForm& form, ValueId& value);
  bool register_value(const EdnForm& form, ValueId& value);

  bool missing(const Event& event, Field field);
  bool wrong(const EdnForm& form, const std::string& wanted) {
    return scanner_.fail(form.at, wanted + ", found " + describe(form));
  }
  std::string call_text(Call call) const {
    return std::string(":") + call_name(options_.model, call);
  }
  std::uint32_t line_at(const char* at);

  const std::string_view text_;
  const EdnOptions& options_;
  EdnScanner scanner_;
  Recorder recorder_;
  Event event_;
  std::string unescaped_;
  const char* lines_at_;  // line_ is the line of this place
  std::uint32_t line_ = 1;
};

Error error_at(const EdnOptions& options, std::string_view text, const EdnScanner& scanner) {
  const char* at = scanner.problem_at();
  const char* begin = text.data();
  const auto line = 1 + std::count(begin, at, '\n');
  const char* line_begin = at;
  while (line_begin != begin && line_begin[-1] != '\n') --line_begin;
  return invalid_input(options.name + ":" + std::to_string(line) + ":" +
                       std::to_string(1 + (at - line_begin)) + ": " + scanner.problem());
}

Result<History> HistoryReader::read() {
  if (options_.initial) {
    EdnScanner initial(*options_.initial);
    EdnForm form;
    ValueId value = kNilValue;
    std::swap(initial, scanner_);
    if (!scanner_.read_form(form) || !register_value(form, value) || !scanner_.skip_blank() ||
        (!scanner_.at_end() && !scanner_.fail(scanner_.position(), "there is more than one"))) {
      return invalid_input("the initial value '" + *options_.initial + "': " + scanner_.problem());
    }
    std::swap(initial, scanner_);
    recorder_.set_initial(value);
  }
  // An operation takes some 100 bytes or more of text; too much is only address space.
  recorder_.reserve(text_.size() / 100);
  if (!read_all()) return error_at(options_, text_, scanner_);
  return std::move(recorder_).finish();
}

bool HistoryReader::read_all() {
  if (!scanner_.skip_blank() || !scanner_.skip_tag()) return false;
  if (scanner_.at('[') || scanner_.at('(')) {
    const char* opening = scanner_.position();
    const char closing = scanner_.at('[') ? ']' : ')';
    scanner_.step();
    if (!read_events(closing)) return false;
    if (scanner_.at_end())
      return scanner_.fail(opening, "the history that begins here is not closed");
    scanner_.step();
    if (!scanner_.skip_blank()) return false;
    return scanner_.at_end() ||
           scanner_.fail(scanner_.position(), "the history has ended before this");
  }
  return read_events('\0');
}

bool HistoryReader::read_events(char closing) {
  while (true) {
    if (!scanner_.skip_blank() || !scanner_.skip_tag()) return false;
    if (scanner_.at_end() || (closing != '\0' && scanner_.at(closing))) return true;
    if (!scanner_.at('{')) {
      const char* at = scanner_.position();
      EdnForm form;
      if (!scanner_.read_form(form)) return false;
      form.at = at;
      return wrong(form, "expected an event, {:process ..., :type ..., :f ..., :value ...}");
    }
    if (!read_event()) return false;
  }
}

bool HistoryReader::read_event() {
  Event& event = event_;
  event.present = 0;
  event.at = scanner_.position();
  scanner_.step();
  while (true) {
    if (!scanner_.skip_blank()) return false;
    if (scanner_.at_end()) return scanner_.fail(event.at, "this event is not closed");
    if (scanner_.at('}')) break;
    if (!read_field(event)) return false;
  }
  scanner_.step();
  return interpret(event);
}

// A key and its value.
bool HistoryReader::read_field(Event& event) {
  EdnForm name;
  if (!scanner_.read_form(name) || !scanner_.skip_blank()) return false;
  if (scanner_.at('}')) return scanner_.fail(name.at, describe(name) + " has no value");
  const Field field = name.kind == EdnKind::kKeyword ? field_named(name.text) : kFields;
  if (field == kFields) return scanner_.skip_form();
  if (event.has(field)) return scanner_.fail(name.at, "a second " + describe(name));
  event.present |= 1U << field;
  return scanner_.read_form(event.fields[field]);
}

bool HistoryReader::missing(const Event& event, Field field) {
  return scanner_.fail(event.at, "this event has no :" + std::string(kFieldNames[field]));
}

bool HistoryReader::interpret(const Event& event) {
  const EdnForm* process = event.find(kProcess);
  if (process == nullptr) return missing(event, kProcess);
  if (process->kind == EdnKind::kKeyword) return true;  // :nemesis and its like
  if (process->kind != EdnKind::kInteger) {
    return wrong(*process, ":process is an integer (or a keyword, for who is no client)");
  }
  if (!event.has(kType)) return missing(event, kType);
  if (!event.has(kF)) return missing(event, kF);
  EventType type = EventType::kInvoke;
  if (!interpret_type(event[kType], type)) return false;

  const EdnForm& f = event[kF];
  const auto call = f.kind == EdnKind::kKeyword ? call_named(options_.model, f.text) : std::nullopt;
  if (!call) {
    return wrong(f, std::string("in the model ") + model_name(options_.model) + ", :f is " +
                        calls_of(options_.model));
  }
  ValueId key = kNilValue;
  if (event.has(kKey)) {
    if (!intern(event[kKey], key)) return false;
    if (key == kNoValue) return wrong(event[kKey], "a :key is a number, a word or a string");
  } else if (options_.model == Model::kKeyValue) {
    return missing(event, kKey);
  }
  if (type == EventType::kInvoke) return interpret_invocation(event, *call, key);
  return interpret_end(event, type, *call, key);
}

bool HistoryReader::interpret_type(const EdnForm& form, EventType& type) {
  if (form.kind == EdnKind::kKeyword) {
    if (is(form.text, "invoke")) return type = EventType::kInvoke, true;
    if (is(form.text, "ok")) return type = EventType::kOk, true;
    if (is(form.text, "fail")) return type = EventType::kFail, true;
    if (is(form.text, "info")) return type = EventType::kInfo, true;
  }
  return wrong(form, ":type is :invoke, :ok, :fail or :info");
}

bool HistoryReader::interpret_invocation(const Event& event, Call call, ValueId key) {
  Recorder::Invocation invocation{.process = event[kProcess].number, .key = key, .call = call};
  // What a read is invoked with says nothing.
  if (call != Call::kRead && !argument(event, call, invocation.value, invocation.target)) {
    return false;
  }
  invocation.line = line_at(event.at);
  switch (recorder_.invoke(invocation)) {
    case Recorder::Problem::kNone:
      return true;
    case Recorder::Problem::kTooManyEvents:
      return scanner_.fail(event.at, "the history has more events than can be judged");
    case Recorder::Problem::kStillInFlight:
    case Recorder::Problem::kNothingInFlight:
      break;
  }
  const Operation* busy = recorder_.in_flight(invocation.process);
  return scanner_.fail(event.at, "process " + std::to_string(invocation.process) + " invokes " +
                                     call_text(call) + ", but its " + call_text(busy->call) +
                                     " of line " + std::to_string(recorder_.line(busy->invoked)) +
                                     " has not ended");
}

bool HistoryReader::interpret_end(const Event& event, EventType type, Call call, ValueId key) {
  const std::int64_t process = event[kProcess].number;
  const Operation* operation = recorder_.in_flight(process);
  if (operation == nullptr) {
    return scanner_.fail(event.at, "process " + std::to_string(process) + " ends a " +
                                       call_text(call) + " that it did not invoke");
  }
  if (operation->call != call || recorder_.key_name(*operation) != key) {
    return scanner_.fail(
        event.at, "process " + std::to_string(process) + " ends a " + call_text(call) +
                      (operation->call == call ? " of another :key" : "") + ", but invoked " +
                      (operation->call == call ? "it" : "a " + call_text(operation->call)) +
                      " at line " + std::to_string(recorder_.line(operation->invoked)));
  }
  Recorder::End end{.process = process, .line = line_at(event.at)};
  switch (type) {
    case EventType::kInvoke:
    case EventType::kOk:
      if (call != Call::kRead) {
        if (!same_value(event, *operation)) return false;
      } else if (!event.has(kValue)) {
        return missing(event, kValue);
      } else if (!register_value(event[kValue], end.value)) {
        return false;
      }
      break;
    // What these say in place of a value is why.
    case EventType::kFail:
      end.outcome = Outcome::kFail;
      break;
    case EventType::kInfo:
      end.outcome = Outcome::kOpen;
      break;
  }
  return recorder_.end(end) == Recorder::Problem::kNone ||
         scanner_.fail(event.at, "the history has more events than can be judged");
}

// That a write is ok needs no value; where one is given, it is what was invoked.
bool HistoryReader::same_value(const Event& event, const Operation& operation) {
  const EdnForm* form = event.find(kValue);
  if (form == nullptr || form->kind == EdnKind::kNil) return true;
  ValueId value = kNilValue;
  ValueId target = kNilValue;
  if (!argument(event, operation.call, value, target)) return false;
  if (value == operation.value && target == operation.target) return true;
  return wrong(*form, "the " + call_text(operation.call) + " of line " +
                          std::to_string(recorder_.line(operation.invoked)) +
                          " was invoked with another value");
}

// What the call is invoked with. REQUIRES: call is not kRead.
bool HistoryReader::argument(const Event& event, Call call, ValueId& value, ValueId& target) {
  const EdnForm* form = event.find(kValue);
  if (form == nullptr) return missing(event, kValue);
  if (call == Call::kCas) return pair(*form, value, target);
  return register_value(*form, value);
}

bool HistoryReader::pair(const EdnForm& form, ValueId& value, ValueId& target) {
  if (form.kind != EdnKind::kVector) return wrong(form, "the :value of a :cas is [from to]");
  EdnScanner inner(form.text);
  EdnForm from;
  EdnForm to;
  inner.step();
  // All of it was walked over once, so that only the number of elements can be wrong.
  const bool two = inner.skip_blank() && !inner.at(']') && inner.read_form(from) &&
                   inner.skip_blank() && !inner.at(']') && inner.read_form(to) &&
                   inner.skip_blank() && inner.at(']');
  if (!two) return wrong(form, "the :value of a :cas is [from to]");
  return register_value(from, value) && register_value(to, target);
}

bool HistoryReader::register_value(const EdnForm& form, ValueId& value) {
  if (options_.model == Model::kKeyValue && form.kind != EdnKind::kString) {
    return wrong(form, "in the model kv a value is a string (\"\" for an absent key)");
  }
  if (!intern(form, value)) return false;
  return value != kNoValue || wrong(form, "a register holds nil, a number, a word or a string");
}

// kNoValue for what is none: a collection, or a tagged form.
bool HistoryReader::intern(const EdnForm& form, ValueId& value) {
  Values& values = recorder_.values();
  switch (form.kind) {
    case EdnKind::kNil:
      value = kNilValue;
      return true;
    case EdnKind::kInteger:
      value = values.integer(form.number);
      return true;
    case EdnKind::kString:
      if (!form.escaped) {
        value = values.string(form.text);
        return true;
      }
      if (!scanner_.unescape(form, unescaped_)) return false;
      value = values.string(unescaped_);
      return true;
    case EdnKind::kKeyword:
      value = values.literal({form.text.data() - 1, form.text.size() + 1});
      return true;
    case EdnKind::kWord:
      value = values.literal(form.text);
      return true;
    case EdnKind::kVector:
    case EdnKind::kList:
    case EdnKind::kMap:
    case EdnKind::kSet:
    case EdnKind::kTagged:
      break;
  }
  value = kNoValue;
  return true;
}

// Events come in the order of the text.
std::uint32_t HistoryReader::line_at(const char* at) {
  while (const void* newline =
             std::memchr(lines_at_, '\n', static_cast<std::size_t>(at - lines_at_))) {
    ++line_;
    lines_at_ = static_cast<const char*>(newline) + 1;
  }
  return line_;
}

}  // namespace

Result<History> read_edn(std::string_view text, const EdnOptions& options) {
  return HistoryReader(text, options).read();
}

}  // namespace quorate::sim::linear
