#include "sim/workload/change_steps.h"

#include <utility>

#include "node/core/types/data_type.h"

namespace quorate::sim {

namespace {

struct Way {
  BucketType type;
  Intent intent;
  Update update;
  bool value_is_field;
};
constexpr Way kWays[] = {
    {BucketType::kCounter, Intent::kCount, Update::kCounterAdd, false},
    {BucketType::kSet, Intent::kAdd, Update::kSetAdd, true},
    {BucketType::kSet, Intent::kRemove, Update::kSetRemove, true},
    {BucketType::kMap, Intent::kAdd, Update::kMapPut, true},  // a field without a value
    {BucketType::kMap, Intent::kRemove, Update::kMapRemove, true},
    {BucketType::kMap, Intent::kEdit, Update::kMapPut, false},
};

Compose compose_of(Intent intent) {
  switch (intent) {
    case Intent::kAdd:
      return Compose::kUnion;
    case Intent::kRemove:
      return Compose::kWithout;
    case Intent::kCount:
      return Compose::kSum;
    case Intent::kEdit:
      return Compose::kField;
  }
  return Compose::kAsGiven;
}

std::vector<ClientStep> read_and_write_back(Intent intent, const ClientStep& like) {
  ClientStep read = like;
  read.context = ContextUse::kSession;
  read.request.verb = Verb::kGet;
  read.request.value = Blob();
  read.request.field.clear();
  ClientStep write = like;
  write.context = ContextUse::kSession;
  write.think = write.not_before = 0;
  write.after_read = true;
  write.compose = compose_of(intent);
  write.request.verb = Verb::kPut;
  if (intent == Intent::kEdit) {
    write.request.value = Blob(like.request.field + "=" + std::string(like.request.value.view()));
    write.request.field.clear();
  }
  return {std::move(read), std::move(write)};
}

}  // namespace

std::vector<ClientStep> steps_of(Intent intent, BucketType type, const ClientStep& like) {
  if (!data_type(type).is_partial()) return read_and_write_back(intent, like);
  for (const Way& way : kWays) {
    if (way.type != type || way.intent != intent) continue;
    ClientStep step = like;
    step.request.verb = Verb::kUpdate;
    step.request.update = way.update;
    if (way.value_is_field) {
      step.request.field = std::string(like.request.value.view());
      step.request.value = Blob();
    }
    return {std::move(step)};
  }
  return {};
}

}  // namespace quorate::sim
