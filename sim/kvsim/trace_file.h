// Everything that happens in a run as JSON objects, one a line: papers/kvsim-json.md has the
// fields.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "node/base/status.h"
#include "sim/world/history.h"
#include "sim/world/observer.h"

namespace quorate::sim {

class TraceFile final : public WorldObserver {
 public:
  Status open(const std::string& path);

  // A run begins: the line that names it. Nothing when no file is open.
  void begin(const std::string& scenario, const std::string& variant, std::uint64_t seed);

  // Errors: kIoError, also of earlier lines.
  Status close();

  void on_trace(SimTime time, NodeId node, const TraceEvent& event) override;
  void on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                      const Row& after, bool stored) override;
  void on_life(SimTime time, NodeId node, LifeEvent event) override;
  void on_operation_finished(const Operation& operation) override;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace quorate::sim
