// Whether a request fits the type of its bucket; if not, a sentence for whoever sent it.
//
// Place:      the coordinator asks at its door. What passes, the type can apply.
#pragma once

#include <optional>
#include <string>

#include "node/core/types/data_type.h"

namespace quorate {

std::optional<std::string> misfit(const Bucket& bucket, const ClientRequest& request);

}  // namespace quorate
