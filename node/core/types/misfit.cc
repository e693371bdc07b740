#include "node/core/types/misfit.h"

#include <algorithm>

#include "node/base/in_quotes.h"

namespace quorate {

namespace {

std::string wrong_request(const Bucket& bucket, const DataType& type, const std::string& asked) {
  std::string takes = type.is_partial() ? "" : "put";
  for (const UpdateShape& shape : type.updates()) {
    takes += (takes.empty() ? "" : ", ") + std::string(shape.name);
  }
  return "bucket " + in_quotes(bucket.name) + " is of type " + bucket_type_name(bucket.type) +
         ": it takes get, delete and " + takes + ", not " + asked;
}

bool has_fields(const DataType& type) {
  const auto shapes = type.updates();
  return std::any_of(shapes.begin(), shapes.end(),
                     [](const UpdateShape& shape) { return shape.has_field; });
}

std::optional<std::string> update_misfit(const Bucket& bucket, const DataType& type,
                                         const ClientRequest& request) {
  const UpdateShape* shape = shape_of(type, request.update);
  if (shape == nullptr) return wrong_request(bucket, type, update_name(request.update));
  const std::string name = shape->name;
  if (shape->has_field && request.field.empty()) {
    return name + " needs an element or field of at least one byte";
  }
  if (!shape->has_field && !request.field.empty()) return name + " takes no field";
  if (!shape->has_value && request.value.size() != 0) return name + " takes no value";
  if (!shape->may_expire && request.expiry_ms != 0) return "what " + name + " does cannot expire";
  if (shape->has_value) return type.value_misfit(request.value.view());
  return std::nullopt;
}

}  // namespace

std::optional<std::string> misfit(const Bucket& bucket, const ClientRequest& request) {
  const DataType& type = data_type(bucket.type);
  switch (request.verb) {
    case Verb::kUpdate:
      return update_misfit(bucket, type, request);
    case Verb::kPut:
      if (type.is_partial()) return wrong_request(bucket, type, "put");
      break;
    case Verb::kGet:
      if (request.field.empty() || has_fields(type)) return std::nullopt;
      break;
    case Verb::kDelete:
      break;
  }
  if (request.field.empty()) return std::nullopt;
  return "bucket " + in_quotes(bucket.name) + " is of type " + bucket_type_name(bucket.type) +
         ": this request takes no field";
}

}  // namespace quorate
