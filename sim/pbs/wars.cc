#include "sim/pbs/wars.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim {

const char* coordinators_name(Coordinators coordinators) {
  switch (coordinators) {
    case Coordinators::kApart:
      return "apart";
    case Coordinators::kPrimary:
      return "primary";
    case Coordinators::kOutside:
      return "outside";
  }
  return "?";
}

WarsSimulation::WarsSimulation(const NetworkModel& model, Coordinators coordinators,
                               std::uint64_t seed)
    : links_(model.links),
      one_way_(model.one_way),
      coordinators_(coordinators),
      random_(
          Random::stream(seed, "wars " + model.name, static_cast<std::uint64_t>(coordinators))) {
  QUORATE_CHECK(one_way_.empty() || one_way_.size() >= kWarsReplicas);
}

void WarsSimulation::run(std::uint64_t trials) {
  for (std::uint64_t i = 0; i < trials; ++i) count(draw());
}

WarsSimulation::Trial WarsSimulation::draw() {
  // Each a site, and where the coordinator is a replica that replica.
  const auto writer = static_cast<std::size_t>(random_.below(kWarsReplicas));
  const auto reader = static_cast<std::size_t>(random_.below(kWarsReplicas));
  const auto way = [this](std::size_t from, std::size_t to) {
    return one_way_.empty() ? 0 : one_way_[from][to];
  };
  Trial trial;
  for (std::size_t i = 0; i < kWarsReplicas; ++i) {
    if (coordinators_ != Coordinators::kApart && i == writer) {
      trial.write[i] = trial.ack[i] = 0;
    } else {
      trial.write[i] = links_.latency_of(Leg::kWrite).sample(random_) + way(writer, i);
      trial.ack[i] = links_.latency_of(Leg::kAck).sample(random_) + way(i, writer);
    }
    if (coordinators_ == Coordinators::kPrimary && i == reader) {
      trial.read[i] = trial.response[i] = 0;
    } else {
      trial.read[i] = links_.latency_of(Leg::kRead).sample(random_) + way(reader, i);
      trial.response[i] = links_.latency_of(Leg::kResponse).sample(random_) + way(i, reader);
    }
  }
  return trial;
}

void WarsSimulation::count(const Trial& trial) {
  Times acknowledged;
  std::array<std::size_t, kWarsReplicas> by_answer;
  for (std::size_t i = 0; i < kWarsReplicas; ++i) {
    acknowledged[i] = trial.write[i] + trial.ack[i];
    by_answer[i] = i;
  }
  std::sort(acknowledged.begin(), acknowledged.end());
  std::sort(by_answer.begin(), by_answer.end(), [&trial](std::size_t a, std::size_t b) {
    return trial.read[a] + trial.response[a] < trial.read[b] + trial.response[b];
  });
  SimTime lead = 2 * kLatencyMax;  // of the read over the write, where it is the smallest
  for (std::size_t r = 1; r <= kWarsReplicas; ++r) {
    const std::size_t last = by_answer[r - 1];
    figures_.read(r).add(trial.read[last] + trial.response[last]);
    lead = std::min(lead, trial.write[last] - trial.read[last]);
    for (std::size_t w = 1; w <= kWarsReplicas; ++w) {
      figures_.wait(r, w).add(lead - acknowledged[w - 1]);
    }
  }
  for (std::size_t w = 1; w <= kWarsReplicas; ++w) figures_.write(w).add(acknowledged[w - 1]);
}

}  // namespace quorate::sim
