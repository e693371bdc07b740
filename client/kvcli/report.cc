#include "client/kvcli/report.h"

#include <algorithm>

#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/words.h"

namespace quorate::client::kvcli {
namespace {

// "not applied" as a program writes it.
std::string as_word(const char* name) {
  std::string word = name;
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

// The next step, where the node's own sentence is missing.
const char* next_step(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return "";
    case Reason::kQuorumUnreachable:
      return "too few replicas answer; see kvcli status, or ask for fewer with -r or -w";
    case Reason::kDeadline:
      return "too few replicas answered in time; see kvcli status, or allow more with --deadline";
    case Reason::kTokenNotCovered:
      return "no reachable replica has caught up with the token yet; try again, or with a larger "
             "-r";
    case Reason::kTooManySiblings:
      return "the key has too many siblings; resolve them first: kvcli resolve KEY";
    case Reason::kRecordTooLarge:
      return "the key with all its siblings would grow too large; resolve them: kvcli resolve KEY";
    case Reason::kOverloaded:
      return "the node has too much to do; try again in a moment";
    case Reason::kNoSpace:
      return "the node's disk is full; make room, writes are taken again by themselves";
    case Reason::kStoreFailed:
      return "the node's store failed; see its log";
    case Reason::kClockSkew:
      return "the node's clock is too far from its peers'; see kvcli status";
    case Reason::kRetryTooOld:
      return "the retry came too late to know whether the first attempt was applied; read the key";
    case Reason::kTokenExpired:
      return "the token is too old; read the key again";
    case Reason::kUnknownBucket:
      return "there is no such bucket; kvcli status --json lists them";
    case Reason::kKeyEmpty:
      return "the key is empty";
    case Reason::kKeyTooLarge:
      return "the key is too long";
    case Reason::kValueTooLarge:
      return "the value is too large";
    case Reason::kQuorumImpossible:
      return "no so many replicas exist";
    case Reason::kStopping:
      return "the node is shutting down; ask another one";
    case Reason::kNotSupported:
      return "this cluster does not do that";
    case Reason::kBadContext:
      return "the context is not one that this cluster gave out for this key; read the key again";
    case Reason::kWrongType:
      return "the bucket's type does not take this request; kvcli status --json shows it";
    case Reason::kContextBehind:
      return "the key has changed since that context was read; read it again";
    case Reason::kNumberTooLarge:
      return "the number is too large";
    case Reason::kRetryUnsure:
      return "no replica remembers an earlier attempt, which may still be applied; read the key";
  }
  return "";
}

// What to do about it, behind the node's own sentence.
std::string hint(const Invocation& invocation, Reason reason, bool read) {
  const std::string fewer = read ? "-r 1 is content with one replica, which may be behind"
                                 : "-w 1 is content with one replica";
  switch (reason) {
    case Reason::kQuorumUnreachable:
      return "kvcli status shows who is down or cut off; " + fewer + ".\n";
    case Reason::kDeadline:
      return "kvcli status shows who is slow or down; --deadline allows more time.\n";
    case Reason::kTokenNotCovered:
      return "Try again in a moment, or ask more replicas with -r.\n";
    case Reason::kTooManySiblings:
      return how_to_resolve(invocation);
    case Reason::kOverloaded:
      return "Try again in a moment.\n";
    case Reason::kNone:
    case Reason::kRecordTooLarge:
    case Reason::kNoSpace:
    case Reason::kStoreFailed:
    case Reason::kClockSkew:
    case Reason::kRetryTooOld:
    case Reason::kTokenExpired:
    case Reason::kUnknownBucket:
    case Reason::kKeyEmpty:
    case Reason::kKeyTooLarge:
    case Reason::kValueTooLarge:
    case Reason::kQuorumImpossible:
    case Reason::kStopping:
    case Reason::kNotSupported:
    case Reason::kBadContext:
    case Reason::kWrongType:
    case Reason::kContextBehind:
    case Reason::kNumberTooLarge:
    case Reason::kRetryUnsure:
      return "";
  }
  return "";
}

}  // namespace

ExitCode exit_code(const Answer& answer) {
  switch (answer.outcome) {
    case Outcome::kOk:
      return ExitCode::kDone;
    case Outcome::kNotFound:
      return ExitCode::kNotFound;
    case Outcome::kNotApplied:
      return ExitCode::kNotApplied;
    case Outcome::kUnknown:
      return ExitCode::kUnknown;
    case Outcome::kInvalid:
      return ExitCode::kBadUsage;
  }
  return ExitCode::kBadUsage;
}

ExitCode exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotSupported:
    case ErrorCode::kIoError:
    case ErrorCode::kNoSpace:
    case ErrorCode::kInUse:
      return ExitCode::kBadUsage;
    case ErrorCode::kCorruption:
    case ErrorCode::kIncompatible:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
      return ExitCode::kNoConnection;
  }
  return ExitCode::kNoConnection;
}

std::string explain(const Answer& answer, bool read) {
  const std::string why = answer.detail.empty() ? next_step(answer.reason) : escape(answer.detail);
  if (answer.outcome == Outcome::kInvalid && !why.empty()) return why;
  const bool failed_read = read && answer.outcome == Outcome::kNotApplied;
  std::string text = failed_read ? "not read" : outcome_name(answer.outcome);
  if (answer.reason != Reason::kNone) text += std::string(": ") + reason_name(answer.reason);
  if (!why.empty()) text += ": " + why;
  return text;
}

std::string explain(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
      return "cannot connect: " + escape(error.message) +
             "\nIs the cluster up? Name its nodes with --endpoints or QUORATE_ENDPOINTS.";
    case ErrorCode::kUnauthorized:
      return "refused: " + escape(error.message);
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotSupported:
    case ErrorCode::kIoError:
    case ErrorCode::kNoSpace:
    case ErrorCode::kInUse:
    case ErrorCode::kCorruption:
    case ErrorCode::kIncompatible:
      return escape(error.message);
  }
  return escape(error.message);
}

Json value_json(const ReadValue& value) {
  Json json = Json::object();
  set_written(json, value);
  return json;
}

Json to_json(const Answer& answer, const Invocation& invocation) {
  Json json = Json::object();
  if (invocation.key) json.set_bytes("key", *invocation.key);
  json.set("bucket", invocation.request.bucket);
  json.set("outcome", as_word(outcome_name(answer.outcome)));
  if (answer.reason != Reason::kNone) json.set("reason", as_word(reason_name(answer.reason)));
  if (!answer.detail.empty()) json.set("detail", answer.detail);
  const bool read =
      invocation.command == "get" || (!invocation.action.empty() && !invocation.change);
  if (read && (answer.ok() || answer.outcome == Outcome::kNotFound)) {
    Json values = Json::array();
    for (const ReadValue& value : answer.values) values.add(value_json(value));
    json.set("values", std::move(values));
  }
  if (!answer.token.empty()) json.set("context", base64url(answer.token));
  if (!read && answer.ok()) json.set("dot", to_string(answer.dot));
  if (!read) json.set("request", to_string(answer.id));
  if (answer.needed > 0) {
    json.set("needed", answer.needed)
        .set("reached", answer.reached)
        .set("replicas", answer.replicas);
    Json nodes = Json::array();
    for (const NodeId node : answer.answered) nodes.add(std::uint32_t{node});
    json.set("answered", std::move(nodes));
  }
  if (answer.coordinator != 0) json.set("coordinator", std::uint32_t{answer.coordinator});
  json.set("contact", answer.endpoint);
  json.set("attempts", answer.attempts);
  return json;
}

Json to_json(const Error& error) {
  Json json = Json::object();
  json.set("outcome", "error");
  json.set("error", Json::object()
                        .set("code", as_word(error_code_name(error.code)))
                        .set("message", error.message));
  return json;
}

std::string key_name(const Invocation& invocation) {
  std::string name = invocation.key ? escape(*invocation.key) : std::string();
  if (invocation.request.bucket != "default") name = escape(invocation.request.bucket) + "/" + name;
  return name;
}

std::string key_words(const Invocation& invocation) {
  const std::string shown = escape(*invocation.key);
  std::string words = (shown == *invocation.key ? "" : "-e ") + quoted_word(shown);
  if (invocation.request.bucket != "default")
    words += " -b " + quoted_word(escape(invocation.request.bucket));
  return words;
}

std::string how_to_resolve(const Invocation& invocation) {
  return "Resolve them: kvcli resolve " + key_words(invocation) +
         " --pick N, --with HOW, --edit or --value VALUE.\n";
}

ExitCode report(Console& console, const Invocation& invocation, const Error& error) {
  if (invocation.json) {
    console.json(to_json(error));
  } else {
    console.error("kvcli " + invocation.command + ": " + explain(error) + "\n");
  }
  return exit_code(error);
}

ExitCode report(Console& console, const Invocation& invocation, const Answer& answer) {
  if (invocation.json) {
    console.json(to_json(answer, invocation));
  } else if (answer.outcome == Outcome::kNotFound) {
    console.error("kvcli " + invocation.command + ": " + key_name(invocation) + " is not found\n");
  } else if (!answer.ok()) {
    const bool read = invocation.command == "get";
    console.error("kvcli " + invocation.command + ": " + explain(answer, read) + "\n");
    if (!answer.detail.empty()) console.error(hint(invocation, answer.reason, read));
  }
  return exit_code(answer);
}

}  // namespace quorate::client::kvcli
