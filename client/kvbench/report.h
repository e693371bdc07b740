// What kvbench prints: for people, and as JSON.
#pragma once

#include <string>

#include "client/kvbench/loader.h"
#include "client/kvbench/options.h"
#include "client/kvbench/summary.h"
#include "client/kvbench/survey.h"
#include "client/kvcli/console.h"
#include "client/kvcli/text/json.h"

namespace quorate::client::kvbench {

// Against what and what, before it begins: three lines.
std::string heading(const Survey& survey, const Options& options);

// "100,000 keys of 100 B in 9 s (10,202/s)..."
std::string load_text(const Loaded& loaded, const Options& options);

void print(kvcli::Console& console, const Summary& summary, const Survey& survey,
           const Options& options);

// Whole numbers with their unit at the end of the name; null: not known.
kvcli::Json to_json(const Summary& summary, const Survey& survey, const Options& options,
                    bool loaded);
kvcli::Json to_json(const Loaded& loaded, const Survey& survey, const Options& options);

}  // namespace quorate::client::kvbench
